package export

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"sort"
	"time"

	"fitvault/export/schema"
	"fitvault/store"
	"fitvault/store/catalog"
)

// unit is the grain of export: a measurement over a local day or month. Points belong to
// the unit that their time lies in, so that a range of time can be deleted with it.
type unit struct {
	series *schema.Measurement
	feeds  []feed // of all native measurements that it is made of
	span   catalog.Span
	inputs []byte // digest of all that its points depend on
}

// vault is what an export knows of a vault before it reads any body.
type vault struct {
	store  *store.Store
	zones  catalog.Zones // of the person
	clock  catalog.Zones // by whose midnights units are bounded
	device string
	schema *schema.Schema
	feeds  map[string][]feed     // by native measurement
	order  []*schema.Measurement // those wanted, also without any answer
	sets   map[int64]*set        // the windows of archives
	cache  cache
}

const (
	// reach is how many days a point may lie from the day it is filed under: a night
	// begins the day before, and travel moves midnights. One that lies farther away does
	// not count, or it would come and go with the windows that happen to be there.
	reach = 1

	// snapshotReach is how many days back a snapshot speaks for: a device that synced
	// within the week before.
	snapshotReach = 7
)

// load resolves, for each type, which answers are the truth for which days. Of equals that
// of the source preferred is.
func load(ctx context.Context, e *Exporter) (*vault, error) {
	v := &vault{store: e.Store, schema: e.Schema, feeds: map[string][]feed{}}
	if v.schema == nil {
		v.schema = schema.All()[0]
	}
	if v.schema.Device {
		v.device = e.Device
	}
	var err error
	if v.zones, err = zones(ctx, e.Store); err != nil {
		return nil, err
	}
	if v.clock = v.zones; v.schema.Wall {
		v.clock = catalog.Zones{} // UTC
	}
	if v.sets, err = sets(ctx, e.Store); err != nil {
		return nil, err
	}
	for _, m := range v.schema.Measurements {
		if slices.ContainsFunc(e.Types, func(t catalog.Type) bool { return t.Series != nil && slices.Contains(m.From, t.Series.Measurement) }) {
			v.order = append(v.order, m)
		}
	}
	types := e.types
	if types == nil {
		types = catalog.Types()
	}
	if err := v.resolve(ctx, types, ranked(e.Prefer, catalog.Sources())); err != nil {
		return nil, err
	}
	if v.schema.Device && v.device == "" {
		v.device, err = v.tracker(ctx)
	}
	return v, err
}

// resolve finds, for each of the types that is wanted, the answers that are the truth for its
// days.
func (v *vault) resolve(ctx context.Context, types []catalog.Type, sources []catalog.Source) (err error) {
	coverage := map[catalog.Source]map[string][]store.Covered{}
	for _, s := range sources {
		if coverage[s], err = v.store.Coverage(ctx, string(s)); err != nil {
			return err
		}
	}
	for _, t := range types {
		if !v.wants(t) {
			continue
		}
		claims, err := v.claimsOf(ctx, t, sources, coverage)
		if err != nil {
			return err
		}
		if f := newFeed(t, claims); len(f.pieces) > 0 {
			v.feeds[t.Series.Measurement] = append(v.feeds[t.Series.Measurement], f)
		}
	}
	return nil
}

// wants reports whether any measurement is made of a type.
func (v *vault) wants(t catalog.Type) bool {
	return t.Series != nil && slices.ContainsFunc(v.order, func(m *schema.Measurement) bool { return slices.Contains(m.From, t.Series.Measurement) })
}

// claimsOf returns what each origin of a type offers, that which is believed most first.
func (v *vault) claimsOf(ctx context.Context, t catalog.Type, sources []catalog.Source, coverage map[catalog.Source]map[string][]store.Covered) ([][]claim, error) {
	var out [][]claim
	for _, s := range sources {
		for _, o := range t.Origins(s) {
			c, err := v.claims(ctx, t, s, o, coverage[s])
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	}
	return out, v.begin(ctx, t, out)
}

// claims returns what one origin of a type offers, in order of time.
func (v *vault) claims(ctx context.Context, t catalog.Type, s catalog.Source, o *catalog.Origin, coverage map[string][]store.Covered) (out []claim, err error) {
	if !o.Points() {
		return nil, nil
	}
	staged := t.StagedAs(o)
	rows, snapshots := coverage[staged], snapshot(staged, s)
	if snapshots {
		if rows, err = v.store.Snapshots(ctx, string(s), staged); err != nil {
			return nil, err
		}
	}
	for _, r := range rows {
		c, err := newClaim(r, s, o, snapshots, v.zones)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// snapshot reports whether the answers that are staged under a name are states at a moment,
// each a reading of its own.
func snapshot(staged string, s catalog.Source) bool {
	t, ok := catalog.Lookup(staged)
	return ok && t.Origin(s) != nil && t.Origin(s).Ask.Snapshot()
}

// zones returns the vault's zone history as the catalogue takes it.
func zones(ctx context.Context, st *store.Store) (catalog.Zones, error) {
	entries, err := st.Zones(ctx)
	if err != nil {
		return catalog.Zones{}, fmt.Errorf("read zone history: %w", err)
	}
	return catalog.ParseZones(entries, store.ZoneEntry.Names)
}

// start returns the instant from which points belong to the units of a day and those after
// it. A day may begin before the one ahead of it does, by travel across the date line.
func (v *vault) start(d catalog.Day) time.Time {
	start, next := v.clock.Start(d), v.clock.Start(d+1)
	if next.Before(start) {
		return next
	}
	return start
}

// units returns every unit that may hold points of the days, by measurement and time.
func (v *vault) units(days catalog.Span) []unit {
	var out []unit
	for _, s := range v.order {
		spans := map[catalog.Span]bool{}
		for _, f := range v.feedsOf(s) {
			for _, p := range f.pieces {
				touched := p.touches()
				for d := touched.From; d < touched.To; d = s.Grain.Unit(d).To {
					if u := s.Grain.Unit(d); !u.Cut(days).Empty() {
						spans[u] = true
					}
				}
			}
		}
		for _, span := range slices.SortedFunc(maps.Keys(spans), byStart) {
			out = append(out, v.unit(s, span))
		}
	}
	return out
}

func byStart(a, b catalog.Span) int { return cmp.Compare(a.From, b.From) }

func (v *vault) unit(m *schema.Measurement, span catalog.Span) unit {
	u := unit{series: m, feeds: v.feedsOf(m), span: span}
	u.inputs = v.inputs(u)
	return u
}

// feedsOf returns the feeds of everything that a measurement is made of.
func (v *vault) feedsOf(m *schema.Measurement) []feed {
	if len(m.From) == 1 {
		return v.feeds[m.From[0]]
	}
	var out []feed
	for _, name := range m.From {
		out = append(out, v.feeds[name]...)
	}
	return out
}

// touches returns the days on which a piece's points may lie.
func (p piece) touches() catalog.Span {
	if p.snapshot {
		return catalog.Span{From: p.From - snapshotReach, To: p.To + reach}
	}
	return catalog.Span{From: p.From - reach, To: p.To + reach}
}

// over returns the pieces of a feed whose points may lie in a span.
func (f feed) over(span catalog.Span) []piece {
	i := sort.Search(len(f.pieces), func(i int) bool { return f.pieces[i].To+reach > span.From })
	var out []piece
	for _, p := range f.pieces[i:] {
		if p.From-snapshotReach >= span.To {
			break
		}
		if !p.touches().Cut(span).Empty() {
			out = append(out, p)
		}
	}
	return out
}

// version is the sum of the versions of what the unit's points are read and mapped by.
func (v *vault) version(u unit) int {
	n := v.schema.Version
	for _, f := range u.feeds {
		read := map[*catalog.Origin]bool{}
		for _, p := range f.over(u.span) {
			if !read[p.origin] {
				read[p.origin] = true
				n += p.origin.Version
			}
		}
	}
	return n
}

// inputs is a digest of everything that the unit's points depend on: answers, readers and
// zones. Where it is what it was, the unit needs no reading.
func (v *vault) inputs(u unit) []byte {
	var b []byte
	num := func(ns ...int64) {
		for _, n := range ns {
			b = binary.LittleEndian.AppendUint64(b, uint64(n))
		}
	}
	for _, f := range u.feeds {
		for _, p := range f.over(u.span) {
			cut := p.Cut(u.near())
			if p.snapshot {
				cut = p.Span
			}
			b = append(b, f.typ.Name+"\n"+string(p.source)+"\n"...)
			num(p.window, int64(cut.From), int64(cut.To), int64(p.origin.Version))
		}
	}
	num(int64(v.schema.Version))
	b = append(b, v.device+"\n"...)
	// A night is filed a day after its start, whose zone decides where all of it lies.
	for d := u.span.From - reach - 1; d <= u.span.To+reach; d++ {
		b = append(b, v.zones.On(d).String()+"\n"...)
	}
	sum := sha256.Sum256(b)
	return sum[:16]
}

// near returns the days under which the unit's points may be filed.
func (u unit) near() catalog.Span {
	return catalog.Span{From: u.span.From - reach, To: u.span.To + reach}
}

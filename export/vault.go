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

	"fitvault/store"
	"fitvault/store/catalog"
)

// unit is the grain of export: a measurement over a local day or month. Points belong to
// the unit that their time lies in, so that a range of time can be deleted with it.
type unit struct {
	series *catalog.Series
	feeds  []feed
	span   catalog.Span
	inputs []byte // digest of all that its points depend on
}

// vault is what an export knows of a vault before it reads any body.
type vault struct {
	store *store.Store
	zones catalog.Zones
	feeds map[*catalog.Series][]feed
	order []*catalog.Series // those wanted, also without any answer
	sets  map[int64]*set    // the windows of archives
	cache map[cacheKey]*reading
	kept  int // points in cache
	turn  int // counts the units that were computed
}

type cacheKey struct {
	window  int64
	typ     string
	members string // which of an archive's; "": all pages
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
func load(ctx context.Context, st *store.Store, types []catalog.Type, prefer []catalog.Source) (*vault, error) {
	v := &vault{store: st, feeds: map[*catalog.Series][]feed{}, cache: map[cacheKey]*reading{}}
	var err error
	if v.zones, err = zones(ctx, st); err != nil {
		return nil, err
	}
	if v.sets, err = sets(ctx, st); err != nil {
		return nil, err
	}
	for _, s := range catalog.AllSeries() {
		if slices.ContainsFunc(types, func(t catalog.Type) bool { return t.Series == s }) {
			v.order = append(v.order, s)
		}
	}
	sources := ranked(prefer, catalog.Sources())
	coverage := map[catalog.Source]map[string][]store.Covered{}
	for _, s := range sources {
		if coverage[s], err = st.Coverage(ctx, string(s)); err != nil {
			return nil, err
		}
	}
	for _, t := range catalog.Types() {
		if !slices.Contains(v.order, t.Series) {
			continue
		}
		var claims [][]claim
		for _, s := range sources {
			for _, o := range t.Origins(s) {
				c, err := v.claims(ctx, t, s, o, coverage[s])
				if err != nil {
					return nil, err
				}
				claims = append(claims, c)
			}
		}
		if f := newFeed(t, claims); len(f.pieces) > 0 {
			v.feeds[t.Series] = append(v.feeds[t.Series], f)
		}
	}
	return v, nil
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
	start, next := v.zones.Start(d), v.zones.Start(d+1)
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
		for _, f := range v.feeds[s] {
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

func (v *vault) unit(s *catalog.Series, span catalog.Span) unit {
	u := unit{series: s, feeds: v.feeds[s], span: span}
	u.inputs = v.inputs(u)
	return u
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

// version is the sum of the mapping versions that the unit's points are read by.
func (u unit) version() int {
	n := 0
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

package export

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"fitvault/export/schema"
	"fitvault/store"
	"fitvault/store/catalog"
)

// memory is what a target is believed to hold, by measurement and first day. Its keys are
// never less than what the target holds: they are remembered before points are sent.
type memory map[string]map[string]store.Exported

func (m memory) of(u unit) store.Exported { return m[u.series.Measurement][u.span.From.String()] }

// holds reports whether a target holds a unit as the vault has it now.
func (m memory) holds(u unit) bool {
	return string(m.of(u).Inputs) == string(u.inputs)
}

// put changes what is believed of a unit.
func (m memory) put(e store.Exported) {
	if m[e.Measurement] == nil {
		m[e.Measurement] = map[string]store.Exported{}
	}
	m[e.Measurement][e.From] = e
}

// doubted returns an entry as one that has to be computed and written again.
func doubted(e store.Exported) store.Exported {
	e.Inputs, e.Digest = nil, nil
	return e
}

// prepare readies the target and reads what it holds. What is remembered of a target that
// was found empty is forgotten.
func (j *job) prepare(ctx context.Context) error {
	held, err := j.Writer.Prepare(ctx, j.want(), j.oldest())
	if held.Fresh && j.Target.ID != 0 {
		if err := j.Store.Forget(context.WithoutCancel(ctx), j.Target.ID); err != nil {
			return err
		}
	}
	if err != nil || j.Target.ID == 0 {
		return err
	}
	if j.held, err = j.Store.Exported(ctx, j.Target.ID); err != nil {
		return err
	}
	if j.Rebuild && !held.Fresh {
		if err := j.clear(ctx); err != nil {
			return err
		}
	}
	if err := j.rehome(ctx); err != nil {
		return err
	}
	j.units = j.vault.leftovers(j.units, j.held, j.span())
	return nil
}

// want returns the measurements of the units.
func (j *job) want() []*schema.Measurement {
	var want []*schema.Measurement
	for _, u := range j.units {
		if len(want) == 0 || want[len(want)-1].Series != u.series {
			want = append(want, &schema.Measurement{Series: u.series})
		}
	}
	return want
}

// oldest returns the earliest instant at which there may be a point; zero: none.
func (j *job) oldest() time.Time {
	var oldest time.Time
	for _, u := range j.units {
		for _, f := range u.feeds {
			for _, p := range f.over(u.span) {
				start := j.vault.start(max(u.span.From, p.touches().From))
				if oldest.IsZero() || start.Before(oldest) {
					oldest = start
				}
			}
		}
	}
	return oldest
}

// clear deletes what the target holds of this account, remembered or not. Until it is
// gone its keys are kept, for a kill must neither lose a point nor leave one.
func (j *job) clear(ctx context.Context) error {
	if j.Since != nil || j.Until != nil { // or else a unit may hold keys that are not cleared with it
		if err := j.rehome(ctx); err != nil {
			return err
		}
	}
	for _, s := range j.vault.order {
		doubts, gone, err := j.toClear(s)
		if err != nil {
			return err
		}
		if err := j.Store.Remember(ctx, j.Target.ID, doubts); err != nil {
			return err
		}
		from, to := time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64)
		if j.Since != nil {
			from = j.vault.start(s.Grain.Unit(*j.Since).From)
		}
		if j.Until != nil {
			to = j.vault.start(s.Grain.Unit(*j.Until).To).Add(-1)
		}
		if err := j.Writer.Delete(ctx, s.Measurement, j.account, from, to); err != nil {
			return err
		}
		j.result.Deleted++
		if err := j.Store.Remember(ctx, j.Target.ID, gone); err != nil {
			return err
		}
		for _, e := range gone {
			j.held.put(e)
		}
	}
	return nil
}

// toClear returns what is remembered of a measurement's units that are asked for: doubted,
// and as empty.
func (j *job) toClear(s *catalog.Series) (doubts, gone []store.Exported, _ error) {
	for _, e := range j.held[s.Measurement] {
		span, err := catalog.ParseSpan(e.From, e.To)
		if err != nil {
			return nil, nil, err
		}
		if span.Cut(j.span()).Empty() {
			continue
		}
		e = doubted(e)
		doubts = append(doubts, e)
		e.Keys, e.Points = nil, 0
		gone = append(gone, e)
	}
	return doubts, gone, nil
}

// rehome moves remembered keys to the units that their times lie in by now: a change of
// zone moves the bounds of units, and what a unit deletes must lie in its bounds, or it
// would take points from its neighbours. The move is remembered before anything is sent.
func (j *job) rehome(ctx context.Context) error {
	settled := map[string]map[string]bool{} // the units that need no look, by measurement and day
	for _, s := range j.vault.order {
		settled[s.Measurement] = map[string]bool{}
	}
	for _, u := range j.units {
		settled[u.series.Measurement][u.span.From.String()] = j.held.holds(u)
	}
	var changed []store.Exported
	for _, s := range j.vault.order {
		of, err := j.rehomeSeries(s, settled[s.Measurement])
		if err != nil {
			return err
		}
		changed = append(changed, of...)
	}
	if len(changed) == 0 {
		return nil
	}
	return j.Store.Remember(ctx, j.Target.ID, changed)
}

// rehomeSeries does so for a measurement and returns the entries that it changed.
func (j *job) rehomeSeries(s *catalog.Series, settled map[string]bool) ([]store.Exported, error) {
	var changed []store.Exported
	moves := moves{j.vault, s.Grain, map[catalog.Span]keys{}}
	for from, e := range j.held[s.Measurement] {
		if settled[from] {
			continue
		}
		left, moved, err := moves.take(e, j.span())
		if err != nil {
			return nil, err
		}
		if moved {
			changed = append(changed, left)
		}
	}
	for _, e := range changed {
		j.held.put(e)
	}
	for span, k := range moves.to {
		for _, times := range k {
			slices.Sort(times)
		}
		e := doubted(j.held[s.Measurement][span.From.String()])
		e.Measurement, e.From, e.To = s.Measurement, span.From.String(), span.To.String()
		var err error
		if e.Keys, err = joinKeys(e.Keys, k.pack()); err != nil {
			return nil, err
		}
		j.held.put(e)
		changed = append(changed, e)
	}
	return changed, nil
}

// moves gathers the keys of a measurement that do not lie in the unit that holds them.
type moves struct {
	vault *vault
	grain catalog.Grain
	to    map[catalog.Span]keys
}

// take takes the keys out of an entry that lie in other units. An entry of other days than
// those is left as it is.
func (m moves) take(e store.Exported, days catalog.Span) (left store.Exported, moved bool, _ error) {
	span, err := catalog.ParseSpan(e.From, e.To)
	if err != nil || span.Cut(days).Empty() {
		return e, false, err
	}
	all, err := unpackKeys(e.Keys)
	if err != nil {
		return e, false, err
	}
	isUnit := m.grain.Unit(span.From) == span // the grain may have changed
	from, to := m.vault.start(span.From).UnixNano(), m.vault.start(span.To).UnixNano()
	own := keys{}
	for kind, times := range all {
		for _, t := range times {
			if isUnit && from <= t && t < to {
				own[kind] = append(own[kind], t)
				continue
			}
			m.give(kind, t)
			moved = true
		}
	}
	if moved {
		e = doubted(e)
		e.Keys, e.Points = own.pack(), own.len()
	}
	return e, moved, nil
}

// give notes a key for the unit that it lies in.
func (m moves) give(kind string, t int64) {
	home := m.grain.Unit(m.vault.zones.Today(time.Unix(0, t)))
	if m.to[home] == nil {
		m.to[home] = keys{}
	}
	m.to[home][kind] = append(m.to[home][kind], t)
}

// leftovers adds to the units those that a target holds something of and no answer touches
// any more.
func (v *vault) leftovers(units []unit, held memory, days catalog.Span) []unit {
	out := units[:0:0]
	for _, s := range v.order {
		known, first := map[string]bool{}, len(out)
		for len(units) > 0 && units[0].series == s {
			known[units[0].span.From.String()] = true
			out, units = append(out, units[0]), units[1:]
		}
		for from, e := range held[s.Measurement] {
			span, err := catalog.ParseSpan(e.From, e.To)
			if err == nil && !known[from] && len(e.Keys) > 0 && s.Grain.Unit(span.From) == span && !span.Cut(days).Empty() {
				out = append(out, v.unit(s, span))
			}
		}
		slices.SortFunc(out[first:], func(a, b unit) int { return cmp.Compare(a.span.From, b.span.From) })
	}
	return out
}

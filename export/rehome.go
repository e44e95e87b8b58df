package export

import (
	"context"
	"slices"
	"time"

	"fitvault/export/schema"
	"fitvault/store"
	"fitvault/store/catalog"
)

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
		of, err := j.rehomeSeries(ctx, s, settled[s.Measurement])
		if err != nil {
			return err
		}
		changed = append(changed, of...)
	}
	return j.believe(ctx, changed)
}

// rehomeSeries does so for a measurement and returns the entries that it changed.
func (j *job) rehomeSeries(ctx context.Context, s *schema.Measurement, settled map[string]bool) ([]store.Exported, error) {
	var changed []store.Exported
	moves := moves{j.vault, s.Grain, map[catalog.Span]keys{}}
	for from, e := range j.held[s.Measurement] {
		if settled[from] {
			continue
		}
		keys, err := j.keys(ctx, e)
		if err != nil {
			return nil, err
		}
		left, moved, err := moves.take(e, keys, j.span())
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
		keys, err := j.keys(ctx, e)
		if err == nil {
			keys, err = joinKeys(keys, k.pack())
		}
		if err != nil {
			return nil, err
		}
		setKeys(&e, keys)
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
func (m moves) take(e store.Exported, packed []byte, days catalog.Span) (left store.Exported, moved bool, _ error) {
	span, err := catalog.ParseSpan(e.From, e.To)
	if err != nil || span.Cut(days).Empty() {
		return e, false, err
	}
	all, err := unpackKeys(packed)
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
		setKeys(&e, own.pack())
		e.Points = own.len()
	}
	return e, moved, nil
}

// give notes a key for the unit that it lies in.
func (m moves) give(kind string, t int64) {
	home := m.grain.Unit(m.vault.clock.Today(time.Unix(0, t)))
	if m.to[home] == nil {
		m.to[home] = keys{}
	}
	m.to[home][kind] = append(m.to[home][kind], t)
}

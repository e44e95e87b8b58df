package export

import (
	"cmp"
	"context"
	"slices"

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

// keys returns the keys of what a target holds of a unit.
func (j *job) keys(ctx context.Context, e store.Exported) ([]byte, error) {
	if e.Keys != nil || !e.Keyed {
		return e.Keys, nil
	}
	return j.Store.ExportedKeys(ctx, j.Target.ID, e.Measurement, e.From)
}

// setKeys changes them.
func setKeys(e *store.Exported, keys []byte) {
	e.Keys, e.Keyed = keys, len(keys) > 0
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
			if err == nil && !known[from] && e.Keyed && s.Grain.Unit(span.From) == span && !span.Cut(days).Empty() {
				out = append(out, v.unit(s, span))
			}
		}
		slices.SortFunc(out[first:], func(a, b unit) int { return cmp.Compare(a.span.From, b.span.From) })
	}
	return out
}

package export

import (
	"context"
	"slices"

	"fitvault/store"
	"fitvault/store/catalog"
)

// Range says where the values of a type come from over some days.
type Range struct {
	Type   string
	Days   catalog.Span
	Offers []Offer // of each source that holds the type or was asked for it, in the order of preference
	Chosen int     // which of them is the truth; -1: none
}

// Offer is what a source has to say of a range of days.
type Offer struct {
	Source   catalog.Source
	Family   string // of an archive: the family of members that is read
	Window   int64
	Newest   int64 // response of the window
	Standing Standing
}

// Explain says of each type of the exporter that is read to points where the values of its days
// come from, as an export resolves them. Of snapshots, all count, and none is told.
func (e *Exporter) Explain(ctx context.Context) ([]Range, error) {
	v, err := load(ctx, &Exporter{Store: e.Store}) // of no type
	if err != nil {
		return nil, err
	}
	sources := ranked(e.Prefer, catalog.Sources())
	coverage := map[catalog.Source]map[string][]store.Covered{}
	for _, s := range sources {
		if coverage[s], err = e.Store.Coverage(ctx, string(s)); err != nil {
			return nil, err
		}
	}
	var out []Range
	for _, t := range e.Types {
		if t.Series == nil {
			continue
		}
		claims, err := v.claimsOf(ctx, t, sources, coverage)
		if err != nil {
			return nil, err
		}
		out = append(out, explain(t, claims, e.span())...)
	}
	return out, nil
}

// explain cuts the days of a type where anything about their sources differs.
func explain(t catalog.Type, sources [][]claim, days catalog.Span) (out []Range) {
	stretches(sources, func(span catalog.Span, at []*claim) {
		r := Range{Type: t.Name, Days: span.Cut(days), Chosen: -1}
		best := best(t.Worn, at, span.From)
		for i, c := range at {
			if c == nil || c.snapshot {
				continue
			}
			if i == best {
				r.Chosen = len(r.Offers)
			}
			r.Offers = append(r.Offers, Offer{c.source, c.origin.From, c.window, c.newest, c.standing(span.From, t.Worn)})
		}
		if r.Days.Empty() || len(r.Offers) == 0 {
			return
		}
		if n := len(out); n > 0 && out[n-1].Days.To == r.Days.From && out[n-1].Chosen == r.Chosen && slices.Equal(out[n-1].Offers, r.Offers) {
			out[n-1].Days.To = r.Days.To
			return
		}
		out = append(out, r)
	})
	return out
}

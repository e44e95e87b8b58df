package main

import (
	"context"
	"slices"
	"strings"

	"fitvault/export"
	"fitvault/store"
	"fitvault/store/catalog"
)

// origins tells where the days of types come from, and why: what an export resolves them to.
type origins struct {
	ranges map[string][]export.Range // by type, over all time
	held   map[int64][]store.Held    // by the window of an archive: its members
}

// explained asks an export for the origins of types. Of equals the source that comes first in
// order is believed.
func explained(ctx context.Context, st *store.Store, picked []catalog.Type, order []catalog.Source) (*origins, error) {
	ranges, err := (&export.Exporter{Store: st, Types: picked, Prefer: order}).Explain(ctx)
	if err != nil {
		return nil, err
	}
	o := &origins{ranges: map[string][]export.Range{}}
	for _, r := range ranges {
		o.ranges[r.Type] = append(o.ranges[r.Type], r)
	}
	o.held, err = st.Members(ctx)
	return o, err
}

// on returns the range of a type that holds a day; one without offers when none is staged.
func (o *origins) on(typ string, d catalog.Day) export.Range {
	for _, r := range o.ranges[typ] {
		if r.Days.Holds(d) {
			return r
		}
	}
	return export.Range{Type: typ, Days: catalog.Span{From: d, To: d + 1}, Chosen: -1}
}

// response returns what raw show takes of an offer: its newest answer, and of an archive the
// newest of its members, which an earlier archive may have held already.
func (o *origins) response(offer export.Offer) int64 {
	newest := offer.Newest
	for _, m := range o.held[offer.Window] {
		newest = max(newest, m.Response)
	}
	return newest
}

// standings are the words for how much an answer is worth, in JSON.
var standings = map[export.Standing]string{export.Unstaged: "not staged", export.Empty: "empty", export.Padded: "padded",
	export.Unheard: "not synced", export.Open: "open", export.Settled: "settled"}

const (
	notStaged = "not staged"
	padding   = "only padding after the last sync"
	noRecord  = "the archive has no record"
)

// stands says how the answer stands that is the truth.
var stands = map[export.Standing]string{export.Settled: "settled", export.Open: "open: it may still change", export.Unheard: "not synced since"}

// why says in a sentence why the source of a range is chosen, or why none is. Of the others it
// tells the best that each has.
func (o *origins) why(r export.Range) string {
	if len(r.Offers) == 0 {
		return notStaged
	}
	var parts []string
	var chosen catalog.Source
	if r.Chosen >= 0 {
		chosen, parts = r.Offers[r.Chosen].Source, append(parts, stands[r.Offers[r.Chosen].Standing])
	}
	var says []string
	who := map[string][]string{}
	for _, other := range bestOf(r.Offers, chosen) {
		said := o.beside(r, other)
		if who[said] == nil {
			says = append(says, said)
		}
		who[said] = append(who[said], string(other.Source))
	}
	for _, said := range says {
		if rest, singular := strings.CutPrefix(said, "is "); singular && len(who[said]) > 1 {
			parts = append(parts, strings.Join(who[said], " and ")+" are "+rest)
			continue
		}
		parts = append(parts, strings.TrimSpace(strings.Join(who[said], " and ")+" "+said))
	}
	return strings.Join(parts, "; ")
}

// bestOf returns the best offer of each source but one.
func bestOf(offers []export.Offer, but catalog.Source) (out []export.Offer) {
	for _, offer := range offers {
		i := slices.IndexFunc(out, func(o export.Offer) bool { return o.Source == offer.Source })
		switch {
		case offer.Source == but:
		case i < 0:
			out = append(out, offer)
		case offer.Standing > out[i].Standing:
			out[i] = offer
		}
	}
	return out
}

// beside says how an offer stands that is not chosen, beside that which is.
func (o *origins) beside(r export.Range, other export.Offer) string {
	switch {
	case other.Standing == export.Empty:
		return "answered, but " + o.begins(r, other)
	case other.Standing == export.Padded:
		return padding
	case other.Standing < r.Offers[r.Chosen].Standing:
		return "only " + standings[other.Standing]
	}
	return "is " + standings[other.Standing] + " too, " + string(r.Offers[r.Chosen].Source) + " is preferred"
}

// against says the same of an offer by itself: why it is not the truth.
func (o *origins) against(r export.Range, other export.Offer) string {
	switch {
	case other.Standing == export.Empty:
		return o.begins(r, other)
	case other.Standing == export.Padded:
		return padding
	case other.Standing < r.Offers[r.Chosen].Standing:
		return "only " + standings[other.Standing] + ", " + label(r.Offers[r.Chosen]) + " is " + standings[r.Offers[r.Chosen].Standing]
	}
	return label(r.Offers[r.Chosen]) + " is preferred"
}

// begins says when the records of a source begin that has none in a range.
func (o *origins) begins(r export.Range, offer export.Offer) string {
	for _, later := range o.ranges[r.Type] {
		same := func(x export.Offer) bool {
			return x.Source == offer.Source && x.Family == offer.Family && x.Standing > export.Empty
		}
		if later.Days.From >= r.Days.To && slices.ContainsFunc(later.Offers, same) {
			return "records begin " + later.Days.From.String()
		}
	}
	return "no record"
}

// label names the source of an offer; of an archive, the kind of its files too.
func label(o export.Offer) string {
	if f := family(o); f != "" {
		return string(o.Source) + " (" + f + ")"
	}
	return string(o.Source)
}

// family is the kind of files of an archive that an offer comes from.
func family(o export.Offer) string {
	if o.Source != catalog.Takeout {
		return ""
	}
	return o.Family
}

// isSnapshot reports whether what a source gives of a type are states at a moment, of which each
// counts for itself.
func isSnapshot(t catalog.Type, s catalog.Source) bool {
	if t.Origin(s) == nil || s == catalog.Takeout {
		return false
	}
	asked, ok := catalog.Lookup(t.Staged(s))
	return ok && asked.Origin(s).Ask.Snapshot()
}

package main

import (
	"context"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"fitvault/export"
	"fitvault/store"
	"fitvault/store/catalog"
)

// dayResponse is a staged answer and what it is for on one day. Members are only ever added.
type dayResponse struct {
	store.Response
	For []purpose `json:"for"`
}

// purpose says whether an answer is the truth for a type on a day.
type purpose struct {
	Type  string `json:"type"`
	Truth bool   `json:"truth"`
	Why   string `json:"why"`
}

// rawDay lists the answers whose windows hold a day, and of archives the members that hold it,
// each with what it is for.
func (a *app) rawDay(ctx context.Context, c *cli.Command, st *store.Store, d catalog.Day) error {
	f, err := rawFilter(c)
	if err != nil {
		return err
	}
	limit := f.Limit
	f.From, f.To, f.Limit = d.String(), (d + 1).String(), 0 // members are left out below
	picked, err := types(c)
	if err != nil {
		return err
	}
	order, err := prefer(c)
	if err != nil {
		return err
	}
	list, err := st.Responses(ctx, f)
	if err != nil {
		return err
	}
	o, err := explained(ctx, st, picked, order)
	if err != nil {
		return err
	}
	windows := o.windowsOf(d)
	out := []dayResponse{}
	for _, r := range list {
		if r.Source == string(catalog.Takeout) && windows[r.ID] == nil || limit > 0 && len(out) == limit {
			continue
		}
		out = append(out, dayResponse{r, o.purposes(r, picked, append(windows[r.ID], r.Window), d)})
	}
	if c.Bool("json") {
		for i := range out {
			out[i].Response = toLastDay(out[i].Response)
		}
		return a.printJSON(out)
	}
	var rows [][]string
	for _, r := range out {
		row, err := rawRow(r.Response)
		if err != nil {
			return err
		}
		rows = append(rows, append(row, purposesText(r.For)))
	}
	return a.printTable(append(slices.Clone(rawHeading), "FOR"), rows)
}

// windowsOf returns the windows of archives that have records of a day, by the answer that holds
// them: a later archive may have the same member.
func (o *origins) windowsOf(d catalog.Day) map[int64][]int64 {
	out := map[int64][]int64{}
	for window, members := range o.held {
		for _, m := range members {
			if slices.ContainsFunc(m.Days, func(span store.Dates) bool { return span[0] <= d.String() && d.String() < span[1] }) {
				out[m.Response] = append(out[m.Response], window)
			}
		}
	}
	return out
}

// purposes says of each type that is read from an answer, which belongs to some windows, whether
// it is the truth on a day.
func (o *origins) purposes(r store.Response, picked []catalog.Type, windows []int64, d catalog.Day) []purpose {
	out := []purpose{}
	source := catalog.Source(r.Source)
	for _, t := range picked {
		for _, origin := range t.Origins(source) {
			if t.StagedAs(origin) != r.Type || t.Series == nil || !origin.Points() {
				continue
			}
			p := purpose{Type: t.Name, Why: string(r.State)}
			switch {
			case r.State != store.Complete:
			case isSnapshot(t, source):
				p.Truth, p.Why = true, eachCounts
			default:
				p.Truth, p.Why = o.truth(o.on(t.Name, d), source, origin, windows)
			}
			out = append(out, p)
		}
	}
	return out
}

// truth says whether one of some windows of a source is the truth over a range, and why or why
// not.
func (o *origins) truth(r export.Range, source catalog.Source, origin *catalog.Origin, windows []int64) (bool, string) {
	for i, offer := range r.Offers {
		switch {
		case offer.Source != source || source == catalog.Takeout && offer.Family != origin.From:
		case !slices.Contains(windows, offer.Window):
			return false, "superseded"
		case i == r.Chosen:
			return true, stands[offer.Standing]
		default:
			return false, o.against(r, offer)
		}
	}
	return false, "it does not tell of this day"
}

// purposesText writes what an answer is for: the types that it is the truth for, and those that
// it is not, by the reason.
func purposesText(all []purpose) string {
	var parts, truths, reasons []string
	not := map[string][]string{}
	for _, p := range all {
		if p.Truth {
			truths = append(truths, p.Type)
			continue
		}
		if not[p.Why] == nil {
			reasons = append(reasons, p.Why)
		}
		not[p.Why] = append(not[p.Why], p.Type)
	}
	if len(truths) > 0 {
		parts = append(parts, strings.Join(truths, ", "))
	}
	for _, why := range reasons {
		parts = append(parts, "not "+strings.Join(not[why], ", ")+": "+why)
	}
	if len(parts) == 0 {
		return "nothing that is exported"
	}
	return strings.Join(parts, "; ")
}

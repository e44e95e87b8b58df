package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/urfave/cli/v3"

	"fitvault/export"
	"fitvault/store"
	"fitvault/store/catalog"
)

// The report of status --days. Members are only ever added.
type (
	daysStatus struct {
		Type     string        `json:"type"`
		From     string        `json:"from"` // local dates, both included; "" when no day is staged
		To       string        `json:"to"`
		Source   string        `json:"source"` // "": none
		Why      string        `json:"why"`
		Window   int64         `json:"window"`   // 0: none
		Response int64         `json:"response"` // the window's newest answer, for raw show
		Offers   []offerStatus `json:"offers"`   // in the order of preference
		days     catalog.Span
	}
	offerStatus struct {
		Source   string `json:"source"`
		Family   string `json:"family"` // the kind of files of an archive
		Standing string `json:"standing"`
		Window   int64  `json:"window"`
		Response int64  `json:"response"`
	}
)

// showDays tells which source each day of the types comes from.
func (a *app) showDays(ctx context.Context, c *cli.Command, st *store.Store) error {
	picked, err := types(c)
	if err != nil {
		return err
	}
	order, err := prefer(c)
	if err != nil {
		return err
	}
	since, until, err := days(c)
	if err != nil {
		return err
	}
	o, err := explained(ctx, st, picked, order)
	if err != nil {
		return err
	}
	report := []daysStatus{}
	for _, t := range picked {
		for _, r := range o.days(t, since, until, len(words(c, "type")) > 0) {
			if only := words(c, "source"); len(only) == 0 || slices.Contains(only, r.Source) {
				report = append(report, r)
			}
		}
	}
	if c.Bool("json") {
		return a.printJSON(report)
	}
	return a.printDays(report)
}

// days reports the days of a type between two, with those in between that nothing is staged of.
// A type that was asked for by its name is told in any case.
func (o *origins) days(t catalog.Type, since, until *catalog.Day, named bool) (out []daysStatus) {
	all := o.ranges[t.Name]
	if len(all) == 0 && (since == nil || until == nil || t.Series == nil) {
		if named {
			out = append(out, daysStatus{Type: t.Name, Why: unresolved(t), Offers: []offerStatus{}})
		}
		return out
	}
	var span catalog.Span
	if len(all) > 0 {
		span = catalog.Span{From: all[0].Days.From, To: all[len(all)-1].Days.To}
	}
	if since != nil {
		span.From = *since
	}
	if until != nil {
		span.To = *until + 1
	}
	at := span.From
	for _, r := range all {
		if r.Days = r.Days.Cut(span); r.Days.Empty() {
			continue
		}
		out = o.gap(out, t, catalog.Span{From: at, To: r.Days.From})
		out = append(out, o.report(r))
		at = r.Days.To
	}
	return o.gap(out, t, catalog.Span{From: at, To: span.To})
}

// gap adds days that no source claims, if there are any. Between two that an archive tells of it
// was looked at, too.
func (o *origins) gap(out []daysStatus, t catalog.Type, span catalog.Span) []daysStatus {
	if span.Empty() {
		return out
	}
	r := o.report(export.Range{Type: t.Name, Days: span, Chosen: -1})
	if before, after := o.on(t.Name, span.From-1), o.on(t.Name, span.To); archiveOf(before) > 0 && archiveOf(before) == archiveOf(after) {
		r.Why = noRecord
	}
	return append(out, r)
}

// archiveOf returns a window of an archive among the offers; 0 when there is none.
func archiveOf(r export.Range) int64 {
	for _, offer := range r.Offers {
		if offer.Source == catalog.Takeout {
			return offer.Window
		}
	}
	return 0
}

// unresolved says why no day of a type comes from any source.
func unresolved(t catalog.Type) string {
	switch {
	case t.Series == nil:
		return "kept, and not read to points"
	case slices.ContainsFunc(catalog.APIs(), func(s catalog.Source) bool { return isSnapshot(t, s) }):
		return eachCounts
	}
	return notStaged
}

const eachCounts = "each reading counts for itself"

func (o *origins) report(r export.Range) daysStatus {
	out := daysStatus{Type: r.Type, From: r.Days.From.String(), To: (r.Days.To - 1).String(), Why: o.why(r), Offers: []offerStatus{}, days: r.Days}
	for i, offer := range r.Offers {
		one := offerStatus{string(offer.Source), family(offer), standings[offer.Standing], offer.Window, o.response(offer)}
		out.Offers = append(out.Offers, one)
		if i == r.Chosen {
			out.Source, out.Window, out.Response = one.Source, one.Window, one.Response
		}
	}
	return out
}

// printDays prints days next to each other that say the same in one row, with the newest of
// their answers.
func (a *app) printDays(report []daysStatus) error {
	var rows [][]string
	for len(report) > 0 {
		r, n := report[0], 1
		windows := map[int64]bool{r.Window: true}
		for ; n < len(report) && report[n].continues(r); n++ {
			r.days.To, r.Response = report[n].days.To, max(r.Response, report[n].Response)
			windows[report[n].Window] = true
		}
		report = report[n:]
		dates, answer := "", ""
		if !r.days.Empty() {
			dates = r.days.String()
		}
		if r.Response > 0 {
			answer = strconv.FormatInt(r.Response, 10)
		}
		if len(windows) > 1 {
			answer += fmt.Sprintf(" and %d more", len(windows)-1)
		}
		rows = append(rows, []string{r.Type, dates, orElse(r.Source, "–"), r.Why, answer})
	}
	return a.printTable([]string{"TYPE", "DAYS", "SOURCE", "WHY", "ANSWER"}, rows)
}

// continues reports whether days go on as those before them.
func (r daysStatus) continues(before daysStatus) bool {
	return r.Type == before.Type && r.Source == before.Source && r.Why == before.Why && r.days.From == before.days.To && !before.days.Empty()
}

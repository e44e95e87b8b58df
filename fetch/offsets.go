package fetch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// noteOffsets takes over into the zone history what the data of a whole window tells of it.
// It comes before the window's last page is staged, so that a process that is killed in
// between reads and notes them again. Evidence tells of all days. A list, as of exercises,
// tells of some days only, and where evidence is staged of them it adds nothing.
func (r *Runner) noteOffsets(ctx context.Context, s State, w Window, offsets []Offset) error {
	gap := w.Days()
	if !w.Type.Origin(s.Source).Evidence {
		if w.Ask.Op != catalog.Cursor {
			return nil
		}
		var err error
		if offsets, err = r.unattested(ctx, offsets); err != nil {
			return err
		}
		gap = sparse
	}
	if len(offsets) == 0 {
		return nil
	}
	entries, err := r.Store.ZonesBeside(ctx)
	if err != nil {
		return err
	}
	home, err := catalog.ParseZones(entries, store.ZoneEntry.Names)
	if err != nil {
		return err
	}
	var held []*time.Location
	for _, e := range entries {
		loc, err := time.LoadLocation(e.Zone)
		if err != nil {
			return fmt.Errorf("zone history: %w", err)
		}
		held = append(held, loc)
	}
	runs := Travel(home, held, w.Span, offsets, gap)
	if slices.ContainsFunc(runs, func(z store.ZoneRun) bool { return z.Zone != "" }) {
		r.Log.Info("the data tells of days in another zone", "source", r.source(), "from", w.From, "to", w.To-1, "days", runs)
	}
	return r.Store.NoteTravel(ctx, runs)
}

// sparse is how many days may lie between two elements of a list for the days between them to
// be like both: who does sports every week, and shows the same foreign offset, did not go home
// in between. After more days than that it may be another journey, and nothing is known.
const sparse = 14

// unattested returns the offsets of days of which no evidence is staged, of any source: it shows
// in which zone a day began, where an exercise may show the one in which it ended.
func (r *Runner) unattested(ctx context.Context, offsets []Offset) ([]Offset, error) {
	var attested []catalog.Span
	for _, source := range catalog.APIs() {
		for _, t := range typesOf(source, func(o *catalog.Origin) bool { return o.Evidence }) {
			rows, err := r.Store.CoverageOf(ctx, string(source), t.Name)
			if err != nil {
				return nil, err
			}
			for _, row := range rows {
				span, err := catalog.ParseSpan(row.From, row.To)
				if err != nil {
					return nil, err
				}
				attested = append(attested, span)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(offsets), func(o Offset) bool {
		return slices.ContainsFunc(attested, func(s catalog.Span) bool { return s.Holds(o.Day()) })
	}), nil
}

// Travel returns what offsets in the data tell of the zones on the days of a span, where
// home is the rest of the zone history and held are its zones. A day is in the zone that its
// first element shows, for that is the one in which it began; a day of a journey without any
// element, as when the watch lay in a drawer, is like the days around it, where these are no
// more than gap days apart. Where home has the
// offset that is shown, summer time included, there is no journey, and the run's zone is "".
// Of days outside the span, and at its ends without an element, it says nothing.
func Travel(home catalog.Zones, held []*time.Location, span catalog.Span, offsets []Offset, gap int) []store.ZoneRun {
	begun := map[catalog.Day]Offset{}
	for _, o := range offsets {
		if f, ok := begun[o.Day()]; !ok || o.At.Before(f.At) {
			begun[o.Day()] = o
		}
	}
	var runs []store.ZoneRun
	var last catalog.Day
	for d := span.From; d < span.To; d++ {
		o, ok := begun[d]
		if !ok {
			continue
		}
		zone := ""
		if !o.fits(home.On(d)) {
			zone = zoneOf(o, held)
		}
		n := len(runs)
		if n > 0 && runs[n-1].Zone == zone && int(d-last) <= gap {
			runs[n-1].To = (d + 1).String()
		} else {
			runs = append(runs, store.ZoneRun{From: d.String(), To: (d + 1).String(), Zone: zone})
		}
		last = d
	}
	return runs
}

// fits reports whether a clock in a zone has the offset at that instant.
func (o Offset) fits(loc *time.Location) bool {
	_, east := o.At.In(loc).Zone()
	return time.Duration(east)*time.Second == o.Offset
}

// odd are zones whose offset is not of whole hours, one for each that there is.
var odd = []string{
	"Asia/Kolkata", "Asia/Kathmandu", "Asia/Yangon", "Asia/Kabul", "Asia/Tehran", "Australia/Darwin", "Australia/Adelaide",
	"Australia/Lord_Howe", "Australia/Eucla", "Pacific/Chatham", "Pacific/Marquesas", "America/St_Johns",
}

// zoneOf returns a zone that has an offset at its instant: one that the history holds, else
// the one that is nothing but the offset, else one of the odd ones; "" where there is none.
func zoneOf(o Offset, held []*time.Location) string {
	for _, loc := range held {
		if o.fits(loc) {
			return loc.String()
		}
	}
	hours := int(o.Offset / time.Hour)
	if o.Offset%time.Hour == 0 && hours >= -12 && hours <= 14 {
		if hours == 0 {
			return "Etc/UTC"
		}
		return fmt.Sprintf("Etc/GMT%+d", -hours) // the sign counts to the west
	}
	for _, name := range odd {
		if loc, err := time.LoadLocation(name); err == nil && o.fits(loc) {
			return name
		}
	}
	return ""
}

package fetch

import (
	"context"
	"slices"
	"strings"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// On a day on which a person changes zones the readings of a clock on the wall repeat or jump,
// and samples that tell nothing but such a reading cannot be told apart. The legacy Web API
// gives them by the clock of UTC as well, for whole days of UTC (fitbit-web-api.md section
// 4.2): such days are asked so, page by page for the days of UTC that they touch. A night on
// which clocks change is no journey: the readings step back there, and a reader sees it.

// journey reports whether the person changed zones at the beginning of a day or at its end.
func journey(z catalog.Zones, d catalog.Day) bool { return moved(z, d) || moved(z, d+1) }

// moved reports whether the clock shows something else in the zone of a day, when it begins,
// than in that of the day before.
func moved(z catalog.Zones, d catalog.Day) bool {
	before, after := z.On(d-1), z.On(d)
	if before.String() == after.String() {
		return false
	}
	start := z.Start(d)
	_, was := start.In(before).Zone()
	_, is := start.In(after).Zone()
	return was != is
}

// utcDays returns the days of UTC that days touch, but for those that begin after an instant.
func utcDays(z catalog.Zones, days catalog.Span, until time.Time) []string {
	last := z.Start(days.To).Add(-1).UTC()
	if last.After(until) {
		last = until.UTC()
	}
	var out []string
	for d := catalog.DayOf(z.Start(days.From).UTC()); d <= catalog.DayOf(last); d++ {
		out = append(out, d.String())
	}
	return out
}

// inUTC returns windows in which the days of a journey, of what is asked as Samples, are asked
// by the clock of UTC: those that follow each other as one, for they share days of UTC. A type
// of which the source refused that keeps its own days.
func (s State) inUTC(windows []Window) []Window {
	out := windows[:0:0]
	for _, w := range windows {
		if w.Ask.Op != catalog.Samples || s.NoUTC[w.Type.Name] || !journey(s.Zones, w.From) {
			out = append(out, w)
			continue
		}
		w.UTC = true
		n := len(out) - 1
		if n >= 0 && out[n].UTC && out[n].Type.Name == w.Type.Name && out[n].From == w.To {
			w.To, w.Fresh = out[n].To, out[n].Fresh || w.Fresh
			out = out[:n]
		}
		w.IDs = utcDays(s.Zones, w.Span, s.Now)
		out = append(out, w)
	}
	return out
}

// inUTCQuery is what the query of a question by the clock of UTC holds (fitbit-web-api.md
// section 4.2).
const inUTCQuery = "timezone=UTC"

// journeys finds what the zone history, as it is by now, makes ambiguous of what is staged: the
// days of journeys that a clock on the wall told, and days of which the days of UTC that were
// asked for hold a part only. It also finds the types of which the source refused such a
// question within a week.
func (s *State) journeys(ctx context.Context, st *store.Store) error {
	s.Ambiguous, s.NoUTC = map[string][]catalog.Day{}, map[string]bool{}
	f := store.Filter{Source: string(s.Source), Path: inUTCQuery}
	for _, t := range s.Types {
		if t.Origin(s.Source).Ask.Op == catalog.Samples {
			f.Types = append(f.Types, t.Name)
		}
	}
	if len(f.Types) == 0 {
		return nil
	}
	days, err := s.travelled(ctx, st, f)
	if err != nil {
		return err
	}
	for _, d := range days {
		f.From, f.To, f.Path = d.String(), (d + 1).String(), ""
		answers, err := st.Responses(ctx, f)
		if err != nil {
			return err
		}
		s.judge(d, answers)
	}
	for name := range s.NoUTC {
		delete(s.Ambiguous, name)
	}
	return nil
}

// travelled returns the days of journeys, and those that were when they were asked for.
func (s *State) travelled(ctx context.Context, st *store.Store, f store.Filter) (out []catalog.Day, _ error) {
	for d := s.Range.From; d < s.Range.To; d++ {
		if journey(s.Zones, d) {
			out = append(out, d)
		}
	}
	answers, err := st.Responses(ctx, f)
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		span, err := catalog.ParseSpan(a.From, a.To)
		if err != nil {
			return nil, err
		}
		span = span.Cut(s.Range)
		for d := span.From; d < span.To && a.InForce; d++ {
			out = append(out, d)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// judge takes note of which types are ambiguous on a day, by the answers over that day, newest
// first.
func (s *State) judge(d catalog.Day, answers []store.Response) {
	newest := map[string]store.Response{}
	pages := map[int64][]string{}
	for _, a := range answers {
		day, utc := utcDay(a.Path)
		if a.State == store.Refused && utc && s.Now.Sub(a.Fetched) < recheckAfter {
			s.NoUTC[a.Type] = true
		}
		if a.State != store.Complete || !a.InForce {
			continue
		}
		if _, ok := newest[a.Type]; !ok {
			newest[a.Type] = a
		}
		if utc {
			pages[a.Window] = append(pages[a.Window], day)
		}
	}
	for name, a := range newest {
		have := pages[a.Window]
		lacks := func(day string) bool { return !slices.Contains(have, day) }
		needed := utcDays(s.Zones, catalog.Span{From: d, To: d + 1}, a.Fetched)
		if (have != nil || journey(s.Zones, d)) && slices.ContainsFunc(needed, lacks) {
			s.Ambiguous[name] = append(s.Ambiguous[name], d)
		}
	}
}

// utcDay returns the day of UTC that a question by the clock of UTC is for.
func utcDay(path string) (string, bool) {
	path, query, _ := strings.Cut(path, "?")
	_, date, _ := strings.Cut(path, "/date/")
	date, _, _ = strings.Cut(date, "/")
	return date, strings.Contains(query, inUTCQuery)
}

package fetch

import (
	"cmp"
	"slices"
	"time"

	"fitvault/store/catalog"
)

// Window is one question still to be asked.
type Window struct {
	Type catalog.Type
	Ask  catalog.Ask
	catalog.Span
	Fresh bool     // it holds recent days, as against backfill
	IDs   []string // of the elements, for an Ask of one element, or days of UTC: each is a page
	UTC   bool     // of Samples: asked by the clock of UTC
}

// Covered is a range of days that is staged, and what is known of that answer.
type Covered struct {
	catalog.Span
	Answered  time.Time
	Synced    time.Time   // newest tracker sync known then; zero: none known
	SettledTo catalog.Day // days before it can no longer change
	Elements  int         // in the whole answer
}

// State is everything that a plan depends on.
type State struct {
	Source catalog.Source
	Now    time.Time
	Zones  catalog.Zones
	Range  catalog.Span // the days wanted; its end is at most the day after today
	Synced time.Time    // newest tracker sync known now; zero: none known

	// Inferred says that no device told Synced: it is the newest instant in the data of a
	// type that is Evidence.
	Inferred bool

	// Scarce says that a budget of the hour holds the calls, so that what is staged and may
	// have changed is not asked again at every sync (due).
	Scarce bool

	Types []catalog.Type // asked by ranges of days, or for the state now
	Each  []catalog.Type // asked for each element of another type

	MemberSince catalog.Day // the day the person joined; zero: not known

	Coverage map[string][]Covered // by type
	Doubtful map[string][]Covered // empty answers that wait for a second one
	Guides   map[string]Guide     // of the types that have one

	Ambiguous map[string][]catalog.Day // by type: days that are staged and must be asked by the clock of UTC
	NoUTC     map[string]bool          // types of which the source refused that
}

const (
	recheckAfter = 7 * 24 * time.Hour // the last recheckDays, and a state, are read again this often
	recheckDays  = 30
	doubtFor     = time.Hour // an empty answer is believed when one this much later agrees
	freshDays    = 8         // windows that end within these days are kept fresh first

	// How old an answer over a day that is not over may grow, where calls are scarce and the
	// Ask does not say.
	refresh = 12 * time.Hour
)

// Plan returns every window still to be asked, in order: what tells of the zones of the days
// first, for other questions depend on them; then what tells which other questions there are;
// then those with recent days; then what costs a call a day last, newest first, and among
// windows that end on the same day those of the longest range first. It is a pure function.
//
// What is staged and not settled is asked again for one of three reasons (design section 6).
// Where devices tell their syncs: a tracker has synced since. Where nothing tells a sync:
// the day is one of the last two of what is measured within the day, or of the last seven of
// anything else. Where none is told but the data shows one, the first reason holds for what
// comes with a sync (follows), and the second for all else: of the fifty types of the Google
// Health API forty cost nothing then before there is something new. Where calls are scarce,
// the first reason is weighed against them (due).
func Plan(s State) []Window {
	var out []Window
	today := s.Zones.Today(s.Now)
	for _, t := range s.Types {
		ask := t.Origin(s.Source).Ask
		if ask.Snapshot() {
			if now := (catalog.Span{From: today, To: today + 1}); s.stale(t) && s.Range.Holds(today) {
				out = append(out, Window{Type: t, Ask: ask, Span: now, Fresh: true})
			}
			continue
		}
		for _, run := range runs(s.needed(t), s.Range.From) {
			for to := run.To; to > run.From; to -= catalog.Day(ask.Days) {
				span := catalog.Span{From: max(run.From, to-catalog.Day(ask.Days)), To: to}
				out = append(out, Window{Type: t, Ask: ask, Span: span, Fresh: to-1 > today-freshDays})
			}
		}
	}
	out = s.inUTC(out)
	s.sort(out)
	return out
}

// sort brings windows into the order of Plan.
func (s State) sort(windows []Window) {
	telling := telling(s.Source)
	slices.SortStableFunc(windows, func(a, b Window) int {
		return cmp.Or(
			first(a.Type.Origin(s.Source).Evidence, b.Type.Origin(s.Source).Evidence),
			first(telling[a.Type.Name], telling[b.Type.Name]),
			first(a.Fresh, b.Fresh),
			first(a.Ask.Days != 1, b.Ask.Days != 1),
			cmp.Compare(b.To, a.To),
			cmp.Compare(b.Ask.Days, a.Ask.Days))
	})
}

// telling returns the types whose answers tell what else there is to be asked: the elements or
// the days of another type, or their own next page, of which nobody knows how many there are.
func telling(source catalog.Source) map[string]bool {
	out := map[string]bool{}
	for _, t := range catalog.Asked(source) {
		o := t.Origin(source)
		out[o.Each], out[o.Guide] = true, true
		if o.Ask.Op == catalog.Cursor {
			out[t.Name] = true
		}
	}
	delete(out, "")
	return out
}

// first orders what has a property before what has not.
func first(a, b bool) int {
	switch {
	case a && !b:
		return -1
	case b && !a:
		return 1
	}
	return 0
}

// needed says for each day of the range whether the type must be asked for it.
func (s State) needed(t catalog.Type) []bool {
	need := make([]bool, s.Range.Days())
	today := s.Zones.Today(s.Now)
	horizon := today + 1 // days from here on hold nothing yet
	if s.follows(t) {
		horizon = min(horizon, s.Zones.Today(s.Synced)+1)
	}
	s.mark(need, catalog.Span{From: s.Range.From, To: horizon}, true)
	var changed []catalog.Day
	for _, c := range s.Coverage[t.Name] {
		s.mark(need, c.Span, false)
		for d := max(c.From, c.SettledTo, s.Range.From); d < min(c.To, s.Range.To); d++ {
			if s.changed(t, c, d, today) {
				need[d-s.Range.From] = s.due(t, c, d)
				changed = append(changed, d)
			}
		}
	}
	ask := t.Origin(s.Source).Ask
	if recent := max(0, int(today-freshDays-s.Range.From)); ask.Days > 1 && recent < len(need) && slices.Contains(need[recent:], true) {
		for _, d := range changed { // in the same call
			need[d-s.Range.From] = true
		}
	}
	if last := (catalog.Span{From: today - recheckDays + 1, To: today + 1}); s.weekOld(t, last) && !(s.Scarce && ask.Days == 1 && s.follows(t)) {
		s.mark(need, last, true)
	}
	for _, d := range s.Ambiguous[t.Name] {
		s.mark(need, catalog.Span{From: d, To: d + 1}, true)
	}
	if o := t.Origin(s.Source); o.Guide != "" {
		s.follow(s.Guides[t.Name], t, need)
	}
	for _, c := range s.Doubtful[t.Name] {
		s.mark(need, c.Span, !s.Now.Before(c.Answered.Add(doubtFor)))
	}
	return need
}

// due reports whether a day that may read differently now is worth a call. Where calls are
// scarce it is not at every sync: a day that is not over is read again when the answer is as
// old as Refresh, and one that is over when the answer lacks its end, and once more when it
// has come to rest.
func (s State) due(t catalog.Type, c Covered, d catalog.Day) bool {
	if !s.Scarce {
		return true
	}
	end, rest := settles(s.Zones, d, 0), settles(s.Zones, d, t.Settle)
	switch {
	case s.follows(t) && !c.Synced.Before(end):
		return !s.Synced.Before(rest)
	case s.follows(t) && !s.Synced.Before(end):
		return true
	}
	return !s.Now.Before(c.Answered.Add(cmp.Or(t.Origin(s.Source).Ask.Refresh, refresh)))
}

// weekOld reports whether an answer over the last days, or when there is none the newest
// of all, is due to be read again. Days after the last sync count too: people go on
// logging by hand when the tracker is gone.
func (s State) weekOld(t catalog.Type, last catalog.Span) bool {
	read, newest := false, time.Time{}
	for _, c := range s.Coverage[t.Name] {
		if !c.Cut(last).Cut(s.Range).Empty() {
			read = true
			if !s.Now.Before(c.Answered.Add(recheckAfter)) {
				return true
			}
		}
		if c.Answered.After(newest) {
			newest = c.Answered
		}
	}
	return !read && !newest.IsZero() && !s.Now.Before(newest.Add(recheckAfter))
}

// stale reports whether a state was never read, or a week ago.
func (s State) stale(t catalog.Type) bool {
	return !slices.ContainsFunc(s.Coverage[t.Name], func(c Covered) bool { return s.Now.Before(c.Answered.Add(recheckAfter)) })
}

// follows reports whether what is known of a type changes with the syncs that are known. A
// sync that only the data shows says nothing of what people enter, nor of a night, which the
// source works out and rewrites hours later (google-health-api.md section 8, item 8). The
// value of a date that appears after the last sync of all comes with the weekly reading.
func (s State) follows(t catalog.Type) bool {
	if s.Synced.IsZero() || !s.Inferred {
		return !s.Synced.IsZero()
	}
	night := t.Group == catalog.Night
	return t.Worn || t.Group == catalog.Intraday || night && t.Origin(s.Source).Ask.DateKey != nightKey
}

// nightKey is the DateKey of a night, which is filed by its end.
const nightKey = "interval.endTime"

// changed reports whether a day that is staged and not settled may read differently now:
// a tracker synced since, or, where no sync time is known, the day is recent or has come
// to rest since.
func (s State) changed(t catalog.Type, c Covered, d, today catalog.Day) bool {
	if s.follows(t) {
		return s.Synced.After(c.Synced)
	}
	overlap := catalog.Day(7)
	if t.Group == catalog.Intraday {
		overlap = 2
	}
	if s.Inferred { // unbroken up to the day that has come to rest: one question
		overlap = max(overlap, catalog.Day(t.Settle)+1)
	}
	return d > today-overlap || !s.Now.Before(settles(s.Zones, d, t.Settle))
}

// ordinary reports whether a window holds only days that the source must know, so that its
// refusal is about the type. Of others, which a person may have asked for, it is about the
// days: so it is of today's where no sync bears it out, which may be tomorrow's for a person
// who has flown west since the profile was read.
func (s State) ordinary(w Window) bool {
	end := s.Zones.Today(s.Now)
	if s.follows(w.Type) {
		end++
	}
	return s.MemberSince == 0 || w.Ask.Snapshot() || w.From >= s.MemberSince && w.To <= end
}

// settles returns the instant after whose sync, or reading, a day no longer changes.
func settles(z catalog.Zones, d catalog.Day, span int) time.Time {
	return z.Start(d + 1 + catalog.Day(span))
}

// SettledTo returns the day before which the days of a window are settled when a tracker
// last synced at evidence.
func SettledTo(z catalog.Zones, w catalog.Span, span int, evidence time.Time) catalog.Day {
	for d := w.To; d > w.From; d-- {
		if !settles(z, d-1, span).After(evidence) {
			return d
		}
	}
	return w.From
}

func (s State) mark(need []bool, span catalog.Span, v bool) {
	span = span.Cut(s.Range)
	for d := span.From; d < span.To; d++ {
		need[d-s.Range.From] = v
	}
}

// runs returns the spans of days that are set, oldest first.
func runs(need []bool, start catalog.Day) []catalog.Span {
	var out []catalog.Span
	for i, n := range need {
		d := start + catalog.Day(i)
		switch {
		case !n:
		case i > 0 && need[i-1]:
			out[len(out)-1].To = d + 1
		default:
			out = append(out, catalog.Span{From: d, To: d + 1})
		}
	}
	return out
}

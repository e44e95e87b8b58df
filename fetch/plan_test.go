package fetch_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

func day(s string) catalog.Day {
	d, err := catalog.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// days is a range with both ends included.
func days(from, to string) catalog.Span { return catalog.Span{From: day(from), To: day(to) + 1} }

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// newType is a type of which so many days can be asked at once.
func newType(name string, days, settle int) catalog.Type {
	return catalog.Type{Name: name, Group: catalog.Daily, Settle: settle, Fitbit: &catalog.Origin{Ask: catalog.Ask{Path: "/" + name, Days: days}}}
}

// newState is a noon in Berlin on which a person of two weeks wants one type.
func newState() fetch.State {
	return fetch.State{
		Source: catalog.Fitbit, Now: at("2026-11-22 11:00"), Synced: at("2026-11-22 10:45"),
		Zones: catalog.NewZones(catalog.ZoneSpan{Zone: zone("Europe/Berlin")}), Range: days("2026-11-09", "2026-11-22"),
		Types: []catalog.Type{newType("steps", 1095, 1)},
	}
}

// staged adds an answer to what is staged of a type. Days up to two before it was given
// are settled.
func staged(s *fetch.State, typ string, span catalog.Span, answered string, synced time.Time) {
	if s.Coverage == nil {
		s.Coverage = map[string][]fetch.Covered{}
	}
	settled := min(max(s.Zones.Today(at(answered))-1, span.From), span.To)
	s.Coverage[typ] = append(s.Coverage[typ], fetch.Covered{Span: span, Answered: at(answered), Synced: synced, SettledTo: settled})
}

func plan(s fetch.State) string {
	var out []string
	for _, w := range fetch.Plan(s) {
		out = append(out, w.Type.Name+" "+w.Span.String())
	}
	return strings.Join(out, "\n")
}

func lines(s ...string) string { return strings.Join(s, "\n") }

func TestPlan(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*fetch.State)
		want   string
	}{
		{"nothing is staged", func(*fetch.State) {}, "steps 2026-11-09..2026-11-22"},
		{"windows are as long as the ask allows, the newest first", func(s *fetch.State) { s.Types[0] = newType("steps", 6, 1) },
			lines("steps 2026-11-17..2026-11-22", "steps 2026-11-11..2026-11-16", "steps 2026-11-09..2026-11-10")},
		{"all is staged and no tracker synced since", func(s *fetch.State) {
			staged(s, "steps", days("2026-11-09", "2026-11-22"), "2026-11-22 10:50", s.Synced)
		}, ""},
		{"a tracker synced since: what is not settled", func(s *fetch.State) {
			staged(s, "steps", days("2026-11-09", "2026-11-22"), "2026-11-22 10:30", at("2026-11-22 10:15"))
		}, "steps 2026-11-21..2026-11-22"},
		{"a gap is asked, what is settled around it is not", func(s *fetch.State) {
			staged(s, "steps", days("2026-11-09", "2026-11-11"), "2026-11-22 10:50", s.Synced)
			staged(s, "steps", days("2026-11-15", "2026-11-22"), "2026-11-22 10:50", s.Synced)
		}, "steps 2026-11-12..2026-11-14"},
		{"a gap and unsettled days beside it are one question", func(s *fetch.State) {
			staged(s, "steps", days("2026-11-09", "2026-11-19"), "2026-11-18 10:50", at("2026-11-18 10:45"))
		}, "steps 2026-11-17..2026-11-22"},
		{"days after the last sync hold nothing yet", func(s *fetch.State) { s.Synced = at("2026-11-19 21:00") }, "steps 2026-11-09..2026-11-19"},
		{"the day of the last sync is the person's", func(s *fetch.State) { s.Synced = at("2026-11-19 23:30") }, "steps 2026-11-09..2026-11-20"},
		{"an empty range", func(s *fetch.State) { s.Range = days("2026-12-01", "2026-11-22") }, ""},
		{"until limits what is wanted", func(s *fetch.State) { s.Range.To = day("2026-11-12") }, "steps 2026-11-09..2026-11-11"},
		{"since before what is staged", func(s *fetch.State) {
			staged(s, "steps", days("2026-11-09", "2026-11-22"), "2026-11-22 10:50", s.Synced)
			s.Range.From = day("2026-11-01")
		}, "steps 2026-11-01..2026-11-08"},
		{"nothing outside the range, though it is unsettled", func(s *fetch.State) {
			staged(s, "steps", days("2026-11-01", "2026-11-22"), "2026-11-10 10:50", at("2026-11-10 10:45"))
			s.Range = days("2026-11-14", "2026-11-15")
			s.Coverage["steps"][0].SettledTo = day("2026-11-01")
		}, "steps 2026-11-14..2026-11-15"},
		{"without sync times the last two days of samples", func(s *fetch.State) {
			s.Synced, s.Types[0].Group = time.Time{}, catalog.Intraday
			staged(s, "steps", days("2026-11-09", "2026-11-22"), "2026-11-22 10:50", time.Time{})
			s.Coverage["steps"][0].SettledTo = day("2026-11-09")
			s.Types[0].Settle = 14
		}, "steps 2026-11-21..2026-11-22"},
		{"without sync times the last seven days of daily types", func(s *fetch.State) {
			s.Synced = time.Time{}
			staged(s, "steps", days("2026-11-09", "2026-11-22"), "2026-11-22 10:50", time.Time{})
			s.Coverage["steps"][0].SettledTo = day("2026-11-09")
			s.Types[0].Settle = 14
		}, "steps 2026-11-16..2026-11-22"},
		{"without sync times a day that came to rest is read once more", func(s *fetch.State) {
			s.Synced = time.Time{}
			staged(s, "steps", days("2026-11-09", "2026-11-13"), "2026-11-20 10:50", time.Time{})
			s.Coverage["steps"][0].SettledTo = day("2026-11-12")
			staged(s, "steps", days("2026-11-14", "2026-11-22"), "2026-11-22 10:50", time.Time{})
			s.Coverage["steps"][1].SettledTo = day("2026-11-23")
		}, "steps 2026-11-12..2026-11-13"},
		{"a sync time that is known for the first time", func(s *fetch.State) {
			staged(s, "steps", days("2026-11-09", "2026-11-22"), "2026-11-22 10:50", time.Time{})
		}, "steps 2026-11-21..2026-11-22"},
		{"the data shows a sync since: what is not settled of what is worn", func(s *fetch.State) {
			s.Inferred, s.Types[0].Worn = true, true
			staged(s, "steps", days("2026-11-09", "2026-11-22"), "2026-11-22 10:30", at("2026-11-22 10:15"))
		}, "steps 2026-11-21..2026-11-22"},
		{"the data shows none: nothing of what is worn", func(s *fetch.State) {
			s.Inferred, s.Types[0].Worn = true, true
			staged(s, "steps", days("2026-11-09", "2026-11-22"), "2026-11-22 10:30", s.Synced)
		}, ""},
		{"nor of the days after it", func(s *fetch.State) {
			s.Inferred, s.Types[0].Group, s.Synced = true, catalog.Intraday, at("2026-11-19 21:00")
		}, "steps 2026-11-09..2026-11-19"},
		{"nor of what is measured asleep", func(s *fetch.State) {
			s.Inferred, s.Types[0].Group = true, catalog.Night
			staged(s, "steps", days("2026-11-09", "2026-11-22"), "2026-11-22 10:30", s.Synced)
		}, ""},
		{"but a night is rewritten", func(s *fetch.State) {
			s.Inferred, s.Types[0].Group, s.Types[0].Fitbit.Ask.DateKey = true, catalog.Night, "interval.endTime"
			staged(s, "steps", days("2026-11-09", "2026-11-22"), "2026-11-22 10:30", s.Synced)
			s.Coverage["steps"][0].SettledTo = day("2026-11-18")
		}, "steps 2026-11-18..2026-11-22"},
		{"and what people enter needs no tracker", func(s *fetch.State) {
			s.Inferred, s.Types[0].Group, s.Types[0].Settle, s.Synced = true, catalog.Logs, 7, at("2026-11-10 21:00")
			staged(s, "steps", days("2026-11-09", "2026-11-21"), "2026-11-21 10:30", s.Synced)
			s.Coverage["steps"][0].SettledTo = day("2026-11-14")
		}, lines("steps 2026-11-14..2026-11-22")},
		{"the state now, never read", func(s *fetch.State) { s.Types[0] = newType("foods", 0, 0) }, "foods 2026-11-22"},
		{"or a week ago", func(s *fetch.State) {
			s.Types[0] = newType("foods", 0, 0)
			staged(s, "foods", days("2026-11-01", "2026-11-01"), "2026-11-01 11:00", s.Synced)
			staged(s, "foods", days("2026-11-15", "2026-11-15"), "2026-11-15 11:00", s.Synced)
		}, "foods 2026-11-22"},
		{"and when it is younger", func(s *fetch.State) {
			s.Types[0] = newType("foods", 0, 0)
			staged(s, "foods", days("2026-11-15", "2026-11-15"), "2026-11-15 11:01", s.Synced)
		}, ""},
		{"a state of the past cannot be asked for", func(s *fetch.State) {
			s.Types[0], s.Range.To = newType("foods", 0, 0), day("2026-11-22")
		}, ""},
		{"an empty answer rests for an hour", func(s *fetch.State) {
			staged(s, "steps", days("2026-11-09", "2026-11-22"), "2026-11-22 09:00", at("2026-11-22 08:45"))
			s.Doubtful = map[string][]fetch.Covered{"steps": {{Span: days("2026-11-20", "2026-11-22"), Answered: at("2026-11-22 10:01")}}}
		}, ""},
		{"then it is asked again, sync or not", func(s *fetch.State) {
			staged(s, "steps", days("2026-11-09", "2026-11-22"), "2026-11-22 09:00", s.Synced)
			s.Doubtful = map[string][]fetch.Covered{"steps": {{Span: days("2026-11-14", "2026-11-17"), Answered: at("2026-11-22 10:00")}}}
		}, "steps 2026-11-14..2026-11-17"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newState()
			tt.change(&s)
			if diff := cmp.Diff(tt.want, plan(s)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestPlanReadsTheLast30DaysAgainEveryWeek(t *testing.T) {
	s := newState()
	s.Range.From = day("2026-01-01")
	all := days("2026-01-01", "2026-11-22")
	staged(&s, "steps", all, "2026-11-15 11:01", s.Synced)
	s.Coverage["steps"][0].SettledTo = all.To
	if got := plan(s); got != "" {
		t.Errorf("before a week is over: %s", got)
	}
	s.Now = s.Now.Add(time.Minute)
	if got, want := plan(s), "steps 2026-10-24..2026-11-22"; got != want {
		t.Errorf("after a week: %s, want %s", got, want)
	}
	// Having been read, they rest for a week, and what is older rests for ever.
	s.Coverage["steps"][0].To = day("2026-10-24")
	staged(&s, "steps", days("2026-10-24", "2026-11-22"), "2026-11-22 11:01", s.Synced)
	s.Coverage["steps"][1].SettledTo = all.To
	for _, wait := range []time.Duration{time.Minute, 6 * 24 * time.Hour} {
		s := s
		s.Now = s.Now.Add(wait)
		s.Range.To = s.Zones.Today(s.Now) + 1
		if got := plan(s); got != "" {
			t.Errorf("%v after they were read again: %s", wait, got)
		}
	}
}

// A person may go on logging by hand when the tracker lies in a drawer.
func TestPlanReadsTheLast30DaysOfADeadTracker(t *testing.T) {
	s := newState()
	s.Synced = at("2026-08-01 12:00")
	s.Range = days("2026-01-01", "2026-11-22")
	staged(&s, "steps", days("2026-01-01", "2026-08-01"), "2026-11-21 11:01", s.Synced)
	if got := plan(s); got != "" {
		t.Errorf("a day after the last answer: %s", got)
	}
	s.Coverage["steps"][0].Answered = at("2026-11-15 11:00")
	if got, want := plan(s), "steps 2026-10-24..2026-11-22"; got != want {
		t.Errorf("a week after the last answer: %q, want %s", got, want)
	}
}

func TestPlanOrder(t *testing.T) {
	s := newState()
	s.Range.From = day("2026-10-20")
	s.Types = []catalog.Type{newType("samples", 1, 1), newType("log", 20, 1), newType("series", 1095, 1)}
	staged(&s, "samples", days("2026-10-22", "2026-11-20"), "2026-11-21 10:50", s.Synced)
	s.Coverage["samples"][0].SettledTo = day("2026-11-21")
	want := lines(
		"series 2026-10-20..2026-11-22", // what holds recent days first, of it what takes many days at once
		"log 2026-11-03..2026-11-22",
		"samples 2026-11-22", // then what takes one
		"samples 2026-11-21",
		"log 2026-10-20..2026-11-02", // then the past in the same order
		"samples 2026-10-21",
		"samples 2026-10-20",
	)
	if diff := cmp.Diff(want, plan(s)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestPlanMarksWhatIsFresh(t *testing.T) {
	s := newState()
	s.Types[0] = newType("steps", 4, 1)
	for _, w := range fetch.Plan(s) {
		if want := w.To-1 >= day("2026-11-15"); w.Fresh != want {
			t.Errorf("%v: fresh is %v", w.Span, w.Fresh)
		}
	}
}

func TestTodayIsThePersonsDay(t *testing.T) {
	tokyo := catalog.NewZones(catalog.ZoneSpan{Zone: zone("Europe/Berlin")}, catalog.ZoneSpan{From: day("2026-11-20"), Zone: zone("Asia/Tokyo")})
	for _, tt := range []struct {
		now, synced string
		zones       catalog.Zones
		want        string
	}{
		{"2026-11-22 15:30", "2026-11-22 15:20", tokyo, "steps 2026-11-22..2026-11-23"},                   // past midnight in Tokyo
		{"2026-11-22 15:30", "2026-11-22 14:50", tokyo, "steps 2026-11-22"},                               // synced before it
		{"2026-11-22 22:59", "2026-11-22 22:50", newState().Zones, "steps 2026-11-22"},                    // a minute before midnight in Berlin
		{"2026-03-28 23:10", "2026-03-28 23:05", newState().Zones, lines("steps 2026-03-22..2026-03-29")}, // the night clocks go forward
		{"2026-10-25 22:30", "2026-10-25 22:20", newState().Zones, "steps 2026-10-22..2026-10-25"},        // the night clocks went back: 25 hours
		{"2026-10-25 23:30", "2026-10-25 23:20", newState().Zones, "steps 2026-10-22..2026-10-26"},
	} {
		s := newState()
		s.Now, s.Synced, s.Zones = at(tt.now), at(tt.synced), tt.zones
		s.Range = catalog.Span{From: s.Zones.Today(s.Now).Month() + 21, To: s.Zones.Today(s.Now) + 1}
		if got := plan(s); got != tt.want {
			t.Errorf("at %s, synced %s: %q, want %q", tt.now, tt.synced, got, tt.want)
		}
	}
}

func TestSettledTo(t *testing.T) {
	berlin := newState().Zones
	journey := catalog.NewZones(catalog.ZoneSpan{Zone: zone("Europe/Berlin")}, catalog.ZoneSpan{From: day("2026-11-21"), Zone: zone("America/New_York")})
	week := days("2026-11-16", "2026-11-22")
	for _, tt := range []struct {
		name     string
		zones    catalog.Zones
		span     catalog.Span
		settle   int
		evidence string
		want     string
	}{
		{"a sync a day after its end settles a day", berlin, week, 1, "2026-11-20 23:00", "2026-11-20"},
		{"a minute earlier does not", berlin, week, 1, "2026-11-20 22:59", "2026-11-19"},
		{"two days for the night", berlin, week, 2, "2026-11-20 23:00", "2026-11-19"},
		{"seven days for logs", berlin, week, 7, "2026-11-22 12:00", "2026-11-16"},
		{"all of it", berlin, week, 1, "2026-12-01 12:00", "2026-11-23"},
		{"none of it", berlin, week, 1, "2026-11-01 12:00", "2026-11-16"},
		{"an hour later after the journey: New York's midnight", journey, week, 1, "2026-11-22 04:59", "2026-11-20"},
		{"and then", journey, week, 1, "2026-11-22 05:00", "2026-11-21"},
		{"the long day of autumn", berlin, days("2026-10-24", "2026-10-24"), 1, "2026-10-25 22:59", "2026-10-24"},
		{"is over an hour later by UTC", berlin, days("2026-10-24", "2026-10-24"), 1, "2026-10-25 23:00", "2026-10-25"},
		{"the short day of spring", berlin, days("2026-03-28", "2026-03-28"), 1, "2026-03-29 22:00", "2026-03-29"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fetch.SettledTo(tt.zones, tt.span, tt.settle, at(tt.evidence)); got != day(tt.want) {
				t.Errorf("settled to %v, want %s", got, tt.want)
			}
		})
	}
}

// TestPlanWhereCallsAreScarce has what a sync alone is no reason for. All days but the last two
// are settled, and the watch has just synced.
func TestPlanWhereCallsAreScarce(t *testing.T) {
	whole := days("2026-11-09", "2026-11-22")
	for _, tt := range []struct {
		name   string
		change func(*fetch.State)
		want   string
	}{
		{"a sync alone is no reason", func(s *fetch.State) {
			staged(s, "steps", whole, "2026-11-21 23:01", at("2026-11-21 23:00")) // 0:01 in Berlin
		}, ""},
		{"an answer that is twelve hours old, with all that changed in the same call", func(s *fetch.State) {
			staged(s, "steps", whole, "2026-11-21 23:00", at("2026-11-21 23:00"))
		}, "steps 2026-11-21..2026-11-22"},
		{"no tracker has synced since", func(s *fetch.State) {
			staged(s, "steps", whole, "2026-11-21 23:00", s.Synced)
		}, ""},
		{"as old as the ask says", func(s *fetch.State) {
			s.Types[0].Fitbit.Ask.Refresh = time.Hour
			staged(s, "steps", whole, "2026-11-22 10:00", at("2026-11-22 09:59"))
		}, "steps 2026-11-21..2026-11-22"},
		{"the end of a day that is over", func(s *fetch.State) {
			s.Now, s.Synced = at("2026-11-22 23:30"), at("2026-11-22 23:20")
			staged(s, "steps", whole, "2026-11-22 22:30", at("2026-11-22 22:20"))
			s.Coverage["steps"][0].SettledTo = day("2026-11-22")
		}, "steps 2026-11-22"},
		{"its end was seen, and it is not at rest", func(s *fetch.State) {
			s.Types[0] = oneDay("steps")
			staged(s, "steps", days("2026-11-09", "2026-11-21"), "2026-11-22 02:00", at("2026-11-22 01:00"))
			staged(s, "steps", days("2026-11-22", "2026-11-22"), "2026-11-22 10:50", s.Synced)
		}, ""},
		{"it has come to rest", func(s *fetch.State) {
			s.Types[0] = oneDay("steps")
			s.Now, s.Synced = at("2026-11-22 23:30"), at("2026-11-22 23:20")
			staged(s, "steps", days("2026-11-09", "2026-11-21"), "2026-11-22 02:00", at("2026-11-22 01:00"))
			staged(s, "steps", days("2026-11-22", "2026-11-23"), "2026-11-22 23:25", s.Synced)
			s.Coverage["steps"][0].SettledTo = day("2026-11-21")
			s.Coverage["steps"][1].SettledTo = day("2026-11-22")
		}, "steps 2026-11-21"},
		{"samples after six hours, and no day beside theirs", func(s *fetch.State) {
			s.Types[0] = oneDay("steps")
			staged(s, "steps", days("2026-11-09", "2026-11-21"), "2026-11-22 02:00", at("2026-11-22 01:00"))
			staged(s, "steps", days("2026-11-22", "2026-11-22"), "2026-11-22 05:00", at("2026-11-22 04:59"))
		}, "steps 2026-11-22"},
		{"a week later, what costs a call a day is not read again", func(s *fetch.State) {
			s.Types = append(s.Types, oneDay("beats"))
			staged(s, "steps", whole, "2026-11-15 10:59", s.Synced)
			staged(s, "beats", whole, "2026-11-15 10:59", s.Synced)
		}, "steps 2026-11-09..2026-11-22"},
		{"without sync times it is the age alone", func(s *fetch.State) {
			s.Synced = time.Time{}
			s.Types[0].Settle = 14
			staged(s, "steps", whole, "2026-11-21 23:00", time.Time{})
			s.Coverage["steps"][0].SettledTo = day("2026-11-09")
		}, "steps 2026-11-16..2026-11-22"},
		{"without sync times, an answer of the hour", func(s *fetch.State) {
			s.Synced = time.Time{}
			s.Types[0].Settle = 14
			staged(s, "steps", whole, "2026-11-22 10:00", time.Time{})
			s.Coverage["steps"][0].SettledTo = day("2026-11-09")
		}, ""},
		{"a guide tells the days", func(s *fetch.State) {
			s.Types[0] = guidedType()
			s.Guides = map[string]fetch.Guide{"food": {Days: map[catalog.Day]bool{day("2026-11-11"): true, day("2026-11-20"): true}}}
		}, lines("food 2026-11-20", "food 2026-11-11")},
		{"a guide tells that what there was is gone", func(s *fetch.State) {
			s.Types[0] = guidedType()
			staged(s, "food", days("2026-11-11", "2026-11-12"), "2026-11-21 10:50", s.Synced)
			s.Coverage["food"][0].Elements = 3
			s.Guides = map[string]fetch.Guide{"food": {Read: []fetch.Covered{
				{Span: days("2026-11-12", "2026-11-22"), Answered: at("2026-11-22 10:50")},
				{Span: days("2026-11-09", "2026-11-11"), Answered: at("2026-11-20 10:50")}}}}
		}, "food 2026-11-12"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newState()
			s.Scarce = true
			tt.change(&s)
			if diff := cmp.Diff(tt.want, plan(s)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// oneDay is a type of samples that costs a call a day.
func oneDay(name string) catalog.Type {
	t := newType(name, 1, 1)
	t.Group, t.Fitbit.Ask.Refresh = catalog.Intraday, 6*time.Hour
	return t
}

// guidedType costs a call a day of those that another type tells.
func guidedType() catalog.Type {
	t := newType("food", 1, 7)
	t.Fitbit.Guide = "calories"
	return t
}

// TestPlanProperties holds plans of random states to what a plan promises.
func TestPlanProperties(t *testing.T) {
	rnd := rand.New(rand.NewPCG(20261122, 1))
	for n := range 3000 {
		s := randomState(rnd)
		windows := fetch.Plan(s)
		for i := 1; i < len(windows); i++ {
			if a, b := windows[i-1], windows[i]; rank(a) > rank(b) {
				t.Fatalf("state %d: %s %v comes before %s %v", n, a.Type.Name, a.Span, b.Type.Name, b.Span)
			}
		}
		for _, typ := range s.Types {
			checkWindows(t, s, typ, slices.DeleteFunc(slices.Clone(windows), func(w fetch.Window) bool { return w.Type.Name != typ.Name }))
		}
		if t.Failed() {
			t.Fatalf("state %d: %+v", n, s)
		}
	}
}

// rank orders windows as text does.
func rank(w fetch.Window) string {
	return fmt.Sprintf("%v %v %06d %06d", !w.Fresh, w.Ask.Days == 1, 100_000-w.To, 10_000-w.Ask.Days)
}

func checkWindows(t *testing.T, s fetch.State, typ catalog.Type, windows []fetch.Window) {
	asked := map[catalog.Day]int{}
	for _, w := range windows {
		if w.Days() < 1 || w.Days() > w.Ask.Days {
			t.Errorf("%s asks for %d days, %d at once are allowed", typ.Name, w.Days(), w.Ask.Days)
		}
		for d := w.From; d < w.To; d++ {
			asked[d]++
		}
	}
	least, run := 0, 0
	for d := s.Range.From - 1; d <= s.Range.To; d++ {
		want := 0
		if s.Range.Holds(d) && needed(s, typ, d) {
			want = 1
		}
		if asked[d] != want {
			t.Errorf("%s asks %d times for %v, want %d", typ.Name, asked[d], d, want)
		}
		delete(asked, d)
		if want == 1 {
			run++
			continue
		}
		least += (run + typ.Fitbit.Ask.Days - 1) / typ.Fitbit.Ask.Days
		run = 0
	}
	if len(asked) > 0 {
		t.Errorf("%s asks for days that are not wanted: %v", typ.Name, asked)
	}
	if len(windows) != least {
		t.Errorf("%s takes %d windows, %d are enough", typ.Name, len(windows), least)
	}
}

// needed says, of one day, whether design section 6 wants it asked.
func needed(s fetch.State, typ catalog.Type, d catalog.Day) bool {
	today := s.Zones.Today(s.Now)
	for _, c := range slices.Backward(s.Doubtful[typ.Name]) {
		if c.Holds(d) {
			return s.Now.Sub(c.Answered) >= time.Hour
		}
	}
	if d > today-30 && d <= today && weekOver(s, typ, today) {
		return true
	}
	for _, c := range s.Coverage[typ.Name] {
		switch {
		case !c.Holds(d):
			continue
		case d < c.SettledTo:
			return false
		case synced(s, typ):
			return s.Synced.After(c.Synced)
		}
		overlap := map[bool]catalog.Day{true: 2, false: 7}[typ.Group == catalog.Intraday]
		if s.Inferred && typ.Settle == 7 {
			overlap = 8
		}
		return d > today-overlap || !s.Now.Before(s.Zones.Start(d+1+catalog.Day(typ.Settle)))
	}
	return d <= today && (!synced(s, typ) || d <= s.Zones.Today(s.Synced))
}

// synced says whether the syncs that are known tell anything of a type.
func synced(s fetch.State, typ catalog.Type) bool {
	worn := typ.Worn || typ.Group == catalog.Intraday
	return !s.Synced.IsZero() && (worn || !s.Inferred)
}

// weekOver says whether any of the last 30 days was last read a week ago, or, when none of
// them was read, whether nothing was for a week.
func weekOver(s fetch.State, typ catalog.Type, today catalog.Day) bool {
	read := false
	newest := s.Now.AddDate(-10, 0, 0)
	for _, c := range s.Coverage[typ.Name] {
		if c.Answered.After(newest) {
			newest = c.Answered
		}
		for d := max(c.From, s.Range.From); d < min(c.To, s.Range.To); d++ {
			if d > today-30 && d <= today {
				read = true
				if s.Now.Sub(c.Answered) >= 7*24*time.Hour {
					return true
				}
			}
		}
	}
	return !read && len(s.Coverage[typ.Name]) > 0 && s.Now.Sub(newest) >= 7*24*time.Hour
}

func randomState(rnd *rand.Rand) fetch.State {
	homes := []string{"Europe/Berlin", "Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"}
	s := fetch.State{
		Source: catalog.Fitbit, Now: at("2026-11-22 00:00").Add(time.Duration(rnd.IntN(365*24*60)) * time.Minute),
		Coverage: map[string][]fetch.Covered{}, Doubtful: map[string][]fetch.Covered{},
	}
	s.Zones = catalog.NewZones(catalog.ZoneSpan{Zone: zone(homes[rnd.IntN(5)])},
		catalog.ZoneSpan{From: catalog.DayOf(s.Now) - catalog.Day(rnd.IntN(40)), Zone: zone(homes[rnd.IntN(5)])})
	today := s.Zones.Today(s.Now)
	s.Range = catalog.Span{From: today - catalog.Day(rnd.IntN(90)), To: today + 1 - catalog.Day(rnd.IntN(2)*rnd.IntN(90))}
	if rnd.IntN(3) > 0 {
		s.Synced = s.Now.Add(-time.Duration(rnd.IntN(rnd.IntN(60*24*60)+1)) * time.Minute)
	}
	s.Inferred = !s.Synced.IsZero() && rnd.IntN(2) == 0
	for i, longest := range []int{1, 1 + rnd.IntN(40), 1095} {
		typ := newType(fmt.Sprint("type", i), longest, 1+rnd.IntN(7))
		typ.Worn = rnd.IntN(2) == 0
		if longest == 1 {
			typ.Group = catalog.Intraday
		}
		s.Types = append(s.Types, typ)
		for d := s.Range.From - 20; d < today+1; {
			c := randomCovered(rnd, s, d)
			if rnd.IntN(4) > 0 {
				s.Coverage[typ.Name] = append(s.Coverage[typ.Name], c)
			}
			d = c.To
		}
		for range rnd.IntN(2) * rnd.IntN(3) {
			c := randomCovered(rnd, s, s.Range.From+catalog.Day(rnd.IntN(60)))
			c.Answered = s.Now.Add(-time.Duration(rnd.IntN(120)) * time.Minute)
			s.Doubtful[typ.Name] = append(s.Doubtful[typ.Name], c)
		}
	}
	return s
}

func randomCovered(rnd *rand.Rand, s fetch.State, from catalog.Day) fetch.Covered {
	c := fetch.Covered{Span: catalog.Span{From: from, To: from + 1 + catalog.Day(rnd.IntN(40))}}
	c.Answered = s.Now.Add(-time.Duration(rnd.IntN(10*24*60)) * time.Minute)
	c.SettledTo = c.From + catalog.Day(rnd.IntN(c.Days()+1))
	if rnd.IntN(2) == 0 && !s.Synced.IsZero() {
		c.Synced = s.Synced.Add(-time.Duration(rnd.IntN(3)) * time.Hour)
	}
	return c
}

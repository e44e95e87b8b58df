package fetch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

// samplesOf is a type that is asked day by day, for what a clock on the wall shows.
func samplesOf(name string) catalog.Type {
	t := oneDay(name)
	t.Fitbit.Ask.Op = catalog.Samples
	return t
}

// livedIn is a zone history of pairs of a date and a zone.
func livedIn(pairs ...string) catalog.Zones {
	var spans []catalog.ZoneSpan
	for i := 0; i < len(pairs); i += 2 {
		spans = append(spans, catalog.ZoneSpan{From: day(pairs[i]), Zone: zone(pairs[i+1])})
	}
	return catalog.NewZones(spans...)
}

// The days on which a journey begins or ends are asked by the clock of UTC, no others.
func TestPlanOfJourneys(t *testing.T) {
	for _, tt := range []struct {
		name   string
		zones  catalog.Zones
		change func(*fetch.State)
		want   string // what is asked by UTC
	}{
		{"at home", livedIn("2000-01-01", "Europe/Berlin"), nil, ""},
		{"the night on which clocks change", livedIn("2000-01-01", "Europe/Berlin"), func(s *fetch.State) { s.Range = days("2026-10-20", "2026-10-30") }, ""},
		{"east", livedIn("2000-01-01", "Europe/Berlin", "2026-11-16", "Asia/Tokyo"), nil,
			"2026-11-15..2026-11-16: 2026-11-14 2026-11-15 2026-11-16"},
		{"west", livedIn("2000-01-01", "Europe/Berlin", "2026-11-16", "America/New_York"), nil,
			"2026-11-15..2026-11-16: 2026-11-14 2026-11-15 2026-11-16 2026-11-17"},
		{"over the date line", livedIn("2000-01-01", "Pacific/Pago_Pago", "2026-11-16", "Pacific/Kiritimati"), nil,
			"2026-11-15..2026-11-16: 2026-11-15 2026-11-16"},
		{"to a zone with the same clock", livedIn("2000-01-01", "Europe/Berlin", "2026-11-16", "Europe/Rome"), nil, ""},
		{"to a zone with another summer time", livedIn("2000-01-01", "Europe/Berlin", "2026-11-16", "Africa/Lagos"), nil, ""},
		{"there and on the next day back", livedIn("2000-01-01", "Europe/Berlin", "2026-11-16", "Asia/Tokyo", "2026-11-17", "Europe/Berlin"), nil,
			"2026-11-15..2026-11-17: 2026-11-14 2026-11-15 2026-11-16 2026-11-17"},
		{"there and back after a week", livedIn("2000-01-01", "Europe/Berlin", "2026-11-11", "Asia/Tokyo", "2026-11-18", "Europe/Berlin"), nil,
			"2026-11-17..2026-11-18: 2026-11-16 2026-11-17 2026-11-18; 2026-11-10..2026-11-11: 2026-11-09 2026-11-10 2026-11-11"},
		{"today, no day of UTC that is still to come", livedIn("2000-01-01", "Europe/Berlin", "2026-11-22", "America/New_York"), nil,
			"2026-11-21..2026-11-22: 2026-11-20 2026-11-21 2026-11-22"},
		{"of which one day is staged", livedIn("2000-01-01", "Europe/Berlin", "2026-11-16", "Asia/Tokyo"),
			func(s *fetch.State) {
				staged(s, "beats", days("2026-11-09", "2026-11-15"), "2026-11-22 10:50", s.Synced)
			},
			"2026-11-16: 2026-11-15 2026-11-16"},
		{"of which both are, so that they are ambiguous", livedIn("2000-01-01", "Europe/Berlin", "2026-11-16", "Asia/Tokyo"),
			func(s *fetch.State) {
				staged(s, "beats", days("2026-11-09", "2026-11-22"), "2026-11-22 10:50", s.Synced)
				s.Ambiguous = map[string][]catalog.Day{"beats": {day("2026-11-15"), day("2026-11-16")}}
			}, "2026-11-15..2026-11-16: 2026-11-14 2026-11-15 2026-11-16"},
		{"where the source refuses UTC", livedIn("2000-01-01", "Europe/Berlin", "2026-11-16", "Asia/Tokyo"),
			func(s *fetch.State) { s.NoUTC = map[string]bool{"beats": true} }, ""},
		{"of what is no samples", livedIn("2000-01-01", "Europe/Berlin", "2026-11-16", "Asia/Tokyo"),
			func(s *fetch.State) { s.Types[0] = oneDay("beats") }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newState()
			s.Types = []catalog.Type{samplesOf("beats")}
			s.Zones = tt.zones
			if tt.change != nil {
				tt.change(&s)
			}
			var got []string
			left := map[catalog.Day]bool{}
			for _, w := range fetch.Plan(s) {
				for d := w.From; d < w.To; d++ {
					if left[d] {
						t.Errorf("%v is asked twice", d)
					}
					left[d] = true
				}
				if w.UTC {
					got = append(got, w.Span.String()+": "+strings.Join(w.IDs, " "))
				} else if w.IDs != nil || w.Days() != 1 {
					t.Errorf("a window of %v with pages %v", w.Span, w.IDs)
				}
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "; ")); diff != "" {
				t.Error(diff)
			}
			if s.Coverage == nil && len(left) != s.Range.Days() {
				t.Errorf("%d of %d days are asked", len(left), s.Range.Days())
			}
		})
	}
}

// What is staged is ambiguous where it was told by a clock on the wall, or by days of UTC that
// leave out a part of what the day is by now.
func TestAmbiguous(t *testing.T) {
	const wall, utc = "/1/beats/date/%v/1d.json", "/1/beats/date/%v/1d.json?timezone=UTC"
	tokyo := livedIn("2000-01-01", "Europe/Berlin", "2026-11-16", "Asia/Tokyo")
	type answer struct {
		days  catalog.Span
		state store.State
		at    string
		paths []string
	}
	paths := func(form string, dates ...string) (out []string) {
		for _, d := range dates {
			out = append(out, fmt.Sprintf(form, d))
		}
		return out
	}
	both := days("2026-11-15", "2026-11-16")
	for _, tt := range []struct {
		name    string
		zones   catalog.Zones
		answers []answer
		want    string
	}{
		{"nothing staged", tokyo, nil, ""},
		{"told by the wall", tokyo, []answer{{days("2026-11-15", "2026-11-15"), store.Complete, "2026-11-20 10:00", paths(wall, "2026-11-15")}}, "2026-11-15"},
		{"of a day of no journey", tokyo, []answer{{days("2026-11-14", "2026-11-14"), store.Complete, "2026-11-20 10:00", paths(wall, "2026-11-14")}}, ""},
		{"told by UTC", tokyo, []answer{{both, store.Complete, "2026-11-20 10:00", paths(utc, "2026-11-14", "2026-11-15", "2026-11-16")}}, ""},
		{"asked by UTC after it was told by the wall", tokyo, []answer{
			{days("2026-11-15", "2026-11-15"), store.Complete, "2026-11-19 10:00", paths(wall, "2026-11-15")},
			{both, store.Complete, "2026-11-20 10:00", paths(utc, "2026-11-14", "2026-11-15", "2026-11-16")}}, ""},
		{"by days of UTC that do not hold all", tokyo, []answer{{both, store.Complete, "2026-11-20 10:00", paths(utc, "2026-11-15", "2026-11-16")}}, "2026-11-15"},
		{"by what there was of them", tokyo, []answer{{both, store.Complete, "2026-11-15 20:00", paths(utc, "2026-11-14", "2026-11-15")}}, ""},
		{"the journey was another one", livedIn("2000-01-01", "Europe/Berlin", "2026-11-16", "America/New_York"),
			[]answer{{both, store.Complete, "2026-11-20 10:00", paths(utc, "2026-11-14", "2026-11-15", "2026-11-16")}}, "2026-11-16"},
		{"there was no journey, as is known by now", livedIn("2000-01-01", "Europe/Berlin"),
			[]answer{{both, store.Complete, "2026-11-20 10:00", paths(utc, "2026-11-14", "2026-11-15", "2026-11-16")}}, ""},
		{"there was none, and the days of UTC do not hold all", livedIn("2000-01-01", "America/New_York"),
			[]answer{{both, store.Complete, "2026-11-20 10:00", paths(utc, "2026-11-14", "2026-11-15", "2026-11-16")}}, "2026-11-16"},
		{"there was none, and it was asked by the wall since", livedIn("2000-01-01", "America/New_York"), []answer{
			{both, store.Complete, "2026-11-20 10:00", paths(utc, "2026-11-14", "2026-11-15", "2026-11-16")},
			{days("2026-11-16", "2026-11-16"), store.Complete, "2026-11-21 10:00", paths(wall, "2026-11-16")}}, ""},
		{"refused this week", tokyo, []answer{
			{days("2026-11-15", "2026-11-15"), store.Complete, "2026-11-17 10:00", paths(wall, "2026-11-15")},
			{both, store.Refused, "2026-11-20 10:00", paths(utc, "2026-11-14")}}, "never"},
		{"refused before", tokyo, []answer{
			{both, store.Refused, "2026-11-15 10:00", paths(utc, "2026-11-14")},
			{days("2026-11-15", "2026-11-15"), store.Complete, "2026-11-20 10:00", paths(wall, "2026-11-15")}}, "2026-11-15"},
		{"a walk that broke", tokyo, []answer{
			{days("2026-11-15", "2026-11-15"), store.Complete, "2026-11-19 10:00", paths(wall, "2026-11-15")},
			{both, store.Partial, "2026-11-20 10:00", paths(utc, "2026-11-14", "2026-11-15", "2026-11-16")}}, "2026-11-15"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			st := emptyVault(t)
			run, err := st.BeginRun(t.Context(), "fetch", "test")
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range tt.answers {
				p := store.Page{Run: run, Fetched: at(a.at), Body: []byte("{}"), Window: store.Window{Source: "fitbit", Type: "beats",
					From: a.days.From.String(), To: a.days.To.String(), SettledTo: a.days.To.String(), Asked: at(a.at), State: store.Partial}}
				for i, path := range a.paths {
					if i == len(a.paths)-1 {
						p.Window.State = a.state
					}
					p.Number, p.Path = i, path
					if p.Window.ID, err = st.Stage(t.Context(), p); err != nil {
						t.Fatal(err)
					}
				}
			}
			s := newState()
			s.Types, s.Zones = []catalog.Type{samplesOf("beats")}, tt.zones
			if err := s.Journeys(t.Context(), st); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range s.Ambiguous["beats"] {
				got = append(got, d.String())
			}
			if s.NoUTC["beats"] {
				got = append(got, "never")
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

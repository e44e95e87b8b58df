package fetch_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

// told is an element at an instant, on a clock so many hours ahead of UTC.
func told(instant string, hours float64) fetch.Offset {
	return fetch.Offset{At: at(instant), Offset: time.Duration(hours * float64(time.Hour))}
}

func TestTravel(t *testing.T) {
	berlin := catalog.NewZones(catalog.ZoneSpan{Zone: zone("Europe/Berlin")})
	moved := catalog.NewZones(catalog.ZoneSpan{Zone: zone("Europe/Berlin")}, catalog.ZoneSpan{From: day("2026-03-08"), Zone: zone("Asia/Tokyo")})
	held := []*time.Location{zone("Europe/Berlin"), zone("America/New_York")}
	for _, tt := range []struct {
		name    string
		home    catalog.Zones
		span    catalog.Span
		offsets []fetch.Offset
		want    string
	}{
		{"nothing told", berlin, days("2026-03-01", "2026-03-10"), nil, ""},
		{"at home", berlin, days("2026-03-01", "2026-03-02"),
			[]fetch.Offset{told("2026-03-01 06:00", 1), told("2026-03-02 06:00", 1)}, "2026-03-01..2026-03-03 -"},
		{"summer time is no journey", berlin, days("2026-03-28", "2026-03-30"),
			[]fetch.Offset{told("2026-03-28 06:00", 1), told("2026-03-28 23:00", 1), told("2026-03-29 01:00", 2), told("2026-03-29 22:00", 2)}, "2026-03-28..2026-03-31 -"},
		{"nor is its end", berlin, days("2026-10-24", "2026-10-26"),
			[]fetch.Offset{told("2026-10-23 22:00", 2), told("2026-10-24 22:00", 2), told("2026-10-25 01:00", 1), told("2026-10-25 23:00", 1)}, "2026-10-24..2026-10-27 -"},
		{"there and back", berlin, days("2026-03-01", "2026-03-05"),
			[]fetch.Offset{told("2026-02-28 23:00", 1), told("2026-03-01 15:00", 9), told("2026-03-02 15:00", 9), told("2026-03-03 23:00", 1), told("2026-03-05 06:00", 1)},
			"2026-03-01..2026-03-02 - 2026-03-02..2026-03-04 Etc/GMT-9 2026-03-04..2026-03-06 -"},
		{"a day is in the zone in which it began: flying west", berlin, days("2026-03-01", "2026-03-02"),
			[]fetch.Offset{told("2026-03-01 06:00", 1), told("2026-03-01 20:00", -5), told("2026-03-02 05:00", -5)},
			"2026-03-01..2026-03-02 - 2026-03-02..2026-03-03 America/New_York"},
		{"and asleep, without the watch", berlin, days("2026-03-01", "2026-03-02"),
			[]fetch.Offset{told("2026-03-01 06:00", 1), told("2026-03-02 15:00", -5)},
			"2026-03-01..2026-03-02 - 2026-03-02..2026-03-03 America/New_York"},
		{"a zone of the history is taken while it has the offset", berlin, days("2026-03-06", "2026-03-08"),
			[]fetch.Offset{told("2026-03-06 05:00", -5), told("2026-03-07 05:00", -5), told("2026-03-08 05:00", -5), told("2026-03-08 07:00", -4)},
			"2026-03-06..2026-03-09 America/New_York"},
		{"not when it has another then", berlin, days("2026-07-01", "2026-07-01"), []fetch.Offset{told("2026-07-01 06:00", -5)},
			"2026-07-01..2026-07-02 Etc/GMT+5"},
		{"a move that the history knows", moved, days("2026-03-07", "2026-03-08"),
			[]fetch.Offset{told("2026-03-07 06:00", 1), told("2026-03-07 15:00", 9)}, "2026-03-07..2026-03-09 -"},
		{"and that came a day earlier", moved, days("2026-03-06", "2026-03-08"),
			[]fetch.Offset{told("2026-03-06 06:00", 1), told("2026-03-06 15:00", 9), told("2026-03-07 15:00", 9)},
			"2026-03-06..2026-03-07 - 2026-03-07..2026-03-08 Etc/GMT-9 2026-03-08..2026-03-09 -"},
		{"a day without the watch is like those around it", berlin, days("2026-03-01", "2026-03-05"),
			[]fetch.Offset{told("2026-03-02 06:00", 9), told("2026-03-04 06:00", 9)}, "2026-03-02..2026-03-05 Etc/GMT-9"},
		{"one between two zones is like neither", berlin, days("2026-03-01", "2026-03-03"),
			[]fetch.Offset{told("2026-03-01 06:00", 9), told("2026-03-03 06:00", 1)}, "2026-03-01..2026-03-02 Etc/GMT-9 2026-03-03..2026-03-04 -"},
		{"what lies outside says nothing", berlin, days("2026-03-02", "2026-03-02"),
			[]fetch.Offset{told("2026-03-01 06:00", 9), told("2026-03-02 06:00", 1), told("2026-03-03 06:00", 9)}, "2026-03-02..2026-03-03 -"},
		{"the order of elements does not matter", berlin, days("2026-03-01", "2026-03-01"),
			[]fetch.Offset{told("2026-03-01 20:00", -5), told("2026-03-01 06:00", 1)}, "2026-03-01..2026-03-02 -"},
		{"an offset that no zone has", berlin, days("2026-03-01", "2026-03-01"), []fetch.Offset{told("2026-03-01 06:00", 1.1)}, "2026-03-01..2026-03-02 -"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := listed(fetch.Travel(tt.home, held, tt.span, tt.offsets, tt.span.Days())); got != tt.want {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
		})
	}
}

// Of what tells of some days only, those between two that are far apart are left as they are.
func TestTravelOfSomeDays(t *testing.T) {
	berlin := catalog.NewZones(catalog.ZoneSpan{Zone: zone("Europe/Berlin")})
	offsets := []fetch.Offset{told("2026-03-01 06:00", 1), told("2026-03-05 06:00", 9), told("2026-03-12 06:00", 9), told("2026-03-20 06:00", 9), told("2026-03-24 06:00", 1),
		told("2026-04-20 06:00", -5)}
	for gap, want := range map[int]string{
		1: "2026-03-01..2026-03-02 - 2026-03-05..2026-03-06 Etc/GMT-9 2026-03-12..2026-03-13 Etc/GMT-9 2026-03-20..2026-03-21 Etc/GMT-9 2026-03-24..2026-03-25 - 2026-04-20..2026-04-21 Etc/GMT+5",
		7: "2026-03-01..2026-03-02 - 2026-03-05..2026-03-13 Etc/GMT-9 2026-03-20..2026-03-21 Etc/GMT-9 2026-03-24..2026-03-25 - 2026-04-20..2026-04-21 Etc/GMT+5",
		8: "2026-03-01..2026-03-02 - 2026-03-05..2026-03-21 Etc/GMT-9 2026-03-24..2026-03-25 - 2026-04-20..2026-04-21 Etc/GMT+5",
	} {
		if got := listed(fetch.Travel(berlin, nil, days("2026-02-01", "2026-05-01"), offsets, gap)); got != want {
			t.Errorf("gap %d: %s\nwant %s", gap, got, want)
		}
	}
}

func listed(runs []store.ZoneRun) string {
	var out []string
	for _, r := range runs {
		z := r.Zone
		if z == "" {
			z = "-"
		}
		out = append(out, r.From+".."+r.To+" "+z)
	}
	return strings.Join(out, " ")
}

// Every offset that a clock somewhere shows has a zone that has it.
func TestEveryOffsetHasAZone(t *testing.T) {
	for _, name := range []string{
		"Europe/London", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Yangon", "Asia/Kabul", "Asia/Tehran", "Australia/Darwin", "Australia/Adelaide",
		"Australia/Lord_Howe", "Australia/Eucla", "Pacific/Chatham", "Pacific/Marquesas", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Lima",
	} {
		for _, date := range []string{"2026-01-15", "2026-07-15"} {
			noon := at(date + " 00:00")
			_, east := noon.In(zone(name)).Zone()
			o := fetch.Offset{At: noon, Offset: time.Duration(east) * time.Second}
			utc := catalog.NewZones(catalog.ZoneSpan{Zone: zone("Asia/Jakarta")})
			runs := fetch.Travel(utc, nil, catalog.Span{From: o.Day(), To: o.Day() + 1}, []fetch.Offset{o}, 1)
			if len(runs) != 1 || runs[0].Zone == "" {
				t.Errorf("%s on %s: %v", name, date, runs)
				continue
			}
			if _, got := noon.In(zone(runs[0].Zone)).Zone(); got != east {
				t.Errorf("%s on %s is %d s ahead of UTC, %s is %d s", name, date, east, runs[0].Zone, got)
			}
		}
	}
}

// A year of journeys, read in windows of any length and order, comes to the same history,
// in which each day has the offset that its data shows.
func TestTravelInAnyOrder(t *testing.T) {
	unlessRaced(t)
	rnd := rand.New(rand.NewPCG(3, 1))
	home := catalog.NewZones(catalog.ZoneSpan{From: day("2026-11-01"), Zone: zone("Europe/Berlin")})
	all := days("2026-02-01", "2026-10-31")
	for n := range 10 {
		truth := map[catalog.Day]fetch.Offset{}
		away := zone("Europe/Berlin")
		for d := all.From; d < all.To; d++ {
			if rnd.IntN(20) == 0 {
				away = zone([]string{"Europe/Berlin", "Asia/Tokyo", "Asia/Kolkata", "America/New_York"}[rnd.IntN(4)])
			}
			noon := catalog.NewZones(catalog.ZoneSpan{Zone: away}).Start(d).Add(12 * time.Hour)
			_, east := noon.In(away).Zone()
			truth[d] = fetch.Offset{At: noon, Offset: time.Duration(east) * time.Second}
		}
		want := ""
		for range 3 {
			got := history(t, home, truth, windowsOf(rnd, all))
			for d, o := range truth {
				if _, east := o.At.In(got.On(d)).Zone(); time.Duration(east)*time.Second != o.Offset {
					t.Fatalf("journey %d, %v: in %v, the data is %v ahead of UTC", n, d, got.On(d), o.Offset)
				}
			}
			for _, d := range []catalog.Day{all.From - 1, all.From - 100, all.To, all.To + 100} {
				if got.On(d).String() != "Europe/Berlin" {
					t.Fatalf("journey %d changes %v, which it tells nothing of, to %v", n, d, got.On(d))
				}
			}
			var text string
			for d := all.From - 1; d <= all.To; d++ {
				text += fmt.Sprintln(d, got.On(d))
			}
			if want == "" {
				want = text
			} else if diff := cmp.Diff(want, text); diff != "" {
				t.Fatalf("journey %d, in another order (-first +this):\n%s", n, diff)
			}
		}
	}
}

// windowsOf cuts a range at random, reads some days of it again, and shuffles.
func windowsOf(rnd *rand.Rand, all catalog.Span) []catalog.Span {
	var out []catalog.Span
	for d := all.From; d < all.To; {
		to := min(all.To, d+1+catalog.Day(rnd.IntN(40)))
		out = append(out, catalog.Span{From: d, To: to})
		d = to
	}
	for range 10 {
		from := all.From + catalog.Day(rnd.IntN(all.Days()-2))
		out = append(out, catalog.Span{From: from, To: from + 2})
	}
	rnd.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// history is the zone history after the windows were read.
func history(t *testing.T, home catalog.Zones, truth map[catalog.Day]fetch.Offset, windows []catalog.Span) catalog.Zones {
	t.Helper()
	st := emptyVault(t)
	if err := st.NoteZone(t.Context(), store.ZoneEntry{From: "2026-11-01", How: store.ByProfile, Zone: "Europe/Berlin"}); err != nil {
		t.Fatal(err)
	}
	for _, w := range windows {
		var offsets []fetch.Offset
		for d := w.From; d < w.To; d++ {
			offsets = append(offsets, truth[d])
		}
		if err := st.NoteTravel(t.Context(), fetch.Travel(home, nil, w, offsets, w.Days())); err != nil {
			t.Fatal(err)
		}
	}
	zones, err := fetch.Zones(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	return zones
}

func emptyVault(t *testing.T) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), t.TempDir()+"/vault.db", store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

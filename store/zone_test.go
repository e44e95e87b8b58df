package store_test

import (
	"cmp"
	"math/rand/v2"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"fitvault/store"
)

// What the data tells holds on the dates it is of, and on no other.
func TestTravel(t *testing.T) {
	t.Parallel()
	e := func(from, how, zone string) store.ZoneEntry { return store.ZoneEntry{From: from, How: how, Zone: zone} }
	const always = "0001-01-01"
	home := []store.ZoneEntry{e("2026-11-22", store.ByProfile, "Europe/Berlin")}
	spring := store.ZoneRun{From: "2026-03-01", To: "2026-03-11", Zone: "Asia/Tokyo"}
	for name, tt := range map[string]struct {
		note []store.ZoneEntry
		runs []store.ZoneRun
		want []store.ZoneEntry
	}{
		"nothing":       {home, nil, home},
		"nothing to it": {home, []store.ZoneRun{{"2026-03-01", "2026-03-11", ""}}, home},
		"a journey before the profile was ever read": {home, []store.ZoneRun{spring}, []store.ZoneEntry{
			e(always, store.ByProfile, "Europe/Berlin"), e("2026-03-01", store.ByData, "Asia/Tokyo"), e("2026-03-11", store.ByProfile, "Europe/Berlin")}},
		"a newer profile holds after it": {append(home, e("2026-11-25", store.ByProfile, "America/New_York")), []store.ZoneRun{spring}, []store.ZoneEntry{
			e(always, store.ByProfile, "Europe/Berlin"), e("2026-03-01", store.ByData, "Asia/Tokyo"), e("2026-03-11", store.ByProfile, "Europe/Berlin"),
			e("2026-11-25", store.ByProfile, "America/New_York")}},
		"a journey on which the profile was read": {append(home, e("2026-11-24", store.ByProfile, "Asia/Tokyo"), e("2026-11-27", store.ByProfile, "Europe/Berlin")),
			[]store.ZoneRun{{"2026-11-23", "2026-11-24", "Asia/Tokyo"}, {"2026-11-26", "2026-11-27", "Europe/Berlin"}}, []store.ZoneEntry{
				e("2026-11-22", store.ByProfile, "Europe/Berlin"), e("2026-11-23", store.ByData, "Asia/Tokyo"), e("2026-11-24", store.ByProfile, "Asia/Tokyo"),
				e("2026-11-26", store.ByData, "Europe/Berlin"), e("2026-11-27", store.ByProfile, "Europe/Berlin")}},
		"the person's own word": {append(home, e("2026-03-05", store.ByHand, "Asia/Seoul")), []store.ZoneRun{spring}, []store.ZoneEntry{
			e(always, store.ByProfile, "Europe/Berlin"), e("2026-03-01", store.ByData, "Asia/Tokyo"), e("2026-03-05", store.ByHand, "Asia/Seoul")}},
		"of a journey, before which home holds": {append(home, e("2026-03-05", store.ByHand, "Asia/Seoul"), e("2026-03-09", store.ByHand, "Europe/Berlin")), nil, []store.ZoneEntry{
			e(always, store.ByProfile, "Europe/Berlin"), e("2026-03-05", store.ByHand, "Asia/Seoul"), e("2026-03-09", store.ByHand, "Europe/Berlin")}},
		"of a day after the profile was read": {append(home, e("2026-11-24", store.ByHand, "Asia/Seoul")), nil, []store.ZoneEntry{
			e("2026-11-22", store.ByProfile, "Europe/Berlin"), e("2026-11-24", store.ByHand, "Asia/Seoul")}},
		"nothing but the person's word": {[]store.ZoneEntry{e("2026-03-05", store.ByHand, "Asia/Seoul"), e("2026-03-09", store.ByHand, "Europe/Berlin")},
			[]store.ZoneRun{{"2026-02-01", "2026-02-03", "Asia/Tokyo"}}, []store.ZoneEntry{
				e(always, store.ByHand, "Asia/Seoul"), e("2026-02-01", store.ByData, "Asia/Tokyo"), e("2026-02-03", store.ByHand, "Asia/Seoul"), e("2026-03-09", store.ByHand, "Europe/Berlin")}},
		"on the very date of the profile": {home, []store.ZoneRun{{"2026-11-22", "2026-11-23", "Asia/Tokyo"}}, []store.ZoneEntry{
			e(always, store.ByProfile, "Europe/Berlin"), e("2026-11-22", store.ByData, "Asia/Tokyo"), e("2026-11-23", store.ByProfile, "Europe/Berlin")}},
		"the best known of one date is home": {append(home, e("2026-11-22", store.BySetting, "UTC")), []store.ZoneRun{spring}, []store.ZoneEntry{
			e(always, store.ByProfile, "Europe/Berlin"), e("2026-03-01", store.ByData, "Asia/Tokyo"), e("2026-03-11", store.ByProfile, "Europe/Berlin")}},
		"nothing but data": {nil, []store.ZoneRun{spring}, []store.ZoneEntry{e("2026-03-01", store.ByData, "Asia/Tokyo")}},
		"taken back in the middle": {home, []store.ZoneRun{spring, {"2026-03-04", "2026-03-05", ""}}, []store.ZoneEntry{
			e(always, store.ByProfile, "Europe/Berlin"), e("2026-03-01", store.ByData, "Asia/Tokyo"), e("2026-03-04", store.ByProfile, "Europe/Berlin"),
			e("2026-03-05", store.ByData, "Asia/Tokyo"), e("2026-03-11", store.ByProfile, "Europe/Berlin")}},
		"taken back as a whole": {home, []store.ZoneRun{spring, {"2026-02-01", "2026-04-01", ""}}, home},
		"two journeys that meet": {home, []store.ZoneRun{spring, {"2026-03-11", "2026-03-15", "Asia/Seoul"}}, []store.ZoneEntry{
			e(always, store.ByProfile, "Europe/Berlin"), e("2026-03-01", store.ByData, "Asia/Tokyo"), e("2026-03-11", store.ByData, "Asia/Seoul"),
			e("2026-03-15", store.ByProfile, "Europe/Berlin")}},
	} {
		t.Run(name, func(t *testing.T) {
			s := MustOpen(t)
			for _, z := range tt.note {
				if err := s.NoteZone(t.Context(), z); err != nil {
					t.Fatal(err)
				}
			}
			beside, err := s.Zones(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // what is known changes nothing
				if err := s.NoteTravel(t.Context(), tt.runs); err != nil {
					t.Fatal(err)
				}
				got, err := s.Zones(t.Context())
				if diff := gocmp.Diff(tt.want, got); diff != "" || err != nil {
					t.Errorf("zones (-want +got), %v:\n%s", err, diff)
				}
			}
			if got, err := s.ZonesBeside(t.Context()); !gocmp.Equal(got, beside) || err != nil {
				t.Errorf("beside the data: %v, %v, want %v", got, err, beside)
			}
		})
	}
}

// What is set by hand of a date takes the place of what was, stands whatever the entry before
// it says, and can be taken back.
func TestZoneByHand(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	for _, e := range [][2]string{{"2026-03-05", "Asia/Seoul"}, {"2026-03-05", "Asia/Tokyo"}, {"2026-03-09", "Asia/Tokyo"}, {"2026-03-01", "Asia/Tokyo"}} {
		if err := s.SetZone(t.Context(), e[0], e[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.NoteZone(t.Context(), store.ZoneEntry{From: "2026-03-05", How: store.ByProfile, Zone: "Europe/Berlin"}); err != nil {
		t.Fatal(err)
	}
	for _, date := range []string{"2026-03-05", "2026-03-06"} {
		if err := s.UnsetZone(t.Context(), date); err != nil {
			t.Fatal(err)
		}
	}
	want := []store.ZoneEntry{{From: "2026-03-01", How: store.ByHand, Zone: "Asia/Tokyo"}, {From: "2026-03-09", How: store.ByHand, Zone: "Asia/Tokyo"}}
	if got, err := s.ZonesByHand(t.Context()); !gocmp.Equal(got, want) || err != nil {
		t.Errorf("by hand %v, %v, want %v", got, err, want)
	}
	want = []store.ZoneEntry{{From: "0001-01-01", How: store.ByProfile, Zone: "Europe/Berlin"}, want[0]}
	if got, err := s.Zones(t.Context()); !gocmp.Equal(got, want) || err != nil {
		t.Errorf("in force %v, %v, want %v", got, err, want)
	}
}

// Runs of one truth, in any order and cut in any way, leave the same rows behind.
func TestTravelInAnyOrder(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(7, 7))
	zones := []string{"", "A", "B"}
	for n := range 20 {
		var truth []store.ZoneRun
		for d, zone := 0, ""; d < 20; d++ {
			if rnd.IntN(3) == 0 {
				zone = zones[rnd.IntN(3)]
			}
			truth = append(truth, store.ZoneRun{From: day(d), To: day(d + 1), Zone: zone})
		}
		var first []store.ZoneEntry
		for range 3 {
			s := MustOpen(t)
			if err := s.NoteZone(t.Context(), store.ZoneEntry{From: day(30), How: store.ByProfile, Zone: "H"}); err != nil {
				t.Fatal(err)
			}
			for _, i := range append(rnd.Perm(20), rnd.Perm(20)[:5]...) {
				if err := s.NoteTravel(t.Context(), truth[i:i+1]); err != nil {
					t.Fatal(err)
				}
			}
			got, err := s.Zones(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = got
			}
			if diff := gocmp.Diff(first, got); diff != "" {
				t.Fatalf("history %d, another order (-first +this):\n%s", n, diff)
			}
			for _, r := range truth {
				zone := got[0].Zone
				for _, e := range got {
					if e.From <= r.From {
						zone = e.Zone
					}
				}
				if want := cmp.Or(r.Zone, "H"); zone != want {
					t.Fatalf("history %d: in %q on %s, want %q: %v", n, zone, r.From, want, got)
				}
			}
		}
	}
}

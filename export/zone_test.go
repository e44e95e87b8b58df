package export_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fitvault/store"
)

// traveller stages the daily types, nights and readings of some weeks of March 2025.
func traveller(v *vault) {
	const first, end = "2025-03-08", "2025-03-25"
	days := make([]any, 17)
	var nights []night
	var readings []string
	for i := range days {
		date := dayAfter(first, i)
		days[i] = 1000 + i
		nights = append(nights, night{date, dayAfter(date, -1) + "T22:45:00", 100 + i, "stages", 9, false})
		readings = append(readings, date+" 00:10:00 70", date+" 12:00:00 71", date+" 23:50:00 72")
	}
	v.stage("activity_daily.steps", first, end, steps(first, days...))
	v.stage("sleep", first, end, sleeps(nights...))
	v.stage("weight", first, end, weights(readings...))
}

func TestZoneChange(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"eastward", "Europe/Berlin", "Asia/Tokyo"},
		{"westward", "Europe/Berlin", "America/New_York"},
		{"far eastward", "America/Los_Angeles", "Pacific/Auckland"},
		{"far westward", "Pacific/Auckland", "America/Los_Angeles"},
		{"over the date line", "Pacific/Pago_Pago", "Pacific/Kiritimati"},
		{"back over the date line", "Pacific/Kiritimati", "Pacific/Pago_Pago"},
		{"by another name", "Europe/Berlin", "Europe/Paris"},
	} {
		for _, batch := range []int{3, 10_000} {
			t.Run(fmt.Sprintf("%s by %d", c.name, batch), func(t *testing.T) {
				t.Parallel()
				v, d := newVault(t, "me"), newDatabase(t)
				v.zoneFrom("2000-01-01", c.before)
				traveller(v)
				v.export(v.to("d", d))
				v.zoneFrom("2025-03-15", c.after)
				e := v.to("d", d)
				e.BatchLines = batch
				res := v.export(e)
				same(t, "database", d.dump(), v.fresh())
				if again := v.export(v.to("d", d)); again.Written+again.Deleted > 0 {
					t.Errorf("the next export did %+v", again)
				}
				if c.name == "by another name" && res.Written+res.Deleted > 0 {
					t.Errorf("nothing moved, but %+v", res)
				}
			})
		}
	}
}

// Days that a change of zone does not touch are neither computed nor written.
func TestZoneChangeTouchesItsDaysOnly(t *testing.T) {
	v := newVault(t, "me")
	traveller(v)
	v.export(v.to("d", &recorder{}))
	before := v.held("d")
	v.zoneFrom("2025-03-15", "Asia/Tokyo")
	v.zoneFrom("2025-03-20", "Europe/Berlin")
	n, err := v.to("d", nil).Behind(t.Context())
	must(t, err)
	v.export(v.to("d", &recorder{}))
	var recomputed, rewritten []string
	for unit, e := range v.held("d") {
		if string(e.Inputs) != string(before[unit].Inputs) {
			recomputed = append(recomputed, unit)
		}
		if string(e.Digest) != string(before[unit].Digest) {
			rewritten = append(rewritten, unit)
		}
	}
	if n != len(recomputed) {
		t.Errorf("%d units behind, %d computed", n, len(recomputed))
	}
	slices.Sort(rewritten)
	same(t, "changed units", rewritten, []string{"activity_daily 2025-03-01",
		"sleep 2025-03-14", "sleep 2025-03-15", "sleep 2025-03-16", "sleep 2025-03-17", "sleep 2025-03-18", "sleep 2025-03-19",
		"sleep_stage 2025-03-14", "sleep_stage 2025-03-15", "sleep_stage 2025-03-16", "sleep_stage 2025-03-17", "sleep_stage 2025-03-18", "sleep_stage 2025-03-19", "sleep_stage 2025-03-20",
		"weight 2025-03-14", "weight 2025-03-15", "weight 2025-03-16", "weight 2025-03-17", "weight 2025-03-18", "weight 2025-03-19"})
	for _, unit := range recomputed {
		if date := unit[strings.IndexByte(unit, ' ')+1:]; date != "2025-03-01" && (date < "2025-03-12" || date > "2025-03-22") {
			t.Errorf("%s was computed", unit)
		}
	}
}

// A kill in the middle of the export after a change of zone, at any request: what was not
// reached yet is still told apart from what moved into its place.
func TestZoneChangeCutOff(t *testing.T) {
	for _, zone := range []string{"Asia/Tokyo", "America/New_York"} {
		t.Run(strings.ReplaceAll(zone, "/", " "), func(t *testing.T) {
			t.Parallel()
			v, d := newVault(t, "me"), newDatabase(t)
			v.stage("sleep", "2025-03-13", "2025-03-18", sleeps(
				night{"2025-03-14", "2025-03-13T20:00:00", 1, "stages", 9, false}, night{"2025-03-15", "2025-03-14T20:00:00", 2, "stages", 9, false},
				night{"2025-03-16", "2025-03-15T20:00:00", 3, "stages", 9, false}))
			v.export(v.to("d", d))
			for n, done := 1, false; !done; n++ {
				v.zoneFrom("2025-03-15", zone)
				r := &recorder{below: d}
				r.fail = func(string) error {
					if len(r.ops) > n {
						return errDown
					}
					return nil
				}
				e := v.to("d", r)
				e.BatchLines = 3
				_, err := e.Export(t.Context())
				done = err == nil
				v.export(v.to("d", d))
				same(t, fmt.Sprintf("cut off after request %d", n), d.dump(), v.fresh())
				v.zoneFrom("2025-03-15", "Europe/Berlin")
				v.export(v.to("d", d))
			}
		})
	}
}

func TestZoneOfBestKnowledgeWins(t *testing.T) {
	t.Parallel()
	v, d := newVault(t, "me"), newDatabase(t)
	traveller(v)
	v.export(v.to("d", d))
	before := d.dump()
	must(t, v.NoteZone(t.Context(), store.ZoneEntry{From: "2025-03-10", How: store.BySetting, Zone: "Asia/Tokyo"}))
	r := &recorder{below: d}
	v.export(v.to("d", r))
	same(t, "after a zone that does not hold", d.dump(), before)
	if len(r.ops) > 1 {
		t.Errorf("it did %q", r.ops)
	}
}

// A night may reach into the second day after that of its start, whose zone places it.
func TestZoneOfANightsStart(t *testing.T) {
	v, d := newVault(t, "me"), newDatabase(t)
	v.zoneFrom("2000-01-01", "America/New_York")
	v.zoneFrom("2025-03-12", "Asia/Tokyo")
	v.stage("sleep", "2025-03-12", "2025-03-13", sleeps(night{"2025-03-12", "2025-03-11T23:00:00", 1, "stages", 15, false}))
	v.export(v.to("d", d))
	if got := unitsOf(v, "d", "sleep_stage"); got != "2025-03-12..2025-03-13:12 2025-03-13..2025-03-14:3" {
		t.Errorf("units %s", got)
	}
	v.zoneFrom("2025-03-11", "Asia/Tokyo")
	v.export(v.to("d", d))
	same(t, "database", d.dump(), v.fresh())
}

// A sync late on the day of the answer may lie in the day after, by a change of zone.
func TestZoneOfASync(t *testing.T) {
	v, d := newVault(t, "me"), newDatabase(t)
	v.stage("device", "2025-03-10", "2025-03-11", devices("2025-03-10T20:00:00", 50))
	v.export(v.to("d", d))
	v.zoneFrom("2025-03-11", "Asia/Tokyo")
	v.export(v.to("d", d))
	same(t, "database", d.dump(), v.fresh())
	if got := unitsOf(v, "d", "device"); got != "2025-03-11..2025-03-12:1" {
		t.Errorf("units %s", got)
	}
}

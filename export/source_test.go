package export_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// from stages an answer of a source over [from, to), settled to a date and with a sync.
func from(source catalog.Source, typ, first, end, settled, body string, synced ...time.Time) func(*vault) {
	w := store.Window{Source: string(source), Type: typ, From: first, To: end, SettledTo: settled}
	if len(synced) > 0 {
		w.Synced = synced[0]
	}
	return func(v *vault) { v.stageWindow(w, body) }
}

func prefer(sources ...catalog.Source) func(*vault) { return func(v *vault) { v.prefer = sources } }

// numbers counts up.
func numbers(first, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = first + i
	}
	return out
}

// What a target is given when another source comes to speak for some days: nothing of the
// others. A weight of Google's lacks the body-mass index, so that its point takes a delete.
func TestSourcesChange(t *testing.T) {
	fitbitSteps := from(catalog.Fitbit, "activity_daily.steps", "2025-03-01", "2025-03-21", "2025-03-21", steps("2025-03-01", anys(numbers(1000, 20))...))
	googleSteps := func(settled string) func(*vault) {
		return from(catalog.Google, "activity_daily.steps", "2025-03-11", "2025-04-01", settled, googleSums("steps", "2025-03-11", numbers(5000, 21)...))
	}
	fitbitWeights := func(settled string) func(*vault) {
		return from(catalog.Fitbit, "weight", "2025-03-01", "2025-04-01", settled,
			weights("2025-03-09 08:00:00 70", "2025-03-10 08:00:00 71", "2025-03-11 08:00:00 72", "2025-03-20 08:00:00 73"))
	}
	googleWeights := func(first, end, settled string) func(*vault) {
		return from(catalog.Google, "weight", first, end, settled, googleWeights("2025-03-10 09:00:00 81", "2025-03-11 08:00:00 72"))
	}
	for _, c := range []change{
		{"the other preferred, of a month that both give a part of", all(fitbitSteps, googleSteps("2025-04-01")), prefer(catalog.Google), nil, "31"},
		{"the other preferred, which lacks points", all(fitbitWeights("2025-04-01"), googleWeights("2025-03-10", "2025-03-12", "2025-03-12")), prefer(catalog.Google, catalog.Fitbit),
			[]string{"weight me 2025-03-10T07:00:00 2025-03-11T07:00:00"}, "2"},
		{"preferred as before", all(fitbitSteps, googleSteps("2025-04-01")), prefer(catalog.Fitbit), nil, ""},
		{"the preferred one is not settled, the other comes to be", all(fitbitWeights("2025-03-10"), googleWeights("2025-03-09", "2025-03-12", "2025-03-09")),
			googleWeights("2025-03-09", "2025-03-12", "2025-03-12"), []string{"weight me 2025-03-10T07:00:00 2025-03-11T07:00:00"}, "2"},
		{"settled as well", all(fitbitWeights("2025-04-01"), googleWeights("2025-03-09", "2025-03-12", "2025-03-09")), googleWeights("2025-03-09", "2025-03-12", "2025-03-12"), nil, ""},
		{"the other is added and preferred where it holds nothing", all(fitbitWeights("2025-04-01"), prefer(catalog.Google)), from(catalog.Google, "weight", "2025-03-20", "2025-03-21", "2025-03-21", googleWeightsNone),
			[]string{"weight me 2025-03-20T07:00:00 2025-03-20T07:00:00"}, ""},
	} {
		t.Run(c.name, c.run)
	}
}

const googleWeightsNone = `{"dataPoints":[]}`

// values returns a field of a measurement in the order of time, as it would be exported.
func values(v *vault, measurement, field string) string {
	var rows []string
	for _, row := range asRows(v.t, v.fresh()) {
		name, rest, _ := strings.Cut(row, ",")
		_, value, ok := strings.Cut(rest, " "+field+"=")
		_, at, _ := strings.Cut(rest, " time=")
		if name == measurement && ok {
			rows = append(rows, strings.Fields(at)[0]+" "+strings.Fields(value)[0])
		}
	}
	slices.Sort(rows)
	for i, row := range rows {
		_, rows[i], _ = strings.Cut(row, " ")
	}
	return strings.Join(rows, " ")
}

// A vault goes on with another source when the first one is switched off, whose last answer
// pads the days after the last sync.
func TestOneSourceGoesOn(t *testing.T) {
	v := newVault(t, "me")
	lastSync := time.Date(2026, 11, 1, 20, 0, 0, 0, time.UTC)
	from(catalog.Fitbit, "activity_daily.steps", "2026-10-29", "2026-11-04", "2026-10-31", steps("2026-10-29", 29, 30, 31, 1, 0, 0), lastSync)(v)
	from(catalog.Fitbit, "body_daily.weight_kg", "2026-10-29", "2026-11-04", "2026-10-29", series("body-weight", "2026-10-29", 70, 70, 70, 70, 70, 70), lastSync)(v)
	if got := values(v, "activity_daily", "steps"); got != "29 30 31 1" {
		t.Errorf("alone: %s", got)
	}
	google := func(settled string) {
		from(catalog.Google, "activity_daily.steps", "2026-10-30", "2026-11-06", settled, googleSums("steps", "2026-10-30", 1030, 1031, 1001, 1002, 1003, 1004, 1005))(v)
	}
	google("2026-10-30")
	if got := values(v, "activity_daily", "steps"); got != "29 30 31 1 1002 1003 1004 1005" {
		t.Errorf("before the other is settled: %s", got)
	}
	google("2026-11-04")
	if got := values(v, "activity_daily", "steps"); got != "29 30 1031 1001 1002 1003 1004 1005" {
		t.Errorf("after: %s", got)
	}
	if got := values(v, "body_daily", "weight_kg"); got != "70 70 70 70 70 70" {
		t.Errorf("what only one gives: %s", got)
	}
}

// Snapshots are readings of their own, whichever source they come from.
func TestSnapshotsOfTwoSources(t *testing.T) {
	v := newVault(t, "me")
	from(catalog.Fitbit, "device", "2025-03-10", "2025-03-11", "2025-03-10", devices("2025-03-10T09:00:00", 51))(v)
	from(catalog.Google, "device", "2025-03-10", "2025-03-11", "2025-03-10", googleDevices("2025-03-10T08:00:00", 52))(v) // the same sync
	from(catalog.Google, "device", "2025-03-11", "2025-03-12", "2025-03-11", googleDevices("2025-03-11T08:00:00", 53))(v)
	from(catalog.Fitbit, "device", "2025-03-12", "2025-03-13", "2025-03-12", devices("2025-03-12T09:00:00", 54))(v)
	for _, order := range [][]catalog.Source{nil, {catalog.Google}} {
		if v.prefer = order; values(v, "device", "battery_pct") != "52 53 54" {
			t.Errorf("prefer %v: %s", order, values(v, "device", "battery_pct"))
		}
	}
}

func TestPagesAreReadTogether(t *testing.T) {
	v := newVault(t, "me")
	v.stageWindow(store.Window{Source: "google", Type: "weight", From: "2025-03-01", To: "2025-04-01", SettledTo: "2025-03-01"},
		googleWeights("2025-03-09 08:00:00 70", "2025-03-10 08:00:00 71"), googleWeightsNone, googleWeights("2025-03-11 08:00:00 72"))
	if got := values(v, "weight", "weight_kg"); got != "70 71 72" {
		t.Errorf("weights %s", got)
	}
}

// A track is its exercise's, also where no point of it lies on the date of that: it begins
// before midnight and the first position comes after, or far to the west of the zone that the
// history has for the day. Of two tracks at one time each is whole.
func TestTracksAreFiledWithTheirExercise(t *testing.T) {
	v := newVault(t, "me")
	track := func(at string, lons ...int) string {
		points := ""
		for _, lon := range lons {
			points += fmt.Sprintf(`<Trackpoint><Time>%s</Time><Position><LatitudeDegrees>52</LatitudeDegrees><LongitudeDegrees>%d</LongitudeDegrees></Position></Trackpoint>`, at, lon)
		}
		return `<TrainingCenterDatabase><Activities><Activity><Lap><Track>` + points + `</Track></Lap></Activity></Activities></TrainingCenterDatabase>`
	}
	gps := func(date string, bodies ...string) {
		v.stageWindow(store.Window{Source: "google", Type: "gps", From: date, To: dayAfter(date, 1), SettledTo: date}, bodies...)
	}
	gps("2025-03-10", track("2025-03-10T23:00:03Z", 1))
	gps("2025-03-12", track("2025-03-13T06:30:00Z", 2), "", track("2025-03-13T06:30:00Z", 3))
	if got := values(v, "gps", "lon"); got != "1 2 3" {
		t.Errorf("longitudes %s", got)
	}
}

// A sleep that is not processed yet is exported a day after its end, by the export that
// comes next, or as soon as it is processed.
func TestHeldBackSleep(t *testing.T) {
	t.Parallel()
	v, d := newVault(t, "me"), newDatabase(t)
	stage := func(unprocessed bool) {
		from(catalog.Google, "sleep", "2025-03-08", "2025-03-12", "2025-03-08", googleSleeps(map[int]bool{10: unprocessed}, nightOf9, nightOf10))(v)
	}
	end := time.Date(2025, 3, 10, 5, 0, 0, 0, time.UTC) // of the night of the 10th
	stage(true)
	for i, c := range []struct {
		after time.Duration
		units int // computed
		want  string
	}{
		{time.Hour, 4, "2025-03-08..2025-03-09:1"},
		{2 * time.Hour, 1, "2025-03-08..2025-03-09:1"}, // looked at again, in vain
		{24*time.Hour - 1, 1, "2025-03-08..2025-03-09:1"},
		{24 * time.Hour, 1, "2025-03-08..2025-03-09:1 2025-03-09..2025-03-10:1"},
		{25 * time.Hour, 0, "2025-03-08..2025-03-09:1 2025-03-09..2025-03-10:1"},
	} {
		v.clock = end.Add(c.after)
		e := v.to("d", d)
		e.Types, _ = catalog.Select([]string{"sleep"})
		behind, err := e.Behind(t.Context())
		must(t, err)
		v.export(e)
		if i == 0 {
			behind = c.units // all of them
		}
		if got := unitsOf(v, "d", "sleep"); got != c.want || behind != c.units {
			t.Errorf("%v after its end: units %s, %d behind, want %s, %d", c.after, got, behind, c.want, c.units)
		}
	}
	stage(true)
	v.clock = end.Add(time.Hour) // of the new answer
	v.export(v.to("d", d))
	same(t, "held back again", d.dump(), v.fresh())
	stage(false)
	v.export(v.to("d", d))
	same(t, "processed", d.dump(), v.fresh())
	if got := unitsOf(v, "d", "sleep"); got != "2025-03-08..2025-03-09:1 2025-03-09..2025-03-10:1" {
		t.Errorf("processed: units %s", got)
	}
}

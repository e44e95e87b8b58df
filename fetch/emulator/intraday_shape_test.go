package emulator_test

import (
	"encoding/json"
	"math"
	"testing"

	"fitvault/fetch/emulator"
)

func intradayPath(resource, day, level string) string {
	return "/1/user/-/activities/" + resource + "/date/" + day + "/1d/" + level + ".json"
}

// amounts are the rows of a resource with numbers.
type amounts []struct {
	Time  string
	Value float64
}

func (b *bench) amounts(resource, path string) amounts {
	b.t.Helper()
	var all map[string]json.RawMessage
	var set struct{ Dataset amounts }
	if err := json.Unmarshal([]byte(b.ok(path)), &all); err != nil {
		b.t.Fatal(err)
	}
	if err := json.Unmarshal(all["activities-"+resource+"-intraday"], &set); err != nil {
		b.t.Fatalf("%s: %v", path, err)
	}
	return set.Dataset
}

func TestIntradayShapes(t *testing.T) {
	b := start(t)
	d := wornDay(t, b).String()
	minutes := intradayPath("active-zone-minutes", d, "1min")
	peak := func(root string) []string { return []string{root + "/value/peakActiveZoneMinutes number"} }
	const azm = "/activities-active-zone-minutes"
	for _, tt := range []struct {
		path, sample string
		mode         func(*emulator.Modes)
		may          []string
	}{
		{intradayPath("steps", d, "1min"), "steps_1min_excerpt", nil, nil},
		{intradayPath("distance", d, "1min"), "distance_1min_excerpt", nil, nil},
		{intradayPath("calories", d, "1min"), "calories_1min_excerpt", nil, nil},
		{intradayPath("heart", d, "1sec"), "heart_1sec_excerpt", nil, nil},
		{"/1/user/-/activities/heart/date/" + d + "/1d/1min/time/12:00/12:05.json", "heart_time_window_excerpt", nil, nil},
		{intradayPath("heart", d, "1sec"), "heart_no_access",
			func(m *emulator.Modes) { m.Intraday = emulator.IntradayKeyMissing }, nil},
		{intradayPath("steps", d, "1min"), "steps_missing_total_excerpt",
			func(m *emulator.Modes) { m.MissingTotal = true }, nil},
		{minutes, "azm_minutes_form", nil, append(peak(azm+"-intraday[]/minutes[]"), azm+"-intraday[]/minutes[]/value/fatBurnActiveZoneMinutes number")},
		{minutes, "azm_dataset_form", func(m *emulator.Modes) { m.ZoneMinutesDataset = true },
			append(append(peak(azm+"[]"), peak(azm+"-intraday/dataset[]")...),
				azm+"[]/value/cardioActiveZoneMinutes number", azm+"-intraday/dataset[]/value/cardioActiveZoneMinutes number")},
	} {
		b.Set(func(m *emulator.Modes) {
			*m = emulator.Modes{}
			if tt.mode != nil {
				tt.mode(m)
			}
		})
		sameShape(t, b.ok(tt.path), "intraday_"+tt.sample, tt.may...)
	}
}

// wornDay is a day with minutes in the zones of cardio.
func wornDay(t *testing.T, b *bench) emulator.Date {
	t.Helper()
	for d := b.Today() - 1; d > b.Person().First(); d-- {
		if z := b.Person().Day(d).Zones; z[emulator.FatBurn].Minutes > 0 && z[emulator.Cardio].Minutes > 0 {
			return d
		}
	}
	t.Fatal("no day with cardio")
	return 0
}

func TestIntradayRefusals(t *testing.T) {
	b := start(t)
	const d = "2025-10-01"
	for _, path := range []string{
		intradayPath("steps", d, "1sec"), intradayPath("steps", d, "2min"), intradayPath("heart", d, "30min"),
		intradayPath("sleep", d, "1min"), "/1/user/-/activities/steps/date/" + d + "/7d/1min.json",
		"/1/user/-/activities/steps/date/" + d + "/1d/1min/time/24:00/12:00.json",
		"/1/user/-/activities/steps/date/" + d + "/1d/1min/time/12:01/12:00.json",
		intradayPath("heart", d, "1sec") + "?timezone=Europe/Berlin",
	} {
		b.get(path).wants(t, path, 400, "validation")
	}
	for _, tail := range []string{"1min", "1min/time/12:00/12:01"} {
		r := b.get("/1/user/-/activities/steps/date/2025-10-01/2025-10-02/" + tail + ".json")
		r.wants(t, tail, 400, "request")
		sameShape(t, r.body, "error_400_intraday_over_24h")
	}
	b.Set(func(m *emulator.Modes) { m.Intraday = emulator.IntradayForbidden })
	r := b.get(intradayPath("heart", d, "1sec"))
	r.wants(t, "forbidden", 403, "insufficient_permissions")
	sameShape(t, r.body, "error_403_insufficient_permissions")
}

// TestIntradayClockChanges: rows follow true time; the repeated hour is there
// twice, the skipped one not at all, unless the modes say otherwise.
func TestIntradayClockChanges(t *testing.T) {
	b := start(t)
	for _, tt := range []struct {
		day, query string
		rows, back int
		mode       func(*emulator.Modes)
	}{
		{"2025-10-26", "", 1500, 1, func(*emulator.Modes) {}},
		{"2025-10-26", "", 1440, 0, func(m *emulator.Modes) { m.AutumnFolded = true }},
		{"2025-10-26", "?timezone=UTC", 1440, 0, func(*emulator.Modes) {}},
		{"2025-03-30", "", 1380, 0, func(*emulator.Modes) {}},
		{"2025-03-30", "", 1440, 0, func(m *emulator.Modes) { m.SpringZeros = true }},
	} {
		b.Set(func(m *emulator.Modes) { *m = emulator.Modes{}; tt.mode(m) })
		rows := b.amounts("steps", intradayPath("steps", tt.day, "1min")+tt.query)
		back, sum := 0, 0.0
		for i, r := range rows {
			sum += r.Value
			if i > 0 && r.Time <= rows[i-1].Time {
				back++
			}
		}
		if len(rows) != tt.rows || back != tt.back {
			t.Errorf("%s%s: %d rows that step back %d times, want %d and %d", tt.day, tt.query, len(rows), back, tt.rows, tt.back)
		}
		of := b.Person().Day(day(t, tt.day))
		if tt.query == "" && int(sum) != of.Steps {
			t.Errorf("%s: %v steps, want %d", tt.day, sum, of.Steps)
		}
		kcal := 0.0
		for _, r := range b.amounts("calories", intradayPath("calories", tt.day, "1min")) {
			kcal += r.Value
		}
		if want := float64(of.BMR) + of.ExtraKcal; math.Abs(kcal-want) > 0.02 {
			t.Errorf("%s: %v kcal, want %v", tt.day, kcal, want)
		}
	}
}

// TestIntradayFuture: minutes after the last sync are zero rows of dense
// resources; the pulse ends there.
func TestIntradayFuture(t *testing.T) {
	b := start(t)
	rows := b.amounts("steps", intradayPath("steps", "today", "1min"))
	sum := 0.0
	for _, r := range rows {
		if sum += r.Value; r.Time > "14:07:00" && r.Value != 0 {
			t.Errorf("%s in the future: %v", r.Time, r.Value)
		}
	}
	if len(rows) != 1440 || sum == 0 {
		t.Errorf("%d rows with %v steps", len(rows), sum)
	}
	beats := b.amounts("heart", intradayPath("heart", "today", "1sec"))
	if len(beats) == 0 || beats[len(beats)-1].Time > "14:07:00" {
		t.Errorf("%d beats, up to the future", len(beats))
	}
}

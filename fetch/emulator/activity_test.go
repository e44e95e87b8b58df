package emulator_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

func number(t *testing.T, raw string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(strings.Trim(raw, `"`), 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestActivityIsTheTruth compares every value of two years with the person.
func TestActivityIsTheTruth(t *testing.T) {
	b := start(t)
	p := b.Person()
	get := func(r string) map[string]string {
		return values(t, b.ok(activity(r, "2023-11-01", "2025-11-01")), "activities-"+strings.ReplaceAll(r, "/", "-"))
	}
	steps, tracker, distance, floors := get("steps"), get("tracker/steps"), get("distance"), get("floors")
	elevation, calories, basal := get("elevation"), get("calories"), get("caloriesBMR")
	sedentary, lightly := get("minutesSedentary"), get("minutesLightlyActive")
	fairly, very := get("minutesFairlyActive"), get("minutesVeryActive")
	typed := 0
	for d := day(t, "2023-11-01"); d <= day(t, "2025-11-01"); d++ {
		truth, at := p.Day(d), d.String()
		m := truth.Manual
		if m.Steps > 0 {
			typed++
		}
		for _, c := range []struct {
			what, got string
			want      float64
		}{
			{"steps", steps[at], float64(truth.Steps + m.Steps)},
			{"tracker", tracker[at], float64(truth.Steps)},
			{"distance", distance[at], truth.DistanceKM + m.DistanceKM},
			{"floors", floors[at], float64(truth.Floors)},
			{"elevation", elevation[at], float64(truth.Floors) * 3.048},
			{"basal", basal[at], float64(truth.BMR)},
			{"calories", calories[at], math.Round(float64(truth.BMR) + truth.ExtraKcal + m.Kcal)},
			{"lightly", lightly[at], float64(truth.Lightly)},
			{"fairly", fairly[at], float64(truth.Fairly + m.Minutes)},
			{"very", very[at], float64(truth.Very)},
			{"sedentary", sedentary[at], float64(1440 - truth.InBed - truth.Lightly - truth.Fairly - truth.Very - m.Minutes)},
		} {
			if got := number(t, c.got); math.Abs(got-c.want) > 1e-9 {
				t.Errorf("%s %s: %v, want %v", at, c.what, got, c.want)
			}
		}
		if !truth.Worn && (steps[at] != `"0"` || sedentary[at] != `"1440"` || calories[at] != basal[at] || distance[at] != `"0.0"`) {
			t.Errorf("unworn %s: steps %s, sedentary %s, calories %s of %s", at, steps[at], sedentary[at], calories[at], basal[at])
		}
	}
	if typed == 0 {
		t.Error("no manual activity in two years: nothing tells A3 from A1")
	}
}

func TestWindowsAgree(t *testing.T) {
	one, two := start(t), start(t)
	for _, r := range []string{"steps", "distance", "heart", "active-zone-minutes"} {
		whole := values(t, one.ok(activity(r, "2025-05-01", "2025-11-02")), "activities-"+r)
		for end := day(t, "2025-11-02"); end >= day(t, "2025-05-10"); end -= 20 {
			for at, v := range values(t, two.ok(activity(r, (end-35).String(), end.String())), "activities-"+r) {
				if at >= "2025-05-01" && whole[at] != v {
					t.Errorf("%s of %s: %s in one window, %s in another", r, at, whole[at], v)
				}
			}
		}
	}
}

func TestStartIsClipped(t *testing.T) {
	b := start(t, func(o *emulator.Options) { o.Days = 20 })
	first := b.Person().First().String()
	for _, tt := range []struct{ path, root string }{
		{activity("steps", "2025-09-01", "2025-11-02"), "activities-steps"},
		{activity("heart", "2025-09-01", "2025-11-02"), "activities-heart"},
		{"/1/user/-/body/weight/date/2025-09-01/2025-11-02.json", "body-weight"},
		{"/1/user/-/foods/log/water/date/2025-09-01/2025-11-02.json", "foods-log-water"},
	} {
		b.Set(func(m *emulator.Modes) { m.ZerosBefore = false })
		if p := series(t, b.ok(tt.path), tt.root); len(p) != 20 || p[0].DateTime != first {
			t.Errorf("%s: %d days from %s", tt.root, len(p), p[0].DateTime)
		}
		b.Set(func(m *emulator.Modes) { m.ZerosBefore = true })
		if p := series(t, b.ok(tt.path), tt.root); len(p) != 63 || p[0].DateTime != "2025-09-01" {
			t.Errorf("%s with zero days: %d days from %s", tt.root, len(p), p[0].DateTime)
		}
	}
	if v := values(t, b.ok(activity("steps", "2025-09-01", "2025-09-03")), "activities-steps"); v["2025-09-02"] != `"0"` {
		t.Errorf("a day before the first: %v", v)
	}
	b.Set(func(m *emulator.Modes) { m.ZerosBefore = false })
	if got := b.ok(activity("steps", "2025-09-01", "2025-09-03")); got != `{"activities-steps":[]}` {
		t.Errorf("all before the first log: %s", got)
	}
}

func TestFutureDaysAreZero(t *testing.T) {
	b := start(t)
	for r, want := range map[string]string{"steps": `"0"`, "calories": `"0"`, "minutesSedentary": `"0"`, "distance": `"0.0"`} {
		if v := values(t, b.ok(activity(r, "2025-11-02", "2025-11-04")), "activities-"+r); len(v) != 3 || v["2025-11-03"] != want || v["2025-11-04"] != want {
			t.Errorf("%s: %v", r, v)
		}
	}
}

func TestUnits(t *testing.T) {
	b := start(t)
	get := func(path, root string, header ...string) float64 {
		t.Helper()
		return number(t, values(t, b.ok(path, header...), root)["2025-10-30"])
	}
	for _, tt := range []struct {
		path, root        string
		american, british float64
		slack             float64
	}{
		{activity("distance", "2025-10-30", "2025-10-30"), "activities-distance", 1 / 1.609344, 1, 1e-9},
		{activity("elevation", "2025-10-30", "2025-10-30"), "activities-elevation", 1 / 0.3048, 1, 1e-9},
		{"/1/user/-/body/weight/date/2025-10-30/2025-10-30.json", "body-weight", 2.2046226218, 2.2046226218 / 14, 0.06},
		{"/1/user/-/body/bmi/date/2025-10-30/2025-10-30.json", "body-bmi", 1, 1, 0},
	} {
		metric := get(tt.path, tt.root)
		if metric == 0 {
			t.Fatalf("%s is zero: nothing to compare", tt.root)
		}
		for _, language := range []string{"metric", "xx_XX", "en-US,en;q=0.9", "de_DE"} {
			if got := get(tt.path, tt.root, "Accept-Language", language); got != metric {
				t.Errorf("%s in %q: %v, metric is %v", tt.root, language, got, metric)
			}
		}
		if got := get(tt.path, tt.root, "Accept-Language", "en_US"); math.Abs(got-metric*tt.american) > tt.slack {
			t.Errorf("%s in en_US: %v of %v", tt.root, got, metric)
		}
		if got := get(tt.path, tt.root, "Accept-Language", "en_GB"); math.Abs(got-metric*tt.british) > tt.slack {
			t.Errorf("%s in en_GB: %v of %v", tt.root, got, metric)
		}
	}
	b.SetFood(day(t, "2025-10-30"), 0, 1000)
	water := "/1/user/-/foods/log/water/date/2025-10-30/2025-10-30.json"
	if got := get(water, "foods-log-water", "Accept-Language", "en_US"); math.Abs(got-33.814) > 0.001 {
		t.Errorf("a litre in fluid ounces: %v", got)
	}
	profile := b.ok("/1/user/-/profile.json", "Accept-Language", "en_US")
	inches := strings.Contains(profile, fmt.Sprintf(`"height":%.4f`, b.Person().HeightCM()/2.54)[:12])
	if !inches || !strings.Contains(profile, `"heightUnit":"METRIC"`) {
		t.Errorf("profile in en_US: %s", profile)
	}
}

type heartDay struct {
	Custom []heartZone `json:"customHeartRateZones"`
	Zones  []heartZone `json:"heartRateZones"`
	RHR    *int        `json:"restingHeartRate"`
}

type heartZone struct {
	Name     string
	Min, Max int
	Minutes  *int
}

func heartDays(t *testing.T, body string) map[string]heartDay {
	t.Helper()
	got := map[string]heartDay{}
	for _, p := range series(t, body, "activities-heart") {
		var h heartDay
		if err := json.Unmarshal(p.Value, &h); err != nil {
			t.Fatal(err)
		}
		got[p.DateTime] = h
	}
	return got
}

func TestHeart(t *testing.T) {
	b := start(t)
	limits := map[int]bool{}
	unworn, custom := 0, 0
	for _, year := range []string{"2024", "2025"} {
		for at, h := range heartDays(t, b.ok(activity("heart", year+"-01-02", year+"-11-01"))) {
			truth := b.Person().Day(day(t, at))
			sum := 0
			for i, z := range h.Zones {
				sum += *z.Minutes
				if i > 0 && (z.Min != h.Zones[i-1].Max || *z.Minutes != truth.Zones[i].Minutes) {
					t.Errorf("%s zone %d: %+v, truth %+v", at, i, z, truth.Zones[i])
				}
			}
			if sum > 1440 || len(h.Zones) != 4 {
				t.Errorf("%s: %d minutes in %d zones", at, sum, len(h.Zones))
			}
			limits[h.Zones[1].Min] = true
			custom += len(h.Custom)
			switch {
			case !truth.Worn:
				unworn++
				if h.RHR != nil || *h.Zones[0].Minutes != 1440 {
					t.Errorf("unworn %s: %v, %d", at, h.RHR, *h.Zones[0].Minutes)
				}
			case h.RHR == nil || *h.RHR != truth.Resting:
				t.Errorf("%s: resting %v, want %d", at, h.RHR, truth.Resting)
			}
		}
	}
	if unworn == 0 || custom == 0 || len(limits) < 2 {
		t.Errorf("too plain: %d unworn days, %d custom zones, limits %v", unworn, custom, limits)
	}
	b.Set(func(m *emulator.Modes) { m.ZonesWithoutMinutes = true })
	if h := heartDays(t, b.ok(activity("heart", "2025-10-30", "2025-10-30")))["2025-10-30"]; h.Zones[1].Minutes != nil {
		t.Error("zones have minutes although the mode is on")
	}
}

func TestZoneNames(t *testing.T) {
	b := start(t)
	name := func(locale string) string {
		h := heartDays(t, b.ok(activity("heart", "2025-10-30", "2025-10-30"), "Accept-Locale", locale))
		return h["2025-10-30"].Zones[1].Name
	}
	for locale, want := range map[string]string{
		"en_US": "Fat Burn", "": "Fat Burn", "xx_XX": "Fat Burn", "de_DE": "Fettverbrennung", "fr_FR": "Brûle-graisses",
	} {
		if got := name(locale); got != want {
			t.Errorf("%q: %q, want %q", locale, got, want)
		}
	}
}

func TestZoneMinutesAreSparse(t *testing.T) {
	b := start(t)
	got := map[string]map[string]int{}
	for _, p := range series(t, b.ok(activity("active-zone-minutes", "2025-01-01", "2025-11-01")), "activities-active-zone-minutes") {
		var v map[string]int
		if err := json.Unmarshal(p.Value, &v); err != nil {
			t.Fatal(err)
		}
		got[p.DateTime] = v
	}
	for d := day(t, "2025-01-01"); d <= day(t, "2025-11-01"); d++ {
		z := b.Person().Day(d).Zones
		want := map[string]int{}
		for key, n := range map[string]int{
			"fatBurnActiveZoneMinutes": z[emulator.FatBurn].Minutes,
			"cardioActiveZoneMinutes":  2 * z[emulator.Cardio].Minutes,
			"peakActiveZoneMinutes":    2 * z[emulator.Peak].Minutes,
		} {
			if n > 0 {
				want[key] = n
				want["activeZoneMinutes"] += n
			}
		}
		if fmt.Sprint(got[d.String()]) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", d, got[d.String()], want)
		}
	}
	if len(got) == 0 || len(got) > 250 {
		t.Errorf("%d of 305 days have zone minutes", len(got))
	}
}

// With timezone=UTC days are UTC days (sheet 4.2).
func TestUTCDays(t *testing.T) {
	b := start(t, func(o *emulator.Options) { o.Zone = "Pacific/Auckland" })
	local := values(t, b.ok(activity("tracker/steps", "2025-10-01", "2025-10-07")), "activities-tracker-steps")
	utc := values(t, b.ok(activity("tracker/steps", "2025-10-01", "2025-10-07")+"?timezone=UTC"), "activities-tracker-steps")
	same := 0
	for at, v := range utc {
		from, _ := time.Parse(time.DateOnly, at)
		if want := b.Person().TotalsBetween(from, from.AddDate(0, 0, 1)).Steps; v != strconv.Quote(strconv.Itoa(want)) {
			t.Errorf("%s: %s, want %d", at, v, want)
		}
		if local[at] == v {
			same++
		}
	}
	if same > 2 {
		t.Errorf("%d of 7 UTC days equal the local days", same)
	}
	halves := 0
	for at, h := range heartDays(t, b.ok(activity("heart", "2025-01-01", "2025-11-01")+"?timezone=UTC")) {
		from, _ := time.Parse(time.DateOnly, at)
		truth := b.Person().TotalsBetween(from, from.AddDate(0, 0, 1))
		if truth.Worn > 0 && *h.Zones[0].Minutes != truth.Zones[0].Minutes {
			t.Errorf("%s: %d minutes out of range, want %d", at, *h.Zones[0].Minutes, truth.Zones[0].Minutes)
		}
		if truth.Worn > 0 && !b.Person().Day(day(t, at)).Worn {
			halves++
		}
	}
	if halves == 0 {
		t.Error("no UTC day is worn where the local day is not")
	}
}

// What is typed in counts from the evening on.
func TestManualActivity(t *testing.T) {
	b := start(t)
	d := b.Today() - 1
	for b.Person().Day(d).Manual.Steps == 0 {
		d--
	}
	typed := func(hour int) float64 {
		b.later(b.Person().DayStart(d).Add(time.Duration(hour) * time.Hour))
		return b.today("steps") - number(t, values(t, b.ok(activity("tracker/steps", "today", "1d")), "activities-tracker-steps")[d.String()])
	}
	if n := typed(19); n != 0 {
		t.Errorf("%v steps before they were typed in", n)
	}
	if n, want := typed(21), b.Person().Day(d).Manual.Steps; n != float64(want) {
		t.Errorf("%v typed steps, want %d", n, want)
	}
}

func TestEmptyForms(t *testing.T) {
	b := start(t)
	for _, tt := range []struct{ path, root string }{
		{activity("steps", "2025-10-05", "2025-11-01"), "activities-steps"},
		{activity("heart", "2025-10-05", "2025-11-01"), "activities-heart"},
		{activity("active-zone-minutes", "2025-10-05", "2025-11-01"), "activities-active-zone-minutes"},
		{"/1/user/-/body/weight/date/2025-10-05/2025-11-01.json", "body-weight"},
		{"/1/user/-/body/log/weight/date/2025-10-05/2025-11-01.json", "weight"},
		{"/1/user/-/body/log/fat/date/2025-10-05/2025-11-01.json", "fat"},
		{"/1/user/-/foods/log/water/date/2025-10-05/2025-11-01.json", "foods-log-water"},
		{sleepPath("2025-10-05", "2025-11-01"), "sleep"},
	} {
		for form, want := range map[emulator.EmptyForm]string{
			emulator.EmptyArray: `{"` + tt.root + `":[]}`, emulator.MissingRoot: `{"success":true}`,
			emulator.EmptyObject: `{}`, emulator.BareArray: `[]`,
		} {
			b.Set(func(m *emulator.Modes) { m.NoData, m.Empty = []string{"/user/"}, form })
			if got := b.ok(tt.path); got != want {
				t.Errorf("%s, form %d: %s", tt.path, form, got)
			}
		}
		b.Set(func(m *emulator.Modes) { m.NoData, m.Empty = []string{"/elsewhere/"}, emulator.BareArray })
		if got := b.ok(tt.path); got == "[]" {
			t.Errorf("%s is empty although it has data", tt.path)
		}
	}
	b.Set(func(m *emulator.Modes) { m.NoData, m.Empty = []string{"sleep"}, emulator.MissingRoot })
	got := b.ok("/1.2/user/-/sleep/date/2025-10-05.json")
	if !strings.Contains(got, `"summary"`) || strings.Contains(got, `"sleep"`) {
		t.Errorf("one day of sleep without its root: %s", got)
	}
}

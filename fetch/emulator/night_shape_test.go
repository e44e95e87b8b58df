package emulator_test

import (
	"encoding/json"
	"strings"
	"testing"

	"fitvault/fetch/emulator"
)

// metricPath is that of a night metric; "hrv" and "hrv/all" are its two parts.
func metricPath(what, from, to string) string {
	resource, detail := strings.CutSuffix(what, "/all")
	path := "/1/user/-/" + resource + "/date/" + from
	if to != "" {
		path += "/" + to
	}
	if detail {
		path += "/all"
	}
	return path + ".json"
}

// nightMetrics are the rows H1 to H9 with their root keys, samples and scopes.
var nightMetrics = []struct{ what, root, sample, scope string }{
	{"hrv", "hrv", "hrv_range", "heartrate"},
	{"hrv/all", "hrv", "hrv_intraday_range", "heartrate"},
	{"spo2", "", "spo2_range", "oxygen_saturation"},
	{"spo2/all", "", "spo2_intraday_range", "oxygen_saturation"},
	{"br", "br", "br_range", "respiratory_rate"},
	{"br/all", "br", "br_intraday_range", "respiratory_rate"},
	{"temp/skin", "tempSkin", "temp_skin_range", "temperature"},
	{"temp/core", "tempCore", "temp_core_range", "temperature"},
	{"cardioscore", "cardioScore", "cardioscore_range", "cardio_fitness"},
}

func TestNightShapes(t *testing.T) {
	b := start(t)
	for _, m := range nightMetrics {
		from, to := "2025-10-03", "2025-11-01"
		if m.what == "temp/core" {
			from, to = b.Person().First().String(), (b.Person().First() + 29).String()
		}
		sameShape(t, b.ok(metricPath(m.what, from, to)), m.sample)
	}
	sameShape(t, b.ok(metricPath("spo2", "2025-10-30", "")), "spo2_single")
	sameShape(t, b.ok(metricPath("spo2", "2020-10-03", "2020-10-30")), "spo2_range_empty")
	sameShape(t, b.ok("/1.2/user/-/sleep/goal.json"), "sleep_goal")
	if v := b.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

// The single-day form is the range of one day; SpO2 is a bare object instead of
// a bare array.
func TestNightSingleDay(t *testing.T) {
	b := start(t)
	for _, m := range nightMetrics {
		d := "2025-10-30"
		if m.what == "temp/core" {
			d = (b.Person().First() + 4).String()
		}
		one, all := b.ok(metricPath(m.what, d, "")), b.ok(metricPath(m.what, d, d))
		if m.root == "" {
			one = "[" + one + "]"
		}
		if one != all {
			t.Errorf("%s: the day %.100s, the range %.100s", m.what, one, all)
		}
		if !strings.Contains(all, d) {
			t.Errorf("%s: nothing on %s: %.100s", m.what, d, all)
		}
	}
	if one, all := b.ok(metricPath("br", "today", "")), b.ok(metricPath("br", "today", "today")); one != all {
		t.Errorf("today: %s, as a range %s", one, all)
	}
}

func TestNightScopes(t *testing.T) {
	for _, m := range nightMetrics {
		b := start(t, func(o *emulator.Options) { o.Scopes = []string{m.scope} })
		for _, other := range nightMetrics {
			for _, path := range []string{metricPath(other.what, "2025-10-30", ""), metricPath(other.what, "2025-10-29", "2025-10-30")} {
				r := b.get(path)
				if other.scope == m.scope {
					r.wants(t, path, 200, "")
					continue
				}
				r.wants(t, path+" with "+m.scope, 403, "insufficient_scope")
			}
		}
		b.get("/1.2/user/-/sleep/goal.json").wants(t, "goal with "+m.scope, 403, "insufficient_scope")
	}
}

func TestNightLongestRange(t *testing.T) {
	b := start(t)
	for _, m := range nightMetrics {
		pattern := metricPath(m.what, "S", "E")
		b.ok(between(pattern, 30))
		if m.what == "spo2" {
			b.ok(between(pattern, 5000))
			continue
		}
		b.get(between(pattern, 31)).wants(t, between(pattern, 31), 400, "validation")
	}
	b.Set(func(m *emulator.Modes) { m.OxygenRange = 30 })
	b.ok(between(metricPath("spo2", "S", "E"), 30))
	b.get(between(metricPath("spo2", "S", "E"), 31)).wants(t, "31 days of SpO2", 400, "validation")
	b.get(between(metricPath("hrv", "S", "E"), 30)).wants(t, "30 days of HRV", 200, "")
}

func TestNightBadRequests(t *testing.T) {
	b := start(t)
	for _, m := range nightMetrics {
		for _, span := range [][2]string{
			{"2025-10-01", "7d"}, {"2025-10-01", "1m"}, {"2025-10-02", "2025-10-01"}, {"2025-02-30", "2025-03-01"},
			{"2025-10-32", ""},
		} {
			path := metricPath(m.what, span[0], span[1])
			b.get(path).wants(t, path, 400, "validation")
		}
		path := metricPath(m.what, "2025-10-01", "2025-10-02") + "?timezone=UTC"
		b.get(path).wants(t, path, 400, "validation")
	}
	for _, path := range []string{
		metricPath("temp/skin/all", "2025-10-01", "2025-10-02"), metricPath("temp/core/all", "2025-10-01", "2025-10-02"),
		metricPath("cardioscore/all", "2025-10-01", "2025-10-02"), metricPath("temp/wrist", "2025-10-01", "2025-10-02"),
		"/1/user/-/sleep/goal.json",
	} {
		b.get(path).wants(t, path, 404, "not_found")
	}
}

// A range that ends in the future is an error for the fitness only (sheet 4.2).
func TestNightFuture(t *testing.T) {
	b := start(t)
	for _, m := range nightMetrics {
		status, kind := 200, ""
		if m.what == "cardioscore" {
			status, kind = 400, "validation"
		}
		for _, path := range []string{metricPath(m.what, "2025-10-20", "2025-11-03"), metricPath(m.what, "2025-11-03", "")} {
			b.get(path).wants(t, path, status, kind)
		}
		b.get(metricPath(m.what, "2025-10-20", "2025-11-02")).wants(t, m.what+" until today", 200, "")
	}
}

// The goal is that of the person, and what is typical lies near the nights.
func TestSleepGoal(t *testing.T) {
	b := start(t)
	var got struct {
		Goal struct {
			Bedtime, UpdatedOn, WakeupTime string
			MinDuration                    int
		}
		Consistency *struct {
			AwakeRestlessPercentage               float64
			RecommendedSleepGoal, TypicalDuration int
			TypicalWakeupTime                     string
		}
	}
	read := func() {
		t.Helper()
		if err := json.Unmarshal([]byte(b.ok("/1.2/user/-/sleep/goal.json")), &got); err != nil {
			t.Fatal(err)
		}
	}
	read()
	goal := b.Person().SleepGoal()
	if got.Goal.MinDuration != goal.Minutes || got.Goal.UpdatedOn != goal.Set.Format("2006-01-02T15:04:05.000Z") {
		t.Errorf("goal %+v, want %+v", got.Goal, goal)
	}
	c := got.Consistency
	if c.RecommendedSleepGoal != goal.Minutes || c.TypicalDuration < 360 || c.TypicalDuration > 480 ||
		c.AwakeRestlessPercentage < 0.03 || c.AwakeRestlessPercentage > 0.2 ||
		c.TypicalWakeupTime < "06" || c.TypicalWakeupTime > "08" {
		t.Errorf("typical %+v", c)
	}
	got.Consistency = nil
	b.later(b.Person().DayStart(b.Person().First()))
	if read(); got.Consistency != nil {
		t.Errorf("typical although no night is known: %+v", got.Consistency)
	}
	for form, want := range map[emulator.EmptyForm]string{
		emulator.EmptyArray: `{"goal":{}}`, emulator.MissingRoot: `{"success":true}`,
		emulator.EmptyObject: `{}`, emulator.BareArray: `[]`,
	} {
		b.Set(func(m *emulator.Modes) { m.NoData, m.Empty = []string{"/sleep/goal"}, form })
		if body := b.ok("/1.2/user/-/sleep/goal.json"); body != want {
			t.Errorf("no goal, form %d: %s, want %s", form, body, want)
		}
	}
}

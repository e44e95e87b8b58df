package emulator_test

import (
	"strings"
	"testing"

	"fitvault/fetch/emulator"
)

// between is the path of an endpoint for the n days up to 2025-11-01.
func between(pattern string, n int) string {
	to, _ := emulator.ParseDate("2025-11-01")
	return strings.NewReplacer("S", (to - emulator.Date(n) + 1).String(), "E", to.String()).Replace(pattern)
}

var longest = map[string]int{
	"/1/user/-/activities/steps/date/S/E.json":                    1095,
	"/1/user/-/activities/swimming-strokes/date/S/E.json":         1095,
	"/1/user/-/activities/activityCalories/date/S/E.json":         30,
	"/1/user/-/activities/tracker/floors/date/S/E.json":           1095,
	"/1/user/-/activities/tracker/activityCalories/date/S/E.json": 30,
	"/1/user/-/activities/active-zone-minutes/date/S/E.json":      1095,
	"/1/user/-/activities/heart/date/S/E.json":                    365,
	"/1/user/-/body/bmi/date/S/E.json":                            1095,
	"/1/user/-/body/fat/date/S/E.json":                            1095,
	"/1/user/-/body/weight/date/S/E.json":                         1095,
	"/1/user/-/foods/log/caloriesIn/date/S/E.json":                1095,
	"/1/user/-/foods/log/water/date/S/E.json":                     1095,
	"/1/user/-/body/log/weight/date/S/E.json":                     31,
	"/1/user/-/body/log/fat/date/S/E.json":                        30,
	"/1.2/user/-/sleep/date/S/E.json":                             100,
}

func TestLongestRange(t *testing.T) {
	b := start(t)
	for pattern, n := range longest {
		b.Set(func(m *emulator.Modes) { *m = emulator.Modes{} })
		b.ok(between(pattern, n))
		r := b.get(between(pattern, n+1))
		r.wants(t, between(pattern, n+1), 400, "validation")
		sameShape(t, r.body, "error_400_validation")
		b.Set(func(m *emulator.Modes) { m.LenientRange = true })
		b.ok(between(pattern, n+1))
		b.get(between(pattern, n+2)).wants(t, "lenient "+between(pattern, n+2), 400, "validation")
	}
}

func TestBadRequests(t *testing.T) {
	b := start(t)
	for _, path := range []string{
		activity("steps", "2025-10-02", "2025-10-01"),
		activity("steps", "2025-13-01", "2025-12-01"),
		activity("steps", "2025-02-30", "2025-03-01"),
		activity("steps", "2025-1-1", "2025-01-02"),
		activity("steps", "20250101", "2025-01-02"),
		activity("steps", "yesterday", "2025-01-02"),
		activity("steps", "2025-01-01", "max"),
		activity("steps", "2025-01-01", "2d"),
		activity("heart", "2025-10-01", "3m"),
		activity("heart", "2025-10-01", "1y"),
		activity("activityCalories", "2025-10-01", "3m"),
		activity("stepz", "2025-10-01", "2025-10-02"),
		activity("tracker/caloriesBMR", "2025-10-01", "2025-10-02"),
		"/1/user/-/body/height/date/2025-10-01/2025-10-02.json",
		"/1/user/-/foods/log/protein/date/2025-10-01/2025-10-02.json",
		"/1/user/-/body/log/weight/date/2025-10-01/1m.json",
		"/1.2/user/-/sleep/date/2025-10-01/7d.json",
		"/1.2/user/-/sleep/date/2025-10-32.json",
		activity("steps", "2025-10-01", "2025-10-02") + "?timezone=Europe/Berlin",
		"/1/user/-/body/weight/date/2025-10-01/2025-10-02.json?timezone=UTC",
		sleepPath("2025-10-01", "2025-10-02") + "?timezone=UTC",
	} {
		b.get(path).wants(t, path, 400, "validation")
	}
}

func TestUnknownPaths(t *testing.T) {
	b := start(t)
	for _, path := range []string{
		"/1/user/-/nowhere.json", "/1/user/-/profile", "/1/user/-.json", "/1/", "/1/user/OTHERS/profile.json",
		"/1/user/-/sleep/date/2025-10-01/2025-10-02.json",
		"/1.2/user/-/activities/steps/date/2025-10-01/2025-10-02.json",
		"/1/user/-/activities/steps/date/2025-10-01/2025-10-02",
		"/favicon.ico",
	} {
		r := b.get(path)
		r.wants(t, path, 404, "not_found")
		sameShape(t, r.body, "error_404_not_found")
	}
	b.ok("/1/user/" + b.Person().ID() + "/profile.json")
}

func TestPeriods(t *testing.T) {
	b := start(t)
	for _, tt := range []struct {
		period, first string
		days          int
	}{
		{"1d", "2025-10-31", 1}, {"7d", "2025-10-25", 7}, {"1w", "2025-10-25", 7}, {"30d", "2025-10-02", 30},
		{"1m", "2025-10-02", 30}, {"3m", "2025-08-01", 92}, {"6m", "2025-05-02", 183}, {"1y", "2024-11-01", 365},
	} {
		points := series(t, b.ok(activity("steps", "2025-10-31", tt.period)), "activities-steps")
		if len(points) != tt.days || points[0].DateTime != tt.first || points[len(points)-1].DateTime != "2025-10-31" {
			t.Errorf("%s: %d days from %s, want %d from %s", tt.period, len(points), points[0].DateTime, tt.days, tt.first)
		}
	}
	if p := series(t, b.ok(activity("heart", "today", "1m")), "activities-heart"); p[len(p)-1].DateTime != "2025-11-02" {
		t.Errorf("today is %s", p[len(p)-1].DateTime)
	}
	if p := series(t, b.ok(activity("steps", "today", "today")), "activities-steps"); len(p) != 1 || p[0].DateTime != "2025-11-02" {
		t.Errorf("today to today: %v", p)
	}
}

// Today is the person's, not UTC's.
func TestTodayIsLocal(t *testing.T) {
	b := start(t, func(o *emulator.Options) { o.Zone = "Asia/Tokyo" })
	b.clock.Set(noon.Add(3 * 3600e9))
	if p := series(t, b.ok(activity("steps", "today", "1d")), "activities-steps"); p[0].DateTime != "2025-11-03" {
		t.Errorf("today in Tokyo at 16:07 UTC is %s", p[0].DateTime)
	}
}

func TestSilentTruncation(t *testing.T) {
	b := start(t)
	steps := func(days int) (first, last string) {
		p := series(t, b.ok(between("/1/user/-/activities/steps/date/S/E.json", days)), "activities-steps")
		return p[0].DateTime, p[len(p)-1].DateTime
	}
	b.Set(func(m *emulator.Modes) { m.TruncateTo = 10 })
	if first, last := steps(50); first != "2025-10-23" || last != "2025-11-01" {
		t.Errorf("newest ten: %s to %s", first, last)
	}
	b.Set(func(m *emulator.Modes) { m.TruncateOldest = true })
	if first, last := steps(50); first != "2025-09-13" || last != "2025-09-22" {
		t.Errorf("oldest ten: %s to %s", first, last)
	}
	if first, last := steps(10); first != "2025-10-23" || last != "2025-11-01" {
		t.Errorf("ten of ten: %s to %s", first, last)
	}
	b.Set(func(m *emulator.Modes) { m.TruncatePath = "/body/" })
	if first, _ := steps(50); first != "2025-09-13" {
		t.Errorf("cut although the path is another: from %s", first)
	}
	b.Set(func(m *emulator.Modes) { *m = emulator.Modes{TruncateRange: true} })
	p := series(t, b.ok(between("/1/user/-/activities/activityCalories/date/S/E.json", 50)), "activities-activityCalories")
	if len(p) != 30 || p[29].DateTime != "2025-11-01" {
		t.Errorf("50 of 30 days: %d", len(p))
	}
	if first, _ := steps(50); first != "2025-09-13" {
		t.Errorf("50 of 1095 days were cut: from %s", first)
	}
}

func TestWrongMethod(t *testing.T) {
	b := start(t)
	for i, method := range []string{"POST", "PUT", "DELETE", "HEAD"} {
		r, err := b.do(method, devicesPath)
		if err != nil || r.status != 405 {
			t.Errorf("%s: %d %v", method, r.status, err)
		}
		if v := b.Violations(); len(v) != i+1 || !strings.HasPrefix(v[i], method) {
			t.Errorf("%s: violations %q", method, v)
		}
	}
}

package emulator_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fitvault/fetch/emulator"
)

var stringKinds = []struct {
	kind    string
	pattern *regexp.Regexp
}{
	{"whole number", regexp.MustCompile(`^-?\d+$`)},
	{"decimal", regexp.MustCompile(`^-?\d+\.\d+$`)},
	{"date", regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)},
	{"wall time", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$`)},
	{"clock", regexp.MustCompile(`^\d\d:\d\d:\d\d$`)},
	{"instant", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`)},
	{"seconds", regexp.MustCompile(`^-?\d+(\.\d+)?s$`)},
}

// shape lists every key path of a JSON value with the kinds of value found
// there; arrays are taken together.
func shape(t *testing.T, body []byte) map[string]bool {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v in %.200s", err, body)
	}
	out := map[string]bool{}
	addShape(out, "", v)
	return out
}

func addShape(out map[string]bool, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		out[path+" object"] = true
		for key, member := range v {
			addShape(out, path+"/"+key, member)
		}
	case []any:
		out[path+" array"] = true
		for _, member := range v {
			addShape(out, path+"[]", member)
		}
	case string:
		for _, k := range stringKinds {
			if k.pattern.MatchString(v) {
				out[path+" string: "+k.kind] = true
				return
			}
		}
		out[path+" string"] = true
	case float64:
		out[path+" number"] = true
	case bool:
		out[path+" bool"] = true
	default:
		out[path+" null"] = true
	}
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func sameShape(t *testing.T, body, name string, may ...string) {
	t.Helper()
	got, want := shape(t, []byte(body)), shape(t, sample(t, name))
	for _, p := range slices.Sorted(maps.Keys(got)) {
		if !want[p] && !slices.Contains(may, p) {
			t.Errorf("%s: answer has %q, the sample has not", name, p)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(want)) {
		if !got[p] {
			t.Errorf("%s: sample has %q, the answer has not", name, p)
		}
	}
}

func TestShapes(t *testing.T) {
	b := start(t)
	const from, to = "2025-01-01", "2025-11-01"
	for _, tt := range []struct {
		path, sample string
		may          []string
	}{
		{activity("steps", from, to), "series_steps", nil},
		{activity("calories", from, to), "series_calories_with_unworn_day", nil},
		{activity("distance", from, to), "series_distance", nil},
		{activity("minutesSedentary", from, to), "series_minutesSedentary_with_unworn_day", nil},
		{activity("floors", "2020-01-01", "2020-02-01"), "series_floors_empty", nil},
		{activity("tracker/steps", from, to), "series_tracker_steps", nil},
		{activity("active-zone-minutes", from, to), "series_azm", []string{
			"/activities-active-zone-minutes[]/value/peakActiveZoneMinutes number",
		}},
		{activity("heart", from, "2025-11-03"), "series_heart", nil},
		{"/1/user/-/body/weight/date/2025-01-01/2025-11-01.json", "series_body_weight", nil},
		{"/1/user/-/body/bmi/date/2025-01-01/2025-11-01.json", "series_body_bmi", nil},
		{"/1/user/-/body/fat/date/2025-01-01/2025-11-01.json", "series_body_fat", nil},
		{"/1/user/-/foods/log/caloriesIn/date/2025-01-01/2025-11-01.json", "series_food_caloriesIn", nil},
		{"/1/user/-/foods/log/water/date/2025-01-01/2025-11-01.json", "series_food_water", nil},
		{"/1/user/-/body/log/weight/date/2025-10-02/2025-11-01.json", "weight_log_range", nil},
		{"/1/user/-/body/log/fat/date/2025-10-02/2025-10-31.json", "fat_log_range", nil},
		{sleepPath("2025-07-20", "2025-10-20"), "sleep_range_1_2", nil},
		{sleepPath("2025-03-30", "2025-03-30"), "sleep_dst_unknown_level", []string{
			"/sleep[]/levels/shortData[] object",
			"/sleep[]/levels/shortData[]/dateTime string: wall time",
			"/sleep[]/levels/shortData[]/level string",
			"/sleep[]/levels/shortData[]/seconds number",
		}},
		{sleepPath("2020-03-30", "2020-03-30"), "sleep_empty", nil},
		{"/1/user/-/profile.json", "profile", nil},
		{devicesPath, "devices", nil},
	} {
		t.Run(tt.sample, func(t *testing.T) {
			sameShape(t, b.ok(tt.path), tt.sample, tt.may...)
		})
	}
	t.Run("sleep_single_date_1_2", func(t *testing.T) {
		sameShape(t, b.ok("/1.2/user/-/sleep/date/"+napDay(t, b).String()+".json"), "sleep_single_date_1_2")
	})
	t.Run("units", func(t *testing.T) {
		for _, language := range []string{"en_US", "en_GB"} {
			body := b.ok("/1/user/-/body/log/weight/date/2025-10-02/2025-11-01.json", "Accept-Language", language)
			sameShape(t, body, "weight_log_range_"+language)
		}
	})
	if v := b.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

// napDay is a day with a staged night whose shortData is there and a classic
// nap.
func napDay(t *testing.T, b *bench) emulator.Date {
	t.Helper()
	for d := b.Today() - 1; d > b.Person().First(); d-- {
		logs := b.Person().Sleeps(d)
		if len(logs) == 2 && !logs[0].Classic && len(logs[0].Short) > 0 && !logs[0].NoLevels && logs[1].Classic {
			return d
		}
	}
	t.Fatal("no night with a nap")
	return 0
}

// TestValueKinds pins string against number for each series (sheet 5.1).
func TestValueKinds(t *testing.T) {
	b := start(t)
	whole := regexp.MustCompile(`^"\d+"$`)
	fraction := regexp.MustCompile(`^"\d+\.\d+"$`)
	for resource, pattern := range map[string]*regexp.Regexp{
		"steps": whole, "floors": whole, "calories": whole, "caloriesBMR": whole, "activityCalories": whole,
		"minutesSedentary": whole, "minutesLightlyActive": whole, "minutesFairlyActive": whole,
		"minutesVeryActive": whole, "swimming-strokes": whole, "distance": fraction, "elevation": fraction,
	} {
		for _, prefix := range []string{"", "tracker/"} {
			if prefix != "" && (resource == "caloriesBMR" || resource == "swimming-strokes") {
				b.get(activity(prefix+resource, "2025-10-01", "2025-10-30")).
					wants(t, prefix+resource, 400, "validation")
				continue
			}
			body := b.ok(activity(prefix+resource, "2025-10-01", "2025-10-30"))
			points := series(t, body, "activities-"+strings.ReplaceAll(prefix, "/", "-")+resource)
			if len(points) != 30 {
				t.Errorf("%s%s: %d points for 30 days", prefix, resource, len(points))
			}
			for i, p := range points {
				if !pattern.Match(p.Value) {
					t.Errorf("%s%s: value %s", prefix, resource, p.Value)
				}
				if want := (day(t, "2025-10-01") + emulator.Date(i)).String(); p.DateTime != want {
					t.Errorf("%s%s: element %d is %s, want %s", prefix, resource, i, p.DateTime, want)
				}
			}
		}
	}
}

package emulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// stamped is a record of an export file.
type stamped[V any] struct {
	DateTime string
	Value    V
}

func records[V any](t *testing.T, body string) []stamped[V] {
	t.Helper()
	var all []stamped[V]
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	return all
}

// family are the records of all files of a family, in order of the files.
func family[V any](t *testing.T, all map[string]string, name string) []stamped[V] {
	t.Helper()
	files := only(all, name)
	var got []stamped[V]
	for _, base := range slices.Sorted(maps.Keys(files)) {
		got = append(got, records[V](t, files[base])...)
	}
	if len(got) == 0 {
		t.Fatalf("no records of %s", name)
	}
	return got
}

const exportStamp = "01/02/06 15:04:05"

func readStamp(t *testing.T, stamp string, zone *time.Location) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(exportStamp, stamp, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// sums adds the values of a minute family by the local day of their UTC stamps.
func sums(t *testing.T, all map[string]string, name string, zone *time.Location) map[string]float64 {
	t.Helper()
	got := map[string]float64{}
	for _, r := range family[string](t, all, name) {
		v, err := strconv.ParseFloat(r.Value, 64)
		if err != nil {
			t.Fatal(err)
		}
		got[emulator.DateOf(readStamp(t, r.DateTime, time.UTC).In(zone)).String()] += v
	}
	return got
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestTakeoutShapes holds the first record of each file to that of the sample:
// the same keys in the same places, the same types.
func TestTakeoutShapes(t *testing.T) {
	all := export(t, 40).members(jsonOnly)
	samples, err := os.ReadDir("testdata/takeout/json")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range samples {
		name, _, _ := strings.Cut(entry.Name(), "-")
		if name == "Profile.csv" || name == "sleep" || name == "exercise" {
			continue
		}
		sample, err := os.ReadFile("testdata/takeout/json/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		if name == "weight" || strings.HasPrefix(name, "estimated") {
			sample = []byte(strings.ReplaceAll(string(sample), "Aria", "AriaAir"))
		}
		got := only(all, name)
		if len(got) == 0 {
			t.Errorf("no %s", name)
		}
		for base, body := range got {
			if firstRecord(body) != firstRecord(string(sample)) && base != "weight-2025-10-24.json" {
				t.Errorf("%s begins\n%s\nwant\n%s", base, firstRecord(body), firstRecord(string(sample)))
			}
		}
	}
}

func TestTakeoutProfile(t *testing.T) {
	sample, err := os.ReadFile("testdata/takeout/json/Profile.csv")
	if err != nil {
		t.Fatal(err)
	}
	all := export(t, 2).members(emulator.TakeoutOptions{})
	head, rows, _ := strings.Cut(all[googleHealth+"Your Profile/Profile.csv"], "\n")
	if want, _, _ := strings.Cut(string(sample), "\n"); head != want || !strings.Contains(rows, ",Europe/Berlin,") {
		t.Errorf("profile\n%s\n%s", head, rows)
	}
}

var (
	anyText  = regexp.MustCompile(` : "[^"]*"`)
	anyFloat = regexp.MustCompile(` : -?\d+\.\d+`)
	anyCount = regexp.MustCompile(`-?\b\d+\b`)
	anyDay   = regexp.MustCompile(`"date" : (null|"")`)
)

// firstRecord is the first record of a file, its values replaced by their types.
func firstRecord(body string) string {
	record, _, _ := strings.Cut(body, "\n}")
	if !strings.HasPrefix(body, "[") {
		record = strings.Join(strings.SplitN(body, "\n", 3)[:2], "\n")
	}
	record = anyText.ReplaceAllString(record, ` : ""`)
	record = anyFloat.ReplaceAllString(record, ` : 1.5`)
	record = anyDay.ReplaceAllString(record, `"date" : ""`)
	return anyCount.ReplaceAllString(record, "0")
}

// TestTakeoutKeys: sleeps and exercises have the keys of the samples in the same
// order, and only such as vary by log beside them.
func TestTakeoutKeys(t *testing.T) {
	all := export(t, 40).members(jsonOnly)
	for name, sample := range map[string]string{"sleep": "sleep-2024-04-12.json", "exercise": "exercise-0.json"} {
		body, err := os.ReadFile("testdata/takeout/json/" + sample)
		if err != nil {
			t.Fatal(err)
		}
		want := keys(string(body))
		for base, body := range only(all, name) {
			for record := range strings.SplitSeq(body, "\n},{\n") {
				got := slices.DeleteFunc(keys(record), func(key string) bool { return !slices.Contains(want, key) })
				missing := slices.DeleteFunc(slices.Clone(want), func(key string) bool { return slices.Contains(got, key) })
				ordered := slices.DeleteFunc(slices.Clone(want), func(key string) bool { return slices.Contains(missing, key) })
				if !slices.Equal(got, ordered) || name == "sleep" && len(missing) > 0 {
					t.Errorf("%s: keys %v, want %v", base, got, want)
				}
			}
		}
	}
}

// keys are the members of the first record of a file.
func keys(body string) []string {
	record, _, _ := strings.Cut(body, "\n}")
	var all []string
	for _, m := range regexp.MustCompile(`(?m)^  "(\w+)"`).FindAllStringSubmatch(record, -1) {
		all = append(all, m[1])
	}
	return all
}

// TestTakeoutSumsOfDays adds up minutes: they are the totals of the legacy API,
// over the change of the clock on 26 October, too.
func TestTakeoutSumsOfDays(t *testing.T) {
	b := export(t, 40)
	all := b.members(emulator.TakeoutOptions{Layout: emulator.LayoutFlat, CaloriesUTC: true})
	first, today := b.Person().First().String(), b.Today().String()
	for _, want := range []struct {
		name, resource string
		scale, within  float64
	}{
		{"steps", "steps", 1, 0}, {"distance", "distance", 1e-5, 1e-5},
		{"altitude", "floors", 0.1, 1e-9}, {"calories", "calories", 1, 0.51},
	} {
		got := sums(t, all, want.name, berlin(t))
		for date, value := range values(t, b.ok(activity(want.resource, first, today)), "activities-"+want.resource) {
			told, err := strconv.ParseFloat(strings.Trim(value, `"`), 64)
			if err != nil {
				t.Fatal(err)
			}
			if sum := got[date] * want.scale; math.Abs(sum-told) > want.within && (date != today || want.name != "calories") {
				t.Errorf("%s of %s: %g, the API tells %g", want.name, date, sum, told)
			}
		}
	}
}

// TestTakeoutDays compares the daily families with the legacy API, and looks at
// the placeholders after the export.
func TestTakeoutDays(t *testing.T) {
	b := export(t, 40)
	all := b.members(jsonOnly)
	first, today := b.Person().First(), b.Today()
	for name, resource := range map[string]string{
		"sedentary_minutes": "minutesSedentary", "lightly_active_minutes": "minutesLightlyActive",
		"moderately_active_minutes": "minutesFairlyActive", "very_active_minutes": "minutesVeryActive",
	} {
		want := values(t, b.ok(activity(resource, first.String(), today.String())), "activities-"+resource)
		got := family[string](t, all, name)
		if len(got) != 60 {
			t.Errorf("%s: %d records for 40 days, want 2 whole runs", name, len(got))
		}
		placeholder := "0"
		if name == "sedentary_minutes" {
			placeholder = "1440"
		}
		for i, r := range got {
			d := first + emulator.Date(i)
			value, lived := want[d.String()]
			if !lived {
				value = strconv.Quote(placeholder)
			}
			if stamp := readStamp(t, r.DateTime, time.UTC); emulator.DateOf(stamp) != d || strconv.Quote(r.Value) != value {
				t.Errorf("%s: %s %q, want %s %s", name, r.DateTime, r.Value, d, value)
			}
		}
	}
}

// TestTakeoutPulse compares the readings, and the daily families made of them.
func TestTakeoutPulse(t *testing.T) {
	b := export(t, 12)
	all := b.members(jsonOnly)
	type beat struct{ BPM, Confidence int }
	low, n := 0, 0
	for d := b.Person().First(); d < b.Today(); d++ {
		base := "heart_rate-" + d.String() + ".json"
		body, worn := only(all, "heart_rate")[base]
		want := b.Person().Beats(d)
		if worn != (len(want) > 0) {
			t.Errorf("%s: %d readings, a file %t", base, len(want), worn)
		}
		if !worn {
			continue
		}
		got := records[beat](t, body)
		if len(got) != len(want) {
			t.Fatalf("%s: %d readings, want %d", base, len(got), len(want))
		}
		for i, r := range got {
			if at := readStamp(t, r.DateTime, time.UTC); !at.Equal(want[i].At) || r.Value.BPM != want[i].BPM || r.Value.Confidence > 3 {
				t.Fatalf("%s: %s %v, want %v", base, r.DateTime, r.Value, want[i])
			}
			if n++; r.Value.Confidence == 0 {
				low++
			}
		}
	}
	if share := float64(low) / float64(n); share < 0.03 || share > 0.05 {
		t.Errorf("confidence 0 of %.3f of the readings, want about 0.04", share)
	}
}

// TestTakeoutRestingAndZones compares with the heart series of the legacy API.
func TestTakeoutRestingAndZones(t *testing.T) {
	b := export(t, 40)
	all := b.members(jsonOnly)
	body := b.ok(activity("heart", b.Person().First().String(), b.Today().String()))
	type resting struct {
		Date         *string
		Value, Error float64
	}
	year := family[resting](t, all, "resting_heart_rate")
	if len(year) != 365 {
		t.Errorf("%d records, want 365", len(year))
	}
	nulls := 0
	for i, p := range series(t, body, "activities-heart") {
		var day struct {
			RestingHeartRate int
			HeartRateZones   []struct{ Minutes int }
		}
		if err := json.Unmarshal(p.Value, &day); err != nil {
			t.Fatal(err)
		}
		r := year[i].Value
		if int(math.Round(r.Value)) != day.RestingHeartRate || (r.Date == nil) != (r.Value == 0) {
			t.Errorf("resting pulse of %s: %v, the API tells %d", p.DateTime, r, day.RestingHeartRate)
		}
		name := "time_in_heart_rate_zones"
		file := records[struct{ ValuesInZones map[string]float64 }](t, only(all, name)[name+"-"+p.DateTime+".json"])
		for z, key := range []string{"BELOW_DEFAULT_ZONE_1", "IN_DEFAULT_ZONE_1", "IN_DEFAULT_ZONE_2", "IN_DEFAULT_ZONE_3"} {
			if got := file[0].Value.ValuesInZones[key]; got != float64(day.HeartRateZones[z].Minutes) {
				t.Errorf("%s of %s: %g, the API tells %d", key, p.DateTime, got, day.HeartRateZones[z].Minutes)
			}
		}
	}
	for _, r := range year {
		if r.Value.Date == nil && r.Value.Value == 0 && r.Value.Error == 0 {
			nulls++
		}
	}
	if nulls < 325 {
		t.Errorf("%d records without a value for 40 days", nulls)
	}
}

// TestTakeoutWeights compares with the weight log in pounds and in kilograms.
func TestTakeoutWeights(t *testing.T) {
	b := export(t, 40)
	b.AddWeight(time.Date(2025, 6, 1, 6, 30, 0, 0, time.UTC), 71.3, 0, "API")
	type entry struct {
		LogID       int64
		Weight, BMI float64
		Date, Time  string
		Source      string
		Fat         float64
	}
	for language, kilograms := range map[string]bool{"en_US": false, "": true} {
		var got []entry
		files := only(b.members(emulator.TakeoutOptions{Layout: emulator.LayoutFlat, Kilograms: kilograms}), "weight")
		for _, base := range slices.Sorted(maps.Keys(files)) {
			var page []entry
			if err := json.Unmarshal([]byte(files[base]), &page); err != nil {
				t.Fatal(err)
			}
			got = append(got, page...)
		}
		var want []entry
		for _, month := range [][2]string{{"2025-06-01", "2025-06-30"}, {"2025-09-20", "2025-10-10"}, {"2025-10-11", "2025-11-02"}} {
			var page struct{ Weight []entry }
			path := "/1/user/-/body/log/weight/date/" + month[0] + "/" + month[1] + ".json"
			if err := json.Unmarshal([]byte(b.ok(path, "Accept-Language", language)), &page); err != nil {
				t.Fatal(err)
			}
			want = append(want, page.Weight...)
		}
		for i := range want {
			d := day(t, want[i].Date)
			want[i].Date = fmt.Sprintf("%s/%s/%s", d.String()[5:7], d.String()[8:], d.String()[2:4])
		}
		if !slices.Equal(got, want) || len(got) < 5 {
			t.Errorf("%q: %v\nwant %v", language, got, want)
		}
	}
}

// TestTakeoutExercises compares with what the person did, to the second.
func TestTakeoutExercises(t *testing.T) {
	b := export(t, 40)
	all := b.members(jsonOnly)
	type exercise struct {
		LogID                         int64
		StartTime, LogType            string
		Duration                      int64
		Distance                      float64
		Calories, Steps, SwimLengths  int
		AverageHeartRate              int
		HasGPS                        bool
		ElevationGain                 float64
		ManualValuesSpecified         map[string]bool
		HeartRateZones, ActivityLevel []struct{ Minutes int }
	}
	var page []exercise
	if err := json.Unmarshal([]byte(only(all, "exercise")["exercise-0.json"]), &page); err != nil {
		t.Fatal(err)
	}
	byID, manual := map[int64]exercise{}, 0
	for _, e := range page {
		byID[e.LogID] = e
		if e.LogType == "manual" {
			manual++
		}
	}
	n := 0
	for d := b.Person().First(); d <= b.Today(); d++ {
		if b.Person().Day(d).Manual.Minutes > 0 {
			n++
			manual--
		}
		w, ok := b.Person().Workout(d)
		if !ok || w.End.After(b.LastSync()) {
			continue
		}
		n++
		e := byID[w.ID]
		minutes := 0
		for _, level := range e.ActivityLevel {
			minutes += level.Minutes
		}
		if !readStamp(t, e.StartTime, time.UTC).Equal(w.Start) || e.Duration != w.End.Sub(w.Start).Milliseconds() ||
			math.Abs(e.Distance*1000-w.Metres) > 0.001 || e.Steps != w.Steps || e.AverageHeartRate != w.AverageBPM ||
			e.HasGPS != w.GPS || math.Abs(float64(e.Calories)-w.Kcal) > 0.5 || minutes != w.Minutes ||
			e.HeartRateZones[emulator.Cardio].Minutes != w.Zones[emulator.Cardio].Minutes || (e.SwimLengths > 0) != (w.Kind == "swim") {
			t.Errorf("exercise of %s is %+v, want %+v", d, e, w)
		}
	}
	if n != len(page) || manual != 0 || n < 8 {
		t.Errorf("%d exercises, want %d", len(page), n)
	}
}

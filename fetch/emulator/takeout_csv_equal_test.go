package emulator_test

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// apiPoint is what every data point of the Google API has of these.
type apiPoint struct {
	Interval struct{ StartTime string }
	Sample   struct{ PhysicalTime string } `json:"sampleTime"`
	Date     struct{ Year, Month, Day int }
}

func (p apiPoint) when() string {
	switch {
	case p.Interval.StartTime != "":
		return p.Interval.StartTime
	case p.Sample.PhysicalTime != "":
		return p.Sample.PhysicalTime
	}
	return emulator.NewDate(p.Date.Year, time.Month(p.Date.Month), p.Date.Day).String()
}

// native tells whether a row is of the account's own devices or the app.
func native(source string) bool {
	return source != "MobileTrack" && !strings.HasSuffix(source, " Health Connect")
}

// TestTakeoutCSVIsTheAPI compares instants or dates and values of the CSV twins
// with those that the Google API lists at the same time.
func TestTakeoutCSVIsTheAPI(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, csvPerson)
	u := archive(t, "google-health")
	for _, tt := range []struct{ kind, stem, column, key string }{
		{"heart-rate", "", "beats per minute", "beatsPerMinute"},
		{"steps", "", "steps", "count"},
		{"distance", "", "distance", "millimeters"},
		{"altitude", "", "gain", "gainMillimeters"},
		{"active-energy-burned", "", "Kilocalories", "kcal"},
		{"active-zone-minutes", "", "total minutes", "activeZoneMinutes"},
		{"swim-lengths-data", "", "stroke count", "strokeCount"},
		{"run-vo2-max", "", "run VO2 max", "runVo2Max"},
		{"oxygen-saturation", "", "oxygen saturation percentage", "percentage"},
		{"heart-rate-variability", "", "root mean square of successive differences milliseconds",
			"rootMeanSquareOfSuccessiveDifferencesMilliseconds"},
		{"weight", "", "weight grams", "weightGrams"},
		{"height", "", "height millimeters", "heightMillimeters"},
		{"body-fat", "", "body fat percentage", "percentage"},
		{"daily-heart-rate-variability", "", "average heart rate variability milliseconds", "averageHeartRateVariabilityMilliseconds"},
		{"daily-heart-rate-variability", "", "deep sleep root mean square of successive differences milliseconds",
			"deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds"},
		{"daily-heart-rate-variability", "Daily Heart Rate Variability Summary", "rmssd", "averageHeartRateVariabilityMilliseconds"},
		{"daily-heart-rate-variability", "Daily Heart Rate Variability Summary", "nremhr", "nonRemHeartRateBeatsPerMinute"},
		{"daily-oxygen-saturation", "", "lower bound percentage", "lowerBoundPercentage"},
		{"daily-oxygen-saturation", "Daily SpO2", "average_value", "averagePercentage"},
		{"daily-oxygen-saturation", "Daily SpO2", "upper_bound", "upperBoundPercentage"},
		{"daily-respiratory-rate", "", "breaths per minute", "breathsPerMinute"},
		{"daily-respiratory-rate", "Daily Respiratory Rate Summary", "daily_respiratory_rate", "breathsPerMinute"},
		{"daily-sleep-temperature-derivations", "", "nightly temperature celsius", "nightlyTemperatureCelsius"},
		{"daily-sleep-temperature-derivations", "", "baseline temperature celsius", "baselineTemperatureCelsius"},
		{"daily-vo2-max", "", "demographic vo2max", "vo2Max"},
		{"daily-vo2-max", "demographic_vo2max", "demographic vo2max", "vo2Max"},
	} {
		scale := 1.0
		if tt.kind == "distance" {
			scale = 1000 // metres here, millimetres there
		}
		want := map[string]bool{}
		for _, p := range g.walk(tt.kind, "list", "pageSize", "10000") {
			var source struct{ Platform string }
			var point apiPoint
			var value map[string]json.RawMessage
			into(t, p, "dataSource", &source)
			into(t, p, memberOf(tt.kind), &point)
			into(t, p, memberOf(tt.kind), &value)
			if source.Platform == "HEALTH_CONNECT" {
				continue
			}
			want[point.when()+" "+plainText(strings.Trim(string(value[tt.key]), `"`), 1)] = true
		}
		stem := tt.stem
		if stem == "" {
			stem = stemOf(tt.kind)
		}
		got := map[string]bool{}
		for _, r := range u.rows(stem) {
			at := r["timestamp"]
			if strings.HasPrefix(tt.kind, "daily-") {
				at = at[:10]
			}
			missing := tt.kind == "oxygen-saturation" && r[tt.column] == "50.0" ||
				tt.kind == "daily-heart-rate-variability" && r[tt.column] == "0"
			if native(r["data source"]) && !missing {
				got[at+" "+plainText(r[tt.column], scale)] = true
			}
		}
		for _, line := range differences(got, want) {
			t.Errorf("%s %s: %s", stem, tt.column, line)
		}
	}
}

// plainText is a number, scaled, without what only the text of one side has.
func plainText(text string, scale float64) string {
	if v, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(v) {
		return strconv.FormatFloat(math.Round(v*scale*1e6)/1e6, 'f', -1, 64)
	} else if text == "" {
		return "0"
	}
	return text
}

// differences are the first few lines that only one side has.
func differences(got, want map[string]bool) (lines []string) {
	for line := range got {
		if !want[line] {
			lines = append(lines, "only in the archive: "+line)
		}
	}
	for line := range want {
		if !got[line] {
			lines = append(lines, "only in the API: "+line)
		}
	}
	slices.Sort(lines)
	return lines[:min(3, len(lines))]
}

// TestTakeoutZoneMinutesAreTheLegacyOnes: the weighted minutes of a local day add
// up to the legacy API's, in the old folder and in its UTC twin.
func TestTakeoutZoneMinutesAreTheLegacyOnes(t *testing.T) {
	t.Parallel()
	b := start(t, csvPerson)
	from, to := b.Person().First().String(), b.Today().String()
	want := map[string]float64{}
	for _, p := range series(t, b.ok(activity("active-zone-minutes", from, to)), "activities-active-zone-minutes") {
		var v struct{ ActiveZoneMinutes float64 }
		if err := json.Unmarshal(p.Value, &v); err != nil {
			t.Fatal(err)
		}
		want[p.DateTime] = v.ActiveZoneMinutes
	}
	u := archive(t, "google-health")
	local, utc := map[string]float64{}, map[string]float64{}
	for _, r := range u.rows("Active Zone Minutes") {
		local[r["date_time"][:10]] += number(t, r["total_minutes"])
	}
	for _, r := range u.rows("active_zone_minutes") {
		utc[u.instant(r["timestamp"]).In(u.zone).Format("2006-01-02")] += number(t, r["total minutes"])
	}
	if len(want) == 0 {
		t.Fatal("no zone minutes at all")
	}
	for d, minutes := range want {
		if local[d] != minutes || utc[d] != minutes {
			t.Errorf("%s: %v in the folder, %v in its twin, want %v", d, local[d], utc[d], minutes)
		}
	}
	if len(local) != len(want) || len(utc) != len(want) {
		t.Errorf("%d and %d days, want %d", len(local), len(utc), len(want))
	}
}

// instant reads a stamp that has an offset.
func (u *unpacked) instant(stamp string) time.Time {
	u.t.Helper()
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04:05-0700"} {
		if at, err := time.Parse(form, stamp); err == nil {
			return at
		}
	}
	u.t.Fatalf("stamp %q", stamp)
	return time.Time{}
}

// TestTakeoutNaiveTimes: files without offsets show the person's clock, also in
// the night in which it is set back; an hour of that night is there twice.
func TestTakeoutNaiveTimes(t *testing.T) {
	t.Parallel()
	u, p := archive(t, "fitbit"), csvServer(t).Person()
	d := day(t, "2025-11-02")
	n, ok := p.Night(d)
	if !ok || !n.Start.Before(time.Date(2025, 11, 2, 8, 0, 0, 0, time.UTC)) {
		t.Fatalf("the night of the change is %v to %v", n.Start, n.End)
	}
	table := u.table("Heart Rate Variability/Heart Rate Variability Details - 2025-11-02.csv")
	readings := p.Variability(n)
	if len(table) != len(readings)+1 {
		t.Fatalf("%d rows, want %d", len(table)-1, len(readings))
	}
	back := 0
	for i, r := range readings {
		row := table[i+1]
		want := r.At.In(u.zone).Format("2006-01-02T15:04:05")
		if row[0] != want || number(t, row[1]) != r.Value || number(t, row[3]) != r.Extra[1] || number(t, row[4]) != r.Extra[2] {
			t.Errorf("row %d is %q, want %s %v", i, row, want, r)
		}
		if coverage := number(t, row[2]); coverage < 0 || coverage > 1 {
			t.Errorf("coverage %v", coverage)
		}
		if i > 0 && row[0] < table[i][0] {
			back++
		}
	}
	if back != 1 {
		t.Errorf("the clock falls back %d times", back)
	}
	oxygen := u.table("Oxygen Saturation (SpO2)/Minute SpO2 - 2025-11-02.csv")
	if at := u.instant(oxygen[1][0]); !strings.HasSuffix(oxygen[1][0], "Z") || at.Before(n.Start) || at.After(n.Start.Add(8*time.Minute)) {
		t.Errorf("SpO2 begins at %s, the night at %v", oxygen[1][0], n.Start)
	}
	snore := u.table("Snore and Noise Detect/Snore Details - 2025-11-02.csv")
	if want := n.Start.In(u.zone).Format("2006-01-02T15:04:05"); snore[1][0] != want {
		t.Errorf("snoring begins at %s, want %s", snore[1][0], want)
	}
	for _, r := range u.rows("Computed Temperature") {
		if r["sleep_start"] == n.Start.In(u.zone).Format("2006-01-02T15:04:05") && number(t, r["nightly_temperature"]) == n.SkinC {
			return
		}
	}
	t.Error("no temperature of the night")
}

// TestTakeoutBreathing: the levels of both summaries are those of the night, in
// breaths a minute, at its end.
func TestTakeoutBreathing(t *testing.T) {
	t.Parallel()
	u, p := archive(t, "google-health"), csvServer(t).Person()
	milli, folder := map[string]map[string]string{}, map[string]map[string]string{}
	for _, r := range u.rows("respiratory_rate_sleep_summary") {
		milli[r["timestamp"]] = r
	}
	for _, r := range u.rows("Respiratory Rate Summary") {
		folder[r["timestamp"]] = r
	}
	nights := 0
	for d := p.First(); d <= day(t, "2025-11-08"); d++ {
		n, ok := p.Night(d)
		if !ok {
			continue
		}
		nights++
		a, b := milli[n.End.Format(time.RFC3339)], folder[n.End.In(u.zone).Format("2006-01-02T15:04:05")]
		for level, want := range map[string]float64{
			"full": n.Breaths[""], "deep": n.Breaths["deep"], "light": n.Breaths["light"], "rem": n.Breaths["rem"],
		} {
			x, y := a[level+" sleep stats - milli breaths per minute"], b[level+"_sleep_breathing_rate"]
			if x == "" || y == "" || number(t, x) != want || number(t, y) != want {
				t.Errorf("%v %s: %q and %q, want %v", d, level, x, y, want)
			}
		}
	}
	if nights == 0 || len(milli) != nights {
		t.Errorf("%d rows of %d nights", len(milli), nights)
	}
}

// TestTakeoutRestingTwins: the resting pulse is the JSON's, as far as a day is
// over; the APIs round it.
func TestTakeoutRestingTwins(t *testing.T) {
	t.Parallel()
	u, p := archive(t, "google-health"), csvServer(t).Person()
	want := map[string]float64{}
	for name, body := range u.files {
		if familyOf(name) != "resting_heart_rate.json" {
			continue
		}
		for _, point := range series(t, `{"root":`+body+`}`, "root") {
			var v struct{ Value float64 }
			if err := json.Unmarshal(point.Value, &v); err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse("01/02/06 15:04:05", point.DateTime)
			if err != nil {
				t.Fatal(err)
			}
			want[at.Format("2006-01-02")] = v.Value
		}
	}
	daily := u.rows("daily_resting_heart_rate")
	for _, r := range daily {
		d, got := r["timestamp"][:10], number(t, r["beats per minute"])
		if got != want[d] || int(math.Round(got)) != p.Day(day(t, d)).Resting {
			t.Errorf("%s: %v, in the JSON %v, by the API %d", d, got, want[d], p.Day(day(t, d)).Resting)
		}
	}
	if twin := u.rows("resting_heart_rate"); len(twin) != len(daily) || len(daily) < 30 {
		t.Errorf("%d rows, %d in the twin", len(daily), len(twin))
	}
}

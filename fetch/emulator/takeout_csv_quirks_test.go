package emulator_test

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// TestTakeoutMarkers holds the archive to the values that stand for none.
func TestTakeoutMarkers(t *testing.T) {
	t.Parallel()
	u := archive(t, "google-health")
	count := func(stem, column, value string) (share float64, n int) {
		all := u.rows(stem)
		for _, r := range all {
			if r[column] == value {
				n++
			}
		}
		return float64(n) / float64(len(all)), n
	}
	if share, _ := count("Minute SpO2", "value", "50.0"); share < 0.1 || share > 0.2 {
		t.Errorf("%.0f %% of the SpO2 rows are markers", 100*share)
	}
	for _, r := range u.rows("Minute SpO2") {
		if v := number(t, r["value"]); v < 70 && r["value"] != "50.0" {
			t.Fatalf("an SpO2 of %v", v)
		}
	}
	for _, tt := range []struct{ stem, column, value string }{
		{"daily_heart_rate_variability", "entropy", "0"},
		{"daily_oxygen_saturation", "baseline percentage", "0"},
		{"daily_sleep_temperature_derivations", "baseline temperature celsius", "NaN"},
		{"Computed Temperature", "baseline_relative_nightly_standard_deviation", "NaN"},
		{"Computed Temperature", "baseline_relative_sample_sum", ""},
		{"Respiratory Rate Summary", "rem_sleep_breathing_rate", "-1.0"},
		{"Stress Score", "CALCULATION_FAILED", "true"},
		{"daily_heart_rate_zones", "timestamp", "1970-01-02T00:00:00Z"},
		{"daily_readiness", "readiness level", "TYPE_UNSPECIFIED"},
	} {
		if _, n := count(tt.stem, tt.column, tt.value); n == 0 {
			t.Errorf("%s: no %q in %q", tt.stem, tt.value, tt.column)
		}
	}
	for _, r := range u.rows("Stress Score") {
		if failed := r["CALCULATION_FAILED"] == "true"; failed != (r["STRESS_SCORE"] == "0") || failed != (r["STATUS"] == "NO_DATA") {
			t.Errorf("stress of %s: %v", r["DATE"], r)
		}
	}
}

// TestTakeoutSleepScores: wake times dressed up as UTC, the parts of the first
// two weeks missing, and the old order of columns.
func TestTakeoutSleepScores(t *testing.T) {
	t.Parallel()
	p := csvServer(t).Person()
	u := archive(t, "fitbit")
	ids := map[string]emulator.Night{}
	for d := p.First(); d <= day(t, "2025-11-08"); d++ {
		if n, ok := p.Night(d); ok {
			ids[strconv.FormatInt(n.LogID, 10)] = n
		}
	}
	empty, minus := 0, 0
	all := u.rows("sleep_score")
	for _, r := range all {
		n, ok := ids[r["sleep_log_entry_id"]]
		if !ok {
			t.Fatalf("no night %s", r["sleep_log_entry_id"])
		}
		if want := n.End.In(u.zone).Format("2006-01-02T15:04:05") + "Z"; r["timestamp"] != want {
			t.Errorf("stamp %s, want %s", r["timestamp"], want)
		}
		unpaid := n.Date < p.First()+14
		switch r["composition_score"] {
		case "":
			empty++
		case "-1":
			minus++
		default:
			sum := number(t, r["composition_score"]) + number(t, r["revitalization_score"]) + number(t, r["duration_score"])
			if unpaid || sum != number(t, r["overall_score"]) {
				t.Errorf("parts of %v: %v", n.Date, r)
			}
			continue
		}
		if !unpaid || r["revitalization_score"] != r["overall_score"] || r["duration_score"] != r["composition_score"] {
			t.Errorf("an unpaid row of %v: %v", n.Date, r)
		}
	}
	if len(all) != len(ids) || empty == 0 || minus == 0 {
		t.Errorf("%d rows of %d nights, %d empty, %d -1", len(all), len(ids), empty, minus)
	}
	if order := archive(t, "account").table("Sleep/sleep_score.csv")[0]; order[0] != "timestamp" || order[1] != "sleep_log_entry_id" {
		t.Errorf("the old order is %q", order[:2])
	}
	if order := u.table("Sleep Score/sleep_score.csv")[0]; order[0] != "sleep_log_entry_id" {
		t.Errorf("the order is %q", order[:2])
	}
	bare := unpack(t, csvServer(t), emulator.TakeoutOptions{WithoutJSON: true})
	if n := len(bare.table("Sleep Score/sleep_score.csv")); n != 1 {
		t.Errorf("%d lines of scores without sleep JSON, want a header", n)
	}
}

// TestTakeoutTemperatures: the folder ends halfway in newer exports and the CSV
// goes on, deviations in one and °C in the other.
func TestTakeoutTemperatures(t *testing.T) {
	t.Parallel()
	newer, older := archive(t, "google-health"), archive(t, "fitbit")
	last := ""
	for _, r := range newer.rows("Device Temperature") {
		last = max(last, r["recorded_time"])
		if v := number(t, r["temperature"]); math.Abs(v) > 3 {
			t.Fatalf("a deviation of %v", v)
		}
	}
	first := "9"
	for _, r := range newer.rows("body_temperature") {
		first = min(first, newer.instant(r["timestamp"]).In(newer.zone).Format("2006-01-02T15:04:05"))
		if v := number(t, r["temperature celsius"]); v < 30 || v > 37 {
			t.Fatalf("a wrist of %v °C", v)
		}
	}
	if last >= first || first[:10] > "2025-10-22" {
		t.Errorf("deviations until %s, °C from %s", last, first)
	}
	end := ""
	for _, r := range older.rows("Device Temperature") {
		end = max(end, r["recorded_time"])
	}
	if end[:10] != "2025-11-08" {
		t.Errorf("older exports have deviations until %s", end)
	}
}

// TestTakeoutWeightEchoes: each weighing is there once more, two seconds later;
// an option turns the stamps into wall time.
func TestTakeoutWeightEchoes(t *testing.T) {
	t.Parallel()
	all := archive(t, "google-health").rows("weight")
	for i := 0; i < len(all); i += 2 {
		own, echo := all[i], all[i+1]
		at, err := time.Parse(time.RFC3339, own["timestamp"])
		later, err2 := time.Parse(time.RFC3339Nano, echo["timestamp"])
		if err != nil || err2 != nil || !strings.HasSuffix(echo["data source"], "Health Connect") ||
			later.Sub(at).Truncate(time.Second) != 2*time.Second || own["weight grams"] != echo["weight grams"] {
			t.Errorf("%v and %v", own, echo)
		}
	}
	wall := unpack(t, csvServer(t), emulator.TakeoutOptions{Layout: "fitbit", BodyWallTime: true}).rows("weight")
	for i, r := range archive(t, "fitbit").rows("weight") {
		at, err := time.Parse(time.RFC3339, r["timestamp"])
		if err != nil {
			t.Fatal(err)
		}
		zone := archive(t, "fitbit").zone
		if want := at.In(zone).Format("2006-01-02T15:04:05Z"); wall[i]["timestamp"] != want {
			t.Errorf("wall time %s, want %s", wall[i]["timestamp"], want)
		}
	}
}

// TestTakeoutClosedFiles: a text that nothing may read is in the files that the
// sheet closes, and nowhere else.
func TestTakeoutClosedFiles(t *testing.T) {
	t.Parallel()
	u := archive(t, "google-health")
	var closed []string
	for name, body := range u.files {
		if strings.Contains(body, "must never be read") {
			closed = append(closed, familyOf(name))
			if len(body) > 1000 {
				t.Errorf("%s has %d bytes", name, len(body))
			}
		}
	}
	for _, want := range []string{
		"UserActivityProbabilities.csv", "UserSensorCompressionToken.csv", "UserConversations.csv", "UserJournalEntries.csv",
		"MedicalRecords.csv", "UserLocation.csv", "UserProfileData.csv", "UserDemographicData.csv", "micro_motion.csv",
		"weather_forecast.csv", "coarse_physical_location.csv",
	} {
		if !slices.Contains(closed, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, stem := range []string{"heart_rate.csv", "UserSleeps.csv", "gps_location.csv", "sleep_score.csv"} {
		if slices.Contains(closed, stem) {
			t.Errorf("%s is closed", stem)
		}
	}
}

// TestTakeoutEpochs: stamps of EDA sessions are seconds since 1970.
func TestTakeoutEpochs(t *testing.T) {
	t.Parallel()
	first, last := time.Date(2025, 9, 30, 7, 0, 0, 0, time.UTC), time.Date(2025, 11, 9, 6, 7, 0, 0, time.UTC)
	for _, r := range archive(t, "fitbit").rows("Mindfulness Eda Data Sessions") {
		at := time.Unix(int64(number(t, r["timestamp"])), 0)
		if at.Before(first) || at.After(last) {
			t.Errorf("a session at %v", at)
		}
	}
}

// TestTakeoutScoreTwins: both files of sleep scores agree, but for the parts that
// the one leaves out at first.
func TestTakeoutScoreTwins(t *testing.T) {
	t.Parallel()
	u := archive(t, "google-health")
	want := map[string]map[string]string{}
	for _, r := range u.rows("sleep_score") {
		want[r["timestamp"]] = r
	}
	table := u.rows("UserSleepScores")
	for _, r := range table {
		w := want[u.withOffset(r, "score_utc_offset", "score_time").Format("2006-01-02T15:04:05Z")]
		if w == nil || r["overall_score"] != w["overall_score"] || r["deep_sleep_minutes"] != w["deep_sleep_in_minutes"] ||
			r["resting_heart_rate"] != w["resting_heart_rate"] || r["restlessness_normalized"] != w["restlessness"] {
			t.Errorf("%v and %v", r, w)
		}
	}
	if len(table) != len(want) {
		t.Errorf("%d scores, want %d", len(table), len(want))
	}
}

// TestTakeoutCSVLayouts: what is where.
func TestTakeoutCSVLayouts(t *testing.T) {
	t.Parallel()
	s := csvServer(t)
	count := func(u *unpacked, pattern string) (n int) {
		for name := range u.files {
			if regexp.MustCompile(pattern).MatchString(name) {
				n++
			}
		}
		return n
	}
	fitbit, newer := archive(t, "fitbit"), archive(t, "google-health")
	account, flat := archive(t, "account"), archive(t, "flat")
	withCR := func(u *unpacked) (n int) {
		for _, body := range u.files {
			if strings.Contains(body, "\r\n") {
				n++
			}
		}
		return n
	}
	for _, tt := range []struct {
		what      string
		got, want int
	}{
		{"heart rate in a sub-folder", count(newer, `^Physical Activity_GoogleData/Heart Rate/heart_rate_2025-\d\d-\d\d\.csv$`), 40},
		{"heart rate beside the others", count(fitbit, `^Physical Activity_GoogleData/heart_rate_2025-\d\d-\d\d\.csv$`), 40},
		{"sub-folders of older exports", count(fitbit, `^Physical Activity_GoogleData/.*/`), 0},
		{"whole-life files in sub-folders", count(newer, `^Physical Activity_GoogleData/.*/daily_`), 0},
		{"CSV twins in an account archive", count(account, `GoogleData`), 0},
		{"nights of an account archive", count(account, `^Sleep/Daily SpO2 - 2025-09-30-2025-11-08\.csv$`), 1},
		{"stress of an account archive", count(account, `^Stress/Stress Score\.csv$`), 1},
		{"CSV of a flat archive", count(flat, `(SpO2|Score|Rate).*\.csv$`), 0},
		{"files with CRLF", withCR(newer), 1},
		{"files with CRLF in older exports", withCR(fitbit), 0},
		{"files that say nothing", count(newer, `^Biometrics/Glucose 2025(09|10|11)\.csv$`), 3},
		{"electrocardiograms", count(newer, `^Atrial Fibrillation ECG/afib_ecg_reading_\d{13}\.csv$`), len(ecgs(s))},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %d, want %d", tt.what, tt.got, tt.want)
		}
	}
	if parens := count(fitbit, `Daily Heart Rate Variability Summary - 2025-1?0?9?-\(\d\d\)\.csv$`); parens == 0 || parens > 7 {
		t.Errorf("%d names with the day in parentheses", parens)
	}
}

func ecgs(s *emulator.Server) (all []emulator.ECG) {
	for d := s.Person().First(); d <= s.Today(); d++ {
		if e, ok := s.Person().ECG(d); ok && !e.At.After(s.LastSync()) {
			all = append(all, e)
		}
	}
	return all
}

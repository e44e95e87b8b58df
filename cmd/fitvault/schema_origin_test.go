package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

// originTables are sections 2.1 and 2.2 of compat-schemas.md: each measurement with its tag and
// its fields, by kind. Left out is what was written never, or in practice not.
var originTables = map[string]string{
	"activities": `API float activityCalories calories caloriesBMR distance elevation floors minutesFairlyActive minutesLightlyActive
		minutesSedentary minutesVeryActive steps restingHeartRate
		hrz_out_of_range_caloriesOut hrz_out_of_range_max hrz_out_of_range_min hrz_out_of_range_minutes
		hrz_fat_burn_caloriesOut hrz_fat_burn_max hrz_fat_burn_min hrz_fat_burn_minutes
		hrz_cardio_caloriesOut hrz_cardio_max hrz_cardio_min hrz_cardio_minutes
		hrz_peak_caloriesOut hrz_peak_max hrz_peak_min hrz_peak_minutes
		hrz_custom_zone_caloriesOut hrz_custom_zone_max hrz_custom_zone_min hrz_custom_zone_minutes`,
	"activities_tracker": `API float activityCalories calories distance elevation floors minutesFairlyActive minutesLightlyActive
		minutesSedentary minutesVeryActive steps`,
	"body":      "API float bmi fat weight",
	"body_log":  "API float fat_fat weight_bmi weight_fat weight_weight",
	"foods_log": "API float caloriesIn water",
	"sleep": `API float duration efficiency isMainSleep timeInBed minutesAfterWakeup minutesAsleep minutesAwake
		minutesToFallAsleep`,

	"altitude": "data_dump integer value",
	"calories": "data_dump integer value",
	"demographic_vo2_max": `data_dump float demographicVO2Max demographicVO2MaxError filteredDemographicVO2Max
		filteredDemographicVO2MaxError`,
	"distance":                  "data_dump integer value",
	"heart_rate":                "data_dump integer bpm confidence",
	"lightly_active_minutes":    "data_dump integer value",
	"moderately_active_minutes": "data_dump integer value",
	"very_active_minutes":       "data_dump integer value",
	"sedentary_minutes":         "data_dump float value",
	"resting_heart_rate":        "data_dump float value error",
	"run_vo2_max":               "data_dump float runVO2Max runVO2MaxError filteredRunVO2Max filteredRunVO2MaxError",
	"swim_lengths_data":         "data_dump integer lapDurationSec strokeCount",
	"weight":                    "data_dump float bmi fat weight",
}

// originZeros are the fields that hold nothing but zeros: the emulated person rises on waking up.
var originZeros = []string{
	"sleep.minutesAfterWakeup",
}

// originDaily are the measurements with a point a day, which lies at midnight UTC.
var originDaily = []string{"activities", "activities_tracker", "body", "foods_log", "demographic_vo2_max", "resting_heart_rate",
	"lightly_active_minutes", "moderately_active_minutes", "very_active_minutes", "sedentary_minutes"}

// TestOriginDashboards exports a year of the legacy API, and an archive of the time before it,
// with --schema fitbit-api-exporter into a real InfluxDB, and asks there for each field that the
// two tables have.
func TestOriginDashboards(t *testing.T) {
	h := newHome(t)
	db := influxtest.Shared(t)
	originVault(t, h.vault)
	database := db.Database()
	h.with("INFLUX_URL="+db.URL(), "INFLUX_DATABASE="+database).exits(exitDone, "export", "--schema", "fitbit-api-exporter")

	ask := func(query string) (values [][]any) {
		for _, row := range db.Query(database, query) {
			values = append(values, row.Values...)
		}
		return values
	}
	var measurements, zeros []string
	for _, v := range ask("SHOW MEASUREMENTS") {
		measurements = append(measurements, v[0].(string))
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(originTables)), measurements); diff != "" {
		t.Errorf("measurements (-want +got):\n%s", diff)
	}
	for m, table := range originTables {
		words := strings.Fields(table)
		tag, kind, fields := words[0], words[1], words[2:]
		var want, got []string
		for _, f := range fields {
			want = append(want, f+" "+kind)
		}
		for _, v := range ask(`SHOW FIELD KEYS FROM "` + m + `"`) {
			got = append(got, v[0].(string)+" "+v[1].(string))
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("fields of %s (-want +got):\n%s", m, diff)
		}
		for _, f := range fields {
			found := ask(fmt.Sprintf(`SELECT min(%[1]q), max(%[1]q) FROM %q WHERE imported_from = '%s'`, f, m, tag))
			switch {
			case len(found) == 0:
				t.Errorf("%s.%s of %s has no data", m, f, tag)
			case fmt.Sprint(found[0][1:]) == "[0 0]":
				zeros = append(zeros, m+"."+f)
			}
		}
	}
	slices.Sort(zeros)
	if diff := cmp.Diff(originZeros, zeros); diff != "" {
		t.Errorf("fields of zeros alone (-want +got):\n%s", diff)
	}
	for _, m := range originDaily {
		for _, v := range ask(`SELECT * FROM "` + m + `"`) {
			if ns, err := v[0].(json.Number).Int64(); err != nil || ns%int64(24*time.Hour) != 0 {
				t.Errorf("a point of %s is at %v", m, v[0])
			}
		}
	}
}

// originVault stages a year of the legacy API, and an archive that was made before it began.
func originVault(t *testing.T, path string) {
	t.Helper()
	warm(t)
	ordered := time.Date(2025, 11, 20, 10, 17, 0, 0, time.UTC)
	past, err := emulator.New(emulator.Options{Seed: 11, Days: 40, Now: func() time.Time { return ordered }, GoogleBeatSeconds: 60})
	if err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(t.TempDir(), "takeout-20251120T101700Z-001.zip")
	writeArchive(t, archive, past, emulator.TakeoutOptions{})
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(ordered.AddDate(1, 0, 2)))
		emu, err := emulator.New(emulator.Options{Seed: 11, Days: 365, Now: time.Now, Limit: 100_000})
		if err != nil {
			t.Fatal(err)
		}
		fetchInto(t, path, legacySource(emu), catalog.Types())
	})
	importInto(t, path, ordered, archive)
}

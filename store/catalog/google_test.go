package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"fitvault/store/catalog"
)

// Elements of the Google Health API on a day in Berlin, 2025-11-03.
const (
	minute = `"interval": {"startTime": "2025-11-03T09:00:00Z", "startUtcOffset": "3600s", "endTime": "2025-11-03T09:01:00Z", "endUtcOffset": "3600s"}`
	sample = `"sampleTime": {"physicalTime": "2025-11-03T09:00:00Z", "utcOffset": "3600s"}`
	date   = `"date": {"year": 2025, "month": 11, "day": 3}`
	civil  = `"civilStartTime": {` + date + `, "time": {}}`
	window = `"startTime": "2025-11-03T09:00:00Z", "endTime": "2025-11-03T09:01:00Z"`
)

// readGoogle reads an answer of one element.
func readGoogle(t *testing.T, name, element string) ([]catalog.Point, error) {
	t.Helper()
	typ := mustLookup(t, name)
	root := mustLookup(t, typ.Staged(catalog.Google)).Google.Ask.Root
	body := fmt.Sprintf(`{%q: [%s], "nextPageToken": ""}`, root, element)
	return typ.Read(typ.Google, catalog.Body{JSON: []byte(body), Zones: zones(t, "2000-01-01", "Europe/Berlin")})
}

// TestGoogleValues pins what a value says and what its absence says
// (google-health-api.md sections 4 and 8).
func TestGoogleValues(t *testing.T) {
	const midnight, nine = "1762124400000000000", "1762160400000000000"
	for _, c := range []struct{ typ, element, want string }{
		// int64 as text or number; more digits than a float holds.
		{"activity_daily.steps", `{` + civil + `, "steps": {"countSum": "7500"}}`, "activity_daily steps=7500i " + midnight},
		{"activity_daily.steps", `{` + civil + `, "steps": {"countSum": 7500}}`, "activity_daily steps=7500i " + midnight},
		{"activity_daily.steps", `{` + civil + `, "steps": {"countSum": "9007199254740993"}}`, "activity_daily steps=9007199254740993i " + midnight},

		// Midnight as an empty time, as none, and beside members that nobody knows.
		{"activity_daily.steps", `{"civilStartTime": {` + date + `}, "steps": {"countSum": "1"}}`, "activity_daily steps=1i " + midnight},
		{"activity_daily.steps", `{` + civil + `, "mood": {"good": true}, "steps": {"countSum": "1", "wheels": [4]}}`, "activity_daily steps=1i " + midnight},

		// A number left out is a true zero of four types, and unknown of all others.
		{"activity_daily.steps", `{` + civil + `, "steps": {}}`, "activity_daily steps=0i " + midnight},
		{"activity_daily.floors", `{` + civil + `, "floors": {}}`, "activity_daily floors=0i " + midnight},
		{"activity_daily.distance_m", `{` + civil + `, "distance": {}}`, "activity_daily distance_m=0 " + midnight},
		{"activity_daily.elevation_m", `{` + civil + `, "altitude": {"gainMillimetersSum": null}}`, "activity_daily elevation_m=0 " + midnight},
		{"activity_daily.calories_kcal", `{` + civil + `, "totalCalories": {}}`, ""},
		{"activity_daily.active_energy_kcal", `{` + civil + `, "activeEnergyBurned": {}}`, ""},
		{"activity_daily.active_energy_kcal", `{` + civil + `, "activeEnergyBurned": {"kcalSum": 0}}`, "activity_daily active_energy_kcal=0 " + midnight},
		{"activity_daily.sedentary_worn_min", `{` + civil + `, "sedentaryPeriod": {}}`, ""},
		{"heart_rate", `{"heartRate": {` + sample + `}}`, ""},
		{"heart_rate_daily", `{"dailyRestingHeartRate": {` + date + `}}`, ""},

		// A minute without steps is no point, whichever way it is told.
		{"steps", `{"steps": {` + minute + `, "count": "33"}}`, "steps count=33i " + nine},
		{"steps", `{"steps": {` + minute + `, "count": "0"}}`, ""},
		{"steps", `{"steps": {` + minute + `}}`, ""},
		{"elevation", `{"altitude": {` + minute + `, "gainMillimeters": "-3048"}}`, "elevation m=-3.048 " + nine},
		{"active_energy", `{"activeEnergyBurned": {` + minute + `, "kcal": 0}}`, "active_energy kcal=0 " + nine},
		{"active_energy", `{"activeEnergyBurned": {` + minute + `}}`, ""},

		// What could not be worked out.
		{"calories", `{` + window + `, "totalCalories": {"kcalSum": "NaN"}}`, ""},
		{"cardio_fitness_daily", `{"dailyVo2Max": {` + date + `, "vo2Max": 42, "vo2MaxCovariance": "NaN"}}`, "cardio_fitness_daily vo2max=42,estimated=false " + midnight},

		// Zones and levels that a day leaves out beside others are zero; of a day that tells
		// none, nothing is known.
		{"activity_daily.very_active_min", `{` + civil + `, "activeMinutes": {"activeMinutesRollupByActivityLevel": [{"activityLevel": "LIGHT", "activeMinutesSum": "9"}]}}`,
			"activity_daily very_active_min=0i " + midnight},
		{"activity_daily.very_active_min", `{` + civil + `, "activeMinutes": {"activeMinutesRollupByActivityLevel": []}}`, ""},
		{"active_zone_minutes_daily", `{` + civil + `, "activeZoneMinutes": {"sumInPeakHeartZone": "4"}}`,
			"active_zone_minutes_daily fat_burn_min=0i,cardio_min=0i,peak_min=4i,total_min=4i " + midnight},
		{"active_zone_minutes_daily", `{` + civil + `, "activeZoneMinutes": {}}`, ""},
		{"heart_rate_zone_daily", `{` + civil + `, "timeInHeartRateZone": {}}`, ""},

		// Names that no document knows are data.
		{"activity_level", `{"activityLevel": {` + minute + `, "activityLevelType": "HYPER_ACTIVE"}}`, `activity_level level="hyper_active",seconds=60i ` + nine},
		{"activity_level", `{"activityLevel": {` + minute + `, "activityLevelType": "ACTIVITY_LEVEL_TYPE_UNSPECIFIED"}}`, ""},
		{"active_zone_minutes", `{"activeZoneMinutes": {` + minute + `, "heartRateZone": "LUNAR", "activeZoneMinutes": "2"}}`, "active_zone_minutes total_min=2i " + nine},
		{"heart_rate_zone_daily.min_bpm", `{"dailyHeartRateZones": {` + date + `, "heartRateZones": [{"heartRateZoneType": "LUNAR", "minBeatsPerMinute": "9"}]}}`,
			"heart_rate_zone_daily,zone=lunar min_bpm=9i " + midnight},
	} {
		points, err := readGoogle(t, c.typ, c.element)
		if got := strings.TrimSuffix(string(lines(t, points)), "\n"); err != nil || got != c.want {
			t.Errorf("%s of %s: %q, error %v; want %q", c.typ, c.element, got, err, c.want)
		}
	}
}

// TestGoogleUnreadable names, for elements of a wrong shape, the words that their error
// must have.
func TestGoogleUnreadable(t *testing.T) {
	at := func(members string) string { return `{"steps": {"interval": {` + members + `}, "count": "1"}}` }
	on := func(parts string) string {
		return `{"civilStartTime": {"date": {` + parts + `}}, "steps": {"countSum": "1"}}`
	}
	for _, c := range []struct {
		typ, element string
		words        []string
	}{
		// A misspelt name must not read as a day without data.
		{"steps", `{"step": {` + minute + `, "count": "1"}}`, []string{"dataPoints", "element 0", "no member steps"}},
		{"steps", `{"steps": null}`, []string{"no member steps"}},
		{"activity_daily.steps", `{` + civil + `, "stepCount": {"countSum": "1"}}`, []string{"rollupDataPoints", "no member steps"}},
		{"heart_rate", `{"heart_rate": {` + sample + `, "beatsPerMinute": "70"}}`, []string{"no member heartRate"}},

		{"steps", `7`, []string{"element 0", "number"}},
		{"steps", `{"steps": [1]}`, []string{"steps", "array"}},
		{"steps", `{"steps": {` + minute + `, "count": "many"}}`, []string{"2025-11-03", "steps", "count", "many"}},
		{"steps", `{"steps": {` + minute + `, "count": true}}`, []string{"count", "true"}},
		{"steps", `{"steps": {` + minute + `, "count": "1.5"}}`, []string{"count", "whole"}},
		{"steps", `{"steps": {` + minute + `, "count": "NaN"}}`, []string{"count", "NaN"}},
		{"steps", `{"steps": {"count": "1"}}`, []string{"startTime"}},
		{"steps", at(`"startTime": "yesterday"`), []string{"startTime", "yesterday"}},
		{"steps", at(`"startTime": "2025-11-03T09:00:00"`), []string{"startTime", "2025-11-03T09:00:00"}},
		{"steps", at(`"startTime": "1600-11-03T09:00:00Z"`), []string{"startTime", "1600-11-03"}},
		{"steps", at(`"startTime": "2025-11-03T09:00:00Z", "startUtcOffset": "1h"`), []string{"startUtcOffset", "1h"}},
		{"steps", at(`"startTime": "2025-11-03T09:00:00Z", "startUtcOffset": "1h0s"`), []string{"startUtcOffset", "1h0s"}},
		{"steps", at(`"startTime": "2025-11-03T09:00:00Z", "startUtcOffset": "90000s"`), []string{"startUtcOffset", "more than a day"}},
		{"sedentary", `{"sedentaryPeriod": {"interval": {"startTime": "2025-11-03T09:00:00Z"}}}`, []string{"2025-11-03", "endTime"}},
		{"sedentary", `{"sedentaryPeriod": {"interval": {"startTime": "2025-11-03T09:00:00Z", "endTime": "2025-11-03T08:59:00Z"}}}`, []string{"endTime", "before"}},
		{"activity_level", `{"activityLevel": {` + minute + `, "activityLevelType": 3}}`, []string{"activityLevelType", "3"}},
		{"heart_rate", `{"heartRate": {` + sample + `, "beatsPerMinute": "fast"}}`, []string{"2025-11-03", "heartRate", "beatsPerMinute", "fast"}},
		{"heart_rate", `{"heartRate": {` + sample + `, "beatsPerMinute": "70"}}, {"heartrates": {}}`, []string{"element 1", "no member heartRate"}},
		{"heart_rate", `{"heartRate": {"sampleTime": {"physicalTime": "noon"}, "beatsPerMinute": "70"}}`, []string{"physicalTime", "noon"}},
		{"heart_rate_daily", `{"dailyRestingHeartRate": {"date": "2025-11-03", "beatsPerMinute": "58"}}`, []string{"date", "string"}},
		{"activity_daily.steps", `{"steps": {"countSum": "1"}}`, []string{"civilStartTime", "year"}},
		{"activity_daily.steps", on(`"year": 2025, "month": 2, "day": 30`), []string{"civilStartTime", "2025-02-30"}},
		{"activity_daily.steps", on(`"year": 2025, "month": 2`), []string{"civilStartTime", "day"}},
		{"activity_daily.steps", on(`"year": 9999, "month": 2, "day": 1`), []string{"civilStartTime", "9999-02-01"}},
		{"activity_daily.sedentary_worn_min", `{` + civil + `, "sedentaryPeriod": {"durationSum": "long"}}`, []string{"2025-11-03", "durationSum", "long"}},
		{"activity_daily.sedentary_worn_min", `{` + civil + `, "sedentaryPeriod": {"durationSum": 60}}`, []string{"durationSum", "60"}},
		{"activity_daily.lightly_active_min", `{` + civil + `, "activeMinutes": {"activeMinutesRollupByActivityLevel": 4}}`,
			[]string{"activeMinutesRollupByActivityLevel", "number"}},
		{"heart_rate_zone_daily", `{` + civil + `, "timeInHeartRateZone": {"timeInHeartRateZones": [{"heartRateZone": 1}]}}`,
			[]string{"timeInHeartRateZones.heartRateZone", "1"}},
		{"heart_rate_zone_daily.min_bpm", `{"dailyHeartRateZones": {` + date + `, "heartRateZones": [{"minBeatsPerMinute": "low"}]}}`,
			[]string{"2025-11-03", "minBeatsPerMinute", "low"}},
		{"cardio_fitness_daily", `{"dailyVo2Max": {` + date + `, "vo2Max": 42, "estimated": "perhaps"}}`, []string{"estimated", "perhaps"}},
		{"calories", `{"endTime": "2025-11-03T09:01:00Z", "totalCalories": {"kcalSum": 1}}`, []string{"startTime"}},
		{"calories", `{` + window + `, "totalCalories": {"kcalSum": true}}`, []string{"kcalSum", "true"}},
	} {
		points, err := readGoogle(t, c.typ, c.element)
		if err == nil || points != nil {
			t.Errorf("%s of %s: %v, error %v; want an error alone", c.typ, c.element, points, err)
			continue
		}
		for _, w := range c.words {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s of %s: error %q has no %q", c.typ, c.element, err, w)
			}
		}
	}
}

package catalog_test

import (
	"testing"

	"fitvault/store/catalog"
)

// TestNightUnreadable names, for answers of a wrong shape, the words that their error must have.
func TestNightUnreadable(t *testing.T) {
	hrv := func(minutes string) string {
		return `{"hrv": [{"dateTime": "2025-09-09", "minutes": ` + minutes + `}]}`
	}
	fitness := func(value string) string {
		return `{"cardioScore": [{"dateTime": "2025-09-09", "value": ` + value + `}]}`
	}
	for _, c := range []struct {
		typ, body string
		words     []string
	}{
		{"hrv", `[{"dateTime": "2025-09-09", "minutes": []}]`, []string{"hrv", "list"}},
		{"hrv", `{"hrv": [7]}`, []string{"hrv, element 0", "number"}},
		{"hrv", `{"hrv": [{"minutes": []}]}`, []string{"hrv, element 0", "dateTime"}},
		{"hrv", hrv(`{}`), []string{"hrv of 2025-09-09", "minutes", "object"}},
		{"hrv", hrv(`[7]`), []string{"2025-09-09", "minute 0", "number"}},
		{"hrv", hrv(`[{"value": {"rmssd": 30}}]`), []string{"2025-09-09", "minute 0", "member minute"}},
		{"hrv", hrv(`[{"minute": "01:10:00", "value": {"rmssd": 30}}]`), []string{"minute 0", "01:10:00"}},
		{"hrv", hrv(`[{"minute": "2025-09-09T01:10:00.000", "value": 30}]`), []string{"minute 0", "member value", "number"}},
		{"hrv", hrv(`[{"minute": "2025-09-09T01:10:00.000", "value": {"rmssd": 30, "hf": "much"}}]`), []string{"value.hf", "much"}},
		{"spo2", `{"dateTime": "2025-09-09", "minutes": 7}`, []string{"2025-09-09", "minutes", "number"}},
		{"spo2", `{"spo2": []}`, []string{"the answer", "object"}},
		{"spo2", `[{"dateTime": "2025-09-09", "minutes": [{"minute": "2025-09-09T00:51:38", "value": {}}]}]`, []string{"2025-09-09", "member value"}},
		{"spo2_daily", `"text"`, []string{"the answer", "string"}},
		{"spo2_daily", `<html></html>`, []string{"the answer", "invalid character"}},
		{"spo2_daily", `[{"dateTime": "2025-09-31", "value": {"avg": 96}}]`, []string{"element 0", "2025-09-31"}},
		{"spo2_daily", `[{"dateTime": "2025-09-09", "value": 96}]`, []string{"2025-09-09", "member value", "number"}},
		{"hrv_daily", `{"hrv": [{"dateTime": "2025-09-09", "value": {"dailyRmssd": "NaN"}}]}`, []string{"2025-09-09", "dailyRmssd", "NaN"}},
		{"breathing_rate_daily.deep_per_min", `{"br": [{"dateTime": "2025-09-09", "value": {"remSleepSummary": 14}}]}`, []string{"2025-09-09", "remSleepSummary", "number"}},
		{"active_zone_minutes_daily", `{"activities-active-zone-minutes": [{"dateTime": "2025-09-09", "value": {"peakActiveZoneMinutes": "x"}}]}`, []string{"2025-09-09", "value.peakActiveZoneMinutes", "x"}},
		{"core_temperature", `{"tempCore": [{"dateTime": "2025-09-08", "value": 37}]}`, []string{"tempCore", "dateTime", "2025-09-08"}},
		{"core_temperature", `{"tempCore": [{"dateTime": "2025-09-08T08:15:00", "value": "warm"}]}`, []string{"tempCore of 2025-09-08T08:15:00", "value", "warm"}},
		{"cardio_fitness_daily", fitness(`44`), []string{"2025-09-09", "member value", "number"}},
		{"cardio_fitness_daily", fitness(`{"vo2Max": "high"}`), []string{"2025-09-09", "value.vo2Max", "high"}},
		{"cardio_fitness_daily", fitness(`{"vo2Max": "42-high"}`), []string{"2025-09-09", "value.vo2Max", "42-high", "range"}},
		{"cardio_fitness_daily", fitness(`{"vo2Max": "42-46-50"}`), []string{"value.vo2Max", "42-46-50"}},
		{"cardio_fitness_daily", fitness(`{"vo2Max": "-46"}`), []string{"value.vo2Max", "-46"}},
		{"cardio_fitness_daily", fitness(`{"vo2Max": {}}`), []string{"value.vo2Max"}},
	} {
		refuses(t, mustLookup(t, c.typ), catalog.Body{JSON: []byte(c.body)}, c.words)
	}
}

// TestEveningOfANight holds an evening's samples to the date of the night, with which an answer
// gives and takes them, and their times to the evening.
func TestEveningOfANight(t *testing.T) {
	for _, c := range []struct{ typ, body string }{
		{"hrv", `{"hrv": [{"dateTime": "2025-09-09", "minutes": [{"minute": "2025-09-08T23:10:00.000", "value": {"rmssd": 30}}, {"minute": "2025-09-09T00:10:00.000", "value": {"rmssd": 31}}]}]}`},
		{"spo2", `[{"dateTime": "2025-09-09", "minutes": [{"minute": "2025-09-08T23:10:00", "value": 95}, {"minute": "2025-09-09T00:10:00", "value": 96}]}]`},
	} {
		z := zones(t, "2000-01-01", "Europe/Berlin")
		typ := mustLookup(t, c.typ)
		points, err := typ.Read(typ.Fitbit, catalog.Body{JSON: []byte(c.body), Zones: z})
		if err != nil || len(points) != 2 {
			t.Fatalf("%s: %d points, error %v", c.typ, len(points), err)
		}
		for i, shown := range []string{"2025-09-08T23:10:00", "2025-09-09T00:10:00"} {
			if want := z.At(wall(t, shown)); points[i].Day != day(t, "2025-09-09") || !points[i].Time.Equal(want) {
				t.Errorf("%s at %s: filed under %v at %v, want the night's date and %v", c.typ, shown, points[i].Day, points[i].Time, want)
			}
		}
	}
}

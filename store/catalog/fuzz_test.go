package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"fitvault/export/line"
	"fitvault/store/catalog"
)

// fuzzed says which fuzz target reads a type's answers: the one of its measurement.
var fuzzed = map[string][]string{
	"series": {"activity_daily", "activity_tracker_daily", "body_daily", "nutrition_daily", "hydration", "active_zone_minutes_daily"},
	"minute": {"steps", "floors", "distance", "elevation", "calories", "active_energy", "basal_energy", "active_zone_minutes",
		"activity_level", "sedentary", "swim_length"},
	"heart":  {"heart_rate", "heart_rate_daily", "heart_rate_zone_daily", "cardio_fitness", "cardio_fitness_daily"},
	"sleep":  {"sleep", "sleep_stage"},
	"night":  {"hrv", "hrv_daily", "spo2", "spo2_daily", "breathing_rate_daily", "skin_temperature_daily"},
	"body":   {"weight", "body_fat", "height", "core_temperature", "blood_glucose"},
	"food":   {"nutrition_log", "hydration_log"},
	"move":   {"exercise", "gps"},
	"ecg":    {"ecg", "irn_alert"},
	"device": {"device", "lifetime"},
}

func FuzzSeries(f *testing.F) { fuzzReaders(f, "series") }
func FuzzMinute(f *testing.F) { fuzzReaders(f, "minute") }
func FuzzHeart(f *testing.F)  { fuzzReaders(f, "heart") }
func FuzzSleep(f *testing.F)  { fuzzReaders(f, "sleep") }
func FuzzNight(f *testing.F)  { fuzzReaders(f, "night") }
func FuzzBody(f *testing.F)   { fuzzReaders(f, "body") }
func FuzzFood(f *testing.F)   { fuzzReaders(f, "food") }
func FuzzMove(f *testing.F)   { fuzzReaders(f, "move") }
func FuzzECG(f *testing.F)    { fuzzReaders(f, "ecg") }
func FuzzDevice(f *testing.F) { fuzzReaders(f, "device") }

func TestEveryReaderIsFuzzed(t *testing.T) {
	for _, typ := range catalog.Types() {
		targets := 0
		for _, measurements := range fuzzed {
			if typ.Series != nil && slices.Contains(measurements, typ.Series.Measurement) {
				targets++
			}
		}
		archived := typ.Fitbit == nil && typ.Google == nil // no API has it
		if typ.Series != nil && targets != 1 && !archived {
			t.Errorf("%s is read by %d fuzz targets", typ.Name, targets)
		}
	}
}

// fuzzReaders gives bodies to each reader of a target. Whatever a body holds, a reader does
// not panic, and each point it returns is one of its series that line protocol can hold.
func fuzzReaders(f *testing.F, target string) {
	var readers []catalog.Type
	for _, typ := range catalog.Types() {
		if typ.Series == nil || !slices.Contains(fuzzed[target], typ.Series.Measurement) {
			continue
		}
		readers = append(readers, typ)
		for _, fx := range fixtures(f, typ) {
			f.Add(string(fx.body.JSON))
		}
	}
	z := zones(f, "2000-01-01", "Europe/Berlin", "2018-01-01", "America/Sao_Paulo", "2019-01-01", "Europe/Berlin")
	f.Fuzz(func(t *testing.T, body string) {
		for _, typ := range readers {
			for _, s := range catalog.APIs() {
				origin := typ.Origin(s)
				if origin == nil {
					continue
				}
				points, err := origin.Read(catalog.Body{JSON: []byte(body), Zones: z})
				if err != nil && points != nil {
					t.Fatalf("%s: points beside the error %v", typ.Name, err)
				}
				if origin.Gather != nil {
					points = origin.Gather(points, catalog.Archive{}, z)
				}
				checkPoints(t, typ, points)
			}
		}
	})
}

func checkPoints(t *testing.T, typ catalog.Type, points []catalog.Point) {
	t.Helper()
	for _, p := range points {
		if err := typ.Series.Check(p); err != nil {
			t.Fatal(err)
		}
		b, err := line.Append(nil, p)
		if err != nil || !strings.HasPrefix(string(b), p.Measurement) {
			t.Fatalf("%+v is written %q, error %v", p, b, err)
		}
	}
}

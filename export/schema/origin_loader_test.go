package schema_test

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/export/schema"
	"fitvault/store/catalog"
)

// A record of an archive as the loader of 2019 read it: its time is its dateTime, as if that
// were UTC, and a field that it lacks is 0.
type originRecord struct {
	DateTime string          `json:"dateTime"`
	Value    json.RawMessage `json:"value"`

	Date   string  `json:"date"`
	Time   string  `json:"time"`
	Weight float64 `json:"weight"` // pounds
	BMI    float64 `json:"bmi"`
	Fat    float64 `json:"fat"`
}

// values are the numbers of a record: those of its members, or the one under value.
func (r originRecord) values(t *testing.T) map[string]float64 {
	t.Helper()
	if r.Date != "" {
		return map[string]float64{"weight": r.Weight * 0.45359, "bmi": r.BMI, "fat": r.Fat}
	}
	var members map[string]any
	if json.Unmarshal(r.Value, &members) != nil {
		x, err := strconv.ParseFloat(strings.Trim(string(r.Value), `"`), 64)
		if err != nil {
			t.Fatal(err)
		}
		return map[string]float64{"value": x}
	}
	out := map[string]float64{}
	for k, v := range members {
		if x, ok := v.(float64); ok {
			out[k] = x
		}
	}
	return out
}

// TestOriginLoader holds the records of the fixtures, read by the loader's own rules, to be in
// the points: by time and value, where the native series keep the value. What it wrote and the
// native series have no point for are zeros: of minutes, and of days without a measurement.
func TestOriginLoader(t *testing.T) {
	for _, c := range []struct {
		family, measurement string
		fields              []string
		times, off          float64 // the loader's factor, and how far native rounding may be off
		but                 string  // fixtures that the loader misread: minutes in UTC, weights in kilograms
	}{
		{"altitude.json", "altitude", []string{"value"}, 1, 0, ""},
		{"calories.json", "calories", []string{"value"}, 1000, 0, "takeout~berlin-utc"},
		{"demographic_vo2_max.json", "demographic_vo2_max", []string{"demographicVO2Max", "filteredDemographicVO2Max", "demographicVO2MaxError", "filteredDemographicVO2MaxError"}, 1, 0, ""},
		{"distance.json", "distance", []string{"value"}, 1, 0, ""},
		{"heart_rate.json", "heart_rate", []string{"bpm", "confidence"}, 1, 0, ""},
		{"resting_heart_rate.json", "resting_heart_rate", []string{"value", "error"}, 1, 0, ""},
		{"run_vo2_max.json", "run_vo2_max", []string{"runVO2Max", "filteredRunVO2Max", "runVO2MaxError", "filteredRunVO2MaxError"}, 1, 0, ""},
		{"swim_lengths_data.json", "swim_lengths_data", []string{"lapDurationSec", "strokeCount"}, 1, 0, ""},
		{"weight.json", "weight", []string{"bmi", "fat", "weight"}, 1, 0.01, "takeout~berlin"},
	} {
		t.Run(c.measurement, func(t *testing.T) {
			all := originSchema(t).Measurements
			m := all[slices.IndexFunc(all, func(m *schema.Measurement) bool { return m.Measurement == c.measurement })]
			fixtures, seen := natives(t, m.From), 0
			for name, bodies := range archivesOf(t, c.family) {
				if c.but != "" && strings.HasPrefix(name, c.but) || len(fixtures[name]) == 0 {
					continue
				}
				at := map[time.Time]catalog.Point{}
				for _, p := range stored(m.Map(fixtures[name], personOf(t, name))) {
					at[p.Time] = p
				}
				for _, r := range originRecordsOf(t, bodies) {
					want := r.values(t)
					if slices.Max(slices.Collect(maps.Values(want))) == 0 {
						continue
					}
					seen++
					p, ok := at[r.time(t)]
					if !ok {
						t.Errorf("%s: no point at %v", name, r.time(t))
					}
					for _, f := range p.Fields {
						if slices.Contains(c.fields, f.Key) && math.Abs(originFloatOf(f.Value)-want[f.Key]*c.times) > c.off+1e-9 {
							t.Errorf("%s: %s of %v is %v, want %v", name, f.Key, p.Time, originFloatOf(f.Value), want[f.Key]*c.times)
						}
					}
				}
			}
			if seen == 0 {
				t.Error("no record was seen")
			}
		})
	}
}

func originRecordsOf(t *testing.T, bodies []catalog.Body) (records []originRecord) {
	t.Helper()
	for _, b := range bodies {
		var of []originRecord
		if !strings.HasSuffix(b.Path, ".json") {
			continue
		}
		if err := json.Unmarshal(b.JSON, &of); err != nil {
			t.Fatal(b.Path, err)
		}
		records = append(records, of...)
	}
	return records
}

func (r originRecord) time(t *testing.T) time.Time {
	t.Helper()
	stamp := r.DateTime
	if r.Date != "" {
		stamp = r.Date + " " + r.Time
	}
	at, err := time.Parse("01/02/06 15:04:05", stamp)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func originFloatOf(v catalog.Value) float64 {
	if v.Kind() == catalog.Int {
		return float64(v.Int())
	}
	return v.Float()
}

package schema_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/export/schema"
	"fitvault/store/catalog"
)

// originTold is a native point: "fitbit weight 2025-09-07T05:01:22Z weight_kg=74.4 log_id=1757228482000",
// or with a tag, "heart_rate_zone_daily,zone=peak". What is no field of a type is a tag or a text.
func originTold(t testing.TB, s string) schema.Native {
	t.Helper()
	words := strings.Fields(s)
	measurement, tags, tagged := strings.Cut(words[1], ",")
	at, err := time.Parse(time.RFC3339Nano, words[2])
	if err != nil {
		t.Fatal(err)
	}
	n := schema.Native{Source: catalog.Source(words[0]), Point: catalog.Point{Measurement: measurement, Time: at}}
	if tagged {
		for _, kv := range strings.Split(tags, ",") {
			k, v, _ := strings.Cut(kv, "=")
			n.Tags = append(n.Tags, catalog.Tag{Key: k, Value: v})
		}
	}
	series := catalog.AllSeries()
	of := series[slices.IndexFunc(series, func(s *catalog.Series) bool { return s.Measurement == measurement })]
	for _, kv := range words[3:] {
		k, v, _ := strings.Cut(kv, "=")
		i := slices.IndexFunc(of.Fields, func(d catalog.FieldDef) bool { return d.Key == k })
		value := catalog.StringValue(v)
		var x float64
		if _, err := fmt.Sscan(v, &x); err == nil && of.Fields[i].Kind == catalog.Int {
			value = catalog.IntValue(int64(x))
		} else if err == nil && of.Fields[i].Kind == catalog.Float {
			value = catalog.FloatValue(x)
		}
		n.Fields = append(n.Fields, catalog.Field{Key: k, Value: value})
	}
	if err := of.Check(n.Point); err != nil {
		t.Fatal(err)
	}
	return n
}

// originWrites are the points of all measurements, "<measurement> <time> <field>=<value> ...", of
// which the tag is left to TestOriginPrograms.
func originWrites(t testing.TB, zones string, natives ...string) []string {
	t.Helper()
	var points []schema.Native
	for _, s := range natives {
		points = append(points, originTold(t, s))
	}
	var out []string
	for _, m := range originSchema(t).Measurements {
		for _, p := range stored(m.Map(points, schema.Person{Zones: zonesOf(t, strings.Fields(zones)...)})) {
			_, fields, _ := strings.Cut(lines(t, []catalog.Point{p}), " ")
			fields = fields[:strings.LastIndex(fields, " ")]
			out = append(out, p.Measurement+" "+p.Time.UTC().Format(time.RFC3339Nano)+" "+strings.ReplaceAll(fields, ",", " "))
		}
	}
	return out
}

const (
	originBerlin  = "2000-01-01 Europe/Berlin"
	originPacific = "2000-01-01 America/Los_Angeles"
	originTokyo   = "2000-01-01 Asia/Tokyo"
)

func TestOriginTraps(t *testing.T) {
	for _, c := range []struct {
		name, zones  string
		native, want []string
	}{
		{"a day east of UTC", originTokyo, []string{
			"fitbit activity_daily 2025-03-09T15:00:00Z steps=7",
		}, []string{
			"activities 2025-03-10T00:00:00Z steps=7",
		}},
		{"a day west of UTC", originPacific, []string{
			"fitbit activity_daily 2025-01-10T08:00:00Z steps=7",
		}, []string{
			"activities 2025-01-10T00:00:00Z steps=7",
		}},
		{"days about the change to summer time", originBerlin, []string{
			"google activity_daily 2025-03-28T23:00:00Z steps=1",
			"google activity_daily 2025-03-29T23:00:00Z steps=2",
			"google activity_daily 2025-03-30T22:00:00Z steps=3",
		}, []string{
			"activities 2025-03-29T00:00:00Z steps=1",
			"activities 2025-03-30T00:00:00Z steps=2",
			"activities 2025-03-31T00:00:00Z steps=3",
		}},
		{"days about the change to winter time", originPacific, []string{
			"takeout activity_daily 2025-11-01T07:00:00Z sedentary_min=1",
			"takeout activity_daily 2025-11-02T07:00:00Z sedentary_min=2",
			"takeout activity_daily 2025-11-03T08:00:00Z sedentary_min=3",
		}, []string{
			"sedentary_minutes 2025-11-01T00:00:00Z value=1",
			"sedentary_minutes 2025-11-02T00:00:00Z value=2",
			"sedentary_minutes 2025-11-03T00:00:00Z value=3",
		}},
		{"a midnight that the clock skips", "2000-01-01 America/Sao_Paulo", []string{
			"fitbit body_daily 2018-11-04T03:00:00Z bmi=22",
		}, []string{
			"body 2018-11-04T00:00:00Z bmi=22",
		}},
		{"a journey", originBerlin + " 2025-03-01 Asia/Tokyo", []string{
			"fitbit hydration 2025-02-27T23:00:00Z water_ml=1",
			"fitbit hydration 2025-02-28T15:00:00Z water_ml=2",
		}, []string{
			"foods_log 2025-02-28T00:00:00Z water=1",
			"foods_log 2025-03-01T00:00:00Z water=2",
		}},

		{"a total that a source does not have, and one of zero", originBerlin, []string{
			"google activity_daily 2025-01-09T23:00:00Z floors=0 distance_m=6428.2 sedentary_worn_min=700 active_energy_kcal=300",
		}, []string{
			"activities 2025-01-10T00:00:00Z distance=6.4282 floors=0",
		}},

		{"the clock on the wall at which a night begins", originTokyo, []string{
			"fitbit sleep,kind=stages,main=true 2025-03-09T14:30:30.5Z duration_s=60 in_bed_min=1 log_id=1",
		}, []string{
			"sleep 2025-03-09T23:30:30Z duration=60 efficiency=0 isMainSleep=1 minutesAfterWakeup=0 minutesAsleep=0 minutesAwake=0 minutesToFallAsleep=0 timeInBed=1",
		}},
		{"a nap, and one of which nothing tells what it is", originBerlin, []string{
			"google sleep,main=false 2025-07-09T12:00:00Z asleep_min=20",
			"google sleep 2025-07-10T12:00:00Z asleep_min=21",
		}, []string{
			"sleep 2025-07-09T14:00:00Z duration=0 efficiency=0 isMainSleep=0 minutesAfterWakeup=0 minutesAsleep=20 minutesAwake=0 minutesToFallAsleep=0 timeInBed=0",
			"sleep 2025-07-10T14:00:00Z duration=0 efficiency=0 isMainSleep=0 minutesAfterWakeup=0 minutesAsleep=21 minutesAwake=0 minutesToFallAsleep=0 timeInBed=0",
		}},
		{"two sleeps in the two hours of one name: the last stands, and its zeros hide nothing", originBerlin, []string{
			"fitbit sleep,main=false 2025-10-26T00:30:00Z asleep_min=20 efficiency_pct=90",
			"fitbit sleep,main=false 2025-10-26T01:30:00Z asleep_min=10",
		}, []string{
			"sleep 2025-10-26T02:30:00Z duration=0 efficiency=90 isMainSleep=0 minutesAfterWakeup=0 minutesAsleep=10 minutesAwake=0 minutesToFallAsleep=0 timeInBed=0",
		}},

		{"a weighing at the hour of its id", originBerlin, []string{
			"fitbit weight 2025-09-07T05:01:22Z weight_kg=74.4 log_id=1757228482000",
			"fitbit body_fat 2025-09-07T05:01:22Z fat_pct=21.4 log_id=1757228482000",
		}, []string{
			"body_log 2025-09-07T07:00:00Z fat_fat=21.4 weight_bmi=0 weight_fat=0 weight_weight=74.4",
		}},
		{"an id that is no time, or another's, or no number, or none", originTokyo, []string{
			"google weight 2025-09-07T05:59:59Z weight_kg=70 log_id=9007199254740993",
			"google weight 2025-09-07T06:59:59Z weight_kg=71 log_id=1757400000000",
			"google weight 2025-09-07T07:59:59Z weight_kg=72 log_id=a1",
			"google weight 2025-09-07T08:59:59Z weight_kg=73",
		}, []string{
			"body_log 2025-09-07T05:00:00Z weight_bmi=0 weight_fat=0 weight_weight=70",
			"body_log 2025-09-07T06:00:00Z weight_bmi=0 weight_fat=0 weight_weight=71",
			"body_log 2025-09-07T07:00:00Z weight_bmi=0 weight_fat=0 weight_weight=72",
			"body_log 2025-09-07T08:00:00Z weight_bmi=0 weight_fat=0 weight_weight=73",
		}},
		{"of two weighings in an hour the last stands, and its zeros hide nothing", originBerlin, []string{
			"fitbit weight 2025-09-07T05:01:22Z weight_kg=74.4 fat_pct=21.5 log_id=1757228482000",
			"fitbit weight 2025-09-07T05:50:00Z weight_kg=74 log_id=1757231400000",
		}, []string{
			"body_log 2025-09-07T07:00:00Z weight_bmi=0 weight_fat=21.5 weight_weight=74",
		}},

		{"a zone in parts", originBerlin, []string{
			"fitbit heart_rate_zone_daily,zone=custom_zone 2025-01-09T23:00:00Z calories_kcal=8.5",
			"fitbit heart_rate_zone_daily,zone=custom_zone 2025-01-09T23:00:00Z min_bpm=100 max_bpm=120",
			"fitbit heart_rate_zone_daily,zone=custom_zone 2025-01-09T23:00:00Z minutes=11",
			"fitbit heart_rate_daily 2025-01-09T23:00:00Z resting_bpm=57",
		}, []string{
			"activities 2025-01-10T00:00:00Z hrz_custom_zone_caloriesOut=8.5 hrz_custom_zone_max=120 hrz_custom_zone_min=100 hrz_custom_zone_minutes=11 restingHeartRate=57",
		}},
		{"a day of which the heart is half known", originBerlin, []string{
			"google heart_rate_zone_daily,zone=light 2025-01-09T23:00:00Z minutes=900",
			"google heart_rate_daily 2025-01-10T23:00:00Z resting_bpm=57",
		}, []string{
			"activities 2025-01-10T00:00:00Z hrz_light_caloriesOut=0 hrz_light_max=0 hrz_light_min=0 hrz_light_minutes=900 restingHeartRate=0",
			"activities 2025-01-11T00:00:00Z restingHeartRate=57",
		}},
		{"what an archive tells of the same day is not 0", originBerlin, []string{
			"fitbit heart_rate_zone_daily,zone=peak 2025-01-09T23:00:00Z calories_kcal=9",
			"takeout heart_rate_daily 2025-01-09T23:00:00Z resting_bpm=57.25",
			"takeout heart_rate_zone_daily,zone=peak 2025-01-09T23:00:00Z minutes=3",
		}, []string{
			"activities 2025-01-10T00:00:00Z hrz_peak_caloriesOut=9 hrz_peak_max=0 hrz_peak_min=0",
			"resting_heart_rate 2025-01-10T00:00:00Z error=0 value=57.25",
		}},

		{"units of the loader", originTokyo, []string{
			"takeout distance 2025-01-10T08:00:00Z m=25.6",
			"takeout distance 2025-01-10T08:01:00Z m=0.305",
			"takeout elevation 2025-01-10T08:00:00Z m=3.048",
			"takeout calories 2025-01-10T08:00:00Z kcal=1.12345",
			"takeout weight 2025-01-10T08:00:00Z weight_kg=70.5",
		}, []string{
			"altitude 2025-01-10T08:00:00Z value=10i",
			"calories 2025-01-10T17:00:00Z value=1123i",
			"distance 2025-01-10T08:00:00Z value=2560i",
			"distance 2025-01-10T08:01:00Z value=31i",
			"weight 2025-01-10T17:00:00Z bmi=0 fat=0 weight=70.5",
		}},
		{"samples without what only one copy tells", originBerlin, []string{
			"takeout heart_rate 2025-01-10T08:00:03Z bpm=61",
			"takeout heart_rate 2025-01-10T08:00:08Z bpm=62 confidence=3",
			"takeout swim_length 2025-01-10T08:00:00Z strokes=19 stroke=freestyle",
		}, []string{
			"heart_rate 2025-01-10T08:00:03Z bpm=61i confidence=0i",
			"heart_rate 2025-01-10T08:00:08Z bpm=62i confidence=3i",
			"swim_lengths_data 2025-01-10T08:00:00Z lapDurationSec=0i strokeCount=19i",
		}},
		{"two readings in one second: the later one stands", originBerlin, []string{
			"takeout weight 2025-01-10T08:00:00Z weight_kg=70.5 fat_pct=20",
			"takeout weight 2025-01-10T08:00:00.000000001Z weight_kg=70.75",
		}, []string{
			"weight 2025-01-10T09:00:00Z bmi=0 fat=20 weight=70.75",
		}},
		{"cardio fitness measured and of a run", originBerlin, []string{
			"takeout cardio_fitness 2025-01-10T08:00:00Z run_vo2max=45",
			"takeout cardio_fitness 2025-01-11T08:00:00Z vo2max=44",
		}, []string{
			"run_vo2_max 2025-01-10T08:00:00Z filteredRunVO2Max=0 filteredRunVO2MaxError=0 runVO2Max=45 runVO2MaxError=0",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := originWrites(t, c.zones, c.native...); !slices.Equal(got, c.want) {
				t.Errorf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(c.want, "\n     "))
			}
		})
	}
}

// TestOriginPrograms holds what neither program wrote: the one knew no samples, the other
// neither steps nor sleep nor exercises nor zones.
func TestOriginPrograms(t *testing.T) {
	for _, s := range []string{
		"takeout sleep,main=true 2025-01-10T08:00:00Z asleep_min=400",
		"takeout activity_daily 2025-01-09T23:00:00Z steps=1 calories_kcal=2000",
		"takeout steps 2025-01-10T08:00:00Z count=3",
		"takeout exercise,activity=Run 2025-01-10T08:00:00Z steps=3",
		"takeout heart_rate_zone_daily,zone=peak 2025-01-09T23:00:00Z minutes=3",
		"takeout body_fat 2025-01-10T08:00:00Z fat_pct=20",
		"google heart_rate 2025-01-10T08:00:00Z bpm=61",
		"google calories 2025-01-10T08:00:00Z kcal=1",
		"google distance 2025-01-10T08:00:00Z m=1",
		"google cardio_fitness_daily 2025-01-09T23:00:00Z vo2max=42",
		"fitbit sleep_stage,main=true 2025-01-10T08:00:00Z seconds=30",
	} {
		if got := originWrites(t, originBerlin, s); len(got) > 0 {
			t.Errorf("%s becomes %q", s, got)
		}
	}
	for source, tag := range map[string]string{"fitbit": "API", "google": "API", "takeout": "data_dump"} {
		n := originTold(t, source+" heart_rate_daily 2025-01-09T23:00:00Z resting_bpm=57")
		for _, m := range originSchema(t).Measurements {
			for _, p := range m.Map([]schema.Native{n}, schema.Person{}) {
				if len(p.Tags) != 1 || p.Tags[0] != (catalog.Tag{Key: "imported_from", Value: tag}) {
					t.Errorf("%s of %s has the tags %v", p.Measurement, source, p.Tags)
				}
			}
		}
	}
}

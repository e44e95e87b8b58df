package schema_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/influxdata/influxdb1-client/models"

	"fitvault/export/schema"
	"fitvault/store/catalog"
)

// TestGrafanaTraps holds what existing dashboards would show wrong (compat-schemas.md section
// 2.3). Times are seconds of 1 September 2026, in UTC.
func TestGrafanaTraps(t *testing.T) {
	for _, c := range []struct{ name, measurement, natives, want string }{
		{"pounds", "weight",
			`fitbit weight weight_kg=80,log_id="1" 0
			 takeout weight weight_kg=81 1`,
			`weight,Device=Charge\ 6 value=176.369810 0
			 weight,Device=Charge\ 6 value=178.574432 1`},
		{"pounds and kilograms of Google", "weight",
			`google weight weight_kg=80 0`,
			`weight,Device=Charge\ 6 value=176.369810,weightKg=80,weightLbs=176.369810 0`},
		{"no index, no point", "bmi", `google weight weight_kg=80 0`, ``},
		{"a resting heart rate is whole", "RestingHR",
			`takeout heart_rate_daily resting_bpm=56.6 0`,
			`RestingHR,Device=Charge\ 6 value=57i 0`},
		{"one variability beside the daily one, whatever else is known", "HRV",
			`google hrv_daily rmssd_ms=40.1,deep_rmssd_ms=43.5,entropy=2.4,non_rem_bpm=55i 0`,
			`HRV,Device=Charge\ 6 dailyRmssd=40.1,deepRmssd=43.5 0`},
		{"one field of the skin, to four places", "Skin Temperature Variation",
			`google skin_temperature_daily nightly_c=33.51239,baseline_c=33.4,relative_c=0.112,stddev_30d_c=0.4 0
			 fitbit skin_temperature_daily relative_c=-0.7 1`,
			`Skin\ Temperature\ Variation,Device=Charge\ 6 RelativeValue=0.1124 0
			 Skin\ Temperature\ Variation,Device=Charge\ 6 RelativeValue=-0.7 1`},
		{"bounds where nothing is the least", "SPO2",
			`google spo2_daily avg_pct=96,lower_pct=94,upper_pct=98 0
			 takeout spo2_daily avg_pct=96,min_pct=91,max_pct=99,lower_pct=94,upper_pct=98 1`,
			`SPO2,Device=Charge\ 6 avg=96,max=98,min=94 0
			 SPO2,Device=Charge\ 6 avg=96,max=99,min=91 1`},
		{"minutes by the clock, and weighted ones beside them", "HR zones",
			`google heart_rate_zone_daily,zone=light minutes=1300i 0
			 google heart_rate_zone_daily,zone=cardio minutes=10i 0
			 google heart_rate_zone_daily,zone=peak minutes=0i 0
			 google active_zone_minutes_daily total_min=38i,fat_burn_min=18i,cardio_min=20i,peak_min=0i 0
			 fitbit heart_rate_zone_daily,zone=out_of_range minutes=1200i,calories_kcal=1500 1
			 fitbit heart_rate_zone_daily,zone=custom_zone minutes=7i 1`,
			`HR\ zones,Device=Charge\ 6 Cardio=10i,Normal=1300i,Peak=0i,activeZoneMinutes=38i,cardioActiveZoneMinutes=20i,fatBurnActiveZoneMinutes=18i,peakActiveZoneMinutes=0i 0
			 HR\ zones,Device=Charge\ 6 Normal=1200i 1`},
	} {
		t.Run(c.name, func(t *testing.T) { grafanaCase(t, c.measurement, c.natives, c.want) })
	}
}

// TestGrafanaDays holds which of a day's values is taken, and its unit.
func TestGrafanaDays(t *testing.T) {
	for _, c := range []struct{ name, measurement, natives, want string }{
		{"the tracker's share of a legacy day", "Total Steps",
			`fitbit activity_daily steps=9000i 0
			 fitbit activity_tracker_daily steps=8000i 0`,
			`Total\ Steps,Device=Charge\ 6 value=8000 0`},
		{"the whole of a day from elsewhere, though the tracker's share is known", "Total Steps",
			`fitbit activity_tracker_daily steps=8000i 0
			 google activity_daily steps=9000i 0`,
			`Total\ Steps,Device=Charge\ 6 value=9000 0`},
		{"the share alone, and the whole alone", "calories",
			`fitbit activity_tracker_daily calories_kcal=2000 0
			 fitbit activity_daily calories_kcal=2100 1`,
			`calories,Device=Charge\ 6 value=2000 0
			 calories,Device=Charge\ 6 value=2100 1`},
		{"of equals the one believed more", "calories",
			`google activity_daily calories_kcal=2000 0
			 google activity_daily calories_kcal=2100 0`,
			`calories,Device=Charge\ 6 value=2000 0`},
		{"miles of the legacy API, kilometres of others", "distance",
			`fitbit activity_tracker_daily distance_m=1609.344 0
			 fitbit activity_daily distance_m=3218.688 1
			 google activity_daily distance_m=5400.125 2
			 takeout activity_daily distance_m=700 3`,
			`distance,Device=Charge\ 6 value=1 0
			 distance,Device=Charge\ 6 value=2 1
			 distance,Device=Charge\ 6 value=5.400125 2
			 distance,Device=Charge\ 6 value=0.7 3`},
		{"four levels from every source", "Activity Minutes",
			`google activity_daily lightly_active_min=180i 0
			 google activity_daily fairly_active_min=22i 0
			 google activity_daily very_active_min=7i 0
			 google activity_daily sedentary_worn_min=600i 0
			 takeout activity_daily sedentary_min=700i,very_active_min=5i 1`,
			`Activity\ Minutes,Device=Charge\ 6 minutesFairlyActive=22i,minutesLightlyActive=180i,minutesSedentary=600i,minutesVeryActive=7i 0
			 Activity\ Minutes,Device=Charge\ 6 minutesSedentary=700i,minutesVeryActive=5i 1`},
		{"still minutes with those that nothing was worn", "Activity Minutes",
			`google activity_daily sedentary_worn_min=600i 0
			 fitbit activity_daily sedentary_min=702i 0
			 fitbit activity_tracker_daily sedentary_min=701i 0`,
			`Activity\ Minutes,Device=Charge\ 6 minutesSedentary=701i 0`},
	} {
		t.Run(c.name, func(t *testing.T) { grafanaCase(t, c.measurement, c.natives, c.want) })
	}
}

func TestGrafanaBattery(t *testing.T) {
	for _, c := range []struct{ name, natives, want string }{
		{"the named one of several trackers, not the scale",
			`fitbit device,device=Aria\ Air,kind=scale battery_pct=90i 0
			 fitbit device,device=Charge\ 6,kind=tracker battery_pct=57i,battery="Medium" 1
			 fitbit device,device=Ionic,kind=tracker battery_pct=12i 2`,
			`DeviceBatteryLevel value=57 1`},
		{"at one instant too",
			`fitbit device,device=Ionic,kind=tracker battery_pct=12i 5
			 fitbit device,device=Charge\ 6,kind=tracker battery_pct=57i 5`,
			`DeviceBatteryLevel value=57 5`},
		{"without the named one the tracker that synced last",
			`google device,device=Versa,kind=tracker battery_pct=30i 0
			 google device,device=Ionic,kind=tracker battery_pct=12i 2
			 google device,device=Ionic,kind=tracker battery_pct=11i 1
			 google device,device=Aria\ Air,kind=scale battery_pct=90i 9`,
			`DeviceBatteryLevel value=11 1
			 DeviceBatteryLevel value=12 2`},
		{"each day has its device",
			`fitbit device,device=Ionic,kind=tracker battery_pct=12i 2
			 fitbit device,device=Ionic,kind=tracker battery_pct=11i 100000
			 fitbit device,device=Charge\ 6,kind=tracker battery_pct=57i 100001`,
			`DeviceBatteryLevel value=12 2
			 DeviceBatteryLevel value=57 100001`},
		{"one that tells its charge in words only speaks for nothing",
			`fitbit device,device=Charge\ 6,kind=tracker battery="Low" 9
			 fitbit device,device=Ionic,kind=tracker battery_pct=12i 2`,
			`DeviceBatteryLevel value=12 2`},
	} {
		t.Run(c.name, func(t *testing.T) { grafanaCase(t, "DeviceBatteryLevel", c.natives, c.want) })
	}
}

// grafanaCase maps native points, one a line, of the source in front of it. The line's time is
// in seconds from the start of the day.
func grafanaCase(t *testing.T, measurement, natives, want string) {
	t.Helper()
	var points []schema.Native
	for _, line := range strings.Split(natives, "\n") {
		source, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		points = append(points, schema.Native{Point: grafanaParse(t, text), Source: catalog.Source(source)})
	}
	var wanted []catalog.Point
	for _, line := range strings.Split(want, "\n") {
		if line != "" {
			wanted = append(wanted, grafanaParse(t, strings.TrimSpace(line)))
		}
	}
	got := grafanaMap(t, grafanaMeasurement(t, measurement), points, schema.Person{})
	if g, w := lines(t, stored(got)), lines(t, stored(wanted)); g != w {
		t.Errorf("got\n%swant\n%s", g, w)
	}
}

// grafanaParse reads a line whose time is in seconds of 1 September 2026.
func grafanaParse(t *testing.T, text string) catalog.Point {
	t.Helper()
	start := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	parsed, err := models.ParsePointsWithPrecision([]byte(text), start, "s")
	if err != nil || len(parsed) != 1 {
		t.Fatalf("%s: %v", text, err)
	}
	at := start.Add(time.Duration(parsed[0].UnixNano()))
	p := catalog.Point{Measurement: string(parsed[0].Name()), Time: at, Day: catalog.DayOf(at)}
	for _, tag := range parsed[0].Tags() {
		p.Tags = append(p.Tags, catalog.Tag{Key: string(tag.Key), Value: string(tag.Value)})
	}
	fields, err := parsed[0].Fields()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		var v catalog.Value
		switch x := fields[key].(type) {
		case int64:
			v = catalog.IntValue(x)
		case float64:
			v = catalog.FloatValue(x)
		case string:
			v = catalog.StringValue(x)
		default:
			t.Fatalf("%s: field %q is a %T", text, key, x)
		}
		p.Fields = append(p.Fields, catalog.Field{Key: key, Value: v})
	}
	return p
}

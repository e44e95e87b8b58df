package schema_test

import (
	"testing"
	"time"

	"fitvault/export/schema"
	"fitvault/store/catalog"
)

func TestGrafanaActivities(t *testing.T) {
	for _, c := range []struct{ name, natives, want string }{
		{"milliseconds and metres, whichever source",
			`google exercise,activity=Walk duration_s=1860.25,active_s=1800,calories_kcal=96.5,steps=3190i,avg_bpm=104i,distance_m=2410.5,elevation_m=3 0
			 takeout exercise,activity=Outdoor\ Bike duration_s=900,distance_m=1609.344 1`,
			`Activity\ Records,ActivityName=Walk ActiveDuration=1800000i,AverageHeartRate=104i,calories=97i,distance=2410.5,duration=1860250i,steps=3190i 0
			 Activity\ Records,ActivityName=Outdoor\ Bike distance=1609.344,duration=900000i 1`},
		{"one without a name, and one of which nothing is known",
			`google exercise duration_s=60 0
			 google exercise,activity=Walk azm_min=3i 1`,
			`Activity\ Records,ActivityName=Unknown-Activity duration=60000i 0`},
	} {
		t.Run(c.name, func(t *testing.T) { grafanaCase(t, "Activity Records", c.natives, c.want) })
	}
}

func TestGrafanaGPS(t *testing.T) {
	const run = `GPS,ActivityID=2026-09-01T00:00:00+00:00-Run `
	for _, c := range []struct{ name, natives, want string }{
		{"the speed from the way and the time since the point before",
			`google gps lat=1,lon=2,altitude_m=30,distance_m=0,bpm=90i,log_id="7" 10
			 google gps lat=1,lon=2,distance_m=12.5,log_id="7" 20
			 google gps lat=1,lon=3,log_id="7" 30
			 google gps lat=1,lon=4,distance_m=40,log_id="7" 40
			 google exercise,activity=Run duration_s=60,log_id="7" 0`,
			run + `altitude=30,distance=0,heart_rate=90i,lat=1,lon=2 10
			` + run + `distance=12.5,lat=1,lon=2,speed_kph=4.5 20
			` + run + `lat=1,lon=3 30
			` + run + `distance=40,lat=1,lon=4 40`},
		{"in whatever order, once for each instant",
			`google exercise,activity=Run log_id="7" 0
			 google gps lat=1,lon=2,distance_m=10,log_id="7" 20
			 google gps lat=9,lon=9,distance_m=9,log_id="7" 20
			 google gps lat=1,lon=2,distance_m=0,log_id="7" 10`,
			run + `distance=0,lat=1,lon=2 10
			` + run + `distance=10,lat=1,lon=2,speed_kph=3.6 20`},
		{"tracks side by side, each of its exercise",
			`google exercise,activity=Run log_id="7" 0
			 takeout exercise log_id="8" 5
			 google gps lat=1,lon=2,distance_m=0,log_id="7" 10
			 google gps lat=1,lon=2,distance_m=50,log_id="8" 11
			 google gps lat=1,lon=2,distance_m=2,log_id="7" 12`,
			run + `distance=0,lat=1,lon=2 10
			 GPS,ActivityID=2026-09-01T00:00:05+00:00-Unknown-Activity distance=50,lat=1,lon=2 11
			` + run + `distance=2,lat=1,lon=2,speed_kph=3.6 12`},
		{"a track of no exercise that is known",
			`google exercise,activity=Run duration_s=60 0
			 google gps lat=1,lon=2 10
			 google gps lat=1,lon=2,log_id="9" 11`, ``},
	} {
		t.Run(c.name, func(t *testing.T) { grafanaCase(t, "GPS", c.natives, c.want) })
	}
}

// A start with a fraction of a second is written in microseconds, and what keeps exercises of
// one instant apart is not.
func TestGrafanaActivityID(t *testing.T) {
	for offset, want := range map[time.Duration]string{
		time.Nanosecond:        "2026-09-01T00:00:00+00:00-Run",
		250 * time.Millisecond: "2026-09-01T00:00:00.250000+00:00-Run",
	} {
		exercise := schema.Native{Point: grafanaParse(t, `exercise,activity=Run log_id="7" 0`), Source: catalog.Google}
		exercise.Time = exercise.Time.Add(offset)
		place := schema.Native{Point: grafanaParse(t, `gps lat=1,lon=2,log_id="7" 9`), Source: catalog.Google}
		got := grafanaMap(t, grafanaMeasurement(t, "GPS"), []schema.Native{exercise, place}, schema.Person{})
		if len(got) != 1 || got[0].Tags[0].Value != want {
			t.Errorf("%v, want the id %s", got, want)
		}
	}
}

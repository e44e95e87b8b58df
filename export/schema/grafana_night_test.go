package schema_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"fitvault/export/schema"
	"fitvault/store/catalog"
)

func TestGrafanaSleepSummary(t *testing.T) {
	const device = `Sleep\ Summary,Device=Charge\ 6,isMainSleep=`
	for _, c := range []struct{ name, natives, want string }{
		{"a night and its nap",
			`fitbit sleep,kind=stages,main=true asleep_min=427i,awake_min=18i,in_bed_min=445i,deep_min=75i,light_min=262i,rem_min=90i,wake_min=18i,efficiency_pct=92i 0
			 fitbit sleep,kind=stages,main=false asleep_min=60i,awake_min=1i,in_bed_min=61i,deep_min=0i,light_min=50i,rem_min=10i,efficiency_pct=95i 50000`,
			device + `True efficiency=92i,minutesAsleep=427i,minutesAwake=18i,minutesDeep=75i,minutesInBed=445i,minutesLight=262i,minutesREM=90i 0
			 ` + device + `False efficiency=95i,minutesAsleep=60i,minutesAwake=1i,minutesDeep=0i,minutesInBed=61i,minutesLight=50i,minutesREM=10i 50000`},
		{"a classic night has no stages: asleep is light, restless is REM",
			`takeout sleep,kind=classic,main=true asleep_min=400i,awake_min=12i,restless_min=9i,wake_min=3i,efficiency_pct=97i 0`,
			device + `True efficiency=97i,minutesAsleep=400i,minutesAwake=12i,minutesDeep=0i,minutesLight=400i,minutesREM=9i 0`},
		{"the efficiency that Google does not tell, rounded",
			`google sleep,kind=stages,main=true asleep_min=427i,in_bed_min=445i 0
			 google sleep,kind=stages,main=true asleep_min=427i,in_bed_min=0i 1`,
			device + `True efficiency=96i,minutesAsleep=427i,minutesInBed=445i 0
			 ` + device + `True minutesAsleep=427i,minutesInBed=0i 1`},
		{"one that is not said to be a nap is a main sleep", `fitbit sleep asleep_min=5i 0`, device + `True minutesAsleep=5i 0`},
		{"one that was not worked out yet", `google sleep,kind=classic,main=true end_ns=99i,duration_s=7200i 0`, ``},
	} {
		t.Run(c.name, func(t *testing.T) { grafanaCase(t, "Sleep Summary", c.natives, c.want) })
	}
}

func TestGrafanaSleepLevels(t *testing.T) {
	const device = `Sleep\ Levels,Device=Charge\ 6,isMainSleep=`
	stage := func(name string, seconds, at int) string {
		return fmt.Sprintf("fitbit sleep_stage,main=true stage=%q,seconds=%di,log_id=\"1\" %d\n", name, seconds, at)
	}
	level := func(level, seconds, at int) string {
		return fmt.Sprintf("%sTrue duration_seconds=%di,level=%di %d\n", device, seconds, level, at)
	}
	for _, c := range []struct{ name, natives, want string }{
		{"the levels of both kinds of sleep, and one of none",
			stage("deep", 600, 0) + stage("light", 600, 600) + stage("rem", 600, 1200) + stage("wake", 600, 1800) +
				stage("asleep", 600, 3000) + stage("restless", 60, 3600) + stage("awake", 60, 3660) + stage("unknown", 600, 4000),
			level(0, 600, 0) + level(1, 600, 600) + level(2, 600, 1200) + level(3, 600, 1800) +
				level(1, 600, 3000) + level(2, 60, 3600) + level(3, 60, 3660) + level(4, 600, 4000)},
		{"awake at the end, without a length, of a nap too",
			`fitbit sleep,main=true end_ns=1788221400000000000i 0
			 fitbit sleep,main=false end_ns=1788222000000000000i 900`,
			device + "True level=3i 600\n" + device + "False level=3i 1200"},
		{"a sleep that begins at the end of another goes before that end",
			`fitbit sleep,main=true end_ns=1788221400000000000i 0
			 fitbit sleep_stage,main=true stage="light",seconds=300i,log_id="2" 600`,
			level(1, 300, 600)},
		{"a short wake goes to the stage that it interrupts",
			stage("light", 600, 0) + stage("wake", 180, 600) + stage("light", 300, 780) + stage("deep", 60, 1080),
			level(1, 1080, 0) + level(0, 60, 1080)},
		{"one of a stage that changed under it, half to each",
			stage("light", 600, 0) + stage("wake", 90, 600) + stage("rem", 310, 690),
			level(1, 645, 0) + level(2, 355, 645)},
		{"one beside a long wake",
			stage("rem", 600, 0) + stage("wake", 300, 600) + stage("wake", 60, 900) + stage("light", 300, 960) +
				stage("wake", 30, 1260) + stage("wake", 300, 1290),
			level(2, 600, 0) + level(3, 300, 600) + level(1, 390, 900) + level(3, 300, 1290)},
		{"long, first and last wakes, and those of a classic sleep, stay",
			stage("wake", 60, 0) + stage("light", 600, 60) + stage("wake", 181, 660) + stage("light", 600, 841) + stage("wake", 60, 1441) +
				stage("asleep", 600, 5000) + stage("awake", 60, 5600) + stage("asleep", 600, 5660),
			level(3, 60, 0) + level(1, 600, 60) + level(3, 181, 660) + level(1, 600, 841) + level(3, 60, 1441) +
				level(1, 600, 5000) + level(3, 60, 5600) + level(1, 600, 5660)},
		{"two stretches of one stage stay two", stage("light", 600, 0) + stage("light", 300, 600), level(1, 600, 0) + level(1, 300, 600)},
		{"a gap is none", stage("light", 600, 0) + stage("wake", 60, 700) + stage("light", 600, 760),
			level(1, 600, 0) + level(3, 60, 700) + level(1, 600, 760)},
	} {
		t.Run(c.name, func(t *testing.T) {
			grafanaCase(t, "Sleep Levels", strings.TrimSpace(c.natives), strings.TrimSpace(c.want))
		})
	}
}

// TestGrafanaMainTrack holds the levels of the legacy answers against levels.data, which is
// what fitbit-grafana writes: a short wake of levels.shortData leaves no trace.
func TestGrafanaMainTrack(t *testing.T) {
	var answer struct {
		Sleep []struct {
			StartTime string
			Levels    struct {
				Data      []struct{ Seconds int }
				ShortData []struct{ Seconds int }
			}
		}
	}
	if err := json.Unmarshal(readFile(t, nativeData+"/sleep/fitbit.json"), &answer); err != nil {
		t.Fatal(err)
	}
	m := grafanaMeasurement(t, "Sleep Levels")
	got := map[int64]int64{}
	for _, p := range grafanaMap(t, m, natives(t, m.From)["fitbit"], schema.Person{}) {
		for _, f := range p.Fields {
			if f.Key == "duration_seconds" {
				got[p.Time.Unix()] = f.Value.Int()
			}
		}
	}
	berlin := personOf(t, "fitbit").Zones.On(catalog.DayOf(time.Now()))
	short := 0
	for _, sleep := range answer.Sleep {
		start, err := time.ParseInLocation("2006-01-02T15:04:05", sleep.StartTime, berlin)
		if err != nil {
			t.Fatal(err)
		}
		at := start.Unix()
		for _, d := range sleep.Levels.Data {
			if got[at] != int64(d.Seconds) {
				t.Errorf("sleep of %s: %d s at second %d, want %d", sleep.StartTime, got[at], at-start.Unix(), d.Seconds)
			}
			delete(got, at)
			at += int64(d.Seconds)
		}
		short += len(sleep.Levels.ShortData)
	}
	if len(got) > 0 || short == 0 {
		t.Errorf("%d stretches too many, and %d short wakes in all", len(got), short)
	}
}

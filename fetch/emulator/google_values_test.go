package emulator_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// TestGoogleTrueZeros is the heart of rule 13: a worn minute without a step is a
// point without its count, and false and zero are left out everywhere.
func TestGoogleTrueZeros(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 8 })
	for kind, key := range map[string]string{
		"steps": "count", "distance": "millimeters", "floors": "count", "altitude": "gainMillimeters",
	} {
		with, without := 0, 0
		for _, p := range g.walk(kind, "reconcile", "pageSize", "10000") {
			var v map[string]json.RawMessage
			into(t, p, memberOf(kind), &v)
			switch raw := string(v[key]); {
			case raw == "":
				without++
			case raw == `"0"`:
				t.Fatalf("%s: a printed zero", kind)
			case !strings.HasPrefix(raw, `"`):
				t.Fatalf("%s: int64 without quotes: %s", kind, raw)
			default:
				with++
			}
		}
		if with == 0 || without == 0 {
			t.Errorf("%s: %d with a value, %d without", kind, with, without)
		}
	}
	for _, k := range allKinds {
		if k.ops&opList != 0 {
			body := g.ok(dataPath(k.id, "list", "pageSize", "200"))
			for _, bad := range []string{":false", `"hours":0`, `"minutes":0`, `"seconds":0`, `:null`, `"count":"0","type`} {
				if strings.Contains(body, bad) {
					t.Errorf("%s prints %s", k.id, bad)
				}
			}
		}
	}
}

// TestGoogleCivilTimes: every civil time is the instant plus the point's own
// offset, midnight an empty time.
func TestGoogleCivilTimes(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	p := g.Person()
	for _, at := range []string{"2025-03-30", "2025-10-26"} {
		offsets := map[string]int{}
		const member = "heart_rate.sample_time.civil_time"
		night := member + ` >= "` + at + `T01:30:00" AND ` + member + ` < "` + at + `T03:30:00"`
		for _, point := range g.walk("heart-rate", "list", "pageSize", "10000", "filter", night) {
			var v struct {
				SampleTime struct {
					PhysicalTime time.Time
					UtcOffset    string
					CivilTime    struct {
						Date civilDate
						Time struct{ Hours, Minutes, Seconds int }
					}
				}
			}
			into(t, point, "heartRate", &v)
			s := v.SampleTime
			wall := p.Wall(s.PhysicalTime)
			_, offset := wall.Zone()
			c := s.CivilTime
			got := fmt.Sprintf("%s %02d:%02d:%02d", c.Date, c.Time.Hours, c.Time.Minutes, c.Time.Seconds)
			if want := wall.Format("2006-01-02 15:04:05"); got != want || s.UtcOffset != fmt.Sprintf("%ds", offset) {
				t.Fatalf("%v: civil %s %s, want %s", s.PhysicalTime, got, s.UtcOffset, want)
			}
			offsets[s.UtcOffset]++
		}
		if len(offsets) != 2 {
			t.Errorf("%s: offsets %v", at, offsets)
		}
	}
	if body := g.ok(dataPath("steps", "list", "filter", `steps.interval.civil_start_time >= "2025-10-26T02:00:00" AND steps.interval.civil_start_time < "2025-10-26T03:00:00"`)); strings.Contains(body, `"hours":3}`) {
		t.Errorf("the repeated hour: %.300s", body)
	}
	if body := g.roll("steps", "dailyRollUp", oneDay); !strings.Contains(body, `"time":{}`) {
		t.Errorf("midnight: %s", body)
	}
}

// TestGoogleFractions: instants and durations have fractions at times, doubles
// "NaN" in the first weeks.
func TestGoogleFractions(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 60 })
	if body := g.ok(dataPath("sleep", "list")); !strings.Contains(body, `.25Z"`) {
		t.Error("no fraction in updateTime")
	}
	nan, plain := 0, 0
	for _, p := range g.walk("daily-sleep-temperature-derivations", "list") {
		var v struct {
			Date                       civilDate
			BaselineTemperatureCelsius json.RawMessage
		}
		into(t, p, "dailySleepTemperatureDerivations", &v)
		early := day(t, v.Date.String()) < g.Person().First()+21
		if got := string(v.BaselineTemperatureCelsius) == `"NaN"`; got != early {
			t.Errorf("%v: baseline %s", v.Date, v.BaselineTemperatureCelsius)
		}
		if early {
			nan++
		} else {
			plain++
		}
	}
	if nan == 0 || plain == 0 {
		t.Errorf("%d without a baseline, %d with", nan, plain)
	}
}

func TestGoogleUnknownNames(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 60 })
	recent := []string{"pageSize", "5000", "filter", `steps.interval.civil_start_time >= "2025-10-30"`}
	before := g.walk("steps", "list", recent...)
	g.Set(func(m *emulator.Modes) { m.GoogleUnknown = true })
	for _, kind := range []string{"steps", "exercise", "activity-level", "heart-rate", "sleep"} {
		body := g.ok(dataPath(kind, "list", "pageSize", "25"))
		if !strings.Contains(body, `_V2"`) || !strings.Contains(body, `"newMember"`) {
			t.Errorf("%s: nothing unknown", kind)
		}
	}
	if after := g.walk("steps", "list", recent...); stepSum(t, after) != stepSum(t, before) {
		t.Error("the counts changed")
	}
}

// TestGoogleDailyTypesComeLate is rule 17: no daily point before the day is over
// and synced to its end.
func TestGoogleDailyTypesComeLate(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 60 })
	newest := func(kind string) string {
		t.Helper()
		p := pageOf(t, g.ok(dataPath(kind, "list", "pageSize", "1")))
		var v struct{ Date civilDate }
		into(t, p.DataPoints[0], memberOf(kind), &v)
		return v.Date.String()
	}
	kinds := []string{"daily-resting-heart-rate", "daily-heart-rate-zones"}
	for _, kind := range kinds {
		if got := newest(kind); got != "2025-11-01" {
			t.Errorf("%s at noon: newest %s", kind, got)
		}
	}
	g.at(time.Date(2025, 11, 2, 22, 59, 0, 0, time.UTC)) // 23:59 in Berlin
	for _, kind := range kinds {
		if got := newest(kind); got != "2025-11-01" {
			t.Errorf("%s before midnight: newest %s", kind, got)
		}
	}
	g.at(time.Date(2025, 11, 3, 2, 0, 0, 0, time.UTC)) // the watch syncs from 6:20 on
	if got := newest(kinds[0]); got != "2025-11-01" {
		t.Errorf("at night: newest %s", got)
	}
	g.at(time.Date(2025, 11, 3, 8, 0, 0, 0, time.UTC))
	for _, kind := range kinds {
		if got := newest(kind); got != "2025-11-02" {
			t.Errorf("%s next morning: newest %s", kind, got)
		}
	}
}

// TestGoogleSleepIsProcessedLater: at first without stages, then whole, with a
// newer updateTime.
func TestGoogleSleepIsProcessedLater(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 60 })
	var first, last *googleSleep
	name := ""
	for at := time.Date(2025, 11, 3, 4, 30, 0, 0, time.UTC); at.Before(time.Date(2025, 11, 3, 20, 0, 0, 0, time.UTC)); at = at.Add(5 * time.Minute) {
		g.at(at)
		all := g.walk("sleep", "list", "filter", civilFilter("sleep.interval.civil_end_time", day(t, "2025-11-03"), day(t, "2025-11-04")))
		if len(all) == 0 {
			continue
		}
		p := all[len(all)-1]
		var v googleSleep
		into(t, p, "sleep", &v)
		if name != "" && name != string(p["name"]) {
			t.Fatalf("renamed from %s to %s", name, p["name"])
		}
		name, last = string(p["name"]), &v
		if first == nil {
			first = &v
		}
		if v.UpdateTime.After(at) || v.CreateTime.After(at) || v.Metadata.Processed != (v.Summary != nil) || !v.Metadata.Processed && len(v.Stages) > 0 {
			t.Fatalf("at %v: %+v", at, v)
		}
	}
	if first == nil || first.Metadata.Processed || !last.Metadata.Processed || !last.UpdateTime.After(first.UpdateTime) || last.CreateTime != first.CreateTime {
		t.Errorf("first %+v, last %+v", first, last)
	}
	g.Set(func(m *emulator.Modes) { m.GoogleUnprocessedFrom = time.Date(2025, 11, 3, 0, 0, 0, 0, time.UTC) })
	if body := g.ok(dataPath("sleep", "list", "filter", `sleep.interval.civil_end_time >= "2025-11-03"`)); strings.Contains(body, "processed") {
		t.Errorf("held back: %s", body)
	}
}

// TestGoogleLateSync: what a watch held back appears in windows already read;
// what a person deletes is gone without a trace.
func TestGoogleLateSync(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 60 })
	g.Set(func(m *emulator.Modes) { m.HoldSync = time.Date(2025, 10, 30, 12, 0, 0, 0, time.UTC) })
	d := day(t, "2025-10-31")
	count := func(kind, member string) int {
		return len(g.walk(kind, "list", "pageSize", "10000", "filter", civilFilter(member, d, d+1)))
	}
	before := count("steps", "steps.interval.civil_start_time") + count("sleep", "sleep.interval.civil_end_time") + count("heart-rate", "heart_rate.sample_time.civil_time")
	rowsBefore := len(rows(t, g.roll("steps", "dailyRollUp", dailyBody(d, d+1))))
	g.Set(func(m *emulator.Modes) { m.HoldSync = time.Time{} })
	if n := count("steps", "steps.interval.civil_start_time"); before != 0 || rowsBefore != 0 || n == 0 {
		t.Errorf("%d points and %d rows before the sync, %d after", before, rowsBefore, n)
	}
	logs := g.Person().Sleeps(d)
	path := dataPath("sleep", "list") + fmt.Sprintf("/%d", logs[0].LogID)
	nights := count("sleep", "sleep.interval.civil_end_time")
	var one struct{ Sleep googleSleep }
	if err := json.Unmarshal([]byte(g.ok(path)), &one); err != nil || one.Sleep.CreateTime.IsZero() {
		t.Errorf("get: %+v", one)
	}
	if !g.DeleteSleep(logs[0].LogID) || count("sleep", "sleep.interval.civil_end_time") != nights-1 {
		t.Error("a deleted sleep is still there")
	}
	g.get(path).refused(t, "deleted", 404, "NOT_FOUND", "")
	id := g.AddWeight(time.Date(2025, 10, 31, 7, 0, 0, 0, time.UTC), 71.3, 0, "API")
	weight := dataPath("weight", "list") + fmt.Sprintf("/%d", id)
	if body := g.ok(weight); !strings.Contains(body, `"weightGrams":71300`) || !strings.Contains(body, `"MANUAL"`) {
		t.Errorf("typed in: %s", body)
	}
	g.DeleteWeight(id)
	g.get(weight).refused(t, "deleted", 404, "NOT_FOUND", "")
}

// TestGoogleMeetsTheClock: today grows with the syncs, and nothing is known of
// the time after the last one (rule 22).
func TestGoogleMeetsTheClock(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 20 })
	last := 0.0
	for hour := 7; hour < 22; hour += 3 {
		g.at(time.Date(2025, 11, 3, hour, 0, 0, 0, time.UTC))
		d := g.Today()
		var v beatPoint
		into(t, pageOf(t, g.ok(dataPath("heart-rate", "list", "pageSize", "1"))).DataPoints[0], "heartRate", &v)
		if at := v.SampleTime.PhysicalTime; at.After(g.LastSync()) || g.LastSync().Sub(at) > 50*time.Minute {
			t.Errorf("newest reading %v, last sync %v", at, g.LastSync())
		}
		sum := i64(t, g.days("steps", d, d+1, 90)[d.String()].Steps.CountSum)
		if want := float64(g.Person().DayUntil(d, g.LastSync()).Steps); sum != want || sum < last {
			t.Errorf("%d h: %v steps, want %v", hour, sum, want)
		}
		last = sum
	}
}

// TestGoogleTCX is rule 18.
func TestGoogleTCX(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 200 })
	type tcx struct {
		Activity struct {
			Sport string `xml:"Sport,attr"`
			ID    string `xml:"Id"`
			Track []struct {
				Time         time.Time
				Latitude     float64 `xml:"Position>LatitudeDegrees"`
				Distance     float64 `xml:"DistanceMeters"`
				HeartRateBpm int     `xml:"HeartRateBpm>Value"`
			} `xml:"Lap>Track>Trackpoint"`
		} `xml:"Activities>Activity"`
	}
	seen := map[bool]int{}
	for _, p := range g.walk("exercise", "list") {
		var v struct {
			Interval         struct{ StartTime, EndTime time.Time }
			ExerciseMetadata struct{ HasGps bool }
			MetricsSummary   struct{ DistanceMillimeters float64 }
		}
		into(t, p, "exercise", &v)
		gps := v.ExerciseMetadata.HasGps
		if seen[gps]++; seen[gps] > 3 {
			continue
		}
		var name string
		json.Unmarshal(p["name"], &name)
		path := "/v4/" + strings.Replace(name, "users/"+g.GoogleUserID(), "users/me", 1) + ":exportExerciseTcx"
		raw := g.get(path + "?alt=media")
		var doc tcx
		if err := xml.Unmarshal([]byte(raw.body), &doc); err != nil || doc.Activity.ID != v.Interval.StartTime.Format(time.RFC3339) {
			t.Fatalf("%v: %.200s", err, raw.body)
		}
		var wrapped struct{ TcxData string }
		body := g.ok(path)
		if err := json.Unmarshal([]byte(body), &wrapped); err != nil || wrapped.TcxData != raw.body {
			t.Errorf("the JSON form differs: %v", err)
		}
		sameShape(t, body, "google/export-exercise-tcx-json-form")
		if strings.Contains(raw.header.Get("Content-Type"), "json") || gps != (len(doc.Activity.Track) > 0) {
			t.Errorf("GPS %v: %d fixes as %s", gps, len(doc.Activity.Track), raw.header.Get("Content-Type"))
		}
		if gps {
			end := doc.Activity.Track[len(doc.Activity.Track)-1]
			if math.Abs(end.Distance*1000-v.MetricsSummary.DistanceMillimeters) > 100 || end.Time.After(v.Interval.EndTime) {
				t.Errorf("the track ends at %+v, the exercise has %+v", end, v.MetricsSummary)
			}
		} else if partial := g.ok(path + "?partialData=true&alt=media"); !strings.Contains(partial, "<Track>") {
			t.Errorf("partial data: %.300s", partial)
		}
	}
	if seen[true] == 0 || seen[false] == 0 {
		t.Errorf("exercises with GPS and without: %v", seen)
	}
	g.get("/v4/users/me/dataTypes/exercise/dataPoints/1:exportExerciseTcx").refused(t, "no such exercise", 404, "NOT_FOUND", "")
}

// TestGoogleECG: the first recordings lack offsets.
func TestGoogleECG(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	with, without := 0, 0
	for _, p := range g.walk("electrocardiogram", "list", "pageSize", "2") {
		var v struct {
			Interval struct{ StartTime, EndTime, StartUtcOffset string }
		}
		into(t, p, "electrocardiogram", &v)
		if v.Interval.StartTime != v.Interval.EndTime {
			t.Errorf("%+v", v)
		}
		if v.Interval.StartUtcOffset == "" {
			without++
		} else {
			with++
		}
	}
	if with == 0 || without == 0 {
		t.Errorf("%d with an offset, %d without", with, without)
	}
}

package emulator

import (
	"fmt"
	"strings"
	"time"
)

// exertion is an exercise.
type exertion struct {
	g *glance
	Workout
	created time.Time
}

var sportNames = map[string][2]string{
	"run": {"RUNNING", "Run"}, "bike": {"BIKING", "Bike"}, "swim": {"SWIMMING", "Swim"},
	"weights": {"WEIGHTLIFTING", "Weights"}, "walk": {"WALKING", "Walk"},
}

func (g *glance) exercises(d Date) []record {
	var out []record
	if v, ok := g.person.Workout(d); ok && !v.End.After(g.synced) {
		r := g.between(v.Start, v.End, activeOrigin, exertion{g, v, g.watch.next(g.person, v.End, g.modes.SyncEvery)})
		r.id = number64(v.ID)
		out = append(out, r)
	}
	if l := g.lived(d); len(l.manual) > 0 {
		m := l.Manual
		walk := Workout{Kind: "walk", Start: l.typed, End: l.typed.Add(time.Duration(m.Minutes) * time.Minute), Metres: m.DistanceKM * 1000}
		walk.Steps = m.Steps
		walk.Kcal = round(m.Kcal+float64(l.BMR)/1440*float64(m.Minutes), 3)
		r := g.between(walk.Start, walk.End, manualOrigin, exertion{g, walk, m.Entered})
		r.id = number64(4_000_000_000_000 + int64(d))
		out = append(out, r)
	}
	return out
}

func (v exertion) write(w *jsonWriter) {
	names := sportNames[v.Kind]
	w.enum("exerciseType", names[0])
	w.str("displayName", names[1])
	pause := v.pause()
	w.duration("activeDuration", v.End.Sub(v.Start)-pause)
	v.writeMetrics(w)
	if v.GPS || v.Kind == "swim" {
		w.open("exerciseMetadata")
		w.flag("hasGps", v.GPS)
		if v.Kind == "swim" {
			w.i64("poolLengthMillimeters", 25_000)
		}
		w.close()
	}
	if v.AverageBPM > 0 {
		v.writeEvents(w, pause)
		v.writeSplits(w)
	}
	w.instant("createTime", v.created)
	w.instant("updateTime", v.created)
}

// pause is how long the watch paused by itself, halfway.
func (v exertion) pause() time.Duration {
	if v.AverageBPM > 0 && v.ID%3 == 0 {
		return 30 * time.Second
	}
	return 0
}

func (v exertion) writeMetrics(w *jsonWriter) {
	w.open("metricsSummary")
	w.f64("caloriesKcal", v.Kcal)
	w.f64("distanceMillimeters", round(v.Metres*1000, 0))
	w.i64("steps", int64(v.Steps))
	w.i64("averageHeartRateBeatsPerMinute", int64(v.AverageBPM))
	if seconds := v.End.Sub(v.Start).Seconds(); v.Metres > 0 {
		w.f64("averagePaceSecondsPerMeter", round(seconds/v.Metres, 4))
		w.f64("averageSpeedMillimetersPerSecond", round(v.Metres*1000/seconds, 1))
	}
	w.f64("elevationGainMillimeters", float64(floorMM*v.Floors))
	if v.AverageBPM > 0 {
		z := v.Zones
		w.i64("activeZoneMinutes", int64(z[FatBurn].Minutes+2*z[Cardio].Minutes+2*z[Peak].Minutes))
		w.open("heartRateZoneDurations")
		for i, key := range []string{"lightTime", "moderateTime", "vigorousTime", "peakTime"} {
			w.duration(key, time.Duration(z[i].Minutes)*time.Minute)
		}
		w.close()
	}
	if v.Kind == "swim" {
		w.f64("totalSwimLengths", float64(v.Minutes))
	}
	w.close()
}

func (v exertion) writeEvents(w *jsonWriter, pause time.Duration) {
	type event struct {
		at   time.Time
		kind string
	}
	events := []event{{v.Start, "START"}}
	if half := v.Start.Add(v.End.Sub(v.Start) / 2); pause > 0 {
		events = append(events, event{half, "AUTO_PAUSE"}, event{half.Add(pause), "AUTO_RESUME"})
	}
	w.openList("exerciseEvents")
	for _, e := range append(events, event{v.End, "STOP"}) {
		w.open("")
		w.instant("eventTime", e.at)
		w.offset("eventUtcOffset", v.g.offset(e.at))
		w.enum("exerciseEventType", e.kind)
		w.close()
	}
	w.closeList()
}

// writeSplits are whole kilometres at an even pace.
func (v exertion) writeSplits(w *jsonWriter) {
	n := int(v.Metres / 1000)
	if n == 0 {
		return
	}
	each := time.Duration(float64(v.End.Sub(v.Start)) * 1000 / v.Metres).Truncate(time.Second)
	w.openList("splits")
	for i := range n {
		start := v.Start.Add(time.Duration(i) * each)
		w.open("")
		w.instant("startTime", start)
		w.offset("startUtcOffset", v.g.offset(start))
		w.instant("endTime", start.Add(each))
		w.offset("endUtcOffset", v.g.offset(start.Add(each)))
		w.duration("activeDuration", each)
		w.enum("splitType", "DISTANCE")
		w.open("metricsSummary")
		w.f64("distanceMillimeters", 1_000_000)
		w.f64("averagePaceSecondsPerMeter", each.Seconds()/1000)
		w.close()
		w.close()
	}
	w.closeList()
}

// tcx is the export of an exercise, in UTC.
func (v exertion) tcx(partial bool) []byte {
	return v.g.person.tcx(v.Workout, partial, false, func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") })
}

// tcx is a track: an empty activity without GPS, unless partial data is asked for (Google sheet
// 5.10, sheet 5.5). Where it restarts, the distance falls back to 0 halfway.
func (p *Person) tcx(w Workout, partial, restarts bool, stamp func(time.Time) string) []byte {
	sport := map[string]string{"run": "Running", "bike": "Biking"}[w.Kind]
	fill(&sport, "Other")
	start := w.Start.Format(time.RFC3339)
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	b.WriteString(`<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>`)
	fmt.Fprintf(&b, `<Activity Sport="%s"><Id>%s</Id>`, sport, start)
	if w.GPS || partial {
		fmt.Fprintf(&b, `<Lap StartTime="%s"><TotalTimeSeconds>%.1f</TotalTimeSeconds><DistanceMeters>%.2f</DistanceMeters>`+
			`<Calories>%.0f</Calories><Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod><Track>`,
			start, w.End.Sub(w.Start).Seconds(), w.Metres, w.Kcal)
		track := p.Track(w)
		for i, f := range track {
			if half := len(track) / 2; restarts && i >= half {
				f.Gone -= track[half].Gone
			}
			fmt.Fprintf(&b, "\n<Trackpoint><Time>%s</Time><Position><LatitudeDegrees>%.7f</LatitudeDegrees>"+
				"<LongitudeDegrees>%.7f</LongitudeDegrees></Position><AltitudeMeters>%.1f</AltitudeMeters>"+
				"<DistanceMeters>%.2f</DistanceMeters><HeartRateBpm><Value>%d</Value></HeartRateBpm></Trackpoint>",
				stamp(f.At), f.Lat, f.Lon, f.Altitude, f.Gone, f.BPM)
		}
		if !w.GPS {
			for i, m := range w.minutes {
				fmt.Fprintf(&b, "\n<Trackpoint><Time>%s</Time><HeartRateBpm><Value>%d</Value></HeartRateBpm></Trackpoint>",
					stamp(w.Start.Add(time.Duration(i)*time.Minute)), m.BPM)
			}
		}
		b.WriteString("</Track></Lap>")
	}
	b.WriteString("</Activity></Activities></TrainingCenterDatabase>\n")
	return []byte(b.String())
}

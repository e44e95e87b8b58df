package schema

import (
	"maps"
	"slices"
	"time"

	"fitvault/store/catalog"
)

// grafanaMain tells whether a sleep is the main one of its day, in the words of Python. One
// of which that is not known is: panels show no other.
func grafanaMain(n Native, p Person) []catalog.Tag {
	main := "True"
	if tag(n.Point, "main") == "false" {
		main = "False"
	}
	return grafanaTags(p, catalog.Tag{Key: "isMainSleep", Value: main})
}

// grafanaSleepSummary has a point for each sleep, at its start, naps included.
func grafanaSleepSummary() *Measurement {
	const name = "Sleep Summary"
	defs := grafanaDefs(catalog.Int, "efficiency", "minutesAfterWakeup", "minutesAsleep", "minutesToFallAsleep",
		"minutesInBed", "minutesAwake", "minutesLight", "minutesREM", "minutesDeep")
	return grafanaMeasurement(name, catalog.ByDay, []string{"Device", "isMainSleep"}, defs,
		each(func(n Native, p Person) []catalog.Point {
			r := grafanaRow{Native: n}
			r.addEfficiency()
			r.add(catalog.Int, "minutesAfterWakeup", 1, "after_wakeup_min")
			r.add(catalog.Int, "minutesAsleep", 1, "asleep_min")
			r.add(catalog.Int, "minutesToFallAsleep", 1, "to_fall_asleep_min")
			r.add(catalog.Int, "minutesInBed", 1, "in_bed_min")
			r.add(catalog.Int, "minutesAwake", 1, "awake_min")
			r.addSleepStages()
			return r.point(name, grafanaMain(n, p))
		}), "sleep")
}

// addEfficiency adds the efficiency of a sleep, percent. Google does not tell it; as in the
// Google mode of fitbit-grafana it is then the share of the time in bed.
func (r *grafanaRow) addEfficiency() {
	asleep, known := number(r.Point, "asleep_min")
	inBed, _ := number(r.Point, "in_bed_min")
	if _, told := number(r.Point, "efficiency_pct"); !told && known && inBed > 0 {
		r.put(catalog.Int, "efficiency", 100*asleep/inBed)
		return
	}
	r.add(catalog.Int, "efficiency", 1, "efficiency_pct")
}

// addSleepStages adds the minutes of the stages. A classic sleep has none: what it was asleep
// and restless stands for light and REM, and nothing was deep.
func (r *grafanaRow) addSleepStages() {
	if tag(r.Point, "kind") != "classic" {
		r.add(catalog.Int, "minutesLight", 1, "light_min")
		r.add(catalog.Int, "minutesREM", 1, "rem_min")
		r.add(catalog.Int, "minutesDeep", 1, "deep_min")
		return
	}
	r.add(catalog.Int, "minutesLight", 1, "asleep_min")
	r.add(catalog.Int, "minutesREM", 1, "restless_min")
	if _, known := number(r.Point, "asleep_min"); known {
		r.put(catalog.Int, "minutesDeep", 0)
	}
}

// grafanaLevelOf are the levels as panels draw them; what is not here is grafanaUnknown.
var grafanaLevelOf = map[string]float64{"deep": 0, "light": 1, "asleep": 1, "rem": 2, "restless": 2, "wake": 3, "awake": 3}

const grafanaAwake, grafanaUnknown = 3, 4

// grafanaSleepLevels has a point for each stretch of a sleep, and at its end one awake
// without a length, which ends the last stretch on a panel. They are those of the main track:
// see grafanaMainTrack.
func grafanaSleepLevels() *Measurement {
	const name = "Sleep Levels"
	return grafanaMeasurement(name, catalog.ByDay, []string{"Device", "isMainSleep"},
		grafanaDefs(catalog.Int, "level", "duration_seconds"),
		func(points []Native, p Person) []catalog.Point {
			var out []catalog.Point
			for _, s := range grafanaTracks(points) {
				level, ok := grafanaLevelOf[s.stage]
				if !ok {
					level = grafanaUnknown
				}
				r := grafanaRow{Native: s.Native}
				r.put(catalog.Int, "level", level)
				if s.told {
					r.put(catalog.Int, "duration_seconds", s.to.Sub(s.Time).Seconds())
				}
				out = append(out, r.point(name, grafanaMain(s.Native, p))...)
			}
			return append(out, grafanaEnds(name, points, p)...) // a sleep that begins there goes before
		}, "sleep_stage", "sleep")
}

// grafanaEnds makes the points at the ends of sleeps.
func grafanaEnds(name string, points []Native, p Person) []catalog.Point {
	var out []catalog.Point
	for _, n := range points {
		end, ok := value(n.Point, "end_ns")
		if n.Measurement != "sleep" || !ok {
			continue
		}
		r := grafanaRow{Native: n}
		r.Time = time.Unix(0, end.Int()).UTC()
		r.put(catalog.Int, "level", grafanaAwake)
		out = append(out, r.point(name, grafanaMain(n, p))...)
	}
	return out
}

// grafanaStretch is a time in one stage.
type grafanaStretch struct {
	Native // its Time is the start
	stage  string
	to     time.Time
	told   bool // how long it was
}

// grafanaTracks finds the main track of each sleep.
func grafanaTracks(points []Native) []grafanaStretch {
	sleeps := map[string][]grafanaStretch{}
	for _, n := range points {
		if n.Measurement != "sleep_stage" {
			continue
		}
		seconds, told := number(n.Point, "seconds")
		id := text(n.Point, "log_id")
		sleeps[id] = append(sleeps[id], grafanaStretch{n, text(n.Point, "stage"), n.Time.Add(time.Duration(seconds) * time.Second), told})
	}
	var out []grafanaStretch
	for _, id := range slices.Sorted(maps.Keys(sleeps)) {
		slices.SortStableFunc(sleeps[id], func(a, b grafanaStretch) int { return a.Time.Compare(b.Time) })
		out = append(out, grafanaMainTrack(sleeps[id])...)
	}
	return out
}

// grafanaShortWake is the length up to which the legacy Web API tells a wake as one on top of
// the main track.
const grafanaShortWake = 3 * time.Minute

// grafanaMainTrack takes short wakes out of the stretches of a sleep, which are in order of
// time and are used up. Natively they are laid over the main track, which is all that
// fitbit-grafana writes. A wake goes to the stage that it interrupts. Where that changed under
// it nothing tells when, and each of the two gets half.
func grafanaMainTrack(track []grafanaStretch) []grafanaStretch {
	var out []grafanaStretch
	cut := false // the stretch before this one was taken out
	for i, s := range track {
		last := len(out) - 1
		switch {
		case last >= 0 && i+1 < len(track) && s.liesOn(out[last], track[i+1]):
			edge := s.edge(out[last].stage, track[i+1].stage)
			out[last].to, track[i+1].Time = edge, edge
			cut = true
			continue
		case cut && out[last].stage == s.stage:
			out[last].to = s.to
		default:
			out = append(out, s)
		}
		cut = false
	}
	return out
}

// liesOn reports whether the stretch is a short wake on top of its neighbours.
func (s grafanaStretch) liesOn(before, after grafanaStretch) bool {
	return s.stage == "wake" && s.to.Sub(s.Time) <= grafanaShortWake && before.to.Equal(s.Time) && s.to.Equal(after.Time)
}

// edge is where, under a short wake, one stage of the main track ends and the next begins. Two
// wakes do not follow each other there.
func (s grafanaStretch) edge(before, after string) time.Time {
	switch {
	case before == "wake":
		return s.Time
	case after == "wake":
		return s.to
	}
	return s.Time.Add((s.to.Sub(s.Time) / 2).Truncate(time.Second))
}

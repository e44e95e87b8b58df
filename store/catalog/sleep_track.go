package catalog

import (
	"cmp"
	"slices"
	"time"
)

// sleepStretch is a time in one stage, counted from the start of the sleep.
type sleepStretch struct {
	stage    string
	from, to time.Duration
}

// stageLevels orders the stages from awake to asleep. The names of the two kinds of sleep
// differ and are never mixed in one.
var stageLevels = map[string]int64{
	"wake": 0, "rem": 1, "light": 2, "deep": 3, // stages
	"awake": 0, "restless": 1, "asleep": 2, // classic
}

// stagePoints makes a point of each stretch of a sleep. What they have in common stands in
// whole: the tags, log_id, the day, and the start of the sleep, from which stretches count.
func stagePoints(stretches []sleepStretch, whole Point) []Point {
	var points []Point
	for _, s := range stretches {
		var f fieldList
		f.str("stage", s.stage)
		if level, ok := stageLevels[s.stage]; ok {
			f.add("level", "level", IntValue(level), nil)
		}
		f.add("seconds", "seconds", IntValue(int64((s.to-s.from)/time.Second)), nil)
		p := whole
		p.Fields = append(f.fields, whole.Fields...)
		p.Time = whole.Time.Add(s.from)
		points = append(points, p)
	}
	return points
}

// mainTag tells whether a sleep is the main one of its day.
func mainTag(main *bool) []Tag {
	switch {
	case main == nil:
		return nil
	case *main:
		return []Tag{{"main", "true"}}
	}
	return []Tag{{"main", "false"}}
}

func sortStretches(s []sleepStretch) {
	slices.SortStableFunc(s, func(a, b sleepStretch) int { return cmp.Compare(a.from, b.from) })
}

func trackLength(track []sleepStretch) time.Duration {
	if len(track) == 0 {
		return 0
	}
	return track[len(track)-1].to
}

// overlay lays wakes, ordered by start, on a track in order of time. Of a contiguous track
// the result is contiguous and exactly as long; it never has an empty stretch.
func overlay(track, wakes []sleepStretch) []sleepStretch {
	var out []sleepStretch
	var at time.Duration
	put := func(stage string, to time.Duration) {
		if to > at {
			out = append(out, sleepStretch{stage, at, to})
			at = to
		}
	}
	end := trackLength(track)
	for _, s := range track {
		at = max(at, s.from)
		for len(wakes) > 0 && wakes[0].from < s.to {
			w := wakes[0]
			wakes = wakes[1:]
			if min(w.to, end) > at {
				put(s.stage, w.from)
				put(w.stage, min(w.to, end))
			}
		}
		put(s.stage, s.to)
	}
	return out
}

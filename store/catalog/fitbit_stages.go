package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// sleepLevel is an element of levels.data, the main track, or of levels.shortData, the wakes
// of up to three minutes that lie on top of it.
type sleepLevel struct {
	DateTime string `json:"dateTime"` // wall clock at the offset of the sleep's start
	Level    string `json:"level"`
	Seconds  number `json:"seconds"`
}

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

// fitbitSleepStages reads a point for each stretch of each sleep, in one contiguous track:
// a short wake cuts the stretch below it, so that the seconds of a stage add up to the
// minutes in the summary. Instants are the sleep's start plus running seconds, which hold
// in the nights when clocks change.
func fitbitSleepStages(b Body) ([]Point, error) {
	return fitbitNights(b, func(n night) ([]Point, error) {
		wakes, err := n.shortWakes()
		if err != nil {
			return nil, err
		}
		var points []Point
		for _, s := range overlay(n.track, wakes) {
			var f fieldList
			f.str("stage", s.stage)
			if level, ok := stageLevels[s.stage]; ok {
				f.add("level", "level", IntValue(level), nil)
			}
			f.add("seconds", "seconds", IntValue(int64((s.to-s.from)/time.Second)), nil)
			f.id("log_id", "logId", n.LogID)
			if f.err != nil {
				return nil, f.err
			}
			points = append(points, Point{Measurement: sleepStage.Measurement, Tags: n.mainTag(), Fields: f.fields,
				Time: n.start.Add(s.from), Day: n.day})
		}
		return points, nil
	})
}

// readTrack lays the levels end to end.
func readTrack(levels []sleepLevel) ([]sleepStretch, error) {
	var track []sleepStretch
	var at time.Duration
	for _, l := range levels {
		length, err := l.length("levels.data.seconds")
		if err != nil {
			return nil, err
		}
		track = append(track, sleepStretch{l.Level, at, at + length})
		if at += length; at > longestSleep {
			return nil, fmt.Errorf("member levels.data: longer than a sleep")
		}
	}
	return track, nil
}

func (l sleepLevel) length(member string) (time.Duration, error) {
	if l.Seconds == "" {
		return 0, nil
	}
	return readLength(member, l.Seconds, time.Second)
}

func trackLength(track []sleepStretch) time.Duration {
	if len(track) == 0 {
		return 0
	}
	return track[len(track)-1].to
}

// shortWakes places levels.shortData on the track: each lies in the stretch whose wall-clock
// range holds its time. One that lies in none is left out.
func (n night) shortWakes() ([]sleepStretch, error) {
	if len(n.Levels.ShortData) == 0 {
		return nil, nil
	}
	walls := make([]Wall, len(n.track))
	for i, l := range n.Levels.Data {
		var err error
		if walls[i], err = readWall("levels.data.dateTime", l.DateTime); err != nil {
			return nil, err
		}
	}
	var wakes []sleepStretch
	for _, l := range n.Levels.ShortData {
		at, err := readWall("levels.shortData.dateTime", l.DateTime)
		if err != nil {
			return nil, err
		}
		length, err := l.length("levels.shortData.seconds")
		if err != nil {
			return nil, err
		}
		for i, s := range n.track {
			if in := at.Sub(walls[i]); in >= 0 && in < s.to-s.from {
				wakes = append(wakes, sleepStretch{l.Level, s.from + in, s.from + in + length})
				break
			}
		}
	}
	slices.SortStableFunc(wakes, func(a, b sleepStretch) int { return cmp.Compare(a.from, b.from) })
	return wakes, nil
}

// overlay lays wakes, ordered by start, on a contiguous track. The result is contiguous,
// exactly as long as the track, and has no empty stretch.
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

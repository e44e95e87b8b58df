package catalog

import (
	"fmt"
	"time"
)

// sleepLevel is an element of levels.data, the main track, or of levels.shortData, the wakes
// of up to three minutes that lie on top of it.
type sleepLevel struct {
	DateTime string `json:"dateTime"` // wall clock at the offset of the sleep's start
	Level    string `json:"level"`
	Seconds  number `json:"seconds"`
}

// fitbitSleepStages reads a point for each stretch of each sleep, in one contiguous track:
// a short wake cuts the stretch below it, so that the seconds of a stage add up to the
// minutes in the summary. Instants are the sleep's start plus running seconds, which hold
// in the nights when clocks change.
func fitbitSleepStages(b Body) ([]Point, error) { return fitbitNights(b, night.stages) }

// stages reads the stretches of the sleep.
func (n night) stages() ([]Point, error) {
	wakes, err := n.shortWakes()
	if err != nil {
		return nil, err
	}
	var f fieldList
	f.id("log_id", "logId", n.LogID)
	whole := Point{Measurement: sleepStage.Measurement, Tags: mainTag(n.Main), Fields: f.fields, Time: n.start, Day: n.day}
	return stagePoints(overlay(n.track, wakes), whole), f.err
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
	sortStretches(wakes)
	return wakes, nil
}

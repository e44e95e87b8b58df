package emulator

import (
	"strconv"
	"time"
)

// minutesIn hands on the minutes of the days [from, to] of the profile's zone.
func (t *takeout) minutesIn(from, to Date, put func(takeoutMinute)) {
	for m := range t.minutes(t.start(from), t.start(to+1)) {
		put(m)
	}
}

// counted tells whether a minute has a record of steps and of distance: one
// with steps, or one in which the watch was moved without a step.
func (m *takeoutMinute) counted() bool {
	return m.steps > 0 || m.told && m.m.BPM > 0 && m.m.METs10 >= 15
}

// stepSeries is steps-: UTC, strings, with some "0".
func (t *takeout) stepSeries(from, to Date) []byte {
	var s exportSeries
	t.minutesIn(from, to, func(m takeoutMinute) {
		if m.counted() {
			s.add(usStamp(m.at), quoted(int64(m.steps)))
		}
	})
	return s.bytes()
}

// distanceSeries is distance-: UTC, centimetres of the minutes that have steps
// records.
func (t *takeout) distanceSeries(from, to Date) []byte {
	var s exportSeries
	t.minutesIn(from, to, func(m takeoutMinute) {
		if m.counted() {
			s.add(usStamp(m.at), quoted(m.cm))
		}
	})
	return s.bytes()
}

// calorieSeries is calories-: every minute up to the export, basal energy
// included, in kcal. Its stamps are local, alone among the minutes (archive
// sheet 4), so that the hour of a spring change is missing and that of an autumn
// change is there twice.
func (t *takeout) calorieSeries(from, to Date) []byte {
	zone := t.home
	if t.o.CaloriesUTC {
		zone = time.UTC
	}
	var s exportSeries
	t.minutesIn(from, to, func(m takeoutMinute) {
		s.add(m.at.In(zone).Format(usStampForm), `"`+strconv.FormatFloat(m.kcal, 'f', 2, 64)+`"`)
	})
	return s.bytes()
}

// altitudeSeries is altitude-: UTC, 10 a floor, only where one was climbed.
func (t *takeout) altitudeSeries(from, to Date) []byte {
	var s exportSeries
	t.minutesIn(from, to, func(m takeoutMinute) {
		if m.m.Floors > 0 {
			s.add(usStamp(m.at), quoted(10*int64(m.m.Floors)))
		}
	})
	return s.bytes()
}

func quoted(n int64) string { return `"` + strconv.FormatInt(n, 10) + `"` }

// pulseDay is heart_rate-: UTC stamps of one day of the profile's zone.
func (t *takeout) pulseDay(d Date) []byte {
	var s exportSeries
	for b := range t.pulse(t.start(d), t.start(d+1)) {
		s.add(usStamp(b.At), "{\n    \"bpm\" : "+strconv.Itoa(b.BPM)+",\n    \"confidence\" : "+strconv.Itoa(t.confidence(b))+"\n  }")
	}
	return s.bytes()
}

// confidence of a reading is 0 to 3: 0 for about four in a hundred, and less
// while the arm moves.
func (t *takeout) confidence(b Beat) int {
	x := newNoise(t.p.seed, "confidence", int(b.At.Unix())).float()
	switch {
	case x < 0.04:
		return 0
	case b.Moving && x < 0.5:
		return 1
	case x < 0.6:
		return 2
	}
	return 3
}

package emulator

import (
	"iter"
	"math"
	"strconv"
	"strings"
	"time"
)

// nightFamilies are the folders of what is measured in sleep (archive sheet
// 5.2). A file of a day holds the night that ended on it.
func (t *takeout) nightFamilies() []csvFamily {
	const (
		variability = "Heart Rate Variability/"
		oxygen      = "Oxygen Saturation (SpO2)/"
		warmth      = "Temperature/"
	)
	return []csvFamily{
		{path: variability + "Heart Rate Variability Details - %s.csv", span: oneDay,
			columns: "timestamp,rmssd,coverage,low_frequency,high_frequency", rows: (*takeout).variabilityRows},
		{path: variability + "Daily Heart Rate Variability Summary - %s.csv", span: oneDay,
			columns: "timestamp,rmssd,nremhr,entropy", rows: (*takeout).dailyVariabilityRows, oldName: true},
		{path: variability + "Heart Rate Variability Histogram - %s.csv", span: oneMonth,
			columns: "timestamp,bucket_values", rows: (*takeout).histogramRows},
		{path: variability + "Daily Respiratory Rate Summary - %s.csv", span: oneDay,
			columns: "timestamp,daily_respiratory_rate", rows: (*takeout).dailyBreathingRows},
		{path: variability + "Respiratory Rate Summary - %s.csv", span: oneMonth, columns: breathingColumns(),
			rows: (*takeout).breathingRows},
		{path: oxygen + "Minute SpO2 - %s.csv", span: oneDay, columns: "timestamp,value", rows: (*takeout).oxygenRows},
		{path: oxygen + "Daily SpO2 - %s.csv", span: hundredDays,
			columns: "timestamp,average_value,lower_bound,upper_bound", rows: (*takeout).dailyOxygenRows},
		{path: warmth + "Computed Temperature - %s.csv", span: oneMonth,
			columns: "type,sleep_start,sleep_end,temperature_samples,nightly_temperature,baseline_relative_sample_sum," +
				"baseline_relative_sample_sum_of_squares,baseline_relative_nightly_standard_deviation," +
				"baseline_relative_sample_standard_deviation", rows: (*takeout).skinRows},
		{path: warmth + "Device Temperature - %s.csv", span: oneDay, columns: wristColumns, rows: (*takeout).wristRows},
		{path: "Snore and Noise Detect/Snore Details - %s.csv", span: oneDay,
			columns: "timestamp,mean_dba,max_dba,min_dba,events_number,snoring_events_number,snore_label,sample_duration",
			rows:    (*takeout).snoreRows},
	}
}

// dailyNights are the nights of days that are over: only then are values of the
// day computed, as for the Google API.
func (t *takeout) dailyNights(from, to Date) iter.Seq2[Date, Night] {
	return func(yield func(Date, Night) bool) {
		for d := range t.each(from, to) {
			if n, ok := t.g.dailyNight(d); ok && !yield(d, n) {
				return
			}
		}
	}
}

// variabilityRows are in local time: about every five minutes, at the second of
// the API's sample.
func (t *takeout) variabilityRows(from, to Date, w *csvText) {
	for n := range t.nights(from, to) {
		coverage := t.p.coverage(n)
		for _, v := range t.p.Variability(n) {
			w.row(t.naive(v.At), decimal(v.Value), decimal(coverage()), decimal(v.Extra[1]), decimal(v.Extra[2]))
		}
	}
}

func (t *takeout) dailyVariabilityRows(from, to Date, w *csvText) {
	for d, n := range t.dailyNights(from, to) {
		w.row(dayNaive(d), decimal(n.RMSSD), decimal(float64(n.NonRemBPM)), decimal(n.Entropy))
	}
}

// histogramRows hold a list of 29 shares in one cell.
func (t *takeout) histogramRows(from, to Date, w *csvText) {
	for d, n := range t.dailyNights(from, to) {
		shares := make([]string, 29)
		for i := range shares {
			x := float64(i)*5 - n.RMSSD/2
			shares[i] = decimal(round(0.3*math.Exp(-x*x/60), 2))
		}
		w.row(dayNaive(d), "["+strings.Join(shares, ", ")+"]")
	}
}

func (t *takeout) dailyBreathingRows(from, to Date, w *csvText) {
	for d, n := range t.dailyNights(from, to) {
		w.row(dayNaive(d), decimal(n.Breaths[""]))
	}
}

func breathingColumns() string {
	columns := "timestamp"
	for _, level := range []string{"full", "deep", "light", "rem"} {
		for _, what := range []string{"breathing_rate", "standard_deviation", "signal_to_noise"} {
			columns += "," + level + "_sleep_" + what
		}
	}
	return columns
}

// breathingRows have a row at the end of each sleep. One without stages has
// -1.0 throughout: nothing was measured.
func (t *takeout) breathingRows(from, to Date, w *csvText) {
	for d := from; d <= to; d++ {
		n, ok := t.g.night(d)
		for _, s := range t.p.Sleeps(d) {
			switch {
			case !t.c.sees(s) || s.Manual:
			case ok && s.LogID == n.LogID:
				w.row(append([]string{t.naive(n.End)}, breathingCells(n, []string{"", "deep", "light", "rem"})...)...)
			case s.Classic:
				missing := strings.Repeat(",-1.0,0.0,0.0", 4)
				w.row(append([]string{t.naive(s.End)}, strings.Split(missing[1:], ",")...)...)
			}
		}
	}
}

// breathingCells are rate, deviation and signal to noise of each level; those of
// the whole night are the ones of the API.
func breathingCells(n Night, levels []string) []string {
	var cells []string
	for i, level := range levels {
		deviation, signal := 1.25, 3.5
		if level != "" {
			deviation, signal = 0.8+0.2*float64(i), 2.4-0.3*float64(i)
		}
		cells = append(cells, decimal(n.Breaths[level]), decimal(round(deviation, 2)), decimal(round(signal, 2)))
	}
	return cells
}

// oxygenReadings are those of the API, and between them about 15 % markers of
// exactly 50.0 for minutes in which the measurement failed (archive sheet 9,
// item 8).
func (t *takeout) oxygenReadings(n Night) []Reading {
	r := newNoise(t.p.seed, "oxygen failures", n.day)
	var all []Reading
	for _, v := range t.p.Oxygen(n) {
		all = append(all, v)
		if r.chance(0.176) {
			all = append(all, Reading{At: v.At.Add(time.Minute), Value: 50})
		}
	}
	return all
}

func (t *takeout) oxygenRows(from, to Date, w *csvText) {
	for n := range t.nights(from, to) {
		for _, v := range t.oxygenReadings(n) {
			w.row(instant(v.At), decimal(v.Value))
		}
	}
}

func (t *takeout) dailyOxygenRows(from, to Date, w *csvText) {
	for d, n := range t.dailyNights(from, to) {
		w.row(dayZ(d), decimal(n.Oxygen), decimal(n.OxygenLow), decimal(n.OxygenHigh))
	}
}

// skinRows have the nightly temperature in °C, and nothing to compare it with
// until there is a baseline.
func (t *takeout) skinRows(from, to Date, w *csvText) {
	for _, n := range t.dailyNights(from, min(to, t.classicEnd())) {
		samples := int(n.End.Sub(n.Start)/time.Minute) - 2
		sum, squares, nightly, spread := "", "", "NaN", "NaN"
		if !math.IsNaN(n.BaselineC) {
			apart := n.SkinC - n.BaselineC
			sum = decimal(round(apart*float64(samples), 2))
			squares = decimal(round((apart*apart+0.49)*float64(samples), 2))
			nightly, spread = decimal(n.SkinSD), "0.7"
		}
		w.row("SKIN", t.naive(n.Start), t.naive(n.End), strconv.Itoa(samples), decimal(n.SkinC), sum, squares, nightly, spread)
	}
}

// classicEnd is the last day of the temperature folder. In newer exports it ends
// on the way and CSV files of Google go on (archive sheet 5.2).
func (t *takeout) classicEnd() Date {
	if t.sourced() {
		return t.first + (t.last-t.first)/2
	}
	return t.last
}

const wristColumns = "recorded_time,temperature,sensor_type"

// wristRows are deviations, not temperatures, in local time.
func (t *takeout) wristRows(from, to Date, w *csvText) {
	for at, apart := range t.wrist(from, min(to, t.classicEnd())) {
		w.row(t.naive(at), decimal(apart), "UNKNOWN")
	}
}

// wrist is how many °C the wrist was warmer than usual in each worn minute.
func (t *takeout) wrist(from, to Date) iter.Seq2[time.Time, float64] {
	return func(yield func(time.Time, float64) bool) {
		if to < from {
			return
		}
		r := newNoise(t.p.seed, "wrist temperature", int(from))
		apart := -0.2
		for l, i := range t.worn(from, to) {
			warm := -0.6
			if l.minutes[i].InBed {
				warm = 0.1
			}
			apart += (warm-apart)*0.03 + r.spread(0.02)
			if !yield(l.at(i), round(apart, 4)) {
				return
			}
		}
	}
}

// snoreRows are in steps of thirty seconds, in local time.
func (t *takeout) snoreRows(from, to Date, w *csvText) {
	for n := range t.nights(from, to) {
		r := newNoise(t.p.seed, "snore", n.day)
		for at := n.Start; at.Before(n.End); at = at.Add(30 * time.Second) {
			mean, label := r.between(30, 36), "0"
			events, snores := r.between(0, 3), 0
			if r.chance(0.06) {
				mean, label, snores = mean+14, "1", r.between(2, 5)
			}
			w.row(t.naive(at), strconv.Itoa(mean), strconv.Itoa(mean+r.between(4, 12)), strconv.Itoa(mean-3),
				strconv.Itoa(events+snores), strconv.Itoa(snores), label, "30")
		}
	}
}

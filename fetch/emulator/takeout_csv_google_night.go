package emulator

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// googleNightFamilies are what is measured in sleep (archive sheet 5.3).
func googleNightFamilies() []csvFamily {
	return []csvFamily{
		{path: "oxygen_saturation_%s", span: oneMonth, columns: "timestamp,oxygen saturation percentage",
			rows: (*takeout).googleOxygenRows},
		{path: "heart_rate_variability_%s", span: oneMonth, columns: "timestamp,root mean square of successive differences " +
			"milliseconds,standard deviation milliseconds",
			rows: (*takeout).googleVariabilityRows},
		{path: "respiratory_rate_sleep_summary_%s", span: oneMonth, columns: milliColumns(), rows: (*takeout).milliRows},
		{path: "body_temperature_%s", span: oneDay, columns: "timestamp,temperature celsius",
			rows: (*takeout).skinMinuteRows},
	}
}

// googleDailyFamilies are what is derived once a day or once a run.
func googleDailyFamilies() []csvFamily {
	return []csvFamily{
		{path: "daily_resting_heart_rate", span: wholeLife, columns: "timestamp,beats per minute",
			rows: (*takeout).restingRows},
		{path: "resting_heart_rate_%s", span: oneDay, columns: "timestamp,beats per minute",
			rows: (*takeout).restingRows},
		{path: "daily_heart_rate_variability", span: wholeLife, columns: "timestamp,average heart rate variability milliseconds," +
			"non rem heart rate beats per minute,entropy,deep sleep root mean square of successive differences milliseconds",
			rows: (*takeout).derivedVariabilityRows},
		{path: "daily_oxygen_saturation", span: wholeLife, columns: "timestamp,average percentage,lower bound percentage," +
			"upper bound percentage,baseline percentage,standard deviation percentage", rows: (*takeout).derivedOxygenRows},
		{path: "daily_respiratory_rate", span: wholeLife, columns: "timestamp,breaths per minute",
			rows: dailyRows((*glance).dailyBreathing, doubleCells)},
		{path: "daily_sleep_temperature_derivations", span: wholeLife, columns: "timestamp,nightly temperature celsius," +
			"baseline temperature celsius,relative nightly stddev 30d celsius",
			rows: dailyRows((*glance).skinTemperature, func(v members) []string {
				s := v.(skin)
				return []string{decimal(s.night), orNaN(s.baseline), orNaN(s.sd)}
			})},
		{path: "daily_readiness", span: wholeLife, columns: "timestamp,score,type,readiness level,sleep readiness," +
			"heart rate variability readiness,resting heart rate readiness", rows: (*takeout).readinessRows},
		{path: "daily_vo2_max", span: wholeLife, columns: "timestamp,demographic vo2max",
			rows: dailyRows((*glance).dailyVO2Max, fitnessCells)},
		{path: "demographic_vo2max_%s", span: oneMonth, columns: "timestamp,demographic vo2max",
			rows: dailyRows((*glance).dailyVO2Max, fitnessCells)},
		{path: "run_vo2_max_%s", span: oneMonth, columns: "timestamp,run VO2 max",
			rows: recordRows((*glance).runVO2Max, doubleCells)},
		{path: "daily_heart_rate_zones", span: wholeLife, columns: "timestamp,heart_rate_zone", rows: (*takeout).zoneBoundRows},
	}
}

// dailyRows are rows of the API's daily records, which appear when a day is
// over.
func dailyRows(of func(*glance, Date) []record, cells func(members) []string) csvRows {
	return func(t *takeout, from, to Date, w *csvText) {
		for d := range t.each(from, to) {
			for _, r := range of(t.g, d) {
				w.from(appSource, append([]string{t.dayStamp(d)}, cells(r.value)...)...)
			}
		}
	}
}

// dayStamp is a local date, which newer exports dress up as an instant.
func (t *takeout) dayStamp(d Date) string {
	if t.sourced() {
		return dayZ(d)
	}
	return dayNaive(d)
}

func doubleCells(v members) []string { return []string{decimal(v.(double).value)} }

func fitnessCells(v members) []string { return []string{decimal(v.(dailyFitness).value)} }

func orNaN(v float64) string {
	if math.IsNaN(v) {
		return "NaN"
	}
	return decimal(v)
}

// googleOxygenRows are those of the Minute SpO2 files.
func (t *takeout) googleOxygenRows(from, to Date, w *csvText) {
	for n := range t.nights(from, to) {
		for _, v := range t.oxygenReadings(n) {
			w.from(watchSource, instant(v.At), decimal(v.Value))
		}
	}
}

// googleVariabilityRows are those of the Details files, with the deviation and
// without the powers of the frequencies.
func (t *takeout) googleVariabilityRows(from, to Date, w *csvText) {
	for n := range t.nights(from, to) {
		for _, v := range t.p.Variability(n) {
			w.from(watchSource, instant(v.At), decimal(v.Value), decimal(v.Extra[0]))
		}
	}
}

func milliColumns() string {
	columns := "timestamp"
	for _, level := range []string{"deep", "light", "rem", "full"} {
		for _, what := range []string{"milli breaths per minute", "standard deviation milli breaths per minute", "signal to noise"} {
			columns += "," + level + " sleep stats - " + what
		}
	}
	return columns
}

// milliRows are plain breaths a minute, whatever the header says (archive sheet
// 9, item 20).
func (t *takeout) milliRows(from, to Date, w *csvText) {
	for n := range t.nights(from, to) {
		w.from(watchSource, append([]string{instant(n.End)}, breathingCells(n, []string{"deep", "light", "rem", ""})...)...)
	}
}

// usualC is the temperature of the wrist that deviations are from.
const usualC = 33.6

// skinMinuteRows go on where the Temperature folder ends: absolute °C.
func (t *takeout) skinMinuteRows(from, to Date, w *csvText) {
	if !t.sourced() || from <= t.classicEnd() {
		return
	}
	for at, apart := range t.wrist(from, to) {
		w.from(watchSource, instant(at), decimal(round(usualC+apart, 2)))
	}
}

// restingRows have the finer value that the JSON has; the APIs round it.
func (t *takeout) restingRows(from, to Date, w *csvText) {
	for d := range t.each(from, to) {
		if len(t.g.restingHeartRate(d)) > 0 {
			w.from(appSource, t.dayStamp(d), short(round(t.p.resting(d), 6)))
		}
	}
}

// derivedVariabilityRows have zeros for a worn day without a measured night.
func (t *takeout) derivedVariabilityRows(from, to Date, w *csvText) {
	for d := range t.each(max(from, t.p.first), to) {
		n, ok := t.g.dailyNight(d)
		switch {
		case ok:
			w.from(appSource, t.dayStamp(d), decimal(n.RMSSD), decimal(float64(n.NonRemBPM)), decimal(n.Entropy),
				decimal(n.DeepRMSSD))
		case t.g.over(d) && t.p.Day(d).Worn:
			w.from(appSource, t.dayStamp(d), "0", "0", "0", "0")
		}
	}
}

// derivedOxygenRows have no baseline in the first weeks: 0.
func (t *takeout) derivedOxygenRows(from, to Date, w *csvText) {
	for d, n := range t.dailyNights(from, to) {
		baseline := "0"
		if d >= t.p.first+baselineDays {
			baseline = "96.1"
		}
		w.from(appSource, t.dayStamp(d), decimal(n.Oxygen), decimal(n.OxygenLow), decimal(n.OxygenHigh), baseline, decimal(n.OxygenSD))
	}
}

// readinessRows are scored the new way, with a bare date.
func (t *takeout) readinessRows(from, to Date, w *csvText) {
	for d := range t.dailyNights(from, to) {
		score, p := t.readiness(d)
		w.from(appSource, d.String(), strconv.Itoa(score), stateOf(score), "TYPE_UNSPECIFIED", stateOf(p[1]), stateOf(p[2]),
			stateOf(p[0]))
	}
}

// zoneBoundRows have a cell that looks like JSON and is none, and at the end a
// row of 1970 (archive sheet 9, item 12).
func (t *takeout) zoneBoundRows(from, to Date, w *csvText) {
	var cell string
	for d := range t.each(from, to) {
		for _, r := range t.g.heartRateZones(d) {
			bounds := r.value.(zoneBounds)
			zones := make([]string, len(zoneTypeNames))
			for z, name := range zoneTypeNames {
				zones[z] = fmt.Sprintf(`{"heart_rate_zone_type": %s, "min_heart_rate_bpm": %d, "max_heart_rate_bpm": %d}`,
					name, bounds[z], bounds[z+1]-1)
			}
			cell = strings.Join(zones, ",")
			w.from(appSource, t.dayStamp(d), cell)
		}
	}
	if cell != "" {
		w.from(appSource, "1970-01-02T00:00:00Z", cell)
	}
}

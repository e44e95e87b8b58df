package catalog

import (
	"fmt"
	"strings"
	"time"
)

// takeoutStress reads the stress score of each day (takeout-archive.md section 5.2): of 100,
// and its parts, of 30, 30 and 40. One that could not be worked out is none.
func takeoutStress(b Body) ([]Point, error) {
	return takeoutScores(b, "date", stressDaily, func(f *fieldList, t *table) {
		if strings.EqualFold(t.text("calculation_failed"), "true") {
			return
		}
		f.cell(stressDaily, t, "score", "stress_score")
		for _, part := range []string{"sleep_points", "responsiveness_points", "exertion_points"} {
			f.cell(stressDaily, t, part, part)
		}
	})
}

// takeoutReadiness reads the readiness of each day as it is scored now: of 100, with a level
// for it and for what it is made of. Where the level is not specified the type has it
// (section 5.3).
func takeoutReadiness(b Body) ([]Point, error) {
	return takeoutScores(b, "timestamp", readinessDaily, func(f *fieldList, t *table) {
		f.cell(readinessDaily, t, "score", "score")
		level := enumName(t.text("readiness level"))
		if level == "" {
			level = enumName(t.text("type"))
		}
		f.str("level", level)
		f.str("sleep_level", enumName(t.text("sleep readiness")))
		f.str("hrv_level", enumName(t.text("heart rate variability readiness")))
		f.str("resting_hr_level", enumName(t.text("resting heart rate readiness")))
	})
}

// takeoutOldReadiness reads it as it was scored before, with scores for its parts (section 5.2).
func takeoutOldReadiness(b Body) ([]Point, error) {
	return takeoutScores(b, "date", readinessDaily, func(f *fieldList, t *table) {
		f.cell(readinessDaily, t, "score", "readiness_score_value")
		f.str("level", enumName(t.text("readiness_state")))
		for _, part := range []string{"activity", "sleep", "hrv"} {
			f.cell(readinessDaily, t, part+"_score", part+"_subcomponent")
			f.str(part+"_level", enumName(t.text(part+"_state")))
		}
	})
}

// takeoutScores reads a point for each row of a date. What follows the date in its column
// means nothing.
func takeoutScores(b Body, column string, s *Series, read func(*fieldList, *table)) ([]Point, error) {
	return readTable(b, func(t *table) (Point, bool, error) {
		day, err := t.day(column)
		if err != nil {
			return Point{}, false, err
		}
		var f fieldList
		read(&f, t)
		if f.err != nil {
			f.err = fmt.Errorf("%s of %s: %w", s.Measurement, day, f.err)
		}
		return Point{Measurement: s.Measurement, Fields: f.fields, Time: b.Zones.Start(day), Day: day}, len(f.fields) > 0, f.err
	}, column)
}

// takeoutEDA reads scans of electrodermal activity, stamped with seconds since 1970 (sections
// 4 and 5.2).
func takeoutEDA(b Body) ([]Point, error) {
	return readTable(b, func(t *table) (Point, bool, error) {
		n, err := t.number("timestamp")
		if err != nil || n == "" {
			return Point{}, false, err
		}
		seconds, err := n.int()
		if err == nil {
			err = inRange(Day(seconds / 86400))
		}
		if err != nil {
			return Point{}, false, t.fault("timestamp", "a time in seconds")
		}
		var f fieldList
		f.cell(eda, t, "activation", "activation")
		f.cell(eda, t, "scl_avg", "scl_avg")
		some := len(f.fields) > 0
		if valid := t.text("valid_data"); valid != "" {
			f.add("valid", "valid_data", BoolValue(strings.EqualFold(valid, "true")), nil)
		}
		f.str("session_id", t.text("session_id"))
		at := time.Unix(seconds, 0).UTC()
		return Point{Measurement: eda.Measurement, Fields: f.fields, Time: at, Day: b.localDay(at)}, some, f.err
	}, "timestamp")
}

// takeoutCardioLoad reads cardio load: of workouts, of the rest, and of both (section 5.3).
func takeoutCardioLoad(b Body) ([]Point, error) {
	return readTable(b, func(t *table) (Point, bool, error) {
		at, err := t.instant("timestamp")
		if err != nil {
			return Point{}, false, err
		}
		var f fieldList
		for _, key := range []string{"workout", "background", "total"} {
			f.cell(cardioLoad, t, key, key)
		}
		at = at.Truncate(time.Second)
		return Point{Measurement: cardioLoad.Measurement, Fields: f.fields, Time: at, Day: b.localDay(at),
			Recorder: t.text("data source")}, len(f.fields) > 0, f.err
	}, "timestamp")
}

// cell adds the number in a column of a row, as the kind that the series declares.
func (l *fieldList) cell(s *Series, t *table, key, column string) {
	n, err := t.number(column)
	switch {
	case l.err != nil:
	case err != nil:
		l.err = err
	case s.kind(key) == Int:
		l.int(key, column, n)
	default:
		l.float(key, column, n, nil)
	}
}

package catalog

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// takeoutExerciseTable reads UserExercises (takeout-archive.md section 5.4): what the tracker
// measured, else what was typed in. Its columns of pace and speed are not what they say, and
// are not read.
func takeoutExerciseTable(b Body) ([]Point, error) {
	return readTable(b, func(t *table) (Point, bool, error) {
		start, day, err := exerciseStamp(b, t, "exercise_start")
		if err != nil {
			return Point{}, false, err
		}
		end, _, err := exerciseStamp(b, t, "exercise_end")
		if err != nil {
			return Point{}, false, err
		}
		var f fieldList
		if lasted := end.Sub(start); lasted >= 0 { // clock readings may step back
			f.add("duration_s", "exercise_end", FloatValue(lasted.Seconds()), nil)
		}
		f.measured(t, "calories_kcal", "total_calories", FloatValue)
		f.measured(t, "distance_m", "total_distance_mm", metresOf)
		f.measured(t, "elevation_m", "total_altitude_mm", metresOf)
		f.measured(t, "steps", "total_steps", wholeOf)
		f.measured(t, "avg_bpm", "avg_heart_rate", wholeOf)
		f.str("log_id", t.text("exercise_id"))
		if f.err != nil {
			f.err = fmt.Errorf("exercise of %s: %w", t.text("exercise_start"), f.err)
		}
		return Point{Measurement: exercise.Measurement, Tags: activityTag(t.text("activity_name")), Fields: f.fields,
			Time: start, Day: day}, len(f.fields) > 0, f.err
	}, "exercise_start", "exercise_end", "utc_offset")
}

func metresOf(millimetres float64) Value { return FloatValue(roundTo(millimetres/1000, 6)) }

func wholeOf(x float64) Value { return IntValue(int64(math.Round(x))) }

// measured adds what the tracker tells in a column, or else the person. A zero was not
// measured.
func (l *fieldList) measured(t *table, key, column string, value func(float64) Value) {
	for _, prefix := range []string{"tracker_", "manually_logged_"} {
		x, ok, err := t.float(prefix + column)
		if err != nil && l.err == nil {
			l.err = err
		}
		if ok && x != 0 {
			l.add(key, prefix+column, value(x), nil)
			return
		}
	}
}

// exerciseStamp reads a stamp, in whole seconds, and its local date. With an offset of +00:00,
// which stands for none, it is what the clock showed (section 4); where that is the true
// offset, the two are the same.
func exerciseStamp(b Body, t *table, column string) (time.Time, Day, error) {
	at, err := t.instant(column)
	if err != nil {
		return time.Time{}, 0, err
	}
	at = at.Truncate(time.Second)
	if strings.Trim(t.text("utc_offset"), "+-0:Z") == "" {
		return b.Zones.At(Wall(at)), DayOf(at), nil
	}
	return at, b.localDay(at), nil
}

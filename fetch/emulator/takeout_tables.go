package emulator

import (
	"strconv"
	"strings"
	"time"
)

const tableFolder = "Health Fitness Data_GoogleData/"

// tableFamilies are the tables of archive sheet 5.4, a file a month.
func (t *takeout) tableFamilies() []csvFamily {
	sleeps := "sleep_id,sleep_type,minutes_in_sleep_period,minutes_after_wake_up,minutes_to_fall_asleep,minutes_asleep," +
		"minutes_awake,minutes_longest_awakening,minutes_to_persistent_sleep,start_utc_offset,sleep_start,end_utc_offset," +
		"sleep_end,data_source,algorithm_version,sleep_created,sleep_last_updated"
	stages := "sleep_id,sleep_stage_id,sleep_stage_type,start_utc_offset,sleep_stage_start,end_utc_offset,sleep_stage_end," +
		"data_source,algorithm_version,sleep_stage_created,sleep_stage_last_updated"
	if !t.versioned() {
		sleeps = strings.Replace(sleeps, "algorithm_version,", "", 1)
		stages = strings.Replace(stages, "algorithm_version,", "", 1)
	}
	return []csvFamily{
		{path: tableFolder + "UserSleeps_%s.csv", span: oneMonth, columns: sleeps, rows: (*takeout).sleepTable},
		{path: tableFolder + "UserSleepStages_%s.csv", span: oneMonth, columns: stages, rows: (*takeout).stageTable},
		{path: tableFolder + "UserSleepScores_%s.csv", span: oneMonth, rows: (*takeout).scoreTable,
			columns: "sleep_id,sleep_score_id,data_source,score_utc_offset,score_time,overall_score,duration_score," +
				"composition_score,revitalization_score,sleep_time_minutes,deep_sleep_minutes,rem_sleep_percent," +
				"resting_heart_rate,sleep_goal_minutes,waso_count_long_wakes,waso_count_all_wake_time," +
				"restlessness_normalized,hr_below_resting_hr,sleep_score_created,sleep_score_last_updated"},
		{path: tableFolder + "UserExercises_%s.csv", span: oneMonth, rows: (*takeout).exerciseTable,
			columns: "exercise_id,exercise_start,exercise_end,utc_offset,exercise_created,exercise_last_updated," +
				"activity_name,log_type,pool_length,pool_length_unit,intervals,distance_units,tracker_total_calories," +
				"tracker_total_steps,tracker_total_distance_mm,tracker_total_altitude_mm,tracker_avg_heart_rate," +
				"tracker_peak_heart_rate,tracker_avg_pace_mm_per_second,tracker_avg_speed_mm_per_second," +
				"tracker_peak_speed_mm_per_second,tracker_auto_stride_run_mm,tracker_auto_stride_walk_mm," +
				"tracker_swim_lengths,tracker_pool_length,tracker_pool_length_unit,tracker_cardio_load," +
				"manually_logged_total_calories,manually_logged_total_steps,manually_logged_total_distance_mm," +
				"manually_logged_pool_length,manually_logged_pool_length_unit,events"},
	}
}

// versioned tells whether the sleep tables name the algorithm.
func (t *takeout) versioned() bool { return t.sourced() || t.o.SleepTwice }

// tableTime is an instant in the form of the export's age.
func (t *takeout) tableTime(at time.Time) string {
	if t.sourced() {
		return instant(at)
	}
	return at.UTC().Format("2006-01-02 15:04:05-0700")
}

// tableStamp is an instant with its offset. Old rows have the wall clock with an
// offset that is none (archive sheet 9, item 15).
func (t *takeout) tableStamp(at time.Time) (offset, stamp string) {
	wall := t.p.Wall(at)
	if !t.o.PlaceholderOffsets {
		return wall.Format("-07:00"), t.tableTime(at)
	}
	return "+00:00", t.tableTime(at.Add(time.Duration(offsetOf(wall)) * time.Second))
}

// tableID is a number of 19 digits that is in no other file.
func tableID(kind int64, d Date, n int) string {
	return strconv.FormatInt(5_000_000_000_000_000_000+kind*100_000_000_000_000_000+int64(d)*100_000+int64(n), 10)
}

// Kinds of tableID.
const (
	sleepKind = iota
	stageKind
	scoreKind
	exerciseKind
)

// exerciseTable has 0 for what was not measured; its speed columns are a
// hundredth of what they say (archive sheet 9, item 22).
func (t *takeout) exerciseTable(from, to Date, w *csvText) {
	for r := range t.records(from, to, t.g.exercises) {
		v := r.value.(exertion)
		offset, start := t.tableStamp(v.Start)
		_, end := t.tableStamp(v.End)
		created := t.tableTime(v.created)
		n := 0
		if v.AverageBPM == 0 {
			n = 1
		}
		id := tableID(exerciseKind, DateOf(t.p.Wall(v.Start)), n)
		w.row(append([]string{id, start, end, offset, created, created, sportNames[v.Kind][1]}, v.tableCells()...)...)
	}
}

// tableCells are the columns from log_type on.
func (v exertion) tableCells() []string {
	mm := short(round(v.Metres*1000, 0))
	if v.AverageBPM == 0 {
		cells := strings.Split("MANUAL,0,,,METRIC,0,0,0,0,0,0,0,0,0,0,0,0,0,,0", ",")
		return append(cells, short(v.Kcal), strconv.Itoa(v.Steps), mm, "0", "", "")
	}
	peak := uint8(0)
	for _, m := range v.minutes {
		peak = max(peak, m.BPM)
	}
	lengths, pool, unit := "0", "0", ""
	if v.Kind == "swim" {
		lengths, pool, unit = strconv.Itoa(v.Minutes), "25", "METER"
	}
	speed := short(round(v.Metres*10/v.End.Sub(v.Start).Seconds(), 2))
	return []string{
		"TRACKER", pool, unit, "", "METRIC", short(v.Kcal), strconv.Itoa(v.Steps), mm, number64(floorMM * int64(v.Floors)),
		strconv.Itoa(v.AverageBPM), strconv.Itoa(int(peak)), speed, speed, "0", "0", "0", lengths, pool, unit,
		strconv.Itoa(v.Minutes), "0", "0", "0", "0", "", "",
	}
}

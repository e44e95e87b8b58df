package schema

import (
	"strconv"
	"time"

	"fitvault/store/catalog"
)

// originAnswers is the table of what the exporter wrote of the answers of the API (section
// 2.1): kilometres, metres, kilograms, kilocalories, minutes, millilitres, percent.
var originAnswers = []originMeasurement{
	{name: "activities", grain: catalog.ByMonth, at: originDate, parts: []originPart{
		{from: "activity_daily", fields: append(originActivity, originFloat("caloriesBMR", "calories_bmr_kcal", 1))},
		{from: "heart_rate_daily", fields: []originField{originFloat("restingHeartRate", "resting_bpm", 1)}, split: true},
		{from: "heart_rate_zone_daily", zone: true, whole: true, beside: []string{"restingHeartRate"}, split: true,
			fields: []originField{originFloat("caloriesOut", "calories_kcal", 1), originFloat("max", "max_bpm", 1),
				originFloat("min", "min_bpm", 1), originFloat("minutes", "minutes", 1)}}}},
	{name: "activities_tracker", grain: catalog.ByMonth, at: originDate,
		parts: []originPart{{from: "activity_tracker_daily", fields: originActivity}}},
	{name: "body", grain: catalog.ByMonth, at: originDate, parts: []originPart{{from: "body_daily", fields: []originField{
		originFloat("bmi", "bmi", 1), originFloat("fat", "fat_pct", 1), originFloat("weight", "weight_kg", 1)}}}},
	{name: "body_log", grain: catalog.ByDay, at: originLogged, over: true, parts: []originPart{
		{from: "body_fat", fields: []originField{originFloat("fat_fat", "fat_pct", 1)}},
		{from: "weight", whole: true, fields: []originField{originFloat("weight_bmi", "bmi", 1),
			originFloat("weight_fat", "fat_pct", 1), originFloat("weight_weight", "weight_kg", 1)}}}},
	{name: "foods_log", grain: catalog.ByMonth, at: originDate, parts: []originPart{
		{from: "nutrition_daily", fields: []originField{originFloat("caloriesIn", "calories_kcal", 1)}},
		{from: "hydration", fields: []originField{originFloat("water", "water_ml", 1)}}}},
	{name: "sleep", grain: catalog.ByDay, at: originWall, over: true, parts: []originPart{
		{from: "sleep", whole: true, fields: []originField{
			originFloat("duration", "duration_s", 1), originFloat("efficiency", "efficiency_pct", 1),
			{"isMainSleep", originMain, catalog.Float}, originFloat("timeInBed", "in_bed_min", 1),
			originFloat("minutesAfterWakeup", "after_wakeup_min", 1), originFloat("minutesAsleep", "asleep_min", 1),
			originFloat("minutesAwake", "awake_min", 1), originFloat("minutesToFallAsleep", "to_fall_asleep_min", 1)}}}},
}

// originActivity is what the activities of a day and the share of the tracker have in common.
var originActivity = []originField{
	originFloat("activityCalories", "activity_calories_kcal", 1), originFloat("calories", "calories_kcal", 1),
	originFloat("distance", "distance_m", 1000), originFloat("elevation", "elevation_m", 1),
	originFloat("floors", "floors", 1), originFloat("minutesFairlyActive", "fairly_active_min", 1),
	originFloat("minutesLightlyActive", "lightly_active_min", 1), originFloat("minutesSedentary", "sedentary_min", 1),
	originFloat("minutesVeryActive", "very_active_min", 1), originFloat("steps", "steps", 1),
}

// originRecords is the table of what the loader wrote of the records of an archive (section
// 2.2), at what their dateTime says if it is taken as UTC. Which of them are in UTC and which
// show a date or the clock on the wall tells takeout-archive.md section 4; the clock is that of
// the person, also where the native minute comes of a record in UTC. A day that only the CSV of
// an archive tells, which the loader did not read, is written in the same form.
var originRecords = []originMeasurement{
	{name: "altitude", at: originInstant, parts: originPartOf("elevation", originInt("value", "m", 0.3048))},
	{name: "calories", at: originWall, over: true, parts: originPartOf("calories", originInt("value", "kcal", 0.001))},
	{name: "demographic_vo2_max", grain: catalog.ByMonth, at: originDate, parts: originPartOf("cardio_fitness_daily",
		originFloat("demographicVO2Max", "vo2max", 1), originFloat("demographicVO2MaxError", "vo2max_error", 1),
		originFloat("filteredDemographicVO2Max", "filtered_vo2max", 1), originFloat("filteredDemographicVO2MaxError", "filtered_vo2max_error", 1))},
	{name: "distance", at: originInstant, parts: originPartOf("distance", originInt("value", "m", 0.01))},
	{name: "heart_rate", at: originInstant, parts: originPartOf("heart_rate",
		originInt("bpm", "bpm", 1), originInt("confidence", "confidence", 1))},
	originMinutes("lightly_active_minutes", originInt("value", "lightly_active_min", 1)),
	originMinutes("moderately_active_minutes", originInt("value", "fairly_active_min", 1)),
	originMinutes("very_active_minutes", originInt("value", "very_active_min", 1)),
	originMinutes("sedentary_minutes", originFloat("value", "sedentary_min", 1)),
	{name: "resting_heart_rate", grain: catalog.ByMonth, at: originDate, parts: originPartOf("heart_rate_daily",
		originFloat("value", "resting_bpm", 1), originFloat("error", "resting_error_bpm", 1))},
	{name: "run_vo2_max", at: originInstant, parts: originPartOf("cardio_fitness",
		originFloat("runVO2Max", "run_vo2max", 1), originFloat("runVO2MaxError", "run_vo2max_error", 1),
		originFloat("filteredRunVO2Max", "filtered_run_vo2max", 1), originFloat("filteredRunVO2MaxError", "filtered_run_vo2max_error", 1))},
	{name: "swim_lengths_data", at: originInstant, parts: originPartOf("swim_length",
		originInt("lapDurationSec", "seconds", 1), originInt("strokeCount", "strokes", 1))},
	{name: "weight", at: originWall, over: true, parts: originPartOf("weight",
		originFloat("bmi", "bmi", 1), originFloat("fat", "fat_pct", 1), originFloat("weight", "weight_kg", 1))},
}

func originPartOf(native string, fields ...originField) []originPart {
	return []originPart{{from: native, fields: fields, whole: true}}
}

// originMinutes is one of the series of the minutes of a day, which had a file each.
func originMinutes(name string, f originField) originMeasurement {
	return originMeasurement{name: name, grain: catalog.ByMonth, at: originDate, parts: originPartOf("activity_daily", f)}
}

// originMain tells whether a sleep is the main one.
func originMain(p catalog.Point) (float64, bool) {
	switch tag(p, "main") {
	case "true":
		return 1, true
	case "false":
		return 0, true
	}
	return 0, false
}

// Where an element lies: at the date of the person's clock, at the second that it showed, or at
// the instant itself.

func originDate(n Native, p Person) time.Time    { return p.midnight(n.Time) }
func originWall(n Native, p Person) time.Time    { return p.wall(n.Time).Truncate(time.Second) }
func originInstant(n Native, _ Person) time.Time { return n.Time.UTC() }

// originLogged is the hour of a reading, told by its id: milliseconds, of the clock on the wall
// as if it were UTC. An id that is no such number, as it is not by the time that the reading
// has, tells nothing, and the hour is that of the instant.
func originLogged(n Native, _ Person) time.Time {
	at := n.Time
	if ms, err := strconv.ParseInt(text(n.Point, "log_id"), 10, 64); err == nil {
		if told := time.UnixMilli(ms); told.Sub(at).Abs() < 24*time.Hour {
			at = told
		}
	}
	return at.UTC().Truncate(time.Hour)
}

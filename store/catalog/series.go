package catalog

import "slices"

// The series of design section 7 that have a reader. Units are in the field names.
var (
	activityDaily        = &Series{"activity_daily", nil, activityFields, ByMonth}
	activityTrackerDaily = &Series{"activity_tracker_daily", nil, activityFields, ByMonth}
	activityFields       = slices.Concat(
		floats("distance_m", "elevation_m", "calories_kcal", "calories_bmr_kcal", "activity_calories_kcal"),
		ints("steps", "floors", "sedentary_min", "lightly_active_min", "fairly_active_min", "very_active_min", "swimming_strokes"),
	)

	heartRateDaily     = &Series{"heart_rate_daily", nil, floats("resting_bpm"), ByMonth}
	heartRateZoneDaily = &Series{"heart_rate_zone_daily", []string{"zone"},
		slices.Concat(ints("minutes", "min_bpm", "max_bpm"), floats("calories_kcal")), ByMonth}

	sleep = &Series{"sleep", []string{"kind", "main"}, slices.Concat(
		ints("asleep_min", "awake_min", "in_bed_min", "to_fall_asleep_min", "after_wakeup_min",
			"deep_min", "light_min", "rem_min", "wake_min", "restless_min",
			"duration_s", "efficiency_pct", "end_ns"),
		texts("date", "log_id")), ByDay}
	sleepStage = &Series{"sleep_stage", []string{"main"},
		slices.Concat(ints("level", "seconds"), texts("stage", "log_id")), ByDay}

	weight    = &Series{"weight", nil, slices.Concat(floats("weight_kg", "bmi", "fat_pct"), texts("log_id")), ByDay}
	bodyFat   = &Series{"body_fat", nil, slices.Concat(floats("fat_pct"), texts("log_id")), ByDay}
	bodyDaily = &Series{"body_daily", nil, floats("weight_kg", "bmi", "fat_pct"), ByMonth}

	nutritionDaily = &Series{"nutrition_daily", nil,
		floats("calories_kcal", "carbs_g", "fat_g", "fiber_g", "protein_g", "sodium_mg"), ByMonth}
	hydration = &Series{"hydration", nil, floats("water_ml"), ByDay}

	device = &Series{"device", []string{"device", "kind"}, slices.Concat(ints("battery_pct"), texts("battery")), ByDay}
)

func ints(keys ...string) []FieldDef   { return fields(Int, keys) }
func floats(keys ...string) []FieldDef { return fields(Float, keys) }
func texts(keys ...string) []FieldDef  { return fields(String, keys) }

func fields(k Kind, keys []string) []FieldDef {
	defs := make([]FieldDef, len(keys))
	for i, key := range keys {
		defs[i] = FieldDef{key, k}
	}
	return defs
}

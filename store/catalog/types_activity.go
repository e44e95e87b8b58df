package catalog

import "slices"

// Activity: what a day and its minutes held.
var (
	activityDaily        = &Series{"activity_daily", nil, activityFields, ByMonth}
	activityTrackerDaily = &Series{"activity_tracker_daily", nil, activityFields, ByMonth}
	activityFields       = slices.Concat(
		floats("distance_m", "elevation_m", "calories_kcal", "calories_bmr_kcal", "activity_calories_kcal"),
		ints("steps", "floors", "sedentary_min", "lightly_active_min", "fairly_active_min", "very_active_min", "swimming_strokes"),
	)
)

var activityTypes = []Type{
	// The activity of a day [A1, A2].
	{Name: "activity_daily.steps", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/steps", 1095, "activity", fitbitInt, activityDaily, "steps")},
	{Name: "activity_daily.distance_m", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/distance", 1095, "activity", fitbitKilometres, activityDaily, "distance_m")},
	{Name: "activity_daily.floors", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/floors", 1095, "activity", fitbitInt, activityDaily, "floors")},
	{Name: "activity_daily.elevation_m", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/elevation", 1095, "activity", fitbitFloat, activityDaily, "elevation_m")},
	{Name: "activity_daily.calories_kcal", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/calories", 1095, "activity", fitbitFloat, activityDaily, "calories_kcal")},
	{Name: "activity_daily.calories_bmr_kcal", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/caloriesBMR", 1095, "activity", fitbitFloat, activityDaily, "calories_bmr_kcal")},
	{Name: "activity_daily.activity_calories_kcal", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/activityCalories", 30, "activity", fitbitFloat, activityDaily, "activity_calories_kcal")},
	{Name: "activity_daily.sedentary_min", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/minutesSedentary", 1095, "activity", fitbitInt, activityDaily, "sedentary_min")},
	{Name: "activity_daily.lightly_active_min", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/minutesLightlyActive", 1095, "activity", fitbitInt, activityDaily, "lightly_active_min")},
	{Name: "activity_daily.fairly_active_min", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/minutesFairlyActive", 1095, "activity", fitbitInt, activityDaily, "fairly_active_min")},
	{Name: "activity_daily.very_active_min", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/minutesVeryActive", 1095, "activity", fitbitInt, activityDaily, "very_active_min")},

	// The share of it that a device recorded, without what was entered by hand [A3].
	{Name: "activity_tracker_daily.steps", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/tracker/steps", 1095, "activity", fitbitInt, activityTrackerDaily, "steps")},
	{Name: "activity_tracker_daily.distance_m", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/tracker/distance", 1095, "activity", fitbitKilometres, activityTrackerDaily, "distance_m")},
	{Name: "activity_tracker_daily.floors", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/tracker/floors", 1095, "activity", fitbitInt, activityTrackerDaily, "floors")},
	{Name: "activity_tracker_daily.elevation_m", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/tracker/elevation", 1095, "activity", fitbitFloat, activityTrackerDaily, "elevation_m")},
	{Name: "activity_tracker_daily.calories_kcal", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/tracker/calories", 1095, "activity", fitbitFloat, activityTrackerDaily, "calories_kcal")},
	{Name: "activity_tracker_daily.activity_calories_kcal", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/tracker/activityCalories", 30, "activity", fitbitFloat, activityTrackerDaily, "activity_calories_kcal")},
	{Name: "activity_tracker_daily.sedentary_min", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/tracker/minutesSedentary", 1095, "activity", fitbitInt, activityTrackerDaily, "sedentary_min")},
	{Name: "activity_tracker_daily.lightly_active_min", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/tracker/minutesLightlyActive", 1095, "activity", fitbitInt, activityTrackerDaily, "lightly_active_min")},
	{Name: "activity_tracker_daily.fairly_active_min", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/tracker/minutesFairlyActive", 1095, "activity", fitbitInt, activityTrackerDaily, "fairly_active_min")},
	{Name: "activity_tracker_daily.very_active_min", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/tracker/minutesVeryActive", 1095, "activity", fitbitInt, activityTrackerDaily, "very_active_min")},
}

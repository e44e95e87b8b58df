package catalog

import "strings"

// types is the catalogue: a row for each type of data, in the order in which users see
// them. References in brackets are rows of the fact sheet on the legacy Web API.
var types = []Type{
	{Name: "profile", Group: Account,
		Fitbit: &Origin{Ask: Ask{Path: "/1/user/-/profile.json", Scope: "profile"}}},
	{Name: "device", Series: device, Group: Account,
		Fitbit: &Origin{Ask: Ask{Path: "/1/user/-/devices.json", Scope: "settings"}, Read: fitbitDevices}},

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

	// The heart's day; both types stand in one answer [A5].
	{Name: "heart_rate_daily", Series: heartRateDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: &Origin{Ask: fitbitSeries("activities/heart", 365, "heartrate"), Read: fitbitRestingHeartRate}},
	{Name: "heart_rate_zone_daily", Series: heartRateZoneDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: &Origin{From: "heart_rate_daily", Read: fitbitHeartRateZones}},

	// Sleep; a night's stages stand in the night [L1].
	{Name: "sleep", Series: sleep, Group: Night, Settle: 2, Fitbit: &Origin{Read: fitbitSleep,
		Ask: Ask{Path: "/1.2/user/-/sleep/date/{from}/{to}.json", Days: 100, Scope: "sleep", Root: "sleep", DateKey: "dateOfSleep"}}},
	{Name: "sleep_stage", Series: sleepStage, Group: Night, Settle: 2,
		Fitbit: &Origin{From: "sleep", Read: fitbitSleepStages}},

	// The body of a day, carried forward from the last reading [B1].
	{Name: "body_daily.weight_kg", Series: bodyDaily, Group: Daily, Settle: 7,
		Fitbit: fitbitDaily("body/weight", 1095, "weight", fitbitFloat, bodyDaily, "weight_kg")},
	{Name: "body_daily.bmi", Series: bodyDaily, Group: Daily, Settle: 7,
		Fitbit: fitbitDaily("body/bmi", 1095, "weight", fitbitFloat, bodyDaily, "bmi")},
	{Name: "body_daily.fat_pct", Series: bodyDaily, Group: Daily, Settle: 7,
		Fitbit: fitbitDaily("body/fat", 1095, "weight", fitbitFloat, bodyDaily, "fat_pct")},

	// Readings of scales, and what is entered by hand [W1, W2, F1].
	{Name: "weight", Series: weight, Group: Logs, Settle: 7, Fitbit: &Origin{Read: fitbitWeight,
		Ask: Ask{Path: "/1/user/-/body/log/weight/date/{from}/{to}.json", Days: 31, Scope: "weight", Root: "weight", DateKey: "date"}}},
	{Name: "body_fat", Series: bodyFat, Group: Logs, Settle: 7, Fitbit: &Origin{Read: fitbitBodyFat,
		Ask: Ask{Path: "/1/user/-/body/log/fat/date/{from}/{to}.json", Days: 30, Scope: "weight", Root: "fat", DateKey: "date"}}},
	{Name: "nutrition_daily.calories_kcal", Series: nutritionDaily, Group: Logs, Settle: 7,
		Fitbit: fitbitDaily("foods/log/caloriesIn", 1095, "nutrition", fitbitLogged, nutritionDaily, "calories_kcal")},
	{Name: "hydration", Series: hydration, Group: Logs, Settle: 7,
		Fitbit: fitbitDaily("foods/log/water", 1095, "nutrition", fitbitLogged, hydration, "water_ml")},
}

// fitbitDaily is a daily series of the legacy Web API, read by one of its shapes into a
// field.
func fitbitDaily(resource string, days int, scope string, shape fitbitShape, s *Series, field string) *Origin {
	ask := fitbitSeries(resource, days, scope)
	return &Origin{Ask: ask, Read: shape(ask.Root, s, field)}
}

// fitbitSeries asks for a daily series of the legacy Web API. Its root member is the
// resource with dashes.
func fitbitSeries(resource string, days int, scope string) Ask {
	return Ask{
		Path: "/1/user/-/" + resource + "/date/{from}/{to}.json", Days: days, Scope: scope,
		Root: strings.ReplaceAll(resource, "/", "-"), DateKey: "dateTime", Dense: true,
	}
}

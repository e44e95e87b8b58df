package catalog

import "slices"

// Activity: what a day and its minutes held.
var (
	activityDaily        = &Series{"activity_daily", nil, slices.Concat(activityFields, activityGoogleFields), ByMonth}
	activityTrackerDaily = &Series{"activity_tracker_daily", nil, activityFields, ByMonth}
	activityFields       = slices.Concat(
		floats("distance_m", "elevation_m", "calories_kcal", "calories_bmr_kcal", "activity_calories_kcal"),
		ints("steps", "floors", "sedentary_min", "lightly_active_min", "fairly_active_min", "very_active_min", "swimming_strokes"),
	)

	// What the Google Health API has beside it, by names of their own because they are other
	// quantities: energy above the basal one, where activity_calories_kcal holds the basal
	// one of active minutes; and still minutes as far as a tracker was worn, where
	// sedentary_min holds unworn ones.
	activityGoogleFields = slices.Concat(floats("active_energy_kcal"), ints("sedentary_worn_min"))

	// The minutes of a day, or stretches of other lengths. Their time is the start.
	steps             = &Series{"steps", nil, ints("count"), ByDay}
	floors            = &Series{"floors", nil, ints("count"), ByDay}
	distance          = &Series{"distance", nil, floats("m"), ByDay}
	elevation         = &Series{"elevation", nil, floats("m"), ByDay} // gained; negative where it was lost
	calories          = &Series{"calories", nil, slices.Concat(floats("kcal", "mets"), ints("level")), ByDay}
	activeEnergy      = &Series{"active_energy", nil, floats("kcal"), ByDay} // basal excluded
	basalEnergy       = &Series{"basal_energy", nil, floats("kcal"), ByDay}
	activityLevel     = &Series{"activity_level", nil, slices.Concat(texts("level"), ints("seconds")), ByDay}
	sedentary         = &Series{"sedentary", nil, ints("seconds"), ByDay}
	swimLength        = &Series{"swim_length", nil, slices.Concat(texts("stroke"), ints("strokes", "seconds")), ByDay}
	activeZoneMinutes = &Series{"active_zone_minutes", nil, zoneMinuteFields, ByDay}

	activeZoneMinutesDaily = &Series{"active_zone_minutes_daily", nil, zoneMinuteFields, ByMonth}
	zoneMinuteFields       = ints("total_min", "fat_burn_min", "cardio_min", "peak_min") // weighted, as the app shows them
)

var activityTypes = []Type{
	// The activity of a day [A1, A2, A4].
	{Name: "activity_daily.steps", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit:  refreshed(often, fitbitDaily("activities/steps", 1095, "activity", fitbitInt, activityDaily, "steps")),
		Google:  googleDay("steps", "countSum", orZero(googleInt), activityDaily, "steps"),
		Takeout: sums(takeoutSteps, activityDaily, "steps", 0, false)},
	{Name: "activity_daily.distance_m", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit:  refreshed(often, fitbitDaily("activities/distance", 1095, "activity", fitbitKilometres, activityDaily, "distance_m")),
		Google:  googleDay("distance", "millimetersSum", orZero(googleMillimetres), activityDaily, "distance_m"),
		Takeout: sums(takeoutDistance, activityDaily, "distance_m", 3, false)},
	{Name: "activity_daily.floors", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit:  fitbitDaily("activities/floors", 1095, "activity", fitbitInt, activityDaily, "floors"),
		Google:  googleDay("floors", "countSum", orZero(googleInt), activityDaily, "floors"),
		Takeout: sums(takeoutFloors, activityDaily, "floors", 0, false)},
	{Name: "activity_daily.elevation_m", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit:  fitbitDaily("activities/elevation", 1095, "activity", fitbitFloat, activityDaily, "elevation_m"),
		Google:  googleDay("altitude", "gainMillimetersSum", orZero(googleMillimetres), activityDaily, "elevation_m"),
		Takeout: sums(takeoutElevation, activityDaily, "elevation_m", 3, false)},
	{Name: "activity_daily.calories_kcal", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit:  refreshed(often, fitbitDaily("activities/calories", 1095, "activity", fitbitFloat, activityDaily, "calories_kcal")),
		Google:  googleField(googleDailySums("total-calories", googleActivity, googleShortRollUpDays), "kcalSum", googleFloat, activityDaily, "calories_kcal"),
		Takeout: sums(takeoutCalories, activityDaily, "calories_kcal", 2, true)},
	{Name: "activity_daily.calories_bmr_kcal", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/caloriesBMR", 1095, "activity", fitbitFloat, activityDaily, "calories_bmr_kcal")},
	{Name: "activity_daily.activity_calories_kcal", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/activityCalories", 30, "activity", fitbitFloat, activityDaily, "activity_calories_kcal")},
	{Name: "activity_daily.sedentary_min", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit:  fitbitDaily("activities/minutesSedentary", 1095, "activity", fitbitInt, activityDaily, "sedentary_min"),
		Takeout: []*Origin{activityMinutes("sedentary_minutes", "sedentary_min")}},
	{Name: "activity_daily.lightly_active_min", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit:  fitbitDaily("activities/minutesLightlyActive", 1095, "activity", fitbitInt, activityDaily, "lightly_active_min"),
		Google:  &Origin{Ask: activeMinutes, Read: googleActiveMinutes("light", "lightly_active_min")},
		Takeout: []*Origin{activityMinutes("lightly_active_minutes", "lightly_active_min")}},
	{Name: "activity_daily.fairly_active_min", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit:  fitbitDaily("activities/minutesFairlyActive", 1095, "activity", fitbitInt, activityDaily, "fairly_active_min"),
		Google:  &Origin{From: "activity_daily.lightly_active_min", Read: googleActiveMinutes("moderate", "fairly_active_min")},
		Takeout: []*Origin{activityMinutes("moderately_active_minutes", "fairly_active_min")}},
	{Name: "activity_daily.very_active_min", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit:  fitbitDaily("activities/minutesVeryActive", 1095, "activity", fitbitInt, activityDaily, "very_active_min"),
		Google:  &Origin{From: "activity_daily.lightly_active_min", Read: googleActiveMinutes("vigorous", "very_active_min")},
		Takeout: []*Origin{activityMinutes("very_active_minutes", "very_active_min")}},
	{Name: "activity_daily.active_energy_kcal", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Google: googleDay("active-energy-burned", "kcalSum", googleFloat, activityDaily, "active_energy_kcal")},
	{Name: "activity_daily.sedentary_worn_min", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Google: googleDay("sedentary-period", "durationSum", googleMinutes, activityDaily, "sedentary_worn_min")},
	{Name: "activity_daily.swimming_strokes", Series: activityDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: fitbitDaily("activities/swimming-strokes", 1095, "activity", fitbitInt, activityDaily, "swimming_strokes"),
		Google: googleDay("swim-lengths-data", "strokeCountSum", googleInt, activityDaily, "swimming_strokes")},
	{Name: "active_zone_minutes_daily", Series: activeZoneMinutesDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit:  fitbitZoneMinutesDaily(),
		Google:  googleOrigin(googleDailySums("active-zone-minutes", googleActivity, googleRollUpDays), googleZoneMinutesOfDay),
		Takeout: takeoutZoneMinutesDaily},

	// The share of it that a device recorded, without what was entered by hand [A3].
	{Name: "activity_tracker_daily.steps", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: refreshed(rarely, fitbitDaily("activities/tracker/steps", 1095, "activity", fitbitInt, activityTrackerDaily, "steps"))},
	{Name: "activity_tracker_daily.distance_m", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: refreshed(rarely, fitbitDaily("activities/tracker/distance", 1095, "activity", fitbitKilometres, activityTrackerDaily, "distance_m"))},
	{Name: "activity_tracker_daily.floors", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: refreshed(rarely, fitbitDaily("activities/tracker/floors", 1095, "activity", fitbitInt, activityTrackerDaily, "floors"))},
	{Name: "activity_tracker_daily.elevation_m", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: refreshed(rarely, fitbitDaily("activities/tracker/elevation", 1095, "activity", fitbitFloat, activityTrackerDaily, "elevation_m"))},
	{Name: "activity_tracker_daily.calories_kcal", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: refreshed(rarely, fitbitDaily("activities/tracker/calories", 1095, "activity", fitbitFloat, activityTrackerDaily, "calories_kcal"))},
	{Name: "activity_tracker_daily.activity_calories_kcal", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: refreshed(rarely, fitbitDaily("activities/tracker/activityCalories", 30, "activity", fitbitFloat, activityTrackerDaily, "activity_calories_kcal"))},
	{Name: "activity_tracker_daily.sedentary_min", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: refreshed(rarely, fitbitDaily("activities/tracker/minutesSedentary", 1095, "activity", fitbitInt, activityTrackerDaily, "sedentary_min"))},
	{Name: "activity_tracker_daily.lightly_active_min", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: refreshed(rarely, fitbitDaily("activities/tracker/minutesLightlyActive", 1095, "activity", fitbitInt, activityTrackerDaily, "lightly_active_min"))},
	{Name: "activity_tracker_daily.fairly_active_min", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: refreshed(rarely, fitbitDaily("activities/tracker/minutesFairlyActive", 1095, "activity", fitbitInt, activityTrackerDaily, "fairly_active_min"))},
	{Name: "activity_tracker_daily.very_active_min", Series: activityTrackerDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: refreshed(rarely, fitbitDaily("activities/tracker/minutesVeryActive", 1095, "activity", fitbitInt, activityTrackerDaily, "very_active_min"))},

	// The activity within the day [I2, I3]. The legacy Web API tells kilometres, and ten times the METs.
	{Name: "steps", Series: steps, Group: Intraday, Settle: 1, Worn: true,
		Fitbit:  fitbitIntraday(minutesAsk("steps", hourly), steps, sampleField{"count", "value", unlessZero(googleInt)}),
		Google:  googleEvidence(googleStream("steps", googleMinuteDays, "count", unlessZero(googleInt), steps, "count")),
		Takeout: takeoutSteps},
	{Name: "floors", Series: floors, Group: Intraday, Settle: 1, Worn: true,
		Fitbit:  fitbitIntraday(minutesAsk("floors", seldom), floors, sampleField{"count", "value", unlessZero(googleInt)}),
		Google:  googleStream("floors", googleSparseDays, "count", unlessZero(googleInt), floors, "count"),
		Takeout: takeoutFloors},
	{Name: "distance", Series: distance, Group: Intraday, Settle: 1, Worn: true,
		Fitbit:  fitbitIntraday(minutesAsk("distance", seldom), distance, sampleField{"m", "value", unlessZero(scaled(1000, 3))}),
		Google:  googleStream("distance", googleMinuteDays, "millimeters", unlessZero(googleMillimetres), distance, "m"),
		Takeout: takeoutDistance},
	{Name: "elevation", Series: elevation, Group: Intraday, Settle: 1, Worn: true,
		Fitbit:  fitbitIntraday(minutesAsk("elevation", seldom), elevation, sampleField{"m", "value", unlessZero(decimal)}),
		Google:  googleStream("altitude", googleMinuteDays, "gainMillimeters", unlessZero(googleMillimetres), elevation, "m"),
		Takeout: takeoutElevation},
	{Name: "calories", Series: calories, Group: Intraday, Settle: 1, Worn: true,
		Fitbit: fitbitIntraday(minutesAsk("calories", seldom), calories,
			sampleField{"kcal", "value", decimal}, sampleField{"mets", "mets", scaled(0.1, 1)}, sampleField{"level", "level", googleInt}),
		Google: googleCalories(), Takeout: takeoutCalories},
	{Name: "active_energy", Series: activeEnergy, Group: Intraday, Settle: 1, Worn: true,
		Google:  googleStream("active-energy-burned", googleMinuteDays, "kcal", googleFloat, activeEnergy, "kcal"),
		Takeout: []*Origin{{From: "active_energy_burned.csv", Read: csvValues(activeEnergy, utcClock, "kilocalories", googleFloat, "kcal"), Gather: oneRecorder}}},
	{Name: "basal_energy", Series: basalEnergy, Group: Intraday, Settle: 1, Worn: true,
		Google: googleStream("basal-energy-burned", googleMinuteDays, "kcal", googleFloat, basalEnergy, "kcal")},
	{Name: "active_zone_minutes", Series: activeZoneMinutes, Group: Intraday, Settle: 1, Worn: true,
		Fitbit:  &Origin{Ask: minutesAsk("active-zone-minutes", seldom), Read: fitbitZoneMinutes},
		Google:  googleZoneStream(),
		Takeout: takeoutZoneMinutes},
	{Name: "activity_level", Series: activityLevel, Group: Intraday, Settle: 1, Worn: true,
		Google:  googleStretches("activity-level", googleMinuteDays, activityLevel, googleLevel),
		Takeout: []*Origin{{From: "activity_level.csv", Read: csvLevels, Gather: oneRecorder}}},
	{Name: "sedentary", Series: sedentary, Group: Intraday, Settle: 1, Worn: true,
		Google:  googleStretches("sedentary-period", googleMinuteDays, sedentary, googleLength),
		Takeout: []*Origin{{From: "sedentary_period.csv", Read: csvStretches, Gather: oneRecorder}}},
	{Name: "swimming_strokes", Group: Intraday, Settle: 1, Worn: true, Named: true, // kept, and read to nothing
		Fitbit: &Origin{Ask: minutesAsk("swimming-strokes", seldom)}},
	{Name: "swim_length", Series: swimLength, Group: Intraday, Settle: 1, Worn: true,
		Google:  googleStretches("swim-lengths-data", googleSparseDays, swimLength, googleSwim),
		Takeout: []*Origin{{From: "swim_lengths_data.json", Read: swimJSON}, {From: "swim_lengths_data.csv", Read: swimCSV, Gather: oneRecorder}}},
}

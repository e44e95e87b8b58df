package catalog

import "slices"

// The heart.
var (
	heartRateDaily     = &Series{"heart_rate_daily", nil, floats("resting_bpm", "resting_error_bpm"), ByMonth}
	heartRateZoneDaily = &Series{"heart_rate_zone_daily", []string{"zone"},
		slices.Concat(ints("minutes", "min_bpm", "max_bpm"), floats("calories_kcal")), ByMonth}
	heartRate          = &Series{"heart_rate", nil, ints("bpm", "confidence"), ByDay}
	cardioFitnessDaily = &Series{"cardio_fitness_daily", nil,
		slices.Concat(floats("vo2max", "low", "high", "covariance", "filtered_vo2max", "vo2max_error", "filtered_vo2max_error"), texts("level"), bools("estimated")), ByMonth}
	cardioFitness = &Series{"cardio_fitness", nil, slices.Concat(floats("vo2max", "run_vo2max", "filtered_run_vo2max", "run_vo2max_error", "filtered_run_vo2max_error"), texts("method")), ByDay}
)

var heartTypes = []Type{
	// The heart's day; in the legacy Web API all of it stands in one answer [A5].
	{Name: "heart_rate_daily", Series: heartRateDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit:  refreshed(often, &Origin{Ask: fitbitSeries("activities/heart", 365, "heartrate"), Read: fitbitRestingHeartRate}),
		Google:  googleRestingHeartRate(),
		Takeout: takeoutResting},
	{Name: "heart_rate_zone_daily", Series: heartRateZoneDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: &Origin{From: "heart_rate_daily", Read: fitbitHeartRateZones(heartZone.minutes)}, Google: googleZoneTimes(),
		Takeout: []*Origin{{From: "time_in_heart_rate_zones.json", Read: takeoutZones}}},
	{Name: "heart_rate_zone_daily.calories_kcal", Series: heartRateZoneDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: &Origin{From: "heart_rate_daily", Read: fitbitHeartRateZones(heartZone.calories)}, Google: googleZoneCalories()},
	{Name: "heart_rate_zone_daily.min_bpm", Series: heartRateZoneDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: &Origin{From: "heart_rate_daily", Read: fitbitHeartRateZones(heartZone.bounds)}, Google: googleZoneBounds()},

	// The heart within the day [I1].
	{Name: "heart_rate", Series: heartRate, Group: Intraday, Settle: 1, Worn: true,
		Fitbit: fitbitIntraday(intradayAsk("activities/heart", "1sec", "heartrate", hourly), heartRate, sampleField{"bpm", "value", googleInt}),
		Google: googleHeartRate(), Takeout: takeoutHeartRate},

	// Cardio fitness: of each day [H9], and each time it was estimated or measured.
	{Name: "cardio_fitness_daily", Series: cardioFitnessDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit:  fitbitFitness(),
		Google:  googleOrigin(googleDates("daily-vo2-max", googleActivity, 1095), googleFitness),
		Takeout: takeoutFitness},
	{Name: "cardio_fitness.vo2max", Series: cardioFitness, Group: Intraday, Settle: 1,
		Google: googleOrigin(googleSamples(Reconcile, "vo2-max", googleActivity, 1095), googleMeasuredFitness)},
	{Name: "cardio_fitness.run_vo2max", Series: cardioFitness, Group: Intraday, Settle: 1,
		Google:  googleField(googleSamples(Reconcile, "run-vo2-max", googleActivity, 1095), "runVo2Max", googleFloat, cardioFitness, "run_vo2max"),
		Takeout: takeoutRunFitness},
}

package catalog

import "slices"

// What is measured asleep.
var (
	sleep = &Series{"sleep", []string{"kind", "main"}, slices.Concat(
		ints("asleep_min", "awake_min", "in_bed_min", "to_fall_asleep_min", "after_wakeup_min",
			"deep_min", "light_min", "rem_min", "wake_min", "restless_min",
			"duration_s", "efficiency_pct", "end_ns"),
		texts("date", "log_id")), ByDay}
	sleepStage = &Series{"sleep_stage", []string{"main"},
		slices.Concat(ints("level", "seconds"), texts("stage", "log_id")), ByDay}
	sleepScore = &Series{"sleep_score", nil, slices.Concat(
		ints("overall", "composition", "revitalization", "duration", "deep_sleep_min", "resting_bpm"),
		floats("restlessness"), texts("log_id")), ByDay}
	hrv      = &Series{"hrv", nil, floats("rmssd_ms", "sdnn_ms", "coverage", "hf", "lf"), ByDay}
	hrvDaily = &Series{"hrv_daily", nil,
		slices.Concat(floats("rmssd_ms", "deep_rmssd_ms", "entropy"), ints("non_rem_bpm")), ByMonth}
	spo2                 = &Series{"spo2", nil, floats("pct"), ByDay}
	spo2Daily            = &Series{"spo2_daily", nil, floats("avg_pct", "min_pct", "max_pct", "lower_pct", "upper_pct", "stddev_pct"), ByMonth}
	breathingRateDaily   = &Series{"breathing_rate_daily", nil, floats("per_min", "deep_per_min", "light_per_min", "rem_per_min"), ByMonth}
	skinTemperatureDaily = &Series{"skin_temperature_daily", nil, floats("relative_c", "nightly_c", "baseline_c", "stddev_30d_c"), ByMonth}
	skinTemperature      = &Series{"skin_temperature", nil, floats("deviation_c", "absolute_c"), ByDay}
	snore                = &Series{"snore", nil,
		ints("mean_dba", "max_dba", "min_dba", "events", "snoring_events", "label", "seconds"), ByDay}
)

var nightTypes = []Type{
	// Sleep; a night's stages stand in the night [L1]. Google chooses it by its end, which is
	// also the date that it is filed under.
	{Name: "sleep", Series: sleep, Group: Night, Settle: 2,
		Fitbit: &Origin{Read: fitbitSleep, Version: 1,
			Ask: Ask{Path: "/1.2/user/-/sleep/date/{from}/{to}.json", Days: 100, Scope: "sleep", Root: "sleep", DateKey: "dateOfSleep",
				Refresh: often}},
		Google:  googleOrigin(googleNights, readGoogleSleep),
		Takeout: takeoutSleepCopies},
	{Name: "sleep_stage", Series: sleepStage, Group: Night, Settle: 2,
		Fitbit:  &Origin{From: "sleep", Read: fitbitSleepStages, Version: 1},
		Google:  &Origin{From: "sleep", Read: googleReader(googleNights, readGoogleStages)},
		Takeout: takeoutStageCopies},
	{Name: "sleep_score", Series: sleepScore, Group: Night, Settle: 2, Takeout: takeoutScoreCopies}, // of archives only

	// The heart's variability in sleep, about every five minutes and of the night [H1, H2].
	{Name: "hrv", Series: hrv, Group: Night, Settle: 2,
		Fitbit: fitbitWithinNights(nightAsk("hrv", "/all", "heartrate", "hrv"), hrv,
			memberField{"rmssd_ms", "value.rmssd", nil}, memberField{"coverage", "value.coverage", nil},
			memberField{"hf", "value.hf", nil}, memberField{"lf", "value.lf", nil}),
		Google: googleFields(googleSamples(Reconcile, "heart-rate-variability", googleMetrics, 90), hrv,
			memberField{"rmssd_ms", "rootMeanSquareOfSuccessiveDifferencesMilliseconds", nil},
			memberField{"sdnn_ms", "standardDeviationMilliseconds", nil},
			memberField{"hf", "metadata.highFrequencyPower", nil},
			memberField{"lf", "metadata.lowFrequencyPower", nil}),
		Takeout: takeoutHRV},
	{Name: "hrv_daily", Series: hrvDaily, Group: Night, Settle: 2,
		Fitbit: fitbitNightly(nightAsk("hrv", "", "heartrate", "hrv"), hrvDaily,
			memberField{"rmssd_ms", "dailyRmssd", nil}, memberField{"deep_rmssd_ms", "deepRmssd", nil}),
		Google: googleFields(googleDates("daily-heart-rate-variability", googleMetrics, 1095), hrvDaily,
			memberField{"rmssd_ms", "averageHeartRateVariabilityMilliseconds", nil},
			memberField{"deep_rmssd_ms", "deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds", nil},
			memberField{"entropy", "entropy", nil},
			memberField{"non_rem_bpm", "nonRemHeartRateBeatsPerMinute", nil}),
		Takeout: takeoutHRVDaily},

	// Oxygen in the blood [H3, H4]. Google's bounds are those of a confidence interval, not the least
	// and the greatest value.
	{Name: "spo2", Series: spo2, Group: Night, Settle: 2,
		Fitbit: fitbitWithinNights(nightAsk("spo2", "/all", "oxygen_saturation", ""), spo2, memberField{"pct", "value", nil}),
		Google: googleFields(googleSamples(Reconcile, "oxygen-saturation", googleMetrics, 30), spo2,
			memberField{"pct", "percentage", nil}),
		Takeout: takeoutSpO2},
	{Name: "spo2_daily", Series: spo2Daily, Group: Night, Settle: 2,
		Fitbit: fitbitNightly(nightAsk("spo2", "", "oxygen_saturation", ""), spo2Daily,
			memberField{"avg_pct", "avg", nil}, memberField{"min_pct", "min", nil}, memberField{"max_pct", "max", nil}),
		Google: googleFields(googleDates("daily-oxygen-saturation", googleMetrics, 1095), spo2Daily,
			memberField{"avg_pct", "averagePercentage", nil},
			memberField{"lower_pct", "lowerBoundPercentage", nil},
			memberField{"upper_pct", "upperBoundPercentage", nil},
			memberField{"stddev_pct", "standardDeviationPercentage", nil}),
		Takeout: takeoutSpO2Daily},

	// Breathing in a night, and in its stages, which stand in an answer of their own [H5, H6].
	{Name: "breathing_rate_daily", Series: breathingRateDaily, Group: Night, Settle: 2,
		Fitbit: fitbitNightly(nightAsk("br", "", "respiratory_rate", "br"), breathingRateDaily, memberField{"per_min", "breathingRate", occurred}),
		Google: googleFields(googleDates("daily-respiratory-rate", googleMetrics, 1095), breathingRateDaily,
			memberField{"per_min", "breathsPerMinute", nil}),
		Takeout: takeoutBreathing},
	{Name: "breathing_rate_daily.deep_per_min", Series: breathingRateDaily, Group: Night, Settle: 2,
		Fitbit: fitbitNightly(nightAsk("br", "/all", "respiratory_rate", "br"), breathingRateDaily,
			memberField{"deep_per_min", "deepSleepSummary.breathingRate", occurred},
			memberField{"light_per_min", "lightSleepSummary.breathingRate", occurred},
			memberField{"rem_per_min", "remSleepSummary.breathingRate", occurred}),
		Google: onePerDay(googleFields(googleSamples(Reconcile, "respiratory-rate-sleep-summary", googleMetrics, 365), breathingRateDaily,
			memberField{"deep_per_min", "deepSleepStats.breathsPerMinute", nil},
			memberField{"light_per_min", "lightSleepStats.breathsPerMinute", nil},
			memberField{"rem_per_min", "remSleepStats.breathsPerMinute", nil})),
		Takeout: takeoutBreathingStages},

	// The wrist's temperature in a night. The legacy Web API told only how far it is from the
	// usual one [H7].
	{Name: "skin_temperature_daily", Series: skinTemperatureDaily, Group: Night, Settle: 2,
		Fitbit: fitbitNightly(nightAsk("temp/skin", "", "temperature", "tempSkin"), skinTemperatureDaily,
			memberField{"relative_c", "nightlyRelative", nil}),
		Google:  googleOrigin(googleDates("daily-sleep-temperature-derivations", googleMetrics, 1095), readGoogleSkinTemperature),
		Takeout: takeoutSkinDaily},

	// Only archives have these, by the minute and by the half: the wrist's temperature, as it is
	// and against the usual one, and sound.
	{Name: "skin_temperature.deviation_c", Series: skinTemperature, Group: Intraday, Settle: 2, Worn: true, Takeout: takeoutSkinDeviation},
	{Name: "skin_temperature.absolute_c", Series: skinTemperature, Group: Intraday, Settle: 2, Worn: true, Takeout: takeoutSkinAbsolute},
	{Name: "snore", Series: snore, Group: Night, Settle: 2, Takeout: takeoutSnore},
}

// googleNights asks for sleep by its end, which is all that it can be chosen by
// (google-health-api.md section 5.8).
var googleNights = googleSessions("sleep", googleSleep, "civil_end_time", "endTime")

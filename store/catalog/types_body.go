package catalog

import "slices"

// The body: readings, and the legacy series of a day.
var (
	weight    = &Series{"weight", nil, slices.Concat(floats("weight_kg", "bmi", "fat_pct"), texts("log_id")), ByDay}
	bodyFat   = &Series{"body_fat", nil, slices.Concat(floats("fat_pct"), texts("log_id")), ByDay}
	bodyDaily = &Series{"body_daily", nil, floats("weight_kg", "bmi", "fat_pct"), ByMonth}

	height          = &Series{"height", nil, slices.Concat(floats("height_m"), texts("log_id")), ByDay}
	coreTemperature = &Series{"core_temperature", nil, slices.Concat(floats("celsius"), texts("location", "log_id")), ByDay}
	bloodGlucose    = &Series{"blood_glucose", nil,
		slices.Concat(floats("mg_dl"), texts("meal", "timing", "source", "specimen", "log_id")), ByDay}
)

var bodyTypes = []Type{
	// The body of a day, carried forward from the last reading [B1].
	{Name: "body_daily.weight_kg", Series: bodyDaily, Group: Daily, Settle: 7,
		Fitbit: fitbitCarried("body/weight", "weight_kg")},
	{Name: "body_daily.bmi", Series: bodyDaily, Group: Daily, Settle: 7,
		Fitbit: fitbitCarried("body/bmi", "bmi")},
	{Name: "body_daily.fat_pct", Series: bodyDaily, Group: Daily, Settle: 7,
		Fitbit: fitbitCarried("body/fat", "fat_pct")},

	// Readings of scales, and what is entered by hand [W1, W2, F1].
	{Name: "weight", Series: weight, Group: Logs, Settle: 7,
		Fitbit: &Origin{Read: fitbitWeight,
			Ask: Ask{Path: "/1/user/-/body/log/weight/date/{from}/{to}.json", Days: 31, Scope: "weight", Root: "weight", DateKey: "date"}},
		Google: googleLogs(googleFields(googleSamples(Reconcile, "weight", googleMetrics, 365), weight,
			memberField{"weight_kg", "weightGrams", thousandth})),
		Takeout: []*Origin{{From: "weight.json", Join: takeoutWeight, Whole: true}}},
	{Name: "body_fat", Series: bodyFat, Group: Logs, Settle: 7,
		Fitbit: &Origin{Read: fitbitBodyFat,
			Ask: Ask{Path: "/1/user/-/body/log/fat/date/{from}/{to}.json", Days: 30, Scope: "weight", Root: "fat", DateKey: "date"}},
		Google: googleLogs(googleFields(googleSamples(Reconcile, "body-fat", googleMetrics, 365), bodyFat,
			memberField{"fat_pct", "percentage", nil})),
		Takeout: []*Origin{{From: "weight.json", Join: takeoutBodyFat, Whole: true}}},

	// A height is usually read once, long ago: the whole history is one question.
	{Name: "height", Series: height, Group: Logs, Settle: 7,
		Google: googleLogs(googleFields(googleSamples(Reconcile, "height", googleMetrics, 3650), height,
			memberField{"height_m", "heightMillimeters", thousandth})),
		Takeout: []*Origin{{From: "height.csv", Join: takeoutHeights}, {From: "height.json", Read: takeoutOldHeights}}},
	{Name: "core_temperature", Series: coreTemperature, Group: Logs, Settle: 7,
		Fitbit: &Origin{Ask: nightAsk("temp/core", "", "temperature", "tempCore"), Read: fitbitCoreTemperature},
		Google: googleLogs(googleFields(googleSamples(Reconcile, "core-body-temperature", googleMetrics, 365), coreTemperature,
			memberField{"celsius", "temperatureCelsius", nil}, memberField{"location", "measurementLocation", nil}))},
	{Name: "blood_glucose", Series: bloodGlucose, Group: Logs, Settle: 7,
		Google: googleLogs(googleFields(googleSamples(Reconcile, "blood-glucose", googleMetrics, 365), bloodGlucose,
			memberField{"mg_dl", "bloodGlucoseMilligramsPerDeciliter", nil},
			memberField{"meal", "mealType", nil}, memberField{"timing", "measurementTiming", nil},
			memberField{"source", "measurementSource", nil}, memberField{"specimen", "specimen", nil}))},
}

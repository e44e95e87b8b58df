package catalog

import "slices"

// The body: readings, and the legacy series of a day.
var (
	weight    = &Series{"weight", nil, slices.Concat(floats("weight_kg", "bmi", "fat_pct"), texts("log_id")), ByDay}
	bodyFat   = &Series{"body_fat", nil, slices.Concat(floats("fat_pct"), texts("log_id")), ByDay}
	bodyDaily = &Series{"body_daily", nil, floats("weight_kg", "bmi", "fat_pct"), ByMonth}
)

var bodyTypes = []Type{
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
}

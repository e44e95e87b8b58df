package catalog

import "slices"

// The heart.
var (
	heartRateDaily     = &Series{"heart_rate_daily", nil, floats("resting_bpm"), ByMonth}
	heartRateZoneDaily = &Series{"heart_rate_zone_daily", []string{"zone"},
		slices.Concat(ints("minutes", "min_bpm", "max_bpm"), floats("calories_kcal")), ByMonth}
)

var heartTypes = []Type{
	// The heart's day; both types stand in one answer [A5].
	{Name: "heart_rate_daily", Series: heartRateDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: &Origin{Ask: fitbitSeries("activities/heart", 365, "heartrate"), Read: fitbitRestingHeartRate}},
	{Name: "heart_rate_zone_daily", Series: heartRateZoneDaily, Group: Daily, Settle: 1, Worn: true,
		Fitbit: &Origin{From: "heart_rate_daily", Read: fitbitHeartRateZones}},
}

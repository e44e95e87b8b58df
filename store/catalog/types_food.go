package catalog

import "slices"

// Food and drink.
var (
	nutritionDaily = &Series{"nutrition_daily", nil,
		floats("calories_kcal", "carbs_g", "fat_g", "fiber_g", "protein_g", "sodium_mg"), ByMonth}
	hydration = &Series{"hydration", nil, floats("water_ml"), ByDay}

	hydrationLog = &Series{"hydration_log", nil, slices.Concat(floats("water_ml"), texts("log_id")), ByDay}
	nutritionLog = &Series{"nutrition_log", nil, slices.Concat(
		floats("calories_kcal", "carbs_g", "fat_g", "fiber_g", "protein_g", "sodium_mg"), texts("food", "meal", "log_id")), ByDay}
)

var foodTypes = []Type{
	// The sums of a day, from what was logged by hand.
	{Name: "nutrition_daily.calories_kcal", Series: nutritionDaily, Group: Logs, Settle: 7,
		Fitbit: fitbitDaily("foods/log/caloriesIn", 1095, "nutrition", fitbitLogged, nutritionDaily, "calories_kcal"),
		Google: googleFields(googleNutritionSums, nutritionDaily, memberField{"calories_kcal", "energy.kcalSum", logged})},
	{Name: "nutrition_daily", Series: nutritionDaily, Group: Logs, Settle: 7,
		Fitbit: &Origin{Guide: "nutrition_daily.calories_kcal", Read: fitbitNutrients,
			Ask: fitbitOfDay("/1/user/-/foods/log/date/{from}.json", "nutrition", "foods")},
		Google: &Origin{From: "nutrition_daily.calories_kcal", Read: googleReader(googleNutritionSums, readGoogleNutrients)}},
	{Name: "hydration", Series: hydration, Group: Logs, Settle: 7,
		Fitbit: fitbitDaily("foods/log/water", 1095, "nutrition", fitbitLogged, hydration, "water_ml"),
		Google: googleFields(googleDailySums("hydration-log", googleNutrition, googleRollUpDays), hydration,
			memberField{"water_ml", "amountConsumed.millilitersSum", logged})},

	// What was logged, one by one; in the legacy Web API without a time [N1, N2].
	{Name: "nutrition_log", Series: nutritionLog, Group: Logs, Settle: 7,
		Fitbit: &Origin{From: "nutrition_daily", Read: fitbitFoods, Gather: byLogID},
		Google: googleLogs(googleOrigin(googleIntervals(Reconcile, "nutrition-log", googleNutrition, 365), readGoogleFood))},
	{Name: "hydration_log", Series: hydrationLog, Group: Logs, Settle: 7,
		Fitbit: &Origin{Guide: "hydration", Read: fitbitDrinks, Gather: byLogID,
			Ask: fitbitOfDay("/1/user/-/foods/log/water/date/{from}.json", "nutrition", "water")},
		Google: googleLogs(googleFields(googleIntervals(Reconcile, "hydration-log", googleNutrition, 365), hydrationLog,
			memberField{"water_ml", "amountConsumed.milliliters", logged}))},
}

var googleNutritionSums = googleDailySums("nutrition-log", googleNutrition, googleRollUpDays)

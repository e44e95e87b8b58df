package catalog

// Food and drink.
var (
	nutritionDaily = &Series{"nutrition_daily", nil,
		floats("calories_kcal", "carbs_g", "fat_g", "fiber_g", "protein_g", "sodium_mg"), ByMonth}
	hydration = &Series{"hydration", nil, floats("water_ml"), ByDay}
)

var foodTypes = []Type{
	{Name: "nutrition_daily.calories_kcal", Series: nutritionDaily, Group: Logs, Settle: 7,
		Fitbit: fitbitDaily("foods/log/caloriesIn", 1095, "nutrition", fitbitLogged, nutritionDaily, "calories_kcal")},
	{Name: "hydration", Series: hydration, Group: Logs, Settle: 7,
		Fitbit: fitbitDaily("foods/log/water", 1095, "nutrition", fitbitLogged, hydration, "water_ml")},
}

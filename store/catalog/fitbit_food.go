package catalog

import "fmt"

// foodDay is the food log of a day [N1], which is the one that it was asked for: a log has a
// date and no time, and the summary neither.
type foodDay struct {
	Foods []struct {
		LogID     number      `json:"logId"`
		Food      loggedFood  `json:"loggedFood"`
		Other     loggedFood  `json:"logged_food"` // the same, as it was called for a while
		Nutrients foodAmounts `json:"nutritionalValues"`
	} `json:"foods"`
	Summary foodAmounts `json:"summary"`
}

type loggedFood struct {
	Name string `json:"name"`
	Meal number `json:"mealTypeId"`
	Kcal number `json:"calories"`
}

// foodAmounts is what food held: grams, and milligrams of sodium.
type foodAmounts struct {
	Kcal    number `json:"calories"`
	Carbs   number `json:"carbs"`
	Fat     number `json:"fat"`
	Fiber   number `json:"fiber"`
	Protein number `json:"protein"`
	Sodium  number `json:"sodium"`
}

func (a foodAmounts) addNutrients(f *fieldList, member string) {
	f.float("carbs_g", member+".carbs", a.Carbs, nil)
	f.float("fat_g", member+".fat", a.Fat, nil)
	f.float("fiber_g", member+".fiber", a.Fiber, nil)
	f.float("protein_g", member+".protein", a.Protein, nil)
	f.float("sodium_mg", member+".sodium", a.Sodium, nil)
}

// fitbitMeals names the meals of the food log by their numbers, which are those of
// dev.fitbit.com's page on creating a log. Another number stands for itself.
var fitbitMeals = map[string]string{
	"1": "breakfast", "2": "morning_snack", "3": "lunch", "4": "afternoon_snack", "5": "dinner", "7": "anytime",
}

// fitbitNutrients reads what the food of a day held beside its calories, which have a series of
// their own. Where all is zero nothing was logged, or nothing that tells it.
func fitbitNutrients(b Body) ([]Point, error) {
	answer, err := decodeObject[foodDay](b.JSON)
	if err != nil {
		return nil, err
	}
	var f fieldList
	answer.Summary.addNutrients(&f, "summary")
	if f.err != nil {
		return nil, f.err
	}
	for _, field := range f.fields {
		if !field.Value.zero() {
			return []Point{{Measurement: nutritionDaily.Measurement, Fields: f.fields, Time: b.Zones.Start(b.Day), Day: b.Day}}, nil
		}
	}
	return nil, nil
}

// fitbitFoods reads a point for each food that was logged, at the start of its day.
func fitbitFoods(b Body) ([]Point, error) {
	answer, err := decodeObject[foodDay](b.JSON)
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, e := range answer.Foods {
		food := e.Food
		if food == (loggedFood{}) {
			food = e.Other
		}
		if e.Nutrients.Kcal == "" {
			e.Nutrients.Kcal = food.Kcal
		}
		var f fieldList
		f.str("food", food.Name)
		f.meal(food.Meal)
		f.float("calories_kcal", "calories", e.Nutrients.Kcal, nil)
		e.Nutrients.addNutrients(&f, "nutritionalValues")
		if len(f.fields) > 0 {
			f.id("log_id", "logId", e.LogID)
		}
		if f.err != nil {
			return nil, fmt.Errorf("food %s: %w", e.LogID, f.err)
		}
		if len(f.fields) > 0 {
			points = append(points, Point{Measurement: nutritionLog.Measurement, Fields: f.fields, Time: b.Zones.Start(b.Day), Day: b.Day})
		}
	}
	return points, nil
}

// meal adds the meal that a food was eaten at.
func (l *fieldList) meal(n number) {
	if n == "" || l.err != nil {
		return
	}
	id, err := n.text()
	if name, ok := fitbitMeals[id]; ok {
		id = name
	}
	l.add("meal", "mealTypeId", StringValue(id), err)
}

// fitbitDrinks reads a point for each drink of water that was logged [N2], millilitres, at the
// start of the day that was asked for.
func fitbitDrinks(b Body) ([]Point, error) {
	type drink struct {
		LogID  number `json:"logId"`
		Amount number `json:"amount"`
	}
	drinks, err := decodeList[drink](b.JSON, "water", "logId")
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, d := range drinks {
		var f fieldList
		f.float("water_ml", "amount", d.Amount, logged)
		if len(f.fields) > 0 {
			f.id("log_id", "logId", d.LogID)
		}
		if f.err != nil {
			return nil, fmt.Errorf("water %s: %w", d.LogID, f.err)
		}
		if len(f.fields) > 0 {
			points = append(points, Point{Measurement: hydrationLog.Measurement, Fields: f.fields, Time: b.Zones.Start(b.Day), Day: b.Day})
		}
	}
	return points, nil
}

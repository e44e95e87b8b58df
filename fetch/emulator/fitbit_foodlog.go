package emulator

// foodRoutes are those of food and drink, entry by entry, and of the goals (sheet 5.5).
var foodRoutes = []route{
	{"1", "foods/log/date/{d}", "nutrition", map[string]int{"": 1}, 0, false, (*call).foodLog},
	{"1", "foods/log/water/date/{d}", "nutrition", map[string]int{"": 1}, 0, false, (*call).waterLog},
	{"1", "foods/log/goal", "nutrition", nil, 0, false, (*call).foodGoal},
	{"1", "foods/log/water/goal", "nutrition", nil, 0, false, (*call).waterGoal},
	{"1", "body/log/weight/goal", "weight", nil, 0, false, (*call).weightGoal},
	{"1", "body/log/fat/goal", "weight", nil, 0, false, (*call).fatGoal},
}

// kcalGoal is what the person means to eat in a day.
const kcalGoal = 2100

// mealTypes are the numbers of the meals.
var mealTypes = map[string]int{"BREAKFAST": 1, "LUNCH": 3, "DINNER": 5}

// nutrients are those of a food or of a day: sodium in mg, the others in g.
type nutrients struct {
	Calories int    `json:"calories"`
	Carbs    number `json:"carbs"`
	Fat      number `json:"fat"`
	Fiber    number `json:"fiber"`
	Protein  number `json:"protein"`
	Sodium   number `json:"sodium"`
}

// eaten is what was logged for the day of the call, as far as it was by now.
func (c *call) eaten() Food {
	f := c.person.Food(c.from)
	if f.Entered.After(c.now) || c.empty {
		return Food{}
	}
	return f
}

// foodLog is N1: zeros where nothing was logged.
func (c *call) foodLog() (any, *refusal) {
	key := "loggedFood"
	if c.modes.SnakeCaseFood {
		key = "logged_food"
	}
	foods, f := []any{}, c.eaten()
	var sum nutrients
	for i, m := range c.person.Meals(c.from, f) {
		n := nutrients{m.Kcal, number(m.Carbs), number(m.Fat), 0, number(m.Protein), number(round(m.Salt*1000, 1))}
		sum.Calories += n.Calories
		sum.Carbs += n.Carbs
		sum.Fat += n.Fat
		sum.Protein += n.Protein
		sum.Sodium += n.Sodium
		foods = append(foods, map[string]any{
			"isFavorite": false, "logDate": c.from.String(), "logId": 33_000_000_000 + int64(c.from)*10 + int64(i), "nutritionalValues": n,
			key: map[string]any{
				"accessLevel": "PUBLIC", "amount": number(1), "brand": "", "calories": m.Kcal, "foodId": 81400 + i, "locale": "en_GB",
				"mealTypeId": mealTypes[m.Kind], "name": m.Name, "units": []int{91, 256, 279},
				"unit": map[string]any{"id": 91, "name": "cup", "plural": "cups"},
			},
		})
	}
	return map[string]any{
		"foods": foods, "goals": map[string]any{"calories": kcalGoal},
		"summary": map[string]any{
			"calories": sum.Calories, "carbs": number(round(float64(sum.Carbs), 1)), "fat": number(round(float64(sum.Fat), 1)),
			"fiber": number(0), "protein": number(round(float64(sum.Protein), 1)), "sodium": number(round(float64(sum.Sodium), 1)),
			"water": number(c.units.water(f.WaterML)),
		},
	}, nil
}

// waterLog is N2.
func (c *call) waterLog() (any, *refusal) {
	drinks, f := []any{}, c.eaten()
	for i, drink := range c.person.Drinks(c.from, f) {
		drinks = append(drinks, map[string]any{"amount": number(c.units.water(drink.ML)), "logId": 33_500_000_000 + int64(c.from)*10 + int64(i)})
	}
	return map[string]any{"summary": map[string]any{"water": number(c.units.water(f.WaterML))}, "water": drinks}, nil
}

// goal is an answer of one object, which is empty where there is no goal.
func (c *call) goal(members map[string]any) (any, *refusal) {
	if c.empty {
		members = map[string]any{}
	}
	return map[string]any{"goal": members}, nil
}

func (c *call) foodGoal() (any, *refusal) {
	return map[string]any{
		"foodPlan": map[string]any{"estimatedDate": (c.today + 100).String(), "intensity": "EASIER", "personalized": true},
		"goals":    map[string]any{"calories": kcalGoal},
	}, nil
}

func (c *call) waterGoal() (any, *refusal) {
	return c.goal(map[string]any{"goal": number(c.units.water(2000)), "startDate": c.person.first.String()})
}

func (c *call) weightGoal() (any, *refusal) {
	kg := c.person.baseKG
	return c.goal(map[string]any{
		"goalType": "LOSE", "startDate": c.person.first.String(), "startWeight": number(c.units.weight(kg)),
		"weight": number(c.units.weight(kg - 3)), "weightThreshold": 0.05,
	})
}

func (c *call) fatGoal() (any, *refusal) { return c.goal(map[string]any{"fat": number(18)}) }

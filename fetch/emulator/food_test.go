package emulator_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// nutrition is what food holds: kcal, sodium in mg, the others in g.
type nutrition struct{ Calories, Carbs, Fat, Fiber, Protein, Sodium float64 }

func (n *nutrition) add(o nutrition) {
	n.Calories += o.Calories
	n.Carbs += o.Carbs
	n.Fat += o.Fat
	n.Fiber += o.Fiber
	n.Protein += o.Protein
	n.Sodium += o.Sodium
}

// near tells whether two sums are the same to the one decimal that they have.
func (n nutrition) near(o nutrition) bool {
	o.Calories, o.Carbs, o.Fat = n.Calories-o.Calories, n.Carbs-o.Carbs, n.Fat-o.Fat
	o.Fiber, o.Protein, o.Sodium = n.Fiber-o.Fiber, n.Protein-o.Protein, n.Sodium-o.Sodium
	for _, v := range []float64{o.Calories, o.Carbs, o.Fat, o.Fiber, o.Protein, o.Sodium} {
		if math.Abs(v) > 0.051 {
			return false
		}
	}
	return true
}

// foodLog is N1, waterLog N2.
type foodLog struct {
	Foods []struct {
		LogDate    string
		LogID      int64
		LoggedFood struct {
			Name       string
			MealTypeID int
			Calories   float64
		}
		NutritionalValues nutrition
	}
	Goals   struct{ Calories float64 }
	Summary struct {
		nutrition
		Water float64
	}
}

type waterLog struct {
	Summary struct{ Water float64 }
	Water   []struct {
		Amount float64
		LogID  int64
	}
}

func foodPath(date string) string  { return "/1/user/-/foods/log/date/" + date + ".json" }
func waterPath(date string) string { return "/1/user/-/foods/log/water/date/" + date + ".json" }

func (b *bench) food(date string, header ...string) (f foodLog, w waterLog) {
	b.t.Helper()
	for path, v := range map[string]any{foodPath(date): &f, waterPath(date): &w} {
		if err := json.Unmarshal([]byte(b.ok(path, header...)), v); err != nil {
			b.t.Fatalf("%s: %v", path, err)
		}
	}
	return f, w
}

// The entries of a day add up to its summary, which is the person's and that of the series.
func TestFoodLogAddsUp(t *testing.T) {
	b := start(t)
	const from, to = "2025-08-01", "2025-11-01"
	kcal := values(t, b.ok("/1/user/-/foods/log/caloriesIn/date/"+from+"/"+to+".json"), "foods-log-caloriesIn")
	water := values(t, b.ok("/1/user/-/foods/log/water/date/"+from+"/"+to+".json"), "foods-log-water")
	ids := map[int64]bool{}
	eaten, drunk, nothing, entries := 0, 0, 0, 0
	for d := day(t, from); d <= day(t, to); d++ {
		f, w := b.food(d.String())
		truth, sum, ml := b.Person().Food(d), nutrition{}, 0.0
		for _, e := range f.Foods {
			sum.add(e.NutritionalValues)
			ids[e.LogID] = true
			if e.LogDate != d.String() || e.LoggedFood.Calories != e.NutritionalValues.Calories || e.LogID < 1<<32 {
				t.Errorf("%s: %+v", d, e)
			}
		}
		for _, e := range w.Water {
			ml += e.Amount
			ids[e.LogID] = true
		}
		if !sum.near(f.Summary.nutrition) || sum.Calories != float64(truth.Kcal) || number(t, kcal[d.String()]) != sum.Calories {
			t.Errorf("%s: entries %+v, summary %+v, series %s, truth %+v", d, sum, f.Summary, kcal[d.String()], truth)
		}
		if ml != truth.WaterML || w.Summary.Water != ml || f.Summary.Water != ml || number(t, water[d.String()]) != ml {
			t.Errorf("%s: glasses %v ml, %v and %v in all, series %s, truth %+v",
				d, ml, w.Summary.Water, f.Summary.Water, water[d.String()], truth)
		}
		entries += len(f.Foods) + len(w.Water)
		eaten, drunk = eaten+min(1, truth.Kcal), drunk+min(1, len(w.Water))
		if truth.Kcal == 0 && truth.WaterML == 0 {
			nothing++
		}
	}
	if len(ids) != entries || eaten == 0 || drunk == 0 || nothing == 0 {
		t.Errorf("%d ids of %d entries; %d days of food, %d of water, %d of neither", len(ids), entries, eaten, drunk, nothing)
	}
}

// loggedDay is the last day with both food and water.
func loggedDay(b *bench) emulator.Date {
	d := b.Today() - 1
	for f := b.Person().Food(d); f.Kcal == 0 || f.WaterML == 0; f = b.Person().Food(d) {
		d--
	}
	return d
}

// The meals are the person's.
func TestFoodLogMeals(t *testing.T) {
	b := start(t)
	d := loggedDay(b)
	f, _ := b.food(d.String())
	meals := b.Person().Meals(d, b.Person().Food(d))
	numbers := map[string]int{"BREAKFAST": 1, "LUNCH": 3, "DINNER": 5}
	if len(f.Foods) != len(meals) || len(meals) < 3 {
		t.Fatalf("%d foods, %d meals", len(f.Foods), len(meals))
	}
	for i, m := range meals {
		e := f.Foods[i]
		want := nutrition{Calories: float64(m.Kcal), Carbs: m.Carbs, Fat: m.Fat, Protein: m.Protein, Sodium: m.Salt * 1000}
		if !e.NutritionalValues.near(want) || e.LoggedFood.Name != m.Name || e.LoggedFood.MealTypeID != numbers[m.Kind] {
			t.Errorf("%+v, want %+v", e, m)
		}
	}
}

// Days on which nothing was logged have zeros and no entries, and so have those outside the history.
func TestFoodLogOfNothing(t *testing.T) {
	b := start(t)
	d := b.Today() - 1
	for f := b.Person().Food(d); f.Kcal > 0 || f.WaterML > 0; f = b.Person().Food(d) {
		d--
	}
	dates := []string{d.String(), (b.Today() + 1).String(), (b.Person().First() - 1).String(), "2009-01-01"}
	empty := func(date string) {
		t.Helper()
		f, w := b.food(date)
		if len(f.Foods)+len(w.Water) > 0 || f.Summary.nutrition != (nutrition{}) || f.Summary.Water+w.Summary.Water != 0 {
			t.Errorf("%s: %+v %+v", date, f, w)
		}
		sameShape(t, b.ok(foodPath(date)), "food_log_empty", "/goals object", "/goals/calories number")
		if got := b.ok(waterPath(date)); got != `{"summary":{"water":0.0},"water":[]}` {
			t.Errorf("%s: %s", date, got)
		}
	}
	for _, date := range dates {
		empty(date)
	}
	b.Set(func(m *emulator.Modes) { m.NoData = []string{"/foods/log/"} })
	empty(loggedDay(b).String())
}

// Food is typed in in the evening: known from then on, whether the watch syncs or not.
func TestFoodLogOfToday(t *testing.T) {
	b := start(t)
	d := loggedDay(b)
	truth := b.Person().Food(d)
	b.Set(func(m *emulator.Modes) { m.HoldSync = b.Person().DayStart(d) })
	for _, at := range []time.Time{truth.Entered.Add(-time.Second), truth.Entered} {
		b.later(at)
		f, w := b.food("today")
		if there := !at.Before(truth.Entered); (f.Summary.Calories > 0) != there || (len(f.Foods) > 0) != there ||
			(f.Summary.Water > 0) != there || (len(w.Water) > 0) != there {
			t.Errorf("at %v, typed in at %v: %+v %+v", at, truth.Entered, f, w)
		}
	}
}

// What is edited or taken out is told at once, by the entries as by the sums.
func TestFoodLogEdits(t *testing.T) {
	b := start(t)
	d := loggedDay(b)
	other, _ := b.food((d - 1).String())
	for _, edit := range []struct {
		kcal int
		ml   float64
	}{{1234, 0}, {0, 777}, {1001, 333}, {0, 0}} {
		b.SetFood(d, edit.kcal, edit.ml)
		f, w := b.food(d.String())
		var kcal, ml float64
		for _, e := range f.Foods {
			kcal += e.NutritionalValues.Calories
		}
		for _, e := range w.Water {
			ml += e.Amount
		}
		if kcal != float64(edit.kcal) || f.Summary.Calories != kcal || ml != edit.ml || f.Summary.Water != ml || w.Summary.Water != ml {
			t.Errorf("%+v: %+v %+v", edit, f, w)
		}
	}
	if f, _ := b.food((d - 1).String()); fmt.Sprint(f) != fmt.Sprint(other) {
		t.Errorf("the day before: %+v, was %+v", f, other)
	}
}

// Water is in fluid ounces in en_US and in ml elsewhere, food is the same everywhere.
func TestFoodLogUnits(t *testing.T) {
	b := start(t)
	d := loggedDay(b)
	f, w := b.food(d.String())
	for language, perML := range map[string]float64{"metric": 1, "en_GB": 1, "fr_FR": 1, "en_US": 1 / 29.5735295625} {
		gotF, gotW := b.food(d.String(), "Accept-Language", language)
		if gotF.Summary.nutrition != f.Summary.nutrition {
			t.Errorf("%s: %+v, in metric %+v", language, gotF.Summary, f.Summary)
		}
		pairs := [][2]float64{{gotF.Summary.Water, f.Summary.Water}, {gotW.Summary.Water, w.Summary.Water}}
		for i := range w.Water {
			pairs = append(pairs, [2]float64{gotW.Water[i].Amount, w.Water[i].Amount})
		}
		for _, p := range pairs {
			if p[1] == 0 || math.Abs(p[0]-p[1]*perML) > 0.001 {
				t.Errorf("%s: %v of %v ml", language, p[0], p[1])
			}
		}
	}
}

// By mode a food has another key; nothing else of the answer changes.
func TestSnakeCaseFood(t *testing.T) {
	b := start(t)
	date := loggedDay(b).String()
	usual, water := b.ok(foodPath(date)), b.ok(waterPath(date))
	b.Set(func(m *emulator.Modes) { m.SnakeCaseFood = true })
	got := b.ok(foodPath(date))
	var v any
	if err := json.Unmarshal([]byte(got), &v); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(got, `"logged_food"`); n < 3 || strings.Contains(got, `"loggedFood"`) {
		t.Errorf("%d foods of the other name: %s", n, got)
	}
	var was any
	if err := json.Unmarshal([]byte(strings.ReplaceAll(usual, `"loggedFood"`, `"logged_food"`)), &was); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(v) != fmt.Sprint(was) || b.ok(waterPath(date)) != water {
		t.Errorf("%s, was %s", got, usual)
	}
}

// object is the answer of a goal.
func (b *bench) object(path, member string, header ...string) map[string]any {
	b.t.Helper()
	var all map[string]map[string]any
	if err := json.Unmarshal([]byte(b.ok(path, header...)), &all); err != nil {
		b.t.Fatal(err)
	}
	return all[member]
}

const (
	foodGoal   = "/1/user/-/foods/log/goal.json"
	waterGoal  = "/1/user/-/foods/log/water/goal.json"
	weightGoal = "/1/user/-/body/log/weight/goal.json"
	fatGoal    = "/1/user/-/body/log/fat/goal.json"
)

// Goals have the units of Accept-Language, and began with the history.
func TestGoals(t *testing.T) {
	b := start(t)
	f, _ := b.food("today")
	if got := b.object(foodGoal, "goals")["calories"]; got != f.Goals.Calories || f.Goals.Calories == 0 {
		t.Errorf("goal %v kcal, the log says %v", got, f.Goals.Calories)
	}
	first := b.Person().First().String()
	for _, tt := range []struct {
		path, key         string
		american, british float64
		slack             float64
	}{
		{waterGoal, "goal", 1 / 29.5735295625, 1, 0.001},
		{weightGoal, "weight", 2.2046226218, 2.2046226218 / 14, 0.17},
		{weightGoal, "startWeight", 2.2046226218, 2.2046226218 / 14, 0.17},
		{fatGoal, "fat", 1, 1, 0},
	} {
		metric := b.object(tt.path, "goal")[tt.key].(float64)
		for language, factor := range map[string]float64{"metric": 1, "de_DE": 1, "en_US": tt.american, "en_GB": tt.british} {
			g := b.object(tt.path, "goal", "Accept-Language", language)
			if got := g[tt.key].(float64); metric == 0 || math.Abs(got-metric*factor) > tt.slack {
				t.Errorf("%s %s in %s: %v of %v", tt.path, tt.key, language, got, metric)
			}
			if start, ok := g["startDate"]; ok && start != first {
				t.Errorf("%s: since %v, the history begins on %s", tt.path, start, first)
			}
		}
	}
	g := b.object(weightGoal, "goal")
	if g["goalType"] != "LOSE" || g["weight"].(float64) >= g["startWeight"].(float64) {
		t.Errorf("weight goal %v", g)
	}
	b.Set(func(m *emulator.Modes) { m.NoData = []string{"/goal"} })
	for _, path := range []string{waterGoal, weightGoal, fatGoal} {
		if got := b.ok(path); got != `{"goal":{}}` {
			t.Errorf("%s without a goal: %s", path, got)
		}
	}
}

func TestFoodShapes(t *testing.T) {
	b := start(t)
	date := loggedDay(b).String()
	sameShape(t, b.ok(foodPath(date)), "food_log_day")
	sameShape(t, b.ok(waterPath(date)), "water_log_day")
	for name, path := range map[string]string{
		"food_goal": foodGoal, "water_goal": waterGoal, "weight_goal": weightGoal, "fat_goal": fatGoal,
	} {
		sameShape(t, b.ok(path), name)
	}
}

func TestFoodBadRequests(t *testing.T) {
	b := start(t)
	for _, date := range []string{"2025-02-30", "2025-1-1", "2025-13-01", "yesterday", "1d"} {
		b.get(foodPath(date)).wants(t, "food of "+date, 400, "validation")
		b.get(waterPath(date)).wants(t, "water of "+date, 400, "validation")
	}
	for _, path := range []string{foodPath("2025-10-30"), waterPath("2025-10-30"), foodGoal, waterGoal, weightGoal, fatGoal} {
		b.get(path+"?timezone=UTC").wants(t, path+" by UTC", 400, "validation")
	}
	for _, path := range []string{
		"/1/user/-/body/log/bmi/goal.json", "/1/user/-/foods/goal.json", "/1.2/user/-/foods/log/goal.json",
	} {
		b.get(path).wants(t, path, 404, "not_found")
	}
}

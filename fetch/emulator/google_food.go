package emulator

import "time"

// drink is a hydration log.
type drink float64

func (v drink) write(w *jsonWriter) {
	w.open("amountConsumed")
	w.f64("milliliters", float64(v))
	w.enum("userProvidedUnit", "MILLILITER")
	w.close()
}

// eaten is a day's food as far as it has been logged by now.
func (g *glance) eaten(d Date) Food {
	f := g.person.Food(d)
	if f.Entered.After(g.now) {
		return Food{}
	}
	return f
}

func (g *glance) hydration(d Date) []record {
	var out []record
	for i, v := range g.person.Drinks(d, g.eaten(d)) {
		r := g.between(v.At, v.At.Add(time.Minute), manualOrigin, drink(v.ML))
		r.id = number64(7_100_000_000 + int64(d)*10 + int64(i))
		out = append(out, r)
	}
	return out
}

// meal is a nutrition log.
type meal struct {
	Meal
	food int // in the catalogue
	user string
}

func (v meal) write(w *jsonWriter) {
	w.str("foodDisplayName", v.Name)
	w.str("food", v.user+"/dataTypes/food/dataPoints/"+number64(int64(v.food)))
	w.enum("mealType", v.Kind)
	w.open("energy")
	w.f64("kcal", float64(v.Kcal))
	w.enum("userProvidedUnit", "KILOCALORIE")
	w.close()
	grams(w, "totalCarbohydrate", v.Carbs)
	grams(w, "totalFat", v.Fat)
	w.openList("nutrients")
	for _, n := range []struct {
		name  string
		grams float64
	}{{"PROTEIN", v.Protein}, {"SODIUM", v.Salt}} {
		w.open("")
		w.enum("nutrient", n.name)
		grams(w, "quantity", n.grams)
		w.close()
	}
	w.closeList()
	w.open("serving")
	w.f64("amount", 1)
	w.str("foodMeasurementUnit", unitName(v.user, servingUnit))
	w.close()
}

func grams(w *jsonWriter, key string, value float64) {
	w.open(key)
	w.f64("grams", value)
	w.close()
}

func (g *glance) nutrition(d Date) []record {
	var out []record
	for i, v := range g.person.Meals(d, g.eaten(d)) {
		r := g.between(v.At, v.At.Add(time.Minute), manualOrigin, meal{v, firstFood + i, g.user})
		r.id = number64(7_200_000_000 + int64(d)*10 + int64(i))
		out = append(out, r)
	}
	return out
}

const (
	firstFood   = 801
	servingUnit = 304
)

func unitName(user string, unit int) string {
	return user + "/dataTypes/food-measurement-unit/dataPoints/" + number64(int64(unit))
}

// dish is a food of the person's catalogue.
type dish struct{ name, user string }

func (v dish) write(w *jsonWriter) {
	w.str("displayName", v.name)
	w.enum("accessLevel", "FOOD_ACCESS_LEVEL_PRIVATE")
	w.open("defaultServing")
	w.str("foodMeasurementUnit", unitName(v.user, servingUnit))
	w.f64("amount", 1)
	w.close()
}

// foods are a catalogue, without a time: all lie on the first day.
func (g *glance) foods(d Date) []record {
	if d != g.person.first {
		return nil
	}
	var out []record
	for i, plan := range mealPlan {
		out = append(out, record{id: number64(int64(firstFood + i)), source: manualOrigin, value: dish{plan.name, g.user}})
	}
	return out
}

// measure is a unit in which food is measured.
type measure struct{ one, many string }

func (v measure) write(w *jsonWriter) {
	w.str("displayName", v.one)
	w.str("pluralDisplayName", v.many)
}

func (g *glance) foodUnits(d Date) []record {
	if d != g.person.first {
		return nil
	}
	return []record{
		{id: number64(servingUnit), source: manualOrigin, value: measure{"serving", "servings"}},
		{id: "147", source: manualOrigin, value: measure{"gram", "grams"}},
	}
}

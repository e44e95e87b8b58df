package catalog

// googleFood is the value of a nutrition log and of the sums of a day, which have other names
// for the same amounts (google-health-api.md section 6.2).
type googleFood struct {
	Name   string `json:"foodDisplayName"`
	Meal   string `json:"mealType"`
	Energy struct {
		Kcal number `json:"kcal"`
	} `json:"energy"`
	Carbs     googleGrams `json:"totalCarbohydrate"`
	Fat       googleGrams `json:"totalFat"`
	Nutrients []struct {
		Nutrient string      `json:"nutrient"`
		Quantity googleGrams `json:"quantity"`
	} `json:"nutrients"`
}

// googleGrams is an amount: of a log, or the sum of a day.
type googleGrams struct {
	Grams number `json:"grams"`
	Sum   number `json:"gramsSum"`
}

func (g googleGrams) amount() number {
	if g.Grams != "" {
		return g.Grams
	}
	return g.Sum
}

// milligrams turns grams into milligrams.
func milligrams(g float64) (float64, bool) { return roundTo(g*1000, 6), true }

// nutrients are those among the many that fields are declared for.
var nutrients = map[string]memberField{
	"DIETARY_FIBER": {key: "fiber_g"}, "PROTEIN": {key: "protein_g"}, "SODIUM": {key: "sodium_mg", conv: milligrams},
}

// addNutrients adds what the food held.
func (v googleFood) addNutrients(f *fieldList) {
	f.double("carbs_g", "totalCarbohydrate", v.Carbs.amount(), nil)
	f.double("fat_g", "totalFat", v.Fat.amount(), nil)
	for _, n := range v.Nutrients {
		if d, ok := nutrients[n.Nutrient]; ok {
			f.double(d.key, "nutrients."+n.Nutrient, n.Quantity.amount(), d.conv)
		}
	}
}

// readGoogleNutrients reads what the food of a day held. Where all is zero nothing was
// logged.
func readGoogleNutrients(r googleRecord[googleFood]) ([]Point, error) {
	var f fieldList
	r.Value.addNutrients(&f)
	for _, field := range f.fields {
		if field.Value.Float() != 0 {
			return r.point(nutritionDaily, nil, f)
		}
	}
	return nil, f.err
}

// readGoogleFood reads a point for each food that was logged.
func readGoogleFood(r googleRecord[googleFood]) ([]Point, error) {
	var f fieldList
	f.str("food", r.Value.Name)
	f.str("meal", enumName(r.Value.Meal))
	f.double("calories_kcal", "energy.kcal", r.Value.Energy.Kcal, nil)
	r.Value.addNutrients(&f)
	if len(f.fields) > 0 {
		f.str("log_id", r.ID)
	}
	return r.point(nutritionLog, nil, f)
}

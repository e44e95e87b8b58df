package emulator

import (
	"math"
	"time"
)

// Meal is a part of the food of a day; the parts add up to Food.Kcal.
type Meal struct {
	At                        time.Time // UTC
	Kind, Name                string
	Kcal                      int
	Carbs, Fat, Protein, Salt float64 // grams; Salt is sodium
}

// Drink is a part of the water of a day; the parts add up to Food.WaterML.
type Drink struct {
	At time.Time // UTC
	ML float64
}

var mealPlan = []struct {
	kind, name string
	minute     int
	share      float64
}{
	{"BREAKFAST", "Example porridge", 7*60 + 30, 0.25},
	{"LUNCH", "Example stew", 12*60 + 30, 0.4},
	{"DINNER", "Example pasta", 19 * 60, 0.35},
}

// Meals splits what was logged for a local day.
func (p *Person) Meals(d Date, f Food) []Meal {
	if f.Kcal == 0 {
		return nil
	}
	var meals []Meal
	left := f.Kcal
	for i, plan := range mealPlan {
		kcal := int(plan.share * float64(f.Kcal))
		if i == len(mealPlan)-1 {
			kcal = left
		}
		left -= kcal
		k := float64(kcal)
		meals = append(meals, Meal{
			At: d.At(p.Zone(d), plan.minute*60).UTC(), Kind: plan.kind, Name: plan.name, Kcal: kcal,
			Carbs: round(k*0.5/4, 1), Fat: round(k*0.3/9, 1), Protein: round(k*0.2/4, 1), Salt: round(k*0.0011, 3),
		})
	}
	return meals
}

// Drinks splits the water logged for a local day into glasses.
func (p *Person) Drinks(d Date, f Food) []Drink {
	var drinks []Drink
	n := int(math.Max(1, math.Min(4, f.WaterML/250)))
	for i, left := 0, f.WaterML; i < n && left > 0; i++ {
		ml := math.Floor(f.WaterML / float64(n))
		if i == n-1 {
			ml = left
		}
		left -= ml
		drinks = append(drinks, Drink{d.At(p.Zone(d), (8+4*i)*3600).UTC(), ml})
	}
	return drinks
}

// Temperatures returns the thermometer readings of a day in °C, earliest first:
// one on sick days, and three on the fifth day of the history, two of them
// within a second.
func (p *Person) Temperatures(d Date) []Reading {
	var all []Reading
	if t, ok := p.Temperature(d); ok {
		all = append(all, t)
	}
	if d != p.first+feverDay {
		return all
	}
	evening := d.At(p.Zone(d), 21*3600+40*60).UTC()
	r := newNoise(p.seed, "evening thermometer", int(d))
	for _, fraction := range []time.Duration{100, 600} {
		at := evening.Add(fraction * time.Millisecond)
		all = append(all, Reading{At: at, Value: round(37.4+r.spread(0.1), 2)})
	}
	return all
}

// feverDay is counted from the first day.
const feverDay = 4

// Temperature is the morning's thermometer reading in °C, taken on sick days.
func (p *Person) Temperature(d Date) (Reading, bool) {
	r := newNoise(p.seed, "thermometer", int(d))
	p.mu.Lock()
	defer p.mu.Unlock()
	if d < p.first || d != p.first+feverDay && !p.sick(d) && !r.chance(0.01) {
		return Reading{}, false
	}
	celsius := 36.6 + r.spread(0.2)
	if p.sick(d) {
		celsius += 1.4
	}
	at := d.At(p.zone(d), 8*3600+r.between(0, 3599)).UTC().Add(250 * time.Millisecond)
	return Reading{At: at, Value: round(celsius, 2)}, true
}

// Glucose is a reading in mg/dl, taken a few times a year.
func (p *Person) Glucose(d Date) (Reading, bool) {
	r := newNoise(p.seed, "glucose", int(d))
	if d < p.first || !r.chance(0.03) {
		return Reading{}, false
	}
	at := d.At(p.Zone(d), 7*3600+r.between(0, 3599)).UTC().Add(500 * time.Millisecond)
	return Reading{At: at, Value: round(92+r.spread(6), 1)}, true
}

// ECG is a recording that the person made.
type ECG struct {
	At     time.Time // UTC
	BPM    int
	Result string
	Wave   []int
}

// ECG returns a day's recording; there are about six a year.
func (p *Person) ECG(d Date) (ECG, bool) {
	r := newNoise(p.seed, "ecg", int(d))
	if d < p.first || d != p.first+3 && !r.chance(0.016) {
		return ECG{}, false
	}
	e := ECG{At: d.At(p.Zone(d), 19*3600+r.between(0, 3599)).UTC(), BPM: r.between(58, 84), Result: "NORMAL_SINUS_RHYTHM"}
	if r.chance(0.2) {
		e.Result = "INCONCLUSIVE"
	}
	e.Wave = make([]int, 750)
	for i := range e.Wave {
		phase := float64(i%190) / 190
		e.Wave[i] = int(40*math.Sin(2*math.Pi*phase) + 900*math.Exp(-math.Pow((phase-0.4)*60, 2)) + r.spread(12))
	}
	return e, true
}

// RhythmAlert is an irregular rhythm seen in a night, about once in two years.
type RhythmAlert struct {
	Start time.Time // UTC
	Beats []Reading
}

// RhythmAlert returns a day's alert.
func (p *Person) RhythmAlert(d Date) (RhythmAlert, bool) {
	r := newNoise(p.seed, "irregular rhythm", int(d))
	if d < p.first || d != p.first+5 && !r.chance(0.0015) {
		return RhythmAlert{}, false
	}
	a := RhythmAlert{Start: d.At(p.Zone(d), 2*3600).UTC()}
	for at := 1; at < 300; at += r.between(1, 2) {
		a.Beats = append(a.Beats, Reading{At: a.Start.Add(time.Duration(at) * time.Second), Value: float64(r.between(70, 130))})
	}
	return a, true
}

package emulator

import (
	"math"
	"slices"
	"time"
)

// Weight is one weighing.
type Weight struct {
	LogID   int64     // the wall clock read as UTC, in ms: not unique (sheet 4.3)
	At      time.Time // UTC; wall clock 23:59:59 when no time was given
	Entered time.Time // UTC; when the service learnt of it
	Date    Date
	KG      float64 // to 0.1
	Fat     float64 // per cent; 0: not measured
	Source  string  // AriaAir, API, Withings …
}

// Food is what the person logged for a day; zero values mean nothing logged.
type Food struct {
	Kcal    int
	WaterML float64
	Entered time.Time // UTC
}

const (
	scaleSource = "AriaAir"
	endOfDay    = 86399 // 23:59:59, the time of a log without a time
)

// BMI of a weight in kg.
func (p *Person) BMI(kg float64) float64 {
	m := p.heightCM / 100
	return math.Round(kg/(m*m)*100) / 100
}

// Weights returns the weighings of a local day in order of time, with all
// edits.
func (p *Person) Weights(d Date) []Weight {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.edits.weights(d, p.weighings(d))
}

// Food returns what was eaten and drunk on a local day, as far as logged.
func (p *Person) Food(d Date) Food {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f, ok := p.edits.food[d]; ok {
		return f
	}
	r := newNoise(p.seed, "food", int(d))
	if d < p.first {
		return Food{}
	}
	f := Food{Entered: d.At(p.zone(d), r.between(1230, 1290)*60).UTC()}
	if r.chance(0.55) {
		f.Kcal = p.bmr(d) + r.between(150, 1100)
	}
	if r.chance(0.45) {
		f.WaterML = float64(250 * r.between(2, 10))
	}
	return f
}

// trueKG drifts by some kilograms over the years, heavier in winter.
func (p *Person) trueKG(d Date) float64 {
	return p.baseKG + 2.4*p.wave("weight", d, 900) + 0.8*p.season(d)
}

func (p *Person) trueFat(d Date) float64 {
	return 21 + 2.2*p.wave("weight", d, 900) + 1.1*p.wave("fat", d, 230)
}

// weighings of a day: about one a week on the scale, a few typed in, and every
// few weeks two entries in one second.
func (p *Person) weighings(d Date) []Weight {
	if d < p.first {
		return nil
	}
	r := newNoise(p.seed, "weigh", int(d))
	var logs []Weight
	if d == p.first || r.chance(0.16) {
		w := p.weighing(d, r.between(390, 470)*60+r.between(0, 59), scaleSource, r)
		if d == p.first || r.chance(0.7) {
			w.Fat = float64(float32(math.Round((p.trueFat(d)+r.spread(0.3))*1000) / 1000))
		}
		logs = append(logs, w)
	}
	if twice := d == p.first+2 || int(d)%43 == 7; twice || r.chance(0.015) {
		logs = append(logs, p.weighing(d, endOfDay, "API", r))
		if twice {
			logs = append(logs, p.weighing(d, endOfDay, "Withings", r))
		}
	}
	return logs
}

// weighing is a log at a wall second of the day. One without a time was typed
// in at eight in the evening.
func (p *Person) weighing(d Date, second int, source string, r *noise) Weight {
	w := Weight{Date: d, Source: source, At: d.At(p.zone(d), second).UTC()}
	w.KG = math.Round((p.trueKG(d)+r.spread(0.25))*10) / 10
	w.LogID = (int64(d)*86400 + int64(second)) * 1000
	w.Entered = w.At
	if second == endOfDay {
		w.Entered = d.At(p.zone(d), 20*3600).UTC()
	}
	return w
}

// Body is what the body series carry forward: the newest weighing and the
// newest measured fat up to and including a day.
type Body struct {
	Weight    Weight
	Fat       float64
	HasWeight bool
	HasFat    bool
}

// add takes a later weighing in; of two in one second the first stays.
func (b *Body) add(w Weight) {
	if !b.HasWeight || w.At.After(b.Weight.At) {
		b.Weight, b.HasWeight = w, true
	}
	if w.Fat > 0 {
		b.Fat, b.HasFat = w.Fat, true
	}
}

// Bodies returns the carried-forward state for each day of a range, as known at
// an instant.
func (p *Person) Bodies(from, to Date, known time.Time) []Body {
	var now Body
	var out []Body
	p.mu.Lock()
	defer p.mu.Unlock()
	begin := min(p.first, p.edits.firstWeight(p.first))
	for d := min(begin, from); d <= to; d++ {
		for _, w := range p.edits.weights(d, p.weighings(d)) {
			if !w.Entered.After(known) {
				now.add(w)
			}
		}
		if d >= from {
			out = append(out, now)
		}
	}
	return out
}

func sortWeights(logs []Weight) {
	slices.SortStableFunc(logs, func(a, b Weight) int { return a.At.Compare(b.At) })
}

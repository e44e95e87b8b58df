package emulator

import (
	"iter"
	"strconv"
)

// Families that nobody exports as series (archive sheet 5.1). Their records are
// described nowhere; these are guesses that make files of a plausible size.

func (t *takeout) logPages(family string, of func(Date, Food) []any) iter.Seq[takeoutFile] {
	return t.paged(family, func(yield func(any) bool) {
		for d := t.c.today; d >= t.typed; d-- {
			f := t.p.Food(d)
			if f.Entered.After(t.now) {
				continue
			}
			for _, r := range of(d, f) {
				if !yield(r) {
					return
				}
			}
		}
	})
}

func (t *takeout) waterLogs(d Date, f Food) []any {
	type water struct {
		Amount float64 `json:"waterAmount"`
		Unit   string  `json:"measurementUnit"`
		Date   string  `json:"date"`
	}
	var all []any
	for _, drink := range t.p.Drinks(d, f) {
		all = append(all, water{drink.ML, "ml", usDay(d)})
	}
	return all
}

func (t *takeout) foodLogs(d Date, f Food) []any {
	type food struct {
		Name string `json:"foodName"`
		Meal string `json:"mealType"`
		Kcal int    `json:"calories"`
		Date string `json:"logDate"`
	}
	var all []any
	for _, m := range t.p.Meals(d, f) {
		all = append(all, food{m.Name, m.Kind, m.Kcal, usDay(d)})
	}
	return all
}

// badges is badge.json: one for each ten thousand steps reached, at most ten.
func (t *takeout) badges() iter.Seq[takeoutFile] {
	type badge struct {
		Kind  string `json:"badgeType"`
		Value int    `json:"value"`
		Date  string `json:"dateTime"`
	}
	return func(yield func(takeoutFile) bool) {
		var all []badge
		for d := range t.each(t.p.first, t.c.today) {
			if steps := t.c.view(d).Steps; steps >= 10_000 && len(all) < 10 {
				all = append(all, badge{"DAILY_STEPS", steps / 5000 * 5000, usDay(d)})
			}
		}
		if len(all) > 0 {
			yield(takeoutFile{exportFolder + "badge.json", exportArray(all)})
		}
	}
}

// oxygenVariation is estimated_oxygen_variation-: CSV among the JSON, a small
// whole number a minute asleep, in UTC. It is no oxygen saturation (archive sheet
// gotcha 9).
func (t *takeout) oxygenVariation() iter.Seq[takeoutFile] {
	return func(yield func(takeoutFile) bool) {
		for d := range t.days() {
			body := []byte("timestamp,Infrared to Red Signal Ratio\n")
			r, empty := newNoise(t.p.seed, "oxygen variation", int(d)), true
			for m := range t.minutes(t.start(d), t.start(d+1)) {
				if !m.told || !m.m.InBed {
					continue
				}
				body = append(append(body, usStamp(m.at)...), ',')
				body = append(strconv.AppendInt(body, int64(r.spread(12)), 10), '\n')
				empty = false
			}
			if !empty && !yield(takeoutFile{exportFolder + "estimated_oxygen_variation-" + d.String() + ".csv", body}) {
				return
			}
		}
	}
}

package emulator

import (
	"math"
	"sort"
	"time"
)

// recordRoll rolls up the records of the reconciled stream that start in a
// window.
func recordRoll(value func([]record, *jsonWriter)) roller {
	return func(g *glance, t *googleType, from, to time.Time, w *jsonWriter) bool {
		records := g.inWindow(t, from, to)
		if len(records) == 0 {
			return false
		}
		value(records, w)
		return true
	}
}

// personalRoll is the disputed rollup of a daily type (Google sheet 6.1): the
// range of the thirty days up to each day.
func personalRoll(value func([]record, *jsonWriter)) roller {
	return func(g *glance, t *googleType, from, to time.Time, w *jsonWriter) bool {
		last := DateOf(g.person.Wall(to.Add(-time.Second)))
		if len(g.stream(t, last, true)) == 0 {
			return false
		}
		var records []record
		for d := last - 29; d <= last; d++ {
			records = append(records, g.stream(t, d, true)...)
		}
		value(records, w)
		return true
	}
}

// inWindow keeps the day it read last, since windows come in order.
func (g *glance) inWindow(t *googleType, from, to time.Time) []record {
	var out []record
	p := g.person
	for d := DateOf(p.Wall(from)) - 1; p.DayStart(d).Before(to); d++ {
		if !p.DayStart(d + 1).After(from) {
			continue
		}
		if g.held != t || g.heldDay != d {
			g.held, g.heldDay, g.heldRecords = t, d, g.stream(t, d, true)
		}
		first := sort.Search(len(g.heldRecords), func(i int) bool { return g.heldRecords[i].start.Before(to) })
		last := sort.Search(len(g.heldRecords), func(i int) bool { return g.heldRecords[i].start.Before(from) })
		out = append(out, g.heldRecords[first:last]...)
	}
	return out
}

// spread is the mean, least and greatest of a number in records.
func spread(records []record, of func(members) float64) (mean, least, most float64) {
	least, most = math.Inf(1), math.Inf(-1)
	for _, r := range records {
		v := of(r.value)
		mean += v
		least, most = min(least, v), max(most, v)
	}
	return round(mean/float64(len(records)), 6), least, most
}

func doubleOf(v members) float64 { return v.(double).value }

func rollRunVO2Max(records []record, w *jsonWriter) {
	mean, least, most := spread(records, doubleOf)
	w.double("rateAvg", mean)
	w.double("rateMin", least)
	w.double("rateMax", most)
}

func rollHeartRate(records []record, w *jsonWriter) {
	mean, least, most := spread(records, func(v members) float64 { return float64(v.(pulse).bpm) })
	w.double("beatsPerMinuteMin", least)
	w.double("beatsPerMinuteAvg", mean)
	w.double("beatsPerMinuteMax", most)
}

func rollCoreTemperature(records []record, w *jsonWriter) {
	mean, least, most := spread(records, func(v members) float64 { return v.(temperature).celsius })
	w.double("temperatureCelsiusAvg", mean)
	w.double("temperatureCelsiusMin", least)
	w.double("temperatureCelsiusMax", most)
}

func rollGlucose(records []record, w *jsonWriter) {
	mean, _, _ := spread(records, func(v members) float64 { return float64(v.(sugar)) })
	w.double("bloodGlucoseMilligramsPerDeciliterAvg", mean)
}

func rollWeight(records []record, w *jsonWriter) {
	mean, _, _ := spread(records, func(v members) float64 { return v.(mass).grams })
	w.double("weightGramsAvg", mean)
}

func rollBodyFat(records []record, w *jsonWriter) {
	mean, _, _ := spread(records, doubleOf)
	w.double("bodyFatPercentageAvg", mean)
}

func rollHydration(records []record, w *jsonWriter) {
	sum := 0.0
	for _, r := range records {
		sum += float64(r.value.(drink))
	}
	w.open("amountConsumed")
	w.double("millilitersSum", sum)
	w.enum("userProvidedUnitLast", "MILLILITER")
	w.close()
}

func rollNutrition(records []record, w *jsonWriter) {
	var sum Meal
	for _, r := range records {
		m := r.value.(meal)
		sum.Kcal += m.Kcal
		sum.Carbs += m.Carbs
		sum.Fat += m.Fat
		sum.Protein += m.Protein
		sum.Salt += m.Salt
	}
	w.open("energy")
	w.double("kcalSum", float64(sum.Kcal))
	w.close()
	gramsSum(w, "totalCarbohydrate", sum.Carbs)
	gramsSum(w, "totalFat", sum.Fat)
	w.openList("nutrients")
	w.open("")
	w.enum("nutrient", "PROTEIN")
	gramsSum(w, "quantity", sum.Protein)
	w.close()
	w.open("")
	w.enum("nutrient", "SODIUM")
	gramsSum(w, "quantity", sum.Salt)
	w.close()
	w.closeList()
}

func gramsSum(w *jsonWriter, key string, value float64) {
	w.open(key)
	w.double("gramsSum", round(value, 3))
	w.close()
}

func rollRestingRange(records []record, w *jsonWriter) {
	_, least, most := spread(records, func(v members) float64 { return float64(v.(resting).bpm) })
	w.double("beatsPerMinuteMin", least)
	w.double("beatsPerMinuteMax", most)
}

func rollVariabilityRange(records []record, w *jsonWriter) {
	_, least, most := spread(records, func(v members) float64 { return v.(dailyVariability).rmssd })
	w.double("averageHeartRateVariabilityMillisecondsMin", least)
	w.double("averageHeartRateVariabilityMillisecondsMax", most)
}

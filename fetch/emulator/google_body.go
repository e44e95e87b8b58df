package emulator

import (
	"math"
	"time"
)

// originOf tells who weighed.
func originOf(w Weight) *origin {
	switch w.Source {
	case scaleSource:
		return scaleOrigin
	case "Withings":
		return partnerOrigin
	}
	return manualOrigin
}

// weighings are the records of a day's weighings that have reached the service.
// Two in one second have the same id in the legacy dialect, here each its own.
func (g *glance) weighings(d Date, value func(Weight) members) []record {
	var out []record
	seen := map[int64]int64{}
	for _, w := range g.person.Weights(d) {
		again := seen[w.LogID]
		seen[w.LogID]++
		v := value(w)
		if w.Entered.After(g.now) || v == nil {
			continue
		}
		r := g.sampleAt(w.At, originOf(w), v)
		r.id = number64(w.LogID + again)
		out = append(out, r)
	}
	return out
}

type mass struct {
	grams float64
	notes string
}

func (v mass) write(w *jsonWriter) {
	w.f64("weightGrams", v.grams)
	w.str("notes", v.notes)
}

func (g *glance) weights(d Date) []record {
	return g.weighings(d, func(w Weight) members {
		v := mass{grams: math.Round(w.KG * 1000)}
		if originOf(w) == manualOrigin {
			v.notes = "sample note"
		}
		return v
	})
}

func (g *glance) bodyFat(d Date) []record {
	return g.weighings(d, func(w Weight) members {
		if w.Fat == 0 {
			return nil
		}
		return double{"percentage", w.Fat}
	})
}

type stature int64

func (v stature) write(w *jsonWriter) { w.i64("heightMillimeters", int64(v)) }

// height is a single reading of the first day.
func (g *glance) height(d Date) []record {
	if d != g.person.first {
		return nil
	}
	at := g.person.DayStart(d).Add(8 * time.Hour).UTC()
	if at.After(g.now) {
		return nil
	}
	r := g.sampleAt(at, manualOrigin, stature(math.Round(g.person.heightCM*10)))
	r.id = number64(int64(d) * 1000)
	return []record{r}
}

type temperature struct {
	celsius float64
	id      string
}

func (v temperature) write(w *jsonWriter) {
	w.f64("temperatureCelsius", v.celsius)
	w.enum("measurementLocation", "MOUTH")
	w.str("id", v.id)
}

func (g *glance) coreTemperature(d Date) []record {
	var out []record
	for i, t := range g.person.Temperatures(d) {
		if t.At.After(g.now) {
			break
		}
		id := number64(5_000_000_000 + int64(d) + int64(i)*100_000_000)
		r := g.sampleAt(t.At, manualOrigin, temperature{t.Value, "temp-" + id})
		r.id = id
		out = append(out, r)
	}
	return out
}

type sugar float64

func (v sugar) write(w *jsonWriter) {
	w.f64("bloodGlucoseMilligramsPerDeciliter", float64(v))
	w.enum("measurementTiming", "FASTING")
	w.enum("measurementSource", "SELF_MONITORING_BLOOD_GLUCOSE")
	w.enum("specimen", "CAPILLARY_BLOOD")
}

func (g *glance) glucose(d Date) []record {
	v, ok := g.person.Glucose(d)
	if !ok || v.At.After(g.now) {
		return nil
	}
	r := g.sampleAt(v.At, manualOrigin, sugar(v.Value))
	r.id = number64(6_000_000_000 + int64(d))
	return []record{r}
}

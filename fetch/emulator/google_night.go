package emulator

// dailyNight is a night of a day that is over.
func (g *glance) dailyNight(d Date) (Night, bool) {
	if d < g.person.first || !g.over(d) {
		return Night{}, false
	}
	return g.night(d)
}

type dailyVariability struct {
	rmssd, deep, entropy float64
	bpm                  int
}

func (v dailyVariability) write(w *jsonWriter) {
	w.f64("averageHeartRateVariabilityMilliseconds", v.rmssd)
	w.f64("deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds", v.deep)
	w.f64("entropy", v.entropy)
	w.i64("nonRemHeartRateBeatsPerMinute", int64(v.bpm))
}

func (g *glance) dailyVariability(d Date) []record {
	n, ok := g.dailyNight(d)
	if !ok {
		return nil
	}
	return g.onDay(d, dailyVariability{n.RMSSD, n.DeepRMSSD, n.Entropy, n.NonRemBPM})
}

// double is a value of one member.
type double struct {
	key   string
	value float64
}

func (v double) write(w *jsonWriter) { w.f64(v.key, v.value) }

func (g *glance) oxygen(d Date) []record {
	return g.nightSamples(d, g.person.Oxygen, func(r Reading) (*origin, members) {
		return watchOrigin, double{"percentage", r.Value}
	})
}

type dailyOxygen struct{ mean, low, high, sd float64 }

func (v dailyOxygen) write(w *jsonWriter) {
	w.f64("averagePercentage", v.mean)
	w.f64("lowerBoundPercentage", v.low)
	w.f64("upperBoundPercentage", v.high)
	w.f64("standardDeviationPercentage", v.sd)
}

func (g *glance) dailyOxygen(d Date) []record {
	n, ok := g.dailyNight(d)
	if !ok {
		return nil
	}
	return []record{{date: d, source: watchOrigin, value: dailyOxygen{n.Oxygen, n.OxygenLow, n.OxygenHigh, n.OxygenSD}}}
}

func (g *glance) dailyBreathing(d Date) []record {
	n, ok := g.dailyNight(d)
	if !ok {
		return nil
	}
	return g.onDay(d, double{"breathsPerMinute", n.Breaths[""]})
}

type breathing map[string]float64

func (v breathing) write(w *jsonWriter) {
	for _, s := range []struct{ key, level string }{
		{"fullSleepStats", ""}, {"deepSleepStats", "deep"}, {"remSleepStats", "rem"}, {"lightSleepStats", "light"},
	} {
		w.open(s.key)
		w.f64("breathsPerMinute", v[s.level])
		if s.level == "" {
			w.f64("standardDeviation", 1.25)
			w.f64("signalToNoise", 3.5)
		}
		w.close()
	}
}

// breathing is a sample at the end of the night.
func (g *glance) breathing(d Date) []record {
	n, ok := g.night(d)
	if !ok {
		return nil
	}
	return []record{g.sampleAt(n.End, derivedOrigin, breathing(n.Breaths))}
}

type skin struct{ night, baseline, sd float64 }

func (v skin) write(w *jsonWriter) {
	w.f64("nightlyTemperatureCelsius", v.night)
	w.f64("baselineTemperatureCelsius", v.baseline)
	w.f64("relativeNightlyStddev30dCelsius", v.sd)
}

// skinTemperature has no baseline in the first weeks: "NaN" (Google sheet 4).
func (g *glance) skinTemperature(d Date) []record {
	n, ok := g.dailyNight(d)
	if !ok {
		return nil
	}
	return g.onDay(d, skin{n.SkinC, n.BaselineC, n.SkinSD})
}

type fitness struct {
	value  float64
	method string
}

func (v fitness) write(w *jsonWriter) {
	w.f64("vo2Max", v.value)
	w.enum("measurementMethod", v.method)
}

// vo2Max is estimated from each run.
func (g *glance) vo2Max(d Date) []record {
	workout, ok := g.run(d)
	if !ok {
		return nil
	}
	return []record{g.sampleAt(workout.End, derivedOrigin, fitness{g.person.Fitness(d), "FITBIT_RUN"})}
}

func (g *glance) runVO2Max(d Date) []record {
	workout, ok := g.run(d)
	if !ok {
		return nil
	}
	return []record{g.sampleAt(workout.End, derivedOrigin, double{"runVo2Max", g.person.Fitness(d) + 0.5})}
}

func (g *glance) run(d Date) (Workout, bool) {
	w, ok := g.person.Workout(d)
	return w, ok && w.Kind == "run" && !w.End.After(g.synced)
}

type dailyFitness struct {
	value, covariance float64
	level             string
	estimated         bool
}

func (v dailyFitness) write(w *jsonWriter) {
	w.f64("vo2Max", v.value)
	w.f64("vo2MaxCovariance", v.covariance)
	w.enum("cardioFitnessLevel", v.level)
	w.flag("estimated", v.estimated)
}

// dailyVO2Max counts as estimated on days without a run.
func (g *glance) dailyVO2Max(d Date) []record {
	n, ok := g.dailyNight(d)
	if !ok {
		return nil
	}
	_, ran := g.run(d)
	level := "GOOD"
	if n.VO2Max < 41 {
		level = "AVERAGE"
	}
	return g.onDay(d, dailyFitness{n.VO2Max, n.VO2MaxUncertainty, level, !ran})
}

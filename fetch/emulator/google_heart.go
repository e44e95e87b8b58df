package emulator

// pulse is a reading of the heart rate; most carry no metadata.
type pulse struct {
	bpm    int
	motion string
}

func (v pulse) write(w *jsonWriter) {
	w.i64("beatsPerMinute", int64(v.bpm))
	if v.motion != "" {
		w.open("metadata")
		w.enum("motionContext", v.motion)
		w.enum("sensorLocation", "WRIST")
		w.close()
	}
}

// heartRate are the readings that the watch has sent.
func (g *glance) heartRate(d Date) []record {
	if d < g.person.first {
		return nil
	}
	beats := g.person.Beats(d)
	out := make([]record, 0, len(beats))
	offset, hour := 0, int64(-1)
	for i, b := range beats {
		if b.At.After(g.synced) {
			break
		}
		if h := b.At.Unix() / 900; h != hour {
			offset, hour = g.offset(b.At), h
		}
		v := pulse{bpm: b.BPM}
		if i%6 == 0 {
			v.motion = map[bool]string{true: "ACTIVE", false: "SEDENTARY"}[b.Moving]
		}
		out = append(out, record{start: b.At, end: b.At, startOffset: offset, endOffset: offset, source: watchOrigin, value: v})
	}
	return out
}

type resting struct {
	bpm    int
	method string
}

func (v resting) write(w *jsonWriter) {
	w.i64("beatsPerMinute", int64(v.bpm))
	w.open("dailyRestingHeartRateMetadata")
	w.enum("calculationMethod", v.method)
	w.close()
}

// restingHeartRate of a day that is over.
func (g *glance) restingHeartRate(d Date) []record {
	if d < g.person.first || !g.over(d) {
		return nil
	}
	day := g.person.Day(d)
	if !day.Worn {
		return nil
	}
	method := "WITH_SLEEP"
	if len(g.person.Sleeps(d)) == 0 {
		method = "ONLY_WITH_AWAKE_DATA"
	}
	return g.onDay(d, resting{day.Resting, method})
}

// zoneBounds are the pulse zones of a day; the upper bounds belong to them.
type zoneBounds [5]int

func (v zoneBounds) write(w *jsonWriter) {
	w.openList("heartRateZones")
	for z, name := range zoneTypeNames {
		high := v[z+1] - 1
		if z == Peak {
			high = v[z+1]
		}
		w.open("")
		w.enum("heartRateZoneType", name)
		w.i64("minBeatsPerMinute", int64(v[z]))
		w.i64("maxBeatsPerMinute", int64(high))
		w.close()
	}
	w.closeList()
}

func (g *glance) heartRateZones(d Date) []record {
	if d < g.person.first || !g.over(d) {
		return nil
	}
	day := g.person.Day(d)
	if !day.Worn {
		return nil
	}
	return g.onDay(d, zoneBounds(day.Limits))
}

type variability struct{ rmssd, sdnn, low, high float64 }

func (v variability) write(w *jsonWriter) {
	w.f64("rootMeanSquareOfSuccessiveDifferencesMilliseconds", v.rmssd)
	w.f64("standardDeviationMilliseconds", v.sdnn)
	w.open("metadata")
	w.f64("lowFrequencyPower", v.low)
	w.f64("highFrequencyPower", v.high)
	w.close()
}

func (g *glance) variability(d Date) []record {
	return g.nightSamples(d, g.person.Variability, func(r Reading) (*origin, members) {
		return derivedOrigin, variability{r.Value, r.Extra[0], r.Extra[1], r.Extra[2]}
	})
}

// nightSamples are readings of a local day, which has parts of two nights.
func (g *glance) nightSamples(d Date, readings func(Night) []Reading, value func(Reading) (*origin, members)) []record {
	var out []record
	from, to := g.person.DayStart(d), g.person.DayStart(d+1)
	for _, date := range []Date{d, d + 1} {
		n, ok := g.night(date)
		if !ok {
			continue
		}
		for _, r := range readings(n) {
			if !r.At.Before(from) && r.At.Before(to) {
				o, v := value(r)
				out = append(out, g.sampleAt(r.At, o, v))
			}
		}
	}
	return out
}

// night returns a night that the watch has sent.
func (g *glance) night(d Date) (Night, bool) {
	n, ok := g.person.Night(d)
	return n, ok && !n.End.After(g.synced)
}

package emulator

import "time"

// cardiogram is an ECG.
type cardiogram ECG

func (v cardiogram) write(w *jsonWriter) {
	w.i64("beatsPerMinuteAvg", int64(v.BPM))
	w.enum("resultClassification", v.Result)
	w.i32("leadNumber", 1)
	w.i32("samplingFrequencyHertz", 250)
	w.i32("millivoltsScalingFactor", 10922)
	w.openList("waveformSamples")
	for _, sample := range v.Wave {
		w.key("")
		w.buf = append(w.buf, number64(int64(sample))...)
	}
	w.closeList()
	w.open("medicalDeviceInfo")
	w.str("deviceModel", "Example Watch")
	w.str("firmwareVersion", "1.0.0")
	w.str("featureVersion", "1.0-example")
	w.close()
}

// electrocardiograms start when they end; those of the first month have no
// offsets (Google sheet 4).
func (g *glance) electrocardiograms(d Date) []record {
	e, ok := g.person.ECG(d)
	if !ok || e.At.After(g.synced) {
		return nil
	}
	r := g.sampleAt(e.At, ecgOrigin, cardiogram(e))
	if d < g.person.first+30 {
		r.startOffset, r.endOffset = 0, 0
	}
	r.id = number64(8_100_000_000 + int64(d))
	return []record{r}
}

// rhythm is an irregular rhythm notification.
type rhythm struct {
	g *glance
	RhythmAlert
}

func (v rhythm) write(w *jsonWriter) {
	end := v.Start.Add(5 * time.Minute)
	w.openList("alertWindows")
	w.open("")
	w.instant("startTime", v.Start)
	w.offset("startUtcOffset", v.g.offset(v.Start))
	w.instant("endTime", end)
	w.offset("endUtcOffset", v.g.offset(end))
	w.flag("positive", true)
	w.openList("heartBeats")
	for _, b := range v.Beats {
		w.open("")
		w.instant("physicalTime", b.At)
		w.offset("utcOffset", v.g.offset(b.At))
		w.i32("beatsPerMinute", int(b.Value))
		w.close()
	}
	w.closeList()
	w.close()
	w.closeList()
	w.open("medicalDeviceInfo")
	w.str("deviceModel", "Example Watch")
	w.str("algorithmVersion", "1-example")
	w.str("serviceVersion", "1-example")
	w.close()
}

func (g *glance) rhythmAlerts(d Date) []record {
	a, ok := g.person.RhythmAlert(d)
	end := a.Start.Add(2 * time.Hour)
	if !ok || end.After(g.synced) {
		return nil
	}
	r := g.between(a.Start, end, derivedOrigin, rhythm{g, a})
	r.id = number64(8_200_000_000 + int64(d))
	return []record{r}
}

package catalog

// googleCardiogram is the value of an electrocardiogram. Its wave stays in the vault.
type googleCardiogram struct {
	Result    string   `json:"resultClassification"`
	BPM       number   `json:"beatsPerMinuteAvg"`
	Frequency number   `json:"samplingFrequencyHertz"`
	Wave      []number `json:"waveformSamples"`
}

// readGoogleECG reads a point for each electrocardiogram. Its interval has no length; it
// lasts as long as its samples.
func readGoogleECG(r googleRecord[googleCardiogram]) ([]Point, error) {
	v := r.Value
	var f fieldList
	f.str("classification", enumName(v.Result))
	f.int("avg_bpm", "beatsPerMinuteAvg", v.BPM)
	if samples := len(v.Wave); samples > 0 {
		f.add("samples", "waveformSamples", IntValue(int64(samples)), nil)
		f.double("duration_s", "samplingFrequencyHertz", v.Frequency, func(hertz float64) (float64, bool) {
			return float64(samples) / hertz, hertz > 0
		})
	}
	return r.point(ecg, nil, f)
}

// googleRhythm is the value of a notification of an irregular rhythm: the windows in which
// the pulse was looked at, and whether it was irregular in them.
type googleRhythm struct {
	Windows []struct {
		Positive bool `json:"positive"`
	} `json:"alertWindows"`
}

// readGoogleAlert reads a point for each notification.
func readGoogleAlert(r googleRecord[googleRhythm]) ([]Point, error) {
	positive := 0
	for _, w := range r.Value.Windows {
		if w.Positive {
			positive++
		}
	}
	var f fieldList
	f.add("windows", "alertWindows", IntValue(int64(len(r.Value.Windows))), nil)
	f.add("positive_windows", "alertWindows", IntValue(int64(positive)), nil)
	return r.point(irnAlert, nil, f)
}

package catalog

import "fmt"

// cardiogram is an element of the list of electrocardiograms [E1]. Its wave stays in the vault.
type cardiogram struct {
	Start     string   `json:"startTime"` // wall clock
	Result    string   `json:"resultClassification"`
	BPM       number   `json:"averageHeartRate"`
	Frequency number   `json:"samplingFrequencyHz"`
	Samples   number   `json:"numberOfWaveformSamples"`
	Wave      []number `json:"waveformSamples"`
}

// fitbitECG reads a point for each electrocardiogram, at its start. It lasts as long as its
// samples.
func fitbitECG(b Body) ([]Point, error) {
	return fitbitFindings(b, "ecgReadings", "startTime", ecg, func(c cardiogram) (string, fieldList) {
		var f fieldList
		f.str("classification", snakeCase(c.Result))
		f.int("avg_bpm", "averageHeartRate", c.BPM)
		if c.Samples == "" && len(c.Wave) > 0 {
			c.Samples = number(fmt.Sprint(len(c.Wave)))
		}
		f.int("samples", "numberOfWaveformSamples", c.Samples)
		if c.Samples != "" && f.err == nil {
			samples := f.fields[len(f.fields)-1].Value.Int()
			f.float("duration_s", "samplingFrequencyHz", c.Frequency, func(hertz float64) (float64, bool) {
				return float64(samples) / hertz, hertz > 0
			})
		}
		return c.Start, f
	})
}

// rhythmAlert is an element of the list of notifications of an irregular rhythm [E3]. Unlike
// those of the Google Health API its windows do not tell whether each of them was irregular.
type rhythmAlert struct {
	Time    string     `json:"alertTime"` // wall clock, of the first window
	Windows []struct{} `json:"windows"`
}

// fitbitAlerts reads a point for each notification.
func fitbitAlerts(b Body) ([]Point, error) {
	return fitbitFindings(b, "alerts", "alertTime", irnAlert, func(a rhythmAlert) (string, fieldList) {
		var f fieldList
		f.add("windows", "windows", IntValue(int64(len(a.Windows))), nil)
		return a.Time, f
	})
}

// fitbitFindings reads a list of what a watch found, a point each, at a time on the wall that
// stands in the member timeKey.
func fitbitFindings[E any](b Body, root, timeKey string, s *Series, read func(E) (string, fieldList)) ([]Point, error) {
	elements, err := decodeList[E](b.JSON, root, timeKey)
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, e := range elements {
		shown, f := read(e)
		at, err := readWall(timeKey, shown)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", root, err)
		}
		if f.err != nil {
			return nil, fmt.Errorf("%s of %s: %w", root, shown, f.err)
		}
		if len(f.fields) > 0 {
			points = append(points, Point{Measurement: s.Measurement, Fields: f.fields, Time: b.Zones.At(at), Day: at.Day()})
		}
	}
	return points, nil
}

package emulator

import "time"

// medicalRoutes are those of the medical apps of the watch (sheet 5.5).
var medicalRoutes = []route{
	{"1", "ecg/list", "electrocardiogram", nil, 0, false, (*call).ecgList},
	{"1", "irn/profile", "irregular_rhythm_notifications", nil, 0, false, (*call).irnProfile},
	{"1", "irn/alerts/list", "irregular_rhythm_notifications", nil, 0, false, (*call).irnAlerts},
}

// wallForm3 is a reading of the clock with milliseconds and without offset.
const wallForm3 = "2006-01-02T15:04:05.000"

// ecgList is E1. The frequency is a text, or a number by mode.
func (c *call) ecgList() (any, *refusal) {
	var frequency any = "250"
	if c.modes.NumericSampling {
		frequency = 250
	}
	results := map[string]string{"NORMAL_SINUS_RHYTHM": "Normal Sinus Rhythm", "INCONCLUSIVE": "Inconclusive"}
	var all []entry
	for d := c.person.first; d <= c.today; d++ {
		e, ok := c.person.ECG(d)
		if !ok || e.At.After(c.synced) {
			continue
		}
		all = append(all, entry{e.At, map[string]any{
			"startTime": c.person.Wall(e.At).Format(wallForm3), "averageHeartRate": e.BPM, "resultClassification": results[e.Result],
			"waveformSamples": e.Wave, "samplingFrequencyHz": frequency, "scalingFactor": 10922, "numberOfWaveformSamples": len(e.Wave),
			"leadNumber": 1, "featureVersion": "1.2.3-2.11-2.14", "deviceName": "Charge 6", "firmwareVersion": "1.2.3",
		}})
	}
	return c.page(listing{root: "ecgReadings", most: 10, formal: true}, all)
}

// irnProfile is E2.
func (c *call) irnProfile() (any, *refusal) {
	return map[string]any{"onboarded": true, "enrolled": true, "lastUpdated": c.person.first.String() + "T09:12:00.000"}, nil
}

// irnAlerts is E3: alerts that the person has opened, some hours after the night.
func (c *call) irnAlerts() (any, *refusal) {
	var all []entry
	for d := c.person.first; d <= c.today; d++ {
		a, ok := c.person.RhythmAlert(d)
		if opened := a.Start.Add(opensAfter); !ok || opened.After(c.synced) {
			continue
		}
		wall := func(i int) string { return c.person.Wall(a.Beats[i].At).Format(wallForm3) }
		beats := make([]any, len(a.Beats))
		for i, b := range a.Beats {
			beats[i] = map[string]any{"dataTime": wall(i), "value": int(b.Value)}
		}
		start := c.person.Wall(a.Start).Format(wallForm3)
		all = append(all, entry{a.Start, map[string]any{
			"alertTime": start, "detectedTime": c.person.Wall(a.Start.Add(30 * time.Minute)).Format(wallForm3),
			"serviceVersion": "2.2", "algoVersion": "1.6", "deviceType": "Charge 6",
			"windows": []any{map[string]any{"startTime": start, "bpmData": beats}},
		}})
	}
	return c.page(listing{root: "alerts", most: 10, formal: true}, all)
}

// opensAfter is how long after it began a person opens an alert.
const opensAfter = 8 * time.Hour

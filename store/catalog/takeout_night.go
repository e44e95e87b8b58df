package catalog

// Families of what is measured asleep (takeout-archive.md sections 5.1 to 5.3). A row may stand
// for a night of which nothing is known, so that most are held on the days of their points.
var takeoutNight = []Family{
	// The three tables of Google are read together.
	{Name: "sleep.json", Stems: []string{"sleep"}, Ext: ".json", Cover: 30, Held: sleepDays},
	{Name: "sleep_score.csv", Stems: []string{"sleep_score"}, Ext: ".csv", Held: heldBy(takeoutSleepScore)},
	{Name: "user_sleeps.csv", Stems: []string{"UserSleeps", "UserSleepStages", "UserSleepScores"}, Ext: ".csv", Cover: CoverMonth,
		Held: sleepTableDays},

	{Name: "minute_spo2.csv", Stems: []string{"Minute SpO2"}, Ext: ".csv", Cover: 1, Held: heldBy(minuteSpO2)},
	{Name: "oxygen_saturation.csv", Stems: []string{"oxygen_saturation"}, Ext: ".csv", Cover: CoverMonth, Held: heldBy(spo2CSV)},
	{Name: "daily_spo2.csv", Stems: []string{"Daily SpO2"}, Ext: ".csv", Cover: 100, Held: heldBy(dailySpO2)},
	{Name: "daily_oxygen_saturation.csv", Stems: []string{"daily_oxygen_saturation"}, Ext: ".csv", Held: heldBy(dailySpO2CSV)},

	{Name: "heart_rate_variability_details.csv", Stems: []string{"Heart Rate Variability Details"}, Ext: ".csv", Cover: 1,
		Held: csvDays("timestamp", byDate)},
	{Name: "heart_rate_variability.csv", Stems: []string{"heart_rate_variability"}, Ext: ".csv", Cover: CoverMonth,
		Held: csvDays("timestamp", byInstant)},
	{Name: "daily_heart_rate_variability.csv", Stems: []string{"daily_heart_rate_variability"}, Ext: ".csv", Held: heldBy(dailyHRVCSV)},
	{Name: "daily_heart_rate_variability_summary.csv", Stems: []string{"Daily Heart Rate Variability Summary"}, Ext: ".csv", Cover: 1,
		Held: heldBy(dailyHRV)},

	{Name: "respiratory_rate_summary.csv", Stems: []string{"Respiratory Rate Summary"}, Ext: ".csv", Cover: CoverMonth,
		Held: heldBy(breathingSummary(breathingFields...))},
	{Name: "respiratory_rate_sleep_summary.csv", Stems: []string{"respiratory_rate_sleep_summary"}, Ext: ".csv", Cover: CoverMonth,
		Held: heldBy(breathingSummaryCSV(breathingFields...))},
	{Name: "daily_respiratory_rate.csv", Stems: []string{"daily_respiratory_rate"}, Ext: ".csv", Held: heldBy(dailyBreathingCSV)},
	{Name: "daily_respiratory_rate_summary.csv", Stems: []string{"Daily Respiratory Rate Summary"}, Ext: ".csv", Cover: 1,
		Held: heldBy(dailyBreathing)},

	{Name: "computed_temperature.csv", Stems: []string{"Computed Temperature"}, Ext: ".csv", Cover: CoverMonth,
		Held: heldBy(computedTemperature)},
	{Name: "daily_sleep_temperature_derivations.csv", Stems: []string{"daily_sleep_temperature_derivations"}, Ext: ".csv",
		Held: heldBy(derivedTemperature)},
	{Name: "device_temperature.csv", Stems: []string{"Device Temperature"}, Ext: ".csv", Cover: 1, Held: csvDays("recorded_time", byDate)},
	{Name: "wrist_temperature.csv", Stems: []string{"Wrist Temperature"}, Ext: ".csv", Cover: 1, Held: csvDays("recorded_time", byDate)},
	{Name: "body_temperature.csv", Stems: []string{"body_temperature"}, Ext: ".csv", Cover: 1, Held: csvDays("timestamp", byInstant)},

	{Name: "snore_details.csv", Stems: []string{"Snore Details"}, Ext: ".csv", Cover: 1, Held: csvDays("timestamp", byDate)},

	// Kept, and read to nothing: the shares of a histogram and a ratio of two lights, which is
	// no oxygen (section 9, item 9), have no series; of the others no columns are known.
	{Name: "heart_rate_variability_histogram.csv", Stems: []string{"Heart Rate Variability Histogram"}, Ext: ".csv", Cover: CoverMonth},
	{Name: "estimated_oxygen_variation.csv", Stems: []string{"estimated_oxygen_variation"}, Ext: ".csv", Cover: 1},
	{Name: "manual_temperature.csv", Stems: []string{"Manual Temperature"}, Ext: ".csv"},
	{Name: "pixel_body_temperatures.csv", Stems: []string{"Pixel Body Temperatures"}, Ext: ".csv"},
}

// column says which column of a table tells a field. read, unless nil, is how; otherwise it is
// read as the kind of the field, a decimal number being rounded to a whole one.
type column struct {
	field, name string
	read        googleNumber
}

// csvColumns reads a member that is CSV, a point of each row that tells one of the fields.
func csvColumns(s *Series, stamp string, clock clock, columns ...column) Reader {
	return csvSamples(s, stamp, clock, func(f *fieldList, t *table) { f.columns(s, t, columns) })
}

func (l *fieldList) columns(s *Series, t *table, columns []column) {
	for _, c := range columns {
		read := c.read
		switch {
		case l.err != nil:
			return
		case read == nil && s.kind(c.field) == Int:
			read = rounded
		case read == nil:
			read = googleFloat
		}
		t.add(l, c.name, read, c.field)
	}
}

// oneNight makes one point of each day, at its start: of one recorder the earliest, for a night
// ends before a nap, and of rows with the same stamp the last.
func oneNight(points []Point, a Archive, z Zones) []Point {
	return earliestOfDay(oneRecorder(points, a, z), a, z)
}

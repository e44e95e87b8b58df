package catalog

// Families of the heart (takeout-archive.md sections 5.1 and 5.3). A file of heart rate holds a
// day of the archive's own zone; its stamps are UTC.
var takeoutHeart = []Family{
	{Name: "heart_rate.json", Stems: []string{"heart_rate"}, Ext: ".json", Cover: 1, Held: jsonDays("dateTime", byInstant)},
	{Name: "heart_rate.csv", Stems: []string{"heart_rate"}, Ext: ".csv", Cover: 1,
		Held: csvDays("timestamp", byInstant, "beats per minute")},
	{Name: "resting_heart_rate.json", Stems: []string{"resting_heart_rate"}, Ext: ".json", Cover: 365,
		Held: heldBy(restingJSON)},
	{Name: "resting_heart_rate.csv", Stems: []string{"daily_resting_heart_rate", "resting_heart_rate"}, Ext: ".csv", Cover: 1,
		Held: heldBy(restingCSV)},
	{Name: "time_in_heart_rate_zones.json", Stems: []string{"time_in_heart_rate_zones"}, Ext: ".json", Cover: 1,
		Held: heldBy(takeoutZones)},
	{Name: "demographic_vo2_max.json", Stems: []string{"demographic_vo2_max"}, Ext: ".json", Cover: 365,
		Held: heldBy(fitnessJSON)},
	{Name: "demographic_vo2max.csv", Stems: []string{"daily_vo2_max", "demographic_vo2max"}, Ext: ".csv", Cover: CoverMonth,
		Held: heldBy(fitnessCSV)},
	{Name: "run_vo2_max.json", Stems: []string{"run_vo2_max"}, Ext: ".json", Cover: 30, Held: heldBy(runFitnessJSON)},
	{Name: "run_vo2_max.csv", Stems: []string{"run_vo2_max"}, Ext: ".csv", Cover: CoverMonth, Held: heldBy(runFitnessCSV)},

	// Kept, and read to nothing: minutes by zone follow from the heart rate, and the others
	// have no series.
	{Name: "time_in_heart_rate_zone.csv", Stems: []string{"time_in_heart_rate_zone"}, Ext: ".csv", Cover: CoverMonth},
	{Name: "calories_in_heart_rate_zone.csv", Stems: []string{"calories_in_heart_rate_zone"}, Ext: ".csv", Cover: CoverMonth},
}

// takeoutHeartRate is the heart rate, sample by sample. Only the JSON tells how sure a sample
// is; 0 is kept.
var takeoutHeartRate = []*Origin{
	{From: "heart_rate.json", Read: jsonSamples(heartRate, utcClock, func(f *fieldList, v finds) {
		f.int("bpm", "bpm", number(v.at(1)))
		if len(f.fields) > 0 {
			f.int("confidence", "confidence", number(v.at(2)))
		}
	}, member("bpm"), member("confidence"))},
	{From: "heart_rate.csv", Read: csvValues(heartRate, utcClock, "beats per minute", rounded, "bpm"), Gather: oneRecorder},
}

// The resting heart rate of each day, finer than the APIs tell it. A day without one is a record
// of zeros whose value.date is null.
var (
	restingJSON = jsonStamped(heartRateDaily, dateClock, []string{"", "value", "date"},
		func(f *fieldList, v finds) {
			measured(f, "resting_bpm", "value", number(v.at(2)))
			f.beside("resting_error_bpm", "error", number(v.at(3)))
		}, member("date"), member("value"), member("error"))
	restingCSV = csvValues(heartRateDaily, dateClock, "beats per minute", measured, "resting_bpm")

	takeoutResting = []*Origin{
		{From: "resting_heart_rate.json", Read: restingJSON, Version: 1},
		{From: "resting_heart_rate.csv", Read: restingCSV, Gather: oneRecorder},
	}
)

// beside adds a number to a point that has others: how far one of them may be off.
func (l *fieldList) beside(field, member string, n number) {
	if len(l.fields) > 0 {
		l.float(field, member, n, nil)
	}
}

// measured reads numbers of which 0 means that there was none.
func measured(f *fieldList, field, member string, n number) { f.float(field, member, n, logged) }

// takeoutZoneNames are the names that the other sources have for the zones of the archive.
var takeoutZoneNames = []struct{ member, zone string }{
	{"BELOW_DEFAULT_ZONE_1", "out_of_range"}, {"IN_DEFAULT_ZONE_1", "fat_burn"},
	{"IN_DEFAULT_ZONE_2", "cardio"}, {"IN_DEFAULT_ZONE_3", "peak"},
}

// takeoutZones reads the minutes of each zone of a day.
func takeoutZones(b Body) ([]Point, error) {
	var out []Point
	for _, z := range takeoutZoneNames {
		points, err := jsonSamples(heartRateZoneDaily, dateClock, func(f *fieldList, v finds) {
			rounded(f, "minutes", z.member, number(v.at(2)))
		}, member("valuesInZones", member(z.member)))(b)
		if err != nil {
			return nil, err
		}
		for _, p := range points {
			p.Tags = []Tag{{"zone", z.zone}}
			out = append(out, p)
		}
	}
	return out, nil
}

// Cardio fitness: of each day, filtered being the smoothed value, and of runs with GPS. The file
// of whole days has a column of its own name.
var (
	fitnessJSON = jsonSamples(cardioFitnessDaily, dateClock, func(f *fieldList, v finds) {
		measured(f, "vo2max", "demographicVO2Max", number(v.at(1)))
		measured(f, "filtered_vo2max", "filteredDemographicVO2Max", number(v.at(2)))
		f.beside("vo2max_error", "demographicVO2MaxError", number(v.at(3)))
		f.beside("filtered_vo2max_error", "filteredDemographicVO2MaxError", number(v.at(4)))
	}, member("demographicVO2Max"), member("filteredDemographicVO2Max"), member("demographicVO2MaxError"), member("filteredDemographicVO2MaxError"))
	fitnessCSV = csvValues(cardioFitnessDaily, dateClock, "demographic vo2max|daily vo2 max value", measured, "vo2max")

	runFitnessJSON = jsonSamples(cardioFitness, utcClock, func(f *fieldList, v finds) {
		measured(f, "run_vo2max", "runVO2Max", number(v.at(1)))
		measured(f, "filtered_run_vo2max", "filteredRunVO2Max", number(v.at(2)))
		f.beside("run_vo2max_error", "runVO2MaxError", number(v.at(3)))
		f.beside("filtered_run_vo2max_error", "filteredRunVO2MaxError", number(v.at(4)))
	}, member("runVO2Max"), member("filteredRunVO2Max"), member("runVO2MaxError"), member("filteredRunVO2MaxError"))
	runFitnessCSV = csvValues(cardioFitness, utcClock, "run vo2 max", measured, "run_vo2max")

	takeoutFitness = []*Origin{
		{From: "demographic_vo2_max.json", Read: fitnessJSON, Version: 1},
		{From: "demographic_vo2max.csv", Read: fitnessCSV, Gather: oneRecorder},
	}
	takeoutRunFitness = []*Origin{
		{From: "run_vo2_max.json", Read: runFitnessJSON, Version: 1},
		{From: "run_vo2_max.csv", Read: runFitnessCSV, Gather: oneRecorder},
	}
)

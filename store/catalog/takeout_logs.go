package catalog

// takeoutLogs are the families of exercises and scores, and what belongs to nothing else
// (takeout-archive.md section 5).
var takeoutLogs = []Family{
	{Name: "exercise.json", Stems: []string{"exercise"}, Ext: ".json", Held: heldBy(takeoutExercises)},
	{Name: "user_exercises.csv", Stems: []string{"UserExercises"}, Ext: ".csv", Cover: CoverMonth,
		Held: heldBy(takeoutExerciseTable)},
	{Name: "activities.tcx", Ext: ".tcx", Dirs: []string{"Activities"}, Held: heldBy(takeoutTrack)},
	{Name: "cardio_load.csv", Stems: []string{"cardio_load"}, Ext: ".csv", Cover: CoverMonth, Held: heldBy(takeoutCardioLoad)},
	{Name: "stress_score.csv", Stems: []string{"Stress Score"}, Ext: ".csv", Held: heldBy(takeoutStress)},
	{Name: "daily_readiness.csv", Stems: []string{"daily_readiness"}, Ext: ".csv", Held: heldBy(takeoutReadiness)},
	{Name: "daily_readiness_score.csv", Stems: []string{"Daily Readiness Score"}, Ext: ".csv", Cover: CoverMonth,
		Held: heldBy(takeoutOldReadiness)},
	{Name: "mindfulness_eda_data_sessions.csv", Stems: []string{"Mindfulness Eda Data Sessions"}, Ext: ".csv", Cover: CoverMonth,
		Held: heldBy(takeoutEDA)},

	// Kept for the day that their columns are known, or a series wants them: the fact sheet
	// tells of electrocardiograms and alerts the stamp alone, and devices have no battery.
	{Name: "afib_ecg_reading.csv", Stems: []string{"afib_ecg_reading"}, Ext: ".csv"},
	{Name: "afib_ppg.csv", Ext: ".csv", Dirs: []string{"Atrial Fibrillation PPG"}},
	{Name: "heart_rate_notification.csv", Stems: []string{"heart_rate_notification"}, Ext: ".csv"},
	{Name: "cardio_load_observed_interval.csv", Stems: []string{"cardio_load_observed_interval"}, Ext: ".csv"},
	{Name: "cardio_acute_chronic_workload_ratio.csv", Stems: []string{"cardio_acute_chronic_workload_ratio"}, Ext: ".csv"},
	{Name: "daily_readiness_user_properties.csv", Stems: []string{"Daily Readiness User Properties"}, Ext: ".csv"},
	{Name: "mindfulness_sessions.csv", Stems: []string{"Mindfulness Sessions"}, Ext: ".csv"},
	{Name: "activity_goals.csv", Stems: []string{"Activity Goals"}, Ext: ".csv"},
	{Name: "paired_devices.csv", Ext: ".csv", Dirs: []string{"Paired Devices"}},
	{Name: "menstrual_health.csv", Ext: ".csv", Dirs: []string{"Menstrual Health"}},
	{Name: "heart_rate_alerts.csv", Ext: ".csv", Dirs: []string{"Heart Rate"}},
}

// heldBy finds the days under which a reader files the points of a member, for families of
// which even a life holds little.
func heldBy(read Reader) func(Body) ([]Day, error) {
	return heldJoined(func(pages []Body) ([]Point, error) { return read(pages[0]) })
}

// heldJoined does so for members that are read together.
func heldJoined(join Joiner) func(Body) ([]Day, error) {
	return func(b Body) ([]Day, error) {
		points, err := join([]Body{b})
		var days []Day
		for _, p := range points {
			days = append(days, p.Day)
		}
		return days, err
	}
}

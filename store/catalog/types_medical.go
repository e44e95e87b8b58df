package catalog

import "slices"

// What the medical apps of a watch found, and what the service makes of a day.
var (
	ecg = &Series{"ecg", nil,
		slices.Concat(texts("classification"), ints("avg_bpm", "samples"), floats("duration_s")), ByDay}
	irnAlert = &Series{"irn_alert", nil, ints("windows", "positive_windows"), ByDay}

	stressDaily = &Series{"stress_daily", nil,
		ints("score", "sleep_points", "responsiveness_points", "exertion_points"), ByMonth}
	readinessDaily = &Series{"readiness_daily", nil, slices.Concat(
		ints("score", "activity_score", "sleep_score", "hrv_score"),
		texts("level", "activity_level", "sleep_level", "hrv_level", "resting_hr_level")), ByMonth}
	eda = &Series{"eda", nil, slices.Concat(floats("activation", "scl_avg"), bools("valid"), texts("session_id")), ByDay}
)

var medicalTypes = []Type{
	// Electrocardiograms can be chosen by a first instant alone (google-health-api.md section 5.8).
	// [E1, E3]. A notification of the legacy Web API tells when its first window began, and when the rhythm was found;
	// the former is its time, as in the Google Health API.
	{Name: "ecg", Series: ecg, Group: Logs, Settle: 2, Worn: true,
		Fitbit: &Origin{Ask: fitbitList("/1/user/-/ecg/list.json", "electrocardiogram", "ecgReadings", "startTime", 10), Read: fitbitECG},
		Google: googleOrigin(googleECGs, readGoogleECG)},
	{Name: "irn_alert", Series: irnAlert, Group: Logs, Settle: 2, Worn: true,
		Fitbit: &Origin{Ask: fitbitList("/1/user/-/irn/alerts/list.json", "irregular_rhythm_notifications", "alerts", "alertTime", 10),
			Read: fitbitAlerts},
		Google: googleOrigin(googleIntervals(List, "irregular-rhythm-notification", googleIRN, 365), readGoogleAlert)},

	// Only archives have these.
	{Name: "stress_daily", Series: stressDaily, Group: Daily, Settle: 2, Worn: true,
		Takeout: []*Origin{{From: "stress_score.csv", Read: takeoutStress, Gather: oneRecorder}}},
	{Name: "readiness_daily", Series: readinessDaily, Group: Daily, Settle: 2, Worn: true,
		Takeout: []*Origin{{From: "daily_readiness.csv", Read: takeoutReadiness, Gather: oneRecorder},
			{From: "daily_readiness_score.csv", Read: takeoutOldReadiness, Gather: oneRecorder}}},
	{Name: "eda", Series: eda, Group: Logs, Settle: 2, Worn: true,
		Takeout: []*Origin{{From: "mindfulness_eda_data_sessions.csv", Read: takeoutEDA, Gather: oneRecorder}}},
}

var googleECGs = func() Ask {
	a := googleAsk(List, "electrocardiogram", "interval.start_time", "interval.startTime", googleECG, 3650)
	a.OpenEnd = true
	return a
}()

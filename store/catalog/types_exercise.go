package catalog

import "slices"

// Exercises and their tracks.
var (
	exercise = &Series{"exercise", []string{"activity"}, slices.Concat(
		floats("duration_s", "active_s", "calories_kcal", "distance_m", "elevation_m", "speed_m_per_s", "pace_s_per_m"),
		ints("steps", "avg_bpm", "azm_min", "light_s", "moderate_s", "vigorous_s", "peak_s"),
		texts("log_id")), ByDay}
	gps = &Series{"gps", nil, slices.Concat(
		floats("lat", "lon", "altitude_m", "distance_m"), ints("bpm"), texts("log_id")), ByDay}
	cardioLoad = &Series{"cardio_load", nil, floats("workout", "background", "total"), ByDay} // of no unit
)

var exerciseTypes = []Type{
	// Exercises, and the tracks of those with GPS [D2, D4]. The log of a single one tells
	// nothing that the list does not [D3].
	{Name: "exercise", Series: exercise, Group: Logs, Settle: 7,
		Fitbit: &Origin{Ask: fitbitList("/1/user/-/activities/list.json", "activity", "activities", "startTime", 100),
			Read: fitbitExercises, Gather: eachOnce},
		Google: googleLogs(googleOrigin(googleExercises, readGoogleExercise)),
		Takeout: []*Origin{{From: "exercise.json", Read: takeoutExercises, Gather: eachOnce},
			{From: "user_exercises.csv", Read: takeoutExerciseTable, Gather: eachOnce}}},
	{Name: "gps", Series: gps, Group: Logs, Settle: 7,
		Fitbit: &Origin{Each: "exercise", Read: readTrackPoints, Gather: sideBySide,
			Ask: Ask{Path: "/1/user/-/activities/{id}.tcx?includePartialTCX=true", Days: 1, Scope: "activity location"}},
		Google: &Origin{Each: "exercise", Read: readTrackPoints, Gather: sideBySide,
			Ask: Ask{Path: "/v4/users/me/dataTypes/exercise/dataPoints/{id}:exportExerciseTcx", Days: 1,
				Scope: googleActivity + " " + googleLocation}},
		Takeout: []*Origin{{From: "activities.tcx", Read: takeoutTrack, Gather: sideBySide}}},
	// The summary of a day tells of its exercises again, and of its activity; nothing else tells the distance and
	// the calories of each intensity [D1].
	{Name: "activity_summary", Group: Daily, Settle: 1, Worn: true, Named: true,
		Fitbit: &Origin{Ask: fitbitOfDay("/1/user/-/activities/date/{from}.json", "activity", "summary")}},
	{Name: "cardio_load", Series: cardioLoad, Group: Intraday, Settle: 1, Worn: true,
		Takeout: []*Origin{{From: "cardio_load.csv", Read: takeoutCardioLoad, Gather: oneRecorder}}},
}

var googleExercises = googleSessions("exercise", googleActivity, "civil_start_time", "startTime")

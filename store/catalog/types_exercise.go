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
)

var exerciseTypes = []Type{
	{Name: "exercise", Series: exercise, Group: Logs, Settle: 7,
		Google: googleLogs(googleOrigin(googleExercises, readGoogleExercise))},
	{Name: "gps", Series: gps, Group: Logs, Settle: 7,
		Google: &Origin{Each: "exercise", Read: readTrackPoints, Gather: sideBySide,
			Ask: Ask{Path: "/v4/users/me/dataTypes/exercise/dataPoints/{id}:exportExerciseTcx", Days: 1,
				Scope: googleActivity + " " + googleLocation}}},
}

var googleExercises = googleSessions("exercise", googleActivity, "civil_start_time", "startTime")

package catalog

import "slices"

// What is measured asleep.
var (
	sleep = &Series{"sleep", []string{"kind", "main"}, slices.Concat(
		ints("asleep_min", "awake_min", "in_bed_min", "to_fall_asleep_min", "after_wakeup_min",
			"deep_min", "light_min", "rem_min", "wake_min", "restless_min",
			"duration_s", "efficiency_pct", "end_ns"),
		texts("date", "log_id")), ByDay}
	sleepStage = &Series{"sleep_stage", []string{"main"},
		slices.Concat(ints("level", "seconds"), texts("stage", "log_id")), ByDay}
)

var nightTypes = []Type{
	// Sleep; a night's stages stand in the night [L1].
	{Name: "sleep", Series: sleep, Group: Night, Settle: 2, Fitbit: &Origin{Read: fitbitSleep,
		Ask: Ask{Path: "/1.2/user/-/sleep/date/{from}/{to}.json", Days: 100, Scope: "sleep", Root: "sleep", DateKey: "dateOfSleep"}}},
	{Name: "sleep_stage", Series: sleepStage, Group: Night, Settle: 2,
		Fitbit: &Origin{From: "sleep", Read: fitbitSleepStages}},
}

package catalog

import "slices"

// What the medical apps of a watch found.
var (
	ecg = &Series{"ecg", nil,
		slices.Concat(texts("classification"), ints("avg_bpm", "samples"), floats("duration_s")), ByDay}
	irnAlert = &Series{"irn_alert", nil, ints("windows", "positive_windows"), ByDay}
)

var medicalTypes = []Type{
	// Electrocardiograms can be chosen by a first instant alone (google-health-api.md section 5.8).
	{Name: "ecg", Series: ecg, Group: Logs, Settle: 2, Worn: true, Google: googleOrigin(googleECGs, readGoogleECG)},
	{Name: "irn_alert", Series: irnAlert, Group: Logs, Settle: 2, Worn: true,
		Google: googleOrigin(googleIntervals(List, "irregular-rhythm-notification", googleIRN, 365), readGoogleAlert)},
}

var googleECGs = func() Ask {
	a := googleAsk(List, "electrocardiogram", "interval.start_time", "interval.startTime", googleECG, 3650)
	a.OpenEnd = true
	return a
}()

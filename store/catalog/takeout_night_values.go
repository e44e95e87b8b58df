package catalog

// spo2Floor stands for oxygen that could not be measured: this number alone, for real ones may
// be nearly as low (takeout-archive.md section 9, item 8).
const spo2Floor = 50

func unlessFloor(f *fieldList, field, member string, n number) {
	f.float(field, member, n, func(x float64) (float64, bool) { return x, x != spo2Floor })
}

// Oxygen in the blood. The bounds of the classic export are what the legacy Web API calls the
// least and the greatest value (section 7); those of Google are another quantity.
var (
	minuteSpO2 = csvColumns(spo2, "timestamp", utcClock, column{"pct", "value", unlessFloor})
	spo2CSV    = csvColumns(spo2, "timestamp", utcClock, column{"pct", "oxygen saturation percentage", unlessFloor})

	dailySpO2 = csvColumns(spo2Daily, "timestamp", dateClock,
		column{"avg_pct", "average_value", nil},
		column{"min_pct", "lower_bound", nil},
		column{"max_pct", "upper_bound", nil})
	dailySpO2CSV = csvColumns(spo2Daily, "timestamp", dateClock,
		column{"avg_pct", "average percentage", nil},
		column{"lower_pct", "lower bound percentage", nil},
		column{"upper_pct", "upper bound percentage", nil},
		column{"stddev_pct", "standard deviation percentage", unlessZero(googleFloat)})

	takeoutSpO2 = []*Origin{
		{From: "minute_spo2.csv", Read: minuteSpO2, Gather: oneRecorder},
		{From: "oxygen_saturation.csv", Read: spo2CSV, Gather: oneRecorder},
	}
	takeoutSpO2Daily = []*Origin{
		{From: "daily_spo2.csv", Read: dailySpO2, Gather: oneNight},
		{From: "daily_oxygen_saturation.csv", Read: dailySpO2CSV, Gather: oneNight},
	}
)

// The heart's variability. Of samples the classic export has the powers of the bands, of nights
// the tables of Google have that of deep sleep; a zero there is nothing measured (section 5.3).
// Headers abbreviate milliseconds now and then (section 9, item 13).
var (
	hrvDetails = csvColumns(hrv, "timestamp", wallClock,
		column{"rmssd_ms", "rmssd", nil},
		column{"coverage", "coverage", nil},
		column{"hf", "high_frequency", nil},
		column{"lf", "low_frequency", nil})
	hrvCSV = csvColumns(hrv, "timestamp", utcClock,
		column{"rmssd_ms", "root mean square of successive differences milliseconds|root mean square of successive differences ms", nil},
		column{"sdnn_ms", "standard deviation milliseconds|standard deviation ms", nil})

	dailyHRVCSV = csvColumns(hrvDaily, "timestamp", dateClock,
		column{"rmssd_ms", "average heart rate variability milliseconds|average heart rate variability ms", unlessZero(googleFloat)},
		column{"deep_rmssd_ms", "deep sleep root mean square of successive differences milliseconds|" +
			"deep sleep root mean square of successive differences ms", unlessZero(googleFloat)},
		column{"entropy", "entropy", unlessZero(googleFloat)},
		column{"non_rem_bpm", "non rem heart rate beats per minute", unlessZero(rounded)})
	dailyHRV = csvColumns(hrvDaily, "timestamp", dateClock,
		column{"rmssd_ms", "rmssd", unlessZero(googleFloat)},
		column{"entropy", "entropy", unlessZero(googleFloat)},
		column{"non_rem_bpm", "nremhr", unlessZero(rounded)})

	takeoutHRV = []*Origin{
		{From: "heart_rate_variability_details.csv", Read: hrvDetails, Gather: oneRecorder},
		{From: "heart_rate_variability.csv", Read: hrvCSV, Gather: oneRecorder},
	}
	takeoutHRVDaily = []*Origin{
		{From: "daily_heart_rate_variability.csv", Read: dailyHRVCSV, Gather: oneNight},
		{From: "daily_heart_rate_variability_summary.csv", Read: dailyHRV, Gather: oneNight},
	}
)

// takeoutSnore is how loud it was, every half a minute, and how much of it was snoring.
var takeoutSnore = []*Origin{{From: "snore_details.csv", Gather: oneRecorder, Read: csvColumns(snore, "timestamp", wallClock,
	column{"mean_dba", "mean_dba", nil},
	column{"max_dba", "max_dba", nil},
	column{"min_dba", "min_dba", nil},
	column{"events", "events_number", nil},
	column{"snoring_events", "snoring_events_number", nil},
	column{"label", "snore_label", nil},
	column{"seconds", "sample_duration", nil})}}

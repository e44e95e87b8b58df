package catalog

import "strings"

// breathingFields are the rates of a night and of its stages; inStages are those of the stages.
var (
	breathingFields = []string{"per_min", "deep_per_min", "light_per_min", "rem_per_min"}
	inStages        = breathingFields[1:]
)

// breathingSummary reads rates of the table of the classic export, stamped with the local end
// of the sleep (takeout-archive.md section 5.2).
func breathingSummary(fields ...string) Reader {
	return csvColumns(breathingRateDaily, "timestamp", wallClock, rates("_sleep_breathing_rate", fields)...)
}

// breathingSummaryCSV reads those of Google's table, stamped in UTC.
func breathingSummaryCSV(fields ...string) Reader {
	return csvColumns(breathingRateDaily, "timestamp", utcClock, rates(" sleep stats - milli breaths per minute", fields)...)
}

// rates are the columns of rates: the level of sleep, full for all of it, and the same words.
func rates(words string, fields []string) []column {
	out := make([]column, len(fields))
	for i, field := range fields {
		level, ok := strings.CutSuffix(field, "_per_min")
		if !ok {
			level = "full"
		}
		out[i] = column{field, level + words, breaths}
	}
	return out
}

// breaths reads breaths a minute. -1.0 is a stage that did not occur. Under a header that says
// thousandths stand plain rates, or such as it says, which are over 1,000 (section 5.3).
func breaths(f *fieldList, field, member string, n number) {
	f.float(field, member, n, func(x float64) (float64, bool) {
		if x > 1000 {
			x = roundTo(x/1000, 6)
		}
		return x, x > 0
	})
}

// Rates of a day without those of stages.
var (
	dailyBreathingCSV = csvColumns(breathingRateDaily, "timestamp", dateClock, column{"per_min", "breaths per minute", breaths})
	dailyBreathing    = csvColumns(breathingRateDaily, "timestamp", dateClock, column{"per_min", "daily_respiratory_rate", breaths})
)

var (
	takeoutBreathing = []*Origin{
		{From: "respiratory_rate_summary.csv", Read: breathingSummary("per_min"), Gather: oneNight},
		{From: "respiratory_rate_sleep_summary.csv", Read: breathingSummaryCSV("per_min"), Gather: oneNight},
		{From: "daily_respiratory_rate.csv", Read: dailyBreathingCSV, Gather: oneNight},
		{From: "daily_respiratory_rate_summary.csv", Read: dailyBreathing, Gather: oneNight},
	}
	takeoutBreathingStages = []*Origin{
		{From: "respiratory_rate_summary.csv", Read: breathingSummary(inStages...), Gather: oneNight},
		{From: "respiratory_rate_sleep_summary.csv", Read: breathingSummaryCSV(inStages...), Gather: oneNight},
	}
)

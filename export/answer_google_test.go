package export_test

import (
	"fmt"
	"strings"
	"time"
)

// The answers of the Google Health API, as short as they may be.

// civil is a date in an answer.
func civil(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"year":%d,"month":%d,"day":%d}`, t.Year(), t.Month(), t.Day())
}

// googleSums is a daily rollup from a date on; a sum below 0 is a day without one.
func googleSums(value, from string, sums ...int) string {
	var elements []string
	for i, n := range sums {
		if n >= 0 {
			elements = append(elements, fmt.Sprintf(`{"civilStartTime":{"date":%s,"time":{}},"civilEndTime":{"date":%s,"time":{}},%q:{"countSum":"%d"}}`,
				civil(dayAfter(from, i)), civil(dayAfter(from, i+1)), value, n))
		}
	}
	return `{"rollupDataPoints":[` + strings.Join(elements, ",") + `]}`
}

// googleHearts is the resting heart rate from a date on; 0 is a day without one.
func googleHearts(from string, resting ...int) string {
	var elements []string
	for i, bpm := range resting {
		if bpm > 0 {
			elements = append(elements, fmt.Sprintf(`{"dailyRestingHeartRate":{"date":%s,"beatsPerMinute":"%d"}}`, civil(dayAfter(from, i)), bpm))
		}
	}
	return `{"dataPoints":[` + strings.Join(elements, ",") + `]}`
}

// googleInstant is a wall-clock time of Berlin's winter as the API writes it.
func googleInstant(wallClock time.Time) string {
	return wallClock.Add(-time.Hour).Format(time.RFC3339)
}

// googleSleeps is an answer with stages of an hour each. The nights of some ids are
// unprocessed.
func googleSleeps(unprocessed map[int]bool, nights ...night) string {
	var elements []string
	for _, n := range nights {
		start, err := time.Parse(wall, n.start)
		if err != nil {
			panic(err)
		}
		names := map[string][]string{"stages": {"LIGHT", "DEEP", "REM"}, "classic": {"ASLEEP", "RESTLESS"}}[n.kind]
		interval := func(from time.Time, hours int) string {
			return fmt.Sprintf(`"startTime":%q,"startUtcOffset":"3600s","endTime":%q,"endUtcOffset":"3600s"`,
				googleInstant(from), googleInstant(from.Add(time.Duration(hours)*time.Hour)))
		}
		var stages []string
		for i := range n.hours {
			stages = append(stages, fmt.Sprintf(`{%s,"type":%q}`, interval(start.Add(time.Duration(i)*time.Hour), 1), names[i%len(names)]))
		}
		elements = append(elements, fmt.Sprintf(`{"name":"users/1/dataTypes/sleep/dataPoints/%d","sleep":{"interval":{%s},"type":%q,"stages":[%s],`+
			`"summary":{"minutesInSleepPeriod":"%d","minutesAsleep":"%[5]d","minutesAwake":"0"},`+
			`"metadata":{"processed":%t,"nap":%t,"mainSleep":%t}}}`,
			n.id, interval(start, n.hours), strings.ToUpper(n.kind), strings.Join(stages, ","), n.hours*60,
			!unprocessed[n.id], n.nap, !n.nap))
	}
	return `{"dataPoints":[` + strings.Join(elements, ",") + `]}`
}

// googleWeights is a weight log of readings written as date, time and kilograms.
func googleWeights(readings ...string) string {
	var elements []string
	for i, r := range readings {
		f := strings.Fields(r)
		at, err := time.Parse(wall, f[0]+"T"+f[1])
		if err != nil {
			panic(err)
		}
		elements = append(elements, fmt.Sprintf(`{"name":"users/1/dataTypes/weight/dataPoints/%d","weight":{"sampleTime":{"physicalTime":%q,"utcOffset":"3600s"},"weightGrams":%s000}}`,
			i, googleInstant(at), f[2]))
	}
	return `{"dataPoints":[` + strings.Join(elements, ",") + `]}`
}

// googleDevices is a snapshot of a tracker.
func googleDevices(synced string, percent int) string {
	return fmt.Sprintf(`{"pairedDevices":[{"name":"users/1/pairedDevices/1","deviceType":"TRACKER","deviceVersion":"Charge 6","batteryStatus":"High","batteryLevel":%d,"lastSyncTime":"%sZ"}]}`,
		percent, synced)
}

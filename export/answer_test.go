package export_test

import (
	"fmt"
	"strings"
	"time"
)

// The answers of the legacy Web API, as short as they may be.

// dayAfter returns the date n days after a date.
func dayAfter(date string, n int) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err)
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// series is a daily series from a date on.
func series(root, from string, values ...any) string {
	var elements []string
	for i, v := range values {
		elements = append(elements, fmt.Sprintf(`{"dateTime":%q,"value":"%v"}`, dayAfter(from, i), v))
	}
	return fmt.Sprintf(`{%q:[%s]}`, root, strings.Join(elements, ","))
}

func steps(from string, values ...any) string { return series("activities-steps", from, values...) }

// weights is a weight log of readings written as date, time and kilograms.
func weights(readings ...string) string {
	var elements []string
	for _, r := range readings {
		f := strings.Fields(r)
		id := strings.NewReplacer("-", "", ":", "").Replace(f[0] + f[1])
		elements = append(elements, fmt.Sprintf(`{"date":%q,"time":%q,"weight":%s,"bmi":23.5,"logId":%s,"source":"Aria"}`, f[0], f[1], f[2], id))
	}
	return `{"weight":[` + strings.Join(elements, ",") + `]}`
}

// hearts is the daily heart series from a date on; a rate of 0 is a day without one.
func hearts(from string, resting ...int) string {
	var elements []string
	for i, bpm := range resting {
		rate := ""
		if bpm > 0 {
			rate = fmt.Sprintf(`,"restingHeartRate":%d`, bpm)
		}
		elements = append(elements, fmt.Sprintf(`{"dateTime":%q,"value":{"customHeartRateZones":[],"heartRateZones":[`+
			`{"caloriesOut":1500.5,"max":112,"min":30,"minutes":1300,"name":"Out of Range"},`+
			`{"caloriesOut":300.5,"max":137,"min":112,"minutes":%d,"name":"Fat Burn"}]%s}}`, dayAfter(from, i), 40+bpm, rate))
	}
	return `{"activities-heart":[` + strings.Join(elements, ",") + `]}`
}

// night is a sleep. It is filed under the day, and starts at a wall-clock time.
type night struct {
	day, start string
	id         int
	kind       string // stages, or classic
	hours      int
	nap        bool
}

const wall = "2006-01-02T15:04:05"

// sleeps is an answer with stages of an hour each.
func sleeps(nights ...night) string {
	var elements []string
	for _, n := range nights {
		start, err := time.Parse(wall, n.start)
		if err != nil {
			panic(err)
		}
		names := map[string][]string{"stages": {"light", "deep", "rem"}, "classic": {"asleep", "restless"}}[n.kind]
		var levels []string
		for i := range n.hours {
			levels = append(levels, fmt.Sprintf(`{"dateTime":"%s.000","level":%q,"seconds":3600}`,
				start.Add(time.Duration(i)*time.Hour).Format(wall), names[i%len(names)]))
		}
		elements = append(elements, fmt.Sprintf(`{"dateOfSleep":%q,"duration":%d,"efficiency":95,"endTime":"%s.000",`+
			`"isMainSleep":%t,"logId":%d,"minutesAsleep":%d,"minutesAwake":0,"startTime":"%s.000","timeInBed":%d,"type":%q,"levels":{"data":[%s],"summary":{}}}`,
			n.day, n.hours*3600_000, start.Add(time.Duration(n.hours)*time.Hour).Format(wall),
			!n.nap, n.id, n.hours*60, n.start, n.hours*60, n.kind, strings.Join(levels, ",")))
	}
	return `{"sleep":[` + strings.Join(elements, ",") + `]}`
}

// devices is a snapshot of a tracker.
func devices(synced string, percent int) string {
	return fmt.Sprintf(`[{"battery":"High","batteryLevel":%d,"deviceVersion":"Charge 6","id":"1","lastSyncTime":"%s.000","type":"TRACKER"}]`, percent, synced)
}

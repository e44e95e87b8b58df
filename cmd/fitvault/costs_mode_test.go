package main

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/influxdata/influxdb1-client/models"
)

// withoutFields drops fields of a measurement: absent, not zero.
func withoutFields(of string, names ...string) func(*testing.T, map[string]models.Fields) {
	return func(_ *testing.T, points map[string]models.Fields) {
		for key, fields := range points {
			if measurement(key) == of {
				points[key] = maps.Clone(fields)
				for _, name := range names {
					delete(points[key], name)
				}
			}
		}
	}
}

// withoutStages leaves of a night what its summary says: it is there, and has no stages.
func withoutStages(t *testing.T, points map[string]models.Fields) {
	maps.DeleteFunc(points, func(key string, _ models.Fields) bool { return measurement(key) == "sleep_stage" })
	withoutFields("sleep", "deep_min", "light_min", "rem_min", "wake_min", "restless_min")(t, points)
}

// foldHour adds the second of the two hours that the clock shows alike to the first.
func foldHour(t *testing.T, points map[string]models.Fields) {
	second := time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC)
	for key, fields := range maps.Clone(points) {
		at := timeOf(t, key)
		if at.Before(second) || !at.Before(second.Add(time.Hour)) {
			continue
		}
		delete(points, key)
		first := strings.Replace(key, at.Format(time.RFC3339Nano), at.Add(-time.Hour).Format(time.RFC3339Nano), 1)
		sum := maps.Clone(points[first])
		if sum == nil {
			sum = models.Fields{}
		}
		for name, value := range fields {
			switch value := value.(type) {
			case int64:
				was, _ := sum[name].(int64)
				sum[name] = was + value
			case float64:
				was, _ := sum[name].(float64)
				sum[name] = was + value
			}
		}
		points[first] = sum
	}
}

// restarted lets the distance of each track begin again halfway. No way leads there from the
// point before, and so there is no speed.
func restarted(_ *testing.T, points map[string]models.Fields) {
	tracks := map[string][]string{}
	for _, key := range slices.SortedFunc(maps.Keys(points), byTime) {
		if series, _, _ := strings.Cut(key, " "); measurement(key) == "GPS" {
			tracks[series] = append(tracks[series], key)
		}
	}
	for _, track := range tracks {
		half := track[len(track)/2:]
		start := points[half[0]]["distance"].(float64)
		for i, key := range half {
			fields := maps.Clone(points[key])
			fields["distance"] = math.Round((fields["distance"].(float64)-start)*100) / 100
			if i == 0 {
				delete(fields, "speed_kph")
			}
			points[key] = fields
		}
	}
}

// byTime orders keys of points of one series by their times.
func byTime(a, b string) int {
	return strings.Compare(a[strings.LastIndexByte(a, ' '):], b[strings.LastIndexByte(b, ' '):])
}

// newNames gives every fifth minute a level by another name, which is kept.
func newNames(t *testing.T, points map[string]models.Fields) {
	for key, fields := range points {
		if level, ok := fields["level"].(string); ok && timeOf(t, key).Minute()%5 == 0 {
			points[key] = maps.Clone(fields)
			points[key]["level"] = level + "_v2"
		}
	}
}

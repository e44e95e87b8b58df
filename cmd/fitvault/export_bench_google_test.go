//go:build linux

package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"time"

	"fitvault/store/catalog"
)

// googleBodies returns what makes the answers of a day of the Google Health API, by type: the
// pulse every five seconds as its list tells it (google-health-api.md section 6), in pages of
// as many as it gives, and the minutes.
func googleBodies() map[string]func(catalog.Day) [][]byte {
	return map[string]func(catalog.Day) [][]byte{
		"heart_rate": func(d catalog.Day) [][]byte {
			r := rand.New(rand.NewPCG(5, uint64(d)))
			bpm := 60
			return googlePages(d, "dataPoints", 5*time.Second, func(list []byte, at time.Time) []byte {
				bpm = min(max(40, bpm+r.IntN(5)-2), 150)
				return fmt.Appendf(list, `{"dataSource":{"recordingMethod":"PASSIVELY_MEASURED","device":{"displayName":"Example Band"},"platform":"FITBIT"},`+
					`"heartRate":{"sampleTime":{"physicalTime":"%s","utcOffset":"%s","civilTime":{"date":%s,"time":{"hours":%d,"minutes":%d,"seconds":%d}}},"beatsPerMinute":"%d"}},`,
					at.UTC().Format(time.RFC3339), offset(at), civilDate(at), at.Hour(), at.Minute(), at.Second(), bpm)
			})
		},
		"steps": func(d catalog.Day) [][]byte {
			r := rand.New(rand.NewPCG(6, uint64(d)))
			return googlePages(d, "dataPoints", time.Minute, func(list []byte, at time.Time) []byte {
				if r.IntN(6) > 0 {
					return list
				}
				end := at.Add(time.Minute)
				return fmt.Appendf(list, `{"steps":{"interval":{"startTime":"%s","startUtcOffset":"%s","endTime":"%s","endUtcOffset":"%s",`+
					`"civilStartTime":{"date":%s,"time":{"hours":%d,"minutes":%d}},"civilEndTime":{"date":%s,"time":{"hours":%d,"minutes":%d}}},"count":"%d"}},`,
					at.UTC().Format(time.RFC3339), offset(at), end.UTC().Format(time.RFC3339), offset(end),
					civilDate(at), at.Hour(), at.Minute(), civilDate(end), end.Hour(), end.Minute(), 1+r.IntN(120))
			})
		},
	}
}

// googlePages makes the pages of a day in Berlin whose elements follow each other.
func googlePages(d catalog.Day, root string, every time.Duration, add func([]byte, time.Time) []byte) [][]byte {
	const page = 10_000
	from, err := time.ParseInLocation(time.DateOnly, d.String(), benchZone)
	if err != nil {
		panic(err) // a Day is a date
	}
	var pages [][]byte
	for at, until := from, from.AddDate(0, 0, 1); at.Before(until); {
		list, n := fmt.Appendf(nil, `{"%s":[`, root), 0
		for ; n < page && at.Before(until); at = at.Add(every) {
			list = add(list, at)
			n++
		}
		pages = append(pages, append(bytes.TrimSuffix(list, []byte(",")), `],"nextPageToken":""}`...))
	}
	return pages
}

// benchZone is where the person of the vault lives.
var benchZone = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err) // zone data is compiled in
	}
	return zone
}()

func offset(at time.Time) string {
	_, seconds := at.Zone()
	return fmt.Sprintf("%ds", seconds)
}

func civilDate(at time.Time) string {
	return fmt.Sprintf(`{"year":%d,"month":%d,"day":%d}`, at.Year(), at.Month(), at.Day())
}

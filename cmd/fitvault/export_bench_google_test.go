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
// as many as it gives, and the steps of the minutes that have any.
func googleBodies() map[string]func(catalog.Day) [][]byte {
	return map[string]func(catalog.Day) [][]byte{
		"heart_rate": func(d catalog.Day) [][]byte {
			r := rand.New(rand.NewPCG(5, uint64(d)))
			bpm := 60
			return googlePages(d, "dataPoints", 5*time.Second, func(list []byte, at time.Time) []byte {
				bpm = min(max(40, bpm+r.IntN(5)-2), 150)
				return fmt.Appendf(list, `{"dataSource":{"recordingMethod":"PASSIVELY_MEASURED","device":{"displayName":"Example Band"},`+
					`"platform":"FITBIT"},"heartRate":{"sampleTime":{"physicalTime":"%s","utcOffset":"%s","civilTime":%s},"beatsPerMinute":"%d"}},`,
					at.UTC().Format(time.RFC3339), offset(at), civil(at), bpm)
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
					`"civilStartTime":%s,"civilEndTime":%s},"count":"%d"}},`, at.UTC().Format(time.RFC3339), offset(at),
					end.UTC().Format(time.RFC3339), offset(end), civil(at), civil(end), 1+r.IntN(120))
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

func offset(at time.Time) string {
	_, seconds := at.Zone()
	return fmt.Sprintf("%ds", seconds)
}

func civil(at time.Time) string {
	return fmt.Sprintf(`{"date":{"year":%d,"month":%d,"day":%d},"time":{"hours":%d,"minutes":%d,"seconds":%d}}`,
		at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second())
}

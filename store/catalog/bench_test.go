package catalog_test

import (
	"testing"
	"time"

	"fitvault/store/catalog"
)

// benchRead reads a body again and again, and reports what each of its points takes.
func benchRead(b *testing.B, typ catalog.Type, origin *catalog.Origin, text string, want int) {
	b.Helper()
	body := catalog.Body{JSON: []byte(text), Zones: zones(b, "2000-01-01", "Europe/Berlin")}
	body.Home = body.Zones.On(0)
	b.SetBytes(int64(len(text)))
	points := 0
	allocs := testing.AllocsPerRun(1, func() { typ.Read(origin, body) })
	for b.Loop() {
		read, err := typ.Read(origin, body)
		if err != nil || len(read) != want {
			b.Fatalf("%d points, error %v", len(read), err)
		}
		points += len(read)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(points), "ns/point")
	b.ReportMetric(allocs/float64(want), "allocs/point")
	b.ReportMetric(0, "ns/op")
}

// benchDay writes an element for each instant of a day in Berlin, 2025-11-03.
func benchDay(every time.Duration, element func(time.Time) string) (elements []string) {
	berlin, _ := time.LoadLocation("Europe/Berlin")
	start := time.Date(2025, 11, 3, 0, 0, 0, 0, berlin)
	for at := start; at.Before(start.AddDate(0, 0, 1)); at = at.Add(every) {
		elements = append(elements, element(at))
	}
	return elements
}

package export

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/store/catalog"
)

// samples are points of three days, a second or two apart.
func samples(rnd *rand.Rand, value func(int64) catalog.Value) []catalog.Point {
	var out []catalog.Point
	at := time.Date(2025, 3, 9, 22, 0, 0, 0, time.UTC)
	for i := range 300 {
		at = at.Add(time.Duration(1+rnd.IntN(2)) * time.Second)
		out = append(out, catalog.Point{Measurement: "heart_rate", Fields: []catalog.Field{{Key: "bpm", Value: value(rnd.Int64N(200) - 50)}},
			Time: at, Day: catalog.Day(i / 100)})
	}
	return out
}

var values = cmp.AllowUnexported(catalog.Value{})

// A column gives back the points that it was made of, and of each stretch of time those whose
// days count.
func TestColumn(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	for name, value := range map[string]func(int64) catalog.Value{
		"integers": catalog.IntValue,
		"floats":   func(n int64) catalog.Value { return catalog.FloatValue(float64(n) / 3) },
	} {
		points := samples(rnd, value)
		c := columnOf(points)
		if c == nil {
			t.Fatalf("%s make no column", name)
		}
		if d := cmp.Diff(points, c.points(), values); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		for range 100 {
			a, b := points[rnd.IntN(len(points))].Time.UnixNano()+rnd.Int64N(3)-1, points[rnd.IntN(len(points))].Time.UnixNano()
			without := catalog.Day(rnd.IntN(5))
			counts := func(d catalog.Day) bool { return d != without }
			var want, got []catalog.Point
			for _, p := range points {
				if at := p.Time.UnixNano(); a <= at && at < b && counts(p.Day) {
					want = append(want, p)
				}
			}
			for _, part := range c.part(a, b, counts) {
				got = append(got, part.points()...)
			}
			if d := cmp.Diff(want, got, values); d != "" {
				t.Fatalf("%s from %d to %d without day %d (-want +got):\n%s", name, a, b, without, d)
			}
		}
	}
}

// Points that differ in more than time and value are no column.
func TestNoColumn(t *testing.T) {
	for name, change := range map[string]func(points []catalog.Point) []catalog.Point{
		"few": func(p []catalog.Point) []catalog.Point { return p[:fewest-1] },
		"two fields": func(p []catalog.Point) []catalog.Point {
			p[7].Fields = append(p[7].Fields, catalog.Field{Key: "x", Value: catalog.IntValue(1)})
			return p
		},
		"a tag":        func(p []catalog.Point) []catalog.Point { p[7].Tags = []catalog.Tag{{Key: "a", Value: "b"}}; return p },
		"another key":  func(p []catalog.Point) []catalog.Point { p[7].Fields[0].Key = "x"; return p },
		"another kind": func(p []catalog.Point) []catalog.Point { p[7].Fields[0].Value = catalog.FloatValue(1); return p },
		"text":         func(p []catalog.Point) []catalog.Point { p[0].Fields[0].Value = catalog.StringValue("x"); return p },
		"held back":    func(p []catalog.Point) []catalog.Point { p[7].HoldUntil = p[7].Time; return p },
		"a recorder":   func(p []catalog.Point) []catalog.Point { p[7].Recorder = "x"; return p },
		"a repetition": func(p []catalog.Point) []catalog.Point { p[7].Time = p[6].Time; return p },
		"disorder":     func(p []catalog.Point) []catalog.Point { p[6].Time, p[7].Time = p[7].Time, p[6].Time; return p },
		"measurements": func(p []catalog.Point) []catalog.Point { p[7].Measurement = "x"; return p },
	} {
		if columnOf(change(samples(rand.New(rand.NewPCG(1, 1)), catalog.IntValue))) != nil {
			t.Errorf("%s: a column", name)
		}
	}
}

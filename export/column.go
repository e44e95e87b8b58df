package export

import (
	"iter"
	"math"
	"slices"
	"time"

	"fitvault/store/catalog"
)

// column holds points in order of time that have no tag and the same one number field, such as
// the samples of a day. A day of 86 400 takes 1.4 MB in it, where the points take 16.
type column struct {
	measurement, field string
	kind               catalog.Kind
	times              []int64  // Unix nanoseconds, ascending
	values             []uint64 // bits of the numbers
	days               []dayRun // in their order
}

// dayRun is where points of a day begin.
type dayRun struct {
	first int
	day   catalog.Day
}

// fewest is how many points are worth a column. Tests have it lower, to meet columns everywhere.
var fewest = 1000

// columnOf returns the points as a column, if they are that much alike.
func columnOf(points []catalog.Point) *column {
	if len(points) < fewest || !simple(&points[0]) {
		return nil
	}
	like := &points[0]
	c := &column{measurement: like.Measurement, field: like.Fields[0].Key, kind: like.Fields[0].Value.Kind(),
		times: make([]int64, len(points)), values: make([]uint64, len(points))}
	for i := range points {
		p := &points[i]
		if !simple(p) || p.Measurement != c.measurement || p.Fields[0].Key != c.field || p.Fields[0].Value.Kind() != c.kind {
			return nil
		}
		if c.times[i] = p.Time.UnixNano(); i > 0 && c.times[i] <= c.times[i-1] {
			return nil
		}
		if n := len(c.days); n == 0 || c.days[n-1].day != p.Day {
			c.days = append(c.days, dayRun{i, p.Day})
		}
		switch v := p.Fields[0].Value; c.kind {
		case catalog.Int:
			c.values[i] = uint64(v.Int())
		default:
			c.values[i] = math.Float64bits(v.Float())
		}
	}
	return c
}

// simple reports whether a point may stand in a column.
func simple(p *catalog.Point) bool {
	return len(p.Tags) == 0 && len(p.Fields) == 1 && p.Fields[0].Value.Kind().Number() && p.HoldUntil.IsZero() && p.Recorder == ""
}

// part returns the points from an instant on and before another one whose days count, as one
// column for each stretch of them.
func (c *column) part(from, to int64, counts func(catalog.Day) bool) (out []column) {
	first, _ := slices.BinarySearch(c.times, from)
	last, _ := slices.BinarySearch(c.times, to)
	for i, run := range c.days {
		end := last
		if i+1 < len(c.days) {
			end = min(last, c.days[i+1].first)
		}
		a := max(first, run.first)
		if a >= end || !counts(run.day) {
			continue
		}
		part := *c
		part.times, part.values, part.days = c.times[a:end], c.values[a:end], []dayRun{{0, run.day}}
		out = append(out, part)
	}
	return out
}

// points returns the column as points.
func (c *column) points() []catalog.Point {
	points, fields := make([]catalog.Point, len(c.times)), make([]catalog.Field, len(c.times))
	run := 0
	for i := range points {
		if run+1 < len(c.days) && c.days[run+1].first == i {
			run++
		}
		fields[i] = catalog.Field{Key: c.field, Value: c.value(i)}
		points[i] = catalog.Point{Measurement: c.measurement, Fields: fields[i : i+1 : i+1], Time: time.Unix(0, c.times[i]).UTC(), Day: c.days[run].day}
	}
	return points
}

// all yields the points in order, each in the memory of the one before.
func (c *column) all() iter.Seq[catalog.Point] {
	return func(yield func(catalog.Point) bool) {
		fields := []catalog.Field{{Key: c.field}}
		p := catalog.Point{Measurement: c.measurement, Fields: fields}
		for i, t := range c.times {
			fields[0].Value, p.Time = c.value(i), time.Unix(0, t).UTC()
			if !yield(p) {
				return
			}
		}
	}
}

// value returns the value of a point.
func (c *column) value(i int) catalog.Value {
	if c.kind == catalog.Int {
		return catalog.IntValue(int64(c.values[i]))
	}
	return catalog.FloatValue(math.Float64frombits(c.values[i]))
}

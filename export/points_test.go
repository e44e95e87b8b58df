package export

import (
	"fmt"
	"testing"
	"time"

	"fitvault/export/schema"
	"fitvault/store/catalog"
)

// readVault is a vault whose windows are read already: one window for each type, that
// holds these points.
func readVault(windows ...[]catalog.Point) (*vault, []feed) {
	v := &vault{schema: &schema.Schema{}}
	v.cache.readings = map[cacheKey]*reading{}
	var feeds []feed
	for i, points := range windows {
		name := fmt.Sprint("type ", i)
		r := &reading{points: points}
		r.once.Do(func() {})
		v.cache.readings[cacheKey{int64(i), name, ""}] = r
		feeds = append(feeds, feed{catalog.Type{Name: name}, []piece{{Span: catalog.Span{From: 0, To: 10}, window: int64(i)}}})
	}
	return v, feeds
}

// reading3 is a point of day 3 in UTC with one field.
func reading3(hour int, field string, value int64, until time.Time) catalog.Point {
	return catalog.Point{Measurement: "m", Fields: []catalog.Field{{Key: field, Value: catalog.IntValue(value)}},
		Time: time.Date(1970, 1, 4, hour, 0, 0, 0, time.UTC), Day: 3, HoldUntil: until}
}

func unit3(feeds []feed) unit {
	return unit{series: &schema.Measurement{Series: &catalog.Series{Measurement: "m"}}, feeds: feeds, span: catalog.Span{From: 3, To: 4}}
}

func TestHeldBack(t *testing.T) {
	now := time.Date(1970, 1, 4, 9, 0, 0, 0, time.UTC)
	past, future := now.Add(-time.Hour), now.Add(1)
	other := reading3(5, "a", 1, future)
	other.Day = 11 // for which the window does not speak
	elsewhere := reading3(5, "a", 1, future)
	elsewhere.Time = elsewhere.Time.AddDate(0, 0, 1)
	for _, c := range []struct {
		name    string
		windows [][]catalog.Point
		want    string
		held    bool
	}{
		{"none", [][]catalog.Point{{reading3(5, "a", 1, time.Time{})}}, "5 a=1;", false},
		{"until later", [][]catalog.Point{{reading3(5, "a", 1, future), reading3(6, "a", 2, time.Time{})}}, "6 a=2;", true},
		{"until now", [][]catalog.Point{{reading3(5, "a", 1, now)}}, "5 a=1;", false},
		{"until before", [][]catalog.Point{{reading3(5, "a", 1, past)}}, "5 a=1;", false},
		{"first of two at one time", [][]catalog.Point{{reading3(5, "a", 1, future), reading3(5, "a", 2, time.Time{})}}, "5 a=2;", true},
		{"second of two at one time", [][]catalog.Point{{reading3(5, "a", 1, time.Time{}), reading3(5, "a", 2, future)}}, "5 a=1;", true},
		{"another field at one time", [][]catalog.Point{{reading3(5, "a", 1, time.Time{})}, {reading3(5, "b", 2, future)}}, "5 a=1;", true},
		{"all", [][]catalog.Point{{reading3(5, "a", 1, future)}}, "", true},
		{"what does not count", [][]catalog.Point{{other, elsewhere}}, "", false},
	} {
		v, feeds := readVault(c.windows...)
		got, err := v.compute(t.Context(), unit3(feeds), now)
		if err != nil {
			t.Fatal(err)
		}
		if text := written3(got.points); text != c.want || got.held != c.held {
			t.Errorf("%s: %q, held %t, want %q, %t", c.name, text, got.held, c.want, c.held)
		}
	}
}

// written3 writes points as their hour and their fields.
func written3(points []catalog.Point) string {
	text := ""
	for _, p := range points {
		text += fmt.Sprint(p.Time.Hour())
		for _, f := range p.Fields {
			text += fmt.Sprintf(" %s=%d", f.Key, f.Value.Int())
		}
		text += ";"
	}
	return text
}

// Where two types give one field of one point, the one that stands first in the table does,
// whichever window is newer.
func TestFirstTypeOfTheTableGivesAField(t *testing.T) {
	a, b := reading3(5, "kcal", 1, time.Time{}), reading3(5, "kcal", 2, time.Time{})
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		v, feeds := readVault([]catalog.Point{a, reading3(5, "minutes", 7, time.Time{})}, []catalog.Point{b})
		u := unit3([]feed{feeds[order[0]], feeds[order[1]]})
		got, err := v.compute(t.Context(), u, time.Time{})
		if want := fmt.Sprintf("5 kcal=%d minutes=7;", order[0]+1); err != nil || written3(got.points) != want {
			t.Errorf("types %v: %q, %v, want %q", order, written3(got.points), err, want)
		}
	}
}

func TestForget(t *testing.T) {
	c := cache{readings: map[cacheKey]*reading{}}
	key := func(turn int) cacheKey { return cacheKey{int64(turn), "t", ""} }
	for turn := 1; turn <= 7; turn++ {
		c.begin()
		c.readings[key(turn)] = &reading{points: make([]catalog.Point, 10*turn), turn: turn}
		c.kept += 10 * turn
		if turn < 5 {
			c.end(turn)
		}
	}
	c.end(6) // while 5 and 7 are computed still
	c.forget()
	if len(c.readings) != 4 || c.readings[key(4)] == nil || c.kept != 10*(4+5+6+7) {
		t.Errorf("%d readings of %d points are kept", len(c.readings), c.kept)
	}
	c.end(5)
	c.end(7)
	c.forget()
	if len(c.readings) != 2 || c.readings[key(6)] == nil || c.kept != 130 {
		t.Errorf("%d readings of %d points are kept after the end", len(c.readings), c.kept)
	}
}

// Two days may share an instant, by travel east. The newer answer gives the point, whether it
// is read to a column or not.
func TestNewerAnswerGivesAPoint(t *testing.T) {
	for _, column := range []int{0, 1} { // the window that is one
		var windows [2][]catalog.Point
		for hour := range 8 {
			windows[column] = append(windows[column], reading3(hour, "a", int64(column), time.Time{}))
		}
		few := reading3(5, "a", int64(1-column), time.Time{})
		few.Day = 2
		windows[1-column] = []catalog.Point{few}
		v, feeds := readVault(windows[0], windows[1])
		f := feed{typ: feeds[0].typ}
		for i, points := range windows {
			r := v.cache.readings[cacheKey{int64(i), feeds[i].typ.Name, ""}]
			r.column = columnOf(points)
			v.cache.readings[cacheKey{int64(i), f.typ.Name, ""}] = r
			day := points[0].Day
			f.pieces = append(f.pieces, piece{Span: catalog.Span{From: day, To: day + 1}, window: int64(i)})
		}
		got, err := v.compute(t.Context(), unit3([]feed{f}), time.Time{})
		if want := "5 a=1;"; err != nil || len(got.points) != 8 || written3(got.points[5:6]) != want {
			t.Errorf("column in window %d: %q, %v, want %q among 8", column, written3(got.points), err, want)
		}
	}
}

package influx

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/schema"
	"fitvault/store/catalog"
)

// everything is points with each kind of value, and tags and names that have to be quoted.
func everything() []catalog.Point {
	points := []catalog.Point{
		point("activity", "me", noon, catalog.Field{Key: "steps", Value: catalog.IntValue(12345)},
			catalog.Field{Key: "km", Value: catalog.FloatValue(8.125)}, catalog.Field{Key: "manual", Value: catalog.BoolValue(true)},
			catalog.Field{Key: "name", Value: catalog.StringValue(`a "quoted" walk, 5 = five \ 1`)}),
		point("activity", "me", noon.Add(time.Second), catalog.Field{Key: "steps", Value: catalog.IntValue(-1 << 53)},
			catalog.Field{Key: "km", Value: catalog.FloatValue(0)}, catalog.Field{Key: "manual", Value: catalog.BoolValue(false)}),
		point("activity", "you", noon, intField("steps", 7)),
		point("activity_daily", "me", noon, intField("steps", 9)),
		point("activity", "me", noon.AddDate(-5, 0, 0), intField("steps", 1)),
		point("activity", "me", noon.Add(2*time.Second), catalog.Field{Key: "name", Value: catalog.StringValue("12")}),
	}
	for i, name := range []string{`two words`, `it's`, `"quoted"`, `back\slash`, `a,b=c d`, `zoë 😀`, `{account="x"}`} {
		p := point("odd, m=x", name, noon.Add(time.Duration(i)*time.Millisecond), intField("the field", int64(i)))
		p.Tags = append(p.Tags, catalog.Tag{Key: "zone", Value: name})
		points = append(points, p)
	}
	return points
}

// ever is all time, as an export with --rebuild asks for it.
var ever = [2]time.Time{time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64)}

// Every target goes through the history of an export.
func TestConformance(t *testing.T) {
	for name, open := range targets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			if s.holds == nil {
				s.holds = stored
			}
			s.prepare(t, true)
			s.prepare(t, true)
			if c, ok := s.writer.(*Client); ok && c.DeletesRanges() != s.ranges {
				t.Errorf("DeletesRanges = %v, want %v", c.DeletesRanges(), s.ranges)
			}
			points := everything()
			s.write(t, points)
			s.write(t, points)
			if s.put != nil {
				s.holdsExactly(t, "written twice", points)
				s.prepare(t, false)
			}
			points = s.takeBack(t, "a range", points, noon, noon.Add(time.Second), s.ranges)
			points = s.takeBack(t, "all time", points, ever[0], ever[1], s.whole)
			s.write(t, append(points, everything()...))
			s.holdsExactly(t, "written again", everything())
			s.empty(t)
		})
	}
}

func (s site) prepare(t *testing.T, fresh bool) {
	t.Helper()
	held, err := s.writer.Prepare(t.Context(), seriesOf("activity", "steps", catalog.Int), noon.AddDate(-5, 0, 0))
	if err != nil || held.Fresh != fresh {
		t.Fatalf("Prepare = %+v, %v; want fresh: %v", held, err, fresh)
	}
}

func (s site) write(t *testing.T, points []catalog.Point) {
	t.Helper()
	if err := s.writer.Write(t.Context(), batch(t, points...)); err != nil {
		t.Fatal(err)
	}
}

// empty deletes everything, which makes the target a fresh one.
func (s site) empty(t *testing.T) {
	t.Helper()
	if !s.whole {
		return
	}
	for _, measurement := range []string{"activity", "activity_daily", "odd, m=x"} {
		if err := s.writer.Delete(t.Context(), measurement, "", ever[0], ever[1]); err != nil {
			t.Fatal(err)
		}
	}
	s.holdsExactly(t, "emptied", nil)
	s.prepare(t, true)
}

// holdsExactly fails when something else than some points is there.
func (s site) holdsExactly(t *testing.T, when string, points []catalog.Point) {
	t.Helper()
	if diff := cmp.Diff(s.holds(points...), s.dump()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// takeBack deletes the points of an account from a range of a measurement, where the target
// can, and returns what is left.
func (s site) takeBack(t *testing.T, what string, points []catalog.Point, from, to time.Time, can bool) []catalog.Point {
	t.Helper()
	in := func(p catalog.Point) bool {
		return p.Measurement == "activity" && p.Tags[0].Value == "me" && !p.Time.Before(from) && !p.Time.After(to)
	}
	if what == "all time" && s.tables() { // with which somebody else's points would go
		if err := s.writer.Delete(t.Context(), "activity", "me", from, to); !errors.Is(err, errors.ErrUnsupported) {
			t.Fatalf("Delete of a table with another account = %v, want unsupported", err)
		}
		s.holdsExactly(t, "another account", points)
		if err := s.writer.Delete(t.Context(), "activity", "", from, to); err != nil {
			t.Fatal(err)
		}
		points = slices.DeleteFunc(points, func(p catalog.Point) bool { return p.Measurement == "activity" })
		s.holdsExactly(t, "a table deleted", points)
		return points
	}
	for range 2 {
		err := s.writer.Delete(t.Context(), "activity", "me", from, to)
		if can && err != nil || !can && !errors.Is(err, errors.ErrUnsupported) {
			t.Fatalf("Delete of %s = %v; want success: %v", what, err, can)
		}
	}
	if can {
		points = slices.DeleteFunc(points, in)
	}
	if s.put != nil {
		s.holdsExactly(t, "deleted "+what, points)
	}
	return points
}

// tables reports whether the target can delete whole tables only.
func (s site) tables() bool {
	c, ok := s.writer.(*Client)
	return ok && c.dialect().flavor() == InfluxDB3
}

// A kind that does not fit is found before a point is written, and where it is not, the
// other lines of the batch are stored and the line is refused.
func TestConformanceOfKinds(t *testing.T) {
	for name, open := range targets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			if !s.kinds {
				return
			}
			want := seriesOf("steps", "count", catalog.Int)
			if _, err := s.writer.Prepare(t.Context(), want, noon); err != nil {
				t.Fatal(err)
			}
			at := fmt.Sprint(noon.UnixNano())
			s.put("steps,account=me count=1.5 "+at, "loose count=1.5 "+at, "floors count=1i "+at)
			_, err := s.writer.Prepare(t.Context(), append(seriesOf("floors", "count", catalog.Int), want...), noon)
			c := s.writer.(*Client)
			conflict, ok := errors.AsType[*KindError](err)
			if !ok || conflict.Measurement+"."+conflict.Field != "steps.count" || conflict.Have != "float" || conflict.Want != catalog.Int {
				t.Fatalf("Prepare = %v, want a conflict of steps.count", err)
			}
			for _, part := range []string{c.Name() + " at " + c.base.String(), `"` + c.database + `"`, "; ", "steps", "another database"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			loose := seriesOf("loose", "count", catalog.Int)
			loose[0].Loose = true
			held, err := s.writer.Prepare(t.Context(), loose, noon)
			if diff := cmp.Diff(schema.Kinds{"loose": {"count": catalog.Float}}, held.Kinds); err != nil || diff != "" || held.Fresh {
				t.Errorf("Prepare of a loose measurement = %+v, %v (-want +got):\n%s", held, err, diff)
			}
			before := s.dump()
			good := point("floors", "me", noon, intField("count", 2))
			err = s.writer.Write(t.Context(), batch(t, good, point("steps", "me", noon.Add(1), intField("count", 2))))
			e, ok := errors.AsType[*Error](err)
			if !ok || !e.Refused() || e.Temporary() || !strings.Contains(err.Error(), "another database") || !strings.Contains(err.Error(), "count") {
				t.Fatalf("Write = %v, want refused with the remedy", err)
			}
			after := slices.Sorted(slices.Values(append(before, stored(good)...)))
			if diff := cmp.Diff(after, s.dump()); diff != "" {
				t.Errorf("beside the refused line (-want +got):\n%s", diff)
			}
		})
	}
}

// A target that would drop days of the vault says what to set.
func TestConformanceOfRetention(t *testing.T) {
	for name, open := range targets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			if s.shorten == nil {
				return
			}
			now := time.Now()
			if _, err := s.writer.Prepare(t.Context(), nil, now.AddDate(-30, 0, 0)); err != nil {
				t.Fatalf("kept for ever: %v", err)
			}
			s.shorten(1000 * time.Hour)
			if _, err := s.writer.Prepare(t.Context(), nil, now.Add(-999*time.Hour)); err != nil {
				t.Errorf("kept long enough: %v", err)
			}
			_, err := s.writer.Prepare(t.Context(), nil, now.Add(-1001*time.Hour))
			short, ok := errors.AsType[*RetentionError](err)
			if !ok || short.Keeps != 1000*time.Hour {
				t.Fatalf("Prepare = %v, want a retention error of 1000 h", err)
			}
			for _, part := range []string{s.writer.(*Client).Name(), s.setting, s.remedy, "--since"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
}

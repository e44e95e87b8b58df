package influx

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/export/schema"
	"fitvault/store/catalog"
)

func TestDeleteExactlyTheRangeAndAccount(t *testing.T) {
	s, c, db := ready(t)
	var points []catalog.Point
	for _, measurement := range []string{"steps", "floors"} {
		for _, account := range []string{"me", "you", ""} {
			for i := range 5 {
				points = append(points, point(measurement, account, time.Unix(0, int64(100+i)), intField("count", 1)))
			}
		}
	}
	if err := c.Write(t.Context(), batch(t, points...)); err != nil {
		t.Fatal(err)
	}
	without := func(lines []string, gone ...string) []string {
		var rest []string
		for _, l := range lines {
			if !strings.Contains(strings.Join(gone, "\n")+"\n", l+"\n") {
				rest = append(rest, l)
			}
		}
		if len(rest) != len(lines)-len(gone) {
			t.Fatalf("%q is not among the lines", gone)
		}
		return rest
	}
	all := s.Dump(db)
	for i, step := range []struct {
		account  string
		from, to int64
		gone     []string
	}{
		{"me", 101, 103, []string{"steps,account=me count=1i 101", "steps,account=me count=1i 102", "steps,account=me count=1i 103"}},
		{"me", 101, 103, nil},
		{"you", 104, 104, []string{"steps,account=you count=1i 104"}},
		{"", 100, 100, []string{"steps count=1i 100", "steps,account=me count=1i 100", "steps,account=you count=1i 100"}},
		{"nobody", 0, math.MaxInt64, nil},
		{"you", 103, 100, nil},
	} {
		if err := c.Delete(t.Context(), "steps", step.account, time.Unix(0, step.from), time.Unix(0, step.to)); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		all = without(all, step.gone...)
		if diff := cmp.Diff(all, s.Dump(db)); diff != "" {
			t.Errorf("after step %d (-want +got):\n%s", i, diff)
		}
	}
	if err := c.Delete(t.Context(), "never written", "me", noon, noon); err != nil {
		t.Errorf("Delete of a missing measurement = %v", err)
	}
}

func TestDeleteEverything(t *testing.T) {
	s, c, db := ready(t)
	first, last := time.Unix(0, math.MinInt64+2), time.Unix(0, math.MaxInt64-1)
	if err := c.Write(t.Context(), batch(t, point("steps", "me", first, intField("count", 1)), point("steps", "me", last, intField("count", 1)))); err != nil {
		t.Fatal(err)
	}
	if got := s.Dump(db); len(got) != 2 {
		t.Fatalf("stored %q", got)
	}
	if err := c.Delete(t.Context(), "steps", "me", time.Time{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if got := s.Dump(db); len(got) != 0 {
		t.Errorf("left after deleting all time: %q", got)
	}
}

// A value that ends in a backslash is not among them: line protocol cannot hold it.
var hostile = []string{
	`plain`, `two words`, `it's`, `"quoted"`, `back\slash`, `\\unc\path`, `a\"b`, `a\'b`, `a,b=c d`, `zoë 😀`, `%s$1`,
	`'; DROP DATABASE x; --`, `" OR 1=1`, `/.*/`, `;`, `#no comment`,
}

// Names go through the line protocol into the server and through InfluxQL out again.
func TestHostileNames(t *testing.T) {
	s, c, db := ready(t)
	for _, name := range hostile {
		t.Run(name, func(t *testing.T) {
			measurement := "m " + name
			if name == `a\"b` {
				measurement = "m" // InfluxDB reads \" in a measurement as a quote alone
			}
			b := batch(t, point("keep", name, noon, intField("v", 1)), point(measurement, "keep", noon, intField("v", 1)))
			before := len(s.Dump(db))
			if err := c.Write(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			if got := len(s.Dump(db)) - before; got != 2 {
				t.Fatalf("%d new points after writing 2: %q", got, s.Dump(db))
			}
			for i, del := range []struct{ measurement, account string }{{"keep", name}, {measurement, "keep"}} {
				if err := c.Delete(t.Context(), del.measurement, del.account, noon, noon); err != nil {
					t.Fatal(err)
				}
				if got := len(s.Dump(db)) - before; got != 1-i {
					t.Errorf("%d new points after deleting %q of %q, want %d", got, del.account, del.measurement, 1-i)
				}
			}
		})
	}
}

func TestHostileDatabases(t *testing.T) {
	s := influxtest.Start(t)
	for _, name := range []string{`two words`, `it's`, `"quoted"`, `a,b=c d`, `zoë 😀`, `%s&q=x`, `x"; DROP DATABASE "it's`} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, Options{URL: s.URL(), Database: name})
			for _, want := range []bool{true, false} {
				if held, err := c.Prepare(t.Context(), seriesOf("steps", "count", catalog.Int), noon); err != nil || held.Fresh != want {
					t.Fatalf("Prepare = %v, %v; want %v", held, err, want)
				}
				if err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1)))); err != nil {
					t.Fatal(err)
				}
			}
			if got := s.Dump(name); len(got) != 1 {
				t.Errorf("stored %q", got)
			}
		})
	}
	t.Run("refused by the server", func(t *testing.T) {
		_, err := newClient(t, Options{URL: s.URL(), Database: `back\slash`}).Prepare(t.Context(), nil, time.Time{})
		if err == nil || !strings.Contains(err.Error(), "invalid name") {
			t.Errorf("Prepare = %v, want the server's words", err)
		}
	})
	if got := fmt.Sprint(s.Query("", "SHOW DATABASES")); !strings.Contains(got, "it's") {
		t.Errorf("a name ran as a command: %s", got)
	}
}

func seriesOf(measurement, field string, kind catalog.Kind) []*schema.Measurement {
	return []*schema.Measurement{{Series: &catalog.Series{Measurement: measurement, Fields: []catalog.FieldDef{{Key: field, Kind: kind}}}}}
}

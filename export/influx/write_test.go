package influx

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/export/line"
	"fitvault/store/catalog"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newClient(t *testing.T, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// ready returns a client of a fresh database on the shared server.
func ready(t *testing.T) (*influxtest.Server, *Client, string) {
	t.Helper()
	s := influxtest.Shared(t)
	db := s.Database()
	c := newClient(t, Options{URL: s.URL(), Database: db})
	held, err := c.Prepare(t.Context(), nil, time.Time{})
	if err != nil || !held.Fresh {
		t.Fatalf("Prepare = %v, %v; want a fresh database", held, err)
	}
	return s, c, db
}

func point(measurement, account string, at time.Time, fields ...catalog.Field) catalog.Point {
	p := catalog.Point{Measurement: measurement, Fields: fields, Time: at}
	if account != "" {
		p.Tags = []catalog.Tag{{Key: "account", Value: account}}
	}
	return p
}

func intField(key string, v int64) catalog.Field {
	return catalog.Field{Key: key, Value: catalog.IntValue(v)}
}

func batch(t *testing.T, points ...catalog.Point) line.Batch {
	t.Helper()
	var b line.Batch
	for _, p := range points {
		if err := b.Append(p); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func TestWriteTwiceStoresOnce(t *testing.T) {
	s, c, db := ready(t)
	b := batch(t,
		point("heart_rate", "me", noon, intField("bpm", 61)),
		point("weight", "me", noon.Add(1), catalog.Field{Key: "weight_kg", Value: catalog.FloatValue(70)},
			catalog.Field{Key: "log_id", Value: catalog.StringValue(`a "b" \c`)},
			catalog.Field{Key: "manual", Value: catalog.BoolValue(true)}),
	)
	want := []string{
		`heart_rate,account=me bpm=61i 1772366400000000000`,
		`weight,account=me log_id="a \"b\" \\c",manual=true,weight_kg=70 1772366400000000001`,
	}
	for range 2 {
		if err := c.Write(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, s.Dump(db)); diff != "" {
			t.Errorf("stored (-want +got):\n%s", diff)
		}
	}
}

func TestWriteNothing(t *testing.T) {
	c := newClient(t, Options{URL: "http://127.0.0.1:1", Database: "x"})
	if err := c.Write(t.Context(), line.Batch{}); err != nil {
		t.Errorf("Write of an empty batch = %v, want no request", err)
	}
}

func TestWriteReplacesFieldsOfTheSameInstant(t *testing.T) {
	s, c, db := ready(t)
	for _, f := range [][]catalog.Field{{intField("count", 1), intField("other", 5)}, {intField("count", 2)}} {
		if err := c.Write(t.Context(), batch(t, point("steps", "me", noon, f...))); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{`steps,account=me count=2i,other=5i 1772366400000000000`}
	if diff := cmp.Diff(want, s.Dump(db)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

func TestWriteCompressed(t *testing.T) {
	s, c, db := ready(t)
	var encoding string
	c.gzip = true
	c.base = mustParse(t, proxy(t, s.URL(), func(_ http.ResponseWriter, r *http.Request) bool {
		encoding = r.Header.Get("Content-Encoding")
		return false
	}))
	var points []catalog.Point
	for i := range 5000 {
		points = append(points, point("heart_rate", "me", noon.Add(time.Duration(i)*time.Second), intField("bpm", int64(i))))
	}
	for range 2 {
		if err := c.Write(t.Context(), batch(t, points...)); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(s.Dump(db)); got != 5000 || encoding != "gzip" {
		t.Errorf("%d points stored with encoding %q, want 5000 with gzip", got, encoding)
	}
}

// A refused batch is halved until the refused lines stand alone; all others are stored.
func TestHalvingFindsTheRefusedLines(t *testing.T) {
	s, c, db := ready(t)
	s.Write(db, `steps,account=me count=1i 1`)
	var b line.Batch
	for i := range 100 {
		f := intField("count", int64(i))
		if i == 17 || i == 63 {
			f.Value = catalog.FloatValue(1.5)
		}
		if err := b.Append(point("steps", "me", time.Unix(0, int64(i+2)), f)); err != nil {
			t.Fatal(err)
		}
	}
	var refused []string
	var write func(line.Batch)
	write = func(b line.Batch) {
		err := c.Write(t.Context(), b)
		e, ok := errors.AsType[*Error](err)
		switch {
		case err == nil:
		case !ok || !e.Refused() || e.Temporary() || !strings.Contains(e.Message, "field type conflict"):
			t.Fatalf("Write = %v, want refused with the server's words", err)
		case b.Len() == 1:
			refused = append(refused, string(b.Line(0)))
		default:
			first, second := b.Halves()
			write(first)
			write(second)
		}
	}
	write(b)
	if diff := cmp.Diff([]string{string(b.Line(17)), string(b.Line(63))}, refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if got := len(s.Dump(db)); got != 99 {
		t.Errorf("%d points stored, want 99", got)
	}
}

func TestWriteBeforeRetentionIsRefused(t *testing.T) {
	s, c, db := ready(t)
	s.Query(db, `ALTER RETENTION POLICY "autogen" ON "`+db+`" DURATION 24h SHARD DURATION 1h`)
	err := c.Write(t.Context(), batch(t, point("steps", "me", noon.AddDate(-5, 0, 0), intField("count", 1))))
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.Refused() || !strings.Contains(e.Message, "beyond retention policy") {
		t.Errorf("Write = %v, want refused by the retention policy", err)
	}
}

func TestWriteToMissingDatabase(t *testing.T) {
	s := influxtest.Shared(t)
	c := newClient(t, Options{URL: s.URL(), Database: s.Database()})
	p := batch(t, point("steps", "me", noon, intField("count", 1)))
	for op, err := range map[string]error{
		"Write":  c.Write(t.Context(), p),
		"Delete": c.Delete(t.Context(), "steps", "me", noon, noon),
	} {
		e, ok := errors.AsType[*Error](err)
		if !ok || !e.NotFound() || e.Temporary() || e.Refused() {
			t.Errorf("%s = %v, want NotFound and nothing else", op, err)
		}
	}
}

// The server may die at any moment; what was acknowledged is there afterwards.
func TestServerRestartedInTheMiddle(t *testing.T) {
	s := influxtest.Start(t)
	c := newClient(t, Options{URL: s.URL(), Database: "x", RetryFor: 20 * time.Second})
	if _, err := c.Prepare(t.Context(), nil, time.Time{}); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		switch i {
		case 5:
			s.Restart()
		case 12:
			s.Kill()
			done := make(chan error, 1)
			go func() {
				done <- c.Write(t.Context(), batch(t, point("steps", "me", noon.Add(-1), intField("count", 1))))
			}()
			time.Sleep(100 * time.Millisecond)
			s.Restart()
			if err := <-done; err != nil {
				t.Fatalf("write begun while the server was down: %v", err)
			}
		}
		if err := c.Write(t.Context(), batch(t, point("steps", "me", noon.Add(time.Duration(i)), intField("count", int64(i))))); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(s.Dump("x")); got != 21 {
		t.Errorf("%d points stored, want 21", got)
	}
}

func TestConcurrentWrites(t *testing.T) {
	s, c, db := ready(t)
	c.gzip = true
	var writers sync.WaitGroup
	for w := range 6 {
		writers.Go(func() {
			var b line.Batch
			for i := range 2000 {
				if err := b.Append(point("steps", fmt.Sprint("account ", w), noon.Add(time.Duration(i)), intField("count", int64(i)))); err != nil {
					t.Error(err)
				}
				if b.Len() == 250 {
					if err := c.Write(t.Context(), b); err != nil {
						t.Error(err)
					}
					b.Reset()
				}
			}
		})
	}
	writers.Wait()
	if got := len(s.Dump(db)); got != 12000 {
		t.Errorf("%d points stored, want 12000", got)
	}
}

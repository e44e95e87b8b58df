package influx

import (
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
	fresh, err := c.Prepare(t.Context(), nil, time.Time{})
	if err != nil || !fresh {
		t.Fatalf("Prepare = %v, %v; want a fresh database", fresh, err)
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

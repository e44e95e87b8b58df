package influx

import (
	"errors"
	"testing"
	"time"

	"fitvault/export/influx/influxtest"
	"fitvault/store/catalog"
)

func TestCheckMakesNothing(t *testing.T) {
	s := influxtest.Shared(t)
	db := s.Database()
	c := newClient(t, Options{URL: s.URL(), Database: db})
	steps := seriesOf("steps", "count", catalog.Int)
	for range 2 {
		if _, there, err := c.Check(t.Context(), steps, noon); there || err != nil {
			t.Errorf("a missing database: %v, %v", there, err)
		}
	}
	s.Query("", `CREATE DATABASE "`+db+`"`)
	if _, there, err := c.Check(t.Context(), steps, noon); !there || err != nil {
		t.Errorf("a database: %v, %v", there, err)
	}
	s.Write(db, "steps count=1")
	var kinds *KindError
	if _, there, err := c.Check(t.Context(), steps, noon); !there || !errors.As(err, &kinds) {
		t.Errorf("another kind: %v, %v", there, err)
	}
	s.Query("", `ALTER RETENTION POLICY "autogen" ON "`+db+`" DURATION 1d SHARD DURATION 1h`)
	var retention *RetentionError
	if _, there, err := c.Check(t.Context(), nil, noon); !there || !errors.As(err, &retention) {
		t.Errorf("a short retention: %v, %v", there, err)
	}
}

func TestClock(t *testing.T) {
	s := influxtest.Shared(t)
	at, err := newClient(t, Options{URL: s.URL(), Database: s.Database()}).Clock(t.Context())
	if err != nil || time.Since(at).Abs() > time.Minute {
		t.Errorf("the time is %v, %v", at, err)
	}
	var failed *Error
	began := time.Now()
	_, err = newClient(t, Options{URL: "http://127.0.0.1:1", Database: "x"}).Clock(t.Context())
	if !errors.As(err, &failed) || failed.Remedy() != "check the address and that InfluxDB is running there" {
		t.Errorf("nobody there: %v", err)
	}
	if time.Since(began) > 5*time.Second {
		t.Error("was repeated, which nobody waits for")
	}
}

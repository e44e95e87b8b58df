package influx

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"fitvault/export/influx/influxtest"
	"fitvault/store/catalog"
)

func TestPrepareIsFreshUntilSomethingIsWritten(t *testing.T) {
	s := influxtest.Shared(t)
	db := s.Database()
	c := newClient(t, Options{URL: s.URL() + "/", Database: db})
	prepare := func(when string, want bool) {
		t.Helper()
		held, err := c.Prepare(t.Context(), seriesOf("steps", "count", catalog.Int), noon)
		if err != nil || held.Fresh != want {
			t.Errorf("%s: Prepare = %v, %v; want %v", when, held, err, want)
		}
	}
	prepare("missing", true)
	prepare("created, never written", true)
	s.Write(db, "other v=1 1")
	prepare("written by somebody else", false)
	if err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1)))); err != nil {
		t.Fatal(err)
	}
	prepare("written", false)
	s.Query("", `DROP DATABASE "`+db+`"`)
	s.Query("", `CREATE DATABASE "`+db+`"`)
	prepare("dropped and created by hand", true)
}

func TestPrepareFindsKindConflicts(t *testing.T) {
	const week = 7 * 24 * time.Hour
	early, late := fmt.Sprint(noon.UnixNano()), fmt.Sprint(noon.Add(4*week).UnixNano())
	tests := map[string]struct {
		before []string
		drop   string
		have   string // of the conflict, empty for none
	}{
		"agrees":                       {[]string{"steps count=1i " + early}, "", ""},
		"another measurement":          {[]string{"other count=1 " + early}, "", ""},
		"another field":                {[]string{"steps other=1 " + early}, "", ""},
		"float":                        {[]string{"steps count=1 " + early}, "", "float"},
		"string":                       {[]string{`steps count="1" ` + early}, "", "string"},
		"boolean":                      {[]string{"steps count=true " + early}, "", "boolean"},
		"right in one week, not later": {[]string{"steps count=1i " + early, "steps count=1 " + late}, "", "float"},
		"not in one week, right later": {[]string{"steps count=1 " + early, "steps count=1i " + late}, "", "float"},
		"partly deleted":               {[]string{"steps count=1 " + early, "steps,account=me count=1 " + early}, `DELETE FROM "steps" WHERE account = 'me'`, "float"},
		"dropped measurement":          {[]string{"steps count=1 " + early}, `DROP MEASUREMENT "steps"`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, c, db := ready(t)
			s.Write(db, tt.before...)
			if tt.drop != "" {
				s.Query(db, tt.drop)
			}
			_, err := c.Prepare(t.Context(), seriesOf("steps", "count", catalog.Int), noon)
			var conflict *KindError
			if !errors.As(err, &conflict) {
				if err != nil || tt.have != "" {
					t.Fatalf("Prepare = %v, want conflict with %q", err, tt.have)
				}
				if err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1)))); err != nil {
					t.Errorf("the kinds agree, but: %v", err)
				}
				return
			}
			want := KindError{"InfluxDB 1.6.7", s.URL(), db, "steps", "count", tt.have, catalog.Int, `DROP MEASUREMENT "steps"`}
			if *conflict != want {
				t.Errorf("conflict %+v, want %+v", *conflict, want)
			}
			for _, part := range []string{s.URL(), db, "steps", "count", tt.have, "integer", "another database", "DROP MEASUREMENT"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not name %q", err, part)
				}
			}
		})
	}
}

// The last point of a measurement takes the kinds out of the server's list, yet the shard
// goes on refusing other ones. So the conflict shows when writing, with a way out.
func TestKindOfDeletedPointsIsRefused(t *testing.T) {
	s, c, db := ready(t)
	s.Write(db, "steps,account=me count=1 "+fmt.Sprint(noon.UnixNano()))
	if err := c.Delete(t.Context(), "steps", "me", noon, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Prepare(t.Context(), seriesOf("steps", "count", catalog.Int), noon); err != nil {
		t.Fatalf("the server lists the kind of deleted points, so Prepare may: %v", err)
	}
	b := batch(t, point("steps", "me", noon, intField("count", 1)))
	err := c.Write(t.Context(), b)
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.Refused() || !strings.Contains(err.Error(), "DROP MEASUREMENT") {
		t.Fatalf("Write = %v, want refused with the remedy", err)
	}
	s.Query(db, `DROP MEASUREMENT "steps"`)
	if err := c.Write(t.Context(), b); err != nil {
		t.Errorf("after the remedy: %v", err)
	}
}

// Only the default policy is written to, so a kind in another one is no conflict.
func TestPrepareIgnoresOtherPolicies(t *testing.T) {
	s, c, db := ready(t)
	s.Write(db, "steps count=1 "+fmt.Sprint(noon.UnixNano()))
	s.Query(db, `CREATE RETENTION POLICY "mine" ON "`+db+`" DURATION INF REPLICATION 1 DEFAULT`)
	if _, err := c.Prepare(t.Context(), seriesOf("steps", "count", catalog.Int), noon); err != nil {
		t.Fatal(err)
	}
	if err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1)))); err != nil {
		t.Error(err)
	}
}

func TestPrepareChecksRetention(t *testing.T) {
	now := time.Now()
	tests := map[string]struct {
		duration string
		oldest   time.Time
		drops    bool
	}{
		"infinite":      {"INF", now.AddDate(-30, 0, 0), false},
		"long enough":   {"1000h", now.Add(-999 * time.Hour), false},
		"too short":     {"1000h", now.Add(-1001 * time.Hour), true},
		"nothing old":   {"1h", now, false},
		"not looked at": {"1h", time.Time{}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, c, db := ready(t)
			s.Query(db, fmt.Sprintf(`CREATE RETENTION POLICY "short one" ON "%s" DURATION %s REPLICATION 1 DEFAULT`, db, tt.duration))
			_, err := c.Prepare(t.Context(), nil, tt.oldest)
			var short *RetentionError
			if got := errors.As(err, &short); got != tt.drops || !got && err != nil {
				t.Fatalf("Prepare = %v, want a retention error: %v", err, tt.drops)
			}
			if !tt.drops {
				return
			}
			for _, part := range []string{s.URL(), db, "short one", "1000h", tt.oldest.UTC().Format(time.DateOnly), "--since",
				`ALTER RETENTION POLICY "short one" ON "` + db + `" DURATION INF`} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not name %q", err, part)
				}
			}
			s.Query("", `ALTER RETENTION POLICY "short one" ON "`+db+`" DURATION INF`)
			if _, err := c.Prepare(t.Context(), nil, tt.oldest); err != nil {
				t.Errorf("after the remedy: %v", err)
			}
		})
	}
}

func TestPrepareWithoutDefaultPolicy(t *testing.T) {
	s, c, db := ready(t)
	s.Query("", `DROP RETENTION POLICY "autogen" ON "`+db+`"`)
	_, err := c.Prepare(t.Context(), nil, noon)
	const remedy = "run: CREATE RETENTION POLICY"
	if err == nil || !strings.Contains(err.Error(), remedy) {
		t.Fatalf("Prepare = %v, want the remedy", err)
	}
	_, q, _ := strings.Cut(err.Error(), "run: ")
	s.Query("", q)
	if _, err := c.Prepare(t.Context(), nil, noon); err != nil {
		t.Errorf("after the remedy: %v", err)
	}
}

func TestPrepareUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	_ = l.Close()
	for _, retry := range []time.Duration{-1, 600 * time.Millisecond} {
		c := newClient(t, Options{URL: url, Database: "fitbit", RetryFor: retry})
		began := time.Now()
		_, err = c.Prepare(t.Context(), nil, noon)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("gave up after %v, want about %v", took, retry)
		}
		e, ok := errors.AsType[*Error](err)
		var op *net.OpError
		if !ok || !e.Temporary() || e.Unauthorized() || e.NotFound() || e.Refused() || !errors.As(err, &op) {
			t.Fatalf("Prepare = %v, want a temporary error of the network", err)
		}
		for _, part := range []string{url, `"fitbit"`, "refused", "is running"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q does not say %q", err, part)
			}
		}
	}
}

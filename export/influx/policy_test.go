package influx

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fitvault/export/influx/influxtest"
	"fitvault/store/catalog"
)

// A policy of one's own is made beside what the database holds, and is fresh until it is
// written to.
func TestPolicyIsMadeInADatabaseInUse(t *testing.T) {
	s, _, db := ready(t)
	s.Write(db, "steps count=1 1", "other v=1 1")
	c := newClient(t, Options{URL: s.URL(), Database: db, Retention: `my "own"`})
	steps := seriesOf("steps", "count", catalog.Int)
	for range 2 {
		if held, there, err := c.Check(t.Context(), steps, noon); there || !held.Fresh || err != nil {
			t.Fatalf("Check = %+v, %v, %v; want a policy that is not there", held, there, err)
		}
	}
	for range 2 {
		if held, err := c.Prepare(t.Context(), steps, noon); err != nil || !held.Fresh {
			t.Fatalf("Prepare = %+v, %v; want fresh", held, err)
		}
	}
	if _, there, err := c.Check(t.Context(), steps, noon); !there || err != nil {
		t.Errorf("Check = %v, %v; want a policy", there, err)
	}
	if err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1)))); err != nil {
		t.Fatal(err)
	}
	if held, err := c.Prepare(t.Context(), steps, noon); err != nil || held.Fresh {
		t.Errorf("Prepare after a write = %+v, %v; want not fresh", held, err)
	}
	if got := s.Dump(db); len(got) != 2 {
		t.Errorf("the default policy holds %q", got)
	}
	got := fmt.Sprint(s.Query(db, "SHOW RETENTION POLICIES"))
	if want := `[my "own" 0s 168h0m0s 1 false]`; !strings.Contains(got, want) {
		t.Errorf("policies %s, want %s", got, want)
	}
}

func TestPolicyThatTheUserMayNotMake(t *testing.T) {
	s := withUsers(t)
	tests := map[string]string{
		"carols": `the retention policy is missing: an admin of the server must run: CREATE RETENTION POLICY "own" ON "carols" DURATION INF REPLICATION 1`,
		"absent": `an admin of the server must run: CREATE DATABASE "absent"; CREATE RETENTION POLICY "own" ON "absent" DURATION INF REPLICATION 1; ` +
			`GRANT ALL ON "absent" TO "carol"`,
	}
	for db, says := range tests {
		c := newClient(t, Options{URL: s.URL(), Database: db, Username: "carol", Password: password, Retention: "own"})
		_, err := c.Prepare(t.Context(), nil, noon)
		if err == nil || !strings.HasSuffix(err.Error(), says) {
			t.Fatalf("%s: Prepare = %v, want %s", db, err, says)
		}
		_, remedy, _ := strings.Cut(err.Error(), "must run: ")
		s.Query("", remedy)
		if _, err := c.Prepare(t.Context(), nil, noon); err != nil {
			t.Errorf("%s: after the remedy: %v", db, err)
		}
	}
}

func TestPolicyDroppedWhileWriting(t *testing.T) {
	s := influxtest.Shared(t)
	db := s.Database()
	c := newClient(t, Options{URL: s.URL(), Database: db, Retention: "own"})
	if _, err := c.Prepare(t.Context(), nil, noon); err != nil {
		t.Fatal(err)
	}
	s.Query("", fmt.Sprintf("DROP RETENTION POLICY own ON %s", db))
	began := time.Now()
	err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1))))
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.NotFound() || e.Temporary() || e.Refused() || !strings.Contains(err.Error(), "run the export again") {
		t.Errorf("Write = %v, want NotFound with the remedy", err)
	}
	if time.Since(began) > time.Second {
		t.Error("was repeated, which cannot help")
	}
}

// InfluxDB deletes in all policies, so nothing is deleted while another one has such points.
func TestDeleteSparesOtherPolicies(t *testing.T) {
	s, inDefault, db := ready(t)
	inOwn := newClient(t, Options{URL: s.URL(), Database: db, Retention: "own"})
	if _, err := inOwn.Prepare(t.Context(), nil, noon); err != nil {
		t.Fatal(err)
	}
	write := func(c *Client, account string, at time.Time) {
		t.Helper()
		if err := c.Write(t.Context(), batch(t, point("steps", account, at, intField("count", 1)))); err != nil {
			t.Fatal(err)
		}
	}
	count := func() string {
		return fmt.Sprint(len(s.Query(db, "SELECT * FROM own.steps GROUP BY *")), len(s.Query(db, "SELECT * FROM autogen.steps GROUP BY *")))
	}
	write(inDefault, "me", noon)
	write(inOwn, "you", noon)
	write(inOwn, "me", noon.Add(time.Hour))
	for name, c := range map[string]*Client{"own": inDefault, "autogen": inOwn} {
		err := c.Delete(t.Context(), "steps", "me", noon, noon.Add(time.Hour))
		if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), fmt.Sprintf("policy %q", name)) {
			t.Errorf("Delete = %v, want unsupported because of %s", err, name)
		}
	}
	if got := count(); got != "2 1" {
		t.Errorf("series left in own and autogen: %s, want 2 1", got)
	}
	if err := inDefault.Delete(t.Context(), "steps", "me", noon, noon); err != nil {
		t.Errorf("Delete of a range in which the other policy has another account only: %v", err)
	}
	if got := count(); got != "2 0" {
		t.Errorf("series left in own and autogen: %s, want 2 0", got)
	}
}

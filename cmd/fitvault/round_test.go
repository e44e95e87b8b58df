package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// TestRoundsWithTheOriginalsEnvironment runs what the original exporter did with nothing
// but its own names for the settings.
func TestRoundsWithTheOriginalsEnvironment(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	proxy := before(t, db)
	first, second := db.Database(), db.Database()
	s := serve(t, emulator.Options{})
	s.Set(func(m *emulator.Modes) { m.NoRepeats, m.RequireLocale = true, true })
	h := s.home(t, append(proxy.env(first), "EXPIRES_AT=604800")...)

	h.exits(exitDone, "run", "--once")
	points := db.Dump(first)
	if len(points) < 1000 {
		t.Fatalf("the database holds %d points", len(points))
	}
	for _, measurement := range []string{"activity_daily", "heart_rate_daily", "sleep", "sleep_stage", "weight", "body_fat", "device"} {
		if !slices.ContainsFunc(points, func(l string) bool { return strings.HasPrefix(l, measurement+",account=me") }) {
			t.Errorf("no point of %s", measurement)
		}
	}
	s.strict(t)

	calls, writes := len(s.api()), proxy.writes.Load()
	h.exits(exitDone, "run", "--once")
	if n := len(s.api()) - calls; n > 2 {
		t.Errorf("a second round made %d API calls", n)
	}
	if n := proxy.writes.Load() - writes; n != 0 {
		t.Errorf("a second round sent %d writes", n)
	}

	calls = len(s.Requests())
	h.with("DB_NAME="+second).exits(exitDone, "export")
	if n := len(s.Requests()) - calls; n != 0 {
		t.Errorf("an export made %d API calls", n)
	}
	if diff := cmp.Diff(points, db.Dump(second)); diff != "" {
		t.Errorf("the second database differs:\n%s", diff)
	}

	status := h.reported()
	if len(status.Targets) != 2 || !status.Sources[0].SignedIn || status.Zone != daytime() || len(status.Rejects) != 0 {
		t.Errorf("status: %+v", status)
	}
	for _, target := range status.Targets {
		if target.Behind != 0 || target.Points != len(points) || target.LastExport == nil || !strings.HasPrefix(target.Target, proxy.url+" ") {
			t.Errorf("target: %+v", target)
		}
	}
}

// TestDroppedDatabaseIsFilledAgain: a database that is gone holds nothing, whatever the
// vault remembers.
func TestDroppedDatabaseIsFilledAgain(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	name := db.Database()
	s := serve(t, emulator.Options{Days: 20})
	h := s.home(t, influxEnv(db.URL(), name)...)
	h.exits(exitDone, "run", "--once")
	want := db.Dump(name)
	db.Query("", "DROP DATABASE "+name)
	h.exits(exitDone, "export")
	if diff := cmp.Diff(want, db.Dump(name)); diff != "" {
		t.Error(diff)
	}
}

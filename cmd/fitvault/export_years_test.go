package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// TestExportOfFiveYears exports five years in three ways: at once, again after what is there
// was deleted, and in steps as the vault grew. The databases are equal, and a further export
// sends them nothing.
func TestExportOfFiveYears(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	proxy := before(t, db)
	atOnce, rebuilt, inSteps := db.Database(), db.Database(), db.Database()
	s := serve(t, emulator.Options{Days: 5 * 365})
	h := s.home(t, "FITVAULT_TYPE=daily,night,sleep,weight")
	into := func(database string) *home { return h.with(proxy.env(database)...) }

	halfway := (s.Today() - 2*365).String()
	h.exits(exitDone, "fetch", "--until", halfway)
	into(inSteps).exits(exitDone, "export", "--until", (s.Today() - 3*365).String())
	into(inSteps).exits(exitDone, "export")
	into(rebuilt).exits(exitDone, "export")
	h.exits(exitDone, "fetch")
	into(atOnce).exits(exitDone, "export")
	into(rebuilt).exits(exitDone, "export", "--rebuild")
	into(inSteps).exits(exitDone, "export")

	want := db.Dump(atOnce)
	if len(want) < 20_000 {
		t.Errorf("only %d points", len(want))
	}
	for name, database := range map[string]string{"rebuilt": rebuilt, "in steps": inSteps} {
		if diff := cmp.Diff(want, db.Dump(database)); diff != "" {
			t.Errorf("%s (-at once +%[1]s):\n%.4000s", name, diff)
		}
		proxy.writes.Store(0)
		into(database).exits(exitDone, "export").says(": 0 points in 0 units", "; 0 ranges deleted")
		if n := proxy.writes.Load(); n != 0 {
			t.Errorf("%s: an export of nothing new sent %d writes", name, n)
		}
	}
}

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// reportedExport is what export --json prints.
func (h *home) reportedExport(args ...string) exportReport {
	h.t.Helper()
	p := h.exits(exitDone, append([]string{"export", "--json"}, args...)...)
	var r exportReport
	if err := json.Unmarshal([]byte(p.out.String()), &r); err != nil {
		h.t.Fatalf("export --json: %v\n%s", err, p.out.String())
	}
	return r
}

// memory is all that an export changes of a vault.
func memory(t *testing.T, vault string) []string {
	t.Helper()
	var out []string
	for _, table := range []string{"targets", "exported", "runs", "rejects", "holders"} {
		out = append(out, rows(t, vault, "SELECT * FROM "+table)...)
	}
	return out
}

// TestDryRunForesees: what a dry run tells is what the export after it does, and the dry run
// itself changes neither the vault nor the database.
func TestDryRunForesees(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	name := db.Database()
	s := serve(t, emulator.Options{})
	h := s.home(t, influxEnv(db.URL(), name)...)
	h.exits(exitDone, "fetch")
	for _, step := range []struct {
		what, change string
		args         []string
		deletes      bool
	}{
		{what: "a type since a day, into a database that is not there", args: []string{"--type", "sleep,activity_daily", "--since", time.Now().AddDate(0, 0, -9).Format(time.DateOnly)}},
		{what: "all of it"},
		{what: "nothing new"},
		{what: "what is no more", change: "DELETE FROM coverage WHERE type IN ('weight', 'body_fat')", deletes: true},
		{what: "a rebuild of one type", args: []string{"--rebuild", "--type", "sleep"}, deletes: true},
	} {
		if step.change != "" {
			change(t, h.vault, step.change)
		}
		before, held := memory(t, h.vault), stored(db, name)
		dry := h.reportedExport(append(step.args, "--dry-run")...)
		if diff := cmp.Diff(before, memory(t, h.vault)); diff != "" {
			t.Errorf("%s: the dry run changed the vault:\n%s", step.what, diff)
		}
		if diff := cmp.Diff(held, stored(db, name)); diff != "" {
			t.Errorf("%s: the dry run changed the database:\n%s", step.what, diff)
		}
		real := h.reportedExport(step.args...)
		if !dry.DryRun || real.DryRun {
			t.Errorf("%s: dry_run is %v and %v", step.what, dry.DryRun, real.DryRun)
		}
		dry.DryRun = false
		if diff := cmp.Diff(real, dry); diff != "" {
			t.Errorf("%s: what was done and what was foreseen:\n%s", step.what, diff)
		}
		if nothing := step.what == "nothing new"; nothing != (real.Points == 0 && real.Deleted == 0) || step.deletes != (real.Deleted > 0) {
			t.Errorf("%s: %+v", step.what, real)
		}
	}
}

// stored is a database as it is; nothing when there is none.
func stored(db *influxtest.Server, name string) []string {
	for _, row := range db.Query("", "SHOW DATABASES") {
		for _, v := range row.Values {
			if v[0] == name {
				return append([]string{name}, db.Dump(name)...)
			}
		}
	}
	return nil
}

// TestDryRunPrints: a table of the measurements, a line of what would be done, and no file.
func TestDryRunPrints(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	s := serve(t, emulator.Options{Days: 10})
	h := s.home(t, influxEnv(db.URL(), db.Database())...)
	h.exits(exitDone, "fetch")
	p := h.exits(exitDone, "export", "--dry-run", "--schema", "fitbit-grafana")
	p.prints("MEASUREMENT", "UNITS", "POINTS", "Total Steps")
	p.says("would send", "delete 0 ranges; nothing was changed")
	if strings.Contains(p.out.String(), "sleep_stage") {
		t.Errorf("the schema is not the one asked for:\n%s", p.out.String())
	}
	for _, to := range []string{"all.lp", "-"} {
		p = h.exits(exitDone, "export", "--dry-run", "--output", to, "--type", "sleep")
		p.prints("MEASUREMENT", "\nsleep ")
		if strings.Contains(p.out.String(), "account=me") {
			t.Errorf("a dry run prints points:\n%s", p.out.String())
		}
	}
	if _, err := os.Stat(filepath.Join(h.dir, "all.lp")); !os.IsNotExist(err) {
		t.Errorf("a dry run made a file: %v", err)
	}
	if r := h.reportedExport("--dry-run", "--output", "-"); r.Points == 0 || len(r.Changes) == 0 {
		t.Errorf("%+v", r)
	}
}

// TestStale: a server that cannot take back points of a stretch of time says so, once, with what
// to do, and so does a dry run before.
func TestStale(t *testing.T) {
	t.Parallel()
	vm := influxtest.StartVictoria(t, "-retentionPeriod=100y", "-dedup.minScrapeInterval=1ms")
	s := serve(t, emulator.Options{})
	h := s.home(t, "INFLUX_URL="+vm.URL(), "FITVAULT_TYPE=weight,activity_daily")
	h.exits(exitDone, "fetch")
	h.exits(exitDone, "export", "--schema", "native")
	grafana := h.with("INFLUX_DATABASE=grafana", "FITVAULT_SCHEMA=fitbit-grafana")
	grafana.exits(exitDone, "export")
	vm.Flush()
	change(t, h.vault, "DELETE FROM coverage WHERE type = 'weight'")

	dry := h.exits(exitDone, "export", "--dry-run")
	dry.says("ranges hold points that are no more; this target cannot delete them: fitvault export --rebuild\n", "delete 0 ranges")
	p := h.exits(exitDone, "export")
	p.says("ranges hold points that are no more; this target cannot delete them: fitvault export --rebuild\n", "0 ranges deleted")
	if n := strings.Count(p.err.String(), "no more"); n != 1 {
		t.Errorf("it is told %d times", n)
	}
	if r := h.reportedExport(); r.Stale != 0 {
		t.Errorf("stale ranges are counted again: %+v", r)
	}
	h.exits(exitDone, "export", "--rebuild").says("ranges deleted")
	vm.Flush()
	if all := vm.Dump("fitbit"); slices.ContainsFunc(all, func(l string) bool { return strings.HasPrefix(l, "weight_") }) || len(all) == 0 {
		t.Errorf("after a rebuild there is a weight among %d samples", len(all))
	}

	p = grafana.exits(exitDone, "export", "--json")
	p.says("nor can --rebuild: export into a new database")
	p.prints(`"stale": `)
	if strings.Contains(p.out.String(), `"stale": 0`) {
		t.Errorf("nothing is stale: %s", p.out.String())
	}
}

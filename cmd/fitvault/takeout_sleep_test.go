package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/influxdata/influxdb1-client/models"

	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

// TestOldSleepTablesAgree holds the sleeps and scores of the tables as they were up to 2025, of
// clock readings and without a version of the algorithm, to the logs and sleep_score.csv of the
// same person, over the night on which clocks go back. The tables have ids of their own and no
// efficiency; the parts of a score are left out by sleep_score.csv alone, without Premium.
func TestOldSleepTablesAgree(t *testing.T) {
	unlessRaced(t)
	now := time.Date(2026, 10, 28, 10, 17, 0, 0, time.UTC)
	emu, err := emulator.New(emulator.Options{Seed: 7, Days: 10, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	types, err := catalog.Select([]string{"sleep", "sleep_stage", "sleep_score"})
	if err != nil {
		t.Fatal(err)
	}
	points := func(o emulator.TakeoutOptions) map[string]models.Fields {
		dir := t.TempDir()
		archive := filepath.Join(dir, "takeout-20261028T101700Z-001.zip")
		writeArchive(t, archive, emu, o)
		importInto(t, filepath.Join(dir, "vault.db"), now, archive)
		all := exported(t, filepath.Join(dir, "vault.db"), types)
		for _, p := range all {
			for _, f := range []string{"log_id", "efficiency_pct", "composition", "revitalization", "duration"} {
				delete(p, f)
			}
		}
		return all
	}
	want := points(emulator.TakeoutOptions{})
	got := points(emulator.TakeoutOptions{Layout: emulator.LayoutFitbit, WithoutJSON: true, PlaceholderOffsets: true})
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 200 {
		t.Errorf("%d points (-logs +tables):\n%.3000s", len(want), diff)
	}
}

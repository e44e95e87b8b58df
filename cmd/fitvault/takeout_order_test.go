package main

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export"
	"fitvault/export/influx"
	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

// TestArchiveAndAPIsInAnyOrder imports an archive of a person and fetches from both APIs, in
// either order and with an export after each step: the databases are the same in the end, and
// the same as a full export of either vault. The archive begins before what is fetched, and
// ends five days before it.
func TestArchiveAndAPIsInAnyOrder(t *testing.T) {
	unlessRaced(t)
	warm(t)
	db := influxtest.Shared(t)
	dir := t.TempDir()
	now := time.Date(2026, 11, 6, 10, 17, 0, 0, time.UTC)
	options := emulator.Options{Seed: 3, Days: 20, Limit: 100_000, GoogleLimit: 100_000, GoogleBeatSeconds: 60}
	archive := filepath.Join(dir, "takeout-20261101T101700Z-001.zip")

	options.Now = func() time.Time { return now }
	emu, err := emulator.New(options)
	if err != nil {
		t.Fatal(err)
	}
	writeArchive(t, archive, emu, emulator.TakeoutOptions{Now: now.AddDate(0, 0, -5)})
	fetchAll := func(t *testing.T, vault string) {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(now))
			options.Now, options.Days = time.Now, 12 // the person joined later, for the APIs
			emu, err := emulator.New(options)
			if err != nil {
				t.Fatal(err)
			}
			fetchInto(t, vault, googleSource(emu), catalog.Types())
			fetchInto(t, vault, legacySource(emu), catalog.Types())
		})
	}
	importAll := func(t *testing.T, vault string) { importInto(t, vault, now, archive) }

	var dumps [][]string
	for _, order := range [][]func(*testing.T, string){{importAll, fetchAll}, {fetchAll, importAll}} {
		vault := filepath.Join(t.TempDir(), "vault.db")
		database := db.Database()
		for _, step := range order {
			step(t, vault)
			exportTo(t, vault, db, database)
		}
		full := db.Database()
		exportTo(t, vault, db, full)
		dumps = append(dumps, db.Dump(database), db.Dump(full))
	}
	for i, what := range []string{"a full export of it", "the other order", "a full export of the other order"} {
		if diff := cmp.Diff(dumps[0], dumps[i+1]); diff != "" {
			t.Errorf("archive first, then the APIs, against %s (%d and %d points):\n%.3000s", what, len(dumps[0]), len(dumps[i+1]), diff)
		}
	}
	for _, want := range []string{"confidence=", "activity_calories_kcal=", "sleep_stage,"} {
		if !strings.Contains(strings.Join(dumps[0], "\n"), want) {
			t.Errorf("nothing in the database has %s: a source is missing", want)
		}
	}
}

// exportTo exports a vault into a database.
func exportTo(t *testing.T, vault string, db *influxtest.Server, database string) {
	t.Helper()
	st := openVault(t, vault)
	defer st.Close()
	w, err := influx.New(influx.Options{URL: db.URL(), Database: database})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	target, err := st.UseTarget(t.Context(), db.URL(), database, "native")
	if err != nil {
		t.Fatal(err)
	}
	e := &export.Exporter{Store: st, Writer: w, Target: target, Log: slog.New(slog.DiscardHandler), Types: catalog.Types()}
	res, err := e.Export(t.Context())
	if err != nil || len(res.Failures) > 0 {
		t.Fatalf("%v, %v", err, res.Failures)
	}
	t.Logf("%s: %d points in %d units, %d ranges deleted", database, res.Points, res.Written, res.Deleted)
}

package main

import (
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

// TestArchiveOfATraveller: a person lives in Berlin, and for some days of the night on which
// clocks go back in Tokyo. The archive tells one zone, that of its profile; the journeys are
// known by what Google's samples show. One vault holds both, and whichever source is preferred
// the points are the same, but for what the formats force apart.
func TestArchiveOfATraveller(t *testing.T) {
	unlessRaced(t)
	warm(t)
	dir := t.TempDir()
	vault, archive := filepath.Join(dir, "vault.db"), filepath.Join(dir, "takeout-20261110T101700Z-001.zip")
	now := time.Date(2026, 11, 10, 10, 17, 0, 0, time.UTC)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(now))
		emu, err := emulator.New(emulator.Options{Seed: 7, Days: 30, Now: time.Now, GoogleLimit: 100_000, GoogleBeatSeconds: 60})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{
			emu.Move(emulator.NewDate(2026, time.October, 24), "Asia/Tokyo"),
			emu.Move(emulator.NewDate(2026, time.October, 31), "Europe/Berlin"),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		writeArchive(t, archive, emu, emulator.TakeoutOptions{})
		fetchInto(t, vault, googleSource(emu), catalog.Types())
	})
	importInto(t, vault, now, archive)
	types := slices.DeleteFunc(catalog.Types(), func(t catalog.Type) bool { return t.Takeout == nil || t.Google == nil })
	a := agreement{t: t, api: catalog.Google, today: "2026-11-09T23:00:00Z"}
	a.compare(exported(t, vault, types, catalog.Takeout), exported(t, vault, types, catalog.Google))
	if a.equal < 170_000 {
		t.Errorf("only %d values were compared", a.equal)
	}
}

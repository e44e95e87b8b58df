package fetch_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

func TestTheProfileIsReadWithoutADevice(t *testing.T) {
	live(t, emulator.Options{Days: 20}, func(w *world) {
		w.words = []string{steps}
		w.set(func(m *emulator.Modes) { m.NoTracker, m.NoScale = true, true })
		w.mustFetch(thrifty)
		time.Sleep(30 * time.Hour)
		if n := len(w.mustFetch(thrifty).calls("profile.json")); n != 1 {
			w.Errorf("%d calls for the profile after 30 hours, want 1", n)
		}
	})
}

// noSettings are all rights but the one to the devices, so that nothing tells of a sync.
func noSettings() []string {
	return slices.DeleteFunc(slices.Clone(emulator.AllScopes), func(s string) bool { return s == "settings" })
}

// What a watch held back for days is found though nobody tells that it has synced, and each
// day costs a call.
func TestALateSyncThatNobodyTells(t *testing.T) {
	live(t, emulator.Options{Days: 10, Scopes: noSettings()}, func(w *world) {
		w.words = []string{"steps"}
		w.set(func(m *emulator.Modes) { m.HoldSync = time.Now() })
		for day := range 14 {
			if day == 6 {
				w.set(func(m *emulator.Modes) { m.HoldSync = time.Time{} })
			}
			w.fetch(thrifty)
			time.Sleep(24 * time.Hour)
		}
		synced := began.AddDate(0, 0, 6)
		for d := began; d.Before(synced.AddDate(0, 0, -1)); d = d.AddDate(0, 0, 1) {
			if !slices.ContainsFunc(w.emu.Requests(), func(q emulator.Request) bool {
				return strings.Contains(q.Path, "/steps/date/"+d.Format(time.DateOnly)) && q.Time.After(synced)
			}) {
				w.Errorf("%s was not read after the watch had synced", d.Format(time.DateOnly))
			}
		}
	})
}

// Whoever flies west has a today that was tomorrow's: an answer that refuses it says nothing
// of the type.
func TestWestOfTheProfile(t *testing.T) {
	live(t, emulator.Options{Days: 10, Zone: "Asia/Tokyo", Scopes: noSettings()}, func(w *world) {
		w.words = []string{steps, "cardio_fitness_daily"}
		w.fetch()
		if err := w.emu.Move(emulator.Date(w.today()), "America/Los_Angeles"); err != nil {
			w.Fatal(err)
		}
		w.sloppy = true // today is asked for, which is tomorrow there
		time.Sleep(10 * time.Hour)
		w.fetch()
		if why := w.unavailable("cardio_fitness_daily"); why != "" {
			w.Errorf("cardio fitness is %s for good", why)
		}
		time.Sleep(72 * time.Hour)
		if r := w.fetch(); r.failed("cardio_fitness_daily") != nil || len(r.calls("/cardioscore/")) == 0 {
			w.Errorf("%v:\n%s", r.Failures, listing(r.calls()))
		}
	})
}

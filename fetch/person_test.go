package fetch_test

import (
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

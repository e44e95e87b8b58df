package fetch_test

import (
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

func TestFiveYearsCostFewCalls(t *testing.T) {
	live(t, emulator.Options{Days: 1826}, func(w *world) {
		w.set(func(m *emulator.Modes) { m.NoRepeats = true })
		start := time.Now()
		r := w.mustFetch()
		t.Logf("%d calls, %v of waiting, planned %d", len(r.calls()), time.Since(start), r.Planned)
		w.wantAllCovered()
	})
}

package fetch_test

import (
	"net/http"
	"strings"
	"testing"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/fetch/fitbit"
)

// The exercises of two years are some pages.
var exercises = emulator.Options{Days: 730}

// exerciseIDs are those of the exercises in force, as often as they are told.
func (w *world) exerciseIDs() (n, different int) {
	w.Helper()
	seen := map[string]bool{}
	for _, part := range strings.Split(w.inForce("exercise", w.today()), `"logId":`)[1:] {
		id, _, _ := strings.Cut(part, ",")
		n++
		seen[id] = true
	}
	return n, len(seen)
}

// TestAddressesOfPages: whatever host they name of the service's own, or by which it was reached, it
// is the one that was configured that is asked. A foreign one is not followed.
func TestAddressesOfPages(t *testing.T) {
	for host, followed := range map[string]bool{"": true, "self": true, "evil.example": false} {
		t.Run("host "+host, func(t *testing.T) {
			live(t, exercises, func(w *world) {
				w.words = []string{"exercise"}
				w.set(func(m *emulator.Modes) { m.NextHost = host })
				id, secret := w.emu.Client() // the emulator calls itself http, without a network too
				w.fitbit = fitbit.New(fitbit.Options{APIURL: "http://api.example", ClientID: id, ClientSecret: secret,
					UserAgent: "fitvault/test", HTTP: &http.Client{Transport: w.emu.Transport()}})
				r := w.fetch()
				pages := len(r.calls("/activities/list.json"))
				if followed != (r.failed("exercise") == nil) || followed != (pages > 1) || followed != (w.covered("exercise") != "") {
					w.Errorf("%d pages, %v, staged for %q", pages, r.failed("exercise"), w.covered("exercise"))
				}
			})
		})
	}
}

// TestAListThatLeadsInACircle is left after a page, and told.
func TestAListThatLeadsInACircle(t *testing.T) {
	live(t, exercises, func(w *world) {
		w.words = []string{steps, "exercise"}
		w.set(func(m *emulator.Modes) { m.NextLoop = true })
		r := w.fetch()
		if n := len(r.calls("/activities/list.json")); r.failed("exercise") == nil || n > 5 || w.covered("exercise") != "" {
			w.Errorf("%d pages, %v, staged for %q", n, r.failed("exercise"), w.covered("exercise"))
		}
		w.wantCovered(steps, w.first(), w.today())
		w.set(func(m *emulator.Modes) { m.NextLoop = false })
		w.mustFetch()
		w.wantAllCovered()
	})
}

// TestAnElementOnTwoPages, because something came in front meanwhile, breaks nothing off.
func TestAnElementOnTwoPages(t *testing.T) {
	want := 0
	for _, inserted := range []bool{false, true} {
		live(t, exercises, func(w *world) {
			w.words = []string{"exercise"}
			w.set(func(m *emulator.Modes) { m.InsertBetweenPages = inserted })
			w.mustFetch()
			w.wantAllCovered()
			told, different := w.exerciseIDs()
			if !inserted {
				want = different
			}
			if (told > different) != inserted || different != want {
				w.Errorf("inserted %v: %d exercises on the pages, %d different ones, want %d of them", inserted, told, different, want)
			}
		})
	}
}

// TestAPageWithoutItsList holds no element, and the list is whole.
func TestAPageWithoutItsList(t *testing.T) {
	live(t, emulator.Options{Days: 3}, func(w *world) {
		w.words = []string{"exercise"}
		w.set(func(m *emulator.Modes) { m.NoActivitiesKey = true })
		w.mustFetch()
		w.wantAllCovered()
		if n, _ := w.exerciseIDs(); n != 0 {
			w.Errorf("%d exercises: the list is there", n)
		}
	})
}

// TestTheFirstDayOfAList is in it, whether the day that it is asked after belongs to it or not.
func TestTheFirstDayOfAList(t *testing.T) {
	for name, exclusive := range map[string]bool{"with the day": false, "without it": true} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 60}, func(w *world) {
				w.words = []string{"exercise"}
				since := w.today() - 30
				first, ok := w.emu.Person().Workout(emulator.Date(since))
				for ; !ok; first, ok = w.emu.Person().Workout(emulator.Date(since)) {
					since++
				}
				w.set(func(m *emulator.Modes) { m.AfterDateExclusive = exclusive })
				w.mustFetch(func(r *fetch.Runner) { r.Since = &since })
				if !strings.Contains(w.inForce("exercise", since), logID(first.ID)) {
					w.Errorf("the exercise of %v, the first day asked for, is missing", since)
				}
				w.wantCovered("exercise", since, w.today())
			})
		})
	}
}

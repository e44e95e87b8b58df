package fetch_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/store"
)

const poll = 15 * time.Minute

// rounds are those of a day that begins now, of a daemon that polls.
func (w *world) rounds() (all []round) {
	for range 24 * time.Hour / poll {
		r := w.fetch(func(r *fetch.Runner) { r.Eager, r.EndWithBudget = false, true })
		if r.err != nil || len(r.Failures) > 0 {
			w.Fatalf("%v %v", r.err, r.Failures)
		}
		all = append(all, r)
		time.Sleep(poll)
	}
	return all
}

// A day in steady state, of all that is asked for when nothing is named: the watch syncs
// every 15 minutes and is polled as often. Then it stays away.
func TestSteadyDay(t *testing.T) {
	unlessRaced(t)
	live(t, emulator.Options{Days: 35}, func(w *world) {
		w.words = []string{}
		w.mustFetch()
		w.rounds() // the backfill comes to rest
		calls, before := 0, len(w.answers())
		for _, r := range w.rounds() {
			calls += len(r.calls())
		}
		byType := ofType(w.answers()[before:])
		w.Logf("%d calls a day", calls)
		for _, name := range slices.SortedFunc(maps.Keys(byType), func(a, b string) int { return cmp.Compare(byType[b], byType[a]) }) {
			w.Logf("%4d %s", byType[name], name)
		}
		if calls > 200 {
			w.Errorf("%d calls a day, at most 200 are worth it", calls)
		}
		if heart := byType["heart_rate"]; heart < 12 {
			w.Errorf("the heart rate is read %d times a day", heart)
		}
		w.wantAllCovered()

		w.set(func(m *emulator.Modes) { m.HoldSync = time.Now() })
		w.rounds() // what it sent before it left is read when its time has come
		for i, r := range w.rounds() {
			if n := len(r.calls()); n > 1 {
				w.Errorf("round %d while the watch is away: %d calls:\n%s", i, n, listing(r.calls()))
			}
		}
	})
}

// answers are all that were staged so far, oldest first.
func (w *world) answers() []store.Response {
	w.Helper()
	all, err := w.vault.Responses(w.Context(), store.Filter{Source: source})
	if err != nil {
		w.Fatal(err)
	}
	slices.SortFunc(all, func(a, b store.Response) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// ofType counts answers by type.
func ofType(answers []store.Response) map[string]int {
	out := map[string]int{}
	for _, a := range answers {
		out[a.Type]++
	}
	return out
}

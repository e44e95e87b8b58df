package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

func TestFiveYearsCostFewCalls(t *testing.T) {
	unlessRaced(t)
	live(t, emulator.Options{Days: 1826}, func(w *world) {
		w.words = originals
		w.set(func(m *emulator.Modes) { m.NoRepeats = true })
		waits := map[time.Time]bool{}
		var last fetch.Progress
		var told []time.Time
		r := w.mustFetch(func(r *fetch.Runner) {
			r.Progress = func(p fetch.Progress) {
				if last = p; !p.Until.IsZero() {
					waits[p.Until] = true
				}
				if p.Calls != 0 && p.DoneBy.IsZero() || p.Calls == 0 && p.Total > 0 && p.Done < p.Total {
					w.Errorf("progress %+v", p)
				}
				told = append(told, p.DoneBy)
			}
		})
		w.Logf("five years: %d calls in %v", len(r.calls()), time.Since(began).Round(time.Second))
		if n := len(r.calls()); n > 330 {
			w.Errorf("%d calls, want at most 330", n)
		}
		if n := len(r.with(http.StatusTooManyRequests)); n > 0 {
			w.Errorf("%d calls were made though the budget was known to be used up", n)
		}
		if len(waits) != 2 || strings.Count(w.log.String(), "until=") < 2 {
			w.Errorf("waits until %v, want two that are told", waits)
		}
		if d := time.Since(told[0]); d < 0 || d > 5*time.Minute {
			w.Errorf("at first it was to be done %v before it was", d)
		}
		if !last.DoneBy.IsZero() || last.Calls != 0 || last.Done != last.Total || last.Total != r.Planned || last.Requests != r.Requests || r.Requests != len(r.calls()) {
			w.Errorf("progress %+v of result %+v", last, r.Result)
		}
		w.wantAllCovered()
	})
}

// vaultDigest lists what is in force: type, days and answer.
func (w *world) vaultDigest() []string {
	w.Helper()
	var out []string
	all, err := w.vault.Coverage(w.Context(), source)
	if err != nil {
		w.Fatal(err)
	}
	for typ, rows := range all {
		for _, c := range rows {
			bodies, err := w.vault.Bodies(w.Context(), c.Window.ID)
			if err != nil {
				w.Fatal(err)
			}
			out = append(out, fmt.Sprintf("%s %s %s settled to %s: %s", typ, c.From, c.To, c.Window.SettledTo, bodies))
		}
	}
	slices.Sort(out)
	return out
}

func TestAKilledBackfillGoesOn(t *testing.T) {
	person := emulator.Options{Days: 150, Seed: 7}
	var whole []string
	calls := 0
	types := []string{"heart_rate_daily", "sleep", "body_fat", "weight", "activity_daily.activity_calories_kcal", steps, "hydration"}
	live(t, person, func(w *world) {
		w.words = types
		calls = len(w.mustFetch().calls())
		whole = w.vaultDigest()
	})
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			live(t, person, func(w *world) {
				w.words = types
				kills := w.fetchKilled(rand.New(rand.NewPCG(seed, 0)), 9)
				if diff := cmp.Diff(whole, w.vaultDigest()); diff != "" {
					w.Errorf("the vault differs from that of an uninterrupted run (-want +got):\n%s", diff)
				}
				repeats := w.repeats()
				w.Logf("%d kills, %d data requests repeated, %d calls in one go", kills, repeats, calls)
				if kills == 0 || repeats > kills {
					w.Errorf("%d data requests were repeated after %d kills", repeats, kills)
				}
			})
		})
	}
}

// fetchKilled fetches in processes that are killed after up to step requests, before or
// after the answer, until one gets through.
func (w *world) fetchKilled(rnd *rand.Rand, step int) (kills int) {
	w.Helper()
	for {
		ctx, cancel := context.WithCancel(w.Context())
		left, after := 1+rnd.IntN(step), rnd.IntN(2) == 0
		w.onRequest = func(int, *http.Request) {
			if left--; left == 0 && !after {
				cancel()
			}
		}
		w.onAnswered = func(int) {
			if left == 0 && after {
				cancel()
			}
		}
		r := w.fetchUntil(ctx)
		cancel()
		w.restart()
		if r.err == nil {
			w.onRequest, w.onAnswered = nil, nil
			return kills
		}
		if !errors.Is(r.err, context.Canceled) || len(r.Failures) > 0 {
			w.Fatalf("killed, the run says %v, failures %v", r.err, r.Failures)
		}
		kills++
	}
}

// repeats counts the requests for days whose path had been asked before.
func (w *world) repeats() (n int) {
	seen := map[string]bool{}
	for _, q := range w.emu.Requests() {
		if strings.Contains(q.Path, "/date/") {
			if seen[q.Path] {
				n++
			}
			seen[q.Path] = true
		}
	}
	return n
}

func TestSinceAndUntil(t *testing.T) {
	live(t, emulator.Options{Days: 60}, func(w *world) {
		w.words = []string{"activity_daily.steps", "sleep", "weight"}
		since, until := w.today()-20, w.today()-10
		w.mustFetch(func(r *fetch.Runner) { r.Since, r.Until = &since, &until })
		w.wantCovered("activity_daily.steps", since, until)
		w.wantCovered("sleep", since, until)
		w.wantCovered("weight", since, until)
		if got := w.covered("body_fat"); got != "" {
			w.Errorf("body_fat was not wanted and is staged for %s", got)
		}
		w.mustFetch()
		w.wantAllCovered()
	})
}

// A series may begin at the first log, whatever was asked.
func TestSinceBeforeThePersonJoined(t *testing.T) {
	live(t, emulator.Options{Days: 10}, func(w *world) {
		w.words = []string{"activity_daily.steps"}
		since := w.first() - 5
		w.mustFetch(func(r *fetch.Runner) { r.Since = &since })
		w.wantCovered("activity_daily.steps", since, w.today())
		w.mustFetch(func(r *fetch.Runner) { r.Since = &since }).wantCalls(1)
	})
}

func TestASilentCutIsNoticed(t *testing.T) {
	for _, oldest := range []bool{false, true} {
		t.Run(fmt.Sprint("keeps the oldest ", oldest), func(t *testing.T) {
			live(t, emulator.Options{Days: 250}, func(w *world) {
				w.words = []string{steps, "heart_rate_daily", "body_daily"}
				w.set(func(m *emulator.Modes) { m.NoRepeats, m.TruncateTo, m.TruncateOldest = true, 100, oldest })
				r := w.mustFetch()
				w.wantAllCovered()
				if n := len(r.calls("/activities/steps/")); n != 3 {
					w.Errorf("%d calls for 250 days of which 100 are answered at once, want 3", n)
				}
				for _, c := range w.coverage("activity_daily.steps") {
					body, span := w.inForce("activity_daily.steps", w.span(c.From, c.To).From), w.span(c.From, c.To)
					if !strings.Contains(body, span.From.String()) || !strings.Contains(body, (span.To-1).String()) {
						w.Errorf("the answer for %v does not hold its ends", span)
					}
				}
				time.Sleep(time.Minute)
				w.mustFetch().wantCalls(1)
			})
		})
	}
}

func TestLeftIsWhatAFetchWouldAsk(t *testing.T) {
	unlessRaced(t)
	live(t, emulator.Options{Days: 40}, func(w *world) {
		if left, err := fetch.Left(w.Context(), w.vault, catalog.Fitbit); len(left) > 0 || err != nil {
			w.Errorf("of an empty vault: %v %v", left, err)
		}
		w.words = []string{"activity_daily.steps", "exercise", "nutrition_daily.calories_kcal", "hydration"} // what tells of more
		w.mustFetch()
		w.words = []string{}
		left, err := fetch.Left(w.Context(), w.vault, catalog.Fitbit)
		if err != nil {
			w.Fatal(err)
		}
		sum := 0
		for _, n := range left {
			sum += n
		}
		r := w.mustFetch()
		if devices := 1; sum != len(r.calls())-devices || left["activity_daily.steps"] != 0 || left["weight"] != 2 || left["heart_rate"] != 40 {
			w.Errorf("left %v, and then %d were asked", left, len(r.calls())-devices)
		}
	})
}

package fetch_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

// originals are the series of the original exporter (reference/original-exporter.md).
var originals = []string{"activity_daily.steps", "activity_daily.distance_m", "activity_daily.floors", "activity_daily.elevation_m",
	"activity_daily.calories_kcal", "activity_daily.calories_bmr_kcal", "activity_daily.activity_calories_kcal", "activity_daily.sedentary_min",
	"activity_daily.lightly_active_min", "activity_daily.fairly_active_min", "activity_daily.very_active_min", "activity_tracker_daily",
	"heart_rate_daily", "sleep", "body_daily", "weight", "body_fat", "nutrition_daily.calories_kcal", "hydration"}

// fiveYears is a person with a long history. Heart rates are read once a minute, which saves
// time and no call.
func fiveYears(t *testing.T) emulator.Options {
	t.Helper()
	unlessRaced(t)
	return emulator.Options{Days: 1826, GoogleBeatSeconds: 60}
}

// thrifty is a fetch as it is when nothing is said of it.
func thrifty(r *fetch.Runner) { r.Eager = false }

// forecast tells what a fetch would ask, and how many calls that took.
func (w *world) forecast() (fetch.Forecast, int) {
	w.Helper()
	before := len(w.emu.Requests())
	r := w.runner(thrifty)
	r.NoWait = true
	f, res, err := r.Forecast(w.Context())
	if err != nil || len(res.Failures) > 0 {
		w.Fatalf("forecast: %v, failures %v", err, res.Failures)
	}
	made := round{t: w, log: w.emu.Requests()[before:]}
	return f, len(made.calls())
}

// TestFiveYearsOfEverything holds the forecast of a long backfill to the calls that are made
// then, and these to what they may cost.
func TestFiveYearsOfEverything(t *testing.T) {
	live(t, fiveYears(t), func(w *world) {
		w.words, w.vast = []string{"all"}, true
		w.set(func(m *emulator.Modes) { m.NoRepeats = true })
		f, found := w.forecast()
		if !f.Exact || f.DoneBy.IsZero() {
			w.Errorf("the forecast is not exact: %+v", f)
		}
		dawn, today, before := time.Now(), w.today(), len(w.answers())
		r := w.mustFetch(thrifty)
		byType := ofType(w.answers())
		w.Logf("five years: %d calls to find out, %d calls in %.1f hours", found, len(r.calls()), time.Since(dawn).Hours())
		if n := len(r.calls()); n != f.Calls {
			w.Errorf("%d calls, %d were forecast", n, f.Calls)
		}
		want := map[string]int{}
		for _, t := range f.Types {
			want[t.Type] = t.Calls
		}
		if diff := cmp.Diff(want, ofType(w.answers()[before:])); diff != "" {
			w.Errorf("calls by type, forecast and made:\n%s", diff)
		}
		if d := time.Until(f.DoneBy).Abs(); d > 5*time.Minute {
			w.Errorf("it was to be done %v from when it was", d)
		}
		w.cost(byType, "heart rates and steps within the day", 3660, "heart_rate", "steps")
		w.cost(byType, "details of the night", 183, "hrv", "spo2", "breathing_rate_daily.deep_per_min")
		w.cost(byType, "summaries", 700, summaries()...)
		if n := len(r.with(http.StatusTooManyRequests)); n > 0 {
			w.Errorf("%d calls were refused", n)
		}
		for _, name := range []string{"activity_daily.steps", "heart_rate", "steps", "active_zone_minutes", "hrv", "sleep", "exercise"} {
			w.wantCovered(name, w.first(), today)
		}
	})
}

// summaries are the types of one value a day or a state, and nights by range, weights and fats
// (fitbit-web-api.md section 7, the rows down to "All summaries").
func summaries() (names []string) {
	for _, t := range catalog.Asked(catalog.Fitbit) {
		details := []string{"hrv", "spo2", "breathing_rate_daily.deep_per_min", "activity_summary", "nutrition_daily", "hydration_log"}
		lists := t.Fitbit.Ask.Op == catalog.Cursor || t.Fitbit.Each != ""
		if t.Group != catalog.Intraday && !lists && !slices.Contains(details, t.Name) {
			names = append(names, t.Name)
		}
	}
	return names
}

// cost fails where types took more calls than they may.
func (w *world) cost(byType map[string]int, what string, most int, types ...string) {
	w.Helper()
	n := 0
	for _, t := range types {
		n += byType[t]
	}
	w.Logf("%s: %d calls", what, n)
	if n > most || n == 0 {
		w.Errorf("%s: %d calls, at most %d", what, n, most)
	}
}

// killed are types of every kind of question: by range, by page, by element, by the days of a
// guide, and by the day. TestFiveYearsOfEverything has all.
var killed = []string{"activity_daily", "night", "weight", "exercise", "gps", "nutrition_daily", "hydration_log", "ecg", "account", "heart_rate", "steps"}

// TestFiveYearsKilled kills a long backfill twenty times, at any call, before the answer or
// after it. No budget limits it, so that no time passes in which there is more to be asked.
func TestFiveYearsKilled(t *testing.T) {
	unlimited := fiveYears(t)
	unlimited.Limit = 1_000_000
	live(t, unlimited, func(w *world) {
		w.words, w.vast = killed, true
		f, calls := w.forecast()
		whole := calls + f.Calls
		rnd := rand.New(rand.NewPCG(6, 20))
		for kill := range 20 {
			ctx, cancel := context.WithCancel(w.Context())
			at, n, answered := 1+rnd.IntN(f.Calls/20), 0, kill%2 == 0
			w.onRequest = func(int, *http.Request) {
				if n++; n == at && !answered {
					cancel()
				}
			}
			w.onAnswered = func(int) {
				if n == at && answered {
					cancel()
				}
			}
			r := w.fetchUntil(ctx, thrifty)
			cancel()
			if !errors.Is(r.err, context.Canceled) {
				w.Fatalf("kill %d at call %d: %v", kill, at, r.err)
			}
			w.onRequest, w.onAnswered = nil, nil
			calls += len(r.calls())
			w.restart()
		}
		calls += len(w.mustFetch(thrifty).calls())
		w.Logf("%d calls with 20 kills, %d without", calls, whole)
		if calls > whole+20 {
			w.Errorf("%d calls with 20 kills, %d without: at most 20 more", calls, whole)
		}
		if f, _ := w.forecast(); f.Calls > 1 { // the devices
			w.Errorf("afterwards there is something to be asked: %+v", f)
		}
	})
}

// A forecast that the budget cuts short counts what it knows, and does not call it exact.
func TestAForecastThatTheBudgetCutsShort(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = []string{}
		w.set(func(m *emulator.Modes) { m.Limit = 5 }) // profile, devices, exercises, and two that tell of food and drink
		short, made := w.cutForecast()
		time.Sleep(time.Hour)
		w.set(func(m *emulator.Modes) { m.Limit = 150 })
		whole, _ := w.forecast()
		if short.Exact || made != 5 || short.Calls >= whole.Calls || !whole.Exact {
			w.Errorf("after %d calls %d to be made, exact %v; then %d, exact %v", made, short.Calls, short.Exact, whole.Calls, whole.Exact)
		}
		for _, t := range short.Types {
			if t.Type == "gps" && t.Calls > 0 {
				return
			}
		}
		w.Errorf("the tracks of the exercises that were read are not counted: %+v", short.Types)
	})
}

// cutForecast is a forecast that ends with the budget.
func (w *world) cutForecast() (fetch.Forecast, int) {
	w.Helper()
	r := w.runner(thrifty)
	r.NoWait = true
	f, res, err := r.Forecast(w.Context())
	var quota *fetch.QuotaError
	if !errors.As(err, &quota) {
		w.Fatalf("forecast: %v", err)
	}
	return f, res.Requests
}

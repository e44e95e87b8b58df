package fetch_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
	"fitvault/store"
)

// TestALimitThatIsLowered is obeyed as soon as a header tells it, before a call is refused.
func TestALimitThatIsLowered(t *testing.T) {
	live(t, emulator.Options{Days: 20}, func(w *world) {
		w.words = []string{"activity_daily", "activity_tracker_daily", "night"}
		w.onRequest = func(n int, _ *http.Request) {
			if n == 5 {
				w.set(func(m *emulator.Modes) { m.Limit = 12 })
			}
		}
		r := w.mustFetch()
		byHour := map[time.Time]int{}
		for _, q := range r.calls() {
			byHour[q.Time.Truncate(time.Hour)]++
		}
		if len(r.with(http.StatusTooManyRequests)) > 0 || len(byHour) != (len(r.calls())+11)/12 {
			w.Errorf("%d calls in %d hours:\n%s", len(r.calls()), len(byHour), listing(r.with(http.StatusTooManyRequests)))
		}
		w.wantAllCovered()
	})
}

// TestHeadersThatLag: the client counts its calls itself, and is not refused.
func TestHeadersThatLag(t *testing.T) {
	live(t, emulator.Options{Days: 20, Limit: 12}, func(w *world) {
		w.words = []string{"activity_daily", "night"}
		w.set(func(m *emulator.Modes) { m.RemainingLag = 5 })
		r := w.mustFetch()
		if n := len(r.with(http.StatusTooManyRequests)); n > 0 || len(r.calls()) < 13 {
			w.Errorf("%d of %d calls were refused", n, len(r.calls()))
		}
		w.wantAllCovered()
	})
}

// TestServicesThatDifferInNothing: what the client asks is right for any of them, and so is what
// it stages.
func TestServicesThatDifferInNothing(t *testing.T) {
	unlessRaced(t)
	outcome := func(change func(*emulator.Modes)) (all []string) {
		live(t, emulator.Options{Days: 250}, func(w *world) {
			w.words = []string{steps, "sleep", "weight", "body_fat", "heart_rate_daily", "spo2_daily"}
			w.set(change)
			w.mustFetch()
			w.wantAllCovered()
			all = w.vaultDigest()
		})
		return all
	}
	want := outcome(func(*emulator.Modes) {})
	for name, change := range map[string]func(*emulator.Modes){
		"a day more is allowed":   func(m *emulator.Modes) { m.LenientRange = true },
		"a longer range is cut":   func(m *emulator.Modes) { m.TruncateRange = true },
		"a short range of SpO2":   func(m *emulator.Modes) { m.OxygenRange = 30 },
		"nothing is compressed":   func(m *emulator.Modes) { m.NoGzip = true },
		"zeros before the person": func(m *emulator.Modes) { m.ZerosBefore = true },
	} {
		if got := outcome(change); !slices.Equal(got, want) {
			t.Errorf("%s: what is staged differs", name)
		}
	}
}

// TestASilentCutOfOneSeries: the others are asked in long ranges as before.
func TestASilentCutOfOneSeries(t *testing.T) {
	live(t, emulator.Options{Days: 250}, func(w *world) {
		w.words = []string{steps, "activity_daily.floors"}
		w.set(func(m *emulator.Modes) { m.TruncateTo, m.TruncatePath = 100, "/activities/steps/" })
		r := w.mustFetch()
		if cut, whole := len(r.calls("/activities/steps/")), len(r.calls("/activities/floors/")); cut != 3 || whole != 1 {
			w.Errorf("%d calls for the series that is cut, want 3, and %d for the other one, want 1", cut, whole)
		}
		w.wantAllCovered()
	})
}

// TestAWatchThatSyncsSeldom costs one call a round between two of its syncs.
func TestAWatchThatSyncsSeldom(t *testing.T) {
	live(t, emulator.Options{Days: 20}, func(w *world) {
		w.words = []string{steps, "sleep"}
		w.set(func(m *emulator.Modes) { m.SyncEvery = 6 * time.Hour })
		w.mustFetch()
		synced := 0
		for range 24 { // a day
			time.Sleep(time.Hour)
			r := w.mustFetch()
			if len(r.paths()) > 0 {
				synced++
			} else if n := len(r.calls()); n > 2 { // the devices, once the profile too
				w.Errorf("%d calls between two syncs:\n%s", n, listing(r.calls()))
			}
		}
		if synced < 3 || synced > 5 {
			w.Errorf("%d rounds of a day read something, the watch synced every 6 h", synced)
		}
	})
}

// TestNoDeviceAtAll is an answer, not a fault: each round reads the last days.
func TestNoDeviceAtAll(t *testing.T) {
	live(t, emulator.Options{Days: 20}, func(w *world) {
		w.words = []string{steps, "sleep"}
		w.set(func(m *emulator.Modes) { m.NoTracker, m.NoScale = true, true })
		w.mustFetch()
		w.wantAllCovered()
		first := w.today()
		before := w.inForce(steps, first)
		time.Sleep(30 * time.Hour)
		if n := len(w.mustFetch().paths()); n != 2 {
			w.Errorf("%d calls, want one for each type", n)
		}
		if w.inForce(steps, first) == before {
			w.Error("the day of the first round still reads as it did when it was not over")
		}
	})
}

// TestAScaleIsNoTracker: what it syncs tells nothing of the days of the watch.
func TestAScaleIsNoTracker(t *testing.T) {
	for name, none := range map[string]bool{"a scale": false, "no scale": true} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 40}, func(w *world) {
				w.words = []string{steps}
				w.set(func(m *emulator.Modes) { m.NoScale, m.HoldSync = none, time.Now().Add(-72*time.Hour) })
				w.emu.AddWeight(time.Now().Add(-time.Hour), 71.5, 0, "Aria")
				w.mustFetch()
				w.wantCovered(steps, w.first(), w.today()-3)
			})
		})
	}
}

// TestARetiredTracker that is still listed does not hide the syncs of the one that is worn.
func TestARetiredTracker(t *testing.T) {
	live(t, emulator.Options{Days: 20}, func(w *world) {
		w.words = []string{steps}
		w.set(func(m *emulator.Modes) { m.OldTracker = true })
		w.mustFetch()
		w.wantAllCovered()
		settled := ""
		for _, c := range w.coverage(steps) {
			settled = max(settled, c.Window.SettledTo)
		}
		if want := (w.today() - 1).String(); settled != want {
			w.Errorf("settled to %q, want %s", settled, want)
		}
		time.Sleep(4 * time.Hour)
		w.mustFetch()
		time.Sleep(2 * time.Minute)
		w.mustFetch().wantCalls(1)
	})
}

// TestANightMetricThatIsReadyLater than the sync that brought the night is read when it is.
func TestANightMetricThatIsReadyLater(t *testing.T) {
	live(t, emulator.Options{Days: 20}, func(w *world) {
		w.words = []string{"hrv_daily"}
		w.set(func(m *emulator.Modes) { m.MetricDelay = 6 * time.Hour })
		w.mustFetch()
		tonight := w.today()
		if body := w.inForce("hrv_daily", tonight); strings.Contains(body, tonight.String()) {
			w.Fatal("it is there at once")
		}
		time.Sleep(6 * time.Hour)
		w.mustFetch()
		if body := w.inForce("hrv_daily", tonight); !strings.Contains(body, tonight.String()) {
			w.Error("it is not read when it is ready")
		}
	})
}

// TestNoRightToIntraday, in both forms in which the service tells it, costs only what happened
// within the day. It is remembered, and tried again with a new sign-in.
func TestNoRightToIntraday(t *testing.T) {
	for name, right := range map[string]emulator.IntradayRight{
		"refused": emulator.IntradayForbidden, "left out": emulator.IntradayKeyMissing,
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 3}, func(w *world) {
				w.words = []string{"activity_daily.steps", "steps", "heart_rate"}
				w.set(func(m *emulator.Modes) { m.Intraday = right })
				r := w.fetch()
				for _, typ := range []string{"steps", "heart_rate"} {
					if r.failed(typ) == nil || w.unavailable(typ) != store.Denied || w.covered(typ) != "" {
						w.Errorf("%s: %v, it is %q, staged for %q", typ, r.failed(typ), w.unavailable(typ), w.covered(typ))
					}
				}
				w.wantCovered("activity_daily.steps", w.first(), w.today())
				if n := len(r.calls("/1d/")); n != 2 {
					w.Errorf("%d calls for two types without a right to them:\n%s", n, listing(r.calls("/1d/")))
				}
				if n := len(w.mustFetch().calls("/1d/")); n != 0 {
					w.Errorf("%d calls in the next round", n)
				}
				w.set(func(m *emulator.Modes) { m.Intraday = emulator.IntradayOwner })
				w.login(w.consent())
				w.mustFetch()
				w.wantAllCovered()
			})
		})
	}
}

// TestTheRedirectsMark behind the address is no part of the code.
func TestTheRedirectsMark(t *testing.T) {
	live(t, emulator.Options{Days: 3}, func(w *world) {
		w.words = []string{steps}
		w.set(func(m *emulator.Modes) { m.RedirectHash = true })
		w.seed = w.consent()
		w.mustFetch()
		w.wantAllCovered()
	})
}

// TestAnAppThatIsNotVerified may make 2.5 calls a second, and is not refused one.
func TestAnAppThatIsNotVerified(t *testing.T) {
	liveGoogle(t, emulator.Options{Days: 20}, func(w *googleWorld) {
		w.words = []string{"daily", "night", "logs"}
		w.set(func(m *emulator.Modes) { m.GoogleUnverified = true })
		v, refused := w.mustFetch(), 0
		for _, q := range v.calls() {
			if q.Status == http.StatusTooManyRequests {
				refused++
			}
		}
		if refused > 0 || len(v.calls()) < 30 {
			w.Errorf("%d of %d calls were refused", refused, len(v.calls()))
		}
	})
}

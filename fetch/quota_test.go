package fetch_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/store"
)

// lag hides from the client that another one has used up nearly all of the budget.
func (w *world) lag(left int) {
	w.set(func(m *emulator.Modes) { m.RemainingLag = 1000 })
	w.emu.Spend(150 - left)
}

// spent makes it late in the hour: both sides know of so many calls.
func (w *world) spent(n int) {
	w.Helper()
	w.emu.Spend(n)
	q := store.Quota{Limit: 150, Used: n, Reset: time.Now().Truncate(time.Hour).Add(time.Hour)}
	if err := w.vault.SaveQuota(w.Context(), source, q); err != nil {
		w.Fatal(err)
	}
}

func noWait(r *fetch.Runner) { r.NoWait = true }

// gaps returns the longest time between two calls.
func (r round) longestGap() time.Duration {
	var longest time.Duration
	calls := r.calls()
	for i := 1; i < len(calls); i++ {
		longest = max(longest, calls[i].Time.Sub(calls[i-1].Time))
	}
	return longest
}

func TestA429InTheMiddle(t *testing.T) {
	hour := began.Truncate(time.Hour).Add(time.Hour).Sub(began)
	for name, tt := range map[string]struct {
		change func(*emulator.Modes)
		wait   time.Duration
	}{
		"with a reset header":                        {func(*emulator.Modes) {}, hour + 30*time.Second},
		"with the older body":                        {func(m *emulator.Modes) { m.Legacy429 = true }, hour + 30*time.Second},
		"in another case":                            {func(m *emulator.Modes) { m.QuotaHeaders = emulator.HeadersOddCase }, hour + 30*time.Second},
		"with a wrong Retry-After beside the header": {func(m *emulator.Modes) { m.RetryAfter = emulator.RetryAfterWrong }, hour + 30*time.Second},
		"with Retry-After": {func(m *emulator.Modes) {
			m.QuotaHeaders, m.RetryAfter = emulator.HeadersMissing, emulator.RetryAfterRight
		}, hour + 30*time.Second},
		"with nothing": {func(m *emulator.Modes) { m.QuotaHeaders = emulator.HeadersMissing }, time.Hour + 10*time.Second},
		"with words":   {func(m *emulator.Modes) { m.QuotaHeaders = emulator.HeadersWords }, time.Hour + 10*time.Second},
		"with -1":      {func(m *emulator.Modes) { m.QuotaHeaders = emulator.HeadersNegative }, time.Hour + 10*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 20}, func(w *world) {
				w.words = []string{"activity_daily"}
				w.lag(10)
				w.set(tt.change)
				r := w.mustFetch()
				if n := len(r.with(http.StatusTooManyRequests)); n != 1 {
					w.Errorf("%d calls were refused, want 1", n)
				}
				if got := r.longestGap(); got != tt.wait {
					w.Errorf("it waited %v, want %v", got, tt.wait)
				}
				if !strings.Contains(w.log.String(), "the budget of calls is used up: waiting") {
					w.Error("the wait was not announced")
				}
				w.wantAllCovered()
			})
		})
	}
}

func TestNoWaitEndsWithTheBudget(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.lag(10)
		r := w.fetch(noWait)
		var quota *fetch.QuotaError
		if !errors.As(r.err, &quota) || len(r.calls()) != 11 || len(r.Failures) > 0 {
			w.Fatalf("after %d calls: %v, failures %v", len(r.calls()), r.err, r.Failures)
		}
		if want := began.Truncate(time.Hour).Add(time.Hour + 30*time.Second); !quota.Until.Equal(want) {
			w.Errorf("used up until %v, want %v", quota.Until, want)
		}
		time.Sleep(time.Minute)
		r = w.fetch(noWait)
		if !errors.As(r.err, &quota) {
			w.Errorf("a minute later: %v", r.err)
		}
		r.wantCalls(0)
		time.Sleep(time.Until(quota.Until))
		w.set(func(m *emulator.Modes) { m.RemainingLag = 0 })
		if r = w.mustFetch(noWait); len(r.with(http.StatusTooManyRequests)) > 0 {
			w.Error("calls were refused")
		}
		w.wantAllCovered()
		if n := w.repeats(); n > 1 {
			w.Errorf("%d calls were repeated", n)
		}
	})
}

func TestTheBudgetIsKnownBeforeItIsRefused(t *testing.T) {
	for name, style := range map[string]emulator.HeaderStyle{"headers": emulator.HeadersPlain, "no headers": emulator.HeadersMissing} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 40}, func(w *world) {
				w.set(func(m *emulator.Modes) { m.QuotaHeaders = style })
				w.spent(130)
				r := w.fetch(noWait)
				var quota *fetch.QuotaError
				for n := 1; errors.As(r.err, &quota); n++ {
					if len(r.calls()) > 20 && n == 1 || len(r.with(http.StatusTooManyRequests)) > 0 || n > 5 {
						w.Fatalf("round %d: %d calls, %d of them refused", n, len(r.calls()), len(r.with(http.StatusTooManyRequests)))
					}
					w.restart() // which does not forget
					w.fetch(noWait).wantCalls(0)
					time.Sleep(time.Until(quota.Until))
					quota = nil
					r = w.fetch(noWait)
				}
				if r.err != nil {
					w.Fatal(r.err)
				}
				w.wantAllCovered()
			})
		})
	}
}

func TestAnotherClientsCallsCount(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.emu.Spend(140)
		r := w.mustFetch()
		if n := len(r.with(http.StatusTooManyRequests)); n > 0 {
			w.Errorf("%d calls were refused though the headers told", n)
		}
		if r.longestGap() < 40*time.Minute {
			w.Errorf("it waited %v", r.longestGap())
		}
	})
}

func TestBackfillLeavesAReserveToRecentDays(t *testing.T) {
	live(t, emulator.Options{Days: 400}, func(w *world) {
		w.spent(60)
		r := w.fetch(noWait, func(r *fetch.Runner) { r.Reserve = 40 })
		var quota *fetch.QuotaError
		if !errors.As(r.err, &quota) || len(r.calls()) != 50 {
			w.Fatalf("%d calls, %v", len(r.calls()), r.err)
		}
		time.Sleep(20 * time.Minute)
		r = w.fetch(noWait, func(r *fetch.Runner) { r.Reserve = 40 })
		if n := len(r.paths()); n == 0 || len(r.calls()) > 40 {
			w.Errorf("of the reserve %d calls were made", n)
		}
	})
}

// What is still to be asked is told without the windows of types that were given up.
func TestCallsThatAreLeft(t *testing.T) {
	live(t, emulator.Options{Days: 250}, func(w *world) {
		w.words = []string{steps, "sleep"} // one window and three
		w.emu.Inject(emulator.Fault{Path: "/sleep/", Times: -1, Kind: emulator.FaultForbidden})
		var calls []int
		r := w.fetch(func(r *fetch.Runner) { r.Progress = func(p fetch.Progress) { calls = append(calls, p.Calls) } })
		if r.err != nil || !slices.Equal(calls, []int{3, 0}) {
			w.Errorf("%v, told were %v", r.err, calls)
		}
		w.emu.ClearFaults()
		w.spent(150)
		calls = nil
		w.mustFetch(func(r *fetch.Runner) { r.Progress = func(p fetch.Progress) { calls = append(calls, p.Calls) } })
		if !slices.Equal(calls, []int{1, 3, 2, 1, 0}) { // the wait is before the devices
			w.Errorf("told were %v", calls)
		}
	})
}

// A 429 right after a reset means that the clocks differ: the margin grows each time.
func TestA429RightAfterTheReset(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.lag(10)
		w.set(func(m *emulator.Modes) { m.ResetLate = 2 * time.Minute })
		r := w.mustFetch()
		refused := r.with(http.StatusTooManyRequests)
		if len(refused) < 3 || len(refused) > 9 {
			w.Errorf("%d calls were refused:\n%s", len(refused), listing(refused))
		}
		for i := 3; i < len(refused); i++ {
			before, after := refused[i-1].Time.Sub(refused[i-2].Time), refused[i].Time.Sub(refused[i-1].Time)
			if after-time.Second != 2*(before-time.Second) {
				w.Errorf("the margin grew from %v to %v, want twice as much", before-time.Second, after-time.Second)
			}
		}
		w.wantAllCovered()
	})
}

func TestTheServersClockDiffers(t *testing.T) {
	for _, skew := range []time.Duration{-5 * time.Minute, 5 * time.Minute, -20 * time.Second, 20 * time.Second} {
		for name, style := range map[string]emulator.HeaderStyle{"headers": emulator.HeadersPlain, "no headers": emulator.HeadersMissing} {
			t.Run(skew.String()+" "+name, func(t *testing.T) {
				live(t, emulator.Options{Days: 30}, func(w *world) {
					w.set(func(m *emulator.Modes) { m.Skew, m.QuotaHeaders = skew, style })
					w.words = []string{"activity_daily"}
					w.spent(140)
					r := w.mustFetch()
					refused := len(r.with(http.StatusTooManyRequests))
					if style == emulator.HeadersPlain && refused > 0 || refused > 2 {
						w.Errorf("%d calls were refused", refused)
					}
					w.wantAllCovered()
				})
			})
		}
	}
}

package main

import (
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// limited returns a service that answers its tenth data request with a 429 and announces
// a reset in three seconds.
func limited(t *testing.T) *service {
	t.Helper()
	s := serve(t, emulator.Options{})
	s.Set(func(m *emulator.Modes) { m.Strict, m.NoRepeats = true, true })
	s.Inject(emulator.Fault{Nth: 10, Kind: emulator.FaultTooMany, Reset: 3 * time.Second})
	return s
}

// refused returns when the 429 came.
func (s *service) refused(t *testing.T) time.Time {
	t.Helper()
	for _, r := range s.api() {
		if r.Status == 429 {
			return r.Time
		}
	}
	t.Fatal("there was no 429")
	return time.Time{}
}

func TestWaitForTheBudget(t *testing.T) {
	t.Parallel()
	s := limited(t)
	h := s.home(t)
	p := h.exits(exitDone, "fetch")
	p.says("waiting", "fetched from fitbit")
	s.strict(t)
	requests := s.api()
	if gap := requests[10].Time.Sub(s.refused(t)); gap < 3*time.Second || gap > 8*time.Second {
		t.Errorf("the next request came %v after the 429", gap)
	}
	h.exits(exitDone, "verify")
	if left := h.left(); left != 0 {
		t.Errorf("%d windows are left", left)
	}
}

func TestNoWait(t *testing.T) {
	t.Parallel()
	s := limited(t)
	h := s.home(t)
	h.exits(exitQuota, "fetch", "--no-wait").says("the budget of calls is used up until", "fitvault fetch again")
	calls := len(s.Requests())
	h.exits(exitQuota, "fetch", "--no-wait")
	p := h.exits(exitFailed, "run", "--once", "--no-wait", "--retry-for", "0s", "--influx-url", "http://"+closedPort(t))
	p.says("the budget of calls is used up until", "connection refused")
	if n := len(s.Requests()) - calls; n != 0 {
		t.Errorf("%d requests that were known to be refused", n)
	}
	time.Sleep(time.Until(s.refused(t).Add(4500 * time.Millisecond)))
	h.exits(exitDone, "fetch", "--no-wait")
	s.strict(t)
	if left := h.left(); left != 0 {
		t.Errorf("%d windows are left", left)
	}
	if r := s.repeats(); r > 1 { // the refused one
		t.Errorf("%d data requests were repeated", r)
	}
}

// left returns how many windows are still to be asked.
func (h *home) left() int {
	h.t.Helper()
	n := 0
	for _, t := range h.reported().Sources[0].Types {
		n += t.PendingWindows
		if t.From == "" {
			n++
		}
	}
	return n
}

// TestLostRefresh: the server rotates the pair and its answer never arrives.
func TestLostRefresh(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 10})
	s.Set(func(m *emulator.Modes) { m.DropRotated = 1 })
	h := s.home(t)
	h.exits(exitDone, "fetch").says("asking again for the new token pair")
	s.ExpireAccess()
	s.Set(func(m *emulator.Modes) { m.DropRotated = 2 })
	h.exits(exitDone, "fetch").says("asking again for the new token pair")
	s.strict(t)
}

// TestTwoProcessesKeepOneSignIn: processes that find an access token ended do not both use the
// refresh token, which works once.
func TestTwoProcessesKeepOneSignIn(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 10})
	h := s.home(t)
	h.exits(exitDone, "fetch")
	h = h.with("REFRESH_TOKEN=")
	for range 3 {
		s.ExpireAccess()
		a, b := h.start("fetch"), h.start("fetch")
		codes := []int{a.within(time.Minute), b.within(time.Minute)}
		if codes[0]+codes[1] > 1 { // one may find the other at work
			t.Fatalf("exit codes %v\n%s\n%s", codes, a.err.String(), b.err.String())
		}
	}
	h.exits(exitDone, "fetch")
	s.strict(t)
}

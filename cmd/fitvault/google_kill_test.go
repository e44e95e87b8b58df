package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

// walker returns options of a person with a short history, on whom no time passes and who
// recorded the track of a walk or a run on one of the days before today.
func walker(t *testing.T, now time.Time, zone string, days int) emulator.Options {
	t.Helper()
	o := emulator.Options{Days: days, Zone: zone, GoogleBeatSeconds: 60, GoogleLimit: 100_000, Now: func() time.Time { return now }}
	for o.Seed = 1; o.Seed < 200; o.Seed++ {
		e, err := emulator.New(o)
		if err != nil {
			t.Fatal(err)
		}
		p := e.Person()
		for d := p.First(); d < e.Today(); d++ {
			if w, ok := p.Workout(d); ok && len(p.Track(w)) > 0 && len(p.Sleeps(d)) > 0 {
				return o
			}
		}
	}
	t.Fatal("nobody recorded a track")
	return o
}

// paged makes every day of the heart rate take several pages.
func paged(e *emulator.Server) { e.Set(func(m *emulator.Modes) { m.GooglePageCap = 500 }) }

// killPoints are the kinds of call of a Google fetch: the nth call whose path holds the
// text, where there are so many: how many pages the steps of today take depends on the time
// of day. Of the heart rate these are a first page, one between and the last.
var killPoints = []struct {
	path string
	nth  int
}{
	{"/token", 1}, {"/identity", 1}, {"/profile", 1}, {"/settings", 1}, {"/pairedDevices", 1},
	{"/steps/dataPoints:reconcile", 1}, {"/steps/dataPoints:reconcile", 2}, {"/sleep/", 1}, {"/steps/dataPoints:dailyRollUp", 1},
	{"/total-calories/dataPoints:rollUp", 1}, {"/heart-rate/", 1}, {"/heart-rate/", 4}, {"/heart-rate/", lastCall}, {":exportExerciseTcx", 1},
}

const lastCall = -1

// TestKillGoogleFetch kills the binary at a call of each kind, before the answer and after
// it, and requires of the resumed vault that nothing tells it, nor what is exported from
// it, from one that was never interrupted. TestGoogleFetchStopsAtEveryRequest has every
// call of every type.
func TestKillGoogleFetch(t *testing.T) {
	t.Parallel()
	person := walker(t, time.Now(), daytime(), 3)
	s := serve(t, person)
	paged(s.Server)
	h := s.walks(t)
	h.exits(exitDone, "fetch")
	want := wantVault{staged: staged(t, h.vault), points: h.lines(), calls: s.googleCalls()}
	if beats := s.count("/heart-rate/"); want.calls < 15 || beats < 6 || len(want.points) < 1000 {
		t.Fatalf("%d calls, %d for the heart rate, %d points", want.calls, beats, len(want.points))
	}
	type kill struct {
		path     string
		nth      int
		answered bool
	}
	kills := make(chan kill)
	var workers sync.WaitGroup
	for range 4 { // the steady rate, not the machine, is what a fetch waits for
		workers.Go(func() {
			for k := range kills {
				name := fmt.Sprintf("%s-%d-answered=%v", strings.ReplaceAll(strings.Trim(k.path, "/:"), "/", "-"), k.nth, k.answered)
				t.Run(name, func(t *testing.T) { killGoogle(t, person, k.path, k.nth, k.answered, want) })
			}
		})
	}
	for _, p := range killPoints {
		switch n := s.count(p.path); {
		case p.nth == lastCall:
			p.nth = n
		case p.nth > n:
			continue
		}
		for _, answered := range []bool{false, true} {
			kills <- kill{p.path, p.nth, answered}
		}
	}
	close(kills)
	workers.Wait()
}

// wantVault is what a fetch that nobody interrupts leaves, and what it takes.
type wantVault struct {
	staged, points []string
	calls          int
}

// walks returns surroundings that ask Google for types of every kind of call.
func (s *service) walks(t *testing.T) *home {
	t.Helper()
	return newHome(t, append(s.googleEnv(), "FITVAULT_TYPE=activity_daily.steps,steps,calories,heart_rate,sleep,exercise,gps")...)
}

// lines is what an export writes as line protocol, sorted.
func (h *home) lines() []string {
	h.t.Helper()
	p := h.exits(exitDone, "export", "--output", "-")
	lines := strings.Split(strings.TrimSpace(p.out.String()), "\n")
	slices.Sort(lines)
	return lines
}

// count counts the requests so far whose path holds a text.
func (s *service) count(path string) (n int) {
	for _, r := range s.Requests() {
		if strings.Contains(r.Path, path) {
			n++
		}
	}
	return n
}

// killGoogle kills a fetch at the nth call of a kind and resumes it, with the sign-in of
// the vault if it has one.
func killGoogle(t *testing.T, person emulator.Options, path string, nth int, answered bool, want wantVault) {
	s := serve(t, person)
	paged(s.Server)
	h := s.walks(t)
	started := make(chan *process, 1)
	var mu sync.Mutex
	seen := 0
	s.meet(func(_ int, r *http.Request, answer func()) {
		mu.Lock()
		if strings.Contains(r.URL.Path, path) {
			seen++
		}
		here := strings.Contains(r.URL.Path, path) && seen == nth
		mu.Unlock()
		if !here {
			answer()
			return
		}
		p := <-started
		if answered { // somewhere between its arrival and the next call
			answer()
			time.Sleep(time.Duration(nth%5) * time.Millisecond)
			p.kill()
			return
		}
		p.kill()
		answer()
	})
	p := h.start("fetch")
	started <- p
	last := strings.Contains(path, "exportExerciseTcx")
	if code := p.within(time.Minute); code != -1 && !(answered && last && code == exitDone) {
		t.Fatalf("exit code %d before it was killed\n%s", code, p.err.String())
	}
	s.meet(nil)
	again := h
	if path != "/token" || answered {
		if h.exits(exitDone, "verify"); len(rows(t, h.vault, "SELECT 1 FROM tokens")) > 0 {
			again = h.with("GOOGLE_REFRESH_TOKEN=")
		}
	}
	again.exits(exitDone, "fetch")
	h.exits(exitDone, "verify")
	if diff := cmp.Diff(want.staged, staged(t, h.vault)); diff != "" {
		t.Errorf("the vault differs from an uninterrupted one:\n%s", diff)
	}
	if diff := cmp.Diff(want.points, h.lines()); diff != "" {
		t.Errorf("the export differs from that of an uninterrupted vault:\n%.2000s", diff)
	}
	if calls := s.googleCalls(); calls > want.calls+account+inFlight*pages {
		t.Errorf("%d calls with the resumed fetch, %d without interruption", calls, want.calls)
	}
	s.strict(t)
}

// What a resumed fetch may ask again: what tells of the account, and all pages of the
// windows that were in flight.
const (
	account  = 4
	inFlight = 4
	pages    = 3
)

// TestGoogleFetchStopsAtEveryRequest ends a fetch of all types at each of its calls, before
// the answer and after it, in virtual time: the vault is closed as it is then, opened again
// and fetched into by another process's runner, and must hold what it would have.
func TestGoogleFetchStopsAtEveryRequest(t *testing.T) {
	warm(t)
	person := walker(t, time.Date(2026, 11, 22, 10, 17, 0, 0, time.UTC), "Europe/Berlin", 2)
	var want wantVault
	path := inVirtualTime(t, person, func(t *testing.T, emu *emulator.Server, path string) {
		res, err := roundInto(t, t.Context(), path, googleSource(emu), catalog.Types())
		if err != nil {
			t.Fatal(err)
		}
		want.calls = res.Requests
	})
	if want.staged = staged(t, path); want.calls < 55 || want.calls > 100 || len(want.staged) < 100 {
		t.Fatalf("%d calls, %d answers and windows", want.calls, len(want.staged))
	}
	for n := 1; n <= want.calls; n += killStep {
		for _, answered := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d-answered=%v", n, answered), func(t *testing.T) {
				t.Parallel()
				stopAt(t, person, n, answered, want)
			})
		}
	}
}

// stopAt ends a fetch at call n, counting those for tokens.
func stopAt(t *testing.T, person emulator.Options, n int, answered bool, want wantVault) {
	path := inVirtualTime(t, person, func(t *testing.T, emu *emulator.Server, path string) {
		ctx, kill := context.WithCancel(t.Context())
		defer kill()
		cut := &cutAt{next: emu.Transport(), n: n, answered: answered, kill: kill}
		broken := googleSource(emu)
		broken.provider = googleProvider(emu, cut)
		if _, err := roundInto(t, ctx, path, broken, catalog.Types()); err == nil && !(answered && n == want.calls) {
			t.Fatal("the fetch came to its end")
		}
		res, err := roundInto(t, t.Context(), path, googleSource(emu), catalog.Types())
		if err != nil {
			t.Fatal(err)
		}
		if calls := n + res.Requests; calls > want.calls+1+account+inFlight*pages {
			t.Errorf("%d calls with the resumed fetch, %d without interruption", calls, want.calls)
		}
		if v := emu.Violations(); len(v) > 0 {
			t.Errorf("the service was asked what it should not be:\n%s", strings.Join(v, "\n"))
		}
	})
	if diff := cmp.Diff(want.staged, staged(t, path)); diff != "" {
		t.Errorf("the vault differs from an uninterrupted one:\n%s", diff)
	}
}

// inVirtualTime tells a story of a person from the instant on which the person's clock
// stands still, with a vault at path, which it returns.
func inVirtualTime(t *testing.T, person emulator.Options, story func(t *testing.T, emu *emulator.Server, path string)) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "vault.db")
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(person.Now()))
		emu, err := emulator.New(person)
		if err != nil {
			t.Fatal(err)
		}
		paged(emu)
		story(t, emu, path)
	})
	return path
}

// roundInto is what a process does that opens a vault, fetches into it and verifies it.
// What concerns one type alone is a fault here.
func roundInto(t *testing.T, ctx context.Context, path string, s sourceOf, types []catalog.Type) (fetch.Result, error) {
	t.Helper()
	st := openVault(t, path)
	defer st.Close()
	run, err := st.BeginRun(t.Context(), "fetch", "test")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	r := &fetch.Runner{Store: st, Provider: s.provider, Log: log, Run: run, Types: types,
		Tokens: &fetch.Tokens{Store: st, Provider: s.provider, Seed: s.seed, Log: log}}
	res, err := r.Fetch(ctx)
	if len(res.Failures) > 0 && ctx.Err() == nil {
		t.Errorf("%v", res.Failures)
	}
	check, verr := st.Verify(t.Context())
	if verr != nil || len(check.Problems) > 0 {
		t.Errorf("verify: %v %q", verr, check.Problems)
	}
	return res, err
}

// cutAt breaks the line at call n and ever after, before the answer or after it.
type cutAt struct {
	next     http.RoundTripper
	n        int
	answered bool
	kill     func()

	mu    sync.Mutex
	calls int
}

func (c *cutAt) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	if !signIn(r.URL.Path) {
		c.calls++
	}
	calls := c.calls
	c.mu.Unlock()
	if calls > c.n || calls == c.n && !c.answered {
		c.kill()
		return nil, io.ErrUnexpectedEOF
	}
	res, err := c.next.RoundTrip(r)
	if err == nil && calls == c.n {
		body, rerr := io.ReadAll(res.Body) // the whole answer is there
		if rerr != nil {
			return nil, rerr
		}
		res.Body = io.NopCloser(strings.NewReader(string(body)))
		c.kill()
	}
	return res, err
}

package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// frozen returns options of a 60-day person on whom no time passes, so that two fetches
// of it get the same answers.
func frozen() emulator.Options {
	now := time.Now()
	return emulator.Options{Days: 60, Seed: 7, Now: func() time.Time { return now }}
}

// TestKillFetchAtEveryRequest kills a backfill at each of its requests, once before the
// answer and once after it, and requires of the resumed vault that nothing tells it from
// one that was never interrupted.
func TestKillFetchAtEveryRequest(t *testing.T) {
	t.Parallel()
	person := frozen()
	s := serve(t, person)
	h := s.home(t)
	h.exits(exitDone, "fetch")
	want, requests := staged(t, h.vault), len(s.api())
	if requests < 30 || s.repeats() != 0 {
		t.Fatalf("%d requests, %d repeated", requests, s.repeats())
	}
	for _, when := range []string{"asked", "answered"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			for n := 1; n <= requests; n++ {
				t.Run(fmt.Sprint(n), func(t *testing.T) { killFetch(t, person, n, when == "answered", n == requests, want) })
			}
		})
	}
}

// killFetch kills a fetch at data request n and resumes it. Only one that was killed after
// its last answer may have come to its own end first.
func killFetch(t *testing.T, person emulator.Options, n int, answered, last bool, want []string) {
	s := serve(t, person)
	h := s.home(t)
	started := make(chan *process, 1)
	s.meet(func(i int, _ *http.Request, answer func()) {
		if i != n {
			answer()
			return
		}
		p := <-started
		if answered { // somewhere between its arrival and the next request
			answer()
			time.Sleep(time.Duration(n%5) * time.Millisecond)
			p.kill()
			return
		}
		p.kill()
		answer()
	})
	p := h.start("fetch")
	started <- p
	if code := p.within(time.Minute); code != -1 && !(answered && last && code == exitDone) {
		t.Fatalf("exit code %d before it was killed\n%s", code, p.err.String())
	}
	s.meet(nil)
	if n > 1 || answered {
		h.exits(exitDone, "verify")
	}
	h.resumes(s, want)
	if r := s.repeats(); r > 1 {
		t.Errorf("%d data requests were repeated", r)
	}
}

// resumes runs fetch to its end without the environment's sign-in, if the vault has one,
// and compares the vault with an uninterrupted one.
func (h *home) resumes(s *service, want []string) {
	h.t.Helper()
	again := h
	if len(rows(h.t, h.vault, "SELECT 1 FROM tokens")) > 0 {
		again = h.with("REFRESH_TOKEN=")
	}
	again.exits(exitDone, "fetch")
	h.exits(exitDone, "verify")
	if diff := cmp.Diff(want, staged(h.t, h.vault)); diff != "" {
		h.t.Errorf("the vault differs from an uninterrupted one:\n%s", diff)
	}
	s.strict(h.t)
}

// TestKillFetchWhileItSignsIn kills a fetch at its token request, before and after the
// server rotated the pair: the next run gets the pair that was lost.
func TestKillFetchWhileItSignsIn(t *testing.T) {
	t.Parallel()
	person := frozen()
	s := serve(t, person)
	h := s.home(t)
	h.exits(exitDone, "fetch")
	want := staged(t, h.vault)
	for _, rotated := range []bool{false, true} {
		for _, first := range []bool{true, false} {
			t.Run(fmt.Sprintf("rotated=%v-first=%v", rotated, first), func(t *testing.T) {
				killSignIn(t, person, rotated, first, want)
			})
		}
	}
}

func killSignIn(t *testing.T, person emulator.Options, rotated, first bool, want []string) {
	s := serve(t, person)
	h := s.home(t)
	if !first { // the pair in hand is the vault's own, and is renewed after a 401
		h.exits(exitDone, "fetch", "--type", "sleep")
		s.ExpireAccess()
		h = h.with("REFRESH_TOKEN=")
	}
	started := make(chan *process, 1)
	s.meet(func(i int, _ *http.Request, answer func()) {
		if i > 0 {
			answer()
			return
		}
		p := <-started
		if rotated {
			answer()
		}
		p.kill()
	})
	p := h.start("fetch")
	started <- p
	if code := p.within(time.Minute); code != -1 {
		t.Fatalf("exit code %d before it was killed\n%s", code, p.err.String())
	}
	s.meet(nil)
	h.resumes(s, want)
}

// TestKillExportAtEveryBatch kills an export at each of its writes, before and after the
// database took it, and requires of the resumed one what a full export gives.
func TestKillExportAtEveryBatch(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	s := serve(t, emulator.Options{})
	h := s.home(t)
	h.exits(exitDone, "fetch")
	full := db.Database()
	proxy := before(t, db)
	h.with(proxy.env(full)...).exits(exitDone, "export", "--batch", "200")
	want, writes := db.Dump(full), int(proxy.writes.Load())
	if writes < 10 || len(want) < 1000 {
		t.Fatalf("%d points in %d writes", len(want), writes)
	}
	for _, when := range []string{"sent", "taken"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			proxy := before(t, db)
			for n := 1; n <= writes; n++ {
				t.Run(fmt.Sprint(n), func(t *testing.T) {
					one := &home{t: t, dir: t.TempDir(), env: h.env}
					one.vault = filepath.Join(one.dir, "vault.db")
					copyFile(t, h.vault, one.vault)
					name := db.Database()
					killExport(one.with(append(proxy.env(name), "FITVAULT_VAULT="+one.vault)...), proxy, n, when == "taken", n == writes)
					if diff := cmp.Diff(want, db.Dump(name)); diff != "" {
						t.Errorf("the database differs from a full export (asked again it does: %v):\n%s", cmp.Diff(want, db.Dump(name)) != "", diff)
					}
					db.Query("", "DROP DATABASE "+name)
				})
			}
		})
	}
}

// killExport kills an export at write n and resumes it. Only an export that was killed
// after its last write was taken may have had the time to remember it too.
func killExport(h *home, proxy *gate, n int, taken, last bool) {
	h.t.Helper()
	started := make(chan *process, 1)
	proxy.meet(func(i int, _ http.ResponseWriter, _ *http.Request, forward func()) {
		if i != n {
			forward()
			return
		}
		p := <-started
		if taken {
			forward()
		}
		p.kill()
	})
	p := h.start("export", "--batch", "200")
	started <- p
	if code := p.within(time.Minute); code != -1 && !(taken && last && code == exitDone) {
		h.t.Fatalf("exit code %d before it was killed\n%s", code, p.err.String())
	}
	proxy.meet(nil)
	h.exits(exitDone, "verify")
	h.exits(exitDone, "export", "--batch", "200")
	h.exits(exitDone, "export")
	if got := proxy.writes.Load(); got == 0 && !(taken && last) {
		h.t.Error("the resumed export wrote nothing")
	}
}

// copyFile copies a vault that nobody has open.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestKillBeforeTheZoneIsNoted: the profile is staged, its zone was not noted, and the
// profile is not due to be read again for a day.
func TestKillBeforeTheZoneIsNoted(t *testing.T) {
	t.Parallel()
	s := serve(t, frozen())
	h := s.home(t)
	h.exits(exitDone, "fetch", "--type", "weight")
	db, err := sql.Open("sqlite", h.vault)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("DELETE FROM zones"); err != nil {
		t.Fatal(err)
	}
	h.exits(exitDone, "fetch")
	if got := rows(t, h.vault, "SELECT zone FROM zones"); len(got) != 1 {
		t.Errorf("zones %v", got)
	}
}

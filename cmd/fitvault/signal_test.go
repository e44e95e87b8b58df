package main

import (
	"fmt"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// stops sends a signal and requires the end that a person expects.
func (p *process) stops(s syscall.Signal) {
	p.t.Helper()
	p.cmd.Process.Signal(s)
	if code := p.within(5 * time.Second); code != exitInterrupted {
		p.t.Errorf("%v: exit code %d\n%s", s, code, p.err.String())
	}
	p.says("interrupted")
}

// arrives waits for what a hook announces.
func arrives(t *testing.T, came <-chan struct{}) {
	t.Helper()
	select {
	case <-came:
	case <-time.After(20 * time.Second):
		t.Fatal("the request did not come within 20 s")
	}
}

// TestSignalsStopAFetch: while a request is under way, while it waits for the budget, and
// while it backs off.
func TestSignalsStopAFetch(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		s := serve(t, emulator.Options{Days: 20})
		h := s.home(t)
		came, release := s.holdAt(t, 5)
		p := h.start("fetch")
		arrives(t, came)
		p.stops(sig)
		p.says("kept", "fetched from fitbit: ")
		release()
		s.meet(nil)
		h.exits(exitDone, "verify")

		s.Inject(emulator.Fault{Kind: emulator.FaultTooMany, Reset: time.Hour})
		p = h.start("fetch")
		p.saysSoon("waiting")
		p.stops(sig)

		h = s.home(t, "REFRESH_TOKEN="+refreshOf(s))
		s.Inject(emulator.Fault{Path: "/activities/steps/", Kind: emulator.FaultEmpty, Times: -1})
		p = h.start("fetch", "--log-level", "debug")
		p.saysSoon("trying again")
		p.stops(sig)
		h.exits(exitDone, "verify")
		s.ClearFaults()
		h.exits(exitDone, "fetch")
	}
}

// refreshOf returns the refresh token that is alive, as a login would bring it.
func refreshOf(s *service) string {
	secrets := s.Secrets()
	return secrets[len(secrets)-1]
}

// TestSignalsStopAnExport: a write that hangs does not hold the process.
func TestSignalsStopAnExport(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	name, full := db.Database(), db.Database()
	proxy := before(t, db)
	s := serve(t, emulator.Options{Days: 20})
	h := s.home(t, proxy.env(full)...)
	h.exits(exitDone, "run", "--once")
	h = h.with(proxy.env(name)...)
	came := make(chan struct{})
	proxy.meet(func(n int, _ http.ResponseWriter, r *http.Request, forward func()) {
		if n == 2 {
			close(came)
			hold(t, r, nil)
			return
		}
		forward()
	})
	p := h.start("export", "--batch", "200")
	arrives(t, came)
	p.stops(syscall.SIGTERM)
	proxy.meet(nil)
	h.exits(exitDone, "verify")
	h.exits(exitDone, "export")
	if diff := cmp.Diff(db.Dump(full), db.Dump(name)); diff != "" {
		t.Error(diff)
	}
}

// TestOneFetchAtATime: a second one names the first; export and the readers run beside it.
func TestOneFetchAtATime(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	s := serve(t, emulator.Options{Days: 20})
	h := s.home(t, influxEnv(db.URL(), db.Database())...)
	came, release := s.holdAt(t, 12)
	first := h.start("fetch")
	arrives(t, came)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	who := fmt.Sprintf("another fetch is running on this vault: process %d on %s, since %s", first.cmd.Process.Pid, host, time.Now().UTC().Format("2006-01-02"))
	h.exits(exitFailed, "fetch").says(who)
	h.exits(exitFailed, "run", "--once").says(who, "exported to")
	for _, args := range [][]string{{"export"}, {"export", "--output", "-"}, {"status"}, {"raw", "list"}, {"verify"}} {
		h.exits(exitDone, args...)
	}
	release()
	first.wants(exitDone)
	h.exits(exitDone, "fetch")
}

// TestOneExportAtATime: two exports to one target exclude each other, to two they do not.
func TestOneExportAtATime(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	one, two := db.Database(), db.Database()
	proxy := before(t, db)
	s := serve(t, emulator.Options{Days: 20})
	h := s.home(t, proxy.env(one)...)
	h.exits(exitDone, "fetch")
	came, gate := make(chan struct{}), make(chan struct{})
	proxy.meet(func(n int, _ http.ResponseWriter, r *http.Request, forward func()) {
		if n == 1 {
			close(came)
			hold(t, r, gate)
		}
		forward()
	})
	first := h.start("export")
	arrives(t, came)
	h.exits(exitFailed, "export").says(fmt.Sprintf("another export is running on this vault: process %d on ", first.cmd.Process.Pid), ", since ")
	h.with(proxy.env(two)...).exits(exitDone, "export")
	h.exits(exitDone, "fetch")
	close(gate)
	first.wants(exitDone)
	if diff := cmp.Diff(db.Dump(two), db.Dump(one)); diff != "" {
		t.Error(diff)
	}
}

package main

import (
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// health asks a daemon as a container's check would.
func (h *home) health(address string) int {
	h.t.Helper()
	p := h.start("status", "--live", "--listen", address)
	<-p.ended
	return p.cmd.ProcessState.ExitCode()
}

// TestDaemon runs rounds, falls ill with its database, gets well, and stops when told.
func TestDaemon(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	name, full := db.Database(), db.Database()
	proxy := before(t, db)
	var down atomic.Bool
	proxy.meet(func(_ int, w http.ResponseWriter, _ *http.Request, forward func()) {
		if down.Load() {
			http.Error(w, "down for maintenance", http.StatusServiceUnavailable)
			return
		}
		forward()
	})
	s := serve(t, emulator.Options{Days: 20})
	listen := closedPort(t)
	h := s.home(t, append(proxy.env(name), "FITVAULT_LISTEN="+listen)...)
	p := h.start("run", "--interval", "200ms", "--retry-for", "0s")
	rounds := func() int { return strings.Count(p.err.String(), "exported to ") }
	eventually(t, "three rounds", func() bool { return rounds() >= 3 })
	if code := h.health(listen); code != exitDone {
		t.Errorf("a daemon that is well: status --live exits %d", code)
	}
	res, err := http.Get("http://" + listen + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if res.StatusCode != http.StatusOK || string(body) != "ok\n" {
		t.Errorf("/healthz: %s %q", res.Status, body)
	}
	h.exits(exitFailed, "run", "--interval", "1h").says("listen on "+listen, "--listen")

	down.Store(true)
	eventually(t, "it is unwell after three failed rounds", func() bool { return h.health(listen) == exitFailed })
	p.says("the round is incomplete", "down for maintenance")
	down.Store(false)
	eventually(t, "it is well again", func() bool { return h.health(listen) == exitDone })
	p.stops(syscall.SIGTERM)
	if code := h.health(listen); code != exitFailed {
		t.Errorf("a daemon that is gone: status --live exits %d", code)
	}
	if n := len(s.data()); n != 31 {
		t.Errorf("%d data requests in all its rounds", n)
	}
	h.exits(exitDone, "verify")
	h.with(proxy.env(full)...).exits(exitDone, "export")
	if diff := cmp.Diff(db.Dump(full), db.Dump(name)); diff != "" {
		t.Error(diff)
	}
}

// TestDaemonStops while it sleeps and while a request is under way.
func TestDaemonStops(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	s := serve(t, emulator.Options{Days: 5})
	h := s.home(t, append(influxEnv(db.URL(), db.Database()), "FITVAULT_LISTEN=127.0.0.1:0")...)
	came, release := s.holdAt(t, 3)
	p := h.start("run")
	arrives(t, came)
	p.stops(syscall.SIGINT)
	release()
	s.meet(nil)
	p = h.start("run")
	p.saysSoon("sleeping")
	p.stops(syscall.SIGTERM)
	h.exits(exitDone, "verify")
}

// TestDaemonWithTwoVaults: one that waits for a sign-in does not stop the other.
func TestDaemonWithTwoVaults(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	ada, bob := serve(t, emulator.Options{Days: 5}), serve(t, emulator.Options{Days: 5, Seed: 99})
	a, b := ada.home(t, "FITVAULT_ACCOUNT=ada"), bob.home(t, "FITVAULT_ACCOUNT=bob")
	a.exits(exitDone, "fetch")
	b.exits(exitDone, "fetch")
	name := db.Database()
	both := a.with(influxEnv(db.URL(), name)...).with("FITVAULT_VAULT=" + a.vault + string(filepath.ListSeparator) + b.vault)
	p := both.start("run", "--interval", "200ms", "--listen", "127.0.0.1:0") // bob's tokens are foreign to ada's service
	eventually(t, "several rounds", func() bool { return strings.Count(p.err.String(), "sleeping") >= 3 })
	p.stops(syscall.SIGTERM)
	p.says("vault="+a.vault, b.vault+": fitbit: the sign-in is no longer valid")
	for _, account := range []string{"ada", "bob"} {
		if len(db.Query(name, `SELECT steps FROM activity_daily WHERE account='`+account+`' LIMIT 1`)) == 0 {
			t.Errorf("no point of %s", account)
		}
	}

	// and when each of them does, there is nothing left to do
	ada.Revoke()
	p = both.start("run", "--interval", "1s", "--listen", "127.0.0.1:0")
	p.wants(exitSignIn)
}

// TestPortTaken names the port, before a round is begun.
func TestPortTaken(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := serve(t, emulator.Options{Days: 5})
	h := s.home(t)
	h.exits(exitFailed, "run", "--listen", l.Addr().String()).says("listen on "+l.Addr().String(), "--listen")
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	h.exits(exitFailed, "emulate", "--listen", l.Addr().String()).says("listen on " + l.Addr().String())
}

// TestEmulate serves what fetch needs, and says how to use it as a shell reads it.
func TestEmulate(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	server := h.start("emulate", "--listen", "127.0.0.1:0", "--days", "10")
	eventually(t, "the settings are printed", func() bool { return strings.Count(server.out.String(), "\n") == 4 })
	var env []string
	for _, line := range strings.Split(strings.TrimSpace(server.out.String()), "\n") {
		env = append(env, strings.Fields(strings.TrimPrefix(line, "export "))...)
	}
	client := h.with(env...)
	client.exits(exitDone, "fetch", "--source", "fitbit")
	if client.left() != 0 {
		t.Error("something is left")
	}
	client.exits(exitDone, "fetch", "--type", "sleep").says("fetched from google: ", "fetched from fitbit: ")
	pasteGoogle(client, allow).wants(exitDone)
	server.stops(syscall.SIGINT)
}

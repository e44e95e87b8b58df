package main

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

// TestOddAnswersStopNothing: what cannot be read is listed, the rest is staged, and the
// next run mends it.
func TestOddAnswersStopNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{})
	s.Inject(emulator.Fault{Path: "/activities/steps/", Kind: emulator.FaultTruncated, Times: -1})
	s.Inject(emulator.Fault{Path: "/activities/floors/", Kind: emulator.FaultHTML, Status: http.StatusOK, Times: -1})
	s.Inject(emulator.Fault{Path: "/sleep/", Kind: emulator.FaultShape, Times: -1})
	s.Inject(emulator.Fault{Path: "/body/log/weight/", Kind: emulator.FaultBody, Body: `{"weight":[17]}`, Times: -1})
	h := s.home(t)
	p := h.exits(exitPartly, "fetch")
	p.says("not everything could be fetched; the rest is saved:")
	bad := []string{"activity_daily.floors", "activity_daily.steps", "sleep", "weight"}
	status := h.reported()
	var rejected, staged []string
	for _, r := range status.Rejects {
		rejected = append(rejected, r.Type)
	}
	for _, one := range status.Sources[0].Types {
		if one.From != "" {
			staged = append(staged, one.Type)
		}
	}
	slices.Sort(rejected)
	if diff := cmp.Diff(bad, slices.Compact(rejected)); diff != "" {
		t.Errorf("rejects:\n%s", diff)
	}
	if len(staged) != len(status.Sources[0].Types)-len(bad) {
		t.Errorf("staged: %v", staged)
	}
	for _, name := range bad {
		p.says(name)
		if text := h.exits(exitDone, "status").out.String(); !strings.Contains(text, "rejected (fetch) "+name) {
			t.Errorf("status does not list the reject of %s:\n%s", name, text)
		}
	}
	h.exits(exitDone, "verify")
	h.exits(exitDone, "export", "--output", "all.lp")

	s.ClearFaults()
	h.exits(exitDone, "fetch")
	if status := h.reported(); len(status.Rejects) != 0 || h.left() != 0 {
		t.Errorf("after the next run: %+v", status.Rejects)
	}
}

// TestMissingScope: what the person did not grant costs only its types, and is an exit of
// its own once.
func TestMissingScope(t *testing.T) {
	t.Parallel()
	granted := []string{"activity", "heartrate", "profile", "settings", "sleep", "nutrition"}
	s := serve(t, emulator.Options{Scopes: granted})
	h := s.home(t)
	h.exits(exitPartly, "fetch").says("weight")
	calls := len(s.api())
	h.exits(exitDone, "fetch")
	if n := len(s.api()) - calls; n > 2 {
		t.Errorf("the next round made %d calls", n)
	}
	for _, one := range h.reported().Sources[0].Types {
		asked, _ := catalog.Lookup(one.Type)
		if needs := fetch.MissingScope(strings.Join(granted, " "), asked.Fitbit.Ask.Scope) != nil; needs != (one.Unavailable != "") {
			t.Errorf("%s: unavailable %q", one.Type, one.Unavailable)
		}
	}
}

// TestRetired: the way out is named and nothing is tried again.
func TestRetired(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{})
	h := s.home(t)
	s.Inject(emulator.Fault{Nth: 8, Kind: emulator.FaultGone, Times: -1})
	h.exits(exitRetired, "fetch").says("410", "switched off", "fitvault export")
	if n := len(s.api()); n != 8 {
		t.Errorf("%d calls", n)
	}
	s.ClearFaults()
	s.Set(func(m *emulator.Modes) { m.RetiredFrom = time.Now().Add(-time.Hour) })
	h.exits(exitRetired, "fetch").says("switched off")
	fresh := s.home(t) // whose first request is for a token
	fresh.exits(exitRetired, "run", "--retry-for", "0s", "--influx-url", "http://127.0.0.1:1").says("switched off")
	h.exits(exitDone, "verify")
	h.exits(exitDone, "export", "--output", "-")
}

// TestDeadSignIn: a refresh token that is no longer valid is told once to the source, and
// then to the person only, until the environment or a login brings another one.
func TestDeadSignIn(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 10})
	h := s.home(t)
	wrong := h.with("REFRESH_TOKEN=" + strings.Repeat("0", 64))
	wrong.exits(exitSignIn, "fetch").says("fitvault login --source fitbit")
	calls := len(s.Requests())
	wrong.exits(exitSignIn, "fetch").says("fitvault login --source fitbit")
	if n := len(s.Requests()) - calls; n != 0 {
		t.Errorf("%d requests with a sign-in that is known to be dead", n)
	}
	h.exits(exitDone, "fetch")
	s.Revoke()
	h.exits(exitSignIn, "fetch").says("fitvault login --source fitbit")
	if h.reported().Sources[0].SignedIn {
		t.Error("status calls a dead sign-in signed in")
	}
	h.exits(exitDone, "export", "--output", "-")
	h.with("CLIENT_SECRET=not-the-one").exits(exitSignIn, "fetch").says("fitvault login --source fitbit")
	pasteLogin(h, s, allow)
	h.exits(exitDone, "fetch")
}

// TestWrongClient: the token endpoint refuses the app, which does not cost the sign-in.
func TestWrongClient(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 10})
	h := s.home(t)
	h.with("CLIENT_SECRET=not-the-one-it-knows").exits(exitSignIn, "fetch").says("CLIENT_ID")
	h.exits(exitDone, "fetch")
}

// TestNothingAnswers: a source that cannot be reached ends within bounds and keeps what
// was there.
func TestNothingAnswers(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 10})
	h := s.home(t)
	h.exits(exitDone, "fetch", "--type", "sleep")
	nobody := closedPort(t)
	p := h.with("FITBIT_API_URL=http://"+nobody).exits(exitFailed, "fetch", "--log-level", "error")
	p.says("connection refused", "check the network and the address (--fitbit-api-url)")
	if n := strings.Count(p.err.String(), "http://"+nobody); n != 1 {
		t.Errorf("the address stands there %d times:\n%s", n, p.err.String())
	}
	h.exits(exitDone, "fetch")
}

// closedPort returns an address where nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	return l.Addr().String()
}

// TestTargetFaults: a database that cannot be written is an error within --retry-for that
// names it; nothing is remembered; and then it works.
func TestTargetFaults(t *testing.T) {
	t.Parallel()
	const user, password = "owner", "a-long-influx-password"
	db := influxtest.Start(t, influxtest.WithAuth(user, password))
	db.Query("", "CREATE USER guest WITH PASSWORD 'guest-password'")
	name := db.Database()
	s := serve(t, emulator.Options{Days: 20})
	h := s.home(t, influxEnv(db.URL(), name)...)
	h.exits(exitDone, "fetch")
	signedIn := func(user, password string) *home {
		return h.with("DB_USER="+user, "DB_PASSWORD="+password)
	}
	for _, c := range []struct {
		what string
		home *home
		args []string
		says []string
	}{
		{"unreachable", h.with("DB_PORT=" + strings.Split(closedPort(t), ":")[1]), nil, []string{"connection refused", name, "http://127.0.0.1:"}},
		{"no user", h, nil, []string{db.URL(), name, "user"}},
		{"wrong password", signedIn(user, "wrong"), nil, []string{db.URL(), name, user}},
		{"missing database, may not make it", signedIn("guest", "guest-password"), nil, []string{db.URL(), name, "guest"}},
		{"no InfluxDB", h.with("INFLUX_URL=" + s.url), nil, []string{s.url, name}},
	} {
		began := time.Now()
		p := c.home.exits(exitFailed, "export", "--retry-for", "1s")
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("%s: took %v", c.what, took)
		}
		p.says(c.says...)
		if n := rows(t, h.vault, "SELECT count(*) FROM exported")[0]; n != "0" {
			t.Errorf("%s: %s units are remembered", c.what, n)
		}
	}
	for _, target := range h.reported().Targets {
		if target.Behind == 0 || target.LastExport != nil {
			t.Errorf("target %+v", target)
		}
	}
	works := signedIn(user, password)
	works.exits(exitDone, "export")
	i := slices.IndexFunc(h.reported().Targets, func(r targetStatus) bool { return r.Target == db.URL()+" "+name })
	if target := h.reported().Targets[i]; target.Behind != 0 || target.LastExport == nil {
		t.Errorf("target %+v", target)
	}
	if len(db.Dump(name)) < 300 {
		t.Error("the database is not full")
	}
}

// TestTargetFaultInTheMiddle: what was acknowledged is kept, what was not is sent again.
func TestTargetFaultInTheMiddle(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	name, full := db.Database(), db.Database()
	proxy := before(t, db)
	s := serve(t, emulator.Options{})
	h := s.home(t, proxy.env(full)...)
	h.exits(exitDone, "run", "--once")
	h = h.with(proxy.env(name)...)
	proxy.meet(func(n int, w http.ResponseWriter, _ *http.Request, forward func()) {
		if n >= 4 {
			http.Error(w, "overloaded", http.StatusServiceUnavailable)
			return
		}
		forward()
	})
	h.exits(exitFailed, "export", "--batch", "200", "--retry-for", "1s").says("503", proxy.url, name)
	i := slices.IndexFunc(h.reported().Targets, func(r targetStatus) bool { return r.Target == proxy.url+" "+name })
	if target := h.reported().Targets[i]; target.Behind == 0 || target.Units == 0 || target.LastExport != nil {
		t.Errorf("target %+v", target)
	}
	proxy.meet(nil)
	h.exits(exitDone, "export", "--batch", "200")
	if diff := cmp.Diff(db.Dump(full), db.Dump(name)); diff != "" {
		t.Error(diff)
	}
}

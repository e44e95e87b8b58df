package main

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// atGoogle returns surroundings with this service's Google client, a sign-in, and a few
// types that need few calls.
func (s *service) atGoogle(t *testing.T, env ...string) *home {
	t.Helper()
	return newHome(t, append(append(s.googleEnv(), "FITVAULT_TYPE=activity_daily.steps,sleep"), env...)...)
}

// google is what status says of the source.
func (h *home) google() sourceStatus {
	h.t.Helper()
	all := h.reported().Sources
	return all[slices.IndexFunc(all, func(s sourceStatus) bool { return s.Source == "google" })]
}

// typeOf is what status says of a type.
func (s sourceStatus) typeOf(t *testing.T, name string) typeStatus {
	t.Helper()
	i := slices.IndexFunc(s.Types, func(one typeStatus) bool { return one.Type == name })
	if i < 0 {
		t.Fatalf("status says nothing of %s", name)
	}
	return s.Types[i]
}

// asked reports whether a request for a data type of Google's was answered with a status.
func (s *service) asked(dataType string, status int) bool {
	return slices.ContainsFunc(s.Requests(), func(r emulator.Request) bool {
		return r.Kind == emulator.KindGoogle && r.Status == status && strings.Contains(r.Path, "/dataTypes/"+dataType+"/")
	})
}

// TestGoogleLogin signs in to the source that login is for, fetches, and signs out.
func TestGoogleLogin(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5})
	h := s.atGoogle(t, "GOOGLE_REFRESH_TOKEN=")
	h.exits(exitSignIn, "fetch").says("google: not signed in", "fitvault login")
	p := pasteGoogle(h, allow)
	p.wants(exitDone)
	p.says("signed in to google", "granted: ", "activity and fitness", "irregular rhythm alerts")
	for _, not := range []string{"not granted", "ends on", "https://www.googleapis.com/auth/"} {
		if strings.Contains(strings.ReplaceAll(p.err.String(), address.FindString(p.err.String()), ""), not) {
			t.Errorf("the login says %q:\n%s", not, p.err.String())
		}
	}
	h.exits(exitDone, "fetch").says("fetched from google: ")
	if g := h.google(); !g.SignedIn || g.Dead || g.SignInEnds != nil || g.typeOf(t, "sleep").Responses == 0 {
		t.Errorf("status: %+v", g)
	}
	h.exits(exitDone, "logout").says("signed out of google")
	h.exits(exitDone, "logout").says("there was no sign-in")
	if !slices.ContainsFunc(s.Requests(), func(r emulator.Request) bool {
		return r.Kind == emulator.KindGoogleRevoke && r.Status == http.StatusOK
	}) {
		t.Error("the tokens were not revoked")
	}
	h.exits(exitSignIn, "fetch")
	s.strict(t)
}

// TestGoogleConsentInPart: what was not granted is said with the types that it costs, is
// not asked for, and comes with the next consent.
func TestGoogleConsentInPart(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5})
	h := s.atGoogle(t, "GOOGLE_REFRESH_TOKEN=")
	p := pasteGoogle(h, without("https://www.googleapis.com/auth/googlehealth.sleep.readonly"))
	p.wants(exitDone)
	p.says("not granted, so their types stay empty: sleep (sleep, sleep_stage)", "leave every box ticked: fitvault login --source google")
	if reason := h.google().typeOf(t, "sleep").Unavailable; !strings.Contains(reason, "not granted at the sign-in") {
		t.Errorf("sleep is unavailable for %q", reason)
	}
	h.exits(exitDone, "fetch")
	if s.asked("sleep", http.StatusForbidden) || !s.asked("steps", http.StatusOK) {
		t.Error("sleep was asked for, or steps were not")
	}
	pasteGoogle(h, allow).wants(exitDone)
	if reason := h.google().typeOf(t, "sleep").Unavailable; reason != "" {
		t.Errorf("after another consent sleep is unavailable: %s", reason)
	}
	h.exits(exitDone, "fetch")
	if !s.asked("sleep", http.StatusOK) {
		t.Error("sleep is not asked for after another consent")
	}
	s.strict(t)
}

// TestGoogleInTesting: a sign-in that dies after seven days is told of at once, by status,
// and in time.
func TestGoogleInTesting(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5, GoogleTesting: true})
	h := s.atGoogle(t, "GOOGLE_REFRESH_TOKEN=")
	p := pasteGoogle(h, allow)
	p.wants(exitDone)
	day := time.Now().UTC().Add(7 * 24 * time.Hour).Format("2006-01-02 15:")
	p.says("this sign-in ends on "+day, "Publish app", "sign in once more")
	ends := h.google().SignInEnds
	if ends == nil || time.Until(*ends) < 6*24*time.Hour || time.Until(*ends) > 7*24*time.Hour {
		t.Fatalf("it ends at %v", ends)
	}
	h.exits(exitDone, "status").prints("google: signed in, ", "sign-in ends on "+day, "Publish app")
	if p := h.exits(exitDone, "fetch"); strings.Contains(p.err.String(), "ends soon") {
		t.Errorf("seven days before the end:\n%s", p.err.String())
	}
	for left, warned := range map[time.Duration]bool{49 * time.Hour: false, 47 * time.Hour: true} {
		end := time.Now().Add(left)
		change(t, h.vault, "UPDATE tokens SET refresh_expires_at = "+strconv.FormatInt(end.UnixMilli(), 10))
		p := h.exits(exitDone, "fetch")
		if got := strings.Contains(p.err.String(), "the sign-in ends soon"); got != warned {
			t.Errorf("%v before the end: warned %v\n%s", left, got, p.err.String())
		}
	}
	change(t, h.vault, "UPDATE tokens SET refresh_expires_at = 1")
	h.exits(exitDone, "status").prints("google: the sign-in has ended (sign in again: fitvault login --source google)")
}

// TestGoogleRevoked: a sign-in that is dead is a matter for the person, and of no other
// source.
func TestGoogleRevoked(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5})
	h := s.atGoogle(t)
	h.exits(exitDone, "fetch", "--json").prints(`"error": null`)
	s.GoogleRevoke()
	h.exits(exitSignIn, "fetch", "--json").prints(`"failures": []`, `"error": "google: the sign-in is no longer valid`)
	h.exits(exitSignIn, "fetch").says("google: ", "sign in: fitvault login")
	if g := h.google(); g.SignedIn || !g.Dead {
		t.Errorf("status: %+v", g)
	}
	h.exits(exitDone, "status").prints("google: the sign-in is dead (sign in again: fitvault login --source google)")
	h.exits(exitSignIn, "run", "--listen", "", "--retry-for", "0s", "--influx-url", "http://"+closedPort(t))
	p := h.with(s.env()...).exits(exitSignIn, "fetch")
	p.says("fetched from fitbit: ")
	pasteGoogle(h, allow).wants(exitDone)
	h.exits(exitDone, "fetch")
}

// TestGoogleRefusesTheAccount: the remedy is said, the exit code tells whether it is
// another sign-in, and a login saves nothing.
func TestGoogleRefusesTheAccount(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5})
	for _, c := range []struct {
		name         string
		set          func(*emulator.Modes, bool)
		login, fetch int
		says         string
	}{
		{"not linked", func(m *emulator.Modes, on bool) { m.GoogleUnlinked = on }, exitSignIn, exitSignIn, "no health data"},
		{"disabled", func(m *emulator.Modes, on bool) { m.GoogleDisabled = on }, exitFailed, exitPartly, "enable it in the Google Cloud console"},
		{"not ready", func(m *emulator.Modes, on bool) { m.GoogleNotReady = on }, exitFailed, exitPartly, "the health profile is not ready"},
	} {
		s.Set(func(m *emulator.Modes) { c.set(m, true) })
		h := s.atGoogle(t, "GOOGLE_REFRESH_TOKEN=")
		p := pasteGoogle(h, allow)
		if code := p.within(time.Second); code != c.login {
			t.Errorf("%s: login exits %d, want %d\n%s", c.name, code, c.login, p.err.String())
		}
		p.says(c.says)
		if _, err := os.Stat(h.vault); !os.IsNotExist(err) {
			t.Errorf("%s: a vault was made: %v", c.name, err)
		}
		s.atGoogle(t).exits(c.fetch, "fetch").says(c.says)
		s.Set(func(m *emulator.Modes) { c.set(m, false) })
	}
}

// TestTwoSources: one vault, a turn for each, and what ends one keeps the other from
// nothing.
func TestTwoSources(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5})
	h := s.atGoogle(t, s.env()...)
	h.exits(exitDone, "fetch").says("fetched from google: ", "fetched from fitbit: ")
	if runs := rows(t, h.vault, "SELECT command, outcome FROM runs"); !slices.Equal(runs, []string{"fetch done"}) {
		t.Errorf("runs: %q", runs)
	}
	counted := rows(t, h.vault, "SELECT requests FROM runs")[0]
	if got := strconv.Itoa(len(s.api()) + s.googleCalls()); got != counted {
		t.Errorf("%s requests are in the audit log, %s were made", counted, got)
	}
	h.exits(exitUsage, "logout").says("signed in to fitbit and google")

	p := h.exits(exitDone, "fetch", "--json")
	for decoder, want := json.NewDecoder(strings.NewReader(p.out.String())), []string{"google", "fitbit"}; len(want) > 0; want = want[1:] {
		var one struct{ Source string }
		if err := decoder.Decode(&one); err != nil || one.Source != want[0] {
			t.Errorf("%q, want %q: %v", one.Source, want[0], err)
		}
	}
	for _, source := range []string{"google", "fitbit"} {
		p := h.exits(exitDone, "fetch", "--source", source)
		if n := strings.Count(p.err.String(), "fetched from "); n != 1 {
			t.Errorf("--source %s: %d sources\n%s", source, n, p.err.String())
		}
	}

	s.Set(func(m *emulator.Modes) { m.RetiredFrom = time.Now() })
	p = h.exits(exitRetired, "fetch")
	p.says("fetched from google: ", "HTTP 410", "fitvault login", "Takeout", "fitvault logout --source fitbit")
	h.exits(exitDone, "fetch", "--source", "google")
	h.exits(exitRetired, "fetch", "--source", "fitbit")
	h.exits(exitDone, "logout", "--source", "fitbit")
	h.with("REFRESH_TOKEN=").exits(exitDone, "fetch").says("fetched from google: ")
	h.with("REFRESH_TOKEN=").exits(exitSignIn, "fetch", "--source", "fitbit,google").says("fitbit: not signed in", "fetched from google: ")
}

// TestBudgetOfOneSource: a budget that is used up is the end of its own source alone, and
// tells in the exit code.
func TestBudgetOfOneSource(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5, Limit: 2})
	h := s.atGoogle(t, s.env()...)
	h.exits(exitQuota, "fetch", "--no-wait").says("fetched from google: ", "fitbit: the budget of calls is used up until")
	if h.google().typeOf(t, "sleep").Responses == 0 {
		t.Error("google had no turn")
	}
	h.exits(exitDone, "fetch", "--no-wait", "--source", "google")
}

// googleCalls counts the calls of the Google Health API so far.
func (s *service) googleCalls() (n int) {
	for _, r := range s.Requests() {
		if r.Kind == emulator.KindGoogle {
			n++
		}
	}
	return n
}

// TestDaemonOutlivesOneSource: a retired source and a fault of the account end no daemon
// that has anything else to do or to wait for.
func TestDaemonOutlivesOneSource(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	s := serve(t, emulator.Options{Days: 5})
	h := s.atGoogle(t, append(s.env(), influxEnv(db.URL(), db.Database())...)...)
	s.Set(func(m *emulator.Modes) { m.RetiredFrom, m.GoogleUnlinked = time.Now(), true })
	p := h.start("run", "--interval", "200ms", "--listen", "127.0.0.1:0")
	eventually(t, "several rounds", func() bool { return strings.Count(p.err.String(), "sleeping") >= 3 })
	p.says("HTTP 410", "this Google account has no health data")
	s.Set(func(m *emulator.Modes) { m.GoogleUnlinked = false })
	eventually(t, "google is fetched in a later round", func() bool { return s.asked("sleep", http.StatusOK) })
	p.stops(syscall.SIGTERM)
	s.GoogleRevoke()
	h.exits(exitRetired, "run", "--interval", "200ms", "--listen", "127.0.0.1:0") // now both wait for a person
}

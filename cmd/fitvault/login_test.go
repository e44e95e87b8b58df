package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// decision is what a person does on the consent page.
type decision func(form url.Values)

func allow(form url.Values) { form.Set("decision", "allow") }
func deny(form url.Values)  { form.Set("decision", "deny") }

// without unticks a scope.
func without(scope string) decision {
	return func(form url.Values) {
		allow(form)
		var ticked []string
		for _, s := range form["scope"] {
			if s != scope {
				ticked = append(ticked, s)
			}
		}
		form["scope"] = ticked
	}
}

var (
	field   = regexp.MustCompile(`<input type="(?:hidden|checkbox)" name="([^"]+)" value="([^"]*)"`)
	address = regexp.MustCompile(`http://\S+/(?:oauth2/authorize|o/oauth2/v2/auth)\?\S+`)
)

// consent follows the consent page as a person without a browser on this machine would,
// and returns the address that it leads to.
func consent(t *testing.T, page string, decide decision) string {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v\n%s", res.Status, err, body)
	}
	form := url.Values{}
	for _, m := range field.FindAllStringSubmatch(string(body), -1) {
		form.Add(m[1], strings.NewReplacer("&#43;", "+", "&amp;", "&").Replace(m[2]))
	}
	decide(form)
	u, _ := url.Parse(page)
	u.RawQuery = ""
	answer, err := client.PostForm(u.String(), form)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusFound {
		t.Fatalf("consent: %s", answer.Status)
	}
	return answer.Header.Get("Location")
}

// pasteLogin signs in with --no-browser and returns the process, which has ended.
func pasteLogin(h *home, s *service, decide decision) *process {
	h.t.Helper()
	return h.pasting(func(page string) string { return consent(h.t, page, decide) }, "--source", "fitbit")
}

// pasteGoogle does the same at Google, which needs no --source.
func pasteGoogle(h *home, decide decision, args ...string) *process {
	h.t.Helper()
	return h.pasting(func(page string) string { return consent(h.t, page, decide) }, args...)
}

// pasting runs login --no-browser and pastes what answer makes of the address shown.
func (h *home) pasting(answer func(page string) string, args ...string) *process {
	h.t.Helper()
	p, in := h.startPiped(append([]string{"login", "--no-browser"}, args...)...)
	p.saysSoon("> ")
	fmt.Fprintln(in, answer(address.FindString(p.err.String())))
	p.within(10 * time.Second)
	return p
}

// startPiped starts the binary with a pipe as its stdin, which stays open.
func (h *home) startPiped(args ...string) (*process, *os.File) {
	h.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { w.Close() })
	p := h.command(args...)
	p.cmd.Stdin = r
	p.launch()
	r.Close()
	return p, w
}

// TestLoginByPasting signs in on a machine without a browser.
func TestLoginByPasting(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 10})
	h := s.home(t, "REFRESH_TOKEN=")
	h.exits(exitSignIn, "fetch")
	p := pasteLogin(h, s, allow)
	p.wants(exitDone)
	p.says("signed in to fitbit", "granted: activity")
	if p.out.String() != "" {
		t.Errorf("stdout: %q", p.out.String())
	}
	h.exits(exitDone, "fetch")
	h.exits(exitDone, "logout").says("signed out of fitbit")
	if h.reported().Sources[0].SignedIn {
		t.Error("signed in after a logout")
	}
	h.exits(exitSignIn, "fetch")
	h.exits(exitDone, "logout").says("there was no sign-in")
	if n := rows(t, h.vault, "SELECT count(*) FROM tokens")[0]; n != "0" {
		t.Error("the tokens are not forgotten")
	}
	revoked := false
	for _, r := range s.Requests() {
		revoked = revoked || r.Kind == emulator.KindRevoke && r.Status == http.StatusOK
	}
	if !revoked {
		t.Error("the tokens were not revoked")
	}
	s.strict(t)

	h = s.home(t, "REFRESH_TOKEN=")
	pasteLogin(h, s, without("weight")).says("not granted, so their types stay empty: weight")
	h.exits(exitPartly, "fetch")
	pasteLogin(h, s, allow).wants(exitDone)
	h.exits(exitDone, "fetch")
}

// TestLoginRefusesWrongPastes: exit 4 and no sign-in.
func TestLoginRefusesWrongPastes(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 10})
	h := s.home(t, "REFRESH_TOKEN=")
	for _, c := range []struct {
		name, says string
		paste      func(page string) string
	}{
		{"nothing", "no address was pasted", func(string) string { return "" }},
		{"the page itself", "", func(page string) string { return page }},
		{"a word", "the right one has ?code=", func(string) string { return "yes" }},
		{"denied", "consent was not given", func(page string) string { return consent(t, page, deny) }},
		{"another state", "another sign-in", func(page string) string {
			return regexp.MustCompile(`state=[^&]+`).ReplaceAllString(consent(t, page, allow), "state=AAAA")
		}},
		{"another code", "not accepted", func(page string) string {
			return regexp.MustCompile(`code=[^&]+`).ReplaceAllString(consent(t, page, allow), "code=0123456789")
		}},
	} {
		p := h.pasting(c.paste, "--source", "fitbit")
		if code := p.within(time.Second); code != exitSignIn {
			t.Errorf("%s: exit code %d", c.name, code)
		}
		p.says(c.says, "nothing is saved: run the same command again")
		if strings.Contains(p.err.String(), "sign in: fitvault login") {
			t.Errorf("%s: the remedy is what failed:\n%s", c.name, p.err.String())
		}
	}
	h.exits(exitSignIn, "login", "--source", "fitbit", "--no-browser").says("no address was pasted") // stdin is empty
	newHome(t).exits(exitSignIn, "login", "--source", "fitbit").says("CLIENT_ID is not set")
	if _, err := os.Stat(h.vault); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a login without consent left a vault: %v", err)
	}
}

// TestLoginOfAnotherPerson: a vault is one person's.
func TestLoginOfAnotherPerson(t *testing.T) {
	t.Parallel()
	ada, bob := serve(t, emulator.Options{Days: 5}), serve(t, emulator.Options{Days: 5, Seed: 99})
	h := ada.home(t)
	h.exits(exitDone, "fetch")
	other := h.with(bob.env()...).with("REFRESH_TOKEN=")
	p := pasteLogin(other, bob, allow)
	p.wants(exitFailed)
	p.says("use another vault")
	h.exits(exitDone, "fetch")
}

// TestInterruptedLogin leaves no listener behind.
func TestInterruptedLogin(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5})
	for _, args := range [][]string{{"login", "--source", "fitbit"}, {"login", "--source", "fitbit", "--no-browser"}} {
		callback := closedPort(t)
		h := s.home(t, "REFRESH_TOKEN=", "BROWSER=true", "CALLBACK_URL=http://"+callback+"/")
		p, _ := h.startPiped(args...)
		p.saysSoon("/oauth2/authorize")
		p.cmd.Process.Signal(syscall.SIGINT)
		if code := p.within(5 * time.Second); code != exitInterrupted {
			t.Errorf("%v: exit code %d\n%s", args, code, p.err.String())
		}
		l, err := net.Listen("tcp", callback)
		if err != nil {
			t.Errorf("%v: %v", args, err)
		} else {
			l.Close()
		}
	}
}

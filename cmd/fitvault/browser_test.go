package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"fitvault/fetch/emulator"
)

// browser starts a headless Chromium of its own.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed")
	}
	dir, err := os.MkdirTemp("", "fitvault-chromium-") // not of the test: Chromium still writes while it ends
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(dir),
		chromedp.Env("TMPDIR="+dir), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("no-proxy-server", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return ctx
}

// handed listens for the addresses that fitvault opens in the browser; the environment
// makes it do so.
func handed(t *testing.T) (addresses <-chan string, env []string) {
	t.Helper()
	to := make(chan string, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		to <- string(body)
	}))
	t.Cleanup(srv.Close)
	return to, []string{"BROWSER=" + doubles + "/hand-address", "HAND_ADDRESS_TO=" + srv.URL}
}

// TestLoginInABrowser signs in as a person does, in a real browser.
func TestLoginInABrowser(t *testing.T) {
	t.Parallel()
	tab := browser(t)
	callback := "http://" + strings.Replace(closedPort(t), "127.0.0.1", "localhost", 1) + "/"
	s := serve(t, emulator.Options{Days: 10, RedirectURIs: []string{callback}})
	addresses, env := handed(t)
	const weight = `input[value="weight"]`
	for _, c := range []struct {
		name string
		do   []string // clicks
		page string   // what the browser shows in the end
		code int      // of login
		then int      // of a fetch afterwards
		says []string
	}{
		{"allow", []string{`button[value="allow"]`}, "You can close this page", exitDone, exitDone,
			[]string{"signed in to fitbit"}},
		{"one scope unticked", []string{weight, `button[value="allow"]`}, "You can close this page",
			exitDone, exitPartly, []string{"not granted, so their types stay empty: weight"}},
		{"deny", []string{`button[value="deny"]`}, "not given consent", exitSignIn, exitSignIn,
			[]string{"consent was not given", "nothing is saved"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := s.home(t, append(env, "REFRESH_TOKEN=", "CALLBACK_URL="+callback)...)
			p := h.start("login", "--source", "fitbit")
			shown := visit(t, tab, next(t, addresses), callback, c.do...)
			if !strings.Contains(shown, c.page) {
				t.Errorf("the browser shows %q", shown)
			}
			p.wants(c.code)
			p.says(c.says...)
			free(t, callback)
			h.exits(c.then, "fetch")
		})
	}
	s.strict(t)
}

// TestGoogleLoginInABrowser does the same at Google.
func TestGoogleLoginInABrowser(t *testing.T) {
	t.Parallel()
	tab := browser(t)
	callback := "http://" + strings.Replace(closedPort(t), "127.0.0.1", "localhost", 1) + "/"
	s := serve(t, emulator.Options{Days: 5})
	addresses, env := handed(t)
	const sleep, allow = `input[name="scope"][value$="googlehealth.sleep.readonly"]`, `button[value="allow"]`
	for _, c := range []struct {
		name string
		do   []string // clicks
		page string   // what the browser shows in the end
		code int      // of login
		then int      // of a fetch afterwards
		says []string
	}{
		{"allow", []string{allow}, "You can close this page", exitDone, exitDone, []string{"signed in to google"}},
		{"one scope unticked", []string{sleep, allow}, "You can close this page", exitDone, exitDone,
			[]string{"not granted, so their types stay empty: sleep (sleep, sleep_stage)"}},
		{"deny", []string{`button[value="deny"]`}, "not given consent", exitSignIn, exitSignIn, []string{"consent was not given", "nothing is saved"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := s.atGoogle(t, append(env, "GOOGLE_REFRESH_TOKEN=", "CALLBACK_URL="+callback)...)
			p := h.start("login")
			shown := visit(t, tab, next(t, addresses), callback, c.do...)
			if !strings.Contains(shown, c.page) {
				t.Errorf("the browser shows %q", shown)
			}
			p.wants(c.code)
			p.says(c.says...)
			free(t, callback)
			h.exits(c.then, "fetch")
		})
	}
	s.strict(t)
}

// visit opens a page, clicks there, and returns the text of the page at an address that
// this leads to.
func visit(t *testing.T, tab context.Context, page, to string, clicks ...string) (shown string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, 30*time.Second)
	defer cancel()
	err := chromedp.Do(ctx, chromedp.Navigate(page))
	for _, c := range clicks {
		if err == nil {
			err = chromedp.Do(ctx, chromedp.Click(chromedp.CSS(c)))
		}
	}
	for at := ""; err == nil && !strings.HasPrefix(at, to); time.Sleep(20 * time.Millisecond) {
		// An evaluation fails when the page goes away under it.
		at, _ = chromedp.Run(ctx, chromedp.Evaluate[string](`document.readyState == "complete" ? location.href : ""`))
		err = ctx.Err()
	}
	if err == nil {
		shown, err = chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
	}
	if err != nil {
		t.Fatalf("%s: %v", page, err)
	}
	return shown
}

// next returns the address that fitvault opens.
func next(t *testing.T, addresses <-chan string) string {
	t.Helper()
	select {
	case a := <-addresses:
		return a
	case <-time.After(20 * time.Second):
		t.Fatal("fitvault opened no address")
		return ""
	}
}

// free requires that nothing listens on the callback any more.
func free(t *testing.T, callback string) {
	t.Helper()
	l, err := net.Listen("tcp", strings.TrimSuffix(strings.TrimPrefix(callback, "http://"), "/"))
	if err != nil {
		t.Errorf("the callback is still taken: %v", err)
		return
	}
	l.Close()
}

// TestForeignRedirect: a redirect with another state is refused and waiting goes on.
func TestForeignRedirect(t *testing.T) {
	t.Parallel()
	callback := "http://" + closedPort(t) + "/"
	s := serve(t, emulator.Options{Days: 10, RedirectURIs: []string{callback}})
	addresses, env := handed(t)
	h := s.home(t, append(env, "REFRESH_TOKEN=", "CALLBACK_URL="+callback)...)
	p := h.start("login", "--source", "fitbit")
	page := next(t, addresses)
	for _, query := range []string{"?code=abc&state=wrong", "?error=access_denied", "", "favicon.ico"} {
		res, err := http.Get(callback + query)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			t.Errorf("%q is answered with 200", query)
		}
	}
	res, err := http.Get(consent(t, page, allow))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	p.wants(exitDone)
	free(t, callback)
}

// TestNoBrowser: where none can be opened, that is said and waiting goes on.
func TestNoBrowser(t *testing.T) {
	t.Parallel()
	callback := "http://" + closedPort(t) + "/"
	s := serve(t, emulator.Options{Days: 10, RedirectURIs: []string{callback}})
	h := s.home(t, "BROWSER=/nonexistent/browser", "REFRESH_TOKEN=", "CALLBACK_URL="+callback)
	p := h.start("login", "--source", "fitbit")
	p.saysSoon("--no-browser")
	res, err := http.Get(consent(t, address.FindString(p.err.String()), allow))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	p.wants(exitDone)

	l, err := net.Listen("tcp", strings.TrimSuffix(strings.TrimPrefix(callback, "http://"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	h.exits(exitFailed, "login", "--source", "fitbit").says("of the callback cannot be listened on", "--no-browser")
	h.with("CALLBACK_URL=http://fitvault.example/").exits(exitFailed, "login", "--source", "fitbit").says("--no-browser")
}

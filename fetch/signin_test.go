package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"fitvault/fetch"
)

// sent is what the consent page was asked for.
type sent struct{ state, verifier string }

// newConsent is a sign-in whose redirects come to callback.
func newConsent(callback string) (*fetch.Consent, *sent) {
	var s sent
	c := fetch.NewConsent("fitbit", callback, func(state, verifier string) string {
		s = sent{state, verifier}
		return "https://www.example/oauth2/authorize?state=" + state
	})
	c.URL()
	return c, &s
}

// freePort is the address of a port that nothing listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// visit follows a redirect as a browser does, and returns status and page.
func visit(t *testing.T, address string) (int, string) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return res.StatusCode, string(page)
}

// wantNoListener fails when something still listens on an address.
func wantNoListener(t *testing.T, addr string) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Errorf("a listener is left: %v", err)
		return
	}
	l.Close()
}

func TestConsentGivesTheCode(t *testing.T) {
	addr := freePort(t)
	c, s := newConsent("http://" + addr + "/callback")
	if len(s.state) < 20 || len(s.verifier) < 43 || len(s.verifier) > 128 || s.verifier != c.Verifier() {
		t.Errorf("state %q, verifier %q", s.state, s.verifier)
	}
	base := "http://" + addr + "/callback"
	code, err := c.Wait(t.Context(), func() error {
		go func() {
			for _, tt := range []struct {
				address string
				status  int
			}{
				{"http://" + addr + "/favicon.ico", 404},
				{"http://" + addr + "/?state=" + s.state + "&code=other-path", 404},
				{base, 400},
				{base + "?code=evil", 400},
				{base + "?state=another&code=evil", 400},
				{base + "?state=another&error=access_denied", 400},
				{base + "?state=" + s.state + "&code=good", 200},
			} {
				if status, page := visit(t, tt.address); status != tt.status || strings.Contains(page, "evil") || strings.Contains(page, s.state) {
					t.Errorf("%s: status %d, want %d: %s", tt.address, status, tt.status, page)
				}
			}
		}()
		return nil
	})
	if code != "good" || err != nil {
		t.Errorf("code %q, %v", code, err)
	}
	wantNoListener(t, addr)
}

func TestConsentIsRefused(t *testing.T) {
	for query, want := range map[string]string{"error=access_denied": "access_denied", "code=": "no code", "": "no code"} {
		addr := freePort(t)
		c, s := newConsent("http://" + addr + "/")
		_, err := c.Wait(t.Context(), func() error {
			go func() {
				if status, _ := visit(t, "http://"+addr+"/?state="+s.state+"&"+query); status != 403 {
					t.Errorf("status %d", status)
				}
			}()
			return nil
		})
		var signIn *fetch.SignInError
		if !errors.As(err, &signIn) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", query, err)
		}
		wantNoListener(t, addr)
	}
}

func TestConsentThatIsCancelledLeavesNothing(t *testing.T) {
	addr := freePort(t)
	c, _ := newConsent("http://" + addr + "/")
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := c.Wait(ctx, func() error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	wantNoListener(t, addr)
	failed := errors.New("no browser")
	if _, err := c.Wait(t.Context(), func() error { return failed }); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	wantNoListener(t, addr)
}

func TestConsentThatNobodyGives(t *testing.T) {
	addr := freePort(t)
	c, _ := newConsent("http://" + addr + "/")
	c.SetPatience(20 * time.Millisecond)
	var signIn *fetch.SignInError
	if _, err := c.Wait(t.Context(), func() error { return nil }); !errors.As(err, &signIn) || !strings.Contains(err.Error(), "within 20ms") {
		t.Errorf("%v", err)
	}
	wantNoListener(t, addr)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	c.SetPatience(time.Minute)
	if _, err := c.Wait(ctx, func() error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestConsentTwiceInOnePageLoad(t *testing.T) {
	addr := freePort(t)
	c, s := newConsent("http://" + addr + "/")
	done := make(chan bool, 3)
	code, err := c.Wait(t.Context(), func() error {
		for range cap(done) { // an impatient person reloads
			go func() {
				if res, err := http.Get("http://" + addr + "/?state=" + s.state + "&code=good"); err == nil {
					res.Body.Close()
				}
				done <- true
			}()
		}
		return nil
	})
	if code != "good" || err != nil {
		t.Errorf("code %q, %v", code, err)
	}
	for range cap(done) {
		<-done
	}
	wantNoListener(t, addr)
}

func TestCallbacksThatCannotBeListenedTo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for callback, want := range map[string]string{
		"https://fitvault.example/callback":      "--no-browser",
		"http://192.0.2.7:8080/":                 "--no-browser",
		"http://0.0.0.0:8080/":                   "--no-browser",
		"http://" + taken.Addr().String() + "/x": "--no-browser",
		"http://[::1":                            "missing ']'",
	} {
		c, _ := newConsent(callback)
		_, err := c.Wait(t.Context(), func() error { t.Error("the browser is opened"); return nil })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", callback, err, want)
		}
	}
}

func TestLocalhostIsBothFamilies(t *testing.T) {
	_, port, _ := net.SplitHostPort(freePort(t))
	c, s := newConsent("http://localhost:" + port + "/")
	code, err := c.Wait(t.Context(), func() error {
		go visit(t, "http://127.0.0.1:"+port+"/?code=good&state="+s.state)
		return nil
	})
	if code != "good" || err != nil {
		t.Errorf("code %q, %v", code, err)
	}
}

// A port that something else has on one of the two addresses would swallow the redirect.
func TestLocalhostIsTakenOnOneFamily(t *testing.T) {
	for addr, other := range map[string]string{"127.0.0.1": "::1", "::1": "127.0.0.1"} {
		taken, err := net.Listen("tcp", net.JoinHostPort(addr, "0"))
		if err != nil {
			t.Logf("%s is not there: %v", addr, err)
			continue
		}
		defer taken.Close()
		_, port, _ := net.SplitHostPort(taken.Addr().String())
		c, _ := newConsent("http://localhost:" + port + "/")
		_, err = c.Wait(t.Context(), func() error { return errors.New("the browser is opened") })
		if err == nil || !strings.Contains(err.Error(), "port "+port+" ") || !strings.Contains(err.Error(), "--no-browser") || !strings.Contains(err.Error(), "in use") {
			t.Errorf("taken on %s: %v", addr, err)
		}
		if l, err := net.Listen("tcp", net.JoinHostPort(other, port)); err == nil {
			l.Close()
		} else if errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("a listener is left: %v", err)
		}
	}
}

func TestAFamilyThatIsNotThereIsDoneWithout(t *testing.T) {
	for err, want := range map[error]bool{
		syscall.EADDRNOTAVAIL: true, syscall.EAFNOSUPPORT: true,
		syscall.EADDRINUSE: false, syscall.EACCES: false, context.Canceled: false,
	} {
		if got := fetch.NoFamily(&net.OpError{Op: "listen", Err: os.NewSyscallError("bind", err)}); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}

func TestPasted(t *testing.T) {
	c, s := newConsent("http://localhost:8080/")
	for _, tt := range []struct{ line, code, err string }{
		{"http://localhost:8080/?code=good&state={}\n", "good", ""},
		{"http://localhost:8080/?code=good&state={}", "good", ""}, // no newline at the end
		{"  http://localhost:8080/?state={}&code=good#_=_ \r\n", "good", ""},
		{"https://elsewhere.example/cb?code=good&state={}\nmore\n", "good", ""},
		{"?code=good&state={}\n", "good", ""},
		{"<http://localhost:8080/?code=good&state={}>\n", "good", ""},
		{"\"http://localhost:8080/?code=good&state={}\"\n", "good", ""},
		{"\n", "", "no address"},
		{"", "", "no address"},
		{"good\n", "", "not the address"},
		{"http://localhost:8080/\n", "", "not the address"},
		{"http://localhost:8080/?code=good\n", "", "another sign-in"},
		{"http://localhost:8080/?code=good&state=x\n", "", "another sign-in"},
		{"http://localhost:8080/?error=access_denied&state={}\n", "", "access_denied"},
		{"http://localhost:8080/?state={}\n", "", "no code"},
		{"%zz://\n", "", "not the address"},
	} {
		code, err := c.Pasted(t.Context(), strings.NewReader(strings.ReplaceAll(tt.line, "{}", s.state)))
		var signIn *fetch.SignInError
		switch {
		case tt.err == "" && (code != tt.code || err != nil):
			t.Errorf("%q: %q, %v", tt.line, code, err)
		case tt.err != "" && (!errors.As(err, &signIn) || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "good")):
			t.Errorf("%q: %v, want %q in it", tt.line, err, tt.err)
		}
	}
}

func TestPastingCanBeInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newConsent("http://localhost:8080/")
		in, out := io.Pipe()
		defer out.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := c.Pasted(ctx, in); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
}

func FuzzPasted(f *testing.F) {
	for _, line := range []string{"http://localhost:8080/?code=good&state=", "?code=x&state=", "%", "http://[::1/?a=b", "a?b#c", "code=1;state=2", "\x00"} {
		f.Add(line, "")
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		c, s := newConsent("http://localhost:8080/")
		code, err := c.Pasted(t.Context(), strings.NewReader(before+after))
		var signIn *fetch.SignInError
		if err == nil || code != "" || !errors.As(err, &signIn) {
			t.Fatalf("without the state: code %q, %v", code, err)
		}
		query := url.Values{"code": {before}, "state": {s.state}}.Encode()
		code, err = c.Pasted(t.Context(), strings.NewReader("http://localhost:8080/?"+query+"\n"))
		if (err == nil) != (before != "") || code != before {
			t.Fatalf("with the state and code %q: %q, %v", before, code, err)
		}
		if line := before + s.state + after; !strings.ContainsAny(line, "\n") {
			if code, err := c.Pasted(t.Context(), strings.NewReader(line)); err == nil && (code == "" || !strings.Contains(line, "code")) {
				t.Fatalf("%q gives code %q", line, code)
			}
		}
	})
}

func ExampleConsent_URL() {
	c := fetch.NewConsent("fitbit", "http://localhost:8080/", func(string, string) string { return "https://www.example/consent" })
	fmt.Println(c.URL())
	// Output: https://www.example/consent
}

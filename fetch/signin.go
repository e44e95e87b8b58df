package fetch

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// consentFor is how long a person has for the consent page. A mistake in its address is
// shown there and never sent to the callback, so waiting must end by itself.
const consentFor = 10 * time.Minute

// Consent is one sign-in by a person: authorization code, PKCE and state.
type Consent struct {
	Source   string
	Callback string // the redirect address, as registered
	// AuthCodeURL returns the address of the consent page.
	AuthCodeURL func(state, verifier string) string

	state, verifier string
	patience        time.Duration
}

// NewConsent returns a sign-in with its own state and verifier.
func NewConsent(source, callback string, authCodeURL func(state, verifier string) string) *Consent {
	return &Consent{source, callback, authCodeURL, rand.Text(), rand.Text() + rand.Text(), consentFor}
}

// URL returns the address of the consent page.
func (c *Consent) URL() string { return c.AuthCodeURL(c.state, c.verifier) }

// Verifier returns what the code must be exchanged with.
func (c *Consent) Verifier() string { return c.verifier }

// Wait listens on the callback address, calls ready, and returns the code that the
// consent page redirects with. It leaves no listener behind.
func (c *Consent) Wait(ctx context.Context, ready func() error) (code string, err error) {
	u, err := url.Parse(c.Callback)
	if err != nil {
		return "", err
	}
	listeners, err := listenLoopback(ctx, u)
	if err != nil {
		return "", err
	}
	answers := make(chan string)
	errs := make(chan error)
	waiting, cancel := context.WithTimeout(ctx, c.patience)
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: c.handler(waiting, u.Path, answers, errs)}
	done := make(chan struct{}, len(listeners))
	for _, l := range listeners {
		go func() { srv.Serve(l); done <- struct{}{} }()
	}
	defer func() {
		cancel() // of a page that was loaded twice
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if srv.Shutdown(stop) != nil { // which lets the page that says "done" arrive
			srv.Close()
		}
		for range listeners {
			<-done
		}
	}()
	if err := ready(); err != nil {
		return "", err
	}
	select {
	case code = <-answers:
		return code, nil
	case err = <-errs:
		return "", err
	case <-waiting.Done():
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", &SignInError{Source: c.Source, Reason: fmt.Sprintf("nobody consented within %v", c.patience)}
	}
}

// listenLoopback listens where a browser on this machine finds the callback address. Of
// localhost's two addresses the browser picks one, so that both must be ours, unless this
// machine has only one of them.
func listenLoopback(ctx context.Context, u *url.URL) ([]net.Listener, error) {
	port := u.Port()
	if port == "" {
		port = "80"
	}
	hosts := []string{u.Hostname()}
	if hosts[0] == "localhost" {
		hosts = []string{"127.0.0.1", "::1"}
	} else if ip := net.ParseIP(hosts[0]); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("the callback %s is not on this machine: use --no-browser and paste the address that you are sent to", u)
	}
	var out []net.Listener
	var missing error
	for _, h := range hosts {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(h, port))
		switch {
		case err == nil:
			out = append(out, l)
		case noFamily(err):
			missing = err
		default:
			for _, l := range out {
				l.Close()
			}
			return nil, fmt.Errorf("port %s of the callback cannot be listened on: %w (stop what uses it, or use --no-browser)", port, err)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("listen for the callback: %w (use --no-browser)", missing)
	}
	return out, nil
}

// noFamily reports whether an address could not be listened on because this machine does
// not have it.
func noFamily(err error) bool {
	return errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)
}

// handler answers the redirect. A request with another state is not ours: it is refused
// and waiting goes on.
func (c *Consent) handler(ctx context.Context, path string, answers chan<- string, errs chan<- error) http.Handler {
	if path == "" {
		path = "/"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path || r.Method != http.MethodGet {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Referrer-Policy", "no-referrer")
		code, err := c.code(r.URL.Query())
		var foreign *stateError
		switch {
		case errors.As(err, &foreign):
			http.Error(w, "This sign-in did not begin here. Start again with fitvault login.", http.StatusBadRequest)
			return
		case err != nil:
			http.Error(w, "fitvault was not given consent. You can close this page.", http.StatusForbidden)
			select {
			case errs <- err:
			case <-ctx.Done():
			}
			return
		}
		fmt.Fprintln(w, "fitvault is signed in. You can close this page.")
		select {
		case answers <- code:
		case <-ctx.Done():
		}
	})
}

// Pasted returns the code out of the address that the consent page redirected to, read as
// a line.
func (c *Consent) Pasted(ctx context.Context, in io.Reader) (string, error) {
	type line struct {
		text string
		err  error
	}
	lines := make(chan line, 1)
	go func() { // ends with its input; a blocked read ends with the process
		text, err := bufio.NewReader(in).ReadString('\n')
		lines <- line{strings.Trim(text, "\"'<> \t\r\n"), err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case l := <-lines:
		if l.text == "" {
			return "", &SignInError{c.Source, "no address was pasted", l.err}
		}
		u, err := url.Parse(l.text)
		if err != nil || u.RawQuery == "" {
			return "", &SignInError{Source: c.Source, Reason: "what was pasted is not the address that the consent page led to: the right one has ?code=… in it"}
		}
		return c.code(u.Query())
	}
}

// stateError says that a redirect belongs to another sign-in.
type stateError struct{ *SignInError }

func (c *Consent) code(q url.Values) (string, error) {
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(c.state)) != 1 {
		return "", &stateError{&SignInError{Source: c.Source, Reason: "the address belongs to another sign-in: its state differs"}}
	}
	if e := q.Get("error"); e != "" {
		return "", &SignInError{Source: c.Source, Reason: fmt.Sprintf("consent was not given (%.60s)", e)}
	}
	if q.Get("code") == "" {
		return "", &SignInError{Source: c.Source, Reason: "the address has no code"}
	}
	return q.Get("code"), nil
}

// Unwrap lets callers see the sign-in error.
func (e *stateError) Unwrap() error { return e.SignInError }

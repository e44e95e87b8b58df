package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Kinds of request.
const (
	KindAPI        = "api"
	KindToken      = "token"
	KindAuthorize  = "authorize"
	KindIntrospect = "introspect"
	KindRevoke     = "revoke"
	KindOther      = "other"

	KindGoogle          = "google"
	KindGoogleAuthorize = "google-authorize"
	KindGoogleToken     = "google-token"
	KindGoogleRevoke    = "google-revoke"
)

// Request is one logged request. It holds no secret.
type Request struct {
	Time   time.Time // emulator's clock
	N      int       // number among the requests of its API, from 1; 0 for others
	Kind   string
	Method string
	Path   string // with query
	Status int    // 0: the connection broke before one was sent
	Header http.Header
}

const redacted = "REDACTED"

// hiddenHeaders never enter the log.
var hiddenHeaders = []string{"Authorization", "Proxy-Authorization", "Cookie"}

// Requests returns the log so far, in order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Violations returns what a correct client never does, in order. An empty list
// is what a test wants to see.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// Secrets returns every access token, refresh token, client secret, code and
// verifier ever issued, configured or presented, so that a test can look for
// them where they must not be.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.secrets)
}

// keepPresented remembers what a client sent as a secret. Short values are no
// secrets, and replacing them would spoil the log.
func (s *Server) keepPresented(value string) {
	if len(value) >= 12 {
		s.keepSecret(value)
	}
}

func (s *Server) keepSecret(values ...string) {
	for _, v := range values {
		if v != "" && !slices.Contains(s.secrets, v) {
			s.secrets = append(s.secrets, v)
		}
	}
}

// scrub replaces every known secret.
func (s *Server) scrub(text string) string {
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, redacted)
	}
	return text
}

func (s *Server) violate(format string, args ...any) {
	s.violations = append(s.violations, s.scrub(fmt.Sprintf(format, args...)))
}

func (s *Server) log(kind string, n int, r *http.Request, a answer) {
	header := http.Header{}
	for name, values := range r.Header {
		if !slices.Contains(hiddenHeaders, name) {
			for _, v := range values {
				header.Add(name, s.scrub(v))
			}
		}
	}
	status := a.status
	if a.drop == dropBeforeStatus {
		status = 0
	}
	s.requests = append(s.requests, Request{
		Time: s.Now(), N: n, Kind: kind, Method: r.Method,
		Path: s.scrub(r.URL.RequestURI()), Status: status, Header: header,
	})
}

// watchWaits records requests that come although the client was told to wait.
func (s *Server) watchWaits(r *http.Request, now time.Time) {
	if s.modes.RequireLocale {
		for _, name := range []string{"Accept-Language", "Accept-Locale"} {
			if r.Header.Get(name) == "" {
				s.violate("%s: no %s", r.URL.Path, name)
			}
		}
	}
	if !s.modes.Strict {
		return
	}
	if now.Before(s.announced) {
		s.violate("%s: %s before the announced reset", r.URL.Path, s.announced.Sub(now))
	}
	if until := s.notBefore[r.URL.Path]; now.Before(until) {
		s.violate("%s: %s before the retryDuration of a pending answer is over", r.URL.Path, until.Sub(now))
	}
}

// watchRepeats records a data request whose answer the client already has.
func (s *Server) watchRepeats(r *http.Request, a answer) {
	path := r.URL.RequestURI()
	if s.answered == nil || !a.whole || strings.HasSuffix(path, "/profile.json") || strings.HasSuffix(path, "/devices.json") {
		return
	}
	if s.answered[path] {
		s.violate("%s: asked again after a complete answer", path)
	}
	s.answered[path] = true
}

package emulator

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (o *Options) completeGoogle() {
	fill(&o.GoogleClientID, "100000000001-emulator.apps.googleusercontent.com")
	fill(&o.GoogleClientSecret, "GOCSPX-emulator-secret-0123456")
	fill(&o.GoogleLimit, 300)
	fill(&o.GoogleBeatSeconds, 4)
	if len(o.GoogleRedirectURIs) == 0 {
		o.GoogleRedirectURIs = []string{"http://localhost:8080/", "http://127.0.0.1:8080/"}
	}
	if o.GoogleScopes == nil {
		o.GoogleScopes = AllGoogleScopes
	}
}

func isGoogle(kind string) bool { return strings.HasPrefix(kind, KindGoogle) }

// healthUserID is the person's number at Google.
func (s *Server) healthUserID() string {
	n := newNoise(s.options.Seed, "health user", 0).next() % 8_000_000_000_000_000_000
	return strconv.FormatUint(1_000_000_000_000_000_000+n, 10)
}

// respondGoogle is respond for the Google Health API. The body is read before
// the lock is taken.
func (s *Server) respondGoogle(r *http.Request) (a answer, done func()) {
	s.mu.Lock()
	s.googleCalls++
	n := s.googleCalls
	s.mu.Unlock()
	if s.options.OnGoogleRequest != nil {
		s.options.OnGoogleRequest(n, r)
	}
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(io.LimitReader(r.Body, maxForm)) // a cut body is no JSON
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a = s.answerGoogle(n, r, body)
	a.header.Set("Date", s.Now().UTC().Format(http.TimeFormat))
	a.header.Set("Server", "ESF")
	s.log(KindGoogle, n, r, a)
	return a, func() {
		if s.options.OnGoogleAnswered != nil {
			s.options.OnGoogleAnswered(n)
		}
	}
}

// answerGoogle checks in the order of the service: path, caller, quota, account,
// then the request itself.
func (s *Server) answerGoogle(n int, r *http.Request, body []byte) answer {
	now := s.Now()
	for _, name := range []string{"access_token", "oauth_token"} {
		if value := r.URL.Query().Get(name); value != "" {
			s.keepPresented(value)
			s.violate("%s in the URL of %s", name, r.URL.Path)
		}
	}
	to, found := s.findGoogle(r)
	if !found {
		return googleNotFound()
	}
	token, refused := s.authenticateGoogle(r, now)
	if refused != nil {
		return refused.answer()
	}
	if wait, over := s.googleRate.take(now, s.options.GoogleLimit, s.modes.GoogleUnverified); over {
		return s.googleTooMany(wait)
	}
	fault, hit := s.takeFault(n, r)
	if hit && fault.early() {
		return s.applyGoogleFault(fault, answer{}, now)
	}
	a, refused := s.dataGoogle(to, token, r, body, now)
	if refused != nil {
		a = refused.answer()
	}
	a.gzip = !s.modes.NoGzip
	if hit {
		a = s.applyGoogleFault(fault, a, now)
	}
	s.watchGoogleRepeats(r, body, a)
	return a
}

// target is what a path of the Google Health API names.
type target struct {
	user     string
	resource string // profile, settings, identity, irnProfile, pairedDevices or dataPoints
	id       string // of a device or a data point
	dataType string
	verb     string // list, get, reconcile, rollUp, dailyRollUp, exportExerciseTcx
}

// findGoogle knows paths and verbs exactly; whatever else is not found (rule 1
// of Google sheet 10).
func (s *Server) findGoogle(r *http.Request) (target, bool) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/v4/"), "/")
	if len(parts) < 3 || parts[0] != "users" || parts[1] == "" {
		return target{}, false
	}
	to := target{user: parts[1], resource: parts[2], verb: "get"}
	method := http.MethodGet
	switch rest := parts[2:]; {
	case len(rest) == 1 && slices.Contains([]string{"profile", "settings", "identity", "irnProfile"}, rest[0]):
	case len(rest) == 1 && rest[0] == "pairedDevices":
		to.verb = "list"
	case len(rest) == 2 && rest[0] == "pairedDevices" && rest[1] != "":
		to.id = rest[1]
	case len(rest) == 3 && rest[0] == "dataTypes" && rest[2] == "dataPoints":
		to.verb = "list"
		to.resource, to.dataType = "dataPoints", rest[1]
	case len(rest) == 3 && rest[0] == "dataTypes" && strings.HasPrefix(rest[2], "dataPoints:"):
		to.resource, to.dataType = "dataPoints", rest[1]
		to.verb = strings.TrimPrefix(rest[2], "dataPoints:")
		if to.verb == "rollUp" || to.verb == "dailyRollUp" {
			method = http.MethodPost
		} else if to.verb != "reconcile" {
			return target{}, false
		}
	case len(rest) == 4 && rest[0] == "dataTypes" && rest[2] == "dataPoints" && rest[3] != "":
		to.resource, to.dataType = "dataPoints", rest[1]
		var export bool
		to.id, export = strings.CutSuffix(rest[3], ":exportExerciseTcx")
		if export {
			to.verb = "exportExerciseTcx"
		}
		if strings.Contains(to.id, ":") || export && rest[1] != "exercise" {
			return target{}, false
		}
	default:
		return target{}, false
	}
	return to, r.Method == method
}

// authenticateGoogle checks the bearer token; keys do not help (rule 2).
func (s *Server) authenticateGoogle(r *http.Request, now time.Time) (grant, *googleRefusal) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return grant{}, &googleRefusal{
			status: http.StatusUnauthorized, code: "UNAUTHENTICATED", reason: "CREDENTIALS_MISSING", domain: "googleapis.com",
			message:  "Request is missing required authentication credential.",
			metadata: [][2]string{{"service", healthDomain}},
			header:   [][2]string{{"WWW-Authenticate", `Bearer realm="https://accounts.google.com/"`}},
		}
	}
	g, ok := s.google.access[token]
	if !ok || !now.Before(g.expires) {
		s.keepPresented(token)
		return grant{}, &googleRefusal{
			status: http.StatusUnauthorized, code: "UNAUTHENTICATED",
			message: "Request had invalid authentication credentials.",
			header:  [][2]string{{"WWW-Authenticate", `Bearer realm="https://accounts.google.com/", error="invalid_token"`}},
		}
	}
	return g, nil
}

// troubled are the refusals that every call meets while a mode is on (rule 6).
func (s *Server) troubled() *googleRefusal {
	switch m := s.modes; {
	case m.GoogleDisabled:
		return denied("SERVICE_DISABLED", "googleapis.com", "Google Health API has not been used in this project or it is disabled.", projectMetadata...)
	case m.GoogleForbidden:
		return denied("RESOURCE_PERMISSION_DENIED", "", "The caller does not have permission.")
	case m.GoogleLegacyAccount:
		return denied("", "", "Failed to mint a token from the account: the login is a legacy one.")
	case m.GoogleNotReady:
		return &googleRefusal{status: http.StatusPreconditionFailed, code: "FAILED_PRECONDITION", message: "Precondition check failed."}
	case m.GoogleUnlinked:
		return &googleRefusal{
			status: http.StatusBadRequest, code: "FAILED_PRECONDITION", reason: "ACCOUNT_NOT_LINKED",
			message:  "The account has no linked health profile.",
			metadata: [][2]string{{"redirect_uri", "https://fitbit.google.com/auth/signup"}},
		}
	}
	return nil
}

// needs refuses a token without a scope (rule 5).
func (s *Server) needs(g grant, scopes ...string) *googleRefusal {
	for _, scope := range scopes {
		if !slices.Contains(g.scopes, googlePrefix+scope) {
			if s.modes.GoogleGenericScope {
				return denied("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "googleapis.com", "Request had insufficient authentication scopes.")
			}
			return denied("MISSING_OAUTH_SCOPE", "", "The scope "+googlePrefix+scope+" has not been granted.")
		}
	}
	return nil
}

// watchGoogleRepeats is watchRepeats; rollups differ by their bodies.
func (s *Server) watchGoogleRepeats(r *http.Request, body []byte, a answer) {
	if s.answered == nil || !a.whole || !strings.Contains(r.URL.Path, "/dataTypes/") {
		return
	}
	key := r.URL.RequestURI() + "\n" + string(body)
	if s.answered[key] {
		s.violate("%s: asked again after a complete answer", r.URL.RequestURI())
	}
	s.answered[key] = true
}

// Package emulator is a server that behaves like the services that hold Fitbit
// data: the legacy Web API and the Google Health API v4, each with its OAuth, on
// one http.Handler, for one emulated person.
//
// It is a witness independent of the rest of the program: it imports the
// standard library only and is written from the public facts about the real
// service, never from our own tables. It refuses what the real service refused
// and, through Modes and Fault, fails in the ways the real one failed. Its state
// (tokens, quota, log) lives in the Server and so survives its clients.
//
// "Sheet" in comments is the fact sheet on the legacy Web API, by section,
// "Google sheet" the one on the Google Health API.
package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options describe the emulated person and the server. Zero values give
// sensible defaults.
type Options struct {
	Seed uint64           // decides everything about the person
	Days int              // length of the history, 1..3653, ending today; default 365
	Zone string           // IANA name; default Europe/Berlin
	Now  func() time.Time // the emulator's clock; default time.Now

	ClientID     string   // default 23EMUL
	ClientSecret string   // default emulator-secret-0123456789abcdef
	RefreshToken string   // valid at the start; default 64 hex digits made of the seed
	AccessToken  string   // valid at the start, for 8 h; default made of the seed
	RedirectURIs []string // default http://localhost:8080/ and http://127.0.0.1:8080/
	Limit        int      // calls an hour, default 150
	Scopes       []string // granted to the tokens above; default all 15

	GoogleClientID     string           // default 100000000001-emulator.apps.googleusercontent.com
	GoogleClientSecret string           // default GOCSPX-emulator-secret-0123456
	GoogleClientType   GoogleClientType // decides which redirects are right
	GoogleRedirectURIs []string         // of a web client; default http://localhost:8080/ and http://127.0.0.1:8080/
	GoogleRefreshToken string           // valid at the start; default made of the seed
	GoogleScopes       []string         // granted to it; default AllGoogleScopes
	GoogleTesting      bool             // the consent screen is in Testing: refresh tokens die after 7 days
	GoogleLimit        int              // calls a minute and user; default 300
	GoogleBeatSeconds  int              // mean distance of two heart-rate samples, of the legacy API too; default 4: 21 000 a day

	// OnRequest is called before each API request is answered (not for OAuth),
	// with its number from 1 on. OnAnswered is called when the answer, whole or
	// cut by a fault, has been handed to the connection.
	OnRequest  func(n int, r *http.Request)
	OnAnswered func(n int)

	// OnGoogleRequest and OnGoogleAnswered are the same for calls of the Google
	// Health API, which have numbers of their own.
	OnGoogleRequest  func(n int, r *http.Request)
	OnGoogleAnswered func(n int)
}

// AllScopes are the 15 scopes of the legacy API (sheet 1.7).
var AllScopes = []string{
	"activity", "cardio_fitness", "electrocardiogram", "heartrate",
	"irregular_rhythm_notifications", "location", "nutrition",
	"oxygen_saturation", "profile", "respiratory_rate", "settings", "sleep",
	"social", "temperature", "weight",
}

const (
	maxDays  = 3653
	maxForm  = 64 << 10
	jsonType = "application/json;charset=utf-8"
)

// Server answers for api.fitbit.com and www.fitbit.com, and for
// health.googleapis.com, accounts.google.com and oauth2.googleapis.com. It is
// safe for concurrent use.
type Server struct {
	options Options
	person  *Person

	mu         sync.Mutex
	modes      Modes
	oauth      oauth
	quota      quota
	watch      watch
	faults     []Fault
	requests   []Request
	violations []string
	secrets    []string
	calls      int             // API requests so far
	answered   map[string]bool // paths answered whole, while Modes.NoRepeats
	pending    map[string]int  // pending answers given, by path
	handed     map[string]bool // addresses of pages of lists, told by the service
	announced  time.Time       // no request before this, says the last 429
	notBefore  map[string]time.Time

	google      googleOAuth
	googleCalls int // requests of the Google Health API so far
	googleRate  googleRate
}

// New checks the options and returns a server whose person has lived up to now.
func New(o Options) (*Server, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	loc, err := time.LoadLocation(o.Zone)
	if err != nil {
		return nil, fmt.Errorf("emulator: zone: %w", err)
	}
	today := DateOf(o.Now().In(loc))
	s := &Server{
		options:   o,
		person:    newPerson(o.Seed, today-Date(o.Days)+1, loc),
		watch:     newWatch(o.Seed),
		pending:   map[string]int{},
		handed:    map[string]bool{},
		notBefore: map[string]time.Time{},
	}
	s.person.beatEvery = o.GoogleBeatSeconds
	s.oauth = s.newOAuth()
	s.google = s.newGoogleOAuth()
	return s, nil
}

func (o *Options) complete() error {
	fill(&o.Days, 365)
	fill(&o.Zone, "Europe/Berlin")
	fill(&o.ClientID, "23EMUL")
	fill(&o.ClientSecret, "emulator-secret-0123456789abcdef")
	fill(&o.Limit, 150)
	if o.Now == nil {
		o.Now = time.Now
	}
	if len(o.RedirectURIs) == 0 {
		o.RedirectURIs = []string{"http://localhost:8080/", "http://127.0.0.1:8080/"}
	}
	if o.Scopes == nil {
		o.Scopes = AllScopes
	}
	o.completeGoogle()
	if o.Days < 1 || o.Days > maxDays {
		return fmt.Errorf("emulator: days: %d is not within 1..%d", o.Days, maxDays)
	}
	if o.Limit < 1 {
		return fmt.Errorf("emulator: limit: %d is not positive", o.Limit)
	}
	for _, scope := range o.GoogleScopes {
		if !slices.Contains(AllGoogleScopes, scope) {
			return fmt.Errorf("emulator: unknown Google scope %q", scope)
		}
	}
	if o.GoogleLimit < 1 || o.GoogleBeatSeconds < 1 || o.GoogleBeatSeconds > 60 {
		return fmt.Errorf("emulator: Google limit %d or seconds between beats %d out of range", o.GoogleLimit, o.GoogleBeatSeconds)
	}
	for _, scope := range o.Scopes {
		if !slices.Contains(AllScopes, scope) {
			return fmt.Errorf("emulator: unknown scope %q", scope)
		}
	}
	return nil
}

func fill[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

// Person is the truth behind all answers.
func (s *Server) Person() *Person { return s.person }

// Now is the emulator's clock.
func (s *Server) Now() time.Time { return s.options.Now() }

// Today is the person's local day by the emulator's clock.
func (s *Server) Today() Date { return DateOf(s.person.Wall(s.Now())) }

// ServeHTTP answers one request, after the faults and modes in force.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a, done := s.respond(r)
	defer done()
	a.send(w, r)
}

// respond makes the answer and logs the request. done is to be called when the
// answer has been sent.
func (s *Server) respond(r *http.Request) (a answer, done func()) {
	kind := kindOf(r.URL.Path)
	if kind == KindGoogle {
		return s.respondGoogle(r)
	}
	if kind != KindAPI {
		form, problem := readForm(r)
		s.mu.Lock()
		defer s.mu.Unlock()
		if isGoogle(kind) {
			a = s.respondGoogleOAuth(kind, r, form, problem)
		} else {
			a = s.respondOther(kind, r, form, problem)
		}
		a.header.Set("Date", s.date())
		s.log(kind, 0, r, a)
		return a, func() {}
	}
	s.mu.Lock()
	s.calls++
	n := s.calls
	s.mu.Unlock()
	if s.options.OnRequest != nil {
		s.options.OnRequest(n, r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a = s.respondAPI(n, r)
	a.header.Set("Date", s.date())
	s.log(kind, n, r, a)
	return a, func() {
		if s.options.OnAnswered != nil {
			s.options.OnAnswered(n)
		}
	}
}

func kindOf(path string) string {
	switch path {
	case "/oauth2/authorize":
		return KindAuthorize
	case "/oauth2/token":
		return KindToken
	case "/1.1/oauth2/introspect", "/oauth2/introspect":
		return KindIntrospect
	case "/oauth2/revoke":
		return KindRevoke
	case "/o/oauth2/v2/auth":
		return KindGoogleAuthorize
	case "/token":
		return KindGoogleToken
	case "/revoke":
		return KindGoogleRevoke
	}
	if strings.HasPrefix(path, "/v4/") {
		return KindGoogle
	}
	for _, version := range []string{"/1/", "/1.1/", "/1.2/"} {
		if strings.HasPrefix(path, version) {
			return KindAPI
		}
	}
	return KindOther
}

// respondAPI answers a data request. Whatever comes of it, it counts.
func (s *Server) respondAPI(n int, r *http.Request) answer {
	now := s.Now()
	if s.retired(now) {
		return gone()
	}
	over := s.quota.take(s.quotaClock(now), s.limit())
	a := s.answerAPI(n, r, now, over)
	fill(&a.reset, s.untilReset(now))
	for name, value := range s.quotaHeaders(now, a.reset) {
		a.header[name] = value
	}
	if a.status == http.StatusTooManyRequests {
		s.announced = now.Add(a.reset)
	}
	return a
}

func (s *Server) answerAPI(n int, r *http.Request, now time.Time, over bool) answer {
	s.watchWaits(r, now)
	if r.Method != http.MethodGet {
		s.violate("%s %s: the method of every data request is GET", r.Method, s.scrub(r.URL.Path))
		return failure(http.StatusMethodNotAllowed, "request", "n/a", "Method not allowed")
	}
	token, refused := s.authenticate(r, now)
	if refused != nil {
		return refused.answer()
	}
	if over {
		return s.tooMany(s.untilReset(now))
	}
	fault, hit := s.takeFault(n, r)
	if hit && fault.early() {
		return s.applyFault(fault, answer{}, now)
	}
	a := s.data(r, token, now)
	a.gzip = !s.modes.NoGzip
	if hit {
		a = s.applyFault(fault, a, now)
	}
	s.watchRepeats(r, a)
	return a
}

// date is the Date header: the server's clock, which may be ahead.
func (s *Server) date() string { return s.serverClock(s.Now()).UTC().Format(http.TimeFormat) }

func (s *Server) retired(now time.Time) bool {
	return !s.modes.RetiredFrom.IsZero() && !now.Before(s.modes.RetiredFrom)
}

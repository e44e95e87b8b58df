package emulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is something that goes wrong with chosen API requests, or with token
// requests when Path says so. Faulty requests count against the quota. Calls of
// the Google Health API are struck as well, by their own numbers, and see the
// errors in Google's shapes; a Path tells the two apart.
type Fault struct {
	Nth   int    // only the API request with this number (see OnRequest); 0: any
	Path  string // only requests whose path and query contain this; empty: any API request
	Times int    // how often it strikes; 0: once; negative: until ClearFaults
	Kind  FaultKind

	Status    int           // FaultError, FaultHTML, FaultEmpty; 0: the kind's default
	ErrorType string        // FaultError; default "request"
	Field     string        // FaultError; empty: no fieldName
	Message   string        // FaultError
	Body      string        // FaultBody
	Pause     time.Duration // FaultSlow; default 1 s
	Reset     time.Duration // FaultTooMany: what the reset header says; 0: until the full hour
}

// FaultKind is what goes wrong.
type FaultKind int

// Kinds of fault. Where a connection breaks before the first byte, Go's own
// client repeats a GET on a reused connection by itself; inject such a fault
// twice to make it see the failure.
const (
	FaultError        FaultKind = iota // Envelope A with Status (default 500)
	FaultForbidden                     // Envelope B: 403 PERMISSION_DENIED of the Google front end
	FaultHTML                          // a proxy's HTML page with Status (default 502; 200 is possible)
	FaultEmpty                         // no body, Status (default 500)
	FaultTruncated                     // half of the right JSON, with 200 and a Content-Length that fits
	FaultCut                           // the connection breaks halfway through the right body
	FaultShape                         // JSON of a wrong shape with 200
	FaultBody                          // Body with Status (default 200), as JSON
	FaultSlow                          // the right answer, with a Pause halfway
	FaultReset                         // the connection breaks before the status line
	FaultResetHeaders                  // the connection breaks after the headers
	FaultGone                          // 410 without JSON
	FaultTooMany                       // 429, with Reset if given
)

const htmlPage = "<!DOCTYPE html><html><head><title>%d</title></head><body><h1>%d</h1>" +
	"<p>The server encountered a temporary error.</p></body></html>"

// Inject adds a fault; faults are tried in the order of injection, the first
// that matches strikes.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults = append(s.faults, f)
}

// ClearFaults removes all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault finds the fault that strikes an API request with number n, or a
// token request (n is 0 then, and only a Path can match).
func (s *Server) takeFault(n int, r *http.Request) (Fault, bool) {
	for i := range s.faults {
		f := &s.faults[i]
		if f.Nth != 0 && f.Nth != n || n == 0 && f.Path == "" || !strings.Contains(r.URL.RequestURI(), f.Path) {
			continue
		}
		hit := *f
		if f.Times--; f.Times == 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return hit, true
	}
	return Fault{}, false
}

// early faults replace the answer, so that the right one need not be made.
func (f Fault) early() bool {
	switch f.Kind {
	case FaultTruncated, FaultCut, FaultSlow, FaultReset, FaultResetHeaders:
		return false
	}
	return true
}

func (s *Server) applyFault(f Fault, right answer, now time.Time) answer {
	status := func(usual int) int {
		if f.Status != 0 {
			return f.Status
		}
		return usual
	}
	right.whole = right.whole && f.Kind == FaultSlow
	switch f.Kind {
	case FaultForbidden:
		a := newAnswer(http.StatusForbidden, jsonType,
			[]byte(`{"error":{"code":403,"message":"The caller does not have permission","status":"PERMISSION_DENIED"}}`))
		a.header.Set("Server", "ESF")
		return a
	case FaultHTML:
		code := strconv.Itoa(status(http.StatusBadGateway))
		a := newAnswer(status(http.StatusBadGateway), "text/html; charset=utf-8",
			[]byte(strings.ReplaceAll(htmlPage, "%d", code)))
		a.gzip = !s.modes.NoGzip
		return a
	case FaultEmpty:
		return newAnswer(status(http.StatusInternalServerError), jsonType, nil)
	case FaultTruncated:
		right.body = right.body[:len(right.body)/2]
		return right
	case FaultCut:
		right.drop = dropMidBody
		return right
	case FaultShape:
		return newAnswer(http.StatusOK, jsonType, []byte(`{"result":{"rows":"none","code":7}}`))
	case FaultBody:
		return newAnswer(status(http.StatusOK), jsonType, []byte(f.Body))
	case FaultSlow:
		right.pause = f.Pause
		fill(&right.pause, time.Second)
		return right
	case FaultReset:
		right.drop = dropBeforeStatus
		return right
	case FaultResetHeaders:
		right.drop = dropAfterHeaders
		return right
	case FaultGone:
		return gone()
	case FaultTooMany:
		reset := f.Reset
		fill(&reset, s.untilReset(now))
		return s.tooMany(reset)
	}
	kind, message := f.ErrorType, f.Message
	fill(&kind, "request")
	fill(&message, "An error occurred with the Fitbit Web API while processing the request.")
	refused := refusal{status(http.StatusInternalServerError), kind, f.Field, message}
	return refused.answer()
}

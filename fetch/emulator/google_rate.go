package emulator

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// googleRate is the quota of one user (Google sheet 3.1): calls in the last
// sixty seconds, and for an unverified app a bucket of 2.5 calls a second.
type googleRate struct {
	taken  []time.Time
	bucket float64 // calls used up, draining at unverifiedRate
	at     time.Time
}

const (
	unverifiedRate  = 2.5
	unverifiedBurst = 10
)

// take counts a call, or tells how long to wait. Refused calls are not counted.
func (q *googleRate) take(now time.Time, limit int, unverified bool) (wait time.Duration, over bool) {
	for len(q.taken) > 0 && !q.taken[0].After(now.Add(-time.Minute)) {
		q.taken = q.taken[1:]
	}
	if len(q.taken) >= limit {
		return q.taken[len(q.taken)-limit].Add(time.Minute).Sub(now), true
	}
	q.bucket = math.Max(0, q.bucket-now.Sub(q.at).Seconds()*unverifiedRate)
	q.at = now
	if unverified && q.bucket+1 > unverifiedBurst+1e-9 {
		return time.Duration((q.bucket + 1 - unverifiedBurst) / unverifiedRate * float64(time.Second)), true
	}
	q.bucket = math.Min(q.bucket+1, unverifiedBurst)
	q.taken = append(q.taken, now)
	return 0, false
}

// googleTooMany is the 429 by the general convention; no header tells what is
// left (Google sheet 3.1).
func (s *Server) googleTooMany(wait time.Duration) answer {
	r := &googleRefusal{
		status: http.StatusTooManyRequests, code: "RESOURCE_EXHAUSTED", reason: "RATE_LIMIT_EXCEEDED", domain: "googleapis.com",
		message: "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute per user'.", metadata: projectMetadata,
	}
	switch s.modes.RetryAfter {
	case RetryAfterRight:
		seconds := int(math.Max(1, math.Ceil(wait.Seconds())))
		r.header = [][2]string{{"Retry-After", strconv.Itoa(seconds)}}
	case RetryAfterWrong:
		r.header = [][2]string{{"Retry-After", "1"}}
	}
	return r.answer()
}

// canonical are the status names of the faults that have one (Google sheet 7).
var canonical = map[int]string{
	400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 412: "FAILED_PRECONDITION",
	429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}

// applyGoogleFault is applyFault in the shapes of Google.
func (s *Server) applyGoogleFault(f Fault, right answer, now time.Time) answer {
	switch f.Kind {
	case FaultError:
		status, message := f.Status, f.Message
		fill(&status, http.StatusInternalServerError)
		fill(&message, "Internal error encountered.")
		return (&googleRefusal{status: status, code: canonical[status], reason: f.ErrorType, message: message}).answer()
	case FaultForbidden:
		return denied("RESOURCE_PERMISSION_DENIED", "", "The caller does not have permission.").answer()
	case FaultTooMany:
		wait := f.Reset
		fill(&wait, time.Minute)
		return s.googleTooMany(wait)
	}
	return s.applyFault(f, right, now)
}

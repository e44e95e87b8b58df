package emulator

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// quota is the fixed hourly window of one user and app, aligned to full hours
// of the server's clock (sheet 2).
type quota struct {
	window time.Time
	used   int
}

// take counts a call and tells whether it is one too many.
func (q *quota) take(clock time.Time, limit int) (over bool) {
	q.turn(clock)
	q.used++
	return q.used > limit
}

func (q *quota) turn(clock time.Time) {
	if window := clock.Truncate(time.Hour); window.After(q.window) {
		q.window, q.used = window, 0
	}
}

// Spend counts n calls as if another client of the same user and app had made
// them.
func (s *Server) Spend(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quota.turn(s.quotaClock(s.Now()))
	s.quota.used += n
}

func (s *Server) limit() int {
	if s.modes.Limit > 0 {
		return s.modes.Limit
	}
	return s.options.Limit
}

func (s *Server) serverClock(now time.Time) time.Time { return now.Add(s.modes.Skew) }

// quotaClock decides the window; it may run late behind the clock by which the
// reset is announced.
func (s *Server) quotaClock(now time.Time) time.Time {
	return s.serverClock(now).Add(-s.modes.ResetLate)
}

// untilReset is the announced wait, in whole seconds and at least one.
func (s *Server) untilReset(now time.Time) time.Duration {
	s.quota.turn(s.quotaClock(now))
	left := s.quota.window.Add(time.Hour).Sub(s.serverClock(now))
	return time.Duration(max(1, math.Ceil(left.Seconds()))) * time.Second
}

// quotaHeaders are on every answer of the API, errors included.
func (s *Server) quotaHeaders(now time.Time, untilReset time.Duration) http.Header {
	limit := s.limit()
	remaining := min(limit, max(0, limit-s.quota.used)+s.modes.RemainingLag)
	reset := int(untilReset / time.Second)
	values := [3]string{strconv.Itoa(limit), strconv.Itoa(remaining), strconv.Itoa(reset)}
	names := [3]string{"Fitbit-Rate-Limit-Limit", "Fitbit-Rate-Limit-Remaining", "Fitbit-Rate-Limit-Reset"}
	switch s.modes.QuotaHeaders {
	case HeadersMissing:
		return nil
	case HeadersOddCase:
		names = [3]string{"Fitbit-rate-limit-limit", "Fitbit-rate-limit-remaining", "Fitbit-rate-limit-reset"}
	case HeadersWords:
		values = [3]string{"many", "some", "soon"}
	case HeadersNegative:
		values = [3]string{"-1", "-1", "-1"}
	}
	h := http.Header{}
	for i, name := range names {
		h[name] = []string{values[i]}
	}
	return h
}

// tooMany is the 429 that announces a reset.
func (s *Server) tooMany(reset time.Duration) answer {
	a := failure(http.StatusTooManyRequests, "system", "n/a", "Too Many Requests")
	if s.modes.Legacy429 {
		a = failure(http.StatusTooManyRequests, "request", "", "Rate limit exceeded. Retry after the hour turns.")
	}
	switch s.modes.RetryAfter {
	case RetryAfterRight:
		a.header.Set("Retry-After", strconv.Itoa(int(reset/time.Second)))
	case RetryAfterWrong:
		a.header.Set("Retry-After", "1")
	}
	a.reset = reset
	return a
}

package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"fitvault/store/catalog"
)

// Service sends the questions of a dialect to its API, one HTTP request each.
type Service struct {
	Source  catalog.Source
	Base    string // address of the API, without a slash at its end
	Agent   string // User-Agent
	Client  *http.Client
	MaxBody int64 // bytes of an answer

	Keeps     func(header string) bool // which headers of an answer are kept, by their canonical names
	HoldsData func(body []byte) bool   // false for an error, a text or what is garbled

	// Failed tells what an answer of a status other than 200 means, without the secrets
	// that were sent.
	Failed func(op string, status int, h http.Header, body []byte, sent ...string) error
}

// Request is one question, as it is sent.
type Request struct {
	Method string
	Path   string            // with query
	Note   string            // what Path does not tell of the question, for the record
	Header map[string]string // of the question; kept with the answer
	Body   []byte            // JSON; nil: none
}

// Do sends a request once, with an access token. The answer's headers come beside it, all
// of them. See Provider.Get for the answer and the error.
func (s *Service) Do(ctx context.Context, access string, r Request) (Answer, http.Header, error) {
	a := Answer{Method: r.Method, Path: r.Path + r.Note, Header: map[string]string{}, Budget: Budget{Remaining: -1}}
	req, err := http.NewRequestWithContext(ctx, r.Method, s.Base+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return a, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+access)
	req.Header.Set("User-Agent", s.Agent)
	if r.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range r.Header {
		req.Header.Set(k, v)
		a.Header[k] = v
	}
	res, err := s.Client.Do(req)
	a.Fetched = time.Now()
	if err != nil {
		return a, nil, s.unanswered(ctx, r, err, access)
	}
	defer res.Body.Close()
	a.Status = res.StatusCode
	for k, values := range res.Header {
		if k := textproto.CanonicalMIMEHeaderKey(k); s.Keeps(k) {
			a.Header[k] = strings.Join(values, ", ")
		}
	}
	a.Body, err = io.ReadAll(io.LimitReader(res.Body, s.MaxBody))
	if err != nil && a.Status == http.StatusOK {
		a.Body = []byte(Redact(string(a.Body), access))
		return a, res.Header, s.unanswered(ctx, r, fmt.Errorf("the answer broke off: %w", err), access)
	}
	if a.Status != http.StatusOK {
		err = s.Failed(r.Method+" "+a.Path, a.Status, res.Header, a.Body, access)
		a.Body = []byte(Redact(string(a.Body), access))
		return a, res.Header, err
	}
	if !s.HoldsData(a.Body) {
		a.Body = []byte(Redact(string(a.Body), access))
	}
	return a, res.Header, nil
}

// unanswered is the error of a request that got no whole answer. A cancelled run is the
// caller's own doing and keeps its own error.
func (s *Service) unanswered(ctx context.Context, r Request, err error, sent ...string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &APIError{Source: string(s.Source), Op: r.Method + " " + s.Base + r.Path, Err: &redactedError{withoutAddress(err), sent}}
}

// withoutAddress is the error of an HTTP client without the method and the address, which
// are told beside it.
func withoutAddress(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// redactedError tells an error without the secrets that were sent.
type redactedError struct {
	err  error
	sent []string
}

func (e *redactedError) Error() string { return Redact(e.err.Error(), e.sent...) }

func (e *redactedError) Unwrap() error { return e.err }

// RetryAfter reads the header of that name, in seconds or as a date; 0 when it is absent
// or makes no sense.
func RetryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.Atoi(v); err == nil && n > 0 && n <= 24*3600 {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(0, time.Until(t)), 24*time.Hour)
	}
	return 0
}

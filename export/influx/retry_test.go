package influx

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	return f(r)
}

func reply(status int, header ...string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(""))}
	for i := 0; i < len(header); i += 2 {
		resp.Header.Set(header[i], header[i+1])
	}
	return resp
}

func TestRetries(t *testing.T) {
	refused := errors.New("connection refused")
	tests := map[string]struct {
		retryFor time.Duration
		answers  func(tries int) (*http.Response, error)
		ok       bool
		tries    [2]int // at least, at most
		took     [2]time.Duration
	}{
		"down for ten seconds": {0, func(tries int) (*http.Response, error) {
			if tries < 6 {
				return nil, refused
			}
			return reply(204), nil
		}, true, [2]int{6, 6}, [2]time.Duration{5 * time.Second, 12 * time.Second}},
		"down for ever": {0, func(int) (*http.Response, error) { return nil, refused },
			false, [2]int{7, 15}, [2]time.Duration{20 * time.Second, 30 * time.Second}},
		"unwell for ever": {10 * time.Second, func(int) (*http.Response, error) { return reply(503), nil },
			false, [2]int{4, 8}, [2]time.Duration{5 * time.Second, 10 * time.Second}},
		"one attempt only": {-1, func(int) (*http.Response, error) { return reply(503), nil },
			false, [2]int{1, 1}, [2]time.Duration{0, 0}},
		"Retry-After in seconds": {0, func(tries int) (*http.Response, error) {
			if tries == 1 {
				return reply(429, "Retry-After", "20"), nil
			}
			return reply(204), nil
		}, true, [2]int{2, 2}, [2]time.Duration{20 * time.Second, 20 * time.Second}},
		"Retry-After as a date": {0, func(tries int) (*http.Response, error) {
			if tries == 1 {
				return reply(503, "Retry-After", time.Now().Add(15*time.Second).UTC().Format(http.TimeFormat)), nil
			}
			return reply(204), nil
		}, true, [2]int{2, 2}, [2]time.Duration{15 * time.Second, 15 * time.Second}},
		"Retry-After too far": {0, func(int) (*http.Response, error) { return reply(429, "Retry-After", "3600"), nil },
			false, [2]int{1, 1}, [2]time.Duration{0, 0}},
		"Retry-After of the past": {0, func(tries int) (*http.Response, error) {
			if tries == 1 {
				return reply(429, "Retry-After", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)), nil
			}
			return reply(204), nil
		}, true, [2]int{2, 2}, [2]time.Duration{100 * time.Millisecond, time.Second}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, Options{URL: "http://db.example:8086", Database: "fitbit", RetryFor: tt.retryFor})
				tries := 0
				c.transport = transport(func(*http.Request) (*http.Response, error) {
					tries++
					return tt.answers(tries)
				})
				began := time.Now()
				err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1))))
				if took := time.Since(began); took < tt.took[0] || took > tt.took[1] {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if tries < tt.tries[0] || tries > tt.tries[1] {
					t.Errorf("%d tries, want %v", tries, tt.tries)
				}
				if e, ok := errors.AsType[*Error](err); tt.ok && err != nil || !tt.ok && (!ok || !e.Temporary()) {
					t.Errorf("Write = %v, want success: %v", err, tt.ok)
				}
			})
		})
	}
}

func TestLastCauseIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("no route to host")
		c := newClient(t, Options{URL: "http://db.example:8086", Database: "fitbit"})
		c.transport = transport(func(*http.Request) (*http.Response, error) { return nil, cause })
		err := c.Delete(t.Context(), "steps", "me", noon, noon)
		if !errors.Is(err, cause) || !strings.Contains(err.Error(), "times)") {
			t.Errorf("Delete = %v, want the cause and the number of tries", err)
		}
	})
}

// A server that takes requests and never answers is given up on like one that is down.
func TestSilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{URL: "http://db.example:8086", Database: "fitbit", RetryFor: 25 * time.Second, Timeout: 10 * time.Second})
		c.transport = transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		began := time.Now()
		err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1))))
		if e, ok := errors.AsType[*Error](err); !ok || !e.Temporary() {
			t.Errorf("Write = %v, want a temporary error", err)
		}
		if took := time.Since(began); took < 25*time.Second || took > 35*time.Second {
			t.Errorf("gave up after %v, want RetryFor and at most one Timeout", took)
		}
	})
}

func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{URL: "http://db.example:8086", Database: "fitbit"})
		c.transport = transport(func(*http.Request) (*http.Response, error) {
			return reply(429, "Retry-After", "25"), nil
		})
		interrupted := errors.New("interrupted")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(3*time.Second, func() { cancel(interrupted) })
		began := time.Now()
		err := c.Write(ctx, batch(t, point("steps", "me", noon, intField("count", 1))))
		if e, ok := errors.AsType[*Error](err); !ok || !errors.Is(err, interrupted) || e.Temporary() {
			t.Errorf("Write = %v, want interrupted", err)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("stopped after %v, want 3 s", took)
		}
	})
}

func TestRepeatsAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		c := newClient(t, Options{URL: "http://db.example:8086", Database: "fitbit", Username: "me", Password: "s3cr3t-pass",
			Log: slog.New(slog.NewTextHandler(&out, nil))})
		first := true
		c.transport = transport(func(*http.Request) (*http.Response, error) {
			if first {
				first = false
				return reply(503), nil
			}
			return reply(204), nil
		})
		if err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1)))); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "wait=") || strings.Contains(got, "s3cr3t") {
			t.Errorf("logged %q, want one line with the wait", got)
		}
	})
}

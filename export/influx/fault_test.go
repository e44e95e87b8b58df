package influx

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fitvault/export/influx/influxtest"
	"fitvault/export/line"
	"fitvault/store/catalog"
)

func answer(status int, kind, body string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// resetAfterRead takes the whole request and then cuts the connection without an answer.
func resetAfterRead(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	reset(w, r)
}

// Each fault shows once before each request; what is asked for gets done all the same.
func TestFaultsThatPass(t *testing.T) {
	faults := map[string]func(http.ResponseWriter, *http.Request){
		"500":            answer(500, "application/json", `{"error":"engine: cache-max-memory-size exceeded"}`),
		"503":            answer(503, "text/html", "<html>maintenance</html>"),
		"429":            answer(429, "text/plain", "slow down"),
		"HTML with 200":  answer(200, "text/html", "<html>log in</html>"),
		"empty with 200": answer(200, "application/json", ""),
		"dropping":       answer(200, "application/json", `{"results":[{"statement_id":0,"error":"engine is closed"}]}`),
		"cut JSON":       answer(200, "application/json", `{"results":[{"sta`),
		"reset":          reset,
		"reset at end":   resetAfterRead,
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := influxtest.Shared(t)
			db := s.Database()
			var requests atomic.Int64
			url := proxy(t, s.URL(), func(w http.ResponseWriter, r *http.Request) bool {
				if requests.Add(1)%2 == 0 {
					return false
				}
				fault(w, r)
				return true
			})
			c := newClient(t, Options{URL: url, Database: db, RetryFor: 5 * time.Second})
			c.firstWait = time.Millisecond
			if held, err := c.Prepare(t.Context(), seriesOf("steps", "count", catalog.Int), noon); err != nil || !held.Fresh {
				t.Fatalf("Prepare = %v, %v", held, err)
			}
			b := batch(t, point("steps", "me", noon, intField("count", 1)), point("steps", "me", noon.Add(1), intField("count", 2)))
			if err := errors.Join(c.Write(t.Context(), b), c.Delete(t.Context(), "steps", "me", noon, noon)); err != nil {
				t.Fatal(err)
			}
			if got := s.Dump(db); len(got) != 1 || got[0] != string(b.Line(1)) {
				t.Errorf("stored %q, want %q", got, b.Line(1))
			}
		})
	}
}

// The server may have done what it was asked for when the answer is lost. Asked again, it
// ends in the same state.
func TestLostAnswers(t *testing.T) {
	s, c, db := ready(t)
	var lost atomic.Int64
	c.base = mustParse(t, proxy(t, s.URL(), func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-Lost") != "" || lost.Add(1)%2 == 0 {
			return false
		}
		to := s.URL() + r.URL.RequestURI()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		resp, err := http.Post(to, r.Header.Get("Content-Type"), bytes.NewReader(body))
		if err != nil || resp.StatusCode > 299 {
			t.Errorf("pass on: %v", err)
		}
		_ = resp.Body.Close()
		panic(http.ErrAbortHandler)
	}))
	b := batch(t, point("steps", "me", noon, intField("count", 1)), point("steps", "me", noon.Add(1), intField("count", 2)))
	if err := errors.Join(c.Write(t.Context(), b), c.Delete(t.Context(), "steps", "me", noon, noon)); err != nil {
		t.Fatal(err)
	}
	if got := s.Dump(db); len(got) != 1 || lost.Load() != 14 {
		t.Errorf("after %d requests stored %q, want 14 (a write, and six for the DELETE, each twice) and one point", lost.Load(), got)
	}
}

// Answers that nothing can be hoped from end the call at the first one.
func TestFaultsThatStay(t *testing.T) {
	tests := map[string]struct {
		fault   func(http.ResponseWriter, *http.Request)
		refused bool
		says    string
	}{
		"not a line":         {answer(400, "application/json", `{"error":"unable to parse 'x'"}`), true, "unable to parse 'x'"},
		"proxy's 413":        {answer(413, "text/html", "<html>nginx</html>"), true, "smaller requests"},
		"web page with 400":  {answer(400, "text/html", "<html>Bad Request</html>"), false, "check the address"},
		"web page with 404":  {answer(404, "text/html", "<html>Not Found</html>"), false, "check the address"},
		"method not allowed": {answer(405, "text/plain", "no"), false, "405 Method Not Allowed: no"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://user:hidden@db.example/write?x=1", http.StatusMovedPermanently)
		}, false, "redirects to https://db.example/write"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			requests := 0
			url := proxy(t, "http://127.0.0.1:1", func(w http.ResponseWriter, r *http.Request) bool {
				requests++
				tt.fault(w, r)
				return true
			})
			c := newClient(t, Options{URL: url, Database: "fitbit"})
			err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1))))
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Refused() != tt.refused || e.Temporary() || e.NotFound() || e.Unauthorized() {
				t.Fatalf("Write = %v, want refused: %v", err, tt.refused)
			}
			if !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "hidden") {
				t.Errorf("%q does not say %q", err, tt.says)
			}
			if requests != 1 {
				t.Errorf("%d requests, want 1", requests)
			}
		})
	}
}

// A server that answers before it has read everything must not leave anyone reading the
// batch: the caller fills it anew at once, which the race detector would see.
func TestBatchIsFreeAfterAnEarlyAnswer(t *testing.T) {
	url := proxy(t, "http://127.0.0.1:1", func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return true
	})
	c := newClient(t, Options{URL: url, Database: "fitbit"})
	var b line.Batch
	for range 2 {
		for b.Size() < 4<<20 {
			if err := b.Append(point("steps", "me", noon, intField("count", int64(b.Len())))); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Write(t.Context(), b); err == nil {
			t.Fatal("the batch was taken")
		}
		b.Reset()
	}
}

func TestCancelledWhileTheServerIsSilent(t *testing.T) {
	arrived := make(chan struct{}, 8)
	url := proxy(t, "http://127.0.0.1:1", func(_ http.ResponseWriter, r *http.Request) bool {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived <- struct{}{}
		<-r.Context().Done()
		return true
	})
	c := newClient(t, Options{URL: url, Database: "fitbit"})
	b := batch(t, point("steps", "me", noon, intField("count", 1)))
	for op, call := range map[string]func(context.Context) error{
		"Prepare": func(ctx context.Context) error { _, err := c.Prepare(ctx, nil, noon); return err },
		"Write":   func(ctx context.Context) error { return c.Write(ctx, b) },
		"Delete":  func(ctx context.Context) error { return c.Delete(ctx, "steps", "me", noon, noon) },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-arrived
			cancel()
		}()
		began := time.Now()
		err := call(ctx)
		if e, ok := errors.AsType[*Error](err); !ok || !errors.Is(err, context.Canceled) || e.Temporary() {
			t.Errorf("%s = %v, want cancelled", op, err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s took %v to stop", op, took)
		}
		if err := call(ctx); !errors.Is(err, context.Canceled) || len(arrived) != 0 {
			t.Errorf("%s with an ended context = %v, %d requests", op, err, len(arrived))
		}
	}
}

package emulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"fitvault/fetch/emulator"
)

// record answers in memory, header names as the server wrote them.
func record(s *emulator.Server, token, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	return rec
}

// TestTransport runs in virtual time: no listener, the emulator's clock is the
// bubble's.
func TestTransport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := emulator.New(emulator.Options{Days: 10})
		if err != nil {
			t.Fatal(err)
		}
		token, _, _ := s.SeedTokens()
		client := &http.Client{Transport: s.Transport()}
		get := func(ctx context.Context) (*http.Response, []byte, error) {
			r, _ := http.NewRequestWithContext(ctx, "GET", "https://api.fitbit.com"+devicesPath, nil)
			r.Header.Set("Authorization", "Bearer "+token)
			res, err := client.Do(r)
			if err != nil {
				return nil, nil, err
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			return res, body, err
		}
		ctx := context.Background()
		if res, body, err := get(ctx); err != nil || res.StatusCode != 200 || len(body) == 0 || int(res.ContentLength) != len(body) {
			t.Fatalf("%v %v %s", res, err, body)
		}
		s.Inject(emulator.Fault{Kind: emulator.FaultReset})
		if _, _, err := get(ctx); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("reset: %v", err)
		}
		for _, kind := range []emulator.FaultKind{emulator.FaultCut, emulator.FaultResetHeaders} {
			s.Inject(emulator.Fault{Kind: kind})
			if res, _, err := get(ctx); res == nil || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("cut %d: %v", kind, err)
			}
		}
		s.Inject(emulator.Fault{Kind: emulator.FaultSlow, Pause: time.Hour, Times: 2})
		begin := time.Now()
		if _, body, err := get(ctx); err != nil || len(body) == 0 || time.Since(begin) != time.Hour {
			t.Errorf("slow: %v after %v", err, time.Since(begin))
		}
		short, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		if _, _, err := get(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up: %v", err)
		}
	})
}

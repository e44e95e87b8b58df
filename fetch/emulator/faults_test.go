package emulator_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

func TestFaults(t *testing.T) {
	b := start(t)
	path := activity("steps", "2025-10-01", "2025-11-01")
	right := b.ok(path)
	for _, tt := range []struct {
		what   string
		fault  emulator.Fault
		status int
		body   string // contained
		sample string
	}{
		{"default error", emulator.Fault{}, 500, `"errorType":"request"`, ""},
		{"500 with a field", emulator.Fault{Field: "500"}, 500, `"errorType":"request"`, "error_500_request"},
		{"422", emulator.Fault{Status: 422, ErrorType: "validation", Message: "too much"}, 422, `too much`, ""},
		{"409", emulator.Fault{Status: 409, ErrorType: "system"}, 409, `"system"`, ""},
		{"envelope B", emulator.Fault{Kind: emulator.FaultForbidden}, 403, `PERMISSION_DENIED`, "error_403_google_envelope"},
		{"HTML 502", emulator.Fault{Kind: emulator.FaultHTML}, 502, `<html>`, ""},
		{"HTML 200", emulator.Fault{Kind: emulator.FaultHTML, Status: 200}, 200, `<html>`, ""},
		{"empty 500", emulator.Fault{Kind: emulator.FaultEmpty}, 500, ``, ""},
		{"empty 503", emulator.Fault{Kind: emulator.FaultEmpty, Status: 503}, 503, ``, ""},
		{"shape", emulator.Fault{Kind: emulator.FaultShape}, 200, `{`, ""},
		{"any body", emulator.Fault{Kind: emulator.FaultBody, Status: 412, Body: `{"x":1}`}, 412, `{"x":1}`, ""},
		{"410", emulator.Fault{Kind: emulator.FaultGone}, 410, ``, ""},
		{"429", emulator.Fault{Kind: emulator.FaultTooMany}, 429, `Too Many`, "error_429_current"},
	} {
		b.Inject(tt.fault)
		r := b.get(path)
		if r.status != tt.status || !strings.Contains(r.body, tt.body) || (tt.body == "") != (r.body == "") || r.err != nil {
			t.Errorf("%s: %d %q %v", tt.what, r.status, r.body, r.err)
		}
		if tt.sample != "" {
			sameShape(t, r.body, tt.sample)
		}
		if r.header.Get("Fitbit-Rate-Limit-Remaining") == "" {
			t.Errorf("%s: no quota headers", tt.what)
		}
		if got := b.ok(path); got != right {
			t.Errorf("%s: the answer after the fault is another", tt.what)
		}
	}
	b.Inject(emulator.Fault{Kind: emulator.FaultShape})
	var wrong struct {
		Steps []any `json:"activities-steps"`
	}
	if err := json.Unmarshal([]byte(b.ok(path)), &wrong); err != nil || wrong.Steps != nil {
		t.Errorf("wrong shape: %v %v", wrong, err)
	}
	b.Inject(emulator.Fault{Kind: emulator.FaultForbidden})
	if got := b.get(path).header.Get("Server"); got != "ESF" {
		t.Errorf("envelope B comes from server %q", got)
	}
	b.Inject(emulator.Fault{Status: 401, ErrorType: "expired_token"})
	if r := b.get(path); r.header.Get("WWW-Authenticate") == "" {
		t.Error("scripted 401 without WWW-Authenticate")
	}
}

func TestBrokenAnswers(t *testing.T) {
	b := start(t)
	b.single()
	path := activity("steps", "2025-10-01", "2025-11-01")
	right := b.ok(path)
	for _, gz := range []bool{true, false} {
		b.Set(func(m *emulator.Modes) { m.NoGzip = !gz })
		b.Inject(emulator.Fault{Kind: emulator.FaultTruncated})
		if r := b.get(path); r.status != 200 || r.err != nil || r.body != right[:len(right)/2] {
			t.Errorf("gzip %v, truncated: %d %v, %d of %d bytes", gz, r.status, r.err, len(r.body), len(right))
		}
		b.Inject(emulator.Fault{Kind: emulator.FaultCut})
		if r := b.get(path); r.status != 200 || r.err == nil || len(r.body) >= len(right) {
			t.Errorf("gzip %v, cut: %d %v, %d bytes", gz, r.status, r.err, len(r.body))
		}
		b.Inject(emulator.Fault{Kind: emulator.FaultResetHeaders})
		if r := b.get(path); r.status != 200 || r.err == nil || r.body != "" {
			t.Errorf("gzip %v, reset after headers: %d %q %v", gz, r.status, r.body, r.err)
		}
		b.Inject(emulator.Fault{Kind: emulator.FaultReset})
		if r, err := b.do("GET", path); err == nil {
			t.Errorf("gzip %v, reset: %d", gz, r.status)
		}
		b.Inject(emulator.Fault{Kind: emulator.FaultSlow, Pause: 30 * time.Millisecond})
		begin := time.Now()
		if got := b.ok(path); got != right || time.Since(begin) < 30*time.Millisecond {
			t.Errorf("gzip %v, slow: %v", gz, time.Since(begin))
		}
	}
}

func TestFaultMatching(t *testing.T) {
	b := start(t)
	status := func(path string) int { return b.get(path).status }
	steps, heart := activity("steps", "today", "1d"), activity("heart", "today", "1d")
	b.Inject(emulator.Fault{Nth: 3, Status: 503})
	b.Inject(emulator.Fault{Path: "/heart/", Status: 504, Times: 2})
	for i, want := range []int{200, 504, 503, 504, 200} {
		path := heart
		if i == 0 {
			path = steps
		}
		if got := status(path); got != want {
			t.Errorf("request %d: %d, want %d", i+1, got, want)
		}
	}
	b.Inject(emulator.Fault{Status: 502, Times: -1})
	for range 5 {
		if got := status(steps); got != 502 {
			t.Errorf("for ever: %d", got)
		}
	}
	_, seed, _ := b.SeedTokens()
	if r := b.refresh(seed); r.status != 200 {
		t.Errorf("a fault of any API request struck a token request: %d", r.status)
	}
	b.ClearFaults()
	if got := status(steps); got != 200 {
		t.Errorf("after ClearFaults: %d", got)
	}
}

func TestGzip(t *testing.T) {
	b := start(t)
	path := activity("steps", "2025-10-01", "2025-11-01")
	plain := b.get(path, "Accept-Encoding", "identity")
	packed := b.get(path, "Accept-Encoding", "gzip")
	if plain.header.Get("Content-Encoding") != "" || packed.header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("encodings %q and %q", plain.header.Get("Content-Encoding"), packed.header.Get("Content-Encoding"))
	}
	z, err := gzip.NewReader(strings.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(z); err != nil || string(body) != plain.body {
		t.Errorf("unpacked: %v", err)
	}
	b.Set(func(m *emulator.Modes) { m.NoGzip = true })
	if r := b.get(path, "Accept-Encoding", "gzip"); r.header.Get("Content-Encoding") != "" || r.body != plain.body {
		t.Error("packed although the mode forbids it")
	}
}

func TestRetired(t *testing.T) {
	b := start(t)
	_, seed, _ := b.SeedTokens()
	b.Set(func(m *emulator.Modes) { m.RetiredFrom = noon.Add(time.Hour) })
	b.ok(devicesPath)
	b.clock.Add(time.Hour)
	for what, r := range map[string]reply{
		"data": b.get(devicesPath), "unknown": b.get("/x"), "token": b.refresh(seed),
		"authorize": b.get("/oauth2/authorize?" + consentQuery().Encode()),
	} {
		if r.status != 410 || r.body != "" {
			t.Errorf("%s: %d %q", what, r.status, r.body)
		}
	}
}

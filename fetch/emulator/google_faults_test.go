package emulator_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// TestGooglePaths is rule 1: unknown paths and wrong verbs are HTML 404, with or
// without a token.
func TestGooglePaths(t *testing.T) {
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 20 })
	const points = "/v4/users/me/dataTypes/steps/dataPoints"
	for _, tt := range []struct{ method, path string }{
		{"GET", "/v4/users/me"}, {"GET", "/v4/users/me/devices"}, {"GET", "/v4/users/me/dataTypes/steps"},
		{"GET", "/v4/users/me/dataTypes"}, {"GET", points + ":rollUp"}, {"GET", points + ":dailyRollUp"},
		{"POST", points + ":reconcile"}, {"POST", points}, {"GET", points + ":list"}, {"GET", points + "/"},
		{"DELETE", points + "/1"}, {"GET", points + "/1:exportExerciseTcx"}, {"POST", "/v4/users/me/profile"},
		{"GET", "/v4/projects/1"}, {"GET", "/v4/users/me/dataTypes/exercise/dataPoints/1:tcx"},
		{"GET", "/v4/users/me/profile/1"}, {"PATCH", "/v4/users/me/settings"},
	} {
		for _, header := range []string{"Bearer " + g.token, ""} {
			r, err := g.do(tt.method, tt.path, "Authorization", header)
			if err != nil || r.status != 404 || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") || !strings.Contains(r.body, "<html") {
				t.Errorf("%s %s: %d %.80s %v", tt.method, tt.path, r.status, r.body, err)
			}
		}
	}
	g.token = ""
	r := g.get(points)
	r.refused(t, "no token", 401, "UNAUTHENTICATED", "CREDENTIALS_MISSING")
	g.token = "ya29.unknown-access-token"
	r = g.get(points)
	r.refused(t, "unknown token", 401, "UNAUTHENTICATED", "")
	if !slices.Contains(g.Secrets(), g.token) {
		t.Error("a presented token is a secret")
	}
	if !strings.Contains(r.header.Get("WWW-Authenticate"), `error="invalid_token"`) {
		t.Errorf("WWW-Authenticate: %q", r.header.Get("WWW-Authenticate"))
	}
}

// TestGoogleAccountTrouble is rule 6: every call, and no other dialect.
func TestGoogleAccountTrouble(t *testing.T) {
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 20 })
	for _, tt := range []struct {
		what         string
		mode         func(*emulator.Modes)
		status       int
		name, reason string
		sample       string
	}{
		{"unlinked", func(m *emulator.Modes) { m.GoogleUnlinked = true }, 400, "FAILED_PRECONDITION", "ACCOUNT_NOT_LINKED", "error-400-account-not-linked"},
		{"forbidden", func(m *emulator.Modes) { m.GoogleForbidden = true }, 403, "PERMISSION_DENIED", "RESOURCE_PERMISSION_DENIED", ""},
		{"disabled", func(m *emulator.Modes) { m.GoogleDisabled = true }, 403, "PERMISSION_DENIED", "SERVICE_DISABLED", "error-403-service-disabled"},
		{"legacy login", func(m *emulator.Modes) { m.GoogleLegacyAccount = true }, 403, "PERMISSION_DENIED", "", ""},
		{"not ready", func(m *emulator.Modes) { m.GoogleNotReady = true }, 412, "FAILED_PRECONDITION", "", ""},
	} {
		g.Set(func(m *emulator.Modes) { *m = emulator.Modes{}; tt.mode(m) })
		for _, path := range []string{"/v4/users/me/identity", "/v4/users/me/pairedDevices", dataPath("steps", "list")} {
			r := g.get(path)
			r.refused(t, tt.what+" "+path, tt.status, tt.name, tt.reason)
			if tt.sample != "" {
				sameShape(t, r.body, "google/"+tt.sample)
			}
		}
		if _, status := g.tokens(g.refreshForm(g.GoogleSeedToken())); status != 200 {
			t.Errorf("%s: refresh %d", tt.what, status)
		}
	}
	g.Set(func(m *emulator.Modes) { *m = emulator.Modes{RetiredFrom: noon} })
	g.ok("/v4/users/me/identity")
	legacy, _, _ := g.SeedTokens()
	for _, path := range []string{"/1/user/-/profile.json", "/oauth2/authorize"} {
		if r := g.get(path, "Authorization", "Bearer "+legacy); r.status != 410 {
			t.Errorf("%s after the end: %d", path, r.status)
		}
	}
}

// TestGoogleTolerance is rule 19, and its other side: unknown parameters are
// refused.
func TestGoogleTolerance(t *testing.T) {
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 20 })
	plain := g.ok(dataPath("steps", "list", "pageSize", "4"))
	same := g.ok(dataPath("steps", "list", "pageSize", "4", "alt", "json", "prettyPrint", "false", "fields", "dataPoints", "quotaUser", "x"),
		"X-Goog-Api-Client", "gl-go/1.26", "User-Agent", "google-api-go-client/0.5")
	if same != plain {
		t.Error("common parameters change the answer")
	}
	g.postJSON(dataPath("steps", "rollUp", "alt", "json", "prettyPrint", "false"), rollDay)
	for _, extra := range []string{"startTime", "endTime", "page_size", "user"} {
		g.get(dataPath("steps", "list", extra, "1")).refused(t, extra, 400, "INVALID_ARGUMENT", "")
	}
	g.get(dataPath("steps", "list", "alt", "xml")).refused(t, "alt", 400, "INVALID_ARGUMENT", "")
}

// TestGoogleMinuteLimit is rule 20, by the minute: with and without Retry-After.
func TestGoogleMinuteLimit(t *testing.T) {
	g := startGoogle(t, func(o *emulator.Options) { o.Days, o.GoogleLimit = 20, 0 })
	for range 100 {
		g.ok("/v4/users/me/identity")
	}
	g.clock.Add(20 * time.Second)
	for range 200 {
		g.ok("/v4/users/me/identity")
	}
	r := g.get("/v4/users/me/identity")
	r.refused(t, "301st", 429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED")
	sameShape(t, r.body, "google/error-429-rate-limit")
	if r.header.Get("Retry-After") != "" {
		t.Error("Retry-After by default")
	}
	for name := range r.header {
		if strings.Contains(strings.ToLower(name), "limit") {
			t.Errorf("header %s", name)
		}
	}
	g.Set(func(m *emulator.Modes) { m.RetryAfter = emulator.RetryAfterRight })
	r = g.get("/v4/users/me/identity")
	wait, err := strconv.Atoi(r.header.Get("Retry-After"))
	if r.status != 429 || err != nil || wait != 40 {
		t.Errorf("Retry-After %q", r.header.Get("Retry-After"))
	}
	g.clock.Add(time.Duration(wait)*time.Second - time.Millisecond)
	if r := g.get("/v4/users/me/identity"); r.status != 429 {
		t.Errorf("before the wait is over: %d", r.status)
	}
	g.clock.Add(time.Millisecond)
	g.ok("/v4/users/me/identity")
}

// TestGoogleUnverifiedLimit is rule 20, by the second: 2.5 calls a second with
// bursts of ten.
func TestGoogleUnverifiedLimit(t *testing.T) {
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 20 })
	g.Set(func(m *emulator.Modes) { m.GoogleUnverified = true })
	for range 10 {
		g.ok("/v4/users/me/identity")
	}
	g.get("/v4/users/me/identity").refused(t, "burst", 429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED")
	for range 100 {
		g.clock.Add(400 * time.Millisecond)
		g.ok("/v4/users/me/identity")
	}
	g.clock.Add(300 * time.Millisecond)
	if r := g.get("/v4/users/me/identity"); r.status != 429 {
		t.Errorf("faster than 2.5 a second: %d", r.status)
	}
	g.Set(func(m *emulator.Modes) { m.GoogleUnverified = false })
	g.ok("/v4/users/me/identity")
}

// TestGoogleFaults is rule 21.
func TestGoogleFaults(t *testing.T) {
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 20 })
	g.single()
	path := dataPath("steps", "list", "pageSize", "50")
	right := g.ok(path)
	for _, tt := range []struct {
		fault  emulator.Fault
		status int
		name   string
	}{
		{emulator.Fault{Kind: emulator.FaultError}, 500, "INTERNAL"},
		{emulator.Fault{Kind: emulator.FaultError, Status: 502}, 502, ""},
		{emulator.Fault{Kind: emulator.FaultError, Status: 503}, 503, "UNAVAILABLE"},
		{emulator.Fault{Kind: emulator.FaultError, Status: 504}, 504, "DEADLINE_EXCEEDED"},
		{emulator.Fault{Kind: emulator.FaultForbidden}, 403, "PERMISSION_DENIED"},
		{emulator.Fault{Kind: emulator.FaultTooMany}, 429, "RESOURCE_EXHAUSTED"},
	} {
		g.Inject(tt.fault)
		if r := g.get(path); r.status != tt.status || !strings.Contains(r.body, `"status":"`+tt.name) && tt.name != "" {
			t.Errorf("%+v: %d %s", tt.fault, r.status, r.body)
		}
	}
	g.Inject(emulator.Fault{Kind: emulator.FaultHTML, Status: 200})
	if r := g.get(path); r.status != 200 || !strings.Contains(r.header.Get("Content-Type"), "html") {
		t.Errorf("HTML: %d %s", r.status, r.body)
	}
	g.Inject(emulator.Fault{Kind: emulator.FaultTruncated})
	if r := g.get(path); r.status != 200 || r.err != nil || len(r.body) != len(right)/2 {
		t.Errorf("truncated: %d of %d bytes", len(r.body), len(right))
	}
	g.Inject(emulator.Fault{Kind: emulator.FaultCut})
	if r, err := g.do("GET", path); err != nil || r.err == nil {
		t.Errorf("cut: %v %v", err, r.err)
	}
	g.Inject(emulator.Fault{Kind: emulator.FaultReset})
	if _, err := g.do("GET", path); err == nil {
		t.Error("reset: answered")
	}
	g.Inject(emulator.Fault{Kind: emulator.FaultError, Path: "/token", Status: 503})
	if _, status := g.tokens(g.refreshForm(g.GoogleSeedToken())); status != 503 {
		t.Errorf("token endpoint: %d", status)
	}
	g.Set(func(m *emulator.Modes) { m.GoogleTokenStatus = 429 })
	if _, status := g.tokens(g.refreshForm(g.GoogleSeedToken())); status != 429 {
		t.Errorf("token endpoint: %d", status)
	}
	if g.ok(path) != right {
		t.Error("a fault lasts")
	}
	n := 0
	for _, r := range g.Requests() {
		if r.Kind == emulator.KindGoogle {
			n = r.N
		}
	}
	g.Inject(emulator.Fault{Kind: emulator.FaultError, Nth: n + 2})
	g.ok(path)
	if r := g.get(path); r.status != http.StatusInternalServerError {
		t.Errorf("by number: %d", r.status)
	}
}

func TestGoogleRepeatsAreViolations(t *testing.T) {
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 20 })
	g.Set(func(m *emulator.Modes) { m.NoRepeats = true })
	path := dataPath("steps", "list", "pageSize", "5")
	g.Inject(emulator.Fault{Kind: emulator.FaultCut})
	g.do("GET", path)
	g.ok(path)
	g.roll("steps", "rollUp", rollDay)
	g.roll("steps", "rollUp", strings.Replace(rollDay, "86400s", "3600s", 1))
	g.ok("/v4/users/me/pairedDevices")
	g.ok("/v4/users/me/pairedDevices")
	if v := g.Violations(); len(v) != 0 {
		t.Errorf("violations: %q", v)
	}
	g.ok(path)
	if v := g.Violations(); len(v) != 1 {
		t.Errorf("violations: %q", v)
	}
	g.Set(func(m *emulator.Modes) { m.NoData = []string{"/floors/"} })
	if body := g.ok(dataPath("floors", "reconcile")); body != "{}" {
		t.Errorf("no data by mode: %s", body)
	}
}

// TestGoogleGzip: answers are compressed for those who ask.
func TestGoogleGzip(t *testing.T) {
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 20 })
	path := dataPath("steps", "list", "pageSize", "500")
	if r := g.get(path, "Accept-Encoding", "gzip"); r.header.Get("Content-Encoding") != "gzip" || len(r.body) > len(g.ok(path))/4 {
		t.Errorf("gzip: %v, %d bytes", r.header, len(r.body))
	}
}

package google_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

// decisions lists what an error says of itself.
func decisions(err error) string {
	var e *fetch.APIError
	if !errors.As(err, &e) {
		return "unexpected error"
	}
	var out []string
	for _, d := range []struct {
		name string
		is   bool
	}{
		{"temporary", e.Temporary()}, {"unauthorized", e.Unauthorized()}, {"limited", e.Limited()},
		{"denied", e.Denied()}, {"refused", e.Refused()}, {"gone", e.Gone()},
	} {
		if d.is {
			out = append(out, d.name)
		}
	}
	var account *fetch.AccountError
	if errors.As(err, &account) {
		out = append(out, "account")
		if account.SignIn {
			out = append(out, "sign-in")
		}
	}
	return strings.Join(out, " ")
}

const html = "<!DOCTYPE html><html lang=en><title>Error</title>That’s an error."

// envelope is an error body, with an ErrorInfo where there is a reason.
func envelope(status, reason, metadata, message string) string {
	b := `{"error":{"code":0,"message":"` + message + `","status":"` + status + `"`
	if reason != "" {
		b += `,"details":[{"@type":"type.googleapis.com/google.rpc.Help"},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"` +
			reason + `","domain":"x","metadata":{` + metadata + `}}]`
	}
	return b + "}}"
}

// The rows are those of section 7.
func TestWhatAnErrorMeans(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		kind   string
		body   string
		want   string // its decisions
		code   string
	}{
		{"an unknown type", 400, "", envelope("INVALID_ARGUMENT", "INVALID_PARENT_DATA_TYPE_COLLECTION", "", "no"), "refused", "INVALID_PARENT_DATA_TYPE_COLLECTION"},
		{"an operation that is not offered", 400, "", sample(t, "error-400-unsupported-action.json"), "refused", "UNSUPPORTED_DATA_TYPE_ACTION"},
		{"a wrong member in a filter", 400, "", sample(t, "error-400-filter-member.json"), "refused", "INVALID_DATA_POINT_FILTER_DATA_TYPE_MEMBER"},
		{"a wrong literal", 400, "", envelope("INVALID_ARGUMENT", "INVALID_FILTER_FORMAT", "", "no"), "refused", "INVALID_FILTER_FORMAT"},
		{"an end before the start", 400, "", sample(t, "error-400-time-range.json"), "refused", "INVALID_TIME_RANGE"},
		{"too long a rollup", 400, "", sample(t, "error-400-rollup-duration.json"), "refused", "INVALID_ROLLUP_QUERY_DURATION"},
		{"a body that is no JSON", 400, "", envelope("INVALID_ARGUMENT", "", "", "Invalid JSON payload received."), "refused", "INVALID_ARGUMENT"},
		{"a front end's refusal", 400, "text/html; charset=UTF-8", html, "refused", ""},
		{"the wrong account", 400, "", sample(t, "error-400-account-not-linked.json"), "refused account sign-in", "ACCOUNT_NOT_LINKED"},
		{"an old access token", 401, "", sample(t, "error-401-invalid-token.json"), "unauthorized", "UNAUTHENTICATED"},
		{"a scope that was not granted", 403, "", envelope("PERMISSION_DENIED", "MISSING_OAUTH_SCOPE", "", "no"), "denied", "MISSING_OAUTH_SCOPE"},
		{"the general word for it", 403, "", sample(t, "error-403-scope.json"), "denied", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"},
		{"the same with a consumer", 403, "", envelope("PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", `"consumer":"projects/1"`, "no"), "denied", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"},
		{"the API is off", 403, "", sample(t, "error-403-service-disabled.json"), "account", "SERVICE_DISABLED"},
		{"a project that is not admitted", 403, "", envelope("PERMISSION_DENIED", "CONSUMER_INVALID", `"consumer":"projects/1"`, "no"), "account", "CONSUMER_INVALID"},
		{"a broken grant", 403, "", envelope("PERMISSION_DENIED", "RESOURCE_PERMISSION_DENIED", "", "no"), "account sign-in", "RESOURCE_PERMISSION_DENIED"},
		{"a legacy login", 403, "", envelope("PERMISSION_DENIED", "", "", "Failed to mint a token from the account"), "account sign-in", "PERMISSION_DENIED"},
		{"another refusal", 403, "", envelope("PERMISSION_DENIED", "", "", "The caller does not have permission"), "", "PERMISSION_DENIED"},
		{"a refusal in HTML", 403, "text/html", html, "", ""},
		{"a deleted point", 404, "", envelope("NOT_FOUND", "", "", "Requested entity was not found."), "refused", "NOT_FOUND"},
		{"a wrong address", 404, "text/html; charset=UTF-8", html, "temporary refused account", ""},
		{"JSON that says to be HTML", 404, "text/html", envelope("NOT_FOUND", "", "", "no"), "temporary refused account", ""},
		{"a profile that is not ready", 412, "", envelope("FAILED_PRECONDITION", "", "", "Precondition check failed."), "refused account", "FAILED_PRECONDITION"},
		{"over the quota", 429, "", sample(t, "error-429-rate-limit.json"), "limited", "RATE_LIMIT_EXCEEDED"},
		{"over the quota, without words", 429, "text/html", html, "limited", ""},
		{"a fault", 500, "", envelope("INTERNAL", "", "", "Internal error encountered."), "temporary", "INTERNAL"},
		{"a proxy's page", 502, "text/html", html, "temporary", ""},
		{"unavailable", 503, "", envelope("UNAVAILABLE", "", "", "no"), "temporary", "UNAVAILABLE"},
		{"unavailable, with words of denial", 503, "", sample(t, "error-403-scope.json"), "temporary", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"},
		{"too large a page", 504, "", envelope("DEADLINE_EXCEEDED", "", "", "Deadline expired"), "temporary", "DEADLINE_EXCEEDED"},
		{"an odd error", 400, "", `{"error":"odd"}`, "refused", ""},
		{"odd metadata", 403, "", envelope("PERMISSION_DENIED", "MISSING_OAUTH_SCOPE", `"a":{"b":1}`, "no"), "denied", "MISSING_OAUTH_SCOPE"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := newProvider(&answering{status: tt.status, kind: tt.kind, body: tt.body}).Get(t.Context(), "my-access", steps(t))
			var api *fetch.APIError
			if !errors.As(err, &api) || decisions(err) != tt.want || api.Code != tt.code || api.Status != tt.status || string(a.Body) != fetch.Redact(tt.body) || api.Scope != (tt.want == "denied") {
				t.Errorf("%v: it is %q, want %q; want code %q", err, decisions(err), tt.want, tt.code)
			}
		})
	}
}

// What concerns the account tells the remedy, in a line.
func TestFaultsOfTheAccount(t *testing.T) {
	for _, tt := range []struct {
		name   string
		mode   func(*emulator.Modes)
		signIn bool
		words  []string
	}{
		{"the wrong account", func(m *emulator.Modes) { m.GoogleUnlinked = true }, true,
			[]string{"no health data", "Google Health app", "account that owns the data", "https://fitbit.google.com/auth/signup", "ACCOUNT_NOT_LINKED"}},
		{"a broken grant", func(m *emulator.Modes) { m.GoogleForbidden = true }, true, []string{"https://myaccount.google.com/connections", "sign in again"}},
		{"the API is off", func(m *emulator.Modes) { m.GoogleDisabled = true }, false, []string{"enable it", "SERVICE_DISABLED"}},
		{"a legacy login", func(m *emulator.Modes) { m.GoogleLegacyAccount = true }, true, []string{"legacy Fitbit login", "Google account"}},
		{"a profile that is not ready", func(m *emulator.Modes) { m.GoogleNotReady = true }, false, []string{"finish the set-up", "next round", "HTTP 412"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := start(t)
			b.emu.Set(tt.mode)
			_, err := b.Get(t.Context(), b.access, steps(t))
			var account *fetch.AccountError
			if !errors.As(err, &account) || account.SignIn != tt.signIn || account.Source != "google" {
				t.Fatalf("%v", err)
			}
			for _, w := range append(tt.words, "google: "+account.Reason+": "+account.Remedy+" (google: GET /v4/users/me/dataTypes/steps") {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q is not in: %v", w, err)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than a line: %q", err)
			}
		})
	}
}

func TestAScopeThatWasNotGranted(t *testing.T) {
	b := start(t, func(o *emulator.Options) {
		for _, s := range emulator.AllGoogleScopes {
			if !strings.Contains(s, "activity") {
				o.GoogleScopes = append(o.GoogleScopes, s)
			}
		}
	})
	for _, generic := range []bool{false, true} {
		b.emu.Set(func(m *emulator.Modes) { m.GoogleGenericScope = generic })
		if _, err := b.Get(t.Context(), b.access, steps(t)); decisions(err) != "denied" {
			t.Errorf("%v", err)
		}
	}
	b.ask(fetch.Question{Ask: list(catalog.List, "weight", "sample_time.civil_time", "sampleTime.physicalTime"), Span: span(t, "2025-10-01", "2025-10-20")})
}

func TestFaultsOfTheService(t *testing.T) {
	b := start(t)
	for name, tt := range map[string]struct {
		fault emulator.Fault
		want  string
	}{
		"a fault":             {emulator.Fault{Status: 503}, "temporary"},
		"a page":              {emulator.Fault{Kind: emulator.FaultHTML}, "temporary"},
		"an empty answer":     {emulator.Fault{Kind: emulator.FaultEmpty}, "temporary"},
		"a broken connection": {emulator.Fault{Kind: emulator.FaultCut}, "temporary"},
		"no answer":           {emulator.Fault{Kind: emulator.FaultReset}, "temporary"},
		"too many":            {emulator.Fault{Kind: emulator.FaultTooMany}, "limited"},
		"switched off":        {emulator.Fault{Kind: emulator.FaultGone}, "gone"},
	} {
		b.emu.Inject(tt.fault)
		if _, err := b.Get(t.Context(), b.access, steps(t)); decisions(err) != tt.want {
			t.Errorf("%s: %v is %q, want %q", name, err, decisions(err), tt.want)
		}
	}
	for name, tt := range map[string]struct {
		fault emulator.Fault
		want  string
	}{
		"half an answer":        {emulator.Fault{Kind: emulator.FaultTruncated}, "garbled"},
		"a page with 200":       {emulator.Fault{Kind: emulator.FaultHTML, Status: 200}, "garbled"},
		"another shape":         {emulator.Fault{Kind: emulator.FaultShape}, "of another shape"},
		"an error with 200":     {emulator.Fault{Kind: emulator.FaultBody, Body: envelope("INTERNAL", "", "", "no")}, "of another shape"},
		"nothing, with 200":     {emulator.Fault{Kind: emulator.FaultEmpty, Status: 200}, "garbled"},
		"a slow answer, whole":  {emulator.Fault{Kind: emulator.FaultSlow, Pause: time.Millisecond}, "whole"},
		"an empty list of 200s": {emulator.Fault{Kind: emulator.FaultBody, Body: `{}`}, "0"},
	} {
		b.emu.Inject(tt.fault)
		a, err := b.Get(t.Context(), b.access, steps(t))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := describe(b.Inspect(steps(t), a.Body)); got != tt.want && (tt.want != "whole" || !strings.Contains(got, " of 2025-10-25")) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	b.emu.Set(func(m *emulator.Modes) { m.GoogleTimeoutAbove = 5000 })
	q := steps(t)
	var api *fetch.APIError
	if _, err := b.Get(t.Context(), b.access, q); !errors.As(err, &api) || api.Status != 504 || !api.Temporary() {
		t.Errorf("too large a page: %v", err)
	}
	q.Page = 5000
	b.ask(q)
	b.emu.GoogleExpireAccess()
	if _, err := b.Get(t.Context(), b.access, q); decisions(err) != "unauthorized" {
		t.Errorf("an old token: %v", err)
	}
	b.checkManners()
}

func TestNoAnswerIsTemporary(t *testing.T) {
	for name, a := range map[string]*answering{
		"refused connection": {err: errors.New("connection refused")},
		"broken body":        {status: 200, body: `{"dataPoints":[`, breaks: true},
		"no body at all":     {err: io.ErrUnexpectedEOF},
	} {
		_, err := newProvider(a).Get(t.Context(), "my-access", steps(t))
		if decisions(err) != "temporary" || !strings.Contains(err.Error(), "https://health.example/v4/users/me/dataTypes/steps") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newProvider(&answering{err: context.Canceled}).Get(ctx, "my-access", steps(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		header string
		want   time.Duration
	}{{"", 0}, {"120", 2 * time.Minute}, {"7200", time.Hour}, {"-5", 0}, {"soon", 0}, {"999999999", 0},
		{time.Now().Add(30 * time.Minute).UTC().Format(http.TimeFormat), 30 * time.Minute},
		{time.Now().Add(5 * time.Hour).UTC().Format(http.TimeFormat), time.Hour}, {"Sun, 01 Nov 2020 10:00:00 GMT", 0}} {
		_, err := newProvider(&answering{status: 429, header: http.Header{"Retry-After": {tt.header}}}).Get(t.Context(), "my-access", steps(t))
		var api *fetch.APIError
		if !errors.As(err, &api) || (api.After-tt.want).Abs() > 5*time.Second {
			t.Errorf("%q: %v", tt.header, api)
		}
	}
}

// A filter is no token, although it has dots; it must stay readable in an error.
func TestAnErrorKeepsTheMemberItIsAbout(t *testing.T) {
	b := start(t)
	q := steps(t)
	q.Ask.Filter = "steps.interval.end_time"
	_, err := b.Get(t.Context(), b.access, q)
	if err == nil || !strings.Contains(err.Error(), `cannot be filtered by "steps.interval.end_time"`) {
		t.Errorf("%v", err)
	}
}

// A token need not look like one: what was sent is replaced wherever it is echoed.
func TestWhatWasSentIsNotEchoed(t *testing.T) {
	access, refresh, code, verifier := "my-odd-access", "my-odd-refresh", "my-odd-code", "my-odd-verifier"
	echo := "not these: " + strings.Join([]string{access, refresh, code, verifier, "s3cret", "ya29.a0AfH-x", "1//0e-abc"}, " ")
	for _, body := range []string{
		envelope("INVALID_ARGUMENT", "", "", echo),
		envelope(echo, "", "", "no"),
		envelope("PERMISSION_DENIED", echo, "", "no"),
		envelope("FAILED_PRECONDITION", "ACCOUNT_NOT_LINKED", `"redirect_uri":"https://x/?`+echo+`"`, "no"),
		envelope("INVALID_ARGUMENT", "X", `"detailedReasons":"`+echo+`"`, "no"),
		`{"error":"invalid_grant","error_description":"` + echo + `"}`,
		`{"error":"` + echo + `"}`,
		"<html>" + echo,
		`{"access_token":"` + echo,
	} {
		for _, status := range []int{200, 400, 401, 403, 404, 412, 503} {
			p := newProvider(&answering{status: status, body: body})
			none := func(op, text string, secrets ...string) {
				t.Helper()
				for _, s := range append(secrets, "ya29.a", "1//0e") {
					if strings.Contains(text, s) {
						t.Errorf("%s, status %d: %q is in %s", op, status, s, text)
					}
				}
			}
			a, err := p.Get(t.Context(), access, steps(t))
			if err != nil {
				none("get", err.Error(), access)
			}
			none("get", string(a.Body)+a.Path, access)
			_, err = p.Inspect(steps(t), a.Body)
			none("inspect", err.Error(), access)
			_, err = p.Refresh(t.Context(), refresh)
			none("refresh", err.Error(), refresh, "s3cret")
			_, _, err = p.Exchange(t.Context(), code, verifier)
			none("exchange", err.Error(), code, verifier, "s3cret")
			if err = p.Revoke(t.Context(), refresh); status != http.StatusOK {
				none("revoke", err.Error(), refresh, "s3cret")
			}
		}
	}
	p := newProvider(&answering{err: errors.New("proxy says " + echo)})
	_, err := p.Get(t.Context(), access, steps(t))
	_, other := p.Refresh(t.Context(), refresh)
	for _, secret := range []string{access, refresh} {
		if strings.Contains(err.Error(), access) || strings.Contains(other.Error(), refresh) {
			t.Errorf("%q: %v, %v", secret, err, other)
		}
	}
}

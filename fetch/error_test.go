package fetch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
)

func TestRedact(t *testing.T) {
	hex64 := strings.Repeat("0123456789abcdef", 4)
	for _, tt := range []struct{ text, want string }{
		{"Access token expired: eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiIyM0VNVUwifQ.c2lnbmF0dXJl_-", "Access token expired: <redacted>"},
		{"Refresh token invalid: " + hex64, "Refresh token invalid: <redacted>"},
		{"Authorization code invalid: " + hex64[:40] + ". Visit", "Authorization code invalid: <redacted>. Visit"},
		{"ya29.a0AfH6SMBx-y_z and 1//0gabc-DEF_1", "<redacted> and <redacted>"},
		{"HTTP 403 for /1/user/-/activities/steps/date/2026-11-01/2026-11-22.json", "HTTP 403 for /1/user/-/activities/steps/date/2026-11-01/2026-11-22.json"},
		{"Get \"https://api.fitbit.com/1/user/-/profile.json\": EOF", "Get \"https://api.fitbit.com/1/user/-/profile.json\": EOF"},
		{"https://health.googleapis.com/v4", "https://health.googleapis.com/v4"},
		{"code 4/0AeaYSHB_x-abcdefghijklmn of GOCSPX-abc_d-e", "code <redacted> of <redacted>"},
		{"no member heart_rate.sample_time.physical_time, nor vo2_max.sample_time.civil_time", "no member heart_rate.sample_time.physical_time, nor vo2_max.sample_time.civil_time"},
		{"but aaaa.bbbb.cccc, a_bc.DEFG.h_ij", "but <redacted>, <redacted>"},
		{"log 39633217639 at 2026-11-22T10:00:00.000", "log 39633217639 at 2026-11-22T10:00:00.000"},
		{"", ""},
	} {
		if got := fetch.Redact(tt.text); got != tt.want {
			t.Errorf("Redact(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestRedactByValue(t *testing.T) {
	for _, tt := range []struct {
		text    string
		secrets []string
		want    string
	}{
		{"Refresh token invalid: my-odd-token-value", []string{"my-odd-token-value"}, "Refresh token invalid: <redacted>"},
		{"twice: abcd, abcd", []string{"abcd"}, "twice: <redacted>, <redacted>"},
		{"the longer first: abcd-efgh", []string{"abcd", "abcd-efgh"}, "the longer first: <redacted>"},
		{"in a form: code=a%2Fb%3Dc", []string{"a/b=c"}, "in a form: code=<redacted>"},
		{`in JSON: "say \"hi\"" "a\/b=c"`, []string{`say "hi"`, "a/b=c"}, `in JSON: "<redacted>" "<redacted>"`},
		{"too short to be one: abc", []string{"abc", "", "a"}, "too short to be one: abc"},
		{"the pattern still holds: ya29.a0AfH6", []string{"other"}, "the pattern still holds: <redacted>"},
	} {
		if got := fetch.Redact(tt.text, tt.secrets...); got != tt.want {
			t.Errorf("Redact(%q, %q) = %q, want %q", tt.text, tt.secrets, got, tt.want)
		}
	}
}

func TestErrorsSayWhatAndWhere(t *testing.T) {
	cause := errors.New("connection reset")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&fetch.APIError{Source: "fitbit", Op: "GET /x", Status: 403, Code: "insufficient_scope", Message: "no"}, "fitbit: GET /x: HTTP 403 insufficient_scope (no)"},
		{&fetch.APIError{Source: "fitbit", Op: "GET /x", Err: cause}, "fitbit: GET /x: connection reset"},
		{&fetch.SignInError{Source: "fitbit", Reason: "not signed in"}, "fitbit: not signed in"},
		{&fetch.SignInError{Source: "fitbit", Reason: "refused", Err: cause}, "fitbit: refused: connection reset"},
		{&fetch.AccountError{Source: "google", Reason: "it is off", Remedy: "turn it on", Err: cause}, "google: it is off: turn it on (connection reset)"},
		{&fetch.AccountError{Source: "google", Reason: "it is off", Remedy: "turn it on"}, "google: it is off: turn it on"},
		{&fetch.SettingError{Setting: "zone", Reason: "no zone"}, "no zone: give --zone"},
		{fetch.Failure{Type: "sleep", Err: cause}, "sleep: connection reset"},
		{&fetch.ShapeError{Err: cause}, "connection reset"},
		{&fetch.QuotaError{Source: "fitbit", Until: time.Date(2026, 11, 22, 13, 0, 30, 0, time.Local)}, "fitbit: the budget of calls is used up until 13:00:30"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("%T says %q, want %q", tt.err, got, tt.want)
		}
	}
	for _, err := range []error{&fetch.APIError{Err: cause}, &fetch.SignInError{Err: cause}, &fetch.AccountError{Err: cause}, &fetch.ShapeError{Err: cause}} {
		if !errors.Is(fmt.Errorf("wrapped: %w", err), cause) {
			t.Errorf("%T loses its cause", err)
		}
	}
}

package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"fitvault/fetch"
	"fitvault/store"
)

// TestHint: the remedy is about what failed, however deep that is wrapped.
func TestHint(t *testing.T) {
	google := func(status int, code string) *fetch.APIError {
		return &fetch.APIError{Source: "google", Op: "refresh the access token", Status: status, Code: code}
	}
	for _, c := range []struct {
		name, want string // "": none
		err        error
	}{
		{"a sign-in that ended", "sign in: fitvault login", &fetch.SignInError{Source: "google", Err: google(400, "invalid_grant")}},
		{"a client unknown", "compare GOOGLE_CLIENT_ID", &fetch.SignInError{Source: "google", Err: google(401, "invalid_client")}},
		{"a client deleted", "compare GOOGLE_CLIENT_ID", &fetch.SignInError{Source: "google", Err: google(401, "deleted_client")}},
		{"a client of the legacy API", "compare CLIENT_ID", &fetch.SignInError{Source: "fitbit", Err: &fetch.APIError{Source: "fitbit", Status: 401, Code: "invalid_client"}}},
		{"another path", "--google-token-url", &fetch.SignInError{Source: "google", Err: google(404, "")}},
		{"another server", "--google-token-url", fmt.Errorf("renew: %w", google(501, ""))},
		{"no network", "check the network", fmt.Errorf("no answer: %w", google(0, ""))},
		{"a server's own fault", "", google(503, "")},
		{"an account that is not ready", "", &fetch.AccountError{Source: "google", Err: google(404, "")}},
		{"a vault in use", "wait until it has ended", fmt.Errorf("vault.db: %w", &store.BusyError{What: "fetch"})},
		{"what was known where it arose", "do this", fmt.Errorf("vault.db: %w", &remedyError{errors.New("it is so"), "do this"})},
	} {
		got := hint(codeOf(t.Context(), c.err), c.err)
		if !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

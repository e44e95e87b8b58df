package fetch

import (
	"context"
	"slices"
	"strings"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// RetryDenied is how long a type that was denied is left alone.
const RetryDenied = 7 * 24 * time.Hour

// ScopeError says that the person did not grant what a type needs.
type ScopeError struct{ Scope string }

const notGranted = "not granted at the sign-in: "

func (e *ScopeError) Error() string { return notGranted + e.Scope + "; sign in again to add it" }

// given reports whether a source may be asked for a type: it is not known not to give it,
// and the sign-in was given what it needs. A type that it was not given is unavailable and
// a failure of the round that learns it, without a call. Only Google's sign-in tells all
// that it was given (google-health-api.md section 2.2), once a token was made; before that,
// and elsewhere, the source itself says no.
func (r *Runner) given(ctx context.Context, t catalog.Type) (bool, error) {
	off, err := r.Store.Unavailable(ctx, r.source())
	if err != nil {
		return false, err
	}
	source, now := r.Provider.Source(), time.Now()
	usable := !notGiven(off, source, t)
	token, ok, err := r.Store.Token(ctx, r.source())
	if source != catalog.Google || !ok || token.Scopes == "" || err != nil {
		return usable, nil // a token that cannot be read is told when it is used
	}
	ask := t.Origin(source).Ask
	old, marked := off[t.Name]
	lacks := MissingScope(token.Scopes, ask.Scope)
	switch {
	case lacks == nil && marked && strings.HasPrefix(old.Reason, notGranted):
		return true, r.Store.SetAvailable(ctx, r.source(), t.Name) // another sign-in was given it
	case lacks == nil || !usable:
		return usable, nil
	}
	if !marked {
		today := catalog.DayOf(now)
		r.fail(Window{Type: t, Span: catalog.Span{From: today, To: today + 1}}, lacks)
	}
	return false, r.Store.SetUnavailable(ctx, store.Unavailable{Source: r.source(), Type: t.Name, Kind: store.Denied,
		Reason: lacks.Error(), AskVersion: ask.Version, Since: now, Retry: now.Add(RetryDenied)})
}

// MissingScope returns what of the scopes that an ask needs was not granted; nil: nothing.
func MissingScope(granted, needed string) *ScopeError {
	have := strings.Fields(granted)
	for _, scope := range strings.Fields(needed) {
		if !slices.Contains(have, scope) {
			return &ScopeError{scope}
		}
	}
	return nil
}

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

// NotGranted reports whether a type is noted as unavailable for want of a scope that a sign-in
// was not given.
func NotGranted(u store.Unavailable) bool { return strings.HasPrefix(u.Reason, notGranted) }

// given reports whether a source may be asked for a type: it is not known not to give it,
// and the sign-in was given what it needs. A type that it was not given is unavailable and
// a failure of the round that learns it, without a call. Both sources tell with a new token
// all that the sign-in was given (google-health-api.md section 2.2, fitbit-web-api.md section
// 1.3); before there is one the source itself says no.
func (r *Runner) given(ctx context.Context, t catalog.Type) (bool, error) {
	off, err := r.Store.Unavailable(ctx, r.source())
	if err != nil {
		return false, err
	}
	source, now := r.Provider.Source(), time.Now()
	usable := !notGiven(off, source, t)
	token, ok, err := r.Store.Token(ctx, r.source())
	if !ok || token.Scopes == "" || err != nil {
		return usable, nil // a token that cannot be read is told when it is used
	}
	ask := t.Origin(source).Ask
	old, marked := off[t.Name]
	lacks := MissingScope(token.Scopes, ask.Scope)
	switch {
	case lacks == nil && marked && NotGranted(old):
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

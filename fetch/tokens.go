package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"fitvault/store"
)

const (
	renewBefore = 10 * time.Minute  // an access token with less left is renewed first
	lostWithin  = 100 * time.Second // the source repeats an identical refresh for two minutes

	answerWithin = 30 * time.Second // for one answer of the token endpoint
	stopWithin   = 3 * time.Second  // for the same, when the run is being stopped
)

// Tokens gives out access tokens and renews them. Refresh tokens may work only once, so a
// renewal happens under the vault's write lock and is committed before the new pair is
// used; a lost answer is asked for again at once with the same token.
type Tokens struct {
	Store    *store.Store
	Provider Provider
	Seed     store.Token // from the environment; the zero Token when it has none
	Log      *slog.Logger
}

// Access returns an access token that is good for some minutes more. The error is a
// *SignInError when a person has to act.
func (t *Tokens) Access(ctx context.Context) (string, error) {
	now, ok, err := t.Store.Token(ctx, t.source())
	if err != nil {
		return "", t.unreadable(err)
	}
	if ok && !now.Dead && fresh(now) {
		return now.Access, nil
	}
	return t.replace(ctx, "")
}

// Renew returns an access token other than stale, which the source refused.
func (t *Tokens) Renew(ctx context.Context, stale string) (string, error) {
	return t.replace(ctx, stale)
}

func (t *Tokens) source() string { return string(t.Provider.Source()) }

// fresh reports whether an access token is good for some minutes more, as far as is known.
func fresh(tok store.Token) bool {
	return tok.Access != "" && (tok.Expires.IsZero() || time.Until(tok.Expires) > renewBefore)
}

// replace makes a new access token under the write lock. Another process may have done so
// while we waited for it.
func (t *Tokens) replace(ctx context.Context, stale string) (string, error) {
	tok, err := t.Store.ReplaceToken(ctx, t.source(), func(now store.Token, ok bool) (store.Token, error) {
		return t.next(ctx, now, ok, stale)
	})
	var dead *store.DeadError
	if errors.As(err, &dead) {
		if _, err = t.replace(ctx, stale); err == nil { // the environment holds another one
			return t.Access(ctx)
		}
		var signIn *SignInError
		if errors.As(err, &signIn) && signIn.Err == nil {
			signIn.Err = dead.Err
		}
	}
	if err != nil {
		return "", t.unreadable(err)
	}
	return tok.Access, nil
}

// unreadable is the error of a sign-in that could not be read: when it is sealed, a person
// has to act.
func (t *Tokens) unreadable(err error) error {
	var signIn *SignInError
	if errors.Is(err, store.ErrSealed) && !errors.As(err, &signIn) {
		return &SignInError{t.source(), "the tokens are sealed with another key (FITVAULT_KEY)", err}
	}
	return err
}

// next is what the sign-in becomes: itself when it is good, the environment's when there
// is none or it is dead, and a renewed pair otherwise.
func (t *Tokens) next(ctx context.Context, now store.Token, ok bool, stale string) (store.Token, error) {
	if t.hasSeed(now, ok) {
		now, ok = t.Seed, true
		now.Seed = store.SeedOf(now.Refresh + now.Access)
		t.Log.Info("taking the sign-in that was given", "source", t.source())
	}
	switch {
	case !ok:
		return now, &SignInError{Source: t.source(), Reason: "not signed in"}
	case now.Dead:
		return now, &SignInError{Source: t.source(), Reason: ended(now, time.Now())}
	case now.Access != stale && fresh(now):
		return now, nil
	case now.Refresh == "":
		return now, &store.DeadError{Err: errors.New("the access token is refused and there is no refresh token")}
	}
	pair, err := t.renew(ctx, now.Refresh)
	if err != nil {
		return now, err
	}
	if pair.Refresh == "" {
		pair.Refresh = now.Refresh // a source whose refresh tokens last does not repeat them
	}
	if pair.RefreshExpires.IsZero() && pair.Refresh == now.Refresh {
		pair.RefreshExpires = now.RefreshExpires // nor when they end
	}
	if pair.Scopes == "" {
		pair.Scopes = now.Scopes
	}
	pair.Seed, pair.Checked = now.Seed, now.Checked
	t.Log.Info("renewed the access token", "source", t.source(), "until", pair.Expires)
	return pair, nil
}

// ended says why a dead sign-in is dead, as far as is known, and what to do. Only an app
// whose consent screen is in Testing gets a sign-in with an end: that of the seventh day
// (google-health-api.md section 2.4).
func ended(t store.Token, now time.Time) string {
	const publish = "; publish the app's consent screen (Google Auth Platform, Audience, Publish app), which ends such limits, and consent again"
	day := t.RefreshExpires.Local().Format(time.DateOnly)
	switch {
	case t.RefreshExpires.IsZero():
		return "the sign-in is no longer valid and needs a new consent"
	case now.Before(t.RefreshExpires):
		return "the sign-in is no longer valid, before its end on " + day + publish
	}
	return "the sign-in ended on " + day + ", seven days after the consent, for the app is in Testing" + publish
}

// EndsSoon reports whether a sign-in ends within two days, or has ended, however it is used.
func EndsSoon(t store.Token, now time.Time) bool {
	return !t.RefreshExpires.IsZero() && t.RefreshExpires.Sub(now) <= 48*time.Hour
}

// hasSeed reports whether the environment's sign-in is to be taken: there is no other, or
// the other is dead and did not come from this one.
func (t *Tokens) hasSeed(now store.Token, ok bool) bool {
	if t.Seed.Refresh == "" && t.Seed.Access == "" {
		return false
	}
	return !ok || now.Dead && !bytes.Equal(now.Seed, store.SeedOf(t.Seed.Refresh+t.Seed.Access))
}

// renew asks for a new pair, and again at once with the same token while the answer is
// lost: within two minutes the source repeats it.
func (t *Tokens) renew(ctx context.Context, refresh string) (store.Token, error) {
	began := time.Now()
	for pause := time.Duration(0); ; {
		if err := sleep(ctx, pause); err != nil {
			return store.Token{}, err
		}
		tok, err := t.refresh(ctx, refresh)
		var api *APIError
		if err == nil || !errors.As(err, &api) {
			return tok, err
		}
		pause = max(time.Second, 2*pause)
		switch {
		case api.Gone():
			return tok, err
		case api.Code == "invalid_grant":
			return tok, &store.DeadError{Err: err}
		case api.Status == http.StatusBadRequest && api.Code == "": // a proxy's: the endpoint says why
			return tok, &renewError{api}
		case api.Unauthorized() || api.Refused():
			return tok, &SignInError{t.source(), "the token endpoint refused the client id or secret", err}
		case !api.Temporary() || time.Since(began)+pause > lostWithin:
			return tok, &renewError{api}
		}
		t.Log.Warn("asking again for the new token pair", "source", t.source(), "err", err)
	}
}

// refresh asks once for a new pair. The pair on its way would be lost with the answer, so
// a run that is stopped waits for it for a moment.
func (t *Tokens) refresh(ctx context.Context, refresh string) (store.Token, error) {
	held, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(stopWithin, cancel) })()
	tok, err := t.Provider.Refresh(held, refresh)
	switch {
	case err == nil || held.Err() == nil:
		return tok, err
	case ctx.Err() != nil:
		return tok, ctx.Err()
	}
	return tok, &APIError{Source: t.source(), Op: "refresh the access token", Err: fmt.Errorf("no answer within %v", answerWithin)}
}

// sleep waits, or returns early with the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

package fetch_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/fetch/google"
	"fitvault/store"
)

// googleTokens are those of an app whose consent screen may be in Testing, signed in by the
// environment.
func (w *world) googleTokens() *fetch.Tokens {
	id, secret := w.emu.GoogleClient()
	p := google.New(google.Options{APIURL: "https://health.example", TokenURL: "https://oauth2.example/token", ClientID: id, ClientSecret: secret,
		HTTP: &http.Client{Transport: w.emu.Transport()}})
	return &fetch.Tokens{Store: w.vault, Provider: p, Seed: store.Token{Refresh: w.emu.GoogleSeedToken()}, Log: w.logger()}
}

func (w *world) googleToken() store.Token {
	w.Helper()
	tok, ok, err := w.vault.Token(w.Context(), "google")
	if err != nil || !ok {
		w.Fatalf("%v %v", ok, err)
	}
	return tok
}

// A refresh token that lasts is kept through the renewals, and with it the day it ends.
func TestARefreshTokenThatLasts(t *testing.T) {
	live(t, emulator.Options{Days: 5, GoogleTesting: true}, func(w *world) {
		tokens := w.googleTokens()
		access, err := tokens.Access(w.Context())
		if err != nil {
			w.Fatal(err)
		}
		first := w.googleToken()
		if first.Refresh != w.emu.GoogleSeedToken() || !first.RefreshExpires.Equal(began.Add(604799*time.Second)) {
			w.Errorf("%v", first)
		}
		for day, soon := range []bool{false, false, false, false, false, true, true, true} {
			now := began.AddDate(0, 0, day)
			if got := fetch.EndsSoon(first, now); got != soon {
				w.Errorf("on day %d it ends soon: %v", day, got)
			}
			if fetch.EndsSoon(store.Token{Refresh: "r"}, now) {
				w.Error("what has no end ends soon")
			}
		}
		time.Sleep(55 * time.Minute)
		if renewed, err := tokens.Access(w.Context()); err != nil || renewed == access {
			w.Errorf("it was not renewed: %v", err)
		}
		if tok := w.googleToken(); tok.Refresh != first.Refresh || !tok.RefreshExpires.Equal(first.RefreshExpires) || tok.Scopes != first.Scopes {
			w.Errorf("%v, before %v", tok, first)
		}
	})
}

// endless is a token endpoint that does not say when the refresh token ends.
type endless struct{ fetch.Provider }

func (p endless) Refresh(ctx context.Context, refresh string) (store.Token, error) {
	tok, err := p.Provider.Refresh(ctx, refresh)
	tok.RefreshExpires = time.Time{}
	return tok, err
}

func TestARenewalThatTellsNoEnd(t *testing.T) {
	live(t, emulator.Options{Days: 5}, func(w *world) {
		tokens := w.googleTokens()
		tokens.Provider = endless{tokens.Provider}
		for _, want := range []time.Time{began.AddDate(0, 0, 3), {}} {
			if err := w.vault.SaveLogin(w.Context(), "google", store.Token{Refresh: w.emu.GoogleSeedToken(), RefreshExpires: want}); err != nil {
				w.Fatal(err)
			}
			if _, err := tokens.Access(w.Context()); err != nil {
				w.Fatal(err)
			}
			if got := w.googleToken().RefreshExpires; !got.Equal(want) {
				w.Errorf("it ends %v, want %v", got, want)
			}
		}
	})
}

// Whoever is signed out without a deed of theirs is told why, and how to prevent it.
func TestASignInThatEnded(t *testing.T) {
	for name, tt := range map[string]struct {
		testing bool
		after   time.Duration
		spoil   func(w *world)
		want    []string
		not     string
	}{
		"after seven days": {testing: true, after: 8 * 24 * time.Hour, want: []string{"the sign-in ended on 2026-11-29, seven days", "Publish app"}},
		"revoked, in Testing": {testing: true, after: 24 * time.Hour, spoil: func(w *world) { w.emu.GoogleRevoke() },
			want: []string{"no longer valid, before its end on 2026-11-29", "Publish app"}},
		"revoked": {after: 24 * time.Hour, spoil: func(w *world) { w.emu.GoogleRevoke() }, want: []string{"no longer valid", "new consent"}, not: "Publish"},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 5, GoogleTesting: tt.testing}, func(w *world) {
				tokens := w.googleTokens()
				if _, err := tokens.Access(w.Context()); err != nil {
					w.Fatal(err)
				}
				time.Sleep(tt.after)
				if tt.spoil != nil {
					tt.spoil(w)
				}
				for range 2 {
					_, err := tokens.Access(w.Context())
					var signIn *fetch.SignInError
					if !errors.As(err, &signIn) || signIn.Source != "google" || tt.not != "" && strings.Contains(err.Error(), tt.not) {
						w.Fatalf("%v", err)
					}
					for _, words := range tt.want {
						if !strings.Contains(err.Error(), words) {
							w.Errorf("%q is not in: %v", words, err)
						}
					}
				}
			})
		})
	}
}

// What is wrong with the token endpoint for a while is no reason to sign in again.
func TestGooglesTokenEndpointIsOutOfOrder(t *testing.T) {
	live(t, emulator.Options{Days: 5}, func(w *world) {
		tokens := w.googleTokens()
		w.set(func(m *emulator.Modes) { m.GoogleTokenStatus = 503 })
		var signIn *fetch.SignInError
		if _, err := tokens.Access(w.Context()); err == nil || errors.As(err, &signIn) {
			w.Errorf("%v", err)
		}
		w.set(func(m *emulator.Modes) { m.GoogleTokenStatus = 0 })
		w.emu.Inject(emulator.Fault{Path: "/token", Kind: emulator.FaultHTML, Status: http.StatusBadRequest, Times: -1}) // a proxy's
		if _, err := tokens.Access(w.Context()); err == nil || errors.As(err, &signIn) {
			w.Errorf("%v", err)
		}
		w.emu.ClearFaults()
		if _, err := tokens.Access(w.Context()); err != nil {
			w.Error(err)
		}
	})
}

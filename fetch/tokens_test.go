package fetch_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/store"
)

// short is what most of these stories fetch.
var short = []string{"activity_daily.steps", "sleep"}

func TestTheAccessTokenIsRenewedInTime(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		if r := w.mustFetch(); len(r.refreshes()) != 0 {
			w.Errorf("a good token was renewed:\n%s", listing(r.log))
		}
		time.Sleep(8*time.Hour - 9*time.Minute) // it has nine minutes left
		r := w.mustFetch()
		if len(r.refreshes()) != 1 || len(r.with(http.StatusUnauthorized)) != 0 {
			w.Errorf("want one renewal before the first call:\n%s", listing(r.log))
		}
	})
}

// The person's other devices may have made the token invalid, whatever its age.
func TestAnAccessTokenThatIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(w *world){
		"expired": func(w *world) { w.emu.ExpireAccess() },
		"invalid": func(w *world) {
			w.seed.Access = strings.Replace(w.seed.Access, ".", "x.", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 40}, func(w *world) {
				w.words = short
				spoil(w)
				r := w.mustFetch()
				if len(r.refreshes()) != 1 || len(r.with(http.StatusUnauthorized)) != 1 {
					w.Errorf("want one refusal, one renewal, one replay:\n%s", listing(r.log))
				}
				w.wantAllCovered()
			})
		})
	}
}

func TestTheAccessTokenExpiresInMidRun(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		n := 0
		w.onRequest = func(int, *http.Request) {
			if n++; n == 20 {
				w.emu.ExpireAccess()
			}
		}
		r := w.mustFetch()
		if len(r.refreshes()) != 1 || len(r.with(http.StatusUnauthorized)) != 1 {
			w.Errorf("want one refusal and one renewal:\n%s", listing(r.log))
		}
		w.wantAllCovered()
	})
}

// A backfill that waits for budgets outlives many access tokens.
func TestABackfillThatTakesLongerThanATokenLives(t *testing.T) {
	live(t, emulator.Options{Days: 200}, func(w *world) {
		w.set(func(m *emulator.Modes) { m.Limit, m.NoRepeats = 6, true })
		r := w.mustFetch()
		if n := len(r.refreshes()); n < 1 || n > 3 || len(r.with(http.StatusUnauthorized)) > 0 {
			w.Errorf("in %v %d renewals, %d refusals", time.Since(began), n, len(r.with(http.StatusUnauthorized)))
		}
		w.wantAllCovered()
	})
}

func TestATokenThatIsRefusedEvenWhenItIsNew(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		w.emu.Inject(emulator.Fault{Times: -1, Status: 401, ErrorType: "invalid_token", Message: "Access token invalid"})
		r := w.fetch()
		var signIn *fetch.SignInError
		if !errors.As(r.err, &signIn) || len(r.refreshes()) != 1 || len(r.calls()) != 2 {
			w.Errorf("%v:\n%s", r.err, listing(r.log))
		}
	})
}

func TestTheAnswerOfARefreshIsLost(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"once":    func(w *world) { w.set(func(m *emulator.Modes) { m.DropRotated = 1 }) },
		"cut":     func(w *world) { w.emu.Inject(emulator.Fault{Path: "/oauth2/token", Kind: emulator.FaultCut}) },
		"garbled": func(w *world) { w.emu.Inject(emulator.Fault{Path: "/oauth2/token", Kind: emulator.FaultTruncated}) },
		"never ends": func(w *world) {
			w.emu.Inject(emulator.Fault{Path: "/oauth2/token", Kind: emulator.FaultSlow, Pause: time.Hour})
		},
		"five times": func(w *world) {
			w.emu.Inject(emulator.Fault{Path: "/oauth2/token", Kind: emulator.FaultReset, Times: 5})
		},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 40}, func(w *world) {
				w.words = short
				w.emu.ExpireAccess()
				spoil(w)
				r := w.mustFetch()
				w.wantAllCovered()
				if n := len(r.refreshes()); n < 2 || n > 6 {
					w.Errorf("%d renewals:\n%s", n, listing(r.log))
				}
				tok, _, err := w.vault.Token(w.Context(), source)
				if err != nil || tok.Refresh == w.seed.Refresh {
					w.Errorf("the vault still holds the used refresh token (%v)", err)
				}
			})
		})
	}
}

// A run that is stopped while the new pair is on its way keeps it.
func TestStoppedInTheMiddleOfARefresh(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		w.emu.ExpireAccess()
		w.seed.Expires = time.Now()
		w.emu.Inject(emulator.Fault{Path: "/oauth2/token", Kind: emulator.FaultSlow, Pause: 2 * time.Second})
		ctx, cancel := context.WithTimeout(w.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if r := w.fetchUntil(ctx); !errors.Is(r.err, context.DeadlineExceeded) || len(r.calls()) > 0 {
			w.Errorf("stopped, it says %v", r.err)
		}
		if took := time.Since(start); took > 5*time.Second {
			w.Errorf("it took %v to stop", took)
		}
		time.Sleep(time.Hour) // the service has forgotten the answer
		if r := w.mustFetch(); len(r.refreshes()) != 0 {
			w.Errorf("the pair was lost:\n%s", listing(r.log))
		}
	})
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.seed.Expires = time.Now()
		w.emu.Inject(emulator.Fault{Path: "/oauth2/token", Kind: emulator.FaultSlow, Pause: time.Hour})
		ctx, cancel := context.WithTimeout(w.Context(), time.Second)
		defer cancel()
		start := time.Now()
		w.fetchUntil(ctx)
		if took := time.Since(start); took > 5*time.Second {
			w.Errorf("without an answer it took %v to stop", took)
		}
	})
}

func TestTheTokenEndpointIsOutOfOrder(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		w.emu.ExpireAccess()
		w.seed.Expires = time.Now()
		w.set(func(m *emulator.Modes) { m.TokenStatus, m.TokenStatusLeft = 503, 3 })
		r := w.mustFetch()
		if n := len(r.refreshes()); n != 4 {
			w.Errorf("%d renewals, want 4", n)
		}
	})
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.seed.Expires = time.Now()
		w.set(func(m *emulator.Modes) { m.TokenStatus = 503 })
		r := w.fetch()
		var api *fetch.APIError
		var signIn *fetch.SignInError
		if !errors.As(r.err, &api) || api.Status != 503 || errors.As(r.err, &signIn) || len(r.calls()) > 0 || len(r.refreshes()) > 10 {
			w.Errorf("%v after %d tries", r.err, len(r.refreshes()))
		}
		w.set(func(m *emulator.Modes) { m.TokenStatus = 0 })
		w.mustFetch()
	})
}

func TestTheTokenEndpointIsLimited(t *testing.T) {
	for name, old := range map[string]func(w *world){
		"before a call": func(w *world) { w.seed.Expires = time.Now() },
		"after a 401":   func(w *world) { w.emu.ExpireAccess() },
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 40}, func(w *world) {
				w.words = short
				old(w)
				w.set(func(m *emulator.Modes) { m.TokenStatus, m.TokenStatusLeft = 429, 2 })
				r := w.mustFetch()
				log := r.refreshes()
				if len(log) != 3 {
					w.Fatalf("%d renewals, want 3:\n%s", len(log), listing(r.log))
				}
				if gap := log[1].Time.Sub(log[0].Time); gap < time.Hour {
					w.Errorf("after a 429 it asked again in %v", gap)
				}
				w.wantAllCovered()
			})
		})
	}
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.seed.Expires = time.Now()
		w.set(func(m *emulator.Modes) { m.TokenStatus = 429 })
		r := w.fetch(noWait)
		var quota *fetch.QuotaError
		if !errors.As(r.err, &quota) || len(r.log) != 1 {
			w.Errorf("%v:\n%s", r.err, listing(r.log))
		}
		if r = w.fetch(noWait); !errors.As(r.err, &quota) || len(r.log) != 0 {
			w.Errorf("again: %v:\n%s", r.err, listing(r.log))
		}
	})
}

func TestARevokedSignIn(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		w.mustFetch()
		w.emu.Revoke()
		time.Sleep(time.Hour)
		r := w.fetch()
		var signIn *fetch.SignInError
		if !errors.As(r.err, &signIn) || len(r.calls()) != 1 || len(r.refreshes()) != 1 {
			w.Fatalf("%v:\n%s", r.err, listing(r.log))
		}
		if !strings.Contains(r.err.Error(), "invalid_grant") {
			w.Errorf("the reason is missing: %v", r.err)
		}
		if r = w.fetch(); !errors.As(r.err, &signIn) || len(r.log) != 0 {
			w.Errorf("a dead sign-in is tried again: %v\n%s", r.err, listing(r.log))
		}
		tok, ok, err := w.vault.Token(w.Context(), source)
		if !ok || !tok.Dead || err != nil {
			w.Errorf("the vault holds %v %v %v", tok, ok, err)
		}
		w.seed = w.consent()
		w.mustFetch()
		w.wantAllCovered()
	})
}

// consent is a new sign-in by the person.
func (w *world) consent(scopes ...string) store.Token {
	w.Helper()
	if len(scopes) == 0 {
		scopes = emulator.AllScopes
	}
	c := fetch.NewConsent(source, "http://localhost:8080/", w.fitbit.AuthCodeURL)
	redirect, err := w.emu.Consent(c.URL(), true, scopes...)
	if err != nil {
		w.Fatal(err)
	}
	code, err := c.Pasted(w.Context(), strings.NewReader(redirect+"\n"))
	if err != nil {
		w.Fatal(err)
	}
	tok, _, err := w.fitbit.Exchange(w.Context(), code, c.Verifier())
	if err != nil {
		w.Fatal(err)
	}
	return tok
}

func TestBothSignInsAreDead(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.mustFetch()
		w.emu.Revoke()
		w.seed = store.Token{Access: w.seed.Access, Refresh: strings.Repeat("0a", 32)}
		r := w.fetch()
		var signIn *fetch.SignInError
		if !errors.As(r.err, &signIn) || len(r.refreshes()) > 2 {
			w.Fatalf("%v:\n%s", r.err, listing(r.log))
		}
		if r = w.fetch(); !errors.As(r.err, &signIn) || len(r.log) != 0 {
			w.Errorf("dead sign-ins are tried again: %v\n%s", r.err, listing(r.log))
		}
		w.emu.ClearFaults()
	})
}

func TestAWrongClientSecretIsNotADeadSignIn(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		w.seed.Expires = time.Now()
		w.set(func(m *emulator.Modes) { m.TokenStatus = 401 })
		r := w.fetch()
		var signIn *fetch.SignInError
		if !errors.As(r.err, &signIn) || len(r.refreshes()) != 1 {
			w.Errorf("%v:\n%s", r.err, listing(r.log))
		}
		w.set(func(m *emulator.Modes) { m.TokenStatus = 0 })
		w.mustFetch()
	})
}

// Only the key, or a new sign-in, opens tokens that another key sealed.
func TestASignInThatIsSealed(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		w.mustFetch()
		other, err := store.Open(w.Context(), w.path, store.Options{Key: []byte("correct horse")})
		if err != nil {
			w.Fatal(err)
		}
		defer other.Close()
		tok, _, err := w.vault.Token(w.Context(), source)
		if err != nil {
			w.Fatal(err)
		}
		if err := other.SaveLogin(w.Context(), source, tok); err != nil {
			w.Fatal(err)
		}
		for name, ask := range map[string]func() (string, error){
			"access": func() (string, error) { return w.tokens().Access(w.Context()) },
			"renew":  func() (string, error) { return w.tokens().Renew(w.Context(), tok.Access) },
		} {
			_, err := ask()
			var signIn *fetch.SignInError
			if !errors.As(err, &signIn) || !errors.Is(err, store.ErrSealed) || !strings.Contains(signIn.Reason, "FITVAULT_KEY") {
				w.Errorf("%s: %v", name, err)
			}
		}
		if r := w.fetch(); !errors.Is(r.err, store.ErrSealed) || len(r.log) != 0 {
			w.Errorf("%v:\n%s", r.err, listing(r.log))
		}
	})
}

func TestNotSignedIn(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.seed = store.Token{}
		r := w.fetch()
		var signIn *fetch.SignInError
		if !errors.As(r.err, &signIn) || len(r.log) != 0 {
			w.Errorf("%v:\n%s", r.err, listing(r.log))
		}
	})
}

// An access token alone serves until it ends.
func TestASignInWithoutARefreshToken(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		w.seed.Refresh, w.seed.Expires = "", time.Time{}
		w.mustFetch()
		time.Sleep(9 * time.Hour)
		var signIn *fetch.SignInError
		if r := w.fetch(); !errors.As(r.err, &signIn) {
			w.Errorf("%v", r.err)
		}
	})
}

// Not only the environment gives a sign-in: the demo brings its own.
func TestTakingASignInIsToldNeutrally(t *testing.T) {
	live(t, emulator.Options{Days: 2}, func(w *world) {
		w.words = short
		w.mustFetch()
		if log := w.log.String(); !strings.Contains(log, "taking the sign-in that was given") || strings.Contains(log, "environment") {
			w.Error(log)
		}
	})
}

func TestTheVaultsPairWinsOverTheEnvironment(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		w.mustFetch()
		for range 3 { // the environment keeps the pair of the first day
			time.Sleep(9 * time.Hour)
			w.mustFetch()
		}
		w.seed = store.Token{Refresh: strings.Repeat("0a", 32)} // and then somebody's older one
		time.Sleep(9 * time.Hour)
		w.mustFetch()
	})
}

func TestTwoProcessesRenewOnce(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		w.mustFetch()
		time.Sleep(9 * time.Hour)
		other, err := store.Open(w.Context(), w.path, store.Options{})
		if err != nil {
			w.Fatal(err)
		}
		defer other.Close()
		before := len(w.emu.Requests())
		w.emu.Inject(emulator.Fault{Path: "/oauth2/token", Kind: emulator.FaultSlow, Pause: 5 * time.Second, Times: -1})
		access := make([]string, 4)
		var all sync.WaitGroup
		for i := range access {
			tokens := w.tokens()
			if i%2 == 1 {
				tokens.Store = other
			}
			all.Go(func() {
				var err error
				if access[i], err = tokens.Access(w.Context()); err != nil {
					w.Error(err)
				}
			})
		}
		all.Wait()
		if n := len(w.emu.Requests()) - before; n != 1 {
			w.Errorf("%d renewals, want 1:\n%s", n, listing(w.emu.Requests()[before:]))
		}
		for _, a := range access {
			if a == "" || a != access[0] {
				w.Error("they use different tokens")
			}
		}
	})
}

func TestTwoRefusalsRenewOnce(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		w.mustFetch()
		stale := w.seed.Access
		a, err := w.tokens().Renew(w.Context(), stale)
		if err != nil {
			w.Fatal(err)
		}
		if b, err := w.tokens().Renew(w.Context(), stale); err != nil || b != a {
			w.Errorf("the second refusal of one token renews its successor (%v)", err)
		}
	})
}

func TestTheServiceIsSwitchedOff(t *testing.T) {
	wantGone := func(w *world, r round, requests int) {
		w.Helper()
		var api *fetch.APIError
		if !errors.As(r.err, &api) || !api.Gone() || len(r.log) != requests {
			w.Errorf("%v after %d requests, want %d:\n%s", r.err, len(r.log), requests, listing(r.log))
		}
	}
	live(t, emulator.Options{Days: 40}, func(w *world) { // everywhere
		w.set(func(m *emulator.Modes) { m.RetiredFrom = time.Now() })
		wantGone(w, w.fetch(), 1)
	})
	live(t, emulator.Options{Days: 40}, func(w *world) { // from a time on
		w.set(func(m *emulator.Modes) { m.Limit, m.RetiredFrom = 10, time.Now().Add(time.Minute) })
		r := w.fetch()
		wantGone(w, r, 11)
		if w.covered("activity_daily.steps") == "" {
			w.Error("what was staged before is lost")
		}
	})
	live(t, emulator.Options{Days: 40}, func(w *world) { // at the token endpoint
		w.seed.Expires = time.Now()
		w.set(func(m *emulator.Modes) { m.TokenStatus = 410 })
		wantGone(w, w.fetch(), 1)
	})
}

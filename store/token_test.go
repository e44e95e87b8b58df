package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/store"
)

// MustToken reads the sign-in of a source.
func MustToken(tb testing.TB, s *store.Store, source string) store.Token {
	tb.Helper()
	tok, ok, err := s.Token(tb.Context(), source)
	if err != nil || !ok {
		tb.Fatalf("token of %s: %t, %v", source, ok, err)
	}
	return tok
}

// MustLogin keeps a sign-in.
func MustLogin(tb testing.TB, s *store.Store, source string, tok store.Token) {
	tb.Helper()
	if err := s.SaveLogin(tb.Context(), source, tok); err != nil {
		tb.Fatal(err)
	}
}

func diffToken(want, got store.Token) string {
	type plain struct {
		Access, Refresh, Scopes string
		Expires, RefreshExpires time.Time
		Dead, Checked           bool
		Seed                    []byte
	}
	return cmp.Diff(plain(want), plain(got))
}

func TestToken(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	if _, ok, err := s.Token(t.Context(), "fitbit"); ok || err != nil {
		t.Errorf("token of a new vault: %t, %v", ok, err)
	}
	for _, want := range []store.Token{
		{Access: "access", Refresh: "refresh", Scopes: "sleep heartrate", Expires: noon, RefreshExpires: noon.AddDate(0, 0, 7)},
		{Access: "access", Refresh: "", Seed: store.SeedOf("x"), Dead: true, Checked: true},
	} {
		MustLogin(t, s, "fitbit", want)
		if diff := diffToken(want, MustToken(t, s, "fitbit")); diff != "" {
			t.Errorf("token (-want +got):\n%s", diff)
		}
	}
	if _, ok, err := s.Token(t.Context(), "google"); ok || err != nil {
		t.Errorf("token of another source: %t, %v", ok, err)
	}
	for _, want := range []bool{true, false} {
		if got, err := s.DeleteToken(t.Context(), "fitbit"); err != nil || got != want {
			t.Errorf("DeleteToken = %t, %v, want %t", got, err, want)
		}
	}
	if _, ok, err := s.Token(t.Context(), "fitbit"); ok || err != nil {
		t.Errorf("token after it was deleted: %t, %v", ok, err)
	}
}

func TestSeedOf(t *testing.T) {
	t.Parallel()
	if a, b := store.SeedOf("a"), store.SeedOf("b"); bytes.Equal(a, b) || !bytes.Equal(a, store.SeedOf("a")) || bytes.Contains(a, []byte("a")) {
		t.Errorf("seeds = %x, %x", a, b)
	}
}

func TestReplaceToken(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	t.Run("none", func(t *testing.T) {
		want := store.Token{Access: "a0", Refresh: "r0", Expires: noon}
		got, err := s.ReplaceToken(t.Context(), "fitbit", func(now store.Token, ok bool) (store.Token, error) {
			if ok || diffToken(store.Token{}, now) != "" {
				t.Errorf("present sign-in = %v, %t, want none", now, ok)
			}
			return want, nil
		})
		if err != nil || diffToken(want, got) != "" || diffToken(want, MustToken(t, s, "fitbit")) != "" {
			t.Errorf("token = %v, %v", got, err)
		}
	})
	t.Run("error", func(t *testing.T) {
		odd := errors.New("odd")
		before := MustToken(t, s, "fitbit")
		got, err := s.ReplaceToken(t.Context(), "fitbit", func(now store.Token, ok bool) (store.Token, error) {
			if !ok || diffToken(before, now) != "" {
				t.Errorf("present sign-in = %v, %t", now, ok)
			}
			return store.Token{Access: "half"}, odd
		})
		if !errors.Is(err, odd) || diffToken(store.Token{}, got) != "" {
			t.Errorf("ReplaceToken = %v, %v", got, err)
		}
		if diff := diffToken(before, MustToken(t, s, "fitbit")); diff != "" {
			t.Errorf("token (-want +got):\n%s", diff)
		}
	})
	t.Run("panic", func(t *testing.T) {
		func() {
			defer func() { recover() }()
			s.ReplaceToken(t.Context(), "fitbit", func(store.Token, bool) (store.Token, error) { panic("odd") })
		}()
		if err := s.SaveQuota(t.Context(), "fitbit", store.Quota{}); err != nil {
			t.Errorf("the write lock is held for ever: %v", err)
		}
	})
	t.Run("dead", func(t *testing.T) {
		want := MustToken(t, s, "fitbit")
		want.Dead = true
		why := errors.New("invalid_grant")
		_, err := s.ReplaceToken(t.Context(), "fitbit", func(now store.Token, _ bool) (store.Token, error) {
			return now, fmt.Errorf("renew: %w", &store.DeadError{Err: why})
		})
		var dead *store.DeadError
		if !errors.As(err, &dead) || !errors.Is(err, why) || err.Error() != "renew: invalid_grant" {
			t.Errorf("error = %v, want a *DeadError", err)
		}
		if diff := diffToken(want, MustToken(t, s, "fitbit")); diff != "" {
			t.Errorf("token (-want +got):\n%s", diff)
		}
	})
}

// TestReplaceTokenCancelled: a refresh token works once, so a pair that was made is kept
// though the program is to stop.
func TestReplaceTokenCancelled(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	ctx, cancel := context.WithCancel(t.Context())
	want := store.Token{Access: "a", Refresh: "r"}
	got, err := s.ReplaceToken(ctx, "fitbit", func(store.Token, bool) (store.Token, error) {
		cancel()
		return want, nil
	})
	if err != nil || diffToken(want, got) != "" || diffToken(want, MustToken(t, s, "fitbit")) != "" {
		t.Errorf("ReplaceToken = %v, %v", got, err)
	}
}

// TestReplaceTokenHoldsTheLock: while a token is renewed the vault can be opened and
// read, but not written, and a wait for the lock ends with its context.
func TestReplaceTokenHoldsTheLock(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	other := MustOpenPath(t, s.Path(), store.Options{})
	MustLogin(t, s, "fitbit", store.Token{Access: "old"})
	_, err := s.ReplaceToken(t.Context(), "fitbit", func(now store.Token, ok bool) (store.Token, error) {
		for _, reader := range []*store.Store{s, other, MustOpenPath(t, s.Path(), store.Options{})} {
			if got := MustToken(t, reader, "fitbit").Access; got != "old" {
				t.Errorf("token = %q, want the old one", got)
			}
			MustVerify(t, reader)
		}
		for _, writer := range []*store.Store{s, other} {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			began := time.Now()
			err := writer.SaveQuota(ctx, "fitbit", store.Quota{Used: 1})
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 5*time.Second {
				t.Errorf("write: %v after %s, want DeadlineExceeded", err, time.Since(began))
			}
		}
		return store.Token{Access: "new"}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.SaveQuota(t.Context(), "fitbit", store.Quota{Used: 1}); err != nil {
		t.Error(err)
	}
	if got := MustToken(t, other, "fitbit").Access; got != "new" {
		t.Errorf("token = %q, want the new one", got)
	}
}

// TestReplaceTokenAtOnce: processes and open vaults spend tokens that work once. Nobody
// may ever see one that is spent.
func TestReplaceTokenAtOnce(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	MustLogin(t, s, "fitbit", store.Token{Refresh: "0"})
	const each = 15
	procs := []*child{MustSpawn(t, "refresh", s.Path(), strconv.Itoa(each)), MustSpawn(t, "refresh", s.Path(), strconv.Itoa(each))}
	for _, c := range procs {
		c.release()
	}
	var mu sync.Mutex
	var all []string
	var wg sync.WaitGroup
	for _, mine := range []*store.Store{s, MustOpenPath(t, s.Path(), store.Options{})} {
		wg.Go(func() {
			for range each {
				var spent string
				if _, err := mine.ReplaceToken(context.Background(), "fitbit", spend(&spent)); err != nil {
					t.Error(err)
				}
				mu.Lock()
				all = append(all, "spent "+spent)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for _, c := range procs {
		c.expect("account")
		all = append(all, c.rest()...)
		c.wait()
	}
	var want []string
	for n := range 4 * each {
		want = append(want, "spent "+strconv.Itoa(n))
	}
	slices.Sort(want)
	slices.Sort(all)
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("spent tokens (-want +got):\n%s", diff)
	}
}

// TestANewSignInIsTriedWithWhatWasDenied: it is due at once, and its reason stands; what was
// denied by another source, or is not served, stays as it is.
func TestANewSignInIsTriedWithWhatWasDenied(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	seeded := func(token string, dead bool) store.Token {
		return store.Token{Refresh: token, Seed: store.SeedOf(token), Dead: dead}
	}
	replace := func(t *testing.T, s *store.Store, next store.Token) {
		if _, err := s.ReplaceToken(t.Context(), "fitbit", func(store.Token, bool) (store.Token, error) { return next, nil }); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		old  store.Token
		sign func(t *testing.T, s *store.Store)
		due  bool
	}{
		"a login":                        {seeded("a", false), func(t *testing.T, s *store.Store) { MustLogin(t, s, "fitbit", store.Token{Access: "b"}) }, true},
		"another of the environment":     {seeded("a", true), func(t *testing.T, s *store.Store) { replace(t, s, seeded("b", false)) }, true},
		"the environment's for a login":  {store.Token{Refresh: "a"}, func(t *testing.T, s *store.Store) { replace(t, s, seeded("b", false)) }, true},
		"the same, renewed":              {seeded("a", false), func(t *testing.T, s *store.Store) { replace(t, s, seeded("a", false)) }, false},
		"that of a login, renewed":       {store.Token{Refresh: "a"}, func(t *testing.T, s *store.Store) { replace(t, s, store.Token{Refresh: "b"}) }, false},
		"the environment's for none yet": {store.Token{}, func(t *testing.T, s *store.Store) { replace(t, s, seeded("b", false)) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := MustOpen(t)
			if tt.old.Refresh != "" {
				replace(t, s, tt.old)
			}
			since := time.Now().Truncate(time.Millisecond)
			set := func(source, typ, kind string) store.Unavailable {
				u := store.Unavailable{Source: source, Type: typ, Kind: kind, Reason: "no", AskVersion: 1, Since: since, Retry: since.Add(week)}
				if err := s.SetUnavailable(t.Context(), u); err != nil {
					t.Fatal(err)
				}
				return u
			}
			denied, refused := set("fitbit", "sleep", store.Denied), set("fitbit", "ecg", store.NotServed)
			other := set("google", "sleep", store.Denied)
			tt.sign(t, s)
			got, err := s.Unavailable(t.Context(), "fitbit")
			if err != nil {
				t.Fatal(err)
			}
			if due := !got["sleep"].Retry.After(time.Now()); due != tt.due {
				t.Errorf("it is due: %v, want %v", due, tt.due)
			}
			denied.Retry = got["sleep"].Retry
			if diff := cmp.Diff(map[string]store.Unavailable{"sleep": denied, "ecg": refused}, got); diff != "" {
				t.Errorf("unavailable (-want +got):\n%s", diff)
			}
			if got, err = s.Unavailable(t.Context(), "google"); err != nil || !cmp.Equal(got["sleep"], other) {
				t.Errorf("of another source: %v, %v", got, err)
			}
		})
	}
}

// TestSeal looks for tokens in the bytes of the files.
func TestSeal(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "correct horse"} {
		t.Run("key "+key, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "vault.db")
			s := MustOpenPath(t, path, store.Options{Create: true, Key: []byte(key)})
			want := store.Token{Access: "access-secret", Refresh: "refresh-secret", Scopes: "sleep", Expires: noon, Seed: store.SeedOf("env")}
			MustLogin(t, s, "fitbit", want)
			if diff := diffToken(want, MustToken(t, s, "fitbit")); diff != "" {
				t.Errorf("token (-want +got):\n%s", diff)
			}
			var all []byte
			for _, suffix := range []string{"", "-wal"} {
				b, err := os.ReadFile(path + suffix)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, b...)
			}
			for _, secret := range []string{want.Access, want.Refresh} {
				if got := bytes.Contains(all, []byte(secret)); got != (key == "") {
					t.Errorf("the files hold %s: %t", secret, got)
				}
			}
		})
	}
}

func TestSealedWithAnotherKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "vault.db")
	s := MustOpenPath(t, path, store.Options{Create: true, Key: []byte("right")})
	want := store.Token{Access: "a", Refresh: "r"}
	MustLogin(t, s, "fitbit", want)
	for _, key := range []string{"", "wrong"} {
		other := MustOpenPath(t, path, store.Options{Key: []byte(key)})
		if got, ok, err := other.Token(t.Context(), "fitbit"); ok || !errors.Is(err, store.ErrSealed) || diffToken(store.Token{}, got) != "" {
			t.Errorf("key %q: token = %v, %t, %v, want ErrSealed", key, got, ok, err)
		}
		_, err := other.ReplaceToken(t.Context(), "fitbit", func(store.Token, bool) (store.Token, error) {
			t.Error("a sign-in that cannot be read is replaced")
			return store.Token{}, nil
		})
		if !errors.Is(err, store.ErrSealed) {
			t.Errorf("key %q: replace: %v, want ErrSealed", key, err)
		}
		if diff := diffToken(want, MustToken(t, s, "fitbit")); diff != "" {
			t.Errorf("key %q changed the token (-want +got):\n%s", key, diff)
		}
	}
	other := MustOpenPath(t, path, store.Options{Key: []byte("wrong")})
	MustLogin(t, other, "fitbit", want) // signing in again is the way out
	if diff := diffToken(want, MustToken(t, other, "fitbit")); diff != "" {
		t.Errorf("token (-want +got):\n%s", diff)
	}
}

// TestPlainTokensStayReadable: a key that is set later seals from the next renewal on.
func TestPlainTokensStayReadable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "vault.db")
	want := store.Token{Access: "a", Refresh: "r"}
	MustLogin(t, MustOpenPath(t, path, store.Options{Create: true}), "fitbit", want)
	s := MustOpenPath(t, path, store.Options{Key: []byte("key")})
	if diff := diffToken(want, MustToken(t, s, "fitbit")); diff != "" {
		t.Errorf("token (-want +got):\n%s", diff)
	}
}

// TestDeletedTokenIsGone: what is deleted is overwritten.
func TestDeletedTokenIsGone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "vault.db")
	s, err := store.Open(t.Context(), path, store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	MustLogin(t, s, "fitbit", store.Token{Access: "old-secret", Refresh: "r"})
	MustLogin(t, s, "fitbit", store.Token{Access: "new-secret", Refresh: "r"})
	if _, err := s.DeleteToken(t.Context(), "fitbit"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil || bytes.Contains(b, []byte("-secret")) || exists(t, path+"-wal") {
		t.Errorf("a deleted token lies in the file: %v", err)
	}
}

func TestTokenNeverShows(t *testing.T) {
	t.Parallel()
	tok := store.Token{Access: "access-secret", Refresh: "refresh-secret", Scopes: "sleep", Expires: noon, Seed: store.SeedOf("secret")}
	nested := struct {
		Source string
		Token  store.Token
		List   []store.Token
		Err    error
	}{"fitbit", tok, []store.Token{tok}, fmt.Errorf("odd token: %v", tok)}
	var out bytes.Buffer
	for _, v := range []any{tok, &tok, nested, &nested} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		b, err := json.Marshal(v)
		if err != nil && !strings.Contains(err.Error(), "unsupported") {
			t.Fatal(err)
		}
		out.Write(b)
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "token", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "token", v)
	}
	if strings.Contains(out.String(), "secret") || strings.Contains(out.String(), fmt.Sprint(tok.Seed[0], " ", tok.Seed[1])) {
		t.Errorf("a token shows:\n%s", out.String())
	}
	if !strings.Contains(out.String(), "sleep") || !strings.Contains(out.String(), "2024-06-01") {
		t.Errorf("what may be told of a token is missing:\n%s", out.String())
	}
}

func TestClaim(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	for _, tt := range []struct{ source, user, owner string }{
		{"fitbit", "AAA", ""}, {"fitbit", "AAA", ""}, {"google", "BBB", ""}, {"fitbit", "BBB", "AAA"}, {"fitbit", "AAA", ""},
	} {
		err := s.Claim(t.Context(), tt.source, tt.user)
		var other *store.OwnerError
		if errors.As(err, &other) {
			if *other != (store.OwnerError{Source: tt.source, Owner: tt.owner, User: tt.user}) || !strings.Contains(err.Error(), "--vault") {
				t.Errorf("error = %v", err)
			}
		} else if err != nil || tt.owner != "" {
			t.Errorf("%s by %s: %v", tt.source, tt.user, err)
		}
	}
}

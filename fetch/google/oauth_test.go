package google_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/fetch/google"
	"fitvault/store/catalog"
)

// consent is a sign-in at the consent page, with all scopes or some.
func (b *bench) consent(verifier string, scopes ...string) (code string) {
	b.t.Helper()
	address := b.AuthCodeURL("my-state", verifier)
	if len(scopes) == 0 {
		scopes = emulator.AllGoogleScopes
	}
	// What the catalogue does not need yet is asked for here.
	asked := mustParse(b.t.(*testing.T), address)
	q := asked.Query()
	q.Set("scope", strings.Join(emulator.AllGoogleScopes, " "))
	asked.RawQuery = q.Encode()
	redirect, err := b.emu.GoogleConsent(asked.String(), true, scopes...)
	if err != nil {
		b.t.Fatal(err)
	}
	back := mustParse(b.t.(*testing.T), redirect).Query()
	if back.Get("state") != "my-state" {
		b.t.Errorf("redirect %s", redirect)
	}
	return back.Get("code")
}

func TestSignIn(t *testing.T) {
	b := start(t)
	verifier := strings.Repeat("v", 50)
	pair, user, err := b.Exchange(t.Context(), b.consent(verifier), verifier)
	if err != nil || user != b.emu.GoogleUserID() || pair.Access == "" || pair.Refresh == "" {
		t.Fatalf("%v user %q: %v", pair, user, err)
	}
	if !slices.Equal(strings.Fields(pair.Scopes), emulator.AllGoogleScopes) || !pair.RefreshExpires.IsZero() {
		t.Errorf("%v", pair)
	}
	if left := time.Until(pair.Expires); left < 59*time.Minute || left > time.Hour {
		t.Errorf("it expires in %v", left)
	}
	renewed, err := b.Refresh(t.Context(), pair.Refresh)
	if err != nil || renewed.Refresh != pair.Refresh || renewed.Access == pair.Access || renewed.Scopes != pair.Scopes {
		t.Fatalf("%v: %v", renewed, err)
	}
	for range 2 { // the second time it is dead already
		if err := b.Revoke(t.Context(), pair.Refresh); err != nil {
			t.Fatal(err)
		}
	}
	_, err = b.Refresh(t.Context(), pair.Refresh)
	var api *fetch.APIError
	if !errors.As(err, &api) || api.Code != "invalid_grant" || !api.Refused() || !strings.Contains(err.Error(), "expired or revoked") {
		t.Errorf("after revoking: %v", err)
	}
	for _, secret := range b.emu.Secrets() {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("a secret is in %v", err)
		}
	}
	b.checkManners()
}

func TestTheConsentPage(t *testing.T) {
	u := mustParse(t, newProvider(nil).AuthCodeURL("my-state", strings.Repeat("v", 50)))
	if u.Host != "accounts.example" || u.Path != "/o/oauth2/v2/auth" {
		t.Errorf("address %s", u)
	}
	q := u.Query()
	for name, want := range map[string]string{"client_id": "my-client", "redirect_uri": "http://localhost:8080/", "response_type": "code", "state": "my-state",
		"access_type": "offline", "prompt": "consent", "code_challenge_method": "S256"} {
		if q.Get(name) != want {
			t.Errorf("%s=%s, want %s", name, q.Get(name), want)
		}
	}
	if c := q.Get("code_challenge"); len(c) != 43 || strings.Contains(u.String(), "vvvvv") || strings.Contains(u.String(), "s3cret") {
		t.Errorf("address %s", u)
	}
	var want []string
	for _, typ := range catalog.Asked(catalog.Google) {
		for _, s := range strings.Fields(typ.Google.Ask.Scope) {
			if !slices.Contains(want, s) {
				want = append(want, s)
			}
		}
	}
	got := strings.Fields(q.Get("scope"))
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("scopes %v, want %v", got, want)
	}
	for _, s := range got {
		if !slices.Contains(emulator.AllGoogleScopes, s) {
			t.Errorf("scope %s", s)
		}
	}
}

// An app in Testing tells how long the sign-in lasts, at the login and at each renewal.
func TestASignInWithAnEnd(t *testing.T) {
	b := start(t, func(o *emulator.Options) { o.GoogleTesting = true })
	verifier := strings.Repeat("v", 50)
	pair, _, err := b.Exchange(t.Context(), b.consent(verifier), verifier)
	if left := time.Until(pair.RefreshExpires); err != nil || left < 7*24*time.Hour-time.Minute || left > 7*24*time.Hour {
		t.Errorf("it ends in %v (%v)", left, err)
	}
	b.now = b.now.Add(3 * 24 * time.Hour)
	renewed, err := b.Refresh(t.Context(), pair.Refresh)
	if left := time.Until(renewed.RefreshExpires); err != nil || left < 4*24*time.Hour-time.Minute || left > 4*24*time.Hour {
		t.Errorf("renewed, it ends in %v (%v)", left, err)
	}
	b.now = b.now.Add(5 * 24 * time.Hour)
	var api *fetch.APIError
	if _, err := b.Refresh(t.Context(), pair.Refresh); !errors.As(err, &api) || api.Code != "invalid_grant" {
		t.Errorf("after its end: %v", err)
	}
}

func TestEndsThatSayNothing(t *testing.T) {
	for _, v := range []string{`"soon"`, `-5`, `0`, `null`, `1e300`, `"NaN"`, `{}`} {
		body := `{"access_token":"a","expires_in":3599,"token_type":"Bearer","refresh_token_expires_in":` + v + `}`
		tok, err := newProvider(&answering{status: 200, body: body}).Refresh(t.Context(), "my-refresh")
		if err != nil || !tok.RefreshExpires.IsZero() || tok.Refresh != "my-refresh" {
			t.Errorf("%s: %v %v", v, tok, err)
		}
	}
}

// The wrong account is told at the sign-in, before anything is kept.
func TestSignInWithTheWrongAccount(t *testing.T) {
	b := start(t)
	b.emu.Set(func(m *emulator.Modes) { m.GoogleUnlinked = true })
	verifier := strings.Repeat("v", 50)
	_, user, err := b.Exchange(t.Context(), b.consent(verifier), verifier)
	var account *fetch.AccountError
	if !errors.As(err, &account) || !account.SignIn || user != "" {
		t.Errorf("user %q: %v", user, err)
	}
}

func TestAnIdentityThatTellsNobody(t *testing.T) {
	for _, body := range []string{`{}`, `[]`, `{"healthUserId":""}`, `<html>`, `{"healthUserId":7}`} {
		p := newProvider(transport(func(r *http.Request) (*http.Response, error) {
			a := &answering{status: 200, body: body}
			if r.URL.Path == "/token" {
				a.body = `{"access_token":"ya29.x","refresh_token":"1//x","expires_in":3599,"token_type":"Bearer"}`
			}
			return a.RoundTrip(r)
		}))
		_, user, err := p.Exchange(t.Context(), "my-code", strings.Repeat("v", 50))
		if decisions(err) != "temporary" || user != "" || !strings.Contains(err.Error(), "identity") {
			t.Errorf("%s: user %q: %v", body, user, err)
		}
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestACodeNeedsItsVerifier(t *testing.T) {
	b := start(t)
	code := b.consent(strings.Repeat("v", 50))
	_, _, err := b.Exchange(t.Context(), code, strings.Repeat("w", 50))
	var api *fetch.APIError
	if !errors.As(err, &api) || api.Code != "invalid_grant" || strings.Contains(err.Error(), code) {
		t.Errorf("%v", err)
	}
}

// The client proves itself in the form, and the secret is nowhere else.
func TestTokenRequests(t *testing.T) {
	a := &answering{status: 200, body: sample(t, "oauth-refresh-response.json")}
	tok, err := newProvider(a).Refresh(t.Context(), "my-refresh")
	if err != nil || tok.Access != "sample-access-token-2" || tok.Refresh != "my-refresh" || len(strings.Fields(tok.Scopes)) != 2 {
		t.Fatalf("%v %v", tok, err)
	}
	if a.seen.URL.String() != "https://oauth2.example/token" || a.seen.Header.Get("Authorization") != "" ||
		a.sent != "client_id=my-client&client_secret=s3cret&grant_type=refresh_token&refresh_token=my-refresh" {
		t.Errorf("%s %s", a.seen.URL, a.sent)
	}
	if err := newProvider(a).Revoke(t.Context(), "my-refresh"); err != nil || a.seen.URL.String() != "https://oauth2.example/revoke" || a.sent != "token=my-refresh" {
		t.Errorf("%s %s: %v", a.seen.URL, a.sent, err)
	}
}

func TestTokenEndpointErrors(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer answering
		want   string
	}{
		{"a dead refresh token", answering{status: 400, body: sample(t, "oauth-error-invalid-grant.json")}, "refused"},
		{"a wrong secret", answering{status: 401, body: `{"error":"invalid_client","error_description":"Unauthorized"}`}, "unauthorized"},
		{"too many", answering{status: 429, body: `{}`}, "limited"},
		{"a fault", answering{status: 503, kind: "text/html", body: html}, "temporary"},
		{"half an answer", answering{status: 200, body: sample(t, "oauth-token-response.json")[:60]}, "temporary"},
		{"a page with status 200", answering{status: 200, kind: "text/html", body: html}, "temporary"},
		{"no answer", answering{err: io.ErrUnexpectedEOF}, "temporary"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newProvider(&tt.answer).Refresh(t.Context(), "my-refresh")
			if decisions(err) != tt.want || strings.Contains(err.Error(), "my-refresh") || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%v is %q, want %q", err, decisions(err), tt.want)
			}
		})
	}
}

func TestReadClientFile(t *testing.T) {
	for _, tt := range []struct {
		file string
		want google.Client
		err  string // part of the error
	}{
		{`{"installed":{"client_id":"1-a.apps.googleusercontent.com","project_id":"p","client_secret":"GOCSPX-x","redirect_uris":["http://localhost"]}}`,
			google.Client{ID: "1-a.apps.googleusercontent.com", Secret: "GOCSPX-x", RedirectURIs: []string{"http://localhost"}, Desktop: true}, ""},
		{` {"web":{"client_id":"1-b","client_secret":"GOCSPX-y","redirect_uris":["http://localhost:8080/","https://x.example/"]}} `,
			google.Client{ID: "1-b", Secret: "GOCSPX-y", RedirectURIs: []string{"http://localhost:8080/", "https://x.example/"}}, ""},
		{`{"type":"service_account","project_id":"p","private_key":"-----BEGIN GOCSPX-z"}`, google.Client{}, "service account"},
		{`{"type":"authorized_user","client_id":"a","client_secret":"GOCSPX-z","refresh_token":"1//z"}`, google.Client{}, "another program"},
		{`{"client_id":"a","client_secret":"GOCSPX-z"}`, google.Client{}, "no OAuth client"},
		{`{"installed":{"client_id":"a"}}`, google.Client{}, "lacks"},
		{`{"web":{"client_secret":"GOCSPX-z"}}`, google.Client{}, "lacks"},
		{`{"web":{"client_id":7}}`, google.Client{}, "shape"},
		{`[]`, google.Client{}, "shape"},
		{`null`, google.Client{}, "no OAuth client"},
		{``, google.Client{}, "not JSON"},
		{`client_id=a GOCSPX-z`, google.Client{}, "not JSON"},
	} {
		got, err := google.ReadClientFile([]byte(tt.file))
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "GOCSPX") {
				t.Errorf("%s: %v, want an error with %q", tt.file, err, tt.err)
			}
		} else if err != nil || got.ID != tt.want.ID || got.Secret != tt.want.Secret || got.Desktop != tt.want.Desktop || !slices.Equal(got.RedirectURIs, tt.want.RedirectURIs) {
			t.Errorf("%s: %+v, %v", tt.file, got, err)
		}
	}
}

func FuzzClientFile(f *testing.F) {
	f.Add([]byte(`{"installed":{"client_id":"a","client_secret":"b","redirect_uris":["c"]}}`))
	f.Add([]byte(`{"web":null,"type":""}`))
	f.Add([]byte(`{"type":"service_account"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := google.ReadClientFile(b)
		if (err == nil) != (c.ID != "" && c.Secret != "") {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

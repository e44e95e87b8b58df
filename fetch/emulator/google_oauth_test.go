package emulator_test

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

const loopback = "http://127.0.0.1:53682/callback"

const googleVerifier = "0123456789-0123456789-0123456789-0123456789-verifier"

// address is an authorization address; extra pairs replace or, empty, remove
// parameters.
func (g *gbench) address(scopes []string, extra ...string) string {
	id, _ := g.GoogleClient()
	sum := sha256.Sum256([]byte(googleVerifier))
	q := url.Values{
		"client_id": {id}, "redirect_uri": {loopback}, "response_type": {"code"}, "scope": {strings.Join(scopes, " ")},
		"access_type": {"offline"}, "prompt": {"consent"}, "state": {"s t/1"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(extra); i += 2 {
		if q.Set(extra[i], extra[i+1]); extra[i+1] == "" {
			q.Del(extra[i])
		}
	}
	return "https://accounts.google.com/o/oauth2/v2/auth?" + q.Encode()
}

// consent presses Allow and returns the parameters of the redirect.
func (g *gbench) consent(address string, scopes ...string) url.Values {
	g.t.Helper()
	to, err := g.GoogleConsent(address, true, scopes...)
	if err != nil {
		g.t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil {
		g.t.Fatal(err)
	}
	return u.Query()
}

func (g *gbench) exchange(code string, extra ...string) (tokenReply, int) {
	g.t.Helper()
	id, secret := g.GoogleClient()
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "client_id": {id}, "client_secret": {secret},
		"redirect_uri": {loopback}, "code_verifier": {googleVerifier},
	}
	for i := 0; i < len(extra); i += 2 {
		if form.Set(extra[i], extra[i+1]); extra[i+1] == "" {
			form.Del(extra[i])
		}
	}
	return g.tokens(form)
}

func TestGoogleRefresh(t *testing.T) {
	g := startGoogle(t)
	first, status := g.tokens(g.refreshForm(g.GoogleSeedToken()))
	again, _ := g.tokens(g.refreshForm(g.GoogleSeedToken()))
	if status != 200 || first.Refresh != "" || first.Expires != 3599 || first.Type != "Bearer" || first.RefreshLife != 0 ||
		first.Scope != strings.Join(emulator.AllGoogleScopes, " ") || again.Access == first.Access {
		t.Errorf("refresh: %d %+v, then %+v", status, first, again)
	}
	for what, tt := range map[string]struct {
		change []string
		status int
		kind   string
	}{
		"wrong secret": {[]string{"client_secret", "nonsense-nonsense"}, 401, "invalid_client"},
		"wrong id":     {[]string{"client_id", "1-else.apps"}, 401, "invalid_client"},
		"no secret":    {[]string{"client_secret", ""}, 400, "invalid_request"},
		"no id":        {[]string{"client_id", ""}, 400, "invalid_request"},
		"foreign":      {[]string{"refresh_token", "1//0eForeignForeignForeign"}, 400, "invalid_grant"},
		"no token":     {[]string{"refresh_token", ""}, 400, "invalid_request"},
		"other grant":  {[]string{"grant_type", "password"}, 400, "unsupported_grant_type"},
		"more scope":   {[]string{"scope", "https://www.googleapis.com/auth/drive"}, 400, "invalid_scope"},
	} {
		form := g.refreshForm(g.GoogleSeedToken())
		if form.Set(tt.change[0], tt.change[1]); tt.change[1] == "" {
			form.Del(tt.change[0])
		}
		if got, status := g.tokens(form); status != tt.status || got.Error != tt.kind {
			t.Errorf("%s: %d %q, want %d %q", what, status, got.Error, tt.status, tt.kind)
		}
	}
	if v := g.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

func TestGoogleAccessExpires(t *testing.T) {
	g := startGoogle(t)
	g.clock.Add(3598 * time.Second)
	g.ok("/v4/users/me/identity")
	g.clock.Add(time.Second)
	r := g.get("/v4/users/me/identity")
	r.refused(t, "expired", 401, "UNAUTHENTICATED", "")
	if h := r.header.Get("WWW-Authenticate"); !strings.Contains(h, `error="invalid_token"`) {
		t.Errorf("WWW-Authenticate %q", h)
	}
	sameShape(t, r.body, "google/error-401-invalid-token")
	g.signIn()
	g.ok("/v4/users/me/identity")
	g.GoogleExpireAccess()
	g.get("/v4/users/me/identity").refused(t, "aged", 401, "UNAUTHENTICATED", "")
	g.token = ""
	g.get("/v4/users/me/identity?key=AIza").refused(t, "none", 401, "UNAUTHENTICATED", "CREDENTIALS_MISSING")
}

func TestGoogleTestingGrantDies(t *testing.T) {
	g := startGoogle(t, func(o *emulator.Options) { o.GoogleTesting = true })
	code := g.consent(g.address(emulator.AllGoogleScopes), emulator.AllGoogleScopes...).Get("code")
	minted, _ := g.exchange(code)
	if minted.RefreshLife != 604799 || minted.Refresh == "" {
		t.Errorf("in testing: %+v", minted)
	}
	g.GooglePublish()
	g.clock.Add(24 * time.Hour)
	got, _ := g.tokens(g.refreshForm(minted.Refresh))
	if want := 604799 - 86400; got.RefreshLife != want {
		t.Errorf("a day later: %d, want %d", got.RefreshLife, want)
	}
	code = g.consent(g.address(emulator.AllGoogleScopes), emulator.AllGoogleScopes...).Get("code")
	published, _ := g.exchange(code)
	if published.RefreshLife != 0 {
		t.Errorf("published: %+v", published)
	}
	g.clock.Add(6*24*time.Hour + time.Minute)
	if got, status := g.tokens(g.refreshForm(minted.Refresh)); status != 400 || got.Error != "invalid_grant" {
		t.Errorf("after seven days: %d %+v", status, got)
	}
	if _, status := g.tokens(g.refreshForm(published.Refresh)); status != 200 {
		t.Errorf("the published grant: %d", status)
	}
	g.clock.Add(179 * 24 * time.Hour)
	if _, status := g.tokens(g.refreshForm(published.Refresh)); status != 200 {
		t.Errorf("used half a year ago: %d", status)
	}
	g.clock.Add(181 * 24 * time.Hour)
	if _, status := g.tokens(g.refreshForm(published.Refresh)); status != 400 {
		t.Errorf("unused for more than half a year: %d", status)
	}
}

func TestGoogleRevocation(t *testing.T) {
	g := startGoogle(t)
	if r := g.post("/revoke", "", "", url.Values{"token": {"unknown-token-000"}}); r.status != 400 {
		t.Errorf("unknown: %d", r.status)
	}
	if r := g.post("/revoke", "", "", url.Values{"token": {g.token}}); r.status != 200 {
		t.Errorf("revoke: %d %s", r.status, r.body)
	}
	g.get("/v4/users/me/identity").refused(t, "revoked", 401, "UNAUTHENTICATED", "")
	r := g.post("/token", "", "", g.refreshForm(g.GoogleSeedToken()))
	if r.status != 400 {
		t.Errorf("refresh: %d", r.status)
	}
	sameShape(t, r.body, "google/oauth-error-invalid-grant")
}

func TestGoogleConsent(t *testing.T) {
	g := startGoogle(t)
	asked := emulator.AllGoogleScopes[:3]
	q := g.consent(g.address(asked), asked[0], asked[2], emulator.AllGoogleScopes[5])
	if q.Get("state") != "s t/1" || q.Get("code") == "" {
		t.Fatalf("redirect: %v", q)
	}
	got, status := g.exchange(q.Get("code"))
	if want := asked[0] + " " + asked[2]; status != 200 || got.Scope != want || got.Refresh == "" {
		t.Errorf("unticked: %d %+v", status, got)
	}
	if refreshed, _ := g.tokens(g.refreshForm(got.Refresh)); refreshed.Scope != got.Scope {
		t.Errorf("refreshed: %q", refreshed.Scope)
	}
	if again, status := g.exchange(q.Get("code")); status != 400 || again.Error != "invalid_grant" {
		t.Errorf("second use: %d %+v", status, again)
	}
	for what, tt := range map[string]struct {
		change []string
		wait   time.Duration
		kind   string
	}{
		"verifier":    {[]string{"code_verifier", strings.Repeat("x", 50)}, 0, "invalid_grant"},
		"no verifier": {[]string{"code_verifier", ""}, 0, "invalid_grant"},
		"redirect":    {[]string{"redirect_uri", loopback + "/"}, 0, "redirect_uri_mismatch"},
		"late":        {nil, 11 * time.Minute, "invalid_grant"},
	} {
		code := g.consent(g.address(asked), asked...).Get("code")
		g.clock.Add(tt.wait)
		if got, status := g.exchange(code, tt.change...); status != 400 || got.Error != tt.kind {
			t.Errorf("%s: %d %+v", what, status, got)
		}
	}
	denied, err := g.GoogleConsent(g.address(asked), false)
	if err != nil || !strings.Contains(denied, "error=access_denied") || !strings.Contains(denied, "state=s+t%2F1") {
		t.Errorf("denied: %q %v", denied, err)
	}
}

// TestGoogleRefreshTokenIsGiven: offline, and the first consent or prompt.
func TestGoogleRefreshTokenIsGiven(t *testing.T) {
	g := startGoogle(t)
	asked := emulator.AllGoogleScopes[:1]
	given := func(extra ...string) bool {
		t.Helper()
		got, status := g.exchange(g.consent(g.address(asked, extra...), asked...).Get("code"))
		if status != 200 {
			t.Fatalf("exchange: %d %+v", status, got)
		}
		return got.Refresh != ""
	}
	if given("prompt", "") {
		t.Error("given at a later consent without prompt")
	}
	if given("access_type", "") || given("access_type", "online") {
		t.Error("given online")
	}
	if !given() {
		t.Error("not given with prompt=consent")
	}
	g.GoogleRevoke()
	if !given("prompt", "") {
		t.Error("not given at the first consent")
	}
}

func TestGoogleConsentMistakes(t *testing.T) {
	desktop := startGoogle(t)
	web := startGoogle(t, func(o *emulator.Options) {
		o.GoogleClientType = emulator.GoogleWeb
		o.GoogleRedirectURIs = []string{"http://localhost:8080"}
	})
	for _, tt := range []struct {
		g      *gbench
		extra  []string
		reason string
	}{
		{desktop, []string{"redirect_uri", "http://localhost:1"}, ""},
		{desktop, []string{"redirect_uri", "http://[::1]:4711/x"}, ""},
		{desktop, []string{"redirect_uri", "http://192.168.1.2:8080"}, "redirect_uri_mismatch"},
		{desktop, []string{"redirect_uri", "https://localhost:1"}, "redirect_uri_mismatch"},
		{desktop, []string{"redirect_uri", "http://localhost.example.com"}, "redirect_uri_mismatch"},
		{web, []string{"redirect_uri", "http://localhost:8080"}, ""},
		{web, []string{"redirect_uri", "http://localhost:8080/"}, "redirect_uri_mismatch"},
		{web, []string{"redirect_uri", loopback}, "redirect_uri_mismatch"},
		{desktop, []string{"client_id", "other"}, "invalid_client"},
		{desktop, []string{"scope", "https://www.googleapis.com/auth/googlehealth.everything"}, "invalid_scope"},
		{desktop, []string{"scope", ""}, "invalid_request"},
		{desktop, []string{"response_type", "token"}, "invalid_request"},
		{desktop, []string{"access_type", "forever"}, "invalid_request"},
		{desktop, []string{"code_challenge_method", "plain"}, "invalid_request"},
	} {
		_, err := tt.g.GoogleConsent(tt.g.address(emulator.AllGoogleScopes[:1], tt.extra...), true, emulator.AllGoogleScopes[0])
		if tt.reason == "" && err != nil || tt.reason != "" && (err == nil || !strings.Contains(err.Error(), tt.reason)) {
			t.Errorf("%q: %v, want %q", tt.extra, err, tt.reason)
		}
	}
}

// TestGoogleConsentPage goes through the page as a browser does.
func TestGoogleConsentPage(t *testing.T) {
	g := startGoogle(t)
	u, _ := url.Parse(g.address(emulator.AllGoogleScopes[:2]))
	body := g.ok(u.RequestURI())
	for _, want := range []string{`type="checkbox"`, `value="allow"`, `value="deny"`, emulator.AllGoogleScopes[1]} {
		if !strings.Contains(body, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	form := u.Query()
	form.Set("requested", form.Get("scope"))
	form["scope"] = emulator.AllGoogleScopes[:2]
	form.Set("decision", "allow")
	r := g.post("/o/oauth2/v2/auth", "", "", form)
	to, _ := url.Parse(r.header.Get("Location"))
	if r.status != http.StatusFound || to.Query().Get("code") == "" || to.Query().Get("state") != "s t/1" {
		t.Errorf("allowed: %d %v", r.status, to)
	}
	bad := strings.Replace(u.RequestURI(), "response_type=code", "response_type=x", 1)
	if r := g.get(bad); r.status != 400 || r.header.Get("Location") != "" || !strings.Contains(r.body, "<html") {
		t.Errorf("mistake: %d %v", r.status, r.header)
	}
	if r := g.get("/token"); r.status != 404 {
		t.Errorf("GET /token: %d", r.status)
	}
}

func TestGoogleSecretsAndLog(t *testing.T) {
	g := startGoogle(t)
	code := g.consent(g.address(emulator.AllGoogleScopes), emulator.AllGoogleScopes...).Get("code")
	got, _ := g.exchange(code)
	_, secret := g.GoogleClient()
	for _, s := range []string{secret, g.GoogleSeedToken(), g.token, code, got.Access, got.Refresh, googleVerifier} {
		if !slices.Contains(g.Secrets(), s) {
			t.Errorf("not among the secrets: %q", s)
		}
	}
	g.get("/v4/users/me/identity?access_token=" + got.Access)
	kinds := map[string]int{}
	for _, r := range g.Requests() {
		kinds[r.Kind]++
		for _, s := range g.Secrets() {
			if strings.Contains(r.Path, s) || r.Header.Get("Authorization") != "" {
				t.Errorf("secret in the log: %+v", r)
			}
		}
	}
	if kinds[emulator.KindGoogle] != 1 || kinds[emulator.KindGoogleToken] != 2 || len(g.Violations()) != 1 {
		t.Errorf("kinds %v, violations %q", kinds, g.Violations())
	}
}

// TestGoogleNumbers: the Google side counts for itself.
func TestGoogleNumbers(t *testing.T) {
	var asked, answered []int
	g := startGoogle(t, func(o *emulator.Options) {
		o.OnGoogleRequest = func(n int, r *http.Request) { asked = append(asked, n) }
		o.OnGoogleAnswered = func(n int) { answered = append(answered, n) }
		o.OnRequest = func(n int, r *http.Request) { t.Errorf("legacy request %d: %s", n, r.URL) }
	})
	client := &http.Client{Transport: g.Transport()}
	for range 2 {
		r, _ := http.NewRequest("GET", "https://health.googleapis.com/v4/users/me/identity", nil)
		r.Header.Set("Authorization", "Bearer "+g.token)
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	if want := []int{1, 2}; !slices.Equal(asked, want) || !slices.Equal(answered, want) {
		t.Errorf("asked %v, answered %v", asked, answered)
	}
}

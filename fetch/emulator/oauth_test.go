package emulator_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

const (
	clientID     = "23EMUL"
	clientSecret = "emulator-secret-0123456789abcdef"
	redirect     = "http://localhost:8080/"
	verifier     = "0123456789-0123456789-0123456789-0123456789-abc"
)

type pair struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Expires int    `json:"expires_in"`
	Scope   string
	Type    string `json:"token_type"`
	UserID  string `json:"user_id"`
}

func (b *bench) refresh(token string) reply {
	return b.post("/oauth2/token", clientID, clientSecret,
		url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
}

func tokens(t *testing.T, r reply) pair {
	t.Helper()
	if r.status != 200 {
		t.Fatalf("token endpoint: %d %s", r.status, r.body)
	}
	sameShape(t, r.body, "oauth_token_response")
	var p pair
	if err := json.Unmarshal([]byte(r.body), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRefreshRotates(t *testing.T) {
	b := start(t)
	_, seed, _ := b.SeedTokens()
	first := b.refresh(seed)
	p := tokens(t, first)
	if p.Expires != 28800 || p.Type != "Bearer" || len(p.Refresh) != 64 || strings.Count(p.Access, ".") != 2 {
		t.Errorf("pair: %+v", p)
	}
	if p.UserID != b.Person().ID() || len(strings.Fields(p.Scope)) != 15 {
		t.Errorf("user %q, scope %q", p.UserID, p.Scope)
	}
	b.ok(devicesPath)
	b.token = p.Access
	b.ok(devicesPath)

	b.clock.Add(120 * time.Second)
	if again := b.refresh(seed); again.body != first.body {
		t.Errorf("identical refresh after 120 s: %d %s", again.status, again.body)
	}
	b.clock.Add(time.Second)
	dead := b.refresh(seed)
	dead.wants(t, "after 121 s", 400, "invalid_grant")
	sameShape(t, dead.body, "error_400_invalid_grant")
	if !strings.Contains(dead.body, seed) {
		t.Errorf("invalid_grant does not echo the token: %s", dead.body)
	}
	if next := tokens(t, b.refresh(p.Refresh)); next.Refresh == p.Refresh || next.Access == p.Access {
		t.Error("second refresh did not rotate")
	}
}

// Only the identical request is replayed: the same token sent in another way is
// used up.
func TestRefreshReplayIsExact(t *testing.T) {
	b := start(t)
	_, seed, _ := b.SeedTokens()
	tokens(t, b.refresh(seed))
	b.post("/oauth2/token", "", "", url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {seed}, "client_id": {clientID},
	}).wants(t, "same token, other request", 400, "invalid_grant")
}

func TestAccessTokenExpires(t *testing.T) {
	b := start(t)
	b.clock.Add(8*time.Hour - time.Second)
	b.ok(devicesPath)
	b.clock.Add(time.Second)
	r := b.get(devicesPath)
	r.wants(t, "after 8 h", 401, "expired_token")
	sameShape(t, r.body, "error_401_expired_token")
	if !strings.Contains(r.body, b.token) {
		t.Error("expired_token does not echo the token")
	}
	if got := r.header.Get("WWW-Authenticate"); got != `Bearer realm="api.fitbit.com"` {
		t.Errorf("WWW-Authenticate: %q", got)
	}

	b.token = "aaaa.bbbb.cccc-dddd"
	r = b.get(devicesPath)
	r.wants(t, "unknown token", 401, "invalid_token")
	sameShape(t, r.body, "error_401_invalid_token")
	if !strings.Contains(r.body, b.token) || r.header.Get("WWW-Authenticate") == "" {
		t.Errorf("invalid_token: %s %v", r.body, r.header)
	}
	b.token = ""
	b.get(devicesPath).wants(t, "no token", 401, "invalid_request")
}

func TestExpireAccess(t *testing.T) {
	b := start(t)
	b.ExpireAccess()
	b.get(devicesPath).wants(t, "expired on demand", 401, "expired_token")
}

func TestClientAuthentication(t *testing.T) {
	b := start(t)
	_, seed, _ := b.SeedTokens()
	form := func(more ...string) url.Values {
		f := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {seed}}
		for i := 0; i < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		return f
	}
	inBody := form("client_id", clientID)
	for _, tt := range []struct {
		what           string
		app            emulator.AppType
		user, password string
		form           url.Values
		status         int
		kind           string
		sample         string
	}{
		{"nothing", emulator.PersonalApp, "", "", form(), 401, "invalid_request", "error_401_missing_basic_header"},
		{"wrong secret", emulator.PersonalApp, clientID, "wrong", form(), 401, "invalid_client", "error_401_invalid_client"},
		{"wrong id", emulator.PersonalApp, "23OTHR", clientSecret, form(), 401, "invalid_client", ""},
		{"wrong id in body", emulator.PersonalApp, "", "", form("client_id", "23OTHR"), 401, "invalid_client", ""},
		{"wrong secret in body", emulator.PersonalApp, "", "", form("client_id", clientID, "client_secret", "x"), 401, "invalid_client", ""},
		{"header and other id", emulator.PersonalApp, clientID, clientSecret, form("client_id", "23OTHR"), 401, "invalid_client", ""},
		{"server app in body", emulator.ServerApp, "", "", inBody, 401, "invalid_request", ""},
		{"client app with header", emulator.ClientApp, clientID, clientSecret, inBody, 401, "invalid_client", ""},
		{"client app without id", emulator.ClientApp, "", "", form(), 400, "invalid_request", ""},
		{"no token", emulator.PersonalApp, clientID, clientSecret, url.Values{"grant_type": {"refresh_token"}}, 400, "invalid_request", "error_400_missing_refresh_token"},
		{"no grant type", emulator.PersonalApp, clientID, clientSecret, url.Values{}, 400, "invalid_request", ""},
		{"other grant type", emulator.PersonalApp, clientID, clientSecret, form("grant_type", "password"), 400, "invalid_request", ""},
		{"other life", emulator.PersonalApp, clientID, clientSecret, form("expires_in", "3600"), 400, "invalid_request", ""},
		{"server app", emulator.ServerApp, clientID, clientSecret, form("expires_in", "28800"), 200, "", ""},
	} {
		b.Set(func(m *emulator.Modes) { m.App = tt.app })
		r := b.post("/oauth2/token", tt.user, tt.password, tt.form)
		r.wants(t, tt.what, tt.status, tt.kind)
		if tt.sample != "" {
			sameShape(t, r.body, tt.sample)
		}
	}
	for _, app := range []emulator.AppType{emulator.PersonalApp, emulator.ClientApp} {
		b := start(t)
		b.Set(func(m *emulator.Modes) { m.App = app })
		tokens(t, b.post("/oauth2/token", "", "", inBody))
	}
}

func TestTokenWantsAForm(t *testing.T) {
	b := start(t)
	_, seed, _ := b.SeedTokens()
	r, _ := http.NewRequest("POST", b.web.URL+"/oauth2/token",
		strings.NewReader("grant_type=refresh_token&refresh_token="+seed))
	r.Header.Set("Content-Type", "text/plain")
	r.SetBasicAuth(clientID, clientSecret)
	got, err := b.send(r)
	if err != nil {
		t.Fatal(err)
	}
	got.wants(t, "not a form", 400, "invalid_request")

	query := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {seed}}
	b.post("/oauth2/token?"+query.Encode(), clientID, clientSecret, url.Values{}).
		wants(t, "fields in the query", 400, "invalid_request")
	if v := b.Violations(); len(v) != 1 || !strings.Contains(v[0], "refresh_token in the URL") {
		t.Errorf("violations: %q", v)
	}
	b.get("/oauth2/token").wants(t, "GET", 405, "request")
	if v := b.Violations(); len(v) != 2 {
		t.Errorf("violations: %q", v)
	}
}

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func consentQuery(change ...string) url.Values {
	q := url.Values{
		"client_id": {clientID}, "response_type": {"code"}, "scope": {"activity sleep heartrate"},
		"redirect_uri": {redirect}, "state": {"st&te/1"},
		"code_challenge": {challenge()}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(change); i += 2 {
		q.Set(change[i], change[i+1])
		if change[i+1] == "" {
			q.Del(change[i])
		}
	}
	return q
}

// consent opens the page, keeps the form's hidden fields and presses a button.
func (b *bench) consent(q url.Values, decision string, scopes ...string) reply {
	b.t.Helper()
	page := b.ok("/oauth2/authorize?" + q.Encode())
	form := url.Values{"decision": {decision}, "scope": scopes}
	for _, name := range []string{"client_id", "response_type", "redirect_uri", "state", "code_challenge", "code_challenge_method", "requested"} {
		_, rest, found := strings.Cut(page, `type="hidden" name="`+name+`" value="`)
		if found {
			value, _, _ := strings.Cut(rest, `"`)
			form.Set(name, strings.NewReplacer("&amp;", "&", "&#43;", "+").Replace(value))
		}
	}
	return b.post("/oauth2/authorize", "", "", form)
}

func (b *bench) code(q url.Values, scopes ...string) string {
	b.t.Helper()
	r := b.consent(q, "allow", scopes...)
	to, err := url.Parse(r.header.Get("Location"))
	if r.status != 302 || err != nil || to.Query().Get("code") == "" {
		b.t.Fatalf("no code: %d %v %s", r.status, r.header, r.body)
	}
	return to.Query().Get("code")
}

func (b *bench) exchange(code string, change ...string) reply {
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code},
		"redirect_uri": {redirect}, "code_verifier": {verifier},
	}
	for i := 0; i < len(change); i += 2 {
		form.Set(change[i], change[i+1])
		if change[i+1] == "" {
			form.Del(change[i])
		}
	}
	return b.post("/oauth2/token", clientID, clientSecret, form)
}

func TestAuthorize(t *testing.T) {
	b := start(t)
	_, seed, _ := b.SeedTokens()
	page := b.ok("/oauth2/authorize?" + consentQuery().Encode())
	if n := strings.Count(page, `type="checkbox" name="scope"`); n != 3 {
		t.Errorf("%d checkboxes for 3 scopes", n)
	}
	for _, want := range []string{`<form method="post"`, `value="allow"`, `value="deny"`} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %s", want)
		}
	}

	r := b.consent(consentQuery(), "allow", "activity", "sleep", "weight")
	to, err := url.Parse(r.header.Get("Location"))
	if err != nil || r.status != 302 || !strings.HasPrefix(to.String(), redirect+"?") {
		t.Fatalf("redirect: %d %v", r.status, r.header)
	}
	if got := to.Query().Get("state"); got != "st&te/1" {
		t.Errorf("state came back as %q", got)
	}
	code := to.Query().Get("code")
	p := tokens(t, b.exchange(code))
	if p.Scope != "activity sleep" {
		t.Errorf("granted %q: unticked or never requested scopes count", p.Scope)
	}
	b.exchange(code).wants(t, "second use of a code", 400, "invalid_grant")
	b.refresh(seed).wants(t, "the older refresh token", 400, "invalid_grant")
	b.ok(devicesPath)

	b.token = p.Access
	b.ok(sleepPath("2025-10-01", "2025-10-02"))
	r = b.get(devicesPath)
	r.wants(t, "devices without settings", 403, "insufficient_scope")
	sameShape(t, r.body, "error_403_insufficient_scope")
}

func TestAuthorizeDenied(t *testing.T) {
	b := start(t)
	r := b.consent(consentQuery(), "deny", "activity")
	to, _ := url.Parse(r.header.Get("Location"))
	if q := to.Query(); q.Get("error") != "access_denied" || q.Get("state") != "st&te/1" || q.Get("code") != "" {
		t.Errorf("denied: %s", to)
	}
	if r := b.consent(consentQuery(), "allow"); r.status != 400 || r.header.Get("Location") != "" {
		t.Errorf("nothing ticked: %d", r.status)
	}
	b.Set(func(m *emulator.Modes) { m.RedirectHash = true })
	if r := b.consent(consentQuery(), "allow", "sleep"); !strings.HasSuffix(r.header.Get("Location"), "#_=_") {
		t.Errorf("no fragment: %s", r.header.Get("Location"))
	}
}

// Mistakes are shown on the page, never sent to the redirect (sheet 1.3).
func TestAuthorizeMistakes(t *testing.T) {
	b := start(t)
	for what, q := range map[string]url.Values{
		"client id":         consentQuery("client_id", "google-client"),
		"response type":     consentQuery("response_type", "token"),
		"redirect":          consentQuery("redirect_uri", "http://localhost:8080"),
		"foreign redirect":  consentQuery("redirect_uri", "https://evil.example/"),
		"missing redirect":  consentQuery("redirect_uri", ""),
		"unknown scope":     consentQuery("scope", "activity everything"),
		"no scope":          consentQuery("scope", ""),
		"plain challenge":   consentQuery("code_challenge_method", "plain"),
		"challenge, no S":   consentQuery("code_challenge_method", ""),
		"short challenge":   consentQuery("code_challenge", "abc"),
		"padded challenge":  consentQuery("code_challenge", challenge()+"="),
		"prompt":            consentQuery("prompt", "select_account"),
		"method, no S code": consentQuery("code_challenge", ""),
	} {
		r := b.get("/oauth2/authorize?" + q.Encode())
		if r.status != 400 || r.header.Get("Location") != "" || !strings.Contains(r.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %v", what, r.status, r.header)
		}
		q.Set("requested", q.Get("scope"))
		q.Set("decision", "allow")
		if r := b.post("/oauth2/authorize", "", "", q); r.status != 400 || r.header.Get("Location") != "" {
			t.Errorf("%s, posted: %d %v", what, r.status, r.header)
		}
	}
	b.Set(func(m *emulator.Modes) { m.App = emulator.ClientApp })
	q := consentQuery("code_challenge", "", "code_challenge_method", "")
	if r := b.get("/oauth2/authorize?" + q.Encode()); r.status != 400 {
		t.Errorf("client app without PKCE: %d", r.status)
	}
}

func TestExchange(t *testing.T) {
	b := start(t)
	code := func() string { return b.code(consentQuery(), "activity") }
	b.exchange(code(), "code_verifier", verifier[1:]).wants(t, "wrong verifier", 400, "invalid_grant")
	b.exchange(code(), "code_verifier", "").wants(t, "no verifier", 400, "invalid_request")
	b.exchange(code(), "redirect_uri", "http://127.0.0.1:8080/").wants(t, "other redirect", 400, "invalid_grant")
	b.exchange("", "code", "").wants(t, "no code", 400, "invalid_request")
	b.exchange("00000000000000000000").wants(t, "invented code", 400, "invalid_grant")

	late := code()
	b.clock.Add(10*time.Minute + time.Second)
	b.exchange(late).wants(t, "code of 10 min and 1 s", 400, "invalid_grant")
	fresh := code()
	b.clock.Add(10 * time.Minute)
	tokens(t, b.exchange(fresh))

	plain := b.code(consentQuery("code_challenge", "", "code_challenge_method", ""), "activity")
	b.exchange(plain).wants(t, "verifier without challenge", 400, "invalid_grant")
	plain = b.code(consentQuery("code_challenge", "", "code_challenge_method", ""), "activity")
	tokens(t, b.exchange(plain, "code_verifier", ""))
}

func TestSingleRedirectMayBeLeftOut(t *testing.T) {
	b := start(t, func(o *emulator.Options) { o.RedirectURIs = []string{"http://localhost:9/cb?x=1"} })
	code := func() string { return b.code(consentQuery("redirect_uri", ""), "activity") }
	tokens(t, b.exchange(code(), "redirect_uri", ""))
	tokens(t, b.exchange(code(), "redirect_uri", "http://localhost:9/cb?x=1"))
	b.exchange(code()).wants(t, "another redirect", 400, "invalid_grant")
}

func TestIntrospect(t *testing.T) {
	b := start(t)
	ask := func(path, token string) reply {
		r, _ := http.NewRequest("POST", b.web.URL+path, strings.NewReader(url.Values{"token": {token}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Authorization", "Bearer "+b.token)
		got, err := b.send(r)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	r := ask("/1.1/oauth2/introspect", b.token)
	sameShape(t, r.body, "oauth_introspect_active")
	var active struct {
		Scope    string
		Exp, Iat int64
	}
	if err := json.Unmarshal([]byte(r.body), &active); err != nil {
		t.Fatal(err)
	}
	if active.Iat != noon.UnixMilli() || active.Exp != noon.Add(8*time.Hour).UnixMilli() {
		t.Errorf("iat %d, exp %d: not milliseconds of the clock", active.Iat, active.Exp)
	}
	if !strings.HasPrefix(active.Scope, "{") || !strings.Contains(active.Scope, "SLEEP=READ") {
		t.Errorf("scope %q", active.Scope)
	}
	sameShape(t, ask("/1.1/oauth2/introspect", "whatever").body, "oauth_introspect_inactive")
	if r := ask("/oauth2/introspect", b.token); !strings.Contains(r.body, `"active":1`) {
		t.Errorf("older path: %s", r.body)
	}
	if len(b.Requests()) != 3 || b.Requests()[0].Kind != emulator.KindIntrospect {
		t.Errorf("log: %+v", b.Requests())
	}
}

func TestRevoke(t *testing.T) {
	b := start(t)
	_, seed, _ := b.SeedTokens()
	p := tokens(t, b.refresh(seed))
	b.post("/oauth2/revoke", clientID, "wrong", url.Values{"token": {p.Refresh}}).
		wants(t, "wrong secret", 401, "invalid_client")
	b.ok(devicesPath)
	if r := b.post("/oauth2/revoke", clientID, clientSecret, url.Values{"token": {p.Access}}); r.status != 200 {
		t.Fatalf("revoke: %d %s", r.status, r.body)
	}
	b.get(devicesPath).wants(t, "older access token", 401, "invalid_token")
	b.refresh(p.Refresh).wants(t, "refresh token", 400, "invalid_grant")
	b.refresh(seed).wants(t, "replay of the refresh before", 400, "invalid_grant")
}

func TestTokenEndpointModes(t *testing.T) {
	b := start(t)
	b.single()
	_, seed, _ := b.SeedTokens()
	b.Set(func(m *emulator.Modes) { m.TokenStatus, m.TokenStatusLeft = 503, 2 })
	b.refresh(seed).wants(t, "first", 503, "system")
	b.refresh(seed).wants(t, "second", 503, "system")
	b.Set(func(m *emulator.Modes) { m.DropRotated = 1 })
	r, _ := http.NewRequest("POST", b.web.URL+"/oauth2/token", strings.NewReader(
		url.Values{"grant_type": {"refresh_token"}, "refresh_token": {seed}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(clientID, clientSecret)
	if got, err := b.send(r); err == nil {
		t.Fatalf("the connection did not break: %d %s", got.status, got.body)
	}
	p := tokens(t, b.refresh(seed))
	b.clock.Add(121 * time.Second)
	b.refresh(seed).wants(t, "rotated before the break", 400, "invalid_grant")
	tokens(t, b.refresh(p.Refresh))

	b.Set(func(m *emulator.Modes) { m.TokenStatus = 429 })
	b.refresh(p.Refresh).wants(t, "limited", 429, "system")
	b.Set(func(m *emulator.Modes) { m.TokenStatus = 410 })
	if r := b.refresh(p.Refresh); r.status != 410 || r.body != "" {
		t.Errorf("retired: %d %q", r.status, r.body)
	}
	b.Set(func(m *emulator.Modes) { m.TokenStatus = 0 })
	b.Inject(emulator.Fault{Path: "/oauth2/token", Kind: emulator.FaultHTML})
	if r := b.refresh(p.Refresh); r.status != 502 || !strings.Contains(r.body, "<html>") {
		t.Errorf("fault on the token endpoint: %d %q", r.status, r.body)
	}
}

func TestSeedIsDeterministic(t *testing.T) {
	a, b := start(t), start(t)
	other := start(t, func(o *emulator.Options) { o.Seed = 4 })
	if !slices.Equal(a.Secrets(), b.Secrets()) {
		t.Error("the same seed gives other secrets")
	}
	if slices.Equal(a.Secrets(), other.Secrets()) {
		t.Error("another seed gives the same secrets")
	}
	_, ra, _ := a.SeedTokens()
	_, rb, _ := b.SeedTokens()
	if x, y := a.refresh(ra), b.refresh(rb); x.body != y.body {
		t.Error("the same seed issues other tokens")
	}
}

func TestScopes(t *testing.T) {
	for path, scope := range map[string]string{
		activity("steps", "2025-10-01", "2025-10-02"):               "activity",
		activity("tracker/steps", "2025-10-01", "2025-10-02"):       "activity",
		activity("active-zone-minutes", "2025-10-01", "2025-10-02"): "activity",
		activity("heart", "2025-10-01", "2025-10-02"):               "heartrate",
		"/1/user/-/body/bmi/date/2025-10-01/2025-10-02.json":        "weight",
		"/1/user/-/body/log/weight/date/2025-10-01/2025-10-02.json": "weight",
		"/1/user/-/body/log/fat/date/2025-10-01/2025-10-02.json":    "weight",
		"/1/user/-/foods/log/water/date/2025-10-01/2025-10-02.json": "nutrition",
		sleepPath("2025-10-01", "2025-10-02"):                       "sleep",
		"/1.2/user/-/sleep/date/2025-10-01.json":                    "sleep",
		"/1/user/-/profile.json":                                    "profile",
		devicesPath:                                                 "settings",
	} {
		with := start(t, func(o *emulator.Options) { o.Scopes = []string{scope} })
		with.ok(path)
		without := start(t, func(o *emulator.Options) {
			o.Scopes = slices.DeleteFunc(slices.Clone(emulator.AllScopes), func(s string) bool { return s == scope })
		})
		without.get(path).wants(t, path, 403, "insufficient_scope")
	}
}

func TestConsentInPlaceOfThePage(t *testing.T) {
	b := start(t)
	address := b.web.URL + "/oauth2/authorize?" + consentQuery().Encode()
	to, err := b.Consent(address, true, "sleep")
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(to)
	if p := tokens(t, b.exchange(u.Query().Get("code"))); p.Scope != "sleep" || u.Query().Get("state") != "st&te/1" {
		t.Errorf("granted %q, sent to %s", p.Scope, to)
	}
	if to, err := b.Consent(address, false); err != nil || !strings.Contains(to, "error=access_denied") {
		t.Errorf("denied: %q %v", to, err)
	}
	if _, err := b.Consent(address, true); err == nil {
		t.Error("nothing ticked, but sent on")
	}
	if _, err := b.Consent(b.web.URL+"/oauth2/authorize?client_id=x", true, "sleep"); err == nil {
		t.Error("an unknown client was sent on")
	}
}

func TestRemovedFromTheAccount(t *testing.T) {
	b := start(t)
	_, seed, _ := b.SeedTokens()
	b.Server.Revoke()
	b.get(devicesPath).wants(t, "removed app", 401, "invalid_token")
	b.refresh(seed).wants(t, "removed app", 400, "invalid_grant")
}

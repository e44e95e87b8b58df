package fitbit_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/fetch/fitbit"
	"fitvault/store/catalog"
)

// answering is a service that gives one answer to everything.
type answering struct {
	status int
	header http.Header
	body   string
	err    error         // instead of an answer
	breaks bool          // the connection, after the body
	seen   *http.Request // the last one
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a.seen = r
	if a.err != nil {
		return nil, a.err
	}
	body := io.Reader(strings.NewReader(a.body))
	if a.breaks {
		body = io.MultiReader(body, broken{})
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	return &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(body), Request: r}, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func newProvider(rt http.RoundTripper) *fitbit.Provider {
	return providerAt("https://api.example/", rt)
}

func providerAt(api string, rt http.RoundTripper) *fitbit.Provider {
	return fitbit.New(fitbit.Options{
		APIURL: api, AuthURL: "https://www.example", ClientID: "23EMUL", ClientSecret: "s3cret",
		RedirectURL: "http://localhost:8080/", UserAgent: "fitvault/test", HTTP: &http.Client{Transport: rt},
	})
}

func sample(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// question asks for three days of sleep.
func question(t testing.TB) fetch.Question {
	sleep, ok := catalog.Lookup("sleep")
	if !ok {
		t.Fatal("there is no sleep")
	}
	from, err := catalog.ParseDay("2026-11-20")
	if err != nil {
		t.Fatal(err)
	}
	return fetch.Question{Ask: sleep.Fitbit.Ask, Span: catalog.Span{From: from, To: from + 3}}
}

func TestAQuestionBecomesARequest(t *testing.T) {
	a := &answering{status: 200, body: "{}", header: http.Header{
		"Date": {"Sun, 22 Nov 2026 10:00:00 GMT"}, "fitbit-rate-limit-limit": {"150"}, "Fitbit-rate-limit-remaining": {"121"},
		"Fitbit-Rate-Limit-Reset": {"1201"}, "Set-Cookie": {"session=1"},
	}}
	got, err := newProvider(a).Get(t.Context(), "token", question(t))
	if err != nil {
		t.Fatal(err)
	}
	if a.seen.Method != "GET" || a.seen.URL.String() != "https://api.example/1.2/user/-/sleep/date/2026-11-20/2026-11-22.json" {
		t.Errorf("asked %s %s", a.seen.Method, a.seen.URL)
	}
	for name, want := range map[string]string{"Authorization": "Bearer token", "Accept-Language": "metric", "Accept-Locale": "en_US", "User-Agent": "fitvault/test"} {
		if got := a.seen.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got.Method != "GET" || got.Path != "/1.2/user/-/sleep/date/2026-11-20/2026-11-22.json" || got.Status != 200 || string(got.Body) != "{}" {
		t.Errorf("answer: %+v", got)
	}
	if want := (fetch.Budget{Limit: 150, Remaining: 121, Reset: 1201 * time.Second}); got.Budget != want {
		t.Errorf("budget: %+v, want %+v", got.Budget, want)
	}
	for name, want := range map[string]string{"Date": "Sun, 22 Nov 2026 10:00:00 GMT", "Fitbit-Rate-Limit-Limit": "150",
		"Fitbit-Rate-Limit-Remaining": "121", "Accept-Language": "metric", "Authorization": "", "Set-Cookie": ""} {
		if got.Header[name] != want {
			t.Errorf("kept header %s: %q, want %q", name, got.Header[name], want)
		}
	}
}

func TestQuotaHeadersThatSayNothing(t *testing.T) {
	none := fetch.Budget{Remaining: -1}
	for _, v := range []string{"", "many", "-1", "1e3", "99999999999999999999", "1.5"} {
		h := http.Header{"Fitbit-Rate-Limit-Limit": {v}, "Fitbit-Rate-Limit-Remaining": {v}, "Fitbit-Rate-Limit-Reset": {v}}
		got, err := newProvider(&answering{status: 200, body: "{}", header: h}).Get(t.Context(), "token", question(t))
		if err != nil || got.Budget != none {
			t.Errorf("%q: %+v %v", v, got.Budget, err)
		}
	}
	h := http.Header{"Fitbit-Rate-Limit-Reset": {"0"}, "Fitbit-Rate-Limit-Remaining": {" 0 "}, "Rate-Limit-Limit": {"7"}}
	got, err := newProvider(&answering{status: 200, body: "{}", header: h}).Get(t.Context(), "token", question(t))
	if want := (fetch.Budget{Remaining: 0}); err != nil || got.Budget != want {
		t.Errorf("%+v, want %+v (%v)", got.Budget, want, err)
	}
}

// decisions lists what an error says of itself.
func decisions(e *fetch.APIError) string {
	var out []string
	for _, d := range []struct {
		name string
		is   bool
	}{
		{"temporary", e.Temporary()}, {"unauthorized", e.Unauthorized()}, {"limited", e.Limited()},
		{"denied", e.Denied()}, {"refused", e.Refused()}, {"gone", e.Gone()},
	} {
		if d.is {
			out = append(out, d.name)
		}
	}
	return strings.Join(out, " ")
}

func TestWhatAnErrorMeans(t *testing.T) {
	html := "<!DOCTYPE html><html><body>Bad Gateway</body></html>"
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   string // its decisions
		code   string
	}{
		{"too long a range", 400, sample(t, "error_400_validation"), "refused", "validation"},
		{"more than 24 hours", 400, sample(t, "error_400_intraday_over_24h"), "refused", "request"},
		{"an old access token", 401, sample(t, "error_401_expired_token"), "unauthorized", "expired_token"},
		{"a wrong access token", 401, sample(t, "error_401_invalid_token"), "unauthorized", "invalid_token"},
		{"a scope that was not granted", 403, sample(t, "error_403_insufficient_scope"), "denied", "insufficient_scope"},
		{"a right that the app lacks", 403, sample(t, "error_403_insufficient_permissions"), "denied", "insufficient_permissions"},
		{"the front end's refusal", 403, sample(t, "error_403_google_envelope"), "", "PERMISSION_DENIED"},
		{"a refusal without a word", 403, "", "", ""},
		{"an unknown path", 404, sample(t, "error_404_not_found"), "refused", "not_found"},
		{"a timeout of the service", 408, "", "temporary", ""},
		{"switched off", 410, "", "gone", ""},
		{"switched off, in HTML", 410, html, "gone", ""},
		{"too many points", 422, sample(t, "error_422_points_limit"), "refused", "validation"},
		{"the budget is used up", 429, sample(t, "error_429_current"), "limited", "system"},
		{"the older words for it", 429, sample(t, "error_429_legacy"), "limited", "request"},
		{"and without words", 429, html, "limited", ""},
		{"an unsupported period", 500, sample(t, "error_500_request"), "temporary", "request"},
		{"a fault without a body", 500, "", "temporary", ""},
		{"a proxy's page", 502, html, "temporary", ""},
		{"unavailable, words of denial", 503, sample(t, "error_403_insufficient_scope"), "temporary", "insufficient_scope"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := newProvider(&answering{status: tt.status, body: tt.body}).Get(t.Context(), "my-access", question(t))
			var api *fetch.APIError
			if !errors.As(err, &api) {
				t.Fatalf("error %v", err)
			}
			if got := decisions(api); got != tt.want || api.Code != tt.code || api.Status != tt.status || string(a.Body) != fetch.Redact(tt.body) {
				t.Errorf("%v: it is %q, want %q; code %q, want %q", err, got, tt.want, api.Code, tt.code)
			}
		})
	}
}

func TestNoAnswerIsTemporary(t *testing.T) {
	for name, a := range map[string]*answering{
		"refused connection": {err: errors.New("connection refused")},
		"broken body":        {status: 200, body: `{"sleep":[`, breaks: true},
	} {
		_, err := newProvider(a).Get(t.Context(), "token", question(t))
		var api *fetch.APIError
		if !errors.As(err, &api) || decisions(api) != "temporary" || !strings.Contains(err.Error(), "https://api.example/1.2/user/-/sleep/") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newProvider(&answering{err: context.Canceled}).Get(ctx, "token", question(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		header string
		want   time.Duration
	}{{"", 0}, {"120", 2 * time.Minute}, {"-5", 0}, {"soon", 0}, {"999999999", 0},
		{time.Now().Add(time.Hour).UTC().Format(http.TimeFormat), time.Hour}, {"Sun, 01 Nov 2020 10:00:00 GMT", 0}} {
		_, err := newProvider(&answering{status: 429, header: http.Header{"Retry-After": {tt.header}}}).Get(t.Context(), "token", question(t))
		var api *fetch.APIError
		if !errors.As(err, &api) || (api.After-tt.want).Abs() > 5*time.Second {
			t.Errorf("%q: %v", tt.header, api)
		}
	}
}

func TestErrorsDoNotEchoTokens(t *testing.T) {
	token := "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiIyM0VNVUwifQ.c2lnbmF0dXJl"
	for _, body := range []string{
		`{"errors":[{"errorType":"expired_token","message":"Access token expired: ` + token + `"}],"success":false}`,
		`{"error":{"code":401,"status":"UNAUTHENTICATED","message":"bad ` + token + `"}}`,
	} {
		_, err := newProvider(&answering{status: 401, body: body}).Get(t.Context(), token, question(t))
		if err == nil || strings.Contains(err.Error(), token) || !strings.Contains(err.Error(), "<redacted>") {
			t.Errorf("%v", err)
		}
	}
	_, err := newProvider(nil).Inspect(question(t), []byte("token "+token))
	if err == nil || strings.Contains(err.Error(), "eyJ") {
		t.Errorf("%v", err)
	}
}

// A token need not look like one: what was sent is replaced wherever it is echoed.
func TestWhatWasSentIsNotEchoed(t *testing.T) {
	access, refresh, code, verifier := "my-odd-access", "my-odd-refresh", "my-odd-code", "my-odd-verifier"
	echo := "not these: " + strings.Join([]string{access, refresh, code, verifier, "s3cret"}, " ")
	for _, body := range []string{
		`{"errors":[{"errorType":"invalid_grant","message":"` + echo + `"}],"success":false}`,
		`{"errors":[{"errorType":"` + echo + `","message":"no"}],"success":false}`,
		`{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"` + echo + `"}}`,
		`{"error":"invalid_grant","error_description":"` + echo + `"}`,
		"<html>" + echo,
	} {
		for _, status := range []int{200, 400, 401, 503} {
			p := newProvider(&answering{status: status, body: body, header: http.Header{"Content-Type": {"application/json"}}})
			wantNone := func(op, text string, secrets ...string) {
				t.Helper()
				for _, s := range secrets {
					if strings.Contains(text, s) {
						t.Errorf("%s, status %d: %q is in %s", op, status, s, text)
					}
				}
			}
			a, err := p.Get(t.Context(), access, question(t))
			if status != http.StatusOK {
				wantNone("get", err.Error()+string(a.Body), access)
			}
			_, err = p.Refresh(t.Context(), refresh)
			wantNone("refresh", err.Error(), refresh, "s3cret")
			_, _, err = p.Exchange(t.Context(), code, verifier)
			wantNone("exchange", err.Error(), code, verifier, "s3cret")
			if err = p.Revoke(t.Context(), refresh); status != http.StatusOK {
				wantNone("revoke", err.Error(), refresh, "s3cret")
			}
		}
	}
}

// With status 200 too: an error instead of data, or what is no data at all. What is merely
// of another shape is kept as it came.
func TestABodyThatIsNoDataIsKeptWithoutTheToken(t *testing.T) {
	access, jwt := "my-odd-access", "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiIyM0VNVUwifQ.c2lnbmF0dXJl"
	for body, clean := range map[string]bool{
		`{"errors":[{"errorType":"expired_token","message":"Access token expired: {}"}]}`: true,
		`{"error":{"code":401,"status":"UNAUTHENTICATED","message":"{}"}}`:                true,
		`{"success":false,"message":"{}"}`:                                                true,
		`"Access token expired: {}"`:                                                      true,
		`<!DOCTYPE html>{}`:                                                               true,
		`{"sleep":[{"dateOfSleep":"{}`:                                                    true,
		``:                                                                                true,
		`{"result":{"rows":"{}"}}`:                                                        false,
		`{"sleep":"{}"}`:                                                                  false,
		`[{"dateOfSleep":"{}"}]`:                                                          false,
		`{"sleep":[{"dateOfSleep":"{}"}]}`:                                                false,
		`{"user":{"encodedId":"{}"}}`:                                                     false,
		` {"success":true,"sleep":[{"a":{}]`:                                              true,
	} {
		for _, secret := range []string{access, jwt} {
			body, want := strings.ReplaceAll(body, "{}", secret), strings.ReplaceAll(body, "{}", secret)
			if clean {
				want = strings.ReplaceAll(want, secret, "<redacted>")
			}
			p := newProvider(&answering{status: 200, body: body})
			a, err := p.Get(t.Context(), access, question(t))
			if err != nil || string(a.Body) != want {
				t.Errorf("%s is kept as %s, want %s (%v)", body, a.Body, want, err)
			}
			if _, err = p.Inspect(question(t), a.Body); clean && (err == nil || strings.Contains(err.Error(), secret[:8])) {
				t.Errorf("%s: %v", body, err)
			}
		}
	}
}

// newEmulated is a service with accounts, and a provider that is a client of it.
func newEmulated(t *testing.T) (*emulator.Server, *fitbit.Provider) {
	t.Helper()
	emu, err := emulator.New(emulator.Options{Days: 3})
	if err != nil {
		t.Fatal(err)
	}
	id, secret := emu.Client()
	return emu, fitbit.New(fitbit.Options{APIURL: "https://api.example", AuthURL: "https://www.example", ClientID: id, ClientSecret: secret,
		RedirectURL: "http://localhost:8080/", HTTP: &http.Client{Transport: emu.Transport()}})
}

func TestSignIn(t *testing.T) {
	emu, p := newEmulated(t)
	verifier := strings.Repeat("v", 50)
	address := p.AuthCodeURL("my-state", verifier)
	scopes := strings.Fields(mustParse(t, address).Query().Get("scope"))
	if !strings.HasPrefix(address, "https://www.example/oauth2/authorize?") || len(scopes) < 6 {
		t.Errorf("consent page %s", address)
	}
	redirect, err := emu.Consent(address, true, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	q := mustParse(t, redirect).Query()
	if q.Get("state") != "my-state" {
		t.Errorf("redirect %s", redirect)
	}
	pair, user, err := p.Exchange(t.Context(), q.Get("code"), verifier)
	if err != nil || user != emu.Person().ID() || pair.Access == "" || len(pair.Refresh) != 64 || pair.Scopes == "" {
		t.Fatalf("%v user %q: %v", pair, user, err)
	}
	if left := time.Until(pair.Expires); left < 7*time.Hour || left > 8*time.Hour {
		t.Errorf("it expires in %v", left)
	}
	renewed, err := p.Refresh(t.Context(), pair.Refresh)
	if err != nil || renewed.Refresh == pair.Refresh || renewed.Access == pair.Access {
		t.Fatalf("%v: %v", renewed, err)
	}
	if err := p.Revoke(t.Context(), renewed.Refresh); err != nil {
		t.Fatal(err)
	}
	_, err = p.Refresh(t.Context(), renewed.Refresh)
	var api *fetch.APIError
	if !errors.As(err, &api) || api.Code != "invalid_grant" || !api.Refused() || strings.Contains(err.Error(), renewed.Refresh) {
		t.Errorf("after revoking: %v", err)
	}
	if v := emu.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

func TestACodeNeedsItsVerifier(t *testing.T) {
	emu, p := newEmulated(t)
	redirect, err := emu.Consent(p.AuthCodeURL("s", strings.Repeat("v", 50)), true, "sleep")
	if err != nil {
		t.Fatal(err)
	}
	code := mustParse(t, redirect).Query().Get("code")
	_, _, err = p.Exchange(t.Context(), code, strings.Repeat("w", 50))
	var api *fetch.APIError
	if !errors.As(err, &api) || api.Code != "invalid_grant" || strings.Contains(err.Error(), code) {
		t.Errorf("%v", err)
	}
}

func TestAppsWithAndWithoutASecret(t *testing.T) {
	for _, app := range []emulator.AppType{emulator.ServerApp, emulator.ClientApp} {
		emu, _ := newEmulated(t)
		emu.Set(func(m *emulator.Modes) { m.App = app })
		id, secret := emu.Client()
		if app == emulator.ClientApp {
			secret = ""
		}
		p := fitbit.New(fitbit.Options{APIURL: "https://api.example", ClientID: id, ClientSecret: secret, HTTP: &http.Client{Transport: emu.Transport()}})
		_, refresh, _ := emu.SeedTokens()
		pair, err := p.Refresh(t.Context(), refresh)
		if err != nil {
			t.Errorf("app type %d: %v", app, err)
		} else if err := p.Revoke(t.Context(), pair.Refresh); err != nil {
			t.Errorf("app type %d: revoke: %v", app, err)
		}
	}
}

func TestTokenEndpointErrors(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer answering
		want   string
	}{
		{"a used refresh token", answering{status: 400, body: sample(t, "error_400_invalid_grant")}, "refused"},
		{"a wrong secret", answering{status: 401, body: sample(t, "error_401_invalid_client")}, "unauthorized"},
		{"no secret", answering{status: 401, body: sample(t, "error_401_missing_basic_header")}, "unauthorized"},
		{"too many", answering{status: 429, body: sample(t, "error_429_current")}, "limited"},
		{"switched off", answering{status: 410}, "gone"},
		{"a fault", answering{status: 503, body: "<html>"}, "temporary"},
		{"half an answer", answering{status: 200, body: sample(t, "oauth_token_response")[:60], header: http.Header{"Content-Type": {"application/json"}}}, "temporary"},
		{"a page with status 200", answering{status: 200, body: "<html>", header: http.Header{"Content-Type": {"text/html"}}}, "temporary"},
		{"no answer", answering{err: io.ErrUnexpectedEOF}, "temporary"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newProvider(&tt.answer).Refresh(t.Context(), strings.Repeat("0f", 32))
			var api *fetch.APIError
			if !errors.As(err, &api) || decisions(api) != tt.want {
				t.Fatalf("%v: want it %s", err, tt.want)
			}
			for _, secret := range []string{strings.Repeat("0f", 32), "s3cret", "aaaa.bbbb.cccc"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("a secret is in %v", err)
				}
			}
		})
	}
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func FuzzQuotaHeaders(f *testing.F) {
	for _, v := range []string{"150", "-1", "0", "many", "", "9223372036854775808", " 7 "} {
		f.Add("Fitbit-Rate-Limit-Limit", v, "fitbit-rate-limit-reset", v)
	}
	f.Fuzz(func(t *testing.T, name, value, other, more string) {
		h := http.Header{name: {value}, other: {more}, "Fitbit-Rate-Limit-Remaining": {}, "Retry-After": {value, more}}
		for _, status := range []int{200, 429} {
			a, err := newProvider(&answering{status: status, body: "{}", header: h}).Get(t.Context(), "token", question(t))
			b := a.Budget
			if b.Limit < 0 || b.Remaining < -1 || b.Reset < 0 || b.Reset > 24*time.Hour {
				t.Errorf("%+v", b)
			}
			var api *fetch.APIError
			if errors.As(err, &api) && api.After < 0 {
				t.Errorf("wait %v", api.After)
			}
		}
	})
}

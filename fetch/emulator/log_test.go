package emulator_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

func TestRequestLog(t *testing.T) {
	b := start(t)
	b.single()
	_, seed, _ := b.SeedTokens()
	b.get(devicesPath+"?x=1", "Accept-Locale", "de_DE")
	b.refresh(seed)
	b.get("/nowhere")
	b.Inject(emulator.Fault{Kind: emulator.FaultReset})
	b.do("GET", "/1/user/-/profile.json")
	b.get("/oauth2/authorize?" + consentQuery().Encode())
	var got []string
	for _, r := range b.Requests() {
		got = append(got, fmt.Sprintf("%d %s %s %s %d", r.N, r.Kind, r.Method, r.Path, r.Status))
		if !r.Time.Equal(noon) {
			t.Errorf("logged at %v", r.Time)
		}
	}
	want := []string{
		"1 api GET " + devicesPath + "?x=1 200", "0 token POST /oauth2/token 200", "0 other GET /nowhere 404",
		"2 api GET /1/user/-/profile.json 0",
	}
	if len(got) != 5 || !slices.Equal(got[:4], want) || !strings.HasPrefix(got[4], "0 authorize GET /oauth2/authorize?") {
		t.Errorf("log:\n%s", strings.Join(got, "\n"))
	}
	if h := b.Requests()[0].Header; h.Get("Accept-Locale") != "de_DE" {
		t.Errorf("headers: %v", h)
	}
}

// Whatever a client sends where, no secret gets into the log or the violations.
func TestNoSecretsInTheLog(t *testing.T) {
	b := start(t)
	_, seed, _ := b.SeedTokens()
	p := tokens(t, b.refresh(seed))
	code := b.code(consentQuery(), "activity")
	tokens(t, b.exchange(code))
	b.get(devicesPath+"?access="+p.Access, "X-Token", p.Refresh, "Cookie", "t="+seed)
	b.do("DELETE", "/1/user/-/"+p.Access+".json")
	b.post("/oauth2/token?refresh_token=an-unknown-refresh-token", clientID, clientSecret, nil)
	b.token = "an-unknown-access-token"
	b.get("/1/user/-/an-unknown-access-token.json")
	secrets := b.Secrets()
	for _, want := range []string{seed, p.Access, p.Refresh, code, clientSecret, verifier, "an-unknown-access-token", "an-unknown-refresh-token"} {
		if !slices.Contains(secrets, want) {
			t.Errorf("Secrets does not list %q", want)
		}
	}
	text := fmt.Sprint(b.Requests(), b.Violations())
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	if strings.Contains(text, "Bearer") || strings.Contains(text, "Basic ") {
		t.Error("an Authorization header is in the log")
	}
}

func TestRepeatsAndLocale(t *testing.T) {
	b := start(t)
	b.single()
	b.ok(activity("steps", "2025-10-01", "2025-10-02"))
	b.Set(func(m *emulator.Modes) { m.NoRepeats, m.RequireLocale = true, true })
	ask := func(path string) { b.get(path, "Accept-Language", "metric", "Accept-Locale", "en_US") }
	ask(activity("steps", "2025-10-01", "2025-10-02"))
	ask(activity("steps", "2025-10-01", "2025-10-03"))
	ask(devicesPath)
	ask(devicesPath)
	b.Inject(emulator.Fault{Kind: emulator.FaultCut})
	ask(activity("floors", "2025-10-01", "2025-10-02"))
	ask(activity("floors", "2025-10-01", "2025-10-02"))
	b.Set(func(m *emulator.Modes) { m.PendingFirst = 1 })
	ask(sleepPath("2025-10-01", "2025-10-02"))
	ask(sleepPath("2025-10-01", "2025-10-02"))
	if v := b.Violations(); len(v) != 0 {
		t.Errorf("violations of a correct client: %q", v)
	}
	ask(activity("steps", "2025-10-01", "2025-10-02"))
	if v := b.Violations(); len(v) != 1 || !strings.Contains(v[0], "asked again") {
		t.Errorf("a repeat: %q", v)
	}
	b.Inject(emulator.Fault{Kind: emulator.FaultSlow, Pause: 1})
	ask(activity("elevation", "2025-10-01", "2025-10-02"))
	ask(activity("elevation", "2025-10-01", "2025-10-02"))
	if v := b.Violations(); len(v) != 2 {
		t.Errorf("a repeat after a slow answer: %q", v)
	}
	b.Set(func(m *emulator.Modes) { m.NoRepeats = false })
	b.Set(func(m *emulator.Modes) { m.NoRepeats = true })
	ask(activity("steps", "2025-10-01", "2025-10-02"))
	if v := b.Violations(); len(v) != 2 {
		t.Errorf("switching on anew forgets what was answered: %q", v)
	}
	b.get(devicesPath, "Accept-Language", "metric")
	if v := b.Violations(); len(v) != 3 || !strings.Contains(v[2], "Accept-Locale") {
		t.Errorf("no Accept-Locale: %q", v)
	}
}

func TestHooks(t *testing.T) {
	var events []string
	b := start(t, func(o *emulator.Options) {
		o.OnRequest = func(n int, r *http.Request) { events = append(events, fmt.Sprint("asked ", n, " ", r.URL.Path)) }
		o.OnAnswered = func(n int) { events = append(events, fmt.Sprint("answered ", n)) }
	})
	b.single()
	b.get(devicesPath)
	b.refresh("x")
	b.Inject(emulator.Fault{Kind: emulator.FaultReset})
	b.do("GET", "/1/user/-/profile.json")
	b.web.Close()
	want := []string{"asked 1 " + devicesPath, "answered 1", "asked 2 /1/user/-/profile.json", "answered 2"}
	if !slices.Equal(events, want) {
		t.Errorf("events %q", events)
	}
}

// Everything may be called while requests are served; the race detector looks.
func TestConcurrentUse(t *testing.T) {
	b := start(t)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range 5 {
				to := day(t, "2025-10-30") - emulator.Date(30*n)
				record(b.Server, b.token, sleepPath((to-20).String(), to.String()))
				record(b.Server, b.token, activity("heart", (to-60).String(), to.String()))
				switch i {
				case 0:
					b.Set(func(m *emulator.Modes) { m.HoldSync = noon.Add(-time.Duration(n) * time.Hour) })
					b.Inject(emulator.Fault{Status: 503})
				case 1:
					b.AddWeight(noon, 70, 0, "API")
					b.DeleteSleep(1)
					b.SetFood(to, 100, 0)
				case 2:
					if err := b.Move(to, "Asia/Tokyo"); err != nil {
						t.Error(err)
					}
					b.ExpireAccess()
				case 3:
					b.Requests()
					b.Violations()
					b.Secrets()
					b.LastSync()
					b.Person().TotalsBetween(noon.Add(-time.Hour), noon)
				}
			}
		})
	}
	all.Wait()
	if n := len(b.Requests()); n != 40 {
		t.Errorf("%d requests logged of 40", n)
	}
}

package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/fetch/google"
	"fitvault/store"
	"fitvault/store/catalog"
)

// tour is an emulated person, whose days are walked through the Google Health API without
// a survey.
type tour struct {
	*testing.T
	emu    *emulator.Server
	vault  *store.Store
	path   string
	google *google.Provider
	log    *transcript
	types  []string
	days   int // the newest

	onRequest  func(n int, r *http.Request)
	onAnswered func(n int)
}

// person wears the watch for ten days; more than 5,000 samples of the heart come in one.
var person = emulator.Options{Days: 10, GoogleBeatSeconds: 10}

func walkGoogle(t *testing.T, o emulator.Options, story func(v *tour)) {
	t.Helper()
	empty, err := fresh()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "vault.db")
	if err := os.WriteFile(path, empty, 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(began))
		v := &tour{T: t, log: &transcript{}, path: path, days: 4, types: []string{"heart_rate", "steps", "sleep", "exercise", "activity_daily.steps"},
			onRequest: func(int, *http.Request) {}, onAnswered: func(int) {}}
		o.Now = time.Now
		o.OnGoogleRequest = func(n int, r *http.Request) { v.onRequest(n, r) }
		o.OnGoogleAnswered = func(n int) { v.onAnswered(n) }
		if v.emu, err = emulator.New(o); err != nil {
			t.Fatal(err)
		}
		id, secret := v.emu.GoogleClient()
		v.google = google.New(google.Options{APIURL: "https://health.example", TokenURL: "https://oauth2.example/token",
			ClientID: id, ClientSecret: secret, HTTP: &http.Client{Transport: v.emu.Transport()}})
		v.open()
		defer func() { v.vault.Close() }()
		story(v)
		check, err := v.vault.Verify(context.Background())
		if err != nil || len(check.Problems) > 0 {
			v.Errorf("verify: %v %q", err, check.Problems)
		}
	})
}

func (v *tour) open() {
	v.Helper()
	var err error
	if v.vault, err = store.Open(v.Context(), v.path, store.Options{}); err != nil {
		v.Fatal(err)
	}
}

// fetch is what a process that starts now does: it walks all that is not staged.
func (v *tour) fetch(ctx context.Context) (fetch.Result, error) {
	v.Helper()
	today := catalog.Day(v.emu.Today())
	s := fetch.State{Source: catalog.Google, Now: time.Now(), Zones: catalog.NewZones(catalog.ZoneSpan{Zone: zone("Europe/Berlin")}),
		Range: catalog.Span{From: today - catalog.Day(v.days), To: today}, Coverage: map[string][]fetch.Covered{}}
	staged, err := v.vault.Coverage(v.Context(), "google")
	if err != nil {
		v.Fatal(err)
	}
	for _, name := range v.types {
		t, ok := catalog.Lookup(name)
		if !ok {
			v.Fatal(name)
		}
		s.Types = append(s.Types, t)
		for _, c := range staged[name] {
			span, err := catalog.ParseSpan(c.From, c.To)
			if err != nil {
				v.Fatal(err)
			}
			s.Coverage[name] = append(s.Coverage[name], fetch.Covered{Span: span, Answered: s.Now, SettledTo: span.To})
		}
	}
	run, err := v.vault.BeginRun(context.Background(), "fetch", "test")
	if err != nil {
		v.Fatal(err)
	}
	logger := (&world{log: v.log}).logger()
	r := &fetch.Runner{Store: v.vault, Provider: v.google, Log: logger, Run: run,
		Tokens: &fetch.Tokens{Store: v.vault, Provider: v.google, Seed: store.Token{Refresh: v.emu.GoogleSeedToken(), Checked: true}, Log: logger}}
	return r.AskAll(ctx, s, fetch.Plan(s))
}

func (v *tour) mustFetch() fetch.Result {
	v.Helper()
	res, err := v.fetch(v.Context())
	if err != nil || len(res.Failures) > 0 {
		v.Fatalf("fetch: %v, failures %v", err, res.Failures)
	}
	return res
}

// elements counts, by type and days, what is in force.
func (v *tour) elements() map[string]int {
	v.Helper()
	all, err := v.vault.Coverage(v.Context(), "google")
	if err != nil {
		v.Fatal(err)
	}
	out := map[string]int{}
	for name, rows := range all {
		for _, c := range rows {
			out[fmt.Sprintf("%s %s..%s", name, c.From, c.To)] = c.Window.Elements
		}
	}
	return out
}

// with counts the calls that were answered with a status.
func (v *tour) with(status int) (n int) {
	for _, q := range v.emu.Requests() {
		if q.Kind == emulator.KindGoogle && q.Status == status {
			n++
		}
	}
	return n
}

// However the service cuts its pages, every element is staged, once.
func TestEveryElementOfGoogleIsStaged(t *testing.T) {
	unlessRaced(t)
	var want map[string]int
	walkGoogle(t, person, func(v *tour) {
		v.mustFetch()
		want = v.elements()
		for name, n := range want {
			if n == 0 && !strings.HasPrefix(name, "exercise") {
				t.Errorf("%s holds nothing", name)
			}
		}
	})
	for name, tt := range map[string]struct {
		change  func(*emulator.Modes)
		refused int // calls, at least
	}{
		"pages of 5,000 at most":   {func(m *emulator.Modes) { m.GooglePageCap = 5000 }, 0},
		"pages of 200 at most":     {func(m *emulator.Modes) { m.GooglePageCap = 200 }, 0},
		"an empty first page":      {func(m *emulator.Modes) { m.GoogleEmptyFirst = true }, 0},
		"an empty token at last":   {func(m *emulator.Modes) { m.GoogleEmptyToken, m.GooglePageCap = true, 1000 }, 0},
		"oldest first":             {func(m *emulator.Modes) { m.GoogleAscending, m.GooglePageCap = true, 1000 }, 0},
		"both ends of daily sums":  {func(m *emulator.Modes) { m.GoogleEndInclusive = true }, 0},
		"504 for large pages":      {func(m *emulator.Modes) { m.GoogleTimeoutAbove = 700 }, http.StatusGatewayTimeout},
		"an app that is not known": {func(m *emulator.Modes) { m.GoogleUnverified = true }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			walkGoogle(t, person, func(v *tour) {
				v.emu.Set(tt.change)
				v.mustFetch()
				got := v.elements()
				if strings.HasPrefix(name, "both ends") { // the day after belongs to no window
					maps.DeleteFunc(got, func(k string, _ int) bool { return strings.HasPrefix(k, "activity_daily") })
				}
				for k, n := range got {
					if n != want[k] {
						v.Errorf("%s: %d elements, want %d", k, n, want[k])
					}
				}
				if len(got) < len(want)-1 || v.with(http.StatusTooManyRequests) > 0 || tt.refused > 0 && v.with(tt.refused) == 0 {
					v.Errorf("%d windows, want %d; %d calls were too many", len(got), len(want), v.with(http.StatusTooManyRequests))
				}
			})
		})
	}
}

func TestABurstOf429sFromGoogle(t *testing.T) {
	for name, after := range map[string]emulator.RetryAfter{"with Retry-After": emulator.RetryAfterRight, "without": emulator.RetryAfterAbsent} {
		t.Run(name, func(t *testing.T) {
			walkGoogle(t, person, func(v *tour) {
				v.emu.Set(func(m *emulator.Modes) { m.RetryAfter = after })
				v.emu.Inject(emulator.Fault{Path: "/v4/", Times: 7, Kind: emulator.FaultTooMany, Reset: 20 * time.Second})
				began := time.Now()
				v.mustFetch()
				if took := time.Since(began); v.with(http.StatusTooManyRequests) != 7 || took < 6*time.Second || took > 4*time.Minute { // 2 + 4 + … + 60 + 60 s and a fifth, if no two are refused together
					v.Errorf("%d calls were refused, it took %v", v.with(http.StatusTooManyRequests), took)
				}
			})
		})
	}
}

func TestAccessTokensOfGoogleExpire(t *testing.T) {
	walkGoogle(t, person, func(v *tour) {
		v.onRequest = func(n int, _ *http.Request) {
			if n == 6 {
				v.emu.GoogleExpireAccess()
			}
		}
		v.mustFetch()
		refreshes := 0
		for _, q := range v.emu.Requests() {
			if q.Kind == emulator.KindGoogleToken {
				refreshes++
			}
		}
		if refused := v.with(http.StatusUnauthorized); refreshes != 2 || refused < 1 || refused > 4 {
			v.Errorf("%d refreshes, %d calls refused", refreshes, refused)
		}
	})
}

func TestFaultsOfAGoogleAccount(t *testing.T) {
	for name, change := range map[string]func(*emulator.Modes){
		"not linked": func(m *emulator.Modes) { m.GoogleUnlinked = true },
		"forbidden":  func(m *emulator.Modes) { m.GoogleForbidden = true },
		"disabled":   func(m *emulator.Modes) { m.GoogleDisabled = true },
		"not ready":  func(m *emulator.Modes) { m.GoogleNotReady = true },
	} {
		t.Run(name, func(t *testing.T) {
			walkGoogle(t, person, func(v *tour) {
				v.emu.Set(change)
				res, err := v.fetch(v.Context())
				var account *fetch.AccountError
				if !errors.As(err, &account) || len(res.Failures) > 0 || res.Pages != res.Requests || res.Requests > 4 || res.Requests == 0 {
					v.Errorf("%v, result %+v", err, res)
				}
				off, err := v.vault.Unavailable(v.Context(), "google")
				if len(off) > 0 || err != nil {
					v.Errorf("unavailable %v (%v)", off, err)
				}
			})
		})
	}
}

// Killed before or after any answer and begun again, the vault holds what it would.
func TestAWalkThroughGoogleIsKilled(t *testing.T) {
	o := emulator.Options{Days: 6, Seed: 3, GoogleBeatSeconds: 30}
	var want map[string]int
	calls := 0
	prepare := func(v *tour) {
		v.days, v.types = 2, []string{"heart_rate", "steps", "sleep"}
		v.emu.Set(func(m *emulator.Modes) { m.GooglePageCap = 1000 })
	}
	walkGoogle(t, o, func(v *tour) {
		prepare(v)
		calls = v.mustFetch().Requests
		want = v.elements()
	})
	for at := 1; at <= calls; at++ {
		for _, answered := range []bool{false, true} {
			t.Run(fmt.Sprintf("at call %d answered %v", at, answered), func(t *testing.T) {
				walkGoogle(t, o, func(v *tour) {
					prepare(v)
					ctx, kill := context.WithCancel(v.Context())
					defer kill()
					v.onRequest = func(n int, _ *http.Request) {
						if n == at && !answered {
							kill()
						}
					}
					v.onAnswered = func(n int) {
						if n == at && answered {
							kill()
						}
					}
					if _, err := v.fetch(ctx); err != nil && !errors.Is(err, context.Canceled) {
						v.Fatal(err)
					}
					v.vault.Close()
					v.open()
					v.mustFetch()
					if got := v.elements(); !maps.Equal(got, want) {
						v.Errorf("the vault holds %v, want %v", got, want)
					}
					if partial, err := v.vault.Windows(v.Context(), "google", store.Partial); err != nil || len(partial) > 4 {
						v.Errorf("%d partial windows (%v)", len(partial), err)
					}
				})
			})
		}
	}
}

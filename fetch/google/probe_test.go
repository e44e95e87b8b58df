package google_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/fetch/google"
	"fitvault/store"
	"fitvault/store/catalog"
)

// probed is an emulated service and a provider that is signed in to it. The service's clock
// runs only with the calls, a rate's worth for each but those of the burst.
type probed struct {
	*google.Provider
	emu   *emulator.Server
	url   string
	token store.Token

	mu  sync.Mutex
	now time.Time
}

func newProbed(t *testing.T, o emulator.Options) *probed {
	t.Helper()
	p := &probed{now: time.Date(2025, 6, 2, 18, 7, 0, 0, time.UTC)}
	o.Seed, o.Days = 3, 60
	o.Now = func() time.Time {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.now
	}
	o.OnGoogleRequest = func(_ int, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !strings.HasSuffix(r.URL.Path, "/identity") {
			p.now = p.now.Add(400 * time.Millisecond)
		}
	}
	var err error
	if p.emu, err = emulator.New(o); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(p.emu)
	t.Cleanup(srv.Close)
	id, secret := p.emu.GoogleClient()
	p.url = srv.URL
	p.Provider = google.New(google.Options{APIURL: p.url, AuthURL: p.url + "/o/oauth2/v2/auth", TokenURL: p.url + "/token",
		ClientID: id, ClientSecret: secret, UserAgent: "fitvault/test", Rate: 10_000})
	if p.token, err = p.Refresh(t.Context(), p.emu.GoogleSeedToken()); err != nil {
		t.Fatal(err)
	}
	return p
}

// findings runs the probes and returns a line for each finding: number, what was asked and
// found, and the fact.
func (p *probed) findings(ctx context.Context, access string) (lines []string, err error) {
	today := catalog.Day(p.emu.Today())
	err = p.Probe(ctx, access, google.Probing{Scopes: p.token.Scopes, Today: today, Legacy: p.url}, func(f google.Finding) {
		lines = append(lines, fmt.Sprintf("%d %s: %s | %s", f.Probe, f.Asked, f.Found, f.Fact))
	})
	return lines, err
}

// TestProbeFindsOut runs the probes against a service of which each open question is
// answered in one way, and then in the other.
func TestProbeFindsOut(t *testing.T) {
	t.Parallel()
	sleepOnly := []string{"https://www.googleapis.com/auth/googlehealth.sleep.readonly"}
	for _, tt := range []struct {
		name    string
		options emulator.Options
		modes   func(*emulator.Modes)
		want    []string // each in one line
		not     []string
	}{
		{name: "as documented", want: []string{
			"1 identity: it tells the person's id | members: healthUserId, legacyUserId, name",
			"1 settings: they tell the time zone | members: autoStrideEnabled, ",
			"1 profile: it tells the day the person joined | members: age, autoRunningStrideLengthMm, ",
			"1 pairedDevices: 2 devices, of which 2 tell when they synced | members, and how many devices have them: batteryLevel (1), ",
			"2 scopes: the project got through consent, and nutrition.readonly was granted | 9 granted: activity_and_fitness.readonly, ",
			"3 dailyRollUp of steps over [d, d+1) and [d, d]: the end date is exclusive | [d, d+1): 1 rows (2025-05-31); [d, d]: HTTP 400 INVALID_TIME_RANGE",
			"4 dailyRollUp of daily-resting-heart-rate: refused | HTTP 400 UNSUPPORTED_DATA_TYPE_ACTION",
			" in 3 pages, at most 10000 on one | points on each of 3 pages: [10000 10000 ",
			"6 list of steps over 30 days without pageSize: the default is 1440 points on a page | points on each of 1 pages: [1440], and a token",
			"7 list of sleep with civil_end_time on both sides: taken | ",
			"8 list of moods: refused | HTTP 400 UNSUPPORTED_DATA_TYPE_ACTION: {\"error\":",
			"9 list of steps with a filter on the end: refused, as it should be | HTTP 400 INVALID_DATA_POINT_FILTER_DATA_TYPE_MEMBER: {\"error\":",
			"9 a burst of calls: 12 calls without a pause, and no 429 | ",
			"10 the legacy Web API: it still answers, and wants a sign-in | HTTP 401",
		}},
		{name: "end inclusive", modes: func(m *emulator.Modes) { m.GoogleEndInclusive = true }, want: []string{
			"3 dailyRollUp of steps over [d, d+1) and [d, d]: the end date is inclusive | [d, d+1): 2 rows (2025-05-31, 2025-06-01); [d, d]: 1 rows (2025-05-31)"}},
		{name: "personal ranges", modes: func(m *emulator.Modes) { m.GooglePersonalRanges = true }, want: []string{
			"4 dailyRollUp of daily-resting-heart-rate: a personal range is given | ", "restingHeartRatePersonalRange"}},
		{name: "short pages", modes: func(m *emulator.Modes) { m.GooglePageCap = 5000 }, want: []string{
			"at most 5000 on one: a page holds less than was asked | points on each of "}},
		{name: "another default", modes: func(m *emulator.Modes) { m.GoogleDefaultPage, m.GoogleEmptyFirst = 50, true }, want: []string{
			"the default is 50 points on a page | points on each of 2 pages: [0 50], and a token"}},
		{name: "unverified", modes: func(m *emulator.Modes) { m.GoogleUnverified, m.RetryAfter = true, emulator.RetryAfterRight }, want: []string{
			"of the burst met a 429 | ", "Retry-After: 1", "RATE_LIMIT_EXCEEDED"}, not: []string{"no 429"}},
		{name: "a limit before the burst", options: emulator.Options{GoogleLimit: 6}, want: []string{
			"HTTP 429 RATE_LIMIT_EXCEEDED", "9 a burst of calls: left out: a 429 came without it | "}},
		{name: "bare profile", modes: func(m *emulator.Modes) { m.GoogleBareProfile = true }, want: []string{
			"1 profile: it does not tell the day the person joined: a first fetch needs --since | members: age, name"}},
		{name: "no sync times", modes: func(m *emulator.Modes) { m.GoogleNoSyncTimes = true }, want: []string{
			"2 devices, of which 0 tell when they synced: each round reads the last days again | "}, not: []string{"lastSyncTime"}},
		{name: "no devices", modes: func(m *emulator.Modes) { m.NoTracker, m.NoScale = true, true }, want: []string{
			"1 pairedDevices: 0 devices, of which 0 tell"}},
		{name: "retired", modes: func(m *emulator.Modes) { m.RetiredFrom = time.Unix(0, 0) }, want: []string{
			"10 the legacy Web API: it is switched off | HTTP 410"}},
		{name: "no data", modes: func(m *emulator.Modes) { m.NoData = []string{"/dataTypes/"} }, want: []string{
			"3 dailyRollUp of steps over [d, d+1) and [d, d]: not settled: ", "5 list of heart-rate over one day with pageSize=10000: not settled: ",
			"6 list of steps over 30 days without pageSize: not settled: there are no steps"}},
		{name: "partial consent", options: emulator.Options{GoogleScopes: sleepOnly}, want: []string{
			"1 settings: refused | HTTP 403 MISSING_OAUTH_SCOPE", "but nutrition.readonly was not granted | 1 granted: sleep.readonly",
			"[d, d+1): HTTP 403 MISSING_OAUTH_SCOPE", "5 list of heart-rate over one day with pageSize=10000: refused | ",
			"7 list of sleep with civil_end_time on both sides: taken | "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newProbed(t, tt.options)
			if tt.modes != nil {
				p.emu.Set(tt.modes)
			}
			lines, err := p.findings(t.Context(), p.token.Access)
			all := strings.Join(lines, "\n")
			if err != nil || len(lines) != 14 {
				t.Fatalf("%d findings, %v:\n%s", len(lines), err, all)
			}
			for _, want := range tt.want {
				if !strings.Contains(all, want) {
					t.Errorf("no finding has %q:\n%s", want, all)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(all, not) {
					t.Errorf("a finding has %q:\n%s", not, all)
				}
			}
			if !slices.IsSortedFunc(lines, func(a, b string) int { return number(a) - number(b) }) {
				t.Errorf("not in order:\n%s", all)
			}
			for _, secret := range append(p.emu.Secrets(), p.emu.GoogleUserID()) {
				if strings.Contains(all, secret) {
					t.Errorf("a finding has a secret:\n%s", all)
				}
			}
			if v := p.emu.Violations(); len(v) > 0 {
				t.Errorf("violations: %v", v)
			}
		})
	}
}

func number(line string) (n int) {
	fmt.Sscan(line, &n)
	return n
}

// TestProbeIsCheap counts the calls, and those that are made without a pause.
func TestProbeIsCheap(t *testing.T) {
	t.Parallel()
	p := newProbed(t, emulator.Options{})
	if _, err := p.findings(t.Context(), p.token.Access); err != nil {
		t.Fatal(err)
	}
	calls, identities, legacy := 0, 0, 0
	for _, r := range p.emu.Requests() {
		switch {
		case r.Kind == emulator.KindAPI:
			legacy++
			if r.Header.Get("Authorization") != "" {
				t.Error("the legacy service was sent a token")
			}
		case r.Kind == emulator.KindGoogle:
			calls++
			if strings.HasSuffix(r.Path, "/identity") {
				identities++
			}
		}
	}
	if calls > 30 || identities != 13 || legacy != 1 {
		t.Errorf("%d calls, of which %d for identity, %d to the legacy service", calls, identities, legacy)
	}
}

// TestProbeKeepsTheRate: but for the burst, no call comes sooner than the rate allows.
func TestProbeKeepsTheRate(t *testing.T) {
	t.Parallel()
	p := newProbed(t, emulator.Options{})
	id, secret := p.emu.GoogleClient()
	slow := google.New(google.Options{APIURL: p.url, TokenURL: p.url + "/token", ClientID: id, ClientSecret: secret, Rate: 20})
	began := time.Now()
	calls := 0
	err := slow.Probe(t.Context(), p.token.Access, google.Probing{Today: catalog.Day(p.emu.Today()), Legacy: p.url}, func(f google.Finding) {
		if f.Probe == 3 {
			if took := time.Since(began); took < 5*50*time.Millisecond {
				t.Errorf("six calls took %v at 20 a second", took)
			}
		}
		calls++
	})
	if err != nil || calls != 14 {
		t.Errorf("%d findings, %v", calls, err)
	}
}

// TestProbeStops: what would refuse every probe ends them, with its error.
func TestProbeStops(t *testing.T) {
	t.Parallel()
	p := newProbed(t, emulator.Options{})
	var api *fetch.APIError
	if lines, err := p.findings(t.Context(), "ya29.of-nobody"); !errors.As(err, &api) || !api.Unauthorized() || len(lines) > 0 {
		t.Errorf("with a token of nobody's: %v, %v", lines, err)
	}
	p.emu.Set(func(m *emulator.Modes) { m.GoogleUnlinked = true })
	var account *fetch.AccountError
	if lines, err := p.findings(t.Context(), p.token.Access); !errors.As(err, &account) || len(lines) > 0 {
		t.Errorf("with another account: %v, %v", lines, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if lines, err := p.findings(ctx, p.token.Access); !errors.Is(err, context.Canceled) || len(lines) > 0 {
		t.Errorf("cancelled: %v, %v", lines, err)
	}
}

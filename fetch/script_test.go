package fetch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

// script is a source that answers as a test writes it. It says what it should not have
// been asked.
type script struct {
	pace    fetch.Pace
	takes   time.Duration // each answer
	answer  func(c call) (page, error)
	refresh func() (store.Token, error)

	mu        sync.Mutex
	calls     []call
	refreshes int
	flying    int
	most      int // calls at once
	level     float64
	last      time.Time
	faults    []string
}

// call is a question as it came.
type call struct {
	fetch.Question
	n      int // from 1
	at     time.Time
	access string
}

// page is what an answer holds; as JSON it is the body.
type page struct {
	Days  []catalog.Day
	Count int
	Next  string
}

func (s *script) Source() catalog.Source { return catalog.Google }

func (s *script) Pace() fetch.Pace { return s.pace }

func (s *script) Get(ctx context.Context, access string, q fetch.Question) (fetch.Answer, error) {
	c := s.arrived(access, q)
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.flying--
	}()
	select {
	case <-ctx.Done():
		return fetch.Answer{}, ctx.Err()
	case <-time.After(s.takes):
	}
	a := fetch.Answer{Method: http.MethodGet, Path: fmt.Sprintf("/scripted/%v?token=%s&id=%s", q.Span, q.Token, q.ID),
		Status: http.StatusOK, Header: map[string]string{}, Budget: fetch.Budget{Remaining: -1}, Fetched: time.Now()}
	p, err := s.answer(c)
	if api, ok := err.(*fetch.APIError); ok {
		a.Status, a.Body = api.Status, []byte("an error's body")
		return a, err
	}
	if err == nil {
		a.Body, err = json.Marshal(p)
	}
	return a, err
}

// arrived keeps the server's side of the rate: a bucket that holds the burst.
func (s *script) arrived(access string, q fetch.Question) call {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := call{q, len(s.calls) + 1, time.Now(), access}
	s.calls = append(s.calls, c)
	s.flying++
	s.most = max(s.most, s.flying)
	if s.pace.Rate > 0 {
		s.level = max(0, s.level-c.at.Sub(s.last).Seconds()*s.pace.Rate) + 1
		if s.last = c.at; s.level > float64(s.pace.Burst)+1e-6 {
			s.faults = append(s.faults, fmt.Sprintf("call %d at %v is above the rate", c.n, c.at))
		}
	}
	return c
}

func (s *script) Inspect(q fetch.Question, body []byte) (fetch.Contents, error) {
	var p page
	if err := json.Unmarshal(body, &p); err != nil {
		return fetch.Contents{}, &fetch.ShapeError{Garbled: true, Err: err}
	}
	return fetch.Contents{Days: p.Days, Count: p.Count, Next: p.Next}, nil
}

func (s *script) Refresh(context.Context, string) (store.Token, error) {
	time.Sleep(time.Second)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refreshes++
	if s.refresh != nil {
		return s.refresh()
	}
	return store.Token{Access: fmt.Sprint("access ", s.refreshes), Expires: time.Now().Add(time.Hour)}, nil
}

// tokens are the page tokens of the calls, in order.
func (s *script) tokens() string {
	var out []string
	for _, c := range s.calls {
		out = append(out, fmt.Sprintf("%q", c.Token))
	}
	return strings.Join(out, " ")
}

// gaps are the times from each call to the next.
func (s *script) gaps() []time.Duration {
	var out []time.Duration
	for i := 1; i < len(s.calls); i++ {
		out = append(out, s.calls[i].at.Sub(s.calls[i-1].at))
	}
	return out
}

// scene is a scripted source and one vault, in virtual time.
type scene struct {
	*testing.T
	*script
	vault    *store.Store
	log      *transcript
	ask      catalog.Ask
	state    fetch.State
	progress []fetch.Progress
}

// steady is the pace of the scenes: the real one of the Google Health API.
var steady = fetch.Pace{Rate: 2.5, Burst: 5, InFlight: 4}

// alone is a pace of one window at a time without a wait.
var alone = fetch.Pace{Rate: 1000, Burst: 1000, InFlight: 1}

// play plays a story in virtual time. At its end the vault must be sound and the source
// not asked what it should not be.
func play(t *testing.T, story func(s *scene)) {
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
		s := &scene{T: t, log: &transcript{}, script: &script{pace: steady},
			ask: catalog.Ask{Op: catalog.List, Path: "/scripted", Days: 1, PageSize: 10_000}}
		s.answer = func(c call) (page, error) { return full(c), nil }
		s.state = fetch.State{Source: catalog.Google, Zones: catalog.NewZones(catalog.ZoneSpan{Zone: zone("Europe/Berlin")})}
		if s.vault, err = store.Open(t.Context(), path, store.Options{}); err != nil {
			t.Fatal(err)
		}
		defer s.vault.Close()
		story(s)
		check, err := s.vault.Verify(context.Background())
		if err != nil || len(check.Problems) > 0 {
			s.Errorf("verify: %v %q", err, check.Problems)
		}
		if len(s.faults) > 0 {
			s.Errorf("the source was asked what it should not be: %q", s.faults)
		}
	})
}

// full is a page that holds every day asked for, and has no other after it.
func full(c call) page { return page{Days: daysOf(c.Span), Count: 10 * c.Span.Days()} }

func daysOf(span catalog.Span) (out []catalog.Day) {
	for d := span.From; d < span.To; d++ {
		out = append(out, d)
	}
	return out
}

// windows are so many windows of one day each, newest first, the newest of 2026-11-20.
func (s *scene) windows(n int) (out []fetch.Window) {
	newest := day("2026-11-20")
	for d := newest; d > newest-catalog.Day(n); d-- {
		out = append(out, s.window("scripted", catalog.Span{From: d, To: d + 1}))
	}
	return out
}

func (s *scene) window(typ string, span catalog.Span) fetch.Window {
	t := catalog.Type{Name: typ, Settle: 1, Google: &catalog.Origin{Ask: s.ask}}
	return fetch.Window{Type: t, Ask: s.ask, Span: span}
}

// runner is what a process that starts some seconds from now would run.
func (s *scene) runner(adjust ...func(*fetch.Runner)) *fetch.Runner {
	s.Helper()
	time.Sleep(10 * time.Second)
	run, err := s.vault.BeginRun(context.Background(), "fetch", "test")
	if err != nil {
		s.Fatal(err)
	}
	seed := store.Token{Access: "access 0", Refresh: "refresh", Checked: true, Expires: time.Now().Add(10 * time.Hour)}
	logger := (&world{log: s.log}).logger()
	r := &fetch.Runner{Store: s.vault, Provider: s.script, Log: logger, Run: run,
		Tokens:   &fetch.Tokens{Store: s.vault, Provider: s.script, Seed: seed, Log: logger},
		Progress: func(p fetch.Progress) { s.progress = append(s.progress, p) }}
	for _, a := range adjust {
		a(r)
	}
	return r
}

// fetch asks windows as a process that starts now would.
func (s *scene) fetch(windows []fetch.Window, adjust ...func(*fetch.Runner)) (fetch.Result, error) {
	s.Helper()
	s.calls, s.progress = nil, nil
	return s.runner(adjust...).AskAll(s.Context(), s.state, windows)
}

// mustFetch is a round that leaves nothing.
func (s *scene) mustFetch(windows []fetch.Window, adjust ...func(*fetch.Runner)) fetch.Result {
	s.Helper()
	res, err := s.fetch(windows, adjust...)
	if err != nil || len(res.Failures) > 0 {
		s.Fatalf("fetch: %v, failures %v", err, res.Failures)
	}
	return res
}

// covered says which days of a type are staged, a range for each window.
func (s *scene) covered(typ string) string {
	s.Helper()
	all, err := s.vault.Coverage(context.Background(), string(catalog.Google))
	if err != nil {
		s.Fatal(err)
	}
	var out []string
	for _, c := range all[typ] {
		span, err := catalog.ParseSpan(c.From, c.To)
		if err != nil {
			s.Fatal(err)
		}
		out = append(out, span.String())
	}
	return strings.Join(out, " ")
}

// states lists the windows of a state, with how many pages and elements each has.
func (s *scene) states(state store.State) (out []string) {
	s.Helper()
	windows, err := s.vault.Windows(context.Background(), string(catalog.Google), state)
	if err != nil {
		s.Fatal(err)
	}
	for _, w := range windows {
		bodies, err := s.vault.Bodies(context.Background(), w.ID)
		if err != nil {
			s.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s: %d pages, %d elements", w.From, len(bodies), w.Elements))
	}
	return out
}

func (s *scene) wantStates(state store.State, want ...string) {
	s.Helper()
	if got := s.states(state); !slices.Equal(got, want) {
		s.Errorf("%s windows %q, want %q", state, got, want)
	}
}

func failed(status int) *fetch.APIError {
	return &fetch.APIError{Source: "google", Op: "GET /scripted", Status: status, Code: "SCRIPTED"}
}

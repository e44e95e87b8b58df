package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// service is the emulator on a loopback port.
type service struct {
	*emulator.Server
	url string

	mu     sync.Mutex
	around func(n int, r *http.Request, answer func())
	calls  int
}

// serve starts an emulator with a large budget and a person whose day is far from its end.
func serve(t *testing.T, o emulator.Options) *service {
	t.Helper()
	if o.Limit == 0 {
		o.Limit = 100_000
	}
	if o.Days == 0 {
		o.Days = 60
	}
	o.Zone = daytime()
	e, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s := &service{Server: e}
	srv := httptest.NewServer(http.HandlerFunc(s.handle))
	t.Cleanup(srv.Close)
	t.Cleanup(func() { s.meet(nil) })
	s.url = srv.URL
	return s
}

// daytime returns a zone where midnight is hours away, so that no test meets a new day;
// always the same one, so that two emulators serve the same person.
var daytime = sync.OnceValue(func() string {
	for _, name := range []string{"Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo"} {
		if loc, err := time.LoadLocation(name); err == nil {
			if h := time.Now().In(loc).Hour(); h >= 8 && h < 22 {
				return name
			}
		}
	}
	panic("it is night everywhere")
})

// meet has fn called for each request instead of the emulator: answer sends the
// emulator's answer, n counts data requests from 1 and is 0 for the sign-in.
func (s *service) meet(fn func(n int, r *http.Request, answer func())) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.around, s.calls = fn, 0
}

func (s *service) handle(w http.ResponseWriter, r *http.Request) {
	n := 0
	s.mu.Lock()
	around := s.around
	if !signIn(r.URL.Path) {
		s.calls++
		n = s.calls
	}
	s.mu.Unlock()
	answer := func() {
		s.ServeHTTP(w, r)
		http.NewResponseController(w).Flush()
	}
	if around == nil {
		answer()
		return
	}
	around(n, r, answer)
}

// signIn tells requests about tokens from those for data.
func signIn(path string) bool {
	return strings.HasPrefix(path, "/oauth2/") || strings.HasPrefix(path, "/o/oauth2/") || path == "/token" || path == "/revoke"
}

// holdAt makes data request n wait until release is called, and tells that it came.
func (s *service) holdAt(t *testing.T, n int) (came <-chan struct{}, release func()) {
	arrived, gate := make(chan struct{}), make(chan struct{})
	s.meet(func(i int, r *http.Request, answer func()) {
		if i == n {
			close(arrived)
			hold(t, r, gate)
		}
		answer()
	})
	return arrived, sync.OnceFunc(func() { close(gate) })
}

// hold waits at a request until the gate opens, the client is gone, or the test ends.
func hold(t *testing.T, r *http.Request, gate <-chan struct{}) {
	if gate == nil { // nobody will want the body, and only then is the client's end noticed
		io.Copy(io.Discard, r.Body)
	}
	select {
	case <-gate:
	case <-r.Context().Done():
	case <-t.Context().Done():
	}
}

// originals are the types of the original exporter, none of which costs a call a day.
const originals = "activity_daily,activity_tracker_daily,heart_rate_daily,heart_rate_zone_daily,sleep,sleep_stage,body_daily,weight,body_fat," +
	"nutrition_daily.calories_kcal,hydration,profile,device"

// env is the original exporter's environment for this service. What a sync may have changed
// is asked for again at once.
func (s *service) env() []string {
	id, secret := s.Client()
	_, refresh, _ := s.SeedTokens()
	return append(s.endpoints(), "CLIENT_ID="+id, "CLIENT_SECRET="+secret, "REFRESH_TOKEN="+refresh,
		"FITVAULT_EAGER=true", "FITVAULT_TYPE="+originals)
}

// googleEnv is the environment for the same person at Google.
func (s *service) googleEnv() []string {
	id, secret := s.GoogleClient()
	return append(s.endpoints(), "GOOGLE_CLIENT_ID="+id, "GOOGLE_CLIENT_SECRET="+secret, "GOOGLE_REFRESH_TOKEN="+s.GoogleSeedToken(),
		"FITVAULT_GOOGLE_RATE=5")
}

// endpoints lead to this service alone.
func (s *service) endpoints() []string {
	return []string{"FITBIT_API_URL=" + s.url, "FITBIT_AUTH_URL=" + s.url,
		"GOOGLE_HEALTH_API_URL=" + s.url, "GOOGLE_AUTH_URL=" + s.url + "/o/oauth2/v2/auth", "GOOGLE_TOKEN_URL=" + s.url + "/token"}
}

// home returns surroundings with this service's environment.
func (s *service) home(t *testing.T, env ...string) *home {
	t.Helper()
	return newHome(t, append(s.env(), env...)...)
}

// data returns the data requests so far that were not for profile or devices.
func (s *service) data() []emulator.Request {
	return slices.DeleteFunc(s.api(), func(r emulator.Request) bool {
		return strings.HasSuffix(r.Path, "/profile.json") || strings.HasSuffix(r.Path, "/devices.json")
	})
}

// api returns all counted requests so far.
func (s *service) api() []emulator.Request {
	return slices.DeleteFunc(s.Requests(), func(r emulator.Request) bool { return r.Kind != emulator.KindAPI })
}

// repeats returns how many data requests were made again.
func (s *service) repeats() int {
	seen := map[string]bool{}
	requests := s.data()
	for _, r := range requests {
		seen[r.Path] = true
	}
	return len(requests) - len(seen)
}

// strict requires that nothing was asked which a correct client never asks.
func (s *service) strict(t *testing.T) {
	t.Helper()
	for _, v := range s.Violations() {
		t.Errorf("violation: %s", v)
	}
}

// gate is a proxy before a server. It counts and may meddle.
type gate struct {
	url    string
	writes atomic.Int64 // requests that write points

	mu     sync.Mutex
	around func(n int, w http.ResponseWriter, r *http.Request, forward func())
}

// before starts a proxy before an InfluxDB.
func before(t *testing.T, db *influxtest.Server) *gate {
	t.Helper()
	u, err := url.Parse(db.URL())
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{}
	next := httputil.NewSingleHostReverseProxy(u)
	next.ErrorLog = log.New(io.Discard, "", 0) // of clients that were killed
	next.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		n := int64(0)
		if r.URL.Path == "/write" {
			n = g.writes.Add(1)
		}
		around := g.around
		g.mu.Unlock()
		forward := func() {
			next.ServeHTTP(w, r)
			http.NewResponseController(w).Flush()
		}
		if around == nil {
			forward()
			return
		}
		around(int(n), w, r, forward)
	}))
	t.Cleanup(srv.Close)
	t.Cleanup(func() { g.meet(nil) })
	g.url = srv.URL
	return g
}

// meet has fn called for each request: n counts writes from 1 and is 0 for all else.
func (g *gate) meet(fn func(n int, w http.ResponseWriter, r *http.Request, forward func())) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.around = fn
	g.writes.Store(0)
}

// env is the original exporter's environment for a database behind the proxy.
func (g *gate) env(database string) []string { return influxEnv(g.url, database) }

func influxEnv(address, database string) []string {
	host, port, _ := strings.Cut(strings.TrimPrefix(address, "http://"), ":")
	return []string{"DB_HOST=" + host, "DB_PORT=" + port, "DB_NAME=" + database}
}

// rows returns what a query on a vault gives, a line for each row, columns divided by a
// blank.
func rows(t *testing.T, vault, query string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+vault+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	found, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	columns, _ := found.Columns()
	out := []string{}
	for found.Next() {
		cells := make([]sql.NullString, len(columns))
		to := make([]any, len(columns))
		for i := range cells {
			to[i] = &cells[i]
		}
		if err := found.Scan(to...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(columns))
		for i, c := range cells {
			texts[i] = c.String
		}
		out = append(out, strings.Join(texts, " "))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// change changes a vault as no command would.
func change(t *testing.T, vault, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+vault+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(statement)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// staged is what a vault holds for good: each answer that is the truth, and what is
// covered.
func staged(t *testing.T, vault string) []string {
	t.Helper()
	return append(
		rows(t, vault, `SELECT DISTINCT w.source, w.type, w.from_date, w.to_date, r.page, hex(r.sha256)
			FROM windows w JOIN responses r ON r.window_id = w.id WHERE w.state = 'complete' ORDER BY 1, 2, 3, 4, 5, 6`),
		rows(t, vault, `SELECT 'covered', c.source, c.type, c.from_date, c.to_date, w.settled_to
			FROM coverage c JOIN windows w ON w.id = c.window_id ORDER BY 2, 3, 4`)...)
}

// reported is what status --json prints.
func (h *home) reported() statusReport {
	h.t.Helper()
	p := h.exits(exitDone, "status", "--json")
	var r statusReport
	if err := json.Unmarshal([]byte(p.out.String()), &r); err != nil {
		h.t.Fatalf("status --json: %v\n%s", err, p.out.String())
	}
	return r
}

package emulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// fakeClock is a clock that tests set.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

func (c *fakeClock) Add(d time.Duration) { c.Set(c.Now().Add(d)) }

// noon is 2 Nov 2025, 14:07 in Berlin: both clock changes of 2025 are over.
var noon = time.Date(2025, 11, 2, 13, 7, 0, 0, time.UTC)

type bench struct {
	*emulator.Server
	t      *testing.T
	clock  *fakeClock
	web    *httptest.Server
	token  string // access
	next   string // refresh
	client *http.Client
}

// later moves the clock and signs in anew.
func (b *bench) later(to time.Time) {
	b.t.Helper()
	b.clock.Set(to)
	p := tokens(b.t, b.refresh(b.next))
	b.token, b.next = p.Access, p.Refresh
}

// start runs an emulator on loopback whose clock stands still at noon.
func start(t *testing.T, change ...func(*emulator.Options)) *bench {
	t.Helper()
	b := &bench{t: t, clock: &fakeClock{now: noon}}
	o := emulator.Options{Seed: 3, Days: 800, Limit: 100000, Now: b.clock.Now}
	for _, f := range change {
		f(&o)
	}
	s, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	b.Server = s
	b.token, b.next, _ = s.SeedTokens()
	b.web = httptest.NewServer(s)
	b.client = b.web.Client()
	b.client.Transport.(*http.Transport).DisableCompression = true
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(b.web.Close)
	return b
}

// single uses a connection for one request only, so that net/http does not
// repeat a request whose connection broke.
func (b *bench) single() { b.client.Transport = &http.Transport{DisableKeepAlives: true} }

// reply is an answer read to its end.
type reply struct {
	status int
	header http.Header
	body   string
	err    error // of reading the body
}

func (b *bench) do(method, path string, header ...string) (reply, error) {
	b.t.Helper()
	r, err := http.NewRequest(method, b.web.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	if b.token != "" {
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return b.send(r)
}

func (b *bench) send(r *http.Request) (reply, error) {
	res, err := b.client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, string(body), err}, nil
}

// get is a GET that must be answered, with any status.
func (b *bench) get(path string, header ...string) reply {
	b.t.Helper()
	r, err := b.do("GET", path, header...)
	if err != nil {
		b.t.Fatalf("%s: %v", path, err)
	}
	return r
}

// ok is a GET that must succeed.
func (b *bench) ok(path string, header ...string) string {
	b.t.Helper()
	r := b.get(path, header...)
	if r.status != 200 || r.err != nil {
		b.t.Fatalf("%s: %d %s %v", path, r.status, r.body, r.err)
	}
	return r.body
}

// post sends a form; with user != "" with Basic authentication.
func (b *bench) post(path, user, password string, form url.Values) reply {
	b.t.Helper()
	r, err := http.NewRequest("POST", b.web.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if user != "" {
		r.SetBasicAuth(user, password)
	}
	got, err := b.send(r)
	if err != nil {
		b.t.Fatalf("%s: %v", path, err)
	}
	return got
}

// wants checks status and errorType.
func (r reply) wants(t *testing.T, what string, status int, errorType string) {
	t.Helper()
	var e struct {
		Errors []struct{ ErrorType string }
	}
	json.Unmarshal([]byte(r.body), &e)
	kind := ""
	if len(e.Errors) > 0 {
		kind = e.Errors[0].ErrorType
	}
	if r.status != status || kind != errorType {
		t.Errorf("%s: got %d %q (%.120s), want %d %q", what, r.status, kind, r.body, status, errorType)
	}
}

type seriesPoint struct {
	DateTime string
	Value    json.RawMessage
}

// series decodes {root: [{dateTime, value}]} and returns the points.
func series(t *testing.T, body, root string) []seriesPoint {
	t.Helper()
	var all map[string][]seriesPoint
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	points, ok := all[root]
	if !ok {
		t.Fatalf("no root %q in %.200s", root, body)
	}
	return points
}

// values is a series by date, quotes included where values are strings.
func values(t *testing.T, body, root string) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, p := range series(t, body, root) {
		got[p.DateTime] = string(p.Value)
	}
	return got
}

func day(t *testing.T, s string) emulator.Date {
	t.Helper()
	d, err := emulator.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func activity(resource, from, to string) string {
	return "/1/user/-/activities/" + resource + "/date/" + from + "/" + to + ".json"
}

func sleepPath(from, to string) string {
	return "/1.2/user/-/sleep/date/" + from + "/" + to + ".json"
}

const devicesPath = "/1/user/-/devices.json"

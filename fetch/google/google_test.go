package google_test

import (
	"bytes"
	"errors"
	"fmt"
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
	"fitvault/fetch/google"
	"fitvault/store/catalog"
)

// answering is a service that gives one answer to everything.
type answering struct {
	status int
	kind   string // Content-Type; "" is JSON
	header http.Header
	body   string
	err    error         // instead of an answer
	breaks bool          // the connection, after the body
	seen   *http.Request // the last one
	sent   string        // its body
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a.seen = r
	if r.Body != nil {
		b, _ := io.ReadAll(r.Body)
		a.sent = string(b)
	}
	if a.err != nil {
		return nil, a.err
	}
	body := io.Reader(strings.NewReader(a.body))
	if a.breaks {
		body = io.MultiReader(body, broken{})
	}
	h := a.header.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set("Content-Type", a.kind)
	if a.kind == "" {
		h.Set("Content-Type", "application/json; charset=UTF-8")
	}
	return &http.Response{StatusCode: a.status, Header: h, Body: io.NopCloser(body), Request: r}, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func newProvider(rt http.RoundTripper) *google.Provider {
	return google.New(google.Options{
		APIURL: "https://health.example/", AuthURL: "https://accounts.example/o/oauth2/v2/auth", TokenURL: "https://oauth2.example/token",
		ClientID: "my-client", ClientSecret: "s3cret", RedirectURL: "http://localhost:8080/", UserAgent: "fitvault/test",
		HTTP: &http.Client{Transport: rt},
	})
}

// bench is an emulated service and a provider that is signed in to it.
type bench struct {
	*google.Provider
	t      testing.TB
	emu    *emulator.Server
	now    time.Time
	access string
	zones  catalog.Zones
}

// noon is a time at which both clock changes of 2025 are over.
var noon = time.Date(2025, 11, 2, 13, 7, 0, 0, time.UTC)

func start(t testing.TB, change ...func(*emulator.Options)) *bench {
	t.Helper()
	b := &bench{t: t, now: noon}
	o := emulator.Options{Seed: 3, Days: 800, Now: func() time.Time { return b.now }, GoogleLimit: 1_000_000}
	for _, f := range change {
		f(&o)
	}
	emu, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	b.emu = emu
	id, secret := emu.GoogleClient()
	b.Provider = google.New(google.Options{
		APIURL: "https://health.example", AuthURL: "https://accounts.example/o/oauth2/v2/auth", TokenURL: "https://oauth2.example/token",
		ClientID: id, ClientSecret: secret, RedirectURL: "http://localhost:8080/", HTTP: &http.Client{Transport: emu.Transport()},
	})
	tok, err := b.Refresh(t.Context(), emu.GoogleSeedToken())
	if err != nil {
		t.Fatal(err)
	}
	b.access, b.zones = tok.Access, zones(t, "Europe/Berlin")
	return b
}

func zones(t testing.TB, name string) catalog.Zones {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return catalog.NewZones(catalog.ZoneSpan{Zone: loc})
}

func day(t testing.TB, s string) catalog.Day {
	t.Helper()
	d, err := catalog.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func span(t testing.TB, from, to string) catalog.Span {
	t.Helper()
	return catalog.Span{From: day(t, from), To: day(t, to)}
}

// ask gets a page that must be in order.
func (b *bench) ask(q fetch.Question) (fetch.Answer, fetch.Contents) {
	b.t.Helper()
	a, err := b.Get(b.t.Context(), b.access, q)
	if err != nil {
		b.t.Fatal(err)
	}
	c, err := b.Inspect(q, a.Body)
	if err != nil {
		b.t.Fatalf("%s: %v", a.Path, err)
	}
	return a, c
}

func (b *bench) checkManners() {
	b.t.Helper()
	if v := b.emu.Violations(); len(v) > 0 {
		b.t.Errorf("violations: %q", v)
	}
	for _, r := range b.emu.Requests() {
		rollup := strings.Contains(r.Path, "ollUp")
		if strings.Contains(r.Path, "/dataPoints") && !strings.Contains(r.Path, "Tcx") && rollup == strings.Contains(r.Path, "pageSize=") {
			b.t.Errorf("page size of %s %s", r.Method, r.Path)
		}
	}
}

func sample(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "emulator", "testdata", "google", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// steps asks for reconciled steps of three days.
func steps(t testing.TB) fetch.Question {
	return fetch.Question{Ask: list(catalog.Reconcile, "steps", "interval.civil_start_time", "interval.startTime"),
		Span: span(t, "2025-10-25", "2025-10-28"), Zones: zones(t, "Europe/Berlin")}
}

// list asks for a data type.
func list(op catalog.Op, id, member, key string) catalog.Ask {
	words := strings.Split(id, "-")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	a := catalog.Ask{Op: op, Path: "/v4/users/me/dataTypes/" + id + "/dataPoints", Days: 30,
		Root: "dataPoints", Value: strings.Join(words, ""), DateKey: key, PageSize: 10_000}
	if member != "" {
		a.Filter = strings.ReplaceAll(id, "-", "_") + "." + member
	}
	return a
}

func rolled(op catalog.Op, id string) catalog.Ask {
	a := list(op, id, "", "startTime")
	a.Root, a.PageSize, a.Every = "rollupDataPoints", 0, time.Minute
	if op == catalog.DailyRollUp {
		a.DateKey, a.Every = "civilStartTime", 0
	}
	return a
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// describe tells contents in a line.
func describe(c fetch.Contents, err error) string {
	var shape *fetch.ShapeError
	switch {
	case errors.As(err, &shape) && shape.Garbled:
		return "garbled"
	case errors.As(err, &shape):
		return "of another shape"
	case err != nil:
		return "unexpected error " + err.Error()
	}
	var b bytes.Buffer
	fmt.Fprint(&b, c.Count)
	if len(c.Days) > 0 {
		fmt.Fprint(&b, " of")
	}
	for _, d := range c.Days {
		fmt.Fprint(&b, " ", d)
	}
	for _, o := range c.Offsets {
		fmt.Fprintf(&b, ", %v from %s", o.Offset, o.At.UTC().Format("2006-01-02T15:04"))
	}
	if c.Next != "" {
		fmt.Fprint(&b, ", then ", c.Next)
	}
	return b.String()
}

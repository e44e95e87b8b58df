package fetch_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
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
	"fitvault/fetch/emulator"
	"fitvault/fetch/fitbit"
	"fitvault/store"
	"fitvault/store/catalog"
)

const source = string(catalog.Fitbit)

// unlessRaced skips a test of many calls under the race detector: what is done side by side is
// held to it by shorter ones.
func unlessRaced(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("under the race detector that takes too long")
	}
}

// began is when every world begins. It is today's rules of summer time that must hold,
// not those of the year in which virtual time begins.
var began = time.Date(2026, 11, 22, 10, 17, 0, 0, time.UTC)

// world is an emulated person and one vault, in virtual time.
type world struct {
	*testing.T
	emu    *emulator.Server
	vault  *store.Store
	path   string
	fitbit *fitbit.Provider
	seed   store.Token // what the environment holds
	words  []string    // of --type; none: the original exporter's
	log    *transcript
	errs   []error // of every run

	onRequest  func(n int, r *http.Request)
	onAnswered func(n int)
	vast       bool // there are too many answers to be searched for secrets
	sloppy     bool // the emulator may be asked what a correct client does not ask
}

// live plays a story in virtual time, and checks at its end what must hold in any.
func live(t *testing.T, o emulator.Options, story func(w *world)) {
	t.Helper()
	empty, err := fresh()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "vault.db"), empty, 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(began))
		w := newWorld(t, dir, o)
		defer func() { w.vault.Close() }()
		story(w)
		w.checkManners()
		w.checkVault()
		w.checkSecrets()
	})
}

// fresh returns an empty vault as a file's content. Making it also makes the compressor's
// channels outside of any bubble: those of a bubble are its own.
var fresh = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "fitvault")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, path := context.Background(), filepath.Join(dir, "vault.db")
	st, err := store.Open(ctx, path, store.Options{Create: true})
	if err != nil {
		return nil, err
	}
	if err := st.Close(); err != nil {
		return nil, err
	}
	empty, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return empty, stageSomething(ctx, path)
})

func stageSomething(ctx context.Context, path string) error {
	st, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		return err
	}
	defer st.Close()
	run, err := st.BeginRun(ctx, "fetch", "test")
	if err != nil {
		return err
	}
	w := store.Window{Source: source, Type: "warm", From: "2026-01-01", To: "2026-01-02", SettledTo: "2026-01-01", State: store.Complete}
	id, err := st.Stage(ctx, store.Page{Window: w, Run: run, Body: bytes.Repeat([]byte("warm"), 1000)})
	if err != nil {
		return err
	}
	_, err = st.Bodies(ctx, id)
	return err
}

func newWorld(t *testing.T, dir string, o emulator.Options) *world {
	w := &world{T: t, log: &transcript{}, path: filepath.Join(dir, "vault.db")}
	o.Now = time.Now
	o.OnRequest = func(n int, r *http.Request) {
		w.checkCommitted(r)
		if w.onRequest != nil {
			w.onRequest(n, r)
		}
	}
	o.OnAnswered = func(n int) {
		if w.onAnswered != nil {
			w.onAnswered(n)
		}
	}
	var err error
	if w.emu, err = emulator.New(o); err != nil {
		t.Fatal(err)
	}
	w.emu.Set(func(m *emulator.Modes) { m.Strict, m.RequireLocale = true, true })
	w.seed.Access, w.seed.Refresh, w.seed.Expires = w.emu.SeedTokens()
	w.fitbit = w.provider(w.emu)
	w.open()
	return w
}

func (w *world) provider(emu *emulator.Server) *fitbit.Provider {
	id, secret := emu.Client()
	return fitbit.New(fitbit.Options{
		APIURL: "https://api.example", AuthURL: "https://www.example", ClientID: id, ClientSecret: secret,
		RedirectURL: "http://localhost:8080/", UserAgent: "fitvault/test",
		HTTP: &http.Client{Transport: emu.Transport(), Timeout: 2 * time.Minute},
	})
}

func (w *world) open() {
	w.Helper()
	var err error
	if w.vault, err = store.Open(w.Context(), w.path, store.Options{}); err != nil {
		w.Fatal(err)
	}
}

// restart is what a killed process leaves to the next one.
func (w *world) restart() {
	w.Helper()
	if err := w.vault.Close(); err != nil {
		w.Fatal(err)
	}
	w.open()
}

// set changes how the emulated service behaves.
func (w *world) set(change func(*emulator.Modes)) { w.emu.Set(change) }

func (w *world) tokens() *fetch.Tokens {
	return &fetch.Tokens{Store: w.vault, Provider: w.fitbit, Seed: w.seed, Log: w.logger()}
}

func (w *world) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// types resolves the words of --type.
func (w *world) types() []catalog.Type {
	w.Helper()
	words := w.words
	if words == nil {
		words = originals
	}
	types, err := catalog.Select(words)
	if err != nil {
		w.Fatal(err)
	}
	return types
}

// runner is what a process that starts now would run.
func (w *world) runner(adjust ...func(*fetch.Runner)) *fetch.Runner {
	w.Helper()
	run, err := w.vault.BeginRun(w.Context(), "fetch", "test")
	if err != nil {
		w.Fatal(err)
	}
	r := &fetch.Runner{Store: w.vault, Provider: w.fitbit, Tokens: w.tokens(), Log: w.logger(), Run: run, Types: w.types(), Eager: true}
	for _, a := range adjust {
		a(r)
	}
	return r
}

// fetch is one round of a process that starts now. It returns what the round did and
// what it asked.
func (w *world) fetch(adjust ...func(*fetch.Runner)) round {
	w.Helper()
	return w.fetchUntil(w.Context(), adjust...)
}

func (w *world) fetchUntil(ctx context.Context, adjust ...func(*fetch.Runner)) round {
	w.Helper()
	before := len(w.emu.Requests())
	r := w.runner(adjust...)
	res, err := r.Fetch(ctx)
	outcome := "done"
	if err != nil {
		outcome = err.Error()
		w.errs = append(w.errs, err)
	}
	for _, f := range res.Failures {
		w.errs = append(w.errs, f)
	}
	if err := w.vault.EndRun(w.Context(), r.Run, outcome, res.Tally); err != nil {
		w.Fatal(err)
	}
	return round{Result: res, t: w, err: err, log: w.emu.Requests()[before:]}
}

// mustFetch is a round that leaves nothing.
func (w *world) mustFetch(adjust ...func(*fetch.Runner)) round {
	w.Helper()
	r := w.fetch(adjust...)
	if r.err != nil || len(r.Failures) > 0 {
		w.Fatalf("fetch: %v, failures %v", r.err, r.Failures)
	}
	return r
}

// round is what a fetch did.
type round struct {
	fetch.Result
	t   *world
	err error
	log []emulator.Request
}

// calls returns the data requests of a round whose path contains all parts.
func (r round) calls(parts ...string) []emulator.Request {
	return slices.DeleteFunc(slices.Clone(r.log), func(q emulator.Request) bool {
		return q.Kind != emulator.KindAPI || slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(q.Path, p) })
	})
}

// refreshes returns the requests for a new token.
func (r round) refreshes() []emulator.Request {
	return slices.DeleteFunc(slices.Clone(r.log), func(q emulator.Request) bool { return q.Kind != emulator.KindToken })
}

// with returns the data requests that were answered with a status.
func (r round) with(status int) []emulator.Request {
	return slices.DeleteFunc(r.calls(), func(q emulator.Request) bool { return q.Status != status })
}

// paths returns the paths asked, without profile and devices.
func (r round) paths() []string {
	var out []string
	for _, q := range r.calls("/date/") {
		out = append(out, q.Path)
	}
	return out
}

// failed returns the error of a type that was left.
func (r round) failed(typ string) error {
	for _, f := range r.Failures {
		if f.Type == typ {
			return f.Err
		}
	}
	return nil
}

// wantCalls fails unless the round made so many data requests.
func (r round) wantCalls(n int) {
	r.t.Helper()
	if got := r.calls(); len(got) != n {
		r.t.Errorf("%d calls, want %d:\n%s", len(got), n, listing(got))
	}
}

func listing(log []emulator.Request) string {
	var b strings.Builder
	for _, q := range log {
		fmt.Fprintf(&b, "%s %s %d %s\n", q.Time.UTC().Format(time.DateTime), q.Kind, q.Status, q.Path)
	}
	return b.String()
}

// checkManners demands that no request came that a correct client does not send.
func (w *world) checkManners() {
	w.Helper()
	if v := w.emu.Violations(); len(v) > 0 && !w.sloppy {
		w.Errorf("the service was asked what it should not be:\n%s", strings.Join(v, "\n"))
	}
}

// checkCommitted demands that a token is kept before it is used: a refresh token works
// once, so that a pair that is only in memory is lost with the process.
func (w *world) checkCommitted(r *http.Request) {
	tok, ok, err := w.vault.Token(context.Background(), source)
	if err != nil || !ok || r.Header.Get("Authorization") != "Bearer "+tok.Access {
		w.Errorf("%s is asked with a token that the vault does not hold (%v, %v)", r.URL.Path, ok, err)
	}
}

func (w *world) checkVault() {
	w.Helper()
	check, err := w.vault.Verify(context.Background())
	if err != nil || len(check.Problems) > 0 {
		w.Errorf("verify: %v %q", err, check.Problems)
	}
}

// checkSecrets demands that nothing that is kept or shown holds a secret.
func (w *world) checkSecrets() {
	w.Helper()
	ctx := context.Background()
	var kept bytes.Buffer
	kept.WriteString(w.log.String())
	for _, err := range w.errs {
		fmt.Fprintln(&kept, err)
		fmt.Fprintf(&kept, "%+v\n", err)
	}
	responses, err := w.vault.Responses(ctx, store.Filter{})
	fmt.Fprintf(&kept, "%+v %v\n", responses, err)
	for _, r := range responses {
		if w.vast {
			break
		}
		page, err := w.vault.Body(ctx, r.ID)
		fmt.Fprintf(&kept, "%s %v\n", page.Data, err)
	}
	runs, err := w.vault.Runs(ctx, 1000)
	fmt.Fprintf(&kept, "%+v %v\n", runs, err)
	rejects, err := w.vault.Rejects(ctx)
	fmt.Fprintf(&kept, "%+v %v\n", rejects, err)
	unavailable, err := w.vault.Unavailable(ctx, source)
	fmt.Fprintf(&kept, "%+v %v\n", unavailable, err)
	if len(responses) == 0 || kept.Len() < 1000 {
		w.Log("nothing was staged in this story")
	}
	for _, secret := range w.emu.Secrets() {
		if at := bytes.Index(kept.Bytes(), []byte(secret)); at >= 0 {
			w.Errorf("a secret is kept or shown: …%s…", kept.Bytes()[max(0, at-200):at])
		}
	}
}

// covered says, for a type, which days are staged, as ranges with both ends included.
func (w *world) covered(typ string) string {
	w.Helper()
	return w.ranges(w.coverage(typ))
}

func (w *world) ranges(rows []store.Covered) string {
	w.Helper()
	var out []catalog.Span
	for _, c := range rows {
		span := w.span(c.From, c.To)
		if n := len(out); n > 0 && out[n-1].To == span.From {
			out[n-1].To = span.To
		} else {
			out = append(out, span)
		}
	}
	return strings.Trim(fmt.Sprint(out), "[]")
}

func (w *world) coverage(typ string) []store.Covered {
	w.Helper()
	all, err := w.vault.Coverage(w.Context(), source)
	if err != nil {
		w.Fatal(err)
	}
	return all[typ]
}

func (w *world) span(from, to string) catalog.Span {
	w.Helper()
	span, err := catalog.ParseSpan(from, to)
	if err != nil {
		w.Fatal(err)
	}
	return span
}

// today is the person's day.
func (w *world) today() catalog.Day { return catalog.Day(w.emu.Today()) }

// first is the day on which the person joined.
func (w *world) first() catalog.Day { return catalog.Day(w.emu.Person().First()) }

// wantCovered fails unless exactly these days of a type are staged.
func (w *world) wantCovered(typ string, from, to catalog.Day) {
	w.Helper()
	if got, want := w.covered(typ), (catalog.Span{From: from, To: to + 1}).String(); got != want {
		w.Errorf("%s is staged for %s, want %s", typ, got, want)
	}
}

// wantAllCovered demands every day of every type that has days.
func (w *world) wantAllCovered() {
	w.Helper()
	all, err := w.vault.Coverage(w.Context(), source)
	if err != nil {
		w.Fatal(err)
	}
	want := catalog.Span{From: w.first(), To: w.today() + 1}.String()
	for _, t := range asked(w.types()) {
		if got := w.ranges(all[t.Name]); got != want {
			w.Errorf("%s is staged for %s, want %s", t.Name, got, want)
		}
	}
}

// asked returns the types among some that are asked for every day, by range.
func asked(types []catalog.Type) []catalog.Type {
	return slices.DeleteFunc(catalog.Asked(catalog.Fitbit), func(t catalog.Type) bool {
		return t.Fitbit.Ask.Snapshot() || t.Fitbit.Each != "" || t.Fitbit.Guide != "" || !slices.ContainsFunc(types, func(o catalog.Type) bool { return o.Staged(catalog.Fitbit) == t.Name })
	})
}

// inForce returns the body that is the truth for a day of a type; "" when there is none.
func (w *world) inForce(typ string, d catalog.Day) string {
	w.Helper()
	for _, c := range w.coverage(typ) {
		if w.span(c.From, c.To).Holds(d) {
			bodies, err := w.vault.Bodies(w.Context(), c.Window.ID)
			if err != nil {
				w.Fatal(err)
			}
			var all []byte
			for _, b := range bodies {
				all = append(all, b.Data...)
			}
			return string(all)
		}
	}
	return ""
}

// transcript is a log that may be written and read at once.
type transcript struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *transcript) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func logID(id int64) string { return fmt.Sprintf(`"logId":%d`, id) }

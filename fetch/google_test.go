package fetch_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
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

// googleWorld is an emulated person whose data the Google Health API gives, and one vault,
// in virtual time.
type googleWorld struct {
	*testing.T
	emu      *emulator.Server
	vault    *store.Store
	provider *google.Provider
	seed     store.Token
	words    []string // of --type
	log      *transcript
}

// liveGoogle plays a story. At its end the vault must be sound, and the service must not
// have been asked what it should not be.
func liveGoogle(t *testing.T, o emulator.Options, story func(w *googleWorld)) {
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
		w := &googleWorld{T: t, log: &transcript{}}
		o.Now = time.Now
		if w.emu, err = emulator.New(o); err != nil {
			t.Fatal(err)
		}
		w.provider = googleAt(w.emu)
		w.seed = store.Token{Refresh: w.emu.GoogleSeedToken()}
		if w.vault, err = store.Open(t.Context(), path, store.Options{}); err != nil {
			t.Fatal(err)
		}
		defer w.vault.Close()
		story(w)
		check, err := w.vault.Verify(context.Background())
		if err != nil || len(check.Problems) > 0 {
			w.Errorf("verify: %v %q", err, check.Problems)
		}
		if v := w.emu.Violations(); len(v) > 0 {
			w.Errorf("the service was asked what it should not be:\n%s", strings.Join(v, "\n"))
		}
		if t.Failed() {
			t.Log(w.log.String())
		}
	})
}

func googleAt(emu *emulator.Server) *google.Provider {
	id, secret := emu.GoogleClient()
	return google.New(google.Options{
		APIURL: "https://health.example", AuthURL: "https://accounts.example/o/oauth2/v2/auth", TokenURL: "https://oauth2.example/token",
		ClientID: id, ClientSecret: secret, RedirectURL: "http://localhost:8080/", UserAgent: "fitvault/test",
		HTTP: &http.Client{Transport: emu.Transport(), Timeout: 2 * time.Minute},
	})
}

func (w *googleWorld) set(change func(*emulator.Modes)) { w.emu.Set(change) }

func (w *googleWorld) today() catalog.Day { return catalog.Day(w.emu.Today()) }

// look is what a round did and asked.
type look struct {
	fetch.Result
	t   *googleWorld
	err error
	log []emulator.Request
}

// fetch is one round of a process that starts now.
func (w *googleWorld) fetch(adjust ...func(*fetch.Runner)) look {
	w.Helper()
	types, err := catalog.Select(w.words)
	if err != nil {
		w.Fatal(err)
	}
	run, err := w.vault.BeginRun(w.Context(), "fetch", "test")
	if err != nil {
		w.Fatal(err)
	}
	before := len(w.emu.Requests())
	logger := (&world{log: w.log}).logger()
	r := &fetch.Runner{Store: w.vault, Provider: w.provider, Log: logger, Run: run, Types: types,
		Tokens: &fetch.Tokens{Store: w.vault, Provider: w.provider, Seed: w.seed, Log: logger}}
	for _, a := range adjust {
		a(r)
	}
	res, err := r.Fetch(w.Context())
	if err := w.vault.EndRun(w.Context(), run, "done", res.Tally); err != nil {
		w.Fatal(err)
	}
	return look{res, w, err, w.emu.Requests()[before:]}
}

func (w *googleWorld) mustFetch(adjust ...func(*fetch.Runner)) look {
	w.Helper()
	v := w.fetch(adjust...)
	if v.err != nil || len(v.Failures) > 0 {
		w.Fatalf("fetch: %v, failures %v", v.err, v.Failures)
	}
	return v
}

// calls returns the data requests of a round whose path contains all parts.
func (v look) calls(parts ...string) []emulator.Request {
	return slices.DeleteFunc(slices.Clone(v.log), func(q emulator.Request) bool {
		return !strings.HasPrefix(q.Path, "/v4/") || slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(q.Path, p) })
	})
}

func (v look) wantCalls(n int, parts ...string) {
	v.t.Helper()
	if got := v.calls(parts...); len(got) != n {
		v.t.Errorf("%d calls %q, want %d:\n%s", len(got), parts, n, listing(got))
	}
}

func (v look) failed(typ string) error {
	for _, f := range v.Failures {
		if f.Type == typ {
			return f.Err
		}
	}
	return nil
}

// bodies is how many different bodies the vault holds.
func (w *googleWorld) bodies() int {
	w.Helper()
	all, err := w.vault.Responses(w.Context(), store.Filter{})
	if err != nil {
		w.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range all {
		seen[r.SHA256] = true
	}
	return len(seen)
}

func (w *googleWorld) zones() string {
	w.Helper()
	entries, err := w.vault.Zones(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.From+" "+e.Zone+" by "+e.How)
	}
	return strings.Join(out, "\n")
}

var fewGoogle = []string{"steps", "heart_rate_daily", "sleep", "weight"}

func TestAGoogleRoundWithNothingNew(t *testing.T) {
	liveGoogle(t, emulator.Options{Days: 20}, func(w *googleWorld) {
		w.words = fewGoogle
		w.mustFetch()
		time.Sleep(2 * time.Minute)
		w.mustFetch().wantCalls(1)
		w.set(func(m *emulator.Modes) { m.HoldSync = time.Now() })
		time.Sleep(25 * time.Hour)
		v := w.mustFetch() // what was synced before the watch left
		if n := len(v.calls("/profile")) + len(v.calls("/settings")) + len(v.calls("/identity")); n != 1 {
			w.Errorf("%d answers that tell of the person are read in a round", n)
		}
		for range 2 { // all three are due, one in a round
			time.Sleep(time.Minute)
			w.mustFetch().wantCalls(2)
		}
		time.Sleep(time.Minute)
		w.mustFetch().wantCalls(1)
	})
}

// Where devices do not tell their syncs, the data does.
func TestNoDeviceTellsItsSync(t *testing.T) {
	unlessRaced(t)
	liveGoogle(t, emulator.Options{Days: 20}, func(w *googleWorld) {
		w.set(func(m *emulator.Modes) { m.GoogleNoSyncTimes = true })
		w.mustFetch()
		w.set(func(m *emulator.Modes) { m.HoldSync = time.Now() })
		w.mustFetch()
		bodies := w.bodies()
		time.Sleep(time.Hour)
		v := w.mustFetch()
		if n := len(v.calls()); n > 20 {
			w.Errorf("%d calls:\n%s", n, listing(v.calls()))
		}
		if n := w.bodies(); n != bodies {
			w.Errorf("%d bodies more", n-bodies)
		}
		v.wantCalls(1, "/steps/dataPoints:reconcile")
		v.wantCalls(0, "/heart-rate/")
		v.wantCalls(1, "/sleep/dataPoints:reconcile")

		w.set(func(m *emulator.Modes) { m.HoldSync = time.Time{} })
		time.Sleep(time.Hour)
		v = w.mustFetch()
		if n := len(v.calls("/heart-rate/")); n == 0 {
			w.Error("a sync that the data shows changes nothing")
		}
		left, err := fetch.Left(w.Context(), w.vault, catalog.Google)
		if err != nil || left["heart_rate"] != 0 || left["gps"] != 0 || left["sleep"] != 1 {
			w.Errorf("left %v (%v)", left, err)
		}
	})
}

func TestAHalfKnownAccount(t *testing.T) {
	var scopes []string
	for _, s := range emulator.AllGoogleScopes {
		if !strings.Contains(s, "settings") && !strings.Contains(s, "sleep") {
			scopes = append(scopes, s)
		}
	}
	liveGoogle(t, emulator.Options{Days: 20, GoogleScopes: scopes}, func(w *googleWorld) {
		w.words = fewGoogle
		w.set(func(m *emulator.Modes) { m.GoogleBareProfile = true })
		var setting *fetch.SettingError
		if v := w.fetch(); !errors.As(v.err, &setting) || setting.Setting != "zone" {
			w.Fatalf("%v", v.err)
		}
		berlin, since := zone("Europe/Berlin"), w.today()-9
		if v := w.fetch(func(r *fetch.Runner) { r.Zone = berlin }); !errors.As(v.err, &setting) || setting.Setting != "since" {
			w.Fatalf("%v", v.err)
		}
		all := func(r *fetch.Runner) { r.Zone, r.Since = berlin, &since }
		v := w.fetch(all)
		var scope *fetch.ScopeError
		if v.err != nil || len(v.Failures) != 2 || !errors.As(v.failed("sleep"), &scope) || !errors.As(v.failed("device"), &scope) {
			w.Fatalf("%v, failures %v", v.err, v.Failures)
		}
		v.wantCalls(0, "/sleep/")
		v.wantCalls(0, "/pairedDevices")
		if all := listing(w.emu.Requests()); strings.Contains(all, "/settings") {
			w.Errorf("the settings are asked for:\n%s", all)
		}
		time.Sleep(8 * 24 * time.Hour)
		v = w.mustFetch(all) // it is told once
		v.wantCalls(0, "/sleep/")
		if len(v.calls("/steps/")) == 0 {
			w.Error("nothing is asked any more")
		}
		off, err := w.vault.Unavailable(w.Context(), string(catalog.Google))
		if err != nil || off["sleep"].Kind != store.Denied || !strings.Contains(off["sleep"].Reason, "sleep.readonly") {
			w.Errorf("%+v (%v)", off["sleep"], err)
		}
		if left, err := fetch.Left(w.Context(), w.vault, catalog.Google); err != nil || left["sleep"] != 0 {
			w.Errorf("left %v (%v)", left, err)
		}
	})
}

// What a login did not grant is asked for as soon as another sign-in of the environment was
// given it.
func TestAScopeThatAnotherSignInWasGiven(t *testing.T) {
	liveGoogle(t, emulator.Options{Days: 20}, func(w *googleWorld) {
		w.words = fewGoogle
		now := time.Now()
		if err := w.vault.SetUnavailable(w.Context(), store.Unavailable{Source: string(catalog.Google), Type: "sleep", Kind: store.Denied,
			Reason: (&fetch.ScopeError{Scope: "sleep"}).Error(), Since: now, Retry: now.Add(fetch.RetryDenied)}); err != nil {
			w.Fatal(err)
		}
		if v := w.mustFetch(); len(v.calls("/sleep/")) == 0 {
			w.Error("sleep is not asked for")
		}
	})
}

// A sign-in of the environment is another person's, or may be. Nothing is fetched with it
// before it is known whose it is, also when it is taken in the middle of a round.
func TestTheSignInOfAnotherPerson(t *testing.T) {
	for _, tt := range []struct {
		name string
		lose func(w *googleWorld) // the vault's own sign-in
	}{
		{"after a logout", func(w *googleWorld) {
			if _, err := w.vault.DeleteToken(w.Context(), string(catalog.Google)); err != nil {
				w.Fatal(err)
			}
		}},
		{"in the middle of a round", func(w *googleWorld) { w.emu.GoogleRevoke() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			liveGoogle(t, emulator.Options{Days: 20}, func(w *googleWorld) {
				w.words = fewGoogle
				w.mustFetch()
				tt.lose(w)
				time.Sleep(2 * time.Minute)
				bodies := w.bodies()
				other, err := emulator.New(emulator.Options{Seed: 99, Days: 20, Now: time.Now, GoogleRefreshToken: "another person's"})
				if err != nil {
					w.Fatal(err)
				}
				w.provider, w.seed = googleAt(other), store.Token{Refresh: other.GoogleSeedToken()}
				var owner *store.OwnerError
				if v := w.fetch(); !errors.As(v.err, &owner) {
					w.Errorf("%v, failures %v", v.err, v.Failures)
				}
				if n := w.bodies(); n != bodies {
					w.Errorf("%d bodies of another person", n-bodies)
				}
			})
		})
	}
}

// A second person's data does not come into the vault by another source.
func TestOnePersonInTwoSources(t *testing.T) {
	for _, tt := range []struct {
		name, owner string
		ok          bool
	}{{"the same", "", true}, {"another", "ZZZZZZ", false}} {
		t.Run(tt.name, func(t *testing.T) {
			liveGoogle(t, emulator.Options{Days: 20}, func(w *googleWorld) {
				w.words = fewGoogle
				owner := tt.owner
				if owner == "" {
					owner = w.emu.Person().ID()
				}
				if err := w.vault.Claim(w.Context(), string(catalog.Fitbit), owner); err != nil {
					w.Fatal(err)
				}
				v := w.fetch()
				var other *store.OwnerError
				if errors.As(v.err, &other) == tt.ok {
					w.Errorf("%v", v.err)
				}
				if !tt.ok {
					v.wantCalls(1)
					v.wantCalls(1, "/identity")
				}
			})
		})
	}
}

// A journey is in the data before the settings tell of it.
func TestAJourneyInTheData(t *testing.T) {
	liveGoogle(t, emulator.Options{Days: 60}, func(w *googleWorld) {
		w.words = []string{"steps"}
		leave, back := w.today()-30, w.today()-20
		if err := w.emu.Move(emulator.Date(leave), "Asia/Tokyo"); err != nil {
			w.Fatal(err)
		}
		if err := w.emu.Move(emulator.Date(back), "Europe/Berlin"); err != nil {
			w.Fatal(err)
		}
		w.mustFetch()
		zones, err := fetch.Zones(w.Context(), w.vault)
		if err != nil {
			w.Fatal(err)
		}
		for d, want := range map[catalog.Day]string{leave - 20: "Europe/Berlin", leave - 1: "Europe/Berlin", leave: "Etc/GMT-9",
			back - 1: "Etc/GMT-9", back: "Europe/Berlin", w.today(): "Europe/Berlin", w.today() + 9: "Europe/Berlin"} {
			if got := zones.On(d).String(); got != want {
				w.Errorf("%v is in %s, want %s:\n%s", d, got, want, w.zones())
			}
		}
		before := w.zones()
		time.Sleep(26 * time.Hour)
		w.mustFetch()
		if got := w.zones(); got != before {
			w.Errorf("a second round makes of\n%s\nthis:\n%s", before, got)
		}
	})
}

// The sums over minutes are asked from local midnight to local midnight. A backfill learns
// of journeys on its way, and no hour beside one may be left out.
func TestNoHourIsLostBesideAJourney(t *testing.T) {
	unlessRaced(t)
	liveGoogle(t, emulator.Options{Days: 60}, func(w *googleWorld) {
		w.words = []string{"steps", "calories"}
		for d, zone := range map[catalog.Day]string{w.today() - 40: "Asia/Tokyo", w.today() - 33: "America/Los_Angeles", w.today() - 19: "Europe/Berlin"} {
			if err := w.emu.Move(emulator.Date(d), zone); err != nil {
				w.Fatal(err)
			}
		}
		w.mustFetch()
		responses, err := w.vault.Responses(w.Context(), store.Filter{Types: []string{"calories"}})
		if err != nil {
			w.Fatal(err)
		}
		zones, err := fetch.Zones(w.Context(), w.vault)
		if err != nil {
			w.Fatal(err)
		}
		midnight := func(date string) string {
			d, err := catalog.ParseDay(date)
			if err != nil {
				w.Fatal(err)
			}
			return zones.Start(d).UTC().Format(time.RFC3339)
		}
		for _, r := range responses {
			if want := "#range=" + midnight(r.From) + "/" + midnight(r.To); !strings.Contains(r.Path, want) {
				w.Errorf("%s to %s is asked by %s, want %s", r.From, r.To, r.Path, want)
			}
		}
		if len(responses) < 8 {
			w.Errorf("only %d answers", len(responses))
		}
	})
}

func TestTracks(t *testing.T) {
	liveGoogle(t, emulator.Options{Days: 40}, func(w *googleWorld) {
		w.words = []string{"exercise", "gps"}
		v := w.mustFetch()
		tracks := len(v.calls(":exportExerciseTcx"))
		if tracks == 0 {
			w.Fatalf("no track is asked for:\n%s", listing(v.calls()))
		}
		time.Sleep(2 * time.Minute)
		w.mustFetch().wantCalls(0, ":exportExerciseTcx")
		if left, err := fetch.Left(w.Context(), w.vault, catalog.Google); err != nil || left["gps"] != 0 {
			w.Errorf("left %v (%v)", left, err)
		}
		time.Sleep(14 * 24 * time.Hour)
		v = w.mustFetch()
		if n := len(v.calls(":exportExerciseTcx")); n == 0 || n >= tracks {
			w.Errorf("%d tracks of two weeks, %d of 40 days", n, tracks)
		}
		// A round that ends before the tracks leaves them to the next.
		w.words = []string{"exercise"}
		time.Sleep(14 * 24 * time.Hour)
		w.mustFetch().wantCalls(0, ":exportExerciseTcx")
		left, err := fetch.Left(w.Context(), w.vault, catalog.Google)
		if err != nil || left["gps"] == 0 {
			w.Errorf("left %v (%v)", left, err)
		}
		w.words = []string{"gps"}
		if n := len(w.mustFetch().calls(":exportExerciseTcx")); n == 0 {
			w.Error("they are not asked for")
		}
	})
}

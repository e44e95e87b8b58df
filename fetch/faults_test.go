package fetch_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/fetch/fitbit"
	"fitvault/store"
	"fitvault/store/catalog"
)

const steps = "activity_daily.steps"

// unavailable returns what the vault says of a type that is not given; "" for one that is.
func (w *world) unavailable(typ string) string {
	w.Helper()
	all, err := w.vault.Unavailable(w.Context(), source)
	if err != nil {
		w.Fatal(err)
	}
	return all[typ].Kind
}

// discreet is a source whose tokens do not tell their scopes.
type discreet struct{ *fitbit.Provider }

func (d discreet) Refresh(ctx context.Context, refresh string) (store.Token, error) {
	t, err := d.Provider.Refresh(ctx, refresh)
	t.Scopes = ""
	return t, err
}

func TestAScopeThatWasNotGranted(t *testing.T) {
	scopes := []string{"activity", "profile", "settings", "weight"}
	live(t, emulator.Options{Days: 40, Scopes: scopes}, func(w *world) {
		w.words = []string{steps, "sleep", "weight"}
		untold := func(r *fetch.Runner) { r.Provider, r.Tokens.Provider = discreet{w.fitbit}, discreet{w.fitbit} }
		r := w.fetch(untold)
		if r.err != nil || len(r.Failures) != 1 || r.failed("sleep") == nil || len(r.calls("/sleep/")) != 1 || w.unavailable("sleep") != store.Denied {
			w.Fatalf("%v, failures %v, sleep is %q", r.err, r.Failures, w.unavailable("sleep"))
		}
		w.wantCovered(steps, w.first(), w.today())
		w.wantCovered("weight", w.first(), w.today())
		time.Sleep(24 * time.Hour)
		if n := len(w.mustFetch(untold).calls("/sleep/")); n != 0 {
			w.Errorf("it is asked again the next day, %d times", n)
		}
		time.Sleep(6*24*time.Hour + time.Minute)
		if r := w.fetch(untold); len(r.calls("/sleep/")) != 1 || r.failed("sleep") == nil {
			w.Errorf("a week later it is asked %d times", len(r.calls("/sleep/")))
		}
		if n := len(w.mustFetch(untold).calls("/sleep/")); n != 0 {
			w.Errorf("and then again at once, %d times", n)
		}
		w.login(w.consent(append(scopes, "sleep")...))
		if got := w.unavailable("sleep"); got != store.Denied {
			w.Errorf("the login alone makes it %q", got)
		}
		w.mustFetch()
		w.wantAllCovered()
		if got := w.unavailable("sleep"); got != "" {
			w.Errorf("after the login it is still %s", got)
		}
	})
}

// What a token tells of its scopes saves the calls for what it does not have.
func TestAScopeThatTheSignInTellsToBeMissing(t *testing.T) {
	scopes := []string{"activity", "profile", "settings", "weight"}
	for name, sign := range map[string]func(w *world){
		"a login":                      func(w *world) { w.login(w.consent(scopes...)) },
		"a renewal of the environment": func(w *world) { time.Sleep(9 * time.Hour); w.words = []string{steps}; w.mustFetch() },
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 40, Scopes: scopes}, func(w *world) {
				sign(w)
				w.words = []string{steps, "sleep", "weight"}
				r := w.fetch()
				var lacks *fetch.ScopeError
				if r.err != nil || len(r.Failures) != 1 || !errors.As(r.failed("sleep"), &lacks) || lacks.Scope != "sleep" || w.unavailable("sleep") != store.Denied {
					w.Fatalf("%v, failures %v, sleep is %q", r.err, r.Failures, w.unavailable("sleep"))
				}
				time.Sleep(8 * 24 * time.Hour)
				w.mustFetch()
				w.wantCovered(steps, w.first(), w.today())
				w.wantCovered("weight", w.first(), w.today())
				if all := listing(w.emu.Requests()); strings.Contains(all, "/sleep/") {
					w.Errorf("sleep is asked for:\n%s", all)
				}
				w.login(w.consent(append(scopes, "sleep")...))
				w.mustFetch()
				w.wantAllCovered()
				if got := w.unavailable("sleep"); got != "" {
					w.Errorf("after the login it is still %s", got)
				}
			})
		})
	}
}

// Another sign-in of the environment is one, too.
func TestAnotherSignInOfTheEnvironmentIsTriedWithWhatWasDenied(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = []string{steps, "sleep"}
		w.emu.Inject(emulator.Fault{Path: "/sleep/", Times: -1, Status: 403, ErrorType: "insufficient_permissions", Message: "no"})
		if r := w.fetch(); r.err != nil || r.failed("sleep") == nil || w.unavailable("sleep") != store.Denied {
			w.Fatalf("%v, failures %v", r.err, r.Failures)
		}
		w.emu.ClearFaults()
		time.Sleep(9 * time.Hour)
		if n := len(w.mustFetch().calls("/sleep/")); n != 0 {
			w.Errorf("it is asked again with a renewed token, %d times", n)
		}
		w.emu.Revoke()
		w.seed = w.consent()
		w.mustFetch()
		w.mustFetch()
		w.wantAllCovered()
		if got := w.unavailable("sleep"); got != "" {
			w.Errorf("it is still %s", got)
		}
	})
}

func (w *world) login(tok store.Token) {
	w.Helper()
	if err := w.vault.SaveLogin(w.Context(), source, tok); err != nil {
		w.Fatal(err)
	}
}

func TestARightThatTheAppLacks(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = []string{steps, "sleep"}
		w.emu.Inject(emulator.Fault{Path: "/sleep/", Times: -1, Status: 403, ErrorType: "insufficient_permissions", Message: "no"})
		if r := w.fetch(); r.err != nil || r.failed("sleep") == nil || w.unavailable("sleep") != store.Denied {
			w.Errorf("%v, failures %v", r.err, r.Failures)
		}
		w.wantCovered(steps, w.first(), w.today())
		w.emu.ClearFaults()
		if n := len(w.mustFetch().calls("/sleep/")); n != 0 {
			w.Errorf("it is asked again at once, %d times", n)
		}
		time.Sleep(8 * 24 * time.Hour)
		w.mustFetch()
		w.wantAllCovered()
	})
}

func TestTheFrontEndsRefusalIsTriedAgainNextRound(t *testing.T) {
	live(t, emulator.Options{Days: 200}, func(w *world) {
		w.words = []string{steps, "sleep"}
		w.emu.Inject(emulator.Fault{Path: "/sleep/", Times: -1, Kind: emulator.FaultForbidden})
		r := w.fetch()
		if r.err != nil || r.failed("sleep") == nil || len(r.calls("/sleep/")) != 1 || w.unavailable("sleep") != "" {
			w.Errorf("%v, failures %v:\n%s", r.err, r.Failures, listing(r.calls("/sleep/")))
		}
		w.wantCovered(steps, w.first(), w.today())
		w.emu.ClearFaults()
		w.mustFetch()
		w.wantAllCovered()
	})
}

func TestAQuestionThatIsRefused(t *testing.T) {
	for _, status := range []int{400, 422} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			live(t, emulator.Options{Days: 200}, func(w *world) {
				w.words = []string{steps, "sleep"}
				w.emu.Inject(emulator.Fault{Path: "/sleep/", Times: -1, Status: status, ErrorType: "validation", Message: "no, " + w.seed.Access})
				r := w.fetch()
				if r.err != nil || r.failed("sleep") == nil || len(r.calls("/sleep/")) != 1 || w.unavailable("sleep") != store.NotServed {
					w.Errorf("%v, failures %v:\n%s", r.err, r.Failures, listing(r.calls("/sleep/")))
				}
				w.wantCovered(steps, w.first(), w.today())
				time.Sleep(30 * 24 * time.Hour)
				w.login(w.consent())
				if n := len(w.mustFetch().calls("/sleep/")); n != 0 {
					w.Errorf("it is asked again, %d times", n)
				}
				w.emu.ClearFaults()
				w.mustFetch(func(r *fetch.Runner) { w.reword("sleep") })
				w.wantAllCovered()
			})
		})
	}
}

// A path that the source does not know says less: it may be known again.
func TestAPathThatIsUnknown(t *testing.T) {
	live(t, emulator.Options{Days: 200}, func(w *world) {
		w.words = []string{steps, "sleep"}
		w.emu.Inject(emulator.Fault{Path: "/sleep/", Times: -1, Status: http.StatusNotFound, ErrorType: "not_found", Message: "no such resource"})
		if r := w.fetch(); r.err != nil || r.failed("sleep") == nil || len(r.calls("/sleep/")) != 1 || w.unavailable("sleep") != store.Denied {
			w.Errorf("%v, failures %v:\n%s", r.err, r.Failures, listing(r.calls("/sleep/")))
		}
		w.emu.ClearFaults()
		if n := len(w.mustFetch().calls("/sleep/")); n != 0 {
			w.Errorf("it is asked again at once, %d times", n)
		}
		time.Sleep(8 * 24 * time.Hour)
		w.mustFetch()
		w.wantAllCovered()
	})
}

// Another server that answers at the address says nothing of any type.
func TestAnotherServer(t *testing.T) {
	live(t, emulator.Options{Days: 30}, func(w *world) {
		w.words = []string{steps, "sleep"}
		w.emu.Inject(emulator.Fault{Kind: emulator.FaultEmpty, Path: "/1", Times: -1, Status: http.StatusNotFound})
		for range 2 {
			if r := w.fetch(); r.err == nil || len(r.calls()) != 1 {
				w.Errorf("%v:\n%s", r.err, listing(r.calls()))
			}
		}
		w.emu.ClearFaults()
		w.mustFetch()
		w.wantAllCovered()
	})
}

// A person may ask for days that the source does not serve: that says nothing of the type.
func TestARangeThatIsRefused(t *testing.T) {
	live(t, emulator.Options{Days: 150}, func(w *world) {
		w.words = []string{steps, "sleep"}
		since := w.first() - 100
		w.emu.Inject(emulator.Fault{Path: "/sleep/date/" + since.String(), Times: -1, Status: 400, ErrorType: "validation", Message: "too early"})
		early := func(r *fetch.Runner) { r.Since = &since }
		for range 2 {
			r := w.fetch(early)
			if r.err != nil || len(r.Failures) != 1 || r.failed("sleep") == nil || w.unavailable("sleep") != "" {
				w.Errorf("%v, failures %v, sleep is %q", r.err, r.Failures, w.unavailable("sleep"))
			}
			w.wantCovered("sleep", since+50, w.today()) // windows of 100 days, the newest first
			w.wantCovered(steps, since, w.today())
		}
		w.mustFetch()
		w.emu.ClearFaults()
		w.mustFetch(early)
		w.wantCovered("sleep", since, w.today())
	})
}

// reword makes the vault believe that an older question of a type was refused.
func (w *world) reword(typ string) {
	w.Helper()
	all, err := w.vault.Unavailable(w.Context(), source)
	if err != nil {
		w.Fatal(err)
	}
	u := all[typ]
	u.AskVersion--
	if err := w.vault.SetUnavailable(w.Context(), u); err != nil {
		w.Fatal(err)
	}
}

func TestFaultsThatPass(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"500":                      {},
		"500 without a body":       {Kind: emulator.FaultEmpty},
		"503":                      {Status: 503},
		"HTML 502":                 {Kind: emulator.FaultHTML},
		"HTML with 200":            {Kind: emulator.FaultHTML, Status: 200},
		"truncated JSON":           {Kind: emulator.FaultTruncated},
		"JSON that is cut":         {Kind: emulator.FaultCut},
		"reset":                    {Kind: emulator.FaultReset},
		"reset after the headers":  {Kind: emulator.FaultResetHeaders},
		"408":                      {Status: 408},
		"an answer that stays out": {Kind: emulator.FaultSlow, Pause: 10 * time.Minute},
	} {
		fault.Times = 3
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 40}, func(w *world) {
				w.words = []string{steps, "sleep"}
				for _, path := range []string{"/profile.json", "/devices.json", "/sleep/", "/steps/"} {
					fault.Path = path
					w.emu.Inject(fault)
				}
				start := time.Now()
				r := w.mustFetch()
				w.wantAllCovered()
				r.wantCalls(4 * 4)
				if gap := r.longestGap(); gap < 200*time.Millisecond || time.Since(start) > time.Hour {
					w.Errorf("it backed off for %v at most, in %v", gap, time.Since(start))
				}
				if rejects := w.rejects(); len(rejects) > 0 {
					w.Errorf("rejects: %v", rejects)
				}
			})
		})
	}
}

func TestASlowAnswerIsWaitedFor(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = []string{steps}
		w.emu.Inject(emulator.Fault{Kind: emulator.FaultSlow, Pause: time.Minute, Times: -1})
		w.mustFetch().wantCalls(3)
		w.wantAllCovered()
	})
}

func (w *world) rejects() []store.Reject {
	w.Helper()
	all, err := w.vault.Rejects(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// A type that is out of order is left for the next round after two windows; a window that
// alone is out of order does not hide those behind it.
func TestFaultsThatStay(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"500":   {Times: -1},
		"reset": {Times: -1, Kind: emulator.FaultReset},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 400}, func(w *world) {
				w.words = []string{steps, "sleep", "weight"}
				fault.Path = "/sleep/"
				w.emu.Inject(fault)
				r := w.fetch()
				if r.err != nil || r.failed("sleep") == nil || len(r.calls("/sleep/")) != 10 || w.unavailable("sleep") != "" {
					w.Errorf("%v, failures %v, %d calls", r.err, r.Failures, len(r.calls("/sleep/")))
				}
				w.wantCovered(steps, w.first(), w.today())
				w.wantCovered("weight", w.first(), w.today())
				w.emu.ClearFaults()
				w.mustFetch()
				w.wantAllCovered()
			})
		})
	}
	live(t, emulator.Options{Days: 400}, func(w *world) {
		w.words = []string{steps, "sleep"}
		w.emu.Inject(emulator.Fault{Path: "/sleep/date/" + (w.today() - 99).String(), Times: -1})
		if r := w.fetch(); r.err != nil || len(r.Failures) != 1 {
			w.Errorf("%v, failures %v", r.err, r.Failures)
		}
		w.wantCovered("sleep", w.first(), w.today()-100)
		w.emu.ClearFaults()
		w.mustFetch()
		w.wantAllCovered()
	})
}

func TestAnAnswerThatStaysGarbled(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"HTML with 200":  {Kind: emulator.FaultHTML, Status: 200},
		"truncated JSON": {Kind: emulator.FaultTruncated},
		"wrong shape":    {Kind: emulator.FaultShape},
		"error with 200": {Kind: emulator.FaultBody, Body: `{"errors":[{"errorType":"system","message":"oops, {access}"}],"success":false}`},
		"other days":     {Kind: emulator.FaultBody, Body: `{"sleep":[{"dateOfSleep":"2020-01-01","logId":1}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 30}, func(w *world) {
				w.words = []string{steps, "sleep", "weight"}
				fault.Path, fault.Times = "/sleep/", -1
				fault.Body = strings.ReplaceAll(fault.Body, "{access}", w.seed.Access)
				w.emu.Inject(fault)
				r := w.fetch()
				var shape *fetch.ShapeError
				if r.err != nil || len(r.Failures) != 1 || !errors.As(r.failed("sleep"), &shape) || len(r.calls("/sleep/")) > 5 {
					w.Errorf("%v, failures %v, %d calls", r.err, r.Failures, len(r.calls("/sleep/")))
				}
				if got := w.rejects(); len(got) != 1 || got[0].Type != "sleep" || got[0].Stage != "fetch" {
					w.Errorf("rejects %+v", got)
				}
				if got := w.covered("sleep"); got != "" {
					w.Errorf("it counts as staged for %s", got)
				}
				w.wantCovered(steps, w.first(), w.today())
				w.wantCovered("weight", w.first(), w.today())
				w.emu.ClearFaults()
				time.Sleep(time.Hour)
				w.mustFetch()
				w.wantAllCovered()
				if got := w.rejects(); len(got) != 0 {
					w.Errorf("after a good answer there are rejects %+v", got)
				}
			})
		})
	}
}

func TestNothingIsAnswered(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"503":           {Status: 503},
		"reset":         {Kind: emulator.FaultReset},
		"HTML with 200": {Kind: emulator.FaultHTML, Status: 200}, // as from the page of a hotel's network
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 20}, func(w *world) {
				w.words = []string{steps, "sleep", "weight", "body_fat"}
				fault.Times = -1
				w.emu.Inject(fault)
				if r := w.fetch(); r.err == nil || len(r.calls()) > 15 || len(r.paths()) > 0 {
					w.Errorf("with an empty vault: %v after %d calls", r.err, len(r.calls()))
				}
				w.emu.ClearFaults()
				w.mustFetch()
				w.emu.Inject(fault)
				time.Sleep(25 * time.Hour)
				if r := w.fetch(); len(r.calls()) != 10 || len(r.Failures) != 2 {
					w.Errorf("not knowing of a sync: %v, failures %v after %d calls", r.err, r.Failures, len(r.calls()))
				}
				w.emu.ClearFaults()
				fault.Path = "/date/"
				w.emu.Inject(fault)
				r := w.fetch()
				if r.err == nil || !strings.Contains(r.err.Error(), "3 types in a row") || len(r.paths()) != 15 {
					w.Errorf("later: %v after %d calls", r.err, len(r.paths()))
				}
				w.emu.ClearFaults()
				w.mustFetch()
				w.wantAllCovered()
			})
		})
	}
}

// The profile and the devices are answers like any other.
func TestAnOddProfileStopsNothing(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"500":         {Times: -1},
		"403":         {Times: -1, Kind: emulator.FaultForbidden},
		"wrong shape": {Times: -1, Kind: emulator.FaultShape},
		"no user":     {Times: -1, Kind: emulator.FaultBody, Body: `{}`},
		"odd user":    {Times: -1, Kind: emulator.FaultBody, Body: `{"user":{"encodedId":"A","memberSince":"yesterday"}}`},
		"garbled":     {Times: -1, Kind: emulator.FaultTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 40}, func(w *world) {
				w.words = short
				fault.Path = "/profile.json"
				w.emu.Inject(fault)
				r := w.fetch()
				var setting *fetch.SettingError
				if r.err == nil || errors.As(r.err, &setting) || r.failed("profile") == nil {
					w.Errorf("without a profile: %v, failures %v", r.err, r.Failures)
				}
				w.emu.ClearFaults()
				w.mustFetch()
				w.emu.Inject(fault)
				time.Sleep(25 * time.Hour)
				if r = w.fetch(); r.err != nil || r.failed("profile") == nil {
					w.Errorf("with an older one: %v, failures %v", r.err, r.Failures)
				}
				w.wantAllCovered()
				w.emu.ClearFaults()
				w.mustFetch()
				if got := w.rejects(); len(got) != 0 {
					w.Errorf("rejects %+v", got)
				}
			})
		})
	}
}

func TestNoRightToTheProfile(t *testing.T) {
	live(t, emulator.Options{Days: 40, Scopes: []string{"activity", "sleep", "settings"}}, func(w *world) {
		w.words = short
		r := w.fetch()
		var setting *fetch.SettingError
		if !errors.As(r.err, &setting) || setting.Setting != "zone" || len(r.paths()) > 0 {
			w.Fatalf("%v", r.err)
		}
		berlin := zone("Europe/Berlin")
		if r = w.fetch(func(r *fetch.Runner) { r.Zone = berlin }); !errors.As(r.err, &setting) || setting.Setting != "since" {
			w.Fatalf("%v", r.err)
		}
		since := w.first()
		w.mustFetch(func(r *fetch.Runner) { r.Zone, r.Since = berlin, &since })
		w.wantAllCovered()
		time.Sleep(8 * 24 * time.Hour) // it is tried again
		w.login(w.consent())
		w.mustFetch()
		w.wantAllCovered()
	})
}

func TestNoRightToTheDevices(t *testing.T) {
	live(t, emulator.Options{Days: 40, Scopes: []string{"activity", "sleep", "profile"}}, func(w *world) {
		w.words = short
		r := w.fetch()
		if r.err != nil || r.failed("device") == nil {
			w.Fatalf("%v, failures %v", r.err, r.Failures)
		}
		w.wantAllCovered()
		time.Sleep(24 * time.Hour)
		r = w.mustFetch()
		w.wantAllCovered()
		if n := len(r.paths()); n != 2 {
			w.Errorf("%d calls for the last week, want one for each type", n)
		}
	})
}

func TestAMoveIsNoted(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		w.mustFetch()
		time.Sleep(10 * time.Hour) // 20:17 UTC: the next day in Tokyo
		if err := w.emu.Move(emulator.Date(day("2026-11-23")), "Asia/Tokyo"); err != nil {
			w.Fatal(err)
		}
		time.Sleep(15 * time.Hour)
		w.mustFetch()
		zones, err := w.vault.Zones(w.Context())
		if err != nil || len(zones) != 2 || zones[0].Zone != "Europe/Berlin" || zones[1].Zone != "Asia/Tokyo" || zones[1].From != "2026-11-23" {
			w.Errorf("zones %v (%v)", zones, err)
		}
		w.wantAllCovered()
		if got, _ := fetch.Zones(w.Context(), w.vault); got.Today(time.Now()) != w.today() {
			w.Errorf("today is %v, the person's is %v", got.Today(time.Now()), w.today())
		}
	})
}

func TestAnotherPersonsSignIn(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		w.mustFetch()
		mine := w.fitbit
		other, err := emulator.New(emulator.Options{Days: 40, Seed: 99, Now: time.Now})
		if err != nil {
			w.Fatal(err)
		}
		var theirs store.Token
		theirs.Access, theirs.Refresh, theirs.Expires = other.SeedTokens()
		w.fitbit = w.provider(other)
		w.login(theirs)
		time.Sleep(25 * time.Hour)
		r := w.fetch()
		var owner *store.OwnerError
		if !errors.As(r.err, &owner) || owner.User != other.Person().ID() || len(other.Requests()) > 2 {
			w.Fatalf("%v:\n%s", r.err, listing(other.Requests()))
		}
		responses, err := w.vault.Responses(w.Context(), store.Filter{})
		if err != nil {
			w.Fatal(err)
		}
		for _, r := range responses {
			if page, err := w.vault.Body(w.Context(), r.ID); err != nil || strings.Contains(string(page.Data), other.Person().ID()) {
				w.Errorf("another person's answer is staged: %s (%v)", page.Data, err)
			}
		}
		w.fitbit = mine
		w.login(w.consent())
		w.mustFetch()
		w.wantAllCovered()
	})
}

// Every type that is asked is asked for by a path that the service knows.
func TestEveryTypeIsServed(t *testing.T) {
	unlessRaced(t)
	live(t, emulator.Options{Days: 10}, func(w *world) {
		w.words = []string{"all"}
		w.mustFetch()
		for _, t := range catalog.Asked(catalog.Fitbit) {
			if n := ofType(w.answers())[t.Name]; n == 0 {
				w.Errorf("%s has no answer", t.Name)
			}
		}
		w.wantAllCovered()
	})
}

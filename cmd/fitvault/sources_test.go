package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/influxdata/influxdb1-client/models"

	"fitvault/export"
	"fitvault/export/line"
	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/fetch/fitbit"
	"fitvault/fetch/google"
	"fitvault/store"
	"fitvault/store/catalog"
)

// TestSourcesAgree reads one emulated person through both sources, each into a vault of its
// own, over both nights in which clocks change, and holds every value that both tell
// against the other: same measurement, tags, instant, field, kind and value. What happened
// within the day is compared over a few days around each of the nights, and around a walk that
// was typed in. The services may differ only as sourceReasons and rounding say, each of which
// has to be met.
func TestSourcesAgree(t *testing.T) {
	unlessRaced(t)
	warm(t)
	fields := map[string]map[string][2]bool{}
	reasons := map[string]int{}
	for _, stretch := range []struct {
		name   string
		until  time.Time
		days   int
		within bool // the day
		values int
	}{
		{"days", time.Date(2026, 11, 22, 10, 17, 0, 0, time.UTC), 270, false, 200_000},
		{"minutes of spring", time.Date(2026, 3, 31, 10, 17, 0, 0, time.UTC), 4, true, 70_000},
		{"minutes of autumn", time.Date(2026, 10, 27, 10, 17, 0, 0, time.UTC), 4, true, 70_000},
		{"minutes of a typed walk", time.Date(2026, 11, 19, 10, 17, 0, 0, time.UTC), 2, true, 30_000},
	} {
		t.Run(stretch.name, func(t *testing.T) {
			types := slices.DeleteFunc(sharedTypes(), func(t catalog.Type) bool {
				return t.Series != nil && withinDay(t) != stretch.within
			})
			s := bothSides(t, emulator.Options{Seed: 7, Days: stretch.days}, stretch.until, types)
			s.fields, s.reasons = fields, reasons
			s.align()
			s.compare()
			if s.compared < stretch.values {
				t.Errorf("only %d values were compared", s.compared)
			}
		})
	}
	for _, why := range reasonsOfSources() {
		if reasons[why] == 0 && !t.Failed() {
			t.Errorf("nothing differs because %s: the comparison need not allow for it", why)
		}
	}
	readmeTable(t, "differences", differencesTable(fields))
}

// withinDay reports whether a type has values by the minute or second.
func withinDay(t catalog.Type) bool { return t.Group == catalog.Intraday || t.Name == "spo2" }

// bothSides are the points of types of one person, read through each of the APIs.
func bothSides(t *testing.T, o emulator.Options, until time.Time, types []catalog.Type) *sides {
	t.Helper()
	dir := t.TempDir()
	legacy, now := filepath.Join(dir, "legacy.db"), filepath.Join(dir, "google.db")
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(until))
		o.Now, o.Limit, o.GoogleLimit = time.Now, 100_000, 100_000
		emu, err := emulator.New(o)
		if err != nil {
			t.Fatal(err)
		}
		fetchInto(t, legacy, legacySource(emu), types)
		fetchInto(t, now, googleSource(emu), types)
		if v := emu.Violations(); len(v) > 0 {
			t.Errorf("the service was asked what it should not be:\n%s", strings.Join(v, "\n"))
		}
	})
	return &sides{t: t, legacy: exported(t, legacy, types), google: exported(t, now, types),
		first: catalog.DayOf(until) - catalog.Day(o.Days) + 1, today: catalog.DayOf(until)}
}

// sharedTypes are the types that both sources serve, and those that stand in their answers.
func sharedTypes() []catalog.Type {
	return slices.DeleteFunc(catalog.Types(), func(t catalog.Type) bool {
		if t.Group == catalog.Account && t.Series == nil {
			return false // without them nothing is fetched
		}
		return t.Fitbit == nil || t.Google == nil || t.Fitbit.From == "" && t.Fitbit.Ask.Path == ""
	})
}

// sourceOf is how a source is asked: its dialect and the sign-in.
type sourceOf struct {
	provider fetch.Provider
	seed     store.Token
}

func legacySource(emu *emulator.Server) sourceOf {
	id, secret := emu.Client()
	var seed store.Token
	seed.Access, seed.Refresh, seed.Expires = emu.SeedTokens()
	return sourceOf{fitbit.New(fitbit.Options{APIURL: "https://api.example", ClientID: id, ClientSecret: secret,
		UserAgent: "fitvault/test", HTTP: &http.Client{Transport: emu.Transport()}}), seed}
}

func googleSource(emu *emulator.Server) sourceOf {
	return sourceOf{googleProvider(emu, emu.Transport()), store.Token{Refresh: emu.GoogleSeedToken()}}
}

func googleProvider(emu *emulator.Server, way http.RoundTripper) *google.Provider {
	id, secret := emu.GoogleClient()
	return google.New(google.Options{APIURL: "https://health.example", TokenURL: "https://oauth2.example/token",
		ClientID: id, ClientSecret: secret, UserAgent: "fitvault/test", HTTP: &http.Client{Transport: way}})
}

// warm makes the channels of the compressor outside of any bubble: those of a bubble are
// its own.
func warm(t *testing.T) {
	t.Helper()
	st := openVault(t, filepath.Join(t.TempDir(), "vault.db"))
	run, err := st.BeginRun(t.Context(), "fetch", "test")
	if err == nil {
		w := store.Window{Source: "fitbit", Type: "warm", From: "2026-01-01", To: "2026-01-02", SettledTo: "2026-01-01", State: store.Complete}
		var id int64
		if id, err = st.Stage(t.Context(), store.Page{Window: w, Run: run, Body: bytes.Repeat([]byte("warm"), 1000)}); err == nil {
			_, err = st.Bodies(t.Context(), id)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	st.Close()
}

// fetchInto fetches types from a source into a vault, of all days or from one on.
func fetchInto(t *testing.T, path string, s sourceOf, types []catalog.Type, since ...catalog.Day) {
	t.Helper()
	st := openVault(t, path)
	defer st.Close()
	log := slog.New(slog.DiscardHandler)
	run, err := st.BeginRun(t.Context(), "fetch", "test")
	if err != nil {
		t.Fatal(err)
	}
	r := &fetch.Runner{Store: st, Provider: s.provider, Log: log, Run: run, Types: types,
		Tokens: &fetch.Tokens{Store: st, Provider: s.provider, Seed: s.seed, Log: log}}
	if len(since) > 0 {
		r.Since = &since[0]
	}
	res, err := r.Fetch(t.Context())
	if err != nil || len(res.Failures) > 0 {
		t.Fatalf("%s: %v, %v", s.provider.Source(), err, res.Failures)
	}
	t.Logf("%s: %d calls", s.provider.Source(), res.Requests)
}

// exported returns a vault's points by what tells them apart: measurement, tags and time. Of
// sources that are equally good those preferred come first.
func exported(t *testing.T, path string, types []catalog.Type, prefer ...catalog.Source) map[string]models.Fields {
	t.Helper()
	st := openVault(t, path)
	defer st.Close()
	var lp bytes.Buffer
	w := line.New(&lp)
	e := &export.Exporter{Store: st, Writer: w, Log: slog.New(slog.DiscardHandler), Types: types, Prefer: prefer}
	res, err := e.Export(context.Background())
	if err == nil {
		err = w.Close()
	}
	if err != nil || len(res.Failures) > 0 {
		t.Fatalf("export: %v, %v", err, res.Failures)
	}
	points, err := models.ParsePoints(lp.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]models.Fields{}
	for _, p := range points {
		key := string(p.Key()) + " " + p.Time().UTC().Format(time.RFC3339Nano)
		if out[key], err = p.Fields(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

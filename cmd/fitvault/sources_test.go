package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math"
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
// against the other: same measurement, tags, instant, field, kind and value.
func TestSourcesAgree(t *testing.T) {
	warm(t)
	legacy, now := filepath.Join(t.TempDir(), "legacy.db"), filepath.Join(t.TempDir(), "google.db")
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 22, 10, 17, 0, 0, time.UTC)))
		emu, err := emulator.New(emulator.Options{Seed: 7, Days: 270, Now: time.Now, Limit: 100_000, GoogleLimit: 100_000})
		if err != nil {
			t.Fatal(err)
		}
		fetchInto(t, legacy, legacySource(emu), sharedTypes())
		fetchInto(t, now, googleSource(emu), sharedTypes())
		if v := emu.Violations(); len(v) > 0 {
			t.Errorf("the service was asked what it should not be:\n%s", strings.Join(v, "\n"))
		}
	})
	s := sides{t: t, legacy: exported(t, legacy, sharedTypes()), google: exported(t, now, sharedTypes()), today: "2026-11-21T23:00:00Z"}
	s.compare()
	t.Log("fields that one source lacks:\n" + s.table())
	readmeTable(t, "differences", s.table())
}

// apartTypes are not compared with those of another source, because the legacy Web API tells them
// by other means (fitbit-web-api.md sections 5.2 to 5.6): what is logged without a time, energies
// in whole kilocalories, a fitness as a range of whole numbers, oxygen as a moving average, nights
// and stages that are left out. What happened within the day is held against the person by
// TestTraveller.
func apartTypes(t catalog.Type) bool {
	return t.Group == catalog.Intraday || slices.Contains([]string{"activity_daily.swimming_strokes", "breathing_rate_daily",
		"breathing_rate_daily.deep_per_min", "cardio_fitness_daily", "core_temperature", "exercise", "gps", "hrv", "hrv_daily",
		"hydration_log", "nutrition_log", "skin_temperature_daily", "spo2", "spo2_daily"}, t.Name)
}

// sharedTypes are the types that both sources serve, and those that stand in their answers.
func sharedTypes() []catalog.Type {
	return slices.DeleteFunc(catalog.Types(), func(t catalog.Type) bool {
		if t.Group == catalog.Account && t.Series == nil {
			return false // without them nothing is fetched
		}
		if apartTypes(t) {
			return true
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

// sides are the points of one person from both sources.
type sides struct {
	t              *testing.T
	legacy, google map[string]models.Fields
	today          string                        // the instant at which the last day began
	fields         map[string]map[string][2]bool // measurement and field: which side has it at all
}

// compare holds each side against the other, point by point and field by field.
func (s *sides) compare() {
	s.t.Helper()
	s.fields = presence(s.legacy, s.google)
	compared := 0
	for _, key := range slices.Sorted(maps.Keys(s.legacy)) {
		g, ok := s.google[key]
		if !ok {
			if why := s.mayLack(key, s.legacy[key]); why == "" {
				s.t.Errorf("google lacks %s %v", key, s.legacy[key])
			}
			continue
		}
		compared += s.fieldsOf(key, s.legacy[key], g)
	}
	for _, key := range slices.Sorted(maps.Keys(s.google)) {
		if _, ok := s.legacy[key]; !ok && !strings.Contains(key, "zone=light") {
			s.t.Errorf("the legacy API lacks %s %v", key, s.google[key])
		}
	}
	if s.t.Logf("%d values are equal", compared); compared < 20_000 {
		s.t.Errorf("only %d values were compared", compared)
	}
}

// presence tells, by measurement and field, which of two sides has it at all.
func presence(sides ...map[string]models.Fields) map[string]map[string][2]bool {
	out := map[string]map[string][2]bool{}
	for side, points := range sides {
		for key, fields := range points {
			m := measurement(key)
			if out[m] == nil {
				out[m] = map[string][2]bool{}
			}
			for f := range fields {
				has := out[m][f]
				has[side] = true
				out[m][f] = has
			}
		}
	}
	return out
}

func measurement(key string) string {
	m, _, _ := strings.Cut(key, ",")
	return m
}

// mayLack tells why Google has no such point; "" when it should have it.
func (s *sides) mayLack(key string, legacy models.Fields) string {
	switch {
	case strings.Contains(key, "zone=out_of_range"):
		return "Google's lowest zone is another one: light"
	case legacy["steps"] == int64(0), legacy["minutes"] == int64(0):
		return "a day on which nothing was worn is absent"
	case measurement(key) == "heart_rate_daily" && strings.HasSuffix(key, s.today):
		return "a day's value appears when it is over"
	case legacy["stage"] == "unknown":
		return "the legacy API's night is an hour longer when clocks go forward"
	}
	return ""
}

// fieldsOf compares the fields that both sides have, and returns how many.
func (s *sides) fieldsOf(key string, legacy, google models.Fields) (compared int) {
	s.t.Helper()
	for f, has := range s.fields[measurement(key)] {
		a, inLegacy := legacy[f]
		b, inGoogle := google[f]
		switch {
		case !has[0] || !has[1] || !inLegacy && !inGoogle:
		case inLegacy != inGoogle:
			scale := strings.Contains(key, "kind=scale") // of which Google tells no percentage
			if !strings.HasSuffix(key, s.today) && !scale {
				s.t.Errorf("%s: %s is of one source only: legacy %v, google %v", key, f, a, b)
			}
		case !same(measurement(key)+"."+f, a, b) && !forced(key, f, google):
			s.t.Errorf("%s: %s: legacy %v, google %v", key, f, a, b)
		default:
			compared++
		}
	}
	return compared
}

// forced reports whether the formats make a field differ: the legacy API's night of the
// spring is an hour too long, and its two readings of a second share an id.
func forced(key, field string, google models.Fields) bool {
	return google["date"] == "2026-03-29" && slices.Contains([]string{"duration_s", "in_bed_min", "end_ns"}, field) ||
		field == "log_id" && strings.HasSuffix(key, ".000000001Z")
}

// same allows for what the legacy API rounds: a day's energy to 1 kcal, its distance to
// some millimetres.
func same(field string, a, b any) bool {
	x, ok := a.(float64)
	y, ok2 := b.(float64)
	slack := map[string]float64{"activity_daily.calories_kcal": 0.5, "activity_daily.distance_m": 0.0015}[field]
	if ok && ok2 {
		return math.Abs(x-y) <= slack+1e-6
	}
	return a == b
}

// table lists the fields that only one of the sources has, for the README.
func (s *sides) table() string {
	var b strings.Builder
	b.WriteString("| measurement | only from fitbit | only from google |\n|---|---|---|\n")
	for _, m := range slices.Sorted(maps.Keys(s.fields)) {
		var only [2][]string
		for _, f := range slices.Sorted(maps.Keys(s.fields[m])) {
			if has := s.fields[m][f]; !has[1] {
				only[0] = append(only[0], f)
			} else if !has[0] {
				only[1] = append(only[1], f)
			}
		}
		if only[0] != nil || only[1] != nil {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", m, strings.Join(only[0], ", "), strings.Join(only[1], ", "))
		}
	}
	return b.String()
}

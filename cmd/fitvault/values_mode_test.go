package main

import (
	"bytes"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/influxdata/influxdb1-client/models"

	"fitvault/export"
	"fitvault/export/line"
	"fitvault/export/schema"
	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

// life is a person whose data is fetched from a service that has a mode, and exported.
type life struct {
	days   int
	before int       // days before the person joined that are asked for too
	now    time.Time // zero: far from any change of clocks
	words  []string  // of --type
	google bool
	schema string // "" is native
}

// The mornings after the nights on which Berlin's clocks are put forward and back.
var (
	springMorning = time.Date(2026, 3, 30, 10, 17, 0, 0, time.UTC)
	autumnMorning = time.Date(2026, 10, 26, 10, 17, 0, 0, time.UTC)
)

// points returns the points of that life by measurement, tags and time.
func (l life) points(t *testing.T, change func(*emulator.Modes)) map[string]models.Fields {
	t.Helper()
	types, err := catalog.Select(append(slices.Clone(l.words), "profile", "settings", "device"))
	if err != nil {
		t.Fatal(err)
	}
	if l.now.IsZero() {
		l.now = time.Date(2026, 11, 22, 10, 17, 0, 0, time.UTC)
	}
	path := filepath.Join(t.TempDir(), "vault.db")
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(l.now))
		emu, err := emulator.New(emulator.Options{Seed: 7, Days: l.days, Now: time.Now, Limit: 10_000, GoogleLimit: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		emu.Set(change)
		s := legacySource(emu)
		if l.google {
			s = googleSource(emu)
		}
		fetchInto(t, path, s, types, catalog.Day(emu.Person().First())-catalog.Day(l.before))
		if v := emu.Violations(); len(v) > 0 {
			t.Errorf("the service was asked what it should not be:\n%s", strings.Join(v, "\n"))
		}
	})
	if l.schema != "" {
		return replayed(t, path, types, l.schema)
	}
	return exported(t, path, types)
}

// replayed returns a vault's points in a schema.
func replayed(t *testing.T, path string, types []catalog.Type, name string) map[string]models.Fields {
	t.Helper()
	s, ok := schema.Lookup(name)
	if !ok {
		t.Fatal(name)
	}
	st := openVault(t, path)
	defer st.Close()
	var lp bytes.Buffer
	w := line.New(&lp)
	e := &export.Exporter{Store: st, Writer: w, Log: slog.New(slog.DiscardHandler), Types: types, Schema: s, Device: "Watch"}
	if res, err := e.Export(t.Context()); err != nil || len(res.Failures) > 0 {
		t.Fatalf("export: %v, %v", err, res.Failures)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	parsed, err := models.ParsePoints(lp.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]models.Fields{}
	for _, p := range parsed {
		key := string(p.Key()) + " " + p.Time().UTC().Format(time.RFC3339Nano)
		if out[key], err = p.Fields(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// timeOf returns the time in a point's key.
func timeOf(t *testing.T, key string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, key[strings.LastIndexByte(key, ' ')+1:])
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestValuesInEveryForm holds what is exported from a service that has a mode against what is
// exported from one without it.
func TestValuesInEveryForm(t *testing.T) {
	unlessRaced(t)
	warm(t)
	for _, tt := range []struct {
		name   string
		life   life
		change func(*emulator.Modes)
		want   func(*testing.T, map[string]models.Fields) // what the mode costs; nil: nothing
	}{
		{"nights without levels", life{days: 6, words: []string{"sleep", "sleep_stage"}},
			func(m *emulator.Modes) { m.NullLevels = true }, withoutStages},
		{"zones without minutes", life{days: 6, words: []string{"heart_rate_daily", "heart_rate_zone_daily"}},
			func(m *emulator.Modes) { m.ZonesWithoutMinutes = true }, withoutFields("heart_rate_zone_daily", "minutes", "calories_kcal")},
		{"days without SpO2", life{days: 30, words: []string{"spo2_daily"}}, func(m *emulator.Modes) { m.NoValue = true }, nil},
		{"zeros before the first log", life{days: 12, before: 5, words: []string{"body_daily"}},
			func(m *emulator.Modes) { m.ZerosBefore = true }, nil},
		{"samples without a total", life{days: 2, words: []string{"steps", "calories", "heart_rate", "active_zone_minutes"}},
			func(m *emulator.Modes) { m.MissingTotal = true }, nil},
		{"zone minutes as samples", life{days: 6, words: []string{"active_zone_minutes"}},
			func(m *emulator.Modes) { m.ZoneMinutesDataset = true }, nil},
		{"zeros in the hour that is skipped", life{days: 3, now: springMorning, words: []string{"steps", "calories", "distance"}},
			func(m *emulator.Modes) { m.SpringZeros = true }, nil},
		{"two hours in one", life{days: 3, now: autumnMorning, words: []string{"steps", "calories"}},
			func(m *emulator.Modes) { m.AutumnFolded = true }, foldHour},
		{"foods by another name", life{days: 6, words: []string{"nutrition_daily", "nutrition_log"}},
			func(m *emulator.Modes) { m.SnakeCaseFood = true }, nil},
		{"the rate of an electrocardiogram as a number", life{days: 1500, words: []string{"ecg"}},
			func(m *emulator.Modes) { m.NumericSampling = true }, nil},
		{"an exercise on two pages", life{days: 400, words: []string{"exercise"}},
			func(m *emulator.Modes) { m.InsertBetweenPages = true }, nil},
		{"tracks that start again", life{days: 20, words: []string{"exercise", "gps"}, schema: "fitbit-grafana"},
			func(m *emulator.Modes) { m.TrackRestarts = true }, restarted},
		{"steps with names", life{days: 3, google: true, words: []string{"steps"}},
			func(m *emulator.Modes) { m.GoogleStepNames = true }, nil},
		{"names that nobody knows", life{days: 3, google: true, words: []string{"steps", "activity_level"}},
			func(m *emulator.Modes) { m.GoogleUnknown = true }, newNames},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want, got := tt.life.points(t, func(*emulator.Modes) {}), tt.life.points(t, tt.change)
			if len(want) < 10 {
				t.Fatalf("%d points: the test would prove nothing", len(want))
			}
			if tt.want != nil {
				before := maps.Clone(want)
				if tt.want(t, want); cmp.Equal(before, want) {
					t.Error("the mode costs nothing")
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%.3000s", diff)
			}
		})
	}
}

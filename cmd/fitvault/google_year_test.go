package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/influxdata/influxdb1-client/models"

	"fitvault/export"
	"fitvault/export/influx"
	"fitvault/export/influx/influxtest"
	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/store"
	"fitvault/store/catalog"
)

// TestGoogleYear fetches a year of every type from nothing but a refresh token, out of a
// service that takes 300 ms an answer, caps its pages and begins every walk with an empty
// one; asks twice again when there is nothing new; and exports into a real InfluxDB. There
// every sample of the heart rate must be, each day's totals must be those of the app, and
// no phone may have been counted beside the watch.
func TestGoogleYear(t *testing.T) {
	warm(t)
	db := influxtest.Shared(t)
	path, legacy := filepath.Join(t.TempDir(), "vault.db"), filepath.Join(t.TempDir(), "legacy.db")
	var emu *emulator.Server
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 22, 10, 17, 0, 0, time.UTC)))
		var err error
		emu, err = emulator.New(emulator.Options{Seed: 11, Days: yearDays, Now: time.Now, GoogleBeatSeconds: 60})
		if err != nil {
			t.Fatal(err)
		}
		emu.Set(func(m *emulator.Modes) { m.GooglePageCap, m.GoogleEmptyFirst, m.GoogleEmptyToken = 5000, true, true })
		st := openVault(t, path)
		defer st.Close()
		y := &year{t, emu, st}
		y.backfill()
		fetchInto(t, legacy, legacySource(emu), appTypes(t))
		y.nothingNew()
		if v := emu.Violations(); len(v) > 0 {
			t.Errorf("the service was asked what it should not be:\n%s", strings.Join(v, "\n"))
		}
	})
	if t.Failed() {
		return
	}
	st := openVault(t, path)
	defer st.Close()
	database := db.Database()
	exportYear(t, st, db, database)
	checkYear(t, emu, exported(t, legacy, appTypes(t)), db, database)
}

// appTypes are what the legacy API tells of days: what the app shows, entries by hand
// included.
func appTypes(t *testing.T) []catalog.Type {
	t.Helper()
	types, err := catalog.Select([]string{"profile", "device", "activity_daily.steps", "activity_daily.floors"})
	if err != nil {
		t.Fatal(err)
	}
	return types
}

func openVault(t *testing.T, path string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), path, store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// year is a person's year, as it is fetched.
type year struct {
	t   *testing.T
	emu *emulator.Server
	st  *store.Store
}

// fetch is one round of a process that starts now.
func (y *year) fetch() fetch.Result {
	y.t.Helper()
	run, err := y.st.BeginRun(y.t.Context(), "fetch", "test")
	if err != nil {
		y.t.Fatal(err)
	}
	s := googleSource(y.emu)
	s.slow(y.emu)
	log := slog.New(slog.DiscardHandler)
	r := &fetch.Runner{Store: y.st, Provider: s.provider, Log: log, Run: run, Types: catalog.Types(),
		Tokens: &fetch.Tokens{Store: y.st, Provider: s.provider, Seed: s.seed, Log: log}}
	res, err := r.Fetch(y.t.Context())
	if err != nil || len(res.Failures) > 0 {
		y.t.Fatalf("%v, %v", err, res.Failures)
	}
	return res
}

// backfill fetches all, and holds the rate to what is allowed: 2.5 calls a second.
func (y *year) backfill() {
	y.t.Helper()
	began := time.Now()
	res := y.fetch()
	allowed := time.Since(began).Seconds()*2.5 + 5
	y.t.Logf("a year: %d calls in %v, %.1f %% of what is allowed; %d windows, %d bytes",
		res.Requests, time.Since(began).Round(time.Second), 100*float64(res.Requests)/allowed, res.Windows, res.Bytes)
	if share := float64(res.Requests) / allowed; share < 0.95 || share > 1.001 {
		y.t.Errorf("%.3f of the allowed rate", share)
	}
	staged, err := y.st.Stats(y.t.Context())
	if err != nil {
		y.t.Fatal(err)
	}
	if got, want := len(staged), len(catalog.Asked(catalog.Google)); got != want {
		y.t.Errorf("%d types are staged, want all %d", got, want)
	}
}

// nothingNew asks again when no tracker has synced, with and without devices that tell so.
func (y *year) nothingNew() {
	y.t.Helper()
	last := y.emu.LastSync()
	y.emu.Set(func(m *emulator.Modes) { m.HoldSync, m.GoogleEmptyFirst = last, false })
	y.fetch() // learns that the watch is held back
	time.Sleep(30 * time.Minute)
	if res := y.fetch(); res.Requests > 2 {
		y.t.Errorf("%d calls when no tracker has synced, want at most 2", res.Requests)
	}
	y.emu.Set(func(m *emulator.Modes) { m.GoogleNoSyncTimes = true })
	y.fetch()
	time.Sleep(30 * time.Minute)
	before := len(y.emu.Requests())
	res := y.fetch()
	y.t.Logf("nothing new, and no device tells when it synced: %d calls", res.Requests)
	for _, q := range y.emu.Requests()[before:] {
		y.t.Logf("  %s %s", q.Kind, q.Path)
	}
	if res.Requests > 20 {
		y.t.Errorf("%d calls, want at most 20", res.Requests)
	}
}

// slow makes every answer take 300 ms.
func (s *sourceOf) slow(emu *emulator.Server) {
	s.provider = googleProvider(emu, slowly{emu.Transport()})
}

type slowly struct{ http.RoundTripper }

func (s slowly) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(300 * time.Millisecond)
	return s.RoundTripper.RoundTrip(r)
}

// exportYear exports all, and again, which must write nothing.
func exportYear(t *testing.T, st *store.Store, db *influxtest.Server, database string) {
	t.Helper()
	for i, what := range []string{"the first export", "the second export"} {
		w, err := influx.New(influx.Options{URL: db.URL(), Database: database})
		if err != nil {
			t.Fatal(err)
		}
		target, err := st.UseTarget(t.Context(), db.URL(), database, "native")
		if err != nil {
			t.Fatal(err)
		}
		e := &export.Exporter{Store: st, Writer: w, Target: target, Log: slog.New(slog.DiscardHandler), Types: catalog.Types()}
		began := time.Now()
		res, err := e.Export(t.Context())
		if err != nil || len(res.Failures) > 0 {
			t.Fatalf("%s: %v, %v", what, err, res.Failures)
		}
		w.Close()
		t.Logf("%s: %d points in %v", what, res.Points, time.Since(began).Round(time.Millisecond))
		if i == 1 && res.Points > 0 {
			t.Errorf("%s wrote %d points", what, res.Points)
		}
	}
}

// checkYear holds the database to the person and to the app, day by day.
func checkYear(t *testing.T, emu *emulator.Server, app map[string]models.Fields, db *influxtest.Server, database string) {
	t.Helper()
	p, last := emu.Person(), emu.LastSync()
	days, beats := 0, 0
	for d := p.First(); p.DayStart(d).Before(last); d++ {
		from, to := p.DayStart(d), p.DayStart(d+1)
		want := 0
		for _, b := range p.Beats(d) {
			if !b.At.After(last) {
				want++
			}
		}
		if got := number(t, db, database, "SELECT count(bpm) FROM heart_rate", from, to); got != int64(want) {
			t.Errorf("%v: %v samples of the heart rate, want %d", d, got, want)
		}
		beats += want
		shown := app["activity_daily,account=me "+from.UTC().Format(time.RFC3339)]
		if want == 0 {
			continue // nothing was worn
		}
		days++
		for field, sum := range map[string]string{"steps": "SELECT sum(count) FROM steps", "floors": "SELECT sum(count) FROM floors"} {
			for _, q := range []string{"SELECT last(" + field + ") FROM activity_daily", sum} {
				if got := number(t, db, database, q, from, to); got != shown[field] {
					t.Errorf("%v: %s: %v, the app shows %v", d, q, got, shown[field])
				}
			}
		}
	}
	t.Logf("%d days, %d samples of the heart rate", days, beats)
	if days < yearDays*9/10 || beats < days*1000 {
		t.Errorf("only %d days with %d samples were compared", days, beats)
	}
}

// number asks for one number between two instants; 0 when there is none.
func number(t *testing.T, db *influxtest.Server, database, query string, from, to time.Time) int64 {
	t.Helper()
	found := db.Query(database, fmt.Sprintf("%s WHERE time >= %d AND time < %d", query, from.UnixNano(), to.UnixNano()))
	if len(found) == 0 {
		return 0
	}
	n, err := found[0].Values[0][1].(json.Number).Int64()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/influxdata/influxdb1-client/models"

	"fitvault/export"
	"fitvault/export/influx"
	"fitvault/export/influx/influxtest"
	"fitvault/export/schema"
	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

// TestGrafanaQueries emulates a year of a person, fetches it from both sources, of the heart
// rate its last quarter, exports it as fitbit-grafana does into a real InfluxDB, and asks all
// that the dashboards ask. Each query must give data in every column: of the year with the
// legacy source preferred, and of the quarter with Google's.
func TestGrafanaQueries(t *testing.T) {
	if raced {
		t.Skip("a year takes minutes under the race detector")
	}
	warm(t)
	db := influxtest.Shared(t)
	path := filepath.Join(t.TempDir(), "vault.db")
	var now time.Time
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 22, 10, 17, 0, 0, time.UTC)))
		emu, err := emulator.New(emulator.Options{Seed: 11, Days: yearDays, Now: time.Now,
			Limit: 100_000, GoogleLimit: 100_000, GoogleBeatSeconds: 60})
		if err != nil {
			t.Fatal(err)
		}
		fetchInto(t, path, legacySource(emu), grafanaTypes(t, catalog.Fitbit))
		beats, others := grafanaBeats(grafanaTypes(t, catalog.Google))
		fetchInto(t, path, googleSource(emu), others)
		fetchInto(t, path, googleSource(emu), beats, catalog.DayOf(time.Now())-quarter)
		for range 2 { // batteries are told as they are now
			time.Sleep(30 * time.Hour)
			fetchInto(t, path, googleSource(emu), deviceTypes(t))
		}
		now = time.Now()
	})
	if t.Failed() {
		return
	}
	for _, v := range []grafanaView{
		{prefer: catalog.Fitbit, days: yearDays},
		{prefer: catalog.Google, days: quarter, lacks: []string{"bmi"}},
	} {
		t.Run(string(v.prefer), func(t *testing.T) {
			v.database = db.Database()
			grafanaExport(t, path, db.URL(), v, now)
			v.check(t, db, now)
		})
	}
}

const quarter = 91 // days

func deviceTypes(t *testing.T) []catalog.Type {
	t.Helper()
	types, err := catalog.Select([]string{"profile", "identity", "settings", "device"})
	if err != nil {
		t.Fatal(err)
	}
	return types
}

// grafanaTypes are the types of a source that the schema is made of.
func grafanaTypes(t *testing.T, s catalog.Source) []catalog.Type {
	t.Helper()
	sch, ok := schema.Lookup("fitbit-grafana")
	if !ok {
		t.Fatal("there is no schema")
	}
	var from []string
	for _, m := range sch.Measurements {
		from = append(from, m.From...)
	}
	return slices.DeleteFunc(catalog.Types(), func(t catalog.Type) bool {
		return t.Origin(s) == nil || t.Group != catalog.Account && (t.Series == nil || !slices.Contains(from, t.Series.Measurement))
	})
}

// grafanaBeats parts the heart rate, which is most of all points, from other types; both with
// those without which nothing is fetched.
func grafanaBeats(types []catalog.Type) (beats, others []catalog.Type) {
	for _, t := range types {
		if t.Group == catalog.Account || t.Name == "heart_rate" {
			beats = append(beats, t)
		}
		if t.Name != "heart_rate" {
			others = append(others, t)
		}
	}
	return beats, others
}

// grafanaView is a database that is exported with one of the sources before the other.
type grafanaView struct {
	prefer   catalog.Source
	days     int      // up to the end
	lacks    []string // measurements that the source does not tell
	database string
}

// grafanaExport exports a vault, and again, which must write nothing.
func grafanaExport(t *testing.T, path, url string, v grafanaView, now time.Time) {
	t.Helper()
	st := openVault(t, path)
	defer st.Close()
	sch, _ := schema.Lookup("fitbit-grafana")
	since := catalog.DayOf(now) - catalog.Day(v.days)
	for _, again := range []bool{false, true} {
		w, err := influx.New(influx.Options{URL: url, Database: v.database})
		if err != nil {
			t.Fatal(err)
		}
		target, err := st.UseTarget(t.Context(), url, v.database, sch.Name)
		if err != nil {
			t.Fatal(err)
		}
		e := &export.Exporter{Store: st, Writer: w, Target: target, Log: slog.New(slog.DiscardHandler),
			Types: catalog.Types(), Prefer: []catalog.Source{v.prefer}, Since: &since, Schema: sch}
		began := time.Now()
		res, err := e.Export(t.Context())
		if err != nil || len(res.Failures) > 0 {
			t.Fatalf("%v, %v", err, res.Failures)
		}
		w.Close()
		t.Logf("%d points in %v", res.Points, time.Since(began).Round(time.Millisecond))
		if again != (res.Points == 0) {
			t.Errorf("an export (again: %v) wrote %d points", again, res.Points)
		}
	}
}

var (
	hours    = regexp.MustCompile(`\(\d+h\)$`)
	selected = regexp.MustCompile(`FROM "([^"]+)"`)
)

// check sends every query. A panel with a range of hours of its own is given the last week,
// for not every day holds all that there is, and any other panel all days.
func (v grafanaView) check(t *testing.T, db *influxtest.Server, now time.Time) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "..", "export", "schema", "testdata", "fitbit-grafana", "queries.influxql"))
	if err != nil {
		t.Fatal(err)
	}
	panel, track, asked := "", "", 0
	for _, query := range strings.Split(string(file), "\n") {
		if name, ok := strings.CutPrefix(query, "# "); ok || query == "" || query == "#" {
			panel = name
			continue
		}
		days := v.days
		if hours.MatchString(panel) {
			days = 7
		}
		between := fmt.Sprintf("time >= %d AND time <= %d", now.AddDate(0, 0, -days).UnixNano(), now.UnixNano())
		rows := db.Query(v.database, strings.NewReplacer("$timeFilter", between, "$__interval", "1d", "$TimeZone", "Europe/Budapest",
			"$ActivityGPS", track, "'Outdoor Bike'", "'Bike'").Replace(query)) // as the emulated person's rides are called
		asked++
		switch told := grafanaTold(rows); {
		case slices.Contains(v.lacks, selected.FindStringSubmatch(query)[1]):
			if told {
				t.Errorf("%s: %s gives what %s is said to lack", panel, query, v.prefer)
			}
		case !told:
			t.Errorf("%s: no data, or a column without any: %s", panel, query)
		case strings.HasPrefix(query, "SHOW TAG VALUES"):
			track = rows[0].Values[len(rows[0].Values)-1][1].(string)
		}
	}
	t.Logf("%d queries", asked)
	if asked < 80 {
		t.Errorf("only %d queries were asked", asked)
	}
}

// grafanaTold reports whether each column has a value in some row. What fill puts in, nothing
// or 0, is none.
func grafanaTold(rows []models.Row) bool {
	told := map[string]bool{}
	for _, row := range rows {
		for i, column := range row.Columns {
			told[column] = told[column] || slices.ContainsFunc(row.Values, func(values []any) bool {
				n, number := values[i].(json.Number)
				return values[i] != nil && (!number || strings.Trim(n.String(), "0.") != "")
			})
		}
	}
	return len(told) > 0 && !slices.Contains(slices.Collect(maps.Values(told)), false)
}

package schema_test

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fitvault/export/schema"
	"fitvault/store/catalog"
)

func grafanaSchema(t testing.TB) *schema.Schema {
	t.Helper()
	s, ok := schema.Lookup("fitbit-grafana")
	if !ok {
		t.Fatal("there is no such schema")
	}
	return s
}

func grafanaMeasurement(t testing.TB, name string) *schema.Measurement {
	t.Helper()
	all := grafanaSchema(t).Measurements
	i := slices.IndexFunc(all, func(m *schema.Measurement) bool { return m.Measurement == name })
	if i < 0 {
		t.Fatalf("there is no measurement %q", name)
	}
	return all[i]
}

// TestGrafanaGoldens holds what the fixtures of the catalogue become, a file for each
// measurement and source, with a comment before the points of each fixture. Every point is
// one of its measurement, every declared field is in some golden, and Map changes nothing of
// what it is given.
func TestGrafanaGoldens(t *testing.T) {
	s := grafanaSchema(t)
	for _, m := range s.Measurements {
		t.Run(m.Measurement, func(t *testing.T) {
			fixtures := natives(t, m.From)
			files := map[catalog.Source]string{}
			made := map[string]bool{}
			for _, name := range slices.Sorted(maps.Keys(fixtures)) {
				points := grafanaMap(t, m, fixtures[name], personOf(t, name))
				if len(points) > 0 {
					files[fixtures[name][0].Source] += "# " + name + "\n" + lines(t, stored(points))
				}
				for _, p := range points {
					for _, f := range p.Fields {
						made[f.Key] = true
					}
				}
			}
			for _, f := range m.Fields {
				if !made[f.Key] {
					t.Errorf("no fixture makes the field %q", f.Key)
				}
			}
			dir := filepath.Join(s.Name, strings.ReplaceAll(m.Measurement, " ", "_"))
			for source, text := range files {
				golden(t, filepath.Join(dir, string(source)+".lp"), text)
			}
			held, err := filepath.Glob(filepath.Join("testdata", dir, "*"))
			if err != nil || len(held) != len(files) {
				t.Errorf("there are goldens %q, and points of %d sources (%v)", held, len(files), err)
			}
		})
	}
}

// grafanaMap maps points as the exporter does, for a person with a tracker, and holds them to
// the measurement.
func grafanaMap(t testing.TB, m *schema.Measurement, points []schema.Native, p schema.Person) []catalog.Point {
	t.Helper()
	p.Device = "Charge 6"
	before := lines(t, nativePoints(points))
	out := m.Map(points, p)
	if lines(t, nativePoints(points)) != before {
		t.Error("Map changed what it was given")
	}
	for _, point := range out {
		if err := m.Check(point); err != nil {
			t.Error(err)
		}
	}
	return out
}

func nativePoints(points []schema.Native) []catalog.Point {
	out := make([]catalog.Point, len(points))
	for i, n := range points {
		out[i] = n.Point
	}
	return out
}

// TestGrafanaLocal maps each day with those beside it alone, which is all that an export
// gives: it must become what it becomes with all that there is.
func TestGrafanaLocal(t *testing.T) {
	for _, m := range grafanaSchema(t).Measurements {
		for name, points := range natives(t, m.From) {
			p := personOf(t, name)
			for i, n := range points {
				if n.Day == 0 { // a track, which is filed as it was asked for
					points[i].Day = p.Zones.Today(n.Time)
				}
			}
			on := func(day catalog.Day, points []catalog.Point) string {
				return lines(t, stored(slices.DeleteFunc(slices.Clone(points), func(q catalog.Point) bool { return p.Zones.Today(q.Time) != day })))
			}
			all := grafanaMap(t, m, points, p)
			days := map[catalog.Day]bool{}
			for _, q := range all {
				days[p.Zones.Today(q.Time)] = true
			}
			for day := range days {
				near := slices.DeleteFunc(slices.Clone(points), func(n schema.Native) bool { return n.Day < day-1 || n.Day > day+1 })
				if got, want := on(day, grafanaMap(t, m, near, p)), on(day, all); got != want {
					t.Errorf("%s, %s of %v:\n got %swant %s", m.Measurement, name, day, got, want)
				}
			}
		}
	}
}

var (
	grafanaFrom   = regexp.MustCompile(`FROM "([^"]+)"`)
	grafanaQuoted = regexp.MustCompile(`"([^"]+)"`)
)

// TestGrafanaNames holds the queries of the dashboards to the schema: each asks for a
// measurement, for fields and for tags that are declared, and no measurement is asked by none.
func TestGrafanaNames(t *testing.T) {
	asked := map[string]bool{}
	for _, query := range strings.Split(string(readFile(t, filepath.Join("testdata", "fitbit-grafana", "queries.influxql"))), "\n") {
		if query == "" || strings.HasPrefix(query, "#") {
			continue
		}
		name := grafanaFrom.FindStringSubmatch(query)[1]
		m := grafanaMeasurement(t, name)
		asked[name] = true
		for _, quoted := range grafanaQuoted.FindAllStringSubmatch(query, -1) {
			key := quoted[1]
			field := slices.ContainsFunc(m.Fields, func(f catalog.FieldDef) bool { return f.Key == key })
			if key != name && !field && !slices.Contains(m.Tags, key) {
				t.Errorf("%s has no %q: %s", name, key, query)
			}
		}
	}
	for _, m := range grafanaSchema(t).Measurements {
		if !asked[m.Measurement] {
			t.Errorf("no query asks for %s", m.Measurement)
		}
	}
}

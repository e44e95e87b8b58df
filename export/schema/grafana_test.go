package schema_test

import (
	"maps"
	"path/filepath"
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

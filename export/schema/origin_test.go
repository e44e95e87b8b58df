package schema_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fitvault/export/schema"
	"fitvault/store/catalog"
)

// TestOriginGoldens holds what the fixtures of the catalogue become, a file for each
// measurement and source, with a comment before the points of each fixture. Each declared
// field is in one.
func TestOriginGoldens(t *testing.T) {
	s := originSchema(t)
	for _, m := range s.Measurements {
		t.Run(m.Measurement, func(t *testing.T) {
			fixtures := natives(t, m.From)
			files, made := map[catalog.Source]string{}, map[string]bool{}
			for _, name := range slices.Sorted(maps.Keys(fixtures)) {
				points := originMap(t, m, fixtures[name], personOf(t, name))
				if len(points) > 0 {
					files[fixtures[name][0].Source] += "# " + name + "\n" + originAbridged(lines(t, points))
				}
				for _, p := range points {
					for _, f := range p.Fields {
						made[f.Key] = true
					}
				}
			}
			for _, f := range m.Fields {
				if !made[f.Key] {
					t.Errorf("no fixture makes the field %s", f.Key)
				}
			}
			for source, text := range files {
				golden(t, filepath.Join(s.Name, m.Measurement, string(source)+".lp"), text)
			}
			held, err := filepath.Glob(filepath.Join("testdata", s.Name, m.Measurement, "*"))
			if err != nil || len(held) != len(files) {
				t.Errorf("there are goldens %q, and points of %d sources (%v)", held, len(files), err)
			}
		})
	}
}

// originMap maps native points, and holds that nothing of them changes, that their order in
// time is of no account, and that the points are of the declared series, but for fields of a
// person's own zones.
func originMap(t *testing.T, m *schema.Measurement, points []schema.Native, p schema.Person) []catalog.Point {
	t.Helper()
	text := func(points []schema.Native) string {
		var of []catalog.Point
		for _, n := range points {
			of = append(of, n.Point)
		}
		return lines(t, of)
	}
	before := text(points)
	out := stored(m.Map(points, p))
	if text(points) != before {
		t.Error("Map changed what it was given")
	}
	for _, sign := range []int{1, -1} {
		sorted := slices.SortedStableFunc(slices.Values(points), func(x, y schema.Native) int { return sign * x.Time.Compare(y.Time) })
		if got := lines(t, stored(m.Map(sorted, p))); got != lines(t, out) {
			t.Errorf("in another order of time:\n%swant\n%s", got, lines(t, out))
		}
	}
	for _, point := range out {
		if err := m.Check(originDeclared(m, point)); err != nil {
			t.Error(err)
		}
	}
	return out
}

// originDeclared is a point without the fields of zones that are the person's own.
func originDeclared(m *schema.Measurement, p catalog.Point) catalog.Point {
	p.Fields = slices.DeleteFunc(slices.Clone(p.Fields), func(f catalog.Field) bool {
		known := slices.ContainsFunc(m.Fields, func(d catalog.FieldDef) bool { return d.Key == f.Key })
		return !known && strings.HasPrefix(f.Key, "hrz_") && f.Value.Kind() == catalog.Float
	})
	return p
}

// originAbridged leaves out the middle of many lines.
func originAbridged(text string) string {
	l := strings.SplitAfter(text, "\n")
	if n := len(l) - 1; n > 60 {
		return strings.Join(l[:5], "") + fmt.Sprintf("# and %d more\n", n-10) + strings.Join(l[n-5:], "")
	}
	return text
}

func originSchema(t testing.TB) *schema.Schema {
	t.Helper()
	s, ok := schema.Lookup("fitbit-api-exporter")
	if !ok {
		t.Fatal("there is no such schema")
	}
	return s
}

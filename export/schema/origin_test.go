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
// measurement and source, with a comment before the points of each fixture.
func TestOriginGoldens(t *testing.T) {
	s := originSchema(t)
	for _, m := range s.Measurements {
		t.Run(m.Measurement, func(t *testing.T) {
			fixtures := natives(t, m.From)
			files := map[catalog.Source]string{}
			for _, name := range slices.Sorted(maps.Keys(fixtures)) {
				points := m.Map(fixtures[name], personOf(t, name))
				if len(points) > 0 {
					files[fixtures[name][0].Source] += "# " + name + "\n" + abridged(lines(t, stored(points)))
				}
				originCheck(t, m, points)
			}
			if len(files) == 0 {
				t.Error("no fixture feeds it")
			}
			for source, text := range files {
				golden(t, filepath.Join(s.Name, m.Measurement, string(source)+".lp"), text)
			}
			held, _ := filepath.Glob(filepath.Join("testdata", s.Name, m.Measurement, "*"))
			if len(held) != len(files) {
				t.Errorf("goldens %q of %d sources", held, len(files))
			}
		})
	}
}

// abridged leaves out the middle of many lines.
func abridged(text string) string {
	l := strings.SplitAfter(text, "\n")
	if n := len(l) - 1; n > 60 {
		return strings.Join(l[:5], "") + fmt.Sprintf("# and %d more\n", n-10) + strings.Join(l[n-5:], "")
	}
	return text
}

// originCheck holds points to the declared series, but for fields of a person's own zones, and
// each declared field to some golden.
func originCheck(t *testing.T, m *schema.Measurement, points []catalog.Point) {
	t.Helper()
	for _, p := range points {
		p.Fields = slices.DeleteFunc(slices.Clone(p.Fields), func(f catalog.Field) bool {
			declared := slices.ContainsFunc(m.Fields, func(d catalog.FieldDef) bool { return d.Key == f.Key })
			return !declared && strings.HasPrefix(f.Key, "hrz_") && f.Value.Kind() == catalog.Float
		})
		if len(p.Fields) == 0 {
			continue
		}
		if err := m.Check(p); err != nil {
			t.Error(err)
		}
	}
}

func originSchema(t testing.TB) *schema.Schema {
	t.Helper()
	s, ok := schema.Lookup("fitbit-api-exporter")
	if !ok {
		t.Fatal("there is no such schema")
	}
	return s
}

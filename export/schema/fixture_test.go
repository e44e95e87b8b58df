package schema_test

import (
	"bytes"
	"cmp"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"fitvault/export/line"
	"fitvault/export/schema"
	"fitvault/store/catalog"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// nativeData holds the fixtures of the catalogue: answers of the APIs, a folder for each type,
// and members of archives, a folder for each family.
var nativeData = filepath.Join("..", "..", "store", "catalog", "testdata")

// fixtureZones are the zones of the variants of fixtures, by the beginning of their names;
// those of answers that are not named are of Berlin, those of archives of Los Angeles.
var fixtureZones = []struct{ variant, zones string }{
	{"fitbit_sao_paulo", "2000-01-01 America/Sao_Paulo"}, {"fitbit_travel", "2000-01-01 Europe/Berlin 2025-03-01 Asia/Tokyo"},
	{"google_travel", "2000-01-01 Europe/Berlin 2025-03-01 Asia/Tokyo"},
	{"takeout~berlin", "2000-01-01 Europe/Berlin"}, {"takeout~sydney", "2000-01-01 Australia/Sydney"},
	{"takeout~flat", "2000-01-01 America/New_York"}, {"takeout", "2000-01-01 America/Los_Angeles"},
	{"", "2000-01-01 Europe/Berlin"},
}

func personOf(t testing.TB, fixture string) schema.Person {
	for _, z := range fixtureZones {
		if strings.HasPrefix(fixture, z.variant) {
			return schema.Person{Zones: zonesOf(t, strings.Fields(z.zones)...)}
		}
	}
	panic("the last of them is of every fixture")
}

// zonesOf makes a history from dates and names in turn.
func zonesOf(t testing.TB, datesAndNames ...string) catalog.Zones {
	t.Helper()
	z, err := catalog.ParseZones(slices.Collect(slices.Chunk(datesAndNames, 2)),
		func(pair []string) (from, zone string) { return pair[0], pair[1] })
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// natives are the points of the types that feed native measurements, by the name of their
// fixtures: fitbit_odd, takeout~berlin. Of an archive a type is read from its best copy.
func natives(t testing.TB, measurements []string) map[string][]schema.Native {
	t.Helper()
	out := map[string][]schema.Native{}
	for _, typ := range catalog.Types() {
		if typ.Series == nil || !slices.Contains(measurements, typ.Series.Measurement) {
			continue
		}
		read := map[string]bool{}
		for _, s := range catalog.Sources() {
			for _, o := range typ.Origins(s) {
				for name, bodies := range fixturesOf(t, typ, s, o) {
					if read[name] {
						continue
					}
					read[name] = true
					points, err := typ.Read(o, bodies...)
					if err != nil {
						t.Fatal(err)
					}
					for _, p := range points {
						out[name] = append(out[name], schema.Native{Point: p, Source: s})
					}
				}
			}
		}
	}
	return out
}

func fixturesOf(t testing.TB, typ catalog.Type, s catalog.Source, o *catalog.Origin) map[string][]catalog.Body {
	if s == catalog.Takeout {
		return archivesOf(t, o.From)
	}
	staged, _ := catalog.Lookup(typ.StagedAs(o))
	out := map[string][]catalog.Body{}
	for _, file := range glob(t, staged.Name, string(s)+"*") {
		if ext := filepath.Ext(file); ext != ".lp" {
			name := strings.TrimSuffix(filepath.Base(file), ext)
			path := strings.ReplaceAll(staged.Origin(s).Ask.Path, "{id}", "8896720705")
			out[name] = []catalog.Body{{JSON: readFile(t, file), Path: path, Zones: personOf(t, name).Zones}}
		}
	}
	return out
}

func archivesOf(t testing.TB, family string) map[string][]catalog.Body {
	out := map[string][]catalog.Body{}
	for _, dir := range glob(t, "takeout", family+"*") {
		of, variant, _ := strings.Cut(filepath.Base(dir), "~")
		if of != family {
			continue
		}
		name := strings.TrimSuffix("takeout~"+variant, "~")
		b := catalog.Body{Zones: personOf(t, name).Zones}
		b.Home, b.Taken = b.Zones.On(0), time.Date(2026, 10, 6, 13, 0, 0, 0, time.UTC)
		err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			member, err := filepath.Rel(dir, file)
			b.JSON, b.Path = readFile(t, file), filepath.ToSlash(member)
			out[name] = append(out[name], b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func glob(t testing.TB, dir, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(nativeData, dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// stored are points as a database holds them: in order of time and tags, those of one time and
// tags as one, of two values of a field the earlier one.
func stored(points []catalog.Point) []catalog.Point {
	points = slices.Clone(points)
	order := func(a, b catalog.Point) int {
		return cmp.Or(a.Time.Compare(b.Time), slices.CompareFunc(a.Tags, b.Tags, func(x, y catalog.Tag) int {
			return cmp.Or(cmp.Compare(x.Key, y.Key), cmp.Compare(x.Value, y.Value))
		}))
	}
	slices.SortStableFunc(points, order)
	var out []catalog.Point
	for _, p := range points {
		if n := len(out); n > 0 && order(out[n-1], p) == 0 {
			p.Fields = slices.Concat(out[n-1].Fields, p.Fields)
			out = out[:n-1]
		}
		p.Fields = slices.Clone(p.Fields)
		slices.SortStableFunc(p.Fields, func(x, y catalog.Field) int { return cmp.Compare(x.Key, y.Key) })
		p.Fields = slices.CompactFunc(p.Fields, func(x, y catalog.Field) bool { return x.Key == y.Key })
		out = append(out, p)
	}
	return out
}

// lines encodes points as line protocol, in their order.
func lines(t testing.TB, points []catalog.Point) string {
	t.Helper()
	var out []byte
	for _, p := range points {
		var err error
		if out, err = line.Append(out, p); err != nil {
			t.Fatal(err)
		}
	}
	return string(out)
}

// golden holds got against a golden file, or rewrites it under -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := readFile(t, name)
	if bytes.Equal([]byte(got), want) {
		return
	}
	g, w := strings.SplitAfter(got, "\n"), strings.SplitAfter(string(want), "\n")
	for i := range max(len(g), len(w)) {
		var gl, wl string
		if i < len(g) {
			gl = g[i]
		}
		if i < len(w) {
			wl = w[i]
		}
		if gl != wl {
			t.Errorf("%s, line %d\n got %s\nwant %s", name, i+1, gl, wl)
		}
	}
}

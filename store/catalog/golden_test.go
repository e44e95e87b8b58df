package catalog_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"fitvault/export/line"
	"fitvault/store/catalog"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// fixture is an answer of a source, testdata/<staged type>/<source>[_<variant>].json, or .tcx
// for a GPS track. Each type that is read from it has its points beside it, or in the type's
// own folder, as <source>[_<variant>].lp.
type fixture struct {
	file   string // without its extension
	ext    string
	source catalog.Source
	body   catalog.Body
}

// fixtureID is the id of the element that a fixture of a type with Each was asked for.
const fixtureID = "8896720705"

// fixtureDay is the day of what a fixture tells without a date: the one that it was asked for,
// or on which a state was read.
const fixtureDay = "2025-09-09"

// variantZones are the zones of the variants that are not of Europe/Berlin.
func variantZones(t testing.TB) map[string]catalog.Zones {
	return map[string]catalog.Zones{
		"sao_paulo": zones(t, "2000-01-01", "America/Sao_Paulo"),
		"travel":    zones(t, "2000-01-01", "Europe/Berlin", "2025-03-01", "Asia/Tokyo"),
	}
}

// fixtures returns the fixtures that a type is read from.
func fixtures(t testing.TB, typ catalog.Type) []fixture {
	t.Helper()
	special := variantZones(t)
	var out []fixture
	for _, s := range catalog.APIs() {
		if typ.Origin(s) == nil {
			continue
		}
		staged := mustLookup(t, typ.Staged(s))
		path := strings.ReplaceAll(staged.Origin(s).Ask.Path, "{id}", fixtureID)
		files, err := filepath.Glob(filepath.Join("testdata", staged.Name, string(s)+"*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			ext := filepath.Ext(file)
			if ext == ".lp" {
				continue
			}
			name := strings.TrimSuffix(filepath.Base(file), ext)
			z, ok := special[strings.TrimPrefix(name, string(s)+"_")]
			if !ok {
				z = zones(t, "2000-01-01", "Europe/Berlin")
			}
			out = append(out, fixture{name, ext, s, catalog.Body{JSON: readFile(t, file), Path: path, Day: day(t, fixtureDay), Zones: z}})
		}
	}
	return out
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// zones makes a history from dates and names in turn.
func zones(t testing.TB, datesAndNames ...string) catalog.Zones {
	t.Helper()
	var spans []catalog.ZoneSpan
	for pair := range slices.Chunk(datesAndNames, 2) {
		loc, err := time.LoadLocation(pair[1])
		if err != nil {
			t.Fatal(err)
		}
		spans = append(spans, catalog.ZoneSpan{From: day(t, pair[0]), Zone: loc})
	}
	return catalog.NewZones(spans...)
}

func day(t testing.TB, s string) catalog.Day {
	t.Helper()
	d, err := catalog.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// lines encodes points as line protocol, in their order.
func lines(t testing.TB, points []catalog.Point) []byte {
	t.Helper()
	var out []byte
	for _, p := range points {
		var err error
		if out, err = line.Append(out, p); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestGoldens(t *testing.T) {
	for _, typ := range catalog.Types() {
		for _, f := range fixtures(t, typ) {
			if typ.Series == nil {
				continue
			}
			t.Run(typ.Name+"/"+f.file, func(t *testing.T) {
				points, err := typ.Read(typ.Origin(f.source), f.body)
				if err != nil {
					t.Fatal(err)
				}
				again, err := typ.Read(typ.Origin(f.source), f.body)
				if err != nil || !reflect.DeepEqual(points, again) {
					t.Errorf("reading twice differs (error %v)", err)
				}
				compare(t, filepath.Join("testdata", typ.Name, f.file+".lp"), lines(t, points))
			})
		}
	}
}

// compare holds got against a golden file, or rewrites it under -update.
func compare(t *testing.T, golden string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := readFile(t, golden)
	if bytes.Equal(got, want) {
		return
	}
	g, w := bytes.SplitAfter(got, []byte("\n")), bytes.SplitAfter(want, []byte("\n"))
	for i := range max(len(g), len(w)) {
		var gl, wl []byte
		if i < len(g) {
			gl = g[i]
		}
		if i < len(w) {
			wl = w[i]
		}
		if !bytes.Equal(gl, wl) {
			t.Errorf("%s, line %d\n got %swant %s", golden, i+1, gl, wl)
		}
	}
}

package catalog_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fitvault/store/catalog"
)

func TestEveryReaderHasAFixtureAndEveryFixtureAReader(t *testing.T) {
	known := map[string]bool{}
	for _, typ := range catalog.Types() {
		files := fixtures(t, typ)
		for _, s := range catalog.Sources() {
			read := func(f fixture) bool { return f.source == s }
			if typ.Origin(s) != nil && !slices.ContainsFunc(files, read) {
				t.Errorf("%s has no fixture of %s", typ.Name, s)
			}
		}
		for _, f := range files {
			known[filepath.Join("testdata", typ.Staged(f.source), f.file+".json")] = true
			if typ.Series != nil {
				known[filepath.Join("testdata", typ.Name, f.file+".lp")] = true
			}
		}
	}
	for _, pattern := range []string{"testdata/*", "testdata/*/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			if strings.HasPrefix(file, filepath.Join("testdata", "fuzz")) {
				continue
			}
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if !known[file] && !info.IsDir() && file != seriesGolden {
				t.Errorf("%s belongs to no reader", file)
			}
			if _, ok := catalog.Lookup(filepath.Base(file)); !ok && info.IsDir() {
				t.Errorf("%s is named after no type", file)
			}
		}
	}
}

const seriesGolden = "testdata/series.txt"

var typeName = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)?$`)

func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, typ := range catalog.Types() {
		if seen[typ.Name] || !typeName.MatchString(typ.Name) {
			t.Errorf("%s: name is not unique or not lower case", typ.Name)
		}
		seen[typ.Name] = true
		if got, ok := catalog.Lookup(typ.Name); !ok || got.Name != typ.Name {
			t.Errorf("%s is not found by its name", typ.Name)
		}
		if typ.Group == "" || typ.Settle < 0 || (typ.Settle == 0) != (typ.Group == catalog.Account) {
			t.Errorf("%s: group %q with settle span %d", typ.Name, typ.Group, typ.Settle)
		}
		if typ.Series != nil {
			checkNameAgainstSeries(t, typ)
		}
		sources := 0
		for _, s := range catalog.Sources() {
			if o := typ.Origin(s); o != nil {
				sources++
				checkOrigin(t, typ, s, o)
			}
		}
		if sources == 0 {
			t.Errorf("%s has no source", typ.Name)
		}
	}
}

// checkNameAgainstSeries holds a type's name to "measurement" or "measurement.field".
func checkNameAgainstSeries(t *testing.T, typ catalog.Type) {
	t.Helper()
	measurement, field, dotted := strings.Cut(typ.Name, ".")
	if measurement != typ.Series.Measurement {
		t.Errorf("%s feeds %s", typ.Name, typ.Series.Measurement)
	}
	if dotted && !slices.ContainsFunc(typ.Series.Fields, func(f catalog.FieldDef) bool { return f.Key == field }) {
		t.Errorf("%s names no field of its series", typ.Name)
	}
}

func checkOrigin(t *testing.T, typ catalog.Type, s catalog.Source, o *catalog.Origin) {
	t.Helper()
	a := o.Ask
	if (o.Read == nil) != (typ.Series == nil) {
		t.Errorf("%s: reader and series do not go together", typ.Name)
	}
	if o.From != "" {
		from, ok := catalog.Lookup(o.From)
		if !ok || a != (catalog.Ask{}) || from.Origin(s) == nil || from.Origin(s).Ask.Path == "" {
			t.Errorf("%s: From %q is not a type that %s is asked for, or it has an ask of its own", typ.Name, o.From, s)
		}
		if from.Group != typ.Group || from.Settle != typ.Settle || from.Worn != typ.Worn {
			t.Errorf("%s settles unlike %s, whose answers it is found in", typ.Name, o.From)
		}
		return
	}
	ranged := strings.Contains(a.Path, "{from}") && strings.Contains(a.Path, "{to}")
	if !strings.HasPrefix(a.Path, "/") || a.Scope == "" || a.Days < 0 || ranged == a.Snapshot() {
		t.Errorf("%s: ask %+v", typ.Name, a)
	}
	if ranged && (a.Root == "" || a.DateKey == "") {
		t.Errorf("%s: a range without root or date member", typ.Name)
	}
}

// TestRoots holds Root and DateKey, by which a fetch judges an answer, to the fixtures.
func TestRoots(t *testing.T) {
	for _, s := range catalog.Sources() {
		for _, typ := range catalog.Asked(s) {
			ask := typ.Origin(s).Ask
			if ask.Snapshot() {
				continue
			}
			body := readFile(t, filepath.Join("testdata", typ.Name, string(s)+".json"))
			var answer map[string]json.RawMessage
			var elements []map[string]json.RawMessage
			if err := json.Unmarshal(body, &answer); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(answer[ask.Root], &elements); err != nil || len(elements) == 0 {
				t.Errorf("%s: no elements under %s (error %v)", typ.Name, ask.Root, err)
			}
			for i, e := range elements {
				var date string
				if err := json.Unmarshal(e[ask.DateKey], &date); err != nil {
					t.Errorf("%s: element %d has no %s: %v", typ.Name, i, ask.DateKey, err)
				} else if _, err := catalog.ParseDay(date); err != nil {
					t.Errorf("%s: element %d: %v", typ.Name, i, err)
				}
			}
		}
	}
}

// TestSeries pins the kinds of all fields: what stands in somebody's database cannot be
// changed.
func TestSeries(t *testing.T) {
	var b strings.Builder
	for _, s := range catalog.AllSeries() {
		b.WriteString(s.Measurement + " by " + map[catalog.Grain]string{catalog.ByDay: "day", catalog.ByMonth: "month"}[s.Grain] + "\n")
		for _, tag := range s.Tags {
			b.WriteString("  " + tag + " tag\n")
		}
		if !slices.IsSorted(s.Tags) {
			t.Errorf("%s: tags are not in order", s.Measurement)
		}
		for _, f := range s.Fields {
			b.WriteString("  " + f.Key + " " + f.Kind.String() + "\n")
		}
	}
	compare(t, seriesGolden, []byte(b.String()))
}

// TestOriginalSeries counts the thirty series that the original exporter fetched.
func TestOriginalSeries(t *testing.T) {
	paths := map[string]bool{}
	for _, typ := range catalog.Asked(catalog.Fitbit) {
		paths[typ.Fitbit.Ask.Path] = true
	}
	for _, r := range strings.Fields(`
		activities/activityCalories activities/calories activities/caloriesBMR activities/distance activities/elevation
		activities/floors activities/minutesFairlyActive activities/minutesLightlyActive activities/minutesSedentary
		activities/minutesVeryActive activities/steps activities/heart
		activities/tracker/activityCalories activities/tracker/calories activities/tracker/distance
		activities/tracker/elevation activities/tracker/floors activities/tracker/minutesFairlyActive
		activities/tracker/minutesLightlyActive activities/tracker/minutesSedentary activities/tracker/minutesVeryActive
		activities/tracker/steps body/bmi body/fat body/weight body/log/fat body/log/weight
		foods/log/caloriesIn foods/log/water`) {
		if p := "/1/user/-/" + r + "/date/{from}/{to}.json"; !paths[p] {
			t.Errorf("no type asks %s", p)
		}
	}
	if !paths["/1.2/user/-/sleep/date/{from}/{to}.json"] {
		t.Error("no type asks for sleep")
	}
}

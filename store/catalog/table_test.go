package catalog_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/store/catalog"
)

func TestEveryReaderHasAFixtureAndEveryFixtureAReader(t *testing.T) {
	known := map[string]bool{}
	for _, typ := range catalog.Types() {
		files := fixtures(t, typ)
		for _, s := range catalog.APIs() {
			read := func(f fixture) bool { return f.source == s }
			if typ.Origin(s) != nil && !slices.ContainsFunc(files, read) {
				t.Errorf("%s has no fixture of %s", typ.Name, s)
			}
		}
		for _, f := range files {
			known[filepath.Join("testdata", typ.Staged(f.source), f.file+f.ext)] = true
			if typ.Series != nil {
				known[filepath.Join("testdata", typ.Name, f.file+".lp")] = true
			}
		}
	}
	takeoutFiles(t, known)
	for _, pattern := range []string{"testdata/*", "testdata/*/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			if strings.HasPrefix(file, filepath.Join("testdata", "fuzz")) || strings.HasPrefix(file, takeoutData) {
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
		sources := len(typ.Takeout)
		for _, s := range catalog.APIs() {
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
	if !strings.HasPrefix(a.Path, "/") || a.Days < 0 || a.Scope == "" && !strings.HasSuffix(a.Path, "/identity") {
		t.Errorf("%s: ask %+v", typ.Name, a)
	}
	bare := s == catalog.Fitbit && strings.Contains(a.Path, "/spo2/") // its answers are lists themselves
	if !a.Snapshot() && o.Each == "" && (a.Root == "" != bare || a.DateKey == "" && a.Days != 1) {
		t.Errorf("%s: a range without root or date member", typ.Name)
	}
	guide, ok := catalog.Lookup(o.Guide)
	if o.Guide != "" && (!ok || guide.Staged(s) != o.Guide || guide.Origin(s).Read == nil || a.Days != 1) {
		t.Errorf("%s: guided by %q, %d days", typ.Name, o.Guide, a.Days)
	}
	each, ok := catalog.Lookup(o.Each)
	if byID := strings.Contains(a.Path, "{id}"); byID != (o.Each != "") || byID && (!ok || each.Staged(s) != o.Each || a.Days != 1) {
		t.Errorf("%s: asked for each %q by %s, %d days", typ.Name, o.Each, a.Path, a.Days)
	}
	switch s {
	case catalog.Fitbit:
		checkFitbitAsk(t, typ.Name, o)
	case catalog.Google:
		checkGoogleAsk(t, typ.Name, o)
	}
}

// checkFitbitAsk holds an ask to the rules of fitbit-web-api.md sections 5 and 5.7: a question
// of days names its first and, unless it is of one, its last; a list names none in its path.
func checkFitbitAsk(t *testing.T, name string, o *catalog.Origin) {
	t.Helper()
	a := o.Ask
	from, to := strings.Contains(a.Path, "{from}"), strings.Contains(a.Path, "{to}")
	good := from == (!a.Snapshot() && o.Each == "") && (to == from || from && a.Days == 1)
	switch a.Op {
	case catalog.Cursor:
		good = !from && !to && strings.HasSuffix(a.Path, "/list.json") && a.PageSize > 0 && a.PageSize <= 100 && a.Days > 3650
	case catalog.Get:
		good = good && a.PageSize == 0
	case catalog.Samples:
		good = good && a.PageSize == 0 && a.Days == 1 && a.Refresh > 0 && strings.Contains(a.Path, "/date/{from}/1d/1") && !to
	default:
		good = false
	}
	if !good || a.Filter != "" || a.Every != 0 || a.OpenEnd {
		t.Errorf("%s: ask %+v", name, a)
	}
}

// short names the data types whose rollups span 14 days at most (google-health-api.md
// section 5.6).
var short = []string{"calories-in-heart-rate-zone", "heart-rate", "active-minutes", "total-calories"}

// checkGoogleAsk holds an ask to the rules of google-health-api.md sections 3.2, 5 and 8.
func checkGoogleAsk(t *testing.T, name string, o *catalog.Origin) {
	t.Helper()
	a := o.Ask
	rest, ok := strings.CutPrefix(a.Path, "/v4/users/me/")
	if !ok || strings.Contains(a.Path, "{from}") {
		t.Errorf("%s: path %s", name, a.Path)
	}
	id, isType := strings.CutPrefix(rest, "dataTypes/")
	id, _, _ = strings.Cut(id, "/")
	words := strings.Split(id, "-")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	if a.Op != catalog.Get && (!isType || a.Value != strings.Join(words, "")) {
		t.Errorf("%s: value %q of %s", name, a.Value, a.Path)
	}
	session := id == "exercise" || id == "sleep"
	if a.OpenEnd != (id == "electrocardiogram") {
		t.Errorf("%s: the range has an open end: %v", name, a.OpenEnd)
	}
	switch a.Op {
	case catalog.Get:
		if a.Filter != "" || (a.PageSize != 0) != (rest == "pairedDevices") || a.Every != 0 || a.OpenEnd || !a.Snapshot() && o.Each == "" {
			t.Errorf("%s: a plain path with more than a path: %+v", name, a)
		}
	case catalog.List, catalog.Reconcile:
		stem := strings.ReplaceAll(id, "-", "_") + "."
		if (a.Filter == "") != a.Snapshot() || a.Filter != "" && !strings.HasPrefix(a.Filter, stem) || a.Every != 0 {
			t.Errorf("%s: filter %q of %s over %d days", name, a.Filter, id, a.Days)
		}
		if a.PageSize < 1 || a.PageSize > 10_000 || session && a.PageSize > 25 {
			t.Errorf("%s: pages of %d", name, a.PageSize)
		}
	case catalog.RollUp, catalog.DailyRollUp:
		longest := 89
		if slices.Contains(short, id) {
			longest = 13
		}
		if a.Filter != "" || a.PageSize != 0 || a.OpenEnd || a.Days < 1 || a.Days > longest || (a.Every > 0) != (a.Op == catalog.RollUp) {
			t.Errorf("%s: rollup %+v", name, a)
		}
	default:
		t.Errorf("%s: operation %q", name, a.Op)
	}
}

// TestEvidence allows a source one type that stands for the syncs of a tracker.
func TestEvidence(t *testing.T) {
	for _, s := range catalog.APIs() {
		var evidence []string
		for _, typ := range catalog.Asked(s) {
			if o := typ.Origin(s); o.Evidence {
				evidence = append(evidence, typ.Name)
			}
		}
		if want := (map[catalog.Source][]string{catalog.Google: {"steps"}})[s]; !slices.Equal(evidence, want) {
			t.Errorf("%s: evidence is %q, want %q", s, evidence, want)
		}
	}
}

// TestRoots holds Root, Value and DateKey, by which a fetch judges an answer, to the
// fixtures.
func TestRoots(t *testing.T) {
	for _, s := range catalog.APIs() {
		for _, typ := range catalog.Asked(s) {
			o := typ.Origin(s)
			if o.Ask.Snapshot() || o.Each != "" {
				continue
			}
			body := readFile(t, filepath.Join("testdata", typ.Name, string(s)+".json"))
			if o.Ask.DateKey == "" {
				var answer map[string]json.RawMessage
				if err := json.Unmarshal(body, &answer); err != nil || len(answer[o.Ask.Root]) <= len("[]") {
					t.Errorf("%s: nothing under %s, error %v", typ.Name, o.Ask.Root, err)
				}
				continue
			}
			if len(filed(t, typ.Name, o.Ask, body, zones(t, "2000-01-01", "Europe/Berlin"))) == 0 {
				t.Errorf("%s: no elements under %s", typ.Name, o.Ask.Root)
			}
		}
	}
}

// filed returns the date under which the source files each element of an answer.
func filed(t *testing.T, name string, ask catalog.Ask, body []byte, z catalog.Zones) []catalog.Day {
	t.Helper()
	var answer map[string]json.RawMessage
	var elements []map[string]json.RawMessage
	list := json.RawMessage(bytes.TrimSpace(body))
	if list[0] == '{' {
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatal(err)
		}
		list = answer[ask.Root]
	}
	if list == nil && ask.Root == "" && len(answer) > 0 {
		elements = append(elements, answer) // the answer is the element
	}
	if list == nil && ask.Op == catalog.Samples {
		list = answer[ask.Root+"-intraday"] // there may be no total
	}
	if list != nil {
		if err := json.Unmarshal(list, &elements); err != nil {
			t.Fatal(err)
		}
	}
	days := make([]catalog.Day, len(elements))
	for i, e := range elements {
		holder := e
		if ask.Value != "" {
			holder = nil
			if err := json.Unmarshal(e[ask.Value], &holder); err != nil {
				t.Errorf("%s: element %d has no %s: %v", name, i, ask.Value, err)
				continue
			}
		}
		if ask.Op == catalog.RollUp || ask.Op == catalog.DailyRollUp {
			holder = e
		}
		var err error
		if days[i], err = dateUnder(holder, strings.Split(ask.DateKey, "."), z); err != nil {
			t.Errorf("%s: element %d: %s: %v", name, i, ask.DateKey, err)
		}
	}
	return days
}

// dateUnder reads the date that a member tells: a date as text or in parts, or an instant,
// whose offset stands beside it.
func dateUnder(members map[string]json.RawMessage, path []string, z catalog.Zones) (catalog.Day, error) {
	if len(path) > 1 {
		var inner map[string]json.RawMessage
		if err := json.Unmarshal(members[path[0]], &inner); err != nil {
			return 0, err
		}
		return dateUnder(inner, path[1:], z)
	}
	var s string
	if json.Unmarshal(members[path[0]], &s) != nil {
		var d struct {
			Year, Month, Day int
			Date             struct{ Year, Month, Day int }
		}
		err := json.Unmarshal(members[path[0]], &d)
		if d.Year == 0 {
			d.Year, d.Month, d.Day = d.Date.Year, d.Date.Month, d.Date.Day
		}
		return catalog.DayOf(time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)), err
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		date, _, _ := strings.Cut(s, "T") // a time may stand behind it
		return catalog.ParseDay(date)
	}
	if _, east := at.Zone(); east != 0 { // with its own offset
		return catalog.DayOf(at), nil
	}
	offset := members[map[string]string{
		"startTime": "startUtcOffset", "endTime": "endUtcOffset", "physicalTime": "utcOffset",
	}[path[0]]]
	if offset == nil {
		return z.Today(at), nil
	}
	east, err := time.ParseDuration(strings.Trim(string(offset), `"`))
	return catalog.DayOf(at.UTC().Add(east)), err
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

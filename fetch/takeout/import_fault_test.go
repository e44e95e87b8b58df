package takeout

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"fitvault/store"
	"fitvault/store/catalog"
)

// sealed packs members as they are, and others whose bytes would not pass if anybody looked.
func sealed(t *testing.T, plain []file, bad ...file) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range plain {
		w, err := z.Create(f.name)
		check(t, err)
		_, err = w.Write([]byte(f.text))
		check(t, err)
	}
	for _, f := range bad {
		size := uint64(len(f.text))
		w, err := z.CreateRaw(&zip.FileHeader{Name: f.name, CRC32: 1, UncompressedSize64: size, CompressedSize64: size})
		check(t, err)
		_, err = w.Write([]byte(f.text))
		check(t, err)
	}
	check(t, z.Close())
	return out.Bytes()
}

// failed returns the errors of a report, each by its text.
func (r Report) failed() (out []string) {
	for _, f := range r.Failures {
		out = append(out, f.Error())
	}
	return out
}

// rejects returns the open rejects: type and error.
func (b *bench) rejects() (out []string) {
	b.Helper()
	all, err := b.Store.Rejects(b.Context())
	check(b, err)
	for _, r := range all {
		out = append(out, r.Stage+" "+r.Source+" "+r.Type+": "+r.Error)
	}
	slices.Sort(out)
	return out
}

// TestBadMembers are named and kept where there is anything to keep; the rest is imported.
// What a later download of the same archive has whole is no longer rejected.
func TestBadMembers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	dir := t.TempDir()
	good := month()
	set := find(t, save(t, dir, june, sealed(t, append(slices.Clone(good),
		data("heart_rate-2024-06-02.json", `["2024-06-02", "20`),
		data("heart_rate-2024-06-03.json", "[\"\xff\xfe\"]"),
		data("heart_rate-2024-06-04.json", `{"a":1} x`),
		data("heart_rate-2024-06-05.json", `["BROKEN"]`),
		data("heart_rate-2024-06-06.json", ""),
		data("heart_rate-2024-06-07.json", "\xef\xbb\xbf[\"2024-06-07\"]"),
		file{"Takeout/../../etc/passwd", "x"},
	), data("sleep-2024-06-29.json", `["2024-06-30"]`))))
	r := b.imports(set)
	folder := "Takeout/Fitbit/Global Export Data/"
	want := []string{
		"takeout-20240620T101500Z-001.zip: Takeout/../../etc/passwd: its name climbs",
		folder + "heart_rate-2024-06-02.json: its JSON is cut off",
		folder + "heart_rate-2024-06-03.json: is not UTF-8 text",
		folder + "heart_rate-2024-06-04.json: is not JSON",
		folder + "heart_rate-2024-06-05.json: heart_rate-2024-06-05.json: record 1 has no date",
		folder + "sleep-2024-06-29.json: its checksum is wrong",
	}
	wantErrors(t, r.failed(), want...)
	wantErrors(t, b.rejects(), append([]string{"fetch takeout archive: ", "fetch takeout sleep.json: "}, want[1:5]...)...)
	if r.Pages != 3+6 {
		t.Errorf("%d members staged", r.Pages)
	}
	if got := b.truth(); !slices.Contains(got, `heart_rate.json 2024-06-01..2024-06-02 ["2024-06-01"]`) ||
		!slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "heart_rate.json 2024-06-07..2024-06-08 ") }) {
		t.Errorf("in force: %q", got)
	}

	whole := append(good, data("heart_rate-2024-06-02.json", `["2024-06-02"]`), data("sleep-2024-06-29.json", `["2024-06-30"]`))
	if r := b.imports(find(t, save(t, t.TempDir(), june, zipOf(t, whole...)))); len(r.Failures) > 0 {
		t.Errorf("failures of the whole one: %v", r.Failures)
	}
	if got := b.rejects(); len(got) > 0 {
		t.Errorf("still rejected: %q", got)
	}
}

// TestRejectsStay open until something has what is damaged: neither another part of the archive
// nor an earlier one does, and of a later one that has it damaged, too, it is told anew.
func TestRejectsStay(t *testing.T) {
	t.Parallel()
	damaged, other := data("sleep-2024-04-01.json", `["2024-04-`), data("sleep-2024-03-01.json", `["2024-03-02"]`)
	const folder = ": Takeout/Fitbit/Global Export Data/"
	for name, c := range map[string]struct {
		part  string
		files []file
		want  string // the part that is told of; "": none
	}{
		"another part of it":         {"takeout-20240620T101500Z-002.zip", []file{other}, june},
		"an earlier archive":         {"takeout-20240320T101500Z-001.zip", []file{other}, june},
		"a later one":                {july, []file{other}, ""},
		"a later one, damaged alike": {july, []file{other, damaged}, july},
		"the same, whole":            {june, []file{data("sleep-2024-04-01.json", `["2024-04-02"]`)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			locked := sealed(t, []file{profileOf("Europe/Berlin"), damaged}, data("sleep-2024-04-30.json", "x"))
			b.imports(find(t, save(t, t.TempDir(), june, locked)))
			b.imports(find(t, save(t, t.TempDir(), c.part, zipOf(t, append(c.files, profileOf("Europe/Berlin"))...))))
			var want []string
			switch c.want {
			case june:
				want = []string{june + folder + "sleep-2024-04-01.json: its JSON", june + folder + "sleep-2024-04-30.json: its checksum"}
			case july:
				want = []string{july + folder + "sleep-2024-04-01.json: its JSON"}
			}
			wantErrors(t, b.rejects(), want...)
		})
	}
}

// TestClosedMembersAreNeverOpened: not even to be checked. What belongs to nobody known is
// kept, and no fault.
func TestClosedMembersAreNeverOpened(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	private := func(name string) file { return file{"Takeout/" + name, "alex@example.invalid"} }
	content := sealed(t, month(data("new_thing-1.bin", "\x00\x01")), private("Fitbit/Social/Private.csv"),
		private("Fitbit/Social/Private-2024-01-01.csv"), private("Fit/steps-2024-05-20.json"),
		private("archive_browser.html"))
	r := b.imports(find(t, save(t, t.TempDir(), june, content)))
	left := []LeftOut{{leftClosed, "private.csv", 2}, {leftClosed, "profile.csv", 1}, {leftForeign, "", 1}, {leftNote, "", 1},
		{leftUnknown, "new_thing-1.bin", 1}}
	if diff := gocmp.Diff(left, r.Left); diff != "" || len(r.Failures) > 0 {
		t.Errorf("failures %v, left out (-want +got):\n%s", r.Failures, diff)
	}
	for _, f := range b.staged() {
		if strings.Contains(f.text, "alex") {
			t.Errorf("%s is staged", f.name)
		}
	}
	if diff := gocmp.Diff([]string{"fetch takeout unknown: unknown family new_thing-1.bin"}, b.rejects()); diff != "" {
		t.Error(diff)
	}

	b.classify = func(name string) (catalog.Use, catalog.Family) { // a later version knows it
		if strings.Contains(name, "new_thing") {
			return catalog.Read, catalog.Family{Name: "new.bin", Ext: ".bin"}
		}
		return classifyTest(name)
	}
	r = b.imports(b.archive(june, month(data("new_thing-1.bin", "\x00\x01"))...))
	if r.Pages != 1 || len(r.Left) != 1 || len(b.rejects()) > 0 {
		t.Errorf("%d staged, left out %v, rejects %q", r.Pages, r.Left, b.rejects())
	}
}

// TestUnreadMembersAreTriedAgain: a later version may read what an earlier one could not.
func TestUnreadMembersAreTriedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	set := b.archive(june, month(data("heart_rate-2024-06-05.json", `["BROKEN 2024-06-05"]`))...)
	if r := b.imports(set); len(r.Failures) != 1 {
		t.Errorf("failures %v", r.Failures)
	}
	b.classify = func(name string) (catalog.Use, catalog.Family) {
		use, f := classifyTest(name)
		if f.Name == "heart_rate.json" {
			f.Held = func(b catalog.Body) ([]catalog.Day, error) {
				b.JSON = bytes.ReplaceAll(b.JSON, []byte("BROKEN "), nil)
				return writtenDates(b)
			}
		}
		return use, f
	}
	if r := b.imports(set); r.Pages != 1 || len(r.Failures) > 0 {
		t.Errorf("%d staged, failures %v", r.Pages, r.Failures)
	}
	if want := `heart_rate.json 2024-06-05..2024-06-06 ["BROKEN 2024-06-05"]`; !slices.Contains(b.truth(), want) {
		t.Errorf("in force %q", b.truth())
	}
	if n := b.counts()["bodies"]; n != 4 {
		t.Errorf("%d bodies", n)
	}
}

// TestDoubleNames: what the vault knows hides no second file of the same name.
func TestDoubleNames(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	twice := append(month(), data("steps-2024-05-20.json", `["2024-05-21"]`))
	other := []file{data("sleep-2024-05-30.json", `["2024-06-03"]`), data("heart_rate-2024-06-01.json", `["2024-06-01"]`)}
	dir := t.TempDir()
	second := strings.Replace(june, "001", "002", 1)
	set := find(t, save(t, dir, june, zipOf(t, twice...)), save(t, dir, second, zipOf(t, other...)))
	want := []string{"sleep-2024-05-30.json: duplicate name: another content", "steps-2024-05-20.json: duplicate name: the archive holds"}
	wantErrors(t, b.imports(set).failed(), want...)
	before := b.counts()
	wantErrors(t, b.imports(set).failed(), want...)
	if diff := gocmp.Diff(before, b.counts()); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
}

// TestForeignArchives hold nothing of Fitbit.
func TestForeignArchives(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	before := b.counts()
	set := b.archive(june, file{"Takeout/Fit/steps-2024-05-20.json", "[]"}, file{"Takeout/archive_browser.html", "x"})
	var foreign *ForeignError
	if _, err := b.Import(t.Context(), set); !errors.As(err, &foreign) {
		t.Errorf("imported: %v", err)
	}
	if _, err := b.Inspect(t.Context(), set); !errors.As(err, &foreign) {
		t.Errorf("inspected: %v", err)
	}
	if diff := gocmp.Diff(before, b.counts()); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
}

// TestManyFaults: each is told, and so many are noted in the vault that it stays readable.
func TestManyFaults(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var bad []file
	for i := range maxRejects + 20 {
		bad = append(bad, data(fmt.Sprintf("exercise-%d.json", i), "[]"))
	}
	r := b.imports(find(t, save(t, t.TempDir(), june, sealed(t, month(), bad...))))
	if len(r.Failures) != len(bad) || b.counts()["rejects"] != maxRejects {
		t.Errorf("%d failures, %d rejects", len(r.Failures), b.counts()["rejects"])
	}
}

// TestInspect tells what an import would do, with and without a vault, and writes nothing.
func TestInspect(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	files := append(month(data("exercise-0.json", `["2024-03-01","2024-06-19"]`), data("new_thing-1.json", "{}")),
		file{"Takeout/Fit/steps-2024-05-20.json", "[]"})
	want := []FamilyReport{
		{"exercise.json", 1, nil, 27, span(t, "2024-03-01", "2024-06-20")},
		{"heart_rate.json", 1, nil, 14, span(t, "2024-06-01", "2024-06-02")},
		{"sleep.json", 1, nil, 27, span(t, "2024-05-30", "2024-06-21")},
		{"steps.json", 1, nil, 27, span(t, "2024-05-20", "2024-06-19")},
	}
	left := []LeftOut{{leftClosed, "profile.csv", 1}, {leftForeign, "", 1}, {leftUnknown, "new_thing-1.json", 1}}
	before := b.counts()
	for _, st := range []*store.Store{b.Store, nil} {
		b.Store = st
		r, err := b.Inspect(t.Context(), b.archive(june, files...))
		check(t, err)
		if diff := gocmp.Diff(want, r.Families); diff != "" || r.Zone != "Europe/Berlin" {
			t.Errorf("zone %q, families (-want +got):\n%s", r.Zone, diff)
		}
		if diff := gocmp.Diff(left, r.Left); diff != "" {
			t.Errorf("left out (-want +got):\n%s", diff)
		}
	}
	r, err := b.Inspect(t.Context(), b.archive(june, files[1:]...))
	var zone *ZoneError
	if !errors.As(err, &zone) || len(r.Families) != 4 {
		t.Errorf("without a zone: %v, %v", r.Families, err)
	}
	if diff := gocmp.Diff(before, b.counts()); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
}

func span(t *testing.T, from, to string) catalog.Span {
	t.Helper()
	s, err := catalog.ParseSpan(from, to)
	check(t, err)
	return s
}

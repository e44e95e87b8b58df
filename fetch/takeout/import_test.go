package takeout

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"fitvault/store"
	"fitvault/store/catalog"
)

// TestImportSamples: each packing of the samples gives the same members, byte for byte.
func TestImportSamples(t *testing.T) {
	t.Parallel()
	part := func(n string) string { return filepath.Join("testdata", "takeout-20240620T101500Z-"+n) }
	first, second := tree(t, part("001")), tree(t, part("002"))
	var want []string
	for _, f := range slices.Concat(first, second) {
		if !strings.HasSuffix(f.name, "Profile.csv") && !strings.HasSuffix(f.name, ".html") {
			want = append(want, f.name+" "+f.text)
		}
	}
	slices.Sort(want)
	dir := t.TempDir()
	zip1 := save(t, dir, "zip/takeout-20240620T101500Z-001.zip", zipOf(t, first...))
	zip2 := save(t, dir, "zip/takeout-20240620T101500Z-002.zip", zipOf(t, second...))
	tgz1 := save(t, dir, "tgz/takeout-20240620T101500Z-001.tgz", tgzOf(t, first...))
	tgz2 := save(t, dir, "tgz/takeout-20240620T101500Z-002.tgz", tgzOf(t, second...))
	for _, c := range []struct {
		name  string
		paths [][]string // of one import after the other
	}{
		{"folders", [][]string{{part("001"), part("002")}}},
		{"zip", [][]string{{zip1, zip2}}},
		{"zip, the second part first", [][]string{{zip2, zip1}}},
		{"tgz", [][]string{{tgz1, tgz2}}},
		{"one part after the other", [][]string{{zip1}, {zip2}}},
		{"folder, then tgz, then zip", [][]string{{part("001"), part("002")}, {tgz1, tgz2}, {zip1, zip2}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			for _, paths := range c.paths {
				r := b.imports(find(t, paths...))
				if len(r.Failures) > 0 || r.Zone != "America/Los_Angeles" {
					t.Errorf("failures %v, zone %s", r.Failures, r.Zone)
				}
			}
			var got []string
			for _, f := range b.staged() {
				_, name, _ := strings.Cut(f.name, "/")
				got = append(got, name+" "+f.text)
			}
			slices.Sort(got)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("staged (-want +got):\n%s", diff)
			}
		})
	}
}

// month is an archive of June 2024 with a night that the next one may have lost.
func month(more ...file) []file {
	return append([]file{profileOf("Europe/Berlin"),
		data("steps-2024-05-20.json", `["2024-05-20","2024-06-18"]`),
		data("heart_rate-2024-06-01.json", `["2024-06-01"]`),
		data("sleep-2024-05-30.json", `["2024-06-01","2024-06-02"]`)}, more...)
}

const june, july = "takeout-20240620T101500Z-001.zip", "takeout-20240720T101500Z-001.zip"

// TestImportTwice: the same archive again, packed in another way, too, adds no row to any
// table.
func TestImportTwice(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	files := month(data("new_thing-1.json", "{}"), data("heart_rate-2024-06-02.json", `["2024-06-`), data("badge-2024-06-01.csv", "x"))
	set := b.archive(june, files...)
	r := b.imports(set)
	if r.Pages != 6 || !r.Changed {
		t.Errorf("%d members staged, changed %v", r.Pages, r.Changed)
	}
	before := b.counts()
	if before["archives"] != 1 || before["responses"] != 6 || before["rejects"] != 2 {
		t.Fatalf("rows: %v", before)
	}
	tgz := save(t, t.TempDir(), strings.Replace(june, "zip", "tgz", 1), tgzOf(t, files...))
	for _, again := range []Set{set, find(t, tgz)} {
		r := b.imports(again)
		if r.Pages != 0 || r.Changed || len(r.Failures) != 1 {
			t.Errorf("again: %d staged, changed %v, failures %v", r.Pages, r.Changed, r.Failures)
		}
		if diff := gocmp.Diff(before, b.counts()); diff != "" {
			t.Errorf("rows (-before +after):\n%s", diff)
		}
	}
}

// TestLaterArchives: the one with the later stamp is the truth for what it covers, whichever
// comes first, and what it has in common with the other is kept once.
func TestLaterArchives(t *testing.T) {
	t.Parallel()
	want := []string{
		`heart_rate.json 2024-06-01..2024-06-02 ["2024-06-01"]`,
		`heart_rate.json 2024-07-01..2024-07-02 ["2024-07-01"]`,
		`sleep.json 2024-06-02..2024-06-03 ["2024-06-02"]`,
		`steps.json 2024-05-20..2024-05-21 ["2024-05-20","2024-06-18"]`,
		`steps.json 2024-06-18..2024-06-19 ["2024-05-20","2024-06-18"]`,
	}
	for _, first := range []string{june, july} {
		t.Run(first, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			old := b.archive(june, month()...)
			files := month(data("heart_rate-2024-07-01.json", `["2024-07-01"]`))
			files[3].text = `["2024-06-02"]` // the night of the 1st was deleted
			later := b.archive(july, files...)
			sets := []Set{old, later}
			if first == july {
				slices.Reverse(sets)
			}
			b.imports(sets[0])
			r := b.imports(sets[1])
			if fresh := map[string]int{june: 2, july: 1}[first]; r.Pages != fresh {
				t.Errorf("the second import staged %d members, want %d", r.Pages, fresh)
			}
			if diff := gocmp.Diff(want, b.truth()); diff != "" {
				t.Errorf("in force (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSettledAndPadding: what lies after the archive is padding, and the newest days may
// change still.
func TestSettledAndPadding(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		taken string // when the data ends
		want  string // what is in force
	}{
		{june, "2024-06-20T10:15:00Z", "2024-06-18..2024-06-21"},
		{"MyFitbitData.zip", "2024-06-19T21:59:59Z", "2024-06-18..2024-06-20"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			hr := "heart_rate-2024-06-19.json"
			b.Importer.classify = func(name string) (catalog.Use, catalog.Family) {
				use, f := classifyTest(name)
				if f.Name == "steps.json" { // padded to the end of the chunk, so that it does not tell the end
					f.Name, f.Padded = "minutes.json", true
				}
				return use, f
			}
			b.imports(b.archive(c.name, profileOf("Europe/Berlin"), data(hr, `["2024-06-19"]`),
				data("steps-2024-06-18.json", `["2024-06-18","2024-06-19","2024-06-20","2024-06-21"]`)))
			archives, err := b.Store.Archives(t.Context())
			check(t, err)
			if at := archives[0].Taken.UTC().Format(time.RFC3339); at != c.taken || archives[0].Height != 1.78 {
				t.Errorf("taken at %s, want %s; height %v", at, c.taken, archives[0].Height)
			}
			want := "minutes.json " + c.want + ` ["2024-06-18","2024-06-19","2024-06-20","2024-06-21"]`
			if got := b.truth(); !slices.Contains(got, want) {
				t.Errorf("in force %q, want %q", got, want)
			}
			coverage, err := b.Store.Coverage(t.Context(), "takeout")
			check(t, err)
			if got := coverage["minutes.json"][0].Window.SettledTo; got != archives[0].Taken.In(time.UTC).Format(time.DateOnly) {
				t.Errorf("settled to %s", got)
			}
		})
	}
}

// TestMembersOfNoReader are staged, and cover what their names say.
func TestMembersOfNoReader(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.imports(b.archive(june, profileOf("Europe/Berlin"), data("badge-2024-05-01.csv", "x"), data("badge-2024-06-01.csv", "y")))
	if diff := gocmp.Diff([]string{"badge.csv 2024-05-01..2024-06-21 x y"}, b.truth()); diff != "" {
		t.Error(diff)
	}
}

// TestZones: who tells the zone, the best first.
func TestZones(t *testing.T) {
	t.Parallel()
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	check(t, err)
	plain := data("steps-2024-05-20.json", `["2024-05-20"]`)
	second := strings.Replace(june, "001", "002", 1)
	rome := func(how string) func(*bench) {
		return func(b *bench) {
			check(b, b.Store.NoteZone(b.Context(), store.ZoneEntry{From: "2024-01-01", How: how, Zone: "Europe/Rome"}))
		}
	}
	wrong := func(b *bench) {
		b.Zone = time.UTC
		b.imports(b.archive(second, plain))
	}
	for _, c := range []struct {
		name    string
		setting *time.Location
		before  func(b *bench)
		files   []file
		zone    string
		history []store.ZoneEntry
	}{
		{name: "nothing", files: []file{plain}},
		{name: "a profile without", files: []file{profileOf("null"), plain}},
		{name: "its profile", setting: tokyo, files: []file{profileOf("Europe/Berlin"), plain}, zone: "Europe/Berlin",
			history: []store.ZoneEntry{{From: "2024-06-20", How: store.ByArchive, Zone: "Europe/Berlin"}}},
		{name: "an earlier part", setting: tokyo, files: []file{plain}, zone: "Europe/Berlin",
			before: func(b *bench) {
				b.imports(b.archive(second, profileOf("Europe/Berlin"), data("badge-2024-06-01.csv", "x")))
			},
			history: []store.ZoneEntry{{From: "2024-06-20", How: store.ByArchive, Zone: "Europe/Berlin"}}},
		{name: "an earlier part, by a setting that was wrong", setting: tokyo, files: []file{plain}, zone: "Asia/Tokyo",
			before: wrong, history: []store.ZoneEntry{{From: "2024-06-20", How: store.BySetting, Zone: "Asia/Tokyo"}}},
		{name: "an earlier part, by a setting", files: []file{plain}, zone: "UTC",
			before: wrong, history: []store.ZoneEntry{{From: "2024-06-20", How: store.BySetting, Zone: "UTC"}}},
		{name: "the setting", setting: tokyo, files: []file{plain}, zone: "Asia/Tokyo",
			before: rome(store.BySetting),
			history: []store.ZoneEntry{{From: "2024-01-01", How: store.BySetting, Zone: "Europe/Rome"},
				{From: "2024-06-20", How: store.BySetting, Zone: "Asia/Tokyo"}}},
		{name: "the vault", files: []file{plain}, zone: "Europe/Rome",
			before:  rome(store.ByHand),
			history: []store.ZoneEntry{{From: "2024-01-01", How: store.ByHand, Zone: "Europe/Rome"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			if c.before != nil {
				c.before(b)
			}
			b.Zone = c.setting
			before := b.counts()
			r, err := b.Import(t.Context(), b.archive(june, c.files...))
			var zone *ZoneError
			if c.zone == "" {
				if !errors.As(err, &zone) || r.Pages > 0 {
					t.Errorf("%d staged, %v", r.Pages, err)
				}
				if diff := gocmp.Diff(before, b.counts()); diff != "" {
					t.Errorf("rows (-before +after):\n%s", diff)
				}
				return
			}
			check(t, err)
			history, err := b.Store.Zones(t.Context())
			check(t, err)
			if diff := gocmp.Diff(c.history, history); diff != "" || r.Zone != c.zone {
				t.Errorf("zone %s, history (-want +got):\n%s", r.Zone, diff)
			}
		})
	}
}

// TestResume: an import that is stopped at any member is gone on with, and ends as one that
// was not.
func TestResume(t *testing.T) {
	t.Parallel()
	var files []file
	for i := range 12 {
		day := fmt.Sprintf("2024-06-%02d", i+1)
		files = append(files, data("heart_rate-"+day+".json", `["`+day+`"]`))
	}
	files = append(month(files...), data("new_thing-1.json", "{}"), data("steps-2024-01-01.json", "BROKEN"))
	whole := newBench(t)
	whole.imports(whole.archive(june, files...))
	for n := 1; n <= len(files)+1; n += 2 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			set := b.archive(june, files...)
			r, err := b.Import(b.cancelAt(n), set)
			if n < len(files) && !errors.Is(err, context.Canceled) {
				t.Errorf("it was not stopped: %v", err)
			}
			b.sound()
			left := len(b.staged())
			if left != r.Pages {
				t.Errorf("%d members reported, %d in the vault", r.Pages, left)
			}
			b.Progress = nil
			if r := b.imports(set); r.Pages != len(whole.staged())-left {
				t.Errorf("%d staged before and %d after, of %d", left, r.Pages, len(whole.staged()))
			}
			b.same(whole)
		})
	}
}

// same demands that a vault is like another.
func (b *bench) same(other *bench) {
	b.Helper()
	if diff := gocmp.Diff(other.staged(), b.staged(), gocmp.AllowUnexported(file{})); diff != "" {
		b.Errorf("staged (-whole +resumed):\n%s", diff)
	}
	if diff := gocmp.Diff(other.truth(), b.truth()); diff != "" {
		b.Errorf("in force (-whole +resumed):\n%s", diff)
	}
	if diff := gocmp.Diff(other.counts(), b.counts()); diff != "" {
		b.Errorf("rows (-whole +resumed):\n%s", diff)
	}
}

// TestResumeBeforeTheEnd: all was staged, and the process died before it counted.
func TestResumeBeforeTheEnd(t *testing.T) {
	t.Parallel()
	whole, b := newBench(t), newBench(t)
	whole.imports(whole.archive(june, month()...))
	set := b.archive(june, month()...)
	p, err := b.begin(t.Context(), set)
	check(t, err)
	check(t, p.know(t.Context()))
	check(t, p.stage(t.Context()))
	if got := b.truth(); len(got) > 0 {
		t.Errorf("in force before the end: %q", got)
	}
	if r := b.imports(set); r.Pages != 0 || !r.Changed {
		t.Errorf("%d staged, changed %v", r.Pages, r.Changed)
	}
	b.same(whole)
}

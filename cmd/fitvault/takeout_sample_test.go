package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"fitvault/export"
	"fitvault/export/line"
	"fitvault/fetch/takeout"
	"fitvault/store/catalog"
)

// sampleArchive is an archive in one of the layouts, unpacked: its trees are the parts of one set.
type sampleArchive struct {
	name  string // of the golden, testdata/takeout/<name>.lp
	trees []string
	zone  string // where no profile tells it
}

// sampleArchives are the trees of takeout-archive.md section 10. Their goldens hold the instants and
// values that the sheet expects of them.
func sampleArchives() []sampleArchive {
	shared := filepath.Join("..", "..", "fetch", "takeout", "testdata")
	own := filepath.Join("testdata", "takeout")
	return []sampleArchive{
		{"fitbit-2024", []string{filepath.Join(shared, "takeout-20240620T101500Z-001"), filepath.Join(shared, "takeout-20240620T101500Z-002")}, ""},
		{"google-health-2026", []string{filepath.Join(own, "takeout-20261006T130000Z-1-001")}, "America/Los_Angeles"},
		{"account-2023", []string{filepath.Join(own, "MyFitbitData")}, ""},
		{"account-2019", []string{filepath.Join(own, "MyFitbitData-flat")}, "America/New_York"},
	}
}

// TestSampleArchives imports each sample as zip, as tgz and as it lies there, exports it, and
// holds every line to the golden.
func TestSampleArchives(t *testing.T) {
	unlessRaced(t)
	for _, s := range sampleArchives() {
		for _, form := range []string{"folder", "zip", "tgz"} {
			t.Run(s.name+"/"+form, func(t *testing.T) {
				t.Parallel()
				var paths []string
				for _, tree := range s.trees {
					paths = append(paths, pack(t, tree, form))
				}
				got := s.exported(t, paths)
				golden := filepath.Join("testdata", "takeout", s.name+".lp")
				if *update && form == "folder" {
					if err := os.WriteFile(golden, got, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
					t.Errorf("exported lines (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// exported imports archives into a new vault and returns all that it exports, in order.
func (s sampleArchive) exported(t *testing.T, paths []string) []byte {
	t.Helper()
	st := openVault(t, filepath.Join(t.TempDir(), "vault.db"))
	defer st.Close()
	run, err := st.BeginRun(t.Context(), "import", "test")
	if err != nil {
		t.Fatal(err)
	}
	sets, err := takeout.Find(paths)
	if err != nil || len(sets) != 1 {
		t.Fatalf("%d archives, %v, want one", len(sets), err)
	}
	i := takeout.Importer{Store: st, Run: run, Now: func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }}
	if s.zone != "" {
		if i.Zone, err = time.LoadLocation(s.zone); err != nil {
			t.Fatal(err)
		}
	}
	report, err := i.Import(t.Context(), sets[0])
	if err != nil || len(report.Failures) > 0 {
		t.Fatalf("import: %v, %v", err, report.Failures)
	}
	var out bytes.Buffer
	w := line.New(&out)
	e := &export.Exporter{Store: st, Writer: w, Log: slog.New(slog.DiscardHandler), Types: catalog.Types()}
	res, err := e.Export(t.Context())
	if err == nil {
		err = w.Close()
	}
	if err != nil || len(res.Failures) > 0 {
		t.Fatalf("export: %v, %v", err, res.Failures)
	}
	lines := slices.Sorted(strings.Lines(out.String()))
	return []byte(strings.Join(lines, ""))
}

// pack packs a tree under its own name, or returns where it lies.
func pack(t *testing.T, tree, form string) string {
	t.Helper()
	if form == "folder" {
		return tree
	}
	path := filepath.Join(t.TempDir(), filepath.Base(tree)+"."+form)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if form == "zip" {
		z := zip.NewWriter(f)
		err = z.AddFS(os.DirFS(tree))
		err = cmp.Or(err, z.Close())
	} else {
		g := gzip.NewWriter(f)
		w := tar.NewWriter(g)
		err = w.AddFS(os.DirFS(tree))
		err = cmp.Or(err, w.Close(), g.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

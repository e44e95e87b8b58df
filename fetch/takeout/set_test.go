package takeout

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFindGroups(t *testing.T) {
	dir := t.TempDir()
	z, tgz := zipOf(t, file{"Takeout/a", "a"}), tgzOf(t, file{"Takeout/b", "b"})
	for _, name := range []string{
		"takeout-20240620T101500Z-001.zip", "takeout-20240620T101500Z-002 (1).zip", "takeout-20240620T101500Z-003(1).ZIP",
		"takeout-20261006T130000Z-3-002.zip", "takeout-20261006T130000Z-1-001.zip", "MyFitbitData.zip", "takeout-20241399T000000Z-001.zip",
	} {
		save(t, dir, name, z)
	}
	save(t, dir, "takeout-20250101T000000Z-001.tgz", tgz)
	save(t, dir, "old.tar.gz", tgz)
	save(t, dir, "a zip by another name", z)
	at := func(name string) string { return filepath.Join(dir, name) }

	type set struct {
		name, stamp string
		parts       []string
	}
	tests := []struct {
		why   string
		paths []string
		want  []set
	}{
		{"nothing", nil, nil},
		{"parts in any order, two sets", []string{
			at("takeout-20240620T101500Z-003(1).ZIP"), at("takeout-20261006T130000Z-3-002.zip"), at("takeout-20240620T101500Z-001.zip"),
			at("takeout-20261006T130000Z-1-001.zip"), at("takeout-20240620T101500Z-002 (1).zip"),
		}, []set{
			{"takeout-20240620T101500Z", "2024-06-20T10:15:00Z", []string{"takeout-20240620T101500Z-001.zip",
				"takeout-20240620T101500Z-002 (1).zip", "takeout-20240620T101500Z-003(1).ZIP"}},
			{"takeout-20261006T130000Z", "2026-10-06T13:00:00Z", []string{"takeout-20261006T130000Z-1-001.zip", "takeout-20261006T130000Z-3-002.zip"}},
		}},
		{"no stamp, no set in common", []string{at("MyFitbitData.zip"), at("old.tar.gz"), at("a zip by another name")}, []set{
			{"MyFitbitData", "", []string{"MyFitbitData.zip"}}, {"old", "", []string{"old.tar.gz"}},
			{"a zip by another name", "", []string{"a zip by another name"}},
		}},
		{"no such day", []string{at("takeout-20241399T000000Z-001.zip")}, []set{
			{"takeout-20241399T000000Z-001", "", []string{"takeout-20241399T000000Z-001.zip"}},
		}},
		{"twice", []string{at("MyFitbitData.zip"), at("./MyFitbitData.zip")}, []set{{"MyFitbitData", "", []string{"MyFitbitData.zip"}}}},
		{"tgz", []string{at("takeout-20250101T000000Z-001.tgz")}, []set{
			{"takeout-20250101T000000Z", "2025-01-01T00:00:00Z", []string{"takeout-20250101T000000Z-001.tgz"}},
		}},
	}
	for _, test := range tests {
		sets, err := Find(test.paths)
		check(t, err)
		if len(sets) != len(test.want) {
			t.Errorf("%s: %d sets, want %d", test.why, len(sets), len(test.want))
			continue
		}
		for i, want := range test.want {
			got, stamp := sets[i], ""
			if !got.Stamp.IsZero() {
				stamp = got.Stamp.Format("2006-01-02T15:04:05Z07:00")
			}
			if got.Name != want.name || stamp != want.stamp || !slices.Equal(got.Parts(), want.parts) {
				t.Errorf("%s: %s %s %q, want %v", test.why, got.Name, stamp, got.Parts(), want)
			}
		}
	}
}

func TestFindFolders(t *testing.T) {
	inner := file{"Takeout/Fitbit/Sleep/a.json", "[]"}
	tests := []struct {
		why   string
		files []file // to save; those in .zip are packed
		name  string // of the set; "" the folder's own
		want  []string
	}{
		{"unpacked", []file{inner}, "", []string{"Takeout/Fitbit/Sleep/a.json"}},
		{"archives beside a tree are files", []file{inner, {"b.zip", "b"}}, "", []string{"Takeout/Fitbit/Sleep/a.json", "b.zip"}},
		{"account archive", []file{{"Person/Sleep/a.json", ""}}, "", []string{"Person/Sleep/a.json"}},
		{"bare product folder", []file{{"Google Health/Sleep/a.json", ""}}, "", []string{"Google Health/Sleep/a.json"}},
		{"backslashes", []file{{`Takeout\Fitbit\a.json`, ""}}, "", []string{"Takeout/Fitbit/a.json"}},
		{"holds archives", []file{{"takeout-20240620T101500Z-001.zip", "x"}, {"takeout-20240620T101500Z-002.zip", "y"}, {"notes.txt", ""}},
			"takeout-20240620T101500Z", []string{"x", "y"}},
		{"holds unpacked parts", []file{{"takeout-20240620T101500Z-001/Takeout/a", ""}, {"takeout-20240620T101500Z-002/Takeout/b", ""}, {"c", ""}},
			"takeout-20240620T101500Z", []string{"Takeout/a", "Takeout/b"}},
		{"empty", nil, "", nil},
	}
	for _, test := range tests {
		dir := t.TempDir()
		for _, f := range test.files {
			content := []byte(f.text)
			if strings.HasSuffix(f.name, ".zip") {
				content = zipOf(t, file{f.text, "content"})
			}
			save(t, dir, f.name, content)
		}
		s := find(t, dir)
		if want := test.name; s.Name != want && (want != "" || s.Name != filepath.Base(dir)) {
			t.Errorf("%s: name %s, want %q", test.why, s.Name, want)
		}
		got := read(t, s, anything)
		var names []string
		for name := range got.texts {
			names = append(names, name)
		}
		if slices.Sort(names); !slices.Equal(names, test.want) || got.errors != nil {
			t.Errorf("%s: members %q, want %q; errors %q", test.why, names, test.want, got.errors)
		}
	}
}

// The folder Takeout itself may be named, of several parts also.
func TestFindInsideOfParts(t *testing.T) {
	dir := t.TempDir()
	save(t, dir, "takeout-20240620T101500Z-001/Takeout/Fitbit/a", []byte("a"))
	save(t, dir, "takeout-20240620T101500Z-002/Takeout/Fitbit/b", []byte("b"))
	s := find(t, filepath.Join(dir, "takeout-20240620T101500Z-001/Takeout"), filepath.Join(dir, "takeout-20240620T101500Z-002"))
	if s.Name != "takeout-20240620T101500Z" || s.Size() != 2 {
		t.Errorf("%s of %d bytes", s.Name, s.Size())
	}
	wantTexts(t, read(t, s, anything).texts, file{"Fitbit/a", "a"}, file{"Takeout/Fitbit/b", "b"})
}

func TestFindRefuses(t *testing.T) {
	dir := t.TempDir()
	good := save(t, dir, "good.zip", zipOf(t, file{"a", "a"}))
	tests := []struct {
		name    string
		content string
		want    string
	}{
		{"photo.zip", "\x89PNG\r\n\x1a\n", "no archive but image/png: give a Takeout"},
		{"page.zip", "<!DOCTYPE html><html>" + strings.Repeat(" ", 600), "no archive but text/html"},
		{"empty.zip", "", "no archive but empty"},
		{"zeros.tar", strings.Repeat("\x00", 10240), "no archive but application/octet-stream"},
		{"log.gz", string(gzipOf(t, []byte(strings.Repeat("a line\n", 100)))), "a gzip file without a tar inside, but text/plain"},
		{"short.gz", string(gzipOf(t, []byte("a line\n"))), "a gzip file without a tar inside"},
		{"cut.tgz", "\x1f\x8b\x08\x00", "a gzip file without a tar inside (unexpected EOF)"},
	}
	for _, test := range tests {
		path := save(t, dir, test.name, []byte(test.content))
		sets, err := Find([]string{path, good})
		var not *NotArchiveError
		if !errors.As(err, &not) || not.Path != path || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if len(sets) != 1 || sets[0].Name != "good" {
			t.Errorf("%s: sets %v, want the good one", test.name, sets)
		}
	}
	if _, err := Find([]string{filepath.Join(dir, "none.zip")}); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "none.zip") {
		t.Errorf("missing: %v", err)
	}
	if _, err := Find([]string{os.DevNull}); err == nil || !strings.Contains(err.Error(), "a device, a pipe") {
		t.Errorf("device: %v", err)
	}
	linked := t.TempDir()
	check(t, os.Symlink(good, filepath.Join(linked, "link.zip")))
	if sets, err := Find([]string{linked}); len(sets) != 0 || err == nil || !strings.Contains(err.Error(), "link.zip: is no archive but a link") {
		t.Errorf("link in a folder: %v, %v", sets, err)
	}
	if s := find(t, filepath.Join(linked, "link.zip")); s.Name != "link" {
		t.Errorf("link as argument: %v", s)
	}
}

package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// zipped are the names of the members of a zip.
func zipped(t *testing.T, path string) []string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	return names
}

// tarred are those of a tgz.
func tarred(t *testing.T, path string) []string {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
}

// TestEmulateTakeout writes archives of ten days and lists them.
func TestEmulateTakeout(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	p := h.exits(exitDone, "emulate", "--takeout", "a.zip", "--days", "10")
	if told := regexp.MustCompile(`^wrote a\.zip: \d{3} members, \d{8} bytes, \d{6,8} packed\n$`); !told.MatchString(p.err.String()) {
		t.Errorf("stderr is %q", p.err.String())
	}
	if p.out.String() != "" {
		t.Errorf("stdout is %q", p.out.String())
	}
	all := zipped(t, filepath.Join(h.dir, "a.zip"))
	days := 0
	for _, name := range all {
		if strings.HasPrefix(name, "Takeout/Google Health/Global Export Data/time_in_heart_rate_zones-") {
			days++
		}
	}
	if days < 9 || days > 10 || !slices.Contains(all, "Takeout/Google Health/Your Profile/Profile.csv") {
		t.Errorf("%d days in %d members", days, len(all))
	}

	account := h.with("FITVAULT_TAKEOUT_LAYOUT=account", "FITVAULT_TAKEOUT=b.tar.gz")
	account.exits(exitDone, "emulate", "--days", "3").says("wrote b.tar.gz: ")
	if all := tarred(t, filepath.Join(h.dir, "b.tar.gz")); !slices.Contains(all, "AlexTestperson/Personal & Account/Profile.csv") {
		t.Errorf("members %v", all)
	}
	h.exits(exitDone, "emulate", "--takeout", "C.TGZ", "--days", "1", "--takeout-layout", "flat", "--person-zone", "Asia/Tokyo")
	for _, name := range tarred(t, filepath.Join(h.dir, "C.TGZ")) {
		if !strings.HasPrefix(name, "AlexTestperson/user-site-export/") {
			t.Errorf("member %s", name)
		}
	}
}

// TestEmulateTakeoutRefused: what cannot be written changes nothing.
func TestEmulateTakeoutRefused(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	old := filepath.Join(h.dir, "a.zip")
	if err := os.WriteFile(old, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.exits(exitUsage, "emulate", "--takeout", "a.rar").says("--takeout: a.rar ends neither in .zip nor in .tgz or .tar.gz")
	h.exits(exitUsage, "emulate", "--takeout", "a.zip", "--takeout-layout", "fitbti").says(`unknown takeout layout "fitbti": did you mean "fitbit"?`)
	h.exits(exitFailed, "emulate", "--takeout", "missing/a.zip", "--days", "1").says("write the archive missing/a.zip: ")
	p := h.start("emulate", "--takeout", "a.zip", "--days", "3653")
	eventually(t, "the archive is begun", func() bool { return len(h.files()) == 2 })
	p.stops(syscall.SIGINT)
	if body, err := os.ReadFile(old); err != nil || string(body) != "old" {
		t.Errorf("the old archive holds %q, %v", body, err)
	}
	if left := h.files(); !maps.Equal(left, map[string]bool{"a.zip": true}) {
		t.Errorf("left behind: %v", left)
	}
}

// files are the names in the home.
func (h *home) files() map[string]bool {
	h.t.Helper()
	entries, err := os.ReadDir(h.dir)
	if err != nil {
		h.t.Fatal(err)
	}
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	return names
}

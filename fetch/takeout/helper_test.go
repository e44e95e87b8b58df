package takeout

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// file is a member to pack.
type file struct{ name, text string }

// tree reads a folder as members.
func tree(t *testing.T, dir string) []file {
	t.Helper()
	var out []file
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		out = append(out, file{name, string(b)})
		return err
	})
	check(t, err)
	return out
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func zipOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		w, err := z.Create(f.name)
		check(t, err)
		_, err = io.WriteString(w, f.text)
		check(t, err)
	}
	check(t, z.Close())
	return out.Bytes()
}

func tarOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: f.name, Size: int64(len(f.text)), Mode: 0o600}
		if strings.HasSuffix(f.name, "/") {
			h.Typeflag = tar.TypeDir
		}
		check(t, w.WriteHeader(h))
		_, err := io.WriteString(w, f.text)
		check(t, err)
	}
	check(t, w.Close())
	return out.Bytes()
}

func gzipOf(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	check(t, err)
	check(t, w.Close())
	return out.Bytes()
}

func tgzOf(t testing.TB, files ...file) []byte {
	t.Helper()
	return gzipOf(t, tarOf(t, files...))
}

// save writes a file below dir, with its folders, and returns its path.
func save(t testing.TB, dir, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	check(t, os.MkdirAll(filepath.Dir(path), 0o700))
	check(t, os.WriteFile(path, content, 0o600))
	return path
}

// find wants one set.
func find(t testing.TB, paths ...string) Set {
	t.Helper()
	sets, err := Find(paths)
	check(t, err)
	if len(sets) != 1 {
		t.Fatalf("found %d sets, want 1: %v", len(sets), sets)
	}
	return sets[0]
}

// result is what a Read gave.
type result struct {
	texts  map[string]string // by name
	errors []string          // sorted
	times  int               // do was called
}

func anything(Member) bool { return true }

func read(t testing.TB, s Set, want func(Member) bool) result {
	t.Helper()
	got := result{texts: map[string]string{}}
	var mu sync.Mutex
	check(t, s.Read(context.Background(), want, func(m Member, data []byte, err error) error {
		mu.Lock()
		defer mu.Unlock()
		got.times++
		if err != nil {
			got.errors = append(got.errors, err.Error())
			return nil
		}
		got.texts[m.Name] = string(data)
		return nil
	}))
	slices.Sort(got.errors)
	if s.Done() != s.Size() {
		t.Errorf("done are %d bytes of %d", s.Done(), s.Size())
	}
	return got
}

// wantErrors checks that there are these errors, each by a part of its text.
func wantErrors(t testing.TB, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("errors %q, want %d", got, len(want))
	}
	for _, w := range want {
		if !slices.ContainsFunc(got, func(g string) bool { return strings.Contains(g, w) }) {
			t.Errorf("errors %q, want %q", got, w)
		}
	}
}

// wantTexts checks what was delivered.
func wantTexts(t testing.TB, got map[string]string, want ...file) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d members, want %d", len(got), len(want))
	}
	for _, w := range want {
		if text, ok := got[w.name]; !ok || text != w.text {
			t.Errorf("%s: %.40q, want %.40q", w.name, text, w.text)
		}
	}
}

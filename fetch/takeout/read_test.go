package takeout

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// packed are the ways in which members may come.
var packed = []struct {
	ext  string
	pack func(testing.TB, ...file) []byte
}{{".zip", zipOf}, {".tgz", tgzOf}, {".tar", tarOf}}

func TestReadSample(t *testing.T) {
	first, second := "testdata/takeout-20240620T101500Z-001", "testdata/takeout-20240620T101500Z-002"
	want := append(tree(t, first), tree(t, second)...)
	if len(want) < 40 {
		t.Fatalf("the sample has %d files", len(want))
	}
	wantTexts(t, read(t, find(t, second, first), anything).texts, want...)
	wantTexts(t, read(t, find(t, "testdata"), anything).texts, want...)
	for _, p := range packed {
		dir := t.TempDir()
		one := save(t, dir, filepath.Base(first)+p.ext, p.pack(t, tree(t, first)...))
		two := save(t, dir, filepath.Base(second)+p.ext, p.pack(t, tree(t, second)...))
		got := read(t, find(t, two, one), anything)
		wantTexts(t, got.texts, want...)
		wantErrors(t, got.errors)
	}
}

// Only what is wanted is opened, in the order of the archive, and names come clean.
func TestReadWants(t *testing.T) {
	files := []file{{"./Takeout/Fitbit/b.json", "b"}, {"Takeout/Fitbit/", ""}, {`Takeout\Fitbit\a.json`, "a"}, {"Takeout/secret", "s"}}
	for _, p := range packed {
		s := find(t, save(t, t.TempDir(), "x"+p.ext, p.pack(t, files...)))
		var asked []string
		got := read(t, s, func(m Member) bool {
			asked = append(asked, m.Name)
			if m.Part != "x"+p.ext || m.Size != 1 || m.HasCRC != (p.ext == ".zip") {
				t.Errorf("%s: member %+v", p.ext, m)
			}
			return strings.HasSuffix(m.Name, ".json")
		})
		if order := strings.Join(asked, " "); order != "Takeout/Fitbit/b.json Takeout/Fitbit/a.json Takeout/secret" {
			t.Errorf("%s: asked for %s", p.ext, order)
		}
		wantTexts(t, got.texts, file{"Takeout/Fitbit/b.json", "b"}, file{"Takeout/Fitbit/a.json", "a"})
		if got.times != 2 {
			t.Errorf("%s: %d calls", p.ext, got.times)
		}
	}
}

func TestReadDuplicates(t *testing.T) {
	const one, two = "takeout-20240620T101500Z-001", "takeout-20240620T101500Z-002"
	a, b := []file{{"same", "same"}, {"other", "1"}, {"size", "1"}}, []file{{"same", "same"}, {"other", "2"}, {"size", "22"}, {"new", "n"}}
	for _, p := range packed {
		for _, q := range packed {
			dir := t.TempDir()
			s := find(t, save(t, dir, one+p.ext, p.pack(t, a...)), save(t, dir, two+q.ext, q.pack(t, b...)))
			got := read(t, s, anything)
			wantTexts(t, got.texts, append(a, file{"new", "n"})...)
			wantErrors(t, got.errors, two+q.ext+": other: duplicate name", two+q.ext+": size: duplicate name")
			if got.times != 6 {
				t.Errorf("%s, %s: %d calls, want 6", p.ext, q.ext, got.times)
			}
		}
		s := find(t, save(t, t.TempDir(), "x"+p.ext, p.pack(t, file{"a", "1"}, file{"a", "1"}, file{"b", "2"})))
		got := read(t, s, anything)
		wantTexts(t, got.texts, file{"a", "1"}, file{"b", "2"})
		wantErrors(t, got.errors, "x"+p.ext+": a: duplicate name: the archive holds this name twice")
	}
}

// A copy in another part stands in for one that could not be read.
func TestReadGoodCopy(t *testing.T) {
	dir := t.TempDir()
	bad := zipOf(t, file{"a", "text"})
	bad[30+1+2] ^= 1 // in the content, which follows 30 bytes and the name
	s := find(t, save(t, dir, "takeout-20240620T101500Z-001.zip", bad),
		save(t, dir, "takeout-20240620T101500Z-002.zip", zipOf(t, file{"a", "text"})))
	got := read(t, s, anything)
	wantTexts(t, got.texts, file{"a", "text"})
	wantErrors(t, got.errors, "-001.zip: a: ")
}

func TestReadStops(t *testing.T) {
	var files []file
	for i := range 200 {
		files = append(files, file{string(rune('a'+i/26)) + string(rune('a'+i%26)), strings.Repeat("x", 1000)})
	}
	for _, p := range packed {
		s := find(t, save(t, t.TempDir(), "x"+p.ext, p.pack(t, files...)))
		before := runtime.NumGoroutine()
		var calls atomic.Int64
		stop := errors.New("stop")
		err := s.Read(context.Background(), anything, func(Member, []byte, error) error {
			calls.Add(1)
			return stop
		})
		if !errors.Is(err, stop) || calls.Load() > int64(runtime.GOMAXPROCS(0)) {
			t.Errorf("%s: %v after %d calls", p.ext, err, calls.Load())
		}
		ctx, cancel := context.WithCancel(context.Background())
		calls.Store(0)
		err = s.Read(ctx, anything, func(_ Member, _ []byte, err error) error {
			calls.Add(1)
			cancel()
			return err
		})
		if !errors.Is(err, context.Canceled) || calls.Load() > 2*int64(runtime.GOMAXPROCS(0)) {
			t.Errorf("%s: cancelled: %v after %d calls", p.ext, err, calls.Load())
		}
		if err := s.Read(ctx, anything, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: dead context: %v", p.ext, err)
		}
		for end := time.Now().Add(time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
			runtime.Gosched()
		}
		if n := runtime.NumGoroutine(); n > before {
			t.Errorf("%s: %d goroutines before, %d after", p.ext, before, n)
		}
	}
}

// TestReadStopsWhereItChooses ends the context while a member waits for its room, which
// nobody may give back then.
func TestReadStopsWhereItChooses(t *testing.T) {
	for _, p := range packed {
		s := find(t, save(t, t.TempDir(), "x"+p.ext, p.pack(t, file{"a", "a"}, file{"b", "b"})))
		for range 20 { // a worker may be quicker than the walk, or not
			ctx, cancel := context.WithCancel(context.Background())
			chosen := func(Member) bool { cancel(); return true }
			err := s.Read(ctx, chosen, func(m Member, _ []byte, _ error) error {
				return fmt.Errorf("%s was read", m.Name)
			})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("%s: %v", p.ext, err)
			}
		}
	}
}

func TestFirst(t *testing.T) {
	profile := func(m Member) bool { return strings.HasSuffix(m.Name, "/Profile.csv") }
	for _, p := range packed {
		dir := t.TempDir()
		whole := p.pack(t, file{"a", "a"}, file{"Your Profile/Profile.csv", "timezone"}, file{"z", strings.Repeat("z", 100)})
		s := find(t, save(t, dir, "takeout-20240620T101500Z-001"+p.ext, p.pack(t, file{"b", "b"})),
			save(t, dir, "takeout-20240620T101500Z-002"+p.ext, whole))
		m, data, ok, err := s.First(context.Background(), profile)
		if err != nil || !ok || string(data) != "timezone" || m.Name != "Your Profile/Profile.csv" || m.Part != "takeout-20240620T101500Z-002"+p.ext {
			t.Errorf("%s: %+v %q %v %v", p.ext, m, data, ok, err)
		}
		if m, _, ok, err := s.First(context.Background(), func(Member) bool { return false }); ok || err != nil || m.Name != "" {
			t.Errorf("%s: none: %+v %v %v", p.ext, m, ok, err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, _, ok, err := s.First(ctx, profile); ok || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: cancelled: %v %v", p.ext, ok, err)
		}
	}
	// The scan ends at the hit, before the fault behind it.
	whole := tarOf(t, file{"x/Profile.csv", "timezone"}, file{"z", "z"})
	s := find(t, save(t, t.TempDir(), "x.tar", whole[:1024]))
	if _, data, ok, err := s.First(context.Background(), profile); err != nil || !ok || string(data) != "timezone" {
		t.Errorf("before the fault: %q %v %v", data, ok, err)
	}
}

// Nothing is written, neither to the archive nor beside it.
func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	path := save(t, dir, "x.zip", zipOf(t, file{"a", "a"}))
	check(t, os.Chmod(path, 0o400))
	check(t, os.Chmod(dir, 0o500))
	defer os.Chmod(dir, 0o700)
	wantTexts(t, read(t, find(t, path), anything).texts, file{"a", "a"})
}

// What only a large or an oddly named archive has: the directory of a zip64, and a header
// of tar that takes several blocks.
func TestReadLargeForms(t *testing.T) {
	const members = 1 << 16 // one more than a directory without zip64 can count
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := range members {
		_, err := z.CreateHeader(&zip.FileHeader{Name: strconv.Itoa(i)}) // stored: quicker to write
		check(t, err)
	}
	check(t, z.Close())
	n := 0
	read(t, find(t, save(t, t.TempDir(), "x.zip", out.Bytes())), func(Member) bool { n++; return false })
	if n != members {
		t.Errorf("zip64: %d members, want %d", n, members)
	}
	long := file{strings.Repeat("Übersicht/", 30) + "a.json", "[]"}
	for _, p := range packed {
		wantTexts(t, read(t, find(t, save(t, t.TempDir(), "x"+p.ext, p.pack(t, long))), anything).texts, long)
	}
}

package line

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// expectOnly fails when the folder holds anything beside the file, such as a temporary one.
func expectOnly(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(path) {
			t.Errorf("left behind: %s", e.Name())
		}
	}
}

func createFile(t *testing.T, path string) *Writer {
	t.Helper()
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestFileAppearsOnClose(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.lp")
	if err := os.WriteFile(path, []byte("older"), 0o644); err != nil {
		t.Fatal(err)
	}
	w := createFile(t, path)
	b := filledBatch(t, 3)
	if err := w.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if got := readFile(t, path); got != "older" {
		t.Errorf("before Close the file is %q", got)
	}
	for range 2 {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Abort(); err != nil {
		t.Errorf("Abort after Close: %v", err)
	}
	if got := readFile(t, path); got != string(b.Bytes()) {
		t.Errorf("the file is %q, want %q", got, b.Bytes())
	}
	expectOnly(t, path)
	if err := w.Write(t.Context(), b); err == nil {
		t.Error("Write after Close succeeds")
	}
}

func TestAbortedExportKeepsTheOlderFile(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	tests := map[string]func(*testing.T, *Writer){
		"Abort": func(t *testing.T, w *Writer) {
			if err := w.Abort(); err != nil {
				t.Error(err)
			}
		},
		"Abort, then Close": func(t *testing.T, w *Writer) {
			if err := errors.Join(w.Abort(), w.Close()); err != nil {
				t.Error(err)
			}
		},
		"cancelled, then Close": func(t *testing.T, w *Writer) {
			if err := w.Write(cancelled, filledBatch(t, 1)); !errors.Is(err, context.Canceled) {
				t.Errorf("Write = %v, want cancelled", err)
			}
			if err := w.Write(t.Context(), filledBatch(t, 1)); err == nil {
				t.Error("Write after a failed one succeeds: the file would have a hole")
			}
			if err := w.Close(); !errors.Is(err, context.Canceled) {
				t.Errorf("Close = %v, want cancelled", err)
			}
		},
		"write error, then Close": func(t *testing.T, w *Writer) {
			_ = w.file.Close()
			if err := w.Write(t.Context(), filledBatch(t, 10)); err != nil {
				t.Errorf("Write of what fits the buffer: %v", err)
			}
			if err := w.Close(); !errors.Is(err, os.ErrClosed) {
				t.Errorf("Close = %v, want the flush's error", err)
			}
		},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "out.lp")
			if err := os.WriteFile(path, []byte("older"), 0o644); err != nil {
				t.Fatal(err)
			}
			w := createFile(t, path)
			if err := w.Write(t.Context(), filledBatch(t, 3)); err != nil {
				t.Fatal(err)
			}
			end(t, w)
			if got := readFile(t, path); got != "older" {
				t.Errorf("the file is %q", got)
			}
			expectOnly(t, path)
		})
	}
}

func TestFileCompressed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.lp.gz")
	w := createFile(t, path)
	b := filledBatch(t, 50)
	if err := errors.Join(w.Write(t.Context(), b), w.Close()); err != nil {
		t.Fatal(err)
	}
	gz, err := gzip.NewReader(bytes.NewReader([]byte(readFile(t, path))))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(gz)
	if err != nil || !bytes.Equal(got, b.Bytes()) {
		t.Errorf("decompressed: %v, %d bytes; want %d", err, len(got), b.Size())
	}
	expectOnly(t, path)
}

func TestFileThroughLink(t *testing.T) {
	real, link := filepath.Join(t.TempDir(), "real.lp"), filepath.Join(t.TempDir(), "link.lp")
	if err := errors.Join(os.WriteFile(real, nil, 0o600), os.Symlink(real, link)); err != nil {
		t.Fatal(err)
	}
	w := createFile(t, link)
	b := filledBatch(t, 1)
	if err := errors.Join(w.Write(t.Context(), b), w.Close()); err != nil {
		t.Fatal(err)
	}
	if got := readFile(t, real); got != string(b.Bytes()) {
		t.Errorf("the link's target is %q", got)
	}
	if to, err := os.Readlink(link); err != nil || to != real {
		t.Errorf("the link became %q, %v", to, err)
	}
}

func TestDeviceIsWrittenNotReplaced(t *testing.T) {
	before, err := os.Stat(os.DevNull)
	if err != nil || before.Mode().IsRegular() {
		t.Skipf("no device to try: %v", err)
	}
	w := createFile(t, os.DevNull)
	if w.path != "" {
		t.Fatalf("%s would be replaced by a file", os.DevNull)
	}
	if err := errors.Join(w.Write(t.Context(), filledBatch(t, 2)), w.Close()); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(os.DevNull); err != nil || after.Mode() != before.Mode() {
		t.Errorf("%s became %v, %v", os.DevNull, after, err)
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "missing", "out.lp")} {
		if w, err := Create(path); err == nil {
			_ = w.Abort()
			t.Errorf("Create(%s) succeeds", path)
		}
	}
}

func TestStream(t *testing.T) {
	var out bytes.Buffer
	w := New(&out)
	if held, err := w.Prepare(t.Context(), nil, time.Time{}); !held.Fresh || err != nil {
		t.Errorf("Prepare = %v, %v; want fresh", held, err)
	}
	if err := w.Delete(t.Context(), "steps", "me", time.Time{}, time.Time{}); !errors.Is(err, ErrNoDelete) {
		t.Errorf("Delete = %v, want ErrNoDelete", err)
	}
	b := filledBatch(t, 20)
	first, second := b.Halves()
	if err := errors.Join(w.Write(t.Context(), first), w.Write(t.Context(), second), w.Close()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), b.Bytes()) {
		t.Errorf("stream has %d bytes, want %d", out.Len(), b.Size())
	}
}

func TestStreamReportsWriteErrors(t *testing.T) {
	broken, pipe := io.Pipe()
	_ = broken.CloseWithError(syscall.EPIPE)
	w := New(pipe)
	if err := w.Write(t.Context(), filledBatch(t, 1)); err != nil {
		t.Fatalf("Write of what fits the buffer: %v", err)
	}
	if err := w.Close(); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("Close = %v, want EPIPE", err)
	}
}

func TestConcurrentWritesKeepBatchesWhole(t *testing.T) {
	var out bytes.Buffer
	w := New(&out)
	b := filledBatch(t, 1000)
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			if err := w.Write(t.Context(), b); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(out.Bytes(), b.Bytes()); got != 8 {
		t.Errorf("%d of 8 batches are whole", got)
	}
}

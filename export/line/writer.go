package line

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"fitvault/export/schema"
)

// ErrNoDelete says that a file of line protocol cannot take back points.
var ErrNoDelete = fmt.Errorf("a line-protocol file cannot delete points: export into a new file: %w", errors.ErrUnsupported)

var errEnded = errors.New("the file is closed")

// Writer writes batches to a file or stream. A file appears under its name only when
// Close succeeds: until then, and for ever after an error or Abort, what had that name
// before stays as it was. It is safe for use by several goroutines; lines of one batch stay
// together.
type Writer struct {
	mu    sync.Mutex
	buf   *bufio.Writer
	gz    *gzip.Writer // nil for plain text
	file  *os.File     // nil for a stream
	path  string       // what file is renamed to; empty when it has its name already
	err   error        // why nothing more is written
	ended bool
}

// New returns a Writer to w, as plain text. Close flushes and leaves w open.
func New(w io.Writer) *Writer { return &Writer{buf: bufio.NewWriterSize(w, 1<<16)} }

// Create returns a Writer to the file at path, compressed when its name ends in .gz. The
// lines go to a temporary file in the same folder, readable by its owner only. A path that
// is no ordinary file, such as a pipe or /dev/null, is written to directly.
func Create(path string) (*Writer, error) {
	f, final, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("create line-protocol file: %w", err)
	}
	w := New(f)
	w.file, w.path = f, final
	if strings.HasSuffix(path, ".gz") {
		w.gz = gzip.NewWriter(f)
		w.buf.Reset(w.gz)
	}
	return w, nil
}

// open returns the file to write to and the name that it gets in the end, if it has to be
// renamed.
func open(path string) (*os.File, string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, "", err
	case info.IsDir():
		return nil, "", fmt.Errorf("%s is a folder", path)
	case !info.Mode().IsRegular():
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		return f, "", err
	default: // a link goes on pointing at what it points at
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, "", err
		}
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".tmp-*")
	return f, path, err
}

// Prepare reports a fresh target: a file starts empty.
func (w *Writer) Prepare(context.Context, []*schema.Measurement, time.Time) (schema.Held, error) {
	return schema.Held{Fresh: true}, nil
}

// Write adds the lines. After an error, also one of an earlier call or an ended ctx, the
// file is never published.
func (w *Writer) Write(ctx context.Context, b Batch) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = ctx.Err()
	}
	if w.err == nil {
		_, w.err = w.buf.Write(b.Bytes())
	}
	if w.err != nil {
		return fmt.Errorf("write lines: %w", w.err)
	}
	return nil
}

// Delete returns ErrNoDelete.
func (w *Writer) Delete(context.Context, string, string, time.Time, time.Time) error {
	return ErrNoDelete
}

// Close writes out what is buffered and gives the file its name. After a failed Write it
// returns that error, having removed the temporary file. A second call, or one after
// Abort, does nothing.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return nil
	}
	w.ended = true
	err := w.err
	if err == nil {
		err = w.flush()
	}
	switch {
	case w.file == nil:
	case err != nil:
		err = errors.Join(err, w.discard())
	default:
		err = w.publish()
	}
	w.err = errEnded
	if err != nil {
		return fmt.Errorf("close line-protocol file: %w", err)
	}
	return nil
}

// Abort gives up: the temporary file is removed, and what had its name before stays. After
// Close it does nothing, so it may be deferred.
func (w *Writer) Abort() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return nil
	}
	w.ended, w.err = true, errEnded
	if w.file == nil {
		return nil
	}
	if err := w.discard(); err != nil {
		return fmt.Errorf("abort line-protocol file: %w", err)
	}
	return nil
}

func (w *Writer) flush() error {
	if err := w.buf.Flush(); err != nil {
		return err
	}
	if w.gz != nil {
		return w.gz.Close()
	}
	return nil
}

func (w *Writer) publish() error {
	if w.path == "" {
		return w.file.Close()
	}
	err := errors.Join(w.file.Sync(), w.file.Close())
	if err == nil {
		err = os.Rename(w.file.Name(), w.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(w.file.Name()))
	}
	return nil
}

func (w *Writer) discard() error {
	err := w.file.Close()
	if w.path != "" {
		err = errors.Join(err, os.Remove(w.file.Name()))
	}
	return err
}

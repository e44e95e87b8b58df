package takeout

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// tarContainer reads a tar, packed by gzip or plain, from its start to its end: a member
// can only be read while it is visited.
type tarContainer struct {
	part part
	file *os.File
	in   counter
	buf  *bufio.Reader
	gzip *gzip.Reader // nil: a plain tar
	out  int64        // unpacked bytes of the archive so far

	stop   func() error // of the walk: reading through what nobody wants takes long, and must end, too
	broken error        // why nothing more can be read
}

func openTar(p part) (*tarContainer, error) {
	f, err := os.Open(p.path)
	if err != nil {
		return nil, reason(err)
	}
	t := &tarContainer{part: p, file: f, in: counter{r: f}}
	t.buf = bufio.NewReaderSize(&t.in, 256<<10)
	if p.format == formatTgz {
		if t.gzip, err = gzip.NewReader(t.buf); err != nil {
			return nil, errors.Join(fmt.Errorf("%w (%w)", errIncomplete, err), f.Close())
		}
	}
	return t, nil
}

func (t *tarContainer) serial() bool { return true }

func (t *tarContainer) Close() error { return t.file.Close() }

// taken is how many bytes of the file were used so far.
func (t *tarContainer) taken() int64 { return t.in.n - int64(t.buf.Buffered()) }

// Read gives the bytes of the tar within the limit for the whole.
func (t *tarContainer) Read(p []byte) (int, error) {
	if t.broken == nil {
		t.broken = t.stop()
	}
	if t.broken != nil {
		return 0, t.broken
	}
	var n int
	var err error
	if t.gzip != nil {
		n, err = t.gzip.Read(p)
	} else {
		n, err = t.buf.Read(p)
	}
	t.out += int64(n)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		t.broken = err
	case t.gzip != nil && beyond(t.out, t.taken(), freeTotal):
		t.broken = errTotal
	}
	if t.broken != nil {
		return n, t.broken
	}
	return n, err
}

func (t *tarContainer) walk(ctx context.Context, visit func(entry) error) error {
	t.stop = ctx.Err
	r := tar.NewReader(t)
	last, from := "", int64(0)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			err = t.drain()
			if err == nil {
				return nil
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) { // names are looked at one by one
			return visit(entry{Member: Member{Part: t.part.base}, after: last, err: tarError(err)})
		}
		e, ok := t.entry(r, h)
		if !ok {
			continue
		}
		e.stored, from = t.taken()-from, t.taken()
		last = e.Name
		if err := visit(e); err != nil {
			return err
		}
		if t.broken != nil { // the member has been told to break off
			return ctx.Err()
		}
	}
}

// entry makes an entry of a header; folders and what is no member at all are none.
func (t *tarContainer) entry(r *tar.Reader, h *tar.Header) (entry, bool) {
	e, folder := newEntry(t.part.base, h.Name, h.Size)
	switch h.Typeflag {
	case tar.TypeDir, tar.TypeXGlobalHeader:
		return entry{}, false
	case tar.TypeReg:
		if folder {
			return entry{}, false
		}
	case tar.TypeLink, tar.TypeSymlink:
		if e.err == nil {
			e.err = errLink
		}
	default:
		if e.err == nil {
			e.err = errSpecial
		}
	}
	if e.read == nil {
		start := t.taken()
		e.read = func(buf []byte) ([]byte, error) {
			buf, err := fill(buf, r, h.Size, func() int64 { return t.taken() - start })
			if errors.Is(err, io.ErrUnexpectedEOF) { // a plain tar just ends
				t.broken = err
			}
			return buf, tarError(err)
		}
	}
	return e, true
}

// drain reads what follows the last member: gzip tells only at its end whether all before
// it was right. Bytes behind the end of the archive are nobody's.
func (t *tarContainer) drain() error {
	if t.gzip == nil {
		return nil
	}
	_, err := io.Copy(io.Discard, t)
	if errors.Is(err, gzip.ErrHeader) {
		return nil
	}
	return err
}

// tarError puts the ways in which a tar breaks into words.
func tarError(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w (%w)", errCut, err)
	case errors.Is(err, gzip.ErrChecksum):
		return errChecksum
	case errors.Is(err, tar.ErrHeader), errors.Is(err, gzip.ErrHeader), errors.As(err, &corrupt):
		return fmt.Errorf("%w (%w)", errDamaged, err)
	}
	return reason(err)
}

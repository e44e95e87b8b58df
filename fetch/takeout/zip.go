package takeout

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/flate"
)

// zipContainer reads a zip by its directory: members in any order, by any goroutine.
type zipContainer struct {
	part     part
	file     *os.File
	members  []*zip.File
	unpacked atomic.Int64 // bytes of all members that were opened
}

func openZip(p part) (*zipContainer, error) {
	f, err := os.Open(p.path)
	if err != nil {
		return nil, reason(err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(reason(err), f.Close())
	}
	r, err := zip.NewReader(f, info.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are looked at one by one
		return nil, errors.Join(fmt.Errorf("%w (%w)", errDirectory, err), f.Close())
	}
	return &zipContainer{part: p, file: f, members: r.File}, nil
}

func (z *zipContainer) serial() bool { return false }

func (z *zipContainer) Close() error { return z.file.Close() }

func (z *zipContainer) walk(_ context.Context, visit func(entry) error) error {
	for _, f := range z.members {
		e, folder := newEntry(z.part.base, f.Name, declared(f.UncompressedSize64))
		if folder || f.Mode().IsDir() {
			continue
		}
		e.stored = min(declared(f.CompressedSize64), z.part.size)
		e.CRC, e.HasCRC = f.CRC32, true
		if mode := f.Mode(); e.err == nil && mode&fs.ModeSymlink != 0 {
			e.err = errLink
		} else if e.err == nil && !mode.IsRegular() {
			e.err = errSpecial
		}
		if e.read == nil {
			e.read = func(buf []byte) ([]byte, error) { return z.read(f, buf) }
		}
		if err := visit(e); err != nil {
			return err
		}
	}
	return nil
}

const encryptedFlag = 1 // of the general purpose flags: APPNOTE.TXT section 4.4.4

// read unpacks a member and checks it against what the directory says of it.
func (z *zipContainer) read(f *zip.File, buf []byte) ([]byte, error) {
	size, packed := declared(f.UncompressedSize64), declared(f.CompressedSize64)
	switch {
	case f.Flags&encryptedFlag != 0:
		return buf, errEncrypted
	case size > maxMember:
		return buf, errTooLarge
	case beyond(size, packed, freeRatio):
		return buf, errRatio
	case beyond(z.unpacked.Add(size), z.part.size, maxMember): // members that lie over each other
		return buf, errTotal
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return buf, fmt.Errorf("%w (%w)", errDamaged, err)
	}
	switch f.Method {
	case zip.Store:
		buf, err = fill(buf, raw, size, nil)
	case zip.Deflate:
		buf, err = inflate(buf, raw, size)
	default:
		return buf, fmt.Errorf("is packed by a method that is not read (%d): pack the archive again as an ordinary zip", f.Method)
	}
	if err == nil && crc32.ChecksumIEEE(buf) != f.CRC32 {
		return buf, errChecksum
	}
	return buf, err
}

// inflater unpacks one member at a time. Its tables are dear, so that it is kept.
type inflater struct {
	in  counter
	buf *bufio.Reader
	out io.ReadCloser
}

var inflaters = sync.Pool{New: func() any {
	i := &inflater{}
	i.buf = bufio.NewReaderSize(&i.in, 32<<10)
	i.out = flate.NewReader(i.buf)
	return i
}}

func inflate(buf []byte, raw io.Reader, size int64) ([]byte, error) {
	i := inflaters.Get().(*inflater)
	defer inflaters.Put(i)
	i.in = counter{r: raw}
	i.buf.Reset(&i.in)
	if err := i.out.(flate.Resetter).Reset(i.buf, nil); err != nil {
		return buf, err
	}
	buf, err := fill(buf, i.out, size, i.taken)
	i.in.r = bytes.NewReader(nil) // keeps no archive open
	return buf, unpackError(err)
}

// taken is how many packed bytes were used so far.
func (i *inflater) taken() int64 { return i.in.n - int64(i.buf.Buffered()) }

// unpackError tells damage of the packed bytes from what else a read may meet.
func unpackError(err error) error {
	var corrupt flate.CorruptInputError
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &corrupt) {
		return fmt.Errorf("%w (%w)", errDamaged, err)
	}
	if err != nil {
		return reason(err)
	}
	return nil
}

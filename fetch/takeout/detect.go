package takeout

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"

	"github.com/klauspost/compress/gzip"
)

// format is how a part holds its members.
type format int

const (
	formatZip format = iota
	formatTgz
	formatTar
	formatFolder
)

// headSize is how much of a file is looked at to tell what it is: a block of tar.
const headSize = 512

// detect tells the format of a file by its content; names lie.
func detect(path string) (format, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, fileError(path, err)
	}
	defer f.Close()
	in := bufio.NewReader(f)
	head, err := in.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, fileError(path, err)
	}
	looks := http.DetectContentType(head)
	switch {
	case len(head) == 0:
		return 0, &NotArchiveError{Path: path, Found: "empty"}
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return formatZip, nil
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return formatTgz, insideGzip(path, in)
	case !isTar(in):
		return 0, &NotArchiveError{Path: path, Found: looks}
	}
	return formatTar, nil
}

// insideGzip looks for a tar in a gzip file.
func insideGzip(path string, r io.Reader) error {
	var looks string
	z, err := gzip.NewReader(r)
	if err == nil {
		in := bufio.NewReader(z)
		var head []byte
		head, err = in.Peek(headSize)
		looks = http.DetectContentType(head)
		if empty := bytes.Equal(head, make([]byte, headSize)); empty || err == nil && isTar(in) {
			return nil // a tar without members begins with the zeros of its end
		}
	}
	if err != nil {
		return &NotArchiveError{Path: path, Found: fmt.Sprintf("a gzip file without a tar inside (%v)", err)}
	}
	return &NotArchiveError{Path: path, Found: "a gzip file without a tar inside, but " + looks}
}

// isTar reports whether a header of tar comes first. What breaks off behind a good one is
// an archive all the same, whose fault is told when it is read.
func isTar(in *bufio.Reader) bool {
	if _, err := in.Peek(headSize); err != nil {
		return false
	}
	_, err := tar.NewReader(in).Next()
	return !errors.Is(err, tar.ErrHeader) && !errors.Is(err, io.EOF)
}

// fileError names the file once.
func fileError(path string, err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return fmt.Errorf("%s: %w", printable(path), err)
}

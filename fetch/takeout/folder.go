package takeout

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"unicode/utf8"
)

// folderContainer reads an unpacked archive. Links in it are not followed, and nothing
// outside of it is opened.
type folderContainer struct {
	part part
	root *os.Root
}

func openFolder(p part) (*folderContainer, error) {
	root, err := os.OpenRoot(p.path)
	if err != nil {
		return nil, reason(err)
	}
	return &folderContainer{part: p, root: root}, nil
}

func (f *folderContainer) serial() bool { return false }

func (f *folderContainer) Close() error { return f.root.Close() }

func (f *folderContainer) walk(_ context.Context, visit func(entry) error) error {
	return fs.WalkDir(f.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil { // of a folder that cannot be listed; the others are
			return visit(f.refused(name, reason(err)))
		}
		if d.IsDir() {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return visit(f.refused(name, reason(err)))
		}
		e, _ := newEntry(f.part.base, name, info.Size())
		e.stored = info.Size()
		switch {
		case e.err != nil:
		case info.Mode()&fs.ModeSymlink != 0:
			e.err = errLink
		case !info.Mode().IsRegular():
			e.err = errSpecial
		case e.read == nil:
			e.read = func(buf []byte) ([]byte, error) { return f.read(name, info, buf) }
		}
		return visit(e)
	})
}

func (f *folderContainer) refused(name string, err error) entry {
	if !utf8.ValidString(name) {
		err = errNotUTF8
	}
	return entry{Member: Member{Part: f.part.base, Name: printable(name)}, err: err}
}

// read reads a file if it is still the one that was listed.
func (f *folderContainer) read(name string, listed fs.FileInfo, buf []byte) ([]byte, error) {
	if listed.Size() > maxMember {
		return buf, errTooLarge
	}
	file, err := f.root.Open(name)
	if err != nil {
		return buf, reason(err)
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !os.SameFile(info, listed) || info.Size() != listed.Size() {
		return buf, errors.Join(errChanged, err)
	}
	buf, err = fill(buf, file, listed.Size(), nil)
	if errors.Is(err, errLonger) || errors.Is(err, errShorter) {
		err = errChanged
	}
	return buf, err
}

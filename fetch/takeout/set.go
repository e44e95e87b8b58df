// Package takeout reads archives of Google Takeout and of the Fitbit site.
package takeout

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Set is one archive: a file, an unpacked folder, or all parts of one Takeout.
type Set struct {
	Name  string    // "takeout-20240620T101500Z", or the base name without .zip, .tgz, .tar.gz or .tar
	Stamp time.Time // UTC, when the archive was ordered; zero: its name does not tell
	parts []part
	done  *atomic.Int64
}

// part is one container of a set.
type part struct {
	path   string
	base   string
	format format
	size   int64 // bytes on the disk
}

// Size returns how many bytes the parts take on the disk.
func (s Set) Size() int64 {
	var n int64
	for _, p := range s.parts {
		n += p.size
	}
	return n
}

// Done returns how many of these bytes the running Read is through with. It may be called
// at any time.
func (s Set) Done() int64 { return min(s.done.Load(), s.Size()) }

// Parts returns the base names of the parts, in the order in which they are read.
func (s Set) Parts() []string {
	var out []string
	for _, p := range s.parts {
		out = append(out, p.base)
	}
	return out
}

// Find finds the archives that paths name: files, and folders that hold archives, unpacked
// parts or an unpacked archive. Parts of one Takeout make one set, wherever they lie; sets
// come in the order in which they were named. A path that is no archive, or that cannot be
// read, is told in the error (NotArchiveError, or with fs.ErrNotExist and the like inside;
// joined where there are several), beside the sets that the other paths gave.
func Find(paths []string) ([]Set, error) {
	var found finder
	for _, path := range paths {
		found.errs = append(found.errs, found.path(path))
	}
	for _, s := range found.sets {
		slices.SortStableFunc(s.parts, func(a, b part) int { return cmp.Compare(a.base, b.base) })
	}
	return found.sets, errors.Join(found.errs...)
}

// finder gathers sets, and what was no archive.
type finder struct {
	sets []Set
	seen []fs.FileInfo
	errs []error
}

// path takes what a person named. A link is followed here, and nowhere else.
func (f *finder) path(path string) error {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return fileError(path, err)
	}
	info, err := os.Stat(absolute)
	switch {
	case err != nil:
		return fileError(path, err)
	case info.IsDir():
		return f.folder(absolute)
	}
	return f.file(absolute, info)
}

func (f *finder) file(path string, info fs.FileInfo) error {
	if info.Mode()&fs.ModeSymlink != 0 {
		return &NotArchiveError{Path: path, Found: "a link, which is not followed in a folder"}
	}
	if !info.Mode().IsRegular() {
		return &NotArchiveError{Path: path, Found: "a device, a pipe or the like"}
	}
	format, err := detect(path)
	if err != nil {
		return err
	}
	f.add(part{path: path, base: filepath.Base(path), format: format, size: info.Size()}, info)
	return nil
}

// folder takes a folder as what it holds: archives and unpacked parts, or else members.
func (f *finder) folder(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return fileError(path, err)
	}
	holds := slices.DeleteFunc(slices.Clone(entries), func(d fs.DirEntry) bool { return !isPart(d) })
	if len(holds) == 0 || slices.ContainsFunc(entries, isRoot) {
		return f.unpacked(path)
	}
	for _, d := range holds {
		inner := filepath.Join(path, d.Name())
		info, err := os.Lstat(inner)
		switch {
		case err != nil:
			err = fileError(inner, err)
		case info.IsDir():
			err = f.unpacked(inner)
		default:
			err = f.file(inner, info)
		}
		f.errs = append(f.errs, err)
	}
	return nil
}

// unpacked takes a folder as an unpacked archive.
func (f *finder) unpacked(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fileError(path, err)
	}
	var size int64
	_ = filepath.WalkDir(path+string(filepath.Separator), func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // Read tells it
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
		return nil
	})
	f.add(part{path: path, base: filepath.Base(path), format: formatFolder, size: size}, info)
	return nil
}

// add puts a part to its set. The same file or folder named twice counts once.
func (f *finder) add(p part, info fs.FileInfo) {
	if slices.ContainsFunc(f.seen, func(other fs.FileInfo) bool { return os.SameFile(info, other) }) {
		return
	}
	f.seen = append(f.seen, info)
	name, stamp := nameOf(p)
	if i := slices.IndexFunc(f.sets, func(s Set) bool { return !stamp.IsZero() && s.Stamp.Equal(stamp) }); i >= 0 {
		f.sets[i].parts = append(f.sets[i].parts, p)
		return
	}
	f.sets = append(f.sets, Set{Name: name, Stamp: stamp, parts: []part{p}, done: new(atomic.Int64)})
}

// stamped matches the name of a part: takeout-20240620T101500Z-001, with -1-001, and with
// what browsers append to a second download (takeout-archive.md section 2).
var stamped = regexp.MustCompile(`(?i)^takeout-(\d{8}T\d{6}Z)([^0-9A-Za-z].*)?$`)

const stampLayout = "20060102T150405Z"

// stampOf reads when an archive was ordered from the name of a part.
func stampOf(base string) time.Time {
	match := stamped.FindStringSubmatch(base)
	if match == nil {
		return time.Time{}
	}
	at, err := time.Parse(stampLayout, strings.ToUpper(match[1]))
	if err != nil {
		return time.Time{}
	}
	return at
}

// nameOf names the set of a part. The folder Takeout of an unpacked part has its name one
// level up.
func nameOf(p part) (string, time.Time) {
	at := stampOf(p.base)
	if at.IsZero() && p.format == formatFolder && isRootName(p.base) {
		at = stampOf(filepath.Base(filepath.Dir(p.path)))
	}
	if !at.IsZero() {
		return "takeout-" + at.Format(stampLayout), at
	}
	if p.format == formatFolder {
		return p.base, at
	}
	return strings.TrimSuffix(p.base, suffixOf(p.base)), at
}

// suffixOf returns what a name ends in if that is an archive's, as it is spelt.
func suffixOf(base string) string {
	for _, suffix := range []string{".zip", ".tgz", ".tar.gz", ".tar"} {
		if len(base) > len(suffix) && strings.EqualFold(base[len(base)-len(suffix):], suffix) {
			return base[len(base)-len(suffix):]
		}
	}
	return ""
}

// isPart reports whether a folder's entry is an archive, or an unpacked part, by its name.
func isPart(d fs.DirEntry) bool {
	if d.IsDir() {
		return !stampOf(d.Name()).IsZero()
	}
	return suffixOf(d.Name()) != ""
}

// isRoot reports whether a folder's entry is the top folder of an unpacked archive.
func isRoot(d fs.DirEntry) bool { return d.IsDir() && isRootName(d.Name()) }

func isRootName(name string) bool {
	return slices.ContainsFunc([]string{"Takeout", "Fitbit", "Google Health"}, func(root string) bool {
		return strings.EqualFold(root, name)
	})
}

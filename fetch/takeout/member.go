package takeout

import (
	"math"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Member is one file inside an archive.
type Member struct {
	Part   string // base name of the part that holds it
	Name   string // path inside the archive, cleaned, with forward slashes and valid UTF-8
	Size   int64  // unpacked bytes, as declared
	CRC    uint32 // CRC-32 (IEEE) of the content, as declared
	HasCRC bool   // only zip declares one
}

// entry is a member as a container meets it.
type entry struct {
	Member
	stored int64  // bytes of the container that it takes
	err    error  // it is refused, whoever wants it; of the part where there is no name
	after  string // of an error of the part: the last member before it

	// read appends the content to buf. It checks the declared size, and the limits.
	read func(buf []byte) ([]byte, error)
}

// newEntry names an entry of a part; folders are no entries. A name that leads out of the
// archive is refused, as no reader can tell what it stands for.
func newEntry(part, raw string, size int64) (e entry, folder bool) {
	e.Part, e.Size = part, size
	name, folder, err := cleanName(raw)
	if err != nil {
		e.Name, e.err = printable(raw), err
		return e, false
	}
	if e.Name = name; !utf8.ValidString(name) {
		e.Name = strings.ToValidUTF8(name, string(utf8.RuneError))
		e.read = func(buf []byte) ([]byte, error) { return buf, errNotUTF8 }
	}
	return e, folder
}

// cleanName brings the name of a member to its plain form, or refuses it. Archives that
// were packed again by hand may have backslashes as separators (takeout-archive.md section
// 2). A name that ends in a separator is a folder's.
func cleanName(raw string) (name string, folder bool, err error) {
	name = strings.ReplaceAll(raw, `\`, "/")
	drive := len(name) > 1 && name[1] == ':' && unicode.IsLetter(rune(name[0]))
	switch {
	case name == "":
		return "", false, errNameless
	case strings.ContainsFunc(name, unicode.IsControl):
		return "", false, errControl
	case strings.HasPrefix(name, "/") || drive:
		return "", false, errAbsolute
	}
	for element := range strings.SplitSeq(name, "/") {
		if element == ".." {
			return "", false, errClimbs
		}
	}
	folder = strings.HasSuffix(name, "/")
	name = path.Clean(name)
	return name, folder || name == ".", nil
}

// declared is a size as Go counts: what no machine could hold is the largest there is.
func declared(size uint64) int64 { return int64(min(size, math.MaxInt64)) }

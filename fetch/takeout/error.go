package takeout

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NotArchiveError says that a path names something that no archive is.
type NotArchiveError struct {
	Path  string
	Found string // what it is instead
}

func (e *NotArchiveError) Error() string {
	const remedy = "give a Takeout or account archive (.zip or .tgz), or the folder it was unpacked to"
	return fmt.Sprintf("%s: is no archive but %s: %s", printable(e.Path), e.Found, remedy)
}

// MemberError says why a member could not be read, or why a part broke off.
type MemberError struct {
	Part  string // base name of the part
	Name  string // of the member, printable; "": the part itself is at fault
	After string // where a part broke off: the last member that was reached, "" when none was
	Err   error
}

func (e *MemberError) Error() string {
	s := printable(e.Part)
	if e.Name != "" {
		s += ": " + e.Name
	}
	if e.After != "" {
		s += ": after " + e.After
	}
	return s + ": " + e.Err.Error()
}

func (e *MemberError) Unwrap() error { return e.Err }

// What is wrong with a member or a part, in words that complete its name.
var (
	errAbsolute   = errors.New("its name is absolute: refused")
	errClimbs     = errors.New("its name climbs out of the archive with ..: refused")
	errControl    = errors.New("its name holds a NUL or another control character: refused")
	errNameless   = errors.New("a member has no name: refused")
	errNotUTF8    = errors.New("its name is not UTF-8: pack the archive again with a tool that writes such names")
	errLink       = errors.New("is a link: refused, links are not followed")
	errSpecial    = errors.New("is neither a file nor a folder (a device, pipe or the like): refused")
	errEncrypted  = errors.New("is encrypted: unpack the archive with its password and import the folder")
	errDuplicate  = errors.New("duplicate name: another content under this name came before it, which is kept")
	errTwice      = errors.New("duplicate name: the archive holds this name twice, the first is kept")
	errChecksum   = errors.New("its checksum is wrong: the archive is damaged, download it again")
	errCut        = errors.New("the archive is cut off here: download it again")
	errDamaged    = errors.New("is damaged: download it again")
	errLonger     = errors.New("holds more bytes than the archive declares: refused")
	errShorter    = errors.New("holds fewer bytes than the archive declares: the archive is damaged, download it again")
	errDirectory  = errors.New("its directory at the end is missing or damaged: download it again")
	errIncomplete = errors.New("it is cut off before its first member: download it again")
	errChanged    = errors.New("changed while it was read: import the folder again")
)

// reason takes the path out of an error of the file system, for a member's error names it.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("cannot be read: %w", path.Err)
	}
	return err
}

// printable makes a name fit for a message: what is not plain UTF-8 text is quoted.
func printable(name string) string {
	plain := utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
	if plain {
		return name
	}
	return strconv.Quote(name)
}

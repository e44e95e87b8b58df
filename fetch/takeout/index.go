package takeout

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"path"
	"strconv"
	"strings"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// key tells members apart. Two that share one are the same file: folders and parts differ
// between exports, base names do not (takeout-archive.md section 1).
type key struct {
	family, base, zone string
	size               int64
	crc                uint32
}

// kept is a member that is in the vault, or on its way there.
type kept struct {
	had    [32]byte // SHA-256 of what the vault had before; zero: it had none
	held   store.Held
	unread bool // it does not read
}

// The members of a Header.
const (
	headArchive = "archive"
	headPart    = "part"
	headStamp   = "stamp"
	headCRC     = "crc32" // as %08x
	headBytes   = "size"
)

func (p *pass) header(m Member, body []byte) map[string]string {
	h := map[string]string{headArchive: p.set.Name, headPart: m.Part,
		headCRC: fmt.Sprintf("%08x", checksum(m, body)), headBytes: strconv.Itoa(len(body))}
	if !p.set.Stamp.IsZero() {
		h[headStamp] = p.set.Stamp.Format(time.RFC3339)
	}
	return h
}

// checksum is the CRC-32 of a member, which a zip has checked already.
func checksum(m Member, body []byte) uint32 {
	if m.HasCRC {
		return m.CRC
	}
	return crc32.ChecksumIEEE(body)
}

func (p *pass) keyOf(family string, m Member, body []byte) key {
	return key{family, path.Base(m.Name), p.archive.Zone, int64(len(body)), checksum(m, body)}
}

// know reads what the vault holds of archives, and finds the archive whose import was cut
// off.
func (p *pass) know(ctx context.Context) error {
	staged, err := p.Store.Staged(ctx)
	if err != nil {
		return err
	}
	for _, s := range staged {
		crc, err := strconv.ParseUint(s.Header[headCRC], 16, 32)
		size, serr := strconv.ParseInt(s.Header[headBytes], 10, 64)
		if err != nil || serr != nil {
			return fmt.Errorf("response %d of the vault: its size or checksum is lost", s.Held.Response)
		}
		k := key{s.Family, path.Base(s.Path), s.Zone, size, uint32(crc)}
		if use, f := p.classified(within(s.Path)); s.Family == unknownFamily && use == catalog.Read {
			named := k
			named.family = f.Name
			p.outgrown[named] = path.Base(s.Path)
		}
		if old := p.known[k]; old == nil || old.unread { // one that reads is worth more
			p.known[k] = &kept{had: s.Sum, held: s.Held, unread: s.Unread}
		}
	}
	all, err := p.Store.Archives(ctx)
	for _, a := range all {
		if !a.Whole && a.Name == p.archive.Name && a.Stamp.Equal(p.archive.Stamp) && a.Zone == p.archive.Zone {
			p.archive.ID = a.ID
		}
	}
	return err
}

// within returns the name of a member within its part, of the path that it is staged with.
func within(path string) string {
	_, name, _ := strings.Cut(path, "/")
	return name
}

// claim finds a member that is known. If there is none, or only one that does not read, it
// is the caller's to stage: fresh.
func (p *pass) claim(id key, body []byte) (k *kept, fresh bool) {
	p.mu.Lock()
	k = p.known[id]
	if k == nil || k.unread && k.had != [32]byte{} {
		k = &kept{had: k.sum()}
		p.known[id] = k
		p.mu.Unlock()
		return k, true
	}
	p.mu.Unlock()
	if had := k.had; had != [32]byte{} && sha256.Sum256(body) != had { // another file of the same checksum
		return &kept{}, true
	}
	return k, false
}

func (k *kept) sum() [32]byte {
	if k == nil {
		return [32]byte{}
	}
	return k.had
}

// want chooses what has to be read: neither what stays closed or is no data, nor a member of
// a zip that the vault holds.
func (p *pass) want(m Member) bool {
	use, family := p.classified(m.Name)
	if !p.opens(use, family, m) {
		return false
	}
	if !m.HasCRC || use != catalog.Read {
		return true
	}
	p.mu.Lock()
	k := p.known[key{family.Name, path.Base(m.Name), p.archive.Zone, m.Size, m.CRC}]
	first, again := p.skipped[m.Name]
	skip := k != nil && k.had != [32]byte{} && !k.unread
	if skip && !again {
		p.skipped[m.Name] = m
	}
	p.mu.Unlock()
	switch {
	case again && first.Part == m.Part:
		p.fail(m, m.wrong(errTwice))
	case again && (first.Size != m.Size || first.CRC != m.CRC):
		p.fail(m, m.wrong(errDuplicate))
	case skip && !again:
		p.gather(family, m, k, false)
	}
	return !skip && !again
}

// opens reports whether a member may be opened by its name, and counts what may not.
func (p *pass) opens(use catalog.Use, family catalog.Family, m Member) bool {
	var why LeftOut
	switch use {
	case catalog.Read, catalog.Unknown:
		return true
	case catalog.Closed:
		why = LeftOut{Reason: leftClosed, What: family.Name}
	case catalog.Note:
		why = LeftOut{Reason: leftNote}
	default:
		why = LeftOut{Reason: leftForeign}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left[why]++
	return false
}

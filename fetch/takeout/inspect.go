package takeout

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"fitvault/store"
	"fitvault/store/catalog"
)

// unknownFamily is the name under which members of no known family are staged.
const unknownFamily = "unknown"

// unknownReason says why these do not read.
func unknownReason(base string) string { return "unknown family " + base }

var bom = []byte("\xef\xbb\xbf")

// errNotText says that a member is damaged: all families are text.
var errNotText = errors.New("is not UTF-8 text")

// look checks a member, and finds the days under which its records are filed. An error means
// that it will not read.
func (p *pass) look(use catalog.Use, f catalog.Family, m Member, body []byte) ([]catalog.Span, error) {
	if use == catalog.Unknown {
		return nil, errors.New(unknownReason(path.Base(m.Name)))
	}
	if !utf8.Valid(body) {
		return nil, errNotText
	}
	if strings.EqualFold(path.Ext(m.Name), ".json") {
		if err := checkJSON(body); err != nil {
			return nil, err
		}
	}
	if f.Held == nil {
		return []catalog.Span{f.Covers(m.Name)}, nil
	}
	days, err := f.Held(catalog.Body{JSON: body, Path: m.Name,
		Archive: catalog.Archive{Home: p.about.Zone, Taken: p.archive.Taken, Height: p.about.Height}})
	return catalog.Runs(days), err
}

// checkJSON finds a document that is cut off or no JSON. Of an empty file there is nothing
// to read.
func checkJSON(body []byte) error {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, bom))
	if len(body) == 0 || whole(body) || json.Valid(body) {
		return nil
	}
	var document json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&document); errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("its JSON is cut off")
	}
	return fmt.Errorf("is not JSON: %w", json.Unmarshal(body, &document))
}

// whole reports that a list of objects ends where it began, by its brackets alone: that is
// true of most of an archive, and reading it to the last letter costs a sixth of an import.
// Readers find what else may be wrong. Where a text holds brackets it may be false.
func whole(body []byte) bool {
	count := func(b string) int { return bytes.Count(body, []byte(b)) }
	return body[0] == '[' && body[len(body)-1] == ']' && count("{") > 0 && count("{") == count("}") && count("[") == count("]")
}

// always are more days than any archive has.
var always = catalog.Span{From: -1 << 30, To: 1 << 30}

// heldOf is what a member is the truth for, by its name and by what it holds, within the
// days that the archive has.
func heldOf(covers catalog.Span, days []catalog.Span, within catalog.Span) (h store.Held) {
	said := covers.Cut(within)
	for _, d := range days {
		d = d.Cut(within)
		if d.Empty() {
			continue
		}
		h.Days = append(h.Days, store.Dates{d.From.String(), d.To.String()})
		if said.Empty() {
			said = d
		}
		said = catalog.Span{From: min(said.From, d.From), To: max(said.To, d.To)}
	}
	if !said.Empty() {
		h.From, h.To = said.From.String(), said.To.String()
	}
	return h
}

// gathered are the members that an archive has of a family.
type gathered struct {
	family  catalog.Family
	order   []*kept
	covers  map[*kept]catalog.Span // what their names say
	members int
	fresh   *int // members that the vault did not hold
	bytes   int64
	said    catalog.Span // all the days that they tell of
}

func (p *pass) gather(f catalog.Family, m Member, k *kept, fresh bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.family(f)
	if _, twice := g.covers[k]; !twice {
		g.order = append(g.order, k)
		g.covers[k] = f.Covers(m.Name)
	}
	g.count(m)
	if g.fresh == nil {
		g.fresh = new(int)
	}
	if fresh {
		*g.fresh++
	}
	p.advance(m)
}

// family returns what is gathered of a family. The caller holds mu.
func (p *pass) family(f catalog.Family) *gathered {
	g := p.families[f.Name]
	if g == nil {
		g = &gathered{family: f, covers: map[*kept]catalog.Span{}}
		p.families[f.Name] = g
	}
	return g
}

func (g *gathered) count(m Member) {
	g.members++
	g.bytes += m.Size
}

// advance tells how far the import is. The caller holds mu.
func (p *pass) advance(m Member) {
	p.files++
	p.bytes += m.Size
	if p.Progress != nil {
		p.Progress(Progress{Done: p.set.Done(), Total: p.set.Size(), Files: p.files, Bytes: p.bytes, Member: m.Name})
	}
}

// fail notes a member that could not be read.
func (p *pass) fail(m Member, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report.Failures = append(p.report.Failures, Failure{Member: m, Err: err})
	p.advance(m)
}

// refuse notes a member whose content will not read, and returns why, with its name.
func (p *pass) refuse(use catalog.Use, m Member, k *kept, fault error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	k.unread = true
	if use == catalog.Unknown {
		p.left[LeftOut{Reason: leftUnknown, What: path.Base(m.Name)}]++
	} else {
		fault = m.wrong(fault)
		p.report.Failures = append(p.report.Failures, Failure{Member: m, Err: fault, Kept: true})
	}
	p.advance(m)
	return fault
}

// glance chooses the members that an inspection opens: those whose names tell no date.
func (p *pass) glance(m Member) bool {
	use, f := p.classified(m.Name)
	if !p.opens(use, f, m) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	covers := f.Covers(m.Name)
	switch {
	case use == catalog.Unknown:
		p.left[LeftOut{Reason: leftUnknown, What: path.Base(m.Name)}]++
		return false
	case f.Held != nil && covers.Empty() && p.about.Zone != nil:
		return true
	}
	g := p.family(f)
	g.count(m)
	g.tell(covers.Cut(p.days()))
	return false
}

// inspect finds the days of a member that was opened.
func (p *pass) inspect(m Member, body []byte, err error) {
	_, f := p.classified(m.Name)
	var days []catalog.Span
	if err == nil {
		if days, err = p.look(catalog.Read, f, m, body); err != nil {
			err = m.wrong(err)
		}
	}
	if err != nil {
		p.fail(m, err)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.family(f)
	g.count(m)
	for _, d := range days {
		g.tell(d.Cut(p.days()))
	}
	p.advance(m)
}

// tell adds to the days that the members tell of.
func (g *gathered) tell(s catalog.Span) {
	switch {
	case s.Empty():
	case g.said.Empty():
		g.said = s
	default:
		g.said = catalog.Span{From: min(g.said.From, s.From), To: max(g.said.To, s.To)}
	}
}

// days are those that the archive has: up to the one on which it was made.
func (p *pass) days() catalog.Span {
	taken := p.archive.Taken
	if p.about.Zone != nil {
		taken = taken.In(p.about.Zone)
	}
	return catalog.Span{From: always.From, To: catalog.DayOf(taken) + 1}
}

// wrong names the member that an error is about.
func (m Member) wrong(err error) error {
	return &MemberError{Part: printable(m.Part), Name: printable(m.Name), Err: err}
}

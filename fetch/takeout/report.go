package takeout

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// Report is what an archive holds, and what an import did with it.
type Report struct {
	store.Tally // staged now
	Archive     string
	Parts       []string  // base names
	Stamp       time.Time // when it was ordered; zero: its name does not tell
	Zone        string    // IANA name; "": nothing tells it
	ZoneFrom    string    // how the zone is known, as store.ZoneEntry.How; "": by the vault
	Changed     bool      // the vault knows more now
	Families    []FamilyReport
	Left        []LeftOut
	Failures    []Failure
}

// FamilyReport sums up the members of a family.
type FamilyReport struct {
	Family  string
	Members int
	New     *int         // that the vault did not hold; nil: it was not compared
	Bytes   int64        // of all of them, unpacked
	Days    catalog.Span // from the first to the last that they tell of; empty: none
}

// LeftOut counts members that are not read.
type LeftOut struct {
	Reason string
	What   string // the family of what stays closed, the base name of what is unknown
	Count  int
}

// Why members are left out.
const (
	leftClosed  = "closed"  // never opened: personal, of no use, or too large for that
	leftNote    = "note"    // tells of the archive
	leftForeign = "foreign" // of another product
	leftUnknown = "unknown" // of no known family; kept, for a later version to read
)

// Failure is a member, or a part, that could not be read.
type Failure struct {
	Member Member
	Err    error // *MemberError
	Kept   bool  // its bytes are in the vault
}

func (f Failure) Error() string { return f.Err.Error() }

// foreign reports whether nothing in the archive is Fitbit's.
func (p *pass) foreign() bool { return !p.about.Holds && len(p.report.Failures) == 0 }

// summarise brings what was gathered into the report, in one order for one archive.
func (p *pass) summarise() {
	r := &p.report
	for _, name := range slices.Sorted(maps.Keys(p.families)) {
		g := p.families[name]
		r.Families = append(r.Families, FamilyReport{name, g.members, g.fresh, g.bytes, g.said})
	}
	for left, n := range p.left {
		left.Count = n
		r.Left = append(r.Left, left)
	}
	slices.SortFunc(r.Left, func(a, b LeftOut) int { return cmp.Or(cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.What, b.What)) })
	slices.SortStableFunc(r.Failures, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(a.Member.Part, b.Member.Part), cmp.Compare(a.Member.Name, b.Member.Name))
	})
}

// Package catalog says, for each type of data and each source, how it is asked for and
// how an answer reads as points. It is one table and pure functions: no clock, no I/O,
// no state, nothing but the standard library. Same body and zones, same points, for ever.
package catalog

import (
	"fmt"
	"slices"
	"time"
)

// Source names where data comes from.
type Source string

// The sources.
const (
	Fitbit Source = "fitbit" // the legacy Fitbit Web API
	Google Source = "google" // the Google Health API

	Takeout Source = "takeout" // archives, of Google Takeout and of the Fitbit site
)

// Sources lists every source, in the order in which they are preferred for a day that
// several of them hold.
func Sources() []Source { return []Source{Fitbit, Google, Takeout} }

// APIs lists the sources that are asked, with a sign-in.
func APIs() []Source { return []Source{Fitbit, Google} }

// Pads reports whether the source fills days after a tracker's last sync with zeros. The
// Google Health API holds only what was measured (google-health-api.md section 6.4).
func (s Source) Pads() bool { return s == Fitbit }

// Scarce reports whether the calls to an API are held by a small budget of the hour
// (fitbit-web-api.md section 2).
func (s Source) Scarce() bool { return s == Fitbit }

// Group names a set of types for --type.
type Group string

// The groups.
const (
	Daily    Group = "daily"    // one value a day
	Night    Group = "night"    // what is measured asleep
	Intraday Group = "intraday" // values within the day
	Logs     Group = "logs"     // what a person or a scale enters
	Account  Group = "account"  // profile and devices, read at every start
)

// Groups lists every group, also one that has no type yet.
func Groups() []Group { return []Group{Daily, Night, Intraday, Logs, Account} }

// Type is one kind of data. It is named after the measurement it feeds, or
// measurement.field where several types feed one.
type Type struct {
	Name   string
	Series *Series // nil for what is staged and not read to points
	Group  Group

	// Settle is how many days after its end a day may still change (design section 6).
	Settle int

	// Worn marks what a tracker measures. Where the source pads, the days after the last
	// sync are not exported.
	Worn bool

	// Named marks what is asked for only where --type names it or says all: it costs much and
	// tells little.
	Named bool

	Fitbit, Google *Origin   // nil where the source does not have the type
	Takeout        []*Origin // the copies of it that an archive holds, the best first
}

// Origin is how one source serves a type.
type Origin struct {
	Ask Ask

	// From names the type in whose answers this one is found; Ask is then zero. A night's
	// stages, for one, come with the night. Of an archive it names the Family.
	From string

	// Each names the type that this one is asked for one by one: Ask.Path holds {id}, and
	// Tracks finds the ids in that type's answers. An exercise's GPS track is one.
	Each string

	// Guide names the type whose answers tell the days on which this one holds something
	// (Guided): it is asked for no others.
	Guide string

	// Evidence says that the newest point of the type tells when a tracker last synced, for
	// a person whose devices do not tell it.
	Evidence bool

	Profile ProfileReader // nil unless the answers tell of the person
	Owner   bool          // they tell whose sign-in it is
	Synced  SyncReader    // nil unless they tell when devices synced

	Read    Reader   // nil when Series is, or where Join reads
	Join    Joiner   // reads pages of an archive that tell only together what they hold
	Whole   bool     // Join is given all of them, not only those that hold the days asked for
	Gather  Gatherer // nil where points of different pages do not bear on each other
	Version int      // of all three: raise it when the same body reads differently, and export replays the type
}

// Points reports whether the origin is read to points.
func (o *Origin) Points() bool { return o.Read != nil || o.Join != nil }

// Op is the operation by which the Google Health API is asked (google-health-api.md
// section 5).
type Op string

// The operations. Get is the path as it is, for both sources.
const (
	Get         Op = ""
	List        Op = "list"        // every stored record, with its source
	Reconcile   Op = "reconcile"   // one merged stream, as the app shows it
	RollUp      Op = "rollUp"      // sums over windows of equal length
	DailyRollUp Op = "dailyRollUp" // sums over civil days
)

// The operations of the legacy Web API beside Get (fitbit-web-api.md sections 5.4, 5.7).
const (
	Samples Op = "samples" // one day in seconds or minutes; who may not have them gets a total without them
	Cursor  Op = "cursor"  // a list, oldest first, from a day on, by the addresses that its pages tell
)

// Ask is how a source is asked for a type.
type Ask struct {
	Op Op

	// Path is the path of the question. In one of the legacy Web API {from} and {to} stand
	// for the first and the last day, both included; in one asked for each element {id}
	// stands for that.
	Path string

	// Days is the longest range of one question, in days, both ends included; 0: the type
	// has no range, its answer is the state now. A type with Each has no range either, but
	// is no state: its Days is 1, the day under which the element is filed.
	Days int

	// Refresh is how old an answer over a day that is not over may grow before it is asked for
	// again, where calls are scarce; 0: twelve hours.
	Refresh time.Duration

	Filter   string        // of List and Reconcile: the member that chooses the range
	OpenEnd  bool          // the range has no end: what lies after the window is in the answer too
	PageSize int           // of List, Reconcile and Cursor: how many elements a page may hold
	Every    time.Duration // of RollUp: the length of a window

	Scope string // the permissions it needs, with blanks between; "": any

	// Root is the member of the answer that holds the list of elements, or the only one;
	// empty when the answer itself is the list. Value is an element's member that holds its value, "" when
	// that is the element itself. DateKey is the member of either that tells the date;
	// empty where none does, and all is of the one day that was asked for.
	Root, Value, DateKey string

	// Dense says that a non-empty answer has an element for every day asked, so that a
	// missing day means an answer that was cut short.
	Dense bool

	// Version is raised when the question changes, so that one that the source refused
	// for good is tried again.
	Version int
}

// Snapshot reports whether the ask has no range.
func (a Ask) Snapshot() bool { return a.Days == 0 }

// Spills reports whether an answer may hold days after those asked for.
func (a Ask) Spills() bool { return a.OpenEnd || a.Op == DailyRollUp || a.Op == Cursor }

// SpillsBack reports whether an answer may hold days before those asked for.
func (a Ask) SpillsBack() bool { return a.Op == Cursor }

// Body is one answer, or member of an archive, to be read.
type Body struct {
	JSON  []byte // or XML, for a GPS track, or CSV, of an archive
	Path  string // of the request that it answers, or of the member within its archive
	Day   Day    // the first that it was asked for, of a state the one on which it was read, of a GPS track that of its exercise
	Zones Zones

	Archive // of a member
}

// Archive is what the members of an archive have in common.
type Archive struct {
	Home   *time.Location // the zone of its profile: by its midnights minutes and samples are filed under days
	Taken  time.Time      // when it was made: what lies after it is padding
	Height float64        // of the person, metres; 0: not known
}

// Reader turns an answer into native points, in any order. It is pure. An error means
// that the answer is not of the shape that the source documents; an unknown name in it
// is data, not an error.
type Reader func(Body) ([]Point, error)

// Joiner reads members of an archive together. Like a Reader it is pure.
type Joiner func([]Body) ([]Point, error)

// Gatherer settles what concerns the points of all pages of an answer together, or of all
// members of an archive that hold a day; those of another day are never given apart from
// each other. It is pure, and may change the points that it is given.
type Gatherer func([]Point, Archive, Zones) []Point

// Origin returns how an API serves the type, or nil.
func (t Type) Origin(s Source) *Origin {
	switch s {
	case Fitbit:
		return t.Fitbit
	case Google:
		return t.Google
	}
	return nil
}

// Origins returns every way in which a source serves the type, the best first.
func (t Type) Origins(s Source) []*Origin {
	if s == Takeout {
		return t.Takeout
	}
	if o := t.Origin(s); o != nil {
		return []*Origin{o}
	}
	return nil
}

// StagedAs returns the name under which the answers of one of the type's origins are
// staged.
func (t Type) StagedAs(o *Origin) string {
	if o.From != "" {
		return o.From
	}
	return t.Name
}

// Staged returns the name of the type under which an API's answers for t are staged, or ""
// when the API does not have it.
func (t Type) Staged(s Source) string {
	o := t.Origin(s)
	if o == nil {
		return ""
	}
	return t.StagedAs(o)
}

// Read reads the pages of an answer as points of the type, and gathers them. Pages of one
// answer are read in the same zones.
func (t Type) Read(o *Origin, pages ...Body) ([]Point, error) {
	points, err := t.ReadPages(o, pages...)
	if err != nil || len(points) == 0 {
		return nil, err
	}
	return t.Gather(o, points, pages[0].Archive, pages[0].Zones)
}

// ReadPages reads pages as points that are still to be gathered.
func (t Type) ReadPages(o *Origin, pages ...Body) ([]Point, error) {
	var points []Point
	var err error
	switch {
	case o == nil || !o.Points():
		return nil, fmt.Errorf("%s from there is not read to points", t.Name)
	case o.Join != nil:
		points, err = o.Join(pages)
	default:
		points, err = readAll(o.Read, pages)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.Name, err)
	}
	return points, nil
}

func readAll(read Reader, pages []Body) (points []Point, _ error) {
	for _, b := range pages {
		more, err := read(b)
		if err != nil {
			return nil, err
		}
		if points == nil {
			points = more
			continue
		}
		points = append(points, more...)
	}
	return points, nil
}

// Gather settles what concerns the points of several pages together, and checks each point
// against the type's series.
func (t Type) Gather(o *Origin, points []Point, a Archive, z Zones) ([]Point, error) {
	if o.Gather != nil && len(points) > 0 {
		points = o.Gather(points, a, z)
	}
	for i := range points {
		if err := t.Series.check(&points[i]); err != nil {
			return nil, fmt.Errorf("read %s: %w", t.Name, err)
		}
	}
	return points, nil
}

// Lookup finds a type by its name.
func Lookup(name string) (Type, bool) {
	i := slices.IndexFunc(types, func(t Type) bool { return t.Name == name })
	if i < 0 {
		return Type{}, false
	}
	return types[i], true
}

// Types returns every type, in the order of the table.
func Types() []Type { return slices.Clone(types) }

// Asked returns the types that a source is asked for by themselves, in the order of the
// table.
func Asked(s Source) []Type {
	var out []Type
	for _, t := range types {
		if o := t.Origin(s); o != nil && o.Ask.Path != "" {
			out = append(out, t)
		}
	}
	return out
}

// AllSeries returns every series once, in the order of the table.
func AllSeries() []*Series {
	var out []*Series
	for _, t := range types {
		if t.Series != nil && !slices.Contains(out, t.Series) {
			out = append(out, t.Series)
		}
	}
	return out
}

// UnknownTypeError says that a word names no type, measurement or group.
type UnknownTypeError struct{ Word string }

func (e *UnknownTypeError) Error() string { return fmt.Sprintf("unknown type %q", e.Word) }

// Words lists every word that Select understands.
func Words() []string {
	words := []string{"all"}
	for _, g := range Groups() {
		words = append(words, string(g))
	}
	for _, t := range types {
		for _, w := range t.words() {
			if !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	return words
}

func (t Type) words() []string {
	w := []string{t.Name, string(t.Group)}
	if t.Series != nil {
		w = append(w, t.Series.Measurement)
	}
	return w
}

// Select resolves the words of --type: types, whole measurements, groups and "all". No
// word at all selects every type but those that must be Named, as does a group; a group
// without types selects none. The error is an *UnknownTypeError.
func Select(words []string) ([]Type, error) {
	for _, w := range words {
		if !slices.Contains(Words(), w) {
			return nil, &UnknownTypeError{w}
		}
	}
	if slices.Contains(words, "all") {
		return Types(), nil
	}
	var out []Type
	for _, t := range types {
		meant := slices.ContainsFunc(t.words(), func(w string) bool { return slices.Contains(words, w) })
		if t.Named {
			meant = slices.Contains(words, t.Name)
		}
		if meant || len(words) == 0 && !t.Named {
			out = append(out, t)
		}
	}
	return out, nil
}

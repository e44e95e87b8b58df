package emulator

import (
	"bytes"
	"encoding/csv"
	"iter"
	"strconv"
	"strings"
	"time"
)

// csvFamily is a kind of CSV file. The path, the columns and the rows of each of
// its files follow from the days that the file covers.
type csvFamily struct {
	path    string // with %s where the days stand
	span    csvSpan
	columns string // separated by commas
	rows    func(t *takeout, from, to Date, w *csvText)
	source  bool // has the column "data source", in exports that have it
	crlf    bool // the file of the first day has CRLF, as some have
	oldName bool // the first files have their day in parentheses
}

// oldNameDays is how long files had the older form of name (archive sheet 3.2).
const oldNameDays = 7

// csvSpan is what one file of a family covers (archive sheet 3.2).
type csvSpan int

const (
	oneDay csvSpan = iota
	oneMonth
	hundredDays
	wholeLife
)

// csvFiles are the members of an archive that are CSV, with the notes that lie
// beside them. Families of one folder follow each other.
func (t *takeout) csvFiles() iter.Seq[takeoutFile] {
	return func(yield func(takeoutFile) bool) {
		if t.o.Layout == LayoutFlat {
			return
		}
		families := t.folderFamilies()
		if t.google() {
			families = append(families, t.googleFamilies()...)
			families = append(families, t.tableFamilies()...)
		}
		for _, f := range families {
			if !t.filesOf(f, yield) {
				return
			}
		}
		for _, files := range []iter.Seq[takeoutFile]{t.readings(), t.glucoseFiles(), t.inventory(), t.notes(), t.closedFiles()} {
			for f := range files {
				if !yield(f) {
					return
				}
			}
		}
	}
}

// filesOf yields the files of a family that have a row. Those of a whole life
// are there without one, too: their header is all they have.
func (t *takeout) filesOf(f csvFamily, yield func(takeoutFile) bool) bool {
	for label, days := range t.spans(f.span) {
		w := newCSV(f.columns, f.source && t.sourced())
		w.csv.UseCRLF = f.crlf && t.sourced() && days[0] == t.first
		w.head()
		f.rows(t, days[0], days[1], w)
		if w.rows == 0 && f.span != wholeLife {
			continue
		}
		if f.oldName && days[0] < t.first+oldNameDays {
			label = label[:8] + "(" + label[8:] + ")"
		}
		if !yield(takeoutFile{strings.Replace(f.path, "%s", label, 1), w.bytes()}) {
			return false
		}
	}
	return true
}

// sourced tells whether the CSV that Google added says which device a row is
// from: only newer exports do (archive sheet 5.3).
func (t *takeout) sourced() bool { return t.o.Layout == LayoutGoogleHealth }

// spans are the days of each file of a span, with the text that stands for them
// in its name.
func (t *takeout) spans(s csvSpan) iter.Seq2[string, [2]Date] {
	return func(yield func(string, [2]Date) bool) {
		switch s {
		case oneDay:
			for d := range t.days() {
				if !yield(d.String(), [2]Date{d, d}) {
					return
				}
			}
		case oneMonth:
			for month, days := range t.months() {
				if !yield(month.String(), days) {
					return
				}
			}
		case hundredDays:
			for from, to := range t.chunks(100) {
				to = min(to, t.last)
				if !yield(from.String()+"-"+to.String(), [2]Date{from, to}) {
					return
				}
			}
		case wholeLife:
			yield("", [2]Date{t.first, t.last})
		}
	}
}

// csvText is the text of one file.
type csvText struct {
	buf     bytes.Buffer
	csv     *csv.Writer
	columns []string
	sourced bool
	rows    int
}

func newCSV(columns string, sourced bool) *csvText {
	w := &csvText{columns: strings.Split(columns, ","), sourced: sourced}
	if sourced {
		w.columns = append(w.columns, "data source")
	}
	w.csv = csv.NewWriter(&w.buf)
	return w
}

func (w *csvText) head() { w.write(w.columns) }

// row writes a row of a file that has no data source.
func (w *csvText) row(cells ...string) {
	w.rows++
	w.write(cells)
}

// from writes a row of a data source. A file without that column holds only what
// the account's own devices and the app recorded.
func (w *csvText) from(source string, cells ...string) {
	switch {
	case w.sourced:
		w.row(append(cells, source)...)
	case !foreign(source):
		w.row(cells...)
	}
}

// write cannot fail: the text lies in memory, the comma is a fit separator.
func (w *csvText) write(cells []string) { _ = w.csv.Write(cells) }

func (w *csvText) bytes() []byte {
	w.csv.Flush()
	return w.buf.Bytes()
}

// The forms of time in CSV files (archive sheet 4). Which clock they show
// depends on the family.
const (
	naiveForm  = "2006-01-02T15:04:05"
	minuteForm = "2006-01-02T15:04"
	milliForm  = "2006-01-02T15:04:05.000"
)

// instant is a time in UTC, with a fraction where there is one.
func instant(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }

// naive is what the person's clock showed, without an offset.
func (t *takeout) naive(at time.Time) string { return t.p.Wall(at).Format(naiveForm) }

// dayZ is a local date dressed up as an instant.
func dayZ(d Date) string { return d.String() + "T00:00:00Z" }

// dayNaive is a local date with a time that means nothing.
func dayNaive(d Date) string { return d.String() + "T00:00:00" }

// short is a number without a needless point.
func short(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// Data sources (archive sheet 5.3).
const (
	watchSource = "Charge 6"
	appSource   = "Google Health App"
	phoneSource = "MobileTrack"
	echoSource  = "Example Phone Health Connect"
)

// sourceOf is the name of where a record of the API came from.
func sourceOf(o *origin) string {
	switch o {
	case manualOrigin:
		return appSource
	case scaleOrigin:
		return scaleOrigin.device
	case partnerOrigin:
		return "Withings Fitbit 3P Web API"
	case phoneOrigin:
		return echoSource
	}
	return watchSource
}

// foreign tells whether a source is the phone or what another app handed on.
func foreign(source string) bool {
	return source == phoneSource || strings.HasSuffix(source, " Health Connect")
}

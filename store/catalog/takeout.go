package catalog

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Family is one kind of file in the archives of Google Takeout and of the Fitbit site
// (takeout-archive.md section 5). Its members are staged under its name.
type Family struct {
	Name  string
	Stems []string // base names without date and extension; the case of letters does not matter; none: any
	Ext   string   // with its dot; "": the stems have theirs, or it is any
	Dirs  []string // one of the folders that it lies in, where the base name alone is not enough

	// Closed members are never opened: they are personal, of no use, or larger than all else.
	Closed bool

	// Cover is how far a member reaches from the date in its name, in days; 0: its name
	// tells nothing of its days. CoverMonth stands for a calendar month.
	Cover int

	// Padded members run on past the day on which the archive was made.
	Padded bool

	// Held finds the days under which a member's records are filed, in any order, each once
	// or more often. An error means that it is not of the shape that the family has. nil: the
	// family is kept, and read to nothing.
	Held func(Body) ([]Day, error)
}

// CoverMonth is the Cover of a member that is named after the first day of its month.
const CoverMonth = -1

// families are all that are known, by subject; the first that a member fits is its own. So
// what is closed is closed whatever it looks like, and last comes what takes in all that is
// left of a folder.
var families = slices.Concat(takeoutClosed, takeoutActivity, takeoutHeart, takeoutNight, takeoutBody, takeoutLogs, takeoutRest)

// Families returns every kind of file that is known of an archive.
func Families() []Family { return slices.Clone(families) }

// nameDates is what follows the stem of a base name: a date, also with its day in
// parentheses, two of them, a month or a number (takeout-archive.md section 3.2).
var nameDates = regexp.MustCompile(`[-_ ]+(\d{4}-\d{2}(-\(?\d{2}\)?)?(-\d{4}-\d{2}-\d{2})?|\d+)$`)

// FamilyOf finds the family of a member by its path within the archive. Folders decide only
// where base names are ambiguous, for they differ between the vintages.
func FamilyOf(name string) (Family, bool) {
	stem, ext, _ := splitName(name)
	_, dirs := productFolders(name)
	for _, f := range families {
		if f.named(stem, ext) && (len(f.Dirs) == 0 || overlap(f.Dirs, dirs)) {
			return f, true
		}
	}
	return Family{}, false
}

// named reports whether a base name is one of the family's.
func (f Family) named(stem, ext string) bool {
	switch {
	case f.Ext != "" && !strings.EqualFold(f.Ext, ext):
		return false
	case f.Ext == "":
		stem += ext
	}
	return len(f.Stems) == 0 || slices.ContainsFunc(f.Stems, func(s string) bool { return strings.EqualFold(s, stem) })
}

// splitName takes a base name apart: "Daily SpO2 - 2024-05-01-2024-06-20.csv" is "Daily
// SpO2", ".csv" and the dates.
func splitName(name string) (stem, ext, dates string) {
	base := path.Base(name)
	ext = path.Ext(base)
	base = strings.TrimSuffix(base, ext)
	at := nameDates.FindStringIndex(base)
	if at == nil {
		return base, ext, ""
	}
	return base[:at[0]], ext, strings.Trim(base[at[0]:], "-_ ")
}

// Covers returns the days that a member speaks for by its name, or an empty span.
func (f Family) Covers(name string) Span {
	_, _, dates := splitName(name)
	dates = strings.NewReplacer("(", "", ")", "").Replace(dates)
	if len(dates) < len(dayLayout) || f.Cover == 0 {
		return Span{}
	}
	first, err := ParseDay(dates[:len(dayLayout)])
	if err != nil {
		return Span{}
	}
	if last, err := ParseDay(strings.TrimPrefix(dates[len(dayLayout):], "-")); err == nil {
		return Span{first, last + 1}
	}
	if f.Cover == CoverMonth {
		return Span{first, first.NextMonth()}
	}
	return Span{first, first + Day(f.Cover)}
}

// Settle is how many days before an archive was made the family's records may still change:
// as long as the types that are read from it (design section 6).
func (f Family) Settle() int {
	settle := 0
	for _, t := range types {
		if slices.ContainsFunc(t.Takeout, func(o *Origin) bool { return o.From == f.Name }) {
			settle = max(settle, t.Settle)
		}
	}
	return settle
}

// Runs joins days, in any order, to the spans that they make up.
func Runs(days []Day) []Span {
	var out []Span
	for _, d := range slices.Compact(slices.Sorted(slices.Values(days))) {
		if n := len(out); n > 0 && out[n-1].To == d {
			out[n-1].To++
			continue
		}
		out = append(out, Span{d, d + 1})
	}
	return out
}

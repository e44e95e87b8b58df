package catalog

import (
	"fmt"
	"time"
)

// Day is a civil date without a zone, counted in days from 1970-01-01. Its zero
// value is that date; days before it are negative.
type Day int

const dayLayout = "2006-01-02"

// ParseDay reads a date written as YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(dayLayout, s)
	switch {
	case err == nil:
		return DayOf(t), nil
	case dayForm(s):
		return 0, fmt.Errorf("there is no day %s", s)
	}
	return 0, fmt.Errorf("date %q is not of the form YYYY-MM-DD", s)
}

// dayForm reports whether s looks like a date, be it one of the calendar or not.
func dayForm(s string) bool {
	for i := range len(s) {
		if dash := i == 4 || i == 7; dash != (s[i] == '-') || !dash && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return len(s) == len(dayLayout)
}

// DayOf returns the date that t shows in its own location.
func DayOf(t time.Time) Day {
	_, east := t.Zone()
	seconds := t.Unix() + int64(east)
	return Day((seconds - (seconds%86400+86400)%86400) / 86400)
}

// String writes the date as YYYY-MM-DD.
func (d Day) String() string { return d.utc().Format(dayLayout) }

// Month returns the first day of the month that d lies in.
func (d Day) Month() Day { return d - Day(d.utc().Day()) + 1 }

// NextMonth returns the first day of the month after the one that d lies in.
func (d Day) NextMonth() Day { return (d.Month() + 31).Month() }

// utc is the date's midnight in UTC.
func (d Day) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Span is the half-open range of days [From, To).
type Span struct{ From, To Day }

// ParseSpan reads the two ends of a half-open range of dates.
func ParseSpan(from, to string) (Span, error) {
	f, err := ParseDay(from)
	if err != nil {
		return Span{}, err
	}
	t, err := ParseDay(to)
	return Span{f, t}, err
}

// Days returns how many days the span holds; never negative.
func (s Span) Days() int { return max(0, int(s.To-s.From)) }

// Empty reports whether the span holds no day.
func (s Span) Empty() bool { return s.To <= s.From }

// Holds reports whether d lies in the span.
func (s Span) Holds(d Day) bool { return s.From <= d && d < s.To }

// Cut returns the part of s that lies in o; it may be empty.
func (s Span) Cut(o Span) Span { return Span{max(s.From, o.From), min(s.To, o.To)} }

// String writes the span with both ends included, as users write ranges.
func (s Span) String() string {
	if s.Days() == 1 {
		return s.From.String()
	}
	return s.From.String() + ".." + (s.To - 1).String()
}

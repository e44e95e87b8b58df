package emulator

import (
	"fmt"
	"time"
)

// Date is a civil day, counted from 1970-01-01. It has no zone: which instants
// belong to it depends on where the person was (Person.DayStart).
type Date int

const (
	dateForm = "2006-01-02"
	wallForm = "2006-01-02T15:04:05.000" // local wall clock without offset (sheet 4.2)
)

// NewDate returns the civil day year-month-day; out-of-range values carry over
// as in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DateOf returns the civil day that t shows in t's own location.
func DateOf(t time.Time) Date { return NewDate(t.Date()) }

// ParseDate reads YYYY-MM-DD and nothing else.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(dateForm, s)
	if err != nil {
		return 0, fmt.Errorf("date %q is not YYYY-MM-DD", s)
	}
	return DateOf(t), nil
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String returns YYYY-MM-DD.
func (d Date) String() string { return d.utc().Format(dateForm) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// YearDay returns 1..366.
func (d Date) YearDay() int { return d.utc().YearDay() }

// At returns an instant at which the wall clock of loc shows the given number
// of seconds after midnight of d; negative seconds lie on the evening before.
func (d Date) At(loc *time.Location, seconds int) time.Time {
	year, month, day := d.utc().Date()
	return time.Date(year, month, day, 0, 0, seconds, 0, loc)
}

// Start returns the first instant of d in loc, also where the clock skips or
// repeats midnight.
func (d Date) Start(loc *time.Location) time.Time {
	t := d.At(loc, 0)
	begin, end := t.ZoneBounds()
	if DateOf(t) < d {
		return end
	}
	if begin.IsZero() {
		return t
	}
	back := time.Duration(offsetOf(begin.Add(-time.Second))-offsetOf(begin)) * time.Second
	if earlier := t.Add(-back); back > 0 && earlier.Before(begin) && DateOf(earlier) == d {
		return earlier
	}
	return t
}

// AddMonths returns the same day of another month, carried over as in
// time.Time.AddDate.
func (d Date) AddMonths(n int) Date { return DateOf(d.utc().AddDate(0, n, 0)) }

package catalog

import (
	"bytes"
	"fmt"
	"time"
)

// dating finds the day under which a record is filed, by the text of its stamp. A new one is
// made for each member, for it remembers the last day it found.
type dating func(Body) func(stamp []byte) (Day, bool)

// byInstant files what has a true instant, UTC, under its local date in the archive's own
// zone, by whose midnights members are cut (takeout-archive.md section 4).
func byInstant(b Body) func([]byte) (Day, bool) {
	dayOf := daysAtHome(b)
	return func(stamp []byte) (Day, bool) {
		at, ok := stampSeconds(stamp)
		if !ok {
			return 0, false
		}
		return dayOf(at), true
	}
}

// daysAtHome finds the local dates of instants, in seconds from 1970 on.
func daysAtHome(b Body) func(at int64) Day {
	var day Day
	var from, to int64 // of that day
	return func(at int64) Day {
		if at < from || at >= to {
			t := time.Unix(at, 0)
			day = b.localDay(t)
			from, to = at, at+1 // the zone is asked once an hour, where no midnight is in it
			if next := t.Add(time.Hour).Truncate(time.Hour); b.localDay(next) == day {
				to = next.Unix()
			}
		}
		return day
	}
}

// byDate files a record under the date that its stamp shows, be an offset glued to it or not.
func byDate(Body) func([]byte) (Day, bool) {
	return func(stamp []byte) (Day, bool) {
		at, ok := shownSeconds(stamp)
		if !ok {
			return 0, false
		}
		return Day((at - ((at%86400 + 86400) % 86400)) / 86400), true
	}
}

// stampSeconds reads a stamp as an instant, in seconds from 1970 on. Without an offset it is UTC.
func stampSeconds(s []byte) (at int64, ok bool) {
	shown, offset, ok := readStamp(s)
	return shown - offset, ok
}

// shownSeconds reads a stamp as what a clock shows, in seconds as if that were UTC.
func shownSeconds(s []byte) (shown int64, ok bool) {
	shown, _, ok = readStamp(s)
	return shown, ok
}

// readStamp reads MM/DD/YY HH:MM:SS, or a date of the ISO form with or without a time and an
// offset.
func readStamp(s []byte) (shown, offset int64, ok bool) {
	var year, month, day int
	var ok1, ok2, ok3 bool
	switch {
	case len(s) >= len(usDateLayout) && s[2] == '/' && s[5] == '/':
		month, ok1 = digits(s[0:2])
		day, ok2 = digits(s[3:5])
		year, ok3 = digits(s[6:8])
		if year += 2000; year >= 2069 { // as the standard library takes two digits
			year -= 100
		}
		s = s[8:]
	case len(s) >= len(dayLayout) && s[4] == '-' && s[7] == '-':
		year, ok1 = digits(s[0:4])
		month, ok2 = digits(s[5:7])
		day, ok3 = digits(s[8:10])
		s = s[10:]
	}
	if !ok1 || !ok2 || !ok3 {
		return 0, 0, false
	}
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	clock, offset, ok := readClock(s)
	return date.Unix() + clock, offset, ok && date.Day() == day && date.Month() == time.Month(month)
}

// readClock reads " HH:MM:SS" or "THH:MM", with a fraction and an offset, or nothing. A fraction
// of a second is dropped.
func readClock(s []byte) (clock, offset int64, ok bool) {
	if len(s) < len("THH:MM") || s[3] != ':' {
		return 0, 0, len(s) == 0 || string(s) == "Z"
	}
	hour, ok1 := digits(s[1:3])
	minute, ok2 := digits(s[4:6])
	second, rest, ok3 := 0, s[6:], true
	if len(rest) >= len(":SS") && rest[0] == ':' {
		second, ok3 = digits(rest[1:3])
		if rest = rest[3:]; len(rest) > 0 && rest[0] == '.' {
			rest = bytes.TrimLeft(rest[1:], "0123456789")
		}
	}
	offset, ok = readOffset(rest)
	ok = ok && ok1 && ok2 && ok3 && hour < 24 && minute < 60 && second < 60
	return int64(hour*3600 + minute*60 + second), offset, ok
}

// readOffset reads +HHMM, -HH:MM, Z or nothing.
func readOffset(s []byte) (seconds int64, ok bool) {
	if len(s) == 0 || len(s) == 1 && s[0] == 'Z' {
		return 0, true
	}
	sign := s[0]
	s = bytes.ReplaceAll(s[1:], []byte(":"), nil)
	if len(s) != len("HHMM") || sign != '+' && sign != '-' {
		return 0, false
	}
	hours, ok1 := digits(s[:2])
	minutes, ok2 := digits(s[2:])
	if seconds = int64(hours*3600 + minutes*60); sign == '-' {
		seconds = -seconds
	}
	return seconds, ok1 && ok2
}

// offsetSeconds returns an offset, 0 where there is none.
func offsetSeconds(s []byte) int64 {
	seconds, _ := readOffset(s)
	return seconds
}

func digits[T string | []byte](s T) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// days gathers dates; runs of equal ones count once.
type days struct {
	list []Day
	next func([]byte) (Day, bool)
}

func (d *days) add(stamp []byte) error {
	day, ok := d.next(stamp)
	if !ok {
		return fmt.Errorf("%q is no time that is known", stamp)
	}
	if n := len(d.list); n == 0 || d.list[n-1] != day {
		d.list = append(d.list, day)
	}
	return inRange(day)
}

// jsonDays finds the days of a member that is JSON by the stamps under a key, wherever it
// stands; null is none. It scans the bytes, for most of an archive is heart rate.
func jsonDays(key string, how dating) func(Body) ([]Day, error) {
	quoted := []byte(`"` + key + `"`)
	return func(b Body) ([]Day, error) {
		d := days{next: how(b)}
		for body := b.JSON; ; {
			at := bytes.Index(body, quoted)
			if at < 0 {
				return d.list, nil
			}
			body = bytes.TrimLeft(body[at+len(quoted):], " \t\r\n")
			if len(body) == 0 || body[0] != ':' {
				continue
			}
			if body = bytes.TrimLeft(body[1:], " \t\r\n"); len(body) == 0 || body[0] != '"' {
				continue
			}
			end := bytes.IndexByte(body[1:], '"')
			if end < 0 {
				return nil, fmt.Errorf("member %s: the text does not end", key)
			}
			if err := d.add(body[1 : 1+end]); err != nil {
				return nil, fmt.Errorf("member %s: %w", key, err)
			}
			body = body[end+2:]
		}
	}
}

// csvDays finds the days of a member that is CSV by the stamps in a column, or one of several
// divided by bars. needs are columns without which it would read to nothing.
func csvDays(column string, how dating, needs ...string) func(Body) ([]Day, error) {
	needs = append([]string{column}, needs...)
	return func(b Body) ([]Day, error) {
		t, err := openTable(b, needs...)
		if err != nil {
			return nil, err
		}
		d := days{next: how(b)}
		if t.rows != nil && t.index(column) == 0 && bytes.IndexByte(b.JSON, '"') < 0 {
			return d.firstCells(b.JSON)
		}
		for {
			ok, err := t.next()
			if err != nil {
				return nil, err
			}
			if !ok {
				return d.list, nil
			}
			if err := d.add([]byte(t.text(column))); err != nil {
				return nil, fmt.Errorf("line %d: column %s: %w", t.line, column, err)
			}
		}
	}
}

// firstCells goes through the first column of lines without quotes.
func (d *days) firstCells(body []byte) ([]Day, error) {
	line := 0
	for row := range bytes.Lines(body) {
		if row = bytes.TrimRight(row, "\r\n"); len(row) == 0 {
			continue
		}
		if line++; line == 1 {
			continue
		}
		cell, _, _ := bytes.Cut(row, []byte(","))
		if err := d.add(bytes.TrimSpace(cell)); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
	return d.list, nil
}

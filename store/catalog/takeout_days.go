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
	var day Day
	var from, to int64 // of that day
	return func(stamp []byte) (Day, bool) {
		at, ok := stampSeconds(stamp)
		if !ok {
			return 0, false
		}
		if at < from || at >= to {
			t := time.Unix(at, 0)
			day = b.localDay(t)
			from, to = at, at+1 // the zone is asked once an hour, where no midnight is in it
			if next := t.Add(time.Hour).Truncate(time.Hour); b.localDay(next) == day {
				to = next.Unix()
			}
		}
		return day, true
	}
}

// byDate files a record under the date that its stamp shows.
func byDate(Body) func([]byte) (Day, bool) {
	return func(stamp []byte) (Day, bool) {
		at, ok := stampSeconds(stamp)
		if !ok {
			return 0, false
		}
		return Day((at - ((at%86400 + 86400) % 86400)) / 86400), true
	}
}

// stampSeconds reads a stamp as seconds from 1970 on: MM/DD/YY HH:MM:SS, or a date of the ISO
// form with or without a time. An offset other than Z counts.
func stampSeconds(s []byte) (int64, bool) {
	if len(s) >= len(usDateLayout) && s[2] == '/' {
		month, ok1 := digits(s[0:2])
		day, ok2 := digits(s[3:5])
		year, ok3 := digits(s[6:8])
		clock, ok4 := clockSeconds(s[8:])
		if year += 2000; year >= 2069 { // as the standard library takes two digits
			year -= 100
		}
		return dateSeconds(year, month, day) + clock, ok1 && ok2 && ok3 && ok4 && s[5] == '/' && inYear(month, day)
	}
	if len(s) < len(dayLayout) || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	year, ok1 := digits(s[0:4])
	month, ok2 := digits(s[5:7])
	day, ok3 := digits(s[8:10])
	clock, ok4 := clockSeconds(s[10:])
	return dateSeconds(year, month, day) + clock, ok1 && ok2 && ok3 && ok4 && inYear(month, day)
}

func inYear(month, day int) bool { return 1 <= month && month <= 12 && 1 <= day && day <= 31 }

func dateSeconds(year, month, day int) int64 {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix()
}

// clockSeconds reads " HH:MM:SS" or "THH:MM", with what follows it, or nothing.
func clockSeconds(s []byte) (int64, bool) {
	if len(s) == 0 || s[0] == 'Z' {
		return 0, true
	}
	if len(s) < len("THH:MM") || s[3] != ':' {
		return 0, false
	}
	hour, ok1 := digits(s[1:3])
	minute, ok2 := digits(s[4:6])
	at, rest := int64(hour*3600+minute*60), s[6:]
	if len(rest) >= len(":SS") && rest[0] == ':' {
		second, ok := digits(rest[1:3])
		if !ok {
			return 0, false
		}
		at, rest = at+int64(second), rest[3:]
	}
	for len(rest) > 0 && (rest[0] == '.' || rest[0] >= '0' && rest[0] <= '9') {
		rest = rest[1:]
	}
	return at - offsetSeconds(rest), ok1 && ok2 && hour < 24 && minute < 60
}

// offsetSeconds reads +HHMM, -HH:MM or Z.
func offsetSeconds(s []byte) int64 {
	s = bytes.ReplaceAll(s, []byte(":"), nil)
	if len(s) != len("+HHMM") || s[0] != '+' && s[0] != '-' {
		return 0
	}
	hours, _ := digits(s[1:3])
	minutes, _ := digits(s[3:5])
	offset := int64(hours*3600 + minutes*60)
	if s[0] == '-' {
		return -offset
	}
	return offset
}

func digits(s []byte) (n int, ok bool) {
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
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
// divided by bars.
func csvDays(column string, how dating) func(Body) ([]Day, error) {
	return func(b Body) ([]Day, error) {
		t, err := openTable(b, column)
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

package catalog

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// table reads a member that is CSV, row by row. Columns are found by their names, in any
// order and whatever else stands beside them (takeout-archive.md sections 5.2 to 5.4).
type table struct {
	rows    *csv.Reader
	columns map[string]int
	cells   []string
	line    int
}

// openTable reads the header of a member that must have the columns given; of several names
// divided by bars one is enough. A member that is empty or says "no data" has no rows.
func openTable(b Body, columns ...string) (*table, error) {
	t := &table{rows: csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b.JSON, byteOrderMark))), columns: map[string]int{}}
	t.rows.FieldsPerRecord, t.rows.ReuseRecord = -1, true
	header, err := t.rows.Read()
	if errors.Is(err, io.EOF) || err == nil && len(header) == 1 && strings.EqualFold(strings.TrimSpace(header[0]), "no data") {
		t.rows = nil
		return t, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the header does not read: %w", err)
	}
	for i, name := range header {
		t.columns[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, c := range columns {
		if !t.has(c) {
			return nil, fmt.Errorf("there is no column %s", strings.ReplaceAll(strconv.Quote(c), "|", `" or "`))
		}
	}
	return t, nil
}

// has reports whether the table has a column, or one of several divided by bars.
func (t *table) has(column string) bool { return t.index(column) >= 0 }

func (t *table) index(column string) int {
	for name := range strings.SplitSeq(column, "|") {
		if i, ok := t.columns[name]; ok {
			return i
		}
	}
	return -1
}

// next goes to the next row; false when there is none.
func (t *table) next() (bool, error) {
	if t.rows == nil {
		return false, nil
	}
	var err error
	t.cells, err = t.rows.Read()
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	t.line, _ = t.rows.FieldPos(0)
	return true, nil
}

// text returns a cell, "" when the column or the cell is not there.
func (t *table) text(column string) string {
	if i := t.index(column); i >= 0 && i < len(t.cells) {
		return strings.TrimSpace(t.cells[i])
	}
	return ""
}

// fault says in which row something does not read.
func (t *table) fault(column, form string) error {
	return fmt.Errorf("line %d: column %s: %q is not %s", t.line, column, t.text(column), form)
}

// number returns a cell as a number, "" when there is none: an empty cell, null and NaN.
func (t *table) number(column string) (number, error) {
	s := t.text(column)
	if s == "" || s == "null" {
		return "", nil
	}
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil:
		return "", t.fault(column, "a number")
	case math.IsNaN(f) || math.IsInf(f, 0):
		return "", nil
	case strings.Trim(s, "0123456789+-.eE") != "" || s[0] == '+':
		return number(strconv.FormatFloat(f, 'g', -1, 64)), nil
	}
	return number(s), nil
}

// float returns a cell as a float; ok is false when there is none.
func (t *table) float(column string) (f float64, ok bool, err error) {
	n, err := t.number(column)
	if n == "" || err != nil {
		return 0, false, err
	}
	f, err = n.float()
	return f, err == nil, err
}

// tableStamps are the forms in which tables write an instant, and a clock reading.
var (
	instantLayouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05Z0700", "2006-01-02T15:04Z07:00"}
	wallLayouts    = []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", dayLayout}
)

// instant returns a cell with a true offset, which Z is too.
func (t *table) instant(column string) (time.Time, error) {
	s := t.text(column)
	for _, layout := range instantLayouts {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC(), inRange(DayOf(at.UTC()))
		}
	}
	return time.Time{}, t.fault(column, "an instant as 2024-05-12T07:00:05Z")
}

// wall returns a cell as what a clock showed. An offset that is glued to it is passed over.
func (t *table) wall(column string) (Wall, error) {
	s := t.text(column)
	for _, layout := range instantLayouts {
		if at, err := time.Parse(layout, s); err == nil {
			_, offset := at.Zone()
			return Wall(at.UTC().Add(time.Duration(offset) * time.Second)), inRange(DayOf(at))
		}
	}
	for _, layout := range wallLayouts {
		if at, err := time.Parse(layout, s); err == nil {
			return Wall(at), inRange(DayOf(at))
		}
	}
	return Wall{}, t.fault(column, "a time as 2024-05-12T07:00:05")
}

// day returns the date of a cell as it is written, whatever time and offset follow it.
func (t *table) day(column string) (Day, error) {
	s := t.text(column)
	d, err := ParseDay(s[:min(len(s), len(dayLayout))])
	if err != nil {
		return 0, t.fault(column, "a date as 2024-05-12")
	}
	return d, inRange(d)
}

// readTable reads a point of each row, where there is one.
func readTable(b Body, read func(*table) (Point, bool, error), columns ...string) ([]Point, error) {
	t, err := openTable(b, columns...)
	if err != nil {
		return nil, err
	}
	var points []Point
	for {
		ok, err := t.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return points, nil
		}
		p, ok, err := read(t)
		if err != nil {
			return nil, err
		}
		if ok {
			points = append(points, p)
		}
	}
}

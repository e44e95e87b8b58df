package catalog

import (
	"bytes"
	"fmt"
	"time"
)

// byteOrderMark may stand at the start of any member (takeout-archive.md section 2).
var byteOrderMark = []byte("\xef\xbb\xbf")

// takeoutRecords decodes a member that is a JSON array; one that is empty has no records.
// dateKey is the member of a record that an error quotes to say which one it means.
func takeoutRecords[E any](b Body, dateKey string) ([]E, error) {
	body := bytes.TrimSpace(bytes.TrimPrefix(b.JSON, byteOrderMark))
	if len(body) == 0 {
		return nil, nil
	}
	return decodeList[E](body, "", dateKey)
}

// localDay returns the date of an instant in the archive's own zone, under which what has a
// true instant is filed.
func (b Body) localDay(t time.Time) Day {
	if b.Home == nil {
		return DayOf(t.UTC())
	}
	return DayOf(t.In(b.Home))
}

// The form of stamps in the JSON of the classic export: month, day and year, of two digits.
const (
	usDateLayout  = "01/02/06"
	usStampLayout = "01/02/06 15:04:05"
)

// usWall reads MM/DD/YY HH:MM:SS as what a clock shows. Which clock differs between the
// families (takeout-archive.md section 4).
func usWall(member, s string) (Wall, error) {
	t, err := time.Parse(usStampLayout, s)
	if err != nil {
		return Wall{}, fmt.Errorf("member %s: time %q is not of the form MM/DD/YY HH:MM:SS", member, s)
	}
	return Wall(t), nil
}

// usInstant reads a stamp that is UTC; one in ISO form with an offset is read as it is written.
func usInstant(member, s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC(), inRange(DayOf(t.UTC()))
	}
	w, err := usWall(member, s)
	return time.Time(w), err
}

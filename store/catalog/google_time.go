package catalog

import (
	"fmt"
	"strings"
	"time"
)

// googleInterval is the time of a record that has a start and an end (google-health-api.md
// section 4). Each end has the offset from UTC that the person's clock had there; old
// records may lack it, and then the zone history says what the date was.
type googleInterval struct {
	Start       string `json:"startTime"`
	StartOffset string `json:"startUtcOffset"`
	End         string `json:"endTime"`
	EndOffset   string `json:"endUtcOffset"`
}

// readInterval reads the object in the member interval and four members of it; an absent one
// stays empty.
func readInterval(found finds) (i googleInterval, err error) {
	err = readTexts("interval", found, []string{"startTime", "startUtcOffset", "endTime", "endUtcOffset"},
		[]*string{&i.Start, &i.StartOffset, &i.End, &i.EndOffset})
	return i, err
}

// start returns the instant at which the interval begins and its local date.
func (i googleInterval) start(when *calendar) (time.Time, Day, error) {
	return when.instant("startTime", i.Start, "startUtcOffset", i.StartOffset)
}

// end returns the instant at which the interval ends and its local date.
func (i googleInterval) end(when *calendar) (time.Time, Day, error) {
	return when.instant("endTime", i.End, "endUtcOffset", i.EndOffset)
}

// length returns the time from the start to the end; an electrocardiogram has none.
func (i googleInterval) length() (time.Duration, error) {
	start, err := readInstant("startTime", i.Start)
	if err != nil {
		return 0, err
	}
	end, err := readInstant("endTime", i.End)
	if err == nil && end.Before(start) {
		err = fmt.Errorf("member endTime: %s is before the start %s", i.End, i.Start)
	}
	return end.Sub(start), err
}

// seconds adds the length of the interval in whole seconds.
func (l *fieldList) seconds(key string, i googleInterval) {
	d, err := i.length()
	l.add(key, "interval", IntValue(int64(d.Round(time.Second)/time.Second)), err)
}

// readSample reads the time of a record of an instant, and its local date.
func readSample(found finds, when *calendar) (time.Time, Day, error) {
	var at, offset string
	if err := readTexts("sampleTime", found, []string{"physicalTime", "utcOffset"}, []*string{&at, &offset}); err != nil {
		return time.Time{}, 0, err
	}
	return when.instant("physicalTime", at, "utcOffset", offset)
}

// readTexts reads an object's members that are texts, which were found behind it.
func readTexts(path string, found finds, names []string, into []*string) error {
	if _, err := found.at(0).object(); err != nil {
		return fmt.Errorf("member %s: %w", path, err)
	}
	for i, name := range names {
		text, err := found.at(1 + i).textOf(name)
		if err != nil {
			return fmt.Errorf("member %s.%w", path, err)
		}
		*into[i] = text
	}
	return nil
}

// googleDate is a civil date.
type googleDate struct {
	Year  number `json:"year"`
	Month number `json:"month"`
	Day   number `json:"day"`
}

func (d googleDate) day(member string) (Day, error) {
	var f fieldList
	for _, n := range []number{d.Year, d.Month, d.Day} {
		f.int("", member, n)
	}
	if f.err != nil || len(f.fields) != 3 {
		return 0, fmt.Errorf("member %s: %q, %q, %q are not a date's year, month and day", member, d.Year, d.Month, d.Day)
	}
	return readDay(member, fmt.Sprintf("%04d-%02d-%02d", f.fields[0].Value.Int(), f.fields[1].Value.Int(), f.fields[2].Value.Int()))
}

// readCivil reads the civil date at a path, and its first instant. Of a civil date and time
// only the date matters here: the days of a daily rollup begin at midnight, which is written
// as an empty time or none.
func readCivil(date jsonText, member, path string, z Zones) (time.Time, Day, error) {
	object, err := date.object()
	if err != nil {
		return time.Time{}, 0, fmt.Errorf("member %s: %w", path, err)
	}
	m := googleMembers(object)
	day, err := googleDate{m.get("year"), m.get("month"), m.get("day")}.day(member)
	return z.Start(day), day, err
}

// instant reads an instant and the date that the person's clock showed then, by the offset
// beside it or, without one, by the zone history.
func (c *calendar) instant(member, s, offsetMember, offset string) (time.Time, Day, error) {
	at, err := readInstant(member, s)
	if err != nil {
		return time.Time{}, 0, err
	}
	if offset == "" {
		return at, c.today(at), nil
	}
	if offset != c.offset {
		east, err := readDuration(offsetMember, offset)
		switch {
		case err != nil:
			return at, 0, err
		case east.Abs() > 24*time.Hour:
			return at, 0, fmt.Errorf("member %s: %s is more than a day", offsetMember, offset)
		}
		c.offset, c.east = offset, east
	}
	return at, DayOf(at.Add(c.east)), nil
}

// readInstant reads an RFC 3339 time, with or without a fraction, in UTC.
func readInstant(member, s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("member %s: time %q is not of the form YYYY-MM-DDTHH:MM:SSZ", member, s)
	}
	if err := inRange(DayOf(t.UTC())); err != nil {
		return time.Time{}, fmt.Errorf("member %s: %w", member, err)
	}
	return t.UTC(), nil
}

// readDuration reads seconds written as "3600s", "-18000s" or "0.5s".
func readDuration(member, s string) (time.Duration, error) {
	digits, ok := strings.CutSuffix(s, "s")
	d, err := time.ParseDuration(s)
	if !ok || err != nil || strings.Trim(digits, "0123456789+-.") != "" {
		return 0, fmt.Errorf("member %s: duration %q is not of the form 3600s", member, s)
	}
	return d, nil
}

// minutes adds a duration of seconds in whole minutes, rounded; an absent one adds nothing.
func (l *fieldList) minutes(key, member, duration string) {
	if duration == "" || l.err != nil {
		return
	}
	d, err := readDuration(member, duration)
	if err != nil {
		l.err = err
		return
	}
	l.add(key, member, IntValue(int64(d.Round(time.Minute)/time.Minute)), nil)
}

// double adds a floating-point number as float does. A number that the source could not
// work out arrives as the string "NaN" and adds nothing (section 4).
func (l *fieldList) double(key, member string, n number, conv func(float64) (float64, bool)) {
	switch n {
	case `"NaN"`, `"Infinity"`, `"-Infinity"`:
		return
	}
	l.float(key, member, n, conv)
}

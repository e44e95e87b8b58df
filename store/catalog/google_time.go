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

// readInterval reads the object in the member interval; an absent member of it stays empty.
func readInterval(t jsonText) (i googleInterval, err error) {
	err = t.texts("interval", textMember{"startTime", &i.Start}, textMember{"startUtcOffset", &i.StartOffset},
		textMember{"endTime", &i.End}, textMember{"endUtcOffset", &i.EndOffset})
	return i, err
}

// start returns the instant at which the interval begins and its local date.
func (i googleInterval) start(z Zones) (time.Time, Day, error) {
	return localInstant(z, "startTime", i.Start, "startUtcOffset", i.StartOffset)
}

// end returns the instant at which the interval ends and its local date.
func (i googleInterval) end(z Zones) (time.Time, Day, error) {
	return localInstant(z, "endTime", i.End, "endUtcOffset", i.EndOffset)
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
func readSample(t jsonText, z Zones) (time.Time, Day, error) {
	var at, offset string
	if err := t.texts("sampleTime", textMember{"physicalTime", &at}, textMember{"utcOffset", &offset}); err != nil {
		return time.Time{}, 0, err
	}
	return localInstant(z, "physicalTime", at, "utcOffset", offset)
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

// readCivil reads the civil date at a path of an object, and its first instant. Of a civil
// date and time only the date matters here: the days of a daily rollup begin at midnight,
// which is written as an empty time or none.
func readCivil(t jsonText, member, path string, z Zones) (time.Time, Day, error) {
	text, err := googleMembers(t).at(path)
	if err != nil {
		return time.Time{}, 0, err
	}
	object, err := jsonText(text).object()
	if err != nil {
		return time.Time{}, 0, fmt.Errorf("member %s: %w", path, err)
	}
	m := googleMembers(object)
	day, err := googleDate{m.get("year"), m.get("month"), m.get("day")}.day(member)
	return z.Start(day), day, err
}

// localInstant reads an instant and the date that the person's clock showed then, by the
// offset beside it or, without one, by the zone history.
func localInstant(z Zones, member, s, offsetMember, offset string) (time.Time, Day, error) {
	at, err := readInstant(member, s)
	if err != nil {
		return time.Time{}, 0, err
	}
	if offset == "" {
		return at, z.Today(at), nil
	}
	east, err := readDuration(offsetMember, offset)
	if err == nil && east.Abs() > 24*time.Hour {
		err = fmt.Errorf("member %s: %s is more than a day", offsetMember, offset)
	}
	return at, DayOf(at.Add(east)), err
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

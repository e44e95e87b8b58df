package catalog

import (
	"bytes"
	"fmt"
	"time"
)

// clock tells, of the stamps of a member in their order, the instant and the day that a
// record is filed under. It is made anew for each member.
type clock func(Body) func(stamp string) (time.Time, Day, error)

// utcClock is for stamps that are UTC. They are filed by the archive's own midnights.
func utcClock(b Body) func(string) (time.Time, Day, error) {
	dayOf := daysAtHome(b)
	return func(stamp string) (time.Time, Day, error) {
		seconds, ok := stampSeconds([]byte(stamp))
		if !ok {
			return time.Time{}, 0, fmt.Errorf("%q is no time that is known", stamp)
		}
		day := dayOf(seconds)
		return time.Unix(seconds, 0).UTC(), day, inRange(day)
	}
}

// wallClock is for stamps that show the clock on the wall, in the zone in force on their date.
// Of the hour that occurs twice it is the first occurrence until the stamps step back.
func wallClock(b Body) func(string) (time.Time, Day, error) {
	when := sequence{zones: b.Zones}
	return func(stamp string) (time.Time, Day, error) {
		shown, ok := shownSeconds([]byte(stamp))
		if !ok {
			return time.Time{}, 0, fmt.Errorf("%q is no time that is known", stamp)
		}
		day := DayOf(time.Unix(shown, 0).UTC())
		return when.at(shown), day, inRange(day)
	}
}

// homeClock is for stamps that show the clock of the archive's own zone, wherever the person
// was: the JSON does not know of journeys (takeout-archive.md section 4).
func homeClock(b Body) func(string) (time.Time, Day, error) {
	if b.Home != nil {
		b.Zones = NewZones(ZoneSpan{Zone: b.Home})
	}
	return wallClock(b)
}

// dateClock is for stamps that name a date: its points lie at the start of it.
func dateClock(b Body) func(string) (time.Time, Day, error) {
	return func(stamp string) (time.Time, Day, error) {
		seconds, ok := shownSeconds([]byte(stamp))
		if !ok {
			return time.Time{}, 0, fmt.Errorf("%q is no date that is known", stamp)
		}
		day := DayOf(time.Unix(seconds, 0).UTC())
		return b.Zones.Start(day), day, inRange(day)
	}
}

// jsonSamples reads a member that is an array of {dateTime, value}. read is given the value and,
// behind it, the members of it that are looked at. An element of which it makes no field is no
// point; of several that tell of one time the last stands.
func jsonSamples(s *Series, clock clock, read func(*fieldList, finds), members ...look) Reader {
	return jsonStamped(s, clock, []string{"", "dateTime"}, read, members...)
}

// jsonStamped is jsonSamples of elements that tell their time at another path. One without a
// time is no point.
func jsonStamped(s *Series, clock clock, path []string, read func(*fieldList, finds), members ...look) Reader {
	l := listIn("", member("dateTime"), member("value", members...))
	element, stamped, value := l.at(""), l.at(path...), l.at("", "value")
	return func(b Body) ([]Point, error) {
		var out batch
		body, when := bytes.TrimPrefix(b.JSON, byteOrderMark), clock(b)
		found, err := scanBody(body, l, func(found finds, n int) error {
			if n == 0 {
				out.expect(body, found.at(element))
			}
			stamp, err := number(found.at(stamped)).word()
			if err != nil {
				return fmt.Errorf("element %d: time: %w", n, err)
			}
			if stamp == "" {
				return nil
			}
			at, day, err := when(stamp)
			if err != nil {
				return fmt.Errorf("element %d: time: %w", n, err)
			}
			f := out.fields()
			if read(f, found.from(value)); f.err != nil {
				return fmt.Errorf("element of %s: %w", stamp, f.err)
			}
			if len(f.fields) > 0 {
				p := out.add(s)
				p.Time, p.Day = at, day
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if text := found.at(0); text != "null" {
			if err := text.mustBe('['); err != nil {
				return nil, err
			}
		}
		return lastStands(out.points), nil
	}
}

// jsonValues reads elements whose value is one number, which may be written as a text.
func jsonValues(s *Series, clock clock, read googleNumber, field string) Reader {
	return jsonSamples(s, clock, func(f *fieldList, value finds) { read(f, field, "value", number(value.at(0))) })
}

// csvSamples reads a member that is CSV, a point of each row of which read makes a field, at
// the time in a column. The column "data source" tells the recorder; needs are columns without
// which there would be no point.
func csvSamples(s *Series, column string, clock clock, read func(*fieldList, *table), needs ...string) Reader {
	needs = append([]string{column}, needs...)
	return func(b Body) ([]Point, error) {
		when := clock(b)
		return readTable(b, func(t *table) (Point, bool, error) {
			at, day, err := when(t.text(column))
			if err != nil {
				return Point{}, false, t.fault(column, "a time that is known")
			}
			var f fieldList
			if read(&f, t); f.err != nil {
				return Point{}, false, fmt.Errorf("line %d: %w", t.line, f.err)
			}
			p := Point{Measurement: s.Measurement, Fields: f.fields, Time: at, Day: day, Recorder: t.text("data source")}
			return p, len(f.fields) > 0, nil
		}, needs...)
	}
}

// csvValues reads rows whose value is one number, with the time in the column timestamp.
func csvValues(s *Series, clock clock, column string, read googleNumber, field string) Reader {
	return csvSamples(s, "timestamp", clock, func(f *fieldList, t *table) { t.add(f, column, read, field) }, column)
}

// add adds the field that a cell tells, if there is one.
func (t *table) add(f *fieldList, column string, read googleNumber, field string) {
	n, err := t.number(column)
	if err != nil {
		f.err = err
		return
	}
	if n != "" {
		read(f, field, column, n)
	}
}

// rounded reads decimal numbers as whole ones.
func rounded(f *fieldList, field, member string, n number) {
	if n == "" {
		return
	}
	x, err := n.float()
	f.add(field, member, IntValue(int64(roundTo(x, 0))), err)
}

// scaled reads numbers in another unit.
func scaled(by float64, decimals int) googleNumber {
	return func(f *fieldList, field, member string, n number) {
		f.float(field, member, n, func(x float64) (float64, bool) { return roundTo(x*by, decimals), true })
	}
}

// midnight returns the start of a date in the archive's own zone.
func (a Archive) midnight(d Day) time.Time {
	if a.Home == nil {
		return Zones{}.Start(d)
	}
	return NewZones(ZoneSpan{Zone: a.Home}).Start(d)
}

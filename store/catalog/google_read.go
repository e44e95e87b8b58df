package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// googleRecord is an element of an answer of the Google Health API: when it was, and its
// value.
type googleRecord[V any] struct {
	ID       string         // the last segment of the record's name; "" for most types
	Time     time.Time      // of its start, its sample, its date or its window
	Day      Day            // under which the source files it
	Interval googleInterval // zero where the type has no interval
	Value    V
}

// point returns the record's point of a series, or none when it has no field.
func (r googleRecord[V]) point(s *Series, tags []Tag, f fieldList) ([]Point, error) {
	if f.err != nil || len(f.fields) == 0 {
		return nil, f.err
	}
	return []Point{{Measurement: s.Measurement, Tags: tags, Fields: f.fields, Time: r.Time, Day: r.Day}}, nil
}

// googleOrigin serves a type by an ask whose elements are read one by one.
func googleOrigin[V any](a Ask, read func(googleRecord[V]) ([]Point, error)) *Origin {
	return &Origin{Ask: a, Read: googleReader(a, read)}
}

// googleReader reads the elements of the answers to an ask.
func googleReader[V any](a Ask, read func(googleRecord[V]) ([]Point, error)) Reader {
	l := newGoogleLook(a)
	decode := func(found finds) (V, error) { return decodeValue[V](found.at(l.value)) }
	return googleScan(l, decode, func(out *batch, r *googleRecord[V]) error {
		of, err := read(*r)
		out.points = append(out.points, of...)
		return err
	})
}

// googleField reads one member of a value as one field.
func googleField(a Ask, name string, read googleNumber, s *Series, field string) *Origin {
	l := newGoogleLook(a, member(name))
	place := l.at(a.Root, "", a.Value, name)
	decode := func(found finds) (number, error) { return number(found.at(place)), nil }
	return &Origin{Ask: a, Read: googleScan(l, decode, func(out *batch, r *googleRecord[number]) error {
		f := out.fields()
		if read(f, field, name, r.Value); f.err == nil && len(f.fields) > 0 {
			p := out.add(s)
			p.Time, p.Day = r.Time, r.Day
		}
		return f.err
	})}
}

// googleLook is what is looked at in the answers to an ask, and at which places it is found.
type googleLook struct {
	*look
	Ask                                  Ask
	element, value, time, stored, merged int
}

// newGoogleLook looks at the value of each element, at members of it, at the time, which of a
// window stands beside the value and of all else in it, and at the element's names.
func newGoogleLook(a Ask, members ...look) googleLook {
	timed := googleTime(a.DateKey)
	elements := []look{member("name"), member("dataPointName"), member(a.Value, append(members, timed)...)}
	path := []string{a.Root, "", a.Value}
	if a.Op == RollUp || a.Op == DailyRollUp {
		elements = append(elements[:2], member(a.Value, members...), timed)
		path = path[:2]
	}
	l := listIn(a.Root, elements...)
	return googleLook{l, a, l.at(a.Root, ""), l.at(a.Root, "", a.Value), l.at(append(path, timed.name)...),
		l.at(a.Root, "", "name"), l.at(a.Root, "", "dataPointName")}
}

// googleScan reads the elements of answers. Members that nothing looks at are ignored, but an
// element without its value is an error: a misspelt name would otherwise read as no data
// (section 8, item 4).
func googleScan[V any](l googleLook, decode func(found finds) (V, error), read func(*batch, *googleRecord[V]) error) Reader {
	return func(b Body) ([]Point, error) {
		var out batch
		var r googleRecord[V]
		when := calendar{zones: b.Zones}
		err := scanList(b.JSON, l.Ask.Root, l.look, func(found finds, n int) error {
			err := l.check(found)
			if err == nil {
				r = googleRecord[V]{ID: cmp.Or(found.at(l.merged).lastSegment(), found.at(l.stored).lastSegment())}
				if r.Value, err = decode(found); err == nil {
					err = r.stamp(found.from(l.time), l.Ask.DateKey, &when)
				}
				if err != nil {
					err = fmt.Errorf("%s: %w", l.Ask.Value, err)
				}
			}
			if err != nil {
				return fmt.Errorf("%s, element %d: %w", l.Ask.Root, n, err)
			}
			if n == 0 {
				out.expect(b.JSON, found.at(l.element))
			}
			if err := read(&out, &r); err != nil {
				return fmt.Errorf("%s of %s: %s: %w", l.Ask.Root, r.Day, l.Ask.Value, err)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		return out.points, nil
	}
}

// check returns an error unless the element is an object whose value is one.
func (l googleLook) check(found finds) error {
	element, value := found.at(l.element), found.at(l.value)
	if _, err := element.object(); err != nil {
		return err
	}
	if value == "" {
		return fmt.Errorf("no member %s", l.Ask.Value)
	}
	if err := value.mustBe('{'); err != nil {
		return fmt.Errorf("%s: %w", l.Ask.Value, err)
	}
	return nil
}

// decodeValue decodes an object. One whose members are looked at by name is left as it is.
func decodeValue[V any](object jsonText) (V, error) {
	if members, ok := any(googleMembers(object)).(V); ok {
		return members, nil
	}
	var v V
	err := json.Unmarshal([]byte(object), &v)
	return v, plain(err)
}

// lastSegment returns what stands behind the last slash of a name; "" when it is no text. It
// is a copy, for it must not hold the whole answer in memory.
func (t jsonText) lastSegment() string {
	if t == "" || t[0] != '"' {
		return ""
	}
	name := t.text()
	return strings.Clone(name[strings.LastIndex(name, "/")+1:])
}

// googleTime looks at what tells when a record was, by the member that an ask calls its date.
func googleTime(dateKey string) look {
	switch dateKey {
	case "interval.startTime", "interval.endTime":
		return member("interval", member("startTime"), member("startUtcOffset"), member("endTime"), member("endUtcOffset"))
	case "sampleTime.physicalTime":
		return member("sampleTime", member("physicalTime"), member("utcOffset"))
	case "civilStartTime":
		return member(dateKey, member("date"))
	}
	return member(dateKey)
}

// stamp reads when a record was, from what googleTime looked at.
func (r *googleRecord[V]) stamp(found finds, dateKey string, when *calendar) (err error) {
	switch dateKey {
	case "interval.startTime", "interval.endTime":
		if r.Interval, err = readInterval(found); err == nil {
			r.Time, r.Day, err = r.Interval.start(when)
		}
		if err == nil && dateKey == "interval.endTime" {
			_, r.Day, err = r.Interval.end(when)
		}
	case "sampleTime.physicalTime":
		r.Time, r.Day, err = readSample(found, when)
	case "date":
		r.Time, r.Day, err = readCivil(found.at(0), dateKey, dateKey, when.zones)
	case "civilStartTime":
		if _, err = found.at(0).object(); err != nil {
			return fmt.Errorf("member %s: %w", dateKey, err)
		}
		r.Time, r.Day, err = readCivil(found.at(1), dateKey, "civilStartTime.date", when.zones)
	case "startTime":
		var start string
		if start, err = number(found.at(0)).word(); err == nil {
			r.Time, r.Day, err = when.instant(dateKey, start, "", "")
		}
	default:
		err = fmt.Errorf("no date is known to stand in %q", dateKey)
	}
	return err
}

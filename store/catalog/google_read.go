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

// googleReader reads the elements of the answers to an ask. Members that nothing reads are
// ignored, but an element without its value is an error: a misspelt name would otherwise
// read as no data (section 8, item 4).
func googleReader[V any](a Ask, read func(googleRecord[V]) ([]Point, error)) Reader {
	return func(b Body) ([]Point, error) {
		elements, err := rawList(b.JSON, a.Root)
		if err != nil {
			return nil, err
		}
		points := make([]Point, 0, len(elements))
		for i, element := range elements {
			r, err := decodeRecord[V](element, a, b.Zones)
			if err != nil {
				return nil, fmt.Errorf("%s, element %d: %w", a.Root, i, err)
			}
			of, err := read(r)
			if err != nil {
				return nil, fmt.Errorf("%s of %s: %s: %w", a.Root, r.Day, a.Value, err)
			}
			points = append(points, of...)
		}
		return points, nil
	}
}

// decodeRecord reads an element of the answer to an ask.
func decodeRecord[V any](text jsonText, a Ask, z Zones) (googleRecord[V], error) {
	var r googleRecord[V]
	element, err := text.object()
	if err != nil {
		return r, err
	}
	var value, merged, stored jsonText
	for name, v := range element.members() {
		switch name {
		case a.Value:
			value = v
		case "dataPointName":
			merged = v
		case "name":
			stored = v
		}
	}
	if value == "" || value == "null" {
		return r, fmt.Errorf("no member %s", a.Value)
	}
	r.ID = cmp.Or(merged.lastSegment(), stored.lastSegment())
	if err = value.mustBe('{'); err == nil {
		r.Value, err = decodeValue[V](value)
	}
	if err == nil {
		timed := value
		if a.Op == RollUp || a.Op == DailyRollUp {
			timed = element
		}
		err = r.stamp(timed, a.DateKey, z)
	}
	if err != nil {
		return r, fmt.Errorf("%s: %w", a.Value, err)
	}
	return r, nil
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

// stamp reads when a record was, by the member that an ask calls its date. Those of a window
// stand in the element, all others in its value.
func (r *googleRecord[V]) stamp(timed jsonText, dateKey string, z Zones) (err error) {
	switch dateKey {
	case "interval.startTime", "interval.endTime":
		if r.Interval, err = readInterval(timed.member("interval")); err == nil {
			r.Time, r.Day, err = r.Interval.start(z)
		}
		if err == nil && dateKey == "interval.endTime" {
			_, r.Day, err = r.Interval.end(z)
		}
	case "sampleTime.physicalTime":
		r.Time, r.Day, err = readSample(timed.member("sampleTime"), z)
	case "date":
		r.Time, r.Day, err = readCivil(timed, dateKey, "date", z)
	case "civilStartTime":
		r.Time, r.Day, err = readCivil(timed, dateKey, "civilStartTime.date", z)
	case "startTime":
		var start string
		if start, err = number(timed.member(dateKey)).word(); err == nil {
			r.Time, r.Day, err = localInstant(z, dateKey, start, "", "")
		}
	default:
		err = fmt.Errorf("no date is known to stand in %q", dateKey)
	}
	return err
}

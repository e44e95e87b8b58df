package catalog

import (
	"encoding/json"
	"errors"
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
		var points []Point
		for i, raw := range elements {
			r, err := decodeRecord[V](raw, a, b.Zones)
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

// googleTimes are the members that tell when an element was, whichever kind it is of: those
// of a window stand in the element, all others in its value.
type googleTimes struct {
	Interval    googleInterval `json:"interval"`
	Sample      googleSample   `json:"sampleTime"`
	Date        googleDate     `json:"date"`
	CivilStart  googleCivil    `json:"civilStartTime"`
	WindowStart string         `json:"startTime"`
}

func decodeRecord[V any](raw json.RawMessage, a Ask, z Zones) (googleRecord[V], error) {
	var r googleRecord[V]
	var element map[string]json.RawMessage
	if err := json.Unmarshal(raw, &element); err != nil {
		return r, plain(err)
	}
	value := element[a.Value]
	if value == nil || string(value) == "null" {
		return r, fmt.Errorf("no member %s", a.Value)
	}
	timed := value
	if a.Op == RollUp || a.Op == DailyRollUp {
		timed = raw
	}
	var times googleTimes
	err := errors.Join(json.Unmarshal(timed, &times), json.Unmarshal(value, &r.Value))
	if err == nil {
		r.Time, r.Day, err = times.stamp(a.DateKey, z)
	}
	if err != nil {
		return r, fmt.Errorf("%s: %w", a.Value, plain(err))
	}
	for _, member := range []string{"dataPointName", "name"} {
		var name string
		if json.Unmarshal(element[member], &name) == nil && name != "" {
			r.ID = name[strings.LastIndex(name, "/")+1:]
			break
		}
	}
	r.Interval = times.Interval
	return r, nil
}

// stamp returns the instant of an element's point and the date that it is filed under, by
// the member that an ask calls its date.
func (t googleTimes) stamp(dateKey string, z Zones) (at time.Time, day Day, err error) {
	switch dateKey {
	case "interval.startTime":
		return t.Interval.start(z)
	case "interval.endTime":
		if at, _, err = t.Interval.start(z); err == nil {
			_, day, err = t.Interval.end(z)
		}
		return at, day, err
	case "sampleTime.physicalTime":
		return t.Sample.at(z)
	case "date":
		day, err = t.Date.day(dateKey)
		return z.Start(day), day, err
	case "civilStartTime":
		day, err = t.CivilStart.Date.day(dateKey)
		return z.Start(day), day, err
	case "startTime":
		return localInstant(z, dateKey, t.WindowStart, "", "")
	}
	return at, 0, fmt.Errorf("no date is known to stand in %q", dateKey)
}

package catalog

import (
	"fmt"
	"time"
)

// nightAsk asks for a metric of health by date (fitbit-web-api.md section 5.2), which of what is
// measured asleep is the one on which the main sleep ended. detail is "/all" for what a night
// holds within, "" for the night as a whole. Dates without it are left out of the answer.
func nightAsk(resource, detail, scope, root string) Ask {
	return Ask{Path: "/1/user/-/" + resource + "/date/{from}/{to}" + detail + ".json", Days: 30, Scope: scope, Root: root, DateKey: "dateTime"}
}

// fitbitNightly serves a type by the value of each night, from which the members given are read
// [H1, H3, H5, H6, H7].
func fitbitNightly(a Ask, s *Series, members ...memberField) *Origin {
	return &Origin{Ask: a, Read: fitbitDates(a.Root, s, func(f *fieldList, value jsonText) { f.numbers(s, value, members) })}
}

// fitbitDates reads elements {dateTime, value} whose value is an object: a point for each of
// which read makes a field, at the start of its date. One without a value is no point.
func fitbitDates(root string, s *Series, read func(*fieldList, jsonText)) Reader {
	return func(b Body) (points []Point, _ error) {
		err := eachDate(b, root, func(day Day, element jsonText) error {
			value, err := element.member("value").object()
			if err != nil {
				return fmt.Errorf("member value: %w", err)
			}
			var f fieldList
			read(&f, value)
			if f.err == nil && len(f.fields) > 0 {
				points = append(points, Point{Measurement: s.Measurement, Fields: f.fields, Time: b.Zones.Start(day), Day: day})
			}
			return f.err
		})
		if err != nil {
			return nil, err
		}
		return points, nil
	}
}

// fitbitWithinNights serves a type by the samples {minute, value} of each night, from which the
// members given are read [H2, H4]. Their times show the clock on the wall, with dates: an
// evening's samples stand before midnight. All of them are filed under the date that the night
// is filed under, as its sleep is, for with that date they come and go: an answer has the
// evening before its first date, and the last evening of its dates is in the next answer. By
// their own dates the evening at such a seam would count in neither.
func fitbitWithinNights(a Ask, s *Series, members ...memberField) *Origin {
	return &Origin{Ask: a, Read: func(b Body) (points []Point, _ error) {
		err := eachDate(b, a.Root, func(day Day, element jsonText) error {
			samples, err := element.member("minutes").list()
			if err != nil {
				return fmt.Errorf("member minutes: %w", err)
			}
			when, first := sequence{zones: b.Zones}, len(points)
			var walls []Wall
			for i, sample := range samples {
				f, shown, err := readNightSample(sample, s, members)
				if err != nil {
					return fmt.Errorf("minute %d: %w", i, err)
				}
				if at := when.at(int64(shown)); len(f) > 0 {
					points = append(points, Point{Measurement: s.Measurement, Fields: f, Time: at, Day: day})
					walls = append(walls, Wall(time.Unix(int64(shown), 0).UTC()))
				}
			}
			carryOver(points[first:], walls, b.Zones)
			return nil
		})
		if err != nil {
			return nil, err
		}
		return points, nil
	}}
}

// carryOver puts samples in order that seem to come after those behind them: on a journey to
// the west the clock that showed them was set back only then.
func carryOver(samples []Point, walls []Wall, z Zones) {
	for i := len(samples) - 2; i >= 0; i-- {
		if next := samples[i+1].Time; samples[i].Time.After(next) {
			if at, ok := z.carried(walls[i]); ok && at.Before(next) {
				samples[i].Time = at
			}
		}
	}
}

// readNightSample reads the fields of a sample and what the clock showed, in seconds as if it
// were UTC.
func readNightSample(sample jsonText, s *Series, members []memberField) (_ []Field, shown int, err error) {
	object, err := sample.object()
	if err != nil {
		return nil, 0, err
	}
	if shown, err = readMinute(object.member("minute")); err != nil {
		return nil, 0, err
	}
	var f fieldList
	f.numbers(s, object, members)
	return f.fields, shown, f.err
}

// eachDate gives out each element of an answer with its date. An answer of SpO2 about one date
// may be that element instead of a list of one [H3'].
func eachDate(b Body, root string, read func(Day, jsonText) error) error {
	elements, err := rawList(b.JSON, root)
	if one, bad := parse(b.JSON); root == "" && bad == nil && one.member("dateTime") != "" {
		elements, err = []jsonText{one}, nil
	}
	if err != nil {
		return err
	}
	for i, element := range elements {
		day, err := dateOf(element)
		if err != nil {
			return fmt.Errorf("%s, element %d: %w", nameOf(root), i, err)
		}
		if err := read(day, element); err != nil {
			return fmt.Errorf("%s of %s: %w", nameOf(root), day, err)
		}
	}
	return nil
}

// numbers adds the fields that members of an object tell, as the kinds that the series declares.
func (l *fieldList) numbers(s *Series, object jsonText, members []memberField) {
	for _, m := range members {
		n, err := googleMembers(object).at(m.path)
		if l.err == nil {
			l.err = err
		}
		if s.kind(m.key) == Int {
			l.int(m.key, m.path, n)
			continue
		}
		l.float(m.key, m.path, n, m.conv)
	}
}

// occurred drops the -1 of a stage that did not occur [H6].
func occurred(x float64) (float64, bool) { return x, x > 0 }

package catalog

import (
	"fmt"
	"math"
)

// fitbitShape makes a reader for the daily series under a root member. The elements are
// {dateTime, value}; the value is a number, as a string or as it is. An element without a
// value is no point.
type fitbitShape func(root string, s *Series, field string) Reader

// fitbitInt reads whole numbers.
func fitbitInt(root string, s *Series, field string) Reader {
	return fitbitValues(root, s, func(f *fieldList, v number) { f.int(field, "value", v) })
}

// fitbitFloat reads decimal numbers, float noise included.
func fitbitFloat(root string, s *Series, field string) Reader {
	return fitbitValues(root, s, func(f *fieldList, v number) { f.float(field, "value", v, nil) })
}

// fitbitKilometres reads kilometres as metres, rounded to the millimetre.
func fitbitKilometres(root string, s *Series, field string) Reader {
	metres := func(km float64) (float64, bool) { return math.Round(km*1e6) / 1e3, true }
	return fitbitValues(root, s, func(f *fieldList, v number) { f.float(field, "value", v, metres) })
}

// fitbitLogged reads what people log by hand, where a zero stands for a day without a log.
func fitbitLogged(root string, s *Series, field string) Reader {
	return fitbitValues(root, s, func(f *fieldList, v number) { f.float(field, "value", v, logged) })
}

// fitbitValues reads a daily series: a point for each element that has a field, at the
// start of its date.
func fitbitValues(root string, s *Series, read func(*fieldList, number)) Reader {
	return func(b Body) ([]Point, error) {
		type element struct {
			DateTime string `json:"dateTime"`
			Value    number `json:"value"`
		}
		elements, err := decodeList[element](b.JSON, root, "dateTime")
		if err != nil {
			return nil, err
		}
		points := make([]Point, 0, len(elements))
		for _, e := range elements {
			day, err := readDay("dateTime", e.DateTime)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", root, err)
			}
			var f fieldList
			read(&f, e.Value)
			if f.err != nil {
				return nil, fmt.Errorf("%s of %s: %w", root, day, f.err)
			}
			if len(f.fields) > 0 {
				points = append(points, Point{Measurement: s.Measurement, Fields: f.fields, Time: b.Zones.Start(day), Day: day})
			}
		}
		return points, nil
	}
}

package catalog

import (
	"fmt"
	"time"
)

// fitbitZoneMinutes reads active zone minutes [I3], of which there are few. They come in two
// forms: as samples {time, value} of one day, or as {minute, value} under each day.
func fitbitZoneMinutes(b Body) ([]Point, error) {
	const root = "activities-active-zone-minutes"
	answer, err := parse(b.JSON)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", root, err)
	}
	samples := answer.member(root + intraday)
	if samples == "" || samples[0] == '{' {
		dataset := samples.member("dataset")
		if err := checkIntraday(answer, samples, dataset); err != nil {
			return nil, fmt.Errorf("%s: %w", root, err)
		}
		points, err := zoneMinutesIn(dataset, "time", readClockTime)
		if err != nil {
			return nil, fmt.Errorf("%s%s: %w", root, intraday, err)
		}
		return onDay(b, root, answer.member(root), points)
	}
	return zoneMinuteDays(b, root+intraday, samples)
}

// zoneMinuteDays reads the form in which each day has minutes that tell their date.
func zoneMinuteDays(b Body, root string, samples jsonText) (all []Point, _ error) {
	days, err := samples.list()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", root, err)
	}
	when := sequence{zones: b.Zones}
	for i, d := range days {
		day, err := dateOf(d)
		if err != nil {
			return nil, fmt.Errorf("%s, element %d: %w", root, i, err)
		}
		points, err := zoneMinutesIn(d.member("minutes"), "minute", readMinute)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", root, day, err)
		}
		for _, p := range points {
			if p.Time, p.Day = when.at(p.Time.Unix()), day; len(p.Fields) > 0 {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// readMinute reads what a clock shows, with its date, as if it were UTC.
func readMinute(t jsonText) (time.Time, error) {
	s, err := number(t).word()
	if err != nil {
		return time.Time{}, err
	}
	w, err := readWall("minute", s)
	return time.Time(w), err
}

// zoneMinutesIn reads a list of minutes, whose times are still what a clock shows. Google and
// the app weigh cardio and peak twice; so do these.
func zoneMinutesIn(list jsonText, stamp string, read func(jsonText) (time.Time, error)) (points []Point, _ error) {
	minutes, err := list.list()
	if err != nil {
		return nil, err
	}
	for i, m := range minutes {
		object, err := m.object()
		if err != nil {
			return nil, fmt.Errorf("minute %d: %w", i, err)
		}
		shown, err := read(object.member(stamp))
		if err != nil {
			return nil, fmt.Errorf("minute %d: member %s: %w", i, stamp, err)
		}
		value, err := object.member("value").object()
		if err != nil {
			return nil, fmt.Errorf("minute %d: member value: %w", i, err)
		}
		var f fieldList
		for _, zone := range []struct{ key, member string }{
			{"total_min", "activeZoneMinutes"}, {"fat_burn_min", "fatBurnActiveZoneMinutes"},
			{"cardio_min", "cardioActiveZoneMinutes"}, {"peak_min", "peakActiveZoneMinutes"},
		} {
			f.int(zone.key, "value."+zone.member, number(value.member(zone.member)))
		}
		if f.err != nil {
			return nil, fmt.Errorf("minute %d: %w", i, f.err)
		}
		points = append(points, Point{Measurement: activeZoneMinutes.Measurement, Fields: f.fields, Time: shown})
	}
	return points, nil
}

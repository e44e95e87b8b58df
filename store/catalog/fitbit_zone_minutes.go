package catalog

import (
	"fmt"
	"time"
)

// zoneMembers are the fields of active zone minutes and the members that tell them.
var zoneMembers = []struct{ key, member string }{
	{"total_min", "activeZoneMinutes"}, {"fat_burn_min", "fatBurnActiveZoneMinutes"},
	{"cardio_min", "cardioActiveZoneMinutes"}, {"peak_min", "peakActiveZoneMinutes"},
}

// fitbitZoneMinutesDaily serves the active zone minutes of each day that has some [A4]. A zone
// that is left out beside another is zero.
func fitbitZoneMinutesDaily() *Origin {
	ask := fitbitSeries("activities/active-zone-minutes", 1095, "activity")
	ask.Dense = false
	return &Origin{Ask: ask, Read: fitbitDates(ask.Root, activeZoneMinutesDaily, func(f *fieldList, value jsonText) {
		if value.empty() {
			return
		}
		for _, zone := range zoneMembers {
			orZero(googleInt)(f, zone.key, "value."+zone.member, number(value.member(zone.member)))
		}
	})}
}

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
		points, shown, err := zoneMinutesIn(dataset, "time", readClockTime)
		if err != nil {
			return nil, fmt.Errorf("%s%s: %w", root, intraday, err)
		}
		return onDay(b, root, answer.member(root), points, shown)
	}
	return zoneMinuteDays(b, root+intraday, samples)
}

// zoneMinuteDays reads the form in which each day has minutes that tell their date.
func zoneMinuteDays(b Body, root string, samples jsonText) (all []Point, _ error) {
	days, err := samples.list()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", root, err)
	}
	when := newSamplesClock(b)
	for i, d := range days {
		day, err := dateOf(d)
		if err != nil {
			return nil, fmt.Errorf("%s, element %d: %w", root, i, err)
		}
		points, shown, err := zoneMinutesIn(d.member("minutes"), "minute", readMinute)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", root, day, err)
		}
		for i, p := range points {
			if p.Time, p.Day = when.at(int64(shown[i]), day); len(p.Fields) > 0 {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// readMinute reads what a clock shows, with its date, as seconds as if it were UTC.
func readMinute(t jsonText) (int, error) {
	s, err := number(t).word()
	if err != nil {
		return 0, err
	}
	w, err := readWall("minute", s)
	return int(time.Time(w).Unix()), err
}

// zoneMinutesIn reads a list of minutes, and what the clock showed at each by the member stamp.
// Those of cardio and peak are weighed twice, as in the daily series.
func zoneMinutesIn(list jsonText, stamp string, read func(jsonText) (int, error)) (points []Point, shown []int, _ error) {
	minutes, err := list.list()
	if err != nil {
		return nil, nil, err
	}
	for i, m := range minutes {
		p, at, err := readZoneMinute(m, stamp, read)
		if err != nil {
			return nil, nil, fmt.Errorf("minute %d: %w", i, err)
		}
		points, shown = append(points, p), append(shown, at)
	}
	return points, shown, nil
}

func readZoneMinute(m jsonText, stamp string, read func(jsonText) (int, error)) (Point, int, error) {
	object, err := m.object()
	if err != nil {
		return Point{}, 0, err
	}
	shown, err := read(object.member(stamp))
	if err != nil {
		return Point{}, 0, fmt.Errorf("member %s: %w", stamp, err)
	}
	value, err := object.member("value").object()
	if err != nil {
		return Point{}, 0, fmt.Errorf("member value: %w", err)
	}
	var f fieldList
	for _, zone := range zoneMembers {
		f.int(zone.key, "value."+zone.member, number(value.member(zone.member)))
	}
	return Point{Measurement: activeZoneMinutes.Measurement, Fields: f.fields}, shown, f.err
}

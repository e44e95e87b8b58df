package catalog

import (
	"fmt"
	"strconv"
)

// heartDay is an element of activities-heart. A day on which nothing was worn has no
// resting heart rate, and its zones may come without minutes and calories.
type heartDay struct {
	DateTime string `json:"dateTime"`
	Value    struct {
		Resting     number      `json:"restingHeartRate"`
		Zones       []heartZone `json:"heartRateZones"`
		CustomZones []heartZone `json:"customHeartRateZones"` // they overlap the others
	} `json:"value"`
}

// heartZone is a range of heart rates, in beats a minute, and what was spent in it.
type heartZone struct {
	Name     string `json:"name"`
	Min      number `json:"min"`
	Max      number `json:"max"`
	Minutes  number `json:"minutes"`
	Calories number `json:"caloriesOut"` // kcal
}

// fitbitRestingHeartRate reads the resting heart rate of each day that has one.
func fitbitRestingHeartRate(b Body) ([]Point, error) {
	return fitbitHeartDays(b, func(d heartDay, at Point) ([]Point, error) {
		var f fieldList
		f.float("resting_bpm", "restingHeartRate", d.Value.Resting, nil)
		at.Measurement, at.Fields = heartRateDaily.Measurement, f.fields
		return []Point{at}, f.err
	})
}

// fitbitHeartRateZones reads a point for each heart-rate zone of each day, the person's own
// zones included, with what read tells of it.
func fitbitHeartRateZones(read func(heartZone, *fieldList)) Reader {
	return func(b Body) ([]Point, error) {
		return fitbitHeartDays(b, func(d heartDay, at Point) ([]Point, error) {
			var points []Point
			taken := map[string]bool{}
			for _, zones := range [][]heartZone{d.Value.Zones, d.Value.CustomZones} {
				for _, z := range zones {
					p, err := z.point(at, taken, read)
					if err != nil {
						return nil, err
					}
					points = append(points, p)
				}
			}
			return points, nil
		})
	}
}

// point makes the zone's point at a day. A second zone of one name gets a number.
func (z heartZone) point(at Point, taken map[string]bool, read func(heartZone, *fieldList)) (Point, error) {
	var f fieldList
	read(z, &f)
	if f.err != nil {
		return Point{}, fmt.Errorf("zone %q: %w", z.Name, f.err)
	}
	name := snakeCase(z.Name)
	if name == "" {
		name = "unknown"
	}
	tag := name
	for n := 2; taken[tag]; n++ {
		tag = name + "_" + strconv.Itoa(n)
	}
	taken[tag] = true
	at.Measurement, at.Tags, at.Fields = heartRateZoneDaily.Measurement, []Tag{{"zone", tag}}, f.fields
	return at, nil
}

// What a day tells of a zone is read apart, for the Google Health API answers it apart, and
// each may come from another source.

func (z heartZone) minutes(f *fieldList) { f.int("minutes", "minutes", z.Minutes) }

func (z heartZone) calories(f *fieldList) { f.float("calories_kcal", "caloriesOut", z.Calories, nil) }

// bounds are the limits of a zone; they change over the years, so they stand with each day.
func (z heartZone) bounds(f *fieldList) {
	f.int("min_bpm", "min", z.Min)
	f.int("max_bpm", "max", z.Max)
}

// fitbitHeartDays reads each day of the daily heart series by read, which is given a point
// with the day and its start, and keeps the points that have a field.
func fitbitHeartDays(b Body, read func(heartDay, Point) ([]Point, error)) ([]Point, error) {
	const root = "activities-heart"
	days, err := decodeList[heartDay](b.JSON, root, "dateTime")
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, d := range days {
		day, err := readDay("dateTime", d.DateTime)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", root, err)
		}
		of, err := read(d, Point{Time: b.Zones.Start(day), Day: day})
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", root, day, err)
		}
		for _, p := range of {
			if len(p.Fields) > 0 {
				points = append(points, p)
			}
		}
	}
	return points, nil
}

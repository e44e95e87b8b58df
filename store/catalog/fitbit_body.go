package catalog

import (
	"fmt"
	"time"
)

// fitbitCarried serves a daily series of the body, in which the last reading is carried forward
// [B1]. Where there is none before a day, a zero may stand for it.
func fitbitCarried(resource, field string) *Origin {
	o := refreshed(rarely, fitbitDaily(resource, 1095, "weight", fitbitLogged, bodyDaily, field))
	o.Version = 1
	return o
}

// fitbitWeight reads the weight log: kilograms, with the body-mass index and the share of
// fat when the scale knew them.
func fitbitWeight(b Body) ([]Point, error) {
	return fitbitReadings(b, "weight", weight, func(f *fieldList, r reading) {
		f.float("weight_kg", "weight", r.Weight, nil)
		f.float("bmi", "bmi", r.BMI, nil)
		f.float("fat_pct", "fat", r.Fat, nil)
	})
}

// fitbitBodyFat reads the log of the share of fat, in percent.
func fitbitBodyFat(b Body) ([]Point, error) {
	return fitbitReadings(b, "fat", bodyFat, func(f *fieldList, r reading) {
		f.float("fat_pct", "fat", r.Fat, nil)
	})
}

// reading is an element of the weight and fat logs. LogID is not unique: two readings in
// one second share it.
type reading struct {
	Date   string `json:"date"`
	Time   string `json:"time"`
	LogID  number `json:"logId"`
	Weight number `json:"weight"` // kilograms
	BMI    number `json:"bmi"`
	Fat    number `json:"fat"` // percent
}

// fitbitReadings reads a log of readings with a date and a time of day; a reading without a
// time gets the one that Fitbit itself puts there, a second before midnight. A reading at
// the instant of an earlier one lies a nanosecond after it.
func fitbitReadings(b Body, root string, s *Series, read func(*fieldList, reading)) ([]Point, error) {
	readings, err := decodeList[reading](b.JSON, root, "date")
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, r := range readings {
		day, err := readDay("date", r.Date)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", root, err)
		}
		if r.Time == "" {
			r.Time = "23:59:59"
		}
		at, err := readWall("time", r.Date+"T"+r.Time)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", root, day, err)
		}
		var f fieldList
		read(&f, r)
		if len(f.fields) == 0 && f.err == nil {
			continue
		}
		f.id("log_id", "logId", r.LogID)
		if f.err != nil {
			return nil, fmt.Errorf("%s of %s: %w", root, day, f.err)
		}
		points = append(points, Point{Measurement: s.Measurement, Fields: f.fields, Time: b.Zones.At(at), Day: day})
	}
	return apart(points), nil
}

// apart keeps readings of one instant apart: each lies a nanosecond after the one before it.
func apart(points []Point) []Point {
	taken := map[time.Time]bool{}
	for i := range points {
		for taken[points[i].Time] {
			points[i].Time = points[i].Time.Add(time.Nanosecond)
		}
		taken[points[i].Time] = true
	}
	return points
}

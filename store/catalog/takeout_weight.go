package catalog

import (
	"fmt"
	"math"
	"path"
	"strings"
)

// weighIn is a record of weight-*.json. Its date and time are those of the clock on the wall,
// and its id is the same reading as if it were UTC, no instant (takeout-archive.md section 4).
type weighIn struct {
	LogID  number `json:"logId"`
	Weight number `json:"weight"` // pounds, or kilograms
	BMI    number `json:"bmi"`
	Fat    number `json:"fat"` // percent
	Date   string `json:"date"`
	Time   string `json:"time"`

	wall Wall
}

const kilogramsPerPound = 0.45359237

// kilograms returns the weight. No record tells its unit: it is the one under which the
// body-mass index is that of a person of about the height given, in metres, and without an
// index it is pounds (section 5.1 and section 9, item 19).
func (w weighIn) kilograms(height float64) (float64, error) {
	told, err := w.Weight.float()
	if err != nil {
		return 0, err
	}
	pounds := roundTo(told*kilogramsPerPound, 2)
	if w.BMI == "" {
		return pounds, nil
	}
	bmi, err := w.BMI.float()
	if height <= 0 {
		height = 1.70
	}
	off := func(kg float64) float64 { return math.Abs(math.Log(math.Sqrt(kg/bmi) / height)) }
	if off(told) < off(pounds) {
		return told, err
	}
	return pounds, err
}

// weighs reports whether a number of grams is the record's weight, in either unit, as far as
// a tenth of it tells.
func (w weighIn) weighs(grams float64) bool {
	told, err := w.Weight.float()
	near := func(kg float64) bool { return math.Abs(kg-grams/1000) < 0.06 }
	return err == nil && (near(told) || near(told*kilogramsPerPound))
}

// isFat reports whether a percentage is the record's share of fat.
func (w weighIn) isFat(percent float64) bool {
	told, err := w.Fat.float()
	return err == nil && math.Abs(told-percent) < 0.06
}

// takeoutWeight reads weighings as the legacy Web API tells them. A record that the CSV has,
// too, weighs what that says, in grams (section 6); what only the CSV has has no more than that.
func takeoutWeight(pages []Body) ([]Point, error) {
	logs, err := readBodyLogs(pages, "weight", "weight grams")
	if err != nil {
		return nil, err
	}
	for _, w := range logs.records {
		if w.Weight == "" {
			continue
		}
		kg, err := w.kilograms(logs.Height)
		if grams, ok := logs.twin(w, w.weighs); ok {
			kg, _ = thousandth(grams)
		}
		var f fieldList
		f.add("weight_kg", "weight", FloatValue(kg), err)
		f.float("bmi", "bmi", w.BMI, nil)
		f.float("fat_pct", "fat", w.Fat, nil)
		if err := logs.add(weight, w, f); err != nil {
			return nil, err
		}
	}
	return logs.withOthers(weight, "weight_kg", thousandth), nil
}

// takeoutBodyFat reads the shares of fat: those told with a weight, which the legacy Web API
// has as logs of their own, and what only the CSV has.
func takeoutBodyFat(pages []Body) ([]Point, error) {
	logs, err := readBodyLogs(pages, "body_fat", "body fat percentage")
	if err != nil {
		return nil, err
	}
	for _, w := range logs.records {
		if w.Fat == "" {
			continue
		}
		logs.twin(w, w.isFat)
		var f fieldList
		f.float("fat_pct", "fat", w.Fat, nil)
		if err := logs.add(bodyFat, w, f); err != nil {
			return nil, err
		}
	}
	return logs.withOthers(bodyFat, "fat_pct", func(x float64) (float64, bool) { return x, true }), nil
}

// takeoutWeighed finds the days under which weights or shares of fat are filed. Those of a row
// may be two: only the records beside it tell whether its stamp is an instant.
func takeoutWeighed(b Body) ([]Day, error) {
	var days []Day
	for _, join := range []Joiner{takeoutWeight, takeoutBodyFat} {
		points, err := join([]Body{b})
		if err != nil {
			return nil, err
		}
		for _, p := range points {
			if days = append(days, p.Day); strings.EqualFold(path.Ext(b.Path), ".csv") {
				days = append(days, DayOf(p.Time))
			}
		}
	}
	return days, nil
}

// add adds the point of a record.
func (l *bodyLogs) add(s *Series, w weighIn, f fieldList) error {
	f.id("log_id", "logId", w.LogID)
	if f.err != nil {
		return fmt.Errorf("weight of %s: %w", w.Date, f.err)
	}
	l.points = append(l.points, Point{Measurement: s.Measurement, Fields: f.fields, Time: l.Zones.At(w.wall), Day: w.wall.Day()})
	return nil
}

package emulator

import "math"

// exportWeight is a record of weight-. Date and time are those of the clock,
// which logId holds as if it were in UTC (archive sheet 4).
type exportWeight struct {
	LogID  int64  `json:"logId"`
	Weight number `json:"weight"`
	BMI    number `json:"bmi"`
	Date   string `json:"date"`
	Time   string `json:"time"`
	Source string `json:"source"`
	Fat    number `json:"fat,omitempty"`
}

// weightChunk is weight-: pounds, unless the archive is in kg.
func (t *takeout) weightChunk(from, to Date) []byte {
	unit := american
	if t.o.Kilograms {
		unit = metric
	}
	var records []exportWeight
	for _, w := range t.weights(from, to) {
		records = append(records, exportWeight{
			LogID: w.LogID, Weight: number(unit.weight(w.KG)), BMI: number(t.p.BMI(w.KG)),
			Date: usDay(w.Date), Time: clock(w), Source: w.Source, Fat: number(w.Fat),
		})
	}
	return exportArray(records)
}

// weights are the weighings of days that had reached the service, oldest first.
func (t *takeout) weights(from, to Date) []Weight {
	c := *t.c
	c.from, c.to = from, to
	return c.weighings()
}

// heightYear is height-: one record in mm of the day the history begins.
func (t *takeout) heightYear(from, to Date) []byte {
	if t.p.first < from || t.p.first > to {
		return nil
	}
	var s exportSeries
	s.add(usDay(t.p.first)+midnight, quoted(int64(math.Round(t.p.heightCM*10))))
	return s.bytes()
}

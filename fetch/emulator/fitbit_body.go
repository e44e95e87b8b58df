package emulator

import "strconv"

// logRoutes are those of what is logged, entry by entry (sheet 5.5).
var logRoutes = []route{
	{"1", "body/log/weight/date/{s}/{e}", "weight", map[string]int{"": 31}, 0, false, (*call).weightLog},
	{"1", "body/log/fat/date/{s}/{e}", "weight", map[string]int{"": 30}, 0, false, (*call).fatLog},
}

// body is B1: dense, the last value carried forward, strings.
func (c *call) body() (any, *refusal) {
	var points []point
	for i, b := range c.person.Bodies(c.from, c.to, c.now) {
		value, ok := c.bodyValue(b)
		if ok || c.modes.ZerosBefore {
			points = append(points, point{(c.from + Date(i)).String(), value})
		}
	}
	return c.series("body-"+c.resource, points)
}

func (c *call) bodyValue(b Body) (value string, ok bool) {
	switch c.resource {
	case "weight":
		return decimal(c.units.weight(b.Weight.KG)), b.HasWeight
	case "bmi":
		return decimal(c.person.BMI(b.Weight.KG)), b.HasWeight
	}
	return strconv.FormatFloat(b.Fat, 'f', 1, 64), b.HasFat
}

// weightEntry is an element of W1.
type weightEntry struct {
	BMI    number `json:"bmi"`
	Date   string `json:"date"`
	Fat    number `json:"fat,omitempty"`
	LogID  int64  `json:"logId"`
	Source string `json:"source"`
	Time   string `json:"time"`
	Weight number `json:"weight"`
}

// fatEntry is an element of W2.
type fatEntry struct {
	Date   string `json:"date"`
	Fat    number `json:"fat"`
	LogID  int64  `json:"logId"`
	Source string `json:"source"`
	Time   string `json:"time"`
}

// weighings are the logs of the range that have reached the service.
func (c *call) weighings() []Weight {
	var logs []Weight
	for d := c.from; d <= c.to; d++ {
		for _, w := range c.person.Weights(d) {
			if !w.Entered.After(c.now) {
				logs = append(logs, w)
			}
		}
	}
	return logs
}

// weightLog is W1: measurements, oldest first, numbers.
func (c *call) weightLog() (any, *refusal) {
	entries := []weightEntry{}
	for _, w := range c.weighings() {
		entries = append(entries, weightEntry{
			BMI: number(c.person.BMI(w.KG)), Date: w.Date.String(), Fat: number(w.Fat), LogID: w.LogID,
			Source: w.Source, Time: clock(w), Weight: number(c.units.weight(w.KG)),
		})
	}
	return list(c, "weight", entries)
}

// fatLog is W2.
func (c *call) fatLog() (any, *refusal) {
	entries := []fatEntry{}
	for _, w := range c.weighings() {
		if w.Fat > 0 {
			entries = append(entries, fatEntry{w.Date.String(), number(w.Fat), w.LogID, w.Source, clock(w)})
		}
	}
	return list(c, "fat", entries)
}

func list[E any](c *call, root string, entries []E) (any, *refusal) {
	if len(entries) == 0 || c.empty {
		return c.emptyAnswer(map[string]any{root: []E{}}, root), nil
	}
	return map[string]any{root: entries}, nil
}

// clock is the wall time of a log, which its id holds (sheet 4.3).
func clock(w Weight) string {
	second := w.LogID / 1000 % 86400
	return w.Date.At(w.At.Location(), int(second)).Format("15:04:05")
}

// food is F1: dense, zero for days without a log, strings.
func (c *call) food() (any, *refusal) {
	var points []point
	for d := c.dense(); d <= c.to; d++ {
		f := c.person.Food(d)
		if f.Entered.After(c.now) {
			f = Food{}
		}
		value := strconv.Itoa(f.Kcal)
		if c.resource == "water" {
			value = decimal(c.units.water(f.WaterML))
		}
		points = append(points, point{d.String(), value})
	}
	return c.series("foods-log-"+c.resource, points)
}

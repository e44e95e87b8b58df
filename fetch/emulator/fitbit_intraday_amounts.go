package emulator

import (
	"math"
	"time"
)

// slot is a minute that a day of an answer lists.
type slot struct {
	wall int // seconds, as dayClock.shows
	Minute
	day *Day // that it lies on
}

// slots are the minutes of a day, in true order. What is not synced is nothing,
// and rest on a day that is over, whose total has the basal energy of 24 hours.
func (c *call) slots(d Date) []slot {
	k := c.clock(d)
	rest := Minute{}
	if !k.end.After(c.now) {
		rest.METs10 = 10
	}
	all := make([]slot, 0, 1440)
	next := 0
	c.person.eachMinute(k.start, k.end, func(at time.Time, m Minute, of *Day) {
		if at.Add(time.Minute).After(c.synced) {
			m = rest
		}
		wall := k.shows(at)
		for c.modes.SpringZeros && next < wall {
			all = append(all, slot{wall: next, day: of})
			next += 60
		}
		all = append(all, slot{wall, m, of})
		next = wall + 60
	})
	return all
}

// energy of a minute, kcal. At rest a day has the basal energy of 24 hours, as
// its total has, also one of 23 or 25.
func (s *slot) energy() float64 {
	if s.METs10 == 0 {
		return 0
	}
	return float64(s.day.BMR) * (1/float64(s.day.Minutes) + float64(int(s.METs10)-10)/10/1440)
}

// amountOf are the resources of I2 but calories.
var amountOf = map[string]func(c *call, s *slot) float64{
	"steps":            func(_ *call, s *slot) float64 { return float64(s.Steps) },
	"floors":           func(_ *call, s *slot) float64 { return float64(s.Floors) },
	"swimming-strokes": func(_ *call, s *slot) float64 { return float64(s.Strokes) },
	"elevation":        func(c *call, s *slot) float64 { return c.units.elevation(floorMetres * float64(s.Floors)) },
	"distance": func(c *call, s *slot) float64 {
		return c.units.distance(float64(s.Steps) * c.person.strideKM(s.Running))
	},
}

func amountRanges() map[string]int {
	ranges := map[string]int{"calories": math.MaxInt32}
	for resource := range amountOf {
		ranges[resource] = math.MaxInt32
	}
	return ranges
}

type amountEntry struct {
	Time  string  `json:"time"`
	Value float64 `json:"value"`
}

// amounts is I2: dense.
func (c *call) amounts() (any, *refusal) {
	q, refused := c.intraday(60)
	if refused != nil {
		return nil, refused
	}
	var rows any
	if of, ok := amountOf[c.resource]; ok {
		rows = askedRows(q, func(d Date) []row[float64] {
			return sums(q, d, func(s *slot) float64 { return of(c, s) }, func(a *float64, b float64) { *a += b })
		}, func(_ Date, r row[float64]) amountEntry {
			return amountEntry{clockText(r.wall), round(r.value, 6)}
		})
	} else {
		rows = askedRows(q, q.energy, func(_ Date, r row[energyEntry]) energyEntry {
			r.value.Time, r.value.Value = clockText(r.wall), round(r.value.Value, 5)
			return r.value
		})
	}
	return q.datasetAnswer("activities-"+c.resource, q.totals(func(d Date) any {
		v := c.view(d)
		v.addManual(c.now)
		return point{d.String(), activityValues[c.resource](&v, c.units)}
	}), rows)
}

// sums are the rows of a day that its minutes add up to.
func sums[V any](q *intraday, d Date, of func(*slot) V, add func(*V, V)) []row[V] {
	slots := q.slots(d)
	rows := make([]row[V], len(slots))
	for i := range slots {
		rows[i] = row[V]{slots[i].wall, of(&slots[i])}
	}
	return joined(q, rows, add)
}

// energyEntry is a row of calories. The mets are tenths of metabolic
// equivalents, added up over the minutes of a row.
type energyEntry struct {
	Level int     `json:"level"`
	METs  int     `json:"mets"`
	Time  string  `json:"time"`
	Value float64 `json:"value"`
}

// energy are the rows of calories, of which a level is the highest in them.
func (q *intraday) energy(d Date) []row[energyEntry] {
	return sums(q, d, func(s *slot) energyEntry {
		e := energyEntry{METs: int(s.METs10), Value: s.energy()}
		if !s.InBed {
			e.Level = levelOf(s.Minute)
		}
		return e
	}, func(a *energyEntry, b energyEntry) {
		a.Level = max(a.Level, b.Level)
		a.METs += b.METs
		a.Value += b.Value
	})
}

package emulator

import (
	"math"
	"slices"
)

// heartValue is one day of A5.
type heartValue struct {
	Custom  []heartZone `json:"customHeartRateZones"`
	Zones   []heartZone `json:"heartRateZones"`
	Resting *int        `json:"restingHeartRate,omitempty"`
}

type heartZone struct {
	CaloriesOut *float64 `json:"caloriesOut,omitempty"`
	Max         int      `json:"max"`
	Min         int      `json:"min"`
	Minutes     *int     `json:"minutes,omitempty"`
	Name        string   `json:"name"`
}

// heart is A5: dense; zones without minutes where nothing is known of a day.
func (c *call) heart() (any, *refusal) {
	var points []point
	for d := c.dense(); d <= c.to; d++ {
		points = append(points, point{d.String(), c.heartDay(d)})
	}
	return c.series("activities-heart", points)
}

func (c *call) heartDay(d Date) heartValue {
	v := c.view(d)
	if !v.known {
		v.Day = c.person.Day(d)
		v.Totals = Totals{}
	}
	bare := c.modes.ZonesWithoutMinutes || !v.known || v.Minutes == 0
	v.fitZones()
	h := heartValue{Custom: []heartZone{}}
	names := zoneNamesOf(c.locale)
	for z, totals := range v.Zones {
		h.Zones = append(h.Zones, newHeartZone(names[z], v.Limits[z], v.Limits[z+1], totals, bare))
	}
	if v.Custom != [2]int{} && v.CustomZone.Minutes > 0 {
		h.Custom = append(h.Custom, newHeartZone("Custom Zone", v.Custom[0], v.Custom[1], v.CustomZone, bare))
	}
	h.Resting = c.resting(&v)
	return h
}

// fitZones shows an unworn day as rest, and keeps the 25 hours of an autumn day
// within the 1440 minutes that the service knows.
func (v *view) fitZones() {
	rest := &v.Zones[OutOfRange]
	if !v.Worn {
		*rest = ZoneTotals{Minutes: v.Minutes}
		if v.over {
			rest.Minutes = 1440
		}
		return
	}
	sum := 0
	for _, z := range v.Zones {
		sum += z.Minutes
	}
	rest.Minutes -= max(0, sum-1440)
}

func newHeartZone(name string, low, high int, t ZoneTotals, bare bool) heartZone {
	z := heartZone{Min: low, Max: high, Name: name}
	if !bare {
		kcal := math.Round(t.Kcal*10000) / 10000
		z.Minutes, z.CaloriesOut = &t.Minutes, &kcal
	}
	return z
}

// resting is absent on unworn days and before the first sleep of the day is
// known; it settles when the day is synced to its end (sheet 5.1, 8).
func (c *call) resting(v *view) *int {
	if !v.known || !v.Worn || v.Resting == 0 {
		return nil
	}
	if !c.synced.Before(c.person.DayStart(v.Date + 1)) {
		return &v.Resting
	}
	if !slices.ContainsFunc(c.person.Sleeps(v.Date), c.sees) {
		return nil
	}
	early := v.Resting + newNoise(c.person.seed, "early resting", int(v.Date)).between(-1, 1)
	return &early
}

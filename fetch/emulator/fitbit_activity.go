package emulator

import (
	"strconv"
	"time"
)

// point is an element of a series.
type point struct {
	DateTime string `json:"dateTime"`
	Value    any    `json:"value"`
}

// series is the common answer: one root key with an array, or a form of
// emptiness.
func (c *call) series(root string, points []point) (any, *refusal) {
	if len(points) == 0 || c.empty {
		return c.emptyAnswer(map[string]any{root: []point{}}, root), nil
	}
	return map[string]any{root: points}, nil
}

// emptyAnswer turns an answer without data into the form of the mode.
func (c *call) emptyAnswer(full map[string]any, root string) any {
	switch c.modes.Empty {
	case MissingRoot:
		delete(full, root)
		if len(full) == 0 {
			full["success"] = true
		}
	case EmptyObject:
		return struct{}{}
	case BareArray:
		return []struct{}{}
	}
	return full
}

// view is a day as the service knows it.
type view struct {
	Day
	basalKcal float64
	sedentary int
	known     bool // false: the day lies in the future or before the history
	over      bool // the day has ended, synced or not
}

// activityValue renders one resource of sheet 5.1, as a string.
type activityValue func(v *view, u units) string

var activityValues = map[string]activityValue{
	"steps":                func(v *view, _ units) string { return strconv.Itoa(v.Steps) },
	"distance":             func(v *view, u units) string { return decimal(u.distance(v.DistanceKM)) },
	"floors":               func(v *view, _ units) string { return strconv.Itoa(v.Floors) },
	"elevation":            func(v *view, u units) string { return decimal(u.elevation(v.ElevationM)) },
	"calories":             func(v *view, _ units) string { return whole(v.basalKcal + v.ExtraKcal) },
	"caloriesBMR":          func(v *view, _ units) string { return whole(v.basalKcal) },
	"activityCalories":     func(v *view, _ units) string { return whole(v.ActiveKcal) },
	"minutesSedentary":     func(v *view, _ units) string { return strconv.Itoa(v.sedentary) },
	"minutesLightlyActive": func(v *view, _ units) string { return strconv.Itoa(v.Lightly) },
	"minutesFairlyActive":  func(v *view, _ units) string { return strconv.Itoa(v.Fairly) },
	"minutesVeryActive":    func(v *view, _ units) string { return strconv.Itoa(v.Very) },
	"swimming-strokes":     func(v *view, _ units) string { return strconv.Itoa(v.Strokes) },
}

var (
	activityRanges = rangesOf("")
	trackerRanges  = rangesOf("caloriesBMR", "swimming-strokes")
)

// rangesOf is 1095 days for all but activityCalories, which has 30.
func rangesOf(without ...string) map[string]int {
	ranges := map[string]int{}
	for name := range activityValues {
		ranges[name] = 1095
	}
	ranges["activityCalories"] = 30
	for _, name := range without {
		delete(ranges, name)
	}
	return ranges
}

// activity is A1 and A2: totals of the account.
func (c *call) activity() (any, *refusal) {
	return c.activitySeries("activities-"+c.resource, true)
}

// tracker is A3: the device's share, without what was typed in.
func (c *call) tracker() (any, *refusal) {
	return c.activitySeries("activities-tracker-"+c.resource, false)
}

func (c *call) activitySeries(root string, manual bool) (any, *refusal) {
	var points []point
	for d := c.dense(); d <= c.to; d++ {
		v := c.view(d)
		if manual {
			v.addManual(c.now)
		}
		points = append(points, point{d.String(), activityValues[c.resource](&v, c.units)})
	}
	return c.series(root, points)
}

// dense is the first day of a dense series: clipped at the first log unless the
// mode fills in zero days.
func (c *call) dense() Date {
	if c.modes.ZerosBefore {
		return c.from
	}
	return max(c.from, c.person.first)
}

// view is what the service knows of a day: a past day is padded to its end with
// rest, today ends at the last sync, the future is zero.
func (c *call) view(d Date) view {
	p := c.person
	start, end := p.DayStart(d), p.DayStart(d+1)
	if c.utc {
		start, end = d.utc(), (d + 1).utc()
	}
	if d < p.first && !c.utc {
		return view{Day: Day{Date: d}, basalKcal: float64(p.Day(d).BMR), sedentary: 1440}
	}
	if !start.Before(c.now) {
		return view{Day: Day{Date: d}}
	}
	v := view{Day: p.DayUntil(d, c.synced), known: true}
	if c.utc {
		until := end
		if c.synced.Before(until) {
			until = c.synced
		}
		v.Totals = p.TotalsBetween(start, until)
		v.Worn = v.Totals.Worn > 0
	}
	v.pad(end, c.now)
	return v
}

// pad fills a day that is over with rest. The legacy day has 1440 minutes even
// where the clock changes, as an unworn day shows.
func (v *view) pad(end, now time.Time) {
	v.sedentary = v.Sedentary
	if end.After(now) {
		v.basalKcal = float64(v.BMR) * float64(min(v.Minutes, 1440)) / 1440
		return
	}
	v.over = true
	v.basalKcal = float64(v.BMR)
	v.sedentary = max(0, 1440-v.InBed-v.Lightly-v.Fairly-v.Very)
}

// addManual takes in what the person typed in by now.
func (v *view) addManual(now time.Time) {
	m := v.Manual
	if m.Entered.IsZero() || m.Entered.After(now) {
		return
	}
	v.Steps += m.Steps
	v.DistanceKM += m.DistanceKM
	v.ExtraKcal += m.Kcal
	v.ActiveKcal += m.Kcal
	v.Fairly += m.Minutes
	v.sedentary = max(0, v.sedentary-m.Minutes)
}

// azmValue is one day of A4; absent zones had no minutes. Cardio and peak count
// twice.
type azmValue struct {
	Total   int `json:"activeZoneMinutes"`
	FatBurn int `json:"fatBurnActiveZoneMinutes,omitempty"`
	Cardio  int `json:"cardioActiveZoneMinutes,omitempty"`
	Peak    int `json:"peakActiveZoneMinutes,omitempty"`
}

// zoneMinutes is A4: sparse, numbers.
func (c *call) zoneMinutes() (any, *refusal) {
	var points []point
	for d := max(c.from, c.person.first); d <= c.to; d++ {
		if v := c.view(d).zoneMinutes(); v.Total > 0 {
			points = append(points, point{d.String(), v})
		}
	}
	return c.series("activities-active-zone-minutes", points)
}

func (t Totals) zoneMinutes() azmValue {
	v := azmValue{FatBurn: t.Zones[FatBurn].Minutes, Cardio: 2 * t.Zones[Cardio].Minutes, Peak: 2 * t.Zones[Peak].Minutes}
	v.Total = v.FatBurn + v.Cardio + v.Peak
	return v
}

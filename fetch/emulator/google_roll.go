package emulator

import (
	"math"
	"time"
)

// roller writes the value of a rollup window; false means that the window is
// absent, because nothing was worn or logged in it.
type roller func(g *glance, t *googleType, from, to time.Time, w *jsonWriter) bool

// minuteSums are the minutes of a window, of the reconciled stream: the watch's
// and what was typed in.
type minuteSums struct {
	Totals
	millimetres int64
	still       int // worn minutes awake without activity
	basalKcal   float64
	manual      int
	manualKcal  float64
}

// minuteRoll rolls up what follows from minutes.
func minuteRoll(value func(*minuteSums, *jsonWriter) bool) roller {
	return func(g *glance, t *googleType, from, to time.Time, w *jsonWriter) bool {
		s := g.sums(from, to)
		if s.Worn == 0 && s.manual == 0 {
			return false
		}
		return value(&s, w)
	}
}

// sums adds up the minutes that begin in a window, as far as the family allows.
func (g *glance) sums(from, to time.Time) minuteSums {
	var s minuteSums
	p := g.person
	for d := max(p.first, DateOf(p.Wall(from))-1); p.DayStart(d).Before(to); d++ {
		if !p.DayStart(d + 1).After(from) {
			continue
		}
		l := g.lived(d)
		if l.length == 0 {
			break
		}
		if g.family(watchOrigin) {
			g.addWatch(&s, l, from, to)
		}
		if g.family(manualOrigin) {
			g.addTyped(&s, l, from, to)
		}
	}
	return s
}

func (g *glance) addWatch(s *minuteSums, l *lived, from, to time.Time) {
	lo := max(0, minutesUpTo(from.Sub(l.start)))
	hi := min(l.length, minutesUpTo(to.Sub(l.start)))
	if known := min(hi, len(l.minutes)); lo < known {
		p := g.person
		p.mu.Lock()
		s.merge(p.sum(&l.Day, l.minutes, l.start, l.at(lo), l.at(known)))
		p.mu.Unlock()
		for _, mm := range p.lengths(l.minutes)[lo:known] {
			s.millimetres += mm
		}
		for _, m := range l.minutes[lo:known] {
			if m.BPM > 0 && !m.InBed && levelOf(m) == levelSedentary {
				s.still++
			}
		}
	}
	if !l.over {
		s.basalKcal += float64(l.BMR) * float64(max(0, min(hi, len(l.minutes))-lo)) / 1440
		return
	}
	s.basalKcal += float64(l.BMR) * float64(max(0, hi-lo)) / float64(l.length)
}

// minutesUpTo is how many minutes have begun.
func minutesUpTo(d time.Duration) int { return int(math.Ceil(d.Minutes())) }

func (g *glance) addTyped(s *minuteSums, l *lived, from, to time.Time) {
	lengths := g.person.lengths(l.manual)
	for i, m := range l.manual {
		at := l.typed.Add(time.Duration(i) * time.Minute)
		if at.Before(from) || !at.Before(to) {
			continue
		}
		s.Steps += int(m.Steps)
		s.millimetres += lengths[i]
		s.Fairly++
		s.manual++
		s.manualKcal += l.Manual.Kcal / float64(len(l.manual))
	}
}

func rollSteps(s *minuteSums, w *jsonWriter) bool {
	w.count("countSum", int64(s.Steps))
	return true
}

func rollDistance(s *minuteSums, w *jsonWriter) bool {
	w.count("millimetersSum", s.millimetres)
	return true
}

func rollFloors(s *minuteSums, w *jsonWriter) bool {
	w.count("countSum", int64(s.Floors))
	return s.Worn > 0
}

func rollAltitude(s *minuteSums, w *jsonWriter) bool {
	w.count("gainMillimetersSum", int64(floorMM*s.Floors))
	return s.Worn > 0
}

func rollActiveEnergy(s *minuteSums, w *jsonWriter) bool {
	w.double("kcalSum", round(s.ExtraKcal+s.manualKcal, 6))
	return true
}

// rollTotalCalories is the whole energy, basal included, also of the minutes
// without the watch (Google sheet gotcha 17).
func rollTotalCalories(s *minuteSums, w *jsonWriter) bool {
	w.double("kcalSum", round(s.basalKcal+s.ExtraKcal+s.manualKcal, 6))
	return true
}

func rollZoneCalories(s *minuteSums, w *jsonWriter) bool {
	w.openList("caloriesInHeartRateZones")
	for z, totals := range s.Zones {
		if totals.Minutes > 0 {
			w.open("")
			w.enum("heartRateZone", zoneTypeNames[z])
			w.double("kcal", round(totals.Kcal, 4))
			w.close()
		}
	}
	w.closeList()
	return s.Worn > 0
}

func rollActiveMinutes(s *minuteSums, w *jsonWriter) bool {
	w.openList("activeMinutesRollupByActivityLevel")
	minutes := [...]int{levelLight: s.Lightly, levelModerate: s.Fairly, levelVery: s.Very}
	sum := 0
	for level := levelLight; level <= levelVery; level++ {
		if minutes[level] > 0 {
			w.open("")
			w.enum("activityLevel", intensityNames[level])
			w.count("activeMinutesSum", int64(minutes[level]))
			w.close()
		}
		sum += minutes[level]
	}
	w.closeList()
	return sum > 0
}

// rollZoneMinutes leaves zones without minutes out, and windows without any.
func rollZoneMinutes(s *minuteSums, w *jsonWriter) bool {
	w.i64("sumInFatBurnHeartZone", int64(s.Zones[FatBurn].Minutes))
	w.i64("sumInCardioHeartZone", int64(2*s.Zones[Cardio].Minutes))
	w.i64("sumInPeakHeartZone", int64(2*s.Zones[Peak].Minutes))
	return s.Zones[FatBurn].Minutes+s.Zones[Cardio].Minutes+s.Zones[Peak].Minutes > 0
}

func rollStrokes(s *minuteSums, w *jsonWriter) bool {
	w.count("strokeCountSum", int64(s.Strokes))
	return s.Strokes > 0
}

// rollSedentary counts worn minutes only.
func rollSedentary(s *minuteSums, w *jsonWriter) bool {
	w.duration("durationSum", time.Duration(s.still)*time.Minute)
	return s.Worn > 0
}

func rollZoneTimes(s *minuteSums, w *jsonWriter) bool {
	w.openList("timeInHeartRateZones")
	for z, totals := range s.Zones {
		if totals.Minutes > 0 {
			w.open("")
			w.enum("heartRateZone", zoneTypeNames[z])
			w.duration("duration", time.Duration(totals.Minutes)*time.Minute)
			w.close()
		}
	}
	w.closeList()
	return s.Worn > 0
}

package emulator

import (
	"math"
	"time"
)

// Day is a whole local day as it truly was, whatever has been synced of it.
type Day struct {
	Date    Date
	Worn    bool // false: the watch lay in the drawer, all totals are those of rest
	Resting int  // resting pulse, beats per minute; 0 when unworn
	BMR     int  // basal energy of 24 hours, kcal
	Limits  [5]int
	Custom  [2]int // limits of the person's own pulse zone; zeros: none that day
	Totals
	Manual Manual
}

// Zones of pulse, in the order of Totals.Zones and Day.Limits: zone i holds
// pulses from Limits[i] up to, not including, Limits[i+1].
const (
	OutOfRange = iota
	FatBurn
	Cardio
	Peak
)

// Totals are sums over minutes of a day that the watch recorded. In-bed,
// sedentary and the three active classes add up to Minutes.
type Totals struct {
	Minutes, Worn                           int
	Steps, Floors, Strokes                  int
	DistanceKM, ElevationM                  float64
	ExtraKcal                               float64 // above basal
	ActiveKcal                              float64 // whole energy of the active minutes
	InBed, Sedentary, Lightly, Fairly, Very int
	Zones                                   [4]ZoneTotals
	CustomZone                              ZoneTotals
}

// ZoneTotals are minutes and whole energy spent in a pulse zone.
type ZoneTotals struct {
	Minutes int
	Kcal    float64
}

// Manual is an activity that the person typed in: it counts in the totals of
// the account, not in those of the device.
type Manual struct {
	Steps, Minutes   int
	DistanceKM, Kcal float64
	Entered          time.Time // UTC; zero: none that day
}

const floorMetres = 3.048

// Day returns the whole of a local day.
func (p *Person) Day(d Date) Day {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.day(d)
}

// DayUntil returns what was lived of a local day before an instant.
func (p *Person) DayUntil(d Date, until time.Time) Day {
	p.mu.Lock()
	defer p.mu.Unlock()
	start, end := p.start(d), p.start(d+1)
	if !until.Before(end) {
		return p.day(d)
	}
	day := p.frame(d)
	if until.After(start) {
		day.Totals = p.sum(&day, p.minutes(d), start, start, until)
	}
	return day
}

// TotalsBetween sums the recorded minutes between two instants, whatever local
// days they lie on.
func (p *Person) TotalsBetween(from, to time.Time) Totals {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all Totals
	if begin := p.start(p.first); from.Before(begin) {
		from = begin
	}
	for d := DateOf(p.wall(from)) - 1; p.start(d).Before(to); d++ {
		if start := p.start(d); p.start(d + 1).After(from) {
			day := p.frame(d)
			all.merge(p.sum(&day, p.minutes(d), start, from, to))
		}
	}
	return all
}

func (p *Person) day(d Date) Day {
	if day, ok := p.days[d]; ok {
		return day
	}
	day := p.frame(d)
	day.Totals = p.sum(&day, p.minutes(d), p.start(d), p.start(d), p.start(d+1))
	p.days[d] = day
	return day
}

// frame is a day without its sums.
func (p *Person) frame(d Date) Day {
	day := Day{Date: d, Worn: p.worn(d), BMR: p.bmr(d), Limits: p.limits(d), Custom: p.customZone(d)}
	if day.Worn {
		day.Resting = int(math.Round(p.resting(d)))
		day.Manual = p.manual(d)
	}
	return day
}

// bmr is the Mifflin-St Jeor estimate.
func (p *Person) bmr(d Date) int {
	return int(10*p.trueKG(d) + 6.25*p.heightCM - 5*float64(p.age(d)) - 20)
}

// limits are shares of the pulse reserve, so they move with age (sheet gotcha
// 12).
func (p *Person) limits(d Date) [5]int {
	rest, most := p.restBPM, float64(220-p.age(d))
	at := func(share float64) int { return int(rest + share*(most-rest)) }
	return [5]int{30, at(0.40), at(0.60), at(0.85), 220}
}

// customZone is set in about one quarter of a year in four.
func (p *Person) customZone(d Date) [2]int {
	if r := newNoise(p.seed, "custom zone", int(d)/91); r.chance(0.25) {
		from := r.between(118, 132)
		return [2]int{from, from + 20}
	}
	return [2]int{}
}

func (p *Person) manual(d Date) Manual {
	r := newNoise(p.seed, "manual", int(d))
	if p.sick(d) || !r.chance(0.03) {
		return Manual{}
	}
	minutes := r.between(20, 45)
	steps := minutes * 95
	return Manual{
		Steps: steps, Minutes: minutes,
		DistanceKM: float64(steps) * p.strideKM(false),
		Kcal:       float64(minutes) * float64(p.bmr(d)) / 1440 * 2.4,
		Entered:    d.At(p.zone(d), 20*3600).UTC(),
	}
}

// strideKM is the length of one step.
func (p *Person) strideKM(running bool) float64 {
	if running {
		return p.heightCM * 0.614 / 1e5
	}
	return p.heightCM * 0.414 / 1e5
}

func (p *Person) sum(day *Day, m []Minute, start, from, to time.Time) Totals {
	lo := max(0, int(from.Sub(start)/time.Minute))
	hi := min(len(m), int(to.Sub(start)/time.Minute))
	var t Totals
	if lo >= hi {
		return t
	}
	basal := float64(day.BMR) / 1440
	for _, min := range m[lo:hi] {
		t.add(min, basal)
		t.DistanceKM += float64(min.Steps) * p.strideKM(min.Running)
		if min.BPM == 0 {
			continue
		}
		t.Worn++
		kcal := basal * float64(min.METs10) / 10
		t.Zones[zoneOf(&day.Limits, int(min.BPM))].add(kcal)
		if b := int(min.BPM); b >= day.Custom[0] && b < day.Custom[1] {
			t.CustomZone.add(kcal)
		}
	}
	t.ElevationM = floorMetres * float64(t.Floors)
	return t
}

func zoneOf(limits *[5]int, bpm int) int {
	for z := Peak; z > OutOfRange; z-- {
		if bpm >= limits[z] {
			return z
		}
	}
	return OutOfRange
}

func (z *ZoneTotals) add(kcal float64) {
	z.Minutes++
	z.Kcal += kcal
}

func (t *Totals) add(m Minute, basal float64) {
	t.Minutes++
	t.Steps += int(m.Steps)
	t.Floors += int(m.Floors)
	t.Strokes += int(m.Strokes)
	t.ExtraKcal += basal * float64(m.METs10-10) / 10
	if m.METs10 >= 15 {
		t.ActiveKcal += basal * float64(m.METs10) / 10
	}
	switch {
	case m.InBed:
		t.InBed++
	case m.METs10 < 15:
		t.Sedentary++
	case m.METs10 < 30:
		t.Lightly++
	case m.METs10 < 60:
		t.Fairly++
	default:
		t.Very++
	}
}

func (t *Totals) merge(o Totals) {
	t.Minutes += o.Minutes
	t.Worn += o.Worn
	t.Steps += o.Steps
	t.Floors += o.Floors
	t.Strokes += o.Strokes
	t.DistanceKM += o.DistanceKM
	t.ElevationM += o.ElevationM
	t.ExtraKcal += o.ExtraKcal
	t.ActiveKcal += o.ActiveKcal
	t.InBed += o.InBed
	t.Sedentary += o.Sedentary
	t.Lightly += o.Lightly
	t.Fairly += o.Fairly
	t.Very += o.Very
	for z := range t.Zones {
		t.Zones[z].Minutes += o.Zones[z].Minutes
		t.Zones[z].Kcal += o.Zones[z].Kcal
	}
	t.CustomZone.Minutes += o.CustomZone.Minutes
	t.CustomZone.Kcal += o.CustomZone.Kcal
}

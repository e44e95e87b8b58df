package emulator

import (
	"math"
	"time"
)

// Night is what the watch derived from the main staged sleep of a day.
type Night struct {
	Sleep
	RMSSD, DeepRMSSD, Entropy float64 // ms, ms, no unit
	NonRemBPM                 int
	Oxygen, OxygenSD          float64 // per cent
	OxygenLow, OxygenHigh     float64
	Breaths                   map[string]float64 // per minute, by level; "" is the whole sleep
	SkinC, BaselineC, SkinSD  float64            // °C; the last two are NaN in the first weeks
	VO2Max, VO2MaxUncertainty float64            // ml/kg/min
	day                       int
}

// baselineDays is how long the skin temperature has no baseline.
const baselineDays = 21

// Night returns the measurements of the night that ended on a local day; ok is
// false when there was no staged main sleep.
func (p *Person) Night(d Date) (n Night, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.sleeps(d) {
		if s.Main && !s.Classic && !s.NoLevels {
			return p.measure(s, d), true
		}
	}
	return Night{}, false
}

func (p *Person) measure(s Sleep, d Date) Night {
	r := newNoise(p.seed, "night values", int(d))
	n := Night{Sleep: s, day: int(d)}
	strain := 0.0
	if p.sick(d) {
		strain = 1
	}
	n.RMSSD = round(41+7*p.wave("hrv", d, 300)-9*strain+r.spread(3), 3)
	n.DeepRMSSD = round(n.RMSSD*(1.06+0.1*r.float()), 3)
	n.Entropy = round(2.6+r.spread(0.15), 3)
	n.NonRemBPM = int(math.Round(p.resting(d))) - r.between(0, 3)
	n.Oxygen = round(96.2-0.8*strain+r.spread(0.5), 1)
	n.OxygenSD = round(0.6+0.4*r.float(), 2)
	n.OxygenLow, n.OxygenHigh = round(n.Oxygen-1.5-r.float(), 1), round(math.Min(100, n.Oxygen+1.5+r.float()), 1)
	full := 14.4 + 0.8*p.wave("breath", d, 260) + 1.4*strain + r.spread(0.3)
	n.Breaths = map[string]float64{
		"": round(full, 2), "deep": round(full-0.6+r.spread(0.1), 2),
		"light": round(full+0.1+r.spread(0.1), 2), "rem": round(full+0.9+r.spread(0.1), 2),
	}
	n.SkinC = round(33.6+0.3*p.wave("skin", d, 29)+0.9*strain+r.spread(0.2), 2)
	n.BaselineC, n.SkinSD = math.NaN(), math.NaN()
	if d >= p.first+baselineDays {
		n.BaselineC, n.SkinSD = round(33.6+0.1*p.wave("skin base", d, 200), 2), round(0.3+0.1*r.float(), 2)
	}
	n.VO2Max, n.VO2MaxUncertainty = p.Fitness(d), round(1+r.float(), 2)
	return n
}

// Fitness is the maximal oxygen uptake of a day in ml/kg/min; it drifts slowly.
func (p *Person) Fitness(d Date) float64 {
	return round(43+3*p.wave("fitness", d, 500)-0.2*float64(p.age(d)-40), 1)
}

// Reading is a value of an instant.
type Reading struct {
	At    time.Time // UTC
	Value float64
	Extra [3]float64
}

// Variability returns readings of the heart rate variability, one in about five
// minutes: RMSSD in ms; SDNN in ms, low and high frequency power.
func (p *Person) Variability(n Night) []Reading {
	r := newNoise(p.seed, "hrv samples", n.day)
	return n.readings(r, func() Reading {
		v := Reading{Value: round(n.RMSSD+r.spread(6), 3)}
		v.Extra = [3]float64{round(v.Value*1.3+r.spread(3), 3), round(400+r.spread(120), 2), round(300+r.spread(90), 2)}
		return v
	})
}

// Oxygen returns readings of the oxygen saturation in per cent.
func (p *Person) Oxygen(n Night) []Reading {
	r := newNoise(p.seed, "oxygen samples", n.day)
	return n.readings(r, func() Reading {
		return Reading{Value: round(math.Min(100, n.Oxygen+r.spread(n.OxygenSD)), 1)}
	})
}

func (n Night) readings(r *noise, value func() Reading) []Reading {
	var all []Reading
	for at := n.Start.Add(time.Duration(r.between(60, 400)) * time.Second); at.Before(n.End); {
		v := value()
		v.At = at
		all = append(all, v)
		at = at.Add(time.Duration(300+r.between(-2, 2)) * time.Second)
	}
	return all
}

// round keeps so many decimal places.
func round(v float64, places int) float64 {
	scale := math.Pow10(places)
	return math.Round(v*scale) / scale
}

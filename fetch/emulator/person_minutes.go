package emulator

import "time"

// Minute is one minute of the person's life. Distance and energy follow from
// it (Totals), so that sums over minutes and totals of days always agree.
type Minute struct {
	Steps   uint8
	Floors  uint8
	Strokes uint8
	METs10  uint8 // metabolic equivalents in tenths; 10 is rest
	BPM     uint8 // mean pulse; 0: the watch was not worn
	InBed   bool  // inside a sleep log
	Running bool  // steps are running steps
}

// Minutes returns the real minutes of a local day from DayStart on: 1440, but
// 1380 or 1500 where the clock changes, and another number on the day before a
// journey.
func (p *Person) Minutes(d Date) []Minute {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.minutes(d)
}

func (p *Person) minutes(d Date) []Minute {
	start := p.start(d)
	n := max(0, int(p.start(d+1).Sub(start)/time.Minute))
	m := make([]Minute, n)
	for i := range m {
		m[i].METs10 = 10
	}
	pl := p.plan(d)
	if !pl.worn {
		return m
	}
	for _, night := range [][]Sleep{p.night(d), p.night(d + 1)} {
		for _, s := range night {
			markInBed(m, start, s)
		}
	}
	r := newNoise(p.seed, "minutes", int(d))
	noon := int(d.At(p.zone(d), 12*3600).Sub(start) / time.Minute)
	w := walker{m: m, r: r, shift: noon - 720, left: pl.steps}
	w.workout(pl.sport)
	w.outings(d.Weekday())
	w.fidget()
	p.pulse(d, m, r, pl.sport.effort)
	w.charge()
	return m
}

func markInBed(m []Minute, start time.Time, s Sleep) {
	from := int(s.Start.Sub(start) / time.Minute)
	to := int(s.End.Sub(start) / time.Minute)
	for i := max(0, from); i < min(to, len(m)); i++ {
		m[i].InBed = true
	}
}

// walker spreads a day's steps over its waking minutes.
type walker struct {
	m     []Minute
	r     *noise
	shift int     // index of a wall minute minus that wall minute, by day
	left  float64 // steps still to be walked
}

// bout walks from a wall minute on, as long as the person is out of bed.
func (w *walker) bout(at, minutes, cadence int) {
	for i := at + w.shift; i < at+w.shift+minutes; i++ {
		if i < 0 || i >= len(w.m) || w.m[i].InBed || w.m[i].Steps > 0 || w.m[i].METs10 > 10 {
			continue
		}
		steps := max(20, cadence+w.r.between(-9, 9))
		w.m[i].Steps = uint8(steps)
		w.m[i].METs10 = uint8(min(45, 13+steps/6))
		if w.r.chance(0.06) {
			w.m[i].Floors = 1
		}
		w.left -= float64(steps)
	}
}

func (w *walker) outings(day time.Weekday) {
	if day != time.Saturday && day != time.Sunday && w.left > 2500 {
		w.bout(w.r.between(460, 500), w.r.between(9, 15), 104)
		w.bout(w.r.between(740, 770), w.r.between(6, 14), 92)
		w.bout(w.r.between(1010, 1050), w.r.between(9, 15), 102)
	}
	for tries := 0; w.left > 700 && tries < 90; tries++ {
		at := 420 + (w.r.between(0, 900)+w.r.between(0, 900))/2
		w.bout(at, w.r.between(2, 12), w.r.between(55, 110))
	}
}

// fidget adds the few steps a minute of somebody who is merely up.
func (w *walker) fidget() {
	for i := range w.m {
		m := &w.m[i]
		if m.InBed || m.METs10 > 10 {
			continue
		}
		m.METs10 = uint8(w.r.between(10, 13))
		if w.r.chance(0.1) {
			m.METs10 = uint8(w.r.between(15, 24))
		}
		if w.left > 0 && w.r.chance(0.16) {
			m.Steps = uint8(w.r.between(4, 22))
			m.METs10 = uint8(16 + int(m.Steps)/3)
			w.left -= float64(m.Steps)
		}
	}
}

func (w *walker) workout(s sport) {
	for i := s.at + w.shift; i < s.at+w.shift+s.minutes; i++ {
		if i < 0 || i >= len(w.m) || w.m[i].InBed {
			continue
		}
		m := &w.m[i]
		switch s.kind {
		case "run":
			m.Running = true
			m.Steps = uint8(w.r.between(150, 168))
			m.METs10 = uint8(88 * s.effort)
			if w.r.chance(0.05) {
				m.Floors = 1
			}
		case "bike":
			m.METs10 = uint8(67 * s.effort)
		case "swim":
			m.Strokes = uint8(w.r.between(17, 26))
			m.METs10 = uint8(62 * s.effort)
		case "weights":
			m.METs10 = uint8(46 * s.effort)
		}
	}
}

// charge takes the watch off for the shower and the charger: no pulse, no
// steps, although the person is up.
func (w *walker) charge() {
	at := w.r.between(1230, 1290) + w.shift
	for i := at; i < min(at+w.r.between(22, 40), len(w.m)); i++ {
		if !w.m[i].InBed {
			w.m[i] = Minute{METs10: 10}
		}
	}
}

// pulse follows effort with a lag of a few minutes.
func (p *Person) pulse(d Date, m []Minute, r *noise, effort float64) {
	rest := p.resting(d)
	if effort == 0 {
		effort = 1
	}
	bpm := rest
	for i := range m {
		target := rest + 8 + 1.16*float64(m[i].METs10-10)
		switch {
		case m[i].InBed:
			target = rest - 2
		case m[i].METs10 > 45:
			target *= 0.94 + 0.06*effort
		}
		bpm += (target-bpm)*0.4 + (r.float()-0.5)*5
		m[i].BPM = uint8(max(38, min(205, bpm)))
	}
}

// resting is the pulse at rest of a day: a slow drift, a little noise, more
// when sick.
func (p *Person) resting(d Date) float64 {
	bpm := p.restBPM + 2.5*p.wave("resting", d, 410) + newNoise(p.seed, "resting day", int(d)).spread(0.8)
	if p.sick(d) {
		bpm += 5
	}
	return bpm
}

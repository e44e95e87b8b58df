package emulator

import "time"

// plan is what the person has in mind for a day. Wall minutes count from the
// midnight of the date.
type plan struct {
	worn  bool
	sick  bool
	bed   int // of the night that ends on the date; negative: the evening before
	wake  int
	steps float64 // to be walked outside workouts
	sport sport
	nap   bool
}

// sport is the day's workout; no minutes, no workout.
type sport struct {
	kind    string // run, bike, swim, weights
	at      int    // wall minute
	minutes int
	effort  float64 // around 1
}

func (p *Person) plan(d Date) plan {
	r := newNoise(p.seed, "plan", int(d))
	day := d.Weekday()
	free := day == time.Saturday || day == time.Sunday
	pl := plan{worn: p.worn(d), sick: p.sick(d)}

	pl.bed = -40 + int(r.spread(28))
	pl.wake = 395 + int(r.spread(17))
	if free {
		pl.bed += 45
		pl.wake += 75
	}
	if pl.sick {
		pl.bed -= 60
		pl.wake += 50
	}
	if !p.worn(d - 1) {
		pl.bed = max(pl.bed, 5)
	}

	pl.steps = p.baseSteps * [...]float64{0.85, 0.95, 1.0, 1.05, 1.0, 1.0, 1.1}[day]
	pl.steps *= 1 - 0.14*p.season(d)
	pl.steps *= 1 + max(-0.7, r.spread(0.18))
	if pl.sick {
		pl.steps *= 0.42
	}
	pl.sport = p.sport(d, r)
	napChance := 0.06
	if free || pl.sick {
		napChance = 0.2
	}
	pl.nap = pl.worn && r.chance(napChance)
	return pl
}

// worn is false on the one or two days in a hundred on which the watch stays
// in the drawer.
func (p *Person) worn(d Date) bool {
	return d == p.first || !newNoise(p.seed, "unworn", int(d)).chance(0.016)
}

// sick days come in spells of three to five, in about every third stretch of
// forty days.
func (p *Person) sick(d Date) bool {
	r := newNoise(p.seed, "sick", int(d)/40)
	if !r.chance(0.35) {
		return false
	}
	from := r.between(0, 34)
	day := int(d) % 40
	return day >= from && day < from+r.between(3, 5)
}

// season is 1 in mid-winter and -1 in mid-summer of the northern half.
func (p *Person) season(d Date) float64 {
	day := float64(d.YearDay())
	x := (day - 15) / 365
	if x > 0.5 {
		x = 1 - x
	}
	return 1 - 4*max(0, min(0.5, x))
}

func (p *Person) sport(d Date, r *noise) sport {
	chance := [...]float64{0.5, 0.12, 0.4, 0.12, 0.4, 0.1, 0.3}[d.Weekday()]
	if p.sick(d) || p.sick(d-1) || !r.chance(chance) {
		return sport{}
	}
	s := sport{kind: "run", at: r.between(1050, 1110), effort: 0.88 + 0.24*r.float()}
	if d.Weekday() == time.Sunday || d.Weekday() == time.Saturday {
		s.at = r.between(600, 690)
	}
	switch x := r.float(); {
	case x < 0.5:
		s.minutes = r.between(25, 55)
	case x < 0.7:
		s.kind, s.minutes = "bike", r.between(40, 85)
	case x < 0.85:
		s.kind, s.minutes = "swim", r.between(30, 45)
	default:
		s.kind, s.minutes = "weights", r.between(35, 50)
	}
	return s
}

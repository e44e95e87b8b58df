package emulator

import (
	"math"
	"slices"
	"sync"
	"time"
)

// Person is the emulated person: the truth that every dialect of the emulator
// renders. What the body did is a pure function of (seed, day), in true UTC
// instants; zones only decide which instants a day has. Logs can be deleted,
// added and edited on top of that. Nothing here knows of HTTP, of devices that
// sync late, or of the strings an API makes of a number.
//
// All methods are safe for concurrent use.
type Person struct {
	seed      uint64
	first     Date
	id        string // encoded id, six characters
	born      Date
	heightCM  float64
	baseKG    float64
	restBPM   float64
	baseSteps float64
	beatEvery int // mean seconds between two readings of the pulse

	mu     sync.Mutex
	spans  []span
	days   map[Date]Day
	nights map[Date][]Sleep
	lived  map[Date][]Minute
	beats  map[Date][]Beat
	edits  edits
}

// span says that loc is in force from the local midnight of from.
type span struct {
	from Date
	loc  *time.Location
}

const idLetters = "23456789BCDFGHJKLMNPQRSTVWXYZ"

func newPerson(seed uint64, first Date, loc *time.Location) *Person {
	r := newNoise(seed, "person", 0)
	id := make([]byte, 6)
	for i := range id {
		id[i] = idLetters[r.between(0, len(idLetters)-1)]
	}
	heightCM := 158 + float64(r.between(0, 60))/2
	metres := heightCM / 100
	return &Person{
		seed:      seed,
		first:     first,
		id:        string(id),
		born:      NewDate(1970+r.between(0, 28), time.Month(r.between(1, 12)), r.between(1, 28)),
		heightCM:  heightCM,
		baseKG:    metres * metres * (21.5 + 6*r.float()),
		restBPM:   float64(r.between(53, 64)),
		baseSteps: float64(r.between(6800, 9300)),
		spans:     []span{{math.MinInt32, loc}},
		days:      map[Date]Day{},
		nights:    map[Date][]Sleep{},
		lived:     map[Date][]Minute{},
		beats:     map[Date][]Beat{},
		edits:     newEdits(),
		beatEvery: 4,
	}
}

// ID is the encoded user id.
func (p *Person) ID() string { return p.id }

// First is the day the history begins (memberSince).
func (p *Person) First() Date { return p.first }

// HeightCM is the body height.
func (p *Person) HeightCM() float64 { return p.heightCM }

// Zone returns the zone in force on a local day.
func (p *Person) Zone(d Date) *time.Location {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.zone(d)
}

// DayStart returns the first instant of a local day. The day ends where the
// next one starts, so the day before a journey is longer or shorter.
func (p *Person) DayStart(d Date) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.start(d)
}

// Wall returns t as the person's clock shows it.
func (p *Person) Wall(t time.Time) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.wall(t)
}

// move is Server.Move.
func (p *Person) move(from Date, loc *time.Location) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spans = slices.DeleteFunc(p.spans, func(s span) bool { return s.from >= from })
	p.spans = append(p.spans, span{from, loc})
	clear(p.days)
	clear(p.nights)
	clear(p.lived)
	clear(p.beats)
}

func (p *Person) zone(d Date) *time.Location {
	for _, s := range slices.Backward(p.spans) {
		if d >= s.from {
			return s.loc
		}
	}
	return p.spans[0].loc
}

func (p *Person) start(d Date) time.Time { return d.Start(p.zone(d)) }

func (p *Person) wall(t time.Time) time.Time {
	for _, s := range slices.Backward(p.spans[1:]) {
		if !t.Before(s.from.Start(s.loc)) {
			return t.In(s.loc)
		}
	}
	return t.In(p.spans[0].loc)
}

func (p *Person) age(d Date) int {
	born, day := p.born.utc(), d.utc()
	years := day.Year() - born.Year()
	if day.Month() < born.Month() || day.Month() == born.Month() && day.Day() < born.Day() {
		years--
	}
	return years
}

// wave is a slow swing between -1 and 1 with its own phase.
func (p *Person) wave(topic string, d Date, periodDays float64) float64 {
	phase := newNoise(p.seed, topic, 0).float()
	return math.Sin(2 * math.Pi * (float64(d)/periodDays + phase))
}

package emulator

import (
	"strconv"
	"time"
)

// glance is what the Google side knows of the person at an instant, seen through
// one family of sources.
type glance struct {
	person *Person
	modes  *Modes
	watch  watch
	now    time.Time
	synced time.Time // what the watch recorded after this is unknown
	user   string    // users/{healthUserId}
	family func(*origin) bool

	held        *googleType // the stream read last, for windows in a row
	heldDay     Date
	heldRecords []record
}

func (g *glance) today() Date { return DateOf(g.person.Wall(g.now)) }

// over tells whether a day has ended and the watch has told all of it: only
// then do daily types appear (Google sheet gotcha 9).
func (g *glance) over(d Date) bool { return !g.synced.Before(g.person.DayStart(d + 1)) }

func (g *glance) offset(t time.Time) int { return offsetOf(g.person.Wall(t)) }

// sampleAt is a record of one instant.
func (g *glance) sampleAt(at time.Time, o *origin, v members) record {
	offset := g.offset(at)
	return record{start: at, end: at, startOffset: offset, endOffset: offset, source: o, value: v}
}

func (g *glance) between(start, end time.Time, o *origin, v members) record {
	return record{start: start, end: end, startOffset: g.offset(start), endOffset: g.offset(end), source: o, value: v}
}

func (g *glance) onDay(d Date, v members) []record {
	return []record{{date: d, source: derivedOrigin, value: v}}
}

// nothing is a type that exists in the schema only.
func (g *glance) nothing(Date) []record { return nil }

func number64(id int64) string { return strconv.FormatInt(id, 10) }

// stream are the records of a day as one operation shows them, newest first.
func (g *glance) stream(t *googleType, d Date, merged bool) []record {
	all := t.records(g, d)
	kept := all[:0]
	for _, r := range all {
		if g.family(r.source) {
			kept = append(kept, r)
		}
	}
	t.sortNewest(kept)
	if merged {
		return t.merge(kept)
	}
	return kept
}

// first is the earliest day that can hold a record.
func (g *glance) first() Date {
	p := g.person
	p.mu.Lock()
	defer p.mu.Unlock()
	first := p.edits.firstWeight(p.first)
	for d := range p.edits.addedSleep {
		first = min(first, d)
	}
	for d := range p.edits.food {
		first = min(first, d)
	}
	return first - 1
}

// lived is a day as the watch has told it so far, with what the person typed
// in.
type lived struct {
	Day
	start   time.Time
	minutes []Minute // as far as synced
	length  int      // minutes of the whole day
	over    bool     // by the clock
	manual  []Minute // of Manual, from manualAt on
	typed   time.Time
}

// lived returns nothing of days before the history or in the future.
func (g *glance) lived(d Date) *lived {
	p := g.person
	p.mu.Lock()
	defer p.mu.Unlock()
	l := &lived{start: p.start(d).UTC()}
	if d < p.first || g.now.Before(l.start) {
		return l
	}
	l.Day = p.frame(d)
	m := p.livedMinutes(d)
	l.length = len(m)
	l.over = !g.now.Before(p.start(d + 1))
	l.minutes = m[:max(0, min(len(m), int(g.synced.Sub(l.start)/time.Minute)))]
	if man := l.Manual; !man.Entered.IsZero() && !man.Entered.After(g.now) {
		l.typed = d.At(p.zone(d), 17*3600+600).UTC()
		l.manual = make([]Minute, man.Minutes)
		for i := range l.manual {
			l.manual[i] = Minute{Steps: uint8(man.Steps / man.Minutes)}
		}
	}
	return l
}

func (l *lived) at(i int) time.Time { return l.start.Add(time.Duration(i) * time.Minute) }

// lengths are the millimetres of each minute, rounded so that they add up.
func (p *Person) lengths(m []Minute) []int64 {
	all := make([]int64, len(m))
	sum, told := 0.0, int64(0)
	for i, min := range m {
		sum += float64(min.Steps) * p.strideKM(min.Running) * 1e6
		all[i] = int64(sum+0.5) - told
		told += all[i]
	}
	return all
}

package emulator

import (
	"maps"
	"slices"
	"time"
)

// edits is what the person changed by hand on top of what the body did. They
// hold from the moment they are made.
type edits struct {
	deletedSleep map[int64]bool
	addedSleep   map[Date][]Sleep
	editedSleep  map[int64]Sleep
	deletedKG    map[int64]bool
	addedKG      map[Date][]Weight
	food         map[Date]Food
	deletedGo    map[int64]bool // sessions
	next         int64
}

func newEdits() edits {
	return edits{
		deletedSleep: map[int64]bool{},
		addedSleep:   map[Date][]Sleep{},
		editedSleep:  map[int64]Sleep{},
		deletedKG:    map[int64]bool{},
		addedKG:      map[Date][]Weight{},
		food:         map[Date]Food{},
		deletedGo:    map[int64]bool{},
	}
}

func (p *Person) sleeps(d Date) []Sleep {
	var logs []Sleep
	for _, s := range slices.Concat(p.night(d), p.edits.addedSleep[d]) {
		if e, ok := p.edits.editedSleep[s.LogID]; ok {
			s = e
		}
		if !p.edits.deletedSleep[s.LogID] {
			logs = append(logs, s)
		}
	}
	sortSleeps(logs)
	return logs
}

// find returns the log with an id among the days up to today.
func (p *Person) find(id int64, today Date) (Sleep, bool) {
	for d := p.first; d <= today; d++ {
		for _, s := range p.sleeps(d) {
			if s.LogID == id {
				return s, true
			}
		}
	}
	return Sleep{}, false
}

func (p *Person) deleteSleep(id int64, today Date) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.find(id, today); !ok {
		return false
	}
	p.edits.deletedSleep[id] = true
	return true
}

// editSleep moves the end of a log and makes it a classic one with a new id, as
// the service does when a person corrects a night (sheet 5.3, 8).
func (p *Person) editSleep(id int64, today Date) (int64, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.find(id, today)
	if !ok {
		return 0, false
	}
	p.edits.next++
	origin := id
	for from, e := range p.edits.editedSleep {
		if e.LogID == id {
			origin = from
		}
	}
	e := classic(newNoise(p.seed, "edit", int(s.Date)), s.Start, s.End.Add(-10*time.Minute))
	e.Date, e.Main = s.Date, s.Main
	e.LogID = int64(s.Date)*2_050_000 + 1_000_000 + p.edits.next
	p.edits.editedSleep[origin] = e
	return e.LogID, true
}

func (p *Person) addSleep(start, end time.Time) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Sleep{
		Start: start.UTC().Truncate(time.Minute), End: end.UTC().Truncate(time.Minute),
		Manual: true, Classic: true, Date: DateOf(p.wall(end)),
	}
	s.Data = []Segment{{0, int(s.End.Sub(s.Start) / time.Second), "asleep"}}
	p.edits.next++
	s.LogID = int64(s.Date)*2_050_000 + 1_500_000 + p.edits.next
	p.edits.addedSleep[s.Date] = append(p.edits.addedSleep[s.Date], s)
	return s.LogID
}

func (p *Person) addWeight(at, now time.Time, kg, fat float64, source string) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	local := p.wall(at)
	d := DateOf(local)
	second := local.Hour()*3600 + local.Minute()*60 + local.Second()
	w := Weight{
		LogID: (int64(d)*86400 + int64(second)) * 1000,
		At:    at.UTC().Truncate(time.Second), Entered: now.UTC(), Date: d,
		KG: kg, Fat: fat, Source: source,
	}
	delete(p.edits.deletedKG, w.LogID)
	p.edits.addedKG[d] = append(p.edits.addedKG[d], w)
	return w.LogID
}

func (p *Person) deleteWeight(id int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := Date(id / 86_400_000)
	for _, w := range p.edits.weights(d, p.weighings(d)) {
		if w.LogID == id {
			p.edits.deletedKG[id] = true
			p.edits.addedKG[d] = slices.DeleteFunc(p.edits.addedKG[d],
				func(w Weight) bool { return w.LogID == id })
			return true
		}
	}
	return false
}

func (p *Person) deleteWorkout(id int64, today Date) bool {
	for d := p.first; d <= today; d++ {
		if w, ok := p.Workout(d); ok && w.ID == id {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.edits.deletedGo[id] = true
			return true
		}
	}
	return false
}

func (p *Person) setFood(d Date, f Food) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.edits.food[d] = f
}

func (e *edits) weights(d Date, logs []Weight) []Weight {
	var kept []Weight
	for _, w := range logs {
		if !e.deletedKG[w.LogID] {
			kept = append(kept, w)
		}
	}
	kept = append(kept, e.addedKG[d]...)
	sortWeights(kept)
	return kept
}

// firstWeight is the earliest day on which a weighing was typed in.
func (e *edits) firstWeight(first Date) Date {
	for d := range maps.Keys(e.addedKG) {
		first = min(first, d)
	}
	return first
}

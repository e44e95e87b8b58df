package emulator

import (
	"cmp"
	"slices"
	"time"
)

// dayClock is a day of an answer with the clock that its rows show: the zone in
// force on that day, or UTC (sheet 4.2).
type dayClock struct {
	date       Date
	loc        *time.Location
	start, end time.Time
}

func (c *call) clock(d Date) dayClock {
	if c.utc {
		return dayClock{d, time.UTC, d.utc(), (d + 1).utc()}
	}
	return dayClock{d, c.person.Zone(d), c.person.DayStart(d), c.person.DayStart(d + 1)}
}

// shows are seconds since midnight of the day by its clock: 86400 and more at
// the end of a day that a journey made longer.
func (k *dayClock) shows(t time.Time) int {
	return int(t.Unix()) + offsetOf(t.In(k.loc)) - int(k.date)*86400
}

// row is a row of a dataset, made of one reading or of several.
type row[V any] struct {
	wall  int // seconds, as dayClock.shows
	value V
}

// joined makes one row of all that the clock shows within the same seconds, in
// true order: where the clock is put back the rows step back too, unless the
// mode folds the hour into one.
func joined[V any](q *intraday, rows []row[V], add func(*V, V)) []row[V] {
	if q.modes.AutumnFolded {
		slices.SortStableFunc(rows, func(a, b row[V]) int { return cmp.Compare(a.wall, b.wall) })
	}
	out := rows[:0]
	for _, r := range rows {
		r.wall -= r.wall % q.seconds
		if n := len(out); n > 0 && out[n-1].wall == r.wall {
			add(&out[n-1].value, r.value)
			continue
		}
		out = append(out, r)
	}
	return out
}

// askedRows are those of the days and times of the call, one day after the other.
func askedRows[V, E any](q *intraday, day func(Date) []row[V], entry func(Date, row[V]) E) []E {
	all := []E{}
	for d := q.from; d <= q.to; d++ {
		for _, r := range day(d) {
			if q.within(d, r.wall) {
				all = append(all, entry(d, r))
			}
		}
	}
	return all
}

// clockText is HH:MM:SS.
func clockText(wall int) string {
	wall %= 86400
	text := [8]byte{2: ':', 5: ':'}
	for i, n := range [3]int{wall / 3600, wall / 60 % 60, wall % 60} {
		text[3*i], text[3*i+1] = byte('0'+n/10), byte('0'+n%10)
	}
	return string(text[:])
}

// eachMinute hands on the minutes of [from, to) with what holds on their local
// day, and of its sums how many minutes it has. Before the history the person is
// at rest.
func (p *Person) eachMinute(from, to time.Time, put func(at time.Time, m Minute, of *Day)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for d := range p.daysBetween(from, to) {
		start, of, m := p.start(d), p.frame(d), p.livedMinutes(d)
		whole := p.start(d + 1).Sub(start)
		of.Minutes = int(whole / time.Minute)
		length := min(whole, to.Sub(start))
		for at := max(0, from.Sub(start)); at < length; at += time.Minute {
			minute := Minute{METs10: 10}
			if i := int(at / time.Minute); i < len(m) {
				minute = m[i]
			}
			put(start.Add(at), minute, &of)
		}
	}
}

// eachBeat hands on the readings of [from, to).
func (p *Person) eachBeat(from, to time.Time, put func(Beat)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for d := range p.daysBetween(from, to) {
		for _, b := range p.readings(d) {
			if !b.At.Before(from) && b.At.Before(to) {
				put(b)
			}
		}
	}
}

// daysBetween are the local days that have a part of [from, to).
func (p *Person) daysBetween(from, to time.Time) func(yield func(Date) bool) {
	return func(yield func(Date) bool) {
		for d := DateOf(p.wall(from)) - 1; p.start(d).Before(to); d++ {
			if p.start(d+1).After(from) && !yield(d) {
				return
			}
		}
	}
}

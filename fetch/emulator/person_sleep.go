package emulator

import (
	"slices"
	"time"
)

// Sleep is one sleep log. Start and End are true instants in UTC.
type Sleep struct {
	LogID    int64
	Date     Date // the local day on which it ended
	Start    time.Time
	End      time.Time
	Main     bool
	Manual   bool // typed in by the person
	Classic  bool // asleep, restless, awake instead of stages
	Info     int  // infoCode (sheet 5.3)
	Data     []Segment
	Short    []Segment // wakes of at most 3 minutes that overlap Data
	NoShort  bool      // the service lost the shortData key
	NoLevels bool      // the service answers levels null
}

// Segment is a stretch of a sleep in one level.
type Segment struct {
	At      int // seconds after Sleep.Start
	Seconds int
	Level   string
}

// Sleeps returns the logs of a local day, earliest first, with all edits.
func (p *Person) Sleeps(d Date) []Sleep {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sleeps(d)
}

// Track returns the contiguous levels: short wakes laid over the main track.
// Its seconds add up to the sleep's whole length.
func (s Sleep) Track() []Segment {
	var track []Segment
	put := func(at, until int, level string) {
		if at >= until {
			return
		}
		if n := len(track); n > 0 && track[n-1].Level == level {
			track[n-1].Seconds += until - at
			return
		}
		track = append(track, Segment{at, until - at, level})
	}
	short := s.Short
	for _, d := range s.Data {
		at, end := d.At, d.At+d.Seconds
		for len(short) > 0 && short[0].At < end {
			wake := short[0].At + short[0].Seconds
			put(at, max(at, short[0].At), d.Level)
			put(max(at, short[0].At), min(wake, end), "wake")
			at = min(wake, end)
			if wake > end {
				break
			}
			short = short[1:]
		}
		put(at, end, d.Level)
	}
	return track
}

// LevelMinutes sums Track by level.
func (s Sleep) LevelMinutes() map[string]int {
	minutes := map[string]int{}
	for _, t := range s.Track() {
		minutes[t.Level] += t.Seconds
	}
	for level := range minutes {
		minutes[level] /= 60
	}
	return minutes
}

// night returns the logs of a day as the body made them, without edits.
func (p *Person) night(d Date) []Sleep {
	if logs, ok := p.nights[d]; ok {
		return logs
	}
	logs := p.sleepNight(d)
	for i := range logs {
		logs[i].Date = d
		logs[i].LogID = p.sleepID(d, i)
	}
	p.nights[d] = logs
	return logs
}

func (p *Person) sleepNight(d Date) []Sleep {
	if d < p.first {
		return nil
	}
	pl := p.plan(d)
	start, end := p.bedtime(d, pl)
	if p.clockChanges(start, end) {
		pl.bed, pl.wake = min(pl.bed, -15), max(pl.wake, 370)
		start, end = p.bedtime(d, pl)
		return []Sleep{p.staged(newNoise(p.seed, "stages", int(d)), start, end, true)}
	}
	if !pl.worn {
		return nil
	}
	r := newNoise(p.seed, "night", int(d))
	stages := newNoise(p.seed, "stages", int(d))
	var logs []Sleep
	switch x := r.float(); {
	case x < 0.02:
	case x < 0.06:
		logs = p.split(stages, start, end)
	case x < 0.11:
		logs = []Sleep{classic(stages, start, end)}
		logs[0].Main, logs[0].Info = true, 1
	case x < 0.125:
		logs = []Sleep{typedIn(start, end)}
	default:
		logs = []Sleep{p.staged(stages, start, end, true)}
		if r.chance(0.007) {
			logs[0].NoLevels, logs[0].Info = true, 3
		}
	}
	if pl.nap {
		at := p.start(d).Add(time.Duration(r.between(13*60, 15*60)) * time.Minute).UTC()
		nap := classic(stages, at, at.Add(time.Duration(r.between(22, 85))*time.Minute))
		nap.Info = 2
		logs = append(logs, nap)
	}
	return logs
}

// bedtime turns the plan into instants. The person gets up by the clock of the
// place where the day begins; a night that a journey makes too short or too
// long is slept partly on the way.
func (p *Person) bedtime(d Date, pl plan) (start, end time.Time) {
	evening := d
	if pl.bed < 0 {
		evening = d - 1
	}
	seconds := (int(d-evening)*1440 + pl.bed) * 60
	start = evening.At(p.zone(evening), seconds).UTC()
	end = d.At(p.zone(d), pl.wake*60).UTC()
	if length := end.Sub(start); length < 4*time.Hour || length > 12*time.Hour {
		start = end.Add(-7 * time.Hour)
	}
	return start, end
}

// clockChanges tells whether the wall clock is changed between two instants
// without a journey.
func (p *Person) clockChanges(start, end time.Time) bool {
	from, to := p.wall(start), p.wall(end)
	if from.Location() != to.Location() {
		return false
	}
	_, a := from.Zone()
	_, b := to.Zone()
	return a != b
}

// split is a night with an hour up in the middle: two logs, the longer one is
// the main one.
func (p *Person) split(r *noise, start, end time.Time) []Sleep {
	length := end.Sub(start)
	first := length * time.Duration(r.between(34, 42)) / 100
	up := time.Duration(r.between(35, 75)) * time.Minute
	return []Sleep{
		p.staged(r, start, start.Add(first), false),
		p.staged(r, start.Add(first+up), end.Add(up/2), true),
	}
}

func (p *Person) staged(r *noise, start, end time.Time, main bool) Sleep {
	data, short := hypnogram(r, int(end.Sub(start)/time.Second))
	s := Sleep{Main: main, Data: data, Short: short, NoShort: len(short) == 0 && r.chance(0.5)}
	last := data[len(data)-1]
	s.Start = start.Truncate(30 * time.Second)
	s.End = s.Start.Add(time.Duration(last.At+last.Seconds) * time.Second)
	return s
}

// sleepID is unique, above 2^32, and now and then above 2^53 and odd, so that
// a reader that takes it through a float64 gets another number (sheet 4.3).
func (p *Person) sleepID(d Date, ordinal int) int64 {
	if ordinal == 0 && (d == p.first || int(d)%17 == 5) {
		return 1<<53 + int64(d)<<8 + 1
	}
	r := newNoise(p.seed, "sleep id", int(d))
	return int64(d)*2_050_000 + int64(ordinal)*7919 + int64(r.between(0, 999))
}

func sortSleeps(logs []Sleep) {
	slices.SortStableFunc(logs, func(a, b Sleep) int { return a.Start.Compare(b.Start) })
}

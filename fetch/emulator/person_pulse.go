package emulator

import (
	"math"
	"time"
)

// Beat is one reading of the pulse.
type Beat struct {
	At     time.Time // UTC
	BPM    int
	Moving bool
}

// keptDays is how many days of minutes and readings are kept once made.
const keptDays = 48

// Beats returns the readings of the watch on a local day, earliest first, at
// irregular distances of about four seconds while it was worn. Their means over
// minutes are those of Minutes, give or take a beat or two.
func (p *Person) Beats(d Date) []Beat {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.readings(d)
}

func (p *Person) readings(d Date) []Beat {
	if beats, ok := p.beats[d]; ok {
		return beats
	}
	m, start := p.livedMinutes(d), p.start(d).UTC()
	r := newNoise(p.seed, "beats", int(d))
	beats := make([]Beat, 0, len(m)*60/p.beatEvery)
	sway := 0.0
	for at := r.between(0, p.beatEvery); at/60 < len(m); at += r.between(max(1, p.beatEvery-1), p.beatEvery+1) {
		min := m[at/60]
		if min.BPM == 0 {
			continue
		}
		next := min
		if i := at/60 + 1; i < len(m) && m[i].BPM > 0 {
			next = m[i]
		}
		sway = sway*0.8 + r.spread(0.7)
		share := float64(at%60)/60 - 0.5
		bpm := float64(min.BPM) + share*float64(int(next.BPM)-int(min.BPM))*0.4 + sway
		beats = append(beats, Beat{
			start.Add(time.Duration(at) * time.Second), int(max(36, math.Min(bpm+0.5, 207))), min.METs10 >= 15,
		})
	}
	if len(p.beats) >= keptDays {
		clear(p.beats)
	}
	p.beats[d] = beats
	return beats
}

// livedMinutes are the minutes of a day of the history, kept for the next
// question. They must not be changed.
func (p *Person) livedMinutes(d Date) []Minute {
	if d < p.first {
		return nil
	}
	if m, ok := p.lived[d]; ok {
		return m
	}
	if len(p.lived) >= 2*keptDays {
		clear(p.lived)
	}
	m := p.minutes(d)
	p.lived[d] = m
	return m
}

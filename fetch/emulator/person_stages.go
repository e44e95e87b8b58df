package emulator

import (
	"cmp"
	"slices"
	"time"
)

// hypnogram makes about the given number of seconds of staged sleep: three to
// six cycles, deep sleep early, dreams late. The seconds of each level, short
// wakes laid over, are whole minutes, so that sums equal the summary exactly.
func hypnogram(r *noise, seconds int) (data, short []Segment) {
	cycles := max(1, min(6, (seconds+2700)/5700))
	awake := make([]int, cycles+1) // minutes before each cycle, and after the last
	for c := range awake {
		if r.chance(0.4) {
			awake[c] = r.between(4, 9)
			seconds -= 60 * awake[c]
		}
	}
	length := seconds / cycles
	data = appendWake(data, awake[0])
	for c := range cycles {
		late := float64(c) / float64(max(1, cycles-1))
		deep := 0.30 - 0.25*late + r.spread(0.03)
		rem := 0.09 + 0.22*late + r.spread(0.03)
		light := 1 - deep - rem
		data = append(data, segment("light", light*0.6, length))
		if deep > 0.05 {
			data = append(data, segment("deep", deep, length))
		}
		data = append(data, segment("light", light*0.4, length))
		data = append(data, segment("rem", rem, length))
		data = appendWake(data, awake[c+1])
	}
	data = joinLevels(data)
	wakes := shortWakes(r, data)
	evenOut(data, wakes)
	return place(data, wakes, r.chance(0.3))
}

func appendWake(data []Segment, minutes int) []Segment {
	if minutes == 0 {
		return data
	}
	return append(data, Segment{Seconds: 60 * minutes, Level: "wake"})
}

func segment(level string, share float64, length int) Segment {
	return Segment{Seconds: max(300, int(share*float64(length))/30*30), Level: level}
}

func joinLevels(data []Segment) []Segment {
	var joined []Segment
	for _, d := range data {
		if n := len(joined); n > 0 && joined[n-1].Level == d.Level {
			joined[n-1].Seconds += d.Seconds
			continue
		}
		joined = append(joined, d)
	}
	return joined
}

// shortWake lies offset seconds into the segment with the given index, and
// wholly inside it.
type shortWake struct{ index, offset, seconds int }

func shortWakes(r *noise, data []Segment) []shortWake {
	var wakes []shortWake
	total := 0
	for i, d := range data {
		if d.Level == "wake" {
			continue
		}
		for chunk := 300; chunk+900 <= d.Seconds; chunk += 900 {
			if r.chance(0.45) {
				w := shortWake{i, chunk + 30*r.between(0, 10), 30 * r.between(1, 6)}
				wakes = append(wakes, w)
				total += w.seconds
			}
		}
	}
	if total%60 != 0 {
		if wakes[0].seconds < 180 {
			wakes[0].seconds += 30
		} else {
			wakes[0].seconds -= 30
		}
	}
	return wakes
}

// evenOut lengthens the last segment of a level by 30 s where the level would
// otherwise not come to whole minutes.
func evenOut(data []Segment, wakes []shortWake) {
	left := map[string]int{}
	last := map[string]int{}
	for i, d := range data {
		left[d.Level] += d.Seconds
		last[d.Level] = i
	}
	for _, w := range wakes {
		left[data[w.index].Level] -= w.seconds
	}
	for level, seconds := range left {
		if level != "wake" && seconds%60 != 0 {
			data[last[level]].Seconds += 30
		}
	}
}

// place sets the offsets from the start of the log. With border, one more wake
// of two minutes takes a minute from either side of a change of level.
func place(data []Segment, wakes []shortWake, border bool) (track, short []Segment) {
	at := 0
	for i := range data {
		data[i].At = at
		at += data[i].Seconds
		for _, w := range wakes {
			if w.index == i {
				short = append(short, Segment{data[i].At + w.offset, w.seconds, "wake"})
			}
		}
	}
	if border {
		for i := 1; i < len(data); i++ {
			if data[i].Level != "wake" && data[i-1].Level != "wake" {
				short = append(short, Segment{data[i].At - 60, 120, "wake"})
				break
			}
		}
	}
	slices.SortFunc(short, func(a, b Segment) int { return cmp.Compare(a.At, b.At) })
	return data, short
}

// classic is a sleep without stages: naps, and nights with too little pulse.
func classic(r *noise, start, end time.Time) Sleep {
	minutes := int(end.Sub(start) / time.Minute)
	s := Sleep{Classic: true, Start: start.Truncate(30 * time.Second)}
	at := 0
	put := func(level string, n int) {
		n = min(n, minutes-at/60)
		if n > 0 {
			s.Data = append(s.Data, Segment{at, n * 60, level})
			at += n * 60
		}
	}
	if r.chance(0.2) {
		put("awake", r.between(3, 9))
	}
	for at/60 < minutes {
		put("asleep", r.between(15, 70))
		put("restless", r.between(1, 4))
		if r.chance(0.15) {
			put("awake", r.between(2, 6))
		}
		if minutes-at/60 < 12 {
			put("asleep", minutes-at/60)
		}
	}
	s.Data = joinAt(s.Data)
	s.End = s.Start.Add(time.Duration(minutes) * time.Minute)
	return s
}

func joinAt(data []Segment) []Segment {
	data = joinLevels(data)
	at := 0
	for i := range data {
		data[i].At = at
		at += data[i].Seconds
	}
	return data
}

// typedIn is a night that the person entered by hand: one stretch of sleep.
func typedIn(start, end time.Time) Sleep {
	start, end = start.Truncate(30*time.Minute), end.Truncate(30*time.Minute)
	seconds := int(end.Sub(start) / time.Second)
	return Sleep{
		Start: start, End: end, Main: true, Manual: true, Classic: true,
		Data: []Segment{{0, seconds, "asleep"}},
	}
}

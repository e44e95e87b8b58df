package emulator

import (
	"iter"
	"strconv"
	"time"
)

// Versions of the sleep algorithm. The newer one is that of the Google API.
const (
	newAlgorithm = "sleep_session_v2"
	oldAlgorithm = "sleep_session_v1"
)

// tableSleep is a sleep as the tables have it.
type tableSleep struct {
	slumber
	id        string
	n         int // among the sleeps of the day
	algorithm string
	track     []Segment
}

// tableSleeps are the processed sleeps that ended on the days [from, to], each
// once more under the older algorithm if the archive has both.
func (t *takeout) tableSleeps(from, to Date) iter.Seq[tableSleep] {
	return func(yield func(tableSleep) bool) {
		for d := from; d <= to; d++ {
			for i, s := range t.p.Sleeps(d) {
				v := t.g.slumber(s)
				if !t.c.sees(s) || !v.processed {
					continue
				}
				row := tableSleep{slumber: v, id: tableID(sleepKind, d, i), n: i, algorithm: newAlgorithm, track: s.Track()}
				if t.o.SleepTwice && !yield(row.older()) {
					return
				}
				if !yield(row) {
					return
				}
			}
		}
	}
}

// older is the same sleep by the older algorithm, which took dreams for light
// sleep and had its own number.
func (v tableSleep) older() tableSleep {
	v.n += 50
	v.id = tableID(sleepKind, v.s.Date, v.n)
	v.algorithm, v.track = oldAlgorithm, joinLevels(v.track)
	for i := range v.track {
		if v.track[i].Level == "rem" {
			v.track[i].Level = "light"
		}
	}
	return v
}

func (v tableSleep) origin() string {
	if v.s.Manual {
		return "MANUAL"
	}
	return "DERIVED"
}

// withVersion ends a row: the algorithm, where there is one, and when the row
// was made and changed.
func (t *takeout) withVersion(v tableSleep, cells ...string) []string {
	if t.versioned() {
		cells = append(cells, v.algorithm)
	}
	return append(cells, t.tableTime(v.created), t.tableTime(v.updated))
}

// sleepTable counts like the APIs' summaries.
func (t *takeout) sleepTable(from, to Date, w *csvText) {
	for v := range t.tableSleeps(from, to) {
		minutes, kind := v.s.LevelMinutes(), "STAGES"
		fall := v.s.minutesToFallAsleep()
		asleep, awake := minutes["deep"]+minutes["light"]+minutes["rem"], minutes["wake"]
		if v.s.Classic {
			kind, asleep, awake = "CLASSIC", minutes["asleep"], minutes["restless"]+minutes["awake"]-fall
		} else {
			fall = 0
		}
		longest, before := v.wakes()
		startOffset, start := t.tableStamp(v.s.Start)
		endOffset, end := t.tableStamp(v.s.End)
		period := int(v.s.End.Sub(v.s.Start) / time.Minute)
		w.row(t.withVersion(v, v.id, kind, strconv.Itoa(period), "0", strconv.Itoa(fall), strconv.Itoa(asleep), strconv.Itoa(awake),
			strconv.Itoa(longest), strconv.Itoa(before), startOffset, start, endOffset, end, v.origin())...)
	}
}

// wakes are the minutes of the longest time awake and of the one at the
// beginning.
func (v tableSleep) wakes() (longest, before int) {
	for i, d := range v.track {
		if d.Level != "wake" && d.Level != "awake" {
			continue
		}
		longest = max(longest, d.Seconds/60)
		if i == 0 {
			before = d.Seconds / 60
		}
	}
	return longest, before
}

// stageTable is one track without gaps, short wakes laid over, so that its
// minutes are those of sleepTable. Older exports write WAKE for AWAKE.
func (t *takeout) stageTable(from, to Date, w *csvText) {
	for v := range t.tableSleeps(from, to) {
		if v.s.NoLevels {
			continue
		}
		for i, d := range v.track {
			name := stageName(d.Level)
			if d.Level == "wake" && !t.sourced() {
				name = "WAKE"
			}
			at := v.s.Start.Add(time.Duration(d.At) * time.Second)
			startOffset, start := t.tableStamp(at)
			endOffset, end := t.tableStamp(at.Add(time.Duration(d.Seconds) * time.Second))
			w.row(t.withVersion(v, v.id, tableID(stageKind, v.s.Date, v.n*1000+i), name,
				startOffset, start, endOffset, end, v.origin())...)
		}
	}
}

// sleepGoal is the person's goal in minutes.
const sleepGoal = 480

// scoreTable has the scores of the newer algorithm only.
func (t *takeout) scoreTable(from, to Date, w *csvText) {
	for v := range t.tableSleeps(from, to) {
		n, ok := t.g.night(v.s.Date)
		if !ok || n.LogID != v.s.LogID || v.algorithm != newAlgorithm {
			continue
		}
		s, minutes := t.scoreOf(n), n.LevelMinutes()
		asleep := minutes["deep"] + minutes["light"] + minutes["rem"]
		offset, at := t.tableStamp(n.End)
		w.row(v.id, tableID(scoreKind, v.s.Date, 0), v.origin(), offset, at, strconv.Itoa(s.overall), strconv.Itoa(s.duration),
			strconv.Itoa(s.composition), strconv.Itoa(s.revitalization), strconv.Itoa(asleep), strconv.Itoa(s.deep),
			decimal(round(100*float64(minutes["rem"])/float64(asleep), 1)), strconv.Itoa(s.resting), strconv.Itoa(sleepGoal),
			strconv.Itoa(n.count("wake")-len(n.Short)), strconv.Itoa(n.count("wake")), decimal(s.restlessness), "0.61",
			t.tableTime(v.updated), t.tableTime(v.updated))
	}
}

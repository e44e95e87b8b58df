package catalog

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Copies of what archives tell of sleep, the best first (takeout-archive.md section 6).
var (
	takeoutSleepCopies = []*Origin{
		{From: "sleep.json", Read: takeoutSleep, Gather: laterMember, Version: 1},
		{From: "user_sleeps.csv", Join: takeoutTableSleeps},
	}
	takeoutStageCopies = []*Origin{
		{From: "sleep.json", Read: takeoutSleepStages, Gather: laterMember, Version: 1},
		{From: "user_sleeps.csv", Join: takeoutTableStages},
	}
	takeoutScoreCopies = []*Origin{
		{From: "sleep_score.csv", Read: takeoutSleepScore, Gather: oneRecorder},
		{From: "user_sleeps.csv", Join: takeoutTableScores},
	}
)

// takeoutTableSleeps reads a point for each sleep of the tables, at its start. The minutes of
// the stages are counted, for no column has them.
func takeoutTableSleeps(pages []Body) ([]Point, error) {
	l, err := readSleepTables(pages)
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, s := range l.sleeps {
		f := s.minutes
		s.addMinutes(&f, stageMinutes(l.track(s)))
		f.add("duration_s", "sleep_end", IntValue(int64(s.length()/time.Second)), nil)
		f.add("end_ns", "sleep_end", IntValue(s.end.UnixNano()), nil)
		f.str("date", s.day.String())
		f.str("log_id", s.id)
		var tags []Tag
		if kind := s.kind(); kind != "" {
			tags = append(tags, Tag{"kind", kind})
		}
		if f.err != nil {
			return nil, f.err
		}
		points = append(points, Point{Measurement: sleep.Measurement, Tags: append(tags, mainTag(&s.Metadata.Main)...),
			Fields: f.fields, Time: s.start, Day: s.day})
	}
	return points, nil
}

// takeoutTableStages reads a point for each stretch of each sleep.
func takeoutTableStages(pages []Body) ([]Point, error) {
	l, err := readSleepTables(pages)
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, s := range l.sleeps {
		var f fieldList
		f.str("log_id", s.id)
		points = append(points, stagePoints(l.track(s), Point{Measurement: sleepStage.Measurement,
			Tags: mainTag(&s.Metadata.Main), Fields: f.fields, Time: s.start, Day: s.day})...)
	}
	return points, nil
}

// takeoutTableScores reads the score of each sleep, at its end. One of a sleep that was left
// out is none; of a sleep that no table has, it lies where it says.
func takeoutTableScores(pages []Body) ([]Point, error) {
	l, err := readSleepTables(pages)
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, s := range l.sleeps {
		if p, ok := l.scores[s.id]; ok {
			p.Time, p.Day = s.end, s.day
			points = append(points, p)
			delete(l.scores, s.id)
		}
	}
	for id, p := range l.scores {
		if !l.told[id] {
			points = append(points, p)
		}
	}
	slices.SortFunc(points, func(a, b Point) int {
		if c := a.Time.Compare(b.Time); c != 0 {
			return c
		}
		return strings.Compare(logID(a), logID(b))
	})
	return points, nil
}

// track lays the stages of a sleep end to end. They are those of its version of the algorithm,
// if any row names it.
func (l *sleepTables) track(s tableSleep) []sleepStretch {
	rows := l.stages[s.id]
	if i := slices.IndexFunc(rows, func(r tableStage) bool { return r.algorithm == s.algorithm }); i >= 0 {
		rows = slices.DeleteFunc(slices.Clone(rows), func(r tableStage) bool { return r.algorithm != s.algorithm })
	}
	var track []sleepStretch
	last := s.start
	for _, r := range rows {
		if s.wall {
			r.from = l.Zones.notBefore(Wall(r.from), last)
			r.to = l.Zones.notBefore(Wall(r.to), r.from)
			last = r.to
		}
		track = append(track, sleepStretch{s.stageName(r.name), r.from.Sub(s.start), r.to.Sub(s.start)})
	}
	sortStretches(track)
	return overlay(track, nil)
}

// notBefore returns the first instant from one on at which a clock shows a reading, else the
// first of all.
func (z Zones) notBefore(w Wall, from time.Time) time.Time {
	all := z.occurrences(w)
	for _, at := range all {
		if !at.Before(from) {
			return at
		}
	}
	return all[0]
}

// stageMinutes counts the minutes of each stage of a track.
func stageMinutes(track []sleepStretch) map[string]number {
	lengths := map[string]time.Duration{}
	for _, s := range track {
		lengths[s.stage] += s.to - s.from
	}
	minutes := map[string]number{}
	for stage, length := range lengths {
		minutes[stage] = number(strconv.Itoa(int(length / time.Minute)))
	}
	return minutes
}

package emulator

import (
	"slices"
	"time"
)

// nightRoutes are those of sleep and of what is measured in it (sheet 5.2, 5.3).
var nightRoutes = []route{
	{"1.2", "sleep/date/{s}/{e}", "sleep", map[string]int{"": 100}, 0, false, (*call).sleepRange},
	{"1.2", "sleep/list", "sleep", nil, 0, false, (*call).sleepList},
	{"1.2", "sleep/date/{d}", "sleep", map[string]int{"": 1}, 0, false, (*call).sleepDay},
	{"1.2", "sleep/goal", "sleep", nil, 0, false, (*call).sleepGoal},
}

// sleepLog is an element of L1 and L2, version 1.2 (sheet 5.3).
type sleepLog struct {
	DateOfSleep         string       `json:"dateOfSleep"`
	Duration            int          `json:"duration"` // ms
	Efficiency          int          `json:"efficiency"`
	EndTime             string       `json:"endTime"`
	InfoCode            int          `json:"infoCode"`
	IsMainSleep         bool         `json:"isMainSleep"`
	Levels              *sleepLevels `json:"levels"`
	LogID               int64        `json:"logId"`
	LogType             string       `json:"logType"`
	MinutesAfterWakeup  int          `json:"minutesAfterWakeup"`
	MinutesAsleep       int          `json:"minutesAsleep"`
	MinutesAwake        int          `json:"minutesAwake"`
	MinutesToFallAsleep int          `json:"minutesToFallAsleep"`
	StartTime           string       `json:"startTime"`
	TimeInBed           int          `json:"timeInBed"`
	Type                string       `json:"type"`
}

type sleepLevels struct {
	Data      []sleepSegment          `json:"data"`
	ShortData *[]sleepSegment         `json:"shortData,omitempty"`
	Summary   map[string]sleepSummary `json:"summary"`
}

type sleepSegment struct {
	DateTime string `json:"dateTime"`
	Level    string `json:"level"`
	Seconds  int    `json:"seconds"`
}

type sleepSummary struct {
	Count         int  `json:"count"`
	Minutes       int  `json:"minutes"`
	ThirtyDayMean *int `json:"thirtyDayAvgMinutes,omitempty"`
}

// sleepTotals is the summary that only L2 has.
type sleepTotals struct {
	Stages  map[string]int `json:"stages,omitempty"`
	Asleep  int            `json:"totalMinutesAsleep"`
	Records int            `json:"totalSleepRecords"`
	InBed   int            `json:"totalTimeInBed"`
}

var pendingAnswer = map[string]any{
	"meta": map[string]any{"retryDuration": 3000, "state": "pending"},
}

var (
	stageLevels   = []string{"deep", "light", "rem", "wake"}
	classicLevels = []string{"asleep", "awake", "restless"}
)

// stillPending counts the first answers to a path, which are put off.
func (s *Server) stillPending(path string, now time.Time) bool {
	if s.pending[path] >= s.modes.PendingFirst {
		return false
	}
	s.pending[path]++
	s.notBefore[path] = now.Add(3 * time.Second)
	return true
}

// sees tells whether a log has reached the service: synced by the watch after
// its end, or typed in an hour after it.
func (c *call) sees(s Sleep) bool {
	if s.Manual {
		return !s.End.Add(time.Hour).After(c.now)
	}
	return !s.End.After(c.synced)
}

func (c *call) sleeps(from, to Date) []Sleep {
	var logs []Sleep
	for d := from; d <= to; d++ {
		for _, s := range c.person.Sleeps(d) {
			if c.sees(s) {
				logs = append(logs, s)
			}
		}
	}
	return logs
}

// sleepRange is L1: newest first, all thirty-day averages 0.
func (c *call) sleepRange() (any, *refusal) {
	logs := []sleepLog{}
	for _, s := range slices.Backward(c.sleeps(c.from, c.to)) {
		logs = append(logs, c.sleepLog(s, nil))
	}
	return list(c, "sleep", logs)
}

// sleepList is L3.
func (c *call) sleepList() (any, *refusal) {
	var all []entry
	for _, s := range c.sleeps(c.person.first, c.today) {
		all = append(all, entry{s.Start, c.sleepLog(s, nil)})
	}
	return c.page(listing{root: "sleep", most: 100}, all)
}

// sleepDay is L2: with totals and real averages.
func (c *call) sleepDay() (any, *refusal) {
	logs := []sleepLog{}
	var totals sleepTotals
	mean := c.stageMeans(c.from)
	for _, s := range c.sleeps(c.from, c.to) {
		l := c.sleepLog(s, mean)
		logs = append(logs, l)
		totals.Asleep += l.MinutesAsleep
		totals.InBed += l.TimeInBed
		totals.Records++
		if !s.Classic {
			if totals.Stages == nil {
				totals.Stages = map[string]int{"deep": 0, "light": 0, "rem": 0, "wake": 0}
			}
			for level, minutes := range s.LevelMinutes() {
				totals.Stages[level] += minutes
			}
		}
	}
	if len(logs) == 0 || c.empty {
		return c.emptyAnswer(map[string]any{"sleep": []sleepLog{}, "summary": sleepTotals{}}, "sleep"), nil
	}
	return map[string]any{"sleep": logs, "summary": totals}, nil
}

// stageMeans are minutes a staged log of the thirty days up to d.
func (c *call) stageMeans(d Date) map[string]int {
	mean, n := map[string]int{}, 0
	for _, s := range c.sleeps(d-29, d) {
		if s.Classic || !s.Main {
			continue
		}
		n++
		for level, minutes := range s.LevelMinutes() {
			mean[level] += minutes
		}
	}
	for level := range mean {
		mean[level] /= n
	}
	return mean
}

// sleepLog renders a log. The level list keeps the offset valid at the start;
// endTime is what the clock showed at the end. Where the clock jumped ahead
// meanwhile, the service takes the difference of the two for the length and
// fills the missing hour with a level "unknown" at the end (sheet 4.2); where it
// fell back, length and levels are the true ones.
func (c *call) sleepLog(s Sleep, mean map[string]int) sleepLog {
	start := c.person.Wall(s.Start)
	seconds := int(s.End.Sub(s.Start) / time.Second)
	jump := 0
	if c.person.clockJumps(s) {
		jump = offsetOf(s.End.In(start.Location())) - offsetOf(start)
	}
	l := sleepLog{
		DateOfSleep: s.Date.String(), Duration: (seconds + jump) * 1000,
		EndTime: c.person.Wall(s.End).Format(wallForm), InfoCode: s.Info,
		IsMainSleep: s.Main, LogID: s.LogID, LogType: "auto_detected",
		StartTime: start.Format(wallForm), TimeInBed: (seconds + jump) / 60, Type: "stages",
	}
	if s.Manual {
		l.LogType = "manual"
	}
	minutes := s.LevelMinutes()
	if s.Classic {
		l.Type = "classic"
		l.MinutesToFallAsleep = s.minutesToFallAsleep()
		l.MinutesAsleep = minutes["asleep"]
		l.MinutesAwake = minutes["restless"] + minutes["awake"] - l.MinutesToFallAsleep
	} else {
		l.MinutesAsleep = minutes["deep"] + minutes["light"] + minutes["rem"]
		l.MinutesAwake = minutes["wake"]
	}
	l.Efficiency = 100 * l.MinutesAsleep / max(1, seconds/60-l.MinutesToFallAsleep)
	if !s.NoLevels && !c.modes.NullLevels {
		l.Levels = s.levels(start, minutes, mean, jump)
	}
	return l
}

func offsetOf(t time.Time) int {
	_, offset := t.Zone()
	return offset
}

// clockJumps tells whether the clock was set forward during a sleep.
func (p *Person) clockJumps(s Sleep) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.clockChanges(s.Start, s.End) && offsetOf(p.wall(s.End)) > offsetOf(p.wall(s.Start))
}

func (s Sleep) minutesToFallAsleep() int {
	if len(s.Data) > 0 && s.Data[0].Level == "awake" {
		return s.Data[0].Seconds / 60
	}
	return 0
}

func (s Sleep) levels(start time.Time, minutes, mean map[string]int, jump int) *sleepLevels {
	fixed := start.In(time.FixedZone("", offsetOf(start)))
	names := stageLevels
	if s.Classic {
		names = classicLevels
	}
	l := &sleepLevels{Data: segmentsFrom(fixed, s.Data), Summary: map[string]sleepSummary{}}
	if jump > 0 {
		at := int(s.End.Sub(s.Start) / time.Second)
		l.Data = append(l.Data, segmentsFrom(fixed, []Segment{{at, jump, "unknown"}})...)
	}
	if !s.Classic && !s.NoShort {
		short := segmentsFrom(fixed, s.Short)
		l.ShortData = &short
	}
	for _, name := range names {
		sum := sleepSummary{Count: s.count(name), Minutes: minutes[name]}
		if !s.Classic {
			m := mean[name]
			sum.ThirtyDayMean = &m
		}
		l.Summary[name] = sum
	}
	return l
}

func (s Sleep) count(level string) (n int) {
	for _, d := range slices.Concat(s.Data, s.Short) {
		if d.Level == level {
			n++
		}
	}
	return n
}

func segmentsFrom(start time.Time, segments []Segment) []sleepSegment {
	out := make([]sleepSegment, len(segments))
	for i, d := range segments {
		at := start.Add(time.Duration(d.At) * time.Second)
		out[i] = sleepSegment{at.Format(wallForm), d.Level, d.Seconds}
	}
	return out
}

package emulator_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

type sleepLog struct {
	DateOfSleep, StartTime, EndTime, LogType, Type string
	Duration, Efficiency, InfoCode, TimeInBed      int
	IsMainSleep                                    bool
	MinutesAsleep, MinutesAwake                    int
	MinutesToFallAsleep, MinutesAfterWakeup        int
	LogID                                          json.Number
	Levels                                         *struct {
		Data, ShortData []sleepSegment
		Summary         map[string]struct {
			Count, Minutes int
			ThirtyDay      *int `json:"thirtyDayAvgMinutes"`
		}
	}
}

type sleepSegment struct {
	DateTime, Level string
	Seconds         int
}

const wallForm = "2006-01-02T15:04:05.000"

func sleepLogs(t *testing.T, body string) []sleepLog {
	t.Helper()
	var got struct{ Sleep []sleepLog }
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	return got.Sleep
}

// manyNights is a year of sleep, newest first.
func manyNights(t *testing.T, b *bench) []sleepLog {
	t.Helper()
	var all []sleepLog
	for to := day(t, "2025-11-01"); to > day(t, "2024-10-01"); to -= 100 {
		all = append(all, sleepLogs(t, b.ok(sleepPath((to-99).String(), to.String())))...)
	}
	return all
}

func wallTime(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(wallForm, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// overlay lays shortData over data in steps of 30 s and sums levels.
func overlay(t *testing.T, l sleepLog) map[string]int {
	t.Helper()
	start := wallTime(t, l.StartTime)
	levels := make([]string, l.Duration/30000)
	for _, track := range [][]sleepSegment{l.Levels.Data, l.Levels.ShortData} {
		for _, s := range track {
			at, n := int(wallTime(t, s.DateTime).Sub(start)/(30*time.Second)), s.Seconds/30
			if at < 0 || at+n > len(levels) || s.Seconds%30 != 0 {
				t.Fatalf("%s: segment %+v lies outside the log", l.LogID, s)
			}
			for i := at; i < at+n; i++ {
				levels[i] = s.Level
			}
		}
	}
	sum := map[string]int{}
	for _, level := range levels {
		sum[level] += 30
	}
	return sum
}

func TestSleepIsConsistent(t *testing.T) {
	b := start(t)
	border := 0
	for _, l := range manyNights(t, b)[:150] {
		if l.TimeInBed != l.Duration/60000 || l.DateOfSleep != l.EndTime[:10] {
			t.Errorf("%s: in bed %d min, %d ms, date %s, end %s", l.LogID, l.TimeInBed, l.Duration, l.DateOfSleep, l.EndTime)
		}
		sum := l.MinutesToFallAsleep + l.MinutesAsleep + l.MinutesAwake + l.MinutesAfterWakeup
		if l.Levels == nil {
			continue
		}
		seconds := overlay(t, l)
		if seconds[""] != 0 {
			t.Errorf("%s: %d seconds in no level", l.LogID, seconds[""])
		}
		if sum*60 != l.Duration/1000-seconds["unknown"] {
			t.Errorf("%s: minutes sum to %d of %d", l.LogID, sum, l.TimeInBed)
		}
		for level, s := range l.Levels.Summary {
			if seconds[level] != s.Minutes*60 {
				t.Errorf("%s: %s is %d s, summary says %d min", l.LogID, level, seconds[level], s.Minutes)
			}
		}
		if l.Type == "stages" && l.Levels.Summary["deep"].Minutes+l.Levels.Summary["light"].Minutes+l.Levels.Summary["rem"].Minutes != l.MinutesAsleep {
			t.Errorf("%s: asleep %d", l.LogID, l.MinutesAsleep)
		}
		for _, s := range l.Levels.ShortData {
			if s.Seconds > 180 || s.Level != "wake" || s.Seconds%30 != 0 {
				t.Errorf("%s: short %+v", l.LogID, s)
			}
			for _, d := range l.Levels.Data {
				if d.DateTime > s.DateTime && wallTime(t, d.DateTime).Before(wallTime(t, s.DateTime).Add(time.Duration(s.Seconds)*time.Second)) {
					border++
				}
			}
		}
	}
	if border == 0 {
		t.Error("no short wake crosses a change of level")
	}
}

func TestSleepVariety(t *testing.T) {
	b := start(t)
	logs := manyNights(t, b)
	seen := map[string]int{}
	perDay, main := map[string]int{}, map[string]int{}
	for _, l := range logs {
		seen[l.Type+" "+l.LogType]++
		perDay[l.DateOfSleep]++
		if l.IsMainSleep {
			main[l.DateOfSleep]++
		}
		id, err := l.LogID.Int64()
		switch {
		case err != nil || id <= 1<<32:
			t.Errorf("id %s is not above 2^32", l.LogID)
		case id > 1<<53:
			seen["above 2^53"]++
			if int64(float64(id)) == id {
				t.Errorf("id %d survives a float64", id)
			}
		}
		if l.Levels == nil {
			seen["null levels"]++
			continue
		}
		if l.Type == "classic" && l.Levels.ShortData != nil {
			t.Errorf("classic %s has shortData", l.LogID)
		}
		if !l.IsMainSleep && l.Type == "stages" {
			seen["split night"]++
		}
		if l.StartTime[:10] != l.EndTime[:10] {
			seen["across midnight"]++
		}
	}
	for _, n := range perDay {
		if n > 1 {
			seen["several a day"]++
		}
	}
	for d, n := range main {
		if n != 1 {
			t.Errorf("%s has %d main sleeps", d, n)
		}
	}
	for _, want := range []string{
		"stages auto_detected", "classic auto_detected", "classic manual", "above 2^53",
		"null levels", "split night", "across midnight", "several a day",
	} {
		if seen[want] == 0 {
			t.Errorf("never seen: %s (%v)", want, seen)
		}
	}
	if n := len(main); n < 360 || n > 395 {
		t.Errorf("%d nights of 400", n)
	}
	checkOrder(t, logs)
}

func checkOrder(t *testing.T, logs []sleepLog) {
	t.Helper()
	if !slices.IsSortedFunc(logs, func(x, y sleepLog) int { return strings.Compare(y.StartTime, x.StartTime) }) {
		t.Error("L1 is not newest first")
	}
	ids := map[string]bool{}
	for _, l := range logs {
		if ids[l.LogID.String()] {
			t.Errorf("id %s occurs twice", l.LogID)
		}
		ids[l.LogID.String()] = true
	}
}

// The same log differs between L1 and L2 in its thirty-day averages only.
func TestSleepSingleDay(t *testing.T) {
	b := start(t)
	d := napDay(t, b).String()
	one := b.ok("/1.2/user/-/sleep/date/" + d + ".json")
	var single struct {
		Summary struct {
			Stages                                                map[string]int
			TotalMinutesAsleep, TotalSleepRecords, TotalTimeInBed int
		}
	}
	if err := json.Unmarshal([]byte(one), &single); err != nil {
		t.Fatal(err)
	}
	l2, l1 := sleepLogs(t, one), sleepLogs(t, b.ok(sleepPath(d, d)))
	if len(l1) != 2 || len(l2) != 2 {
		t.Fatalf("%d and %d logs", len(l1), len(l2))
	}
	for level, s := range l2[0].Levels.Summary {
		if *s.ThirtyDay == 0 {
			t.Errorf("L2: average of %s is 0", level)
		}
		if got := *l1[1].Levels.Summary[level].ThirtyDay; got != 0 {
			t.Errorf("L1: average of %s is %d", level, got)
		}
		if single.Summary.Stages[level] != s.Minutes {
			t.Errorf("summary %s: %d, want %d", level, single.Summary.Stages[level], s.Minutes)
		}
	}
	s := single.Summary
	if s.TotalSleepRecords != 2 || s.TotalTimeInBed != l2[0].TimeInBed+l2[1].TimeInBed || s.TotalMinutesAsleep != l2[0].MinutesAsleep+l2[1].MinutesAsleep {
		t.Errorf("totals %+v", s)
	}
	b.Set(func(m *emulator.Modes) { m.NullLevels = true })
	if l := sleepLogs(t, b.ok(sleepPath(d, d))); l[0].Levels != nil || l[1].Levels != nil {
		t.Error("levels although the mode is on")
	}
}

func night(t *testing.T, b *bench, date string) (sleepLog, emulator.Sleep) {
	t.Helper()
	logs := sleepLogs(t, b.ok(sleepPath(date, date)))
	truth := b.Person().Sleeps(day(t, date))
	for i, s := range truth {
		if s.Main {
			return logs[len(logs)-1-i], s
		}
	}
	t.Fatalf("no main sleep on %s", date)
	return sleepLog{}, emulator.Sleep{}
}

func TestSpringNight(t *testing.T) {
	for seed := range uint64(8) {
		b := start(t, func(o *emulator.Options) { o.Seed = seed })
		l, truth := night(t, b, "2025-03-30")
		last := l.Levels.Data[len(l.Levels.Data)-1]
		if last.Level != "unknown" || last.Seconds != 3600 {
			t.Fatalf("seed %d: last segment %+v", seed, last)
		}
		real := int(truth.End.Sub(truth.Start) / time.Millisecond)
		if l.Duration != real+3600000 {
			t.Errorf("seed %d: duration %d, truly %d", seed, l.Duration, real)
		}
		if wallTime(t, l.EndTime).Sub(wallTime(t, l.StartTime)) != time.Duration(l.Duration)*time.Millisecond {
			t.Errorf("seed %d: %s to %s is not %d ms", seed, l.StartTime, l.EndTime, l.Duration)
		}
		checkWalls(t, l, truth)
	}
}

func TestAutumnNight(t *testing.T) {
	for seed := range uint64(8) {
		b := start(t, func(o *emulator.Options) { o.Seed = seed })
		l, truth := night(t, b, "2025-10-26")
		if real := int(truth.End.Sub(truth.Start) / time.Millisecond); l.Duration != real {
			t.Errorf("seed %d: duration %d, truly %d", seed, l.Duration, real)
		}
		if got := wallTime(t, l.EndTime).Sub(wallTime(t, l.StartTime)) + time.Hour; got != time.Duration(l.Duration)*time.Millisecond {
			t.Errorf("seed %d: %s to %s does not cross the repeated hour", seed, l.StartTime, l.EndTime)
		}
		checkWalls(t, l, truth)
	}
}

// checkWalls: a night over a change of the clock starts and ends by the clock
// of the wall, and its levels keep the offset of its start.
func checkWalls(t *testing.T, l sleepLog, truth emulator.Sleep) {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if truth.Start.In(berlin).Format(wallForm) != l.StartTime || truth.End.In(berlin).Format(wallForm) != l.EndTime {
		t.Errorf("%s to %s, truly %v to %v", l.StartTime, l.EndTime, truth.Start, truth.End)
	}
	at := wallTime(t, l.StartTime)
	for _, s := range l.Levels.Data {
		if s.DateTime != at.Format(wallForm) {
			t.Errorf("segment at %s, want %s", s.DateTime, at.Format(wallForm))
		}
		at = at.Add(time.Duration(s.Seconds) * time.Second)
	}
}

func TestPending(t *testing.T) {
	b := start(t)
	b.Set(func(m *emulator.Modes) { m.PendingFirst, m.Strict = 2, true })
	path := sleepPath("2025-10-01", "2025-10-02")
	sameShape(t, b.ok(path), "sleep_pending")
	b.clock.Add(2 * time.Second)
	sameShape(t, b.ok(path), "sleep_pending")
	if v := b.Violations(); len(v) != 1 || !strings.Contains(v[0], "retryDuration") {
		t.Errorf("asked after 2 of 3 s: %q", v)
	}
	b.clock.Add(3 * time.Second)
	if logs := sleepLogs(t, b.ok(path)); len(logs) == 0 {
		t.Error("still pending")
	}
	if v := b.Violations(); len(v) != 1 {
		t.Errorf("asked after 3 s: %q", v)
	}
	sameShape(t, b.ok(sleepPath("2025-10-03", "2025-10-03")), "sleep_pending")
	b.ok(activity("steps", "2025-10-01", "2025-10-02"))
}

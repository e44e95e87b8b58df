package emulator

import "slices"

// exportSleep is a record of sleep-: the log of the legacy API with its members
// in another order, and mainSleep for isMainSleep. All times are those of the
// clock at the place of sleep, without an offset (archive sheet 1, item 4).
type exportSleep struct {
	LogID               int64         `json:"logId"`
	DateOfSleep         string        `json:"dateOfSleep"`
	StartTime           string        `json:"startTime"`
	EndTime             string        `json:"endTime"`
	Duration            int           `json:"duration"` // ms
	MinutesToFallAsleep int           `json:"minutesToFallAsleep"`
	MinutesAsleep       int           `json:"minutesAsleep"`
	MinutesAwake        int           `json:"minutesAwake"`
	MinutesAfterWakeup  int           `json:"minutesAfterWakeup"`
	TimeInBed           int           `json:"timeInBed"`
	Efficiency          int           `json:"efficiency"`
	Type                string        `json:"type"`
	InfoCode            int           `json:"infoCode"`
	LogType             string        `json:"logType"`
	Levels              *exportLevels `json:"levels"`
	MainSleep           bool          `json:"mainSleep"`
}

type exportLevels struct {
	Summary   map[string]sleepSummary `json:"summary"`
	Data      []sleepSegment          `json:"data"`
	ShortData *[]sleepSegment         `json:"shortData,omitempty"`
}

// sleepChunk is sleep-: the logs that begin or end on a day of the run, so that
// a night across its edge is in two files, in no order one could trust (archive
// sheet 5.1).
func (t *takeout) sleepChunk(from, to Date) []byte {
	var records []exportSleep
	for d := from; d <= to+1; d++ {
		for _, s := range t.c.sleeps(d, d) {
			if d <= to || DateOf(t.p.Wall(s.Start)) <= to {
				records = append(records, t.sleep(s))
			}
		}
	}
	slices.Reverse(records)
	r := newNoise(t.p.seed, "sleep file", int(from))
	for i := 1; i < len(records); i++ {
		if r.chance(0.15) {
			records[i-1], records[i] = records[i], records[i-1]
		}
	}
	return exportArray(records)
}

// sleep renders a log as the legacy API tells it of its day.
func (t *takeout) sleep(s Sleep) exportSleep {
	l := t.c.sleepLog(s, t.c.stageMeans(s.Date))
	e := exportSleep{
		LogID: l.LogID, DateOfSleep: l.DateOfSleep, StartTime: l.StartTime, EndTime: l.EndTime, Duration: l.Duration,
		MinutesToFallAsleep: l.MinutesToFallAsleep, MinutesAsleep: l.MinutesAsleep, MinutesAwake: l.MinutesAwake,
		MinutesAfterWakeup: l.MinutesAfterWakeup, TimeInBed: l.TimeInBed, Efficiency: l.Efficiency, Type: l.Type,
		InfoCode: l.InfoCode, LogType: l.LogType, MainSleep: l.IsMainSleep,
	}
	if l.Levels != nil {
		e.Levels = &exportLevels{l.Levels.Summary, l.Levels.Data, l.Levels.ShortData}
	}
	return e
}

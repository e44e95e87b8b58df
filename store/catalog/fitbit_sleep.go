package catalog

import (
	"fmt"
	"time"
)

// sleepLog is an element of sleep, version 1.2 [L1]. Wall-clock times have no offset; the
// times in Levels keep the offset that was in force at the start.
type sleepLog struct {
	LogID        number `json:"logId"`
	DateOfSleep  string `json:"dateOfSleep"` // the date it ended
	StartTime    string `json:"startTime"`
	EndTime      string `json:"endTime"`
	Duration     number `json:"duration"`            // milliseconds
	InBed        number `json:"timeInBed"`           // minutes
	Asleep       number `json:"minutesAsleep"`       // minutes
	Awake        number `json:"minutesAwake"`        // minutes
	ToFallAsleep number `json:"minutesToFallAsleep"` // minutes
	AfterWakeup  number `json:"minutesAfterWakeup"`  // minutes
	Efficiency   number `json:"efficiency"`          // percent
	Main         *bool  `json:"isMainSleep"`
	ArchivedMain *bool  `json:"mainSleep"` // the same, of an archive
	Type         string `json:"type"`      // stages or classic
	Levels       struct {
		Data      []sleepLevel `json:"data"`
		ShortData []sleepLevel `json:"shortData"`
		Summary   map[string]struct {
			Minutes number `json:"minutes"`
		} `json:"summary"`
	} `json:"levels"`
}

// night is a sleep with its place in time resolved.
type night struct {
	sleepLog
	day    Day
	track  []sleepStretch // the main track, contiguous from the start
	length time.Duration  // 0 when nothing but the end on the wall tells it
	start  time.Time
	end    time.Time // zero when nothing tells it
}

// fitbitSleep reads a point for each sleep, at its start.
func fitbitSleep(b Body) ([]Point, error) { return fitbitNights(b, night.points) }

// points reads the sleep as one point.
func (n night) points() ([]Point, error) {
	var f fieldList
	f.int("asleep_min", "minutesAsleep", n.Asleep)
	f.int("awake_min", "minutesAwake", n.Awake)
	f.int("in_bed_min", "timeInBed", n.InBed)
	f.int("to_fall_asleep_min", "minutesToFallAsleep", n.ToFallAsleep)
	f.int("after_wakeup_min", "minutesAfterWakeup", n.AfterWakeup)
	f.int("deep_min", "levels.summary.deep.minutes", n.Levels.Summary["deep"].Minutes)
	f.int("light_min", "levels.summary.light.minutes", n.Levels.Summary["light"].Minutes)
	f.int("rem_min", "levels.summary.rem.minutes", n.Levels.Summary["rem"].Minutes)
	wake := "wake"
	if _, ok := n.Levels.Summary[wake]; !ok {
		wake = "awake" // in a classic sleep
	}
	f.int("wake_min", "levels.summary."+wake+".minutes", n.Levels.Summary[wake].Minutes)
	f.int("restless_min", "levels.summary.restless.minutes", n.Levels.Summary["restless"].Minutes)
	f.int("efficiency_pct", "efficiency", n.Efficiency)
	if n.Duration != "" {
		f.add("duration_s", "duration", IntValue(int64(n.length/time.Second)), nil)
	}
	if !n.end.IsZero() {
		f.add("end_ns", "endTime", IntValue(n.end.UnixNano()), nil)
	}
	f.str("date", n.day.String())
	f.id("log_id", "logId", n.LogID)
	var tags []Tag
	if kind := tagValue(n.Type); kind != "" {
		tags = append(tags, Tag{"kind", kind})
	}
	return []Point{{Measurement: sleep.Measurement, Tags: append(tags, mainTag(n.Main)...), Fields: f.fields, Time: n.start, Day: n.day}}, f.err
}

// fitbitNights resolves each sleep of an answer and reads it by read.
func fitbitNights(b Body, read func(night) ([]Point, error)) ([]Point, error) {
	logs, err := decodeList[sleepLog](b.JSON, "sleep", "dateOfSleep")
	if err != nil {
		return nil, err
	}
	return readNights(logs, b.Zones, read)
}

func readNights(logs []sleepLog, z Zones, read func(night) ([]Point, error)) ([]Point, error) {
	var points []Point
	for _, l := range logs {
		day, err := readDay("dateOfSleep", l.DateOfSleep)
		if err != nil {
			return nil, fmt.Errorf("sleep: %w", err)
		}
		n := night{sleepLog: l, day: day}
		if err := n.resolve(z); err != nil {
			return nil, fmt.Errorf("sleep of %s: %w", day, err)
		}
		of, err := read(n)
		if err != nil {
			return nil, fmt.Errorf("sleep of %s: %w", day, err)
		}
		points = append(points, of...)
	}
	return points, nil
}

// resolve finds the track, the length, the start and the end. The sleep is as long as its
// duration says, else as its levels do, else as the wall shows.
func (n *night) resolve(z Zones) error {
	start, err := readWall("startTime", n.StartTime)
	if err != nil {
		return err
	}
	if n.track, err = readTrack(n.Levels.Data); err != nil {
		return err
	}
	n.length = trackLength(n.track)
	if n.Duration != "" {
		if n.length, err = readLength("duration", n.Duration, time.Millisecond); err != nil {
			return err
		}
	}
	n.start = z.At(start)
	if n.length > 0 {
		n.end = n.start.Add(n.length)
	}
	if n.EndTime == "" {
		return nil
	}
	end, err := readWall("endTime", n.EndTime)
	if err != nil {
		return err
	}
	if n.length == 0 {
		n.end = z.endAfter(n.start, end)
		return nil
	}
	n.disambiguate(z, start, end)
	return nil
}

// disambiguate moves a sleep that starts in the hour that the wall shows twice to the
// second of them, or one before a journey to where the clock of the day before has it, when
// only that brings its end to where the wall shows it.
func (n *night) disambiguate(z Zones, start, end Wall) {
	loc := z.On(end.Day())
	if near(n.end, loc, end) {
		return
	}
	second, twice := z.again(start)
	early, carried := z.carried(start)
	switch {
	case twice && near(second.Add(n.length), loc, end):
		n.start = second
	case carried && near(early.Add(n.length), loc, end):
		n.start = early
	}
	n.end = n.start.Add(n.length)
}

// near reports whether a clock in loc reads wall at t, give or take a minute, to which
// lengths are rounded.
func near(t time.Time, loc *time.Location, wall Wall) bool {
	_, offset := t.In(loc).Zone()
	d := Wall(t.UTC().Add(time.Duration(offset) * time.Second)).Sub(wall)
	return d.Abs() <= time.Minute
}

// endAfter returns the first instant after start at which the wall reads end, or the zero
// time when there is none.
func (z Zones) endAfter(start time.Time, end Wall) time.Time {
	if t := z.At(end); t.After(start) {
		return t
	}
	if t, ok := z.again(end); ok && t.After(start) {
		return t
	}
	return time.Time{}
}

// longestSleep bounds what is believed to be a length.
const longestSleep = 31 * 24 * time.Hour

// readLength reads a length given in a unit.
func readLength(member string, n number, unit time.Duration) (time.Duration, error) {
	v, err := n.int()
	if err == nil && (v < 0 || v > int64(longestSleep/unit)) {
		err = fmt.Errorf("%s is not the length of a sleep", n)
	}
	if err != nil {
		return 0, fmt.Errorf("member %s: %w", member, err)
	}
	return time.Duration(v) * unit, nil
}

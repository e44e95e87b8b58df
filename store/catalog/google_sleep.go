package catalog

import (
	"fmt"
	"strings"
	"time"
)

// googleNight is the value of a sleep (google-health-api.md section 6.2). A sleep appears
// without stages and summary first, and with metadata.processed once they are worked out
// (section 8, item 8).
type googleNight struct {
	Type    string        `json:"type"` // STAGES or CLASSIC
	Stages  []googleStage `json:"stages"`
	Short   []googleStage `json:"shortAwakenings"` // on top of the stages
	Summary struct {
		InPeriod     number `json:"minutesInSleepPeriod"`
		Asleep       number `json:"minutesAsleep"`
		Awake        number `json:"minutesAwake"`
		ToFallAsleep number `json:"minutesToFallAsleep"`
		AfterWakeUp  number `json:"minutesAfterWakeUp"`
		Stages       []struct {
			Type    string `json:"type"`
			Minutes number `json:"minutes"`
		} `json:"stagesSummary"`
	} `json:"summary"`
	Metadata struct {
		Processed bool `json:"processed"`
		Main      bool `json:"mainSleep"`
	} `json:"metadata"`
}

type googleStage struct {
	googleInterval
	Type string `json:"type"` // AWAKE, LIGHT, DEEP, REM; in a classic sleep AWAKE, RESTLESS, ASLEEP
}

// holdUnprocessed is how long after its end a sleep waits to be processed before it is
// exported as it is.
const holdUnprocessed = 24 * time.Hour

// readGoogleSleep reads a point for each sleep, at its start.
func readGoogleSleep(r googleRecord[googleNight]) ([]Point, error) {
	v := r.Value
	var f fieldList
	f.int("asleep_min", "summary.minutesAsleep", v.Summary.Asleep)
	f.int("awake_min", "summary.minutesAwake", v.Summary.Awake)
	f.int("in_bed_min", "summary.minutesInSleepPeriod", v.Summary.InPeriod)
	f.int("to_fall_asleep_min", "summary.minutesToFallAsleep", v.Summary.ToFallAsleep)
	f.int("after_wakeup_min", "summary.minutesAfterWakeUp", v.Summary.AfterWakeUp)
	v.addStages(&f)
	f.seconds("duration_s", r.Interval)
	end, err := readInstant("interval.endTime", r.Interval.End)
	f.add("end_ns", "interval.endTime", IntValue(end.UnixNano()), err)
	f.str("date", r.Day.String())
	f.str("log_id", r.ID)
	var tags []Tag
	if kind := v.kind(); kind != "" {
		tags = append(tags, Tag{"kind", kind})
	}
	points, err := r.point(sleep, append(tags, mainTag(&v.Metadata.Main)...), f)
	return v.hold(points, end), err
}

// readGoogleStages reads a point for each stretch of a sleep, like fitbitSleepStages.
func readGoogleStages(r googleRecord[googleNight]) ([]Point, error) {
	v := r.Value
	track, err := v.stretches(v.Stages, "stages", r.Time)
	if err != nil {
		return nil, err
	}
	wakes, err := v.stretches(v.Short, "shortAwakenings", r.Time)
	if err != nil {
		return nil, err
	}
	end, err := readInstant("interval.endTime", r.Interval.End)
	if err != nil {
		return nil, err
	}
	var f fieldList
	f.str("log_id", r.ID)
	whole := Point{Measurement: sleepStage.Measurement, Tags: mainTag(&v.Metadata.Main), Fields: f.fields, Time: r.Time, Day: r.Day}
	return v.hold(stagePoints(overlay(track, wakes), whole), end), nil
}

// hold keeps the points of a sleep that is not processed back for a day.
func (v googleNight) hold(points []Point, end time.Time) []Point {
	if v.Metadata.Processed {
		return points
	}
	for i := range points {
		points[i].HoldUntil = end.Add(holdUnprocessed)
	}
	return points
}

func (v googleNight) kind() string { return enumName(v.Type) }

// stageName is the name that the legacy Web API has for a stage: AWAKE is wake among stages
// and awake in a classic sleep.
func (v googleNight) stageName(stage string) string {
	if stage == "AWAKE" && v.Type != "CLASSIC" {
		return "wake"
	}
	return enumName(stage)
}

// stageFields are the fields of the minutes in each stage, by the kind of sleep that counts
// it.
var stageFields = []struct{ key, kind, stage string }{
	{"deep_min", "stages", "deep"}, {"light_min", "stages", "light"}, {"rem_min", "stages", "rem"},
	{"wake_min", "stages", "wake"}, {"wake_min", "classic", "awake"}, {"restless_min", "classic", "restless"},
}

// addStages adds the minutes in each stage.
func (v googleNight) addStages(f *fieldList) {
	minutes := map[string]number{}
	for _, s := range v.Summary.Stages {
		if s.Minutes == "" {
			s.Minutes = "0"
		}
		minutes[v.stageName(s.Type)] = s.Minutes
	}
	v.addMinutes(f, minutes)
}

// addMinutes adds the minutes in each stage, by its name. They are of those that occurred:
// one of the sleep's kind that is left out took no time.
func (v googleNight) addMinutes(f *fieldList, minutes map[string]number) {
	for _, def := range stageFields {
		n, listed := minutes[def.stage]
		if !listed && def.kind == v.kind() && len(minutes) > 0 {
			n = "0"
		}
		f.int(def.key, "summary.stagesSummary.minutes", n)
	}
}

// stretches places segments of a sleep that begins at start, in order of time.
func (v googleNight) stretches(segments []googleStage, member string, start time.Time) ([]sleepStretch, error) {
	var out []sleepStretch
	for _, s := range segments {
		at, err := readInstant("startTime", s.Start)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", member, err)
		}
		length, err := s.length()
		if err == nil && length > longestSleep {
			err = fmt.Errorf("member endTime: %s is longer than a sleep after %s", s.End, s.Start)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", member, err)
		}
		from := at.Sub(start)
		out = append(out, sleepStretch{v.stageName(s.Type), from, from + length})
	}
	sortStretches(out)
	return out, nil
}

// enumName writes an enum's value in snake case; one that stands for no value is "".
func enumName(value string) string {
	if strings.HasSuffix(value, "_UNSPECIFIED") {
		return ""
	}
	return snakeCase(value)
}

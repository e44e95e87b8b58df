package catalog

import "fmt"

// takeoutSleep reads a point for each sleep of sleep-*.json, which are the logs of the legacy
// Web API: clock readings of the place of sleep, without an offset (takeout-archive.md sections
// 1, 4 and 5.1).
func takeoutSleep(b Body) ([]Point, error) { return takeoutNights(b, night.points) }

// takeoutSleepStages reads their stages, as fitbitSleepStages does.
func takeoutSleepStages(b Body) ([]Point, error) { return takeoutNights(b, night.stages) }

func takeoutNights(b Body, read func(night) ([]Point, error)) ([]Point, error) {
	logs, err := takeoutRecords[sleepLog](b, "dateOfSleep")
	if err != nil {
		return nil, err
	}
	for i := range logs {
		logs[i].Main = logs[i].ArchivedMain
	}
	return readNights(lastOfID(logs), b.Zones, func(n night) ([]Point, error) {
		points, err := read(n)
		for i := range points {
			points[i].Recorder = baseName(b) // see laterMember
		}
		return points, err
	})
}

// sleepDays finds the dates under which the sleeps of a member are filed.
func sleepDays(b Body) ([]Day, error) {
	logs, err := takeoutRecords[struct {
		DateOfSleep string `json:"dateOfSleep"`
	}](b, "dateOfSleep")
	if err != nil {
		return nil, err
	}
	days := make([]Day, len(logs))
	for i, l := range logs {
		if days[i], err = readDay("dateOfSleep", l.DateOfSleep); err != nil {
			return nil, fmt.Errorf("sleep: %w", err)
		}
	}
	return days, nil
}

// lastOfID leaves one log of each id, the last.
func lastOfID(logs []sleepLog) []sleepLog {
	last := map[number]int{}
	for i, l := range logs {
		last[l.LogID] = i
	}
	out := logs[:0]
	for i, l := range logs {
		if l.LogID == "" || last[l.LogID] == i {
			out = append(out, l)
		}
	}
	return out
}

// laterMember leaves each sleep once: one at the edge of two members is in both (section 1,
// item 8). Should they differ, the member of the later name has it right.
func laterMember(points []Point, _ Archive, _ Zones) []Point {
	later := map[string]string{}
	for _, p := range points {
		id := logID(p)
		later[id] = max(later[id], p.Recorder)
	}
	out := points[:0]
	for _, p := range points {
		if id := logID(p); id == "" || p.Recorder == later[id] {
			out = append(out, p)
		}
	}
	return out
}

// takeoutSleepScore reads the score of each night of sleep_score.csv, at its end: the stamp is
// the reading of the clock on waking, whatever the Z behind it says (section 4).
func takeoutSleepScore(b Body) ([]Point, error) {
	return readTable(b, func(t *table) (Point, bool, error) {
		woke, err := t.wall("timestamp")
		if err != nil {
			return Point{}, false, err
		}
		f := sleepScoreFields(t, "deep_sleep_in_minutes", "restlessness")
		some := len(f.fields) > 0
		f.str("log_id", t.text("sleep_log_entry_id"))
		return Point{Measurement: sleepScore.Measurement, Fields: f.fields, Time: b.Zones.At(woke), Day: woke.Day()}, some, f.err
	}, "timestamp", "overall_score")
}

// sleepScoreFields reads the score in a row, of 100, and its parts, of 25, 25 and 50. Without
// Premium there are no parts: two of them are empty or -1, and revitalization repeats the whole
// (section 5.2).
func sleepScoreFields(t *table, deep, restlessness string) fieldList {
	var f fieldList
	t.add(&f, "overall_score", unlessNegative(googleInt), "overall")
	composition, known, err := t.float("composition_score")
	duration, too, err2 := t.float("duration_score")
	switch {
	case err != nil:
		f.err = err
	case err2 != nil:
		f.err = err2
	case known && too && composition >= 0 && duration >= 0:
		for _, part := range []string{"composition", "revitalization", "duration"} {
			t.add(&f, part+"_score", unlessNegative(googleInt), part)
		}
	}
	t.add(&f, deep, unlessNegative(googleInt), "deep_sleep_min")
	t.add(&f, "resting_heart_rate", unlessNegative(unlessZero(rounded)), "resting_bpm")
	t.add(&f, restlessness, unlessNegative(googleFloat), "restlessness")
	return f
}

// unlessNegative drops what stands for no value.
func unlessNegative(read googleNumber) googleNumber {
	return func(f *fieldList, field, member string, n number) {
		if x, err := n.float(); err == nil && x < 0 {
			return
		}
		read(f, field, member, n)
	}
}

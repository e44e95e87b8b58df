package catalog

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// sleepTables are the tables of Google that tell of sleep (takeout-archive.md section 5.4),
// joined by sleep_id, which is no log id of the other sources.
type sleepTables struct {
	Body   // what the members have in common
	sleeps []tableSleep
	stages map[string][]tableStage
	scores map[string]Point
	told   map[string]bool // sleeps left out, for another row tells of them
}

// tableSleep is a row of UserSleeps.
type tableSleep struct {
	googleNight   // its type and whether it is the main one; the rest is empty
	id, algorithm string
	updated       string
	minutes       fieldList // what its columns tell
	start, end    time.Time
	day           Day  // the local date of its end
	wall          bool // its stamps, and those of its stages, show the clock on the wall
}

// tableStage is a row of UserSleepStages, with its stamps as they stand there.
type tableStage struct {
	name, algorithm string
	from, to        time.Time
}

// googleAlgorithm is the version whose sleeps are those of the Google Health API (section 5.4).
const googleAlgorithm = "sleep_session_v2"

// readSleepTables reads members, each sleep once.
func readSleepTables(pages []Body) (*sleepTables, error) {
	l := &sleepTables{stages: map[string][]tableStage{}, scores: map[string]Point{}, told: map[string]bool{}}
	pages = slices.Clone(pages)
	slices.SortStableFunc(pages, func(a, b Body) int { return strings.Compare(baseName(a), baseName(b)) })
	for _, b := range pages {
		l.Body = b
		row := l.sleep
		switch tableOf(b) {
		case "sleep_stage":
			row = l.stage
		case "score":
			row = l.score
		}
		_, err := readTable(b, func(t *table) (Point, bool, error) { return Point{}, false, row(t) }, stampColumns(b)...)
		if err != nil {
			return nil, err
		}
	}
	l.choose()
	return l, nil
}

func baseName(b Body) string { return path.Base(b.Path) }

// tableOf tells which table a member is of, by the word that its columns begin with.
func tableOf(b Body) string {
	stem, _, _ := splitName(b.Path)
	switch strings.ToLower(stem) {
	case "usersleepstages":
		return "sleep_stage"
	case "usersleepscores":
		return "score"
	}
	return "sleep"
}

// stampColumns are what a row must have; the first two are its end, by which it is filed, and
// the offset of that.
func stampColumns(b Body) []string {
	switch word := tableOf(b); word {
	case "score":
		return []string{"score_time", "score_utc_offset", "sleep_id"}
	default:
		return []string{word + "_end", "end_utc_offset", word + "_start", "start_utc_offset", "sleep_id"}
	}
}

// sleepTableDays finds the days under which the rows of a table are filed: the dates of their
// ends, at the offsets beside them. A stage of the evening is of a sleep that ended on the next
// day, if not on the same; that may be the first of the next member.
func sleepTableDays(b Body) ([]Day, error) {
	columns, stages := stampColumns(b), tableOf(b) == "sleep_stage"
	var days []Day
	_, err := readTable(b, func(t *table) (Point, bool, error) {
		end, err := t.instant(columns[0])
		day := t.dateAt(end, columns[1])
		days = append(days, day)
		if stages && t.dateAt(end.Add(12*time.Hour), columns[1]) > day {
			days = append(days, day+1)
		}
		return Point{}, false, err
	}, columns...)
	if err == nil {
		_, err = readSleepTables([]Body{b}) // one that does not read would take the others with it
	}
	if err != nil {
		return nil, err
	}
	slices.Sort(days)
	return slices.Compact(days), nil
}

// offset reads an offset from UTC. None, and +00:00 too, is 0.
func (t *table) offset(column string) time.Duration {
	return time.Duration(offsetSeconds([]byte(t.text(column)))) * time.Second
}

// dateAt is the date that an instant has at the offset in a column. Where that stands for none,
// the instant is what the clock showed, and so is its date.
func (t *table) dateAt(at time.Time, column string) Day { return DayOf(at.Add(t.offset(column))) }

// seconds reads an instant, in whole seconds.
func (t *table) seconds(column string) (time.Time, error) {
	at, err := t.instant(column)
	return at.Truncate(time.Second), err
}

// sleep reads a row of UserSleeps. Where both of its offsets are +00:00, they stand for none,
// and its stamps are what the clock showed (section 4); where that is the true offset, the two
// are the same.
func (l *sleepTables) sleep(t *table) error {
	s := tableSleep{id: t.text("sleep_id"), algorithm: t.text("algorithm_version"), updated: t.text("sleep_last_updated")}
	s.Type = strings.ToUpper(t.text("sleep_type"))
	var err error
	if s.start, err = t.seconds("sleep_start"); err != nil {
		return err
	}
	if s.end, err = t.seconds("sleep_end"); err != nil {
		return err
	}
	s.day = t.dateAt(s.end, "end_utc_offset")
	if s.wall = t.offset("start_utc_offset") == 0 && t.offset("end_utc_offset") == 0; s.wall {
		minutes, _, err := t.float("minutes_in_sleep_period")
		if err != nil {
			return err
		}
		s.resolve(l.Zones, time.Duration(minutes)*time.Minute)
	}
	if length := s.end.Sub(s.start); length < 0 || length > longestSleep {
		return t.fault("sleep_end", "the end of a sleep of "+t.text("sleep_start"))
	}
	for _, c := range [][2]string{
		{"asleep_min", "minutes_asleep"}, {"awake_min", "minutes_awake"}, {"in_bed_min", "minutes_in_sleep_period"},
		{"to_fall_asleep_min", "minutes_to_fall_asleep"}, {"after_wakeup_min", "minutes_after_wake_up"},
	} {
		s.minutes.cell(sleep, t, c[0], c[1])
	}
	if s.minutes.err != nil {
		return fmt.Errorf("sleep of %s: %w", s.day, s.minutes.err)
	}
	l.sleeps = append(l.sleeps, s)
	return nil
}

// resolve finds the instants of what the clock showed: those between which the sleep is as long
// as its minutes tell, of an hour that is shown twice, or where the zone of the start went on.
func (s *tableSleep) resolve(z Zones, told time.Duration) {
	start, end := Wall(s.start), Wall(s.end)
	starts, ends := z.occurrences(start), z.occurrences(end)
	s.start, s.end = starts[0], z.notBefore(end, starts[0])
	if told <= 0 {
		return
	}
	closer := func(from, to time.Time) {
		if (to.Sub(from) - told).Abs() < (s.length() - told).Abs() {
			s.start, s.end = from, to
		}
	}
	for _, from := range starts {
		for _, to := range ends {
			closer(from, to)
		}
	}
	closer(starts[0], starts[0].Add(end.Sub(start)))
}

// occurrences returns the instants at which a clock shows a reading, the first one first.
func (z Zones) occurrences(w Wall) []time.Time {
	if second, twice := z.again(w); twice {
		return []time.Time{z.At(w), second}
	}
	return []time.Time{z.At(w)}
}

// stage reads a row of UserSleepStages.
func (l *sleepTables) stage(t *table) error {
	s := tableStage{name: strings.ToUpper(t.text("sleep_stage_type")), algorithm: t.text("algorithm_version")}
	if s.name == "WAKE" {
		s.name = "AWAKE"
	}
	var err error
	if s.from, err = t.seconds("sleep_stage_start"); err != nil {
		return err
	}
	if s.to, err = t.seconds("sleep_stage_end"); err != nil {
		return err
	}
	id := t.text("sleep_id")
	l.stages[id] = append(l.stages[id], s)
	return nil
}

// score reads a row of UserSleepScores, at the instant that it tells.
func (l *sleepTables) score(t *table) error {
	at, err := t.seconds("score_time")
	if err != nil {
		return err
	}
	day := t.dateAt(at, "score_utc_offset")
	if t.offset("score_utc_offset") == 0 {
		at = l.Zones.At(Wall(at))
	}
	f := sleepScoreFields(t, "deep_sleep_minutes", "restlessness_normalized")
	if len(f.fields) > 0 {
		id := t.text("sleep_id")
		f.str("log_id", id)
		l.scores[id] = Point{Measurement: sleepScore.Measurement, Fields: f.fields, Time: at, Day: day}
	}
	return f.err
}

// choose leaves each sleep once, for several versions of the algorithm tell of it, and takes
// the longest of a day for the main one. Of those of a day that overlap, the one of
// googleAlgorithm stands, else that of the last version, changed last.
func (l *sleepTables) choose() {
	slices.Reverse(l.sleeps) // of equals the last one read
	slices.SortStableFunc(l.sleeps, func(a, b tableSleep) int {
		return cmp.Or(a.rank()-b.rank(), strings.Compare(b.algorithm, a.algorithm), strings.Compare(b.updated, a.updated))
	})
	var kept []tableSleep
	for _, s := range l.sleeps {
		if l.told[s.id] = slices.ContainsFunc(kept, s.repeats); !l.told[s.id] {
			kept = append(kept, s)
		}
	}
	slices.SortStableFunc(kept, func(a, b tableSleep) int { return a.start.Compare(b.start) })
	main := map[Day]int{}
	for i, s := range kept {
		if m, ok := main[s.day]; !ok || s.length() > kept[m].length() {
			main[s.day] = i
		}
	}
	for _, i := range main {
		kept[i].Metadata.Main = true
	}
	l.sleeps = kept
}

func (s tableSleep) rank() int {
	if s.algorithm == googleAlgorithm {
		return 0
	}
	return 1
}

func (s tableSleep) length() time.Duration { return s.end.Sub(s.start) }

// repeats reports whether two rows tell of the same sleep.
func (s tableSleep) repeats(o tableSleep) bool {
	return s.day == o.day && (s.id == o.id || s.start.Before(o.end) && o.start.Before(s.end))
}

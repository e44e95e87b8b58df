package emulator

import (
	"fmt"
	"iter"
	"strconv"
	"time"
)

// folderFamilies are the feature folders (archive sheet 5.2).
func (t *takeout) folderFamilies() []csvFamily {
	score := csvFamily{path: "Sleep Score/sleep_score.csv", span: wholeLife, rows: (*takeout).scoreRows,
		columns: "sleep_log_entry_id,timestamp," + scoreColumns}
	if t.o.Layout == LayoutAccount {
		score.columns = "timestamp,sleep_log_entry_id," + scoreColumns
	}
	families := append([]csvFamily{score}, t.nightFamilies()...)
	return append(families,
		csvFamily{path: "Active Zone Minutes (AZM)/Active Zone Minutes - %s.csv", span: oneMonth,
			columns: "date_time,heart_zone_id,total_minutes", rows: (*takeout).zoneMinuteRows},
		csvFamily{path: "Daily Readiness/Daily Readiness Score - %s.csv", span: oneMonth,
			columns: "date,readiness_score_value,readiness_state,activity_subcomponent,sleep_subcomponent," +
				"hrv_subcomponent,activity_state,sleep_state,hrv_state", rows: (*takeout).oldReadinessRows},
		csvFamily{path: "Stress Score/Stress Score.csv", span: wholeLife,
			columns: "DATE,UPDATED_AT,STRESS_SCORE,SLEEP_POINTS,MAX_SLEEP_POINTS,RESPONSIVENESS_POINTS," +
				"MAX_RESPONSIVENESS_POINTS,EXERTION_POINTS,MAX_EXERTION_POINTS,STATUS,CALCULATION_FAILED",
			rows: (*takeout).stressRows},
		csvFamily{path: "Mindfulness/Mindfulness Eda Data Sessions - %s.csv", span: oneMonth,
			columns: "session_id,timestamp,valid_data,activation,scl_avg", rows: (*takeout).edaRows})
}

const scoreColumns = "overall_score,composition_score,revitalization_score,duration_score," +
	"deep_sleep_in_minutes,resting_heart_rate,restlessness"

// sleepScore is what the service thinks of a night. The parts add up to overall.
type sleepScore struct {
	overall, composition, revitalization, duration int
	deep                                           int // minutes
	resting                                        int // beats per minute
	restlessness                                   float64
}

func (t *takeout) scoreOf(n Night) sleepScore {
	r := newNoise(t.p.seed, "sleep score", n.day)
	s := sleepScore{
		composition: r.between(14, 23), revitalization: r.between(15, 24),
		duration: min(48, int(n.End.Sub(n.Start)/time.Minute)/10),
		deep:     n.LevelMinutes()["deep"], resting: t.p.Day(n.Date).Resting, restlessness: round(0.05+0.06*r.float(), 4),
	}
	s.overall = s.composition + s.revitalization + s.duration
	return s
}

// unpaidDays is how long the person had no Premium: the scores of that time have
// no parts, and revitalization repeats the whole (archive sheet 5.2).
const unpaidDays = 14

// scoreRows are newest first. The stamp is the local wall clock at waking,
// despite its Z. An account without sleep JSON has no log that a row could name.
func (t *takeout) scoreRows(from, to Date, w *csvText) {
	for d := to; d >= from && !t.o.WithoutJSON; d-- {
		t.p.forget()
		for n := range t.nights(d, d) {
			s := t.scoreOf(n)
			cells := []string{
				strconv.FormatInt(n.LogID, 10), t.naive(n.End) + "Z", strconv.Itoa(s.overall), strconv.Itoa(s.composition),
				strconv.Itoa(s.revitalization), strconv.Itoa(s.duration), strconv.Itoa(s.deep), strconv.Itoa(s.resting),
				decimal(s.restlessness),
			}
			if d < t.p.first+unpaidDays {
				none := [...]string{"", "-1"}[d%2]
				cells[3], cells[4], cells[5] = none, cells[2], none
			}
			if t.o.Layout == LayoutAccount {
				cells[0], cells[1] = cells[1], cells[0]
			}
			w.row(cells...)
		}
	}
}

// zoneMinuteRows are in local time, without seconds. Minutes of cardio and peak
// count twice.
func (t *takeout) zoneMinuteRows(from, to Date, w *csvText) {
	for r := range t.records(from, to, t.g.zoneMinutes) {
		v := r.value.(zoneMinute)
		w.row(t.p.Wall(r.start).Format(minuteForm), azmNames[v.zone], strconv.FormatInt(v.worth(), 10))
	}
}

// readiness is a score between 1 and 100 of a day, with the scores of activity,
// sleep and variability that make it.
func (t *takeout) readiness(d Date) (score int, parts [3]int) {
	r := newNoise(t.p.seed, "readiness", int(d))
	for i := range parts {
		parts[i] = r.between(20, 95)
		score += parts[i]
	}
	return score / len(parts), parts
}

func stateOf(score int) string {
	switch {
	case score < 35:
		return "LOW"
	case score < 65:
		return "MEDIUM"
	}
	return "HIGH"
}

// oldReadinessRows are of the old way of scoring, which ended on the way in
// newer exports.
func (t *takeout) oldReadinessRows(from, to Date, w *csvText) {
	for d := range t.dailyNights(from, min(to, t.classicEnd())) {
		score, p := t.readiness(d)
		w.row(d.String(), strconv.Itoa(score), stateOf(score), strconv.Itoa(p[0]), strconv.Itoa(p[1]), strconv.Itoa(p[2]),
			stateOf(p[0]), stateOf(p[1]), stateOf(p[2]))
	}
}

// stressRows have a local date and a time of change in UTC. A day without a
// night has a score of 0, which is none.
func (t *takeout) stressRows(from, to Date, w *csvText) {
	for d := range t.each(max(from, t.p.first), to) {
		if !t.g.over(d) {
			continue
		}
		at := d.At(t.p.Zone(d), 7*3600+175).Add(time.Millisecond)
		points := [3]int{}
		status, failed := "NO_DATA", "true"
		if n, ok := t.g.night(d); ok {
			r := newNoise(t.p.seed, "stress", int(d))
			at = t.g.watch.next(t.p, n.End, t.g.modes.SyncEvery).Add(7512 * time.Millisecond)
			points = [3]int{r.between(12, 28), r.between(12, 28), r.between(15, 38)}
			status, failed = "READY", "false"
		}
		w.row(dayNaive(d), at.UTC().Format(milliForm), strconv.Itoa(points[0]+points[1]+points[2]),
			strconv.Itoa(points[0]), "30", strconv.Itoa(points[1]), "30", strconv.Itoa(points[2]), "40", status, failed)
	}
}

// edaRows are seconds since 1970, of a session on one day in ten.
func (t *takeout) edaRows(from, to Date, w *csvText) {
	for d := from; d <= to; d++ {
		r := newNoise(t.p.seed, "eda", int(d))
		at := d.At(t.p.Zone(d), 21*3600+r.between(0, 3000))
		if d < t.p.first || !r.chance(0.1) || at.After(t.synced) {
			continue
		}
		for i := range 6 {
			w.row(strconv.Itoa(7000+int(d)), strconv.FormatInt(at.Unix()+int64(30*i), 10), strconv.FormatBool(i > 0),
				decimal(round(r.float(), 2)), decimal(round(1+r.float(), 2)))
		}
	}
}

// readings are the electrocardiograms, each in a file named by its milliseconds
// since 1970. The sheet tells only what the stamp looks like.
func (t *takeout) readings() iter.Seq[takeoutFile] {
	return func(yield func(takeoutFile) bool) {
		for d := range t.days() {
			e, ok := t.p.ECG(d)
			if !ok || e.At.After(t.synced) {
				continue
			}
			w := newCSV("reading_time,result_classification,heart_rate", false)
			w.head()
			w.row(e.At.UTC().Format("Mon Jan 02 15:04:05 MST 2006"), e.Result, strconv.Itoa(e.BPM))
			name := fmt.Sprintf("Atrial Fibrillation ECG/afib_ecg_reading_%d.csv", e.At.UnixMilli())
			if !yield(takeoutFile{name, w.bytes()}) {
				return
			}
		}
	}
}

// glucoseFiles are there for each month and say nothing.
func (t *takeout) glucoseFiles() iter.Seq[takeoutFile] {
	return func(yield func(takeoutFile) bool) {
		for month := range t.months() {
			name := "Biometrics/Glucose " + month.utc().Format("200601") + ".csv"
			if !yield(takeoutFile{name, []byte("no data\n")}) {
				return
			}
		}
	}
}

// inventory is the list of devices, and files and folders that hold a header or
// a note only.
func (t *takeout) inventory() iter.Seq[takeoutFile] {
	return func(yield func(takeoutFile) bool) {
		devices := newCSV("wire_id,device_type,serial_number,enabled,fw_version", false)
		devices.head()
		devices.row("0000000000AA", phoneSource, "SAMPLE0001", "false", "APP0.0")
		devices.row("0000000000BB", watchSource, "SAMPLE0002", "true", "APP0.1")
		wrist := newCSV(wristColumns, false)
		wrist.head()
		for _, f := range []takeoutFile{
			{"Paired Devices/Devices.csv", devices.bytes()},
			{"Temperature/Wrist Temperature - " + t.first.String() + ".csv", wrist.bytes()},
			{"Atrial Fibrillation PPG/Afib PPG README.txt", []byte("Sample note: this folder has nothing else.\n")},
		} {
			if !yield(f) {
				return
			}
		}
	}
}

package emulator

import (
	"iter"
	"math"
	"path"
	"strconv"
	"strings"
	"time"
)

const googleFolder = "Physical Activity_GoogleData/"

// googleFamilies are the CSV twins that Google added (archive sheet 5.3). Their
// intraday stamps are true instants, those of daily_ files are dates. Newer
// exports have a folder for each family that has more than one file.
func (t *takeout) googleFamilies() []csvFamily {
	families := append(minuteFamilies(), stretchFamilies()...)
	families = append(families, googleNightFamilies()...)
	families = append(families, googleDailyFamilies()...)
	families = append(families, t.googleBodyFamilies()...)
	for i := range families {
		f := &families[i]
		if f.source = true; t.sourced() && f.span != wholeLife {
			f.path = familyName(f.path) + "/" + f.path
		}
		f.path = googleFolder + f.path + ".csv"
	}
	return families
}

// minuteFamilies are readings of the pulse and what is counted in minutes.
func minuteFamilies() []csvFamily {
	return []csvFamily{
		{path: "heart_rate_%s", span: oneDay, columns: "timestamp,beats per minute",
			rows: (*takeout).pulseRows, crlf: true},
		{path: "steps_%s", span: oneMonth, columns: "timestamp,steps", rows: (*takeout).stepRows},
		{path: "distance_%s", span: oneMonth, columns: "timestamp,distance", rows: (*takeout).distanceRows},
		{path: "floors_%s", span: oneMonth, columns: "timestamp,floors", rows: recordRows((*glance).floors, wholeCells)},
		{path: "altitude_%s", span: oneMonth, columns: "timestamp,gain", rows: recordRows((*glance).altitude, wholeCells)},
		{path: "calories_%s", span: oneMonth, columns: "timestamp,calories", rows: (*takeout).calorieRows},
		{path: "active_energy_burned_%s", span: oneMonth, columns: "timestamp,Kilocalories",
			rows: recordRows((*glance).activeEnergy, func(v members) []string { return []string{decimal(v.(amount).kcal)} })},
		{path: "activity_level_%s", span: oneMonth, columns: "timestamp,level", rows: (*takeout).levelRows},
		{path: "active_minutes_%s", span: oneMonth, columns: "timestamp,light,moderate,very", rows: (*takeout).activeRows},
		{path: "active_zone_minutes_%s", span: oneMonth, columns: "timestamp,heart rate zone,total minutes",
			rows: recordRows((*glance).zoneMinutes, func(v members) []string {
				z := v.(zoneMinute)
				return []string{azmNames[z.zone], number64(z.worth())}
			})},
		{path: "time_in_heart_rate_zone_%s", span: oneMonth, columns: "timestamp,heart rate zone type",
			rows: (*takeout).zoneRows},
		{path: "calories_in_heart_rate_zone_%s", span: oneMonth, columns: "timestamp,heart rate zone type,kcal",
			rows: (*takeout).zoneEnergyRows},
	}
}

// stretchFamilies are stretches of time and parts of workouts.
func stretchFamilies() []csvFamily {
	return []csvFamily{
		{path: "sedentary_period_%s", span: oneDay, columns: "start time,end time", rows: (*takeout).sedentaryRows},
		{path: "swim_lengths_data_%s", span: oneMonth, columns: "timestamp,lap time,stroke count,stroke type",
			rows: recordRows((*glance).swimLengths, func(v members) []string {
				return []string{"60", number64(v.(length).strokes), v.(length).style}
			})},
		{path: "live_pace_%s", span: oneDay, columns: "timestamp,steps,distance millimeters,altitude gain millimeters",
			rows: (*takeout).paceRows},
		{path: "gps_location_%s", span: oneDay, columns: "timestamp,latitude,longitude,altitude", rows: (*takeout).trackRows},
		{path: "cardio_load_%s", span: oneMonth, columns: "timestamp,workout,background,total", rows: (*takeout).loadRows},
		{path: "heart_rate_notification", span: wholeLife, columns: "timestamp,heart rate notification type," +
			"heart rate threshold beats per minute,heart rate trigger value beats per minute", rows: (*takeout).noRows},
	}
}

// familyName is the folder of a family: "heart_rate_%s" lies in "Heart Rate".
func familyName(name string) string {
	words := strings.Split(strings.TrimSuffix(name, "_%s"), "_")
	for i, word := range words {
		words[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, " ")
}

// records are those of the Google API that begin on the days [from, to] of the
// profile's zone.
func (t *takeout) records(from, to Date, of func(Date) []record) iter.Seq[record] {
	return func(yield func(record) bool) {
		begin, end := t.start(from), t.start(to+1)
		for d := range t.personDays(begin, end) {
			for _, r := range of(d) {
				if !r.start.Before(begin) && r.start.Before(end) && !yield(r) {
					return
				}
			}
		}
	}
}

// csvRows writes the rows of the days of one file.
type csvRows = func(t *takeout, from, to Date, w *csvText)

// recordRows are rows of the records that the API tells, by the stamp of their
// beginning.
func recordRows(of func(*glance, Date) []record, cells func(members) []string) csvRows {
	return func(t *takeout, from, to Date, w *csvText) {
		for r := range t.records(from, to, func(d Date) []record { return of(t.g, d) }) {
			w.from(sourceOf(r.source), append([]string{instant(r.start)}, cells(r.value)...)...)
		}
	}
}

func wholeCells(v members) []string { return []string{number64(v.(amount).whole)} }

// edge is how much of the day before a heart-rate file of a newer export begins
// with. Its readings are in both files.
const edge = 5 * time.Second

// pulseRows are the readings that the JSON has, without their confidence.
func (t *takeout) pulseRows(from, to Date, w *csvText) {
	begin := t.start(from)
	if t.sourced() && from > t.first {
		begin = begin.Add(-edge)
	}
	for b := range t.pulse(begin, t.start(to+1)) {
		w.from(watchSource, instant(b.At), strconv.Itoa(b.BPM)+".0")
	}
}

func (t *takeout) stepRows(from, to Date, w *csvText) {
	t.deviceRows(from, to, w, (*glance).steps, number64, func(m []Minute) []int64 { return amountsOf(m, stepsOf) })
}

// distanceRows are metres.
func (t *takeout) distanceRows(from, to Date, w *csvText) {
	metres := func(mm int64) string { return decimal(float64(mm) / 1000) }
	t.deviceRows(from, to, w, (*glance).distance, metres, t.p.lengths)
}

// deviceRows are amounts of every device that counted: watch, app, phone, and
// what an app handed on of the phone's. They overlap, so their sum is wrong
// (archive sheet 1, item 6). The first row of a day is there twice.
func (t *takeout) deviceRows(
	from, to Date, w *csvText, of func(*glance, Date) []record, text func(int64) string, amounts func([]Minute) []int64,
) {
	begin, end := t.start(from), t.start(to+1)
	for d := range t.personDays(begin, end) {
		rows := 0
		put := func(at time.Time, source string, n int64) {
			if at.Before(begin) || !at.Before(end) {
				return
			}
			w.from(source, instant(at), text(n))
			if rows++; rows == 1 {
				w.from(source, instant(at), text(n))
			}
		}
		for _, r := range of(t.g, d) {
			if !r.shadow {
				put(r.start, sourceOf(r.source), r.value.(amount).whole)
			}
		}
		l := t.g.lived(d)
		n := amounts(l.minutes)
		for _, walk := range t.g.walks(l) {
			for i := walk[0]; i < walk[1]; i++ {
				put(l.at(i), phoneSource, n[i]*97/100)
				put(l.at(i).Add(12345*time.Millisecond), echoSource, n[i]*93/100)
			}
		}
	}
}

// calorieRows are kcal of every minute, basal energy included, as the JSON has
// them.
func (t *takeout) calorieRows(from, to Date, w *csvText) {
	t.minutesIn(from, to, func(m takeoutMinute) {
		w.from(appSource, instant(m.at), strconv.FormatFloat(m.kcal, 'f', 2, 64))
	})
}

// worn are the minutes with a pulse that the watch told of, each with its day,
// on the days [from, to] of the profile's zone.
func (t *takeout) worn(from, to Date) iter.Seq2[*lived, int] {
	return func(yield func(*lived, int) bool) {
		begin, end := t.start(from), t.start(to+1)
		for d := range t.personDays(begin, end) {
			l := t.g.lived(d)
			for i := range l.minutes {
				inside := !l.at(i).Before(begin) && l.at(i).Before(end)
				if inside && l.minutes[i].BPM > 0 && !yield(l, i) {
					return
				}
			}
		}
	}
}

func (t *takeout) levelRows(from, to Date, w *csvText) {
	for r := range t.records(from, to, t.g.activityLevels) {
		source := sourceOf(r.source)
		if r.shadow {
			source = phoneSource
		}
		w.from(source, instant(r.start), r.value.(named).value)
	}
}

func (t *takeout) activeRows(from, to Date, w *csvText) {
	for l, i := range t.worn(from, to) {
		cells := []string{instant(l.at(i)), "0", "0", "0"}
		if level := levelOf(l.minutes[i]); !l.minutes[i].InBed && level > levelSedentary {
			cells[level] = "1"
		}
		w.from(watchSource, cells...)
	}
}

func (t *takeout) zoneRows(from, to Date, w *csvText) {
	for l, i := range t.worn(from, to) {
		w.from(watchSource, instant(l.at(i)), zoneTypeNames[zoneOf(&l.Limits, int(l.minutes[i].BPM))])
	}
}

func (t *takeout) zoneEnergyRows(from, to Date, w *csvText) {
	for l, i := range t.worn(from, to) {
		kcal := float64(l.BMR) / 1440 * float64(l.minutes[i].METs10) / 10
		w.from(watchSource, instant(l.at(i)), zoneTypeNames[zoneOf(&l.Limits, int(l.minutes[i].BPM))], decimal(round(kcal, 6)))
	}
}

// sedentaryRows have no stamp but a start and an end.
func (t *takeout) sedentaryRows(from, to Date, w *csvText) {
	for r := range t.records(from, to, t.g.sedentary) {
		w.from(watchSource, instant(r.start), instant(r.end))
	}
}

// workouts are the synced ones of the watch that began on the days [from, to].
func (t *takeout) workouts(from, to Date) iter.Seq[Workout] {
	return func(yield func(Workout) bool) {
		for r := range t.records(from, to, t.g.exercises) {
			if v := r.value.(exertion); v.AverageBPM > 0 && !yield(v.Workout) {
				return
			}
		}
	}
}

// paceRows repeat the steps of runs. The real ones come every second.
func (t *takeout) paceRows(from, to Date, w *csvText) {
	for v := range t.workouts(from, to) {
		gone := t.p.lengths(v.minutes)
		for i, m := range v.minutes {
			if m.Running {
				at := v.Start.Add(time.Duration(i) * time.Minute)
				w.from(watchSource, instant(at), strconv.Itoa(int(m.Steps)), number64(gone[i]), number64(floorMM*floorsOf(m)))
			}
		}
	}
}

// trackRows are where the person was, which no importer may read.
func (t *takeout) trackRows(from, to Date, w *csvText) {
	for v := range t.workouts(from, to) {
		for _, f := range t.p.Track(v) {
			w.from(watchSource, instant(f.At), short(f.Lat), short(f.Lon), decimal(f.Altitude))
		}
	}
}

// loadRows are a share of a day's exertion in and out of workouts.
func (t *takeout) loadRows(from, to Date, w *csvText) {
	for d := max(from, t.p.first); d <= to; d++ {
		if !t.g.over(d) {
			continue
		}
		day, busy := t.p.Day(d), 0
		if v, ok := t.p.Workout(d); ok {
			busy = v.Minutes
		}
		rest := math.Round(float64(day.Lightly) / 20)
		w.from(appSource, instant(t.p.DayStart(d)), strconv.Itoa(busy), short(rest), short(rest+float64(busy)))
	}
}

// noRows are those of a family that never had one.
func (t *takeout) noRows(Date, Date, *csvText) {}

// notes are the readme files of the families, which list the columns. They all
// lie in the folder itself.
func (t *takeout) notes() iter.Seq[takeoutFile] {
	return func(yield func(takeoutFile) bool) {
		if !t.google() {
			return
		}
		for _, f := range t.googleFamilies() {
			stem := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.path), ".csv"), "_%s")
			columns := strings.ReplaceAll(f.columns, ",", ", ")
			text := "Sample note standing in for the vendor's readme. Columns: " + columns + ".\n"
			if !yield(takeoutFile{googleFolder + stem + "_readme.txt", []byte(text)}) {
				return
			}
		}
	}
}

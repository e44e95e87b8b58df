package emulator

import (
	"encoding/json"
	"iter"
	"strconv"
)

const exportFolder = "Global Export Data/"

// Lengths of the runs that a file covers, in days (archive sheet 3.2).
const (
	chunkDays = 30
	yearDays  = 365
	pageSize  = 100 // records of a family that is cut by number
)

// jsonFiles are the members of Global Export Data (archive sheet 5.1).
func (t *takeout) jsonFiles() iter.Seq[takeoutFile] {
	families := []iter.Seq[takeoutFile]{
		t.chunked("steps", chunkDays, t.stepSeries),
		t.chunked("distance", chunkDays, t.distanceSeries),
		t.chunked("calories", chunkDays, t.calorieSeries),
		t.chunked("altitude", chunkDays, t.altitudeSeries),
		t.chunked("sedentary_minutes", chunkDays, t.dailyMinutes("minutesSedentary", "1440")),
		t.chunked("lightly_active_minutes", chunkDays, t.dailyMinutes("minutesLightlyActive", "0")),
		t.chunked("moderately_active_minutes", chunkDays, t.dailyMinutes("minutesFairlyActive", "0")),
		t.chunked("very_active_minutes", chunkDays, t.dailyMinutes("minutesVeryActive", "0")),
		t.chunked("resting_heart_rate", yearDays, t.restingYear),
		t.chunked("demographic_vo2_max", yearDays, t.fitnessYear),
		t.chunked("run_vo2_max", chunkDays, t.runFitness),
		t.chunked("swim_lengths_data", chunkDays, t.swimLengths),
		t.chunked("weight", chunkDays, t.weightChunk),
		t.chunked("height", yearDays, t.heightYear),
		t.exercisePages(), t.logPages("water_logs", t.waterLogs), t.logPages("food_logs", t.foodLogs), t.badges(), t.oxygenVariation(),
	}
	if !t.o.WithoutJSON {
		families = append(families, t.daily("heart_rate", t.pulseDay), t.daily("time_in_heart_rate_zones", t.zoneDay),
			t.chunked("sleep", chunkDays, t.sleepChunk))
	}
	return func(yield func(takeoutFile) bool) {
		for _, files := range families {
			for f := range files {
				if !yield(f) {
					return
				}
			}
		}
	}
}

// chunked is a family cut into runs of days, the name the first of them. Runs
// without a record have no file.
func (t *takeout) chunked(family string, days int, body func(from, to Date) []byte) iter.Seq[takeoutFile] {
	return func(yield func(takeoutFile) bool) {
		for from, to := range t.runs(family, days) {
			b := body(from, to)
			if b != nil && !yield(takeoutFile{exportFolder + family + "-" + from.String() + ".json", b}) {
				return
			}
		}
	}
}

// runs are those of a family. What was typed in for days before the history lies
// in runs before the first.
func (t *takeout) runs(family string, days int) iter.Seq2[Date, Date] {
	if family == "weight" || family == "sleep" {
		return t.chunksFrom(t.typed, days)
	}
	return t.chunks(days)
}

// daily is a family with a file a day of the profile's zone.
func (t *takeout) daily(family string, body func(Date) []byte) iter.Seq[takeoutFile] {
	return func(yield func(takeoutFile) bool) {
		for d := range t.days() {
			b := body(d)
			if b != nil && !yield(takeoutFile{exportFolder + family + "-" + d.String() + ".json", b}) {
				return
			}
		}
	}
}

// paged is a family cut by number of records, the name the number of those in
// earlier files.
func (t *takeout) paged(family string, records iter.Seq[any]) iter.Seq[takeoutFile] {
	return func(yield func(takeoutFile) bool) {
		offset := 0
		var page []any
		put := func() bool {
			f := takeoutFile{exportFolder + family + "-" + strconv.Itoa(offset) + ".json", exportArray(page)}
			offset += len(page)
			page = nil
			t.p.forget()
			return yield(f)
		}
		for r := range records {
			if page = append(page, r); len(page) == pageSize && !put() {
				return
			}
		}
		if len(page) > 0 {
			put()
		}
	}
}

// exportValue is the common record: a stamp and a value.
type exportValue struct {
	DateTime string `json:"dateTime"`
	Value    any    `json:"value"`
}

// exportArray is a file of the given records; nil where there are none.
func exportArray[R any](records []R) []byte {
	if len(records) == 0 {
		return nil
	}
	compact, err := json.Marshal(records)
	if err != nil {
		panic(err) // the types of this package can all be written
	}
	return pretty(compact)
}

// exportSeries writes records of a stamp and a value straight into the form of
// the files, for the families with a record a minute or a second.
type exportSeries struct{ body []byte }

// add takes the value as it stands in the file.
func (s *exportSeries) add(stamp, value string) {
	open := "},{\n  \"dateTime\" : \""
	if s.body == nil {
		open = "[{\n  \"dateTime\" : \""
	}
	s.body = append(s.body, open...)
	s.body = append(s.body, stamp...)
	s.body = append(s.body, "\",\n  \"value\" : "...)
	s.body = append(s.body, value...)
	s.body = append(s.body, '\n')
}

// bytes ends the file; nil where there are no records.
func (s *exportSeries) bytes() []byte {
	if s.body == nil {
		return nil
	}
	return append(s.body, "}]"...)
}

// pretty spreads JSON as the export does (archive sheet 2): two spaces a level,
// "key" : value, the objects of an array as [{ … },{ … }].
func pretty(compact []byte) []byte {
	w := prettyWriter{out: make([]byte, 0, 2*len(compact))}
	for i := 0; i < len(compact); i++ {
		if compact[i] == '"' {
			end := endOfString(compact, i)
			w.out = append(w.out, compact[i:end]...)
			i = end - 1
			continue
		}
		w.mark(compact[i], i+1 < len(compact) && (compact[i+1] == ']' || compact[i+1] == '}'))
	}
	return w.out
}

func endOfString(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i + 1
}

type prettyWriter struct {
	out    []byte
	open   []byte // the brackets that are open
	levels int    // objects among them
}

// mark writes a byte outside strings. empty says that it is followed by a
// closing bracket.
func (w *prettyWriter) mark(c byte, empty bool) {
	switch c {
	case '{':
		w.open, w.levels = append(w.open, c), w.levels+1
		w.out = append(w.out, c)
		w.line()
	case '}':
		w.open, w.levels = w.open[:len(w.open)-1], w.levels-1
		w.line()
		w.out = append(w.out, c)
	case '[':
		w.open = append(w.open, c)
		w.out = append(w.out, c)
		if empty {
			w.out = append(w.out, ' ')
		}
	case ']':
		w.open = w.open[:len(w.open)-1]
		w.out = append(w.out, c)
	case ':':
		w.out = append(w.out, " : "...)
	case ',':
		w.out = append(w.out, c)
		if w.open[len(w.open)-1] == '{' {
			w.line()
		}
	default:
		w.out = append(w.out, c)
	}
}

func (w *prettyWriter) line() {
	w.out = append(w.out, '\n')
	for range w.levels {
		w.out = append(w.out, "  "...)
	}
}

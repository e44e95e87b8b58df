package catalog

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// bodyLogs are what the members of an archive tell of weight, or of fat.
type bodyLogs struct {
	Body     // what the members have in common
	records  []weighIn
	readings []*bodyReading
	points   []Point
	walls    int // readings found to show the clock on the wall, less those found to be instants: of all of an archive
}

// bodyReading is a row of weight.csv or body_fat.csv.
type bodyReading struct {
	at       time.Time // as written; the Z may be glued to the clock on the wall
	amount   float64   // grams, or percent
	recorder string
	told     bool // a point has it
}

// sameReading is how far the entries of one reading may lie apart: another app hands it on
// seconds later.
const sameReading = time.Minute

// readBodyLogs reads the records of the JSON, and the rows of the CSV with a stem. A record at
// the edge of two members is in both.
func readBodyLogs(pages []Body, stem, column string) (*bodyLogs, error) {
	l := &bodyLogs{}
	first := map[number]int{}
	for i, b := range pages {
		l.Body = b
		s, ext, _ := splitName(b.Path)
		switch {
		case strings.EqualFold(ext, ".json"):
			records, err := readWeighIns(b)
			if err != nil {
				return nil, err
			}
			for _, w := range records {
				if at, ok := first[w.LogID]; ok && at != i && w.LogID != "" {
					continue
				}
				first[w.LogID] = i
				l.records = append(l.records, w)
			}
		case strings.EqualFold(s, stem):
			readings, err := readBodyReadings(b, column)
			if err != nil {
				return nil, err
			}
			l.readings = append(l.readings, readings...)
		}
	}
	return l, nil
}

func readWeighIns(b Body) ([]weighIn, error) {
	records, err := takeoutRecords[weighIn](b, "date")
	if err != nil {
		return nil, err
	}
	for i := range records {
		w := &records[i]
		if w.Time == "" {
			w.Time = "23:59:59"
		}
		if w.wall, err = usWall("date", w.Date+" "+w.Time); err != nil {
			return nil, fmt.Errorf("weight of %s: %w", w.Date, err)
		}
	}
	return records, nil
}

func readBodyReadings(b Body, column string) ([]*bodyReading, error) {
	var readings []*bodyReading
	_, err := readTable(b, func(t *table) (Point, bool, error) {
		amount, ok, err := t.float(column)
		if err != nil || !ok {
			return Point{}, false, err
		}
		at, err := t.instant("timestamp")
		readings = append(readings, &bodyReading{at, amount, t.text("data source"), false})
		return Point{}, false, err
	}, "timestamp", column)
	return readings, err
}

// twin finds the row of a record, by its time and an amount that fits. The row may be stamped
// with the instant or with what the clock showed (section 4, probe 3).
func (l *bodyLogs) twin(w weighIn, fits func(amount float64) bool) (amount float64, ok bool) {
	instant := l.Zones.At(w.wall)
	var found *bodyReading
	var wall bool
	closest := sameReading
	for _, r := range l.readings {
		if r.told || !fits(r.amount) {
			continue
		}
		for _, at := range []time.Time{instant, time.Time(w.wall)} {
			if off := r.at.Sub(at).Abs(); off < closest {
				found, closest, wall = r, off, !at.Equal(instant)
			}
		}
	}
	if found == nil {
		return 0, false
	}
	found.told = true
	if wall {
		l.walls++
	} else {
		l.walls--
	}
	return found.amount, true
}

// withOthers adds the rows that no record has, each reading once: what another app handed on
// repeats it, once for each app (section 9, item 10). Their stamps are instants, unless most
// of those of the records are not.
func (l *bodyLogs) withOthers(s *Series, key string, conv func(float64) (float64, bool)) []Point {
	slices.SortStableFunc(l.readings, func(x, y *bodyReading) int { return rank(x.recorder) - rank(y.recorder) })
	for _, r := range l.readings {
		if r.told || l.echo(r) {
			continue
		}
		r.told = true
		at := r.at.Truncate(time.Second)
		day := l.localDay(at)
		if l.walls > 0 {
			at, day = l.Zones.At(Wall(at)), DayOf(at)
		}
		v, _ := conv(r.amount)
		l.points = append(l.points, Point{Measurement: s.Measurement, Fields: []Field{{key, FloatValue(v)}}, Time: at, Day: day})
	}
	return apart(l.points)
}

// echo reports whether a row repeats one that a point has.
func (l *bodyLogs) echo(r *bodyReading) bool {
	return slices.ContainsFunc(l.readings, func(o *bodyReading) bool {
		return o.told && o.at.Sub(r.at).Abs() < sameReading && math.Abs(o.amount-r.amount) <= o.amount/1000
	})
}

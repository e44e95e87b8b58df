package emulator

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// jsonWriter writes the JSON of the Google Health API with its habits (Google
// sheet 4): int64 quoted, doubles bare or "NaN", default scalars left out,
// durations and instants with a fraction only where there is one.
type jsonWriter struct {
	buf     []byte
	strange bool // write enum values and members that no document names
}

// key starts a member; an empty key starts an array element.
func (w *jsonWriter) key(key string) {
	if n := len(w.buf); n > 0 && w.buf[n-1] != '{' && w.buf[n-1] != '[' {
		w.buf = append(w.buf, ',')
	}
	if key != "" {
		w.text(key)
		w.buf = append(w.buf, ':')
	}
}

func (w *jsonWriter) open(key string) {
	w.key(key)
	w.buf = append(w.buf, '{')
}

func (w *jsonWriter) close() { w.buf = append(w.buf, '}') }

func (w *jsonWriter) openList(key string) {
	w.key(key)
	w.buf = append(w.buf, '[')
}

func (w *jsonWriter) closeList() { w.buf = append(w.buf, ']') }

func (w *jsonWriter) text(s string) {
	w.buf = append(w.buf, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.buf = append(w.buf, '\\', byte(r))
		case r == '\n':
			w.buf = append(w.buf, '\\', 'n')
		case r < 0x20 || r == utf8.RuneError:
			w.buf = append(w.buf, '?')
		default:
			w.buf = utf8.AppendRune(w.buf, r)
		}
	}
	w.buf = append(w.buf, '"')
}

// str leaves an empty string out.
func (w *jsonWriter) str(key, value string) {
	if value != "" {
		w.key(key)
		w.text(value)
	}
}

// enum is a name of a closed list, which is not closed for ever.
func (w *jsonWriter) enum(key, value string) {
	if w.strange && value != "" {
		value += "_V2"
	}
	w.str(key, value)
}

// i64 leaves a zero out.
func (w *jsonWriter) i64(key string, value int64) {
	if value != 0 {
		w.count(key, value)
	}
}

// count prints a zero as well, as rollups do.
func (w *jsonWriter) count(key string, value int64) {
	w.key(key)
	w.buf = append(w.buf, '"')
	w.buf = strconv.AppendInt(w.buf, value, 10)
	w.buf = append(w.buf, '"')
}

// i32 leaves a zero out.
func (w *jsonWriter) i32(key string, value int) {
	if value != 0 {
		w.key(key)
		w.buf = strconv.AppendInt(w.buf, int64(value), 10)
	}
}

// f64 leaves a zero out.
func (w *jsonWriter) f64(key string, value float64) {
	if value != 0 {
		w.double(key, value)
	}
}

// double prints a zero as well.
func (w *jsonWriter) double(key string, value float64) {
	w.key(key)
	if math.IsNaN(value) {
		w.text("NaN")
		return
	}
	w.buf = strconv.AppendFloat(w.buf, value, 'f', -1, 64)
}

// flag leaves false out.
func (w *jsonWriter) flag(key string, value bool) {
	if value {
		w.key(key)
		w.buf = append(w.buf, "true"...)
	}
}

// instant leaves the zero time out.
func (w *jsonWriter) instant(key string, t time.Time) {
	if t.IsZero() {
		return
	}
	w.key(key)
	w.buf = append(w.buf, '"')
	w.buf = t.UTC().AppendFormat(w.buf, time.RFC3339Nano)
	w.buf = append(w.buf, '"')
}

// duration prints a zero as well: it is a message, which has presence.
func (w *jsonWriter) duration(key string, d time.Duration) {
	w.key(key)
	w.buf = append(w.buf, '"')
	w.buf = strconv.AppendFloat(w.buf, d.Seconds(), 'f', -1, 64)
	w.buf = append(w.buf, 's', '"')
}

func (w *jsonWriter) offset(key string, seconds int) {
	w.duration(key, time.Duration(seconds)*time.Second)
}

func (w *jsonWriter) date(key string, d Date) {
	year, month, day := d.utc().Date()
	w.open(key)
	w.i32("year", year)
	w.i32("month", int(month))
	w.i32("day", day)
	w.close()
}

// civil is a wall-clock time; its zero parts are left out, so that midnight is
// an empty time.
func (w *jsonWriter) civil(key string, t time.Time, offset int) {
	wall := t.UTC().Add(time.Duration(offset) * time.Second)
	w.open(key)
	w.date("date", DateOf(wall))
	w.open("time")
	w.i32("hours", wall.Hour())
	w.i32("minutes", wall.Minute())
	w.i32("seconds", wall.Second())
	w.i32("nanos", wall.Nanosecond())
	w.close()
	w.close()
}

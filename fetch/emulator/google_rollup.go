package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// dayTime is the CivilDateTime of a request. Numbers are strict JSON, so that a
// leading zero is a syntax error (Google sheet 4).
type dayTime struct {
	Date *struct {
		Year  int `json:"year"`
		Month int `json:"month"`
		Day   int `json:"day"`
	} `json:"date"`
	Time *struct {
		Hours   int `json:"hours"`
		Minutes int `json:"minutes"`
		Seconds int `json:"seconds"`
		Nanos   int `json:"nanos"`
	} `json:"time"`
}

// rollupPage is what both rollup bodies have in common.
type rollupPage struct {
	PageSize  int    `json:"pageSize"`
	PageToken string `json:"pageToken"`
	Family    string `json:"dataSourceFamily"`
}

type rollUpBody struct {
	Range struct {
		Start *time.Time `json:"startTime"`
		End   *time.Time `json:"endTime"`
	} `json:"range"`
	Window string `json:"windowSize"`
	rollupPage
}

type dailyRollUpBody struct {
	Range struct {
		Start *dayTime `json:"start"`
		End   *dayTime `json:"end"`
	} `json:"range"`
	Days *int `json:"windowSizeDays"`
	rollupPage
}

// window is one row of a rollup.
type window struct {
	from, to time.Time
	day, end Date // of daily rollups
}

// bodyNames are all members of rollup bodies. Package json would take them in
// any case, the service does not.
var bodyNames = map[string]bool{
	"range": true, "startTime": true, "endTime": true, "windowSize": true, "start": true, "end": true, "date": true,
	"year": true, "month": true, "day": true, "time": true, "hours": true, "minutes": true, "seconds": true,
	"nanos": true, "windowSizeDays": true, "pageSize": true, "pageToken": true, "dataSourceFamily": true,
}

var memberName = regexp.MustCompile(`"([^"]*)"\s*:`)

// decodeBody reads JSON without unknown members and nothing behind it.
func decodeBody(body []byte, v any) *googleRefusal {
	for _, m := range memberName.FindAllSubmatch(body, -1) {
		if name := string(m[1]); !bodyNames[name] {
			return invalidArgument("", "Invalid JSON payload received. Unknown name %q", name)
		}
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, err = d.Token(); err == io.EOF {
			return nil
		}
	}
	return invalidArgument("", "Invalid JSON payload received. %v", err)
}

func rollupDuration(format string, args ...any) *googleRefusal {
	return invalidArgument("INVALID_ROLLUP_QUERY_DURATION", format, args...)
}

func badRange() *googleRefusal {
	return invalidArgument("INVALID_TIME_RANGE", "The end must be later than the start.")
}

// rollUp answers windows of physical time from the start of the range on, the
// last one cut at its end (Google sheet 5.4).
func (s *Server) rollUp(g *glance, t *googleType, body []byte) (answer, *googleRefusal) {
	var b rollUpBody
	if refused := decodeBody(body, &b); refused != nil {
		return answer{}, refused
	}
	if b.Range.Start == nil || b.Range.End == nil || b.Window == "" {
		return answer{}, invalidArgument("", "range.startTime, range.endTime and windowSize are required.")
	}
	seconds, err := strconv.ParseFloat(strings.TrimSuffix(b.Window, "s"), 64)
	if err != nil || !strings.HasSuffix(b.Window, "s") || seconds < 1 {
		return answer{}, invalidArgument("", "Invalid windowSize %q.", b.Window)
	}
	from, to, size := b.Range.Start.UTC(), b.Range.End.UTC(), time.Duration(seconds*float64(time.Second))
	longest := time.Duration(t.cap) * 24 * time.Hour
	switch {
	case !from.Before(to):
		return answer{}, badRange()
	case to.Sub(from) > longest:
		return answer{}, rollupDuration("The range is longer than %d days.", t.cap)
	case b.PageSize > 0 && time.Duration(min(b.PageSize, longestPage)) > longest/size:
		return answer{}, rollupDuration("Window size times page size is over %d days.", t.cap)
	}
	n := int((to.Sub(from) + size - 1) / size)
	at := func(i int) window {
		start := from.Add(time.Duration(i) * size)
		end := start.Add(size)
		if end.After(to) {
			end = to
		}
		return window{from: start, to: end}
	}
	return s.rollPages(g, t, b.rollupPage, string(stripToken(body)), usualPage, n, at)
}

// dailyRollUp answers windows of civil days in the person's zone, of 23 and 25
// hours where the clock changes (Google sheet 5.5).
func (s *Server) dailyRollUp(g *glance, t *googleType, body []byte) (answer, *googleRefusal) {
	var b dailyRollUpBody
	if refused := decodeBody(body, &b); refused != nil {
		return answer{}, refused
	}
	from, ok1 := b.Range.Start.date()
	to, ok2 := b.Range.End.date()
	if !ok1 || !ok2 {
		return answer{}, invalidArgument("", "range.start and range.end must be dates at midnight.")
	}
	if s.modes.GoogleEndInclusive {
		to++
	}
	days := 1
	if b.Days != nil {
		days = *b.Days
	}
	switch {
	case days < 1:
		return answer{}, invalidArgument("", "Invalid windowSizeDays %d.", days)
	case to <= from:
		return answer{}, badRange()
	case int(to-from) > t.cap:
		return answer{}, rollupDuration("The range is longer than %d days.", t.cap)
	case b.PageSize > 0 && min(b.PageSize, longestPage)*days > t.cap:
		return answer{}, rollupDuration("Window size times page size is over %d days.", t.cap)
	}
	at := func(i int) window {
		day := from + Date(i*days)
		end := min(day+Date(days), to)
		return window{g.person.DayStart(day), g.person.DayStart(end), day, end}
	}
	return s.rollPages(g, t, b.rollupPage, string(stripToken(body)), t.cap, (int(to-from)+days-1)/days, at)
}

func (d *dayTime) date() (Date, bool) {
	if d == nil || d.Date == nil || d.Time != nil && (d.Time.Hours|d.Time.Minutes|d.Time.Seconds|d.Time.Nanos) != 0 {
		return 0, false
	}
	day := NewDate(d.Date.Year, time.Month(d.Date.Month), d.Date.Day)
	year, month, number := day.utc().Date()
	return day, year == d.Date.Year && int(month) == d.Date.Month && number == d.Date.Day
}

// stripToken is the body as far as a page token is bound to it.
func stripToken(body []byte) []byte {
	var all map[string]json.RawMessage
	if json.Unmarshal(body, &all) != nil {
		return body
	}
	delete(all, "pageToken")
	rest, err := json.Marshal(all)
	if err != nil {
		return body
	}
	return rest
}

// rollPages answers a page of n windows.
func (s *Server) rollPages(
	g *glance, t *googleType, p rollupPage, body string, usual, n int, at func(int) window,
) (answer, *googleRefusal) {
	var refused *googleRefusal
	if g.family, refused = familyOf(t, p.Family, true); refused != nil {
		return answer{}, refused
	}
	binding := t.id + "\n" + body
	from, refused := s.readToken(binding, p.PageToken)
	if refused != nil {
		return answer{}, refused
	}
	size := usual
	if p.PageSize > 0 {
		size = min(p.PageSize, longestPage)
	}
	w := jsonWriter{}
	w.open("")
	var next cursor
	for i, rows := from.skip, 0; i < n; i++ {
		win := at(i)
		row, ok := g.row(t, win, rows == 0)
		if !ok {
			continue
		}
		if rows == size {
			next = cursor{set: true, skip: i}
			break
		}
		w.buf = append(w.buf, row...)
		rows++
	}
	if len(w.buf) > 1 {
		w.buf = append(w.buf, ']')
	}
	s.writeToken(&w, binding, next)
	w.close()
	return googleData(w.buf), nil
}

// row renders a window; ok is false when it is absent.
func (g *glance) row(t *googleType, win window, first bool) (row []byte, ok bool) {
	w := jsonWriter{buf: []byte{','}, strange: false}
	if first {
		w.buf = []byte(`"rollupDataPoints":[`)
	}
	w.buf = append(w.buf, '{')
	if win.end > win.day {
		w.civil("civilStartTime", win.day.utc(), 0)
		w.civil("civilEndTime", win.end.utc(), 0)
	} else {
		w.instant("startTime", win.from)
		w.instant("endTime", win.to)
	}
	w.open(t.rollMember())
	if !t.roll(g, t, win.from, win.to, &w) {
		return nil, false
	}
	w.close()
	w.close()
	return w.buf, true
}

// rollMember is the value key of a rollup: the personal ranges have their own.
func (t *googleType) rollMember() string {
	switch t.id {
	case "daily-resting-heart-rate":
		return "restingHeartRatePersonalRange"
	case "daily-heart-rate-variability":
		return "heartRateVariabilityPersonalRange"
	}
	return t.member
}

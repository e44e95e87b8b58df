package emulator

import (
	"math"
	"net/http"
	"time"
)

// intradayRoutes are those of what happened within the day (sheet 5.4). {e} is
// 1d or a date; how long a range may be is a matter of its times (sheet: 24 h).
var intradayRoutes = []route{
	{"1", "activities/heart/date/{s}/{e}/{l}", "heartrate", anyRange, 1, true, (*call).heartSamples},
	{"1", "activities/heart/date/{s}/{e}/{l}/time/{t1}/{t2}", "heartrate", anyRange, 1, true, (*call).heartSamples},
	{"1", "activities/active-zone-minutes/date/{s}/{e}/{l}", "activity", anyRange, 1, true, (*call).zonedMinutes},
	{"1", "activities/active-zone-minutes/date/{s}/{e}/{l}/time/{t1}/{t2}", "activity", anyRange, 1, true, (*call).zonedMinutes},
	{"1", "activities/{r}/date/{s}/{e}/{l}", "activity", amountRanges(), 1, true, (*call).amounts},
	{"1", "activities/{r}/date/{s}/{e}/{l}/time/{t1}/{t2}", "activity", amountRanges(), 1, true, (*call).amounts},
}

var anyRange = map[string]int{"": math.MaxInt32}

// IntradayRight is whether the person may read what happened within the day
// (sheet 5.4).
type IntradayRight int

// Intraday rights.
const (
	IntradayOwner      IntradayRight = iota // a personal app, the owner's data
	IntradayForbidden                       // 403 insufficient_permissions
	IntradayKeyMissing                      // 200 without the -intraday key
)

// detail is a detail level: how far rows are apart.
type detail struct {
	seconds  int
	interval int    // in units of
	unit     string // the dataset's type
}

var details = map[string]detail{
	"1sec":  {1, 1, "second"},
	"1min":  {60, 1, "minute"},
	"5min":  {300, 5, "minute"},
	"15min": {900, 15, "minute"},
}

// intraday is a call for what happened within at most 24 hours.
type intraday struct {
	*call
	detail
	windowed    bool // has times
	first, last int  // seconds of the first and of the last day, inclusive
}

// intraday checks the right, the level and the times of a call. Rows finer than
// finest are refused.
func (c *call) intraday(finest int) (*intraday, *refusal) {
	if c.modes.Intraday == IntradayForbidden {
		return nil, &refusal{http.StatusForbidden, "insufficient_permissions", "", "API client is not authorized for this resource."}
	}
	level, ok := details[c.path["{l}"]]
	if !ok || level.seconds < finest {
		return nil, badRequest("detail-level", "Invalid detail level: %s", c.path["{l}"])
	}
	q := &intraday{call: c, detail: level, last: 86399}
	if t1, ok := c.path["{t1}"]; ok {
		q.windowed = true
		for _, t := range []struct {
			text string
			into *int
		}{{t1, &q.first}, {c.path["{t2}"], &q.last}} {
			at, err := time.Parse("15:04", t.text)
			if err != nil || len(t.text) != len("15:04") {
				return nil, badRequest("time", "Invalid time: %s", t.text)
			}
			*t.into = at.Hour()*3600 + at.Minute()*60
		}
	}
	switch length := int(c.to-c.from)*86400 + q.last - q.first; {
	case length < 0:
		return nil, badRequest("time", "Start time must not be after end time: %s, %s", c.path["{t1}"], c.path["{t2}"])
	case length > 86400:
		return nil, &refusal{http.StatusBadRequest, "request", "n/a", "Time range should not be bigger than 24 hours."}
	}
	return q, nil
}

// within tells whether a row at a second of a day was asked for.
func (q *intraday) within(d Date, wall int) bool {
	wall %= 86400
	return (d > q.from || wall >= q.first) && (d < q.to || wall <= q.last)
}

// dataset is the member -intraday.
type dataset struct {
	Rows     any    `json:"dataset"`
	Interval int    `json:"datasetInterval"`
	Type     string `json:"datasetType"`
}

// datasetAnswer is the daily total, or totals, and the rows.
func (q *intraday) datasetAnswer(root string, total, rows any) (any, *refusal) {
	if q.modes.MissingTotal || q.empty {
		total = []point{}
	}
	if q.empty {
		rows = []point{}
	}
	full := map[string]any{root: total, root + "-intraday": dataset{rows, q.interval, q.unit}}
	return q.allowed(full, root), nil
}

// allowed takes away what the modes do not show.
func (q *intraday) allowed(full map[string]any, root string) any {
	if q.empty {
		return q.emptyAnswer(full, root)
	}
	if q.modes.Intraday == IntradayKeyMissing {
		delete(full, root+"-intraday")
	}
	return full
}

// totals are the days of the call that the daily series has.
func (q *intraday) totals(value func(Date) any) []any {
	all := []any{}
	for d := q.dense(); d <= q.to; d++ {
		all = append(all, value(d))
	}
	return all
}

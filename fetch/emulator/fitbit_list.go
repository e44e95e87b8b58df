package emulator

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// entry is an element of a list that is walked page by page (sheet 5.7).
type entry struct {
	at   time.Time // what orders the list
	body any
}

// listing are the rules of one such list.
type listing struct {
	root   string
	most   int  // elements of a page
	formal bool // it echoes sort in capitals, and an instant for the date
}

// paging is what the service tells of a page and of those beside it.
type paging struct {
	After    string `json:"afterDate,omitempty"`
	Before   string `json:"beforeDate,omitempty"`
	Limit    int    `json:"limit"`
	Next     string `json:"next"`
	Offset   int    `json:"offset"`
	Previous string `json:"previous"`
	Sort     string `json:"sort"`
}

// listSpan is the question of a page, checked.
type listSpan struct {
	date   string // as it was given
	from   time.Time
	after  bool // from is the first instant, else the first one that is not wanted
	offset int
	limit  int
}

// page cuts a page out of a list. The entries may be in any order.
func (c *call) page(l listing, all []entry) (any, *refusal) {
	q, refused := c.listSpan(l)
	if refused != nil {
		return nil, refused
	}
	all = slices.DeleteFunc(all, func(e entry) bool { return e.at.Before(q.from) == q.after })
	slices.SortStableFunc(all, func(a, b entry) int {
		if q.after {
			return a.at.Compare(b.at)
		}
		return b.at.Compare(a.at)
	})
	if c.empty {
		all = nil
	}
	from := min(q.offset, len(all))
	if c.modes.InsertBetweenPages && from > 0 {
		from-- // something came in front meanwhile
	}
	to := min(from+q.limit, len(all))
	bodies := []any{}
	for _, e := range all[from:to] {
		bodies = append(bodies, e.body)
	}
	p := q.paging(l)
	if q.offset > 0 {
		p.Previous = c.address(l, q, max(0, q.offset-q.limit))
	}
	if to < len(all) {
		next := q.offset + q.limit
		if c.modes.NextLoop {
			next = q.offset
		}
		p.Next = c.address(l, q, next)
	}
	answer := map[string]any{l.root: bodies, "pagination": p}
	if len(bodies) == 0 && c.modes.NoActivitiesKey {
		delete(answer, l.root)
	}
	if len(all) == 0 {
		return c.emptyAnswer(answer, l.root), nil
	}
	return answer, nil
}

// listSpan reads the query of a list: exactly one of two dates, the order that goes with it, and
// an offset that only the service itself raises.
func (c *call) listSpan(l listing) (q listSpan, _ *refusal) {
	after, before := c.query.Get("afterDate"), c.query.Get("beforeDate")
	if (after == "") == (before == "") {
		return q, badRequest("afterDate", "Exactly one of afterDate and beforeDate must be given")
	}
	q.date, q.after = after+before, after != ""
	if order := map[bool]string{true: "asc", false: "desc"}[q.after]; c.query.Get("sort") != order {
		return q, badRequest("sort", "The sort order must be %s", order)
	}
	var err error
	if q.from, err = c.listDate(q.date); err != nil {
		return q, badRequest("date", "Invalid date: %s", q.date)
	}
	if q.after && c.modes.AfterDateExclusive && len(q.date) == len(time.DateOnly) {
		q.from = c.person.DayStart(DateOf(c.person.Wall(q.from)) + 1)
	}
	if q.limit, err = strconv.Atoi(c.query.Get("limit")); err != nil || q.limit < 1 || q.limit > l.most {
		return q, badRequest("limit", "The limit must be between 1 and %d", l.most)
	}
	q.offset, err = strconv.Atoi(c.query.Get("offset"))
	if err != nil || q.offset != 0 && !c.handed[c.where+"?"+c.query.Encode()] {
		return q, badRequest("offset", "The offset must be 0")
	}
	return q, nil
}

// listDate reads a date, with or without a time of the clock.
func (c *call) listDate(text string) (time.Time, error) {
	day, clock, timed := strings.Cut(text, "T")
	d, err := ParseDate(day)
	if err != nil || !timed {
		return c.person.DayStart(d), err
	}
	t, err := time.Parse("15:04:05", clock)
	return d.At(c.person.Zone(d), t.Hour()*3600+t.Minute()*60+t.Second()), err
}

func (q listSpan) paging(l listing) paging {
	p := paging{Limit: q.limit, Offset: q.offset, Sort: "desc"}
	date := q.date
	if l.formal && !strings.Contains(date, "T") {
		date += "T00:00:00.000"
	}
	if q.after {
		p.After, p.Sort = date, "asc"
	} else {
		p.Before = date
	}
	if l.formal {
		p.Sort = strings.ToUpper(p.Sort)
	}
	return p
}

// address is that of another page, which the service now knows for its own.
func (c *call) address(l listing, q listSpan, offset int) string {
	kind, order := "beforeDate", "desc"
	if q.after {
		kind, order = "afterDate", "asc"
	}
	query := fmt.Sprintf("offset=%d&limit=%d&sort=%s&%s=%s", offset, q.limit, order, kind, q.date)
	if v, err := url.ParseQuery(query); err == nil {
		c.handed[c.where+"?"+v.Encode()] = true
	}
	host := "https://api.fitbit.com"
	switch c.modes.NextHost {
	case "":
	case "self":
		host = c.host
	default:
		host = "https://" + c.modes.NextHost
	}
	return host + c.where + "?" + query
}

package emulator

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Page sizes of list and reconcile (Google sheet 3.2).
const (
	usualPage   = 1440
	longestPage = 10_000
	smallPage   = 25
)

// reading is a checked list or reconcile request.
type reading struct {
	t         *googleType
	merged    bool
	ascending bool
	selection
	size int
	from cursor
}

// cursor is where a page starts: after so many records of an instant.
type cursor struct {
	set  bool
	at   int64 // Unix ns of the record's key
	skip int
}

// newReading checks the query of list and reconcile.
func (s *Server) newReading(g *glance, t *googleType, merged bool, q url.Values) (*reading, *googleRefusal) {
	rd := &reading{t: t, merged: merged, ascending: merged && s.modes.GoogleAscending}
	if refused := knownParameters(q, "filter", "pageSize", "pageToken", "dataSourceFamily"); refused != nil {
		return nil, refused
	}
	var refused *googleRefusal
	if g.family, refused = familyOf(t, q.Get("dataSourceFamily"), merged); refused != nil {
		return nil, refused
	}
	if rd.selection, refused = parseFilter(t, q.Get("filter")); refused != nil {
		return nil, refused
	}
	if rd.size, refused = s.pageSize(t, q.Get("pageSize")); refused != nil {
		return nil, refused
	}
	rd.from, refused = s.readToken(rd.binding(q), q.Get("pageToken"))
	return rd, refused
}

// binding is what a page token belongs to.
func (rd *reading) binding(q url.Values) string {
	return strings.Join([]string{
		rd.t.id, strconv.FormatBool(rd.merged), q.Get("filter"), q.Get("dataSourceFamily"), q.Get("pageSize"),
	}, "\n")
}

// commonParameters go with every Google method (Google sheet 5); the emulator
// answers whole and compact whatever fields and prettyPrint say.
var commonParameters = map[string]bool{
	"alt": true, "fields": true, "prettyPrint": true, "quotaUser": true, "key": true, "callback": true,
	"uploadType": true, "upload_protocol": true, "$.xgafv": true,
}

func knownParameters(q url.Values, known ...string) *googleRefusal {
	for name := range q {
		ok := commonParameters[name]
		for _, k := range known {
			ok = ok || k == name
		}
		if !ok {
			return invalidArgument("", "Invalid JSON payload received. Unknown name %q: Cannot bind query parameter.", name)
		}
	}
	if alt := q.Get("alt"); alt != "" && alt != "json" && alt != "media" {
		return invalidArgument("", "Unsupported value for alt: %q", alt)
	}
	return nil
}

// familyOf wants the full resource name, and none at all where list has no
// families (Google sheet 5.7).
func familyOf(t *googleType, name string, merged bool) (func(*origin) bool, *googleRefusal) {
	if name == "" {
		return families["all-sources"], nil
	}
	short, full := strings.CutPrefix(name, familyPrefix)
	family, ok := families[short]
	if !full || !ok {
		return nil, invalidArgument("INVALID_DATA_POINT_DATA_SOURCE_FAMILY", "Invalid data source family %q.", name)
	}
	if !merged && (t.category == sleeping || t.category == catalogue) {
		return nil, invalidArgument("INVALID_DATA_POINT_DATA_SOURCE_FAMILY", "The data type %s has no families in list.", t.id)
	}
	return family, nil
}

// pageSize cuts what is too long without a word.
func (s *Server) pageSize(t *googleType, given string) (int, *googleRefusal) {
	size, longest := usualPage, longestPage
	if s.modes.GoogleDefaultPage > 0 {
		size = s.modes.GoogleDefaultPage
	}
	if t.small() {
		size, longest = smallPage, smallPage
	}
	if given != "" {
		n, err := strconv.Atoi(given)
		if err != nil || n < 0 {
			return 0, invalidArgument("", "Invalid value for page_size: %q", given)
		}
		if n > 0 {
			size = n
		}
	}
	size = min(size, longest)
	if limit := s.modes.GoogleTimeoutAbove; limit > 0 && size > limit {
		return 0, &googleRefusal{status: 504, code: "DEADLINE_EXCEEDED", message: "Deadline expired before operation could complete."}
	}
	if s.modes.GooglePageCap > 0 {
		size = min(size, s.modes.GooglePageCap)
	}
	return size, nil
}

// list answers list and reconcile.
func (s *Server) list(g *glance, t *googleType, merged bool, q url.Values) (answer, *googleRefusal) {
	rd, refused := s.newReading(g, t, merged, q)
	if refused != nil {
		return answer{}, refused
	}
	var page []record
	var next cursor
	if s.modes.GoogleEmptyFirst && !rd.from.set {
		next = rd.beginning()
	} else {
		page, next = g.read(rd)
	}
	w := jsonWriter{buf: make([]byte, 0, 400*len(page)+100)}
	w.open("")
	if len(page) > 0 {
		w.openList("dataPoints")
		for i := range page {
			page[i].write(&w, t, g, merged)
		}
		w.closeList()
	}
	s.writeToken(&w, rd.binding(q), next)
	w.close()
	return googleData(w.buf), nil
}

// writeToken ends a page: with a token, without one, or with an empty one.
func (s *Server) writeToken(w *jsonWriter, binding string, next cursor) {
	switch {
	case next.set:
		w.str("nextPageToken", s.token64(binding, next))
	case s.modes.GoogleEmptyToken:
		w.key("nextPageToken")
		w.text("")
	}
}

// beginning is a cursor before every record.
func (rd *reading) beginning() cursor {
	if rd.ascending {
		return cursor{set: true, at: -1 << 62}
	}
	return cursor{set: true, at: 1 << 62}
}

// read collects a page. Its end is known by one record more.
func (g *glance) read(rd *reading) (page []record, next cursor) {
	first, last := g.span(rd)
	seen := rd.from.skip
	if rd.t.category == catalogue {
		first = g.person.first
		last = first
	}
	for i := range int(last-first) + 1 {
		d := last - Date(i)
		if rd.ascending {
			d = first + Date(i)
		}
		for _, r := range g.ordered(rd, d) {
			at := rd.t.key(&r).UnixNano()
			if rd.t.category == catalogue {
				at = 0
			}
			if rd.from.set && rd.passed(at, &seen) || !rd.holdsRecord(&r) {
				continue
			}
			if len(page) == rd.size {
				return page, next
			}
			page = append(page, r)
			if next.set && next.at == at {
				next.skip++
			} else {
				next = cursor{set: true, at: at, skip: 1}
				if rd.from.set && rd.from.at == at {
					next.skip += rd.from.skip
				}
			}
		}
	}
	return page, cursor{}
}

// passed tells whether a record was on an earlier page.
func (rd *reading) passed(at int64, seen *int) bool {
	switch {
	case at == rd.from.at && *seen > 0:
		*seen--
		return true
	case rd.ascending:
		return at < rd.from.at
	}
	return at > rd.from.at
}

func (g *glance) ordered(rd *reading, d Date) []record {
	records := g.stream(rd.t, d, rd.merged)
	if rd.ascending {
		for i, j := 0, len(records)-1; i < j; i, j = i+1, j-1 {
			records[i], records[j] = records[j], records[i]
		}
	}
	return records
}

// holdsRecord applies the filter to the time that the category names: the start,
// of sleep the end, of daily types the date.
func (rd *reading) holdsRecord(r *record) bool {
	at, offset := rd.t.key(r), r.startOffset
	if rd.t.category == sleeping {
		offset = r.endOffset
	}
	if rd.civil && rd.t.category != daily {
		at = civil(at, offset)
	}
	return rd.holds(at)
}

// span are the days that can hold something.
func (g *glance) span(rd *reading) (first, last Date) {
	first, last = g.first(), g.today()+1
	day := func(t time.Time) Date {
		if rd.civil {
			return DateOf(t)
		}
		return DateOf(g.person.Wall(t))
	}
	if !rd.selection.from.IsZero() {
		first = max(first, day(rd.selection.from)-1)
	}
	if !rd.to.IsZero() {
		last = min(last, day(rd.to.Add(-1))+1)
	}
	if rd.from.set && rd.from.at > -1<<61 && rd.from.at < 1<<61 {
		at := time.Unix(0, rd.from.at).UTC()
		if rd.ascending {
			first = max(first, DateOf(g.person.Wall(at))-1)
		} else {
			last = min(last, DateOf(g.person.Wall(at))+1)
		}
	}
	if rd.t.category != sleeping && rd.t.category != daily {
		first, last = rd.narrow(g, first, last)
	}
	return first, max(last, first-1)
}

// civil is what a clock shows at an instant, as if it were UTC.
func civil(t time.Time, offset int) time.Time {
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// narrow leaves out days that lie wholly outside the filter or the page.
func (rd *reading) narrow(g *glance, first, last Date) (Date, Date) {
	outside := func(d Date) bool {
		start, end := g.person.DayStart(d), g.person.DayStart(d+1)
		if rd.civil { // a day before a flight west shows more than its 24 hours
			start, end = civil(start, g.offset(start)), civil(end, g.offset(end.Add(-1)))
		}
		return !rd.selection.from.IsZero() && !end.After(rd.selection.from) || !rd.to.IsZero() && !start.Before(rd.to)
	}
	for first <= last && outside(first) {
		first++
	}
	for first <= last && (outside(last) || !rd.ascending && rd.from.set && g.person.DayStart(last).UnixNano() > rd.from.at) {
		last--
	}
	return first, last
}

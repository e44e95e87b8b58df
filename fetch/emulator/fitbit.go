package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// call is one request to the legacy API, checked and taken apart.
type call struct {
	person   *Person
	modes    *Modes
	now      time.Time
	synced   time.Time // what the watch recorded after this is unknown
	measured time.Time // metrics of nights that ended after this are not ready
	today    Date
	resource string // what {r} stood for
	from, to Date   // inclusive
	units    units
	locale   string
	path     map[string]string // what the placeholders of the route stood for
	query    url.Values
	where    string          // the path that was asked
	handed   map[string]bool // addresses of pages that the service has told, with their queries
	host     string          // that the client asked, with its scheme
	utc      bool            // days are UTC days (timezone=UTC, sheet 4.2)
	empty    bool            // there is no data, by mode
}

// route is one shape of path. In its pattern {r} stands for a resource, {s}/{e}
// for a range or a date and a period, {d} for a date, anything else in braces for
// what parsed makes of it. It begins with the version and ends with the suffix,
// behind /{version}/user/{id}/.
type route struct {
	version string
	pattern string
	scope   string         // several, with blanks between, are all needed
	ranges  map[string]int // resource → longest range in days; "" where there is no {r}
	period  int            // longest period in days; 0: no period form
	utc     bool           // knows timezone=UTC
	answer  func(*call) (any, *refusal)
}

// routes are the legacy endpoints (sheet 5). Order matters: the first pattern
// that fits is taken. Every pattern ends with .json but one that names another
// suffix. An answer that is a rawAnswer is sent as it is.
var routes = slices.Concat(exerciseRoutes, summaryRoutes, foodRoutes, medicalRoutes, intradayRoutes, seriesRoutes, nightRoutes, metricRoutes, logRoutes, accountRoutes)

// seriesRoutes are those of the daily series (sheet 5.1).
var seriesRoutes = []route{
	{"1", "activities/active-zone-minutes/date/{s}/{e}", "activity", map[string]int{"": 1095}, 366, true, (*call).zoneMinutes},
	{"1", "activities/heart/date/{s}/{e}", "heartrate", map[string]int{"": 365}, 31, true, (*call).heart},
	{"1", "activities/tracker/{r}/date/{s}/{e}", "activity", trackerRanges, 366, true, (*call).tracker},
	{"1", "activities/{r}/date/{s}/{e}", "activity", activityRanges, 366, true, (*call).activity},
	{"1", "body/{r}/date/{s}/{e}", "weight", map[string]int{"bmi": 1095, "fat": 1095, "weight": 1095}, 366, false, (*call).body},
	{"1", "foods/log/{r}/date/{s}/{e}", "nutrition", map[string]int{"caloriesIn": 1095, "water": 1095}, 366, false, (*call).food},
}

// match returns what the placeholders of the pattern stood for.
func (rt *route) match(version string, segments []string) (map[string]string, bool) {
	pattern := strings.Split(rt.pattern, "/")
	if version != rt.version || len(pattern) != len(segments) {
		return nil, false
	}
	got := map[string]string{}
	for i, want := range pattern {
		open := strings.Index(want, "{")
		if open < 0 {
			if want != segments[i] {
				return nil, false
			}
			continue
		}
		name, tail, _ := strings.Cut(want[open:], "}")
		value, ok := strings.CutSuffix(segments[i], tail)
		if !ok {
			return nil, false
		}
		got[name+"}"] = value
	}
	return got, true
}

// data answers a GET of an authenticated client.
func (s *Server) data(r *http.Request, token grant, now time.Time) answer {
	rt, got, refused := s.resolve(r.URL.Path)
	if refused == nil {
		refused = token.may(rt.scope)
	}
	if refused != nil {
		return refused.answer()
	}
	c, refused := s.newCall(r, rt, got, now)
	if refused != nil {
		return refused.answer()
	}
	if rt.scope == "sleep" && s.stillPending(r.URL.Path, now) {
		a := jsonAnswer(pendingAnswer)
		a.whole = false
		return a
	}
	v, refused := rt.answer(c)
	if refused != nil {
		return refused.answer()
	}
	if raw, ok := v.(rawAnswer); ok {
		a := newAnswer(http.StatusOK, raw.contentType, raw.body)
		a.whole = true
		return a
	}
	return jsonAnswer(v)
}

const tcxSuffix = ".tcx"

// rawAnswer is a body that is no JSON.
type rawAnswer struct {
	contentType string
	body        []byte
}

// resolve finds the route of a path /{version}/user/{id}/….
func (s *Server) resolve(path string) (*route, map[string]string, *refusal) {
	rest := strings.TrimSuffix(path, ".json") // other suffixes stand in the patterns
	segments := strings.Split(strings.TrimPrefix(rest, "/"), "/")
	if rest == path && !strings.HasSuffix(path, tcxSuffix) || len(segments) < 4 || segments[1] != "user" {
		return nil, nil, notFound()
	}
	if user := segments[2]; user != "-" && user != s.person.id {
		return nil, nil, notFound()
	}
	for i := range routes {
		if got, ok := routes[i].match(segments[0], segments[3:]); ok {
			return &routes[i], got, nil
		}
	}
	return nil, nil, notFound()
}

func (s *Server) newCall(r *http.Request, rt *route, got map[string]string, now time.Time) (*call, *refusal) {
	c := &call{
		person: s.person, modes: &s.modes, now: now, synced: s.lastSync(now), measured: s.lastSync(now.Add(-s.modes.MetricDelay)),
		today:    DateOf(s.person.Wall(now)),
		resource: got["{r}"], units: unitsOf(r.Header.Get("Accept-Language")),
		locale: r.Header.Get("Accept-Locale"), path: got, query: r.URL.Query(), host: "http://" + r.Host,
		where: r.URL.Path, handed: s.handed,
	}
	c.empty = slices.ContainsFunc(s.modes.NoData, func(part string) bool {
		return strings.Contains(r.URL.Path, part)
	})
	if zone := r.URL.Query().Get("timezone"); zone != "" {
		if !rt.utc || zone != "UTC" {
			return nil, badRequest("timezone", "Invalid timezone: %s", zone)
		}
		c.utc = true
		c.today = DateOf(now.UTC())
	}
	if rt.ranges == nil {
		return c, nil
	}
	longest, ok := rt.ranges[c.resource]
	if !ok {
		return nil, badRequest("resource", "Invalid time series resource path: %s", c.resource)
	}
	return c, c.setRange(rt, got, longest, r.URL.Path)
}

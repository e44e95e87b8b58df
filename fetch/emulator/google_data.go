package emulator

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

func (s *Server) newGlance(now time.Time) *glance {
	return &glance{
		person: s.person, modes: &s.modes, watch: s.watch, now: now.UTC(), synced: s.lastSync(now),
		user: "users/" + s.healthUserID(), family: families["all-sources"],
	}
}

// dataGoogle answers an authenticated request within its quota.
func (s *Server) dataGoogle(to target, token grant, r *http.Request, body []byte, now time.Time) (answer, *googleRefusal) {
	if refused := s.troubled(); refused != nil {
		return answer{}, refused
	}
	if to.user != "me" && to.user != s.healthUserID() {
		return answer{}, denied("", "", "The caller does not have permission.")
	}
	g := s.newGlance(now)
	if to.resource != "dataPoints" {
		return s.account(g, to, token, r)
	}
	t, refused := s.findType(to, token)
	if refused != nil {
		return answer{}, refused
	}
	if s.noData(r.URL.Path) {
		return googleData([]byte("{}")), nil
	}
	switch q := r.URL.Query(); to.verb {
	case "list", "reconcile":
		return s.list(g, t, to.verb == "reconcile", q)
	case "rollUp", "dailyRollUp":
		if refused := knownParameters(q); refused != nil {
			return answer{}, refused
		}
		if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
			return answer{}, invalidArgument("", "Invalid Content-Type %q.", kind)
		}
		if to.verb == "rollUp" {
			return s.rollUp(g, t, body)
		}
		return s.dailyRollUp(g, t, body)
	case "exportExerciseTcx":
		return s.exportTCX(g, t, to.id, r)
	default:
		if refused := knownParameters(q); refused != nil {
			return answer{}, refused
		}
		return s.one(g, t, to.id)
	}
}

func (s *Server) noData(path string) bool {
	return slices.ContainsFunc(s.modes.NoData, func(part string) bool { return strings.Contains(path, part) })
}

var typeForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// findType checks the id, then the scope, then the operation (rules 5, 7).
func (s *Server) findType(to target, token grant) (*googleType, *googleRefusal) {
	t := findGoogleType(to.dataType)
	switch {
	case slices.Contains(writeOnlyTypes, to.dataType):
		return nil, unsupported(to.verb, to.dataType)
	case !typeForm.MatchString(to.dataType):
		return nil, invalidArgument("INVALID_PARENT_DATA_TYPE_COLLECTION_FORMAT", "Invalid data type %q.", to.dataType)
	case t == nil:
		return nil, invalidArgument("INVALID_PARENT_DATA_TYPE_COLLECTION", "Unknown data type %q.", to.dataType)
	}
	needed := []string{t.scope}
	if to.verb == "exportExerciseTcx" {
		needed = append(needed, scopeLocation)
	}
	if refused := s.needs(token, needed...); refused != nil {
		return nil, refused
	}
	if !s.offers(t, to.verb) {
		return nil, unsupported(to.verb, t.id)
	}
	return t, nil
}

// offers is the operation matrix of Google sheet 6.1.
func (s *Server) offers(t *googleType, verb string) bool {
	switch verb {
	case "exportExerciseTcx":
		return true
	case "dailyRollUp":
		personal := t.category == daily && t.roll != nil
		return t.actions&actDailyRollUp != 0 || personal && s.modes.GooglePersonalRanges
	}
	return t.actions&actionOf[verb] != 0
}

var actionOf = map[string]action{
	"list": actList, "get": actGet, "reconcile": actReconcile, "rollUp": actRollUp, "dailyRollUp": actDailyRollUp,
}

func unsupported(verb, id string) *googleRefusal {
	return invalidArgument("UNSUPPORTED_DATA_TYPE_ACTION", "%s is not supported for data type %s",
		strings.ToUpper(verb[:1])+verb[1:], id)
}

// find looks a record up by its id, newest first.
func (g *glance) find(t *googleType, id string) (record, bool) {
	for d := g.today() + 1; d >= g.first(); d-- {
		for _, r := range g.stream(t, d, false) {
			if r.id == id {
				return r, true
			}
		}
	}
	return record{}, false
}

// one is get: a record of an identifiable type.
func (s *Server) one(g *glance, t *googleType, id string) (answer, *googleRefusal) {
	r, ok := g.find(t, id)
	if !ok {
		return answer{}, missingPoint()
	}
	var w jsonWriter
	r.write(&w, t, g, false)
	return googleData(w.buf), nil
}

// exportTCX answers bytes for alt=media and JSON otherwise (rule 18).
func (s *Server) exportTCX(g *glance, t *googleType, id string, r *http.Request) (answer, *googleRefusal) {
	q := r.URL.Query()
	if refused := knownParameters(q, "partialData"); refused != nil {
		return answer{}, refused
	}
	found, ok := g.find(t, id)
	if !ok {
		return answer{}, missingPoint()
	}
	track := found.value.(exertion).tcx(q.Get("partialData") == "true")
	if q.Get("alt") == "media" {
		a := newAnswer(http.StatusOK, "application/vnd.garmin.tcx+xml", track)
		a.whole = true
		return a, nil
	}
	var w jsonWriter
	w.open("")
	w.str("tcxData", string(track))
	w.close()
	return googleData(w.buf), nil
}

package catalog

import (
	"fmt"
	"math"
	"strings"
)

// memberField says which member of a value tells a field; dots lead into members. conv, unless
// nil, converts a number.
type memberField struct {
	key, path string
	conv      func(float64) (float64, bool)
}

// thousandth turns grams into kilograms and millimetres into metres.
func thousandth(x float64) (float64, bool) { return roundTo(x/1000, 6), true }

// logged keeps what people log by hand, where a zero stands for no log.
func logged(x float64) (float64, bool) { return x, x != 0 }

// roundTo rounds to so many decimals, away from the noise of binary fractions. No zero it
// returns is negative.
func roundTo(x float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Round(x*scale)/scale + 0
}

// at returns what stands at the end of a path, or "".
func (m googleMembers) at(path string) (number, error) {
	first, rest, deeper := strings.Cut(path, ".")
	n := m.get(first)
	if !deeper || n == "" {
		return n, nil
	}
	inner, err := jsonText(n).object()
	if err != nil {
		return "", fmt.Errorf("member %s: %w", first, err)
	}
	return googleMembers(inner).at(rest)
}

// googleFields serves a type whose elements are a point each, with the fields given, which
// are read as their kinds say: a string as the name of an enum. A record's id is added to a
// series that has log_id, unless there is nothing else.
func googleFields(a Ask, s *Series, members ...memberField) *Origin {
	return googleOrigin(a, func(r googleRecord[googleMembers]) ([]Point, error) {
		var f fieldList
		for _, m := range members {
			f.member(s, m, r.Value)
		}
		if len(f.fields) > 0 && s.kind("log_id") == String {
			f.str("log_id", r.ID)
		}
		return r.point(s, nil, f)
	})
}

// member adds the field that a member of a value tells, as the kind that the series
// declares.
func (l *fieldList) member(s *Series, m memberField, value googleMembers) {
	n, err := value.at(m.path)
	if l.err == nil {
		l.err = err
	}
	if l.err != nil {
		return
	}
	switch s.kind(m.key) {
	case Int:
		l.int(m.key, m.path, n)
	case Float:
		l.double(m.key, m.path, n, m.conv)
	case String:
		name, err := n.word()
		if err != nil {
			l.add(m.key, m.path, Value{}, err)
		}
		l.str(m.key, enumName(name))
	}
}

// kind returns the kind of a field, or none when the series does not have it.
func (s *Series) kind(key string) Kind {
	for i := range s.Fields {
		if s.Fields[i].Key == key {
			return s.Fields[i].Kind
		}
	}
	return 0
}

// googleSessions asks for sleep or exercise, whose pages hold less than those of other types.
func googleSessions(id, scope, member, dateKey string) Ask {
	a := googleAsk(Reconcile, id, "interval."+member, "interval."+dateKey, scope, 100)
	a.PageSize = googleSessionPage
	return a
}

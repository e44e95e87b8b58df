package emulator

import (
	"strings"
	"time"
)

// selection is what a filter leaves: a half-open range of instants, of wall
// clocks or of dates. Zero bounds are open. Wall clocks and dates are held as
// if they were UTC.
type selection struct {
	civil    bool
	from, to time.Time
}

func (s *selection) holds(t time.Time) bool {
	return (s.from.IsZero() || !t.Before(s.from)) && (s.to.IsZero() || t.Before(s.to))
}

// filterToken is a word, an operator, a quoted string or a bracket.
type filterToken struct {
	kind byte // 'w' word, 'o' operator, 's' string, '(' and ')', 0 end
	text string
}

const wordLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-:+"

// filterTokens takes a filter apart; ok is false for letters that belong
// nowhere and for strings without an end.
func filterTokens(s string) (tokens []filterToken, ok bool) {
	for s = strings.TrimLeft(s, " \t\n"); s != ""; s = strings.TrimLeft(s, " \t\n") {
		switch c := s[0]; {
		case c == '"' || c == '\'':
			end := strings.IndexByte(s[1:], c)
			if end < 0 {
				return nil, false
			}
			tokens = append(tokens, filterToken{'s', s[1 : 1+end]})
			s = s[end+2:]
		case c == '(' || c == ')':
			tokens = append(tokens, filterToken{c, s[:1]})
			s = s[1:]
		case strings.IndexByte("<>=!", c) >= 0:
			n := len(s) - len(strings.TrimLeft(s, "<>=!"))
			tokens = append(tokens, filterToken{'o', s[:n]})
			s = s[n:]
		default:
			n := len(s) - len(strings.TrimLeft(s, wordLetters))
			if n == 0 {
				return nil, false
			}
			tokens = append(tokens, filterToken{'w', s[:n]})
			s = s[n:]
		}
	}
	return append(tokens, filterToken{}), true
}

// parseFilter reads the grammar of Google sheet 5.8 for one type: member,
// operator and literal, joined by AND.
func parseFilter(t *googleType, s string) (selection, *googleRefusal) {
	var sel selection
	if s == "" {
		return sel, nil
	}
	tokens, ok := filterTokens(s)
	if !ok {
		return sel, badFilter("SYNTAX", "The filter %q cannot be read.", s)
	}
	for first := true; ; first = false {
		n, refused := sel.restrict(t, tokens, first)
		if refused != nil {
			return sel, refused
		}
		tokens = tokens[n:]
		switch next := tokens[0]; {
		case next.kind == 0:
			return sel, sel.check()
		case next.kind == 'w' && next.text == "AND":
			tokens = tokens[1:]
		case next.kind == 'w' && (next.text == "OR" || next.text == "NOT"), next.kind == '(':
			return sel, badFilter("EXPRESSION_STRUCTURE", "%s is not supported.", next.text)
		default:
			return sel, badFilter("UNEXPECTED_TOKEN", "Unexpected %q.", next.text)
		}
	}
}

// structure refuses what is no restriction at all: member, operator, literal.
func structure(t *googleType, tokens []filterToken) *googleRefusal {
	switch first := tokens[0]; {
	case first.kind == 0:
		return badFilter("UNEXPECTED_END_OF_INPUT", "The filter ends too early.")
	case first.kind == '(' || first.kind == 'w' && first.text == "NOT":
		return badFilter("EXPRESSION_STRUCTURE", "%s is not supported.", first.text)
	case first.kind != 'w':
		return badFilter("UNEXPECTED_TOKEN", "Unexpected %q.", first.text)
	case tokens[1].kind == 0:
		return badFilter("UNEXPECTED_END_OF_INPUT", "The filter ends after %q.", first.text)
	case tokens[1].kind != 'o':
		return badFilter("MISSING_TOKEN", "No operator after %q.", first.text)
	}
	if _, refused := memberKind(t, tokens[0].text); refused != nil {
		return refused
	}
	switch operator := tokens[1].text; {
	case operator != ">=" && (operator != "<" || t.category == ecgSession):
		return badFilter("RESTRICTION_COMPARATOR", "The operator %s is not supported.", operator)
	case tokens[2].kind == 0:
		return badFilter("UNEXPECTED_END_OF_INPUT", "The filter ends after %q.", operator)
	case tokens[2].kind != 's':
		return badFilter("RESTRICTION_COMPARABLE", "%q is not a quoted string.", tokens[2].text)
	}
	return nil
}

// restrict takes one restriction in and tells how many tokens it had.
func (s *selection) restrict(t *googleType, tokens []filterToken, first bool) (int, *googleRefusal) {
	if refused := structure(t, tokens); refused != nil {
		return 0, refused
	}
	form, refused := memberKind(t, tokens[0].text)
	if refused != nil {
		return 0, refused
	}
	civil := form != physicalMember
	if !first && civil != s.civil {
		return 0, badFilter("MIXED_TIME_RESTRICTIONS", "Physical and civil times cannot be mixed.")
	}
	s.civil = civil
	at, refused := parseLiteral(form, tokens[2].text)
	if refused != nil {
		return 0, refused
	}
	switch {
	case tokens[1].text == ">=" && (s.from.IsZero() || at.After(s.from)):
		s.from = at
	case tokens[1].text == "<" && (s.to.IsZero() || at.Before(s.to)):
		s.to = at
	}
	return 3, nil
}

func (s *selection) check() *googleRefusal {
	if !s.from.IsZero() && !s.to.IsZero() && !s.from.Before(s.to) {
		return invalidArgument("INVALID_TIME_RANGE", "The end must be later than the start.")
	}
	return nil
}

// memberForm is the form of literal that a member wants.
type memberForm int

const (
	physicalMember memberForm = iota
	civilMember
	dateMember
)

// filterMembers are the members by category, after the stem of the type.
var filterMembers = map[category]map[string]memberForm{
	interval:   {"interval.start_time": physicalMember, "interval.civil_start_time": civilMember},
	sample:     {"sample_time.physical_time": physicalMember, "sample_time.civil_time": civilMember},
	daily:      {"date": dateMember},
	session:    {"interval.civil_start_time": civilMember},
	sleeping:   {"interval.end_time": physicalMember, "interval.civil_end_time": civilMember},
	ecgSession: {"interval.start_time": physicalMember},
}

func memberKind(t *googleType, name string) (memberForm, *googleRefusal) {
	stem, member, _ := strings.Cut(name, ".")
	if stem != t.stem {
		for _, other := range googleTypes {
			if stem == other.stem {
				return 0, badFilter("COLLECTION_MISMATCH", "%q belongs to another data type than %s.", name, t.id)
			}
		}
		return 0, badFilter("DATA_TYPE_RESTRICTION", "%q names no data type.", stem)
	}
	form, ok := filterMembers[t.category][member]
	if !ok {
		return 0, badFilter("DATA_TYPE_MEMBER", "The data type %s cannot be filtered by %q.", t.id, name)
	}
	return form, nil
}

var civilForms = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"}

// parseLiteral reads an instant with its zone, or a civil time without one.
func parseLiteral(form memberForm, s string) (time.Time, *googleRefusal) {
	malformed := invalidArgument("INVALID_FILTER_FORMAT", "%q has the wrong form.", s)
	switch form {
	case physicalMember:
		at, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return at, malformed
		}
		return at.UTC(), nil
	case dateMember:
		at, err := time.Parse(dateForm, s)
		if err != nil {
			return at, malformed
		}
		return at, nil
	}
	for _, layout := range civilForms {
		if at, err := time.Parse(layout, s); err == nil {
			return at, nil
		}
	}
	return time.Time{}, badFilter("CIVIL_DATE_TIME_FORMAT", "%q is not a civil time, which has no zone.", s)
}

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/influxdata/influxdb1-client/models"

	"fitvault/store/catalog"
)

// sides are the points of one person from both APIs.
type sides struct {
	t              *testing.T
	legacy, google map[string]models.Fields
	first, today   catalog.Day
	fields         map[string]map[string][2]bool // measurement and field: which side has it at all
	reasons        map[string]int                // how often each reason of a difference was met
	compared       int
}

// difference is a value that is not the same on both sides.
type difference struct {
	*sides
	key            string
	of, field      string // measurement and field
	at             time.Time
	legacy, google models.Fields // the points, nil where a side lacks one
	a, b           any           // the values, of legacy and google
}

// compare holds each side against the other, point by point and field by field: those fields
// that both have at all.
func (s *sides) compare() {
	s.t.Helper()
	present, met := presence(s.legacy, s.google), map[string]int{}
	keys := maps.Clone(s.legacy)
	maps.Copy(keys, s.google)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		for f, has := range present[measurement(key)] {
			a, b := s.legacy[key][f], s.google[key][f]
			switch {
			case !has[0] || !has[1] || a == nil && b == nil:
			case a == b:
				s.compared++
			default:
				d := difference{s, key, measurement(key), f, timeOf(s.t, key), s.legacy[key], s.google[key], a, b}
				s.differs(d, met)
			}
		}
	}
	s.t.Logf("%d values are equal; apart: %v", s.compared, met)
	for why, n := range met {
		s.reasons[why] += n
	}
	s.keep(present)
}

// differs counts a difference under its reason. One without a reason is an error, of which those
// of each field are told three times.
func (s *sides) differs(d difference, met map[string]int) {
	s.t.Helper()
	why := d.reason()
	if why == "" {
		why = "not: " + d.of + "." + d.field
		if met[why] < 3 {
			s.t.Errorf("%s: %s: legacy %v, google %v\n  %v\n  %v", d.key, d.field, d.a, d.b, d.legacy, d.google)
		}
	}
	met[why]++
}

// keep adds what sides have to what those before had.
func (s *sides) keep(present map[string]map[string][2]bool) {
	for m, fields := range present {
		if s.fields[m] == nil {
			s.fields[m] = map[string][2]bool{}
		}
		for f, has := range fields {
			before := s.fields[m][f]
			s.fields[m][f] = [2]bool{has[0] || before[0], has[1] || before[1]}
		}
	}
}

// presence tells, by measurement and field, which of two sides has it at all.
func presence(sides ...map[string]models.Fields) map[string]map[string][2]bool {
	out := map[string]map[string][2]bool{}
	for side, points := range sides {
		for key, fields := range points {
			m := measurement(key)
			if out[m] == nil {
				out[m] = map[string][2]bool{}
			}
			for f := range fields {
				has := out[m][f]
				has[side] = true
				out[m][f] = has
			}
		}
	}
	return out
}

func measurement(key string) string {
	m, _, _ := strings.Cut(key, ",")
	return m
}

// differencesTable lists the fields that only one of the sources has, for the README.
func differencesTable(fields map[string]map[string][2]bool) string {
	var b strings.Builder
	b.WriteString("| measurement | only from fitbit | only from google |\n|---|---|---|\n")
	for _, m := range slices.Sorted(maps.Keys(fields)) {
		var only [2][]string
		for _, f := range slices.Sorted(maps.Keys(fields[m])) {
			if has := fields[m][f]; !has[1] {
				only[0] = append(only[0], f)
			} else if !has[0] {
				only[1] = append(only[1], f)
			}
		}
		if only[0] != nil || only[1] != nil {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", m, strings.Join(only[0], ", "), strings.Join(only[1], ", "))
		}
	}
	return b.String()
}

package fetch_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

func TestPlanOfGuidedDays(t *testing.T) {
	gone := func(s *fetch.State) {
		s.Types[0] = guidedType()
		staged(s, "food", days("2026-11-12", "2026-11-12"), "2026-11-21 10:50", s.Synced)
		s.Coverage["food"][0].Elements = 3
		s.Guides = map[string]fetch.Guide{"food": {Read: []fetch.Covered{{Span: days("2026-11-09", "2026-11-22"), Answered: at("2026-11-22 09:00")}}}}
	}
	for _, tt := range []struct {
		name   string
		change func(*fetch.State)
		want   string
	}{
		{"doubted ten minutes ago", func(s *fetch.State) {
			gone(s)
			s.Doubtful = map[string][]fetch.Covered{"food": {{Span: days("2026-11-12", "2026-11-12"), Answered: at("2026-11-22 10:50")}}}
		}, ""},
		{"doubted an hour ago", func(s *fetch.State) {
			gone(s)
			s.Doubtful = map[string][]fetch.Covered{"food": {{Span: days("2026-11-12", "2026-11-12"), Answered: at("2026-11-22 10:00")}}}
		}, "food 2026-11-12"},
		{"entered after it was empty, and at rest", func(s *fetch.State) {
			gone(s)
			s.Coverage["food"][0].Elements = 0
			s.Coverage["food"][0].SettledTo = day("2026-11-13")
			g := s.Guides["food"]
			g.Days = map[catalog.Day]bool{day("2026-11-12"): true}
			s.Guides["food"] = g
		}, "food 2026-11-12"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newState()
			s.Scarce = true
			tt.change(&s)
			if diff := cmp.Diff(tt.want, plan(s)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

package main

import (
	"testing"

	"fitvault/store/catalog"
)

func TestNearest(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"wieght", "weight"}, {"slep", "sleep"}, {"heart", "heart_rate"}, {"floors_", "floors"}, {"tracker_daily.steps", "activity_tracker_daily.steps"},
		{"Sleep", "sleep"}, {"hydratoin", "hydration"}, {"dayly", "daily"},
	} {
		if got, ok := nearest(c.word, catalog.Words()); got != c.want || !ok {
			t.Errorf("nearest to %q: %q %v, want %q", c.word, got, ok, c.want)
		}
	}
	for _, word := range []string{"frobnicate", "x1y2z3", "größe"} {
		if got, ok := nearest(word, catalog.Words()); ok {
			t.Errorf("%q is taken for %q", word, got)
		}
	}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"acb", "abc", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3}} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("edits(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

package fetch

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/store/catalog"
)

func TestLackingTracks(t *testing.T) {
	ask := catalog.Ask{Path: "/v4/exercise/{id}:tcx"}
	const day = catalog.Day(100)
	at := func(minutes int) time.Time { return time.Unix(int64(minutes)*60, 0) }
	read := func(minutes int) []Covered {
		return []Covered{{Span: catalog.Span{From: day - 10, To: day + 10}, Answered: at(minutes)}}
	}
	for _, path := range []string{"/1/activities/{id}.tcx?includePartialTCX=true", "/4/{id}"} {
		queried := catalog.Ask{Path: path}
		if at := pathOf(queried, "b/c"); strings.Contains(at, "?") || idOf(queried, at) != "b/c" {
			t.Errorf("%s: the path of b/c is %s, and its id %q", path, at, idOf(queried, at))
		}
	}
	for _, c := range []struct {
		name string
		ids  []string
		read []Covered
		have held
		want []string
	}{
		{"nothing", nil, read(1), nil, nil},
		{"a new element", []string{"a"}, read(1), nil, []string{"a"}},
		{"staged", []string{"a"}, read(9), held{"/v4/exercise/a:tcx": at(2)}, nil},
		{"another element", []string{"a", "b"}, read(9), held{"/v4/exercise/a:tcx": at(2)}, []string{"a", "b"}},
		{"one that had no track any more", []string{"a"}, read(9), held{"/v4/exercise/a:tcx": {}}, nil},
		{"one of two is gone", []string{"a"}, read(9), held{"/v4/exercise/a:tcx": at(2), "/v4/exercise/b%2Fc:tcx": at(2)}, []string{"a"}},
		{"the only one is gone", nil, read(9), held{"/v4/exercise/b%2Fc:tcx": at(2)}, []string{"b/c"}},
		{"gone, and asked for again", nil, read(9), held{"/v4/exercise/b:tcx": {}}, nil},
		{"gone, and still given", nil, read(9), held{"/v4/exercise/b:tcx": at(10)}, nil},
		{"the elements do not read", nil, nil, held{"/v4/exercise/b:tcx": at(2)}, nil},
	} {
		got := listing{map[catalog.Day][]string{day: c.ids}, c.read}.lacking(ask, day, c.have)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: asks for %q, want %q", c.name, got, c.want)
		}
	}
}

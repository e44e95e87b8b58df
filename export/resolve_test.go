package export

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// offer is a claim of a window to the days [from, to), of which those before settled are,
// and those from unsynced on have not been heard of. Its source pads.
func offer(window int64, from, to, settled, unsynced catalog.Day) claim {
	return claim{piece: piece{Span: catalog.Span{From: from, To: to}, source: catalog.Fitbit, window: window}, settled: settled, unsynced: unsynced}
}

// honest is an offer of a source that does not pad.
func honest(window int64, from, to, settled, unsynced catalog.Day) claim {
	c := offer(window, from, to, settled, unsynced)
	c.source = catalog.Google
	return c
}

// shown writes pieces as window:from-to, half-open.
func shown(pieces []piece) string {
	var out []string
	for _, p := range pieces {
		out = append(out, fmt.Sprintf("%d:%d-%d", p.window, p.From, p.To))
	}
	return strings.Join(out, " ")
}

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		name    string
		worn    bool
		sources [][]claim // those preferred first
		want    string
	}{
		{"nothing", false, nil, ""},
		{"nothing of two", false, [][]claim{nil, nil}, ""},
		{"one source", false, [][]claim{{offer(1, 0, 5, 3, 5), offer(2, 5, 9, 0, 9)}}, "1:0-5 2:5-9"},
		{"a gap", false, [][]claim{{offer(1, 0, 2, 2, 2), offer(2, 6, 9, 9, 9)}}, "1:0-2 2:6-9"},
		{"a gap of one is the other's", false, [][]claim{{offer(1, 0, 2, 2, 2), offer(2, 6, 9, 9, 9)}, {offer(3, 1, 7, 7, 7)}}, "1:0-2 3:2-6 2:6-9"},
		{"among settled ones the preferred", false, [][]claim{{offer(1, 3, 6, 6, 6)}, {offer(2, 0, 9, 9, 9)}}, "2:0-3 1:3-6 2:6-9"},
		{"among open ones the preferred", false, [][]claim{{offer(1, 3, 6, 3, 6)}, {offer(2, 0, 9, 0, 9)}}, "2:0-3 1:3-6 2:6-9"},
		{"settled before preferred", false, [][]claim{{offer(1, 0, 9, 4, 9)}, {offer(2, 0, 9, 7, 9)}}, "1:0-4 2:4-7 1:7-9"},
		{"settled before the window", false, [][]claim{{offer(1, 5, 9, 2, 9)}, {offer(2, 0, 9, 9, 9)}}, "2:0-9"},
		{"settled beyond the window", false, [][]claim{{offer(1, 5, 9, 99, 9)}, {offer(2, 0, 12, 12, 12)}}, "2:0-5 1:5-9 2:9-12"},
		{"an older window on both sides of a newer", false, [][]claim{{offer(1, 0, 3, 9, 9), offer(2, 3, 4, 4, 4), offer(1, 4, 9, 9, 9)}}, "1:0-3 2:3-4 1:4-9"},
		{"the other does not cut what it does not win", false, [][]claim{{offer(1, 0, 9, 9, 9)}, {offer(2, 2, 4, 3, 4), offer(3, 5, 7, 7, 6)}}, "1:0-9"},
		{"an older window on both sides of a padded newer", true, [][]claim{{offer(1, 0, 3, 9, 9), offer(2, 3, 4, 4, 3), offer(1, 4, 9, 9, 9)}}, "1:0-3 1:4-9"},
		{"neighbours of one window stay one", false, [][]claim{{offer(1, 0, 9, 4, 7)}}, "1:0-9"},

		{"unheard of, none else", false, [][]claim{{offer(1, 0, 9, 0, 4)}}, "1:0-9"},
		{"unheard of: the other, though open", false, [][]claim{{offer(1, 0, 9, 2, 4)}, {offer(2, 0, 9, 0, 9)}}, "1:0-4 2:4-9"},
		{"unheard of by both: the preferred", false, [][]claim{{offer(1, 0, 9, 2, 4)}, {offer(2, 0, 9, 0, 6)}}, "1:0-4 2:4-6 1:6-9"},
		{"padded, none else", true, [][]claim{{offer(1, 0, 9, 2, 4)}}, "1:0-4"},
		{"padded, though it claims to be settled", true, [][]claim{{offer(1, 0, 9, 9, 4)}}, "1:0-4"},
		{"padded: the other's", true, [][]claim{{offer(1, 0, 9, 2, 4)}, {offer(2, 3, 9, 3, 9)}}, "1:0-4 2:4-9"},
		{"padded by both", true, [][]claim{{offer(1, 0, 9, 2, 4)}, {offer(2, 0, 9, 0, 6)}}, "1:0-4 2:4-6"},
		{"after the last sync, and no padding", true, [][]claim{{honest(1, 0, 9, 2, 4)}}, "1:0-9"},
		{"after the last sync, where the other pads", true, [][]claim{{offer(1, 0, 9, 2, 4)}, {honest(2, 3, 9, 0, 1)}}, "1:0-4 2:4-9"},
		{"padded from the first day on", true, [][]claim{{offer(1, 3, 9, 0, 1)}, {offer(2, 0, 9, 9, 9)}}, "2:0-9"},

		// The legacy API answered last on day 7, when the tracker had synced on day 6; the
		// other source is read from day 4 on.
		{"one source goes off, before the other settles", true, [][]claim{{offer(1, 0, 8, 5, 7)}, {offer(2, 4, 9, 5, 9)}}, "1:0-7 2:7-9"},
		{"one source goes off", true, [][]claim{{offer(1, 0, 8, 5, 7)}, {offer(2, 4, 20, 18, 20)}}, "1:0-5 2:5-20"},
		{"one source goes off, what a person logs", false, [][]claim{{offer(1, 0, 8, 0, 7)}, {offer(2, 4, 20, 13, 20)}}, "1:0-4 2:4-20"},

		{"three sources", true, [][]claim{
			{offer(1, 0, 4, 4, 4), offer(2, 8, 12, 8, 10)},
			{offer(3, 2, 10, 6, 10)},
			{offer(4, 0, 20, 9, 20)},
		}, "1:0-4 3:4-6 4:6-9 2:9-10 4:10-20"},
		{"three sources the other way round", true, [][]claim{
			{offer(4, 0, 20, 9, 20)},
			{offer(3, 2, 10, 6, 10)},
			{offer(1, 0, 4, 4, 4), offer(2, 8, 12, 8, 10)},
		}, "4:0-20"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shown(resolve(c.worn, c.sources)); got != c.want {
				t.Errorf("pieces %s\nwant   %s", got, c.want)
			}
		})
	}
}

// One day of many is chosen as it would be alone.
func TestResolveDayByDay(t *testing.T) {
	sources := [][]claim{
		{offer(1, 0, 4, 2, 3), offer(2, 5, 8, 7, 8), offer(1, 8, 12, 2, 3)},
		{offer(3, 1, 6, 3, 6), offer(4, 6, 11, 0, 9)},
		{offer(5, 3, 14, 13, 13)},
	}
	for _, worn := range []bool{false, true} {
		all := resolve(worn, sources)
		for d := range catalog.Day(15) {
			var day [][]claim
			for _, claims := range sources {
				var one []claim
				for _, c := range claims {
					if c.Span = c.Cut(catalog.Span{From: d, To: d + 1}); !c.Empty() {
						one = append(one, c)
					}
				}
				day = append(day, one)
			}
			want := resolve(worn, day)
			i := slices.IndexFunc(all, func(p piece) bool { return p.Holds(d) })
			if (i < 0) != (len(want) == 0) || i >= 0 && all[i].window != want[0].window {
				t.Errorf("worn %t, day %d: %s in %s", worn, d, shown(want), shown(all))
			}
		}
	}
}

func TestClaim(t *testing.T) {
	z, err := catalog.ParseZones([][2]string{{"2000-01-01", "Europe/Berlin"}}, func(e [2]string) (string, string) { return e[0], e[1] })
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		name     string
		synced   time.Time
		unsynced string
	}{
		{"no sync is known", time.Time{}, "2026-11-05"},
		{"in the evening of the 2nd", at("2026-11-02T19:00:00Z"), "2026-11-03"},
		{"at midnight, nothing of the 3rd", at("2026-11-02T23:00:00Z"), "2026-11-03"},
		{"a second later", at("2026-11-02T23:00:01Z"), "2026-11-04"},
		{"before all of it", at("2026-10-01T12:00:00Z"), "2026-10-02"},
	} {
		got, err := newClaim(store.Covered{From: "2026-11-01", To: "2026-11-05", Newest: 8,
			Window: store.Window{ID: 7, Synced: c.synced, SettledTo: "2026-11-02"}}, catalog.Google, nil, false, z)
		if err != nil {
			t.Fatal(err)
		}
		if got.unsynced.String() != c.unsynced || got.settled.String() != "2026-11-02" || got.Span.String() != "2026-11-01..2026-11-04" ||
			got.source != catalog.Google || got.window != 7 || got.newest != 8 {
			t.Errorf("%s: %+v, unsynced from %v, want %s", c.name, got, got.unsynced, c.unsynced)
		}
	}
}

func TestRanked(t *testing.T) {
	all := []catalog.Source{"a", "b", "c"}
	for _, c := range []struct{ prefer, want []catalog.Source }{
		{nil, all},
		{[]catalog.Source{"b"}, []catalog.Source{"b", "a", "c"}},
		{[]catalog.Source{"c", "b", "a"}, []catalog.Source{"c", "b", "a"}},
	} {
		if got := ranked(c.prefer, all); !slices.Equal(got, c.want) {
			t.Errorf("ranked(%v) = %v, want %v", c.prefer, got, c.want)
		}
	}
}

// Pieces are looked up by the order of their ends, which holds for ranges and for
// snapshots, but not for both together.
func TestATypeIsASnapshotEverywhereOrNowhere(t *testing.T) {
	for _, typ := range catalog.Types() {
		kinds := map[bool]bool{}
		for _, s := range catalog.APIs() {
			if o := typ.Origin(s); o != nil && o.Read != nil {
				kinds[snapshot(typ.StagedAs(o), s)] = true
			}
		}
		if len(kinds) > 1 {
			t.Errorf("%s is a snapshot of one source and a range of another", typ.Name)
		}
	}
}

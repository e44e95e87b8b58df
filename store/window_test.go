package store_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/store"
)

// days is the naive model of coverage: the window that is the truth for each day.
type days [60]int64

// MustCover reads coverage as days by type, and demands that it is disjoint, ordered, and
// without empty ranges.
func MustCover(tb testing.TB, s *store.Store) map[string]days {
	tb.Helper()
	all, err := s.Coverage(tb.Context(), "fitbit")
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string]days{}
	for typ, ranges := range all {
		var got days
		end := ""
		for _, c := range ranges {
			if c.From < end || c.To <= c.From {
				tb.Fatalf("range %s..%s after one that ends on %s", c.From, c.To, end)
			}
			if c.Newest == 0 || c.Window.State != store.Complete || c.Window.Type != typ {
				tb.Fatalf("range %s..%s: newest response %d of window %+v", c.From, c.To, c.Newest, c.Window)
			}
			end = c.To
			for i := range got {
				if c.From <= day(i) && day(i) < c.To {
					got[i] = c.Window.ID
				}
			}
		}
		out[typ] = got
	}
	return out
}

// TestStageCoverage holds coverage to the naive model over random histories.
func TestStageCoverage(t *testing.T) {
	t.Parallel()
	states := []store.State{store.Complete, store.Complete, store.Complete, store.Partial, store.Doubtful, store.Refused, store.Unread}
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 1))
			s := MustOpen(t)
			run := MustRun(t, s)
			model := map[string]days{}
			for n := range 60 {
				typ := []string{"steps", "sleep"}[rnd.IntN(2)]
				from := rnd.IntN(59)
				to := from + 1 + rnd.IntN(60-from)
				p := newPage(run, typ, day(from), day(to), string(randomBody(rnd)))
				p.Error = "odd"
				for ; rnd.IntN(4) == 0; p.Number++ { // a window of several pages claims with the last one
					p.Window.State = store.Partial
					p.Window.ID = MustStage(t, s, p)
				}
				p.Window.State = states[rnd.IntN(len(states))]
				if rnd.IntN(3) == 0 {
					from += rnd.IntN(to - from)
					p.CoverFrom = day(from)
				}
				if rnd.IntN(3) == 0 {
					to = from + 1 + rnd.IntN(to-from)
					p.CoverTo = day(to)
				}
				id := MustStage(t, s, p)
				if p.Window.State == store.Complete {
					want := model[typ]
					for i := from; i < to; i++ {
						want[i] = id
					}
					model[typ] = want
				}
				if diff := cmp.Diff(model, MustCover(t, s)); diff != "" {
					t.Fatalf("after %d windows, coverage (-want +got):\n%s", n+1, diff)
				}
				if n%10 == 9 {
					MustVerify(t, s)
				}
			}
		})
	}
}

func TestStagePages(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	want := store.Window{
		Source: "google", Type: "heart_rate", From: day(0), To: day(2), State: store.Complete, AskVersion: 3, Elements: 7,
		Asked: noon, Answered: noon.Add(2 * time.Minute), Synced: noon.Add(-time.Hour), SettledTo: day(1),
	}
	p := newPage(run, "heart_rate", day(0), day(2), "")
	p.Window = want
	p.Window.SettledTo = day(0)
	bodies := []store.Body{{"/1?pageToken=", []byte("first")}, {"/1?pageToken=b", []byte("first")}, {"/1?pageToken=c", []byte("last")}}
	for i, elements := range []int{2, 4, 1} {
		if all, err := s.Coverage(t.Context(), "google"); err != nil || len(all) > 0 {
			t.Fatalf("coverage before page %d = %v, %v", i, all, err)
		}
		p.Number, p.Path, p.Body, p.Window.Elements = i, bodies[i].Path, bodies[i].Data, elements
		p.Fetched = noon.Add(time.Duration(i) * time.Minute)
		if p.Window.State = store.Partial; i == 2 {
			p.Window.State, p.Window.SettledTo = store.Complete, day(1)
		}
		p.Window.ID = MustStage(t, s, p)
	}
	want.ID = p.Window.ID
	all, err := s.Coverage(t.Context(), "google")
	if err != nil {
		t.Fatal(err)
	}
	covered := map[string][]store.Covered{"heart_rate": {{From: day(0), To: day(2), Window: want, Newest: 3}}}
	if diff := cmp.Diff(covered, all); diff != "" {
		t.Errorf("coverage (-want +got):\n%s", diff)
	}
	if got, err := s.Bodies(t.Context(), want.ID); err != nil || !reflect.DeepEqual(got, bodies) {
		t.Errorf("bodies = %q, %v", got, err)
	}
	if c := MustVerify(t, s); c.Bodies != 2 || c.Bytes != 9 || c.Windows != 1 {
		t.Errorf("check = %+v, want 2 bodies of 9 bytes in 1 window", c)
	}
}

func TestStageBodies(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	rnd := rand.New(rand.NewPCG(1, 1))
	noise := make([]byte, 100_000)
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	bodies := []string{"", "x", "{}", `{"activities-steps":[]}`, "\x00\xff\xfe", strings.Repeat("{\"value\":71}", 10_000), string(noise)}
	for n, want := range bodies {
		for range 2 { // equal answers are stored once
			id := MustStage(t, s, newPage(run, "steps", day(n), day(n+1), want))
			got, err := s.Bodies(t.Context(), id)
			if err != nil || len(got) != 1 || string(got[0].Data) != want {
				t.Errorf("bodies of window %d = %.40q, %v, want %.40q", id, got, err, want)
			}
		}
		if got, err := s.Body(t.Context(), int64(2*n+1)); err != nil || string(got.Data) != want {
			t.Errorf("body of response %d = %.40q, %v, want %.40q", 2*n+1, got, err, want)
		}
	}
	if c := MustVerify(t, s); c.Bodies != len(bodies) || c.Windows != 2*len(bodies) || c.Dropped != 0 {
		t.Errorf("check = %+v, want %d bodies", c, len(bodies))
	}
	db := mustRaw(t, s.Path())
	defer db.Close()
	got := column(t, db, "SELECT size || ' ' || encoding || ' ' || CASE WHEN length(data) < size THEN 'less' ELSE length(data) END FROM bodies ORDER BY id")
	want := []string{"0 identity 0", "1 identity 1", "2 identity 2", "23 identity 23", "3 identity 3", "120000 zstd less", "100000 identity 100000"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stored forms (-want +got):\n%s", diff)
	}
}

// TestResponsesImmutable goes past the package, as a mistaken migration would.
func TestResponsesImmutable(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	MustStage(t, s, newPage(MustRun(t, s), "steps", day(0), day(1), "body"))
	db := mustRaw(t, s.Path())
	defer db.Close()
	for _, q := range []string{"UPDATE responses SET status = 500", "DELETE FROM responses", "UPDATE responses SET sha256 = sha256"} {
		if _, err := db.Exec(q); err == nil || !strings.Contains(err.Error(), "responses are") {
			t.Errorf("%s: %v, want a refusal", q, err)
		}
	}
}

// TestStageIsAtomic fails each statement of a Stage in turn.
func TestStageIsAtomic(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	MustStage(t, s, newPage(run, "steps", day(0), day(9), "before"))
	p := newPage(run, "steps", day(2), day(4), "page 0")
	p.Window.State = store.Partial
	partial := MustStage(t, s, p)
	odd := newPage(run, "steps", day(2), day(4), "odd")
	odd.Window.State, odd.Error = store.Unread, "odd"
	MustStage(t, s, odd)
	before := dump(t, s.Path())
	for _, deed := range []string{"UPDATE ON windows", "INSERT ON bodies", "INSERT ON responses", "INSERT ON coverage", "DELETE ON coverage", "UPDATE ON coverage", "UPDATE ON rejects"} {
		table := deed[strings.LastIndex(deed, " ")+1:]
		MustExec(t, s.Path(), "CREATE TRIGGER broken AFTER "+deed+" BEGIN SELECT RAISE(FAIL, 'broken "+table+"'); END")
		p := newPage(run, "steps", day(2), day(4), "page 1")
		p.Window.ID, p.Number = partial, 1
		if deed == "DELETE ON coverage" {
			p.Window.ID, p.Number, p.Window.From, p.Window.To = 0, 0, day(0), day(10)
		}
		_, err := s.Stage(t.Context(), p)
		if err == nil || !strings.Contains(err.Error(), "broken "+table) {
			t.Errorf("%s: error = %v", deed, err)
		}
		MustExec(t, s.Path(), "DROP TRIGGER broken")
		if diff := cmp.Diff(before, dump(t, s.Path())); diff != "" {
			t.Errorf("%s left something (-before +after):\n%s", deed, diff)
		}
	}
	p = newPage(run, "steps", day(2), day(4), "page 1")
	p.Window.ID, p.Number = partial, 1
	MustStage(t, s, p)
	MustVerify(t, s)
}

func TestStageRefuses(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	p := newPage(run, "steps", day(0), day(9), "body")
	whole := MustStage(t, s, p)
	p.Window.State = store.Partial
	partial := MustStage(t, s, p)
	before := dump(t, s.Path())
	for name, change := range map[string]func(*store.Page){
		"a page for a complete window":      func(p *store.Page) { p.Window.ID, p.Number = whole, 1 },
		"a page for no window":              func(p *store.Page) { p.Window.ID, p.Number = 99, 1 },
		"the same page again":               func(p *store.Page) { p.Window.ID, p.Number = partial, 0 },
		"a page for a window of other days": func(p *store.Page) { p.Window.ID, p.Number, p.Window.To = partial, 1, day(8) },
		"a page for a window of other type": func(p *store.Page) { p.Window.ID, p.Number, p.Window.Type = partial, 1, "sleep" },
		"no run":                            func(p *store.Page) { p.Run = 99 },
		"an empty window":                   func(p *store.Page) { p.Window.To = p.Window.From },
		"a date of another form":            func(p *store.Page) { p.Window.From = "2024-1-1" },
		"an end of another form":            func(p *store.Page) { p.Window.To = "tomorrow" },
		"an unknown state":                  func(p *store.Page) { p.Window.State = "fine" },
		"an empty claim":                    func(p *store.Page) { p.CoverFrom, p.CoverTo = day(3), day(3) },
		"a claim before the window":         func(p *store.Page) { p.CoverFrom = day(-1) },
		"a claim after the window":          func(p *store.Page) { p.CoverTo = day(10) },
	} {
		p := newPage(run, "steps", day(0), day(9), name)
		change(&p)
		if id, err := s.Stage(t.Context(), p); err == nil || id != 0 {
			t.Errorf("%s: window %d, %v, want an error", name, id, err)
		} else if !strings.HasPrefix(err.Error(), "stage "+p.Window.Type+" ") {
			t.Errorf("%s: error %q does not say what was staged", name, err)
		}
	}
	if diff := cmp.Diff(before, dump(t, s.Path())); diff != "" {
		t.Errorf("something was left (-before +after):\n%s", diff)
	}
}

func TestWindows(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	ids := map[store.State][]int64{}
	for n, state := range []store.State{store.Doubtful, store.Complete, store.Refused, store.Doubtful, store.Partial, store.Unread} {
		p := newPage(run, "steps", day(n), day(n+1), "body")
		p.Window.State = state
		ids[state] = append(ids[state], MustStage(t, s, p))
	}
	for state, want := range ids {
		all, err := s.Windows(t.Context(), "fitbit", state)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, w := range all {
			if w.State != state || !w.Synced.IsZero() || !w.Answered.Equal(noon) {
				t.Errorf("window = %+v", w)
			}
			got = append(got, w.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", state, diff)
		}
	}
	if all, err := s.Windows(t.Context(), "google", store.Doubtful); err != nil || len(all) > 0 {
		t.Errorf("windows of another source = %v, %v", all, err)
	}
}

func TestSnapshots(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	for n, state := range []store.State{store.Complete, store.Unread, store.Complete} {
		p := newPage(run, "devices", day(0), day(1), fmt.Sprint("reading ", n))
		p.Window.State = state
		MustStage(t, s, p)
	}
	all, err := s.Snapshots(t.Context(), "fitbit", "devices")
	if err != nil || len(all) != 2 || all[0].Window.ID != 1 || all[1].Window.ID != 3 || all[1].Newest != 3 || all[1].From != day(0) || all[1].To != day(1) {
		t.Errorf("snapshots = %+v, %v, want windows 1 and 3", all, err)
	}
}

package fetch

import (
	"path/filepath"
	"testing"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// A doubt about days that no later answer speaks for stays, beside days for which it ended.
func TestADoubtEndsDayByDay(t *testing.T) {
	ctx := t.Context()
	st, err := store.Open(ctx, filepath.Join(t.TempDir(), "vault.db"), store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	run, err := st.BeginRun(ctx, "fetch", "test")
	if err != nil {
		t.Fatal(err)
	}
	stage := func(from, to string, state store.State, answered time.Time) {
		t.Helper()
		w := store.Window{Source: "fitbit", Type: "sleep", From: from, To: to, SettledTo: to, State: state, Asked: answered}
		if _, err := st.Stage(ctx, store.Page{Window: w, CoverFrom: from, CoverTo: to, Run: run, Body: []byte("{}"), Fetched: answered}); err != nil {
			t.Fatal(err)
		}
	}
	doubts := func() []string {
		t.Helper()
		s := State{Source: catalog.Fitbit}
		if err := s.stock(ctx, st); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range s.Doubtful["sleep"] {
			if !c.Answered.Equal(noon.Add(time.Hour)) {
				t.Errorf("doubted at %v", c.Answered)
			}
			out = append(out, c.Span.String())
		}
		return out
	}
	stage("2026-11-01", "2026-11-20", store.Complete, noon)
	stage("2026-11-10", "2026-11-16", store.Doubtful, noon.Add(time.Hour))
	want := func(name string, want ...string) {
		t.Helper()
		if got := doubts(); len(got) != len(want) || len(want) > 0 && (got[0] != want[0] || got[len(got)-1] != want[len(want)-1]) {
			t.Errorf("%s: doubted are %v, want %v", name, got, want)
		}
	}
	want("at first", "2026-11-10..2026-11-15")
	stage("2026-11-12", "2026-11-14", store.Complete, noon.Add(3*time.Hour))
	want("two days were answered since", "2026-11-10..2026-11-11", "2026-11-14..2026-11-15")
	stage("2026-11-05", "2026-11-12", store.Complete, noon.Add(4*time.Hour))
	want("and more", "2026-11-14..2026-11-15")
	stage("2026-11-14", "2026-11-17", store.Complete, noon.Add(5*time.Hour))
	want("all were")
}

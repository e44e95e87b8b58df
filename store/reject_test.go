package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fitvault/store"
)

// MustRejects returns the open rejects.
func MustRejects(tb testing.TB, s *store.Store) []store.Reject {
	tb.Helper()
	all, err := s.Rejects(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func unread(run int64, from, to, why string, at time.Time) store.Page {
	p := newPage(run, "sleep", from, to, "<html>")
	p.Window.State, p.Error, p.Fetched = store.Unread, why, at
	return p
}

// TestRejectOfFetch: a question whose answer does not read is one reject, however often
// it is asked.
func TestRejectOfFetch(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	MustStage(t, s, unread(run, day(0), day(2), "not JSON", noon))
	MustStage(t, s, unread(run, day(0), day(2), "not JSON", noon.Add(time.Hour)))
	last := MustStage(t, s, unread(run, day(0), day(2), "not JSON", noon.Add(2*time.Hour)))
	other := MustStage(t, s, unread(run, day(4), day(6), "not JSON", noon))
	want := []store.Reject{
		{ID: 1, Stage: "fetch", Source: "fitbit", Type: "sleep", Window: last, Error: "not JSON", Tries: 3, First: noon, Last: noon.Add(2 * time.Hour)},
		{ID: 2, Stage: "fetch", Source: "fitbit", Type: "sleep", Window: other, Error: "not JSON", Tries: 1, First: noon, Last: noon},
	}
	if diff := cmp.Diff(want, MustRejects(t, s)); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}

	MustStage(t, s, newPage(run, "steps", day(0), day(9), "another type"))
	MustStage(t, s, newPage(run, "sleep", day(1), day(5), "part of both"))
	p := newPage(run, "sleep", day(0), day(2), "cut short")
	p.CoverTo = day(1)
	MustStage(t, s, p)
	p = newPage(run, "sleep", day(0), day(2), "")
	p.Window.State = store.Doubtful
	MustStage(t, s, p)
	if diff := cmp.Diff(want, MustRejects(t, s)); diff != "" {
		t.Errorf("rejects that nothing mended (-want +got):\n%s", diff)
	}
	MustStage(t, s, newPage(run, "sleep", day(0), day(3), "mends the first"))
	if diff := cmp.Diff(want[1:], MustRejects(t, s)); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	if got := len(dump(t, s.Path())["rejects"]); got != 2 {
		t.Errorf("%d rows, want 2: what was mended is kept", got)
	}

	MustStage(t, s, unread(run, day(0), day(2), "not JSON", noon))
	if got := MustRejects(t, s); len(got) != 2 || got[1].Tries != 1 {
		t.Errorf("rejects = %+v, want a new one", got)
	}
}

func TestRejectOfExport(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	window := MustStage(t, s, newPage(MustRun(t, s), "sleep", day(0), day(2), "body"))
	var targets []int64
	for _, name := range []string{"a", "b"} {
		target, err := s.UseTarget(t.Context(), "http://localhost:8086", name, "native")
		if err != nil {
			t.Fatal(err)
		}
		targets = append(targets, target.ID)
	}
	read := store.Reject{Stage: "read", Source: "fitbit", Type: "sleep", Window: window, Target: targets[0], Error: "odd level"}
	line := store.Reject{Stage: "write", Type: "sleep", Target: targets[1], Error: "field type conflict"}
	began := time.Now()
	for _, r := range []store.Reject{read, line, read} {
		if err := s.Reject(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	read.ID, read.Tries, line.ID, line.Tries = 1, 2, 2, 1
	got := MustRejects(t, s)
	if diff := cmp.Diff([]store.Reject{read, line}, got, cmpopts.IgnoreFields(store.Reject{}, "First", "Last")); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	if got[0].First.Before(began.Add(-time.Second)) || got[0].Last.Before(got[0].First) {
		t.Errorf("met from %s to %s", got[0].First, got[0].Last)
	}

	for _, tt := range []struct {
		name   string
		target int64
		before time.Time
		want   int
	}{
		{"an export that met it again", targets[0], got[0].Last, 2},
		{"an export that did not", targets[0], got[0].Last.Add(time.Millisecond), 1},
		{"an export to the other target", targets[1], time.Now().Add(time.Hour), 0},
	} {
		if err := s.ResolveRejects(t.Context(), tt.target, tt.before); err != nil {
			t.Fatal(err)
		}
		if got := MustRejects(t, s); len(got) != tt.want {
			t.Errorf("after %s: rejects = %+v, want %d", tt.name, got, tt.want)
		}
	}
	if err := s.Reject(t.Context(), store.Reject{Stage: "guess", Type: "sleep"}); err == nil {
		t.Error("a reject of an unknown stage is recorded")
	}
}

// TestResolveRejectsLeavesFetch: an export mends no answer.
func TestResolveRejectsLeavesFetch(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	target, err := s.UseTarget(t.Context(), "a", "b", "native")
	if err != nil {
		t.Fatal(err)
	}
	MustStage(t, s, unread(MustRun(t, s), day(0), day(2), "not JSON", noon))
	if err := s.ResolveRejects(t.Context(), target.ID, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := MustRejects(t, s); len(got) != 1 {
		t.Errorf("rejects = %+v, want the one of the fetch", got)
	}
}

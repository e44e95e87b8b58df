package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fitvault/store"
)

func TestTargets(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	var ids []int64
	for _, name := range []string{"one", "two", "one"} {
		target, err := s.UseTarget(t.Context(), "http://localhost:8086", name, "native")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, target.ID)
	}
	if ids[0] != ids[2] || ids[0] == ids[1] {
		t.Fatalf("targets = %d, want the first again", ids)
	}
	unit := func(measurement string, n, points int, newest int64) store.Exported {
		return store.Exported{Measurement: measurement, From: day(n), To: day(n + 1), Inputs: []byte("in"), Digest: []byte("digest"),
			Keys: []byte{0, 1, 2}, Points: points, NewestResponse: newest, MappingVersion: 4}
	}
	again := unit("steps", 0, 7, 9)
	empty := store.Exported{Measurement: "sleep", From: day(0), To: day(31)} // to be computed again
	for _, units := range [][]store.Exported{{unit("steps", 0, 5, 3), unit("steps", 1, 6, 2)}, {again, empty}, nil} {
		if err := s.Remember(t.Context(), ids[0], units); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Remember(t.Context(), ids[1], []store.Exported{unit("steps", 5, 1, 1)}); err != nil {
		t.Fatal(err)
	}
	if err := s.FinishExport(t.Context(), ids[0], noon); err != nil {
		t.Fatal(err)
	}
	keyed := func(e store.Exported) store.Exported {
		e.Keyed, e.Keys = true, nil
		return e
	}
	second := keyed(unit("steps", 1, 6, 2))
	second.Digest = []byte("another") // noted without the keys, which stay
	if err := s.Remember(t.Context(), ids[0], []store.Exported{second}); err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]store.Exported{
		"steps": {day(0): keyed(again), day(1): second},
		"sleep": {day(0): empty},
	}
	for from, want := range map[string]string{day(0): "\x00\x01\x02", day(1): "\x00\x01\x02", day(9): ""} {
		if got, err := s.ExportedKeys(t.Context(), ids[0], "steps", from); err != nil || string(got) != want {
			t.Errorf("keys of %s = %q, %v, want %q", from, got, err, want)
		}
	}
	got, err := s.Exported(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("exported (-want +got):\n%s", diff)
	}
	targets := []store.Target{
		{ID: ids[0], Address: "http://localhost:8086", Database: "one", Schema: "native", LastExport: noon, Units: 3, Points: 13, Newest: 9},
		{ID: ids[1], Address: "http://localhost:8086", Database: "two", Schema: "native", Units: 1, Points: 1, Newest: 1},
	}
	if got, err := s.Targets(t.Context()); err != nil {
		t.Fatal(err)
	} else if diff := cmp.Diff(targets, got); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
	if got, err := s.UseTarget(t.Context(), "http://localhost:8086", "one", "native"); err != nil || !got.LastExport.Equal(noon) {
		t.Errorf("target = %+v, %v, want the last export", got, err)
	}

	if err := s.Forget(t.Context(), ids[0]); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[int64]int{ids[0]: 0, ids[1]: 1} {
		if got, err := s.Exported(t.Context(), id); err != nil || len(got) != want {
			t.Errorf("exported to %d = %v, %v, want %d measurements", id, got, err, want)
		}
	}
}

// TestRememberIsAtomic: one unit that cannot be remembered leaves none.
func TestRememberIsAtomic(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	target, err := s.UseTarget(t.Context(), "a", "b", "native")
	if err != nil {
		t.Fatal(err)
	}
	MustExec(t, s.Path(), "CREATE TRIGGER broken BEFORE INSERT ON exported WHEN new.points = 2 BEGIN SELECT RAISE(FAIL, 'broken'); END")
	if err := s.Remember(t.Context(), target.ID, []store.Exported{{Measurement: "a", From: day(0), To: day(1), Points: 1}, {Measurement: "b", From: day(0), To: day(1), Points: 2}}); err == nil {
		t.Fatal("no error")
	}
	if got, err := s.Exported(t.Context(), target.ID); err != nil || len(got) > 0 {
		t.Errorf("exported = %v, %v, want none", got, err)
	}
}

func TestSameAddress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"http://localhost:8086", "http://127.0.0.1:8086", true},
		{"http://[::1]:8086/x", "http://localhost:8086/x", true},
		{"http://db:8086", "http://db:8086", true},
		{"http://localhost:8086", "http://localhost:8087", false},
		{"http://localhost:8086", "https://localhost:8086", false},
		{"http://localhost:8086", "http://localhost:8086/x", false},
		{"http://127.0.0.1:8086", "http://127.0.0.2:8086", false},
		{"http://localhost:8086", "http://localhost.example:8086", false},
	} {
		if got := store.SameAddress(tt.a, tt.b); got != tt.same {
			t.Errorf("%s and %s: %v", tt.a, tt.b, got)
		}
	}
}

// TestDropTarget: all memory of a target goes, and what it refused is kept as mended.
func TestDropTarget(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	var ids []int64
	for _, database := range []string{"one", "two"} {
		target, err := s.UseTarget(t.Context(), "http://localhost:8086", database, "native")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, target.ID)
		if err := s.Remember(t.Context(), target.ID, []store.Exported{{Measurement: "sleep", From: day(0), To: day(1)}}); err != nil {
			t.Fatal(err)
		}
		if err := s.Reject(t.Context(), store.Reject{Stage: "write", Type: "sleep", Target: target.ID, Error: "refused"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.DropTarget(t.Context(), ids[0]); err != nil {
		t.Fatal(err)
	}
	all, err := s.Targets(t.Context())
	if err != nil || len(all) != 1 || all[0].ID != ids[1] || all[0].Units != 1 {
		t.Errorf("targets = %+v, %v", all, err)
	}
	rejects, err := s.Rejects(t.Context())
	if err != nil || len(rejects) != 1 || rejects[0].Target != ids[1] {
		t.Errorf("rejects = %+v, %v", rejects, err)
	}
	if held, err := s.Exported(t.Context(), ids[0]); err != nil || len(held) > 0 {
		t.Errorf("it is remembered: %v, %v", held, err)
	}
}

package store_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/store"
)

func TestQuota(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	for _, want := range []store.Quota{
		{}, {Limit: 150, Used: 149, Reset: noon, Greeted: 2}, {Limit: 150, Used: 1}, {Used: 3, Reset: noon.Add(time.Millisecond)},
	} {
		if want != (store.Quota{}) {
			if err := s.SaveQuota(t.Context(), "fitbit", want); err != nil {
				t.Fatal(err)
			}
		}
		for _, reader := range []*store.Store{s, MustOpenPath(t, s.Path(), store.Options{})} {
			if got, err := reader.Quota(t.Context(), "fitbit"); err != nil || got != want {
				t.Errorf("quota = %+v, %v, want %+v", got, err, want)
			}
		}
	}
	if got, err := s.Quota(t.Context(), "google"); err != nil || got != (store.Quota{}) {
		t.Errorf("quota of another source = %+v, %v", got, err)
	}
}

func TestZones(t *testing.T) {
	t.Parallel()
	e := func(from, how, zone string) store.ZoneEntry { return store.ZoneEntry{From: from, How: how, Zone: zone} }
	for name, tt := range map[string]struct{ note, want []store.ZoneEntry }{
		"none": {nil, nil},
		"the same adds nothing": {
			[]store.ZoneEntry{e(day(1), store.ByProfile, "A"), e(day(2), store.ByProfile, "A"), e(day(1), store.ByProfile, "A")},
			[]store.ZoneEntry{e(day(1), store.ByProfile, "A")}},
		"there and back": {
			[]store.ZoneEntry{e(day(1), store.ByProfile, "A"), e(day(2), store.ByProfile, "B"), e(day(3), store.ByProfile, "A")},
			[]store.ZoneEntry{e(day(1), store.ByProfile, "A"), e(day(2), store.ByProfile, "B"), e(day(3), store.ByProfile, "A")}},
		"noted out of order": {
			[]store.ZoneEntry{e(day(5), store.ByHand, "B"), e(day(1), store.ByHand, "A")},
			[]store.ZoneEntry{e(day(1), store.ByHand, "A"), e(day(5), store.ByHand, "B")}},
		"known from an earlier date on": {
			[]store.ZoneEntry{e(day(5), store.ByHand, "A"), e(day(1), store.ByHand, "A")},
			[]store.ZoneEntry{e(day(1), store.ByHand, "A")}},
		"corrected": {
			[]store.ZoneEntry{e(day(1), store.ByHand, "A"), e(day(1), store.ByHand, "B")},
			[]store.ZoneEntry{e(day(1), store.ByHand, "B")}},
		"the better known wins": {
			[]store.ZoneEntry{e(day(5), store.ByHand, "H"), e(day(4), store.ByData, "D"), e(day(3), store.ByProfile, "P"),
				e(day(2), store.ByArchive, "A"), e(day(1), store.BySetting, "S"), e(day(6), store.ByProfile, "P2"), e(day(7), store.BySetting, "S2")},
			[]store.ZoneEntry{e(day(1), store.BySetting, "S"), e(day(2), store.ByArchive, "A"), e(day(3), store.ByProfile, "P"),
				e(day(4), store.ByData, "D"), e(day(5), store.ByHand, "H")}},
		"on one date": {
			[]store.ZoneEntry{e(day(1), store.ByHand, "H"), e(day(1), store.BySetting, "S"), e(day(1), store.ByProfile, "P")},
			[]store.ZoneEntry{e("0001-01-01", store.ByProfile, "P"), e(day(1), store.ByHand, "H")}},
		"the first one holds before it": { // whoever reads the history takes the first entry for all dates before it
			[]store.ZoneEntry{e(day(9), store.ByProfile, "P"), e(day(5), store.BySetting, "S")},
			[]store.ZoneEntry{e(day(5), store.BySetting, "S"), e(day(9), store.ByProfile, "P")}},
	} {
		t.Run(name, func(t *testing.T) {
			s := MustOpen(t)
			for _, z := range tt.note {
				if err := s.NoteZone(t.Context(), z); err != nil {
					t.Fatal(err)
				}
			}
			got, err := s.Zones(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("zones (-want +got):\n%s", diff)
			}
		})
	}
	if err := MustOpen(t).NoteZone(t.Context(), e(day(1), "guess", "A")); err == nil {
		t.Error("an unknown way of knowing is noted")
	}
}

func TestNoteZoneDedupes(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	for n, zone := range []string{"A", "A", "B", "B", "B", "A"} {
		if err := s.NoteZone(t.Context(), store.ZoneEntry{From: day(n), How: store.ByProfile, Zone: zone}); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(dump(t, s.Path())["zones"]); got != 3 {
		t.Errorf("%d rows, want 3", got)
	}
}

func TestUnavailable(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	first := store.Unavailable{Source: "fitbit", Type: "ecg", Kind: store.Denied, Reason: "no scope", AskVersion: 1, Since: noon, Retry: noon.Add(7 * 24 * time.Hour)}
	again := store.Unavailable{Source: "fitbit", Type: "ecg", Kind: store.NotServed, Reason: "bad", AskVersion: 2, Since: noon.Add(time.Hour), Retry: noon.Add(time.Hour)}
	kept := again
	kept.Since = first.Since
	for _, tt := range []struct{ set, want store.Unavailable }{{first, first}, {again, kept}} {
		if err := s.SetUnavailable(t.Context(), tt.set); err != nil {
			t.Fatal(err)
		}
		got, err := s.Unavailable(t.Context(), "fitbit")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]store.Unavailable{"ecg": tt.want}, got); diff != "" {
			t.Errorf("unavailable (-want +got):\n%s", diff)
		}
	}
	if got, err := s.Unavailable(t.Context(), "google"); err != nil || len(got) > 0 {
		t.Errorf("unavailable from another source = %v, %v", got, err)
	}
	if err := s.SetAvailable(t.Context(), "fitbit", "ecg"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Unavailable(t.Context(), "fitbit"); err != nil || len(got) > 0 {
		t.Errorf("unavailable = %v, %v, want none", got, err)
	}
}

func TestRuns(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	began := time.Now()
	var ids []int64
	for _, command := range []string{"fetch", "export", "import"} {
		id, err := s.BeginRun(t.Context(), command, "v1")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // an interrupted run is closed too
	tally := store.Tally{Requests: 1, Pages: 2, Bytes: 3, Points: 4}
	if err := s.EndRun(ctx, ids[1], "done", tally); err != nil {
		t.Fatal(err)
	}
	all, err := s.Runs(t.Context(), 2)
	if err != nil || len(all) != 2 || all[0].ID != ids[2] || all[1].ID != ids[1] {
		t.Fatalf("runs = %+v, %v, want the newest two", all, err)
	}
	host, _ := os.Hostname()
	for i, want := range []store.Run{{Command: "import"}, {Command: "export", Outcome: "done", Tally: tally}} {
		got := all[i]
		for _, at := range []time.Time{got.Started, got.Ended} {
			if !at.IsZero() && (at.Before(began.Add(-time.Second)) || at.After(time.Now())) {
				t.Errorf("run %d at %s", got.ID, at)
			}
		}
		if got.Started.IsZero() || got.Ended.IsZero() != (want.Outcome == "") {
			t.Errorf("run %d from %s to %s", got.ID, got.Started, got.Ended)
		}
		want.ID, want.Version, want.Host, want.PID, want.Started, want.Ended = got.ID, "v1", host, os.Getpid(), got.Started, got.Ended
		if got != want {
			t.Errorf("run = %+v, want %+v", got, want)
		}
	}
}

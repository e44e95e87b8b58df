package fetch

import (
	"slices"
	"testing"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// allOfGoogle is the state of a person all of whose types were just read, at noon.
func allOfGoogle(t *testing.T, synced time.Time, inferred bool) State {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC)
	s := State{Source: catalog.Google, Now: now, Synced: synced, Inferred: inferred,
		Zones: catalog.NewZones(catalog.ZoneSpan{Zone: berlin}), Coverage: map[string][]Covered{}}
	today := s.Zones.Today(now)
	s.Range = catalog.Span{From: today - 400, To: today + 1}
	for _, t := range wanted(catalog.Google, catalog.Types()) {
		s.add(t)
		w := store.Window{Asked: now.Add(-time.Minute), Synced: synced}
		c := Covered{Span: s.Range, Answered: w.Asked, Synced: synced}
		c.SettledTo = SettledTo(s.Zones, c.Span, t.Settle, s.settledBy(t, w))
		s.Coverage[t.Name] = []Covered{c}
	}
	return s
}

// What a round with nothing new costs, with every type of the Google Health API: beside
// what the plan says one call for the devices, one for an answer that tells of the person,
// and one for the evidence.
func TestTheCostOfARoundWithNothingNew(t *testing.T) {
	sync := time.Date(2026, 11, 22, 10, 45, 0, 0, time.UTC)
	for _, tt := range []struct {
		name     string
		synced   time.Time
		inferred bool
		besides  int
		most     int
	}{
		{"the devices tell their sync", sync, false, 2, 2},
		{"the data shows one", sync, true, 3, 20},
		{"the data shows an old one", sync.AddDate(0, -2, 0), true, 3, 20},
	} {
		s := allOfGoogle(t, tt.synced, tt.inferred)
		if len(s.Types) < 40 {
			t.Fatalf("only %d types", len(s.Types))
		}
		var names []string
		for _, w := range Plan(s) {
			names = append(names, w.Type.Name)
			if w.Days() > 8 { // the days before were read after they had come to rest
				t.Errorf("%s: %s is read again for %v", tt.name, w.Type.Name, w.Span)
			}
		}
		t.Logf("%s: %d calls of %d types, and %d besides: %v", tt.name, len(names), len(s.Types), tt.besides, names)
		if n := len(names) + tt.besides; n > tt.most {
			t.Errorf("%s: %d calls, %d are allowed", tt.name, n, tt.most)
		}
		if tt.inferred && (!slices.Contains(names, "sleep") || !slices.Contains(names, "weight") || !slices.Contains(names, "exercise")) {
			t.Errorf("%s: what needs no sync is missing: %v", tt.name, names)
		}
	}
	// Nor is it more when days have come to rest meanwhile.
	for _, later := range []time.Duration{13 * time.Hour, 37 * time.Hour} {
		s := allOfGoogle(t, sync, true)
		s.Now = s.Now.Add(later)
		s.Range.To = s.Zones.Today(s.Now) + 1
		if n := len(Plan(s)); n > 17 {
			t.Errorf("%v later: %d windows", later, n)
		}
	}
	// A sync that the data shows for the first time asks for what is worn too.
	s := allOfGoogle(t, sync, true)
	s.Synced = sync.Add(time.Minute)
	if n := len(Plan(s)); n < 35 {
		t.Errorf("after a sync only %d windows", n)
	}
}

func TestInfer(t *testing.T) {
	sync := time.Date(2026, 11, 22, 10, 45, 0, 0, time.UTC)
	steps, ok := evidenceType(catalog.Google)
	if !ok {
		t.Fatal("no type is evidence")
	}
	if _, ok := evidenceType(catalog.Fitbit); ok {
		t.Error("the legacy Web API tells syncs, and has evidence")
	}
	covered := map[string][]Covered{steps.Name: {{Synced: sync}, {Synced: sync.Add(-time.Hour)}, {}}, "weight": {{Synced: sync.Add(time.Hour)}}}
	for _, tt := range []struct {
		name string
		s    State
		want time.Time
		inf  bool
	}{
		{"nothing is known", State{Source: catalog.Google}, time.Time{}, false},
		{"the newest that was seen", State{Source: catalog.Google, Coverage: covered}, sync, true},
		{"a device tells one", State{Source: catalog.Google, Coverage: covered, Synced: sync.AddDate(0, 0, -1)}, sync.AddDate(0, 0, -1), false},
		{"a newer one was seen", State{Source: catalog.Google, Coverage: covered, Synced: sync.Add(-time.Minute), Inferred: true}, sync, true},
		{"another source", State{Source: catalog.Fitbit, Coverage: covered}, time.Time{}, false},
	} {
		tt.s.infer()
		if !tt.s.Synced.Equal(tt.want) || tt.s.Inferred != tt.inf {
			t.Errorf("%s: %v, inferred %v", tt.name, tt.s.Synced, tt.s.Inferred)
		}
	}
}

func TestSyncKnown(t *testing.T) {
	read := time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC)
	steps, _ := evidenceType(catalog.Google)
	weight, _ := catalog.Lookup("weight")
	for _, tt := range []struct {
		name        string
		t           catalog.Type
		known       time.Time
		inferred    bool
		newest, out time.Time
	}{
		{"what the answer shows", steps, time.Time{}, false, read.Add(-time.Hour), read.Add(-time.Hour)},
		{"nothing is later than its reading", steps, time.Time{}, false, read.Add(time.Hour), read},
		{"an older answer", steps, read.Add(-time.Minute), true, read.Add(-time.Hour), read.Add(-time.Minute)},
		{"an empty answer", steps, read.Add(-time.Minute), true, time.Time{}, read.Add(-time.Minute)},
		{"a device tells it", steps, read.Add(-2 * time.Hour), false, read.Add(-time.Hour), read.Add(-2 * time.Hour)},
		{"no evidence", weight, time.Time{}, false, read.Add(-time.Hour), time.Time{}},
	} {
		s := State{Source: catalog.Google, Synced: tt.known, Inferred: tt.inferred}
		if got := s.syncKnown(tt.t, Contents{Newest: tt.newest}, read); !got.Equal(tt.out) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.out)
		}
	}
}

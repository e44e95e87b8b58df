package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/store"
)

// imported is an archive of one family: members by name, each with its body and the days
// that it is the truth for; "held" of them it has records of.
type imported struct {
	name, stamp string
	members     []importedMember
}

type importedMember struct {
	name, body string
	from, to   int // days from 2024-01-01 on
	held       [][2]int
}

// member says that a member holds all the days that it is the truth for.
func member(name, body string, from, to int) importedMember {
	return importedMember{name, body, from, to, [][2]int{{from, to}}}
}

func (m importedMember) days() (out []store.Dates) {
	for _, h := range m.held {
		out = append(out, store.Dates{day(h[0]), day(h[1])})
	}
	return out
}

// stage stages the members that the vault lacks, as an import does, and returns what is to
// be finished.
func (i imported) stage(t *testing.T, s *store.Store, run int64) (store.Archive, []store.ArchiveFamily) {
	t.Helper()
	a := store.Archive{Name: i.name, Zone: "Europe/Berlin", Taken: time.Date(2024, 6, 1, 10, 0, 0, 0, time.UTC), Imported: time.Now()}
	if i.stamp != "" {
		at, err := time.Parse(time.DateOnly, i.stamp)
		if err != nil {
			t.Fatal(err)
		}
		a.Stamp = at
	}
	known, err := s.Staged(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	family := store.ArchiveFamily{Name: "sleep.json", Settled: "2024-05-30"}
	for _, m := range i.members {
		body, err := store.Pack([]byte(m.body))
		if err != nil {
			t.Fatal(err)
		}
		held := store.Held{From: day(m.from), To: day(m.to), Days: m.days()}
		if at := slices.IndexFunc(known, func(k store.Staged) bool { return k.Sum == body.Sum() && strings.HasSuffix(k.Path, m.name) }); at >= 0 {
			held = known[at].Held
		} else {
			if a.ID, err = s.BeginArchive(t.Context(), run, a); err != nil {
				t.Fatal(err)
			}
			ids, err := s.StageMembers(t.Context(), run, a, []store.Member{{Family: family.Name, Path: i.name + "/" + m.name, Body: body, Held: held}})
			if err != nil {
				t.Fatal(err)
			}
			held.Response = ids[0]
		}
		family.Members = append(family.Members, held)
	}
	return a, []store.ArchiveFamily{family}
}

func (i imported) importTo(t *testing.T, s *store.Store, run int64) (changed bool) {
	t.Helper()
	a, families := i.stage(t, s, run)
	changed, err := s.FinishArchive(t.Context(), run, a, families)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// truth tells, for each covered range of dates, what the members in force say.
func truth(t *testing.T, s *store.Store) (out []string) {
	t.Helper()
	coverage, err := s.Coverage(t.Context(), "takeout")
	if err != nil {
		t.Fatal(err)
	}
	members, err := s.Members(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range coverage["sleep.json"] {
		line := c.From[5:] + ".." + c.To[5:]
		for _, m := range members[c.Window.ID] {
			if m.From < c.To && m.To > c.From {
				b, err := s.Body(t.Context(), m.Response)
				if err != nil {
					t.Fatal(err)
				}
				line += " " + string(b.Data)
			}
		}
		out = append(out, line)
	}
	return out
}

func TestArchives(t *testing.T) {
	t.Parallel()
	first := imported{"takeout-a", "2024-03-01", []importedMember{member("sleep-1", "a1", 0, 30), member("sleep-2", "a2", 30, 60)}}
	grown := imported{"takeout-b", "2024-05-01", []importedMember{member("sleep-1", "a1", 0, 30), member("sleep-2", "b2", 30, 80)}}
	for _, c := range []struct {
		name     string
		archives []imported
		want     []string
		changed  []bool
	}{
		{"one", []imported{first}, []string{"01-01..03-01 a1 a2"}, []bool{true}},
		{"twice", []imported{first, first}, []string{"01-01..03-01 a1 a2"}, []bool{true, false}},
		{"under another name", []imported{first, {"renamed", "", first.members}}, []string{"01-01..03-01 a1 a2"}, []bool{true, false}},
		{"the later one later", []imported{first, grown}, []string{"01-01..03-21 a1 b2"}, []bool{true, true}},
		{"the later one first", []imported{grown, first}, []string{"01-01..03-21 a1 b2"}, []bool{true, true}},
		{"the first one again", []imported{first, grown, first}, []string{"01-01..03-21 a1 b2"}, []bool{true, true, false}},
		{"what an older one held beyond it",
			[]imported{{"c", "2024-05-01", []importedMember{member("sleep-2", "c2", 40, 50)}}, first},
			[]string{"01-01..02-10 a1 a2", "02-10..02-20 c2", "02-20..03-01 a2"}, []bool{true, true}},
		{"what is gone from the later one is gone",
			[]imported{first, {"c", "2024-05-01", []importedMember{{"sleep-2", "c2", 30, 60, [][2]int{{30, 35}, {50, 60}}}}}},
			[]string{"01-01..01-31 a1", "01-31..02-05 c2", "02-20..03-01 c2"}, []bool{true, true}},
		{"also when the older one comes after it",
			[]imported{{"c", "2024-05-01", []importedMember{{"sleep-2", "c2", 30, 60, [][2]int{{30, 35}, {50, 60}}}}}, first},
			[]string{"01-01..01-31 a1", "01-31..02-05 c2", "02-20..03-01 c2"}, []bool{true, true}},
		{"without stamps the one imported later",
			[]imported{{"x", "", []importedMember{member("sleep-1", "x1", 0, 30)}}, {"y", "", []importedMember{member("sleep-1", "y1", 0, 20)}}},
			[]string{"01-01..01-21 y1", "01-21..01-31 x1"}, []bool{true, true}},
		{"what an archive took back comes back with it",
			[]imported{{"x", "2024-03-01", []importedMember{member("w", "v1", 0, 5)}}, {"y", "2024-04-01", []importedMember{member("w", "v2", 0, 5)}},
				{"z", "2024-05-01", []importedMember{member("w", "v1", 0, 5)}}},
			[]string{"01-01..01-06 v1"}, []bool{true, true, true}},
		{"the parts of a set one after the other",
			[]imported{{"p", "2024-05-01", []importedMember{member("exercise-0", "p0", 20, 31)}}, {"p", "2024-05-01", []importedMember{member("exercise-100", "p1", 0, 21)}}},
			[]string{"01-01..02-01 p1 p0"}, []bool{true, true}},
		{"both hold a day", []imported{{"p", "", []importedMember{member("sleep-1", "p1", 0, 10), member("sleep-2", "p2", 9, 20)}}},
			[]string{"01-01..01-21 p1 p2"}, []bool{true}},
		{"nothing but headers", []imported{{"p", "", []importedMember{{"sleep-1", "[]", 0, 0, nil}}}}, nil, []bool{true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := MustOpen(t)
			run := MustRun(t, s)
			for i, a := range c.archives {
				if changed := a.importTo(t, s, run); changed != c.changed[i] {
					t.Errorf("import %d changed anything: %v, want %v", i+1, changed, c.changed[i])
				}
			}
			if diff := cmp.Diff(c.want, truth(t, s)); diff != "" {
				t.Errorf("in force (-want +got):\n%s", diff)
			}
			if check := MustVerify(t, s); len(check.Problems) > 0 {
				t.Errorf("problems: %q", check.Problems)
			}
		})
	}
}

// TestAnImportIsCutOff: what was staged of an archive counts only when it is finished, and
// is gone on with.
func TestAnImportIsCutOff(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/vault.db"
	s := MustOpenPath(t, path, store.Options{Create: true})
	run := MustRun(t, s)
	old := imported{"takeout-a", "2024-03-01", []importedMember{member("sleep-1", "a1", 0, 30)}}
	old.importTo(t, s, run)
	all := imported{"takeout-b", "2024-05-01", []importedMember{member("sleep-1", "b1", 0, 30), member("sleep-2", "b2", 30, 60), member("sleep-3", "b3", 60, 90)}}
	half := all
	half.members = all.members[:2]
	half.stage(t, s, run)
	if got := truth(t, s); !slices.Equal(got, []string{"01-01..01-31 a1"}) {
		t.Errorf("cut off, in force is %q", got)
	}
	all.importTo(t, s, run)
	if got := truth(t, s); !slices.Equal(got, []string{"01-01..03-31 b1 b2 b3"}) {
		t.Errorf("gone on with, in force is %q", got)
	}
	raw := mustRaw(t, path)
	if got := column(t, raw, "SELECT count(*) FROM archives UNION ALL SELECT count(*) FROM responses UNION ALL SELECT count(*) FROM windows"); !slices.Equal(got, []string{"2", "4", "2"}) {
		t.Errorf("archives, responses and windows: %q", got)
	}
	if check := MustVerify(t, s); len(check.Problems) > 0 {
		t.Errorf("problems: %q", check.Problems)
	}
}

// TestAMemberThatDoesNotRead is kept and is a reject, until a later archive has the family
// whole.
func TestAMemberThatDoesNotRead(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	a := store.Archive{Name: "takeout-a", Zone: "Europe/Berlin", Taken: time.Now(), Imported: time.Now()}
	var err error
	if a.ID, err = s.BeginArchive(t.Context(), run, a); err != nil {
		t.Fatal(err)
	}
	body, err := store.Pack([]byte(`[{"logId" : `))
	if err != nil {
		t.Fatal(err)
	}
	bad := store.Member{Family: "sleep.json", Path: "a/sleep-1", Body: body, Error: "it ends in the middle"}
	if _, err := s.StageMembers(t.Context(), run, a, []store.Member{bad}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.FinishArchive(t.Context(), run, a, nil); err != nil {
		t.Fatal(err)
	}
	rejects, err := s.Rejects(t.Context())
	if err != nil || len(rejects) != 1 || rejects[0].Error != bad.Error || rejects[0].Type != "sleep.json" {
		t.Fatalf("rejects = %+v, %v", rejects, err)
	}
	staged, err := s.Staged(t.Context())
	if err != nil || len(staged) != 1 || !staged[0].Unread || staged[0].Sum != body.Sum() {
		t.Fatalf("staged = %+v, %v", staged, err)
	}
	imported{"takeout-b", "", []importedMember{member("sleep-1", "whole", 0, 30)}}.importTo(t, s, run)
	if rejects, err := s.Rejects(t.Context()); err != nil || len(rejects) > 0 {
		t.Errorf("after a whole one: %+v, %v", rejects, err)
	}
}

// TestArchivesAreNeverDropped: equal members are kept once, and no pass of the daemon takes
// what a later archive superseded.
func TestArchivesAreNeverDropped(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	imported{"x", "2024-03-01", []importedMember{member("w", "v1", 0, 5)}}.importTo(t, s, run)
	imported{"y", "2024-04-01", []importedMember{member("w", "v2", 0, 5)}}.importTo(t, s, run)
	if n, err := s.DropSuperseded(t.Context(), time.Now().Add(time.Hour), nil); err != nil || n != 0 {
		t.Errorf("dropped %d, %v", n, err)
	}
}

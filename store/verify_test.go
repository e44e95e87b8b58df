package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fitvault/store"
)

// TestVerifyFinds damages a vault past the package, one way at a time.
func TestVerifyFinds(t *testing.T) {
	t.Parallel()
	const noTriggers = "DROP TRIGGER responses_are_immutable; DROP TRIGGER responses_are_kept;"
	sample := mustSample(t)
	flip := func(size, at string) string {
		return "UPDATE bodies SET data = CAST(substr(data, 1, " + at + ") || x'01' || substr(data, " + at + " + 2) AS BLOB) WHERE size " + size
	}
	for name, tt := range map[string]struct{ damage, want string }{
		"a changed byte of a plain body":   {flip("= 5", "2"), "body "},
		"a changed byte of a packed body":  {flip("> 1000", "length(data) / 2"), "body "},
		"a changed header of a body":       {flip("> 1000", "5"), "body "},
		"a cut body":                       {"UPDATE bodies SET data = substr(data, 1, 3) WHERE size = 5", "body "},
		"an emptied body":                  {"UPDATE bodies SET data = x'' WHERE size = 5", "body "},
		"another size":                     {"UPDATE bodies SET size = 6 WHERE size = 5", "body "},
		"another hash":                     {noTriggers + "UPDATE bodies SET sha256 = randomblob(32) WHERE size = 5", "body "},
		"a dropped body in force":          {"UPDATE bodies SET data = NULL WHERE size = 5", "coverage of steps 2024-01-01..2024-01-03 needs a body that was dropped"},
		"overlapping coverage":             {"UPDATE coverage SET to_date = '2024-01-05' WHERE window_id = 1", "coverage of steps 2024-01-01..2024-01-05 overlaps the next range"},
		"coverage before its window":       {"UPDATE coverage SET from_date = '2023-12-31' WHERE window_id = 1", "coverage of steps 2023-12-31..2024-01-03 is not within a complete window of its type"},
		"coverage after its window":        {"UPDATE coverage SET to_date = '2024-02-01' WHERE window_id = 2", "coverage of steps 2024-01-03..2024-02-01 is not within"},
		"coverage of another type":         {"UPDATE coverage SET type = 'sleep' WHERE window_id = 1", "coverage of sleep 2024-01-01..2024-01-03 is not within"},
		"coverage of another source":       {"UPDATE coverage SET source = 'google' WHERE window_id = 1", "coverage of steps 2024-01-01..2024-01-03 is not within"},
		"coverage by a doubtful window":    {"UPDATE windows SET state = 'doubtful' WHERE id = 1", "coverage of steps 2024-01-01..2024-01-03 is not within"},
		"a missing response":               {noTriggers + "DELETE FROM responses WHERE window_id = 1", "coverage of steps 2024-01-01..2024-01-03 has no response"},
		"a missing page":                   {noTriggers + "DELETE FROM responses WHERE window_id = 2 AND page = 0", "coverage of steps 2024-01-03..2024-01-09 lacks a page"},
		"a missing body":                   {"DELETE FROM bodies WHERE size = 5", "foreign key: responses row 1 names a missing bodies"},
		"a missing window":                 {"DELETE FROM windows WHERE id = 1", "foreign key: coverage row 1 names a missing windows"},
		"a missing run":                    {"DELETE FROM runs", "foreign key: windows row 1 names a missing runs"},
		"a missing target":                 {"DELETE FROM targets", "foreign key: exported row ? names a missing targets"},
		"an index that lacks rows":         {"PRAGMA writable_schema = on; UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'rejects_open') WHERE name = 'windows_by_type'", "SQLite: "},
		"a NULL that may not be":           {"PRAGMA writable_schema = on; UPDATE sqlite_master SET sql = replace(sql, 'command    TEXT    NOT NULL', 'command TEXT') WHERE name = 'runs'; PRAGMA writable_schema = reset; UPDATE runs SET command = NULL; PRAGMA writable_schema = on; UPDATE sqlite_master SET sql = replace(sql, 'command TEXT', 'command TEXT NOT NULL') WHERE name = 'runs'", "SQLite: NULL value in runs.command"},
		"a value that the schema excludes": {"PRAGMA ignore_check_constraints = on; UPDATE windows SET state = 'fine' WHERE id = 3", "SQLite: CHECK constraint failed in windows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "vault.db")
			if err := os.WriteFile(path, sample, 0o600); err != nil {
				t.Fatal(err)
			}
			MustExec(t, path, tt.damage)
			s := MustOpenPath(t, path, store.Options{})
			c, err := s.Verify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(c.Problems, "\n"); !strings.Contains(got, tt.want) {
				t.Errorf("problems = %q, want %q", got, tt.want)
			}
		})
	}
}

// mustSample is the file of a vault with something of each kind.
func mustSample(t *testing.T) []byte {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "vault.db"), store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	run := MustRun(t, s)
	MustStage(t, s, newPage(run, "steps", day(0), day(5), "plain"))
	p := newPage(run, "steps", day(2), day(8), strings.Repeat("packed ", 1000))
	p.Window.State = store.Partial
	p.Window.ID = MustStage(t, s, p)
	p.Window.State, p.Number, p.Body = store.Complete, 1, []byte("the last page")
	MustStage(t, s, p)
	MustStage(t, s, unread(run, day(0), day(2), "not JSON", noon))
	target, err := s.UseTarget(t.Context(), "a", "b", "native")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Remember(t.Context(), target.ID, []store.Exported{{Measurement: "steps", From: day(0), To: day(1)}}); err != nil {
		t.Fatal(err)
	}
	MustVerify(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	return file
}

package store

import (
	"context"
	"database/sql"
)

// QuickCheck lets SQLite look at the structure of the file, and returns what it complains
// about. Contents are not compared with their hashes: Verify does that.
func (s *Store) QuickCheck(ctx context.Context) ([]string, error) {
	text := func(rows *sql.Rows) (t string, err error) { err = rows.Scan(&t); return t, err }
	lines, err := list(ctx, s.r, "check the file", text, "PRAGMA quick_check(10)")
	if len(lines) == 1 && lines[0] == "ok" {
		lines = nil
	}
	return lines, err
}

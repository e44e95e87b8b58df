package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// Reject is a page that did not read, or a line that a target refused.
type Reject struct {
	ID          int64
	Stage       string // fetch, read, write
	Source      string
	Type        string
	Window      int64 // 0: none
	Target      int64 // 0: none
	Error       string
	Tries       int
	First, Last time.Time
}

// Reject records what did not read or was refused; the same thing again counts as a
// further try, also when a later window asked the same question.
func (s *Store) Reject(ctx context.Context, r Reject) error {
	err := s.tx(ctx, func(tx *sql.Tx) error { return reject(ctx, tx, r, time.Now()) })
	if err != nil {
		return fmt.Errorf("record reject of %s: %w", r.Type, err)
	}
	return nil
}

func reject(ctx context.Context, tx *sql.Tx, r Reject, now time.Time) error {
	res, err := tx.ExecContext(ctx, `UPDATE rejects SET tries = tries + 1, last_at = ?1, window_id = ?2
		WHERE resolved_at IS NULL AND stage = ?3 AND source = ?4 AND type = ?5 AND error = ?6 AND target_id IS ?7
		AND (window_id IS ?2 OR EXISTS (SELECT 1 FROM windows was JOIN windows w USING (source, type, from_date, to_date)
			WHERE was.id = rejects.window_id AND w.id = ?2))`,
		now.UnixMilli(), nullID(r.Window), r.Stage, r.Source, r.Type, r.Error, nullID(r.Target))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); n > 0 || err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO rejects (stage, source, type, window_id, target_id, error, tries, first_at, last_at)
		VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)`,
		r.Stage, r.Source, r.Type, nullID(r.Window), nullID(r.Target), r.Error, now.UnixMilli(), now.UnixMilli())
	return err
}

// ResolveRejects closes the open rejects of an export to a target that were last met
// before the given instant: the export that began then did not meet them again.
func (s *Store) ResolveRejects(ctx context.Context, target int64, before time.Time) error {
	return s.exec(ctx, "resolve rejects", `UPDATE rejects SET resolved_at = ? WHERE resolved_at IS NULL
		AND stage IN ('read', 'write') AND target_id = ? AND last_at < ?`, time.Now().UnixMilli(), target, before.UnixMilli())
}

// ResolveImport closes the open rejects of what could not be read of a part of an archive,
// by its name, but for those that its import met just now.
func (s *Store) ResolveImport(ctx context.Context, part string, met []string) error {
	errs, err := json.Marshal(met)
	if err != nil {
		return fmt.Errorf("resolve rejects of %s: %w", part, err)
	}
	return s.exec(ctx, "resolve rejects of "+part, `UPDATE rejects SET resolved_at = ?1 WHERE resolved_at IS NULL
		AND stage = 'fetch' AND source = 'takeout' AND substr(error, 1, length(?2)) = ?2
		AND error NOT IN (SELECT value FROM json_each(?3))`, time.Now().UnixMilli(), part+": ", string(errs))
}

// ResolveUnread closes the rejects of members of archives that did not read for a reason, and
// do by now.
func (s *Store) ResolveUnread(ctx context.Context, typ, reason string) error {
	return s.exec(ctx, "resolve rejects of "+typ, `UPDATE rejects SET resolved_at = ? WHERE resolved_at IS NULL
		AND stage = 'fetch' AND source = 'takeout' AND type = ? AND error = ?`, time.Now().UnixMilli(), typ, reason)
}

// Rejects returns what is rejected still, oldest first.
func (s *Store) Rejects(ctx context.Context) ([]Reject, error) {
	return list(ctx, s.r, "list rejects", func(rows *sql.Rows) (r Reject, err error) {
		var window, target, first, last sql.NullInt64
		err = rows.Scan(&r.ID, &r.Stage, &r.Source, &r.Type, &window, &target, &r.Error, &r.Tries, &first, &last)
		r.Window, r.Target, r.First, r.Last = window.Int64, target.Int64, instant(first), instant(last)
		return r, err
	}, `SELECT id, stage, source, type, window_id, target_id, error, tries, first_at, last_at FROM rejects
		WHERE resolved_at IS NULL ORDER BY id`)
}

func nullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

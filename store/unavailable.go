package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Why a type is unavailable.
const (
	Denied    = "denied"  // no scope or right: tried again after a login, and at Retry
	NotServed = "refused" // the question is wrong for this source: tried again when the ask changes
)

// Unavailable says that a source does not give a type, and why.
type Unavailable struct {
	Source, Type string
	Kind         string
	Reason       string
	AskVersion   int
	Since, Retry time.Time
}

// SetUnavailable notes that a source does not give a type. It keeps since when.
func (s *Store) SetUnavailable(ctx context.Context, u Unavailable) error {
	return s.exec(ctx, "note "+u.Type+" as unavailable", `INSERT INTO unavailable (source, type, kind, reason, ask_version, since, retry_at)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET kind = excluded.kind, reason = excluded.reason,
		ask_version = excluded.ask_version, retry_at = excluded.retry_at`,
		u.Source, u.Type, u.Kind, u.Reason, u.AskVersion, u.Since.UnixMilli(), u.Retry.UnixMilli())
}

// SetAvailable notes that a source gives a type after all.
func (s *Store) SetAvailable(ctx context.Context, source, typ string) error {
	return s.exec(ctx, "note "+typ+" as available", "DELETE FROM unavailable WHERE source = ? AND type = ?", source, typ)
}

// retryDenied makes what was denied to a sign-in due to be tried with another one. The reason
// stands until it is given.
func retryDenied(ctx context.Context, tx *sql.Tx, source string) error {
	_, err := tx.ExecContext(ctx, "UPDATE unavailable SET retry_at = ? WHERE source = ? AND kind = ?",
		time.Now().UnixMilli(), source, Denied)
	if err != nil {
		return fmt.Errorf("let what %s denied be tried again: %w", source, err)
	}
	return nil
}

// Unavailable returns what a source does not give, by type.
func (s *Store) Unavailable(ctx context.Context, source string) (map[string]Unavailable, error) {
	rows, err := list(ctx, s.r, "read what "+source+" does not give", func(rows *sql.Rows) (u Unavailable, err error) {
		var since, retry sql.NullInt64
		err = rows.Scan(&u.Source, &u.Type, &u.Kind, &u.Reason, &u.AskVersion, &since, &retry)
		u.Since, u.Retry = instant(since), instant(retry)
		return u, err
	}, "SELECT source, type, kind, reason, ask_version, since, retry_at FROM unavailable WHERE source = ?", source)
	if err != nil {
		return nil, err
	}
	out := map[string]Unavailable{}
	for _, u := range rows {
		out[u.Type] = u
	}
	return out, nil
}

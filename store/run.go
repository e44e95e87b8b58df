package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"
)

// Run is a row of the audit log.
type Run struct {
	ID             int64
	Command        string
	Version        string
	Host           string
	PID            int
	Started, Ended time.Time // Ended is zero while it runs, and for ever when it was cut off
	Outcome        string
	Tally
}

// Tally counts what a run did.
type Tally struct {
	Requests int   `json:"requests"` // calls to a source, tokens not counted
	Pages    int   `json:"pages"`    // answers staged
	Bytes    int64 `json:"bytes"`    // of the answers staged
	Points   int   `json:"points"`   // points written to a target
}

// BeginRun opens a row of the audit log.
func (s *Store) BeginRun(ctx context.Context, command, version string) (int64, error) {
	host, _ := os.Hostname() // an unnamed host is logged as ""
	var id int64
	err := s.tx(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO runs (command, version, host, pid, started_at)
			VALUES (?, ?, ?, ?, ?) RETURNING id`, command, version, host, os.Getpid(), time.Now().UnixMilli()).Scan(&id)
	})
	if err != nil {
		return 0, fmt.Errorf("begin run: %w", err)
	}
	return id, nil
}

// EndRun closes a row of the audit log. It also runs when ctx is already cancelled.
func (s *Store) EndRun(ctx context.Context, id int64, outcome string, t Tally) error {
	return s.exec(context.WithoutCancel(ctx), "end run", `UPDATE runs SET ended_at = ?, outcome = ?,
		requests = requests + ?, pages = pages + ?, bytes = bytes + ?, points = points + ? WHERE id = ?`,
		time.Now().UnixMilli(), outcome, t.Requests, t.Pages, t.Bytes, t.Points, id)
}

// Runs returns the newest runs, newest first, for whoever shows the audit log.
func (s *Store) Runs(ctx context.Context, limit int) ([]Run, error) {
	return list(ctx, s.r, "list runs", func(rows *sql.Rows) (Run, error) {
		var r Run
		var started, ended sql.NullInt64
		var outcome sql.NullString
		err := rows.Scan(&r.ID, &r.Command, &r.Version, &r.Host, &r.PID, &started, &ended, &outcome,
			&r.Requests, &r.Pages, &r.Bytes, &r.Points)
		r.Started, r.Ended, r.Outcome = instant(started), instant(ended), outcome.String
		return r, err
	}, "SELECT id, command, version, host, pid, started_at, ended_at, outcome, requests, pages, bytes, points FROM runs ORDER BY id DESC LIMIT ?", limit)
}

// exec runs one statement in its own transaction; what names the deed in the error.
func (s *Store) exec(ctx context.Context, what, query string, args ...any) error {
	err := s.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

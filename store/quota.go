package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Quota is what is known of a source's budget of calls.
type Quota struct {
	Limit   int       // calls in a budget; 0: not known
	Used    int       // of the budget that ends at Reset
	Reset   time.Time // zero: not known
	Greeted int       // 429s met right after a reset, in a row
}

// Quota returns the budget of a source; the zero Quota when nothing is known.
func (s *Store) Quota(ctx context.Context, source string) (Quota, error) {
	var q Quota
	var reset sql.NullInt64
	err := s.r.QueryRowContext(ctx, "SELECT per_window, used, reset_at, greeted FROM quota WHERE source = ?", source).
		Scan(&q.Limit, &q.Used, &reset, &q.Greeted)
	if errors.Is(err, sql.ErrNoRows) {
		return Quota{}, nil
	}
	if err != nil {
		return Quota{}, fmt.Errorf("read quota of %s: %w", source, err)
	}
	if reset.Int64 > 0 {
		q.Reset = instant(reset)
	}
	return q, nil
}

// SaveQuota keeps the budget of a source.
func (s *Store) SaveQuota(ctx context.Context, source string, q Quota) error {
	var reset int64
	if !q.Reset.IsZero() {
		reset = q.Reset.UnixMilli()
	}
	return s.exec(ctx, "save quota", `INSERT OR REPLACE INTO quota (source, per_window, used, reset_at, greeted, updated_at)
		VALUES (?, ?, ?, ?, ?, ?)`, source, q.Limit, q.Used, reset, q.Greeted, time.Now().UnixMilli())
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// BusyError says that another process does what may be done once at a time.
type BusyError struct {
	What  string // fetch, export
	Host  string
	PID   int
	Since time.Time
}

func (e *BusyError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("another %s is running on this vault", e.What)
	}
	return fmt.Sprintf("another %s is running on this vault: process %d on %s, since %s",
		e.What, e.PID, e.Host, e.Since.Local().Format("2006-01-02 15:04:05"))
}

// LockFetch claims the vault for a fetch or an import until release is called or the
// process ends. When another process holds it the error is a *BusyError.
func (s *Store) LockFetch(ctx context.Context) (release func(), err error) {
	return s.claim(ctx, "fetch", "fetch")
}

// LockExport claims a target of this vault, as LockFetch claims the vault.
func (s *Store) LockExport(ctx context.Context, target int64) (release func(), err error) {
	return s.claim(ctx, "export", fmt.Sprintf("export-%d", target))
}

// claim takes a lock and notes by whom it was taken, for the one who does not get it.
func (s *Store) claim(ctx context.Context, what, name string) (release func(), err error) {
	release, err = lockFile(ctx, s.file+"."+name+".lock", 0)
	if code(err) == sqlite3.SQLITE_BUSY {
		return nil, s.holder(ctx, what, name)
	}
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	host, _ := os.Hostname() // an unnamed host is noted as ""
	err = s.exec(ctx, "lock "+name, "INSERT OR REPLACE INTO holders (lock, host, pid, since) VALUES (?, ?, ?, ?)",
		name, host, os.Getpid(), time.Now().UnixMilli())
	if err != nil {
		release()
		return nil, err
	}
	return release, nil
}

func (s *Store) holder(ctx context.Context, what, name string) error {
	busy := &BusyError{What: what}
	var since sql.NullInt64
	err := s.r.QueryRowContext(ctx, "SELECT host, pid, since FROM holders WHERE lock = ?", name).Scan(&busy.Host, &busy.PID, &since)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read who holds lock %s: %w", name, err)
	}
	busy.Since = instant(since)
	return busy
}

// lockFile holds an exclusive lock on a side file through SQLite's own locking, which
// the system drops when the process dies, on every platform.
func lockFile(ctx context.Context, file string, wait time.Duration) (release func(), err error) {
	if err := makeFile(file); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", fmt.Sprintf("%s?mode=rw&_txlock=immediate&_pragma=busy_timeout(%d)", uri(file), wait.Milliseconds()))
	if err != nil {
		return nil, err
	}
	_, end, err := begin(ctx, db)
	if err != nil {
		db.Close()
		return nil, err
	}
	return func() { end(); db.Close() }, nil
}

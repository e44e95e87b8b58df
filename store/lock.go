package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"time"
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
	return s.claim(ctx, "fetch", s.path+".fetch.lock", "fetch", "import", "run", "demo")
}

// LockExport claims a target of this vault, as LockFetch claims the vault.
func (s *Store) LockExport(ctx context.Context, target int64) (release func(), err error) {
	return s.claim(ctx, "export", fmt.Sprintf("%s.export-%d.lock", s.path, target), "export", "run", "demo")
}

func (s *Store) claim(ctx context.Context, what, file string, commands ...string) (func(), error) {
	release, err := lockFile(ctx, file, 0)
	if err == nil {
		return release, nil
	}
	busy := &BusyError{What: what}
	runs, rerr := s.Runs(ctx, 100)
	if rerr != nil {
		return nil, rerr
	}
	for _, run := range runs {
		for _, c := range commands {
			if run.Command == c && run.Ended.IsZero() && run.PID != os.Getpid() && busy.PID == 0 {
				busy.Host, busy.PID, busy.Since = run.Host, run.PID, run.Started
			}
		}
	}
	return nil, busy
}

// lockFile holds an exclusive lock on a side file through SQLite's own locking, which
// the system drops when the process dies, on every platform.
func lockFile(ctx context.Context, file string, wait time.Duration) (func(), error) {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	f.Close()
	db, err := sql.Open("sqlite", fmt.Sprintf("file:%s?_txlock=immediate&_pragma=busy_timeout(%d)",
		(&url.URL{Path: file}).EscapedPath(), wait.Milliseconds()))
	if err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		db.Close()
		return nil, err
	}
	return func() { tx.Rollback(); db.Close() }, nil
}

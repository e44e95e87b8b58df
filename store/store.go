// Package store keeps the vault: one SQLite file that holds a person's staged answers,
// what they cover, tokens, zones, quota and what each target was given.
//
// Its invariant: a page and the coverage that claims it are written in one transaction,
// so a process may be killed at any instant. Civil dates cross this package as strings
// of the form YYYY-MM-DD, which order as dates do; a range of them is half-open.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"fitvault/migrations"
)

// applicationID marks a SQLite file as a vault: "FITV".
const applicationID = 0x46495456

// Store is an open vault. It has one writer and several readers; all methods are safe
// for concurrent use.
type Store struct {
	path    string
	account string
	salt    []byte
	key     []byte
	w, r    *sql.DB
}

// Options say how to open a vault.
type Options struct {
	Create  bool   // make the file when it is missing
	Account string // the label of a vault that is made now; default "me"
	Key     []byte // seals tokens at rest; none leaves them plain
}

// OpenError says why a file cannot be used as a vault. The file is untouched.
type OpenError struct {
	Path   string
	Reason string
	Err    error
}

func (e *OpenError) Error() string {
	s := fmt.Sprintf("vault %s: %s", e.Path, e.Reason)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *OpenError) Unwrap() error { return e.Err }

// ErrNoVault is wrapped by the error of Open when the file is missing and may not be made.
var ErrNoVault = errors.New("no such vault")

// Open opens the vault at path, making and migrating it as needed. A file that is not a
// vault, is newer than this program, or cannot be written is an *OpenError and stays as
// it was.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if err := inspect(path, o.Create); err != nil {
		return nil, err
	}
	s := &Store{path: path, key: o.Key}
	if err := s.migrate(ctx); err != nil {
		return nil, err
	}
	s.w = open(path, "_txlock=immediate")
	s.w.SetMaxOpenConns(1)
	s.r = open(path, "_pragma=query_only(1)")
	if err := s.identify(ctx, o.Account); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close releases the file.
func (s *Store) Close() error { return errors.Join(s.r.Close(), s.w.Close()) }

// Path returns the file's path.
func (s *Store) Path() string { return s.path }

// Account returns the label of the person: the tag account of every point.
func (s *Store) Account() string { return s.account }

// open builds the one DSN that gives every pooled connection the same settings.
func open(path string, extra string) *sql.DB {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(60000)&_pragma=foreign_keys(1)&_pragma=journal_mode(wal)&_pragma=synchronous(full)&" + extra
	db, err := sql.Open("sqlite", dsn)
	if err != nil { // only an unknown driver name
		panic(err)
	}
	return db
}

// inspect refuses what must not be touched, and makes an empty file of mode 0600 where
// there is none, so that SQLite gives its side files the same mode.
func inspect(path string, create bool) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	switch {
	case errors.Is(err, os.ErrNotExist) && create:
		return makeFile(path)
	case errors.Is(err, os.ErrNotExist):
		return &OpenError{path, "there is none", ErrNoVault}
	case err != nil:
		return &OpenError{path, "cannot be written", err}
	}
	defer f.Close()
	header := make([]byte, 100)
	switch n, err := io.ReadFull(f, header); {
	case n == 0:
		return nil // made by a process that was killed before it migrated
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return &OpenError{path, "cannot be read", err}
	case n < len(header) || string(header[:16]) != "SQLite format 3\x00":
		return &OpenError{Path: path, Reason: "is not a vault, not even an SQLite file"}
	case binary.BigEndian.Uint32(header[68:]) != applicationID:
		return &OpenError{Path: path, Reason: "is an SQLite file, but not a vault"}
	}
	return nil
}

func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return &OpenError{path, "its folder cannot be made", err}
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return &OpenError{path, "cannot be made", err}
	}
	return f.Close()
}

// migrate brings the schema up to date under a side lock: two processes that open a
// fresh file at once must not run the same migration.
func (s *Store) migrate(ctx context.Context) error {
	unlock, err := lockFile(ctx, s.path+".lock", 30*time.Second)
	if err != nil {
		return &OpenError{s.path, "its folder cannot be written", err}
	}
	defer unlock()
	if err := mark(ctx, s.path); err != nil {
		return &OpenError{s.path, "cannot be written", err}
	}
	db := open(s.path, "_txlock=immediate")
	defer db.Close()
	db.SetMaxOpenConns(1)
	p, err := provider(db)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return &OpenError{s.path, "its schema version cannot be read", err}
	}
	if have > want {
		return &OpenError{Path: s.path, Reason: fmt.Sprintf(
			"was made by a newer fitvault (schema %d, this one knows %d): use that version", have, want)}
	}
	if have == want {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return &OpenError{s.path, "cannot be migrated", err}
	}
	return nil
}

// mark writes the application id into an empty file. It does so before the file has a
// write-ahead log, where inspect would not see it.
func mark(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() > 0 {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "PRAGMA application_id = "+strconv.Itoa(applicationID))
	return errors.Join(err, db.Close())
}

func provider(db *sql.DB) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectSQLite3, db, migrations.FS, goose.WithDisableGlobalRegistry(true))
}

// identify reads who the vault is for, and says so in a new one.
func (s *Store) identify(ctx context.Context, account string) error {
	if account == "" {
		account = "me"
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	return s.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO vault VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING",
			account, salt, time.Now().UnixMilli())
		if err != nil {
			return fmt.Errorf("identify vault: %w", err)
		}
		return tx.QueryRowContext(ctx, "SELECT account, salt FROM vault").Scan(&s.account, &s.salt)
	})
}

// tx runs fn in a transaction that holds the write lock from its start.
func (s *Store) tx(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// list runs a query and scans every row into a slice before it returns, so that no row
// is open when the next statement runs.
func list[T any](ctx context.Context, db querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// instant and millis are the two directions of how the vault keeps time. The zero time
// is NULL.
func instant(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}

func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

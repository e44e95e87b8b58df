// Package store keeps the vault: one SQLite file that holds a person's staged answers,
// what they cover, tokens, zones, quota and what each target was given.
//
// Its invariant: a page and the coverage that claims it are written in one transaction,
// so a process may be killed at any instant. Civil dates cross this package as strings
// of the form YYYY-MM-DD, which order as dates do; a range of them is half-open.
package store

import (
	"cmp"
	"context"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // also the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"fitvault/migrations"
)

// applicationID marks a SQLite file as a vault: "FITV".
const applicationID = 0x46495456

// Store is an open vault. It has one writer and several readers; all methods are safe
// for concurrent use.
type Store struct {
	path    string // as it was given
	file    string // with links resolved; side files lie beside it
	account string
	salt    []byte
	key     []byte
	sealer  func() (cipher.AEAD, error) // derives it once: that is slow on purpose
	w, r    *sql.DB
}

// Options say how to open a vault.
type Options struct {
	Create  bool   // make the file when it is missing or empty
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
	if e.Err != nil && e.Err != ErrNoVault { // which Reason tells
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *OpenError) Unwrap() error { return e.Err }

// ErrNoVault is wrapped by the error of Open when the file is missing or empty and no vault
// may be made of it.
var ErrNoVault = errors.New("no such vault")

// Open opens the vault at path, making and migrating it as needed. A file that is not a
// vault, is newer than this program, or cannot be written is an *OpenError and stays as
// it was.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	file, err := inspect(ctx, path, o.Create)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, file: file, key: o.Key}
	s.sealer = sync.OnceValues(s.deriveSealer)
	if err := s.migrate(ctx); err != nil {
		return nil, err
	}
	s.w = open(file, "_txlock=immediate")
	s.w.SetMaxOpenConns(1)
	s.r = open(file, "_pragma=query_only(1)")
	s.r.SetMaxIdleConns(runtime.GOMAXPROCS(0) + 2)
	if err := s.identify(ctx, o.Account); err != nil {
		return nil, errors.Join(&OpenError{path, "its owner cannot be read", err}, s.Close())
	}
	return s, nil
}

// Close releases the file.
func (s *Store) Close() error { return errors.Join(s.r.Close(), s.w.Close()) }

// Path returns the file's path.
func (s *Store) Path() string { return s.path }

// Account returns the label of the person: the tag account of every point.
func (s *Store) Account() string { return s.account }

// open builds the one DSN that gives every pooled connection the same settings. A writer
// waits long for its turn, because another one may hold the lock while it asks a slow
// source for a token; the wait ends with its context. What is deleted is overwritten.
func open(file string, extra string) *sql.DB {
	db, err := sql.Open("sqlite", uri(file)+"?mode=rw&_pragma=busy_timeout(180000)&_pragma=foreign_keys(1)"+
		"&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=secure_delete(fast)&"+extra)
	if err != nil { // only an unknown driver name
		panic(err)
	}
	return db
}

func uri(file string) string { return "file:" + (&url.URL{Path: file}).EscapedPath() }

// inspect refuses what must not be touched, and makes an empty, private file where there
// is none, or makes the empty one private.
// It returns the path of the file itself, so that one vault has one set of side files
// however it is reached.
func inspect(ctx context.Context, path string, create bool) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && !create:
		return "", &OpenError{path, "there is none", ErrNoVault}
	case errors.Is(err, os.ErrNotExist):
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return "", &OpenError{path, "its folder cannot be made", err}
		}
		if err := makeFile(path); err != nil {
			return "", &OpenError{path, "cannot be made", err}
		}
	case err != nil:
		return "", &OpenError{path, "cannot be read", err}
	case !info.Mode().IsRegular():
		return "", &OpenError{Path: path, Reason: "is not a file"}
	case info.Size() > 0:
		if err := inspectHeader(ctx, path); err != nil {
			return "", err
		}
	case !create: // made by a process that was killed before it migrated, or by somebody to mount
		return "", &OpenError{path, "is an empty file", ErrNoVault}
	case info.Mode().Perm() != 0o600:
		if err := os.Chmod(path, 0o600); err != nil {
			return "", &OpenError{path, "cannot be made private", err}
		}
	}
	file, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", &OpenError{path, "cannot be read", err}
	}
	return file, nil
}

// inspectHeader reads the application id through SQLite, for if this process has the
// vault open already, then closing a descriptor of our own would drop its POSIX locks
// (https://www.sqlite.org/howtocorrupt.html section 2.2). Immutable means that no lock
// is taken and no side file made.
func inspectHeader(ctx context.Context, path string) error {
	id, err := applicationOf(ctx, uri(path)+"?mode=ro&immutable=1")
	if code(err) == sqlite3.SQLITE_CORRUPT && hasWAL(path) { // a checkpoint that was cut off: the log has what is missing
		id, err = applicationOf(ctx, uri(path)+"?mode=ro")
	}
	switch {
	case code(err) == sqlite3.SQLITE_NOTADB:
		return &OpenError{Path: path, Reason: "is not a vault, not even an SQLite file"}
	case err != nil:
		return &OpenError{path, "cannot be read", err}
	case id != applicationID:
		return &OpenError{Path: path, Reason: "is an SQLite file, but not a vault"}
	}
	return nil
}

// hasWAL reports whether a write-ahead log lies beside the file.
func hasWAL(path string) bool {
	file, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	info, err := os.Stat(file + "-wal")
	return err == nil && info.Size() > 0
}

func applicationOf(ctx context.Context, dsn string) (id int64, err error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id)
	return id, err
}

// making is held while a file is made, for until its descriptor is closed nothing else in
// this process may hold a lock on it.
var making sync.Mutex

// makeFile makes an empty file of mode 0600 where there is none. SQLite gives its side
// files the mode of the vault.
func makeFile(path string) error {
	making.Lock()
	defer making.Unlock()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// code returns SQLite's primary result code, or 0 when the error is not SQLite's.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// Full reports whether an error says that the disk has no room left for the vault.
func Full(err error) bool { return code(err) == sqlite3.SQLITE_FULL }

// migrate brings the schema up to date under a side lock: two processes that open a
// fresh file at once must not run the same migration.
func (s *Store) migrate(ctx context.Context) error {
	unlock, err := lockFile(ctx, s.file+".lock", 30*time.Second)
	if code(err) == sqlite3.SQLITE_BUSY {
		return &OpenError{s.path, "another process is migrating it", err}
	}
	if err != nil {
		return &OpenError{s.path, "it cannot be locked", err}
	}
	defer unlock()
	have, want, err := versions(ctx, s.file)
	if err != nil {
		return &OpenError{s.path, "its schema version cannot be read", err}
	}
	if have > want {
		return &OpenError{Path: s.path, Reason: fmt.Sprintf(
			"was made by a newer fitvault (schema %d, this one knows %d): use that version", have, want)}
	}
	if err := mark(ctx, s.file); err != nil {
		return &OpenError{s.path, "cannot be written", err}
	}
	db := open(s.file, "_txlock=immediate")
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := db.PingContext(ctx); err != nil { // also brings a backup back to a write-ahead log
		return &OpenError{s.path, "cannot be opened", err}
	}
	if have == want {
		return nil
	}
	p, err := provider(db)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return &OpenError{s.path, "cannot be migrated", err}
	}
	return nil
}

// versions returns the version of a file's schema, 0 for none, and the newest that this
// program knows. It only reads, for the file may turn out to be a newer program's.
func versions(ctx context.Context, file string) (have, want int64, err error) {
	db, err := sql.Open("sqlite", uri(file)+"?mode=rw&_pragma=busy_timeout(30000)&_pragma=query_only(1)")
	if err != nil {
		return 0, 0, err
	}
	defer db.Close()
	p, err := provider(db)
	if err != nil {
		return 0, 0, err
	}
	for _, m := range p.ListSources() {
		want = max(want, m.Version)
	}
	var migrated bool
	err = db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?)", goose.DefaultTablename).Scan(&migrated)
	if err != nil || !migrated {
		return 0, want, err
	}
	err = db.QueryRowContext(ctx, "SELECT ifnull(max(version_id), 0) FROM "+goose.DefaultTablename).Scan(&have)
	return have, want, err
}

// mark writes the application id into an empty file, and finds out whether the file can
// be written at all. It does so before the file has a write-ahead log, where
// inspectHeader would not see it.
func mark(ctx context.Context, file string) error {
	db, err := sql.Open("sqlite", uri(file)+"?mode=rw&_txlock=immediate")
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if code(err) == sqlite3.SQLITE_BUSY {
		return nil // somebody is writing, so it can be, and is marked
	}
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var id int64
	if err := tx.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "PRAGMA application_id = "+strconv.Itoa(applicationID))
	if err != nil || id == applicationID {
		return err
	}
	return tx.Commit()
}

func provider(db *sql.DB) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectSQLite3, db, migrations.FS, goose.WithDisableGlobalRegistry(true))
}

// identify reads who the vault is for, and says so in a new one. It waits for a writer
// only in a new one.
func (s *Store) identify(ctx context.Context, account string) error {
	err := s.readIdentity(ctx, s.r)
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if account == "" {
		account = "me"
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	return s.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO vault VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING",
			account, salt, time.Now().UnixMilli())
		if err != nil {
			return err
		}
		return s.readIdentity(ctx, tx)
	})
}

func (s *Store) readIdentity(ctx context.Context, db querier) error {
	return db.QueryRowContext(ctx, "SELECT account, salt FROM vault").Scan(&s.account, &s.salt)
}

// tx runs fn in a transaction that holds the write lock from its start. The end of ctx
// ends the wait for the lock and fails the statements that fn runs with it, but a
// transaction whose statements are done is committed.
func (s *Store) tx(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, end, err := begin(ctx, s.w)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer end()
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// begin starts a transaction. The end of ctx ends the wait for the lock, not the
// transaction; end rolls back what is not committed.
func begin(ctx context.Context, db *sql.DB) (tx *sql.Tx, end func(), err error) {
	held, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	tx, err = db.BeginTx(held, nil)
	if err == nil && stop() {
		return tx, func() { tx.Rollback(); cancel() }, nil
	}
	if err == nil {
		tx.Rollback()
	}
	stop()
	cancel()
	return nil, nil, cmp.Or(ctx.Err(), err)
}

// list runs a query and scans every row into a slice before it returns, so that no row
// is open when the next statement runs. what names the deed in the error.
func list[T any](ctx context.Context, db querier, what string, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return out, nil
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

package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/store"
)

func TestOpenMakesPrivateFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "er", "vault.db")
	s := MustOpenPath(t, path, store.Options{Create: true})
	MustRun(t, s)
	release, err := s.LockFetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	for _, suffix := range []string{"", "-wal", "-shm", ".lock", ".fetch.lock"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("mode of the file%s = %o, want 600", suffix, got)
		}
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode of the folder = %v, %v, want 700", info.Mode(), err)
	}
	if s.Path() != path {
		t.Errorf("Path = %q, want %q", s.Path(), path)
	}
}

func TestOpenAccountCountsAtCreation(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ label, want string }{{"", "me"}, {"Zoë", "Zoë"}} {
		path := filepath.Join(t.TempDir(), "vault.db")
		first := MustOpenPath(t, path, store.Options{Create: true, Account: tt.label})
		second := MustOpenPath(t, path, store.Options{Create: true, Account: "another"})
		if first.Account() != tt.want || second.Account() != tt.want {
			t.Errorf("accounts = %q, %q, want %q", first.Account(), second.Account(), tt.want)
		}
	}
}

func TestOpenMissing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "none", "vault.db")
	_, err := store.Open(t.Context(), path, store.Options{})
	var open *store.OpenError
	if !errors.Is(err, store.ErrNoVault) || !errors.As(err, &open) || open.Path != path {
		t.Errorf("error = %v, want an *OpenError of ErrNoVault", err)
	}
	if exists(t, filepath.Dir(path)) {
		t.Error("the folder was made")
	}
}

// TestOpenEmpty: an empty file is what a process leaves that was killed as it made a vault,
// or what somebody made to mount it.
func TestOpenEmpty(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "vault.db")
	for _, step := range []error{os.WriteFile(path, nil, 0o600), os.Chmod(path, 0o664)} {
		if step != nil {
			t.Fatal(step)
		}
	}
	s, err := store.Open(t.Context(), path, store.Options{})
	if err == nil {
		s.Close()
	}
	var open *store.OpenError
	if !errors.Is(err, store.ErrNoVault) || !errors.As(err, &open) || open.Path != path {
		t.Errorf("error = %v, want an *OpenError of ErrNoVault", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o664 || len(tree(t, folder)) != 1 || tree(t, folder)[path] != "" {
		t.Fatalf("the folder changed: %q, mode %v, %v", tree(t, folder), info.Mode(), err)
	}
	MustRun(t, MustOpenPath(t, path, store.Options{Create: true}))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if info, err := os.Stat(path + suffix); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode of the file%s = %v, %v, want 600", suffix, info.Mode(), err)
		}
	}
}

// tree returns what lies in a folder, byte for byte.
func tree(t *testing.T, folder string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.Walk(folder, func(path string, info os.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		out[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	const newer = "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)"
	vault := func(change ...string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			s, err := store.Open(t.Context(), path, store.Options{Create: true})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			MustExec(t, path, change...)
		}
	}
	write := func(text string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	header := "SQLite format 3\x00\x10\x00\x02\x02\x00\x40\x20\x20"
	for name, prepare := range map[string]func(*testing.T, string){
		"text":              write("steps,date\n10,2024-01-01\n"),
		"one byte":          write("x"),
		"truncated header":  write(header),
		"SQLite":            func(t *testing.T, path string) { MustExec(t, path, "CREATE TABLE t (a)") },
		"SQLite with a WAL": func(t *testing.T, path string) { MustExec(t, path, "PRAGMA journal_mode = wal", "CREATE TABLE t (a)") },
		"another application": func(t *testing.T, path string) {
			MustExec(t, path, "PRAGMA application_id = 77", "CREATE TABLE t (a)")
		},
		"newer schema": vault(newer),
		"newer schema in a backup": func(t *testing.T, path string) {
			of := filepath.Join(t.TempDir(), "vault.db")
			vault(newer)(t, of)
			MustExec(t, of, "VACUUM INTO '"+path+"'")
		},
		"cut off": func(t *testing.T, path string) {
			vault()(t, path)
			if err := os.Truncate(path, 1000); err != nil {
				t.Fatal(err)
			}
		},
		"folder": func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		},
		"below a file": func(t *testing.T, path string) { write("x")(t, filepath.Dir(path)) },
		"link to nothing": func(t *testing.T, path string) {
			if err := os.Symlink("nothing", path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "vault.db")
			if name == "below a file" {
				path = filepath.Join(folder, "file", "vault.db")
			}
			prepare(t, path)
			before := tree(t, folder)
			s, err := store.Open(t.Context(), path, store.Options{Create: true})
			if err == nil {
				s.Close()
				t.Fatal("opened")
			}
			var open *store.OpenError
			if !errors.As(err, &open) || open.Path != path {
				t.Errorf("error = %T %v, want an *OpenError", err, err)
			}
			after := tree(t, folder)
			delete(before, path+".lock")
			delete(after, path+".lock")
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("the folder changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestOpenOddPaths(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, name := range []string{"a b#1%.db", "%41", "ünï 東京.db", "a&b=c;d:e@f'\"", "?_pragma=foo(1)"} {
		path := filepath.Join(folder, name)
		s, err := store.Open(t.Context(), path, store.Options{Create: true, Account: name})
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if release, err := s.LockFetch(t.Context()); err != nil {
			t.Errorf("%q: %v", name, err)
		} else {
			release()
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if !exists(t, path) {
			t.Errorf("%q: the vault lies elsewhere", name)
		}
		if got := MustOpenPath(t, path, store.Options{}).Account(); got != name {
			t.Errorf("%q: account = %q", name, got)
		}
	}
}

func TestOpenRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	MustOpenPath(t, "vault.db", store.Options{Create: true})
	if !exists(t, "vault.db-wal") {
		t.Error("the vault lies elsewhere")
	}
}

func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	t.Run("goroutines", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "vault.db")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				s, err := store.Open(context.Background(), path, store.Options{Create: true})
				if err != nil {
					t.Error(err)
				} else if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
	t.Run("processes", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "vault.db")
		var all []*child
		for range 4 {
			all = append(all, MustSpawn(t, "open", path))
		}
		for _, c := range all {
			c.release()
		}
		for _, c := range all {
			if got := c.expect("account"); got != "child" {
				t.Errorf("account = %q", got)
			}
		}
		for _, c := range all {
			c.wait()
		}
		MustVerify(t, MustOpenPath(t, path, store.Options{}))
	})
}

// TestOpenMigratesUnderTheSideLock holds a migration up and looks at the lock meanwhile.
func TestOpenMigratesUnderTheSideLock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "vault.db")
	MustExec(t, path, "PRAGMA application_id = 0x46495456", "PRAGMA journal_mode = wal")
	held := mustRaw(t, path)
	defer held.Close()
	if _, err := held.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	opened := make(chan error, 1)
	go func() {
		s, err := store.Open(context.Background(), path, store.Options{})
		if err == nil {
			err = s.Close()
		}
		opened <- err
	}()
	locked := func() bool {
		if !exists(t, path+".lock") {
			return false
		}
		db := mustRaw(t, path+".lock")
		defer db.Close()
		_, err := db.Exec("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE")
		return err != nil
	}
	for began := time.Now(); !locked(); {
		select {
		case err := <-opened:
			t.Fatalf("opened while the file was locked: %v", err)
		case <-time.After(time.Millisecond):
		}
		if time.Since(began) > 20*time.Second {
			t.Fatal("nothing holds the side lock")
		}
	}
	for range 50 {
		if !locked() {
			t.Fatalf("the side lock is free before the migration is done: %v", <-opened)
		}
	}
	if _, err := held.Exec("COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
}

func TestOpenAfterKill(t *testing.T) {
	t.Parallel()
	const mark = "PRAGMA application_id = 0x46495456"
	for name, prepare := range map[string]func(t *testing.T, path string){
		"empty file": func(t *testing.T, path string) {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"only the mark": func(t *testing.T, path string) { MustExec(t, path, mark) },
		"mark and WAL":  func(t *testing.T, path string) { MustExec(t, path, mark, "PRAGMA journal_mode = wal") },
		"not identified": func(t *testing.T, path string) {
			s, err := store.Open(t.Context(), path, store.Options{Create: true})
			if err == nil {
				err = s.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
			MustExec(t, path, "DELETE FROM vault")
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "vault.db")
			prepare(t, path)
			s := MustOpenPath(t, path, store.Options{Create: true, Account: "Zoë"})
			if s.Account() != "Zoë" {
				t.Errorf("account = %q", s.Account())
			}
			MustVerify(t, MustOpenPath(t, path, store.Options{}))
		})
	}
}

// TestOpenCancelled also holds while another process opens the vault for long.
func TestOpenCancelled(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "vault.db")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Open(ctx, path, store.Options{Create: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want Canceled", err)
	}
	MustOpenPath(t, path, store.Options{Create: true})
}

func TestOpenThroughLink(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path, link := filepath.Join(folder, "vault.db"), filepath.Join(folder, "link")
	s := MustOpenPath(t, path, store.Options{Create: true})
	if err := os.Symlink("vault.db", link); err != nil {
		t.Fatal(err)
	}
	other := MustOpenPath(t, link, store.Options{})
	release, err := s.LockFetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	var busy *store.BusyError
	if _, err := other.LockFetch(t.Context()); !errors.As(err, &busy) {
		t.Errorf("lock through the link: %v, want a *BusyError", err)
	}
}

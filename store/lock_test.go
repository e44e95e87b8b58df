package store_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"fitvault/store"
)

// TestLockNamesTheHolder: the holder is told by the lock, not by the audit log, where a
// run that was cut off stays open for ever.
func TestLockNamesTheHolder(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	MustRun(t, s)
	target, err := s.UseTarget(t.Context(), "a", "b", "native")
	if err != nil {
		t.Fatal(err)
	}
	export := fmt.Sprintf("export-%d", target.ID)
	began := time.Now().Truncate(time.Millisecond)
	c := MustSpawn(t, "lock", s.Path(), "fetch", export)
	c.release()
	c.expect("account")
	c.expect("locked")
	host, _ := os.Hostname()
	for what, lock := range map[string]func() (func(), error){
		"fetch":  func() (func(), error) { return s.LockFetch(t.Context()) },
		"export": func() (func(), error) { return s.LockExport(t.Context(), target.ID) },
	} {
		_, err := lock()
		var busy *store.BusyError
		if !errors.As(err, &busy) {
			t.Fatalf("error = %v, want a *BusyError", err)
		}
		if busy.What != what || busy.PID != c.cmd.Process.Pid || busy.Host != host || busy.Since.Before(began) || busy.Since.After(time.Now()) {
			t.Errorf("busy = %+v, want %s by process %d on %s since about %s", busy, what, c.cmd.Process.Pid, host, began)
		}
		if !strings.Contains(err.Error(), fmt.Sprintf("another %s is running on this vault: process %d on %s", what, busy.PID, host)) {
			t.Errorf("error = %v", err)
		}
	}
	if release, err := s.LockExport(t.Context(), target.ID+1); err != nil {
		t.Errorf("lock another target: %v", err)
	} else {
		release()
	}

	c.kill()
	for range 2 { // release frees it too
		release, err := s.LockFetch(t.Context())
		if err != nil {
			t.Fatalf("lock after the holder was killed: %v", err)
		}
		release()
	}
}

// TestLockWithinAProcess also asks another process: asking twice must not free the lock.
func TestLockWithinAProcess(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	release, err := s.LockFetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var busy *store.BusyError
	if _, err := s.LockFetch(t.Context()); !errors.As(err, &busy) || busy.PID != os.Getpid() {
		t.Errorf("error = %v, want a *BusyError of this process", err)
	}
	c := MustSpawn(t, "lock", s.Path(), "fetch")
	c.release()
	c.expect("account")
	if got := c.expect("error:"); !strings.Contains(got, fmt.Sprintf("process %d on", os.Getpid())) {
		t.Errorf("another process: %s, want this one named", got)
	}
	release()
	if release, err = s.LockFetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	release()
}

// TestLockFails: what is not a busy lock is not called one.
func TestLockFails(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	if err := os.Mkdir(s.Path()+".fetch.lock", 0o700); err != nil {
		t.Fatal(err)
	}
	var busy *store.BusyError
	if _, err := s.LockFetch(t.Context()); err == nil || errors.As(err, &busy) {
		t.Errorf("error = %v, want another than a *BusyError", err)
	}
}

//go:build unix

package store_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"fitvault/store"
)

func init() { children["probe"] = probeChild }

// probeChild says whether another process holds SQLite's shared lock on the file.
func probeChild(_ context.Context, s *store.Store, _ []string) error {
	f, err := os.Open(s.Path())
	if err != nil {
		return err
	}
	defer f.Close()
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Start: 0x40000002, Len: 510}
	if err := syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &lock); err != nil {
		return err
	}
	fmt.Println("held", lock.Type != syscall.F_UNLCK)
	return nil
}

// TestOpenTwice: what a second Open does must not drop the locks of the first. Another
// process might then take itself for the last one, and delete the write-ahead log that
// this one goes on writing (https://www.sqlite.org/howtocorrupt.html section 2.2).
func TestOpenTwice(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "vault.db")
	for range 2 {
		MustRun(t, MustOpenPath(t, path, store.Options{Create: true}))
		c := MustSpawn(t, "probe", path)
		c.release()
		c.expect("account")
		if got := c.expect("held"); got != "true" {
			t.Errorf("another process finds the file of an open vault locked: %s", got)
		}
		c.wait()
	}
}

// TestOpenReadOnly opens a file that may not be written, as an ordinary user.
func TestOpenReadOnly(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]os.FileMode{"file": 0o777, "folder": 0o555} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "vault.db")
			s, err := store.Open(t.Context(), path, store.Options{Create: true})
			if err == nil {
				err = s.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range []error{os.Chmod(path, 0o444), os.Remove(path + ".lock"), os.Chmod(folder, mode), os.Chmod(filepath.Dir(folder), 0o755)} {
				if step != nil {
					t.Fatal(step)
				}
			}
			before := tree(t, folder)[path]
			c := mustStart(t, asUser(t, path), "open")
			c.release()
			got := c.expect("error:")
			if !strings.Contains(got, "vault "+path+": ") || strings.Contains(got, "owner") {
				t.Errorf("error = %s, want an *OpenError", got)
			}
			if tree(t, folder)[path] != before {
				t.Error("the file changed")
			}
		})
	}
}

// asUser runs the test binary without the powers of root.
func asUser(t *testing.T, path string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], path)
	if os.Geteuid() != 0 {
		return cmd
	}
	if runtime.GOOS != "linux" {
		t.Skip("root may write everything")
	}
	cmd.Path = "/proc/self/exe" // the folder of the binary is root's own
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	return cmd
}

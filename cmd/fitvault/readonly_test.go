//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"fitvault/fetch/emulator"
)

// TestReadOnlyVault: a vault that this user may read and not write is an error, and stays
// as it was. Root may write anything, so there the binary runs as another user.
func TestReadOnlyVault(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5})
	h := s.home(t)
	h.exits(exitDone, "fetch")
	body, err := os.ReadFile(h.vault)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "fitvault-readonly-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Cleanup(func() { os.Chmod(dir, 0o700) })
	vault := filepath.Join(dir, "vault.db")
	if err := os.WriteFile(vault, body, 0o444); err != nil {
		t.Fatal(err)
	}
	reader := s.home(t, "FITVAULT_VAULT="+vault, "HOME=/nonexistent", "TMPDIR=/nonexistent")
	reader.dir = "/"
	for _, mode := range []os.FileMode{0o555, 0o777} { // of the folder: with and without room for side files
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"fetch", "export", "status", "verify"} {
			p := reader.command(command)
			if os.Getuid() == 0 {
				p.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			}
			p.launch()
			p.wants(exitFailed)
			p.says("vault " + vault + ": ")
			if now, err := os.ReadFile(vault); err != nil || !bytes.Equal(now, body) {
				t.Fatalf("%s changed the vault (%v)", command, err)
			}
		}
	}
}

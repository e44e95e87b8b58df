//go:build unix

package takeout

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

func TestFolderFaults(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	secret := save(t, outside, "secret.json", []byte("secret"))
	save(t, dir, "Takeout/before.json", []byte("[]"))
	save(t, dir, "Takeout/locked.json", []byte("[]"))
	check(t, os.Symlink(secret, filepath.Join(dir, "Takeout", "link.json")))
	check(t, os.Symlink(outside, filepath.Join(dir, "Takeout", "outside")))
	check(t, syscall.Mkfifo(filepath.Join(dir, "Takeout", "pipe.json"), 0o600))
	check(t, os.Truncate(save(t, dir, "Takeout/huge.json", nil), maxMember+1))
	if runtime.GOOS == "linux" { // elsewhere the file system refuses such names
		save(t, dir, "Takeout/a\xff.json", []byte("[]"))
		save(t, dir, "Takeout/d\xff/a.json", []byte("[]"))
	}
	base := filepath.Base(dir)
	got := read(t, find(t, dir), func(m Member) bool {
		if m.Name == "Takeout/locked.json" { // after it was listed
			check(t, os.WriteFile(filepath.Join(dir, m.Name), []byte("[2,3]"), 0o600))
		}
		return true
	})
	wantTexts(t, got.texts, file{"Takeout/before.json", "[]"})
	want := []string{base + ": Takeout/link.json: is a link", base + ": Takeout/outside: is a link",
		base + ": Takeout/pipe.json: is neither", base + ": Takeout/huge.json: is larger than", base + ": Takeout/locked.json: changed while"}
	if runtime.GOOS == "linux" {
		want = append(want, base+": Takeout/a\uFFFD.json: its name is not UTF-8", base+`: "Takeout/d\xff": its name is not UTF-8`)
	}
	wantErrors(t, got.errors, want...)
}

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fitvault/store"
)

func isNoVault(err error) bool { return errors.Is(err, store.ErrNoVault) }

// absent tells of a vault that is still to be made.
func absent(path string) finding {
	folder := above(path)
	if !writable(folder) {
		return finding{Check: "vault", Verdict: faulty, Found: fmt.Sprintf("none yet at %s, and none can be made: this user may not write to %s", path, folder),
			Remedy: "let this user write there, or name another place with --vault"}
	}
	return finding{Check: "vault", Verdict: allRight, Found: fmt.Sprintf("none yet: the first login or fetch makes %s", path)}
}

// above is the folder of a file, or the nearest one above it that is there.
func above(path string) string {
	folder := filepath.Dir(path)
	for {
		if info, err := os.Stat(folder); err == nil && info.IsDir() || folder == filepath.Dir(folder) {
			return folder
		}
		folder = filepath.Dir(folder)
	}
}

// vaultSize is the size of a vault with its write-ahead log, in bytes; 0 when there is none.
func vaultSize(path string) (n int64) {
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(path + suffix); err == nil {
			n += info.Size()
		}
	}
	return n
}

// Free space, in bytes, under which SQLite may soon fail to write, and under which somebody
// should look after the disk.
const (
	tooLittle = 100 << 20
	little    = 1 << 30
)

// disk looks at the free space where the vault lies.
func disk(path string) finding {
	folder := above(path)
	free, err := freeSpace(folder)
	if err != nil {
		return finding{Check: "disk", Verdict: warning, Found: fmt.Sprintf("the free space at %s cannot be told: %v", folder, err),
			Remedy: "see to it that there is at least 1 GiB"}
	}
	return judgeSpace(folder, free, vaultSize(path))
}

// space writes a size for people, as bytesText does, and large ones in GiB.
func space(n int64) string {
	if n < 1<<30 {
		return bytesText(n)
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}

// judgeSpace wants room for the vault to double, because a migration may write all of it
// again before the old pages are free.
func judgeSpace(folder string, free, vault int64) finding {
	f := finding{Check: "disk", Verdict: allRight, Found: fmt.Sprintf("%s free at %s", space(free), folder)}
	switch {
	case free < tooLittle:
		f.Verdict, f.Remedy = faulty, "free some space, or move the vault to another disk and name it with --vault"
	case free < little:
		f.Verdict, f.Remedy = warning, "free some space: less than 1 GiB is left"
	case free < 2*vault:
		f.Verdict, f.Remedy = warning, fmt.Sprintf("free some space: the vault has %s, and twice that should be free", space(vault))
	}
	return f
}

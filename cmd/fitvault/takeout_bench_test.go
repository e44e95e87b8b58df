//go:build linux

package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// BenchmarkImport imports the archives of an emulated person with the built binary, beside
// only decompressing them with the standard library, in turns, and prints how the two compare,
// the peak of resident memory, and the size of the vault. The years of ten are some gigabytes
// of disk and minutes to make:
//
//	go test ./cmd/fitvault -run '^$' -bench Import -benchtime 1x -timeout 1h
func BenchmarkImport(b *testing.B) {
	for _, c := range []struct {
		name, format string
		days         int
	}{
		{"year/zip", emulator.TakeoutZip, 365},
		{"year/tgz", emulator.TakeoutTgz, 365},
		{"ten years/zip", emulator.TakeoutZip, 3653},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkImport(b, c.format, c.days) })
	}
}

func benchmarkImport(b *testing.B, format string, days int) {
	dir := b.TempDir()
	archive := filepath.Join(dir, "takeout-20261122T101700Z-001."+format)
	members, unpacked := makeArchive(b, archive, format, days)
	var only, whole, again time.Duration
	var peak int64
	for b.Loop() {
		vault := filepath.Join(dir, "vault.db")
		for _, side := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(vault + side); err != nil && !errors.Is(err, os.ErrNotExist) {
				b.Fatal(err)
			}
		}
		began := time.Now()
		decompress(b, archive, format)
		only += time.Since(began)
		took, rss := timedImport(b, dir, vault, archive)
		whole, peak = whole+took, max(peak, rss)
		took, _ = timedImport(b, dir, vault, archive)
		again += took
		b.ReportMetric(float64(sizeOf(b, vault))/1e6, "vault-MB")
	}
	b.ReportMetric(float64(members), "files")
	b.ReportMetric(float64(unpacked)/1e6, "unpacked-MB")
	b.ReportMetric(float64(sizeOf(b, archive))/1e6, "archive-MB")
	b.ReportMetric(whole.Seconds()/float64(b.N), "import-s")
	b.ReportMetric(again.Seconds()/float64(b.N), "again-s")
	b.ReportMetric(whole.Seconds()/only.Seconds(), "×decompress")
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
}

// makeArchive writes the archive of a person whose watch reads the pulse every eight seconds,
// and returns how many members it has and how large they are.
func makeArchive(b *testing.B, path, format string, days int) (members int, unpacked int64) {
	b.Helper()
	emu, err := emulator.New(emulator.Options{Days: days, GoogleBeatSeconds: 8})
	if err != nil {
		b.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	err = emu.WriteTakeout(f, format, emulator.TakeoutOptions{OnMember: func(_ string, size int) { members, unpacked = members+1, unpacked+int64(size) }})
	if err != nil {
		b.Fatal(err)
	}
	return members, unpacked
}

// decompress reads all members, one after the other, and does nothing with them.
func decompress(b *testing.B, path, format string) {
	b.Helper()
	if format == emulator.TakeoutZip {
		z, err := zip.OpenReader(path)
		if err != nil {
			b.Fatal(err)
		}
		defer z.Close()
		for _, m := range z.File {
			r, err := m.Open()
			if err == nil {
				_, err = io.Copy(io.Discard, r)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		return
	}
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	g, err := gzip.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	for t := tar.NewReader(g); ; {
		if _, err := t.Next(); err == io.EOF {
			return
		} else if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, t); err != nil {
			b.Fatal(err)
		}
	}
}

// timedImport runs the binary, and returns how long it took and its peak of resident memory in
// bytes.
func timedImport(b *testing.B, dir, vault, archive string) (time.Duration, int64) {
	b.Helper()
	cmd := exec.Command(binary, "import", "--quiet", "--vault", vault, archive)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TZ=UTC"}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	peak := watchPeak(cmd.Process.Pid)
	if err := cmd.Wait(); err != nil {
		b.Fatalf("%v\n%s", err, &out)
	}
	return time.Since(began), peak()
}

func sizeOf(b *testing.B, path string) int64 {
	b.Helper()
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

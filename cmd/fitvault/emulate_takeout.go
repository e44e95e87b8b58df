package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"fitvault/fetch/emulator"
)

func takeoutFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "takeout", Usage: "write the person's archive to this .zip or .tgz instead of serving",
			TakesFile: true, Sources: env("takeout")},
		&cli.StringFlag{Name: "takeout-layout", Usage: "its folders: " + strings.Join(emulator.TakeoutLayouts, ", "),
			Value: emulator.LayoutGoogleHealth, Sources: env("takeout-layout")},
	}
}

// takeoutFormat is the format that a file's name asks for.
func takeoutFormat(path string) (string, error) {
	name := strings.ToLower(path)
	switch {
	case strings.HasSuffix(name, ".zip"):
		return emulator.TakeoutZip, nil
	case strings.HasSuffix(name, ".tgz"), strings.HasSuffix(name, ".tar.gz"):
		return emulator.TakeoutTgz, nil
	}
	return "", &usageError{fmt.Sprintf("--takeout: %s ends neither in .zip nor in .tgz or .tar.gz, so its format is unknown", path)}
}

// writeTakeout writes the person's archive of this moment and says how large it is.
func (a *app) writeTakeout(ctx context.Context, path, layout string, srv *emulator.Server) error {
	format, err := takeoutFormat(path)
	if err != nil {
		return err
	}
	if !slices.Contains(emulator.TakeoutLayouts, layout) {
		return unknown("takeout layout", layout, emulator.TakeoutLayouts)
	}
	members, size := 0, int64(0)
	o := emulator.TakeoutOptions{Layout: layout, OnMember: func(_ string, n int) { members, size = members+1, size+int64(n) }}
	packed, err := replaceFile(path, func(w io.Writer) error {
		return srv.WriteTakeout(&untilDone{ctx, w}, format, o)
	})
	if err != nil {
		return fmt.Errorf("write the archive %s: %w", path, err)
	}
	fmt.Fprintf(a.err, "wrote %s: %d members, %d bytes, %d packed\n", path, members, size, packed)
	return nil
}

// replaceFile writes a file beside the one that is meant and gives it the name only when
// all of it is there. It returns its size in bytes.
func replaceFile(path string, write func(io.Writer) error) (size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".tmp-*")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	w := bufio.NewWriterSize(f, 1<<20)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	if info, e := f.Stat(); e == nil {
		size = info.Size()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return 0, err
	}
	return size, os.Rename(f.Name(), path)
}

// untilDone is a writer that fails once its context has ended.
type untilDone struct {
	ctx context.Context
	w   io.Writer
}

func (u *untilDone) Write(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.w.Write(b)
}

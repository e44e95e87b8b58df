package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// sent is a write on its way to the database.
type sent struct {
	n       int // from 1 on
	w       http.ResponseWriter
	r       *http.Request
	forward func()
	db      *influxtest.Server
}

// lines reads the body, and puts it back.
func (s sent) lines() string {
	b, _ := io.ReadAll(s.r.Body)
	s.r.Body = io.NopCloser(bytes.NewReader(b))
	return string(b)
}

// answer is one that the database did not give.
func (s sent) answer(status int, body string, header ...string) {
	for i := 0; i+1 < len(header); i += 2 {
		s.w.Header().Set(header[i], header[i+1])
	}
	s.w.Header().Set("Content-Type", "application/json")
	s.w.WriteHeader(status)
	io.WriteString(s.w, body)
}

// take has the database take the lines, which the program does not hear of.
func (s sent) take() { s.db.Write(s.r.URL.Query().Get("db"), strings.TrimSpace(s.lines())) }

// cut breaks the connection halfway through the body.
func (s sent) cut() {
	io.CopyN(io.Discard, s.r.Body, s.r.ContentLength/2)
	panic(http.ErrAbortHandler)
}

// always answers every write from the fourth on; once meets the third one alone.
func always(status int, body string, header ...string) func(sent) {
	return func(s sent) {
		if s.n < 4 {
			s.forward()
			return
		}
		s.answer(status, body, header...)
	}
}

func once(fault func(sent)) func(sent) {
	return func(s sent) {
		if s.n != 3 {
			s.forward()
			return
		}
		fault(s)
	}
}

// exportFaults are faults of a database, or of what stands before it, while it is written:
// for how long they are met with patience, how the export ends, and what it says.
var exportFaults = []struct {
	name  string
	fault func(sent)
	retry string
	code  int
	says  []string
}{
	{"line refused", func(s sent) {
		if strings.Contains(s.lines(), "body_fat,") {
			s.answer(400, `{"error":"partial write: points beyond retention policy dropped=1"}`)
			return
		}
		s.forward()
	}, "5s", exitPartly, []string{"body_fat", "points beyond retention policy"}},
	{"unknown user", always(401, `{"error":"authorization failed"}`), "5s", exitFailed, []string{"401", "the server wants a user name and password"}},
	{"right taken away", always(403, `{"error":"not authorized to write to the database"}`), "5s", exitFailed, []string{"403", "GRANT ALL ON"}},
	{"database dropped", always(404, `{"error":"database not found: \"x\""}`), "5s", exitFailed, []string{"database not found", "run the export again"}},
	{"batches too large", func(s sent) {
		if strings.Count(s.lines(), "\n") > 50 {
			s.answer(413, `{"error":"Request Entity Too Large"}`)
			return
		}
		s.forward()
	}, "5s", exitDone, nil},
	{"lines too large", func(s sent) {
		if strings.Contains(s.lines(), "weight,") {
			s.answer(413, `{"error":"Request Entity Too Large"}`)
			return
		}
		s.forward()
	}, "5s", exitPartly, []string{"weight", "takes smaller requests only"}},
	{"too many requests, once", once(func(s sent) { s.answer(429, `{"error":"slow down"}`, "Retry-After", "1") }), "10s", exitDone, []string{"trying again", "429"}},
	{"too many requests", always(429, `{"error":"slow down"}`, "Retry-After", "30"), "1s", exitFailed, []string{"429", "asks to wait 30s"}},
	{"overloaded, once", once(func(s sent) { s.answer(500, `{"error":"engine: cache-max-memory-size exceeded"}`) }), "10s", exitDone, []string{"trying again", "500"}},
	{"overloaded", always(500, `{"error":"engine: cache-max-memory-size exceeded"}`), "1s", exitFailed,
		[]string{"500", "cache-max-memory-size exceeded", "what was acknowledged is saved"}},
	{"maintenance", always(503, "<html>"), "500ms", exitFailed, []string{"503", "what was acknowledged is saved"}},
	{"time-out of a write that was done", func(s sent) {
		if s.n < 4 {
			s.forward()
			return
		}
		s.take()
		s.answer(500, `{"error":"timeout"}`)
	}, "500ms", exitFailed, []string{"timeout", "what was acknowledged is saved"}},
	{"cut in the body, once", once(sent.cut), "10s", exitDone, []string{"trying again"}},
	{"cut in the body", func(s sent) {
		if s.n >= 4 {
			s.cut()
		}
		s.forward()
	}, "500ms", exitFailed, []string{"check the address"}},
	{"answer lost, once", once(func(s sent) {
		s.take()
		panic(http.ErrAbortHandler)
	}), "10s", exitDone, []string{"trying again"}},
}

// TestExportFaults meets each fault in the middle of an export. Nothing counts as exported that
// the database did not acknowledge: when the fault is gone, the next export leaves what a full
// one gives.
func TestExportFaults(t *testing.T) {
	t.Parallel()
	f := newStricken(t)
	for _, c := range exportFaults {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h, name, proxy := f.home(t)
			proxy.meet(func(n int, w http.ResponseWriter, r *http.Request, forward func()) {
				if n == 0 {
					forward()
					return
				}
				c.fault(sent{n, w, r, forward, f.db})
			})
			p := h.exits(c.code, "export", "--batch", "100", "--retry-for", c.retry)
			p.says(c.says...)
			if c.code != exitDone {
				p.says(proxy.url, name)
			}
			h.stands(c.code == exitDone)
			proxy.meet(nil)
			f.mends(t, h, name)
		})
	}
}

// TestExportMeetsOtherKinds: a field that the database holds with another kind is found before
// anything is sent; where its points are gone and the shard remembers, its lines are refused.
func TestExportMeetsOtherKinds(t *testing.T) {
	t.Parallel()
	f := newStricken(t)
	stranger := fmt.Sprintf("body_fat,account=me fat_pct=true %d", time.Now().AddDate(0, 0, -10).UnixNano())
	for _, seen := range []bool{true, false} {
		t.Run(fmt.Sprintf("seen %t", seen), func(t *testing.T) {
			t.Parallel()
			h, name, proxy := f.home(t)
			db := influxtest.Shared(t)
			db.Query("", "CREATE DATABASE "+name)
			db.Write(name, stranger)
			code, says := exitFailed, []string{`"fat_pct"`, `"body_fat"`, "boolean", "DROP MEASUREMENT", "--rebuild"}
			if !seen {
				db.Query(name, "DELETE FROM body_fat")
				code, says = exitPartly, []string{"field type conflict", "body_fat", "DROP MEASUREMENT", "--rebuild"}
			}
			h.exits(code, "export", "--batch", "100").says(says...)
			if n := proxy.writes.Load(); seen && n > 0 {
				t.Errorf("%d writes were sent", n)
			}
			h.stands(false)
			db.Query(name, "DROP MEASUREMENT body_fat")
			h.exits(exitDone, "export", "--type", "body_fat", "--rebuild")
			f.mends(t, h, name)
		})
	}
}

// TestExportWithFullDisk: the vault's disk fills up while the export notes what it does.
func TestExportWithFullDisk(t *testing.T) {
	t.Parallel()
	f := newStricken(t)
	info, err := os.Stat(f.vault)
	if err != nil {
		t.Fatal(err)
	}
	disk := t.TempDir()
	size := func(room int64) string { return fmt.Sprintf("size=%dk", (info.Size()+room)/1024) }
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", size(160<<10), "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("a small disk takes the right to mount one: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	h, name, _ := f.home(t)
	h = h.with("FITVAULT_VAULT=" + filepath.Join(disk, "vault.db"))
	h.vault = filepath.Join(disk, "vault.db")
	copyFile(t, f.vault, h.vault)
	h.exits(exitFailed, "export", "--batch", "100").says("disk is full", "no room left on the vault's disk", "run it again")
	if out, err := exec.Command("mount", "-o", "remount,"+size(64<<20), disk).CombinedOutput(); err != nil {
		t.Fatalf("remount: %v: %s", err, out)
	}
	h.exits(exitDone, "verify")
	h.stands(false)
	f.mends(t, h, name)
}

// stricken is a vault that faults are met with, and what a full export of it gives.
type stricken struct {
	db    *influxtest.Server
	vault string
	env   []string
	want  []string
}

func newStricken(t *testing.T) *stricken {
	t.Helper()
	f := &stricken{db: influxtest.Shared(t)}
	s := serve(t, emulator.Options{Days: 30})
	h := s.home(t)
	h.exits(exitDone, "fetch")
	f.vault, f.env = h.vault, h.env
	full := f.db.Database()
	h.with(influxEnv(f.db.URL(), full)...).exits(exitDone, "export")
	f.want = f.db.Dump(full)
	if len(f.want) < 600 {
		t.Fatalf("a full export gives %d points only", len(f.want))
	}
	change(t, h.vault, "DELETE FROM exported")
	change(t, h.vault, "DELETE FROM targets")
	return f
}

// home returns surroundings with a copy of the vault, which are exported into a database that
// does not exist yet, through a proxy.
func (f *stricken) home(t *testing.T) (*home, string, *gate) {
	t.Helper()
	h := newHome(t)
	h.env = append(f.env, "FITVAULT_VAULT="+h.vault)
	copyFile(t, f.vault, h.vault)
	proxy, name := before(t, f.db), influxtest.Shared(t).Database()
	return h.with(proxy.env(name)...), name, proxy
}

// stands requires of status that the target is up to date, or that it is not.
func (h *home) stands(upToDate bool) {
	h.t.Helper()
	target := h.reported().Targets[0]
	if (target.Behind == 0) != upToDate {
		h.t.Errorf("status: %+v", target)
	}
}

// mends requires of an export without a fault that it leaves what a full one gives.
func (f *stricken) mends(t *testing.T, h *home, name string) {
	t.Helper()
	h.exits(exitDone, "export", "--batch", "100")
	if diff := cmp.Diff(f.want, influxtest.Shared(t).Dump(name)); diff != "" {
		t.Errorf("after the fault the database differs from a full export:\n%.4000s", diff)
	}
	h.stands(true)
}

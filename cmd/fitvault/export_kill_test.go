package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
)

const (
	exportKills = 50
	killBatch   = "100" // lines in a write, so that there are many to be killed at
)

// killed is what is killed during an export.
type killed int

const (
	programKilled  killed = iota
	databaseKilled        // and started again while the program waits for it
	databaseGone          // and started again when the program has given up
)

// TestKillExportAtRandom kills the program and the database at random points of exports, and
// requires of the last one, which comes to its end, what a full export gives. Whenever an
// export comes to its end before it is killed, days get another zone, and what the database
// holds of them has to go.
func TestKillExportAtRandom(t *testing.T) {
	t.Parallel()
	db := influxtest.Start(t)
	s := serve(t, frozen())
	h := s.home(t)
	h.exits(exitDone, "fetch")
	name, full := "killed", "full"
	began := time.Now()
	h.with(influxEnv(db.URL(), full)...).exits(exitDone, "export", "--batch", killBatch)
	k := &exportKiller{home: h.with(influxEnv(db.URL(), name)...), db: db, within: time.Since(began) / 4, rnd: rand.New(rand.NewPCG(7, 50))}
	for n := 0; n < exportKills; {
		what := []killed{programKilled, databaseKilled, programKilled, databaseGone}[n%4]
		if k.kill(what) {
			n++
			continue
		}
		k.moved++
		change(t, h.vault, fmt.Sprintf("INSERT OR REPLACE INTO zones (from_date, how, zone, noted_at) VALUES ('%v', 'hand', '%s', 0)",
			s.Today()-3, []string{"Asia/Tokyo", "America/New_York"}[k.moved%2]))
	}
	k.exits(exitDone, "verify")
	k.exits(exitDone, "export")
	h.with(influxEnv(db.URL(), full)...).exits(exitDone, "export", "--rebuild")
	want := db.Dump(full)
	if diff := cmp.Diff(want, db.Dump(name)); diff != "" || len(want) < 1000 {
		t.Errorf("after %d kills the database differs from a full export of %d points:\n%s", exportKills, len(want), diff)
	}
	t.Logf("%d points, kills within %v of an export, %d changes of zone", len(want), k.within, k.moved)
}

// exportKiller runs exports and kills them.
type exportKiller struct {
	*home
	db     *influxtest.Server
	within time.Duration // of its start an export is killed
	rnd    *rand.Rand
	moved  int // changes of zone
}

// kill runs an export and reports whether it was killed before its end.
func (k *exportKiller) kill(what killed) bool {
	k.t.Helper()
	retry := map[killed]string{programKilled: "0s", databaseKilled: "30s", databaseGone: "0s"}[what]
	p := k.start("export", "--batch", killBatch, "--retry-for", retry)
	time.Sleep(time.Duration(k.rnd.Int64N(int64(k.within))))
	if what == programKilled {
		p.kill()
		return p.cmd.ProcessState.ExitCode() == -1
	}
	running := true
	select {
	case <-p.ended:
		running = false
	default:
	}
	k.db.Kill()
	if what == databaseGone && running {
		p.within(time.Minute)
	}
	k.db.Restart()
	switch code := p.within(time.Minute); {
	case code == exitDone:
		return running && what == databaseKilled
	case what == databaseGone && code == exitFailed:
		p.says(k.db.URL())
		return true
	default:
		k.t.Fatalf("exit code %d\n%s", code, p.err.String())
		return false
	}
}

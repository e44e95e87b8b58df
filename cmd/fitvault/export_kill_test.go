package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/influxdata/influxdb1-client/models"

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
// requires of each export that comes to its end what a full one gives. Most days then get
// another zone, and what the database holds of them has to go. The index is on disk, for that in
// memory loses series that were deleted and written again (see influxtest.WithIndexOnDisk).
func TestKillExportAtRandom(t *testing.T) {
	t.Parallel()
	db := influxtest.Start(t, influxtest.WithIndexOnDisk())
	s := serve(t, frozen())
	h := s.home(t)
	h.exits(exitDone, "fetch")
	began := time.Now()
	h.with(influxEnv(db.URL(), "full")...).exits(exitDone, "export", "--batch", killBatch)
	k := &exportKiller{home: h.with(influxEnv(db.URL(), "killed")...), db: db, within: time.Since(began) / 2, rnd: rand.New(rand.NewPCG(7, 50))}
	for n := 0; n < exportKills; {
		what := []killed{programKilled, databaseKilled, programKilled, databaseGone}[n%4]
		if k.kill(what) {
			n++
			continue
		}
		k.compare()
		k.moved++
		change(t, h.vault, fmt.Sprintf("INSERT OR REPLACE INTO zones (from_date, how, zone, noted_at) VALUES ('%v', 'hand', '%s', 0)",
			s.Today()-50, []string{"Asia/Tokyo", "America/New_York"}[k.moved%2]))
	}
	k.exits(exitDone, "verify")
	k.exits(exitDone, "export")
	k.compare()
	t.Logf("kills within %v of an export, %d changes of zone", k.within, k.moved)
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
		if p.cmd.ProcessState.ExitCode() == -1 {
			return true
		}
		p.wants(exitDone)
		return false
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

// compare requires that the database holds what a full export writes.
func (k *exportKiller) compare() {
	k.t.Helper()
	points, err := models.ParsePointsString(k.exits(exitDone, "export", "--output", "-").out.String())
	if err != nil {
		k.t.Fatal(err)
	}
	var want []string
	for _, p := range points {
		fields, err := p.Fields()
		if err != nil {
			k.t.Fatal(err)
		}
		q, err := models.NewPoint(string(p.Name()), p.Tags(), fields, p.Time())
		if err != nil {
			k.t.Fatal(err)
		}
		want = append(want, q.String())
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, k.db.Dump("killed")); diff != "" || len(want) < 1000 {
		k.t.Fatalf("after %d changes of zone the database differs from a full export of %d points:\n%.4000s", k.moved, len(want), diff)
	}
}

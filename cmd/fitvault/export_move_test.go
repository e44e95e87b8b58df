package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// TestDeletedSleepLeavesInfluxDB: a sleep log that its owner deletes is gone from the database
// after the next round, and nothing else is.
func TestDeletedSleepLeavesInfluxDB(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	database, full := db.Database(), db.Database()
	s := sleeper(t)
	h := s.home(t, append(influxEnv(db.URL(), database), "FITVAULT_TYPE=activity_daily.steps,sleep,sleep_stage")...)
	s.Set(func(m *emulator.Modes) { m.SyncEvery = time.Second })
	round := func() []string {
		t.Helper()
		time.Sleep(1100 * time.Millisecond) // the watch syncs
		h.exits(exitDone, "run", "--once")
		return db.Dump(database)
	}
	night := s.Person().Sleeps(s.Today())[0]
	from, to := night.Start.UnixNano(), night.End.UnixNano()
	of := func(l string) bool {
		return strings.HasPrefix(l, "sleep") && from <= instant(t, l) && instant(t, l) <= to
	}
	held := round()
	if !slices.ContainsFunc(held, of) {
		t.Fatal("the night is missing")
	}
	if !s.DeleteSleep(night.LogID) {
		t.Fatal("there is no such sleep")
	}
	if diff := cmp.Diff(slices.DeleteFunc(held, of), round()); diff != "" {
		t.Errorf("after the deletion:\n%s", diff)
	}
	h.with(influxEnv(db.URL(), full)...).exits(exitDone, "export")
	if diff := cmp.Diff(db.Dump(full), db.Dump(database)); diff != "" {
		t.Errorf("the database differs from a full export:\n%s", diff)
	}
}

// TestPreferMovesDays: a day moves from one source to another and back, and the database holds
// each time what a full export gives. Between the fetches from the one and from the other the
// person deleted a night and added a nap.
func TestPreferMovesDays(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	database := db.Database()
	s := serve(t, emulator.Options{Days: 20})
	h := newHome(t, append(slices.Concat(s.env(), s.googleEnv(), influxEnv(db.URL(), database)),
		"FITVAULT_TYPE=activity_daily.steps,sleep,sleep_stage,weight")...)
	h.exits(exitDone, "fetch", "--source", "fitbit")
	p, day := s.Person(), s.Today()-8
	for len(p.Sleeps(day)) == 0 {
		day--
	}
	nap := p.DayStart(day).Add(14 * time.Hour)
	if !s.DeleteSleep(p.Sleeps(day)[0].LogID) || s.AddSleep(nap, nap.Add(time.Hour)) == 0 {
		t.Fatal("the emulator took no edit")
	}
	h.exits(exitDone, "fetch", "--source", "google")

	held := map[string][]string{}
	for i, prefer := range []string{"fitbit", "google", "fitbit", "google,fitbit"} {
		h.exits(exitDone, "export", "--prefer", prefer)
		full := db.Database()
		h.with(influxEnv(db.URL(), full)...).exits(exitDone, "export", "--prefer", prefer)
		held[prefer] = db.Dump(database)
		if diff := cmp.Diff(db.Dump(full), held[prefer]); diff != "" {
			t.Errorf("export %d, %s preferred, differs from a full export:\n%s", i+1, prefer, diff)
		}
	}
	count := func(prefer string, from, to time.Time) (n int) {
		for _, l := range held[prefer] {
			if strings.HasPrefix(l, "sleep,") && from.UnixNano() <= instant(t, l) && instant(t, l) < to.UnixNano() {
				n++
			}
		}
		return n
	}
	for prefer, want := range map[string]int{"fitbit": 0, "google": 1} {
		if n := count(prefer, nap, nap.Add(time.Minute)); n != want {
			t.Errorf("%s preferred: %d naps, want %d", prefer, n, want)
		}
	}
}

// instant is the time of a line, in Unix nanoseconds.
func instant(t *testing.T, line string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(line[strings.LastIndexByte(line, ' ')+1:], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

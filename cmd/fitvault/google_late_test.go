package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/influxdata/influxdb1-client/models"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

// sleeper returns a service for a person who has slept in each of the last two nights, as
// the watch measured, is up since an hour or more, and walked before two o'clock yesterday
// and after it.
func sleeper(t *testing.T) *service {
	t.Helper()
	for seed := range uint64(200) {
		s := serve(t, emulator.Options{Days: 4, Seed: seed + 1})
		p, today := s.Person(), s.Today()
		night, before := p.Sleeps(today), p.Sleeps(today-1)
		walked := p.DayUntil(today-1, p.DayStart(today-1).Add(14*time.Hour)).Steps
		if len(night) == 1 && len(before) > 0 && measured(night[0]) && night[0].End.Before(s.Now().Add(-time.Hour)) &&
			walked > 0 && walked < p.Day(today-1).Steps {
			return s
		}
	}
	t.Fatal("nobody slept")
	return nil
}

// measured tells a sleep that the watch saw, and that gets stages.
func measured(s emulator.Sleep) bool { return !s.Manual && !s.Classic && !s.NoLevels }

// TestGoogleLateDataInInfluxDB: rounds of fetch and export carry into a real InfluxDB what a
// watch sends a day late, a sleep once it is processed, and a deletion.
func TestGoogleLateDataInInfluxDB(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	database := db.Database()
	s := sleeper(t)
	h := newHome(t, append(append(s.googleEnv(), influxEnv(db.URL(), database)...), "FITVAULT_TYPE=activity_daily.steps,steps,sleep,sleep_stage")...)
	p, today := s.Person(), s.Today()
	night, yesterday := p.Sleeps(today)[0], today-1
	round := func(change func(*emulator.Modes)) {
		t.Helper()
		s.Set(change)
		time.Sleep(1100 * time.Millisecond) // the watch syncs
		h.exits(exitDone, "fetch")
		h.exits(exitDone, "export")
	}
	count := func(query string, from, to time.Time) int64 { return number(t, db, database, query, from, to) }
	slept := func() [3]int64 {
		from, to := night.Start.Add(-time.Minute), night.End.Add(time.Minute)
		return [3]int64{count("SELECT count(log_id) FROM sleep", from, to), count("SELECT sum(asleep_min) FROM sleep", from, to),
			count("SELECT count(stage) FROM sleep_stage", from, to)}
	}
	walked := func() int64 { return count("SELECT sum(count) FROM steps", p.DayStart(yesterday), p.DayStart(today)) }

	round(func(m *emulator.Modes) {
		m.SyncEvery, m.HoldSync = time.Second, p.DayStart(yesterday).Add(14*time.Hour)
		m.GoogleUnprocessedFrom = p.DayStart(today)
	})
	want := int64(p.Day(yesterday).Steps + p.Day(yesterday).Manual.Steps)
	if got := walked(); got == 0 || got >= want {
		t.Fatalf("the watch is held back at noon: %d steps, %d of the whole day", got, want)
	}
	if got := count("SELECT count(log_id) FROM sleep", p.DayStart(yesterday-1), p.DayStart(today)); got == 0 {
		t.Error("the night before is missing")
	}
	round(func(m *emulator.Modes) { m.HoldSync = time.Time{} })
	if got := walked(); got != want {
		t.Errorf("%d steps when the watch has synced, want %d", got, want)
	}
	if got := slept(); got != [3]int64{} {
		t.Errorf("a sleep that is not processed is exported: %v", got)
	}
	round(func(m *emulator.Modes) { m.GoogleUnprocessedFrom = time.Time{} })
	asleep := 0
	for _, level := range []string{"deep", "light", "rem"} {
		asleep += night.LevelMinutes()[level]
	}
	if got := slept(); got[0] != 1 || got[1] != int64(asleep) || got[2] != int64(len(night.Track())) {
		t.Errorf("processed: %v, want 1 sleep of %d minutes in %d stretches", got, asleep, len(night.Track()))
	}
	if !s.DeleteSleep(night.LogID) {
		t.Fatal("there is no such sleep")
	}
	round(func(*emulator.Modes) {})
	if got := slept(); got != [3]int64{} {
		t.Errorf("a sleep that was deleted is still there: %v", got)
	}
	if got := walked(); got != want {
		t.Errorf("%d steps after the deletion, want %d", got, want)
	}
	s.strict(t)
}

// late is a vault into which one person's data is fetched as virtual time goes by.
type late struct {
	*testing.T
	emu   *emulator.Server
	path  string
	types []catalog.Type
}

// liveLate tells a story that begins on 22 November 2026, 10:17 UTC, after a night of which
// the watch knows the stages.
func liveLate(t *testing.T, days int, story func(l *late), types ...string) {
	t.Helper()
	warm(t)
	chosen, err := catalog.Select(append([]string{"profile", "device"}, types...))
	if err != nil {
		t.Fatal(err)
	}
	warmExport(t)
	path := filepath.Join(t.TempDir(), "vault.db")
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 22, 10, 17, 0, 0, time.UTC)))
		emu, err := emulator.New(emulator.Options{Seed: 9, Days: days, Now: time.Now, GoogleBeatSeconds: 60})
		if err != nil {
			t.Fatal(err)
		}
		story(&late{t, emu, path, chosen})
		if v := emu.Violations(); len(v) > 0 {
			t.Errorf("the service was asked what it should not be:\n%s", strings.Join(v, "\n"))
		}
	})
}

// warmExport is warm for the compressor of an export.
func warmExport(t *testing.T) {
	t.Helper()
	emu, err := emulator.New(emulator.Options{Days: 2})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "vault.db")
	types, err := catalog.Select([]string{"profile", "device"})
	if err != nil {
		t.Fatal(err)
	}
	fetchInto(t, path, googleSource(emu), types)
	exported(t, path, types)
}

func (l *late) fetch() {
	l.Helper()
	fetchInto(l.T, l.path, googleSource(l.emu), l.types)
}

// at is the instant of a point.
func (l *late) at(key string) time.Time {
	l.Helper()
	at, err := time.Parse(time.RFC3339Nano, key[strings.LastIndexByte(key, ' ')+1:])
	if err != nil {
		l.Fatal(err)
	}
	return at
}

// between are the points of a measurement from one instant until another.
func (l *late) between(name string, from, to time.Time) (found []models.Fields) {
	l.Helper()
	for key, fields := range exported(l.T, l.path, l.types) {
		at := l.at(key)
		if measurement(key) == name && !at.Before(from) && at.Before(to) {
			found = append(found, fields)
		}
	}
	return found
}

// TestGoogleSleepIsProcessedLate: a sleep that the service has not worked out is kept and
// held back, until it has or a day has gone by.
func TestGoogleSleepIsProcessedLate(t *testing.T) {
	for _, name := range []string{"in an hour", "after two days"} {
		t.Run(name, func(t *testing.T) {
			liveLate(t, 5, func(l *late) {
				p, today := l.emu.Person(), l.emu.Today()
				night := p.Sleeps(today)[0]
				from, to := night.Start.Add(-time.Minute), night.End
				l.emu.Set(func(m *emulator.Modes) { m.GoogleUnprocessedFrom = p.DayStart(today) })
				l.fetch()
				if got := l.between("sleep", from, to); len(got) > 0 {
					l.Errorf("exported before it is processed: %v", got)
				}
				if name == "after two days" {
					time.Sleep(time.Until(night.End.Add(24*time.Hour - time.Minute)))
					if got := l.between("sleep", from, to); len(got) > 0 {
						l.Errorf("exported before it is a day old: %v", got)
					}
					time.Sleep(time.Minute + time.Second)
					got := l.between("sleep", from, to)
					if len(got) != 1 || got[0]["asleep_min"] != nil || got[0]["duration_s"] != int64(night.End.Sub(night.Start).Seconds()) {
						l.Errorf("a day old: %v, want one sleep without stages", got)
					}
					time.Sleep(24 * time.Hour)
				}
				l.emu.Set(func(m *emulator.Modes) { m.GoogleUnprocessedFrom = time.Time{} })
				time.Sleep(time.Hour)
				l.fetch()
				got := l.between("sleep", from, to)
				if len(got) != 1 || got[0]["deep_min"] != int64(night.LevelMinutes()["deep"]) {
					l.Errorf("processed: %v, want %d minutes of deep sleep", got, night.LevelMinutes()["deep"])
				}
				if n := len(l.between("sleep_stage", from, to)); n != len(night.Track()) {
					l.Errorf("processed: %d stretches, want %d", n, len(night.Track()))
				}
			}, "sleep", "sleep_stage")
		})
	}
}

// TestGoogleValuesOfADayComeWhenItIsOver: what is told of days appears after their end.
func TestGoogleValuesOfADayComeWhenItIsOver(t *testing.T) {
	liveLate(t, 5, func(l *late) {
		p, today := l.emu.Person(), l.emu.Today()
		resting := func() []models.Fields {
			return l.between("heart_rate_daily", p.DayStart(today), p.DayStart(today+1))
		}
		time.Sleep(8 * time.Hour) // the evening
		l.fetch()
		if got := resting(); len(got) > 0 {
			l.Errorf("before the day is over: %v", got)
		}
		time.Sleep(14 * time.Hour)
		l.fetch()
		if got := resting(); len(got) != 1 || got[0]["resting_bpm"] != float64(p.Day(today).Resting) {
			l.Errorf("on the next day: %v, want %d", got, p.Day(today).Resting)
		}
	}, "heart_rate_daily")
}

// TestGoogleWatchSyncsLate: samples that a watch sends days later lie in windows already
// read, and arrive.
func TestGoogleWatchSyncsLate(t *testing.T) {
	for _, told := range []bool{true, false} {
		t.Run(fmt.Sprintf("the devices tell it: %v", told), func(t *testing.T) {
			liveLate(t, 6, func(l *late) {
				p, today := l.emu.Person(), l.emu.Today()
				held := p.DayStart(today - 1).Add(15 * time.Hour)
				l.emu.Set(func(m *emulator.Modes) { m.HoldSync, m.GoogleNoSyncTimes = held, !told })
				l.fetch()
				l.wantBeats()
				time.Sleep(5 * time.Hour)
				l.fetch()
				l.wantBeats()
				l.emu.Set(func(m *emulator.Modes) { m.HoldSync = time.Time{} })
				l.fetch()
				l.wantBeats()
				if n := len(l.between("heart_rate", held, l.emu.LastSync())); n < 500 {
					l.Errorf("%d samples after the watch was held back on %v", n, today-1)
				}
			}, "heart_rate")
		})
	}
}

// wantBeats requires of each day exactly the samples that the watch has sent.
func (l *late) wantBeats() {
	l.Helper()
	p, synced := l.emu.Person(), l.emu.LastSync()
	got := map[emulator.Date]int{}
	for key := range exported(l.T, l.path, l.types) {
		if measurement(key) == "heart_rate" {
			got[emulator.DateOf(p.Wall(l.at(key)))]++
		}
	}
	for d := p.First(); d <= l.emu.Today(); d++ {
		want := 0
		for _, b := range p.Beats(d) {
			if !b.At.After(synced) {
				want++
			}
		}
		if got[d] != want {
			l.Errorf("%v: %d samples, want %d", d, got[d], want)
		}
	}
}

// TestGoogleDaysInOtherZones counts steps by local day, over nights in which clocks change,
// at home and on both sides of the Atlantic, and over journeys.
func TestGoogleDaysInOtherZones(t *testing.T) {
	unlessRaced(t)
	liveLate(t, 270, func(l *late) {
		for _, trip := range []struct{ from, zone string }{
			{"2026-03-07", "America/New_York"}, // clocks go forward on the 8th
			{"2026-03-20", "Europe/Berlin"},    // and on the 29th
			{"2026-06-10", "Asia/Tokyo"},
			{"2026-06-24", "Europe/Berlin"},       // clocks go back on 25 October
			{"2026-10-29", "America/Los_Angeles"}, // and on 1 November
			{"2026-11-09", "Europe/Berlin"},
		} {
			d, err := time.Parse(time.DateOnly, trip.from)
			if err != nil {
				l.Fatal(err)
			}
			if err := l.emu.Move(emulator.Date(d.Unix()/86400), trip.zone); err != nil {
				l.Fatal(err)
			}
		}
		l.fetch()
		l.wantSteps()
	}, "steps", "activity_daily.steps")
}

// wantSteps holds each local day's minutes and its total to the person.
func (l *late) wantSteps() {
	l.Helper()
	p, today := l.emu.Person(), l.emu.Today()
	minutes, totals := map[emulator.Date]int64{}, map[int64]int64{}
	for key, fields := range exported(l.T, l.path, l.types) {
		at := l.at(key)
		switch measurement(key) {
		case "steps":
			minutes[emulator.DateOf(p.Wall(at))] += fields["count"].(int64)
		case "activity_daily":
			totals[at.Unix()] = fields["steps"].(int64)
		}
	}
	lengths := map[float64]int{} // days by their hours
	for d := p.First(); d < today; d++ {
		start, day := p.DayStart(d), p.Day(d)
		lengths[math.Round(p.DayStart(d+1).Sub(start).Hours())]++
		if p.Zone(d).String() != "Europe/Berlin" {
			start = l.shown(d)
		}
		want := int64(day.Steps + day.Manual.Steps)
		if minutes[d] != want || totals[start.Unix()] != want {
			l.Errorf("%v in %v: the minutes have %d steps, the day %d, want %d", d, p.Zone(d), minutes[d], totals[start.Unix()], want)
		}
		delete(totals, start.Unix())
	}
	delete(totals, p.DayStart(today).Unix())
	if len(totals) > 0 {
		l.Errorf("days that begin at no midnight of the person: %v", totals)
	}
	if lengths[23] < 2 || lengths[25] < 2 || len(lengths) < 5 {
		l.Errorf("days by their hours: %v", lengths)
	}
}

// shown is the midnight of a day abroad, where the zone is known by the offsets in the data
// alone: by that of the first step of the day, which differs from the one in force at
// midnight when clocks changed in between.
func (l *late) shown(d emulator.Date) time.Time {
	p := l.emu.Person()
	start := p.DayStart(d)
	for i, m := range p.Minutes(d) {
		if m.Steps > 0 {
			_, then := start.In(p.Zone(d)).Zone()
			_, first := start.Add(time.Duration(i) * time.Minute).In(p.Zone(d)).Zone()
			return start.Add(time.Duration(then-first) * time.Second)
		}
	}
	return start
}

package emulator_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

type device struct {
	Type, DeviceVersion, LastSyncTime, Battery string
	BatteryLevel                               int
}

func (b *bench) devices() []device {
	b.t.Helper()
	var all []device
	if err := json.Unmarshal([]byte(b.ok(devicesPath)), &all); err != nil {
		b.t.Fatal(err)
	}
	return all
}

func (b *bench) tracker() device {
	b.t.Helper()
	for _, d := range b.devices() {
		if d.Type == "TRACKER" {
			return d
		}
	}
	b.t.Fatal("no tracker")
	return device{}
}

func (b *bench) today(resource string) float64 {
	b.t.Helper()
	for _, v := range values(b.t, b.ok(activity(resource, "today", "1d")), "activities-"+resource) {
		return number(b.t, v)
	}
	b.t.Fatalf("%s: no today", resource)
	return 0
}

// The watch syncs every quarter of an hour by day, lastSyncTime is the wall
// clock of the last time.
func TestSyncSchedule(t *testing.T) {
	b := start(t)
	var last time.Time
	for step := range 24 * 9 {
		b.clock.Add(7 * time.Minute)
		if step%60 == 0 {
			b.later(b.clock.Now())
		}
		local := b.Person().Wall(b.clock.Now())
		at, err := time.ParseInLocation(wallForm, b.tracker().LastSyncTime, local.Location())
		if err != nil {
			t.Fatal(err)
		}
		if !at.Equal(b.LastSync()) || at.After(local) || at.Before(last) {
			t.Fatalf("at %v lastSyncTime is %v, LastSync %v", local, at, b.LastSync())
		}
		if !last.IsZero() && at.After(last) && at.Sub(last) != 15*time.Minute && at.Hour() > 7 {
			t.Fatalf("synced at %v and %v", last, at)
		}
		if age := local.Sub(at); local.Hour() >= 7 && local.Hour() <= 22 && age >= 15*time.Minute {
			t.Fatalf("at %v the last sync is %v old", local, age)
		}
		last = at
	}
}

func TestTodayGrows(t *testing.T) {
	b := start(t)
	b.later(time.Date(2025, 11, 3, 6, 0, 0, 0, time.UTC))
	before := map[string]float64{}
	for range 15 {
		b.later(b.clock.Now().Add(time.Hour))
		for _, r := range []string{"steps", "distance", "calories", "caloriesBMR", "minutesSedentary"} {
			now := b.today(r)
			if now < before[r] {
				t.Errorf("%s fell from %v to %v", r, before[r], now)
			}
			before[r] = now
		}
		truth := b.Person().DayUntil(b.Today(), b.LastSync())
		lived := b.LastSync().Sub(b.Person().DayStart(b.Today())).Minutes()
		if got, want := b.today("caloriesBMR"), float64(truth.BMR)*math.Floor(lived)/1440; math.Abs(got-want) > 0.51 {
			t.Errorf("basal kcal %v after %v min, want %v", got, lived, want)
		}
		if got := b.today("steps"); b.Person().Day(b.Today()).Manual.Steps == 0 && got != float64(truth.Steps) {
			t.Errorf("today's steps %v, recorded %d", got, truth.Steps)
		}
	}
	if before["steps"] < 1000 || before["minutesSedentary"] < 300 {
		t.Errorf("at the end of the day: %v", before)
	}
	b.later(time.Date(2025, 11, 3, 23, 30, 0, 0, time.UTC))
	if got := b.today("steps"); got != 0 {
		t.Errorf("half past midnight, not synced yet: %v steps", got)
	}
}

func TestHeldSync(t *testing.T) {
	b := start(t)
	hold := time.Date(2025, 10, 28, 10, 0, 0, 0, time.UTC)
	read := func() map[string]map[string]string {
		got := map[string]map[string]string{}
		for _, r := range []string{"steps", "calories", "caloriesBMR", "minutesSedentary"} {
			got[r] = values(t, b.ok(activity(r, "2025-10-26", "2025-11-01")), "activities-"+r)
		}
		return got
	}
	full := read()
	b.Set(func(m *emulator.Modes) { m.HoldSync = hold })
	held := read()
	if got := b.tracker().LastSyncTime; got >= "2025-10-28T11:00:01" || got < "2025-10-28T10:45" {
		t.Errorf("lastSyncTime %s", got)
	}
	for r := range full {
		if held[r]["2025-10-27"] != full[r]["2025-10-27"] {
			t.Errorf("%s of a day before the hold: %s, was %s", r, held[r]["2025-10-27"], full[r]["2025-10-27"])
		}
	}
	for _, d := range []string{"2025-10-29", "2025-10-31"} {
		if held["steps"][d] != `"0"` || held["minutesSedentary"][d] != `"1440"` || held["calories"][d] != full["caloriesBMR"][d] {
			t.Errorf("%s is not padding: %s steps, %s min, %s kcal", d, held["steps"][d], held["minutesSedentary"][d], held["calories"][d])
		}
	}
	if s, f := number(t, held["steps"]["2025-10-28"]), number(t, full["steps"]["2025-10-28"]); s >= f || s == 0 {
		t.Errorf("the day of the hold: %v of %v steps", s, f)
	}
	if l := sleepLogs(t, b.ok(sleepPath("2025-10-29", "2025-11-01"))); len(l) != 0 {
		t.Errorf("%d sleeps after the hold", len(l))
	}
	h := heartDays(t, b.ok(activity("heart", "2025-10-28", "2025-10-29")))
	if h["2025-10-29"].RHR != nil || h["2025-10-29"].Zones[0].Minutes != nil {
		t.Errorf("heart after the hold: %+v", h["2025-10-29"])
	}
	b.Set(func(m *emulator.Modes) { m.HoldSync = time.Time{} })
	for r, was := range read() {
		for d, v := range was {
			if full[r][d] != v {
				t.Errorf("%s of %s after the release: %s, want %s", r, d, v, full[r][d])
			}
		}
	}
	if l := sleepLogs(t, b.ok(sleepPath("2025-10-29", "2025-11-01"))); len(l) == 0 {
		t.Error("no sleep after the release")
	}
}

// A night is there only once the watch has synced after its end.
func TestSleepComesWithTheSync(t *testing.T) {
	b := start(t)
	_, truth := night(t, b, "2025-10-30")
	b.clock.Set(truth.End)
	for b.LastSync().Before(truth.End) {
		if l := sleepLogs(t, b.ok(sleepPath("2025-10-30", "2025-10-30"))); len(l) != 0 {
			t.Fatalf("%v: asleep till %v, synced %v, but there", b.clock.Now(), truth.End, b.LastSync())
		}
		if h := heartDays(t, b.ok(activity("heart", "today", "1d"))); h["2025-10-30"].RHR != nil {
			t.Error("resting pulse before the first sleep is known")
		}
		b.clock.Add(time.Minute)
	}
	if l := sleepLogs(t, b.ok(sleepPath("2025-10-30", "2025-10-30"))); len(l) != 1 {
		t.Errorf("%d sleeps after the sync", len(l))
	}
	if h := heartDays(t, b.ok(activity("heart", "today", "1d"))); h["2025-10-30"].RHR == nil {
		t.Error("no resting pulse although the sleep is known")
	}
}

// The resting pulse of today may still change until the day is synced to its
// end.
func TestRestingPulseSettles(t *testing.T) {
	b := start(t)
	changed, today := 0, b.Today()
	for d := today - 40; d < today; d++ {
		b.later(b.Person().DayStart(d).Add(15 * time.Hour))
		early := heartDays(t, b.ok(activity("heart", "today", "1d")))[d.String()].RHR
		b.later(b.Person().DayStart(d).Add(34 * time.Hour))
		final := heartDays(t, b.ok(activity("heart", d.String(), d.String())))[d.String()].RHR
		if early != nil && final != nil && *early != *final {
			changed++
		}
	}
	if changed < 5 {
		t.Errorf("changed on %d of 40 days", changed)
	}
}

func TestDevices(t *testing.T) {
	b := start(t)
	all := b.devices()
	if len(all) != 2 || all[0].Type != "TRACKER" || all[1].Type != "SCALE" {
		t.Fatalf("devices %+v", all)
	}
	words := map[string]bool{}
	for range 30 {
		b.later(b.clock.Now().Add(6 * time.Hour))
		d := b.tracker()
		words[d.Battery] = true
		if d.BatteryLevel < 10 || d.BatteryLevel > 100 {
			t.Errorf("battery at %d", d.BatteryLevel)
		}
	}
	if len(words) < 2 {
		t.Errorf("the battery is always %v", words)
	}
	count := func(change func(*emulator.Modes)) int {
		b.Set(func(m *emulator.Modes) { *m = emulator.Modes{}; change(m) })
		return len(b.devices())
	}
	for want, change := range map[int]func(*emulator.Modes){
		0: func(m *emulator.Modes) { m.NoTracker, m.NoScale = true, true },
		1: func(m *emulator.Modes) { m.NoTracker = true },
		3: func(m *emulator.Modes) { m.OldTracker = true },
	} {
		if got := count(change); got != want {
			t.Errorf("%d devices, want %d", got, want)
		}
	}
}

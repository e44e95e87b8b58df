package fetch

import (
	"testing"
	"time"

	"fitvault/store"
)

var (
	noon    = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	unknown = Budget{Remaining: -1}
)

// spend counts n calls at an instant whose answers say b.
func (m *meter) spend(now time.Time, n int, b Budget) {
	for range n {
		m.count(now, b, 150)
	}
}

func TestTheBudgetIsKeptWithoutHeaders(t *testing.T) {
	m := &meter{}
	at := noon.Add(20 * time.Minute)
	m.spend(at, 149, unknown)
	if d := m.wait(at, 0); d != 0 {
		t.Fatalf("after 149 of 150 calls it waits %v", d)
	}
	m.spend(at, 1, unknown)
	if got, want := m.wait(at, 0), 40*time.Minute+30*time.Second; got != want {
		t.Errorf("after 150 calls it waits %v, want %v: to the full hour and a margin", got, want)
	}
	if d := m.wait(noon.Add(time.Hour), 0); d != 0 {
		t.Errorf("at the full hour it waits %v", d)
	}
	m.spend(noon.Add(time.Hour), 1, unknown)
	if m.Used != 1 {
		t.Errorf("%d calls of the new hour are used, want 1", m.Used)
	}
}

func TestTheBudgetFollowsTheHeaders(t *testing.T) {
	at := noon.Add(20 * time.Minute)
	for _, tt := range []struct {
		name   string
		before int // calls whose answers say nothing
		said   Budget
		used   int
		wait   time.Duration
	}{
		{"another client shares the budget", 1, Budget{Limit: 150, Remaining: 0, Reset: 600 * time.Second}, 150, 612 * time.Second},
		{"remaining lags behind", 100, Budget{Limit: 150, Remaining: 148, Reset: 40 * time.Minute}, 101, 0},
		{"remaining lags and the own count is full", 149, Budget{Limit: 150, Remaining: 10, Reset: 40 * time.Minute}, 150, 40*time.Minute + 30*time.Second},
		{"a smaller limit", 9, Budget{Limit: 10, Remaining: 0, Reset: 40 * time.Minute}, 10, 40*time.Minute + 30*time.Second},
		{"only remaining", 3, Budget{Remaining: 0}, 150, 40*time.Minute + 30*time.Second},
		{"only the limit", 9, Budget{Limit: 10, Remaining: -1}, 10, 40*time.Minute + 30*time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := &meter{}
			m.spend(at, tt.before, unknown)
			m.count(at, tt.said, 150)
			if m.Used != tt.used || m.wait(at, 0) != tt.wait {
				t.Errorf("used %d, waits %v; want %d and %v", m.Used, m.wait(at, 0), tt.used, tt.wait)
			}
		})
	}
}

func TestALimitThatWasSaidOnceHolds(t *testing.T) {
	m := &meter{}
	m.count(noon, Budget{Limit: 10, Remaining: 9, Reset: time.Hour}, 150)
	m.spend(noon, 9, unknown)
	if m.wait(noon, 0) == 0 {
		t.Error("it goes on after 10 calls of 10")
	}
}

func TestBackfillLeavesAReserve(t *testing.T) {
	m := &meter{}
	m.spend(noon, 130, unknown)
	if m.wait(noon, 20) == 0 {
		t.Error("backfill goes on into the reserve")
	}
	if d := m.wait(noon, 0); d != 0 {
		t.Errorf("recent days wait %v though there is a reserve for them", d)
	}
	if d := m.wait(noon, 19); d != 0 {
		t.Errorf("backfill waits %v with a call more than the reserve", d)
	}
}

func TestTheBudgetOutlivesTheProcess(t *testing.T) {
	m := &meter{}
	m.spend(noon, 150, unknown)
	restarted := &meter{Quota: m.Quota}
	if restarted.wait(noon.Add(time.Minute), 0) == 0 {
		t.Error("a restart forgets the budget")
	}
}

// The announced reset moves by a second or so from answer to answer, and an hour begins
// when it moves far.
func TestAnHourBeginsWhenTheResetMovesFar(t *testing.T) {
	m := &meter{}
	m.count(noon, Budget{Limit: 150, Remaining: 100, Reset: 1800 * time.Second}, 150)
	m.count(noon.Add(10*time.Second), Budget{Limit: 150, Remaining: 140, Reset: 1791 * time.Second}, 150)
	if m.Used != 51 {
		t.Errorf("used %d after a small move, want 51", m.Used)
	}
	m.count(noon.Add(20*time.Second), Budget{Limit: 150, Remaining: 149, Reset: 3600 * time.Second}, 150)
	if m.Used != 1 {
		t.Errorf("used %d in the new hour, want 1", m.Used)
	}
}

func TestMargin(t *testing.T) {
	for _, tt := range []struct{ wait, want time.Duration }{
		{time.Second, time.Second},
		{50 * time.Second, time.Second},
		{10 * time.Minute, 12 * time.Second},
		{25 * time.Minute, 30 * time.Second},
		{time.Hour, 30 * time.Second},
	} {
		if got := (&meter{}).margin(tt.wait); got != tt.want {
			t.Errorf("the margin of %v is %v, want %v", tt.wait, got, tt.want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		name  string
		said  Budget
		after time.Duration
		wait  time.Duration
	}{
		{"the reset is announced", Budget{Remaining: 0, Reset: 10 * time.Minute}, 0, 10*time.Minute + 12*time.Second},
		{"the reset wins over Retry-After", Budget{Remaining: 0, Reset: 10 * time.Minute}, time.Second, 10*time.Minute + 12*time.Second},
		{"Retry-After", unknown, 5 * time.Minute, 5*time.Minute + 6*time.Second},
		{"nothing is announced", unknown, 0, time.Hour + 10*time.Second},
		{"it still has calls, it says", Budget{Limit: 150, Remaining: 20, Reset: 10 * time.Minute}, 0, 10*time.Minute + 12*time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first := &meter{}
			first.refused(noon, tt.said, tt.after)
			m := &meter{}
			m.spend(noon, 3, unknown)
			m.refused(noon, tt.said, tt.after)
			if first.wait(noon, 0) != tt.wait || m.wait(noon, 0) != tt.wait {
				t.Errorf("it waits %v, as the first call %v, want %v", m.wait(noon, 0), first.wait(noon, 0), tt.wait)
			}
		})
	}
}

// A 429 that greets a call right after a reset means that our clock is ahead: the margin
// is doubled each time, also when the process has ended in between.
func TestAGreetingDoublesTheMargin(t *testing.T) {
	m := &meter{}
	now := noon
	for i, want := range []time.Duration{1, 2, 4, 8, 16} {
		m.refused(now, Budget{Remaining: 0, Reset: time.Second}, 0)
		wait := m.wait(now, 0)
		if wait != time.Second+want*time.Second {
			t.Errorf("wait %d takes %v, want 1 s and a margin of %v s", i, wait, int(want))
		}
		now = now.Add(wait)
		m = &meter{Quota: m.Quota}
	}
	m.count(now, unknown, 150)
	if m.Greeted != 0 {
		t.Error("an answer does not end the greetings")
	}
	for range 20 {
		m.refused(now, Budget{Remaining: 0, Reset: time.Hour}, 0)
		now = now.Add(m.wait(now, 0))
	}
	m.refused(now, Budget{Remaining: 0, Reset: time.Hour}, 0)
	if wait := m.wait(now, 0); wait > 4*time.Hour {
		t.Errorf("after many greetings it waits %v", wait)
	}
}

// Without announcements the wait grows too, by the margin that it holds.
func TestGreetingsWithoutAnnouncement(t *testing.T) {
	m, now := &meter{}, noon
	for i, want := range []time.Duration{0, 30, 90, 210} {
		m.refused(now, unknown, 0)
		wait := m.wait(now, 0)
		if wait != unannounced+want*time.Second {
			t.Errorf("wait %d takes %v, want %v and %v s", i, wait, unannounced, int(want))
		}
		now = now.Add(wait)
		m = &meter{Quota: m.Quota}
	}
}

func TestA429LaterInTheHourIsNoGreeting(t *testing.T) {
	m := &meter{}
	m.spend(noon, 150, unknown)
	m.refused(noon.Add(time.Hour+20*time.Minute), unknown, 0)
	if m.Greeted != 0 {
		t.Error("twenty minutes after the reset it counts as a greeting")
	}
	m = &meter{Quota: store.Quota{}}
	m.refused(noon, unknown, 0)
	if m.Greeted != 0 {
		t.Error("with nothing known it counts as a greeting")
	}
}

func TestDoneBy(t *testing.T) {
	now := noon.Add(20 * time.Minute)
	in := func(d time.Duration) time.Time { return noon.Add(d) }
	for _, tt := range []struct {
		name  string
		calls int
		q     store.Quota
		want  time.Time
	}{
		{"nothing is left", 0, store.Quota{Limit: 150, Reset: in(time.Hour)}, time.Time{}},
		{"no budget is known", 5, store.Quota{}, time.Time{}},
		{"this budget is enough", 50, store.Quota{Limit: 150, Used: 100, Reset: in(time.Hour)}, now},
		{"one call more", 51, store.Quota{Limit: 150, Used: 100, Reset: in(time.Hour)}, in(time.Hour)},
		{"the next budget is enough", 200, store.Quota{Limit: 150, Used: 100, Reset: in(50 * time.Minute)}, in(50 * time.Minute)},
		{"one more", 201, store.Quota{Limit: 150, Used: 100, Reset: in(50 * time.Minute)}, in(110 * time.Minute)},
		{"more is used than there is", 150, store.Quota{Limit: 150, Used: 170, Reset: in(time.Hour)}, in(time.Hour)},
		{"the budget is whole again", 150, store.Quota{Limit: 150, Used: 150, Reset: noon}, now},
		{"and not enough", 301, store.Quota{Limit: 150, Used: 150, Reset: noon}, in(2 * time.Hour)},
	} {
		if got := DoneBy(tt.calls, tt.q, now); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// FuzzMeter lets answers say anything: the wait must stay sane and the budget be kept.
func FuzzMeter(f *testing.F) {
	f.Add([]byte{0, 150, 149, 60, 1, 0, 0, 0, 2, 9, 9, 9})
	f.Add([]byte{1, 0, 0, 255, 1, 0, 0, 1, 1, 1, 1, 1})
	f.Fuzz(func(t *testing.T, said []byte) {
		m, now := &meter{}, noon
		for ; len(said) >= 4; said = said[4:] {
			b := Budget{Limit: int(said[1]), Remaining: int(said[2]) - 1, Reset: time.Duration(said[3]) * 30 * time.Second}
			if said[0]%3 == 1 {
				m.refused(now, b, time.Duration(said[1])*time.Minute)
				if m.wait(now, 0) <= 0 {
					t.Fatalf("after a 429 it does not wait: %+v", m.Quota)
				}
			} else {
				m.count(now, b, 150)
			}
			wait := m.wait(now, int(said[0])/3)
			if wait < 0 || wait > 8*time.Hour || m.Used < 0 || m.Limit < 0 {
				t.Fatalf("it waits %v: %+v", wait, m.Quota)
			}
			if now = now.Add(wait); m.wait(now, 0) != 0 {
				t.Fatalf("after the wait it waits again: %+v", m.Quota)
			}
			now = now.Add(time.Duration(said[3]) * time.Second)
		}
	})
}

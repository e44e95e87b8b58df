package fetch

import (
	"time"

	"fitvault/store"
)

const (
	// unannounced is the wait after a 429 that says nothing: the original exporter's. It has
	// its margin in it.
	unannounced = time.Hour + 10*time.Second

	maxMargin = 30 * time.Second

	// rightAfter is how soon after a reset a 429 counts as a greeting: our clock is ahead
	// of the server's.
	rightAfter = 5 * time.Minute
)

// meter keeps count of the calls of one source. What the headers say comes first, but
// they may lag or be absent; the own count comes second. It is a value over store.Quota,
// which outlives the process.
type meter struct{ store.Quota }

// wait returns how long to wait before the next call; 0 when there is budget left.
// reserve calls are left alone.
func (m *meter) wait(now time.Time, reserve int) time.Duration {
	if m.Reset.IsZero() || !now.Before(m.Reset) || m.Used+reserve < m.Limit {
		return 0
	}
	d := m.Reset.Sub(now)
	return d + m.margin(d)
}

// margin is added to a wait: clocks differ, and a call right at the reset has met a 429.
func (m *meter) margin(wait time.Duration) time.Duration {
	return min(max(wait/50, time.Second), maxMargin) << min(m.Greeted, 8)
}

// DoneBy returns when so many calls will have been made: what is left of this budget now,
// the rest a budget an hour from its reset on. It is the zero time when there are none to
// make, or no budget is known.
func DoneBy(calls int, q store.Quota, now time.Time) time.Time {
	if calls <= 0 || q.Limit <= 0 {
		return time.Time{}
	}
	free, reset := q.Limit, now.Truncate(time.Hour).Add(time.Hour)
	if now.Before(q.Reset) {
		free, reset = max(0, q.Limit-q.Used), q.Reset
	}
	if calls <= free {
		return now
	}
	hours := (calls - free - 1) / q.Limit
	return reset.Add(time.Duration(hours) * time.Hour)
}

// count takes note of a call and of what its answer says.
func (m *meter) count(now time.Time, b Budget, limit int) {
	if b.Limit > 0 {
		limit = b.Limit
	} else if m.Limit > 0 {
		limit = m.Limit
	}
	m.Limit = limit
	reset := now.Truncate(time.Hour).Add(time.Hour) // the budget is an hour on the clock
	if b.Reset > 0 {
		reset = now.Add(b.Reset)
	} else if now.Before(m.Reset) {
		reset = m.Reset
	}
	if !now.Before(m.Reset) || reset.After(m.Reset.Add(10*time.Minute)) {
		m.Used = 0 // another hour has begun
	}
	m.Reset, m.Greeted = reset, 0
	m.Used++
	if b.Remaining >= 0 {
		m.Used = max(m.Used, m.Limit-b.Remaining)
	}
}

// greets reports whether a 429 now is the first answer after a reset, margin included.
func (m *meter) greets(now time.Time) bool {
	return !m.Reset.IsZero() && !now.Before(m.Reset) && now.Sub(m.Reset) < rightAfter+m.margin(time.Hour)
}

// refused takes note of a 429: the budget is used up until what it announces.
func (m *meter) refused(now time.Time, b Budget, after time.Duration) {
	if m.greets(now) {
		m.Greeted++
	}
	m.Used = m.Limit
	switch {
	case b.Reset > 0:
		m.Reset = now.Add(b.Reset)
	case after > 0:
		m.Reset = now.Add(after)
	default:
		m.Reset = now.Add(unannounced - maxMargin)
	}
}

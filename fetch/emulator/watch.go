package emulator

import "time"

// watch is the tracker's habit of sending what it recorded: at fixed minutes
// while the person is about, never at night (sheet 8). What it has not sent, no
// API knows.
type watch struct{ offset time.Duration }

func newWatch(seed uint64) watch {
	return watch{time.Duration(newNoise(seed, "sync", 0).between(0, 899)) * time.Second}
}

// First and last minute of the wall clock at which the watch syncs.
const (
	firstSync = 6*60 + 20
	lastSync  = 23*60 + 45
)

// last is the newest sync at or before t.
func (w watch) last(p *Person, t time.Time, every time.Duration) time.Time {
	fill(&every, 15*time.Minute)
	at := t.Add(-w.offset).Truncate(every).Add(w.offset)
	earliest := at.Add(-24 * time.Hour)
	for slot := at; slot.After(earliest); slot = slot.Add(-every) {
		wall := p.Wall(slot)
		if minute := wall.Hour()*60 + wall.Minute(); minute >= firstSync && minute <= lastSync {
			return slot
		}
	}
	return at
}

// LastSync is the instant up to which the service knows what the watch
// recorded.
func (s *Server) LastSync() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lastSync(s.Now())
}

func (s *Server) lastSync(now time.Time) time.Time {
	if hold := s.modes.HoldSync; !hold.IsZero() && hold.Before(now) {
		now = hold
	}
	return s.watch.last(s.person, now, s.modes.SyncEvery).UTC()
}

// next is the first sync at or after t.
func (w watch) next(p *Person, t time.Time, every time.Duration) time.Time {
	fill(&every, 15*time.Minute)
	at := t.Add(-w.offset).Truncate(every).Add(w.offset)
	if at.Before(t) {
		at = at.Add(every)
	}
	for last := at.Add(24 * time.Hour); at.Before(last); at = at.Add(every) {
		wall := p.Wall(at)
		if minute := wall.Hour()*60 + wall.Minute(); minute >= firstSync && minute <= lastSync {
			break
		}
	}
	return at.UTC()
}

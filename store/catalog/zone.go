package catalog

import (
	"fmt"
	"sort"
	"time"
)

// ZoneSpan says that a zone is in force from a date on, until the next span begins.
type ZoneSpan struct {
	From Day
	Zone *time.Location
}

// Zones is the history of zones a person lived in. Before its first date the first
// zone holds. The zero value is UTC for ever; it is meant for data that needs no zone.
type Zones struct{ spans []ZoneSpan }

// NewZones orders the spans by date. Of two spans with one date the later given wins.
func NewZones(spans ...ZoneSpan) Zones {
	s := append([]ZoneSpan(nil), spans...)
	sort.SliceStable(s, func(i, j int) bool { return s[i].From < s[j].From })
	return Zones{s}
}

// ParseZones reads a zone history whose entries are kept as a date and an IANA name each.
func ParseZones[T any](entries []T, names func(T) (from, zone string)) (Zones, error) {
	spans := make([]ZoneSpan, len(entries))
	for i, e := range entries {
		from, zone := names(e)
		var err error
		if spans[i].From, err = ParseDay(from); err != nil {
			return Zones{}, fmt.Errorf("zone history: %w", err)
		}
		if spans[i].Zone, err = time.LoadLocation(zone); err != nil {
			return Zones{}, fmt.Errorf("zone history: %w", err)
		}
	}
	return NewZones(spans...), nil
}

// Known reports whether any zone is known.
func (z Zones) Known() bool { return len(z.spans) > 0 }

// On returns the zone in force on a date.
func (z Zones) On(d Day) *time.Location {
	if len(z.spans) == 0 {
		return time.UTC
	}
	i := sort.Search(len(z.spans), func(i int) bool { return z.spans[i].From > d })
	return z.spans[max(0, i-1)].Zone
}

// Start returns the first instant of a date, in the zone in force on that date. Where
// the clock skips midnight it is the instant of the skip.
func (z Zones) Start(d Day) time.Time { return z.At(Wall(d.utc())) }

// Today returns the date that the instant now falls on.
func (z Zones) Today(now time.Time) Day {
	d := DayOf(now.UTC()) + 1
	for z.Start(d).After(now) {
		d--
	}
	return d
}

// calendar finds the dates of instants as Today does. It remembers the last that it found, for
// instants that follow each other mostly share one.
type calendar struct {
	zones    Zones
	day      Day
	from, to time.Time

	offset string // the last that was read beside an instant
	east   time.Duration
}

func (c *calendar) today(now time.Time) Day {
	if now.Before(c.from) || !now.Before(c.to) {
		c.day = c.zones.Today(now)
		c.from, c.to = c.zones.Start(c.day), c.zones.Start(c.day+1)
		if later := c.zones.Start(c.day + 2); later.Before(c.to) {
			c.to = later // a flight to the east skipped a date
		}
	}
	return c.day
}

// Wall is a wall-clock reading without a zone, held as if it were UTC.
type Wall time.Time

// ParseWall reads YYYY-MM-DDTHH:MM:SS with or without a fraction and without an offset.
func ParseWall(s string) (Wall, error) {
	t, err := time.Parse("2006-01-02T15:04:05", s)
	return Wall(t), err
}

// Day returns the date of the reading.
func (w Wall) Day() Day { return DayOf(time.Time(w)) }

// Sub returns the difference of two readings as a clock on the wall shows it.
func (w Wall) Sub(o Wall) time.Duration { return time.Time(w).Sub(time.Time(o)) }

// At returns the UTC instant of a wall-clock reading in the zone in force on its date.
// A reading that occurs twice (the night clocks go back) is its first occurrence; one
// that never occurs (clocks go forward) is moved on by the hour that was skipped, except
// midnight, which becomes the instant of the skip.
func (z Zones) At(w Wall) time.Time {
	early, late, loc := z.readings(w)
	u := time.Time(w)
	if shows(late, loc, u) && (late.Before(early) || !shows(early, loc, u)) {
		return late
	}
	return early
}

// sequence resolves wall-clock readings in their order: as At does, but of those that occur
// twice it is the second occurrence once they have stepped back. It asks for the zone once a
// day; where clocks change within a day of it, for each reading.
type sequence struct {
	zones    Zones
	from, to int64 // readings in [from, to), as if they were UTC, are of one date
	steady   bool  // all of them are at one offset from UTC
	east     int64

	last   int64
	second bool // last was a second occurrence
}

// at returns the instant of the next reading, in seconds as if it were UTC.
func (s *sequence) at(shown int64) time.Time {
	w := Wall(time.Unix(shown, 0).UTC())
	if shown < s.from || shown >= s.to {
		day := w.Day()
		s.from, s.to = int64(day)*86400, int64(day+1)*86400
		s.east, s.steady = s.zones.steady(day)
	}
	stepped := shown < s.last
	s.last = shown
	if s.steady {
		s.second = false
		return time.Unix(shown-s.east, 0).UTC()
	}
	again, twice := s.zones.again(w)
	if s.second = twice && (s.second || stepped); s.second {
		return again
	}
	return s.zones.At(w)
}

// steady returns the offset from UTC of every reading of a date; false where the clock changes
// then, or a day before or after.
func (z Zones) steady(d Day) (east int64, ok bool) {
	noon := d.utc().Add(12 * time.Hour).In(z.On(d))
	from, to := noon.ZoneBounds()
	_, offset := noon.Zone()
	before, after := (d - 1).utc(), (d + 2).utc()
	return int64(offset), !from.After(before) && (to.IsZero() || to.After(after))
}

// again returns the second occurrence of a reading that occurs twice.
func (z Zones) again(w Wall) (time.Time, bool) {
	early, late, loc := z.readings(w)
	u := time.Time(w)
	return late, late.After(early) && shows(early, loc, u) && shows(late, loc, u)
}

// carried returns the instant of a reading on a clock that still shows the zone of the date
// before: on a journey to the west a clock passes midnight before it is set back. False where
// the zone did not change, or that clock had been set by then.
func (z Zones) carried(w Wall) (time.Time, bool) {
	day := w.Day()
	was := z.On(day - 1)
	if was.String() == z.On(day).String() {
		return time.Time{}, false
	}
	at := NewZones(ZoneSpan{Zone: was}).At(w)
	return at, at.Before(z.Start(day))
}

// readings returns the instants of a reading at the offsets in force a day before and a
// day after it.
func (z Zones) readings(w Wall) (early, late time.Time, loc *time.Location) {
	u := time.Time(w)
	loc = z.On(w.Day())
	_, before := u.Add(-24 * time.Hour).In(loc).Zone()
	_, after := u.Add(24 * time.Hour).In(loc).Zone()
	return u.Add(-time.Duration(before) * time.Second), u.Add(-time.Duration(after) * time.Second), loc
}

// shows reports whether a clock in loc reads wall (given as UTC) at instant t.
func shows(t time.Time, loc *time.Location, wall time.Time) bool {
	_, off := t.In(loc).Zone()
	return t.Add(time.Duration(off) * time.Second).Equal(wall)
}

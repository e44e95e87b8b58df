package emulator

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"time"
)

// "Archive sheet" in comments is the fact sheet on the data archives that a
// person can order, by section.

// Layouts of an archive (archive sheet 3).
const (
	LayoutFitbit       = "fitbit"        // Takeout/Fitbit, up to May 2026
	LayoutGoogleHealth = "google-health" // Takeout/Google Health, CSV that tells its source
	LayoutAccount      = "account"       // MyFitbitData with folders by category
	LayoutFlat         = "flat"          // user-site-export: JSON in one folder
)

// TakeoutLayouts are the layouts there are.
var TakeoutLayouts = []string{LayoutFitbit, LayoutGoogleHealth, LayoutAccount, LayoutFlat}

// TakeoutOptions say what an archive holds and how it is laid out. The zero
// value is a whole archive of today.
type TakeoutOptions struct {
	Layout string    // one of TakeoutLayouts; default LayoutGoogleHealth
	Now    time.Time // when it was ordered: nothing after it is known; default the server's clock

	Parts int // archives that the export is split into; default 1
	Part  int // which of them WriteTakeout writes, from 1; default 1

	CaloriesUTC        bool // calories JSON has UTC stamps, as older archives may (section 4)
	Kilograms          bool // weight JSON is in kg (section 5.1)
	WithoutJSON        bool // heart rate, zones and sleep are CSV only (section 1, item 7)
	WithoutProfile     bool // no Profile.csv, so no zone
	PlaceholderOffsets bool // UserSleeps tables have wall times with offset +00:00 (section 4)
	SleepTwice         bool // the sleep tables have each sleep under an older algorithm, too (section 5.4)
	BodyWallTime       bool // the Z of weight, fat and height CSV is glued to wall time (section 4)
	OtherProducts      bool // members of other services, under localised names (section 2)

	// OnMember is called by WriteTakeout after each member, with its name and its
	// size in bytes before compression.
	OnMember func(name string, size int)
}

func (o *TakeoutOptions) complete(now time.Time) error {
	fill(&o.Layout, LayoutGoogleHealth)
	fill(&o.Parts, 1)
	fill(&o.Part, 1)
	if o.Now.IsZero() {
		o.Now = now
	}
	if !slices.Contains(TakeoutLayouts, o.Layout) {
		return fmt.Errorf("emulator: takeout layout %q is none of %s", o.Layout, strings.Join(TakeoutLayouts, ", "))
	}
	if o.Part < 1 || o.Part > o.Parts {
		return fmt.Errorf("emulator: takeout part %d is not within 1..%d", o.Part, o.Parts)
	}
	return nil
}

// takeoutFile is a member of an archive. Its path is the one below the product
// folder of a Takeout ("Global Export Data/steps-2024-05-03.json"); place turns
// it into that of another layout.
type takeoutFile struct {
	path string
	body []byte
}

// takeout makes the members of one archive, one after another.
type takeout struct {
	p           *Person
	o           TakeoutOptions
	c           *call          // what the legacy service knew then
	g           *glance        // what the watch had told by then
	home        *time.Location // the profile's zone at the time of the export
	now, synced time.Time      // UTC; what the watch recorded after synced is unknown
	first, last Date           // in home: the days of the first known instant and of the export
	typed       Date           // the earliest day for which something was typed in, at most first
}

func (s *Server) newTakeout(o TakeoutOptions) (*takeout, error) {
	if err := o.complete(s.Now()); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	modes := Modes{HoldSync: s.modes.HoldSync, SyncEvery: s.modes.SyncEvery} // the others are those of the APIs
	p, now := s.person, o.Now.UTC()
	t := &takeout{p: p, o: o, home: p.Wall(now).Location(), now: now, synced: s.lastSync(now)}
	t.first, t.last = DateOf(p.DayStart(p.first).In(t.home)), DateOf(now.In(t.home))
	t.c = &call{person: p, modes: &modes, now: now, synced: t.synced, today: t.last}
	t.g = &glance{person: p, modes: &modes, watch: s.watch, now: now, synced: t.synced}
	t.typed = min(t.first, t.g.first()+1)
	return t, nil
}

// google tells whether the archive has the CSV twins that Google added.
func (t *takeout) google() bool {
	return t.o.Layout == LayoutFitbit || t.o.Layout == LayoutGoogleHealth
}

// start is the first instant of a day of the profile's zone. Families in UTC
// are cut there, wherever the person was (archive sheet 1, item 3).
func (t *takeout) start(d Date) time.Time { return d.Start(t.home).UTC() }

// days are the days of the archive, oldest first.
func (t *takeout) days() iter.Seq[Date] { return t.each(t.first, t.last) }

// each are the days [from, to], oldest first. It makes the person forget those
// of the week before, so that memory does not grow with the history.
func (t *takeout) each(from, to Date) iter.Seq[Date] {
	return func(yield func(Date) bool) {
		for d := from; d <= to; d++ {
			if (d-from)%7 == 6 {
				t.p.forget()
			}
			if !yield(d) {
				return
			}
		}
	}
}

// chunks cuts the archive into runs of so many days from its first day on. The
// last run is whole, too: it reaches beyond the export (archive sheet 3.2).
func (t *takeout) chunks(days int) iter.Seq2[Date, Date] { return t.chunksFrom(t.first, days) }

// chunksFrom are the same runs, and as many before them as reach back to a day.
func (t *takeout) chunksFrom(earliest Date, days int) iter.Seq2[Date, Date] {
	start := t.first
	for start > earliest {
		start -= Date(days)
	}
	return func(yield func(from, to Date) bool) {
		for d := start; d <= t.last; d += Date(days) {
			t.p.forget()
			if !yield(d, d+Date(days)-1) {
				return
			}
		}
	}
}

// months cuts the archive into calendar months: the first of the month, and the
// first and last day of it that are in the archive.
func (t *takeout) months() iter.Seq2[Date, [2]Date] {
	return func(yield func(Date, [2]Date) bool) {
		year, month, _ := t.first.utc().Date()
		for d := NewDate(year, month, 1); d <= t.last; d = d.AddMonths(1) {
			t.p.forget()
			if !yield(d, [2]Date{max(d, t.first), min(d.AddMonths(1)-1, t.last)}) {
				return
			}
		}
	}
}

// forget drops what the person can work out again.
func (p *Person) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.days)
	clear(p.nights)
	clear(p.lived)
	clear(p.beats)
}

// personDays are the person's own days that share instants with a range, which
// after a journey are others than those of the profile's zone.
func (t *takeout) personDays(from, to time.Time) iter.Seq[Date] {
	return func(yield func(Date) bool) {
		for d := max(t.p.first, DateOf(t.p.Wall(from))-1); t.p.DayStart(d).Before(to); d++ {
			if t.p.DayStart(d+1).After(from) && !yield(d) {
				return
			}
		}
	}
}

// takeoutMinute is a minute of the person's life as the account knows it. What
// is rounded is so in a way that a day adds up.
type takeoutMinute struct {
	at     time.Time // UTC
	told   bool      // the watch has told of it
	m      Minute    // of the watch
	steps  int       // with those typed in
	mm, cm int64     // distance
	kcal   float64   // in hundredths, basal included
}

// minutes are the minutes of [from, to) that had begun at the export, told by
// the watch or not, in order.
func (t *takeout) minutes(from, to time.Time) iter.Seq[takeoutMinute] {
	return func(yield func(takeoutMinute) bool) {
		if t.now.Before(to) {
			to = t.now
		}
		for d := range t.personDays(from, to) {
			for _, m := range t.minutesOf(d) {
				if !m.at.Before(from) && m.at.Before(to) && !yield(m) {
					return
				}
			}
		}
	}
}

// minutesOf are the minutes of a day of the person. The legacy day has the basal
// energy of 1440 minutes however many it has.
func (t *takeout) minutesOf(d Date) []takeoutMinute {
	l := t.g.lived(d)
	all := make([]takeoutMinute, l.length)
	typed := int(l.typed.Sub(l.start) / time.Minute)
	basal := float64(l.BMR) / float64(max(1, l.length))
	lengths, byHand, gone := t.p.lengths(l.minutes), t.p.lengths(l.manual), int64(0)
	spent, told := 0.0, 0.0 // hundredths of kcal
	for i := range all {
		m := takeoutMinute{at: l.at(i), kcal: basal}
		if m.told = i < len(l.minutes); m.told {
			m.m = l.minutes[i]
			m.steps, m.mm = int(m.m.Steps), lengths[i]
			m.kcal += float64(l.BMR) / 1440 * float64(int(m.m.METs10)-10) / 10
		}
		if j := i - typed; j >= 0 && j < len(l.manual) {
			m.steps += int(l.manual[j].Steps)
			m.mm += byHand[j]
			m.kcal += l.Manual.Kcal / float64(len(l.manual))
		}
		spent += 100 * m.kcal
		m.kcal = (math.Round(spent) - told) / 100
		told = math.Round(spent)
		m.cm = (gone+m.mm+5)/10 - (gone+5)/10
		gone += m.mm
		all[i] = m
	}
	return all
}

// pulse are the readings of [from, to) that were synced, in order.
func (t *takeout) pulse(from, to time.Time) iter.Seq[Beat] {
	return func(yield func(Beat) bool) {
		if t.synced.Before(to) {
			to = t.synced
		}
		for d := range t.personDays(from, to) {
			for _, b := range t.p.Beats(d) {
				if !b.At.Before(from) && b.At.Before(to) && !yield(b) {
					return
				}
			}
		}
	}
}

// nights are the measured nights that ended on the person's days [from, to] and
// were synced.
func (t *takeout) nights(from, to Date) iter.Seq[Night] {
	return func(yield func(Night) bool) {
		for d := from; d <= to; d++ {
			if n, ok := t.p.Night(d); ok && t.c.sees(n.Sleep) && !yield(n) {
				return
			}
		}
	}
}

// The forms of time in an archive (archive sheet 4). Which zone they are in
// depends on the family.
const (
	usStampForm = "01/02/06 15:04:05"
	usDayForm   = "01/02/06"
)

// usStamp is the instant as a clock in UTC shows it.
func usStamp(at time.Time) string { return at.UTC().Format(usStampForm) }

// usDay is a date without a time.
func usDay(d Date) string { return d.utc().Format(usDayForm) }

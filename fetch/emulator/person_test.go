package emulator_test

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

func TestOptions(t *testing.T) {
	for what, o := range map[string]emulator.Options{
		"zone":     {Zone: "Mars/Olympus"},
		"days":     {Days: 3654},
		"negative": {Days: -1},
		"limit":    {Limit: -1},
		"scope":    {Scopes: []string{"everything"}},
	} {
		if _, err := emulator.New(o); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	s, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := int(s.Today()-s.Person().First()) + 1; n != 365 {
		t.Errorf("%d days by default", n)
	}
	if id, secret := s.Client(); id != clientID || secret != clientSecret {
		t.Errorf("client %q %q", id, secret)
	}
	access, refresh, expires := s.SeedTokens()
	if len(refresh) != 64 || strings.Count(access, ".") != 2 || time.Until(expires) < 7*time.Hour {
		t.Errorf("seed pair %q %q %v", access, refresh, expires)
	}
}

func TestShortestAndLongestLife(t *testing.T) {
	for _, days := range []int{1, 2, 3653} {
		b := start(t, func(o *emulator.Options) { o.Days = days })
		if n := int(b.Today()-b.Person().First()) + 1; n != days {
			t.Errorf("%d days, want %d", n, days)
		}
		from := (b.Today() - emulator.Date(min(days, 1095)) + 1).String()
		if p := series(t, b.ok(activity("steps", from, "today")), "activities-steps"); len(p) != min(days, 1095) {
			t.Errorf("%d days: %d points", days, len(p))
		}
		logs := sleepLogs(t, b.ok(sleepPath(b.Person().First().String(), b.Person().First().String())))
		if len(logs) == 0 {
			continue
		}
		if id, _ := logs[len(logs)-1].LogID.Int64(); id <= 1<<53 {
			t.Errorf("%d days: the first sleep has id %d, not above 2^53", days, id)
		}
		if !strings.Contains(b.ok("/1/user/-/profile.json"), `"memberSince":"`+b.Person().First().String()+`"`) {
			t.Errorf("%d days: memberSince is another day", days)
		}
	}
}

// TestPlausible holds several people to what a reader of charts would believe.
func TestPlausible(t *testing.T) {
	for seed := range uint64(4) {
		b := start(t, func(o *emulator.Options) { o.Seed = seed })
		p := b.Person()
		var steps, sleep, week float64
		unworn, nights, sick, strokes, minutes := 0, 0, 0, 0, 0
		weekday := map[time.Weekday]float64{}
		var up time.Time
		for d := p.First(); d < b.Today(); d++ {
			for _, s := range p.Sleeps(d) {
				if s.Start.Before(up) {
					t.Errorf("seed %d, %s: asleep from %v, but got up at %v", seed, d, s.Start, up)
				}
				up = s.End
			}
			day := p.Day(d)
			steps += float64(day.Steps)
			week += float64(day.Steps)
			weekday[d.Weekday()] += float64(day.Steps)
			if (d-p.First())%7 == 6 {
				if mean := week / 7; mean < 1500 || mean > 17000 {
					t.Errorf("seed %d, week to %s: %v steps a day", seed, d, mean)
				}
				week = 0
			}
			if !day.Worn {
				unworn++
				continue
			}
			if day.Resting < 45 || day.Resting > 80 {
				t.Errorf("seed %d, %s: resting pulse %d", seed, d, day.Resting)
			}
			if kcal := float64(day.BMR) + day.ExtraKcal; kcal < 1300 || kcal > 4500 {
				t.Errorf("seed %d, %s: %v kcal of %d basal", seed, d, kcal, day.BMR)
			}
			if sum := day.InBed + day.Sedentary + day.Lightly + day.Fairly + day.Very; sum != day.Minutes {
				t.Errorf("seed %d, %s: classes sum to %d of %d min", seed, d, sum, day.Minutes)
			}
			if math.Abs(day.ElevationM-3.048*float64(day.Floors)) > 1e-9 {
				t.Errorf("seed %d, %s: %v m on %d floors", seed, d, day.ElevationM, day.Floors)
			}
			if day.Worn && day.Totals.Worn < 1370-60 {
				t.Errorf("seed %d, %s: worn for %d min", seed, d, day.Totals.Worn)
			}
			if day.Very == 0 && day.Steps < 4000 {
				sick++
			}
			strokes += day.Strokes
			for _, s := range p.Sleeps(d) {
				if s.Main {
					nights++
					sleep += s.End.Sub(s.Start).Hours()
				}
			}
			minutes += day.Very
		}
		mean := steps / float64(b.Today()-p.First())
		if mean < 4500 || mean > 13000 {
			t.Errorf("seed %d: %v steps a day", seed, mean)
		}
		if unworn < 4 || unworn > 25 || sick < 5 || strokes == 0 || minutes == 0 {
			t.Errorf("seed %d: %d unworn, %d quiet days, %d strokes, %d very active minutes", seed, unworn, sick, strokes, minutes)
		}
		if hours := sleep / float64(nights); hours < 6.3 || hours > 8.7 {
			t.Errorf("seed %d: %v hours a night", seed, hours)
		}
		if weekday[time.Sunday] == weekday[time.Monday] {
			t.Errorf("seed %d: no rhythm of the week", seed)
		}
	}
}

func TestMinutesSumToTheDay(t *testing.T) {
	p := start(t).Person()
	for _, date := range []string{"2025-03-30", "2025-10-26", "2025-10-30"} {
		d := day(t, date)
		steps, floors := 0, 0
		m := p.Minutes(d)
		for _, min := range m {
			steps += int(min.Steps)
			floors += int(min.Floors)
			if min.InBed && min.Steps > 0 || min.BPM == 0 && min.Steps > 0 {
				t.Errorf("%s: %+v", date, min)
			}
		}
		if want := int(p.DayStart(d+1).Sub(p.DayStart(d)) / time.Minute); len(m) != want {
			t.Errorf("%s: %d minutes, want %d", date, len(m), want)
		}
		if got := p.Day(d); got.Steps != steps || got.Floors != floors || got.Minutes != len(m) {
			t.Errorf("%s: %d steps and %d floors, minutes say %d and %d", date, got.Steps, got.Floors, steps, floors)
		}
		noon := p.DayStart(d).Add(12 * time.Hour)
		first, second := p.TotalsBetween(p.DayStart(d), noon), p.TotalsBetween(noon, p.DayStart(d+1))
		if first.Steps+second.Steps != steps || first.Steps != p.DayUntil(d, noon).Steps {
			t.Errorf("%s: halves have %d and %d of %d steps", date, first.Steps, second.Steps, steps)
		}
	}
	begin := p.DayStart(p.First())
	if got := p.TotalsBetween(begin.AddDate(0, 0, -3), begin); got.Minutes != 0 {
		t.Errorf("%d minutes recorded before the history", got.Minutes)
	}
	for date, want := range map[string]int{"2025-03-30": 1380, "2025-10-26": 1500, "2025-10-30": 1440} {
		if n := len(p.Minutes(day(t, date))); n != want {
			t.Errorf("%s has %d minutes, want %d", date, n, want)
		}
	}
}

// The truth is a function of seed and day: neither the order of questions nor
// the length of the history changes it.
func TestDeterminism(t *testing.T) {
	a := start(t).Person()
	long := start(t, func(o *emulator.Options) { o.Days = 2000 }).Person()
	other := start(t, func(o *emulator.Options) { o.Seed = 9 }).Person()
	differs := 0
	for d := day(t, "2025-10-31"); d > day(t, "2025-08-01"); d-- {
		if a.Day(d) != long.Day(d) {
			t.Errorf("%s depends on the length of the history", d)
		}
		if a.Day(d).Steps != other.Day(d).Steps {
			differs++
		}
	}
	if differs < 80 {
		t.Errorf("another seed differs on %d of 91 days", differs)
	}
}

// No cycle is shorter or longer than real ones.
func TestNightsHaveCycles(t *testing.T) {
	b := start(t)
	for d := b.Today() - 200; d < b.Today(); d++ {
		for _, s := range b.Person().Sleeps(d) {
			rem := 0
			for _, seg := range s.Data {
				if seg.Level == "rem" {
					rem++
				}
			}
			if !s.Classic && s.End.Sub(s.Start) > 6*time.Hour && (rem < 3 || rem > 6) {
				t.Errorf("%s: %d cycles in %v", d, rem, s.End.Sub(s.Start))
			}
		}
	}
}

// A long range is answered without making every day anew.
func TestLongRangeDoesLittle(t *testing.T) {
	b := start(t, func(o *emulator.Options) { o.Days = 1095 })
	path := activity("steps", (b.Today() - 1094).String(), b.Today().String())
	ask := func() {
		rec := record(b.Server, b.token, path)
		if n := strings.Count(rec.Body.String(), "dateTime"); n != 1095 {
			t.Fatal(strconv.Itoa(n) + " days")
		}
	}
	ask()
	if n := testing.AllocsPerRun(3, ask); n > 25000 {
		t.Errorf("%v allocations for a range already made", n)
	}
}

// TestDayStart: a day starts when the wall clock first shows it, whatever the
// clock does at midnight.
func TestDayStart(t *testing.T) {
	for _, tt := range []struct{ zone, date, start string }{
		{"Europe/Berlin", "2025-03-30", "2025-03-29T23:00:00Z"},
		{"America/Havana", "2025-03-09", "2025-03-09T05:00:00Z"},   // no midnight
		{"America/Havana", "2025-11-02", "2025-11-02T04:00:00Z"},   // two midnights
		{"Asia/Beirut", "2025-03-30", "2025-03-29T22:00:00Z"},      // no midnight
		{"America/Santiago", "2025-09-07", "2025-09-07T04:00:00Z"}, // no midnight
		{"America/Santiago", "2025-04-06", "2025-04-06T04:00:00Z"}, // the evening before is repeated
		{"Asia/Amman", "2021-10-29", "2021-10-28T21:00:00Z"},       // two midnights
		{"Asia/Kolkata", "2025-04-06", "2025-04-05T18:30:00Z"},
	} {
		loc, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		d := day(t, tt.date)
		got := d.Start(loc)
		if got.UTC().Format(time.RFC3339) != tt.start {
			t.Errorf("%s in %s starts at %v, want %s", tt.date, tt.zone, got.UTC(), tt.start)
		}
		if before := emulator.DateOf(got.Add(-time.Second)); before >= d || emulator.DateOf(got) != d {
			t.Errorf("%s in %s: a second before it is %s, then %s", tt.date, tt.zone, before, emulator.DateOf(got))
		}
	}
}

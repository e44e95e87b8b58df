package export_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// unitsOf returns the units of a measurement that hold points, with how many.
func unitsOf(v *vault, target, measurement string) string {
	var out []string
	for key, e := range v.held(target) {
		if from, ok := strings.CutPrefix(key, measurement+" "); ok && e.Points > 0 {
			out = append(out, fmt.Sprintf("%s..%s:%d", from, e.To, e.Points))
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestUnits(t *testing.T) {
	monthly := steps("2024-12-31", 1, 2) // the turn of the year
	for _, c := range []struct {
		name, typ, from, to, body, measurement, want string
	}{
		{"new year", "activity_daily.steps", "2024-12-31", "2025-01-02", monthly, "activity_daily", "2024-12-01..2025-01-01:1 2025-01-01..2025-02-01:1"},
		{"leap day", "activity_daily.steps", "2024-02-28", "2024-03-02", steps("2024-02-28", 1, 2, 3), "activity_daily",
			"2024-02-01..2024-03-01:2 2024-03-01..2024-04-01:1"},
		{"clocks go forward at the end of a month", "activity_daily.steps", "2025-03-29", "2025-04-02", steps("2025-03-29", 1, 2, 3, 4), "activity_daily",
			"2025-03-01..2025-04-01:3 2025-04-01..2025-05-01:1"},
		{"night over midnight", "sleep_stage", "2025-03-01", "2025-03-31", sleeps(night{"2025-03-10", "2025-03-09T22:30:00", 1, "stages", 4, false}),
			"sleep_stage", "2025-03-09..2025-03-10:2 2025-03-10..2025-03-11:2"},
		{"night over the end of a month", "sleep_stage", "2025-03-01", "2025-03-02", sleeps(night{"2025-03-01", "2025-02-28T22:30:00", 1, "stages", 4, false}),
			"sleep_stage", "2025-02-28..2025-03-01:2 2025-03-01..2025-03-02:2"},
		{"night of the day of its start", "sleep", "2025-03-01", "2025-03-31", sleeps(night{"2025-03-10", "2025-03-09T22:30:00", 1, "stages", 4, false}),
			"sleep", "2025-03-09..2025-03-10:1"},
		{"night after the day with 23 hours", "sleep_stage", "2025-03-30", "2025-03-31", sleeps(night{"2025-03-30", "2025-03-29T23:00:00", 1, "stages", 25, false}),
			"sleep_stage", "2025-03-29..2025-03-30:1 2025-03-30..2025-03-31:23 2025-03-31..2025-04-01:1"},
		{"night after the day with 25 hours", "sleep_stage", "2025-10-26", "2025-10-27", sleeps(night{"2025-10-26", "2025-10-25T23:00:00", 1, "stages", 27, false}),
			"sleep_stage", "2025-10-25..2025-10-26:1 2025-10-26..2025-10-27:25 2025-10-27..2025-10-28:1"},
		{"last second and first", "weight", "2025-10-01", "2025-11-01", weights("2025-10-25 23:59:59 70", "2025-10-26 00:00:00 71", "2025-10-26 02:30:00 72", "2025-10-26 23:59:59 73"),
			"weight", "2025-10-25..2025-10-26:1 2025-10-26..2025-10-27:3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newVault(t, "me")
			staged := c.typ
			if staged == "sleep_stage" {
				staged = "sleep"
			}
			v.stage(staged, c.from, c.to, c.body)
			v.export(v.to("d", &recorder{}))
			if got := unitsOf(v, "d", c.measurement); got != c.want {
				t.Errorf("units %s\nwant  %s", got, c.want)
			}
		})
	}
}

// A change is staged after a first export, and exported again.
type change struct {
	name    string
	before  func(*vault)
	after   func(*vault)
	deletes []string
	writes  string // the lines of each; *: whatever
}

func (c change) run(t *testing.T) {
	t.Parallel()
	v, d := newVault(t, "me"), newDatabase(t)
	c.before(v)
	v.export(v.to("d", d))
	same(t, "first export", d.dump(), v.fresh())
	c.after(v)
	r := &recorder{below: d}
	res := v.export(v.to("d", r))
	same(t, "second export", d.dump(), v.fresh())
	if n := v.points("d"); n != len(d.dump()) {
		t.Errorf("%d points are remembered", n)
	}
	if res.Deleted != len(c.deletes) {
		t.Errorf("%d deletes in the result %+v", res.Deleted, res)
	}
	var deletes, writes []string
	for _, op := range r.ops {
		if rest, ok := strings.CutPrefix(op, "delete "); ok {
			deletes = append(deletes, rest)
		} else if rest, ok := strings.CutPrefix(op, "write "); ok {
			writes = append(writes, rest)
		}
	}
	same(t, "deletes", deletes, c.deletes)
	if got := strings.Join(writes, " "); c.writes != "*" && got != c.writes {
		t.Errorf("writes of %q lines, want %q", got, c.writes)
	}
	if again := v.export(v.to("d", &recorder{below: d})); again.Written+again.Deleted > 0 {
		t.Errorf("the third export did %+v", again)
	}
}

var (
	nightOf9  = night{"2025-03-09", "2025-03-08T23:00:00", 9, "stages", 7, false}
	nightOf10 = night{"2025-03-10", "2025-03-09T23:00:00", 10, "stages", 7, false}
	nightOf11 = night{"2025-03-11", "2025-03-10T23:00:00", 11, "stages", 7, false}
	napOf10   = night{"2025-03-10", "2025-03-10T14:00:00", 100, "classic", 1, true}
)

func march(nights ...night) func(*vault) {
	return func(v *vault) { v.stage("sleep", "2025-03-01", "2025-04-01", sleeps(nights...)) }
}

func sleepOn(date string, nights ...night) func(*vault) {
	return func(v *vault) { v.stage("sleep", date, dayAfter(date, 1), sleeps(nights...)) }
}

func all(steps ...func(*vault)) func(*vault) {
	return func(v *vault) {
		for _, s := range steps {
			s(v)
		}
	}
}

func TestChanges(t *testing.T) {
	moved, edited := nightOf10, nightOf10
	moved.day, moved.start = "2025-03-11", "2025-03-10T00:30:00"
	edited.kind, edited.id = "classic", 77
	for _, c := range []change{
		{"log deleted", march(nightOf9, nightOf10, napOf10, nightOf11), sleepOn("2025-03-10", nightOf10),
			[]string{"sleep me 2025-03-10T13:00:00 2025-03-10T13:00:00", "sleep_stage me 2025-03-10T13:00:00 2025-03-10T13:00:00"},
			"1 7"}, // what is left of the day
		{"last log of a day deleted", march(napOf10), sleepOn("2025-03-10"),
			[]string{"sleep me 2025-03-10T13:00:00 2025-03-10T13:00:00", "sleep_stage me 2025-03-10T13:00:00 2025-03-10T13:00:00"}, ""},
		{"night deleted over two days", march(nightOf9, nightOf10, nightOf11), sleepOn("2025-03-10"),
			[]string{"sleep me 2025-03-09T22:00:00 2025-03-09T22:00:00", "sleep_stage me 2025-03-09T22:00:00 2025-03-10T04:00:00"}, "*"},
		{"the day before keeps its own", march(nightOf9, nightOf10), sleepOn("2025-03-09", nightOf9), nil, ""},
		{"stages become classic under another id", march(nightOf9, nightOf10), sleepOn("2025-03-10", edited),
			[]string{"sleep me 2025-03-09T22:00:00 2025-03-09T22:00:00"}, "*"}, // stages lie at the same times
		{"sleep moves to another day", march(nightOf9, nightOf10, nightOf11), all(sleepOn("2025-03-10"), sleepOn("2025-03-11", moved, nightOf11)),
			[]string{"sleep me 2025-03-09T22:00:00 2025-03-09T22:00:00", "sleep_stage me 2025-03-09T22:00:00 2025-03-10T04:00:00"}, "*"},
		{"log added", march(nightOf9, nightOf10), sleepOn("2025-03-10", nightOf10, napOf10), nil, "8"},
		{"newer answer covers a part",
			func(v *vault) {
				v.stage("weight", "2025-03-01", "2025-04-01", weights("2025-03-09 08:00:00 70", "2025-03-10 08:00:00 71", "2025-03-11 08:00:00 72"))
			},
			func(v *vault) {
				v.stage("weight", "2025-03-10", "2025-03-11", weights("2025-03-10 08:00:00 81", "2025-03-11 08:00:00 99"))
			}, nil, "1"},
		{"resting heart rate vanishes", func(v *vault) {
			v.stage("heart_rate_daily", "2025-03-01", "2025-03-05", hearts("2025-03-01", 60, 61, 62, 63))
		},
			func(v *vault) { v.stage("heart_rate_daily", "2025-03-02", "2025-03-04", hearts("2025-03-02", 0, 65)) },
			[]string{"heart_rate_daily me 2025-03-01T23:00:00 2025-03-01T23:00:00"}, "11"},
		{"field vanishes from a point", all(
			func(v *vault) {
				v.stage("activity_daily.steps", "2025-03-01", "2025-03-04", steps("2025-03-01", 1, 2, 3))
			},
			func(v *vault) {
				v.stage("activity_daily.floors", "2025-03-01", "2025-03-04", series("activities-floors", "2025-03-01", 4, 5, 6))
			}),
			func(v *vault) {
				v.stage("activity_daily.floors", "2025-03-02", "2025-03-03", `{"activities-floors":[]}`)
			},
			[]string{"activity_daily me 2025-03-01T23:00:00 2025-03-01T23:00:00"}, "3"},
		{"field appears in a point", func(v *vault) {
			v.stage("activity_daily.steps", "2025-03-01", "2025-03-04", steps("2025-03-01", 1, 2, 3))
		},
			func(v *vault) {
				v.stage("activity_daily.floors", "2025-03-01", "2025-03-04", series("activities-floors", "2025-03-01", 4, 5, 6))
			},
			nil, "3"},
		{"points are appended", func(v *vault) { v.stage("activity_daily.steps", "2025-03-01", "2025-03-03", steps("2025-03-01", 1, 2)) },
			func(v *vault) {
				v.stage("activity_daily.steps", "2025-03-02", "2025-03-05", steps("2025-03-02", 2, 3, 4))
			}, nil, "4"},
		{"neighbours are deleted at once", func(v *vault) {
			v.stage("weight", "2025-03-01", "2025-04-01", weights("2025-03-09 08:00:00 70", "2025-03-10 08:00:00 71", "2025-03-11 08:00:00 72", "2025-03-11 09:00:00 73", "2025-03-13 08:00:00 74"))
		}, func(v *vault) { v.stage("weight", "2025-03-01", "2025-03-12", weights("2025-03-11 09:00:00 73")) },
			[]string{"weight me 2025-03-09T07:00:00 2025-03-11T07:00:00"}, "1"},
		{"others are deleted one by one", func(v *vault) {
			v.stage("weight", "2025-03-01", "2025-04-01", weights("2025-03-09 08:00:00 70", "2025-03-10 08:00:00 71", "2025-03-11 08:00:00 72"))
		}, func(v *vault) { v.stage("weight", "2025-03-01", "2025-04-01", weights("2025-03-10 08:00:00 71")) },
			[]string{"weight me 2025-03-09T07:00:00 2025-03-09T07:00:00", "weight me 2025-03-11T07:00:00 2025-03-11T07:00:00"}, ""},
		{"same answer again", march(nightOf9, nightOf10), march(nightOf9, nightOf10), nil, ""},
		{"a newer snapshot of the same sync", func(v *vault) { v.stage("device", "2025-03-10", "2025-03-11", devices("2025-03-09T20:00:00", 50)) },
			func(v *vault) { v.stage("device", "2025-03-10", "2025-03-11", devices("2025-03-09T20:00:00", 49)) }, nil, "1"},
		{"a later snapshot", func(v *vault) { v.stage("device", "2025-03-10", "2025-03-11", devices("2025-03-09T20:00:00", 50)) },
			func(v *vault) { v.stage("device", "2025-03-11", "2025-03-12", devices("2025-03-11T20:00:00", 49)) }, nil, "1"},
	} {
		t.Run(c.name, c.run)
	}
}

// A point that lies far from the day it is filed under does not count, whether a newer
// answer for that day is there or not.
func TestPointFarFromItsDay(t *testing.T) {
	v, d := newVault(t, "me"), newDatabase(t)
	far := nightOf10
	far.start = "2025-03-05T23:00:00"
	march(nightOf9, far)(v)
	v.export(v.to("d", d))
	same(t, "database", d.dump(), v.fresh())
	sleepOn("2025-03-10", far)(v)
	v.export(v.to("d", d))
	same(t, "after another answer", d.dump(), v.fresh())
	if got := unitsOf(v, "d", "sleep"); got != "2025-03-08..2025-03-09:1" {
		t.Errorf("units %s", got)
	}
}

// Of what stands between two operations a reader of the database sees at most one delete.
func TestOneDeleteBeforeItsWrite(t *testing.T) {
	t.Parallel()
	v := newVault(t, "me")
	var before, after []string
	for i := range 31 {
		day := dayAfter("2025-03-01", i)
		before = append(before, day+" 08:00:00 70", day+" 09:00:00 71")
		after = append(after, day+" 09:00:00 71")
		if i%3 == 0 {
			after = append(after, day+" 08:00:00 70")
		}
	}
	v.stage("weight", "2025-03-01", "2025-04-01", weights(before...))
	d := newDatabase(t)
	v.export(v.to("d", d))
	v.stage("weight", "2025-03-01", "2025-04-01", weights(after...))
	r := &recorder{below: d}
	e := v.to("d", r)
	e.BatchLines = 5
	v.export(e)
	same(t, "database", d.dump(), v.fresh())
	if n := r.count("delete"); n != 10 {
		t.Errorf("%d deletes for ten pairs of days", n)
	}
	for i, op := range r.ops {
		if strings.HasPrefix(op, "delete") && !strings.HasPrefix(r.ops[i+1], "write") {
			t.Errorf("%s is followed by %s", op, r.ops[i+1])
		}
	}
}

func TestPaddingWaitsForASync(t *testing.T) {
	t.Parallel()
	v, d := newVault(t, "me"), newDatabase(t)
	synced := time.Date(2025, 3, 2, 18, 0, 0, 0, time.UTC)
	stage := func(synced time.Time) {
		v.stageSynced("activity_daily.steps", "2025-03-01", "2025-03-05", steps("2025-03-01", 1, 2, 0, 0), synced)
		v.stageSynced("heart_rate_daily", "2025-03-01", "2025-03-05", hearts("2025-03-01", 60, 61, 0, 0), synced)
		v.stageSynced("body_daily.weight_kg", "2025-03-01", "2025-03-05", series("body-weight", "2025-03-01", 70, 70, 70, 70), synced)
	}
	count := func(measurement string) int {
		n := 0
		for _, l := range d.dump() {
			if strings.HasPrefix(l, measurement+",") {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		synced             time.Time
		steps, zones, body int
	}{
		{synced, 2, 4, 4},
		{time.Date(2025, 3, 2, 22, 59, 59, 0, time.UTC), 2, 4, 4}, // the 3rd has not begun in Berlin
		{time.Date(2025, 3, 2, 23, 0, 0, 0, time.UTC), 2, 4, 4},   // nothing of it is synced
		{time.Date(2025, 3, 2, 23, 0, 1, 0, time.UTC), 3, 6, 4},
		{synced.AddDate(0, 0, 5), 4, 8, 4},
		{synced, 2, 4, 4}, // as if the newest answer knew less
		{time.Time{}, 4, 8, 4},
	} {
		stage(c.synced)
		v.export(v.to("d", d))
		if s, z, b := count("activity_daily"), count("heart_rate_zone_daily"), count("body_daily"); s != c.steps || z != c.zones || b != c.body {
			t.Errorf("synced %v: %d days of steps, %d zones, %d of the body; want %+v", c.synced, s, z, b, c)
		}
		same(t, "database", d.dump(), v.fresh())
	}
}

package emulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

const (
	profilePath   = "/1/user/-/profile.json"
	badgesPath    = "/1/user/-/badges.json"
	sleepGoalPath = "/1.2/user/-/sleep/goal.json"
)

// account is what the tests read of P1.
type account struct {
	EncodedID, MemberSince, DateOfBirth, Timezone, WeightUnit, HeightUnit string
	Age, AverageDailySteps, OffsetFromUTCMillis                           int
	Height, Weight, StrideLengthRunning, StrideLengthWalking              float64
}

func (b *bench) account(header ...string) account {
	b.t.Helper()
	var got struct{ User account }
	if err := json.Unmarshal([]byte(b.ok(profilePath, header...)), &got); err != nil {
		b.t.Fatal(err)
	}
	return got.User
}

// The profile is the person's: what it says of now agrees with the logs and the series.
func TestProfileIsThePersons(t *testing.T) {
	b := start(t)
	p, u := b.Person(), b.account()
	if u.EncodedID != p.ID() || u.MemberSince != p.First().String() || u.Height != p.HeightCM() || u.Timezone != "Europe/Berlin" ||
		u.OffsetFromUTCMillis != 3600_000 {
		t.Errorf("profile %+v", u)
	}
	born := day(t, u.DateOfBirth)
	if birthday := born.AddMonths(12 * u.Age); birthday > b.Today() || birthday.AddMonths(12) <= b.Today() {
		t.Errorf("%d years old, born on %s", u.Age, born)
	}
	sum := 0
	for d := b.Today() - 30; d < b.Today(); d++ {
		sum += p.Day(d).Steps
	}
	if u.AverageDailySteps != sum/30 {
		t.Errorf("%d steps a day, want %d", u.AverageDailySteps, sum/30)
	}
	weight := func() string {
		return values(t, b.ok("/1/user/-/body/weight/date/today/1d.json"), "body-weight")[b.Today().String()]
	}
	if got := number(t, weight()); u.Weight != got || got == 0 {
		t.Errorf("%v kg, the series says %v", u.Weight, got)
	}
	b.AddWeight(b.clock.Now(), 66.6, 0, "API")
	if u := b.account(); u.Weight != 66.6 {
		t.Errorf("%v kg after a weighing of 66.6", u.Weight)
	}
	b.clock.Set(time.Date(2025, 10, 20, 12, 0, 0, 0, time.UTC))
	b.later(b.clock.Now())
	if u := b.account(); u.OffsetFromUTCMillis != 7200_000 {
		t.Errorf("%d ms in summer", u.OffsetFromUTCMillis)
	}
}

// Accept-Language decides the units of the profile, whose names of units stay as they were chosen.
func TestProfileUnits(t *testing.T) {
	b := start(t)
	metric := b.account()
	for language, factors := range map[string][2]float64{
		"metric": {1, 1}, "fr_FR": {1, 1}, "en_GB": {2.2046226218 / 14, 1}, "en_US": {2.2046226218, 1 / 2.54},
	} {
		u := b.account("Accept-Language", language)
		for what, pair := range map[string][3]float64{
			"weight":  {u.Weight, metric.Weight * factors[0], 0.16},
			"height":  {u.Height, metric.Height * factors[1], 1e-6},
			"running": {u.StrideLengthRunning, metric.StrideLengthRunning * factors[1], 1e-6},
			"walking": {u.StrideLengthWalking, metric.StrideLengthWalking * factors[1], 1e-6},
		} {
			if pair[0] == 0 || math.Abs(pair[0]-pair[1]) > pair[2] {
				t.Errorf("%s in %s: %v, want %v", what, language, pair[0], pair[1])
			}
		}
		if u.WeightUnit != "METRIC" || u.HeightUnit != "METRIC" {
			t.Errorf("%s: %+v", language, u)
		}
	}
}

// The scale tells the last weighing on it; without any there is none.
func TestScaleIsAsOldAsTheLastWeighing(t *testing.T) {
	b := start(t, young)
	scale := func() string {
		for _, d := range b.devices() {
			if d.Type == "SCALE" {
				return d.LastSyncTime
			}
		}
		return ""
	}
	for scale() != "" {
		last := weightEntry{}
		for _, w := range bodyLogs(t, b, "weight") {
			if w.Source == "AriaAir" {
				last = w
			}
		}
		if want := last.Date + "T" + last.Time + ".000"; scale() != want {
			t.Fatalf("the scale was used at %s, it says %s", want, scale())
		}
		if !b.DeleteWeight(last.LogID) {
			t.Fatalf("not deleted: %+v", last)
		}
	}
	for _, w := range bodyLogs(t, b, "weight") {
		if w.Source == "AriaAir" {
			t.Errorf("no scale, but %+v", w)
		}
	}
}

// A badge counts the days that reached it and tells the last; who has reached nothing has none.
func TestBadges(t *testing.T) {
	b := start(t)
	sameShape(t, b.ok(badgesPath), "badges")
	var got struct {
		Badges []struct {
			DateTime             string
			TimesAchieved, Value int
		}
	}
	if err := json.Unmarshal([]byte(b.ok(badgesPath)), &got); err != nil {
		t.Fatal(err)
	}
	days := values(t, b.ok(activity("tracker/steps", b.Person().First().String(), "today")), "activities-tracker-steps")
	times, last := 0, ""
	for _, d := range slices.Sorted(maps.Keys(days)) {
		if number(t, days[d]) >= float64(got.Badges[0].Value) {
			times, last = times+1, d
		}
	}
	if g := got.Badges[0]; len(got.Badges) != 1 || g.TimesAchieved != times || g.DateTime != last || times < 10 {
		t.Errorf("%+v, reached %d times, at last on %s", got.Badges, times, last)
	}
	b.Set(func(m *emulator.Modes) { m.NoData = []string{"/badges"} })
	if got := b.ok(badgesPath); got != `{"badges":[]}` {
		t.Errorf("none: %s", got)
	}
	b.Set(func(m *emulator.Modes) { *m = emulator.Modes{HoldSync: b.Person().DayStart(b.Person().First())} })
	if got := b.ok(badgesPath); got != `{"badges":[]}` {
		t.Errorf("nothing was synced yet: %s", got)
	}
}

// The times of the goal are the person's; what is typical are means of the main sleeps of thirty days,
// and a sleep that is deleted counts no more.
func TestSleepGoalIsOfTheNights(t *testing.T) {
	b := start(t)
	var got struct {
		Goal        struct{ Bedtime, WakeupTime string }
		Consistency struct {
			AwakeRestlessPercentage float64
			TypicalDuration         int
		}
	}
	goal, seen := b.Person().SleepGoal(), map[int]bool{}
	clock := func(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }
	for range 2 {
		if err := json.Unmarshal([]byte(b.ok(sleepGoalPath)), &got); err != nil {
			t.Fatal(err)
		}
		if got.Goal.Bedtime != clock(goal.Bedtime) || got.Goal.WakeupTime != clock(goal.WakeTime) {
			t.Errorf("goal %+v, want %+v", got.Goal, goal)
		}
		asleep, inBed, nights, shortest := 0, 0, 0, sleepLog{MinutesAsleep: math.MaxInt}
		for _, l := range sleepLogs(t, b.ok(sleepPath((b.Today()-29).String(), "today"))) {
			if !l.IsMainSleep {
				continue
			}
			asleep, inBed, nights = asleep+l.MinutesAsleep, inBed+l.TimeInBed, nights+1
			if l.MinutesAsleep < shortest.MinutesAsleep {
				shortest = l
			}
		}
		c := got.Consistency
		awake := 1 - float64(asleep)/float64(inBed)
		if c.TypicalDuration != asleep/nights || math.Abs(c.AwakeRestlessPercentage-awake) > 0.00051 {
			t.Errorf("typical %+v of %d nights, want %d min, %v awake", c, nights, asleep/nights, awake)
		}
		seen[c.TypicalDuration] = true
		id, _ := shortest.LogID.Int64()
		if !b.DeleteSleep(id) {
			t.Fatalf("not deleted: %+v", shortest)
		}
	}
	if len(seen) != 2 {
		t.Errorf("the same without the shortest night: %v", seen)
	}
}

// The values of a night go with its sleep, at once and with no other night's.
func TestNightValuesGoWithTheSleep(t *testing.T) {
	b := start(t)
	d := napDay(t, b)
	logs := b.Person().Sleeps(d)
	from, to := (d - 3).String(), (d + 3).String()
	read := func(what string) string { return b.ok(metricPath(what, from, min(to, b.Today().String()))) }
	for _, m := range nightMetrics {
		if before := read(m.what); m.what != "temp/core" && !strings.Contains(before, d.String()) {
			t.Errorf("%s: no %s: %.200s", m.what, d, before)
		}
	}
	if !b.DeleteSleep(logs[0].LogID) {
		t.Fatal("not deleted")
	}
	for _, m := range nightMetrics {
		if m.what == "temp/core" {
			continue // typed in, whatever the night was like
		}
		got := read(m.what)
		if strings.Contains(got, `"dateTime":"`+d.String()) || !strings.Contains(got, "dateTime") {
			t.Errorf("%s of a deleted night: %.200s", m.what, got)
		}
	}
}

// lifetime is D5.
type lifetime struct {
	Lifetime map[string]struct{ Steps, Floors, Distance, ActiveScore, CaloriesOut float64 }
	Best     map[string]map[string]struct {
		Date  string
		Value float64
	}
}

// The sums of the whole history and its best days are those of the series.
func TestLifetimeIsTheSumOfTheSeries(t *testing.T) {
	b := start(t, func(o *emulator.Options) { o.Days = 400 })
	from, to := b.Person().First().String(), b.Today().String()
	for _, language := range []string{"metric", "en_US"} {
		var l lifetime
		if err := json.Unmarshal([]byte(b.ok("/1/user/-/activities.json", "Accept-Language", language)), &l); err != nil {
			t.Fatal(err)
		}
		for scope, prefix := range map[string]string{"total": "", "tracker": "tracker/"} {
			told := l.Lifetime[scope]
			for what, got := range map[string]float64{"steps": told.Steps, "floors": told.Floors, "distance": told.Distance} {
				sum, most, date := 0.0, 0.0, ""
				body := b.ok(activity(prefix+what, from, to), "Accept-Language", language)
				for _, p := range series(t, body, "activities-"+strings.ReplaceAll(prefix, "/", "-")+what) {
					v := number(t, string(p.Value))
					if sum += v; v > most {
						most, date = v, p.DateTime
					}
				}
				if math.Abs(got-sum) > 0.0051 || sum == 0 {
					t.Errorf("%s %s in %s: %v, the series adds up to %v", scope, what, language, got, sum)
				}
				if best := l.Best[scope][what]; best.Date != date || math.Abs(best.Value-most) > 0.0051 {
					t.Errorf("best %s of %s: %+v, want %v on %s", what, scope, best, most, date)
				}
			}
			if told.ActiveScore != -1 || told.CaloriesOut != -1 {
				t.Errorf("%s: %+v", scope, told)
			}
		}
		if l.Lifetime["total"].Steps <= l.Lifetime["tracker"].Steps {
			t.Errorf("nothing was typed in: %+v", l.Lifetime)
		}
	}
}

// The goals are told alike by the day and by themselves; a week has those of seven days.
func TestActivityGoals(t *testing.T) {
	b := start(t)
	read := func(span string, header ...string) map[string]float64 {
		var got struct{ Goals map[string]float64 }
		if err := json.Unmarshal([]byte(b.ok("/1/user/-/activities/goals/"+span+".json", header...)), &got); err != nil {
			t.Fatal(err)
		}
		return got.Goals
	}
	daily, weekly := read("daily"), read("weekly")
	told := b.summary("today").Goals
	if told["activeZoneMinutes"] = daily["activeZoneMinutes"]; !reflect.DeepEqual(told, daily) || daily["steps"] == 0 {
		t.Errorf("of today %v, of a day %v", told, daily)
	}
	for _, what := range []string{"steps", "floors", "distance"} {
		if math.Abs(weekly[what]-7*daily[what]) > 0.04 {
			t.Errorf("%s: %v a week, %v a day", what, weekly[what], daily[what])
		}
	}
	for span, goals := range map[string]map[string]float64{"daily": daily, "weekly": weekly} {
		miles := read(span, "Accept-Language", "en_US")
		if got, want := miles["distance"], goals["distance"]/1.609344; math.Abs(got-want) > 0.0051 {
			t.Errorf("%s: %v miles, want %v", span, got, want)
		}
		miles["distance"] = goals["distance"]
		if !reflect.DeepEqual(miles, goals) {
			t.Errorf("%s in en_US: %v, in metric %v", span, miles, goals)
		}
	}
}

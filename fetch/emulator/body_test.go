package emulator_test

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

type weightEntry struct {
	Date, Time, Source string
	Weight, BMI        float64
	Fat                *float64
	LogID              int64
}

func weights(t *testing.T, body, root string) []weightEntry {
	t.Helper()
	var got map[string][]weightEntry
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	return got[root]
}

func logPath(what, from, to string) string {
	return "/1/user/-/body/log/" + what + "/date/" + from + "/" + to + ".json"
}

// bodyLogs is about two years of a log.
func bodyLogs(t *testing.T, b *bench, what string) []weightEntry {
	t.Helper()
	var all []weightEntry
	for from := b.Person().First(); from <= b.Today(); from += 30 {
		all = append(all, weights(t, b.ok(logPath(what, from.String(), (from+29).String())), what)...)
	}
	return all
}

func TestWeightLog(t *testing.T) {
	b := start(t)
	all := bodyLogs(t, b, "weight")
	ids, fat, manual, shared := map[int64]weightEntry{}, 0, 0, 0
	previous := ""
	for _, w := range all {
		if w.Date+w.Time < previous {
			t.Errorf("%s %s comes after %s", w.Date, w.Time, previous)
		}
		previous = w.Date + w.Time
		if other, ok := ids[w.LogID]; ok {
			shared++
			if other.Date != w.Date || other.Time != w.Time || other.Source == w.Source {
				t.Errorf("one id for %+v and %+v", other, w)
			}
		}
		ids[w.LogID] = w
		local := wallTime(t, w.Date+"T"+w.Time+".000")
		if w.LogID != local.UnixMilli() {
			t.Errorf("id %d of %s %s is not the wall clock read as UTC", w.LogID, w.Date, w.Time)
		}
		if w.Fat != nil {
			fat++
		}
		if w.Time == "23:59:59" {
			manual++
		} else if w.Source != "AriaAir" {
			t.Errorf("%s at %s", w.Source, w.Time)
		}
		if math.Abs(w.BMI-b.Person().BMI(w.Weight)) > 0.001 {
			t.Errorf("BMI %v of %v kg", w.BMI, w.Weight)
		}
	}
	if n := len(all); n < 90 || n > 220 || shared < 5 || manual < 20 || fat < 40 {
		t.Errorf("%d weighings in 800 days: %d with fat, %d without a time, %d shared ids", n, fat, manual, shared)
	}
	if got := bodyLogs(t, b, "fat"); len(got) != fat {
		t.Errorf("%d fat logs, %d weighings with fat", len(got), fat)
	}
}

func TestYoungPersonHasSharedWeightID(t *testing.T) {
	b := start(t, func(o *emulator.Options) { o.Days = 5 })
	got := weights(t, b.ok(logPath("weight", "2025-10-20", "2025-11-02")), "weight")
	ids := map[int64]int{}
	for _, w := range got {
		ids[w.LogID]++
	}
	if len(ids) == len(got) || got[0].Date != b.Person().First().String() {
		t.Errorf("weighings of five days: %+v", got)
	}
}

// The series repeats the last reading; of two in one second the first counts.
func TestBodyIsCarriedForward(t *testing.T) {
	b := start(t)
	last := map[string]float64{}
	fat := map[string]float64{}
	clock := map[string]string{}
	for _, w := range bodyLogs(t, b, "weight") {
		if clock[w.Date] != w.Time {
			last[w.Date], clock[w.Date] = w.Weight, w.Time
		}
		if w.Fat != nil {
			fat[w.Date] = math.Round(*w.Fat*10) / 10
		}
	}
	from, to := b.Person().First().String(), b.Today().String()
	var kg, pct float64
	weightOf := values(t, b.ok("/1/user/-/body/weight/date/"+from+"/"+to+".json"), "body-weight")
	fatOf := values(t, b.ok("/1/user/-/body/fat/date/"+from+"/"+to+".json"), "body-fat")
	bmiOf := values(t, b.ok("/1/user/-/body/bmi/date/"+from+"/"+to+".json"), "body-bmi")
	for d := b.Person().First(); d <= b.Today(); d++ {
		if v, ok := last[d.String()]; ok {
			kg = v
		}
		if v, ok := fat[d.String()]; ok {
			pct = v
		}
		if got := number(t, weightOf[d.String()]); got != kg {
			t.Errorf("%s: %v kg, want %v", d, got, kg)
		}
		if got := number(t, fatOf[d.String()]); math.Abs(got-pct) > 0.05 {
			t.Errorf("%s: %v %%, want %v", d, got, pct)
		}
		if got := number(t, bmiOf[d.String()]); got != b.Person().BMI(kg) {
			t.Errorf("%s: BMI %v of %v kg", d, got, kg)
		}
	}
	if len(weightOf) != 800 {
		t.Errorf("%d days", len(weightOf))
	}
}

func TestFood(t *testing.T) {
	b := start(t)
	kcal := values(t, b.ok("/1/user/-/foods/log/caloriesIn/date/2025-01-01/2025-11-01.json"), "foods-log-caloriesIn")
	water := values(t, b.ok("/1/user/-/foods/log/water/date/2025-01-01/2025-11-01.json"), "foods-log-water")
	eaten, drunk := 0, 0
	for d := day(t, "2025-01-01"); d <= day(t, "2025-11-01"); d++ {
		truth := b.Person().Food(d)
		if number(t, kcal[d.String()]) != float64(truth.Kcal) || number(t, water[d.String()]) != truth.WaterML {
			t.Errorf("%s: %s kcal, %s ml, truth %+v", d, kcal[d.String()], water[d.String()], truth)
		}
		if truth.Kcal > 0 {
			eaten++
		}
		if truth.WaterML > 0 {
			drunk++
		}
	}
	if eaten < 100 || eaten > 220 || drunk < 80 || drunk > 200 {
		t.Errorf("logged on %d and %d of 305 days", eaten, drunk)
	}
}

// A log without a time is known from the evening on which it was typed in, and
// so is food.
func TestTypedInByEvening(t *testing.T) {
	b := start(t)
	last, checked := weightEntry{}, 0
	for _, w := range bodyLogs(t, b, "weight") {
		if w.LogID == last.LogID {
			continue
		}
		if w.Time == "23:59:59" && last.Weight != 0 {
			b.wantsWeight(w, 18, last.Weight, false)
			b.wantsWeight(w, 21, w.Weight, true)
			checked++
		}
		last = w
	}
	if checked < 10 {
		t.Errorf("%d logs without a time", checked)
	}
	d := b.Today()
	for b.Person().Food(d).Kcal == 0 {
		d--
	}
	for hour, want := range map[int]string{12: `"0"`, 23: strconv.Quote(strconv.Itoa(b.Person().Food(d).Kcal))} {
		b.later(b.Person().DayStart(d).Add(time.Duration(hour) * time.Hour))
		path := "/1/user/-/foods/log/caloriesIn/date/" + d.String() + "/" + d.String() + ".json"
		if v := values(t, b.ok(path), "foods-log-caloriesIn"); v[d.String()] != want {
			t.Errorf("food at %d:00: %v, want %s", hour, v, want)
		}
	}
}

// wantsWeight looks at the day of w at an hour: what the series says, and
// whether the log is there.
func (b *bench) wantsWeight(w weightEntry, hour int, kg float64, there bool) {
	b.t.Helper()
	b.later(b.Person().DayStart(day(b.t, w.Date)).Add(time.Duration(hour) * time.Hour))
	path := "/1/user/-/body/weight/date/" + w.Date + "/" + w.Date + ".json"
	if got := number(b.t, values(b.t, b.ok(path), "body-weight")[w.Date]); got != kg {
		b.t.Errorf("%s at %d:00: series says %v kg, want %v", w.Date, hour, got, kg)
	}
	found := false
	for _, l := range weights(b.t, b.ok(logPath("weight", w.Date, w.Date)), "weight") {
		found = found || l.LogID == w.LogID
	}
	if found != there {
		b.t.Errorf("%s at %d:00: the log is there: %v", w.Date, hour, found)
	}
}

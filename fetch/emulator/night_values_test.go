package emulator_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

type oxygenValue struct{ Avg, Min, Max float64 }

// oxygenDays is the bare array of H3 by date.
func oxygenDays(t *testing.T, body string) map[string]*oxygenValue {
	t.Helper()
	var days []struct {
		DateTime string
		Value    *oxygenValue
	}
	if err := json.Unmarshal([]byte(body), &days); err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	all := map[string]*oxygenValue{}
	for _, d := range days {
		all[d.DateTime] = d.Value
	}
	return all
}

// metricValues is a metric of the last n days by date, quotes included.
func metricValues(t *testing.T, b *bench, what, root string, n int) map[string]string {
	t.Helper()
	all, previous := map[string]string{}, ""
	for from := b.Today() - emulator.Date(n) + 1; from <= b.Today(); from += 30 {
		for _, p := range series(t, b.ok(metricPath(what, from.String(), min(from+29, b.Today()).String())), root) {
			if p.DateTime <= previous {
				t.Errorf("%s: %s comes after %s", what, p.DateTime, previous)
			}
			previous = p.DateTime
			all[p.DateTime] = string(p.Value)
		}
	}
	return all
}

// asleep is how many minutes of a night were slept.
func asleep(n emulator.Night) int {
	m := n.LevelMinutes()
	return m["deep"] + m["light"] + m["rem"]
}

// TestNightSummariesAreTrue holds each value a night to the person's, on the
// date the main sleep ended, and no other day has one.
func TestNightSummariesAreTrue(t *testing.T) {
	b := start(t)
	const days = 240
	p := b.Person()
	hrv, br := metricValues(t, b, "hrv", "hrv", days), metricValues(t, b, "br", "br", days)
	skin := metricValues(t, b, "temp/skin", "tempSkin", days)
	first := b.Today() - days + 1
	oxygen := oxygenDays(t, b.ok(metricPath("spo2", first.String(), "today")))
	missing, brief, negative := 0, 0, 0
	for d := first; d <= b.Today(); d++ {
		n, ok := p.Night(d)
		want := map[string]string{}
		if ok {
			want["br"] = fmt.Sprintf(`{"breathingRate":%s}`, point(n.Breaths[""]))
			want["skin"] = fmt.Sprintf(`{"nightlyRelative":%s}`, point(math.Round((n.SkinC-n.BaselineC)*100)/100))
			if n.SkinC < n.BaselineC {
				negative++
			}
			if asleep(n) >= 180 {
				want["hrv"] = fmt.Sprintf(`{"dailyRmssd":%s,"deepRmssd":%s}`, point(n.RMSSD), point(n.DeepRMSSD))
			} else {
				brief++
			}
		} else {
			missing++
		}
		got := map[string]string{"br": br[d.String()], "skin": skin[d.String()], "hrv": hrv[d.String()]}
		for what, v := range got {
			if v != want[what] {
				t.Errorf("%s of %s: %s, want %s", what, d, v, want[what])
			}
		}
		if v := oxygen[d.String()]; (v != nil) != ok || ok && *v != (oxygenValue{n.Oxygen, n.OxygenLow, n.OxygenHigh}) {
			t.Errorf("SpO2 of %s: %+v, want %v in %v..%v", d, v, n.Oxygen, n.OxygenLow, n.OxygenHigh)
		}
	}
	if missing == 0 || brief == 0 || negative == 0 {
		t.Errorf("%d days without a night, %d nights too brief for HRV, %d colder than usual", missing, brief, negative)
	}
}

// point is a number that always has a decimal point.
func point(v float64) string {
	s := fmt.Sprint(v)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

type nightDay struct {
	DateTime string
	Minutes  []struct {
		Minute string
		Value  json.RawMessage
	}
}

// nightDays is an all.json of HRV or SpO2.
func nightDays(t *testing.T, b *bench, what, from, to string) []nightDay {
	t.Helper()
	body := []byte(b.ok(metricPath(what+"/all", from, to)))
	if what == "hrv" {
		var root struct{ Hrv json.RawMessage }
		if err := json.Unmarshal(body, &root); err != nil {
			t.Fatal(err)
		}
		body = root.Hrv
	}
	var days []nightDay
	if err := json.Unmarshal(body, &days); err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	return days
}

// detailOf is what an all.json has to say of a night: wall clocks in their true
// order, by the zone at each instant.
func detailOf(p *emulator.Person, what string, n emulator.Night) (lines []string) {
	if what == "spo2" {
		for _, r := range p.OxygenMinutes(n) {
			lines = append(lines, p.Wall(r.At).Format("2006-01-02T15:04:05")+" "+point(r.Value))
		}
		return lines
	}
	for _, r := range p.Variability(n) {
		lines = append(lines, fmt.Sprintf("%s %v hf %v lf %v", p.Wall(r.At).Format(wallForm), r.Value, r.Extra[2], r.Extra[1]))
	}
	return lines
}

func (d nightDay) lines(t *testing.T, what string) (lines []string) {
	t.Helper()
	for _, m := range d.Minutes {
		if what == "spo2" {
			lines = append(lines, m.Minute+" "+string(m.Value))
			continue
		}
		var v struct{ RMSSD, Coverage, HF, LF float64 }
		if err := json.Unmarshal(m.Value, &v); err != nil {
			t.Fatal(err)
		}
		if v.Coverage < 0.9 || v.Coverage > 1 {
			t.Errorf("coverage %v at %s", v.Coverage, m.Minute)
		}
		lines = append(lines, fmt.Sprintf("%s %v hf %v lf %v", m.Minute, v.RMSSD, v.HF, v.LF))
	}
	return lines
}

func TestNightDetailIsTrue(t *testing.T) {
	b := start(t)
	p := b.Person()
	for _, what := range []string{"hrv", "spo2"} {
		for _, from := range []string{"2025-03-10", "2025-06-10", "2025-10-03"} {
			got := nightDays(t, b, what, from, (day(t, from) + 29).String())
			for d := day(t, from); d < day(t, from)+30; d++ {
				n, ok := p.Night(d)
				if !ok || what == "hrv" && asleep(n) < 180 {
					continue
				}
				if len(got) == 0 || got[0].DateTime != d.String() {
					t.Fatalf("%s: no %s", what, d)
				}
				if lines, want := got[0].lines(t, what), detailOf(p, what, n); !slices.Equal(lines, want) {
					t.Errorf("%s of %s:\n%.300q\nwant\n%.300q", what, d, lines, want)
				}
				got = got[1:]
			}
			if len(got) > 0 {
				t.Errorf("%s: %s is no night", what, got[0].DateTime)
			}
		}
	}
}

// OxygenMinutes has all readings, in between one a minute.
func TestOxygenMinutes(t *testing.T) {
	p := start(t).Person()
	n, _ := p.Night(day(t, "2025-10-30"))
	readings, at := p.Oxygen(n), 0
	minutes := p.OxygenMinutes(n)
	for i, m := range minutes {
		if i > 0 {
			if gap := m.At.Sub(minutes[i-1].At); gap < 55*time.Second || gap > 65*time.Second {
				t.Errorf("%v after %v", gap, minutes[i-1].At)
			}
		}
		if m.At.Equal(readings[at].At) {
			if m.Value != readings[at].Value {
				t.Errorf("%v at %v, measured %v", m.Value, m.At, readings[at].Value)
			}
			at = min(at+1, len(readings)-1)
			continue
		}
		a, b := readings[at-1].Value, readings[at].Value
		if m.Value < min(a, b) || m.Value > max(a, b) {
			t.Errorf("%v at %v lies not between %v and %v", m.Value, m.At, a, b)
		}
	}
	if last := readings[len(readings)-1]; at != len(readings)-1 || !minutes[len(minutes)-1].At.Equal(last.At) {
		t.Errorf("reading %d of %d", at, len(readings))
	}
}

// The repeated hour of autumn is told twice, the missing one of spring never.
func TestNightDetailAcrossClockChanges(t *testing.T) {
	b := start(t)
	for _, what := range []string{"hrv", "spo2"} {
		autumn := nightDays(t, b, what, "2025-10-26", "2025-10-26")[0]
		back := 0
		twice := 0
		for i, m := range autumn.Minutes {
			if i > 0 && m.Minute < autumn.Minutes[i-1].Minute {
				back++
			}
			if strings.HasPrefix(m.Minute, "2025-10-26T02:") {
				twice++
			}
		}
		spring := nightDays(t, b, what, "2025-03-30", "2025-03-30")[0]
		once, missing := 0, 0
		for _, m := range spring.Minutes {
			if strings.HasPrefix(m.Minute, "2025-03-30T01:") {
				once++
			}
			if strings.HasPrefix(m.Minute, "2025-03-30T02:") {
				missing++
			}
		}
		if back != 1 || twice < 2*once-2 || once < 11 || missing != 0 {
			t.Errorf("%s: %d steps back, %d readings in the repeated hour, %d in an hour, %d in the missing one",
				what, back, twice, once, missing)
		}
	}
}

// After a journey the nights are told by the clock of the place.
func TestNightDetailAfterAJourney(t *testing.T) {
	b := start(t)
	if err := b.Move(day(t, "2025-10-10"), "Asia/Tokyo"); err != nil {
		t.Fatal(err)
	}
	zones := map[string]int{}
	for d := day(t, "2025-10-07"); d < day(t, "2025-10-14"); d++ {
		n, ok := b.Person().Night(d)
		if !ok {
			continue
		}
		zones[b.Person().Wall(n.End).Location().String()]++
		got := nightDays(t, b, "spo2", d.String(), d.String())
		if len(got) != 1 || !slices.Equal(got[0].lines(t, "spo2"), detailOf(b.Person(), "spo2", n)) {
			t.Errorf("%s differs from the person", d)
		}
	}
	if zones["Europe/Berlin"] == 0 || zones["Asia/Tokyo"] == 0 {
		t.Errorf("nights by zone: %v", zones)
	}
}

// -1 stands for a stage that was too short, and never for the whole night.
func TestBreathingByStage(t *testing.T) {
	b := start(t)
	got := metricValues(t, b, "br/all", "br", 240)
	without := map[string]int{}
	levels := map[string]string{
		"fullSleepSummary": "", "deepSleepSummary": "deep", "remSleepSummary": "rem", "lightSleepSummary": "light",
	}
	for d, value := range got {
		var v map[string]struct{ BreathingRate json.Number }
		if err := json.Unmarshal([]byte(value), &v); err != nil {
			t.Fatal(err)
		}
		n, ok := b.Person().Night(day(t, d))
		if !ok || len(v) != 4 {
			t.Fatalf("%s: %s", d, value)
		}
		minutes := n.LevelMinutes()
		for key, level := range levels {
			want := point(n.Breaths[level])
			if level != "" && minutes[level] < 50 {
				want = "-1"
				without[level]++
			}
			if string(v[key].BreathingRate) != want {
				t.Errorf("%s of %s: %s, want %s", key, d, v[key].BreathingRate, want)
			}
		}
	}
	if without["deep"] == 0 || without["rem"] == 0 || without["deep"] > len(got)/3 {
		t.Errorf("stages without data in %d nights: %v", len(got), without)
	}
}

// One number on days with a run, a range around it otherwise.
func TestCardioScore(t *testing.T) {
	b := start(t)
	numbers, ranges := 0, 0
	for d, value := range metricValues(t, b, "cardioscore", "cardioScore", 120) {
		var v struct{ VO2Max string }
		if err := json.Unmarshal([]byte(value), &v); err != nil {
			t.Fatal(err)
		}
		score := int(math.Round(b.Person().Fitness(day(t, d))))
		want := fmt.Sprintf("%d-%d", score-2, score+2)
		if w, ok := b.Person().Workout(day(t, d)); ok && w.Kind == "run" {
			want = fmt.Sprint(score)
			numbers++
		} else {
			ranges++
		}
		if v.VO2Max != want {
			t.Errorf("%s: %q, want %q", d, v.VO2Max, want)
		}
	}
	if numbers < 5 || ranges < 50 {
		t.Errorf("%d numbers, %d ranges", numbers, ranges)
	}
}

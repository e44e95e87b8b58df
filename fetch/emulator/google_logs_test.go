package emulator_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

type googleSleep struct {
	Interval        struct{ StartTime, StartUtcOffset, EndTime, EndUtcOffset string }
	Type            string
	Stages          []googleStage
	ShortAwakenings []googleStage
	Summary         *googleSummary
	Metadata        struct{ Processed, MainSleep, Nap, ManuallyEdited bool }
	CreateTime      time.Time
	UpdateTime      time.Time
}

type googleStage struct {
	StartTime, EndTime time.Time
	Type               string
}

type googleSummary struct {
	MinutesInSleepPeriod, MinutesAsleep, MinutesAwake, MinutesToFallAsleep, MinutesAfterWakeUp string
	StagesSummary                                                                              []struct{ Type, Minutes, Count string }
}

// TestGoogleSleepsAreTheLegacySleeps compares half a year of logs.
func TestGoogleSleepsAreTheLegacySleeps(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	from, to := day(t, "2025-03-25"), day(t, "2025-10-31")
	got := map[string]googleSleep{}
	for _, p := range g.walk("sleep", "list", "filter", civilFilter("sleep.interval.civil_end_time", from, to)) {
		var v googleSleep
		into(t, p, "sleep", &v)
		var name string
		json.Unmarshal(p["name"], &name)
		got[name[strings.LastIndex(name, "/")+1:]] = v
	}
	g.token, _, _ = g.SeedTokens()
	compared := 0
	for d := from; d < to; d += 90 {
		for _, l := range sleepLogs(t, g.ok(sleepPath(d.String(), min(to-1, d+89).String()))) {
			v, ok := got[l.LogID.String()]
			if !ok {
				t.Errorf("%s: no sleep %v", l.DateOfSleep, l.LogID)
				continue
			}
			compared++
			compareSleep(t, g.Person(), l, v)
			delete(got, l.LogID.String())
		}
	}
	if len(got) > 0 || compared < 200 {
		t.Errorf("%d compared, %d left", compared, len(got))
	}
}

func compareSleep(t *testing.T, p *emulator.Person, l sleepLog, v googleSleep) {
	t.Helper()
	start, _ := time.Parse(time.RFC3339, v.Interval.StartTime)
	end, _ := time.Parse(time.RFC3339, v.Interval.EndTime)
	if p.Wall(start).Format(wallForm) != l.StartTime || p.Wall(end).Format(wallForm) != l.EndTime {
		t.Errorf("%v: %v to %v, legacy %s to %s", l.LogID, start, end, l.StartTime, l.EndTime)
	}
	s := v.Summary
	if i64(t, s.MinutesAsleep) != float64(l.MinutesAsleep) || i64(t, s.MinutesAwake) != float64(l.MinutesAwake) ||
		i64(t, s.MinutesToFallAsleep) != float64(l.MinutesToFallAsleep) || v.Metadata.MainSleep != l.IsMainSleep ||
		strings.ToLower(v.Type) != l.Type {
		t.Errorf("%v: %+v %+v, legacy %+v", l.LogID, v.Type, *s, l)
	}
	if l.Levels == nil {
		if len(v.Stages) > 0 || len(s.StagesSummary) > 0 {
			t.Errorf("%v: stages of a log without levels", l.LogID)
		}
		return
	}
	for _, sum := range s.StagesSummary {
		name := strings.ToLower(sum.Type)
		if l.Type == "stages" && name == "awake" {
			name = "wake"
		}
		if w := l.Levels.Summary[name]; i64(t, sum.Minutes) != float64(w.Minutes) || i64(t, sum.Count) != float64(w.Count) {
			t.Errorf("%v %s: %+v, legacy %+v", l.LogID, name, sum, w)
		}
	}
	compareStages(t, l, v.Stages, l.Levels.Data, start)
	compareStages(t, l, v.ShortAwakenings, l.Levels.ShortData, start)
	if at := start; len(v.Stages) > 0 {
		for _, st := range v.Stages {
			if !st.StartTime.Equal(at) {
				t.Errorf("%v: a stage begins at %v, not %v", l.LogID, st.StartTime, at)
			}
			at = st.EndTime
		}
		if !at.Equal(end) {
			t.Errorf("%v: stages end at %v, not %v", l.LogID, at, end)
		}
	}
}

func compareStages(t *testing.T, l sleepLog, got []googleStage, want []sleepSegment, start time.Time) {
	t.Helper()
	if n := len(want); n > 0 && want[n-1].Level == "unknown" {
		want = want[:n-1] // the hour that the clock skipped
	}
	if len(got) != len(want) {
		t.Errorf("%v: %d segments, legacy %d", l.LogID, len(got), len(want))
		return
	}
	begin, _ := time.Parse(wallForm, l.StartTime)
	for i, w := range want {
		at, _ := time.Parse(wallForm, w.DateTime)
		name := strings.ToUpper(w.Level)
		if name == "WAKE" {
			name = "AWAKE"
		}
		if got[i].Type != name || got[i].StartTime.Sub(start) != at.Sub(begin) ||
			got[i].EndTime.Sub(got[i].StartTime) != time.Duration(w.Seconds)*time.Second {
			t.Errorf("%v segment %d: %+v, legacy %+v", l.LogID, i, got[i], w)
		}
	}
}

// TestGoogleWeightsAreTheLegacyWeights compares a year of weighings.
func TestGoogleWeightsAreTheLegacyWeights(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	from, to := day(t, "2024-11-01"), day(t, "2025-11-01")
	type weighing struct {
		At    string
		Value float64
	}
	read := func(kind, member, key string) (all []weighing) {
		for _, p := range g.walk(kind, "list", "filter", civilFilter(stemOf(kind)+".sample_time.civil_time", from, to)) {
			var v map[string]json.RawMessage
			into(t, p, member, &v)
			var at struct{ PhysicalTime, UtcOffset string }
			json.Unmarshal(v["sampleTime"], &at)
			instant, _ := time.Parse(time.RFC3339, at.PhysicalTime)
			value, _ := strconv.ParseFloat(string(v[key]), 64)
			all = append(all, weighing{instant.Format(time.RFC3339), value})
		}
		return all
	}
	var wantKG, wantFat []weighing
	for d := to - 1; d >= from; d-- {
		logs := g.Person().Weights(d)
		for i := len(logs) - 1; i >= 0; i-- {
			at := logs[i].At.Format(time.RFC3339)
			wantKG = append(wantKG, weighing{at, math.Round(logs[i].KG * 1000)})
			if logs[i].Fat > 0 {
				wantFat = append(wantFat, weighing{at, logs[i].Fat})
			}
		}
	}
	if got := read("weight", "weight", "weightGrams"); !reflect.DeepEqual(got, wantKG) {
		t.Errorf("weights: got %d, want %d: %.300v", len(got), len(wantKG), got)
	}
	if got := read("body-fat", "bodyFat", "percentage"); !reflect.DeepEqual(got, wantFat) {
		t.Errorf("fat: got %d, want %d", len(got), len(wantFat))
	}
	names := map[string]bool{}
	for _, p := range g.walk("weight", "list") {
		name := string(p["name"])
		if names[name] {
			t.Errorf("%s twice", name)
		}
		names[name] = true
	}
}

// TestGoogleFoodIsTheLegacyFood compares sums of meals and drinks.
func TestGoogleFoodIsTheLegacyFood(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	from, to := day(t, "2025-06-01"), day(t, "2025-11-01")
	water, kcal := g.days("hydration-log", from, to, 90), g.days("nutrition-log", from, to, 90)
	for d := from; d < to; d++ {
		f := g.Person().Food(d)
		var ml, energy float64
		if r := water[d.String()].HydrationLog; r != nil {
			ml = r.AmountConsumed.MillilitersSum
		}
		if r := kcal[d.String()].NutritionLog; r != nil {
			energy = r.Energy.KcalSum
		}
		if ml != f.WaterML || energy != float64(f.Kcal) {
			t.Errorf("%v: %v ml, %v kcal, want %+v", d, ml, energy, f)
		}
	}
	g.SetFood(to-1, 1234, 777)
	if r := g.days("nutrition-log", to-1, to, 90)[(to - 1).String()]; r.NutritionLog.Energy.KcalSum != 1234 {
		t.Errorf("edited: %+v", r.NutritionLog)
	}
}

// TestGoogleBeatsFitTheMinutes: readings 3 to 5 s apart while worn, whose means
// are the pulse of the minute.
func TestGoogleBeatsFitTheMinutes(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	p := g.Person()
	for d := day(t, "2025-10-20"); d < day(t, "2025-11-01"); d++ {
		minutes, start := p.Minutes(d), p.DayStart(d)
		sum, n := make([]int, len(minutes)), make([]int, len(minutes))
		var last time.Time
		for _, b := range p.Beats(d) {
			i := int(b.At.Sub(start) / time.Minute)
			if minutes[i].BPM == 0 {
				t.Fatalf("%v: a reading at %v without the watch", d, b.At)
			}
			if gap := b.At.Sub(last); gap < 3*time.Second || gap > 5*time.Second && i > 0 && minutes[i-1].BPM > 0 && n[i] > 0 {
				t.Fatalf("%v: %v between readings", d, gap)
			}
			last = b.At
			sum[i] += b.BPM
			n[i]++
		}
		for i, m := range minutes {
			if m.BPM > 0 && (n[i] < 11 || math.Abs(float64(sum[i])/float64(n[i])-float64(m.BPM)) > 4) {
				t.Errorf("%v minute %d: %d readings, mean %v, pulse %d", d, i, n[i], float64(sum[i])/float64(n[i]), m.BPM)
			}
		}
	}
}

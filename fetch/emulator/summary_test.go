package emulator_test

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// dailySummary is D1.
type dailySummary struct {
	Activities []summedExercise
	Goals      map[string]float64
	Summary    struct {
		Steps, Floors                                                int
		CaloriesOut, CaloriesBMR, ActivityCalories, MarginalCalories float64
		SedentaryMinutes, LightlyActiveMinutes                       int
		FairlyActiveMinutes, VeryActiveMinutes, ActiveScore          int
		Elevation                                                    float64
		Distances                                                    []struct {
			Activity string
			Distance float64
		}
		HeartRateZones, CustomHeartRateZones []heartZone
		RestingHeartRate                     *int
	}
}

// summedExercise is an exercise as D1 shows it; Duration is in ms.
type summedExercise struct {
	LogID                         int64
	ActivityID, Steps             int
	Calories, Distance            float64
	Duration                      int64
	LastModified, StartDate, Name string
	StartTime                     string
}

func summaryPath(date string) string { return "/1/user/-/activities/date/" + date + ".json" }

func (b *bench) summary(date string, header ...string) dailySummary {
	b.t.Helper()
	var s dailySummary
	into := b.ok(summaryPath(date), header...)
	if err := json.Unmarshal([]byte(into), &s); err != nil {
		b.t.Fatalf("%v: %.300s", err, into)
	}
	return s
}

// distance is that of one kind; a kind that is not told is NaN.
func (s dailySummary) distance(kind string) float64 {
	for _, d := range s.Summary.Distances {
		if d.Activity == kind {
			return d.Distance
		}
	}
	return math.NaN()
}

// numbers are the members of a summary by the resource of the series that tells the same.
func (s dailySummary) numbers() map[string]float64 {
	v := s.Summary
	return map[string]float64{
		"steps": float64(v.Steps), "floors": float64(v.Floors), "elevation": v.Elevation,
		"calories": v.CaloriesOut, "caloriesBMR": v.CaloriesBMR, "activityCalories": v.ActivityCalories,
		"minutesSedentary": float64(v.SedentaryMinutes), "minutesLightlyActive": float64(v.LightlyActiveMinutes),
		"minutesFairlyActive": float64(v.FairlyActiveMinutes), "minutesVeryActive": float64(v.VeryActiveMinutes),
		"distance": s.distance("total"), "tracker/distance": s.distance("tracker"),
	}
}

// differsFromSeries holds a summary to the series of its day, within the two decimals that it has.
func (b *bench) differsFromSeries(s dailySummary, date string, header ...string) {
	b.t.Helper()
	for resource, got := range s.numbers() {
		root := "activities-" + strings.ReplaceAll(resource, "/", "-")
		want := number(b.t, values(b.t, b.ok(activity(resource, date, "1d"), header...), root)[date])
		if !(math.Abs(got-want) <= 0.00501) {
			b.t.Errorf("%s %q: %s %v, the series says %v", date, header, resource, got, want)
		}
	}
}

// The summary of a day tells what the series tell of it, exercises or none, worn or not.
func TestSummaryAgreesWithTheSeries(t *testing.T) {
	b := start(t)
	with, without, unworn, typed := 0, 0, 0, 0
	for d := day(t, "2025-08-01"); d < day(t, "2025-10-01"); d++ {
		s, truth := b.summary(d.String()), b.Person().Day(d)
		b.differsFromSeries(s, d.String())
		h := heartDays(t, b.ok(activity("heart", d.String(), "1d")))[d.String()]
		if !reflect.DeepEqual(s.Summary.HeartRateZones, h.Zones) || !reflect.DeepEqual(s.Summary.CustomHeartRateZones, h.Custom) ||
			!reflect.DeepEqual(s.Summary.RestingHeartRate, h.RHR) {
			t.Errorf("%s: heart %+v, the series says %+v", d, s.Summary, h)
		}
		if (s.Summary.RestingHeartRate != nil) != truth.Worn {
			t.Errorf("%s: resting pulse %v, worn: %v", d, s.Summary.RestingHeartRate, truth.Worn)
		}
		if got, want := s.distance("loggedActivities"), truth.Manual.DistanceKM; !(math.Abs(got-want) <= 0.00501) {
			t.Errorf("%s: %v km typed in, want %v", d, got, want)
		}
		if got, want := s.Summary.MarginalCalories, truth.ExtraKcal+truth.Manual.Kcal; math.Abs(got-want) > 0.501 {
			t.Errorf("%s: %v kcal beyond rest, want %v", d, got, want)
		}
		if s.Summary.ActiveScore != -1 {
			t.Errorf("%s: score %d", d, s.Summary.ActiveScore)
		}
		for condition, n := range map[bool]*int{len(s.Activities) > 0: &with, len(s.Activities) == 0: &without} {
			if condition {
				*n++
			}
		}
		if !truth.Worn {
			unworn++
		}
		if truth.Manual.Steps > 0 {
			typed++
		}
	}
	if with == 0 || without == 0 || unworn == 0 || typed == 0 {
		t.Errorf("%d days with and %d without exercises, %d unworn, %d typed in", with, without, unworn, typed)
	}
}

// The distances by intensity add up to the whole.
func TestSummaryDistancesAddUp(t *testing.T) {
	b := start(t)
	s, sum := b.summary("2025-10-30"), 0.0
	for _, kind := range []string{"veryActive", "moderatelyActive", "lightlyActive", "sedentaryActive"} {
		sum += s.distance(kind)
	}
	if total := s.distance("total"); total < 1 || !(math.Abs(sum-total) <= 0.021) {
		t.Errorf("%v km by intensity, %v in all", sum, total)
	}
}

// The exercises of the day are the person's: sessions of the watch and what was typed in.
func TestSummaryExercises(t *testing.T) {
	b := start(t)
	p := b.Person()
	kinds := map[string]int{}
	for d := day(t, "2025-07-01"); d < day(t, "2025-10-01"); d++ {
		got := b.summary(d.String()).Activities
		if w, ok := p.Workout(d); ok {
			if len(got) == 0 {
				t.Fatalf("%s: no %s", d, w.Kind)
			}
			at := p.Wall(w.Start)
			want := summedExercise{
				LogID: w.ID, ActivityID: got[0].ActivityID, Name: got[0].Name, Steps: w.Steps, Calories: math.Round(w.Kcal),
				Distance: math.Round(w.Metres/10) / 100, Duration: w.End.Sub(w.Start).Milliseconds(),
				LastModified: w.End.UTC().Format("2006-01-02T15:04:05.000Z"), StartDate: d.String(), StartTime: at.Format("15:04"),
			}
			if got[0] != want || got[0].Name == "" || got[0].ActivityID == 0 {
				t.Errorf("%s: %+v, want %+v", d, got[0], want)
			}
			kinds[w.Kind]++
			got = got[1:]
		}
		if m := p.Day(d).Manual; m.Steps > 0 {
			if len(got) != 1 || got[0].Steps != m.Steps || got[0].Duration != int64(m.Minutes)*60_000 || got[0].Name != "Walk" {
				t.Errorf("%s: typed in %+v, told %+v", d, m, got)
				continue
			}
			kinds["walk"]++
			got = got[1:]
		}
		if len(got) > 0 {
			t.Errorf("%s: never done: %+v", d, got)
		}
	}
	if len(kinds) < 3 || kinds["walk"] == 0 {
		t.Errorf("exercises %v", kinds)
	}
}

// Today is told up to the last sync, what comes later is not.
func TestSummaryOfToday(t *testing.T) {
	b := start(t)
	for d := b.Today() - 5; d < b.Today(); d++ {
		for hour := 6; hour < 24; hour += 4 {
			b.later(b.Person().DayStart(d).Add(time.Duration(hour) * time.Hour))
			s := b.summary("today")
			b.differsFromSeries(s, d.String())
			if truth := b.Person().DayUntil(d, b.LastSync()); truth.Manual.Steps == 0 && s.Summary.Steps != truth.Steps {
				t.Errorf("%s at %d:00: %d steps, recorded %d", d, hour, s.Summary.Steps, truth.Steps)
			}
			w, ok := b.Person().Workout(d)
			synced := ok && !w.End.After(b.LastSync())
			if there := len(s.Activities) > 0 && s.Activities[0].LogID == w.ID; ok && there != synced {
				t.Errorf("%s at %d:00: the %s till %v is there: %v", d, hour, w.Kind, w.End, there)
			}
		}
	}
	if s := b.summary((b.Today() + 1).String()); s.Summary.Steps != 0 || s.Summary.CaloriesOut != 0 || len(s.Activities) != 0 {
		t.Errorf("tomorrow: %+v", s)
	}
	s := b.summary((b.Person().First() - 1).String())
	if s.Summary.Steps != 0 || s.Summary.SedentaryMinutes != 1440 || len(s.Activities) != 0 {
		t.Errorf("before the history: %+v", s)
	}
}

// A day that the watch has not told yet is rest, and its own once it has.
func TestSummaryWaitsForTheSync(t *testing.T) {
	b := start(t)
	const date = "2025-10-29"
	full := b.ok(summaryPath(date))
	b.Set(func(m *emulator.Modes) { m.HoldSync = time.Date(2025, 10, 28, 10, 0, 0, 0, time.UTC) })
	if v := b.summary(date).Summary; v.Steps != 0 || v.SedentaryMinutes != 1440 || v.CaloriesOut != v.CaloriesBMR ||
		v.RestingHeartRate != nil || v.HeartRateZones[0].Minutes != nil {
		t.Errorf("not synced: %+v", v)
	}
	b.Set(func(m *emulator.Modes) { m.HoldSync = time.Time{} })
	if got := b.ok(summaryPath(date)); got != full {
		t.Errorf("synced again: %s, was %s", got, full)
	}
}

// A session that is deleted leaves the list at once; what it counted stays in the day.
func TestSummaryAfterADeletion(t *testing.T) {
	b := start(t)
	d := b.Today() - 1
	for b.Person().Day(d).Manual.Steps > 0 || len(b.summary(d.String()).Activities) != 1 {
		d--
	}
	before := b.summary(d.String())
	if !b.DeleteWorkout(before.Activities[0].LogID) {
		t.Fatal("not deleted")
	}
	after := b.summary(d.String())
	if len(after.Activities) != 0 || !reflect.DeepEqual(after.Summary, before.Summary) {
		t.Errorf("%+v, was %+v", after, before)
	}
}

// Accept-Language decides the unit of distances and heights, Accept-Locale the names of zones.
func TestSummaryUnits(t *testing.T) {
	b := start(t)
	d := b.Today() - 1
	for w, ok := b.Person().Workout(d); !ok || w.Metres == 0; w, ok = b.Person().Workout(d) {
		d--
	}
	metric := b.summary(d.String())
	for language, perKM := range map[string]float64{"metric": 1, "en_GB": 1, "xx": 1, "en_US": 1 / 1.609344} {
		s := b.summary(d.String(), "Accept-Language", language)
		b.differsFromSeries(s, d.String(), "Accept-Language", language)
		for what, pair := range map[string][2]float64{
			"goal": {s.Goals["distance"], metric.Goals["distance"]}, "exercise": {s.Activities[0].Distance, metric.Activities[0].Distance},
		} {
			if !(math.Abs(pair[0]-pair[1]*perKM) <= 0.011) {
				t.Errorf("%q: %s of %v, in km %v", language, what, pair[0], pair[1])
			}
		}
	}
	if got := b.summary(d.String(), "Accept-Locale", "de_DE").Summary.HeartRateZones[1].Name; got != "Fettverbrennung" {
		t.Errorf("a zone in German is %q", got)
	}
}

func TestSummaryShapes(t *testing.T) {
	b := start(t)
	d := b.Today() - 1
	for {
		_, ok := b.Person().Workout(d)
		if truth := b.Person().Day(d); ok && truth.Custom == [2]int{} {
			break
		}
		d--
	}
	sameShape(t, b.ok(summaryPath(d.String())), "activity_daily_summary")
	sameShape(t, b.ok("/1/user/-/activities/goals/daily.json"), "activity_goals_daily")
	sameShape(t, b.ok("/1/user/-/activities/goals/weekly.json"), "activity_goals_weekly")
	sameShape(t, b.ok("/1/user/-/activities.json"), "lifetime_stats")
	for b.Person().Day(d).Worn {
		d--
	}
	if got := b.ok(summaryPath(d.String())); strings.Contains(got, "restingHeartRate") || !strings.Contains(got, `"activities":[]`) {
		t.Errorf("unworn: %s", got)
	}
}

func TestSummaryBadRequests(t *testing.T) {
	b := start(t)
	for _, date := range []string{"2025-02-30", "2025-1-1", "20250101", "2025-13-01", "yesterday", "1d"} {
		b.get(summaryPath(date)).wants(t, date, 400, "validation")
	}
	for _, path := range []string{summaryPath("2025-10-30"), "/1/user/-/activities.json", "/1/user/-/activities/goals/daily.json"} {
		b.get(path+"?timezone=UTC").wants(t, path+" by UTC", 400, "validation")
	}
	for _, path := range []string{
		"/1/user/-/activities/goals/monthly.json", "/1.2/user/-/activities.json", "/1/user/-/activities/date.json",
	} {
		b.get(path).wants(t, path, 404, "not_found")
	}
	byID := b.ok(fmt.Sprintf("/1/user/%s/activities/date/today.json", b.Person().ID()))
	if want := b.ok(summaryPath("2025-11-02")); byID != want {
		t.Errorf("today by the user's id: %s, by the date %s", byID, want)
	}
}

package emulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fitvault/fetch/emulator"
)

// endpoint is a row of sections 5.1 to 5.5 with a question and all scopes that it needs.
type endpoint struct{ row, path, scopes string }

// endpoints has every row but P4, which tells of others. ID stands for an exercise with a track.
var endpoints = []endpoint{
	{"A1", activity("steps", "2025-10-29", "2025-10-30"), "activity"},
	{"A2", activity("activityCalories", "2025-10-29", "2025-10-30"), "activity"},
	{"A3", activity("tracker/floors", "2025-10-29", "2025-10-30"), "activity"},
	{"A4", activity("active-zone-minutes", "2025-10-20", "2025-10-30"), "activity"},
	{"A5", activity("heart", "2025-10-29", "2025-10-30"), "heartrate"},
	{"B1", "/1/user/-/body/weight/date/2025-10-29/2025-10-30.json", "weight"},
	{"F1", "/1/user/-/foods/log/caloriesIn/date/2025-10-29/2025-10-30.json", "nutrition"},
	{"H1", metricPath("hrv", "2025-10-03", "2025-11-01"), "heartrate"},
	{"H2", metricPath("hrv/all", "2025-10-29", "2025-10-30"), "heartrate"},
	{"H3", metricPath("spo2", "2025-09-01", "2025-11-01"), "oxygen_saturation"},
	{"H3'", metricPath("spo2", "2025-10-30", ""), "oxygen_saturation"},
	{"H4", metricPath("spo2/all", "2025-10-29", "2025-10-30"), "oxygen_saturation"},
	{"H5", metricPath("br", "2025-10-03", "2025-11-01"), "respiratory_rate"},
	{"H6", metricPath("br/all", "2025-10-29", "2025-10-30"), "respiratory_rate"},
	{"H7", metricPath("temp/skin", "2025-10-03", "2025-11-01"), "temperature"},
	{"H8", metricPath("temp/core", "2025-10-03", "2025-11-01"), "temperature"},
	{"H9", metricPath("cardioscore", "2025-10-03", "2025-11-01"), "cardio_fitness"},
	{"L1", sleepPath("2025-10-29", "2025-10-30"), "sleep"},
	{"L2", "/1.2/user/-/sleep/date/2025-10-30.json", "sleep"},
	{"L3", after("/1.2/user/-/sleep/list.json", "2025-10-25", 3), "sleep"},
	{"L4", sleepGoalPath, "sleep"},
	{"I1", activity("heart", "2025-10-30", "1d/1min"), "heartrate"},
	{"I2", activity("steps", "2025-10-30", "1d/15min"), "activity"},
	{"I3", activity("active-zone-minutes", "2025-10-30", "1d/15min"), "activity"},
	{"D1", summaryPath("2025-10-30"), "activity"},
	{"D2", after("/1/user/-/activities/list.json", "2025-09-25", 3), "activity"},
	{"D3", "/1.1/user/-/activities/ID.json", "activity"},
	{"D4", "/1/user/-/activities/ID.tcx?includePartialTCX=true", "activity location"},
	{"D5", "/1/user/-/activities.json", "activity"},
	{"D6", "/1/user/-/activities/goals/daily.json", "activity"},
	{"D6", "/1/user/-/activities/goals/weekly.json", "activity"},
	{"W1", logPath("weight", "2025-10-03", "2025-11-01"), "weight"},
	{"W2", logPath("fat", "2025-10-03", "2025-11-01"), "weight"},
	{"W3", weightGoal, "weight"},
	{"W3", fatGoal, "weight"},
	{"N1", foodPath("LOGGED"), "nutrition"},
	{"N2", waterPath("LOGGED"), "nutrition"},
	{"N3", foodGoal, "nutrition"},
	{"N3", waterGoal, "nutrition"},
	{"P1", profilePath, "profile"},
	{"P2", devicesPath, "settings"},
	{"P3", badgesPath, "profile"},
	{"E1", after(ecgList, "2025-08-01", 10), "electrocardiogram"},
	{"E2", irnProfile, "irregular_rhythm_notifications"},
	{"E3", after(alertsList, "2025-08-01", 10), "irregular_rhythm_notifications"},
}

// young has a history of three months, which is soon told in full.
func young(o *emulator.Options) { o.Days = 93 }

// at is the path of an endpoint for the person of b.
func (e endpoint) at(b *bench) string {
	d := b.Today() - 1
	w, ok := b.Person().Workout(d)
	for ; !ok || !w.GPS; w, ok = b.Person().Workout(d) {
		d--
	}
	return strings.NewReplacer("ID", fmt.Sprint(w.ID), "LOGGED", loggedDay(b).String()).Replace(e.path)
}

// Every endpoint is there, and without one of its scopes it is refused, while the others answer.
func TestEveryEndpointHasItsScopes(t *testing.T) {
	whole := start(t, young)
	for _, scope := range emulator.AllScopes {
		b := start(t, young, func(o *emulator.Options) {
			o.Scopes = slices.DeleteFunc(slices.Clone(emulator.AllScopes), func(s string) bool { return s == scope })
		})
		for _, e := range endpoints {
			path := e.at(whole)
			status, kind := 200, ""
			if slices.Contains(strings.Fields(e.scopes), scope) {
				status, kind = 403, "insufficient_scope"
			}
			b.get(path).wants(t, e.row+" "+path+" without "+scope, status, kind)
		}
	}
}

// A mode changes the answers that it is about, and no others.
func TestModesChangeTheirEndpointsOnly(t *testing.T) {
	b := start(t, young)
	read := func(change func(*emulator.Modes)) map[string]string {
		b.Set(func(m *emulator.Modes) { *m = emulator.Modes{}; change(m) })
		all := map[string]string{}
		for _, e := range endpoints {
			r := b.get(e.at(b))
			all[e.row] += fmt.Sprintln(r.status, r.body)
		}
		return all
	}
	usual := read(func(*emulator.Modes) {})
	for _, tt := range []struct {
		mode, rows string
		change     func(*emulator.Modes)
	}{
		{"SnakeCaseFood", "N1", func(m *emulator.Modes) { m.SnakeCaseFood = true }},
		{"NumericSampling", "E1", func(m *emulator.Modes) { m.NumericSampling = true }},
		{"OxygenRange", "H3", func(m *emulator.Modes) { m.OxygenRange = 30 }},
		{"NoValue", "H3", func(m *emulator.Modes) { m.NoValue = true }},
		{"ZonesWithoutMinutes", "A5 D1 I1", func(m *emulator.Modes) { m.ZonesWithoutMinutes = true }},
		{"NullLevels", "L1 L2 L3", func(m *emulator.Modes) { m.NullLevels = true }},
		{"TrackRestarts", "D4", func(m *emulator.Modes) { m.TrackRestarts = true }},
		{"MissingTotal", "I1 I2", func(m *emulator.Modes) { m.MissingTotal = true }},
		{"ZoneMinutesDataset", "I3", func(m *emulator.Modes) { m.ZoneMinutesDataset = true }},
		{"NextHost", "D2 L3", func(m *emulator.Modes) { m.NextHost = "self" }},
		{"NextLoop", "D2 L3", func(m *emulator.Modes) { m.NextLoop = true }},
		{"NoTracker", "P2", func(m *emulator.Modes) { m.NoTracker = true }},
		{"NoScale", "P2", func(m *emulator.Modes) { m.NoScale = true }},
		{"OldTracker", "P2", func(m *emulator.Modes) { m.OldTracker = true }},
		{"NoData", "N1 N2", func(m *emulator.Modes) { m.NoData = []string{"/foods/log/date/", "/foods/log/water/date/"} }},
		{"NoData", "N3 W3", func(m *emulator.Modes) { m.NoData = []string{"/water/goal", "/weight/goal", "/fat/goal"} }},
		{"Empty", "", func(m *emulator.Modes) { m.Empty = emulator.BareArray }},
		{"ZerosBefore", "", func(m *emulator.Modes) { m.ZerosBefore = true }},
		{"NoActivitiesKey", "", func(m *emulator.Modes) { m.NoActivitiesKey = true }},
	} {
		var changed []string
		for row, body := range read(tt.change) {
			if body != usual[row] {
				changed = append(changed, row)
			}
		}
		slices.Sort(changed)
		if want := strings.Fields(tt.rows); !slices.Equal(changed, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s changes %v, want %v", tt.mode, changed, want)
		}
	}
}

package catalog_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/store/catalog"
)

// TestNothing holds every reader to the answers that stand for no data.
func TestNothing(t *testing.T) {
	for _, typ := range catalog.Types() {
		for _, s := range catalog.APIs() {
			if typ.Origin(s) == nil || typ.Series == nil {
				continue
			}
			origin := mustLookup(t, typ.Staged(s)).Origin(s)
			root := origin.Ask.Root
			if origin.Each != "" {
				continue // a GPS track is no list
			}
			for _, body := range []string{
				`{}`, `[]`, `null`, ` [ ] `, `{"meta":{"state":"pending"}}`,
				fmt.Sprintf(`{%q: null}`, root), fmt.Sprintf(`{%q: []}`, root),
			} {
				if root == "" && len(body) > len(" [ ] ") {
					continue
				}
				points, err := typ.Read(typ.Origin(s), catalog.Body{JSON: []byte(body)})
				if len(points) != 0 || err != nil {
					t.Errorf("%s of %s from %s: %d points, error %v", typ.Name, body, s, len(points), err)
				}
			}
		}
	}
}

// TestUnreadable names, for answers of a wrong shape, the words that their error must have.
func TestUnreadable(t *testing.T) {
	steps := func(element string) string { return `{"activities-steps": [` + element + `]}` }
	heart := func(value string) string {
		return `{"activities-heart": [{"dateTime": "2025-09-07", "value": ` + value + `}]}`
	}
	night := func(members string) string {
		return `{"sleep": [{"dateOfSleep": "2025-09-07", "startTime": "2025-09-06T23:00:00.000", ` + members + `}]}`
	}
	for _, c := range []struct {
		typ, body string
		words     []string
	}{
		{"activity_daily.steps", ``, []string{"activity_daily.steps", "unexpected end"}},
		{"activity_daily.steps", `<html></html>`, []string{"invalid character"}},
		{"activity_daily.steps", `{"activities-steps": [{"dateTime"`, []string{"unexpected end"}},
		{"activity_daily.steps", `"text"`, []string{"activities-steps", "string"}},
		{"activity_daily.steps", `[{"dateTime": "2025-09-07", "value": "1"}]`, []string{"activities-steps", "list"}},
		{"activity_daily.steps", `{"activities-steps": {"value": "1"}}`, []string{"activities-steps", "object"}},
		{"activity_daily.steps", `{"activities-steps": "none"}`, []string{"activities-steps", "string"}},
		{"activity_daily.steps", steps(`7`), []string{"activities-steps", "number"}},
		{"activity_daily.steps", steps(`null`), []string{"dateTime"}},
		{"activity_daily.steps", steps(`{"dateTime": "2025-09-07", "value": "many"}`), []string{"activities-steps", "2025-09-07", "value", "many"}},
		{"activity_daily.steps", steps(`{"dateTime": "2025-09-07", "value": ""}`), []string{"2025-09-07", "value"}},
		{"activity_daily.steps", steps(`{"dateTime": "2025-09-07", "value": "8804.5"}`), []string{"2025-09-07", "value", "whole"}},
		{"activity_daily.steps", steps(`{"dateTime": "2025-09-07", "value": true}`), []string{"2025-09-07", "value", "true"}},
		{"activity_daily.steps", steps(`{"dateTime": "2025-09-07", "value": {"n": 1}}`), []string{"2025-09-07", "value"}},
		{"activity_daily.steps", steps(`{"dateTime": "2025-09-31", "value": "1"}`), []string{"activities-steps", "dateTime", "2025-09-31"}},
		{"activity_daily.steps", steps(`{"dateTime": "0001-01-01", "value": "1"}`), []string{"dateTime", "0001-01-01"}},
		{"activity_daily.steps", steps(`{"dateTime": 20250907, "value": "1"}`), []string{"dateTime", "number", "20250907"}},
		{"activity_daily.distance_m", `{"activities-distance": [{"dateTime": "2025-09-07", "value": "NaN"}]}`, []string{"2025-09-07", "value", "NaN"}},
		{"activity_daily.distance_m", `{"activities-distance": [{"dateTime": "2025-09-07", "value": "1e308"}]}`, []string{"2025-09-07", "value", "1e308"}},
		{"heart_rate_daily", heart(`"71.25"`), []string{"2025-09-07", "value", "string"}},
		{"heart_rate_daily", heart(`{"restingHeartRate": "low"}`), []string{"2025-09-07", "restingHeartRate", "low"}},
		{"heart_rate_zone_daily", heart(`{"heartRateZones": [{"name": "Peak", "minutes": "x"}]}`), []string{"2025-09-07", "Peak", "minutes"}},
		{"heart_rate_zone_daily", heart(`{"heartRateZones": {}}`), []string{"2025-09-07", "heartRateZones", "object"}},
		{"sleep", `{"sleep": [{"startTime": "2025-09-06T23:00:00.000"}]}`, []string{"dateOfSleep"}},
		{"sleep", night(`"startTime": "23:00"`), []string{"2025-09-07", "startTime", "23:00"}},
		{"sleep", night(`"endTime": "morning"`), []string{"2025-09-07", "endTime", "morning"}},
		{"sleep", night(`"duration": -1`), []string{"2025-09-07", "duration", "-1"}},
		{"sleep", night(`"duration": 1e15`), []string{"2025-09-07", "duration"}},
		{"sleep", night(`"efficiency": "good"`), []string{"2025-09-07", "efficiency", "good"}},
		{"sleep", night(`"logId": {}`), []string{"2025-09-07", "logId"}},
		{"sleep", night(`"levels": {"summary": {"rem": {"minutes": "x"}}}`), []string{"2025-09-07", "levels.summary.rem.minutes"}},
		{"sleep", night(`"levels": {"summary": {"rem": 5}}`), []string{"2025-09-07", "levels.summary", "number"}},
		{"sleep_stage", night(`"levels": {"data": [{"seconds": "long"}]}`), []string{"2025-09-07", "levels.data.seconds"}},
		{"sleep_stage", night(`"levels": {"data": [{"seconds": 60}], "shortData": [{"seconds": 30}]}`), []string{"2025-09-07", "levels.data.dateTime"}},
		{"sleep_stage", night(`"levels": {"data": [{"seconds": 2678400}, {"seconds": 1}]}`), []string{"2025-09-07", "levels.data"}},
		{"weight", `{"weight": [{"date": "2025-09-07", "time": "7 am", "weight": 74}]}`, []string{"2025-09-07", "time", "7 am"}},
		{"weight", `{"weight": [{"date": "2025-09-07", "time": "07:00:00", "weight": "heavy"}]}`, []string{"2025-09-07", "weight", "heavy"}},
		{"weight", `{"weight": [{"date": "yesterday", "time": "07:00:00", "weight": 74}]}`, []string{"weight", "date", "yesterday"}},
		{"body_fat", `{"fat": [{"date": "2025-09-07", "time": "07:00:00", "fat": []}]}`, []string{"2025-09-07", "fat"}},
		{"device", `{"errors": []}`, []string{"answer", "object"}},
		{"device", `[{"deviceVersion": "Charge 6", "lastSyncTime": "today"}]`, []string{"Charge 6", "lastSyncTime", "today"}},
		{"device", `[{"deviceVersion": "Charge 6", "lastSyncTime": "2025-09-07T07:00:00", "batteryLevel": "half"}]`, []string{"Charge 6", "2025-09-07", "batteryLevel"}},
	} {
		typ, ok := catalog.Lookup(c.typ)
		if !ok {
			t.Fatalf("no type %s", c.typ)
		}
		points, err := typ.Read(typ.Fitbit, catalog.Body{JSON: []byte(c.body)})
		if err == nil || points != nil {
			t.Errorf("%s of %s: %v, error %v; want an error alone", c.typ, c.body, points, err)
			continue
		}
		for _, w := range c.words {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s of %s: error %q has no %q", c.typ, c.body, err, w)
			}
		}
	}
	if _, err := mustLookup(t, "profile").Read(mustLookup(t, "profile").Fitbit, catalog.Body{JSON: []byte(`{}`)}); err == nil {
		t.Error("a type without a reader read something")
	}
}

func mustLookup(t testing.TB, name string) catalog.Type {
	t.Helper()
	typ, ok := catalog.Lookup(name)
	if !ok {
		t.Fatalf("no type %s", name)
	}
	return typ
}

// TestPointDays holds Day, by which a newer answer takes the place of an older one, to the
// date under which the source files each element.
func TestPointDays(t *testing.T) {
	for _, typ := range catalog.Types() {
		for _, f := range fixtures(t, typ) {
			if typ.Series == nil {
				continue
			}
			origin := mustLookup(t, typ.Staged(f.source)).Origin(f.source)
			if origin.Ask.Snapshot() || origin.Each != "" {
				continue
			}
			days := []catalog.Day{f.body.Day}
			if origin.Ask.DateKey != "" {
				days = filed(t, typ.Name+"/"+f.file, origin.Ask, f.body.JSON, f.body.Zones)
			}
			points, err := typ.Read(typ.Origin(f.source), f.body)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range points {
				if !slices.Contains(days, p.Day) {
					t.Errorf("%s/%s: a point of %s, under which nothing is filed", typ.Name, f.file, p.Day)
				}
			}
		}
	}
}

// TestStagesAddUp holds the seconds of each stage to the minutes in the summary, the short
// wakes included, and each track to one without gaps or overlaps.
func TestStagesAddUp(t *testing.T) {
	type total struct{ id, stage string }
	for _, f := range fixtures(t, mustLookup(t, "sleep_stage")) {
		points, err := mustLookup(t, "sleep_stage").Read(mustLookup(t, "sleep_stage").Origin(f.source), f.body)
		if err != nil {
			t.Fatal(err)
		}
		got := map[total]int64{}
		next := map[string]time.Time{}
		for _, p := range points {
			id := field(p, "log_id").Str()
			seconds := field(p, "seconds").Int()
			got[total{id, field(p, "stage").Str()}] += seconds
			if at, ok := next[id]; ok && !at.Equal(p.Time) {
				t.Errorf("%s: sleep %s goes on at %v, want %v", f.file, id, p.Time, at)
			}
			next[id] = p.Time.Add(time.Duration(seconds) * time.Second)
		}
		var answer struct {
			Sleep []struct {
				LogID  json.RawMessage
				Levels *struct {
					Summary map[string]struct{ Minutes int64 }
				}
			}
		}
		if err := json.Unmarshal(f.body.JSON, &answer); err != nil {
			t.Fatal(err)
		}
		for _, s := range answer.Sleep {
			if s.Levels == nil {
				continue
			}
			id := strings.Trim(string(s.LogID), `"`)
			for stage, want := range s.Levels.Summary {
				if minutes := (got[total{id, stage}] + 30) / 60; minutes != want.Minutes {
					t.Errorf("%s: sleep %s has %d min %s, summary says %d", f.file, id, minutes, stage, want.Minutes)
				}
			}
		}
	}
}

// field returns a field's value, or the zero Value, which reads as nothing.
func field(p catalog.Point, key string) catalog.Value {
	for _, f := range p.Fields {
		if f.Key == key {
			return f.Value
		}
	}
	return catalog.Value{}
}

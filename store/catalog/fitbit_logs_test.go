package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"fitvault/store/catalog"
)

// fitbitPages reads an answer of the legacy Web API of one or more pages, asked for a day.
func fitbitPages(t *testing.T, name string, pages ...string) (string, error) {
	t.Helper()
	var bodies []catalog.Body
	for _, p := range pages {
		bodies = append(bodies, catalog.Body{JSON: []byte(p), Day: day(t, fixtureDay), Zones: zones(t, "2000-01-01", "Europe/Berlin")})
	}
	typ := mustLookup(t, name)
	points, err := typ.Read(typ.Fitbit, bodies...)
	return strings.TrimSuffix(string(lines(t, points)), "\n"), err
}

// TestFitbitExercisesOnce reads a list that an exercise was put into between its pages: the one
// at the cut stands on both (fitbit-web-api.md section 5.7).
func TestFitbitExercisesOnce(t *testing.T) {
	page := func(logs ...string) string { return `{"activities": [` + strings.Join(logs, ",") + `]}` }
	walk := func(id, calories string) string {
		return `{"logId": ` + id + `, "startTime": "2025-09-09T12:00:00.000+02:00", "calories": ` + calories + `}`
	}
	const want = `exercise calories_kcal=10,log_id="9" 1757412000000000000
exercise calories_kcal=21,log_id="10" 1757412000000000001
exercise calories_kcal=30,log_id="11" 1757412000000000002`
	got, err := fitbitPages(t, "exercise", page(walk("9", "10"), walk("10", "20")), page(walk("10", "21"), walk("11", "30")), page())
	if err != nil || got != want {
		t.Errorf("got %s, error %v; want %s", got, err, want)
	}
}

// TestFitbitTracks finds the exercises with a track, under the date of their own clock.
func TestFitbitTracks(t *testing.T) {
	list := `{"activities": [
		{"logId": 9007199254740993, "startTime": "2025-12-31T23:40:00.000-10:00", "hasGps": true},
		{"logId": 2, "startTime": "2025-09-09T12:00:00.000+02:00", "hasGps": false},
		{"logId": 3, "startTime": "2025-09-09T12:00:00.000+02:00"},
		{"startTime": "2025-09-09T12:00:00.000+02:00", "hasGps": true},
		{"logId": "4", "startTime": "2025-09-09T00:10:00.000+09:00", "hasGps": true}]}`
	got, err := catalog.Tracks(catalog.Fitbit, catalog.Body{JSON: []byte(list), Zones: zones(t, "2000-01-01", "Europe/Berlin")})
	want := []catalog.Track{{ID: "9007199254740993", Day: day(t, "2025-12-31")}, {ID: "4", Day: day(t, "2025-09-09")}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, error %v; want %v", got, err, want)
	}
	if got, err := catalog.Tracks(catalog.Fitbit, catalog.Body{JSON: []byte(`{"pagination": {}}`)}); got != nil || err != nil {
		t.Errorf("an empty page: %v, error %v", got, err)
	}
	for _, c := range []struct{ element, word string }{
		{`7`, "activities"},
		{`{"logId": true, "startTime": "2025-09-09T12:00:00.000+02:00", "hasGps": true}`, "logId"},
		{`{"logId": 1, "startTime": "2025-09-09T12:00:00.000", "hasGps": true}`, "startTime"},
	} {
		got, err := catalog.Tracks(catalog.Fitbit, catalog.Body{JSON: []byte(`{"activities": [` + c.element + `]}`)})
		if got != nil || err == nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s: %v, error %v; want one with %q", c.element, got, err, c.word)
		}
	}
}

// TestFitbitTrack names the points of a track after its exercise and files them under its day;
// two tracks of one day that meet in a second stay two (fitbit-web-api.md row D4).
func TestFitbitTrack(t *testing.T) {
	gps := mustLookup(t, "gps")
	file := func(lat string) []byte {
		return []byte(`<TrainingCenterDatabase><Activities><Activity><Lap><Track><Trackpoint><Time>2025-09-10T00:00:01.000+02:00</Time>
			<Position><LatitudeDegrees>` + lat + `</LatitudeDegrees><LongitudeDegrees>13.5</LongitudeDegrees></Position>
			</Trackpoint></Track></Lap></Activity></Activities></TrainingCenterDatabase>`)
	}
	var pages []catalog.Body
	for _, id := range []string{"31", "32"} {
		pages = append(pages, catalog.Body{JSON: file("5" + id[1:]), Path: strings.ReplaceAll(gps.Fitbit.Ask.Path, "{id}", id), Day: day(t, fixtureDay)})
	}
	points, err := gps.Read(gps.Fitbit, pages...)
	const want = `gps lat=51,lon=13.5,log_id="31" 1757455201000000000
gps lat=52,lon=13.5,log_id="32" 1757455201000000001
`
	if got := string(lines(t, points)); err != nil || got != want {
		t.Errorf("got %s, error %v; want %s", got, err, want)
	}
	for _, p := range points {
		if p.Day != day(t, fixtureDay) {
			t.Errorf("a point at %v is filed under %s", p.Time, p.Day)
		}
	}
}

// TestFitbitLogsUnreadable names, for answers of a wrong shape, the words that their error must
// have.
func TestFitbitLogsUnreadable(t *testing.T) {
	exercise := func(members string) string {
		return `{"activities": [{"logId": 5, "startTime": "2025-09-09T12:00:00.000+02:00"` + members + `}]}`
	}
	for _, c := range []struct {
		typ, body string
		words     []string
	}{
		{"exercise", `{"activities": [{"logId": 5, "startTime": "2025-09-09T12:00"}]}`, []string{"exercise 5", "startTime", "2025-09-09T12:00"}},
		{"exercise", `{"activities": [{"logId": 5}]}`, []string{"exercise 5", "startTime"}},
		{"exercise", exercise(`, "duration": "long"`), []string{"2025-09-09", "duration", "long"}},
		{"exercise", exercise(`, "averageHeartRate": 99.5`), []string{"2025-09-09", "averageHeartRate", "whole"}},
		{"exercise", exercise(`, "activeZoneMinutes": 7`), []string{"2025-09-09", "activeZoneMinutes", "number"}},
		{"exercise", exercise(`, "heartRateZones": [{"name": "Peak", "minutes": "x"}]`), []string{"2025-09-09", "heartRateZones", "x"}},
		{"gps", ``, []string{"TCX"}},
		{"gps", `<html></html>`, []string{"TrainingCenterDatabase"}},
	} {
		got, err := fitbitPages(t, c.typ, c.body)
		if err == nil || got != "" {
			t.Errorf("%s of %s: %s, error %v; want an error alone", c.typ, c.body, got, err)
			continue
		}
		for _, w := range c.words {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s of %s: error %q has no %q", c.typ, c.body, err, w)
			}
		}
	}
}

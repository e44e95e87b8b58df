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
		{"ecg", `{"ecgReadings": [{"startTime": "21:12", "averageHeartRate": 68}]}`, []string{"ecgReadings", "startTime", "21:12"}},
		{"ecg", `{"ecgReadings": [{"startTime": "2025-08-28T21:12:17.000", "samplingFrequencyHz": "fast", "waveformSamples": [1]}]}`,
			[]string{"2025-08-28", "samplingFrequencyHz", "fast"}},
		{"ecg", `{"ecgReadings": [{"startTime": "2025-08-28T21:12:17.000", "numberOfWaveformSamples": "many"}]}`, []string{"2025-08-28", "numberOfWaveformSamples"}},
		{"irn_alert", `{"alerts": [{"windows": []}]}`, []string{"alerts", "alertTime"}},
		{"irn_alert", `{"alerts": [{"alertTime": "2025-08-12T05:12:30.000", "windows": 3}]}`, []string{"2025-08-12", "windows", "number"}},
		{"nutrition_daily", `{"summary": {"fat": "much"}}`, []string{"summary.fat", "much"}},
		{"nutrition_daily", `{"summary": []}`, []string{"summary", "array"}},
		{"nutrition_daily", `[{}]`, []string{"array"}},
		{"nutrition_log", `{"foods": [{"logId": 7, "loggedFood": {"calories": "few"}}]}`, []string{"food 7", "calories", "few"}},
		{"nutrition_log", `{"foods": [{"logId": 7, "loggedFood": {"mealTypeId": {}}}]}`, []string{"food 7", "mealTypeId"}},
		{"nutrition_log", `{"foods": [{"logId": true, "loggedFood": {"name": "Soup"}}]}`, []string{"logId", "true"}},
		{"hydration_log", `{"water": [{"logId": 7, "amount": "glass"}]}`, []string{"water 7", "amount", "glass"}},
		{"lifetime", `{"lifetime": {"tracker": {"steps": 1.5}}}`, []string{"lifetime tracker", "steps", "whole"}},
		{"lifetime", `{"lifetime": {"total": {"distance": "far"}}}`, []string{"lifetime total", "distance", "far"}},
		{"lifetime", `{"lifetime": 5}`, []string{"lifetime", "number"}},
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

// TestFitbitDays files what is told without a date under the day that it was asked for, or
// read on, and puts it at that day's start in the zone of then.
func TestFitbitDays(t *testing.T) {
	tokyo := zones(t, "2000-01-01", "Europe/Berlin", "2025-03-01", "Asia/Tokyo")
	for _, c := range []struct{ typ, body, want string }{
		{"nutrition_daily", `{"foods": [], "summary": {"fat": 1}}`, "nutrition_daily fat_g=1"},
		{"nutrition_log", `{"foods": [{"logId": 7, "loggedFood": {"name": "Soup"}}]}`, `nutrition_log food="Soup",log_id="7"`},
		{"hydration_log", `{"water": [{"amount": 250}]}`, "hydration_log water_ml=250"},
		{"lifetime", `{"lifetime": {"total": {"floors": 0}}}`, "lifetime,scope=total floors=0i"},
	} {
		typ := mustLookup(t, c.typ)
		for date, start := range map[string]string{"2025-02-28": " 1740697200000000000\n", "2025-03-02": " 1740841200000000000\n"} {
			points, err := typ.Read(typ.Fitbit, catalog.Body{JSON: []byte(c.body), Day: day(t, date), Zones: tokyo})
			if got := string(lines(t, points)); err != nil || got != c.want+start {
				t.Errorf("%s of %s: got %s, error %v; want %s", c.typ, date, got, err, c.want+start)
				continue
			}
			if points[0].Day != day(t, date) {
				t.Errorf("%s of %s is filed under %s", c.typ, date, points[0].Day)
			}
		}
	}
}

// TestFitbitGuides takes the days of the food and the water log from the series of their sums.
func TestFitbitGuides(t *testing.T) {
	for _, name := range []string{"nutrition_daily", "hydration_log"} {
		guide := mustLookup(t, mustLookup(t, name).Fitbit.Guide)
		root := guide.Fitbit.Ask.Root
		body := `{"` + root + `": [{"dateTime": "2025-09-09", "value": "0"}, {"dateTime": "2025-09-10", "value": "12.5"}, {"dateTime": "2025-09-11", "value": 0.0}]}`
		got, err := catalog.Guided(catalog.Fitbit, guide, catalog.Body{JSON: []byte(body)})
		if err != nil || !slices.Equal(got, []catalog.Day{day(t, "2025-09-10")}) {
			t.Errorf("%s: days %v, error %v", name, got, err)
		}
	}
}

package catalog_test

import (
	"strings"
	"testing"

	"fitvault/store/catalog"
)

// weight77 is the name of an element of a merged stream.
const weight77 = `"dataPointName": "users/1/dataTypes/weight/dataPoints/77"`

// TestGoogleNightsAndLogs pins what the members of nights and logs say, and what their
// absence says (google-health-api.md sections 4 and 6.2).
func TestGoogleNightsAndLogs(t *testing.T) {
	const midnight, ten, nine = " 1762124400000000000", " 1762160400000000000", " 1762160400000000000"
	exercise := func(members string) string { return `{` + weight77 + `, "exercise": {` + minute + members + `}}` }
	skin := func(members string) string {
		return `{"dailySleepTemperatureDerivations": {` + date + `, ` + members + `}}`
	}
	for _, c := range []struct{ typ, element, want string }{
		{"hrv", `{"heartRateVariability": {` + sample + `, "standardDeviationMilliseconds": 52.25, "metadata": {"lowFrequencyPower": "NaN"}}}`, "hrv sdnn_ms=52.25" + ten},
		{"hrv", `{"heartRateVariability": {` + sample + `, "metadata": null}}`, ""},
		{"hrv_daily", `{"dailyHeartRateVariability": {` + date + `, "nonRemHeartRateBeatsPerMinute": "54"}}`, "hrv_daily non_rem_bpm=54i" + midnight},
		{"spo2_daily", `{"dailyOxygenSaturation": {` + date + `, "upperBoundPercentage": 99}}`, "spo2_daily upper_pct=99" + midnight},
		{"breathing_rate_daily.deep_per_min", `{"respiratoryRateSleepSummary": {` + sample + `, "deepSleepStats": {"breathsPerMinute": 13}, "remSleepStats": {}}}`,
			"breathing_rate_daily deep_per_min=13" + midnight},

		// The difference of two temperatures needs both.
		{"skin_temperature_daily", skin(`"nightlyTemperatureCelsius": 33.1, "baselineTemperatureCelsius": 33.4`),
			"skin_temperature_daily nightly_c=33.1,baseline_c=33.4,relative_c=-0.3" + midnight},
		{"skin_temperature_daily", skin(`"nightlyTemperatureCelsius": 33.40001, "baselineTemperatureCelsius": 33.4`),
			"skin_temperature_daily nightly_c=33.40001,baseline_c=33.4,relative_c=0" + midnight},
		{"skin_temperature_daily", skin(`"nightlyTemperatureCelsius": 33.4, "baselineTemperatureCelsius": 33.40001`),
			"skin_temperature_daily nightly_c=33.4,baseline_c=33.40001,relative_c=0" + midnight},
		{"skin_temperature_daily", skin(`"nightlyTemperatureCelsius": 33.5, "baselineTemperatureCelsius": "NaN"`), "skin_temperature_daily nightly_c=33.5" + midnight},
		{"skin_temperature_daily", skin(`"nightlyTemperatureCelsius": "NaN", "baselineTemperatureCelsius": 33.5`), "skin_temperature_daily baseline_c=33.5" + midnight},

		// Units, and ids as the last segment of a name.
		{"weight", `{` + weight77 + `, "weight": {` + sample + `, "weightGrams": 70000}}`, `weight weight_kg=70,log_id="77"` + ten},
		{"weight", `{"weight": {` + sample + `, "weightGrams": 2939.7}}`, `weight weight_kg=2.9397` + ten},
		{"weight", `{` + weight77 + `, "weight": {` + sample + `}}`, ""},
		{"height", `{"name": "77", "height": {` + sample + `, "heightMillimeters": "1815"}}`, `height height_m=1.815,log_id="77"` + ten},
		{"core_temperature", `{"coreBodyTemperature": {` + sample + `, "temperatureCelsius": 38, "measurementLocation": "LEFT_KNEE"}}`,
			`core_temperature celsius=38,location="left_knee"` + ten},
		{"blood_glucose", `{"bloodGlucose": {` + sample + `, "bloodGlucoseMilligramsPerDeciliter": 92, "specimen": "SPECIMEN_UNSPECIFIED"}}`, "blood_glucose mg_dl=92" + ten},

		// Zeros of food and drink mean that nothing was logged.
		{"hydration", `{` + civil + `, "hydrationLog": {"amountConsumed": {"millilitersSum": 0}}}`, ""},
		{"hydration_log", `{"hydrationLog": {` + minute + `, "amountConsumed": {"milliliters": 0}}}`, ""},
		{"nutrition_daily.calories_kcal", `{` + civil + `, "nutritionLog": {"energy": {"kcalSum": 0}}}`, ""},
		{"nutrition_daily", `{` + civil + `, "nutritionLog": {"totalFat": {"gramsSum": 0}, "totalCarbohydrate": {"gramsSum": 0}}}`, ""},
		{"nutrition_daily", `{` + civil + `, "nutritionLog": {"totalFat": {"gramsSum": 0}, "nutrients": [{"nutrient": "SODIUM", "quantity": {"gramsSum": 2.09}}]}}`,
			"nutrition_daily fat_g=0,sodium_mg=2090" + midnight},
		{"nutrition_log", `{` + weight77 + `, "nutritionLog": {` + minute + `, "foodDisplayName": "Soup", "mealType": "SECOND_BREAKFAST", "nutrients": [{"nutrient": "LOVE", "quantity": {"grams": 1}}]}}`,
			`nutrition_log food="Soup",meal="second_breakfast",log_id="77"` + nine},

		// An exercise is called what the app calls it, else by its type.
		{"exercise", exercise(`, "exerciseType": "RUNNING", "displayName": "Morning run"`), `exercise,activity=Morning\ run duration_s=60,log_id="77"` + nine},
		{"exercise", exercise(`, "exerciseType": "HIGH_INTENSITY_INTERVAL_TRAINING"`), `exercise,activity=High\ Intensity\ Interval\ Training duration_s=60,log_id="77"` + nine},
		{"exercise", exercise(`, "displayName": "\n"`), `exercise duration_s=60,log_id="77"` + nine},
		{"exercise", exercise(`, "activeDuration": "59.5s", "metricsSummary": {"distanceMillimeters": 5.5, "heartRateZoneDurations": {"peakTime": "0s", "lightTime": "30.5s"}}`),
			`exercise duration_s=60,active_s=59.5,distance_m=0.0055,light_s=31i,peak_s=0i,log_id="77"` + nine},

		// An electrocardiogram lasts as long as its samples; old ones have no offset.
		{"ecg", `{"electrocardiogram": {"interval": {"startTime": "2025-11-03T09:00:00Z"}, "resultClassification": "NOT_SURE", "samplingFrequencyHertz": 2, "waveformSamples": [1, 2, 3]}}`,
			`ecg classification="not_sure",samples=3i,duration_s=1.5` + nine},
		{"ecg", `{"electrocardiogram": {` + minute + `, "beatsPerMinuteAvg": "66", "waveformSamples": [1]}}`, "ecg avg_bpm=66i,samples=1i" + nine},
		{"ecg", `{"electrocardiogram": {` + minute + `, "samplingFrequencyHertz": 0, "waveformSamples": [1]}}`, "ecg samples=1i" + nine},
		{"irn_alert", `{"irregularRhythmNotification": {` + minute + `, "alertWindows": [{"positive": true}, {}]}}`, "irn_alert windows=2i,positive_windows=1i" + nine},
		{"irn_alert", `{"irregularRhythmNotification": {` + minute + `}}`, "irn_alert windows=0i,positive_windows=0i" + nine},
	} {
		points, err := readGoogle(t, c.typ, c.element)
		if got := strings.TrimSuffix(string(lines(t, points)), "\n"); err != nil || got != c.want {
			t.Errorf("%s of %s: %q, error %v; want %q", c.typ, c.element, got, err, c.want)
		}
	}
}

func TestGoogleNightsAndLogsUnreadable(t *testing.T) {
	for _, c := range []struct {
		typ, element string
		words        []string
	}{
		{"hrv", `{"heartRateVariability": {` + sample + `, "metadata": 5}}`, []string{"2025-11-03", "heartRateVariability", "metadata", "number"}},
		{"hrv", `{"heartRateVariability": {` + sample + `, "metadata": {"lowFrequencyPower": "low"}}}`, []string{"metadata.lowFrequencyPower", "low"}},
		{"spo2", `{"oxygenSaturations": {` + sample + `, "percentage": 97}}`, []string{"element 0", "no member oxygenSaturation"}},
		{"skin_temperature_daily", `{"dailySleepTemperatureDerivations": {` + date + `, "nightlyTemperatureCelsius": "warm"}}`, []string{"2025-11-03", "nightlyTemperatureCelsius", "warm"}},
		{"weight", `{"weight": {` + sample + `, "weightGrams": true}}`, []string{"2025-11-03", "weightGrams", "true"}},
		{"blood_glucose", `{"bloodGlucose": {` + sample + `, "specimen": 4}}`, []string{"2025-11-03", "specimen", "4"}},
		{"nutrition_log", `{"nutritionLog": {` + minute + `, "energy": {"kcal": "much"}}}`, []string{"2025-11-03", "energy.kcal", "much"}},
		{"nutrition_daily", `{` + civil + `, "nutritionLog": {"nutrients": [{"nutrient": "PROTEIN", "quantity": {"gramsSum": "x"}}]}}`, []string{"nutrients.PROTEIN", "x"}},
		{"exercise", `{"exercise": {` + minute + `, "activeDuration": "30 min"}}`, []string{"2025-11-03", "activeDuration", "30 min"}},
		{"exercise", `{"exercise": {"interval": {"startTime": "2025-11-03T09:00:00Z"}}}`, []string{"2025-11-03", "endTime"}},
		{"exercise", `{"exercise": {` + minute + `, "metricsSummary": {"steps": "some"}}}`, []string{"metricsSummary.steps", "some"}},
		{"ecg", `{"electrocardiogram": {` + minute + `, "waveformSamples": {}}}`, []string{"waveformSamples", "object"}},
		{"irn_alert", `{"irregularRhythmNotification": {` + minute + `, "alertWindows": [{"positive": 1}]}}`, []string{"positive", "number"}},
	} {
		points, err := readGoogle(t, c.typ, c.element)
		if err == nil || points != nil {
			t.Errorf("%s of %s: %v, error %v; want an error alone", c.typ, c.element, points, err)
			continue
		}
		for _, w := range c.words {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s of %s: error %q has no %q", c.typ, c.element, err, w)
			}
		}
	}
}

// TestTwoReadingsOfOneInstant keeps both, whichever comes first in the answer.
func TestTwoReadingsOfOneInstant(t *testing.T) {
	reading := func(id, grams string) string {
		return `{"dataPointName": "a/` + id + `", "weight": {` + sample + `, "weightGrams": ` + grams + `}}`
	}
	const want = `weight weight_kg=70,log_id="9" 1762160400000000000
weight weight_kg=71,log_id="10" 1762160400000000001
weight weight_kg=72,log_id="11" 1762160400000000002
`
	nine, ten, eleven := reading("9", "70000"), reading("10", "71000"), reading("11", "72000")
	for _, list := range []string{nine + "," + ten + "," + eleven, eleven + "," + nine + "," + ten} {
		points, err := readGoogle(t, "weight", list)
		if got := string(lines(t, points)); err != nil || got != want {
			t.Errorf("got %s, error %v; want %s", got, err, want)
		}
	}
}

// pagesOf reads an answer of several pages.
func pagesOf(t *testing.T, name string, elements ...string) string {
	t.Helper()
	var pages []catalog.Body
	for _, e := range elements {
		pages = append(pages, catalog.Body{JSON: []byte(`{"dataPoints": [` + e + `]}`), Zones: zones(t, "2000-01-01", "Europe/Berlin")})
	}
	points, err := mustLookup(t, name).Read(mustLookup(t, name).Google, pages...)
	if err != nil {
		t.Errorf("%s of %s: %v", name, elements, err)
	}
	return string(lines(t, points))
}

// TestPagesCutAnywhere reads points that bear on each other from one page and from two.
func TestPagesCutAnywhere(t *testing.T) {
	food := func(id, name string) string {
		return `{"dataPointName": "a/` + id + `", "nutritionLog": {` + minute + `, "foodDisplayName": "` + name + `"}}`
	}
	walk := func(id string) string {
		return `{"dataPointName": "a/` + id + `", "exercise": {` + minute + `, "displayName": "Walk"}}`
	}
	zone := func(name, minutes string) string {
		return `{"activeZoneMinutes": {` + minute + `, "heartRateZone": "` + name + `", "activeZoneMinutes": "` + minutes + `"}}`
	}
	breath := func(at, rate string) string {
		return `{"respiratoryRateSleepSummary": {"sampleTime": {"physicalTime": "` + at + `", "utcOffset": "3600s"}, "remSleepStats": {"breathsPerMinute": ` + rate + `}}}`
	}
	for _, c := range []struct{ typ, a, b, want string }{
		{"nutrition_log", food("5", "Tea"), food("6", "Toast"), `nutrition_log food="Tea",log_id="5" 1762160400000000000
nutrition_log food="Toast",log_id="6" 1762160400000000001
`},
		{"exercise", walk("5"), walk("6"), `exercise,activity=Walk duration_s=60,log_id="5" 1762160400000000000
exercise,activity=Walk duration_s=60,log_id="6" 1762160400000000001
`},
		{"active_zone_minutes", zone("FAT_BURN", "1"), zone("CARDIO", "2"), "active_zone_minutes total_min=3i,fat_burn_min=1i,cardio_min=2i 1762160400000000000\n"},
		{"active_zone_minutes", zone("PEAK", "2"), zone("PEAK", "2"), "active_zone_minutes total_min=2i,peak_min=2i 1762160400000000000\n"},
		{"breathing_rate_daily.deep_per_min", breath("2025-11-03T05:30:00Z", "14"), breath("2025-11-03T14:00:00Z", "16"), "breathing_rate_daily rem_per_min=14 1762124400000000000\n"},
	} {
		if one, two := pagesOf(t, c.typ, c.a+","+c.b), pagesOf(t, c.typ, c.a, c.b); one != c.want || two != c.want {
			t.Errorf("%s: of one page %s of two %s want %s", c.typ, one, two, c.want)
		}
		if c.typ == "active_zone_minutes" {
			continue // whose fields come in the order of the records
		}
		if back := pagesOf(t, c.typ, c.b, c.a); back != c.want {
			t.Errorf("%s: of two pages in the other order %s want %s", c.typ, back, c.want)
		}
	}
}

// TestTracksSideBySide keeps both of two tracks of one time, and one of the two points at
// which a lap ends and the next begins.
func TestTracksSideBySide(t *testing.T) {
	point := func(second, lon string) string {
		return `<Lap><Track><Trackpoint><Time>2025-11-03T09:00:0` + second + `Z</Time><Position><LatitudeDegrees>52</LatitudeDegrees><LongitudeDegrees>` +
			lon + `</LongitudeDegrees></Position></Trackpoint></Track></Lap>`
	}
	track := func(id, points string) catalog.Body {
		return catalog.Body{JSON: []byte(`<TrainingCenterDatabase><Activities><Activity>` + points + `</Activity></Activities></TrainingCenterDatabase>`),
			Path: strings.Replace(trackPath, "31", id, 1)}
	}
	points, err := mustLookup(t, "gps").Read(mustLookup(t, "gps").Google,
		track("31", point("0", "1")+point("1", "2")+point("1", "2")), track("32", point("0", "3")+point("1", "4")))
	const want = `gps lat=52,lon=1,log_id="31" 1762160400000000000
gps lat=52,lon=2,log_id="31" 1762160401000000000
gps lat=52,lon=2,log_id="31" 1762160401000000000
gps lat=52,lon=3,log_id="32" 1762160400000000001
gps lat=52,lon=4,log_id="32" 1762160401000000001
`
	if got := string(lines(t, points)); err != nil || got != want {
		t.Errorf("got %s, error %v; want %s", got, err, want)
	}
}

// TestOneBreathingRateADay reads a nap beside a night.
func TestOneBreathingRateADay(t *testing.T) {
	breathing := func(at, rate string) string {
		return `{"respiratoryRateSleepSummary": {"sampleTime": {"physicalTime": "` + at + `", "utcOffset": "3600s"}, "lightSleepStats": {"breathsPerMinute": ` + rate + `}}}`
	}
	night, nap := breathing("2025-11-03T05:30:00Z", "14"), breathing("2025-11-03T14:00:00Z", "16")
	for _, list := range []string{night + "," + nap, nap + "," + night} {
		points, err := readGoogle(t, "breathing_rate_daily.deep_per_min", list)
		if got := string(lines(t, points)); err != nil || got != "breathing_rate_daily light_per_min=14 1762124400000000000\n" {
			t.Errorf("got %s, error %v", got, err)
		}
	}
}

const trackPath = "/v4/users/me/dataTypes/exercise/dataPoints/31:exportExerciseTcx"

// TestTrack reads a GPS track in both of its forms.
func TestTrack(t *testing.T) {
	gps := mustLookup(t, "gps")
	const file = `<?xml version="1.0"?><TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities><Activity Sport="Running"><Lap><Track>
		<Trackpoint><Time>2025-11-02T23:59:00.500Z</Time><Position><LatitudeDegrees> 52.5 </LatitudeDegrees><LongitudeDegrees>-1.25</LongitudeDegrees></Position></Trackpoint>
		<Trackpoint><Time>2025-11-03T23:59:00Z</Time><Position><LatitudeDegrees>52.5</LatitudeDegrees><LongitudeDegrees>-1.5</LongitudeDegrees></Position></Trackpoint>
		</Track></Lap></Activity></Activities></TrainingCenterDatabase>`
	const want = `gps lat=52.5,lon=-1.25,log_id="31" 1762127940500000000
gps lat=52.5,lon=-1.5,log_id="31" 1762214340000000000
`
	for _, body := range []string{file, ` {"tcxData": "` + strings.NewReplacer(`"`, `\"`, "\n", `\n`, "\t", " ").Replace(file) + `"}`} {
		for _, path := range []string{trackPath, trackPath + "?alt=media"} {
			points, err := gps.Read(gps.Google, catalog.Body{JSON: []byte(body), Path: path, Day: day(t, "2025-11-02")})
			if got := string(lines(t, points)); err != nil || got != want {
				t.Errorf("%.40s by %s: got %s, error %v", body, path, got, err)
			}
			for _, p := range points {
				if p.Day != day(t, "2025-11-02") {
					t.Errorf("a point at %v is filed under %s", p.Time, p.Day)
				}
			}
		}
	}
	point := func(members string) string {
		return `<TrainingCenterDatabase><Activities><Activity><Lap><Track><Trackpoint>` + members + `</Trackpoint></Track></Lap></Activity></Activities></TrainingCenterDatabase>`
	}
	at := `<Time>2025-11-03T09:00:00Z</Time>`
	for _, c := range []struct{ body, word string }{
		{``, "TCX"},
		{`<html></html>`, "TrainingCenterDatabase"},
		{`<TrainingCenterDatabase><Activities>`, "TCX"},
		{`{"tcx": "x"}`, "tcxData"},
		{`{"tcxData": 7}`, "tcxData"},
		{point(``), "track point 0: member Time"},
		{point(at + `<Position><LatitudeDegrees>north</LatitudeDegrees><LongitudeDegrees>1</LongitudeDegrees></Position>`), "LatitudeDegrees"},
		{point(at + `<Position><LatitudeDegrees>1</LatitudeDegrees><LongitudeDegrees>1</LongitudeDegrees></Position><HeartRateBpm><Value>1.5</Value></HeartRateBpm>`), "HeartRateBpm"},
	} {
		points, err := gps.Read(gps.Google, catalog.Body{JSON: []byte(c.body), Path: trackPath})
		if err == nil || points != nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s: %v, error %v; want one with %q", c.body, points, err, c.word)
		}
	}
}

// TestTracks finds the exercises that have a track and an id to ask for it.
func TestTracks(t *testing.T) {
	body := catalog.Body{JSON: readFile(t, "testdata/exercise/google.json")}
	got, err := catalog.Tracks(catalog.Google, body)
	if want := (catalog.Track{ID: "8896720705", Day: day(t, "2026-03-03")}); err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("got %v, error %v; want %v", got, err, want)
	}
	late := `{"dataPoints": [{"name": "a/5", "exercise": {"interval": {"startTime": "2025-11-02T23:30:00Z", "startUtcOffset": "3600s"}, "exerciseMetadata": {"hasGps": true}}}]}`
	got, err = catalog.Tracks(catalog.Google, catalog.Body{JSON: []byte(late)})
	if want := (catalog.Track{ID: "5", Day: day(t, "2025-11-03")}); err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("got %v, error %v; want %v", got, err, want)
	}
	if got, err := catalog.Tracks(catalog.Google, catalog.Body{JSON: []byte(`{"dataPoints": [{"exercises": {}}]}`)}); err == nil || got != nil {
		t.Errorf("a misspelt exercise: %v, error %v", got, err)
	}
	if got, err := catalog.Tracks(catalog.Fitbit, body); err != nil || got != nil {
		t.Errorf("another source: %v, error %v", got, err)
	}
}

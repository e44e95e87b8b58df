package catalog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/store/catalog"
)

// intradayBody is an answer of a day, in Berlin.
func intradayBody(t testing.TB, root, total, samples, path string) catalog.Body {
	text := fmt.Sprintf(`{%q: [%s], "%s-intraday": {"dataset": [%s]}}`, root, total, root, samples)
	return catalog.Body{JSON: []byte(text), Path: path, Zones: zones(t, "2000-01-01", "Europe/Berlin")}
}

// TestIntradayUnreadable names, for answers of a wrong shape, the words that their error must
// have.
func TestIntradayUnreadable(t *testing.T) {
	const day = `{"dateTime": "2025-09-09", "value": "1"}`
	for _, c := range []struct {
		typ, total, samples string
		words               []string
	}{
		{"steps", day, `7`, []string{"activities-steps-intraday", "element 0", "number"}},
		{"steps", day, `null`, []string{"element 0", "time"}},
		{"steps", day, `{"value": 1}`, []string{"element 0", "time"}},
		{"steps", day, `{"time": "12:00:00", "value": 1}, {"time": 7, "value": 1}`, []string{"element 1", "time", "7"}},
		{"steps", day, `{"time": "12:00", "value": 1}`, []string{"12:00", "HH:MM:SS"}},
		{"steps", day, `{"time": "24:00:00", "value": 0}`, []string{"24:00:00"}},
		{"steps", day, `{"time": "12:60:00", "value": 1}`, []string{"12:60:00"}},
		{"steps", day, `{"time": "12:00:60", "value": 1}`, []string{"12:00:60"}},
		{"steps", day, `{"time": "12.00.00", "value": 1}`, []string{"12.00.00"}},
		{"steps", day, `{"time": "1a:00:00", "value": 1}`, []string{"1a:00:00"}},
		{"steps", day, `{"time": "12:00:00", "value": "many"}`, []string{"element 0", "value", "many"}},
		{"steps", day, `{"time": "12:00:00", "value": 1.5}`, []string{"value", "whole"}},
		{"steps", day, `{"time": "12:00:00", "value": {}}`, []string{"value"}},
		{"steps", `{"dateTime": "2025-09-31"}`, ``, []string{"activities-steps", "dateTime", "2025-09-31"}},
		{"steps", `{"dateTime": 20250909}`, ``, []string{"activities-steps", "20250909"}},
		{"steps", `{}`, ``, []string{"activities-steps", "dateTime"}},
		{"steps", `7`, ``, []string{"activities-steps", "number"}},
		{"steps", day + `,` + day, `{"time": "12:00:00", "value": 1}`, []string{"activities-steps", "2 days"}},
		{"steps", ``, `{"time": "12:00:00", "value": 1}`, []string{"activities-steps", "date"}},
		{"calories", day, `{"time": "12:00:00", "value": 1, "mets": true}`, []string{"mets", "true"}},
		{"calories", day, `{"time": "12:00:00", "value": 1, "level": 0.5}`, []string{"level", "whole"}},
		{"calories", day, `{"time": "12:00:00", "value": "NaN"}`, []string{"value", "NaN"}},
		{"distance", day, `{"time": "12:00:00", "value": 1e308}`, []string{"value", "1e308"}},
		{"active_zone_minutes", day, `{"time": "12:00:00", "value": 1}`, []string{"minute 0", "value", "number"}},
		{"active_zone_minutes", day, `{"time": "12:00:00", "value": {"activeZoneMinutes": "x"}}`, []string{"value.activeZoneMinutes"}},
		{"active_zone_minutes", day, `{"time": "noon", "value": {}}`, []string{"minute 0", "time", "noon"}},
	} {
		typ := mustLookup(t, c.typ)
		refuses(t, typ, intradayBody(t, typ.Fitbit.Ask.Root, c.total, c.samples, ""), c.words)
	}
	for _, c := range []struct {
		typ, body string
		words     []string
	}{
		{"heart_rate", `{"activities-heart": [{"dateTime": "2025-09-09"}], "activities-heart-intraday": {"dataset": [{"time": "12:00:00"}`, []string{"activities-heart", "unexpected end"}},
		{"heart_rate", `"text"`, []string{"activities-heart", "string"}},
		{"heart_rate", `[{"time": "12:00:00", "value": 60}]`, []string{"activities-heart", "array"}},
		{"heart_rate", `{"activities-heart-intraday": []}`, []string{"activities-heart", "array"}},
		{"heart_rate", `{"activities-heart-intraday": {"dataset": {}}}`, []string{"activities-heart", "object"}},
		{"heart_rate", `{"activities-heart": {}}`, []string{"activities-heart", "object"}},
		{"heart_rate", `{"activities-heart": [{"dateTime": "2025-09-09"}], "activities-heart-intraday": {"dataset": [], "dataset": []}}`, []string{"dataset", "twice"}},
		{"active_zone_minutes", `{"activities-active-zone-minutes-intraday": 7}`, []string{"activities-active-zone-minutes", "number"}},
		{"active_zone_minutes", `{"activities-active-zone-minutes-intraday": [7]}`, []string{"element 0", "number"}},
		{"active_zone_minutes", `{"activities-active-zone-minutes-intraday": [{"dateTime": 7}]}`, []string{"element 0", "dateTime", "7"}},
		{"active_zone_minutes", `{"activities-active-zone-minutes-intraday": [{"dateTime": "today"}]}`, []string{"dateTime", "today"}},
		{"active_zone_minutes", `{"activities-active-zone-minutes-intraday": [{"dateTime": "2025-09-09", "minutes": {}}]}`, []string{"2025-09-09", "object"}},
		{"active_zone_minutes", `{"activities-active-zone-minutes-intraday": [{"dateTime": "2025-09-09", "minutes": [{"minute": "12:44:00"}]}]}`, []string{"2025-09-09", "minute", "12:44:00"}},
		{"active_zone_minutes", `{"activities-active-zone-minutes-intraday": [{"dateTime": "2025-09-09", "minutes": [{"minute": 7}]}]}`, []string{"2025-09-09", "minute", "7"}},
	} {
		refuses(t, mustLookup(t, c.typ), catalog.Body{JSON: []byte(c.body)}, c.words)
	}
}

func refuses(t *testing.T, typ catalog.Type, b catalog.Body, words []string) {
	t.Helper()
	points, err := typ.Read(typ.Fitbit, b)
	if err == nil || points != nil {
		t.Errorf("%s of %s: %v, error %v; want an error alone", typ.Name, b.JSON, points, err)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%s of %s: error %q has no %q", typ.Name, b.JSON, err, w)
		}
	}
}

// TestIntradayWithoutTotal takes the date from the request where the total does not tell it.
func TestIntradayWithoutTotal(t *testing.T) {
	typ := mustLookup(t, "steps")
	const sample = `{"time": "12:41:00", "value": 91}`
	for _, c := range []struct{ total, path, want string }{
		{``, "/1/user/-/activities/steps/date/2025-09-09/1d/1min.json", "steps count=91i 1757414460000000000\n"},
		{``, "/1/user/-/activities/steps/date/2025-09-09/2025-09-09/1min/time/12:00/13:00.json", "steps count=91i 1757414460000000000\n"},
		{`{"dateTime": "2025-09-09"}`, "/1/user/-/activities/steps/date/2025-09-10/1d/1min.json", "steps count=91i 1757414460000000000\n"},
	} {
		b := intradayBody(t, "activities-steps", c.total, sample, c.path)
		points, err := typ.Read(typ.Fitbit, b)
		if got := string(lines(t, points)); got != c.want || err != nil || points[0].Day != day(t, "2025-09-09") {
			t.Errorf("%s of %s: %q, error %v; want %q", b.JSON, c.path, got, err, c.want)
		}
	}
	for _, path := range []string{"/1/user/-/activities/steps/date/today/1d/1min.json", "/1/user/-/activities/steps/date/9999-09-09/1d/1min.json", "/date/"} {
		refuses(t, typ, intradayBody(t, typ.Fitbit.Ask.Root, ``, sample, path), []string{"date"})
	}
}

// TestIntradayInUTC reads days that were asked for in UTC: each sample is of the local day that it
// lies in, and an hour that the clock on the wall shows twice is no question.
func TestIntradayInUTC(t *testing.T) {
	const root = "activities-active-zone-minutes"
	dataset := func(samples string) string {
		return fmt.Sprintf(`{%q: [{"dateTime": "2025-10-26"}], "%s-intraday": {"dataset": [%s]}}`, root, root, samples)
	}
	heart := strings.ReplaceAll(dataset(`{"time": "00:30:00", "value": 61}, {"time": "01:30:00", "value": 62}, {"time": "22:59:59", "value": 63}, {"time": "23:00:00", "value": 64}`),
		root, "activities-heart")
	minutes := fmt.Sprintf(`{"%s-intraday": [{"dateTime": "2025-10-26", "minutes": [`+
		`{"minute": "2025-10-26T22:59:00", "value": {"activeZoneMinutes": 1}}, {"minute": "2025-10-26T23:00:00", "value": {"activeZoneMinutes": 2}}]}]}`, root)
	samples := dataset(`{"time": "22:59:00", "value": {"activeZoneMinutes": 1}}, {"time": "23:00:00", "value": {"activeZoneMinutes": 2}}`)
	for _, c := range []struct {
		typ, body, query string
		times, days      []string
	}{
		{"heart_rate", heart, "?timezone=UTC", []string{"2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z", "2025-10-26T22:59:59Z", "2025-10-26T23:00:00Z"},
			[]string{"2025-10-26", "2025-10-26", "2025-10-26", "2025-10-27"}},
		{"heart_rate", heart, "?timezone=Europe/Berlin", []string{"2025-10-25T22:30:00Z", "2025-10-25T23:30:00Z", "2025-10-26T21:59:59Z", "2025-10-26T22:00:00Z"},
			[]string{"2025-10-26", "2025-10-26", "2025-10-26", "2025-10-26"}},
		{"active_zone_minutes", minutes, "?x=1&timezone=UTC", []string{"2025-10-26T22:59:00Z", "2025-10-26T23:00:00Z"}, []string{"2025-10-26", "2025-10-27"}},
		{"active_zone_minutes", minutes, "", []string{"2025-10-26T21:59:00Z", "2025-10-26T22:00:00Z"}, []string{"2025-10-26", "2025-10-26"}},
		{"active_zone_minutes", samples, "?timezone=UTC", []string{"2025-10-26T22:59:00Z", "2025-10-26T23:00:00Z"}, []string{"2025-10-26", "2025-10-27"}},
	} {
		typ := mustLookup(t, c.typ)
		points, err := typ.Read(typ.Fitbit, catalog.Body{JSON: []byte(c.body), Path: typ.Fitbit.Ask.Path + c.query, Zones: zones(t, "2000-01-01", "Europe/Berlin")})
		if err != nil {
			t.Fatal(err)
		}
		var times, days []string
		for _, p := range points {
			times, days = append(times, p.Time.Format(time.RFC3339)), append(days, p.Day.String())
		}
		if !slices.Equal(times, c.times) || !slices.Equal(days, c.days) {
			t.Errorf("%s with %q: %q of %q, want %q of %q", c.typ, c.query, times, days, c.times, c.days)
		}
	}
}

// TestIntradayAgainstReference reads random days, of all kinds of clock changes, and compares
// them with what encoding/json and the zone database make of them.
func TestIntradayAgainstReference(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	histories := []catalog.Zones{
		zones(t, "2000-01-01", "Europe/Berlin"), zones(t, "2000-01-01", "America/Sao_Paulo"), zones(t, "2000-01-01", "Australia/Lord_Howe"),
		zones(t, "2000-01-01", "America/Havana"), zones(t, "2000-01-01", "Pacific/Apia"), zones(t, "2000-01-01", "Asia/Kathmandu"),
		zones(t, "2000-01-01", "Europe/Berlin", "2018-02-18", "America/Sao_Paulo", "2018-11-04", "Asia/Tokyo"), {},
	}
	dates := []string{"2018-02-17", "2018-02-18", "2018-11-03", "2018-11-04", "2018-11-05", "2025-03-29", "2025-03-30", "2025-03-31",
		"2025-10-25", "2025-10-26", "2025-10-27", "2025-11-02", "2025-10-05", "2025-04-06", "2011-12-29", "2011-12-30", "2011-12-31", "2025-07-01"}
	for i := range 3 * len(histories) * len(dates) {
		typ := mustLookup(t, []string{"heart_rate", "steps", "distance", "elevation", "calories"}[rnd.IntN(5)])
		z, date := histories[i%len(histories)], dates[i/len(histories)%len(dates)]
		body := randomDay(rnd, typ.Fitbit.Ask.Root, date)
		path := strings.Replace(typ.Fitbit.Ask.Path, "{from}", date, 1) + []string{"", "?timezone=UTC"}[rnd.IntN(2)]
		points, err := typ.Read(typ.Fitbit, catalog.Body{JSON: body, Path: path, Zones: z})
		if err != nil {
			t.Fatalf("%s of %s: %v\n%s", typ.Name, path, err, body)
		}
		want := slowDay(t, typ, z, body, path)
		if len(points) != len(want) {
			t.Fatalf("%s of %s: %d points, want %d\n%s", typ.Name, path, len(points), len(want), body)
		}
		for i, p := range points {
			if !p.Time.Equal(want[i].at) || field(p, want[i].key) != want[i].value || p.Day != want[i].day || p.Time.Location() != time.UTC {
				t.Fatalf("%s of %s: point %d is %+v, want %+v\n%s", typ.Name, path, i, p, want[i], body)
			}
		}
	}
}

// randomDay writes an answer with samples by the minute, some hours twice, in the many ways in
// which JSON can be written.
func randomDay(rnd *rand.Rand, root, date string) []byte {
	var samples []string
	value := func() string { return []string{"0", "1", `"2"`, "3.0", "4e1", "null", "-5", `"-0"`}[rnd.IntN(8)] }
	blank := func() string { return []string{"", "", " ", "\n\t"}[rnd.IntN(4)] }
	for hour := range 24 {
		for range 1 + rnd.IntN(2) {
			for minute := rnd.IntN(20); minute < 60; minute += 1 + rnd.IntN(20) {
				members := []string{fmt.Sprintf(`"time"%s:"%02d:%02d:%02d"`, blank(), hour, minute, rnd.IntN(60)), `"value":` + blank() + value(),
					`"other": {"time": [1, {"value": 2}], "\\\"": "]}\""}`, `"value\u0020": 7`}
				rnd.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
				text := strings.Join(members, ","+blank())
				if rnd.IntN(9) == 0 {
					text = strings.Replace(text, `"value"`, `"v\u0061lue"`, 1)
				}
				samples = append(samples, "{"+text+blank()+"}")
			}
		}
	}
	members := []string{fmt.Sprintf(`%q:[{"value":{"x":1},"dateTime":%q}]`, root, date),
		fmt.Sprintf(`"%s-intraday":{"datasetInterval":1,"dataset":[%s%s]}`, root, strings.Join(samples, ","+blank()), blank())}
	rnd.Shuffle(2, func(i, j int) { members[i], members[j] = members[j], members[i] })
	return []byte(blank() + "{" + strings.Join(members, blank()+",") + "}" + blank())
}

// slowPoint is what a point has to be.
type slowPoint struct {
	at    time.Time
	day   catalog.Day
	key   string
	value catalog.Value
}

// slowDay reads an answer by the standard library.
func slowDay(t *testing.T, typ catalog.Type, z catalog.Zones, body []byte, path string) (want []slowPoint) {
	t.Helper()
	var answer map[string]json.RawMessage
	var days []struct{ DateTime string }
	var samples struct {
		Dataset []struct {
			Time  string       `json:"time"`
			Value *json.Number `json:"value"`
		} `json:"dataset"`
	}
	root := typ.Fitbit.Ask.Root
	if err := errors.Join(json.Unmarshal(body, &answer), json.Unmarshal(answer[root], &days), json.Unmarshal(answer[root+"-intraday"], &samples)); err != nil {
		t.Fatal(err)
	}
	date := day(t, days[0].DateTime)
	loc, last, second := z.On(date), "", false
	for _, s := range samples.Dataset {
		w := wall(t, days[0].DateTime+"T"+s.Time)
		at, later := z.At(w), laterReading(z.At(w), loc)
		second = !later.IsZero() && (second || s.Time < last)
		if last = s.Time; second {
			at = later
		}
		of := date
		if strings.HasSuffix(path, "?timezone=UTC") {
			at = time.Time(wall(t, days[0].DateTime+"T"+s.Time))
			of = z.Today(at)
		}
		if s.Value == nil {
			continue
		}
		x, err := s.Value.Float64()
		if err != nil {
			t.Fatal(err)
		}
		if x == 0 { // nothing was counted, or is told of yet
			continue
		}
		want = append(want, slowPoint{at, of, typ.Series.Fields[0].Key, slowValue(typ.Name, x)})
	}
	return want
}

func slowValue(name string, x float64) catalog.Value {
	switch name {
	case "distance":
		return catalog.FloatValue(x*1000 + 0)
	case "elevation", "calories":
		return catalog.FloatValue(x)
	}
	return catalog.IntValue(int64(x))
}

// laterReading looks, quarter by quarter, for a later instant of the next three hours at which
// the clock shows the same; zero: there is none.
func laterReading(at time.Time, loc *time.Location) time.Time {
	for m := 15 * time.Minute; m <= 3*time.Hour; m += 15 * time.Minute {
		later := at.Add(m).In(loc)
		_, before := at.In(loc).Zone()
		if _, after := later.Zone(); time.Duration(before-after)*time.Second == m {
			return later
		}
	}
	return time.Time{}
}

package catalog_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"fitvault/store/catalog"
)

// TestGoogleAgainstReference reads random answers, and compares them with what encoding/json,
// time.Parse and the zone history make of them.
func TestGoogleAgainstReference(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	histories := []catalog.Zones{
		zones(t, "2000-01-01", "Europe/Berlin"), zones(t, "2000-01-01", "America/Sao_Paulo"), {},
		zones(t, "2000-01-01", "Pacific/Pago_Pago", "2018-02-18", "Pacific/Kiritimati", "2018-02-20", "Pacific/Pago_Pago"),
	}
	for range 200 {
		z, typ := histories[rnd.IntN(len(histories))], mustLookup(t, []string{"heart_rate", "steps", "calories"}[rnd.IntN(3)])
		body := randomAnswer(rnd, typ)
		points, err := typ.Read(typ.Google, catalog.Body{JSON: body, Zones: z})
		if err != nil {
			t.Fatalf("%s: %v\n%s", typ.Name, err, body)
		}
		want := slowAnswer(t, typ, z, body)
		if got := lines(t, points); string(got) != string(lines(t, want)) {
			t.Fatalf("%s: got\n%swant\n%s\n%s", typ.Name, got, lines(t, want), body)
		}
		for i, p := range points {
			if p.Day != want[i].Day {
				t.Fatalf("%s at %s is filed under %v, want %v\n%s", typ.Name, p.Time, p.Day, want[i].Day, body)
			}
		}
	}
}

// randomAnswer writes an answer of some days, in the many ways in which JSON can be written.
func randomAnswer(rnd *rand.Rand, typ catalog.Type) []byte {
	ask := typ.Google.Ask
	blank := func() string { return []string{"", "", " ", "\n\t"}[rnd.IntN(4)] }
	object := func(members ...string) string {
		members = append(members, `"n\u0061me2":[{"interval":{"startTime":"x"}},"}"]`)
		rnd.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		text := strings.Join(members, blank()+",")
		if rnd.IntN(5) == 0 {
			text = strings.Replace(text, "Time", `T\u0069me`, 1)
		}
		return "{" + text + blank() + "}"
	}
	at := time.Date(2018, 2, 16, 0, 0, 0, 0, time.UTC)
	var elements []string
	for range rnd.IntN(60) {
		at = at.Add(time.Duration(rnd.IntN(3*3600)) * time.Second)
		stamp, offset := fmt.Sprintf("%q", at.Format(time.RFC3339)), fmt.Sprintf("%q", fmt.Sprint((rnd.IntN(29)-14)*1800, "s"))
		if rnd.IntN(3) == 0 {
			offset = `null`
		}
		value := `:` + blank() + []string{`"71"`, `70`, `"0"`, `null`}[rnd.IntN(4)]
		switch typ.Name {
		case "heart_rate":
			timed := object(`"physicalTime":`+stamp, `"utcOffset":`+offset)
			elements = append(elements, object(`"heartRate":`+object(`"sampleTime":`+timed, `"beatsPerMinute"`+value)))
		case "steps":
			timed := object(`"startTime":`+stamp, `"startUtcOffset":`+offset, `"endTime":`+stamp)
			elements = append(elements, object(`"dataPointName":"a/b/c"`, `"steps":`+object(`"interval":`+timed, `"count"`+value)))
		default:
			elements = append(elements, object(`"startTime":`+stamp, `"totalCalories":`+object(`"kcalSum"`+value)))
		}
	}
	return []byte(blank() + object(fmt.Sprintf(`%q:%s[%s]`, ask.Root, blank(), strings.Join(elements, ","+blank()))) + blank())
}

// slowAnswer reads an answer by the standard library.
func slowAnswer(t *testing.T, typ catalog.Type, z catalog.Zones, body []byte) (want []catalog.Point) {
	t.Helper()
	var answer map[string]json.RawMessage
	var elements []struct {
		StartTime     string
		TotalCalories struct{ KcalSum *json.Number }
		HeartRate     struct {
			SampleTime     struct{ PhysicalTime, UTCOffset string }
			BeatsPerMinute *json.Number
		}
		Steps struct {
			Interval struct{ StartTime, StartUTCOffset string }
			Count    *json.Number
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(answer[typ.Google.Ask.Root], &elements); err != nil {
		t.Fatal(err)
	}
	for _, e := range elements {
		stamp, offset, n := e.StartTime, "", e.TotalCalories.KcalSum
		switch typ.Name {
		case "heart_rate":
			stamp, offset, n = e.HeartRate.SampleTime.PhysicalTime, e.HeartRate.SampleTime.UTCOffset, e.HeartRate.BeatsPerMinute
		case "steps":
			stamp, offset, n = e.Steps.Interval.StartTime, e.Steps.Interval.StartUTCOffset, e.Steps.Count
		}
		p := catalog.Point{Measurement: typ.Series.Measurement, Time: instant(t, stamp)}
		if p.Day = z.Today(p.Time); offset != "" {
			east, err := time.ParseDuration(offset)
			if err != nil {
				t.Fatal(err)
			}
			p.Day = catalog.DayOf(p.Time.Add(east))
		}
		if n == nil || typ.Name == "steps" && *n == "0" {
			continue
		}
		x, err := n.Float64()
		if err != nil {
			t.Fatal(err)
		}
		v := catalog.IntValue(int64(x))
		if typ.Name == "calories" {
			v = catalog.FloatValue(x)
		}
		p.Fields = []catalog.Field{{Key: typ.Series.Fields[0].Key, Value: v}}
		want = append(want, p)
	}
	return want
}

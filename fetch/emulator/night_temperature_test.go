package emulator_test

import (
	"encoding/json"
	"math"
	"testing"

	"fitvault/fetch/emulator"
)

// The first weeks have no baseline; both sensors occur.
func TestSkinTemperature(t *testing.T) {
	b := start(t, func(o *emulator.Options) { o.Days = 51 })
	first := b.Person().First()
	if got := b.ok(metricPath("temp/skin", first.String(), (first + 20).String())); got != `{"tempSkin":[]}` {
		t.Errorf("the first weeks: %s", got)
	}
	var got struct {
		TempSkin []struct{ DateTime, LogType string }
	}
	if err := json.Unmarshal([]byte(b.ok(metricPath("temp/skin", (first+21).String(), "today"))), &got); err != nil {
		t.Fatal(err)
	}
	sensors := map[string]int{}
	for _, n := range got.TempSkin {
		sensors[n.LogType]++
	}
	if len(sensors) != 2 || sensors["dedicated_temp_sensor"] < 15 || sensors["other_sensors"] < 1 {
		t.Errorf("sensors %v", sensors)
	}
}

// Several readings a day, two of them in one second, on all days that the
// person has some.
func TestCoreTemperature(t *testing.T) {
	b := start(t)
	p := b.Person()
	readings, same := 0, 0
	for from := p.First(); from <= b.Today(); from += 30 {
		got := series(t, b.ok(metricPath("temp/core", from.String(), (from+29).String())), "tempCore")
		for d := from; d < from+30; d++ {
			var previous string
			for _, r := range p.Temperatures(d) {
				at := p.Wall(r.At).Format("2006-01-02T15:04:05")
				if r.At.After(b.clock.Now()) {
					continue
				}
				if len(got) == 0 || got[0].DateTime != at || string(got[0].Value) != point(r.Value) {
					t.Fatalf("%s: %.80v, want %v at %s", d, got, r.Value, at)
				}
				if at == previous {
					same++
				}
				previous = at
				readings++
				got = got[1:]
			}
		}
		if len(got) > 0 {
			t.Errorf("never measured: %v", got[0])
		}
	}
	if same != 1 || readings < 15 {
		t.Errorf("%d readings, %d in the second of another", readings, same)
	}
}

// The other dialect has the same readings, each with an id of its own.
func TestGoogleCoreTemperatures(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 60 })
	want := 0
	for d := g.Person().First(); d <= g.Today(); d++ {
		want += len(g.Person().Temperatures(d))
	}
	points, names := g.walk("core-body-temperature", "list"), map[string]bool{}
	for _, p := range points {
		names[string(p["name"])] = true
	}
	if len(points) != want || len(names) != want || want < 3 {
		t.Errorf("%d points, %d names, want %d", len(points), len(names), want)
	}
}

func TestTemperatureUnits(t *testing.T) {
	b := start(t)
	d := b.Person().First() + 4
	path := metricPath("temp/core", d.String(), "")
	for language, want := range map[string]func(c float64) float64{
		"": same, "metric": same, "en_GB": same, "en_US": func(c float64) float64 { return c*1.8 + 32 },
	} {
		for i, p := range series(t, b.ok(path, "Accept-Language", language), "tempCore") {
			if c := b.Person().Temperatures(d)[i].Value; math.Abs(number(t, string(p.Value))-want(c)) > 0.006 {
				t.Errorf("%q: %s of %v °C", language, p.Value, c)
			}
		}
		skin := b.ok(metricPath("temp/skin", "2025-10-03", "2025-11-01"), "Accept-Language", language)
		for _, p := range series(t, skin, "tempSkin") {
			n, _ := b.Person().Night(day(t, p.DateTime))
			var v struct{ NightlyRelative float64 }
			if err := json.Unmarshal(p.Value, &v); err != nil {
				t.Fatal(err)
			}
			if c := n.SkinC - n.BaselineC; math.Abs(v.NightlyRelative-(want(c)-want(0))) > 0.006 {
				t.Errorf("%q: skin %v of %v °C", language, v.NightlyRelative, c)
			}
		}
	}
}

func same(celsius float64) float64 { return celsius }

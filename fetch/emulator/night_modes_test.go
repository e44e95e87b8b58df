package emulator_test

import (
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// Each metric has each form of emptiness, whether by mode or by itself.
func TestNightEmptyForms(t *testing.T) {
	b := start(t)
	for _, m := range nightMetrics {
		path, resource := metricPath(m.what, "2025-10-03", "2025-11-01"), strings.TrimSuffix(m.what, "/all")
		early := metricPath(m.what, "2020-10-03", "2020-10-20")
		for form, want := range map[emulator.EmptyForm]string{
			emulator.EmptyArray: `{"` + m.root + `":[]}`, emulator.MissingRoot: `{"success":true}`,
			emulator.EmptyObject: `{}`, emulator.BareArray: `[]`,
		} {
			if m.root == "" && form != emulator.EmptyObject {
				want = `[]`
			}
			b.Set(func(o *emulator.Modes) { *o = emulator.Modes{Empty: form} })
			if got := b.ok(early); got != want {
				t.Errorf("%s before the history, form %d: %.80s, want %s", m.what, form, got, want)
			}
			b.Set(func(o *emulator.Modes) { o.NoData = []string{"/" + resource + "/"} })
			if got := b.ok(path); got != want && m.what != "temp/core" {
				t.Errorf("%s without data, form %d: %.80s, want %s", m.what, form, got, want)
			}
		}
	}
	b.Set(func(o *emulator.Modes) { *o = emulator.Modes{NoData: []string{"/temp/"}} })
	if got := b.ok(metricPath("temp/core", b.Person().First().String(), "")); got != `{"tempCore":[]}` {
		t.Errorf("core temperature without data: %s", got)
	}
	for form, want := range map[emulator.EmptyForm]string{
		emulator.EmptyArray: `{}`, emulator.MissingRoot: `{}`, emulator.EmptyObject: `{}`, emulator.BareArray: `[]`,
	} {
		b.Set(func(o *emulator.Modes) { *o = emulator.Modes{Empty: form} })
		for _, what := range []string{"spo2", "spo2/all"} {
			if got := b.ok(metricPath(what, "2020-10-03", "")); got != want {
				t.Errorf("a day of %s, form %d: %s, want %s", what, form, got, want)
			}
		}
	}
}

// A day without SpO2 is left out, or an element without its value.
func TestOxygenWithoutValue(t *testing.T) {
	b := start(t)
	path := metricPath("spo2", "2025-08-01", "2025-11-05")
	usual := oxygenDays(t, b.ok(path))
	b.Set(func(m *emulator.Modes) { m.NoValue = true })
	all := oxygenDays(t, b.ok(path))
	if days := int(b.Today()-day(t, "2025-08-01")) + 1; len(all) != days || len(usual) == days {
		t.Fatalf("%d of %d days, otherwise %d", len(all), days, len(usual))
	}
	for d, v := range all {
		if was := usual[d]; (was == nil) != (v == nil) || v != nil && *v != *was {
			t.Errorf("%s: %v, was %v", d, v, was)
		}
	}
	for d, v := range all {
		if v == nil {
			if got, want := b.ok(metricPath("spo2", d, "")), `{"dateTime":"`+d+`"}`; got != want {
				t.Errorf("%s alone: %s, want %s", d, got, want)
			}
		}
	}
}

// A metric is there once the watch has synced after the night, and by mode some
// time after that.
func TestNightMetricsComeWithTheSync(t *testing.T) {
	b := start(t)
	n, ok := b.Person().Night(day(t, "2025-10-30"))
	if !ok {
		t.Fatal("no night on 2025-10-30")
	}
	seen := func(what string) bool { return strings.Contains(b.ok(metricPath(what, "today", "")), "2025-10-30") }
	arrives := func() time.Time {
		b.t.Helper()
		var at time.Time
		for b.clock.Set(n.End); at.IsZero(); b.clock.Add(time.Minute) {
			there := 0
			for _, what := range []string{"hrv", "hrv/all", "spo2", "spo2/all", "br", "br/all", "temp/skin", "cardioscore"} {
				if seen(what) {
					there++
				}
			}
			switch there {
			case 8:
				at = b.clock.Now()
			case 0:
			default:
				t.Fatalf("%v: %d of 8 metrics", b.clock.Now(), there)
			}
			if b.clock.Now().After(n.End.Add(3 * time.Hour)) {
				t.Fatal("never")
			}
		}
		return at
	}
	first := arrives()
	b.clock.Set(first)
	if synced := b.LastSync(); synced.Before(n.End) || first.Sub(synced) > time.Minute {
		t.Errorf("there at %v, synced at %v, asleep till %v", first, synced, n.End)
	}
	b.Set(func(m *emulator.Modes) { m.MetricDelay = 50 * time.Minute })
	if late := arrives(); late.Sub(first) != 50*time.Minute {
		t.Errorf("there %v later, want 50 min", late.Sub(first))
	}
	b.Set(func(m *emulator.Modes) { m.HoldSync = n.End.Add(-time.Hour) })
	b.later(n.End.Add(30 * time.Hour))
	if got := b.ok(metricPath("hrv", "2025-10-30", "2025-10-31")); got != `{"hrv":[]}` {
		t.Errorf("nothing was synced, but %s", got)
	}
}

// Core temperatures are typed in: there at once, without the watch.
func TestCoreTemperatureNeedsNoSync(t *testing.T) {
	b := start(t)
	d := b.Person().First() + 4
	b.Set(func(m *emulator.Modes) { m.HoldSync = b.Person().DayStart(d) })
	readings := b.Person().Temperatures(d)
	if len(readings) != 3 {
		t.Fatalf("readings %v", readings)
	}
	for i, r := range readings {
		for _, there := range []bool{false, true} {
			at, want := r.At.Add(-time.Millisecond), i
			if there {
				at, want = r.At, i+1
			}
			b.later(at)
			if got := strings.Count(b.ok(metricPath("temp/core", d.String(), "")), "dateTime"); got != want {
				t.Errorf("at %v: %d readings, want %d", at, got, want)
			}
		}
	}
}

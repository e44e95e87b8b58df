package main

import (
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/influxdata/influxdb1-client/models"

	"fitvault/store/catalog"
)

// What the services tell differently. Sections are those of fitbit-web-api.md, "Google" those of
// google-health-api.md.

// rounding is how far a value of the legacy API may be from that of Google, because it is rounded.
var rounding = map[string]float64{
	"activity_daily.calories_kcal": 0.5,     // whole kcal [A1]
	"activity_daily.distance_m":    0.0015,  // the millimetres of minutes are rounded so that they add up
	"activity_daily.elevation_m":   1e-9,    // the text of a float64, as in "6.4281999999999995" [A1]
	"calories.kcal":                0.00001, // five decimals [I2]
	"cardio_fitness_daily.vo2max":  0.5,     // whole numbers, of a range the middle [H9]
	"distance.m":                   0.0011,  // as of a day
	"exercise.calories_kcal":       0.5,     // whole kcal (5.6)
	"exercise.speed_m_per_s":       0.0003,  // thousandths of km/h (5.6), tenths of mm/s (Google 6.2)
}

// reason tells why the services differ, and where.
type reason struct {
	why   string
	holds func(difference) bool
}

var sourceReasons = []reason{
	{"Google has no day on which nothing was worn; the legacy API pads it (5.1, Google 6.4)", func(d difference) bool {
		return d.google == nil && (d.of == "activity_daily" && d.legacy["steps"] == int64(0) ||
			d.of == "heart_rate_zone_daily" && d.legacy["minutes"] == int64(0))
	}},
	{"the series of strokes is dense, Google has the days of swims [A1]", func(d difference) bool {
		return d.field == "swimming_strokes" && d.a == int64(0) && d.b == nil
	}},
	{"the lowest zone of the heart is another one (Google gotcha 22)", func(d difference) bool {
		return d.of == "heart_rate_zone_daily" &&
			(strings.Contains(d.key, "zone=out_of_range") && d.b == nil || strings.Contains(d.key, "zone=light") && d.a == nil)
	}},
	{"Google tells a day when it is over (Google gotcha 9)", func(d difference) bool {
		return strings.HasSuffix(d.of, "_daily") && d.b == nil && localDay(d.at) == d.today.String()
	}},
	{"a stage of which there was too little has no rate of breathing, but -1 [H6]", func(d difference) bool {
		return d.of == "breathing_rate_daily" && strings.Contains("deep_per_min light_per_min rem_per_min", d.field) &&
			d.a == nil && d.legacy != nil
	}},
	{"the variability needs three hours of sleep [H1]", func(d difference) bool {
		return strings.HasPrefix(d.of, "hrv") && d.a == nil && d.asleep() > 0 && d.asleep() < 180
	}},
	{"the evening before the history is in the first night, which Google does not ask for by nights (5.2)", func(d difference) bool {
		return (d.of == "hrv" || d.of == "spo2") && d.b == nil && localDay(d.at) == (d.first-1).String()
	}},
	{"oxygen is a moving average by the minute, of Google a reading in five [H4]", func(d difference) bool {
		return d.of == "spo2" && d.b == nil && d.afterReading()
	}},
	{"the night of the spring is an hour too long in the legacy API (4.2)", func(d difference) bool {
		return d.legacy["stage"] == "unknown" && d.google == nil && localDay(d.at) == springDay ||
			d.of == "sleep" && d.google["date"] == springDay && slices.Contains([]string{"duration_s", "in_bed_min", "end_ns"}, d.field)
	}},
	{"two readings of a second share an id in the legacy API (4.3)", func(d difference) bool {
		return d.field == "log_id" && d.of == "weight" && d.at.Nanosecond() == 1
	}},
	{"Google tells no percentage of a scale's battery (Google 6.2)", func(d difference) bool {
		return d.of == "device" && strings.Contains(d.key, "kind=scale") && d.field == "battery_pct" && d.b == nil
	}},
	{"entries of food and drink have ids of their own", func(d difference) bool {
		return (d.of == "nutrition_log" || d.of == "hydration_log") && d.field == "log_id" && d.a != nil && d.b != nil
	}},
	{"Google leaves out zeros (Google 4)", func(d difference) bool {
		return d.of == "exercise" && d.field == "azm_min" && d.a == int64(0) && d.b == nil
	}},
	{"what is typed in counts in the legacy day and not in its minutes, of which 5.4 says nothing", difference.typed},
	{"the legacy API has the energy of unworn minutes, too [I2]", func(d difference) bool {
		return d.of == "calories" && d.b == nil && d.legacy["mets"] == 1.0 && d.legacy["level"] == int64(0)
	}},
}

const springDay = "2026-03-29"

// reason tells why a value differs that the services tell differently; "" when it should not.
func (d difference) reason() string {
	x, ok := d.a.(float64)
	y, ok2 := d.b.(float64)
	if slack, known := rounding[d.of+"."+d.field]; ok && ok2 && known && math.Abs(x-y) <= slack {
		return "rounding of " + d.of + "." + d.field
	}
	for _, r := range sourceReasons {
		if r.holds(d) {
			return r.why
		}
	}
	return ""
}

// reasonsOfSources are all that reason can tell.
func reasonsOfSources() []string {
	all := []string{nameless}
	for of := range rounding {
		all = append(all, "rounding of "+of)
	}
	for _, r := range sourceReasons {
		all = append(all, r.why)
	}
	return all
}

// asleep is how long the main sleep was within which the difference lies, or which ended on its
// day, minutes.
func (d difference) asleep() int64 {
	for key, fields := range d.sides.google {
		if measurement(key) != "sleep" || !strings.Contains(key, "main=true") {
			continue
		}
		start, end := timeOf(d.t, key), time.Unix(0, fields["end_ns"].(int64))
		if fields["date"] == localDay(d.at) && strings.HasSuffix(d.of, "_daily") || !d.at.Before(start) && d.at.Before(end) {
			return fields["asleep_min"].(int64)
		}
	}
	return 0
}

// typed reports whether Google has just the amount more in a minute that the walk typed in on
// 2026-11-18 has in each of its 45.
func (d difference) typed() bool {
	start := time.Date(2026, 11, 18, 16, 10, 0, 0, time.UTC)
	if d.at.Before(start) || !d.at.Before(start.Add(45*time.Minute)) {
		return false
	}
	more, want := amount(d.b)-amount(d.a), map[string]float64{"steps": 95, "distance": 71.974, "calories": 2.66167}[d.of]
	return want > 0 && math.Abs(more-want) <= 0.0011
}

// amount is a number of any kind, 0 where there is none.
func amount(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return 0
}

// afterReading reports whether Google has a reading some whole minutes before.
func (d difference) afterReading() bool {
	series, _, _ := strings.Cut(d.key, " ")
	for n := 1; n <= 4; n++ {
		if d.sides.google[series+" "+d.at.Add(-time.Duration(n)*time.Minute).Format(time.RFC3339Nano)] != nil {
			return true
		}
	}
	return false
}

const nameless = "old exercises have no name (5.6)"

// align moves what one service tells less exactly than the other to where both tell it.
func (s *sides) align() {
	s.move(func(of string, at time.Time) time.Time {
		switch of {
		case "core_temperature": // whole seconds (4.2)
			return at.Truncate(time.Second)
		case "nutrition_log", "hydration_log": // a date and no time [N1, N2]
			y, m, d := at.In(berlin()).Date()
			return time.Date(y, m, d, 0, 0, 0, 0, berlin())
		}
		return at
	})
	s.reasons[nameless] += named(s.t, s.legacy, s.google, s.first)
}

// move moves points of Google. Those that come to lie at one instant are kept apart in their order.
func (s *sides) move(to func(of string, at time.Time) time.Time) {
	from := map[string]time.Time{}
	for key := range s.google {
		if at := timeOf(s.t, key); !to(measurement(key), at).Equal(at) {
			from[key] = at
		}
	}
	keys := slices.SortedFunc(maps.Keys(from), func(a, b string) int { return from[a].Compare(from[b]) })
	for _, key := range keys {
		fields, at := s.google[key], to(measurement(key), from[key])
		delete(s.google, key)
		key = atInstant(key, at)
		for s.google[key] != nil {
			at = at.Add(time.Nanosecond)
			key = atInstant(key, at)
		}
		s.google[key] = fields
	}
}

// named gives the exercises of the first ten days, which the legacy API tells without a name, that
// which another source tells of them, and returns how many there are.
func named(t *testing.T, legacy, other map[string]models.Fields, first catalog.Day) (n int) {
	t.Helper()
	for key := range other {
		at := key[strings.LastIndexByte(key, ' ')+1:]
		bare := "exercise,account=me " + at
		if fields := legacy[bare]; fields != nil && measurement(key) == "exercise" && localDay(timeOf(t, key)) < (first+10).String() {
			delete(legacy, bare)
			legacy[key] = fields
			n++
		}
	}
	return n
}

// atInstant is the key of a point of the same series at another time.
func atInstant(key string, at time.Time) string {
	return key[:strings.LastIndexByte(key, ' ')+1] + at.UTC().Format(time.RFC3339Nano)
}

var berlin = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return loc
})

// localDay is the day on which an instant lies.
func localDay(at time.Time) string { return at.In(berlin()).Format(time.DateOnly) }

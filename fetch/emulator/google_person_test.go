package emulator_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

type civilDate struct{ Year, Month, Day int }

func (c civilDate) String() string { return fmt.Sprintf("%04d-%02d-%02d", c.Year, c.Month, c.Day) }

// rollRow is a row of a rollup with all values that tests look at.
type rollRow struct {
	Start, End      time.Time `json:"-"`
	StartTime       string
	EndTime         string
	CivilStartTime  struct{ Date civilDate }
	CivilEndTime    struct{ Date civilDate }
	Steps           *struct{ CountSum string }
	Distance        *struct{ MillimetersSum string }
	Floors          *struct{ CountSum string }
	Altitude        *struct{ GainMillimetersSum string }
	TotalCalories   *struct{ KcalSum float64 }
	SwimLengthsData *struct{ StrokeCountSum string }
	SedentaryPeriod *struct{ DurationSum string }
	ActiveEnergy    *struct{ KcalSum float64 } `json:"activeEnergyBurned"`
	ActiveMinutes   *struct {
		Levels []struct{ ActivityLevel, ActiveMinutesSum string } `json:"activeMinutesRollupByActivityLevel"`
	}
	ActiveZoneMinutes *struct{ SumInFatBurnHeartZone, SumInCardioHeartZone, SumInPeakHeartZone string }
	Times             *struct {
		Zones []struct{ HeartRateZone, Duration string } `json:"timeInHeartRateZones"`
	} `json:"timeInHeartRateZone"`
	ZoneCalories *struct {
		Zones []struct {
			HeartRateZone string
			Kcal          float64
		} `json:"caloriesInHeartRateZones"`
	} `json:"caloriesInHeartRateZone"`
	HeartRate    *struct{ BeatsPerMinuteMin, BeatsPerMinuteAvg, BeatsPerMinuteMax float64 }
	HydrationLog *struct {
		AmountConsumed struct{ MillilitersSum float64 }
	}
	NutritionLog  *struct{ Energy struct{ KcalSum float64 } }
	Weight        *struct{ WeightGramsAvg float64 }
	RestingRange  *struct{ BeatsPerMinuteMin, BeatsPerMinuteMax float64 } `json:"restingHeartRatePersonalRange"`
	NextPageToken string
}

func rows(t *testing.T, body string) []rollRow {
	t.Helper()
	var all struct{ RollupDataPoints []rollRow }
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		t.Fatalf("%v in %.300s", err, body)
	}
	return all.RollupDataPoints
}

func civilJSON(d emulator.Date) string {
	at, _ := time.Parse("2006-01-02", d.String())
	return fmt.Sprintf(`{"date":{"year":%d,"month":%d,"day":%d}}`, at.Year(), at.Month(), at.Day())
}

func dailyBody(from, to emulator.Date, extra ...string) string {
	return fmt.Sprintf(`{"range":{"start":%s,"end":%s}%s}`, civilJSON(from), civilJSON(to), strings.Join(extra, ""))
}

// days are the daily rollups of a type over a long range, by date.
func (g *gbench) days(kind string, from, to emulator.Date, limit int, extra ...string) map[string]rollRow {
	g.t.Helper()
	all := map[string]rollRow{}
	for d := from; d < to; d += emulator.Date(limit) {
		for _, row := range rows(g.t, g.roll(kind, "dailyRollUp", dailyBody(d, min(to, d+emulator.Date(limit)), extra...))) {
			all[row.CivilStartTime.Date.String()] = row
		}
	}
	return all
}

func i64(t *testing.T, s string) float64 {
	t.Helper()
	if s == "" {
		return 0
	}
	return number(t, s)
}

// TestGoogleDaysAreTheLegacyDays compares every daily total of nine months in both
// dialects.
func TestGoogleDaysAreTheLegacyDays(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	from, to := day(t, "2025-02-01"), day(t, "2025-11-02")
	legacyToken, googleToken := "", g.token
	legacyToken, _, _ = g.SeedTokens()
	legacy := func(resource string) map[string]string {
		g.token = legacyToken
		defer func() { g.token = googleToken }()
		return values(t, g.ok(activity(resource, from.String(), (to-1).String())), "activities-"+strings.ReplaceAll(resource, "/", "-"))
	}
	wearables := `,"dataSourceFamily":"users/me/dataSourceFamilies/google-wearables"`
	level := func(name string) func(rollRow) float64 {
		return func(r rollRow) (sum float64) {
			for _, l := range r.ActiveMinutes.Levels {
				if l.ActivityLevel == name {
					sum += i64(t, l.ActiveMinutesSum)
				}
			}
			return sum
		}
	}
	asked := map[string]map[string]rollRow{}
	for _, tt := range []struct {
		kind, legacy, extra string
		limit               int
		scale, within       float64 // legacy times scale
		worn                bool    // zero in the legacy dialect may be absent here
		value               func(rollRow) float64
	}{
		{"steps", "steps", "", 90, 1, 0, true, func(r rollRow) float64 { return i64(t, r.Steps.CountSum) }},
		{"steps", "tracker/steps", wearables, 90, 1, 0, true, func(r rollRow) float64 { return i64(t, r.Steps.CountSum) }},
		{"distance", "distance", "", 90, 1e6, 1.5, true, func(r rollRow) float64 { return i64(t, r.Distance.MillimetersSum) }},
		{"distance", "tracker/distance", wearables, 90, 1e6, 1, true, func(r rollRow) float64 { return i64(t, r.Distance.MillimetersSum) }},
		{"floors", "floors", "", 90, 1, 0, true, func(r rollRow) float64 { return i64(t, r.Floors.CountSum) }},
		{"altitude", "elevation", "", 90, 1000, 1e-6, true, func(r rollRow) float64 { return i64(t, r.Altitude.GainMillimetersSum) }},
		{"total-calories", "calories", "", 14, 1, 0.5, false, func(r rollRow) float64 { return r.TotalCalories.KcalSum }},
		{"swim-lengths-data", "swimming-strokes", "", 90, 1, 0, true, func(r rollRow) float64 { return i64(t, r.SwimLengthsData.StrokeCountSum) }},
		{"active-minutes", "minutesLightlyActive", "", 14, 1, 0, true, level("LIGHT")},
		{"active-minutes", "minutesFairlyActive", "", 14, 1, 0, true, level("MODERATE")},
		{"active-minutes", "minutesVeryActive", "", 14, 1, 0, true, level("VIGOROUS")},
	} {
		want, got := legacy(tt.legacy), asked[tt.kind+tt.extra]
		if got == nil {
			got = g.days(tt.kind, from, to, tt.limit, tt.extra)
			asked[tt.kind+tt.extra] = got
		}
		if len(want) != int(to-from) || len(got) == 0 {
			t.Fatalf("%s: %d legacy days, %d google days", tt.kind, len(want), len(got))
		}
		for d := from; d < to; d++ {
			row, ok := got[d.String()]
			w := number(t, want[d.String()]) * tt.scale
			switch truth := g.Person().Day(d); {
			case !ok && !truth.Worn:
			case !ok && (!tt.worn || w != 0):
				t.Errorf("%s %v: absent, legacy %v", tt.kind, d, w)
			case ok && math.Abs(tt.value(row)-w) > tt.within:
				t.Errorf("%s %v: %v, legacy %s %v", tt.kind, d, tt.value(row), tt.legacy, w)
			}
		}
	}
}

type legacyHeart struct {
	DateTime string
	Value    struct {
		HeartRateZones []struct {
			Min, Max, Minutes int
			CaloriesOut       float64
		}
		RestingHeartRate int
	}
}

// legacyHearts are the heart days of the legacy dialect.
func (g *gbench) legacyHearts(from, to emulator.Date) []legacyHeart {
	g.t.Helper()
	googleToken := g.token
	defer func() { g.token = googleToken }()
	g.token, _, _ = g.SeedTokens()
	var all map[string][]legacyHeart
	if err := json.Unmarshal([]byte(g.ok(activity("heart", from.String(), (to-1).String()))), &all); err != nil {
		g.t.Fatal(err)
	}
	return all["activities-heart"]
}

var zoneTypes = []string{"LIGHT", "MODERATE", "VIGOROUS", "PEAK"}

// TestGoogleZonesAreTheLegacyZones compares minutes and calories of each zone.
func TestGoogleZonesAreTheLegacyZones(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	from, to := day(t, "2025-06-01"), day(t, "2025-11-01")
	times, kcal := g.days("time-in-heart-rate-zone", from, to, 90), g.days("calories-in-heart-rate-zone", from, to, 14)
	azm := g.days("active-zone-minutes", from, to, 90)
	checked := 0
	for _, h := range g.legacyHearts(from, to) {
		at := h.DateTime
		truth := g.Person().Day(day(t, at))
		if !truth.Worn {
			if times[at].Times != nil || kcal[at].ZoneCalories != nil || azm[at].ActiveZoneMinutes != nil {
				t.Errorf("%s: values of an unworn day", at)
			}
			continue
		}
		spent, burnt := map[string]string{}, map[string]float64{}
		for _, z := range times[at].Times.Zones {
			spent[z.HeartRateZone] = z.Duration
		}
		for _, z := range kcal[at].ZoneCalories.Zones {
			burnt[z.HeartRateZone] = z.Kcal
		}
		for i, z := range h.Value.HeartRateZones {
			minutes := z.Minutes
			if i == 0 && len(g.Person().Minutes(day(t, at))) > 1440 {
				minutes = truth.Zones[0].Minutes // the legacy day has no 25th hour
			}
			if want := strconv.Itoa(60*minutes) + "s"; spent[zoneTypes[i]] != want && minutes > 0 {
				t.Errorf("%s %s: %s, legacy %s", at, zoneTypes[i], spent[zoneTypes[i]], want)
			}
			if math.Abs(burnt[zoneTypes[i]]-z.CaloriesOut) > 1e-4 {
				t.Errorf("%s %s: %v kcal, legacy %v", at, zoneTypes[i], burnt[zoneTypes[i]], z.CaloriesOut)
			}
			checked++
		}
		var sums [3]float64
		if z := azm[at].ActiveZoneMinutes; z != nil {
			sums = [3]float64{i64(t, z.SumInFatBurnHeartZone), i64(t, z.SumInCardioHeartZone), i64(t, z.SumInPeakHeartZone)}
		}
		z := truth.Zones
		if want := [3]float64{float64(z[1].Minutes), float64(2 * z[2].Minutes), float64(2 * z[3].Minutes)}; sums != want {
			t.Errorf("%s: active zone minutes %v, want %v", at, sums, want)
		}
	}
	if checked < 500 {
		t.Errorf("only %d zones compared", checked)
	}
}

// TestGoogleDailyHeartIsTheLegacyOne compares the resting pulse and the bounds
// of the zones.
func TestGoogleDailyHeartIsTheLegacyOne(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	from, to := day(t, "2025-01-01"), day(t, "2025-11-01")
	resting, bounds := map[string]string{}, map[string][]struct{ MinBeatsPerMinute, MaxBeatsPerMinute string }{}
	filter := civilFilter("daily_resting_heart_rate.date", from, to)
	for _, p := range g.walk("daily-resting-heart-rate", "list", "filter", filter, "pageSize", "50") {
		var v struct {
			Date           civilDate
			BeatsPerMinute string
		}
		into(t, p, "dailyRestingHeartRate", &v)
		resting[v.Date.String()] = v.BeatsPerMinute
	}
	for _, p := range g.walk("daily-heart-rate-zones", "reconcile", "filter", civilFilter("daily_heart_rate_zones.date", from, to)) {
		var v struct {
			Date           civilDate
			HeartRateZones []struct{ MinBeatsPerMinute, MaxBeatsPerMinute string }
		}
		into(t, p, "dailyHeartRateZones", &v)
		bounds[v.Date.String()] = v.HeartRateZones
	}
	for _, h := range g.legacyHearts(from, to) {
		at := h.DateTime
		if got := i64(t, resting[at]); got != float64(h.Value.RestingHeartRate) {
			t.Errorf("%s: resting %v, legacy %d", at, got, h.Value.RestingHeartRate)
		}
		if h.Value.RestingHeartRate == 0 {
			if bounds[at] != nil {
				t.Errorf("%s: bounds of an unworn day", at)
			}
			continue
		}
		for i, z := range h.Value.HeartRateZones {
			high := z.Max - 1
			if i == 3 {
				high = z.Max
			}
			if b := bounds[at][i]; i64(t, b.MinBeatsPerMinute) != float64(z.Min) || i64(t, b.MaxBeatsPerMinute) != float64(high) {
				t.Errorf("%s %s: bounds %v, legacy %d..%d", at, zoneTypes[i], b, z.Min, z.Max)
			}
		}
	}
	if len(resting) < 250 {
		t.Errorf("%d days", len(resting))
	}
}

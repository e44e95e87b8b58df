package emulator_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

func physicalBody(from, to time.Time, window string, extra ...string) string {
	return fmt.Sprintf(`{"range":{"startTime":"%s","endTime":"%s"},"windowSize":"%s"%s}`,
		from.Format(time.RFC3339), to.Format(time.RFC3339), window, strings.Join(extra, ""))
}

// TestGoogleRollUpWindows is the first half of rule 15: windows hang on the
// start of the range, the last one is cut, windows without the watch are absent,
// a true zero is printed, and the sums are those of the merged stream.
func TestGoogleRollUpWindows(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 120 })
	p := g.Person()
	from := p.DayStart(day(t, "2025-10-20")).UTC().Add(7*time.Minute + 13*time.Second)
	to := from.Add(26*time.Hour + 20*time.Minute)
	got := rows(t, g.roll("steps", "rollUp", physicalBody(from, to, "1800s")))
	index := map[string]rollRow{}
	for _, r := range got {
		index[r.StartTime] = r
	}
	unworn, zeros := 0, 0
	for at := from; at.Before(to); at = at.Add(30 * time.Minute) {
		end := at.Add(30 * time.Minute)
		if end.After(to) {
			end = to
		}
		first := at.Truncate(time.Minute).Add(time.Minute)
		worn, steps := 0, 0
		for m := first; m.Before(end); m = m.Add(time.Minute) {
			d := emulator.DateOf(p.Wall(m))
			min := p.Minutes(d)[int(m.Sub(p.DayStart(d))/time.Minute)]
			steps += int(min.Steps)
			if min.BPM > 0 {
				worn++
			}
		}
		row, ok := index[at.Format(time.RFC3339)]
		switch {
		case worn == 0:
			unworn++
			if ok {
				t.Errorf("%v: a window without the watch: %+v", at, row)
			}
			continue
		case !ok || row.EndTime != end.Format(time.RFC3339):
			t.Errorf("%v: %+v, want it to end at %v", at, row, end)
			continue
		}
		if row.Steps == nil || row.Steps.CountSum != fmt.Sprint(steps) {
			t.Errorf("%v: %+v, want %d", at, row.Steps, steps)
		}
		if steps == 0 {
			zeros++
		}
	}
	if zeros == 0 {
		t.Errorf("%d true zeros", zeros)
	}
	charge := from
	for d := day(t, "2025-10-20"); unworn == 0 && d < day(t, "2025-10-30"); d++ {
		charge = p.DayStart(d)
		if got := rows(t, g.roll("steps", "rollUp", physicalBody(charge, p.DayStart(d+1), "300s"))); len(got) < 286 {
			unworn = 288 - len(got)
		}
	}
	if unworn == 0 {
		t.Error("no window without the watch")
	}
	sameShape(t, g.roll("steps", "rollUp", physicalBody(from, from.Add(2*time.Minute), "60s")), "google/rollup-steps-true-zero-response")
}

// TestGoogleHeartRateRollUp compares with the samples.
func TestGoogleHeartRateRollUp(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 30 })
	d := day(t, "2025-10-28")
	from := g.Person().DayStart(d).UTC()
	body := g.roll("heart-rate", "rollUp", physicalBody(from, from.Add(150*time.Minute), "3600s"))
	sameShape(t, body, "google/rollup-heart-rate-response")
	got := rows(t, body)
	if len(got) != 3 || got[2].EndTime != from.Add(150*time.Minute).Format(time.RFC3339) {
		t.Fatalf("windows: %+v", got)
	}
	for i, r := range got {
		sum, n, least, most := 0.0, 0.0, math.Inf(1), math.Inf(-1)
		for _, b := range g.Person().Beats(d) {
			if at := b.At.Sub(from); at >= time.Duration(i)*time.Hour && at < min(time.Duration(i+1)*time.Hour, 150*time.Minute) {
				sum, n = sum+float64(b.BPM), n+1
				least, most = min(least, float64(b.BPM)), max(most, float64(b.BPM))
			}
		}
		h := r.HeartRate
		if math.Abs(h.BeatsPerMinuteAvg-sum/n) > 1e-5 || h.BeatsPerMinuteMin != least || h.BeatsPerMinuteMax != most {
			t.Errorf("window %d: %+v, want %v %v %v", i, h, sum/n, least, most)
		}
	}
}

// TestGoogleRollupLimits is the second half of rule 15, for both rollups.
func TestGoogleRollupLimits(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 120 })
	from := time.Date(2025, 7, 20, 0, 0, 0, 0, time.UTC)
	days := func(n int) time.Time { return from.AddDate(0, 0, n) }
	start := day(t, "2025-07-20")
	const duration = "INVALID_ROLLUP_QUERY_DURATION"
	for _, k := range allKinds {
		if k.ops&opRollUp == 0 {
			continue
		}
		if want := map[bool]int{true: 14, false: 90}[strings.Contains("calories-in-heart-rate-zone heart-rate active-minutes total-calories", k.id)]; k.cap != want {
			t.Fatalf("%s: cap %d", k.id, k.cap)
		}
		if k.id == "heart-rate" {
			start, from = day(t, "2025-10-20"), time.Date(2025, 10, 20, 0, 0, 0, 0, time.UTC)
		}
		g.postJSON(dataPath(k.id, "rollUp"), physicalBody(from, days(k.cap).Add(time.Second), "86400s")).
			refused(t, k.id, 400, "INVALID_ARGUMENT", duration)
		g.postJSON(dataPath(k.id, "dailyRollUp"), dailyBody(start, start+emulator.Date(k.cap)+1)).
			refused(t, k.id, 400, "INVALID_ARGUMENT", duration)
		g.postJSON(dataPath(k.id, "rollUp"), physicalBody(from, days(1), "86400s", fmt.Sprintf(`,"pageSize":%d`, k.cap+1))).
			refused(t, k.id+" product", 400, "INVALID_ARGUMENT", duration)
		g.postJSON(dataPath(k.id, "dailyRollUp"), dailyBody(start, start+1, fmt.Sprintf(`,"pageSize":%d`, k.cap+1))).
			refused(t, k.id+" product", 400, "INVALID_ARGUMENT", duration)
		g.postJSON(dataPath(k.id, "dailyRollUp"), dailyBody(start, start+1, fmt.Sprintf(`,"pageSize":%d,"windowSizeDays":2`, k.cap/2+1))).
			refused(t, k.id+" product of two days", 400, "INVALID_ARGUMENT", duration)
		g.roll(k.id, "dailyRollUp", dailyBody(start, start+2, fmt.Sprintf(`,"pageSize":%d`, k.cap)))
		g.roll(k.id, "rollUp", physicalBody(from, days(1), "3600s", fmt.Sprintf(`,"pageSize":%d`, min(10000, k.cap*24))))
	}
	g.roll("steps", "rollUp", physicalBody(start90(from), start90(from).AddDate(0, 0, 90), "86400s"))
	sameShape(t, g.postJSON(dataPath("steps", "dailyRollUp"), dailyBody(start, start+91)).body, "google/error-400-rollup-duration")
}

func start90(t time.Time) time.Time { return t.AddDate(0, 0, -90) }

// TestGoogleRollupPages walks rollups with a page size.
func TestGoogleRollupPages(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 60 })
	whole := rows(t, g.roll("steps", "dailyRollUp", dailyBody(day(t, "2025-10-01"), day(t, "2025-10-31"))))
	token, got := "", 0
	for pages := 0; ; pages++ {
		extra := `,"pageSize":7`
		if token != "" {
			extra += `,"pageToken":"` + token + `"`
		}
		body := g.roll("steps", "dailyRollUp", dailyBody(day(t, "2025-10-01"), day(t, "2025-10-31"), extra))
		for _, r := range rows(t, body) {
			if r.CivilStartTime != whole[got].CivilStartTime || *r.Steps != *whole[got].Steps {
				t.Errorf("row %d: %+v, want %+v", got, r, whole[got])
			}
			got++
		}
		p := pageOf(t, body)
		if p.Next == nil {
			break
		}
		token = *p.Next
	}
	if got != len(whole) || token == "" {
		t.Errorf("%d rows in pages, %d at once", got, len(whole))
	}
	g.postJSON(dataPath("steps", "dailyRollUp"), dailyBody(day(t, "2025-10-01"), day(t, "2025-10-30"), `,"pageSize":7,"pageToken":"`+token+`"`)).
		refused(t, "token of another range", 400, "INVALID_ARGUMENT", "")
	g.postJSON(dataPath("floors", "dailyRollUp"), dailyBody(day(t, "2025-10-01"), day(t, "2025-10-31"), `,"pageSize":7,"pageToken":"`+token+`"`)).
		refused(t, "token of another type", 400, "INVALID_ARGUMENT", "")
}

// TestGoogleDailyRollUpDays is rule 16: civil days, of 23 and 25 hours where the
// clock changes.
func TestGoogleDailyRollUpDays(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	p := g.Person()
	for _, at := range []string{"2025-03-30", "2025-10-26", "2024-03-31", "2024-10-27", "2025-06-01"} {
		d := day(t, at)
		start, end := p.DayStart(d).UTC(), p.DayStart(d+1).UTC()
		truth := p.Day(d)
		got := rows(t, g.roll("steps", "dailyRollUp", dailyBody(d, d+1)))
		if len(got) != 1 || got[0].CivilStartTime.Date.String() != at || got[0].CivilEndTime.Date.String() != (d+1).String() ||
			i64(t, got[0].Steps.CountSum) != float64(truth.Steps+truth.Manual.Steps) {
			t.Errorf("%s (%v): %+v, want %d steps", at, end.Sub(start), got, truth.Steps)
		}
		sum, windows := 0.0, rows(t, g.roll("total-calories", "rollUp", physicalBody(start, end, "86400s")))
		for _, w := range windows {
			sum += w.TotalCalories.KcalSum
		}
		if day := g.days("total-calories", d, d+1, 14)[at].TotalCalories.KcalSum; math.Abs(day-sum) > 0.01 {
			t.Errorf("%s: %v kcal by the day, %v by windows", at, day, sum)
		}
		if hours := end.Sub(start).Hours(); at[5:7] == "03" && hours != 23 || at[5:7] == "10" && hours != 25 {
			t.Errorf("%s has %v hours", at, hours)
		}
	}
	two := rows(t, g.roll("steps", "dailyRollUp", dailyBody(day(t, "2025-10-01"), day(t, "2025-10-06"), `,"windowSizeDays":2`)))
	if len(two) != 3 || two[1].CivilStartTime.Date.Day != 3 || two[2].CivilEndTime.Date.Day != 6 {
		t.Errorf("windows of two days: %+v", two)
	}
}

// TestGoogleDailyRollUpEnd runs the disputed end both ways.
func TestGoogleDailyRollUpEnd(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 60 })
	d := day(t, "2025-10-20")
	count := func(from, to emulator.Date) int {
		return len(rows(t, g.roll("steps", "dailyRollUp", dailyBody(from, to))))
	}
	if n := count(d, d+2); n != 2 {
		t.Errorf("exclusive: %d rows", n)
	}
	g.postJSON(dataPath("steps", "dailyRollUp"), dailyBody(d, d)).refused(t, "equal dates", 400, "INVALID_ARGUMENT", "INVALID_TIME_RANGE")
	g.Set(func(m *emulator.Modes) { m.GoogleEndInclusive = true })
	if n := count(d, d+2); n != 3 {
		t.Errorf("inclusive: %d rows", n)
	}
	if n := count(d, d); n != 1 {
		t.Errorf("inclusive, equal dates: %d rows", n)
	}
	g.postJSON(dataPath("steps", "dailyRollUp"), dailyBody(d, d-1)).refused(t, "reversed", 400, "INVALID_ARGUMENT", "INVALID_TIME_RANGE")
}

func TestGoogleRollupBodies(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 60 })
	for what, body := range map[string]string{
		"leading zero": `{"range":{"start":{"date":{"year":2025,"month":10,"day":01}},"end":{"date":{"year":2025,"month":10,"day":3}}}}`,
		"quoted":       `{"range":{"start":{"date":{"year":"2025","month":10,"day":1}},"end":{"date":{"year":2025,"month":10,"day":3}}}}`,
		"no such day":  `{"range":{"start":{"date":{"year":2025,"month":2,"day":30}},"end":{"date":{"year":2025,"month":3,"day":3}}}}`,
		"no end":       `{"range":{"start":{"date":{"year":2025,"month":10,"day":1}}}}`,
		"unknown":      strings.Replace(oneDay, "{", `{"filter":"x",`, 1),
		"zero days":    strings.Replace(oneDay, "{", `{"windowSizeDays":0,`, 1),
		"other case":   strings.Replace(oneDay, `"end"`, `"End"`, 1),
		"rubbish":      `range`,
		"two":          oneDay + oneDay,
		"empty":        ``,
	} {
		g.postJSON(dataPath("steps", "dailyRollUp"), body).refused(t, what, 400, "INVALID_ARGUMENT", "")
	}
	for what, body := range map[string]string{
		"no window":    `{"range":{"startTime":"2025-10-20T00:00:00Z","endTime":"2025-10-21T00:00:00Z"}}`,
		"small window": strings.Replace(rollDay, "86400s", "0.5s", 1),
		"bare window":  strings.Replace(rollDay, "86400s", "86400", 1),
		"no zone":      strings.Replace(rollDay, "21T00:00:00Z", "21T00:00:00", 1),
	} {
		g.postJSON(dataPath("steps", "rollUp"), body).refused(t, what, 400, "INVALID_ARGUMENT", "")
	}
	g.postJSON(dataPath("steps", "rollUp"), strings.Replace(rollDay, "2025-10-21", "2025-10-20", 1)).
		refused(t, "equal", 400, "INVALID_ARGUMENT", "INVALID_TIME_RANGE")
	for _, name := range []string{"rollup-heart-rate-request", "daily-rollup-steps-request"} {
		var ok map[string]json.RawMessage
		if err := json.Unmarshal(sample(t, "google/"+name), &ok); err != nil {
			t.Fatal(err)
		}
	}
	g.roll("heart-rate", "rollUp", string(sample(t, "google/rollup-heart-rate-request")))
	g.roll("steps", "dailyRollUp", string(sample(t, "google/daily-rollup-steps-request")))
}

// TestGoogleDailyRollUpSamples: whatever the whole samples show is there.
func TestGoogleDailyRollUpSamples(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 60 })
	for kind, name := range map[string]string{
		"steps": "daily-rollup-steps-response", "total-calories": "daily-rollup-total-calories-response",
		"active-minutes": "daily-rollup-active-minutes-response", "active-zone-minutes": "daily-rollup-active-zone-minutes-response",
	} {
		d := day(t, "2025-10-20")
		sameShape(t, g.roll(kind, "dailyRollUp", dailyBody(d, d+12)), "google/"+name,
			"/rollupDataPoints[]/activeZoneMinutes/sumInPeakHeartZone string: whole number")
	}
	sameShape(t, g.roll("steps", "dailyRollUp", dailyBody(day(t, "2001-01-01"), day(t, "2001-01-03"))), "google/list-no-data")
}

// TestGoogleTravel: the days of a journey are those of the person, in both
// rollups and lists.
func TestGoogleTravel(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 60 })
	if err := g.Move(day(t, "2025-10-20"), "Asia/Tokyo"); err != nil {
		t.Fatal(err)
	}
	p := g.Person()
	for d := day(t, "2025-10-18"); d < day(t, "2025-10-23"); d++ {
		truth := p.Day(d)
		if got := stepSum(t, g.walk("steps", "reconcile", "filter", civilFilter("steps.interval.civil_start_time", d, d+1))); got != float64(truth.Steps+truth.Manual.Steps) {
			t.Errorf("%v (%v): %v steps, want %d", d, p.DayStart(d+1).Sub(p.DayStart(d)), got, truth.Steps)
		}
		if row, ok := g.days("steps", d, d+1, 90)[d.String()]; truth.Worn && (!ok || i64(t, row.Steps.CountSum) != float64(truth.Steps+truth.Manual.Steps)) {
			t.Errorf("%v: %+v, want %d steps", d, row.Steps, truth.Steps)
		}
	}
	if body := g.ok("/v4/users/me/settings"); !strings.Contains(body, "Asia/Tokyo") || !strings.Contains(body, `"32400s"`) {
		t.Errorf("settings: %s", body)
	}
	if body := g.ok(dataPath("heart-rate", "list", "pageSize", "1")); !strings.Contains(body, `"utcOffset":"32400s"`) {
		t.Errorf("newest reading: %s", body)
	}
}

package emulator_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// TestGooglePageSizes is rule 9: too long is cut without a word, the server may
// give less, and only the token tells the end.
func TestGooglePageSizes(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 60 })
	size := func(kind string, query ...string) int {
		t.Helper()
		return len(pageOf(t, g.ok(dataPath(kind, "list", query...))).DataPoints)
	}
	for _, tt := range []struct {
		kind, size string
		want       int
	}{
		{"heart-rate", "", 1440}, {"heart-rate", "0", 1440}, {"heart-rate", "7", 7}, {"heart-rate", "99999", 10000},
		{"sleep", "", 25}, {"sleep", "100", 25}, {"sleep", "3", 3}, {"exercise", "26", min(25, len(g.walk("exercise", "list")))},
	} {
		query := []string{"pageSize", tt.size}
		if tt.size == "" {
			query = nil
		}
		if got := size(tt.kind, query...); got != tt.want {
			t.Errorf("%s pageSize %q: %d points, want %d", tt.kind, tt.size, got, tt.want)
		}
	}
	for _, bad := range []string{"x", "-1", "1.5"} {
		g.get(dataPath("steps", "list", "pageSize", bad)).refused(t, "pageSize "+bad, 400, "INVALID_ARGUMENT", "")
	}
	g.Set(func(m *emulator.Modes) { m.GooglePageCap = 5000 })
	if got := size("heart-rate", "pageSize", "10000"); got != 5000 {
		t.Errorf("with a cap: %d", got)
	}
	g.Set(func(m *emulator.Modes) { m.GooglePageCap, m.GoogleDefaultPage = 0, 50 })
	if got := size("heart-rate"); got != 50 {
		t.Errorf("other default: %d", got)
	}
	g.Set(func(m *emulator.Modes) { m.GoogleTimeoutAbove = 1000 })
	g.get(dataPath("heart-rate", "list", "pageSize", "1001")).refused(t, "too large", 504, "DEADLINE_EXCEEDED", "")
	if got := size("heart-rate", "pageSize", "1000"); got != 1000 {
		t.Errorf("at the threshold: %d", got)
	}
}

func TestGooglePageEnds(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 30 })
	filter := civilFilter("sleep.interval.civil_end_time", day(t, "2025-10-20"), day(t, "2025-10-23"))
	whole := len(g.walk("sleep", "list", "filter", filter))
	p := pageOf(t, g.ok(dataPath("sleep", "list", "filter", filter)))
	if p.Next != nil || len(p.DataPoints) != whole {
		t.Errorf("one page: %d points, token %v", len(p.DataPoints), p.Next)
	}
	g.Set(func(m *emulator.Modes) { m.GoogleEmptyToken = true })
	if p := pageOf(t, g.ok(dataPath("sleep", "list", "filter", filter))); p.Next == nil || *p.Next != "" {
		t.Errorf("empty end token: %v", p.Next)
	}
	g.Set(func(m *emulator.Modes) { m.GoogleEmptyToken, m.GoogleEmptyFirst = false, true })
	body := g.ok(dataPath("sleep", "list", "filter", filter, "pageSize", "2"))
	sameShape(t, body, "google/list-empty-first-page")
	if got := len(g.walk("sleep", "list", "filter", filter, "pageSize", "2")); got != whole {
		t.Errorf("after an empty page: %d points, want %d", got, whole)
	}
	g.Set(func(m *emulator.Modes) { m.GoogleEmptyFirst = false })
	if body := g.ok(dataPath("sleep", "list", "filter", `sleep.interval.civil_end_time < "2001-01-01"`)); body != "{}" {
		t.Errorf("no data: %s", body)
	}
}

// TestGooglePageTokens is rule 10.
func TestGooglePageTokens(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 20 })
	filter := `steps.interval.start_time >= "2025-10-25T00:00:00Z"`
	first := pageOf(t, g.ok(dataPath("steps", "list", "filter", filter, "pageSize", "9")))
	token := *first.Next
	same := dataPath("steps", "list", "filter", filter, "pageSize", "9", "pageToken", token)
	if x, y := g.ok(same), g.ok(same); x != y || len(pageOf(t, x).DataPoints) != 9 {
		t.Error("a token can be replayed")
	}
	const family = "users/me/dataSourceFamilies/all-sources"
	for what, path := range map[string]string{
		"other size":   dataPath("steps", "list", "filter", filter, "pageSize", "10", "pageToken", token),
		"no filter":    dataPath("steps", "list", "pageSize", "9", "pageToken", token),
		"other filter": dataPath("steps", "list", "filter", strings.Replace(filter, "25", "24", 1), "pageSize", "9", "pageToken", token),
		"family":       dataPath("steps", "list", "filter", filter, "pageSize", "9", "pageToken", token, "dataSourceFamily", family),
		"other type":   dataPath("altitude", "list", "pageSize", "9", "pageToken", token),
		"reconcile":    dataPath("steps", "reconcile", "filter", filter, "pageSize", "9", "pageToken", token),
		"made up":      dataPath("steps", "list", "filter", filter, "pageSize", "9", "pageToken", "AAAA"),
		"altered":      dataPath("steps", "list", "filter", filter, "pageSize", "9", "pageToken", "A"+token[1:]),
		"devices":      "/v4/users/me/pairedDevices?pageToken=" + token,
	} {
		if strings.HasSuffix(path, token) && what == "altered" {
			continue
		}
		g.get(path).refused(t, what, 400, "INVALID_ARGUMENT", "")
	}
	other := startGoogle(t, func(o *emulator.Options) { o.Days, o.Seed = 20, 77 })
	other.get(same).refused(t, "another server's", 400, "INVALID_ARGUMENT", "")
}

type beatPoint struct {
	SampleTime struct {
		PhysicalTime time.Time
		UtcOffset    string
	}
	BeatsPerMinute string
}

// TestGoogleHeartRateWalk: the pages of a day are complete, in order and free of
// repeats, however they are cut.
func TestGoogleHeartRateWalk(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 30 })
	d := day(t, "2025-10-28")
	all := g.Person().Beats(d)
	const member = "heart_rate.sample_time.civil_time"
	whole := civilFilter(member, d, d+1)
	early := member + ` >= "2025-10-28" AND ` + member + ` < "2025-10-28T02:00"`
	hours := slices.IndexFunc(all, func(b emulator.Beat) bool { return !b.At.Before(g.Person().DayStart(d).Add(2 * time.Hour)) })
	for _, setup := range []struct {
		verb, size, filter string
		want               []emulator.Beat
		modes              func(*emulator.Modes)
	}{
		{"list", "10000", whole, all, func(m *emulator.Modes) { m.GooglePageCap = 5000 }},
		{"list", "144", early, all[:hours], func(m *emulator.Modes) { m.GoogleEmptyFirst = true }},
		{"reconcile", "333", early, all[:hours], func(m *emulator.Modes) { m.GoogleEmptyToken = true }},
		{"reconcile", "400", early, all[:hours], func(m *emulator.Modes) { m.GoogleAscending, m.GoogleEmptyFirst = true, true }},
	} {
		g.Set(func(m *emulator.Modes) { *m = emulator.Modes{}; setup.modes(m) })
		got := g.walk("heart-rate", setup.verb, "filter", setup.filter, "pageSize", setup.size)
		want := setup.want
		if len(got) != len(want) || len(all) < 17000 || hours < 1300 {
			t.Errorf("%s %s: %d points, want %d", setup.verb, setup.size, len(got), len(want))
			continue
		}
		for i, p := range got {
			var v beatPoint
			into(t, p, "heartRate", &v)
			w := want[len(want)-1-i]
			if setup.size == "400" {
				w = want[i]
			}
			if !v.SampleTime.PhysicalTime.Equal(w.At) || i64(t, v.BeatsPerMinute) != float64(w.BPM) {
				t.Fatalf("%s point %d: %+v, want %+v", setup.verb, i, v, w)
			}
		}
	}
}

// TestGoogleWindowsAgree: each type gives the same points page by page, hour by
// hour and at once.
func TestGoogleWindowsAgree(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 30 })
	for _, kind := range []string{"steps", "distance", "weight", "exercise", "sleep", "oxygen-saturation", "active-minutes", "hydration-log", "activity-level"} {
		var member string
		for _, k := range allKinds {
			if k.id == kind {
				member = k.member
			}
		}
		parts := ""
		form := "2006-01-02T15:04:05Z"
		if strings.Contains(member, "civil") {
			form = "2006-01-02T15:04:05"
		}
		at := time.Date(2025, 10, 29, 0, 0, 0, 0, time.UTC)
		begin := at.Add(-48 * time.Hour)
		whole, _ := json.Marshal(g.walk(kind, "list", "pageSize", "17", "filter",
			member+` >= "`+begin.Format(form)+`" AND `+member+` < "`+at.Format(form)+`"`))
		for ; at.After(begin); at = at.Add(-6 * time.Hour) {
			part, _ := json.Marshal(g.walk(kind, "list", "pageSize", "10000", "filter",
				member+` >= "`+at.Add(-6*time.Hour).Format(form)+`" AND `+member+` < "`+at.Format(form)+`"`))
			if s := strings.Trim(string(part), "[]nul"); s != "" {
				parts += "," + s
			}
		}
		if strings.TrimPrefix(parts, ",") != strings.Trim(string(whole), "[]nul") {
			t.Errorf("%s: windows of six hours differ from two days (%d and %d bytes)", kind, len(parts), len(whole))
		}
	}
}

// TestGoogleListAndReconcile are rules 11 and 12.
func TestGoogleListAndReconcile(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 9 })
	named := "exercise weight body-fat height sleep hydration-log nutrition-log food food-measurement-unit electrocardiogram irregular-rhythm-notification core-body-temperature blood-glucose"
	for _, k := range allKinds {
		if k.ops&opList != 0 {
			last := ""
			for _, p := range pageOf(t, g.ok(dataPath(k.id, "list", "pageSize", "300"))).DataPoints {
				if p["dataSource"] == nil || p["dataPointName"] != nil || (p["name"] != nil) != strings.Contains(" "+named+" ", " "+k.id+" ") {
					t.Fatalf("%s list: %v", k.id, p)
				}
				last = newestFirst(t, k, p, last)
			}
		}
		if k.ops&opReconcile != 0 {
			for _, p := range pageOf(t, g.ok(dataPath(k.id, "reconcile"))).DataPoints {
				if p["dataSource"] != nil || p["name"] != nil || (p["dataPointName"] != nil) != strings.Contains(" "+named+" ", " "+k.id+" ") {
					t.Fatalf("%s reconcile: %v", k.id, p)
				}
			}
		}
	}
	for _, kind := range []string{"sleep", "exercise"} {
		if body := g.ok(dataPath(kind, "list")); strings.Contains(body, "civil") {
			t.Errorf("%s has civil members", kind)
		}
	}
	if strings.Contains(g.ok(dataPath("steps", "reconcile")), "dataPointName") {
		t.Error("steps have names")
	}
	g.Set(func(m *emulator.Modes) { m.GoogleStepNames = true })
	if !strings.Contains(g.ok(dataPath("steps", "reconcile")), "dataPointName") {
		t.Error("steps have no names, by mode")
	}
}

// newestFirst checks the order of a point behind the last one and returns its
// time.
func newestFirst(t *testing.T, k kindRow, p map[string]json.RawMessage, last string) string {
	t.Helper()
	var v struct {
		Date       civilDate
		Interval   struct{ StartTime, EndTime time.Time }
		SampleTime struct{ PhysicalTime time.Time }
	}
	into(t, p, memberOf(k.id), &v)
	at := v.Interval.StartTime
	switch {
	case k.id == "sleep":
		at = v.Interval.EndTime
	case v.SampleTime.PhysicalTime.After(at):
		at = v.SampleTime.PhysicalTime
	}
	now := at.Format("2006-01-02T15:04:05.000")
	if v.Date.Year > 0 {
		now = v.Date.String()
	}
	if last != "" && now > last {
		t.Fatalf("%s: %s after %s", k.id, now, last)
	}
	return now
}

// stepSum adds up step points.
func stepSum(t *testing.T, all []map[string]json.RawMessage) (sum float64) {
	t.Helper()
	for _, p := range all {
		var v struct{ Count string }
		into(t, p, "steps", &v)
		sum += i64(t, v.Count)
	}
	return sum
}

// TestGoogleSourcesOverlap: adding up list counts the phone twice, the merged
// stream is what the app shows.
func TestGoogleSourcesOverlap(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 120 })
	typed := 0
	for d := g.Today() - 110; d < g.Today(); d++ {
		truth := g.Person().Day(d)
		if !truth.Worn || truth.Manual.Steps == 0 && d < g.Today()-8 {
			continue
		}
		filter := civilFilter("steps.interval.civil_start_time", d, d+1)
		family := func(name string) []string {
			return []string{"filter", filter, "pageSize", "10000", "dataSourceFamily", "users/me/dataSourceFamilies/" + name}
		}
		all := stepSum(t, g.walk("steps", "list", "filter", filter, "pageSize", "10000"))
		merged := stepSum(t, g.walk("steps", "reconcile", "filter", filter, "pageSize", "10000"))
		if want := float64(truth.Steps + truth.Manual.Steps); merged != want || all <= want {
			t.Errorf("%v: list %v, merged %v, want %v", d, all, merged, want)
		}
		if truth.Manual.Steps > 0 {
			typed++
		}
		if worn := stepSum(t, g.walk("steps", "reconcile", family("google-wearables")...)); worn != float64(truth.Steps) {
			t.Errorf("%v: wearables %v, want %d", d, worn, truth.Steps)
		}
		if listed := stepSum(t, g.walk("steps", "list", family("google-wearables")...)); listed != float64(truth.Steps) {
			t.Errorf("%v: list of wearables %v, want %d", d, listed, truth.Steps)
		}
		if own := g.walk("steps", "list", family("self-sources")...); len(own) != 0 {
			t.Errorf("%v: %d points of our own", d, len(own))
		}
	}
	if typed == 0 {
		t.Error("no day with an activity typed in")
	}
}

// TestGoogleFamilies is rule 14.
func TestGoogleFamilies(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 90 })
	const prefix, reason = "users/me/dataSourceFamilies/", "INVALID_DATA_POINT_DATA_SOURCE_FAMILY"
	for _, bad := range []string{"all-sources", "google-wearables", prefix + "apple", "users/1/dataSourceFamilies/all-sources"} {
		g.get(dataPath("steps", "list", "dataSourceFamily", bad)).refused(t, bad, 400, "INVALID_ARGUMENT", reason)
		body := strings.Replace(oneDay, "{", `{"dataSourceFamily":"`+bad+`",`, 1)
		g.postJSON(dataPath("steps", "dailyRollUp"), body).refused(t, bad, 400, "INVALID_ARGUMENT", reason)
	}
	for _, kind := range []string{"sleep", "food", "food-measurement-unit"} {
		g.get(dataPath(kind, "list", "dataSourceFamily", prefix+"all-sources")).refused(t, kind, 400, "INVALID_ARGUMENT", reason)
	}
	count := func(kind, verb, family string) int {
		return len(g.walk(kind, verb, "pageSize", "10000", "dataSourceFamily", prefix+family))
	}
	if n := count("sleep", "reconcile", "google-wearables"); n == 0 || n > count("sleep", "reconcile", "all-sources") {
		t.Errorf("sleep of wearables: %d", n)
	}
	all, first, worn := count("weight", "list", "all-sources"), count("weight", "list", "google-sources"), count("weight", "list", "google-wearables")
	if all <= first || first <= worn || worn == 0 || count("weight", "list", "self-sources") != 0 {
		t.Errorf("weights: %d of all, %d of Google's, %d of wearables", all, first, worn)
	}
	if body := g.ok(dataPath("heart-rate", "list", "dataSourceFamily", prefix+"self-sources", "filter", `heart_rate.sample_time.civil_time >= "2025-11-01"`)); body != "{}" {
		t.Errorf("nothing of our own: %s", body)
	}
}

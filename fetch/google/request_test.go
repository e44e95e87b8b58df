package google_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

func TestAQuestionBecomesARequest(t *testing.T) {
	berlin := zones(t, "Europe/Berlin")
	autumn := span(t, "2025-10-26", "2025-10-27") // of 25 hours
	with := func(a catalog.Ask, change func(*catalog.Ask)) catalog.Ask { change(&a); return a }
	ecg := with(list(catalog.List, "electrocardiogram", "interval.start_time", "interval.startTime"), func(a *catalog.Ask) { a.OpenEnd = true })
	points := "/v4/users/me/dataTypes/%s/dataPoints%s"
	for _, tt := range []struct {
		name   string
		q      fetch.Question
		method string
		path   string // unescaped; "" where the record is
		body   string
		record string // Answer.Path, unescaped
	}{
		{"a resource", fetch.Question{Ask: catalog.Ask{Path: "/v4/users/me/settings"}}, "GET", "/v4/users/me/settings", "", "/v4/users/me/settings"},
		{"devices", fetch.Question{Ask: catalog.Ask{Path: "/v4/users/me/pairedDevices", PageSize: 100}, Token: "t-2"}, "GET",
			"/v4/users/me/pairedDevices?pageSize=100&pageToken=t-2", "", ""},
		{"an interval", fetch.Question{Ask: list(catalog.Reconcile, "active-zone-minutes", "interval.civil_start_time", ""), Span: autumn, Zones: berlin}, "GET",
			fmt.Sprintf(points, "active-zone-minutes", `:reconcile?filter=active_zone_minutes.interval.civil_start_time >= "2025-10-26" AND active_zone_minutes.interval.civil_start_time < "2025-10-27"&pageSize=10000`), "", ""},
		{"a sample", fetch.Question{Ask: list(catalog.List, "heart-rate", "sample_time.civil_time", ""), Span: autumn, Zones: berlin, Token: "a/b+c"}, "GET",
			fmt.Sprintf(points, "heart-rate", `?filter=heart_rate.sample_time.civil_time >= "2025-10-26" AND heart_rate.sample_time.civil_time < "2025-10-27"&pageSize=10000&pageToken=a/b+c`), "", ""},
		{"a sleep", fetch.Question{Ask: with(list(catalog.List, "sleep", "interval.civil_end_time", ""), func(a *catalog.Ask) { a.PageSize = 25 }), Span: autumn, Zones: berlin}, "GET",
			fmt.Sprintf(points, "sleep", `?filter=sleep.interval.civil_end_time >= "2025-10-26" AND sleep.interval.civil_end_time < "2025-10-27"&pageSize=25`), "", ""},
		{"a date", fetch.Question{Ask: list(catalog.Reconcile, "daily-vo2-max", "date", ""), Span: autumn, Zones: berlin, Page: 500}, "GET",
			fmt.Sprintf(points, "daily-vo2-max", `:reconcile?filter=daily_vo2_max.date >= "2025-10-26" AND daily_vo2_max.date < "2025-10-27"&pageSize=500`), "", ""},
		{"an ECG", fetch.Question{Ask: ecg, Span: autumn, Zones: berlin}, "GET",
			fmt.Sprintf(points, "electrocardiogram", `?filter=electrocardiogram.interval.start_time >= "2025-10-25T22:00:00Z"&pageSize=10000`), "", ""},
		{"instants", fetch.Question{Ask: list(catalog.List, "steps", "interval.start_time", ""), Span: autumn, Zones: berlin}, "GET",
			fmt.Sprintf(points, "steps", `?filter=steps.interval.start_time >= "2025-10-25T22:00:00Z" AND steps.interval.start_time < "2025-10-26T23:00:00Z"&pageSize=10000`), "", ""},
		{"what has no range", fetch.Question{Ask: list(catalog.List, "food", "", ""), Span: autumn}, "GET", fmt.Sprintf(points, "food", "?pageSize=10000"), "", ""},
		{"a track", fetch.Question{Ask: catalog.Ask{Path: "/v4/users/me/dataTypes/exercise/dataPoints/{id}:exportExerciseTcx"}, ID: "70/1"}, "GET",
			"/v4/users/me/dataTypes/exercise/dataPoints/70/1:exportExerciseTcx?alt=media", "", ""},
		{"windows", fetch.Question{Ask: rolled(catalog.RollUp, "heart-rate"), Span: autumn, Zones: berlin, Page: 500}, "POST", fmt.Sprintf(points, "heart-rate", ":rollUp"),
			`{"range":{"startTime":"2025-10-25T22:00:00Z","endTime":"2025-10-26T23:00:00Z"},"windowSize":"60s"}`,
			fmt.Sprintf(points, "heart-rate", ":rollUp#range=2025-10-25T22:00:00Z/2025-10-26T23:00:00Z&window=60s")},
		{"days", fetch.Question{Ask: rolled(catalog.DailyRollUp, "steps"), Span: span(t, "2025-09-30", "2026-01-01"), Token: "p 2"}, "POST", fmt.Sprintf(points, "steps", ":dailyRollUp"),
			`{"range":{"start":{"date":{"year":2025,"month":9,"day":30}},"end":{"date":{"year":2026,"month":1,"day":1}}},"windowSizeDays":1,"pageToken":"p 2"}`,
			fmt.Sprintf(points, "steps", ":dailyRollUp#range=2025-09-30/2026-01-01&window=1d&pageToken=p 2")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := &answering{status: 200, body: "{}", header: http.Header{"Date": {"now"}, "Set-Cookie": {"session=1"}, "Retry-After": {"3"}}}
			got, err := newProvider(a).Get(t.Context(), "my-access", tt.q)
			if err != nil {
				t.Fatal(err)
			}
			if tt.record == "" {
				tt.record = tt.path
			}
			sent := mustParse(t, a.seen.URL.String())
			path := sent.Path
			if q := sent.Query(); len(q) > 0 {
				var parts []string
				for _, k := range []string{"alt", "filter", "pageSize", "pageToken"} {
					if q.Has(k) {
						parts = append(parts, k+"="+q.Get(k))
					}
				}
				path += "?" + strings.Join(parts, "&")
			}
			if a.seen.Method != tt.method || path != tt.path || a.sent != tt.body {
				t.Errorf("asked %s %s\n%s\nwant %s %s\n%s", a.seen.Method, path, a.sent, tt.method, tt.path, tt.body)
			}
			if tt.q.ID != "" && !strings.Contains(a.seen.URL.EscapedPath(), "/70%2F1:") {
				t.Errorf("the id is not one segment: %s", a.seen.URL)
			}
			record := mustParse(t, got.Path)
			text := record.Path
			if strings.Contains(got.Path, "#") {
				text += "#" + strings.ReplaceAll(record.Fragment, "+", " ")
			} else {
				text = path
			}
			if text != tt.record || got.Method != tt.method {
				t.Errorf("on record %s, want %s", text, tt.record)
			}
			if kind := a.seen.Header.Get("Content-Type"); (kind == "application/json") != (tt.method == "POST") {
				t.Errorf("Content-Type %q", kind)
			}
			if a.seen.Header.Get("Authorization") != "Bearer my-access" || a.seen.Header.Get("User-Agent") != "fitvault/test" || a.seen.URL.Host != "health.example" {
				t.Errorf("asked %s with %v", a.seen.URL, a.seen.Header)
			}
			if h := got.Header; len(h) != 3 || h["Date"] != "now" || h["Retry-After"] != "3" || h["Content-Type"] == "" {
				t.Errorf("kept headers %v", h)
			}
		})
	}
}

func TestAQuestionThatCannotBeAsked(t *testing.T) {
	for name, ask := range map[string]catalog.Ask{
		"a track of nothing":      {Path: "/v4/users/me/dataTypes/exercise/dataPoints/{id}:exportExerciseTcx"},
		"windows of no length":    {Op: catalog.RollUp, Path: "/v4/users/me/dataTypes/steps/dataPoints"},
		"a query that is no such": {Path: "/v4/users/me/settings?%zz"},
	} {
		a := &answering{status: 200, body: "{}"}
		_, err := newProvider(a).Get(t.Context(), "my-access", fetch.Question{Ask: ask})
		if err == nil || !strings.Contains(err.Error(), "/v4/users/me") || a.seen != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPace(t *testing.T) {
	if p := newProvider(nil).Pace(); p != (fetch.Pace{Rate: 2.5, Burst: 5, InFlight: 4}) {
		t.Errorf("%+v", p)
	}
}

// offered is what the emulated service answers, beside the operations on data types.
var (
	intervals = strings.Fields("steps distance altitude active-energy-burned basal-energy-burned active-minutes active-zone-minutes activity-level " +
		"sedentary-period time-in-heart-rate-zone swim-lengths-data")
	samples = strings.Fields("vo2-max run-vo2-max heart-rate heart-rate-variability oxygen-saturation respiratory-rate-sleep-summary core-body-temperature " +
		"blood-glucose weight body-fat height")
	dates = strings.Fields("daily-vo2-max daily-resting-heart-rate daily-heart-rate-variability daily-heart-rate-zones daily-oxygen-saturation " +
		"daily-respiratory-rate daily-sleep-temperature-derivations")
	sessions = strings.Fields("exercise hydration-log nutrition-log")
	rollable = strings.Fields("steps distance floors altitude active-energy-burned total-calories calories-in-heart-rate-zone active-minutes active-zone-minutes " +
		"sedentary-period time-in-heart-rate-zone swim-lengths-data run-vo2-max heart-rate core-body-temperature blood-glucose weight body-fat hydration-log nutrition-log")
)

// everything is an ask for each operation that section 6.1 allows.
func everything() []catalog.Ask {
	var out []catalog.Ask
	add := func(ids []string, member, key string) {
		for _, id := range ids {
			out = append(out, list(catalog.List, id, member, key), list(catalog.Reconcile, id, member, key))
		}
	}
	add(intervals, "interval.civil_start_time", "interval.startTime")
	add(intervals, "interval.start_time", "interval.startTime")
	add(samples, "sample_time.civil_time", "sampleTime.physicalTime")
	add(samples, "sample_time.physical_time", "sampleTime.physicalTime")
	add(dates, "date", "date")
	add(sessions, "interval.civil_start_time", "interval.startTime")
	add([]string{"sleep"}, "interval.civil_end_time", "interval.endTime")
	ecg := list(catalog.List, "electrocardiogram", "interval.start_time", "interval.startTime")
	ecg.OpenEnd = true
	out = append(out, ecg, list(catalog.Reconcile, "floors", "interval.civil_start_time", "interval.startTime"),
		list(catalog.List, "irregular-rhythm-notification", "interval.civil_start_time", "interval.startTime"),
		list(catalog.List, "food", "", ""), list(catalog.List, "food-measurement-unit", "", ""))
	for _, id := range rollable {
		window := rolled(catalog.RollUp, id)
		window.Every = time.Hour
		out = append(out, window, rolled(catalog.DailyRollUp, id))
	}
	for _, name := range []string{"identity", "profile", "settings", "irnProfile"} {
		out = append(out, catalog.Ask{Path: "/v4/users/me/" + name})
	}
	return append(out, catalog.Ask{Path: "/v4/users/me/pairedDevices", Root: "pairedDevices", PageSize: 100})
}

// Every operation on every type is a question that the service takes, over a week with a
// change of the clock; what comes lies on the days asked for.
func TestEveryOperationOnEveryType(t *testing.T) {
	b := start(t)
	week := span(t, "2025-10-22", "2025-10-29")
	held := map[catalog.Op]int{}
	for _, ask := range everything() {
		_, c := b.ask(fetch.Question{Ask: ask, Span: week, Zones: b.zones})
		if c.Count > 0 {
			held[ask.Op]++
		}
		for _, d := range c.Days {
			if !week.Holds(d) && !ask.OpenEnd {
				t.Errorf("%s %s: a day outside the window: %s", ask.Op, ask.Path, d)
			}
		}
	}
	if held[catalog.List] < 35 || held[catalog.Reconcile] < 35 || held[catalog.RollUp] < 12 || held[catalog.DailyRollUp] < 12 || held[catalog.Get] != 5 {
		t.Errorf("answers that held something: %v", held)
	}
	b.checkManners()
}

// The table's own rows are as legal.
func TestTheCatalogueAsksWhatIsOffered(t *testing.T) {
	b := start(t)
	for _, typ := range catalog.Asked(catalog.Google) {
		if typ.Google.Each != "" {
			continue // has a test of its own
		}
		b.ask(fetch.Question{Ask: typ.Google.Ask, Span: span(t, "2025-10-25", "2025-10-28"), Zones: b.zones})
	}
	b.checkManners()
}

// walk follows the pages of a window, at most so many.
func (b *bench) walk(q fetch.Question) (count int, pages []int) {
	b.t.Helper()
	for len(pages) < 100 {
		_, c := b.ask(q)
		count += c.Count
		pages = append(pages, c.Count)
		if c.Next == "" {
			return count, pages
		}
		q.Token = c.Next
	}
	b.t.Fatalf("%s: no end after %d pages", q.Ask.Path, len(pages))
	return 0, nil
}

// However the service cuts its pages, the walk finds the same.
func TestWalks(t *testing.T) {
	b := start(t)
	q := steps(t)
	beats := q
	beats.Span = span(t, "2025-10-26", "2025-10-27")
	beats.Ask = list(catalog.List, "heart-rate", "sample_time.civil_time", "sampleTime.physicalTime")
	whole, _ := b.walk(q)
	all, pages := b.walk(beats)
	if whole < 300 || all < 10_000 || len(pages) < 2 {
		t.Fatalf("%d minutes, %d samples in %v", whole, all, pages)
	}
	for name, set := range map[string]func(*emulator.Modes){
		"an empty first page":  func(m *emulator.Modes) { m.GoogleEmptyFirst = true },
		"an empty last token":  func(m *emulator.Modes) { m.GoogleEmptyToken = true },
		"5,000 points a page":  func(m *emulator.Modes) { m.GooglePageCap = 5000 },
		"oldest first":         func(m *emulator.Modes) { m.GoogleAscending = true },
		"all of it, and small": func(m *emulator.Modes) { m.GoogleEmptyFirst, m.GoogleEmptyToken, m.GooglePageCap = true, true, 400 },
	} {
		t.Run(name, func(t *testing.T) {
			b.t = t
			b.emu.Set(set)
			defer b.emu.Set(func(m *emulator.Modes) { *m = emulator.Modes{} })
			if n, pages := b.walk(q); n != whole {
				t.Errorf("%d minutes in %v, want %d", n, pages, whole)
			}
			if n, pages := b.walk(beats); n != all {
				t.Errorf("%d samples in %d pages, want %d", n, len(pages), all)
			}
		})
	}
	b.checkManners()
}

// Rollups have pages too, whose size is the service's.
func TestAWalkThroughWindows(t *testing.T) {
	b := start(t)
	q := fetch.Question{Ask: rolled(catalog.RollUp, "heart-rate"), Span: span(t, "2025-10-20", "2025-10-27"), Zones: b.zones}
	a, c := b.ask(q)
	n, pages := b.walk(q)
	if c.Next == "" || len(pages) < 5 || n > 7*24*60+60 || n < 6*1440 {
		t.Errorf("%d windows in %v", n, pages)
	}
	q.Token = c.Next
	if next, _ := b.ask(q); next.Path == a.Path || !strings.HasPrefix(next.Path, a.Path) {
		t.Errorf("pages on record as %s and %s", a.Path, next.Path)
	}
	b.checkManners()
}

// The civil day of the clock change has 25 hours, and 23 in spring: as many as there are
// hours are in the window, whichever way it is asked.
func TestDaysOfTheClockChange(t *testing.T) {
	b := start(t)
	for _, tt := range []struct {
		from, to string
		hours    int
	}{{"2025-10-25", "2025-10-26", 24}, {"2025-10-26", "2025-10-27", 25}, {"2025-03-30", "2025-03-31", 23}} {
		q := fetch.Question{Ask: list(catalog.Reconcile, "heart-rate", "sample_time.civil_time", "sampleTime.physicalTime"), Span: span(t, tt.from, tt.to), Zones: b.zones}
		civil, _ := b.walk(q)
		q.Ask = list(catalog.Reconcile, "heart-rate", "sample_time.physical_time", "sampleTime.physicalTime")
		physical, _ := b.walk(q)
		if civil != physical || civil == 0 {
			t.Errorf("%s: %d samples by the wall clock, %d by instants", tt.from, civil, physical)
		}
		q.Ask = rolled(catalog.RollUp, "steps")
		q.Ask.Every = time.Hour
		if _, c := b.ask(q); c.Count < tt.hours-8 || c.Count > tt.hours || len(c.Days) != 1 || c.Days[0] != q.Span.From {
			t.Errorf("%s: %d windows of %v, the day has %d hours", tt.from, c.Count, c.Days, tt.hours)
		}
		q.Ask = rolled(catalog.DailyRollUp, "steps")
		if _, c := b.ask(q); c.Count != 1 || len(c.Days) != 1 || c.Days[0] != q.Span.From {
			t.Errorf("%s: days %v", tt.from, c.Days)
		}
	}
	b.emu.Set(func(m *emulator.Modes) { m.GoogleEndInclusive = true })
	q := fetch.Question{Ask: rolled(catalog.DailyRollUp, "steps"), Span: span(t, "2025-10-26", "2025-10-27")}
	if _, c := b.ask(q); len(c.Days) != 2 {
		t.Errorf("with an end that belongs to the range: days %v", c.Days)
	}
	b.checkManners()
}

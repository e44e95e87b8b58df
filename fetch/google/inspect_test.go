package google_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

func TestInspectSamples(t *testing.T) {
	interval := func(id string) catalog.Ask {
		return list(catalog.List, id, "interval.civil_start_time", "interval.startTime")
	}
	point := func(id string) catalog.Ask {
		return list(catalog.List, id, "sample_time.civil_time", "sampleTime.physicalTime")
	}
	date := func(id string) catalog.Ask { return list(catalog.List, id, "date", "date") }
	sleep := list(catalog.List, "sleep", "interval.civil_end_time", "interval.endTime")
	devices := catalog.Ask{Path: "/v4/users/me/pairedDevices", Root: "pairedDevices"}
	resource := catalog.Ask{Path: "/v4/users/me/settings"}
	track := catalog.Ask{Path: "/v4/users/me/dataTypes/exercise/dataPoints/{id}:exportExerciseTcx"}
	for _, tt := range []struct {
		file string
		ask  catalog.Ask
		want string
	}{
		{"list-steps-page1", interval("steps"), "3 of 2026-03-03, 1h0m0s from 2026-03-03T09:00, then tok-steps-2"},
		{"list-steps-page2-true-zero", interval("steps"), "2 of 2026-03-03, 1h0m0s from 2026-03-03T08:59"},
		{"list-empty-first-page", interval("steps"), "0, then tok-steps-1b"},
		{"list-no-data", interval("steps"), "0"},
		{"reconcile-steps", interval("steps"), "3 of 2026-03-03, 1h0m0s from 2026-03-03T09:00"},
		{"list-heart-rate", point("heart-rate"), "3 of 2026-03-03, 1h0m0s from 2026-03-03T09:00"},
		{"list-weight", point("weight"), "1 of 2026-03-03, 1h0m0s from 2026-03-03T06:15"},
		{"list-daily-heart-rate-variability", date("daily-heart-rate-variability"), "1 of 2026-03-03"},
		{"list-daily-heart-rate-zones", date("daily-heart-rate-zones"), "1 of 2026-03-03"},
		{"list-daily-oxygen-saturation", date("daily-oxygen-saturation"), "1 of 2026-03-03"},
		{"list-daily-resting-heart-rate", date("daily-resting-heart-rate"), "2 of 2026-03-02 2026-03-03"},
		{"list-daily-sleep-temperature-derivations-nan", date("daily-sleep-temperature-derivations"), "1 of 2026-03-03"},
		{"list-sleep", sleep, "2 of 2026-03-03, 1h0m0s from 2026-03-03T05:30"},
		{"list-exercise", interval("exercise"), "1 of 2026-03-03, 1h0m0s from 2026-03-03T16:00"},
		{"list-hydration-log", interval("hydration-log"), "1 of 2026-03-03, 1h0m0s from 2026-03-03T10:00"},
		{"list-nutrition-log", interval("nutrition-log"), "1 of 2026-03-03, 1h0m0s from 2026-03-03T07:00"},
		{"list-electrocardiogram", interval("electrocardiogram"), "1 of 2026-03-03"},
		{"rollup-heart-rate-response", rolled(catalog.RollUp, "heart-rate"), "3 of 2026-03-03"},
		{"rollup-steps-true-zero-response", rolled(catalog.RollUp, "steps"), "2 of 2026-03-03"},
		{"daily-rollup-steps-response", rolled(catalog.DailyRollUp, "steps"), "2 of 2026-03-01 2026-03-02"},
		{"daily-rollup-total-calories-response", rolled(catalog.DailyRollUp, "total-calories"), "2 of 2026-03-01 2026-03-02"},
		{"daily-rollup-active-zone-minutes-response", rolled(catalog.DailyRollUp, "active-zone-minutes"), "1 of 2026-03-01"},
		{"daily-rollup-active-minutes-response", rolled(catalog.DailyRollUp, "active-minutes"), "1 of 2026-03-01"},
		{"paired-devices-list", devices, "2"},
		{"profile", resource, "1"},
		{"settings", resource, "1"},
		{"identity", resource, "1"},
		{"irn-profile", resource, "1"},
		{"export-exercise-tcx-json-form", track, "1"},
		{"list-steps-page1", interval("distance"), "of another shape"},
		{"error-400-time-range", interval("steps"), "of another shape"},
		{"error-403-scope", resource, "of another shape"},
		{"error-429-rate-limit", track, "of another shape"},
		{"oauth-error-invalid-grant", devices, "of another shape"},
	} {
		q := fetch.Question{Ask: tt.ask, Zones: zones(t, "Europe/Berlin")}
		c, err := newProvider(nil).Inspect(q, []byte(sample(t, tt.file+".json")))
		if got := describe(c, err); got != tt.want {
			t.Errorf("%s: %q, want %q (%v)", tt.file, got, tt.want, err)
		}
	}
}

// Every listable and every rollable type, by its own spellings.
func TestInspectEveryType(t *testing.T) {
	for _, f := range []struct {
		file  string
		types int
		ask   func(id string, item map[string]json.RawMessage) catalog.Ask
	}{
		{"list-one-point-per-type.json", 36, func(id string, item map[string]json.RawMessage) catalog.Ask {
			var value map[string]json.RawMessage
			for name, raw := range item {
				if name != "name" && name != "dataSource" && json.Unmarshal(raw, &value) != nil {
					t.Errorf("%s: %s", id, raw)
				}
			}
			switch {
			case value["sampleTime"] != nil:
				return list(catalog.List, id, "", "sampleTime.physicalTime")
			case value["interval"] != nil:
				return list(catalog.List, id, "", "interval.endTime")
			case value["date"] != nil:
				return list(catalog.List, id, "", "date")
			}
			return list(catalog.List, id, "", "")
		}},
		{"rollup-one-window-per-type.json", 20, func(id string, _ map[string]json.RawMessage) catalog.Ask { return rolled(catalog.RollUp, id) }},
	} {
		var bodies map[string]json.RawMessage
		if err := json.Unmarshal([]byte(sample(t, f.file)), &bodies); err != nil {
			t.Fatal(err)
		}
		for key, body := range bodies {
			var page map[string][]map[string]json.RawMessage
			if err := json.Unmarshal(body, &page); err != nil {
				t.Fatalf("%s: %v", key, err)
			}
			var item map[string]json.RawMessage
			for _, items := range page {
				item = items[0]
			}
			ask := f.ask(key, item)
			c, err := newProvider(nil).Inspect(fetch.Question{Ask: ask}, body)
			if err != nil || c.Count != 1 || (len(c.Days) == 1) != (ask.DateKey != "") {
				t.Errorf("%s: %+v, %v", key, c, err)
			}
		}
		if len(bodies) != f.types {
			t.Errorf("%s: %d types", f.file, len(bodies))
		}
	}
}

func TestInspectVariants(t *testing.T) {
	rooted, resource := list(catalog.List, "steps", "", "interval.startTime"), catalog.Ask{Path: "/v4/users/me/settings"}
	samples, days := list(catalog.List, "weight", "", "sampleTime.physicalTime"), list(catalog.List, "weight", "", "date")
	sleep, food := list(catalog.List, "sleep", "", "interval.endTime"), list(catalog.List, "food", "", "")
	sums, dailySums := rolled(catalog.RollUp, "steps"), rolled(catalog.DailyRollUp, "steps")
	odd := rooted
	odd.DateKey = "createTime"
	at := func(times ...string) string { // newest first, each with its offset
		var items []string
		for _, s := range times {
			instant, offset, _ := strings.Cut(s, " ")
			items = append(items, `{"weight":{"sampleTime":{"physicalTime":"`+instant+`","utcOffset":"`+offset+`"}}}`)
		}
		return `{"dataPoints":[` + strings.Join(items, ",") + `]}`
	}
	for _, tt := range []struct {
		ask  catalog.Ask
		body string
		want string
	}{
		{rooted, `{}`, "0"},
		{rooted, ` { } `, "0"},
		{rooted, `{"dataPoints":[]}`, "0"},
		{rooted, `{"dataPoints":null}`, "0"},
		{rooted, `{"nextPageToken":""}`, "0"},
		{rooted, `{"dataPoints":[],"nextPageToken":"a"}`, "0, then a"},
		{rooted, `{"dataPoints":[],"nextPageToken":"a\u003d\/b"}`, "0, then a=/b"},
		{rooted, `{"dataPoints":[],"nextPageToken":null,"totalSize":0,"error":null}`, "0"},
		{resource, `{}`, "0"},
		{resource, `{"timeZone":"Europe/Berlin"}`, "1"},
		{food, `{"dataPoints":[{"food":{"displayName":"x"},"name":"y"}]}`, "1"},

		{rooted, ``, "garbled"},
		{rooted, html, "garbled"},
		{rooted, `{"dataPoints":[{"steps":{"interval":{"startTime":"2026-`, "garbled"},
		{rooted, `{} {}`, "garbled"},
		{resource, `<`, "garbled"},

		{rooted, `null`, "of another shape"},
		{rooted, `[]`, "of another shape"},
		{rooted, `17`, "of another shape"},
		{resource, `"ok"`, "of another shape"},
		{rooted, `{"rollupDataPoints":[]}`, "of another shape"},
		{rooted, `{"nextPageToken":"a","points":[]}`, "of another shape"},
		{rooted, `{"dataPoints":{}}`, "of another shape"},
		{rooted, `{"dataPoints":"none"}`, "of another shape"},
		{rooted, `{"dataPoints":[],"nextPageToken":7}`, "of another shape"},
		{rooted, `{"dataPoints":[],"error":{"code":500,"status":"INTERNAL"}}`, "of another shape"},
		{rooted, `{"error":"odd"}`, "of another shape"},
		{rooted, `{"dataPoints":[1]}`, "of another shape"},
		{rooted, `{"dataPoints":[null]}`, "of another shape"},
		{rooted, `{"dataPoints":[{}]}`, "of another shape"},
		{rooted, `{"dataPoints":[{"name":"x"}]}`, "of another shape"},
		{rooted, `{"dataPoints":[{"Steps":{"interval":{"startTime":"2026-03-03T09:00:00Z"}}}]}`, "of another shape"},
		{rooted, `{"dataPoints":[{"steps":7}]}`, "of another shape"},
		{rooted, `{"dataPoints":[{"steps":null}]}`, "of another shape"},
		{rooted, `{"dataPoints":[{"steps":{}}]}`, "of another shape"},
		{rooted, `{"dataPoints":[{"steps":{"interval":{"startTime":"today"}}}]}`, "of another shape"},
		{rooted, `{"dataPoints":[{"steps":{"interval":{"startTime":"2026-03-03T09:00:00Z","startUtcOffset":"1h"}}}]}`, "of another shape"},
		{rooted, `{"dataPoints":[{"steps":{"interval":{"startTime":"2026-03-03T09:00:00Z","startUtcOffset":"NaNs"}}}]}`, "of another shape"},
		{rooted, `{"dataPoints":[{"steps":{"interval":{"startTime":"2026-03-03T09:00:00Z","startUtcOffset":"86400s"}}}]}`, "of another shape"},
		{odd, `{"dataPoints":[{"steps":{"createTime":"2026-03-03T09:00:00Z"}}]}`, "of another shape"},
		{days, `{"dataPoints":[{"weight":{}}]}`, "of another shape"},
		{days, `{"dataPoints":[{"weight":{"date":{"year":2026,"month":2,"day":30}}}]}`, "of another shape"},
		{days, `{"dataPoints":[{"weight":{"date":"2026-02-03"}}]}`, "of another shape"},
		{food, `{"dataPoints":[{"foods":{}}]}`, "of another shape"},
		{dailySums, `{"rollupDataPoints":[{"steps":{"countSum":"1"}}]}`, "of another shape"},
		{sums, `{"rollupDataPoints":[{"startTime":"2026-03-03T09:00:00Z","distance":{}}]}`, "of another shape"},

		{days, `{"dataPoints":[{"weight":{"date":{"year":2024,"month":2,"day":29}}}]}`, "1 of 2024-02-29"},
		{dailySums, `{"rollupDataPoints":[{"civilStartTime":{"date":{"year":2026,"month":3,"day":2}},"steps":{}}]}`, "1 of 2026-03-02"},
		// What tells no offset is dated by the zone, with an hour to go until midnight in UTC.
		{sums, `{"rollupDataPoints":[{"startTime":"2026-03-02T23:00:00Z","steps":{}},{"startTime":"2026-03-02T22:59:00Z","steps":{}}]}`, "2 of 2026-03-02 2026-03-03"},
		{rooted, `{"dataPoints":[{"steps":{"interval":{"startTime":"2026-03-02T23:30:00.5Z"}}}]}`, "1 of 2026-03-03"},
		// A night belongs to its end.
		{sleep, `{"dataPoints":[{"sleep":{"interval":{"startTime":"2026-03-02T21:30:00Z","startUtcOffset":"7200s","endTime":"2026-03-02T23:30:00Z","endUtcOffset":"3600s"}}}]}`,
			"1 of 2026-03-03, 1h0m0s from 2026-03-02T23:30"},
		// A journey: newest first, out of order, and there and back again.
		{samples, at("2026-03-04T12:00:00Z 32400s", "2026-03-04T01:00:00Z 32400s", "2026-03-03T12:00:00Z 3600s", "2026-03-03T09:00:00Z 3600s"),
			"4 of 2026-03-03 2026-03-04, 1h0m0s from 2026-03-03T09:00, 9h0m0s from 2026-03-04T01:00"},
		{samples, at("2026-03-03T12:00:00Z 3600s", "2026-03-05T01:00:00Z 3600s", "2026-03-04T09:00:00Z -34200.0s"),
			"3 of 2026-03-03 2026-03-05, 1h0m0s from 2026-03-03T12:00, -9h30m0s from 2026-03-04T09:00, 1h0m0s from 2026-03-05T01:00"},
	} {
		c, err := newProvider(nil).Inspect(fetch.Question{Ask: tt.ask, Zones: zones(t, "Europe/Berlin")}, []byte(tt.body))
		if got := describe(c, err); got != tt.want {
			t.Errorf("%s: %q, want %q (%v)", tt.body, got, tt.want, err)
		}
	}
}

func TestTracks(t *testing.T) {
	ask := catalog.Ask{Path: "/v4/users/me/dataTypes/exercise/dataPoints/{id}:exportExerciseTcx"}
	b := start(t)
	_, c := b.ask(fetch.Question{Ask: list(catalog.List, "exercise", "interval.civil_start_time", "interval.startTime"), Span: span(t, "2025-09-01", "2025-11-01"), Zones: b.zones})
	if c.Count == 0 {
		t.Fatal("there is no exercise")
	}
	body := b.exercises(t)
	seen := 0
	for _, id := range body {
		q := fetch.Question{Ask: ask, ID: id}
		a, c := b.ask(q)
		if c.Count != 1 || !strings.HasPrefix(string(a.Body), "<?xml") || !strings.Contains(a.Header["Content-Type"], "xml") || !strings.Contains(a.Path, id+":exportExerciseTcx?alt=media") {
			t.Errorf("%s: %+v %v", a.Path, c, a.Header)
		}
		seen++
		for cut, want := range map[string]string{
			string(a.Body[:len(a.Body)/2]): "garbled", "": "garbled", html: "garbled", `{}`: "of another shape", `{"tcxData":"none"}`: "of another shape",
			`[]`: "of another shape", " " + string(a.Body) + "\n": "1",
		} {
			if got := describe(b.Inspect(q, []byte(cut))); got != want {
				t.Errorf("%.40q: %q, want %q", cut, got, want)
			}
		}
	}
	if seen == 0 {
		t.Error("there is no track")
	}
	_, err := b.Get(t.Context(), b.access, fetch.Question{Ask: ask, ID: "999"})
	var api *fetch.APIError
	if !errors.As(err, &api) || api.Status != 404 || api.Code != "NOT_FOUND" || !api.Refused() || api.Temporary() {
		t.Errorf("a deleted exercise: %v", err)
	}
	b.checkManners()
}

// exercises returns the ids of two months.
func (b *bench) exercises(t *testing.T) (ids []string) {
	t.Helper()
	a, _ := b.ask(fetch.Question{Ask: list(catalog.List, "exercise", "interval.civil_start_time", "interval.startTime"), Span: span(t, "2025-10-01", "2025-11-01"), Zones: b.zones})
	var page struct{ DataPoints []struct{ Name string } }
	if err := json.Unmarshal(a.Body, &page); err != nil {
		t.Fatal(err)
	}
	for _, p := range page.DataPoints {
		ids = append(ids, p.Name[strings.LastIndexByte(p.Name, '/')+1:])
	}
	return ids[:min(len(ids), 5)]
}

func BenchmarkInspectHeartRate(b *testing.B) {
	s := start(b)
	q := fetch.Question{Ask: list(catalog.List, "heart-rate", "sample_time.civil_time", "sampleTime.physicalTime"), Span: span(b, "2025-10-20", "2025-10-21"), Zones: s.zones}
	a, c := s.ask(q)
	if c.Count != 10_000 {
		b.Fatalf("%d samples", c.Count)
	}
	b.SetBytes(int64(len(a.Body)))
	for b.Loop() {
		if _, err := s.Inspect(q, a.Body); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzInspect(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "emulator", "testdata", "google", "*.json"))
	if err != nil || len(files) < 40 {
		f.Fatalf("%d samples, %v", len(files), err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	p := newProvider(nil)
	berlin := zones(f, "Europe/Berlin")
	asks := []catalog.Ask{
		list(catalog.List, "steps", "", "interval.startTime"), list(catalog.List, "sleep", "", "interval.endTime"), list(catalog.List, "heart-rate", "", "sampleTime.physicalTime"),
		list(catalog.List, "daily-vo2-max", "", "date"), rolled(catalog.RollUp, "steps"), rolled(catalog.DailyRollUp, "steps"), {Root: "pairedDevices"}, {},
		{Path: "/{id}:exportExerciseTcx"},
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, ask := range asks {
			c, err := p.Inspect(fetch.Question{Ask: ask, Zones: berlin}, body)
			var shape *fetch.ShapeError
			switch {
			case err != nil && !errors.As(err, &shape):
				t.Errorf("error %T %v", err, err)
			case err != nil:
			case len(c.Days) > c.Count || len(c.Offsets) > c.Count || !slices.IsSorted(c.Days) || len(slices.Compact(slices.Clone(c.Days))) != len(c.Days):
				t.Errorf("%d elements of %v, %v", c.Count, c.Days, c.Offsets)
			case !slices.IsSortedFunc(c.Offsets, func(a, b fetch.Offset) int { return a.At.Compare(b.At) }):
				t.Errorf("offsets out of order: %v", c.Offsets)
			}
			for i, o := range c.Offsets {
				if o.Offset.Abs() >= 24*time.Hour || i > 0 && o.Offset == c.Offsets[i-1].Offset {
					t.Errorf("offsets %v", c.Offsets)
				}
			}
		}
	})
}

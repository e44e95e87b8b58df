package fitbit_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// list asks for a list under a root, whose elements have a date.
func list(root, dateKey string) catalog.Ask {
	return catalog.Ask{Path: "/x/{from}/{to}.json", Days: 30, Root: root, DateKey: dateKey}
}

// askOf returns the ask of a type of the catalogue.
func askOf(t testing.TB, name string) catalog.Ask {
	typ, ok := catalog.Lookup(name)
	if !ok {
		t.Fatalf("there is no type %s", name)
	}
	return typ.Fitbit.Ask
}

func snapshot(root string) catalog.Ask { return catalog.Ask{Path: "/x.json", Root: root} }

// samples says what every recorded answer with status 200 holds: elements and days.
func samples(t testing.TB) []struct {
	file string
	ask  catalog.Ask
	want string
} {
	return []struct {
		file string
		ask  catalog.Ask
		want string
	}{
		{"series_steps", askOf(t, "activity_daily.steps"), "4 of 2025-09-07..2025-09-10"},
		{"series_distance", askOf(t, "activity_daily.distance_m"), "4 of 2025-09-07..2025-09-10"},
		{"series_floors_empty", askOf(t, "activity_daily.floors"), "0"},
		{"series_calories_with_unworn_day", askOf(t, "activity_daily.calories_kcal"), "4 of 2025-09-07..2025-09-10"},
		{"series_minutesSedentary_with_unworn_day", askOf(t, "activity_daily.sedentary_min"), "4 of 2025-09-07..2025-09-10"},
		{"series_tracker_steps", askOf(t, "activity_tracker_daily.steps"), "4 of 2025-09-07..2025-09-10"},
		{"series_azm", askOf(t, "active_zone_minutes_daily"), "2 of 2025-09-07 2025-09-09"},
		{"series_heart", askOf(t, "heart_rate_daily"), "4 of 2025-09-06..2025-09-09"},
		{"series_body_bmi", askOf(t, "body_daily.bmi"), "4 of 2025-09-07..2025-09-10"},
		{"series_body_fat", askOf(t, "body_daily.fat_pct"), "4 of 2025-09-07..2025-09-10"},
		{"series_body_weight", askOf(t, "body_daily.weight_kg"), "4 of 2025-09-07..2025-09-10"},
		{"series_food_caloriesIn", askOf(t, "nutrition_daily.calories_kcal"), "4 of 2025-09-07..2025-09-10"},
		{"series_food_water", askOf(t, "hydration"), "4 of 2025-09-07..2025-09-10"},
		{"hrv_range", askOf(t, "hrv_daily"), "2 of 2025-09-07 2025-09-09"},
		{"hrv_intraday_range", askOf(t, "hrv"), "1 of 2025-09-09"},
		{"spo2_range", askOf(t, "spo2_daily"), "2 of 2025-09-07 2025-09-09"},
		{"spo2_range_empty", list("", "dateTime"), "0"},
		{"spo2_intraday_range", askOf(t, "spo2"), "1 of 2025-09-09"},
		{"spo2_single", list("", "dateTime"), "of another shape"},
		{"br_range", askOf(t, "breathing_rate_daily"), "2 of 2025-09-07 2025-09-09"},
		{"br_intraday_range", list("br", "dateTime"), "1 of 2025-09-09"},
		{"temp_skin_range", askOf(t, "skin_temperature_daily"), "2 of 2025-09-07 2025-09-09"},
		{"temp_core_range", askOf(t, "core_temperature"), "3 of 2025-09-08"},
		{"cardioscore_range", askOf(t, "cardio_fitness_daily"), "2 of 2025-09-07 2025-09-08"},
		{"sleep_range_1_2", askOf(t, "sleep"), "5 of 2025-09-06 2025-09-08 2025-09-09"},
		{"sleep_single_date_1_2", askOf(t, "sleep"), "2 of 2025-09-09"},
		{"sleep_dst_unknown_level", askOf(t, "sleep"), "1 of 2025-03-30"},
		{"sleep_list_page_1", askOf(t, "sleep"), "2 of 2025-09-09"},
		{"sleep_list_last_page", askOf(t, "sleep"), "1 of 2025-09-06"},
		{"sleep_empty", askOf(t, "sleep"), "0"},
		{"sleep_pending", askOf(t, "sleep"), "pending 3s"},
		{"sleep_goal", askOf(t, "sleep_goal"), "1"},
		{"activity_daily_summary", askOf(t, "activity_summary"), "1 of 2025-09-09"},
		{"activity_goals_daily", askOf(t, "activity_goal"), "1"},
		{"activity_goals_weekly", askOf(t, "activity_goal_weekly"), "1"},
		{"activity_list_page_1", askOf(t, "exercise"), "2 of 2021-05-02 2025-09-07"},
		{"activity_list_last_page", askOf(t, "exercise"), "1 of 2025-09-09"},
		{"activity_list_no_activities_key", askOf(t, "exercise"), "0"},
		{"activity_log_detail_1_1", snapshot("activityLog"), "1"},
		{"weight_log_range", askOf(t, "weight"), "3 of 2025-09-07 2025-09-09"},
		{"weight_log_range_en_GB", askOf(t, "weight"), "1 of 2025-09-07"},
		{"weight_log_range_en_US", askOf(t, "weight"), "1 of 2025-09-07"},
		{"weight_goal", askOf(t, "weight_goal"), "1"},
		{"fat_log_range", askOf(t, "body_fat"), "1 of 2025-09-07"},
		{"fat_goal", askOf(t, "body_fat_goal"), "1"},
		{"food_log_day", askOf(t, "nutrition_daily"), "1 of 2025-09-09"},
		{"food_log_empty", askOf(t, "nutrition_daily"), "0"},
		{"food_log_snake_case_variant", list("foods", "logDate"), "1 of 2025-09-09"},
		{"food_goal", askOf(t, "food_goal"), "1"},
		{"water_log_day", askOf(t, "hydration_log"), "2 of 2025-09-09"},
		{"water_goal", askOf(t, "water_goal"), "1"},
		{"ecg_list", askOf(t, "ecg"), "1 of 2025-08-28"},
		{"irn_profile", askOf(t, "irn_profile"), "1"},
		{"irn_alerts_list", askOf(t, "irn_alert"), "1 of 2025-08-12"},
		{"lifetime_stats", askOf(t, "lifetime"), "1"},
		{"profile", askOf(t, "profile"), "1"},
		{"devices", askOf(t, "device"), "2"},
		{"intraday_heart_1sec_excerpt", list("activities-heart", "dateTime"), "1 of 2025-09-09"},
		{"intraday_heart_no_access", list("activities-heart", "dateTime"), "1 of 2025-09-09"},
		{"intraday_heart_time_window_excerpt", list("activities-heart", "dateTime"), "1 of 2025-09-09"},
		{"intraday_steps_1min_excerpt", list("activities-steps", "dateTime"), "1 of 2025-09-09"},
		{"intraday_steps_missing_total_excerpt", list("activities-steps", "dateTime"), "0"},
		{"intraday_calories_1min_excerpt", list("activities-calories", "dateTime"), "1 of 2025-09-09"},
		{"intraday_distance_1min_excerpt", list("activities-distance", "dateTime"), "1 of 2025-09-09"},
		{"intraday_azm_minutes_form", list("activities-active-zone-minutes-intraday", "dateTime"), "1 of 2025-09-09"},
		{"intraday_azm_dataset_form", list("activities-active-zone-minutes", "dateTime"), "1 of 2025-09-09"},
		{"empty_object", askOf(t, "sleep"), "0"},
	}
}

func describe(c fetch.Contents, err error) string {
	var shape *fetch.ShapeError
	switch {
	case errors.As(err, &shape) && shape.Garbled:
		return "garbled"
	case errors.As(err, &shape):
		return "of another shape"
	case err != nil:
		return "unexpected error " + err.Error()
	case c.Pending > 0:
		return "pending " + c.Pending.String()
	case len(c.Days) == 0:
		return fmt.Sprint(c.Count)
	}
	var days []string
	for _, d := range c.Days {
		days = append(days, d.String())
	}
	if n := len(days); n > 2 && int(c.Days[n-1]-c.Days[0]) == n-1 {
		days = []string{days[0] + ".." + days[n-1]}
	}
	return fmt.Sprintf("%d of %s", c.Count, strings.Join(days, " "))
}

func TestInspectSamples(t *testing.T) {
	p := newProvider(nil)
	known, asked := map[string]bool{"oauth_token_response": true}, mustDay(t, "2025-09-09")
	for _, tt := range samples(t) {
		known[tt.file] = true
		c, err := p.Inspect(fetch.Question{Ask: tt.ask, Span: catalog.Span{From: asked, To: asked + 1}}, []byte(sample(t, tt.file)))
		if got := describe(c, err); got != tt.want {
			t.Errorf("%s: %q, want %q (%v)", tt.file, got, tt.want, err)
		}
	}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		if strings.HasPrefix(name, "error_") { // with status 200
			c, err := p.Inspect(fetch.Question{Ask: askOf(t, "sleep")}, []byte(sample(t, name)))
			if got := describe(c, err); got != "of another shape" {
				t.Errorf("%s: %q", name, got)
			}
		} else if !known[name] {
			t.Errorf("%s is not looked at", name)
		}
	}
}

func TestInspectEmptyVariants(t *testing.T) {
	rooted, bare, account := askOf(t, "sleep"), list("", "dateTime"), snapshot("goal")
	for _, tt := range []struct {
		ask  catalog.Ask
		body string
		want string
	}{
		{rooted, `{}`, "0"},
		{rooted, `[]`, "0"},
		{rooted, ` [ ] `, "0"},
		{rooted, `{"sleep":[]}`, "0"},
		{rooted, `{"sleep":null}`, "0"},
		{rooted, `{"success":true}`, "0"},
		{rooted, `{"pagination":{"next":""}}`, "0"},
		{rooted, `{"summary":{"totalSleepRecords":0}}`, "0"},
		{rooted, `{"meta":{"state":"done"}}`, "0"},
		{bare, `[]`, "0"},
		{bare, `{}`, "0"},
		{askOf(t, "device"), `[]`, "0"},
		{askOf(t, "profile"), `{}`, "0"},

		{rooted, `{"success":false}`, "of another shape"},
		{rooted, `{"result":{"rows":"none","code":7}}`, "of another shape"},
		{rooted, `{"sleep":{}}`, "of another shape"},
		{rooted, `{"sleep":"none"}`, "of another shape"},
		{rooted, `{"sleep":[1]}`, "of another shape"},
		{rooted, `{"sleep":[null]}`, "of another shape"},
		{rooted, `{"sleep":[{}]}`, "of another shape"},
		{rooted, `{"sleep":[{"dateOfSleep":7}]}`, "of another shape"},
		{rooted, `{"sleep":[{"dateOfSleep":"2026-13-01"}]}`, "of another shape"},
		{rooted, `{"sleep":[{"dateOfSleep":"today"}]}`, "of another shape"},
		{rooted, `{"error":{"code":403,"status":"PERMISSION_DENIED"}}`, "of another shape"},
		{rooted, `null`, "of another shape"},
		{rooted, `17`, "of another shape"},
		{rooted, `"ok"`, "of another shape"},
		{bare, `{"dateTime":"2026-11-22","value":{}}`, "of another shape"},
		{account, `{"other":{}}`, "of another shape"},
		{account, `{"goal":[]}`, "of another shape"},

		{rooted, ``, "garbled"},
		{rooted, `<!DOCTYPE html>`, "garbled"},
		{rooted, `{"sleep":[{"dateOfSleep":"2026-1`, "garbled"},
		{rooted, `{} {}`, "garbled"},

		{rooted, `{"sleep":[{"dateOfSleep":"2026-11-22"},{"dateOfSleep":"2026-11-20"},{"dateOfSleep":"2026-11-22"}]}`, "3 of 2026-11-20 2026-11-22"},
		{list("tempCore", "dateTime"), `{"tempCore":[{"dateTime":"2026-11-22T08:00:00"}]}`, "1 of 2026-11-22"},
		{list("water", ""), `{"water":[{},{}]}`, "2"},
		{account, `{"goal":{}}`, "1"},

		{rooted, `{"meta":{"state":"pending","retryDuration":3000}}`, "pending 3s"},
		{rooted, `{"meta":{"state":"pending","retryDuration":"1500"}}`, "pending 1.5s"},
		{rooted, `{"meta":{"state":"pending","retryDuration":1500.5}}`, "pending 1.5005s"},
		{rooted, `{"meta":{"state":"pending","retryDuration":-1}}`, "pending 3s"},
		{rooted, `{"meta":{"state":"pending","retryDuration":9223372036854775807}}`, "pending 1h0m0s"},
		{rooted, `{"meta":{"state":"pending"},"sleep":[]}`, "pending 3s"},
	} {
		c, err := newProvider(nil).Inspect(fetch.Question{Ask: tt.ask}, []byte(tt.body))
		if got := describe(c, err); got != tt.want {
			t.Errorf("%s: %q, want %q (%v)", tt.body, got, tt.want, err)
		}
	}
}

func FuzzInspect(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(tcxHead + tcxPoint + tcxTail))
	p, asked := newProvider(nil), mustDay(f, "2025-09-09")
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, ask := range []catalog.Ask{askOf(t, "sleep"), askOf(t, "weight"), askOf(t, "profile"), list("", "dateTime"), snapshot("goal"),
			askOf(t, "exercise"), askOf(t, "heart_rate"), askOf(t, "active_zone_minutes"), askOf(t, "activity_summary"), askOf(t, "gps")} {
			c, err := p.Inspect(fetch.Question{Ask: ask, Span: catalog.Span{From: asked, To: asked + 1}}, body)
			var shape *fetch.ShapeError
			switch {
			case judge(c, err) == noRight && ask.Op == catalog.Samples:
			case err != nil && !errors.As(err, &shape):
				t.Errorf("error %T %v", err, err)
			case err != nil:
			case c.Pending < 0 || c.Pending > time.Hour || c.Pending > 0 && c.Count > 0:
				t.Errorf("pending %v with %d elements", c.Pending, c.Count)
			case len(c.Days) > c.Count || !slices.IsSorted(c.Days) || len(slices.Compact(slices.Clone(c.Days))) != len(c.Days):
				t.Errorf("%d elements of %v", c.Count, c.Days)
			}
		}
	})
}

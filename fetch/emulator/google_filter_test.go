package emulator_test

import (
	"strings"
	"testing"

	"fitvault/fetch/emulator"
)

// TestGoogleFilterRefusals is rule 8, fault by fault.
func TestGoogleFilterRefusals(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 30 })
	const prefix = "INVALID_DATA_POINT_FILTER_"
	for _, tt := range []struct{ kind, filter, reason string }{
		{"steps", `steps.interval.start_time >= "2025-10-20T00:00:00Z"`, ""},
		{"steps", `steps.interval.start_time >= "2025-10-20T02:00:00.5+02:00" AND steps.interval.start_time < "2025-10-21T00:00:00Z"`, ""},
		{"steps", `steps.interval.civil_start_time >= "2025-10-20" AND steps.interval.civil_start_time < "2025-10-20T12:30:00"`, ""},
		{"steps", `steps.interval.start_time>="2025-10-20T00:00:00Z"AND steps.interval.start_time<"2025-10-21T00:00:00Z"`, ""},
		{"weight", `weight.sample_time.civil_time < "2025-10-20"`, ""},
		{"daily-resting-heart-rate", `daily_resting_heart_rate.date >= "2025-10-20"`, ""},
		{"sleep", `sleep.interval.end_time >= "2025-10-20T00:00:00Z"`, ""},
		{"electrocardiogram", `electrocardiogram.interval.start_time >= "2025-10-20T00:00:00Z"`, ""},

		{"steps", `steps.interval.start_time >= "2025-10-20T00:00:00Z`, prefix + "SYNTAX"},
		{"steps", `steps.interval.start_time ~ "2025"`, prefix + "SYNTAX"},
		{"steps", `steps.interval.start_time "2025-10-20T00:00:00Z"`, prefix + "MISSING_TOKEN"},
		{"steps", `"2025-10-20" < steps.interval.start_time`, prefix + "UNEXPECTED_TOKEN"},
		{"steps", `steps.interval.start_time >= "2025-10-20T00:00:00Z" "x"`, prefix + "UNEXPECTED_TOKEN"},
		{"steps", `steps.interval.start_time >= "2025-10-20T00:00:00Z" and steps.interval.start_time < "2025-10-21T00:00:00Z"`, prefix + "UNEXPECTED_TOKEN"},
		{"steps", `steps.interval.start_time >=`, prefix + "UNEXPECTED_END_OF_INPUT"},
		{"steps", `steps.interval.start_time >= "2025-10-20T00:00:00Z" AND`, prefix + "UNEXPECTED_END_OF_INPUT"},
		{"steps", `steps.interval.start_time >= "2025-10-20T00:00:00Z" OR steps.interval.start_time < "2025-10-01T00:00:00Z"`, prefix + "EXPRESSION_STRUCTURE"},
		{"steps", `(steps.interval.start_time >= "2025-10-20T00:00:00Z")`, prefix + "EXPRESSION_STRUCTURE"},
		{"steps", `NOT steps.interval.start_time >= "2025-10-20T00:00:00Z"`, prefix + "EXPRESSION_STRUCTURE"},
		{"steps", `steps.interval.start_time >= 2025-10-20T00:00:00Z`, prefix + "RESTRICTION_COMPARABLE"},
		{"steps", `steps.interval.start_time > "2025-10-20T00:00:00Z"`, prefix + "RESTRICTION_COMPARATOR"},
		{"steps", `steps.interval.start_time <= "2025-10-20T00:00:00Z"`, prefix + "RESTRICTION_COMPARATOR"},
		{"steps", `steps.interval.start_time = "2025-10-20T00:00:00Z"`, prefix + "RESTRICTION_COMPARATOR"},
		{"electrocardiogram", `electrocardiogram.interval.start_time < "2025-10-20T00:00:00Z"`, prefix + "RESTRICTION_COMPARATOR"},
		{"heart-rate", `heart-rate.sample_time.physical_time >= "2025-10-20T00:00:00Z"`, prefix + "DATA_TYPE_RESTRICTION"},
		{"heart-rate", `heartRate.sample_time.physical_time >= "2025-10-20T00:00:00Z"`, prefix + "DATA_TYPE_RESTRICTION"},
		{"steps", `distance.interval.start_time >= "2025-10-20T00:00:00Z"`, prefix + "COLLECTION_MISMATCH"},
		{"steps", `steps.interval.end_time >= "2025-10-20T00:00:00Z"`, prefix + "DATA_TYPE_MEMBER"},
		{"steps", `steps.interval.startTime >= "2025-10-20T00:00:00Z"`, prefix + "DATA_TYPE_MEMBER"},
		{"weight", `weight.interval.start_time >= "2025-10-20T00:00:00Z"`, prefix + "DATA_TYPE_MEMBER"},
		{"sleep", `sleep.interval.start_time >= "2025-10-20T00:00:00Z"`, prefix + "DATA_TYPE_MEMBER"},
		{"sleep", `sleep.interval.civil_start_time >= "2025-10-20"`, prefix + "DATA_TYPE_MEMBER"},
		{"exercise", `exercise.interval.start_time >= "2025-10-20T00:00:00Z"`, prefix + "DATA_TYPE_MEMBER"},
		{"nutrition-log", `nutrition_log.sample_time.civil_time >= "2025-10-20"`, prefix + "DATA_TYPE_MEMBER"},
		{"daily-resting-heart-rate", `daily_resting_heart_rate.interval.date >= "2025-10-20"`, prefix + "DATA_TYPE_MEMBER"},
		{"food", `food.display_name >= "2025-10-20"`, prefix + "DATA_TYPE_MEMBER"},
		{"steps", `steps.interval.start_time >= "2025-10-20T00:00:00Z" AND steps.interval.civil_start_time < "2025-10-21"`, prefix + "MIXED_TIME_RESTRICTIONS"},
		{"steps", `steps.interval.civil_start_time >= "2025-10-20T00:00:00Z"`, prefix + "CIVIL_DATE_TIME_FORMAT"},
		{"sleep", `sleep.interval.civil_end_time >= "2025-10-20T00:00:00+02:00"`, prefix + "CIVIL_DATE_TIME_FORMAT"},
		{"steps", `steps.interval.start_time >= "2025-10-20T00:00:00"`, "INVALID_FILTER_FORMAT"},
		{"steps", `steps.interval.start_time >= "2025-10-20"`, "INVALID_FILTER_FORMAT"},
		{"daily-resting-heart-rate", `daily_resting_heart_rate.date >= "2025-10-20T00:00:00"`, "INVALID_FILTER_FORMAT"},
		{"steps", `steps.interval.start_time >= "2025-10-20T00:00:00Z" AND steps.interval.start_time < "2025-10-20T00:00:00Z"`, "INVALID_TIME_RANGE"},
		{"steps", `steps.interval.civil_start_time >= "2025-10-21" AND steps.interval.civil_start_time < "2025-10-20"`, "INVALID_TIME_RANGE"},
	} {
		r := g.get(dataPath(tt.kind, "list", "filter", tt.filter, "pageSize", "3"))
		if tt.reason == "" {
			if r.status != 200 {
				t.Errorf("%s: %d %s", tt.filter, r.status, r.body)
			}
			continue
		}
		r.refused(t, tt.filter, 400, "INVALID_ARGUMENT", tt.reason)
		if strings.HasPrefix(tt.reason, prefix) && !strings.Contains(r.body, `"reason":"INVALID_DATA_POINT_FILTER",`) {
			t.Errorf("%s: %s", tt.filter, r.body)
		}
	}
	sameShape(t, g.get(dataPath("steps", "list", "filter", `steps.interval.end_time >= "2025-10-20T00:00:00Z"`)).body, "google/error-400-filter-member")
	sameShape(t, g.get(dataPath("steps", "list", "filter", `steps.interval.start_time >= "2025-10-20T00:00:00Z" AND steps.interval.start_time < "2025-10-20T00:00:00Z"`)).body, "google/error-400-time-range")
}

// TestGoogleFiltersSelect: a window of each type holds exactly the points of the
// whole history that start in it, of sleep those that end in it.
func TestGoogleFiltersSelect(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 25 })
	for _, k := range allKinds {
		if k.member == "" || k.ops&(opList|opReconcile) == 0 || k.id == "heart-rate" {
			continue
		}
		verb := "list"
		if k.ops&opList == 0 {
			verb = "reconcile"
		}
		literal := func(s string) string {
			switch {
			case strings.HasSuffix(k.member, "civil_start_time"), strings.HasSuffix(k.member, "civil_end_time"), strings.HasSuffix(k.member, "date"):
				return s[:10]
			}
			return s
		}
		from, to := literal("2025-10-30T00:00:00Z"), literal("2025-11-01T00:00:00Z")
		lower := k.member + ` >= "` + from + `"`
		both := lower + ` AND ` + k.member + ` < "` + to + `"`
		later := k.member + ` >= "` + to + `"`
		if k.id == "electrocardiogram" {
			both = lower
		}
		n := len(g.walk(k.id, verb, "filter", lower, "pageSize", "10000"))
		in := len(g.walk(k.id, verb, "filter", both, "pageSize", "10000"))
		after := len(g.walk(k.id, verb, "filter", later, "pageSize", "10000"))
		if k.id == "electrocardiogram" {
			after = 0
		}
		if in+after != n {
			t.Errorf("%s: %d in the window, %d after it, %d together", k.id, in, after, n)
		}
		switch k.id {
		case "nutrition-log", "exercise", "active-zone-minutes", "basal-energy-burned", "swim-lengths-data", "electrocardiogram", "irregular-rhythm-notification",
			"blood-glucose", "core-body-temperature", "height", "run-vo2-max", "vo2-max", "body-fat", "weight":
		default:
			if in == 0 {
				t.Errorf("%s: nothing in two days", k.id)
			}
		}
	}
}

// TestGoogleFilterTimes pins which time counts.
func TestGoogleFilterTimes(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 40 })
	for _, p := range g.walk("sleep", "list", "filter", civilFilter("sleep.interval.civil_end_time", day(t, "2025-10-24"), day(t, "2025-10-25"))) {
		var v googleSleep
		into(t, p, "sleep", &v)
		if v.Metadata.MainSleep && !strings.HasPrefix(v.Interval.StartTime, "2025-10-23T") || !strings.HasPrefix(v.Interval.EndTime, "2025-10-24T") {
			t.Errorf("a night by its end: %+v", v.Interval)
		}
	}
	type interval struct {
		Interval struct{ StartTime string }
	}
	for filter, first := range map[string]string{
		`steps.interval.civil_start_time < "2025-10-24T12:00:00"`: "2025-10-24T09:5",
		`steps.interval.start_time < "2025-10-24T12:00:00Z"`:      "2025-10-24T11:5",
		`steps.interval.start_time < "2025-10-24T12:00:00+02:00"`: "2025-10-24T09:5",
	} {
		p := pageOf(t, g.ok(dataPath("steps", "reconcile", "filter", filter, "pageSize", "1")))
		var v interval
		into(t, p.DataPoints[0], "steps", &v)
		if !strings.HasPrefix(v.Interval.StartTime, first[:13]) && !strings.HasPrefix(v.Interval.StartTime, "2025-10-24T") {
			t.Errorf("%s: newest %s, want %s…", filter, v.Interval.StartTime, first)
		}
		if limit := first[:13]; v.Interval.StartTime[:13] > limit {
			t.Errorf("%s: newest %s is too late", filter, v.Interval.StartTime)
		}
	}
}

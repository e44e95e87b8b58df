package fitbit_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// samplesOf asks for a day of samples of a resource.
func samplesOf(t testing.TB, resource string) fetch.Question {
	day := mustDay(t, "2025-09-09")
	return fetch.Question{Span: catalog.Span{From: day, To: day + 1}, Ask: catalog.Ask{Op: catalog.Samples, Days: 1,
		Path: "/1/user/-/activities/" + resource + "/date/{from}/1d/1min.json", Root: "activities-" + resource, DateKey: "dateTime"}}
}

const noRight = "no right"

// judge describes what an answer holds, or whether it shows that a right is missing.
func judge(c fetch.Contents, err error) string {
	var api *fetch.APIError
	var shape *fetch.ShapeError
	if errors.As(err, &api) && !errors.As(err, &shape) && api.Denied() && !api.Refused() && !api.Temporary() {
		return noRight
	}
	return describe(c, err)
}

func TestDaysOfSamples(t *testing.T) {
	const day = " of 2025-09-09"
	for _, tt := range []struct{ resource, body, want string }{
		{"heart", sample(t, "intraday_heart_1sec_excerpt"), "7" + day},
		{"heart", sample(t, "intraday_heart_time_window_excerpt"), "2" + day},
		{"heart", sample(t, "intraday_heart_no_access"), noRight},
		{"steps", sample(t, "intraday_steps_1min_excerpt"), "6" + day},
		{"steps", sample(t, "intraday_steps_missing_total_excerpt"), "3" + day},
		{"calories", sample(t, "intraday_calories_1min_excerpt"), "4" + day},
		{"distance", sample(t, "intraday_distance_1min_excerpt"), "4" + day},
		{"active-zone-minutes", sample(t, "intraday_azm_minutes_form"), "2" + day},
		{"active-zone-minutes", sample(t, "intraday_azm_dataset_form"), "1" + day},
		{"steps", `{"activities-steps":[{"dateTime":"2025-09-09","value":"0"}],"activities-steps-intraday":{"dataset":[]}}`, "0"},
		{"steps", `{"activities-steps":[],"activities-steps-intraday":{"datasetInterval":1}}`, "0"},
		{"steps", `{"activities-steps":null,"activities-steps-intraday":{"dataset":null}}`, "0"},
		{"steps", `{"activities-steps-intraday":[]}`, "0"},
		{"steps", `{"activities-steps-intraday":[{"dateTime":"2025-09-09","minutes":[]}]}`, "0"},
		{"steps", `{}`, "0"},
		{"steps", `[]`, "0"},
		{"steps", `{"activities-steps":[]}`, noRight},
		{"steps", `{"activities-steps":[],"activities-steps-intraday":null}`, noRight},
		{"steps", `{"success":true}`, noRight},
		{"steps", `{"activities-steps":[{"dateTime":"2025-09-08","value":"0"}],"activities-steps-intraday":{"dataset":[{}]}}`, "of another shape"},
		{"steps", `{"activities-steps-intraday":[{"dateTime":"2025-09-10","minutes":[{}]}]}`, "of another shape"},
		{"steps", `{"activities-steps":[],"activities-steps-intraday":{"dataset":[7]}}`, "of another shape"},
		{"steps", `{"activities-steps":[],"activities-steps-intraday":{"dataset":{}}}`, "of another shape"},
		{"steps", `{"activities-steps":[],"activities-steps-intraday":"none"}`, "of another shape"},
		{"steps", `{"activities-heart":[],"activities-heart-intraday":{"dataset":[{}]}}`, "of another shape"},
		{"steps", `[{"dateTime":"2025-09-09","value":"0"}]`, "of another shape"},
		{"steps", sample(t, "error_403_insufficient_permissions"), "of another shape"}, // with status 200
		{"steps", `<html>`, "garbled"},
		{"steps", sample(t, "intraday_steps_1min_excerpt")[:300], "garbled"},
	} {
		c, err := newProvider(nil).Inspect(samplesOf(t, tt.resource), []byte(tt.body))
		if got := judge(c, err); got != tt.want {
			t.Errorf("%s: %q, want %q (%v)\n%.80s", tt.resource, got, tt.want, err, tt.body)
		}
	}
}

// Who may not have samples is told why, and what to do, in either form of the refusal.
func TestNoRightToSamples(t *testing.T) {
	q := samplesOf(t, "heart")
	_, lacks := newProvider(nil).Inspect(q, []byte(sample(t, "intraday_heart_no_access")))
	_, refused := newProvider(&answering{status: 403, body: sample(t, "error_403_insufficient_permissions")}).Get(t.Context(), "token", q)
	for _, err := range []error{lacks, refused} {
		if judge(fetch.Contents{}, err) != noRight || !strings.Contains(err.Error(), "type Personal") ||
			!strings.Contains(err.Error(), "sign in again") || !strings.Contains(err.Error(), "/1/user/-/activities/heart/date/2025-09-09/1d/1min.json") {
			t.Errorf("%v", err)
		}
	}
	if !strings.Contains(lacks.Error(), "activities-heart-intraday") {
		t.Errorf("%v", lacks)
	}
}

// A day of UTC is asked for by its own date, and files under the day of the window.
func TestSamplesByTheClockOfUTC(t *testing.T) {
	q := samplesOf(t, "heart")
	const path = "/1/user/-/activities/heart/date/"
	other := q
	other.Ask.Path += "?x=1"
	other.UTC, other.ID = true, "2025-09-08"
	utc := other
	utc.Ask.Path = q.Ask.Path
	same := utc
	same.ID = ""
	for want, q := range map[string]fetch.Question{
		path + "2025-09-09/1d/1min.json":                  q,
		path + "2025-09-09/1d/1min.json?timezone=UTC":     same,
		path + "2025-09-08/1d/1min.json?timezone=UTC":     utc,
		path + "2025-09-08/1d/1min.json?x=1&timezone=UTC": other,
	} {
		a := &answering{status: 200, body: "{}"}
		if _, err := newProvider(a).Get(t.Context(), "token", q); err != nil || a.seen.URL.RequestURI() != want {
			t.Errorf("asked %s, want %s (%v)", a.seen.URL, want, err)
		}
	}
	body := strings.ReplaceAll(sample(t, "intraday_heart_1sec_excerpt"), "2025-09-09", "2025-09-08")
	c, err := newProvider(nil).Inspect(utc, []byte(body))
	if got := judge(c, err); got != "7 of 2025-09-09" {
		t.Errorf("%q (%v)", got, err)
	}
	if c, err = newProvider(nil).Inspect(q, []byte(body)); judge(c, err) != "of another shape" {
		t.Errorf("another day is taken: %v", c)
	}
}

// What has no date in its elements is of the day that was asked for.
func TestAnAnswerOfOneDay(t *testing.T) {
	day := mustDay(t, "2025-09-09")
	q := fetch.Question{Span: catalog.Span{From: day, To: day + 1}, Ask: catalog.Ask{Path: "/1/user/-/foods/log/date/{from}.json", Days: 1, Root: "foods"}}
	for file, want := range map[string]string{"food_log_day": "1 of 2025-09-09", "food_log_snake_case_variant": "1 of 2025-09-09", "food_log_empty": "0"} {
		c, err := newProvider(nil).Inspect(q, []byte(sample(t, file)))
		if got := describe(c, err); got != want {
			t.Errorf("%s: %q, want %q (%v)", file, got, want, err)
		}
	}
}

// A day of heart rate by the second is the largest of all answers (section 5.4).
func BenchmarkInspectSamples(b *testing.B) {
	var body strings.Builder
	body.WriteString(`{"activities-heart":[{"dateTime":"2025-09-09","value":"71.25"}],"activities-heart-intraday":{"dataset":[`)
	for i := range 14_400 {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"time":"%02d:%02d:%02d","value":%d}`, i/600, i/10%60, i%10*6, 60+i%40)
	}
	body.WriteString(`],"datasetInterval":1,"datasetType":"second"}}`)
	q, p, answer := samplesOf(b, "heart"), newProvider(&answering{status: 200, body: body.String()}), []byte(body.String())
	b.SetBytes(int64(len(answer)))
	b.Run("inspect", func(b *testing.B) {
		for b.Loop() {
			if c, err := p.Inspect(q, answer); err != nil || c.Count != 14_400 {
				b.Fatal(c.Count, err)
			}
		}
	})
	b.Run("get", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Get(b.Context(), "token", q); err != nil {
				b.Fatal(err)
			}
		}
	})
}

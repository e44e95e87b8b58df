package store_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/store"
)

// MustResponses lists staged answers.
func MustResponses(tb testing.TB, s *store.Store, f store.Filter) []store.Response {
	tb.Helper()
	all, err := s.Responses(tb.Context(), f)
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func TestResponse(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	p := newPage(run, "steps", day(0), day(2), "body")
	p.Window.Elements, p.Path, p.Status, p.Fetched = 48, "/1/user/-/steps.json?a='b'", 206, noon.Add(123*time.Millisecond)
	window := MustStage(t, s, p)
	p = newPage(run, "steps", day(5), day(6), "no headers")
	p.Header, p.Window.State, p.Zone = nil, store.Refused, ""
	MustStage(t, s, p)
	want := store.Response{
		ID: 1, Source: "fitbit", Type: "steps", From: day(0), To: day(2), Window: window, State: store.Complete, InForce: true,
		Method: "GET", Path: "/1/user/-/steps.json?a='b'", Status: 206, Headers: p.Header, Fetched: noon.Add(123 * time.Millisecond),
		Zone: "Europe/Berlin", SHA256: hash([]byte("body")), Bytes: 4, Elements: 48, Run: run,
	}
	want.Headers = map[string]string{"Date": "Sat, 01 Jun 2024 12:00:00 GMT"}
	got := MustResponses(t, s, store.Filter{})
	if len(got) != 2 {
		t.Fatalf("%d responses, want 2", len(got))
	}
	if diff := cmp.Diff(want, got[1]); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
	if got[0].InForce || got[0].Headers != nil || got[0].Zone != "" {
		t.Errorf("response = %+v, want one that is not in force", got[0])
	}
	if b, err := json.Marshal(got[0]); err != nil || !strings.Contains(string(b), `"fetched_at":"2024-06-01T12:00:00Z"`) {
		t.Errorf("JSON = %s, %v", b, err)
	}
}

func TestResponsesFilter(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	for n, w := range []struct {
		source, typ string
		from, to    int
	}{{"fitbit", "steps", 0, 10}, {"fitbit", "sleep", 10, 20}, {"google", "steps", 10, 20}, {"google", "weight", 20, 30}} {
		p := newPage(run, w.typ, day(w.from), day(w.to), fmt.Sprint(n))
		p.Window.Source = w.source
		MustStage(t, s, p)
	}
	for _, tt := range []struct {
		f    store.Filter
		want []int64
	}{
		{store.Filter{}, []int64{4, 3, 2, 1}},
		{store.Filter{Limit: 2}, []int64{4, 3}},
		{store.Filter{ID: 2}, []int64{2}},
		{store.Filter{ID: 9}, nil},
		{store.Filter{Source: "google"}, []int64{4, 3}},
		{store.Filter{Types: []string{"steps"}}, []int64{3, 1}},
		{store.Filter{Types: []string{"steps", "weight", "none"}}, []int64{4, 3, 1}},
		{store.Filter{Types: []string{"none"}}, nil},
		{store.Filter{Types: []string{}}, []int64{4, 3, 2, 1}},
		{store.Filter{From: day(10)}, []int64{4, 3, 2}},
		{store.Filter{From: day(9)}, []int64{4, 3, 2, 1}},
		{store.Filter{To: day(10)}, []int64{1}},
		{store.Filter{To: day(11)}, []int64{3, 2, 1}},
		{store.Filter{From: day(12), To: day(13), Source: "fitbit", Types: []string{"sleep"}}, []int64{2}},
		{store.Filter{Source: "' OR 1=1 --"}, nil},
	} {
		var got []int64
		for _, r := range MustResponses(t, s, tt.f) {
			got = append(got, r.ID)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tt.f, diff)
		}
	}
}

func TestNoResponse(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	if _, err := s.Body(t.Context(), 1); !errors.Is(err, store.ErrNoResponse) {
		t.Errorf("error = %v, want ErrNoResponse", err)
	}
	if got, err := s.Bodies(t.Context(), 1); err != nil || len(got) > 0 {
		t.Errorf("bodies = %q, %v, want none", got, err)
	}
}

func TestNewestResponse(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	for n, tt := range []struct {
		state store.State
		want  int64
	}{{store.Partial, 0}, {store.Complete, 2}, {store.Complete, 3}, {store.Doubtful, 3}, {store.Unread, 3}} {
		p := newPage(run, "steps", day(0), day(1), fmt.Sprint(n))
		p.Window.State = tt.state
		MustStage(t, s, p)
		if got, err := s.NewestResponse(t.Context()); err != nil || got != tt.want {
			t.Errorf("newest response = %d, %v, want %d", got, err, tt.want)
		}
	}
}

func TestStats(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	for n, body := range []string{"same", "same", "other"} {
		for _, typ := range []string{"steps", "sleep"} {
			MustStage(t, s, newPage(run, typ, day(n), day(n+1), body))
		}
	}
	p := newPage(run, "steps", day(0), day(1), "same")
	p.Window.Source = "google"
	MustStage(t, s, p)
	want := []store.TypeStats{
		{Source: "fitbit", Type: "sleep", Windows: 3, Responses: 3, Bytes: 9},
		{Source: "fitbit", Type: "steps", Windows: 3, Responses: 3, Bytes: 9},
		{Source: "google", Type: "steps", Windows: 1, Responses: 1, Bytes: 4},
	}
	got, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}

func TestDropSuperseded(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	run := MustRun(t, s)
	old, fresh := noon.Add(-60*24*time.Hour), noon
	stage := func(typ string, from, to int, body string, state store.State, at time.Time) {
		t.Helper()
		p := newPage(run, typ, day(from), day(to), body)
		p.Window.State, p.Fetched = state, at
		MustStage(t, s, p)
	}
	stage("steps", 0, 9, "superseded", store.Complete, old)
	stage("steps", 0, 9, "superseded lately", store.Complete, fresh)
	stage("steps", 0, 9, "superseded, but in force elsewhere", store.Complete, old)
	stage("steps", 0, 9, "in force for one day", store.Complete, old)
	stage("steps", 1, 9, "in force", store.Complete, old)
	stage("sleep", 0, 9, "superseded, but in force elsewhere", store.Complete, old)
	stage("steps", 0, 9, "doubtful", store.Doubtful, old)
	stage("steps", 0, 9, "unread", store.Unread, old)
	stage("devices", 0, 1, "a reading", store.Complete, old)
	stage("devices", 0, 1, "the next reading", store.Complete, old)
	before := MustResponses(t, s, store.Filter{})

	dropped := func(want int64, keep ...string) {
		t.Helper()
		if got, err := s.DropSuperseded(t.Context(), noon.Add(-30*24*time.Hour), keep); err != nil || got != want {
			t.Fatalf("DropSuperseded = %d, %v, want %d", got, err, want)
		}
	}
	dropped(1, "devices", "profile")
	dropped(0, "devices", "profile")
	if diff := cmp.Diff(before, MustResponses(t, s, store.Filter{})); diff != "" {
		t.Errorf("responses (-before +after):\n%s", diff)
	}
	for _, r := range before {
		page, err := s.Body(t.Context(), r.ID)
		body := page.Data
		if r.SHA256 == hash([]byte("superseded")) {
			if _, werr := s.Bodies(t.Context(), r.Window); !errors.Is(err, store.ErrDropped) || !errors.Is(werr, store.ErrDropped) {
				t.Errorf("the superseded body: %v, %v, want ErrDropped", err, werr)
			}
		} else if err != nil || hash(body) != r.SHA256 {
			t.Errorf("body of response %d = %q, %v", r.ID, body, err)
		}
	}
	if c := MustVerify(t, s); c.Dropped != 1 {
		t.Errorf("check = %+v, want one dropped", c)
	}

	stage("steps", 0, 1, "superseded", store.Complete, fresh) // comes back
	if got, err := s.Body(t.Context(), 1); err != nil || !bytes.Equal(got.Data, []byte("superseded")) {
		t.Errorf("the body that came back = %q, %v", got, err)
	}
	if c := MustVerify(t, s); c.Dropped != 0 {
		t.Errorf("check = %+v, want none dropped", c)
	}
	dropped(2) // the first reading, and the one whose only day was taken
}

package fitbit_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A list of exercises tells the offset of the clock at each of them.
func TestOffsetsOfAList(t *testing.T) {
	q := activities(t, "2021-03-15", "2025-09-11")
	for body, want := range map[string][]string{
		`{"activities": [{"logId": 1, "startTime": "2021-05-02T18:05:00.000+02:00"}, {"logId": 2, "startTime": "2021-05-03T06:00:00.000-04:30"}]}`: {
			"2021-05-02 16:05 2h0m0s", "2021-05-03 10:30 -4h30m0s"},
		`{"activities": [{"logId": 1, "startTime": "2021-05-02T18:05:00.000Z"}, {"logId": 2, "startTime": "2021-05-02T18:05:00.000"}]}`: nil,
	} {
		c, err := newProvider(nil).Inspect(q, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range c.Offsets {
			got = append(got, o.At.Format("2006-01-02 15:04 ")+o.Offset.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	q.Ask.Op, q.Ask.Days = "", 100
	if c, err := newProvider(nil).Inspect(q, []byte(`{"activities": [{"startTime": "2021-05-02T18:05:00.000+02:00"}]}`)); err != nil || c.Offsets != nil {
		t.Errorf("of a list of another kind: %v, %v", c.Offsets, err)
	}
}

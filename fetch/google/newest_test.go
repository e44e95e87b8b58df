package google_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
)

// Offsets and newest instant of a page whose elements come in no order.
func TestNewestAndOffsets(t *testing.T) {
	step := func(start, end, offset string) string {
		return fmt.Sprintf(`{"steps":{"interval":{"startTime":%q,"startUtcOffset":%q,"endTime":%q,"endUtcOffset":%q}}}`, start, offset, end, offset)
	}
	page := func(elements ...string) string { return `{"dataPoints":[` + strings.Join(elements, ",") + `]}` }
	q := steps(t)
	for name, tt := range map[string]struct{ body, offsets, newest string }{
		"nothing":                    {page(), "", ""},
		"the end of the last minute": {page(step("2025-10-25T10:00:00Z", "2025-10-25T10:01:00Z", "7200s"), step("2025-10-25T09:00:00Z", "2025-10-25T09:01:00Z", "7200s")), "2h0m0s from 2025-10-25T09:00", "2025-10-25T10:01"},
		"each day, and each change": {page(step("2025-10-25T22:30:00Z", "2025-10-25T22:31:00Z", "7200s"), step("2025-10-26T05:00:00Z", "2025-10-26T05:01:00Z", "3600s"),
			step("2025-10-26T00:30:00Z", "2025-10-26T00:31:00Z", "7200s"), step("2025-10-25T10:00:00Z", "2025-10-25T10:01:00Z", "7200s")),
			"2h0m0s from 2025-10-25T10:00, 2h0m0s from 2025-10-25T22:30, 1h0m0s from 2025-10-26T05:00", "2025-10-26T05:01"},
		"no end": {page(`{"steps":{"interval":{"startTime":"2025-10-25T10:00:00Z"}}}`), "", "2025-10-25T10:00"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := newProvider(nil).Inspect(q, []byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			var offsets []string
			for _, o := range c.Offsets {
				offsets = append(offsets, fmt.Sprintf("%v from %s", o.Offset, o.At.UTC().Format("2006-01-02T15:04")))
			}
			if got := strings.Join(offsets, ", "); got != tt.offsets {
				t.Errorf("offsets %q, want %q", got, tt.offsets)
			}
			if got := minute(c); got != tt.newest {
				t.Errorf("newest %q, want %q", got, tt.newest)
			}
		})
	}
}

func minute(c fetch.Contents) string {
	if c.Newest.Equal(time.Time{}) {
		return ""
	}
	return c.Newest.UTC().Format("2006-01-02T15:04")
}

package catalog_test

import (
	"testing"
	"time"

	"fitvault/store/catalog"
)

func TestDay(t *testing.T) {
	if day(t, "1970-01-01") != 0 || day(t, "1970-01-02") != 1 || day(t, "1969-12-31") != -1 || day(t, "2000-03-01") != 11017 {
		t.Error("days are not counted from 1970-01-01")
	}
	for _, s := range []string{"1969-12-31", "1970-01-01", "2024-02-29", "1678-01-01", "2261-12-31"} {
		if got := day(t, s).String(); got != s {
			t.Errorf("%s is written %s", s, got)
		}
	}
	for _, s := range []string{"", "today", "2025-2-1", "2025-02-29", "2025-13-01", "2025-01-01T00:00:00", " 2025-01-01", "20250101"} {
		if d, err := catalog.ParseDay(s); err == nil {
			t.Errorf("%q reads as %v", s, d)
		}
	}
	for _, c := range []struct{ date, want string }{
		{"2026-02-30", "there is no day 2026-02-30"},
		{"2025-02-29", "there is no day 2025-02-29"},
		{"2025-13-01", "there is no day 2025-13-01"},
		{"2025-00-10", "there is no day 2025-00-10"},
		{"2025-1-10", `date "2025-1-10" is not of the form YYYY-MM-DD`},
		{"2025/01/10", `date "2025/01/10" is not of the form YYYY-MM-DD`},
		{"2025-01-1\n", `date "2025-01-1\n" is not of the form YYYY-MM-DD`},
		{"2025-01-100", `date "2025-01-100" is not of the form YYYY-MM-DD`},
		{"", `date "" is not of the form YYYY-MM-DD`},
	} {
		if _, err := catalog.ParseDay(c.date); err == nil || err.Error() != c.want {
			t.Errorf("%q: error %v, want %s", c.date, err, c.want)
		}
	}
	late := time.Date(2025, 1, 1, 23, 59, 0, 0, time.FixedZone("", -11*3600))
	if catalog.DayOf(late) != day(t, "2025-01-01") || catalog.DayOf(late.UTC()) != day(t, "2025-01-02") {
		t.Error("DayOf does not go by the time's own location")
	}
}

func TestMonth(t *testing.T) {
	for _, c := range []struct{ day, month, next string }{
		{"2025-01-01", "2025-01-01", "2025-02-01"},
		{"2025-01-31", "2025-01-01", "2025-02-01"},
		{"2025-02-28", "2025-02-01", "2025-03-01"},
		{"2024-02-29", "2024-02-01", "2024-03-01"},
		{"2025-12-31", "2025-12-01", "2026-01-01"},
		{"1969-12-31", "1969-12-01", "1970-01-01"},
	} {
		d := day(t, c.day)
		if d.Month() != day(t, c.month) || d.NextMonth() != day(t, c.next) {
			t.Errorf("%s: month %v, next %v", c.day, d.Month(), d.NextMonth())
		}
		if got := catalog.ByMonth.Unit(d); got != (catalog.Span{From: d.Month(), To: d.NextMonth()}) {
			t.Errorf("%s lies in the month %v", c.day, got)
		}
		if got := catalog.ByDay.Unit(d); got != (catalog.Span{From: d, To: d + 1}) {
			t.Errorf("%s lies in the day %v", c.day, got)
		}
	}
}

func TestSpan(t *testing.T) {
	s := catalog.Span{From: 10, To: 13}
	if s.Days() != 3 || s.Empty() || s.Holds(9) || !s.Holds(10) || !s.Holds(12) || s.Holds(13) {
		t.Errorf("span %v is not half open", s)
	}
	for _, c := range []struct{ other, want catalog.Span }{
		{catalog.Span{From: 0, To: 11}, catalog.Span{From: 10, To: 11}},
		{catalog.Span{From: 11, To: 12}, catalog.Span{From: 11, To: 12}},
		{catalog.Span{From: 0, To: 99}, s},
	} {
		if got := s.Cut(c.other); got != c.want {
			t.Errorf("%v cut by %v is %v, want %v", s, c.other, got, c.want)
		}
	}
	apart := s.Cut(catalog.Span{From: 20, To: 30})
	if !apart.Empty() || apart.Days() != 0 || apart.Holds(20) {
		t.Errorf("spans apart have %v in common", apart)
	}
	d := day(t, "2025-09-07")
	if got := (catalog.Span{From: d, To: d + 3}).String(); got != "2025-09-07..2025-09-09" {
		t.Errorf("three days are written %s", got)
	}
	if got := (catalog.Span{From: d, To: d + 1}).String(); got != "2025-09-07" {
		t.Errorf("a day is written %s", got)
	}
}

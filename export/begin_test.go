package export_test

import (
	"strings"
	"testing"

	"fitvault/export"
	"fitvault/store"
	"fitvault/store/catalog"
)

// An API that is preferred answered years with nothing that it does not hold any more, and the
// other source holds them: those days are the other's. What it does not hold after its first
// record is gone.
func TestEmptyAnswersGiveWay(t *testing.T) {
	v := newVault(t, "me")
	stage := func(source, from, to, body string, elements int) {
		t.Helper()
		w := store.Window{Source: source, Type: "sleep", From: from, To: to, SettledTo: to}
		v.stageCounted(w, elements, body)
	}
	night := func(day string, id int) night {
		return night{day, dayAfter(day, -1) + "T23:00:00", id, "stages", 8, false}
	}
	stage("fitbit", "2025-03-01", "2025-04-01", sleeps(night("2025-03-05", 1), night("2025-03-22", 2), night("2025-03-28", 3)), 3)
	stage("google", "2025-03-01", "2025-03-11", googleSleeps(nil), 0)
	stage("google", "2025-03-11", "2025-04-01", googleSleeps(nil, night("2025-03-20", 7), night("2025-03-28", 8)), 2)
	v.prefer = []catalog.Source{catalog.Google}
	sleep, err := catalog.Select([]string{"sleep"})
	must(t, err)
	e := v.to("", nil)
	e.Types = sleep
	var got []string
	for _, l := range v.fresh() {
		if strings.HasPrefix(l, "sleep,") {
			_, rest, _ := strings.Cut(l, "date=")
			day, _, _ := strings.Cut(rest, ",")
			got = append(got, day)
		}
	}
	same(t, "nights", got, []string{`"2025-03-05"`, `"2025-03-20"`, `"2025-03-28"`})

	ranges, err := e.Explain(t.Context())
	must(t, err)
	var told []string
	for _, r := range ranges {
		if r.Type != "sleep" {
			continue
		}
		s := r.Days.String()
		for i, o := range r.Offers {
			s += " " + string(o.Source) + "=" + map[export.Standing]string{export.Empty: "empty", export.Settled: "settled"}[o.Standing]
			if i == r.Chosen {
				s += "!"
			}
		}
		told = append(told, s)
	}
	same(t, "explained", told, []string{
		"2025-03-01..2025-03-04 google=empty fitbit=empty",
		"2025-03-05..2025-03-10 google=empty fitbit=settled!",
		"2025-03-11..2025-03-19 google=empty fitbit=settled!",
		"2025-03-20..2025-03-31 google=settled! fitbit=settled",
	})
}

package emulator_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

const (
	ecgList    = "/1/user/-/ecg/list.json"
	alertsList = "/1/user/-/irn/alerts/list.json"
	irnProfile = "/1/user/-/irn/profile.json"
)

// medicalPage is a page of E1 or E3.
type medicalPage struct {
	EcgReadings []struct {
		StartTime, ResultClassification string
		AverageHeartRate                int
		WaveformSamples                 []int
		SamplingFrequencyHz             json.RawMessage
		ScalingFactor                   int
		NumberOfWaveformSamples         int
	}
	Alerts []struct {
		AlertTime, DetectedTime string
		Windows                 []struct {
			StartTime string
			BPMData   []struct {
				DataTime string
				Value    int
			}
		}
	}
	Pagination struct {
		AfterDate, BeforeDate, Next, Previous, Sort string
		Limit, Offset                               int
	}
}

// medical asks for one page.
func (b *bench) medical(path string) (p medicalPage) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(b.ok(path)), &p); err != nil {
		b.t.Fatal(err)
	}
	return p
}

// pagesOf walks a list to its end by the addresses that it gives.
func (b *bench) pagesOf(path string) (all []medicalPage) {
	b.t.Helper()
	for path != "" {
		p := b.medical(path)
		all = append(all, p)
		if len(all) > 50 {
			b.t.Fatalf("%s: no end", path)
		}
		next, ours := strings.CutPrefix(p.Pagination.Next, "https://api.fitbit.com")
		if p.Pagination.Next != "" && !ours {
			b.t.Fatalf("next %q", p.Pagination.Next)
		}
		path = next
	}
	return all
}

// startTimes are those of the elements of some pages, in their order.
func startTimes(pages []medicalPage) (all []string) {
	for _, p := range pages {
		for _, e := range p.EcgReadings {
			all = append(all, e.StartTime)
		}
		for _, a := range p.Alerts {
			all = append(all, a.AlertTime)
		}
	}
	return all
}

// after and before are the two questions of a list.
func after(list, date string, limit int) string {
	return fmt.Sprintf("%s?afterDate=%s&sort=asc&offset=0&limit=%d", list, date, limit)
}

func before(list, date string, limit int) string {
	return fmt.Sprintf("%s?beforeDate=%s&sort=desc&offset=0&limit=%d", list, date, limit)
}

// Every recording is the person's, by the clock of the place.
func TestECGIsTheTruth(t *testing.T) {
	b := start(t)
	if err := b.Move(day(t, "2025-06-01"), "Asia/Tokyo"); err != nil {
		t.Fatal(err)
	}
	p := b.Person()
	results, rows := map[string]string{"NORMAL_SINUS_RHYTHM": "Normal Sinus Rhythm", "INCONCLUSIVE": "Inconclusive"}, 0
	var got medicalPage
	for _, page := range b.pagesOf(after(ecgList, p.First().String(), 10)) {
		got.EcgReadings = append(got.EcgReadings, page.EcgReadings...)
	}
	for d := p.First(); d <= b.Today(); d++ {
		e, ok := p.ECG(d)
		if !ok || e.At.After(b.LastSync()) {
			continue
		}
		if rows >= len(got.EcgReadings) {
			t.Fatalf("no recording of %s", d)
		}
		r := got.EcgReadings[rows]
		rows++
		if r.StartTime != p.Wall(e.At).Format(wallForm) || r.ResultClassification != results[e.Result] || r.AverageHeartRate != e.BPM ||
			!slices.Equal(r.WaveformSamples, e.Wave) || r.NumberOfWaveformSamples != len(e.Wave) || r.ScalingFactor != 10922 {
			t.Errorf("%s: %+v, want %+v", d, r, e)
		}
	}
	if rows != len(got.EcgReadings) || rows < 8 {
		t.Errorf("%d recordings, told %d", rows, len(got.EcgReadings))
	}
}

// Every alert is the person's, with the beats that it was made of.
func TestAlertsAreTheTruth(t *testing.T) {
	b := start(t)
	p, rows := b.Person(), 0
	var got medicalPage
	for _, page := range b.pagesOf(after(alertsList, p.First().String(), 10)) {
		got.Alerts = append(got.Alerts, page.Alerts...)
	}
	for d := p.First(); d <= b.Today(); d++ {
		a, ok := p.RhythmAlert(d)
		if !ok {
			continue
		}
		if rows >= len(got.Alerts) {
			t.Fatalf("no alert of %s", d)
		}
		g := got.Alerts[rows]
		rows++
		at := p.Wall(a.Start).Format(wallForm)
		if g.AlertTime != at || g.DetectedTime <= at || len(g.Windows) != 1 || g.Windows[0].StartTime != at ||
			len(g.Windows[0].BPMData) != len(a.Beats) {
			t.Errorf("%s: %+v, want %v", d, g, a.Start)
			continue
		}
		for i, beat := range g.Windows[0].BPMData {
			if want := a.Beats[i]; beat.DataTime != p.Wall(want.At).Format(wallForm) || float64(beat.Value) != want.Value {
				t.Errorf("%s: %+v, want %+v", d, beat, want)
			}
		}
	}
	if rows != len(got.Alerts) || rows == 0 {
		t.Errorf("%d alerts, told %d", rows, len(got.Alerts))
	}
}

// A recording comes with the sync after it; an alert once it was opened too, which is not at once.
func TestMedicalComesWithTheSync(t *testing.T) {
	b := start(t)
	p := b.Person()
	ecg, _ := p.ECG(p.First() + 3)
	alert, _ := p.RhythmAlert(p.First() + 5)
	for list, at := range map[string]time.Time{ecgList: ecg.At, alertsList: alert.Start} {
		there := func() bool { return len(startTimes(b.pagesOf(after(list, emulator.DateOf(at).String(), 10)))) > 0 }
		b.Set(func(m *emulator.Modes) { m.HoldSync = time.Time{} })
		if b.later(at); there() {
			t.Errorf("%s: told when it happened", list)
		}
		b.Set(func(m *emulator.Modes) { m.HoldSync = at.Add(-time.Minute) })
		if b.later(at.Add(24 * time.Hour)); there() {
			t.Errorf("%s: told although the watch did not sync", list)
		}
		b.Set(func(m *emulator.Modes) { m.HoldSync = time.Time{} })
		if !there() {
			t.Errorf("%s: not told a day later", list)
		}
		if list == alertsList {
			if b.later(at.Add(7 * time.Hour)); there() || b.LastSync().Before(at) {
				t.Errorf("told in the morning after the alert, synced at %v", b.LastSync())
			}
		}
	}
}

// Both directions of a list have the same elements in opposite order, on pages of any length.
func TestMedicalPages(t *testing.T) {
	b := start(t)
	first, tomorrow := b.Person().First().String(), (b.Today() + 1).String()
	for _, list := range []string{ecgList, alertsList} {
		whole := startTimes(b.pagesOf(after(list, first, 10)))
		if !slices.IsSorted(whole) {
			t.Errorf("%s ascending: %v", list, whole)
		}
		for _, limit := range []int{1, 3, 10} {
			up, down := b.pagesOf(after(list, first, limit)), b.pagesOf(before(list, tomorrow, limit))
			backward := startTimes(down)
			slices.Reverse(backward)
			if !slices.Equal(startTimes(up), whole) || !slices.Equal(backward, whole) {
				t.Errorf("%s by %d: %v and back %v, want %v", list, limit, startTimes(up), backward, whole)
			}
			for i, page := range up {
				g := page.Pagination
				if g.Offset != i*limit || g.Limit != limit || g.Sort != "ASC" || g.BeforeDate != "" || g.AfterDate != first+"T00:00:00.000" ||
					(g.Previous == "") != (i == 0) || (g.Next == "") != (i == len(up)-1) {
					t.Errorf("%s by %d, page %d: %+v", list, limit, i, g)
				}
			}
			if g := down[0].Pagination; g.Sort != "DESC" || g.AfterDate != "" || g.BeforeDate != tomorrow+"T00:00:00.000" {
				t.Errorf("%s descending: %+v", list, g)
			}
		}
	}
}

// A date holds its own day when it is the first, and leaves it out when it is the end; it may have a time.
func TestMedicalDates(t *testing.T) {
	b := start(t)
	d := b.Person().First() + 3
	e, _ := b.Person().ECG(d)
	at := b.Person().Wall(e.At)
	for _, tt := range []struct {
		path  string
		there bool
	}{
		{after(ecgList, d.String(), 10), true},
		{after(ecgList, (d + 1).String(), 10), false},
		{before(ecgList, d.String(), 10), false},
		{before(ecgList, (d + 1).String(), 10), true},
		{after(ecgList, at.Format("2006-01-02T15:04:05"), 10), true},
		{after(ecgList, at.Add(time.Second).Format("2006-01-02T15:04:05"), 10), false},
		{before(ecgList, at.Format("2006-01-02T15:04:05"), 10), false},
		{before(ecgList, at.Add(time.Second).Format("2006-01-02T15:04:05"), 10), true},
	} {
		if there := slices.Contains(startTimes(b.pagesOf(tt.path)), at.Format(wallForm)); there != tt.there {
			t.Errorf("%s: the recording of %v is there: %v", tt.path, at, there)
		}
	}
	b.Set(func(m *emulator.Modes) { m.AfterDateExclusive = true })
	if slices.Contains(startTimes(b.pagesOf(after(ecgList, d.String(), 10))), at.Format(wallForm)) {
		t.Error("afterDate holds its own day although the mode says not")
	}
}

// The frequency is a text, or a number by mode, and nothing else changes.
func TestNumericSampling(t *testing.T) {
	b := start(t)
	path := before(ecgList, (b.Today() + 1).String(), 10)
	usual, alerts := b.ok(path), b.ok(after(alertsList, b.Person().First().String(), 10))
	b.Set(func(m *emulator.Modes) { m.NumericSampling = true })
	got := b.ok(path)
	if n := strings.Count(usual, `"samplingFrequencyHz":"250"`); n == 0 || got != strings.ReplaceAll(usual, `:"250"`, `:250`) {
		t.Errorf("%d texts; numbers %.300s", n, got)
	}
	if b.ok(after(alertsList, b.Person().First().String(), 10)) != alerts {
		t.Error("the alerts have changed")
	}
}

// A list without elements has each form of emptiness.
func TestMedicalEmptyForms(t *testing.T) {
	b := start(t)
	for list, root := range map[string]string{ecgList: "ecgReadings", alertsList: "alerts"} {
		none, some := after(list, (b.Today()+1).String(), 10), after(list, b.Person().First().String(), 10)
		for form, starts := range map[emulator.EmptyForm]string{
			emulator.EmptyArray: `{"` + root + `":[],"pagination":{`, emulator.MissingRoot: `{"pagination":{`,
			emulator.EmptyObject: `{}`, emulator.BareArray: `[]`,
		} {
			b.Set(func(m *emulator.Modes) { *m = emulator.Modes{Empty: form} })
			whole := []string{b.ok(none)}
			b.Set(func(m *emulator.Modes) { m.NoData = []string{strings.TrimSuffix(list, ".json")[len("/1/user/-"):]} })
			for _, got := range append(whole, b.ok(some)) {
				if body, found := got, strings.HasPrefix(strings.Replace(got, `"pagination":{`, `"pagination":{`, 1), starts); !found {
					t.Errorf("%s, form %d: %.200s, want %s", list, form, body, starts)
				}
			}
		}
		b.Set(func(m *emulator.Modes) { *m = emulator.Modes{NoActivitiesKey: true} })
		if got := b.ok(none); strings.Contains(got, root) || !strings.Contains(got, "pagination") {
			t.Errorf("%s without its key: %s", list, got)
		}
		if got := b.ok(some); !strings.Contains(got, root) {
			t.Errorf("%s has elements, but no key: %.200s", list, got)
		}
	}
}

func TestMedicalShapes(t *testing.T) {
	b := start(t)
	first := b.Person().First().String()
	sameShape(t, b.ok(before(ecgList, (b.Today()+1).String(), 10)), "ecg_list")
	// The sample has a bare date; section 5.7 says an instant of ECG and IRN alike.
	alerts := strings.Replace(b.ok(after(alertsList, first, 10)), first+"T00:00:00.000", first, 1)
	sameShape(t, alerts, "irn_alerts_list")
	sameShape(t, b.ok(irnProfile), "irn_profile")
	var profile struct {
		Onboarded, Enrolled bool
		LastUpdated         string
	}
	if err := json.Unmarshal([]byte(b.ok(irnProfile)), &profile); err != nil {
		t.Fatal(err)
	}
	if !profile.Onboarded || !profile.Enrolled || !strings.HasPrefix(profile.LastUpdated, first) {
		t.Errorf("%+v, the history begins on %s", profile, first)
	}
}

func TestMedicalBadRequests(t *testing.T) {
	b := start(t)
	for _, list := range []string{ecgList, alertsList} {
		for _, query := range []string{
			"", "sort=asc&offset=0&limit=10", "afterDate=2025-01-01&beforeDate=2025-02-01&sort=asc&offset=0&limit=10",
			"afterDate=2025-01-01&sort=desc&offset=0&limit=10", "beforeDate=2025-01-01&sort=asc&offset=0&limit=10",
			"afterDate=2025-01-01&offset=0&limit=10", "afterDate=2025-01-01&sort=asc&limit=10", "afterDate=2025-01-01&sort=asc&offset=0",
			"afterDate=2025-01-01&sort=asc&offset=10&limit=10", "afterDate=2025-01-01&sort=asc&offset=0&limit=11",
			"afterDate=2025-01-01&sort=asc&offset=0&limit=0", "afterDate=2025-02-30&sort=asc&offset=0&limit=10",
			"afterDate=today&sort=asc&offset=0&limit=10", "afterDate=2025-01-01T25:00:00&sort=asc&offset=0&limit=10",
		} {
			b.get(list+"?"+query).wants(t, list+"?"+query, 400, "validation")
		}
	}
	for _, path := range []string{"/1/user/-/irn/list.json", "/1.2/user/-/ecg/list.json", "/1/user/-/ecg.json"} {
		b.get(path).wants(t, path, 404, "not_found")
	}
}

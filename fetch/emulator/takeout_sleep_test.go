package emulator_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// exportedSleeps are the records of all sleep files by logId, and in how many
// files each stands. Its copies must be the same.
func exportedSleeps(t *testing.T, all map[string]string) (logs map[string]map[string]any, copies map[string]int) {
	t.Helper()
	logs, copies = map[string]map[string]any{}, map[string]int{}
	for base, body := range only(all, "sleep") {
		d := json.NewDecoder(strings.NewReader(body))
		d.UseNumber()
		var page []map[string]any
		if err := d.Decode(&page); err != nil {
			t.Fatal(err)
		}
		for _, s := range page {
			id := s["logId"].(json.Number).String()
			if old, ok := logs[id]; ok && !reflect.DeepEqual(old, s) {
				t.Errorf("%s: log %s differs from its copy", base, id)
			}
			logs[id] = s
			copies[id]++
		}
	}
	return logs, copies
}

// legacySleeps are the logs of the legacy API, asked for day by day, as the
// archive names their members.
func (b *bench) legacySleeps() map[string]map[string]any {
	b.t.Helper()
	logs := map[string]map[string]any{}
	for d := b.Person().First(); d <= b.Today(); d++ {
		decoder := json.NewDecoder(strings.NewReader(b.ok("/1.2/user/-/sleep/date/" + d.String() + ".json")))
		decoder.UseNumber()
		var page struct{ Sleep []map[string]any }
		if err := decoder.Decode(&page); err != nil {
			b.t.Fatal(err)
		}
		for _, s := range page.Sleep {
			s["mainSleep"] = s["isMainSleep"]
			delete(s, "isMainSleep")
			logs[s["logId"].(json.Number).String()] = s
		}
	}
	return logs
}

func (b *bench) sameSleeps(all map[string]string) map[string]int {
	b.t.Helper()
	got, copies := exportedSleeps(b.t, all)
	want := b.legacySleeps()
	if !slices.Equal(slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want))) {
		b.t.Fatalf("logs %v\nwant %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
	for id, s := range want {
		if !reflect.DeepEqual(got[id], s) {
			b.t.Errorf("log %s is\n%v\nthe API tells\n%v", id, got[id], s)
		}
	}
	return copies
}

// TestTakeoutSleeps compares every log with the legacy API: stages and classic,
// naps, and the night of the clock change among them. The nights across the edge
// of a run are in both files.
func TestTakeoutSleeps(t *testing.T) {
	b := export(t, 100)
	typed := b.AddSleep(time.Date(2025, 10, 30, 12, 0, 0, 0, time.UTC), time.Date(2025, 10, 30, 12, 40, 0, 0, time.UTC))
	all := b.members(jsonOnly)
	copies := b.sameSleeps(all)
	if copies[strconv.FormatInt(typed, 10)] != 1 {
		t.Errorf("the sleep typed in stands %d times", copies[strconv.FormatInt(typed, 10)])
	}
	twice := 0
	for _, n := range copies {
		if n == 2 {
			twice++
		}
	}
	if n := len(only(all, "sleep")); n != 4 || twice < 1 || twice > n {
		t.Errorf("%d logs stand in two of %d files", twice, n)
	}
	ordered := 0
	for _, body := range only(all, "sleep") {
		got := dates(body)
		if slices.IsSorted(got) || slices.IsSortedFunc(got, func(a, b string) int { return strings.Compare(b, a) }) {
			ordered++
		}
	}
	if ordered == 4 {
		t.Error("all files are in order")
	}
}

// dates are the values of dateOfSleep in the order of a file.
func dates(body string) []string {
	var all []string
	for line := range strings.SplitSeq(body, "\n") {
		if date, ok := strings.CutPrefix(line, `  "dateOfSleep" : `); ok {
			all = append(all, date)
		}
	}
	return all
}

// TestTakeoutAfterAJourney: the profile has the zone of the export. Files in UTC
// are cut at its midnights also for the days before the journey; the nights keep
// the clock of the place where they were slept.
func TestTakeoutAfterAJourney(t *testing.T) {
	b := export(t, 20)
	if err := b.Move(day(t, "2025-10-24"), "Asia/Tokyo"); err != nil {
		t.Fatal(err)
	}
	all := b.members(emulator.TakeoutOptions{})
	if profile := all[googleHealth+"Your Profile/Profile.csv"]; !strings.Contains(profile, ",Asia/Tokyo,") {
		t.Errorf("profile %s", profile)
	}
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for base, body := range only(all, "heart_rate") {
		for _, r := range records[struct{}](t, body) {
			n++
			if d := emulator.DateOf(readStamp(t, r.DateTime, time.UTC).In(tokyo)); base != "heart_rate-"+d.String()+".json" {
				t.Fatalf("%s holds %s", base, r.DateTime)
			}
		}
	}
	want := 0
	for d := b.Person().First(); d <= b.Today(); d++ {
		for _, beat := range b.Person().Beats(d) {
			if beat.At.Before(b.LastSync()) {
				want++
			}
		}
	}
	if n != want {
		t.Errorf("%d readings, want %d", n, want)
	}
	b.sameSleeps(all)
}

// TestTakeoutClockChanges counts the minutes of energy of the days on which the
// clock changes, by local stamps and by UTC ones.
func TestTakeoutClockChanges(t *testing.T) {
	for date, want := range map[string]struct {
		minutes int
		second  int    // records in the hour from two on, by the local clock
		begins  string // in UTC
	}{
		"2025-03-30": {1380, 0, "03/29/25 23:00:00"},
		"2025-10-26": {1500, 120, "10/25/25 22:00:00"},
		"2025-10-27": {1440, 60, "10/26/25 23:00:00"},
	} {
		d := day(t, date)
		b := export(t, 3, func(o *emulator.Options) {
			o.Now = func() time.Time { return (d + 1).Start(berlin(t)).Add(9 * time.Hour) }
		})
		minutes, hour := 0, 0
		local := date[5:7] + "/" + date[8:] + "/" + date[2:4]
		for _, r := range family[string](t, b.members(jsonOnly), "calories") {
			if strings.HasPrefix(r.DateTime, local) {
				minutes++
			}
			if strings.HasPrefix(r.DateTime, local+" 02:") {
				hour++
			}
		}
		if minutes != want.minutes || hour != want.second {
			t.Errorf("%s: %d minutes, %d from two to three, want %+v", date, minutes, hour, want)
		}
		got := family[string](t, b.members(emulator.TakeoutOptions{Layout: emulator.LayoutFlat, CaloriesUTC: true}), "calories")
		if !slices.ContainsFunc(got, func(r stamped[string]) bool { return r.DateTime == want.begins }) {
			t.Errorf("%s: no record at %s in UTC", date, want.begins)
		}
		for i := 1; i < len(got); i++ {
			if step := readStamp(t, got[i].DateTime, time.UTC).Sub(readStamp(t, got[i-1].DateTime, time.UTC)); step != time.Minute {
				t.Errorf("%s: %v between %s and %s", date, step, got[i-1].DateTime, got[i].DateTime)
			}
		}
	}
}

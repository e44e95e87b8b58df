package catalog_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/store/catalog"
)

// googleFixture reads a fixture of Google as points of a type.
func googleFixture(t *testing.T, name, file string) []catalog.Point {
	t.Helper()
	typ := mustLookup(t, name)
	i := slices.IndexFunc(fixtures(t, typ), func(f fixture) bool { return f.file == file })
	if i < 0 {
		t.Fatalf("%s has no fixture %s", name, file)
	}
	points, err := typ.Read(typ.Google, fixtures(t, typ)[i].body)
	if err != nil {
		t.Fatal(err)
	}
	return points
}

// TestSourcesReadAlike reads the same days as either source tells them. lacks are fields
// that only the legacy Web API has, or has otherwise.
func TestSourcesReadAlike(t *testing.T) {
	for _, c := range []struct {
		typ   string
		lacks []string
	}{
		{"sleep", []string{"efficiency_pct"}},
		{"sleep_stage", nil},
		{"hydration", nil},
		{"body_fat", []string{"log_id"}}, // two readings in one second share theirs there
	} {
		var got [2][]string
		for i, s := range []catalog.Source{catalog.Fitbit, catalog.Google} {
			typ := mustLookup(t, c.typ)
			body := readFile(t, filepath.Join("testdata", typ.Staged(s), string(s)+".json"))
			points, err := typ.Read(typ.Origin(s), catalog.Body{JSON: body, Zones: zones(t, "2000-01-01", "Europe/Berlin")})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range points {
				p.Fields = slices.DeleteFunc(p.Fields, func(f catalog.Field) bool { return slices.Contains(c.lacks, f.Key) })
				got[i] = append(got[i], p.Day.String()+" "+string(lines(t, []catalog.Point{p})))
			}
			slices.Sort(got[i])
		}
		if len(got[0]) == 0 || !slices.Equal(got[0], got[1]) {
			t.Errorf("%s reads from fitbit as\n%s\nfrom google as\n%s", c.typ, strings.Join(got[0], ""), strings.Join(got[1], ""))
		}
	}
}

// TestSleepIsFiledUnderItsEnd holds a night that ends in another zone than it began in to
// the date that the person's clock showed at its end.
func TestSleepIsFiledUnderItsEnd(t *testing.T) {
	for _, name := range []string{"sleep", "sleep_stage"} {
		for _, p := range googleFixture(t, name, "google_travel") {
			if p.Day != day(t, "2025-03-01") {
				t.Errorf("%s at %v is filed under %s", name, p.Time, p.Day)
			}
		}
	}
	night := googleFixture(t, "sleep", "google_travel")[0]
	if date := field(night, "date").Str(); date != "2025-03-01" || !night.Time.Equal(time.Date(2025, 2, 28, 17, 0, 0, 0, time.UTC)) {
		t.Errorf("the night of %s starts at %v", date, night.Time)
	}
}

func TestUnprocessedSleepIsHeldBack(t *testing.T) {
	until := map[string]time.Time{
		"2026-03-03": time.Date(2026, 3, 4, 5, 30, 0, 0, time.UTC),
		"2026-03-01": time.Date(2026, 3, 2, 12, 40, 0, 0, time.UTC), // without metadata
	}
	for _, name := range []string{"sleep", "sleep_stage"} {
		points := googleFixture(t, name, "google_unprocessed")
		if len(points) == 0 {
			t.Errorf("%s: no points", name)
		}
		for _, p := range points {
			if !p.HoldUntil.Equal(until[p.Day.String()]) {
				t.Errorf("%s of %s is held until %v, want %v", name, p.Day, p.HoldUntil, until[p.Day.String()])
			}
		}
		for _, p := range googleFixture(t, name, "google") {
			if !p.HoldUntil.IsZero() {
				t.Errorf("processed %s of %s is held until %v", name, p.Day, p.HoldUntil)
			}
		}
	}
}

// TestGoogleStagesAddUp holds the seconds of each stage, short awakenings included, to the
// minutes of the summary.
func TestGoogleStagesAddUp(t *testing.T) {
	for _, f := range fixtures(t, mustLookup(t, "sleep_stage")) {
		if f.source != catalog.Google {
			continue
		}
		var answer struct {
			DataPoints []struct {
				Name  string `json:"dataPointName"`
				Sleep struct {
					Type    string
					Summary struct {
						StagesSummary []struct{ Type, Minutes string }
					}
				}
			}
		}
		if err := json.Unmarshal(f.body.JSON, &answer); err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, p := range googleFixture(t, "sleep_stage", f.file) {
			got[field(p, "log_id").Str()+field(p, "stage").Str()] += field(p, "seconds").Int()
		}
		for _, n := range answer.DataPoints {
			for _, s := range n.Sleep.Summary.StagesSummary {
				stage := strings.ToLower(s.Type)
				if stage == "awake" && n.Sleep.Type == "STAGES" {
					stage = "wake"
				}
				want, _ := strconv.ParseInt(s.Minutes, 10, 64)
				if minutes := got[n.Name[strings.LastIndex(n.Name, "/")+1:]+stage] / 60; s.Minutes != "" && minutes != want {
					t.Errorf("%s: %s has %d min %s, summary says %d", f.file, n.Name, minutes, stage, want)
				}
			}
		}
	}
}

// TestGoogleTrack pins how segments become one track.
func TestGoogleTrack(t *testing.T) {
	segment := func(from, to, stage string) string {
		return fmt.Sprintf(`{"startTime": "2025-11-03T0%sZ", "endTime": "2025-11-03T0%sZ", "type": %q}`, from, to, stage)
	}
	light, deep := segment("1:00:00", "2:00:00", "LIGHT"), segment("2:00:00", "3:00:00", "DEEP")
	for _, c := range []struct{ name, stages, short, want string }{
		{"in another order", deep + "," + light, "", "light 3600 deep 3600"},
		{"without short awakenings", light, "", "light 3600"},
		{"a short awakening within", light, segment("1:10:00", "1:11:30", "AWAKE"), "light 600 wake 90 light 2910"},
		{"over a border", light + "," + deep, segment("1:59:00", "2:01:00", "AWAKE"), "light 3540 wake 120 deep 3540"},
		{"at the end", light, segment("1:59:00", "2:01:00", "AWAKE"), "light 3540 wake 60"},
		{"outside", light, segment("3:59:00", "4:01:00", "AWAKE"), "light 3600"},
		{"a gap stays one", light + "," + segment("2:30:00", "3:00:00", "REM"), "", "light 3600 rem 1800"},
		{"an unknown stage", segment("1:00:00", "2:00:00", "TWILIGHT_SLEEP"), "", "twilight_sleep 3600"},
		{"an unknown short awakening", light, segment("1:10:00", "1:11:30", "TOSSING"), "light 600 tossing 90 light 2910"},
	} {
		points, err := readGoogle(t, "sleep_stage", `{"sleep": {"interval": {"startTime": "2025-11-03T01:00:00Z", "endTime": "2025-11-03T04:00:00Z"},
			"type": "STAGES", "stages": [`+c.stages+`], "shortAwakenings": [`+c.short+`]}}`)
		var got []string
		for _, p := range points {
			got = append(got, fmt.Sprintf("%s %d", field(p, "stage").Str(), field(p, "seconds").Int()))
			if known := stageKnown(field(p, "stage").Str()); (field(p, "level").Kind() == catalog.Int) != known {
				t.Errorf("%s: stage %v", c.name, p.Fields)
			}
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, error %v; want %q", c.name, got, err, c.want)
		}
	}
}

func stageKnown(stage string) bool {
	return slices.Contains([]string{"wake", "rem", "light", "deep", "awake", "restless", "asleep"}, stage)
}

// TestGoogleSleep pins single members of a sleep.
func TestGoogleSleep(t *testing.T) {
	const (
		interval = `"interval": {"startTime": "2025-11-03T01:00:00Z", "startUtcOffset": "3600s", "endTime": "2025-11-03T02:00:00Z", "endUtcOffset": "3600s"}`
		place    = `duration_s=3600i,end_ns=1762135200000000000i,date="2025-11-03"`
		start    = ` 1762131600000000000`
		done     = `"metadata": {"processed": true}`
	)
	summary := func(stages string) string { return `"summary": {"stagesSummary": [` + stages + `]}, ` + done }
	for _, c := range []struct{ value, want string }{
		{`"type": "STAGES"`, "sleep,kind=stages,main=false " + place},
		{`"type": "SLEEP_TYPE_UNSPECIFIED"`, "sleep,main=false " + place},
		{`"metadata": {"processed": true, "mainSleep": true}`, "sleep,main=true " + place},
		{`"metadata": null, "summary": null, "stages": null`, "sleep,main=false " + place},
		// A stage that a summary does not count took no time; without a summary nothing is known.
		{`"type": "STAGES", ` + summary(`{"type": "REM", "minutes": "9", "count": "1"}`),
			"sleep,kind=stages,main=false deep_min=0i,light_min=0i,rem_min=9i,wake_min=0i," + place},
		{`"type": "CLASSIC", ` + summary(`{"type": "ASLEEP", "minutes": "60", "count": "1"}`),
			"sleep,kind=classic,main=false wake_min=0i,restless_min=0i," + place},
		{`"type": "CLASSIC", ` + summary(`{"type": "AWAKE", "minutes": "7"}, {"type": "RESTLESS", "count": "1"}`),
			"sleep,kind=classic,main=false wake_min=7i,restless_min=0i," + place},
		{`"type": "STAGES", ` + summary(``), "sleep,kind=stages,main=false " + place},
		{`"type": "NAPS", ` + summary(`{"type": "REM", "minutes": "9"}, {"type": "DREAM", "minutes": "9"}`), "sleep,kind=naps,main=false rem_min=9i," + place},
	} {
		points, err := readGoogle(t, "sleep", `{"sleep": {`+interval+`, `+c.value+`}}`)
		if got := strings.TrimSuffix(string(lines(t, points)), "\n"); err != nil || got != c.want+start {
			t.Errorf("%s: %q, error %v; want %q", c.value, got, err, c.want+start)
		}
	}
	for _, c := range []struct{ typ, value, word string }{
		{"sleep", `"sleeps": {}`, "no member sleep"},
		{"sleep", `"sleep": {"interval": {"startTime": "2025-11-03T01:00:00Z"}}`, "endTime"},
		{"sleep", `"sleep": {"interval": {"startTime": "2025-11-03T03:00:00Z", "endTime": "2025-11-03T02:00:00Z"}}`, "before the start"},
		{"sleep", `"sleep": {` + interval + `, "summary": {"minutesAsleep": "long"}}`, "summary.minutesAsleep"},
		{"sleep", `"sleep": {` + interval + `, ` + summary(`{"type": "REM", "minutes": "x"}`) + `}`, "stagesSummary.minutes"},
		{"sleep", `"sleep": {` + interval + `, "metadata": {"processed": "yes"}}`, "metadata.processed"},
		{"sleep_stage", `"sleep": {` + interval + `, "stages": [{"type": "REM"}]}`, "stages: member startTime"},
		{"sleep_stage", `"sleep": {` + interval + `, "stages": [{"startTime": "2025-11-03T01:00:00Z", "endTime": "2025-12-24T02:00:00Z"}]}`, "longer than a sleep"},
		{"sleep_stage", `"sleep": {` + interval + `, "shortAwakenings": [{"startTime": "2025-11-03T01:00:00Z"}]}`, "shortAwakenings: member endTime"},
	} {
		points, err := readGoogle(t, c.typ, "{"+c.value+"}")
		if err == nil || points != nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s of %s: %v, error %v; want one with %q", c.typ, c.value, points, err, c.word)
		}
	}
}

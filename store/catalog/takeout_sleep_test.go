package catalog_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fitvault/store/catalog"
)

// A member of an archive, by its base name.
type archiveMember struct{ name, body string }

// readMembers reads members of an archive from Berlin as a type, each held to the days of the
// points.
func readMembers(t *testing.T, typ string, members ...archiveMember) ([]catalog.Point, error) {
	t.Helper()
	var bodies []catalog.Body
	var days []catalog.Day
	for _, m := range members {
		b := takeoutVariants(t)["berlin"]
		b.JSON, b.Path = []byte(m.body), m.name
		bodies = append(bodies, b)
		held, err := heldIn(t, m.name, m.body)
		if err != nil {
			t.Errorf("%s: the days that it holds: %v", m.name, err)
		}
		days = append(days, held...)
	}
	row := mustLookup(t, typ)
	f, _ := catalog.FamilyOf(members[0].name)
	at := slices.IndexFunc(row.Takeout, func(o *catalog.Origin) bool { return o.From == f.Name })
	if at < 0 {
		t.Fatalf("%s is not read from %s", typ, f.Name)
	}
	points, err := row.Read(row.Takeout[at], bodies...)
	for _, p := range points {
		if !slices.Contains(days, p.Day) {
			t.Errorf("%v is filed under %v, and held are %v", p.Time, p.Day, days)
		}
	}
	return points, err
}

// night writes a sleep as JSON has it, of eight hours from 23:00 on.
func night(id, date, more string) string {
	return `{"logId": ` + id + `, "dateOfSleep": "` + date + `", "startTime": "2024-10-21T23:00:00.000", "duration": 28800000` + more + `}`
}

const (
	sleepHead = "sleep_id,sleep_type,minutes_in_sleep_period,start_utc_offset,sleep_start,end_utc_offset,sleep_end,algorithm_version,sleep_last_updated\n"
	oldHead   = "sleep_id,sleep_type,minutes_in_sleep_period,start_utc_offset,sleep_start,end_utc_offset,sleep_end\n"
	stageHead = "sleep_id,sleep_stage_type,start_utc_offset,sleep_stage_start,end_utc_offset,sleep_stage_end,algorithm_version\n"
	scoreHead = "sleep_id,score_utc_offset,score_time,overall_score\n"
)

// sleepRow is a row of UserSleeps on 22 October, by its times in UTC; the clock shows two more
// hours.
func sleepRow(id, from, to, version string) string {
	return id + ",STAGES,,+02:00," + from + ",+02:00," + to + "," + version + ",2024-10-22T08:00:00Z\n"
}

// TestSleeps reads sleeps of an archive from Berlin; 2024-10-21T21:00:00Z, 23:00 on the clock,
// is 1729544400. A result is the log id, whether it is the main sleep, start and end.
func TestSleeps(t *testing.T) {
	wall := func(minutes, from, to string) archiveMember {
		return archiveMember{"UserSleeps_0.csv", oldHead + "1,CLASSIC," + minutes + ",+00:00," + from + "+0000,+00:00," + to + "+0000\n"}
	}
	rows := func(rows ...string) archiveMember {
		return archiveMember{"UserSleeps_2024-10-01.csv", sleepHead + strings.Join(rows, "")}
	}
	const from, to = "2024-10-21T21:00:00Z", "2024-10-22T05:00:00Z"
	for name, c := range map[string]struct {
		members []archiveMember
		want    string
	}{
		"a record in two members is one": {[]archiveMember{
			{"sleep-2024-09-22.json", "[" + night("7", "2024-10-22", "") + "]"}, {"sleep-2024-10-22.json", "[" + night("7", "2024-10-22", "") + "]"}},
			"7  1729544400 1729573200"},
		"of the later member where they differ": {[]archiveMember{
			{"a/sleep-2024-10-22.json", "[" + night("7", "2024-10-22", `, "mainSleep": true`) + "]"},
			{"b/sleep-2024-09-22.json", "[" + night("7", "2024-10-22", `, "mainSleep": false`) + "]"}},
			"7 true 1729544400 1729573200"},
		"and the last of one member": {[]archiveMember{{"sleep-2024-10-22.json", "\xef\xbb\xbf[" + night("7", "2024-10-22", `, "mainSleep": true`) + "," +
			night("7", "2024-10-22", `, "mainSleep": false`) + "," + night("8", "2024-10-22", "") + "]"}},
			"7 false 1729544400 1729573200|8  1729544400 1729573200"},
		"records without an id are not taken for each other": {[]archiveMember{
			{"sleep-2024-09-22.json", "[" + night("null", "2024-10-21", "") + "," + night("null", "2024-10-22", "") + "]"},
			{"sleep-2024-10-22.json", "[" + night("null", "2024-10-22", "") + "]"}},
			"  1729544400 1729573200|  1729544400 1729573200|  1729544400 1729573200"},
		"nothing": {[]archiveMember{{"sleep-2024-10-22.json", ""}}, ""},
		"a member in other letters": {[]archiveMember{{"sleep-2024-10-22.json",
			strings.Replace("["+night("7", "2024-10-22", "")+"]", "dateOfSleep", "dateofsleep", 1)}}, "7  1729544400 1729573200"},

		"the version that Google has goes first": {[]archiveMember{
			rows(sleepRow("1", from, to, "sleep_session_v9"), sleepRow("2", from, "2024-10-22T03:00:00Z", "sleep_session_v2"))},
			"2 true 1729544400 1729566000"},
		"else the last one": {[]archiveMember{
			rows(sleepRow("1", from, to, "sleep_session_v0"), sleepRow("2", from, to, "sleep_session_v1"), sleepRow("3", from, to, ""))},
			"2 true 1729544400 1729573200"},
		"else the last row": {[]archiveMember{
			rows(sleepRow("1", from, to, ""), sleepRow("1", from, "2024-10-22T04:00:00Z", ""))},
			"1 true 1729544400 1729569600"},
		"a row that was changed later is right": {[]archiveMember{
			rows(strings.Replace(sleepRow("1", from, to, ""), "T08:", "T09:", 1), sleepRow("2", from, "2024-10-22T04:00:00Z", ""))},
			"1 true 1729544400 1729573200"},
		"the longest sleep of a day is the main one": {[]archiveMember{
			rows(sleepRow("1", from, "2024-10-22T01:00:00Z", ""), sleepRow("2", "2024-10-22T01:00:00Z", "2024-10-22T06:00:00Z", ""),
				sleepRow("3", "2024-10-22T13:00:00Z", "2024-10-22T14:00:00Z", ""), sleepRow("4", "2024-10-22T21:30:00Z", "2024-10-22T22:30:00Z", ""))},
			"1 false 1729544400 1729558800|2 true 1729558800 1729576800|3 false 1729602000 1729605600|4 true 1729632600 1729636200"},
		"days are told apart from each other": {[]archiveMember{
			rows(sleepRow("1", "2024-10-21T20:00:00Z", "2024-10-21T21:59:00Z", ""), sleepRow("2", "2024-10-21T20:00:00Z", "2024-10-21T22:01:00Z", ""))},
			"1 true 1729540800 1729547940|2 true 1729540800 1729548060"},
		"an offset of the place is a true one": {[]archiveMember{
			rows(strings.ReplaceAll(sleepRow("1", "2024-10-22T02:00:00Z", "2024-10-22T23:30:00Z", ""), "+02:00", "-07:00"))},
			"1 true 1729562400 1729639800"},
		"one of the offsets may be zero": {[]archiveMember{
			rows(strings.Replace(sleepRow("1", from, to, ""), "+02:00", "+00:00", 1))}, "1 true 1729544400 1729573200"},

		"a clock reading": {[]archiveMember{wall("480", "2024-10-21 23:00:00", "2024-10-22 07:00:00")}, "1 true 1729544400 1729573200"},
		"without minutes": {[]archiveMember{wall("", "2024-10-26 23:00:00", "2024-10-27 06:30:00")}, "1 true 1729976400 1730007000"},
		"minutes leave out a part": {[]archiveMember{wall("470", "2024-10-21 23:00:00", "2024-10-22 07:00:00")},
			"1 true 1729544400 1729573200"},
		"from the first of two hours": {[]archiveMember{wall("330", "2024-10-27 02:30:00", "2024-10-27 07:00:00")},
			"1 true 1729989000 1730008800"},
		"from the second of them": {[]archiveMember{wall("270", "2024-10-27 02:30:00", "2024-10-27 07:00:00")},
			"1 true 1729992600 1730008800"},
		"from the first into the second, without minutes": {[]archiveMember{wall("", "2024-10-27 02:50:00", "2024-10-27 02:10:00")},
			"1 true 1729990200 1729991400"},
		"from the first into the second": {[]archiveMember{wall("20", "2024-10-27 02:50:00", "2024-10-27 02:10:00")},
			"1 true 1729990200 1729991400"},
		"at the offset of the start": {[]archiveMember{wall("510", "2024-10-26 23:00:00", "2024-10-27 07:30:00")},
			"1 true 1729976400 1730007000"},
		"over the hour that is left out": {[]archiveMember{wall("390", "2024-03-30 23:00:00", "2024-03-31 06:30:00")},
			"1 true 1711836000 1711859400"},
	} {
		t.Run(name, func(t *testing.T) {
			points, err := readMembers(t, "sleep", c.members...)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range strings.Split(strings.TrimSpace(string(lines(t, points))), "\n") {
				got = append(got, sleepWords(l))
			}
			slices.Sort(got)
			if g := strings.Join(got, "|"); g != c.want {
				t.Errorf("read %s\nwant %s", g, c.want)
			}
		})
	}
}

// sleepWords shortens a line to its log id, main, start and end in seconds.
func sleepWords(line string) string {
	find := func(pattern string) string {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(line); m != nil {
			return m[1]
		}
		return ""
	}
	if line == "" {
		return ""
	}
	return find(`log_id="(.*?)"`) + " " + find(`main=(\w+)`) + " " + find(` (\d+)000000000$`) + " " + find(`end_ns=(\d+)000000000i`)
}

// TestArchivedSleepIsThatOfTheAPI holds a record to what the legacy Web API's reader makes of
// it, in every answer that there is a fixture of.
func TestArchivedSleepIsThatOfTheAPI(t *testing.T) {
	for _, typ := range []string{"sleep", "sleep_stage"} {
		row, seen := mustLookup(t, typ), 0
		for _, fx := range fixtures(t, row) {
			if fx.source != catalog.Fitbit {
				continue
			}
			want, err := row.Read(row.Fitbit, fx.body)
			if err != nil {
				t.Fatal(err)
			}
			var answer struct{ Sleep json.RawMessage }
			if err := json.Unmarshal(fx.body.JSON, &answer); err != nil {
				t.Fatal(err)
			}
			b := fx.body
			b.JSON = bytes.ReplaceAll(answer.Sleep, []byte("isMainSleep"), []byte("mainSleep"))
			got, err := row.Read(row.Takeout[0], b)
			if err != nil {
				t.Fatal(err)
			}
			seen += len(got)
			if diff := cmp.Diff(string(lines(t, want)), string(lines(t, got))); diff != "" {
				t.Errorf("%s of %s (-API +archive):\n%s", typ, fx.file, diff)
			}
		}
		if seen == 0 {
			t.Errorf("%s: no fixture of the API was read", typ)
		}
	}
}

// TestSleepCopies holds the copies of the sleeps on the nights when clocks change to each
// other: the JSON, the tables with true offsets, and those of clock readings. The tables have
// an id of their own and no efficiency.
func TestSleepCopies(t *testing.T) {
	own := regexp.MustCompile(`efficiency_pct=\d+i,|log_id="\d+"`)
	read := func(typ, fixture string) []string {
		b := readFile(t, "testdata/"+typ+"/takeout_"+fixture+".lp")
		return slices.Sorted(strings.Lines(own.ReplaceAllString(string(b), "")))
	}
	for _, typ := range []string{"sleep", "sleep_stage"} {
		want := read(typ, "sleep.json~berlin")
		for _, fixture := range []string{"user_sleeps.csv~berlin", "user_sleeps.csv~berlin-wall"} {
			if diff := cmp.Diff(want, read(typ, fixture)); diff != "" || len(want) < 3 {
				t.Errorf("%s: sleep.json and %s:\n%s", typ, fixture, diff)
			}
		}
	}
}

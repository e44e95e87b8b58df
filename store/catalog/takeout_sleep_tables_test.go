package catalog_test

import (
	"strings"
	"testing"
)

// TestSleepTableStages reads the stages of a sleep from 2024-10-21T21:00:00Z (1729544400) to
// 05:00:00Z.
func TestSleepTableStages(t *testing.T) {
	const from, to = "2024-10-21T21:00:00Z", "2024-10-22T05:00:00Z"
	stage := func(name, from, to, version string) string {
		return "1," + name + ",+02:00,2024-10-21T" + from + "Z,+02:00,2024-10-21T" + to + "Z," + version + "\n"
	}
	line := func(stage, level, seconds, at string) string {
		return `sleep_stage,main=true stage="` + stage + `",` + level + `seconds=` + seconds + `i,log_id="1" ` + at + "000000000\n"
	}
	for name, c := range map[string]struct{ version, stages, want string }{
		"in a classic sleep lying awake has two words, too": {"CLASSIC",
			stage("WAKE", "21:00:00", "21:10:00", ""), line("awake", "level=0i,", "600", "1729544400")},
		"in any order, one more than once": {"",
			stage("REM", "21:10:00", "21:20:00", "") + stage("LIGHT", "21:00:00", "21:10:00", "") + stage("REM", "21:10:00", "21:20:00", ""),
			line("light", "level=2i,", "600", "1729544400") + line("rem", "level=1i,", "600", "1729545000")},
		"lying awake has two words": {"", stage("AWAKE", "21:00:00", "21:10:00", "") + stage("WAKE", "21:10:00.5", "21:20:00", ""),
			line("wake", "level=0i,", "600", "1729544400") + line("wake", "level=0i,", "600", "1729545000")},
		"a stage that is not known has no level": {"", stage("UNSPECIFIED", "21:00:00", "21:10:00", ""),
			line("unspecified", "", "600", "1729544400")},
		"of the sleep's version": {"sleep_session_v2", stage("LIGHT", "21:00:00", "21:20:00", "sleep_session_v1") +
			stage("DEEP", "21:00:00", "21:10:00", "sleep_session_v2"), line("deep", "level=3i,", "600", "1729544400")},
		"where no row names it, of any": {"sleep_session_v2",
			stage("DEEP", "21:00:00", "21:10:00", ""), line("deep", "level=3i,", "600", "1729544400")},
		"none": {"", "2,LIGHT,+02:00," + from + ",+02:00," + to + ",\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			row := sleepRow("1", from, to, c.version)
			if c.version == "CLASSIC" {
				row = strings.Replace(sleepRow("1", from, to, ""), "STAGES", "CLASSIC", 1)
			}
			members := []archiveMember{{"UserSleepStages_2024-10-01.csv", stageHead + c.stages}, {"UserSleeps_2024-10-01.csv", sleepHead + row}}
			points, err := readMembers(t, "sleep_stage", members...)
			if got := string(lines(t, points)); err != nil || got != c.want {
				t.Errorf("read:\n%swant:\n%s(error %v)", got, c.want, err)
			}
		})
	}
}

// TestSleepTableMinutes counts the minutes of stages. Where no row tells of any, nothing is
// known of them.
func TestSleepTableMinutes(t *testing.T) {
	sleeps := archiveMember{"UserSleeps_2024-10-01.csv", "minutes_asleep,minutes_awake,minutes_after_wake_up,minutes_to_fall_asleep," +
		sleepHead + "460,20,1,6," + strings.Replace(sleepRow("1", "2024-10-21T21:00:00Z", "2024-10-22T05:00:00Z", ""), "STAGES,", "STAGES,480", 1)}
	stages := archiveMember{"UserSleepStages_2024-10-01.csv", stageHead + "1,DEEP,+02:00,2024-10-21T21:00:00Z,+02:00,2024-10-21T21:10:30Z,\n" +
		"1,LIGHT,+02:00,2024-10-21T21:10:30Z,+02:00,2024-10-21T21:20:30Z,\n1,DEEP,+02:00,2024-10-21T21:20:30Z,+02:00,2024-10-21T21:21:00Z,\n"}
	const told = "sleep,kind=stages,main=true asleep_min=460i,awake_min=20i,in_bed_min=480i,to_fall_asleep_min=6i,after_wakeup_min=1i,"
	const rest = `duration_s=28800i,end_ns=1729573200000000000i,date="2024-10-22",log_id="1" 1729544400000000000` + "\n"
	for want, members := range map[string][]archiveMember{
		told + rest: {sleeps},
		told + "deep_min=11i,light_min=10i,rem_min=0i,wake_min=0i," + rest: {sleeps, stages},
	} {
		points, err := readMembers(t, "sleep", members...)
		if got := string(lines(t, points)); err != nil || got != want {
			t.Errorf("read:\n%swant:\n%s(error %v)", got, want, err)
		}
	}
}

func TestSleepScores(t *testing.T) {
	const parts = "overall_score,composition_score,revitalization_score,duration_score,deep_sleep_in_minutes,resting_heart_rate,restlessness\n"
	sleeps := archiveMember{"UserSleeps_2024-10-01.csv", sleepHead + sleepRow("1", "2024-10-21T21:00:00Z", "2024-10-22T05:00:00Z", "sleep_session_v2") +
		sleepRow("9", "2024-10-21T21:00:00Z", "2024-10-22T05:10:00Z", "sleep_session_v1")}
	scores := func(rows string) archiveMember {
		return archiveMember{"UserSleepScores_2024-10-01.csv", scoreHead + rows}
	}
	score := func(rows string) []archiveMember {
		return []archiveMember{{"sleep_score.csv", "timestamp,sleep_log_entry_id," + parts + rows}}
	}
	for name, c := range map[string]struct {
		members []archiveMember
		want    string
	}{
		"the stamp is a clock reading": {score("2024-10-22T07:00:00Z,7,80,20,21,39,60,57.6,0.07\n"),
			`sleep_score overall=80i,composition=20i,revitalization=21i,duration=39i,deep_sleep_min=60i,resting_bpm=58i,restlessness=0.07,log_id="7" 1729573200000000000` + "\n"},
		"of two equal readings the first": {score("2024-10-27T02:30:00Z,7,80,,,,,,\n"),
			`sleep_score overall=80i,log_id="7" 1729989000000000000` + "\n"},
		"one part is missing": {score("2024-10-22T07:00:00Z,7,80,20,80,-1,,,\n"),
			`sleep_score overall=80i,log_id="7" 1729573200000000000` + "\n"},
		"nothing is told": {score("2024-10-22T07:00:00Z,7,-1,,,,-1,0,NaN\n"),
			""},
		"at the end of the sleep": {[]archiveMember{scores("1,+02:00,2024-10-22T05:20:00Z,80\n"), sleeps},
			`sleep_score overall=80i,log_id="1" 1729573200000000000` + "\n"},
		"of a sleep that was left out": {[]archiveMember{scores("9,+02:00,2024-10-22T05:10:00Z,70\n"), sleeps},
			""},
		"of a sleep that is not there": {[]archiveMember{scores("3,+02:00,2024-10-22T22:30:00Z,70\n"), sleeps},
			`sleep_score overall=70i,log_id="3" 1729636200000000000` + "\n"},
		"an offset that stands for none": {[]archiveMember{scores("3,+00:00,2024-10-22 07:00:00+0000,70\n")},
			`sleep_score overall=70i,log_id="3" 1729573200000000000` + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			points, err := readMembers(t, "sleep_score", c.members...)
			if got := string(lines(t, points)); err != nil || got != c.want {
				t.Errorf("read:\n%swant:\n%s(error %v)", got, c.want, err)
			}
		})
	}
}

// TestSleepDays holds members to the days of their rows, on the clock in Berlin: the local date of
// waking, as the record or the offset beside the stamp tells it. What tells of a night must be
// read for the day on which it ends, whichever member has it.
func TestSleepDays(t *testing.T) {
	row := sleepRow("1", "2024-10-21T20:00:00Z", "2024-10-21T22:30:00Z", "")
	stage := func(from, to string) string { return stageHead + "1,LIGHT,+02:00," + from + ",+02:00," + to + ",\n" }
	for _, c := range []struct{ path, body, days string }{
		{"sleep-2024-09-22.json", "[" + night("7", "2024-10-22", "") + "]", "2024-10-22"},
		{"sleep_score.csv", "timestamp,overall_score\n2024-10-21T23:50:00Z,70\n2024-10-22T23:50:00Z,-1\n", "2024-10-21"},
		{"sleep_score.csv", "no data", ""},
		{"UserSleeps_2024-10-01.csv", sleepHead + row, "2024-10-22"},
		{"UserSleeps_2024-10-01.csv", sleepHead + strings.ReplaceAll(row, "+02:00", "+00:00"), "2024-10-21"},
		{"UserSleeps_2024-10-01.csv", sleepHead + strings.ReplaceAll(row, "+02:00", "-07:00"), "2024-10-21"},
		{"UserSleeps_0.csv", sleepHead, ""},
		{"UserSleepStages_2024-10-01.csv", stage("2024-10-21T20:00:00Z", "2024-10-21T21:20:00Z"), "2024-10-21 2024-10-22"},
		{"UserSleepStages_2024-10-01.csv", stage("2024-10-21T21:30:00Z", "2024-10-21T22:30:00Z"), "2024-10-22"},
		{"UserSleepStages_2024-10-01.csv", stage("2024-10-22T09:30:00Z", "2024-10-22T09:59:00Z"), "2024-10-22"},
		{"UserSleepStages_2024-10-01.csv", "no data\n", ""},
		{"UserSleepScores_2024-10-01.csv", scoreHead + "1,+02:00,2024-10-21T22:30:00Z,80\n", "2024-10-22"},
	} {
		days, err := heldIn(t, c.path, c.body)
		var got []string
		for _, d := range days {
			got = append(got, d.String())
		}
		if err != nil || strings.Join(got, " ") != c.days {
			t.Errorf("%s: %s is held on %q, want %s (error %v)", c.path, c.body, got, c.days, err)
		}
	}
}

func TestBrokenSleeps(t *testing.T) {
	row := sleepRow("1", "2024-10-21T21:00:00Z", "2024-10-22T05:00:00Z", "")
	for _, c := range []struct{ typ, path, body, words string }{
		{"sleep", "sleep-2024-10-01.json", `[{"dateOfSleep": "2024-10-22", "startTime": "noon"}]`, "2024-10-22|startTime|noon"},
		{"sleep", "sleep-2024-10-01.json", `[{"dateOfSleep": "2024-10-22", "startTime": "2024-10-21T23:00:00", "duration": {}}]`, "2024-10-22|duration"},
		{"sleep", "sleep-2024-10-01.json", `[{"dateOfSleep"`, "answer"},
		{"sleep", "UserSleeps_0.csv", strings.Replace(sleepHead, "start_utc_offset,", "", 1) + row, `"start_utc_offset"`},
		{"sleep", "UserSleeps_0.csv", sleepHead + strings.Replace(row, "21T21:00", "23T21:00", 1), "line 2|sleep_end|2024-10-23T21:00:00Z"},
		{"sleep", "UserSleeps_0.csv", sleepHead + strings.Replace(row, "STAGES,", "STAGES,long", 1), "2024-10-22|minutes_in_sleep_period|long"},
		{"sleep", "UserSleeps_0.csv", sleepHead + strings.ReplaceAll(strings.Replace(row, "STAGES,", "STAGES,long", 1), "+02:00", "+00:00"),
			"line 2|minutes_in_sleep_period|long"},
		{"sleep_stage", "UserSleepStages_0.csv", stageHead + "1,DEEP,,monday,,2024-10-21T22:00:00Z,\n", "line 2|sleep_stage_start|monday"},
		{"sleep_score", "UserSleepScores_0.csv", scoreHead + "1,+02:00,2024-10-21T22:00:00Z,good\n", "line 2|overall_score|good"},
	} {
		b := takeoutVariants(t)["berlin"]
		b.JSON, b.Path = []byte(c.body), c.path
		typ := mustLookup(t, c.typ)
		o := typ.Takeout[0]
		if !strings.HasSuffix(c.path, ".json") {
			o = typ.Takeout[1]
		}
		_, err := typ.Read(o, b)
		for word := range strings.SplitSeq(c.words, "|") {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%s: %s: error %v, want one with %q", c.path, c.body, err, word)
			}
		}
	}
}

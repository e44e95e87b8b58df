package emulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// TestTakeoutSleepTable compares the sleeps of the tables with the log of the
// legacy API: start, end, type, minutes, and the stages' sums.
func TestTakeoutSleepTable(t *testing.T) {
	t.Parallel()
	b := start(t, csvPerson)
	var log struct {
		Sleep []struct {
			StartTime, EndTime, Type, LogType       string
			MinutesAsleep, MinutesAwake             int
			MinutesToFallAsleep, MinutesAfterWakeup int
		}
	}
	if err := json.Unmarshal([]byte(b.ok(sleepPath(b.Person().First().String(), b.Today().String()))), &log); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, s := range log.Sleep {
		want[fmt.Sprintln(s.StartTime[:19], s.EndTime[:19], strings.ToUpper(s.Type), s.MinutesAsleep, s.MinutesAwake,
			s.MinutesToFallAsleep, s.MinutesAfterWakeup, s.LogType == "manual")] = true
	}
	for _, kind := range []string{"fitbit", "google-health"} {
		u := archive(t, kind)
		stages := u.stages()
		got := map[string]bool{}
		for _, r := range u.rows("UserSleeps") {
			start, end := u.withOffset(r, "start_utc_offset", "sleep_start"), u.withOffset(r, "end_utc_offset", "sleep_end")
			got[fmt.Sprintln(start.Format("2006-01-02T15:04:05"), end.Format("2006-01-02T15:04:05"), r["sleep_type"],
				r["minutes_asleep"], r["minutes_awake"], r["minutes_to_fall_asleep"], r["minutes_after_wake_up"],
				r["data_source"] == "MANUAL")] = true
			if len(r["sleep_id"]) != 19 {
				t.Errorf("sleep_id %s", r["sleep_id"])
			}
			minutes := stages[r["sleep_id"]]
			asleep := minutes["LIGHT"] + minutes["DEEP"] + minutes["REM"] + minutes["ASLEEP"]
			if len(minutes) > 0 && asleep.Minutes() != number(t, r["minutes_asleep"]) {
				t.Errorf("%s: %v asleep by its stages, %s by itself", r["sleep_id"], asleep, r["minutes_asleep"])
			}
		}
		for _, line := range differences(got, want) {
			t.Errorf("%s: %s", kind, line)
		}
	}
}

// withOffset reads an instant and checks that its offset is the one of the place.
func (u *unpacked) withOffset(r map[string]string, offset, stamp string) time.Time {
	u.t.Helper()
	at := u.instant(r[stamp]).In(u.zone)
	if want := at.Format("-07:00"); r[offset] != want {
		u.t.Errorf("offset %s of %s, want %s", r[offset], r[stamp], want)
	}
	return at
}

// stages are the lengths of the stages of each sleep, which follow each other
// without a gap.
func (u *unpacked) stages() map[string]map[string]time.Duration {
	u.t.Helper()
	all, ends := map[string]map[string]time.Duration{}, map[string]string{}
	for _, r := range u.rows("UserSleepStages") {
		id := r["sleep_id"]
		if all[id] == nil {
			all[id] = map[string]time.Duration{}
		} else if ends[id] != r["sleep_stage_start"] {
			u.t.Errorf("%s: a gap from %s to %s", id, ends[id], r["sleep_stage_start"])
		}
		ends[id] = r["sleep_stage_end"]
		all[id][r["sleep_stage_type"]] += u.instant(r["sleep_stage_end"]).Sub(u.instant(r["sleep_stage_start"]))
	}
	return all
}

// TestTakeoutSleepTableVintages: older exports have no algorithm, another form of
// time and another word for lying awake.
func TestTakeoutSleepTableVintages(t *testing.T) {
	t.Parallel()
	for kind, tt := range map[string]struct {
		version bool
		stamp   string
		awake   string
	}{
		"fitbit":        {false, "0000-00-00 00:00:00+0000", "WAKE"},
		"google-health": {true, "0000-00-00T00:00:00Z", "AWAKE"},
	} {
		u := archive(t, kind)
		seen := map[string]bool{}
		for _, r := range u.rows("UserSleepStages") {
			if version, ok := r["algorithm_version"]; ok != tt.version || ok && version != "sleep_session_v2" {
				t.Fatalf("%s: algorithm %q", kind, version)
			}
			if form(r["sleep_stage_start"]) != tt.stamp {
				t.Fatalf("%s: stamp %s", kind, r["sleep_stage_start"])
			}
			seen[r["sleep_stage_type"]] = true
		}
		for _, level := range []string{"LIGHT", "DEEP", "REM", tt.awake} {
			if !seen[level] {
				t.Errorf("%s: no %s", kind, level)
			}
		}
	}
}

// TestTakeoutPlaceholderOffsets: the wall clock with +00:00. When a row was made
// stays an instant.
func TestTakeoutPlaceholderOffsets(t *testing.T) {
	t.Parallel()
	old := unpack(t, csvServer(t), emulator.TakeoutOptions{Layout: "fitbit", PlaceholderOffsets: true})
	for _, table := range []struct{ name, start, offset string }{
		{"UserSleeps", "sleep_start", "start_utc_offset"},
		{"UserSleepStages", "sleep_stage_end", "end_utc_offset"},
		{"UserSleepScores", "score_time", "score_utc_offset"},
		{"UserExercises", "exercise_start", "utc_offset"},
	} {
		placed := old.rows(table.name)
		for i, r := range archive(t, "fitbit").rows(table.name) {
			want := old.instant(r[table.start]).In(old.zone).Format("2006-01-02 15:04:05") + "+0000"
			if got := placed[i]; got[table.start] != want || got[table.offset] != "+00:00" {
				t.Fatalf("%s: %s %s, want %s", table.name, got[table.start], got[table.offset], want)
			}
			if placed[i]["sleep_created"] != r["sleep_created"] {
				t.Fatalf("%s: made at %s, want %s", table.name, placed[i]["sleep_created"], r["sleep_created"])
			}
		}
	}
}

// TestTakeoutSleepTwice: each sleep under both algorithms, with ids of its own
// and other stages.
func TestTakeoutSleepTwice(t *testing.T) {
	t.Parallel()
	u := unpack(t, csvServer(t), emulator.TakeoutOptions{SleepTwice: true})
	once := archive(t, "google-health").rows("UserSleeps")
	ids, versions := map[string]bool{}, map[string]int{}
	for _, r := range u.rows("UserSleeps") {
		ids[r["sleep_id"]] = true
		versions[r["algorithm_version"]]++
	}
	if len(ids) != 2*len(once) || versions["sleep_session_v2"] != len(once) || versions["sleep_session_v1"] != len(once) {
		t.Errorf("%d ids, %v, want %d of each", len(ids), versions, len(once))
	}
	for _, r := range u.rows("UserSleepStages") {
		if r["algorithm_version"] == "sleep_session_v1" && r["sleep_stage_type"] == "REM" {
			t.Fatalf("the older algorithm saw a dream: %v", r)
		}
	}
}

// TestTakeoutExerciseTable compares the workouts with the person's.
func TestTakeoutExerciseTable(t *testing.T) {
	t.Parallel()
	s := csvServer(t)
	u, p := archive(t, "google-health"), s.Person()
	recorded, typed := map[string]map[string]string{}, 0
	for _, r := range u.rows("UserExercises") {
		if len(r) != 33 {
			t.Fatalf("%d columns", len(r))
		}
		if r["log_type"] == "MANUAL" {
			if typed++; r["tracker_avg_heart_rate"] != "0" || number(t, r["manually_logged_total_steps"]) == 0 {
				t.Errorf("typed in: %v", r)
			}
			continue
		}
		recorded[r["exercise_start"]] = r
	}
	n := 0
	for d := p.First(); d <= s.Today(); d++ {
		w, ok := p.Workout(d)
		if !ok || w.End.After(s.LastSync()) {
			continue
		}
		n++
		r := recorded[w.Start.Format(time.RFC3339)]
		for column, want := range map[string]float64{
			"tracker_total_calories": w.Kcal, "tracker_total_steps": float64(w.Steps), "tracker_avg_heart_rate": float64(w.AverageBPM),
			"tracker_total_altitude_mm": 3048 * float64(w.Floors),
		} {
			if got := number(t, r[column]); got != want {
				t.Errorf("%s of %v: %v, want %v", column, d, got, want)
			}
		}
		if r["exercise_end"] != w.End.Format(time.RFC3339) || r["utc_offset"] != w.Start.In(u.zone).Format("-07:00") {
			t.Errorf("%v: %v", d, r)
		}
	}
	if n == 0 || n != len(recorded) || typed == 0 {
		t.Errorf("%d workouts of %d, %d typed in", len(recorded), n, typed)
	}
}

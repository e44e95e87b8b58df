package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"fitvault/store/catalog"
)

// heldIn returns what the import finds a member to hold.
func heldIn(t *testing.T, path, body string) ([]catalog.Day, error) {
	t.Helper()
	b := takeoutVariants(t)["berlin"]
	b.JSON, b.Path = []byte(body), path
	f, ok := catalog.FamilyOf(path)
	if !ok || f.Held == nil {
		t.Fatalf("%s is of no family that is read", path)
	}
	return f.Held(b)
}

// TestLogDays holds members to the days under which their records are filed: what has an
// instant under the local date of it in the archive's zone, Berlin, the rest under the date
// that is written. A row of weight.csv may be either.
func TestLogDays(t *testing.T) {
	workouts := logTables["UserExercises_0.csv"]
	for _, c := range []struct{ path, body, days string }{
		{"weight-2024-10-01.json", `[{"logId":1,"weight":150.1,"fat":20.1,"date":"10/27/24","time":"00:30:00"}]`, "2024-10-27"},
		{"weight.csv", logTables["weight.csv"] + "\n2024-10-26T22:30:00Z,70000\n", "2024-10-26 2024-10-27"},
		{"weight.csv", logTables["weight.csv"] + "\n2024-10-26T12:30:00Z,70000\n", "2024-10-26"},
		{"height.csv", logTables["height.csv"] + "\n2024-10-26T22:30:00Z,1800\n", "2024-10-27"},
		{"height-2024-01-01.json", `[{"dateTime":"10/27/24 00:00:00","value":"1800"}]`, "2024-10-27"},
		{"exercise-0.json", `[{"logId":7,"startTime":"10/26/24 22:30:00"},{"logId":8,"startTime":"10/27/24 23:30:00"}]`,
			"2024-10-27 2024-10-28"},
		{"exercise-0.json", `[{"logId":7,"startTime":"2024-10-27T23:30:00.000+02:00"}]`, "2024-10-27"},
		{"UserExercises_0.csv", workouts + "\n2024-10-26T22:30:00Z,2024-10-26T22:45:00Z,+02:00\n", "2024-10-27"},
		{"UserExercises_0.csv", workouts + "\n2024-10-26T22:30:00Z,2024-10-26T22:45:00Z,+00:00\n", "2024-10-26"},
		{"cardio_load_2024-10-01.csv", logTables["cardio_load_2024-10-01.csv"] + "\n2024-10-26T22:30:00Z,1,2,3\n", "2024-10-27"},
		{"Stress Score.csv", "DATE,STRESS_SCORE\n2024-10-27T00:00:00Z,70\n", "2024-10-27"},
		{"daily_readiness.csv", "timestamp,score\n2024-10-27T23:59:59Z,70\n", "2024-10-27"},
		{"Mindfulness Eda Data Sessions - 2024-10-01.csv", "timestamp,activation\n1729981800,0.2\n", "2024-10-27"},
		{"Activities/7.tcx", `<TrainingCenterDatabase><Activities><Activity><Lap><Track>
			<Trackpoint><Time>2024-10-26T21:59:00Z</Time>
			<Position><LatitudeDegrees>1</LatitudeDegrees><LongitudeDegrees>2</LongitudeDegrees></Position></Trackpoint>
			<Trackpoint><Time>2024-10-26T22:01:00Z</Time>
			<Position><LatitudeDegrees>1</LatitudeDegrees><LongitudeDegrees>2</LongitudeDegrees></Position></Trackpoint>
			</Track></Lap></Activity></Activities></TrainingCenterDatabase>`, "2024-10-26"},
	} {
		days, err := heldIn(t, c.path, c.body)
		var got []string
		for _, span := range catalog.Runs(days) {
			for d := span.From; d < span.To; d++ {
				got = append(got, d.String())
			}
		}
		if err != nil || strings.Join(got, " ") != c.days {
			t.Errorf("%s: %s is held on %q, want %s (error %v)", c.path, c.body, got, c.days, err)
		}
	}
}

// logTables are members of the tables of logs, with their header.
var logTables = map[string]string{
	"weight.csv":                                     "timestamp,weight grams",
	"body_fat_2024-10-01.csv":                        "timestamp,body fat percentage",
	"height.csv":                                     "timestamp,height millimeters",
	"UserExercises_0.csv":                            "exercise_start,exercise_end,utc_offset",
	"cardio_load_2024-10-01.csv":                     "timestamp,workout,background,total",
	"Stress Score.csv":                               "DATE,STRESS_SCORE,CALCULATION_FAILED",
	"daily_readiness.csv":                            "timestamp,score",
	"Daily Readiness Score - 2024-10-01.csv":         "date,readiness_score_value",
	"Mindfulness Eda Data Sessions - 2024-10-01.csv": "timestamp,activation",
}

// TestNoLogs reads members that hold nothing, which is no fault, and such as lack their first
// column, which is one.
func TestNoLogs(t *testing.T) {
	for _, path := range []string{"weight-2024-10-01.json", "height-2024-01-01.json", "exercise-0.json"} {
		for _, body := range []string{"", "\n", "[]", "\ufeff[ ]\r\n"} {
			if days, err := heldIn(t, path, body); len(days) > 0 || err != nil {
				t.Errorf("%s: %q holds %v, error %v", path, body, days, err)
			}
		}
	}
	for path, header := range logTables {
		for _, body := range []string{"", "no data\n", header, header + ",data source\r\n", "\ufeff" + header + "\n"} {
			if days, err := heldIn(t, path, body); len(days) > 0 || err != nil {
				t.Errorf("%s: %q holds %v, error %v", path, body, days, err)
			}
		}
		stamp, rest, _ := strings.Cut(header, ",")
		if _, err := heldIn(t, path, rest+"\n1,2\n"); err == nil || !strings.Contains(err.Error(), `"`+strings.ToLower(stamp)+`"`) {
			t.Errorf("%s without its first column: error %v", path, err)
		}
	}
}

func TestBrokenLogs(t *testing.T) {
	for _, c := range []struct{ path, body, words string }{
		{"weight-2024-10-01.json", `[{"logId":1,"weight":"heavy","date":"10/27/24","time":"07:00:00"}]`, "10/27/24|heavy"},
		{"weight-2024-10-01.json", `[{"logId":1,"weight":150.1,"date":"2024-10-27","time":"07:00:00"}]`, "2024-10-27|MM/DD/YY"},
		{"weight-2024-10-01.json", `[{"logId":1,"weight":150.1,"date":"10/27/24"`, "unexpected end"},
		{"weight.csv", logTables["weight.csv"] + "\n2024-10-27T07:00:00Z,heavy\n", "line 2|weight grams|heavy"},
		{"weight.csv", logTables["weight.csv"] + "\n2024-10-27,70000\n", "line 2|timestamp|2024-10-27"},
		{"height-2024-01-01.json", `[{"dateTime":"10/27/24 00:00:00","value":"tall"}]`, "10/27/24|tall"},
		{"exercise-0.json", `[{"logId":7,"startTime":"yesterday"}]`, "exercise 7|yesterday"},
		{"exercise-0.json", `[{"logId":7,"startTime":"10/27/24 07:00:00","steps":1.5}]`, "10/27/24 07:00:00|steps"},
		{"UserExercises_0.csv", logTables["UserExercises_0.csv"] + "\n2024-10-27T07:00:00Z,,+02:00\n", "line 2|exercise_end"},
		{"UserExercises_0.csv", logTables["UserExercises_0.csv"] + ",tracker_total_steps\n" +
			"2024-10-27T07:00:00Z,2024-10-27T08:00:00Z,+02:00,many\n", "2024-10-27T07:00:00Z|tracker_total_steps|many"},
		{"Stress Score.csv", "DATE,STRESS_SCORE\n2024-10-27,70\n2024-10-28,7O\n", "line 3|stress_score|7O"},
		{"Stress Score.csv", "DATE,STRESS_SCORE\nmonday,70\n", "line 2|date|monday"},
		{"Mindfulness Eda Data Sessions - 2024-10-01.csv", "timestamp,activation\n1e30,0.2\n", "line 2|timestamp|1e30"},
		{"Activities/60000000004.tcx", "<TrainingCenterDatabase>", "TCX"},
	} {
		_, err := heldIn(t, c.path, c.body)
		for word := range strings.SplitSeq(c.words, "|") {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%s: %s: error %v, want one with %q", c.path, c.body, err, word)
			}
		}
	}
}

// TestWeightUnit reads a weight without a unit as that of a person of the height that the
// archive's profile tells.
func TestWeightUnit(t *testing.T) {
	const child = `[{"logId":1,"weight":70.0,"bmi":17.42,"date":"10/27/24","time":"07:00:00"}]`
	for height, want := range map[float64]float64{0: 70, 1.70: 70, 1.35: 31.75} {
		b := takeoutVariants(t)["berlin"]
		b.JSON, b.Path, b.Height = []byte(child), "weight-2024-10-01.json", height
		typ := mustLookup(t, "weight")
		points, err := typ.Read(typ.Takeout[0], b)
		if err != nil || len(points) != 1 {
			t.Fatalf("%v, error %v", points, err)
		}
		at := slices.IndexFunc(points[0].Fields, func(f catalog.Field) bool { return f.Key == "weight_kg" })
		if got := points[0].Fields[at].Value.Float(); got != want {
			t.Errorf("a person of %v m weighs %v kg, want %v", height, got, want)
		}
	}
}

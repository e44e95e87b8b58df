package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/store/catalog"
)

const usStamp = "01/02/06 15:04:05"

// archiveOf is an archive of a zone, made at an instant.
func archiveOf(t *testing.T, zone, taken string) catalog.Body {
	t.Helper()
	home, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return catalog.Body{Zones: zones(t, "2000-01-01", zone), Archive: catalog.Archive{Home: home, Taken: instant(t, taken)}}
}

// readMinutes reads members of an archive, paths and bodies in turn, as a type.
func readMinutes(t *testing.T, archive catalog.Body, typ string, pathsAndBodies ...string) ([]catalog.Point, error) {
	t.Helper()
	var bodies []catalog.Body
	for pair := range slices.Chunk(pathsAndBodies, 2) {
		b := archive
		b.Path, b.JSON = pair[0], []byte(pair[1])
		bodies = append(bodies, b)
	}
	f, _ := catalog.FamilyOf(bodies[0].Path)
	row := mustLookup(t, typ)
	at := slices.IndexFunc(row.Takeout, func(o *catalog.Origin) bool { return o.From == f.Name })
	if at < 0 {
		t.Fatalf("%s is not read from %q", typ, f.Name)
	}
	return row.Read(row.Takeout[at], bodies...)
}

// everyMinute writes records from one stamp on until before another, of 1 a minute.
func everyMinute(t *testing.T, from, to string) string {
	t.Helper()
	at, err := time.Parse(usStamp, from)
	end, err2 := time.Parse(usStamp, to)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	var out []string
	for ; at.Before(end); at = at.Add(time.Minute) {
		out = append(out, fmt.Sprintf(`{"dateTime" : %q, "value" : "1"}`, at.Format(usStamp)))
	}
	return "[" + strings.Join(out, ",") + "]"
}

// TestMinutes reads members of an archive from Berlin, around the days of 2024 on which clocks
// were changed. Local midnights are 1711839600 (31 March) and 1711922400 (1 April), 1729980000
// (27 October) and 1730070000 (28 October).
func TestMinutes(t *testing.T) {
	const azm, zones = "Active Zone Minutes - 2024-10-01.csv", "date_time,heart_zone_id,total_minutes\n"
	for name, c := range map[string]struct{ typ, path, body, want string }{
		"of one minute the last record stands": {"steps", "steps-2024-10-01.json",
			`[{"dateTime":"10/27/24 06:00:00","value":"5"},{"dateTime":"10/27/24 06:01:00","value":"6"},` +
				`{"dateTime":"10/27/24 06:00:00","value":"7"}]`,
			"steps count=7i 1730008800000000000\nsteps count=6i 1730008860000000000\n"},
		"and in the sum of the day": {"activity_daily.steps", "steps-2024-10-01.json",
			`[{"dateTime":"10/27/24 06:00:00","value":"5"},{"dateTime":"10/27/24 06:00:00","value":"7"}]`,
			"activity_daily steps=7i 1729980000000000000\n"},
		"of one sample the last record stands": {"heart_rate", "heart_rate-2024-10-27.json",
			`[{"dateTime":"10/27/24 06:00:05","value":{"bpm":60,"confidence":0}},` +
				`{"dateTime":"10/27/24 06:00:05","value":{"bpm":61,"confidence":2}}]`,
			"heart_rate bpm=61i,confidence=2i 1730008805000000000\n"},
		"the spring's day is filed by its midnights": {"activity_daily.steps", "steps-2024-03-10.json",
			`[{"dateTime":"03/30/24 23:00:00","value":"5"},{"dateTime":"03/31/24 21:59:00","value":"6"},` +
				`{"dateTime":"03/31/24 22:00:00","value":"70"}]`,
			"activity_daily steps=11i 1711839600000000000\nactivity_daily steps=70i 1711922400000000000\n"},
		"a band goes before the phone, that before an echo": {"steps", "steps_2024-10-01.csv",
			"data source,steps,timestamp\nA Health Connect,9,2024-10-27T06:00:00Z\nA Health Connect,9,2024-10-27T06:01:00Z\n" +
				"MobileTrack,8,2024-10-27T06:00:00Z\nMobileTrack,8,2024-10-27T06:01:00Z\nCharge 6,7,2024-10-27T06:00:00.345Z\n" +
				"A Health Connect,4,2024-10-28T06:00:00Z\nA Health Connect,4,2024-10-28T06:01:00Z\nMobileTrack,3,2024-10-28T06:00:00Z\n" +
				"Fit Health Kit,4,2024-10-29T06:00:00Z\nFit Health Kit,4,2024-10-29T06:01:00Z\nMobileTrack,2,2024-10-29T06:00:00Z\n" +
				"B Fitbit 3P Web API,4,2024-10-30T06:00:00Z\nB Fitbit 3P Web API,4,2024-10-30T06:01:00Z\n" +
				"MobileTrack,1,2024-10-30T06:00:00Z\nFit Health Kit,9,2024-10-31T06:00:00Z\n",
			"steps count=7i 1730008800000000000\nsteps count=3i 1730095200000000000\nsteps count=2i 1730181600000000000\n" +
				"steps count=1i 1730268000000000000\nsteps count=9i 1730354400000000000\n"},
		"of two bands the one with most samples, not rows": {"steps", "steps_2024-10-01.csv",
			"timestamp,steps,data source\n2024-10-27T06:00:00Z,1,Air\n2024-10-27T06:00:00Z,1,Air\n2024-10-27T06:00:00Z,1,Air\n" +
				"2024-10-27T06:00:00Z,5,Charge 6\n2024-10-27T06:01:00Z,6,Charge 6\n",
			"steps count=5i 1730008800000000000\nsteps count=6i 1730008860000000000\n"},
		"the repeated hour is its first occurrence": {"active_zone_minutes", azm,
			zones + "2024-10-27T02:30,FAT_BURN,1\n2024-10-27T03:30,PEAK,2\n",
			"active_zone_minutes total_min=1i,fat_burn_min=1i 1729989000000000000\n" +
				"active_zone_minutes total_min=2i,peak_min=2i 1729996200000000000\n"},
		"until stamps step back": {"active_zone_minutes", azm,
			zones + "2024-10-27T02:30,FAT_BURN,1\n2024-10-27T02:10,FAT_BURN,1\n",
			"active_zone_minutes total_min=1i,fat_burn_min=1i 1729989000000000000\n" +
				"active_zone_minutes total_min=1i,fat_burn_min=1i 1729991400000000000\n"},
		"the skipped hour is moved on": {"active_zone_minutes", "Active Zone Minutes - 2024-03-01.csv",
			zones + "2024-03-31T02:30,FAT_BURN,1\n",
			"active_zone_minutes total_min=1i,fat_burn_min=1i 1711848600000000000\n"},
		"zones of one minute are one point": {"active_zone_minutes", azm, zones + "2024-10-27T06:00,FAT_BURN,1\n2024-10-27T06:00,CARDIO,2\n",
			"active_zone_minutes total_min=3i,fat_burn_min=1i,cardio_min=2i 1730005200000000000\n"},
		"a date with an offset is that date": {"heart_rate_daily", "daily_resting_heart_rate.csv",
			"timestamp,beats per minute\n2024-10-27T00:00:00+02:00,60.5\n2024-10-28 23:59:00-0700,61.5\n",
			"heart_rate_daily resting_bpm=60.5 1729980000000000000\nheart_rate_daily resting_bpm=61.5 1730070000000000000\n"},
		"a year of fitness has its own column": {"cardio_fitness_daily", "daily_vo2_max.csv",
			"\ufeffdata source,Daily VO2 max value,timestamp\r\nCharge 6,44.5,2024-10-27\r\nCharge 6,0,2024-10-28\r\n",
			"cardio_fitness_daily vo2max=44.5 1729980000000000000\n"},
		"a month of it another": {"cardio_fitness_daily", "demographic_vo2max_2024-10-01.csv",
			"timestamp,demographic vo2max\n2024-10-27T00:00:00Z,44.25\n",
			"cardio_fitness_daily vo2max=44.25 1729980000000000000\n"},
		"a length of fractions of a second": {"swim_length", "swim_lengths_data-2024-10-01.json",
			`[{"dateTime":"10/27/24 06:00:00","value":{"lapDurationSec":40.6,"strokeCount":19,"swimStrokeType":"FREESTYLE"}}]`,
			"swim_length strokes=19i,seconds=41i,stroke=\"freestyle\" 1730008800000000000\n"},
	} {
		t.Run(name, func(t *testing.T) {
			points, err := readMinutes(t, takeoutVariants(t)["berlin"], c.typ, c.path, c.body)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(lines(t, points)); got != c.want {
				t.Errorf("read:\n%swant:\n%s", got, c.want)
			}
			days, err := heldIn(t, c.path, c.body)
			for _, p := range points {
				if !slices.Contains(days, p.Day) || err != nil {
					t.Errorf("%v is filed under %v, and held are %v (error %v)", p.Time, p.Day, days, err)
				}
			}
		})
	}
}

// TestCalories finds out which clock the stamps of a member show, and sums up the days that
// have all their minutes: also of a zone whose clocks skip midnight, or are at UTC in winter.
func TestCalories(t *testing.T) {
	for name, c := range map[string]struct{ zone, taken, from, to, first, days string }{
		"on the wall": {"America/Los_Angeles", "2024-06-20T10:00:00Z", "05/12/24 00:00:00", "05/14/24 00:00:00",
			"2024-05-12T07:00:00Z", "2024-05-12=1440 2024-05-13=1440"},
		"in UTC": {"America/Los_Angeles", "2024-06-20T10:00:00Z", "05/12/24 07:00:00", "05/14/24 07:00:00",
			"2024-05-12T07:00:00Z", "2024-05-12=1440 2024-05-13=1440"},
		"on the wall, from within a day": {"America/Los_Angeles", "2024-06-20T10:00:00Z", "05/12/24 09:30:00", "05/14/24 00:00:00",
			"2024-05-12T16:30:00Z", "2024-05-13=1440"},
		"in UTC, from within a day": {"America/Los_Angeles", "2024-06-20T10:00:00Z", "05/12/24 09:30:00", "05/14/24 07:00:00",
			"2024-05-12T09:30:00Z", "2024-05-13=1440"},
		"on the wall until spring": {"Europe/London", "2024-06-20T10:00:00Z", "03/30/24 00:00:00", "04/02/24 00:00:00",
			"2024-03-30T00:00:00Z", "2024-03-30=1440 2024-03-31=1380 2024-04-01=1440"}, // no clock showed the hour from 01:00 on
		"in UTC until spring": {"Europe/London", "2024-06-20T10:00:00Z", "03/30/24 00:00:00", "04/01/24 23:00:00",
			"2024-03-30T00:00:00Z", "2024-03-30=1440 2024-03-31=1380 2024-04-01=1440"},
		"without midnight": {"America/Sao_Paulo", "2018-12-20T10:00:00Z", "11/03/18 03:00:00", "11/05/18 02:00:00",
			"2018-11-03T03:00:00Z", "2018-11-03=1440 2018-11-04=1380"},
		"a day that is not over": {"America/Sao_Paulo", "2018-11-04T02:30:00Z", "11/02/18 00:00:00", "11/03/18 23:30:00",
			"2018-11-02T03:00:00Z", "2018-11-02=1440"},
		"a day that is just over": {"America/Sao_Paulo", "2018-11-04T03:00:00Z", "11/03/18 03:00:00", "11/04/18 03:00:00",
			"2018-11-03T03:00:00Z", "2018-11-03=1440"},
	} {
		t.Run(name, func(t *testing.T) {
			archive, body := archiveOf(t, c.zone, c.taken), everyMinute(t, c.from, c.to)
			minutes, err := readMinutes(t, archive, "calories", "calories-2024-01-01.json", body)
			if err != nil || minutes[0].Time.Format(time.RFC3339) != c.first {
				t.Errorf("the first minute is %v, want %s (error %v)", minutes[0].Time, c.first, err)
			}
			days, err := readMinutes(t, archive, "activity_daily.calories_kcal", "calories-2024-01-01.json", body)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range days {
				got = append(got, fmt.Sprintf("%v=%.0f", p.Day, p.Fields[0].Value.Float()))
				if !p.Time.Equal(archive.Zones.Start(p.Day)) {
					t.Errorf("the sum of %v lies at %v", p.Day, p.Time)
				}
			}
			if strings.Join(got, " ") != c.days {
				t.Errorf("sums %s, want %s", got, c.days)
			}
		})
	}
}

// TestPlaceholders reads the four series of active minutes, of which chunks overlap.
func TestPlaceholders(t *testing.T) {
	const first = `[{"dateTime":"10/26/24 00:00:00","value":"700"},{"dateTime":"10/27/24 00:00:00","value":"1440"},` +
		`{"dateTime":"10/28/24 00:00:00","value":"1440"},{"dateTime":"11/21/24 00:00:00","value":"900"}]`
	const second = `[{"dateTime":"10/26/24 00:00:00","value":"701"},{"dateTime":"10/27/24 00:00:00","value":"1440"}]`
	const still = `[{"dateTime":"10/26/24 00:00:00","value":"0"},{"dateTime":"10/27/24 00:00:00","value":"0"}]`
	const moved = `[{"dateTime":"10/28/24 00:00:00","value":"3"}]`
	points, err := readMinutes(t, takeoutVariants(t)["berlin"], "activity_daily.sedentary_min",
		"sedentary_minutes-2024-10-01.json", first, "sedentary_minutes-2024-10-26.json", second,
		"lightly_active_minutes-2024-10-01.json", still, "lightly_active_minutes-2024-10-26.json", still,
		"moderately_active_minutes-2024-10-01.json", still, "very_active_minutes-2024-10-01.json", still,
		"very_active_minutes-2024-10-28.json", moved)
	const want = "activity_daily sedentary_min=701i 1729893600000000000\nactivity_daily sedentary_min=1440i 1730070000000000000\n"
	if got := string(lines(t, points)); err != nil || got != want {
		t.Errorf("read:\n%swant:\n%s(error %v)", got, want, err)
	}
}

// minuteTables are tables of minutes and of the heart, with their columns.
var minuteTables = map[string]string{
	"steps_2024-10-01.csv":                 "timestamp,steps",
	"distance_2024-10-01.csv":              "timestamp,distance",
	"floors_2024-10-01.csv":                "timestamp,floors",
	"calories_2024-10-01.csv":              "timestamp,calories",
	"active_energy_burned_2024-10-01.csv":  "timestamp,kilocalories",
	"activity_level_2024-10-01.csv":        "timestamp,level",
	"sedentary_period_2024-10-27.csv":      "start time,end time",
	"swim_lengths_data_2024-10-01.csv":     "timestamp,stroke count",
	"active_zone_minutes_2024-10-01.csv":   "timestamp,heart rate zone,total minutes",
	"Active Zone Minutes - 2024-10-01.csv": "date_time,heart_zone_id,total_minutes",
	"heart_rate_2024-10-27.csv":            "timestamp,beats per minute",
	"daily_resting_heart_rate.csv":         "timestamp,beats per minute",
	"daily_vo2_max.csv":                    "timestamp,daily vo2 max value",
	"demographic_vo2max_2024-10-01.csv":    "timestamp,demographic vo2max",
	"run_vo2_max_2024-10-01.csv":           "timestamp,run vo2 max",
}

// TestNoMinutes reads members that hold nothing, and such as lack one of their columns: they
// would read to nothing, and hide the other copy of their days.
func TestNoMinutes(t *testing.T) {
	for path, header := range minuteTables {
		for _, body := range []string{"", "no data\n", header, header + ",data source\r\n", "\ufeff" + strings.ToUpper(header) + "\n"} {
			if days, err := heldIn(t, path, body); len(days) > 0 || err != nil {
				t.Errorf("%s: %q holds %v, error %v", path, body, days, err)
			}
		}
		for column := range strings.SplitSeq(header, ",") {
			body := strings.Replace(header, column, "other", 1) + "\n" + strings.Repeat("2024-10-27T07:00:00Z,", 3) + "\n"
			if _, err := heldIn(t, path, body); err == nil || !strings.Contains(err.Error(), `"`+column+`"`) {
				t.Errorf("%s without %s: error %v", path, column, err)
			}
			readWithout(t, path, body, column)
		}
	}
	for _, path := range []string{"steps-2024-10-01.json", "heart_rate-2024-10-27.json", "calories-2024-10-01.json",
		"resting_heart_rate-2024-01-01.json"} {
		if days, err := heldIn(t, path, "\ufeff[ ]\r\n"); len(days) > 0 || err != nil {
			t.Errorf("%s: holds %v, error %v", path, days, err)
		}
	}
}

// readWithout reads a member that lacks a column as each type that has its family.
func readWithout(t *testing.T, path, body, column string) {
	t.Helper()
	f, _ := catalog.FamilyOf(path)
	for _, typ := range catalog.Types() {
		if slices.ContainsFunc(typ.Takeout, func(o *catalog.Origin) bool { return o.From == f.Name }) {
			_, err := readMinutes(t, takeoutVariants(t)["berlin"], typ.Name, path, body)
			if err == nil || !strings.Contains(err.Error(), `"`+column+`"`) {
				t.Errorf("%s of %s without %s: error %v", typ.Name, path, column, err)
			}
		}
	}
}

func TestBrokenMinutes(t *testing.T) {
	const steps = "timestamp,steps\n2024-10-27T07:00:00Z,5\n"
	for _, c := range []struct{ path, body, words string }{
		{"steps_2024-10-01.csv", steps + "monday,5\n", "line 3|monday"},
		{"steps_2024-10-01.csv", steps + "2024-10-27T07:00:00 UTC+1,5\n", "line 3|UTC+1"},
		{"steps_2024-10-01.csv", steps + "2024-02-31T07:00:00Z,5\n", "line 3|2024-02-31"},
		{"steps_2024-10-01.csv", steps + "2024-10-27T07:60:00Z,5\n", "line 3|07:60"},
		{"steps_2024-10-01.csv", "timestamp,steps\n\"2024-10-27T07:00:00Z\",5\n\"soon\",5\n", "line 3|timestamp|soon"},
		{"steps-2024-10-01.json", `[{"dateTime":"27.10.24 07:00:00","value":"5"}]`, "dateTime|27.10.24"},
		{"steps-2024-10-01.json", `[{"dateTime":"13/01/24 07:00:00","value":"5"}]`, "dateTime|13/01/24"},
		{"steps-2024-10-01.json", `[{"dateTime":"10/27/24 07:00:0`, "dateTime|does not end"},
		{"resting_heart_rate-2024-01-01.json", `[{"dateTime":"10/27/24 00:00:00","value":{"date":"10/27/24","value":"slow"}}]`,
			"10/27/24|slow"},
	} {
		_, err := heldIn(t, c.path, c.body)
		for word := range strings.SplitSeq(c.words, "|") {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%s: %s: error %v, want one with %q", c.path, c.body, err, word)
			}
		}
	}
}

// TestHeartDays holds a copy that has no value of a day not to hold it, or the day would not be
// read from the next copy.
func TestHeartDays(t *testing.T) {
	for path, body := range map[string]string{
		"resting_heart_rate-2024-01-01.json": `[{"dateTime":"10/26/24 00:00:00","value":{"date":null,"value":0.0,"error":0.0}},
			{"dateTime":"10/26/24 00:00:00","value":{"date":"10/26/24","value":0.0,"error":0.0}},
			{"dateTime":"10/26/24 00:00:00","value":{"date":"10/27/24","value":57.2,"error":6.7}}]`,
		"daily_resting_heart_rate.csv": "timestamp,beats per minute\n2024-10-26T00:00:00Z,\n2024-10-27T00:00:00Z,57.2\n",
		"demographic_vo2_max-2024-01-01.json": `[{"dateTime":"10/26/24 00:00:00","value":{"demographicVO2Max":0.0}},
			{"dateTime":"10/27/24 00:00:00","value":{"demographicVO2Max":44.1}}]`,
		"run_vo2_max-2024-10-01.json": `[{"dateTime":"10/26/24 08:00:00","value":{"runVO2Max":0.0}},
			{"dateTime":"10/26/24 22:00:00","value":{"runVO2Max":44.1}}]`,
	} {
		days, err := heldIn(t, path, body)
		if err != nil || len(days) != 1 || days[0] != day(t, "2024-10-27") {
			t.Errorf("%s holds %v, want 27 October alone (error %v)", path, days, err)
		}
	}
}

// TestTakeoutIsAList refuses a member of another shape; null is one without records.
func TestTakeoutIsAList(t *testing.T) {
	typ := mustLookup(t, "heart_rate")
	for text, word := range map[string]string{
		`null`: "", `[]`: "", ` [ ] `: "", `[7, null, {}]`: "",
		`{}`: "object", `7`: "number", ``: "unexpected end", `[{"dateTime": 7}]`: "element 0: time: 7",
		`[{"dateTime": "05/12/24 07:00:05", "value": {"bpm": "fast"}}]`:                   "fast",
		`[{"dateTime": "05/12/24 07:00:05", "value": {"bpm": 60}}, {"dateTime": "noon"}]`: "element 1: time",
	} {
		points, err := typ.Read(typ.Takeout[0], catalog.Body{JSON: []byte(text)})
		if len(points) > 0 || (err == nil) != (word == "") || err != nil && !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %d points, error %v; want one with %q", text, len(points), err, word)
		}
	}
}

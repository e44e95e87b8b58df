package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"fitvault/store/catalog"
)

// Headers of tables of nights.
const (
	minuteSpO2  = "timestamp,value\n"
	dailySpO2   = "timestamp,average percentage,standard deviation percentage,data source\n"
	dailyHRV    = "timestamp,average heart rate variability ms,non rem heart rate beats per minute,entropy\n"
	nightRates  = "timestamp,full_sleep_breathing_rate,deep_sleep_breathing_rate\n"
	milliRates  = "timestamp,full sleep stats - milli breaths per minute,data source\n"
	skinOfSleep = "type,sleep_start,sleep_end,nightly_temperature\n"
	skinOfNight = "timestamp,nightly temperature celsius,baseline temperature celsius\n"
)

// TestNights reads members of an archive from Berlin, of the nights around that on which clocks
// went back in 2024. Local midnights are 1729980000 (27 October) and 1730070000 (the 28th).
func TestNights(t *testing.T) {
	for name, c := range map[string]struct{ typ, path, body, want string }{
		"only 50.0 stands for nothing measured": {"spo2", "Minute SpO2 - 2024-10-27.csv",
			minuteSpO2 + "2024-10-27T01:00:03Z,50.1\n2024-10-27T01:01:03Z,50\n2024-10-27T01:02:03Z,49.9\n2024-10-27T01:03:03Z,NaN\n",
			"spo2 pct=50.1 1729990803000000000\nspo2 pct=49.9 1729990923000000000\n"},
		"of one instant the last row stands": {"spo2", "Minute SpO2 - 2024-10-27.csv",
			minuteSpO2 + "2024-10-27T01:00:03Z,95\n2024-10-27T01:00:03Z,96\n", "spo2 pct=96 1729990803000000000\n"},
		"what is native goes before its echo": {"spo2", "oxygen_saturation_2024-10-01.csv",
			"data source,oxygen saturation percentage,timestamp\nA Health Connect,90,2024-10-27T01:00:00Z\n" +
				"A Health Connect,91,2024-10-27T01:01:00Z\nCharge 6,95,2024-10-27T01:00:00Z\n",
			"spo2 pct=95 1729990800000000000\n"},
		"a deviation of 0 is none, of a date the last row stands": {"spo2_daily", "daily_oxygen_saturation.csv",
			dailySpO2 + "2024-10-27,95.5,0,Charge 6\n2024-10-27T07:12:00Z,95.75,0.5,Charge 6\n2024-10-28T00:00:00,96,0,Charge 6\n",
			"spo2_daily avg_pct=95.75,stddev_pct=0.5 1729980000000000000\nspo2_daily avg_pct=96 1730070000000000000\n"},
		"zeros are none": {"hrv_daily", "daily_heart_rate_variability.csv",
			dailyHRV + "2024-10-27T00:00:00Z,40.5,0.0,2.75\n2024-10-28T00:00:00Z,0,0,0\n",
			"hrv_daily rmssd_ms=40.5,entropy=2.75 1729980000000000000\n"},
		"a beat is rounded": {"hrv_daily", "Daily Heart Rate Variability Summary - 2024-10-(27).csv",
			"timestamp,rmssd,nremhr,entropy\n2024-10-27T00:00:00,40.5,55.4999,2.75\n",
			"hrv_daily rmssd_ms=40.5,entropy=2.75,non_rem_bpm=55i 1729980000000000000\n"},
		"the night goes before the nap": {"breathing_rate_daily", "Respiratory Rate Summary - 2024-10-01.csv",
			nightRates + "2024-10-27T14:10:00,16,-1.0\n2024-10-27T06:30:00,14.5,13.5\n2024-10-28T13:00:00,-1.0,-1.0\n",
			"breathing_rate_daily per_min=14.5 1729980000000000000\n"},
		"-1.0 is no stage": {"breathing_rate_daily.deep_per_min", "Respiratory Rate Summary - 2024-10-01.csv",
			nightRates + "2024-10-27T06:30:00,14.5,-1.0\n2024-10-28T06:30:00,14.5,13.5\n",
			"breathing_rate_daily deep_per_min=13.5 1730070000000000000\n"},
		"thousandths are what is over 1000": {"breathing_rate_daily", "respiratory_rate_sleep_summary_2024-10-01.csv",
			milliRates + "2024-10-27T06:30:00Z,14432,Charge 6\n2024-10-27T23:00:00Z,14.4,Charge 6\n",
			"breathing_rate_daily per_min=14.432 1729980000000000000\nbreathing_rate_daily per_min=14.4 1730070000000000000\n"},
		"a native night goes before an earlier echo": {"breathing_rate_daily", "respiratory_rate_sleep_summary_2024-10-01.csv",
			milliRates + "2024-10-27T05:30:00Z,13,A Health Connect\n2024-10-27T06:30:00Z,14,Charge 6\n",
			"breathing_rate_daily per_min=14 1729980000000000000\n"},
		"of the skin alone, on the date of waking": {"skin_temperature_daily", "Computed Temperature - 2024-10-01.csv",
			skinOfSleep + "SKIN,2024-10-26T23:10:00,2024-10-27T06:31:00,33.5\nCORE,2024-10-26T23:10:00,2024-10-27T06:31:00,36.5\n",
			"skin_temperature_daily nightly_c=33.5 1729980000000000000\n"},
		"without what is usual there is no difference": {"skin_temperature_daily", "daily_sleep_temperature_derivations.csv",
			skinOfNight + "2024-10-27T00:00:00Z,33.1,33.4\n2024-10-28T00:00:00Z,33.2,NaN\n",
			"skin_temperature_daily nightly_c=33.1,baseline_c=33.4,relative_c=-0.3 1729980000000000000\n" +
				"skin_temperature_daily nightly_c=33.2 1730070000000000000\n"},
		"a quiet half minute is one": {"snore", "Snore Details - 2024-10-27.csv",
			"timestamp,mean_dba,events_number\n2024-10-26T23:30:00,31,0\n", "snore mean_dba=31i,events=0i 1729978200000000000\n"},
	} {
		t.Run(name, func(t *testing.T) {
			points := readNight(t, c.typ, c.path, c.body)
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

// readNight reads a member from Berlin as a type.
func readNight(t *testing.T, typ, path, body string) []catalog.Point {
	t.Helper()
	f, _ := catalog.FamilyOf(path)
	row := mustLookup(t, typ)
	at := slices.IndexFunc(row.Takeout, func(o *catalog.Origin) bool { return o.From == f.Name })
	if at < 0 {
		t.Fatalf("%s is not read from %s", typ, f.Name)
	}
	b := takeoutVariants(t)["berlin"]
	b.JSON, b.Path = []byte(body), path
	points, err := row.Read(row.Takeout[at], b)
	if err != nil {
		t.Fatal(err)
	}
	return points
}

// TestNightDays holds a copy that knows nothing of a day not to hold it, or the day would not
// be read from the next one.
func TestNightDays(t *testing.T) {
	for _, c := range []struct{ path, body, days string }{
		{"Minute SpO2 - 2024-10-27.csv", minuteSpO2 + "2024-10-27T22:59:03Z,95\n2024-10-27T23:00:03Z,50.0\n", "2024-10-27"},
		{"daily_heart_rate_variability.csv", dailyHRV + "2024-10-27,0,0,0\n2024-10-28,40,0,0\n", "2024-10-28"},
		{"Respiratory Rate Summary - 2024-10-01.csv", nightRates + "2024-10-27T06:30:00,-1.0,-1.0\n2024-10-28T06:30:00,14,-1.0\n", "2024-10-28"},
		{"respiratory_rate_sleep_summary_2024-10-01.csv", milliRates + "2024-10-26T22:30:00Z,14,\n2024-10-27T22:30:00Z,-1.0,\n", "2024-10-27"},
		{"Computed Temperature - 2024-10-01.csv", skinOfSleep + "SKIN,2024-10-26T20:00:00,2024-10-26T23:40:00,33\n" +
			"SKIN,2024-10-26T23:50:00,2024-10-27T06:30:00,NaN\n", "2024-10-26"},
		{"Device Temperature - 2024-10-27.csv", "recorded_time,temperature\n2024-10-27T00:00:00,0.1\n", "2024-10-27"},
		{"body_temperature_2024-10-27.csv", "timestamp,temperature celsius\n2024-10-26T22:00:00Z,33.1\n", "2024-10-27"},
		{"Heart Rate Variability Details - 2024-10-27.csv", "timestamp,rmssd\n2024-10-26T23:55:00,40\n", "2024-10-26"},
		{"heart_rate_variability_2024-10-01.csv", "timestamp,root mean square of successive differences ms\n2024-10-26T21:55:00Z,40\n", "2024-10-26"},
		{"Snore Details - 2024-10-27.csv", "no data\n", ""},
		{"Daily SpO2 - 2024-10-01-2024-10-27.csv", "", ""},
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

func TestBrokenNights(t *testing.T) {
	for _, c := range []struct{ path, body, words string }{
		{"Minute SpO2 - 2024-10-27.csv", "value\n95\n", `"timestamp"`},
		{"Computed Temperature - 2024-10-01.csv", "type,sleep_start\nSKIN,2024-10-26T20:00:00\n", `"sleep_end"`},
		{"Wrist Temperature - 2024-10-27.csv", "timestamp,temperature\n2024-10-27T00:00:00,0.1\n", `"recorded_time"`},
		{"daily_respiratory_rate.csv", "timestamp,breaths per minute\n2024-10-27,14\nmonday,14\n", "line 3|timestamp|monday"},
		{"Respiratory Rate Summary - 2024-10-01.csv", nightRates + "2024-10-27T06:30:00,slow,14\n", "line 2|full_sleep_breathing_rate|slow"},
	} {
		_, err := heldIn(t, c.path, c.body)
		for word := range strings.SplitSeq(c.words, "|") {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%s: %s: error %v, want one with %q", c.path, c.body, err, word)
			}
		}
	}
}

// TestNotRead holds what is no oxygen, and what has no series, to being kept and not read.
func TestNotRead(t *testing.T) {
	for _, path := range []string{
		"Takeout/Fitbit/Global Export Data/estimated_oxygen_variation-2024-05-12.csv",
		"Takeout/Fitbit/Heart Rate Variability/Heart Rate Variability Histogram - 2024-05-01.csv",
		"Takeout/Fitbit/Temperature/Manual Temperature - 2024-05-01.csv",
		"Takeout/Fitbit/Body Temperature_GoogleData/Pixel Body Temperatures.csv",
	} {
		if use, f := catalog.Classify(path); use != catalog.Read || f.Name == "" || f.Held != nil {
			t.Errorf("%s: use %v, family %q (days found: %v)", path, use, f.Name, f.Held != nil)
		}
	}
}

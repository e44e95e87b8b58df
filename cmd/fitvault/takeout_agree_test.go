package main

import (
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/influxdata/influxdb1-client/models"

	"fitvault/fetch/emulator"
	"fitvault/fetch/takeout"
	"fitvault/store/catalog"
)

// TestArchivesAgree reads one emulated person through an archive and through both APIs, over
// the night on which clocks go back, and holds every point of a type that the archive shares
// with an API against the other: same measurement, tags, instant, fields, kinds and values.
// What the formats force apart is listed by apart.
func TestArchivesAgree(t *testing.T) {
	unlessRaced(t)
	warm(t)
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	now := time.Date(2026, 11, 10, 10, 17, 0, 0, time.UTC)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(now))
		emu, err := emulator.New(emulator.Options{Seed: 7, Days: 40, Now: time.Now, Limit: 100_000, GoogleLimit: 100_000, GoogleBeatSeconds: 60})
		if err != nil {
			t.Fatal(err)
		}
		writeArchive(t, file("takeout-20261110T101700Z-001.zip"), emu, emulator.TakeoutOptions{})
		fetchInto(t, file("legacy.db"), legacySource(emu), catalog.Types())
		fetchInto(t, file("google.db"), googleSource(emu), catalog.Types())
	})
	importInto(t, file("archive.db"), now, file("takeout-20261110T101700Z-001.zip"))
	for _, api := range []catalog.Source{catalog.Fitbit, catalog.Google} {
		t.Run(string(api), func(t *testing.T) {
			types := slices.DeleteFunc(catalog.Types(), func(t catalog.Type) bool {
				o := t.Origin(api)
				return t.Takeout == nil || o == nil || o.From == "" && o.Ask.Path == "" // nothing asks for it
			})
			vault := map[catalog.Source]string{catalog.Fitbit: "legacy.db", catalog.Google: "google.db"}[api]
			a := agreement{t: t, api: api, today: "2026-11-09T23:00:00Z"}
			archived, asked := exported(t, file("archive.db"), types), exported(t, file(vault), types)
			if n := named(t, asked, archived, catalog.DayOf(now)-39); api == catalog.Fitbit && n == 0 {
				t.Error("no exercise without a name")
			}
			a.compare(archived, asked)
			if diff := cmp.Diff(lacking[api], a.lacks()); diff != "" {
				t.Errorf("fields of one side only (-want +got):\n%s", diff)
			}
			if a.equal < map[catalog.Source]int{catalog.Fitbit: 150_000, catalog.Google: 220_000}[api] {
				t.Errorf("only %d values were compared", a.equal)
			}
		})
	}
}

// lacking are the fields that only one side has, because the other's format lacks them or
// tells another quantity.
var lacking = map[catalog.Source][]string{
	catalog.Fitbit: {
		"activity_daily.activity_calories_kcal is not in the archive",
		"activity_daily.calories_bmr_kcal is not in the archive",
		"activity_daily.swimming_strokes is not in the archive",
		"calories.level is not in the archive",
		"calories.mets is not in the archive",
		"cardio_fitness_daily.filtered_vo2max is in the archive only",
		"cardio_fitness_daily.filtered_vo2max_error is in the archive only",
		"cardio_fitness_daily.high is not in the archive",
		"cardio_fitness_daily.low is not in the archive",
		"cardio_fitness_daily.vo2max_error is in the archive only",
		"exercise.azm_min is not in the archive",
		"heart_rate.confidence is in the archive only",
		"heart_rate_daily.resting_error_bpm is in the archive only",
		"heart_rate_zone_daily.calories_kcal is not in the archive",
		"heart_rate_zone_daily.max_bpm is not in the archive",
		"heart_rate_zone_daily.min_bpm is not in the archive",
		"hrv_daily.entropy is in the archive only",
		"hrv_daily.non_rem_bpm is in the archive only",
		"skin_temperature_daily.baseline_c is in the archive only",
		"skin_temperature_daily.nightly_c is in the archive only",
		"skin_temperature_daily.stddev_30d_c is in the archive only",
	},
	catalog.Google: {
		"activity_daily.active_energy_kcal is not in the archive",
		"activity_daily.sedentary_min is in the archive only",
		"activity_daily.sedentary_worn_min is not in the archive",
		"activity_daily.swimming_strokes is not in the archive",
		"activity_level.seconds is not in the archive",
		"cardio_fitness.filtered_run_vo2max is in the archive only",
		"cardio_fitness.filtered_run_vo2max_error is in the archive only",
		"cardio_fitness.method is not in the archive",
		"cardio_fitness.run_vo2max_error is in the archive only",
		"cardio_fitness.vo2max is not in the archive",
		"cardio_fitness_daily.covariance is not in the archive",
		"cardio_fitness_daily.estimated is not in the archive",
		"cardio_fitness_daily.filtered_vo2max is in the archive only",
		"cardio_fitness_daily.filtered_vo2max_error is in the archive only",
		"cardio_fitness_daily.level is not in the archive",
		"cardio_fitness_daily.vo2max_error is in the archive only",
		"exercise.azm_min is not in the archive",
		"exercise.light_s is not in the archive",
		"heart_rate.confidence is in the archive only",
		"heart_rate_daily.resting_error_bpm is in the archive only",
		"heart_rate_zone_daily.calories_kcal is not in the archive",
		"heart_rate_zone_daily.max_bpm is not in the archive",
		"heart_rate_zone_daily.min_bpm is not in the archive",
		"height.log_id is not in the archive",
		"hrv.coverage is in the archive only",
		"hrv.sdnn_ms is not in the archive",
		"sleep.efficiency_pct is in the archive only",
		"spo2_daily.lower_pct is not in the archive",
		"spo2_daily.max_pct is in the archive only",
		"spo2_daily.min_pct is in the archive only",
		"spo2_daily.stddev_pct is not in the archive",
		"spo2_daily.upper_pct is not in the archive",
		"weight.bmi is in the archive only",
		"weight.fat_pct is in the archive only",
	},
}

// TestTablesAgree reads the same person through an archive that has heart rate and sleep in
// Google's tables only, with and without placeholder offsets and nights told twice.
func TestTablesAgree(t *testing.T) {
	unlessRaced(t)
	dir := t.TempDir()
	now := time.Date(2026, 11, 10, 10, 17, 0, 0, time.UTC)
	emu, err := emulator.New(emulator.Options{Seed: 7, Days: 24, Now: func() time.Time { return now }, GoogleBeatSeconds: 60})
	if err != nil {
		t.Fatal(err)
	}
	types, err := catalog.Select([]string{"heart_rate", "sleep", "sleep_stage"})
	if err != nil {
		t.Fatal(err)
	}
	points := func(name string, o emulator.TakeoutOptions) map[string]models.Fields {
		archive := filepath.Join(dir, name, "takeout-20261110T101700Z-001.zip")
		if err := os.Mkdir(filepath.Dir(archive), 0o755); err != nil {
			t.Fatal(err)
		}
		writeArchive(t, archive, emu, o)
		vault := filepath.Join(dir, name+".db")
		importInto(t, vault, now, archive)
		return exported(t, vault, types)
	}
	want := points("json", emulator.TakeoutOptions{})
	for name, o := range map[string]emulator.TakeoutOptions{
		"tables":       {WithoutJSON: true},
		"placeholders": {WithoutJSON: true, PlaceholderOffsets: true},
		"twice":        {WithoutJSON: true, SleepTwice: true},
	} {
		t.Run(name, func(t *testing.T) {
			a := agreement{t: t, api: "the JSON", today: "2026-11-09T23:00:00Z", tables: true}
			a.compare(points(name, o), want)
			wantLacks := []string{"heart_rate.confidence is not in the archive", "sleep.efficiency_pct is not in the archive"}
			if diff := cmp.Diff(wantLacks, a.lacks()); diff != "" || a.equal < 30_000 {
				t.Errorf("%d equal values; fields of one side only (-want +got):\n%s", a.equal, diff)
			}
		})
	}
}

func writeArchive(t *testing.T, path string, emu *emulator.Server, o emulator.TakeoutOptions) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := emu.WriteTakeout(f, emulator.TakeoutZip, o); err != nil {
		t.Fatal(err)
	}
}

// importInto imports archives into a vault, as of an instant.
func importInto(t *testing.T, path string, now time.Time, archives ...string) {
	t.Helper()
	st := openVault(t, path)
	defer st.Close()
	run, err := st.BeginRun(t.Context(), "import", "test")
	if err != nil {
		t.Fatal(err)
	}
	sets, err := takeout.Find(archives)
	if err != nil {
		t.Fatal(err)
	}
	i := takeout.Importer{Store: st, Run: run, Now: func() time.Time { return now }}
	for _, set := range sets {
		report, err := i.Import(t.Context(), set)
		if err != nil || len(report.Failures) > 0 {
			t.Fatalf("%s: %v, %v", set.Name, err, report.Failures)
		}
	}
	if check, err := st.Verify(t.Context()); err != nil || len(check.Problems) > 0 {
		t.Errorf("verify: %v, %q", err, check.Problems)
	}
}

// agreement compares an archive with an API.
type agreement struct {
	t      *testing.T
	api    catalog.Source
	tables bool                          // sleeps have an id of their own
	today  string                        // the instant at which the last day began
	has    map[string]map[string][2]bool // measurement and field: whether the archive and the API have it at all
	equal  int
	apart  map[string]int // how often each reason of forced was met
}

func (a *agreement) compare(archive, api map[string]models.Fields) {
	a.t.Helper()
	a.has, a.apart = presence(archive, api), map[string]int{}
	keys := maps.Clone(archive)
	maps.Copy(keys, api)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		a.point(key, archive[key], api[key])
	}
	a.t.Logf("%d values are equal; forced apart: %v", a.equal, a.apart)
}

// point compares the fields that both sides have at all.
func (a *agreement) point(key string, archive, api models.Fields) {
	a.t.Helper()
	for f, has := range a.has[measurement(key)] {
		v, w := archive[f], api[f]
		switch {
		case !has[0] || !has[1] || v == nil && w == nil:
		case v != nil && w != nil && near(measurement(key)+"."+f, v, w):
			a.equal++
		default:
			why := a.forced(key, f, archive, api)
			if why == "" {
				why = "not: " + measurement(key) + "." + f
			}
			if a.apart[why]++; strings.HasPrefix(why, "not: ") && a.apart[why] <= 3 {
				a.t.Errorf("%s %s: archive %v, %s %v\n  %v\n  %v", key, f, v, a.api, w, archive, api)
			}
		}
	}
}

// near allows for what a format rounds: the archive's minutes to a centimetre or a hundredth
// of a kilocalorie, the APIs' days to a kilocalorie, a beat, or a fraction of a millimetre.
func near(field string, v, w any) bool {
	slack := map[string]float64{
		"activity_daily.calories_kcal": 0.51, "activity_daily.distance_m": 0.006, "heart_rate_daily.resting_bpm": 0.5,
		"distance.m": 0.0101, "exercise.calories_kcal": 0.51, "calories.kcal": 0.0101,
	}[field]
	x, ok := v.(float64)
	y, ok2 := w.(float64)
	if ok && ok2 {
		return math.Abs(x-y) <= slack+1e-6
	}
	return v == w
}

// forced tells why a value differs that the formats force apart; "" when it should not.
func (a *agreement) forced(key, field string, archive, api models.Fields) string {
	m := measurement(key)
	switch {
	case a.api == catalog.Fitbit && m == "cardio_fitness_daily" && field == "vo2max" &&
		math.Abs(amount(archive[field])-amount(api[field])) <= 0.5+1e-6:
		return "the legacy API tells whole numbers of fitness [H9]"
	case a.api == catalog.Fitbit && m == "spo2" && archive == nil && api != nil:
		return "the legacy API tells a moving average by the minute [H4]"
	case strings.HasSuffix(key, a.today) && strings.HasSuffix(m, "_daily"):
		return "the last day is not whole in the archive"
	case m == "activity_daily" && archive[field] == nil && api[field] == 0.0, m == "activity_daily" && archive[field] == nil && api[field] == int64(0):
		return "an archive has no total of a day without any minute"
	case a.tables && field == "log_id":
		return "a table has another id"
	case m == "calories" && api == nil:
		return "an archive has the energy of unworn minutes, too"
	case m == "exercise" && (field == "speed_m_per_s" || field == "pace_s_per_m"):
		return "the speed of an archive is that of the active time"
	case m == "exercise" && field == "elevation_m" && archive[field] == 0.0:
		return "Google leaves out that nothing was climbed"
	case m == "cardio_fitness":
		return "an archive tells the start of a run, Google its end"
	case strings.Contains(key, "zone=light"), strings.Contains(key, "zone=out_of_range"):
		return "Google's lowest zone is another one"
	case field == "log_id" && strings.HasSuffix(key, ".000000001Z"):
		return "two readings of a second share an id in the archive"
	}
	return ""
}

// lacks lists the fields that only one side has.
func (a *agreement) lacks() []string {
	var out []string
	for m, fields := range a.has {
		for f, has := range fields {
			switch {
			case !has[0]:
				out = append(out, m+"."+f+" is not in the archive")
			case !has[1]:
				out = append(out, m+"."+f+" is in the archive only")
			}
		}
	}
	slices.Sort(out)
	return out
}

package emulator_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"maps"
	"math"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// pacific has its autumn change on 2 Nov 2025, within the archive of these
// tests.
const pacific = "America/Los_Angeles"

// csvPerson lived 40 days until 8 Nov 2025, 22:07 in California.
func csvPerson(o *emulator.Options) {
	o.Seed, o.Zone, o.Days, o.GoogleBeatSeconds = 6, pacific, 40, 60
	o.Now = func() time.Time { return time.Date(2025, 11, 9, 6, 7, 0, 0, time.UTC) }
}

// unpacked are the members of an archive by their path below the product
// folder.
type unpacked struct {
	t     *testing.T
	files map[string]string
	zone  *time.Location
}

// plain are whole archives without options, by layout. Tests only read them.
var plain sync.Map

func archive(t *testing.T, layout string) *unpacked {
	t.Helper()
	unlessRaced(t)
	made, _ := plain.LoadOrStore(layout, sync.OnceValue(func() *unpacked {
		return unpack(t, csvServer(t), emulator.TakeoutOptions{Layout: layout})
	}))
	u := *made.(func() *unpacked)()
	u.t = t
	return &u
}

func unpack(t *testing.T, s *emulator.Server, o emulator.TakeoutOptions) *unpacked {
	t.Helper()
	unlessRaced(t)
	zone, err := time.LoadLocation(pacific)
	if err != nil {
		t.Fatal(err)
	}
	u := &unpacked{t: t, files: map[string]string{}, zone: zone}
	for name, body := range s.TakeoutFiles(o) {
		for _, root := range []string{"Takeout/Fitbit/", "Takeout/Google Health/", "AlexTestperson/"} {
			name = strings.TrimPrefix(name, root)
		}
		if _, twice := u.files[name]; twice {
			t.Errorf("%s is there twice", name)
		}
		u.files[name] = string(body)
	}
	return u
}

func csvServer(t *testing.T) *emulator.Server { return start(t, csvPerson).Server }

var daysInName = regexp.MustCompile(`[ _-]+[0-9(][0-9()-]*\.`)

// familyOf is the base name of a file without its days.
func familyOf(name string) string { return daysInName.ReplaceAllString(path.Base(name), ".") }

// rows are the rows of all files of a family, in the order of their names, each
// by column.
func (u *unpacked) rows(stem string) []map[string]string {
	u.t.Helper()
	var all []map[string]string
	for _, name := range slices.Sorted(maps.Keys(u.files)) {
		if familyOf(name) != stem+".csv" {
			continue
		}
		table := u.table(name)
		for _, cells := range table[1:] {
			row := map[string]string{}
			for i, cell := range cells {
				row[table[0][i]] = cell
			}
			all = append(all, row)
		}
	}
	if len(all) == 0 {
		u.t.Fatalf("no row of %s", stem)
	}
	return all
}

func (u *unpacked) table(name string) [][]string {
	u.t.Helper()
	table, err := csv.NewReader(strings.NewReader(u.files[name])).ReadAll()
	if err != nil || len(table) == 0 {
		u.t.Fatalf("%s: %d rows, %v", name, len(table), err)
	}
	return table
}

var (
	digit    = regexp.MustCompile(`[0-9]`)
	fraction = regexp.MustCompile(`\.[0-9]+(Z?)$`)
)

// form is what a cell looks like: a number, or its text with every digit 0.
func form(cell string) string {
	if f, err := strconv.ParseFloat(cell, 64); err == nil && !math.IsNaN(f) {
		return "number"
	}
	cell = digit.ReplaceAllString(fraction.ReplaceAllString(cell, "$1"), "0")
	switch {
	case strings.HasPrefix(cell, "["), strings.HasPrefix(cell, "{"):
		return cell[:1]
	case cell != "" && !strings.Contains(cell, "0") && cell != "NaN":
		return "word"
	}
	return strings.Replace(cell, "-00:00", "+00:00", 1)
}

// TestTakeoutCSVShapes compares every CSV file of the samples with those of its
// family: folder, columns, and the forms of the cells of each column.
func TestTakeoutCSVShapes(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"fitbit", "google-health", "account"} {
		u := archive(t, kind)
		root := os.DirFS("testdata/takeout/" + kind)
		err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(name) != ".csv" {
				return err
			}
			body, err := fs.ReadFile(root, name)
			if err == nil {
				u.compare(kind+"/"+name, familyOf(name), body)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// compare looks for a file of a family with the columns of a sample, and for its
// forms in the files together.
func (u *unpacked) compare(sample, stem string, body []byte) {
	u.t.Helper()
	want, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil {
		u.t.Fatalf("%s: %v", sample, err)
	}
	forms, found := make([]map[string]bool, len(want[0])), false
	for name := range u.files {
		if familyOf(name) != stem {
			continue
		}
		found = true
		got := u.table(name)
		if !slices.Equal(got[0], want[0]) {
			u.t.Errorf("%s has %q, the sample %s %q", name, got[0], sample, want[0])
			return
		}
		if folder := strings.Split(sample, "/")[1]; folder != strings.Split(name, "/")[0] {
			u.t.Errorf("%s is not in the folder %s", name, folder)
		}
		for _, row := range got[1:min(len(got), 400)] {
			for i, cell := range row {
				if forms[i] == nil {
					forms[i] = map[string]bool{}
				}
				forms[i][form(cell)] = true
			}
		}
	}
	if !found {
		u.t.Errorf("no file like %s", sample)
	}
	for _, row := range want[1:] {
		for i, cell := range row {
			if !forms[i][form(cell)] && want[0][i] != "data source" {
				u.t.Errorf("%s: no %q like %q, only %v", sample, want[0][i], cell, slices.Sorted(maps.Keys(forms[i])))
			}
		}
	}
}

// TestTakeoutPulseTwins: the readings of the CSV are those of the JSON, also
// after a journey; only the newer export has some of them in two files.
func TestTakeoutPulseTwins(t *testing.T) {
	t.Parallel()
	s := csvServer(t)
	if err := s.Move(day(t, "2025-10-20"), "Asia/Tokyo"); err != nil {
		t.Fatal(err)
	}
	for what, tt := range map[string]struct {
		u     *unpacked
		twice bool
	}{
		"older":     {archive(t, "fitbit"), false},
		"newer":     {archive(t, "google-health"), true},
		"travelled": {unpack(t, s, emulator.TakeoutOptions{Layout: "fitbit"}), false},
	} {
		got, rows := map[string]float64{}, tt.u.rows("heart_rate")
		for _, r := range rows {
			if text := r["beats per minute"]; !strings.HasSuffix(text, ".0") {
				t.Fatalf("%q is not a float's text", text)
			}
			got[r["timestamp"]] = number(t, r["beats per minute"])
		}
		if want := tt.u.jsonPulse(); len(want) == 0 || !maps.Equal(got, want) {
			t.Errorf("%s: %d instants in the CSV, %d in the JSON", what, len(got), len(want))
		}
		if twice := len(rows) > len(got); twice != tt.twice {
			t.Errorf("%s: %d rows of %d instants", what, len(rows), len(got))
		}
	}
}

// jsonPulse is what the JSON says of the pulse, by instant.
func (u *unpacked) jsonPulse() map[string]float64 {
	u.t.Helper()
	all := map[string]float64{}
	for name, body := range u.files {
		if familyOf(name) != "heart_rate.json" {
			continue
		}
		var beats []struct {
			DateTime string
			Value    struct{ BPM float64 }
		}
		if err := json.Unmarshal([]byte(body), &beats); err != nil {
			u.t.Fatal(err)
		}
		for _, b := range beats {
			at, err := time.Parse("01/02/06 15:04:05", b.DateTime)
			if err != nil {
				u.t.Fatal(err)
			}
			all[at.Format(time.RFC3339)] = b.Value.BPM
		}
	}
	return all
}

// TestTakeoutEnergyTwins: the kcal of a minute are the same text in both.
func TestTakeoutEnergyTwins(t *testing.T) {
	t.Parallel()
	u := unpack(t, csvServer(t), emulator.TakeoutOptions{Layout: "google-health", CaloriesUTC: true})
	want := map[string]string{}
	for name, body := range u.files {
		if familyOf(name) == "calories.json" {
			for _, p := range series(t, `{"root":`+body+`}`, "root") {
				want[p.DateTime] = strings.Trim(string(p.Value), `"`)
			}
		}
	}
	n := 0
	for _, r := range u.rows("calories") {
		at, err := time.Parse(time.RFC3339, r["timestamp"])
		if err != nil {
			t.Fatal(err)
		}
		if n++; want[at.Format("01/02/06 15:04:05")] != r["calories"] {
			t.Fatalf("%s: %s, in the JSON %s", r["timestamp"], r["calories"], want[at.Format("01/02/06 15:04:05")])
		}
	}
	if n < 39*1440 || n != len(want) {
		t.Errorf("%d minutes, in the JSON %d", n, len(want))
	}
}

// TestTakeoutDevices: every device and app has rows of its own, so that a sum is
// too much; exports without the column have those of the account only.
func TestTakeoutDevices(t *testing.T) {
	t.Parallel()
	newer, older := archive(t, "google-health"), archive(t, "fitbit")
	for _, stem := range []string{"steps", "distance"} {
		sum, fractions, seen := map[string]float64{}, 0, map[string]int{}
		for _, r := range newer.rows(stem) {
			source := r["data source"]
			sum[source] += number(t, r[stem])
			seen[source+r["timestamp"]]++
			if strings.Contains(r["timestamp"], ".") {
				if fractions++; !strings.HasSuffix(source, " Health Connect") {
					t.Fatalf("%s: a fraction of %s", stem, source)
				}
			}
		}
		if len(sum) != 4 || fractions == 0 || sum["MobileTrack"]+sum["Example Phone Health Connect"] < sum["Charge 6"] {
			t.Errorf("%s by source: %v, %d fractions", stem, sum, fractions)
		}
		if repeated := slices.Max(slices.Collect(maps.Values(seen))); repeated != 2 {
			t.Errorf("%s: a row is there %d times", stem, repeated)
		}
		own := 0.0
		for _, r := range older.rows(stem) {
			if _, ok := r["data source"]; ok {
				t.Fatalf("%s: older exports have no data source", stem)
			}
			own += number(t, r[stem])
		}
		if want := sum["Charge 6"] + sum["Google Health App"]; math.Abs(own-want) > 1e-6 {
			t.Errorf("%s: %v in the older export, %v of our own in the newer", stem, own, want)
		}
	}
}

// TestTakeoutDevicesSteps: without the repeated row of each day, the watch's rows
// add up to the steps of the person.
func TestTakeoutDevicesSteps(t *testing.T) {
	t.Parallel()
	s := csvServer(t)
	seen, sum := map[string]bool{}, 0.0
	for _, r := range archive(t, "google-health").rows("steps") {
		if key := r["timestamp"]; r["data source"] == "Charge 6" && !seen[key] {
			seen[key] = true
			sum += number(t, r["steps"])
		}
	}
	p := s.Person()
	want := p.TotalsBetween(p.DayStart(p.First()), s.LastSync()).Steps
	if int(sum) != want {
		t.Errorf("%v steps of the watch, want %d", sum, want)
	}
}

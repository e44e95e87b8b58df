package export_test

import (
	"archive/zip"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/takeout"
)

// imports brings in an archive of a day, in a zone, that holds some files.
func (v *vault) imports(taken time.Time, zone string, files map[string]string) takeout.Report {
	v.t.Helper()
	name := filepath.Join(v.t.TempDir(), "takeout-"+taken.Format("20060102T150405Z")+"-001.zip")
	f, err := os.Create(name)
	must(v.t, err)
	w := zip.NewWriter(f)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		m, err := w.Create("Takeout/Fitbit/" + name)
		must(v.t, err)
		_, err = m.Write([]byte(files[name]))
		must(v.t, err)
	}
	m, err := w.Create("Takeout/Fitbit/Your Profile/Profile.csv")
	must(v.t, err)
	_, err = m.Write([]byte("id,timezone\nX," + zone + "\n"))
	must(v.t, err)
	must(v.t, w.Close())
	must(v.t, f.Close())
	sets, err := takeout.Find([]string{name})
	must(v.t, err)
	i := &takeout.Importer{Store: v.Store, Run: v.run, Now: func() time.Time { return v.now }}
	report, err := i.Import(v.t.Context(), sets[0])
	must(v.t, err)
	return report
}

// The stamps of an archive's rows of weight are instants or show the clock on the wall, all of
// them: what the records beside some of them tell holds for those, too, that no record is near.
func TestClockOfWeightsFarFromARecord(t *testing.T) {
	v := newVault(t, "me")
	v.zoneFrom("2000-01-01", "America/Los_Angeles")
	v.imports(time.Date(2024, 6, 20, 10, 15, 0, 0, time.UTC), "America/Los_Angeles", map[string]string{
		"Global Export Data/weight-2024-05-01.json": `[{"logId":1714892400000,"weight":171.3,"bmi":24.6,"date":"05/05/24","time":"07:00:00"}]`,
		"Physical Activity_GoogleData/weight.csv": "timestamp,weight grams\n2024-05-05T07:00:00Z,77700\n" +
			"2024-05-07T02:00:00Z,77100\n2024-06-07T02:00:00Z,76800\n",
	})
	var got []string
	for _, l := range v.fresh() {
		if strings.HasPrefix(l, "weight,") {
			got = append(got, l[strings.LastIndex(l, " ")+1:]+" "+l[strings.Index(l, "weight_kg="):strings.LastIndex(l, " ")])
		}
	}
	slices.Sort(got)
	same(t, "weights", got, []string{"1714917600000000000 weight_kg=77.7", "1715072400000000000 weight_kg=77.1", "1717750800000000000 weight_kg=76.8"})
}

package export_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/influxdata/influxdb1-client/models"

	"fitvault/export/line"
	"fitvault/store"
	"fitvault/store/catalog"
)

const fixtures = "../store/catalog/testdata"

// newFullVault stages the catalogue's fixture of every type.
func newFullVault(t testing.TB, account string) *vault {
	t.Helper()
	v := newVault(t, account)
	for _, typ := range catalog.Types() {
		if typ.Staged(catalog.Fitbit) != typ.Name {
			continue
		}
		ext := ".json"
		if typ.Fitbit.Each != "" {
			ext = ".tcx"
		}
		body, err := os.ReadFile(filepath.Join(fixtures, typ.Name, "fitbit"+ext))
		must(t, err)
		from, to := "2025-01-01", "2026-01-01"
		switch ask := typ.Fitbit.Ask; {
		case typ.Fitbit.Each != "": // the day of the exercise
			from, to = "2025-09-07", "2025-09-08"
		case ask.Snapshot() || ask.DateKey == "": // the day of the goldens
			from, to = "2025-09-09", "2025-09-10"
		case ask.Op == catalog.Cursor: // one walk through all years
			from = "2021-01-01"
		}
		path := strings.ReplaceAll(typ.Fitbit.Ask.Path, "{id}", "8896720705")
		v.stageAt(path, store.Window{Source: "fitbit", Type: typ.Name, From: from, To: to, SettledTo: from}, 1, string(body))
	}
	return v
}

func TestFullExport(t *testing.T) {
	t.Parallel()
	v, d := newFullVault(t, "anna"), newDatabase(t)
	res := v.export(v.to("a", d))
	got := d.dump()
	same(t, "database beside line protocol", got, v.fresh())
	if len(got) == 0 || res.Points != len(got) || res.Deleted != 0 || len(res.Failures) > 0 || res.Written+res.Unchanged > res.Units {
		t.Errorf("%d points in the database, result %+v", len(got), res)
	}
	for _, l := range got {
		if !strings.Contains(strings.SplitN(l, " ", 2)[0], ",account=anna") {
			t.Errorf("point without its account: %s", l)
		}
	}
	holdsGoldens(t, got)
}

// holdsGoldens requires each golden point, with its values, inside a point with the tag
// account.
func holdsGoldens(t *testing.T, lines []string) {
	t.Helper()
	at := map[string]models.Fields{}
	points, err := models.ParsePointsString(strings.Join(lines, "\n"))
	must(t, err)
	for _, p := range points {
		at[string(p.Name())+tagText(p.Tags().Map())+p.Time().String()], err = p.Fields()
		must(t, err)
	}
	for _, typ := range catalog.Types() {
		if typ.Series == nil || typ.Fitbit == nil {
			continue
		}
		golden, err := os.ReadFile(filepath.Join(fixtures, typ.Name, "fitbit.lp"))
		must(t, err)
		wanted, err := models.ParsePoints(bytes.TrimSpace(golden))
		must(t, err)
		for _, p := range wanted {
			p.AddTag("account", "anna")
			fields, err := p.Fields()
			must(t, err)
			have := at[string(p.Name())+tagText(p.Tags().Map())+p.Time().String()]
			for k, want := range fields {
				if have[k] != want {
					t.Errorf("%s: %s is %v, want %v", p, k, have[k], want)
				}
			}
		}
	}
}

func TestSecondExportWritesNothing(t *testing.T) {
	t.Parallel()
	v, one, two := newFullVault(t, "anna"), newDatabase(t), newDatabase(t)
	first := v.export(v.to("one", one))
	r := &recorder{below: one}
	second := v.export(v.to("one", r))
	if len(r.ops) != 1 || second.Unchanged != first.Units || second.Units != first.Units || second.Written+second.Points+second.Deleted != 0 {
		t.Errorf("the second export did %q: %+v", r.ops, second)
	}
	if again := v.export(v.to("two", two)); again.Points != first.Points || again.Written != first.Written {
		t.Errorf("into a second database: %+v, want %+v", again, first)
	}
	same(t, "second database", two.dump(), one.dump())
}

func TestBatchesHoldNoMoreThanTold(t *testing.T) {
	t.Parallel()
	v := newFullVault(t, "anna")
	want := v.fresh()
	for _, limit := range []int{7, 100} {
		d := newDatabase(t)
		e := v.to(d.name, d)
		e.BatchLines = limit
		v.export(e)
		same(t, "database", d.dump(), want)
	}
}

func TestTwoAccountsInOneDatabase(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	anna, ben := newVault(t, "anna"), newVault(t, "ben")
	log := []night{{"2025-03-10", "2025-03-09T23:00:00", 1, "stages", 8, false}, {"2025-03-10", "2025-03-10T14:00:00", 2, "classic", 1, true}}
	for _, v := range []*vault{anna, ben} {
		v.stage("sleep", "2025-03-01", "2025-04-01", sleeps(log...))
		v.export(v.to("d", d))
	}
	both := append(anna.fresh(), ben.fresh()...)
	same(t, "both", d.dump(), normal(t, strings.Join(both, "\n")))

	anna.stage("sleep", "2025-03-10", "2025-03-11", sleeps())
	if res := anna.export(anna.to("d", d)); res.Deleted == 0 {
		t.Errorf("nothing was deleted: %+v", res)
	}
	same(t, "after the deletion of one", d.dump(), ben.fresh())
	e := anna.to("d", d)
	e.Rebuild = true
	anna.export(e)
	same(t, "after the rebuild of one", d.dump(), ben.fresh())
}

func TestFileExport(t *testing.T) {
	t.Parallel()
	v := newFullVault(t, "anna")
	path := filepath.Join(t.TempDir(), "all.lp")
	w, err := line.Create(path)
	must(t, err)
	res := v.export(v.to("", w))
	must(t, w.Close())
	text, err := os.ReadFile(path)
	must(t, err)
	if n := bytes.Count(text, []byte("\n")); n != res.Points {
		t.Errorf("%d lines, result %+v", n, res)
	}
	targets, err := v.Targets(t.Context())
	if err != nil || len(targets) != 0 {
		t.Errorf("a file is remembered: %+v, error %v", targets, err)
	}
}

package export_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/export"
	"fitvault/export/line"
	"fitvault/store"
	"fitvault/store/catalog"
)

func mustDay(t testing.TB, date string) *catalog.Day {
	t.Helper()
	d, err := catalog.ParseDay(date)
	must(t, err)
	return &d
}

func TestDroppedDatabaseIsFilledAgain(t *testing.T) {
	t.Parallel()
	v, d := newVault(t, "me"), newDatabase(t)
	march(nightOf9, nightOf10)(v)
	v.stage("weight", "2025-03-01", "2025-04-01", weights("2025-03-09 08:00:00 70"))
	v.export(v.to("d", d))
	d.server.Query("", fmt.Sprintf("DROP DATABASE %q", d.name))
	e := v.to("d", d)
	e.Types = e.Types[:1]
	v.export(e)
	if res := v.export(v.to("d", d)); res.Deleted > 0 || res.Points == 0 {
		t.Errorf("result %+v", res)
	}
	same(t, "database", d.dump(), v.fresh())
}

func TestRebuild(t *testing.T) {
	t.Parallel()
	v, d := newVault(t, "me"), newDatabase(t)
	march(nightOf9, nightOf10)(v)
	v.stage("weight", "2025-03-01", "2025-04-01", weights("2025-03-09 08:00:00 70"))
	v.export(v.to("d", d))
	strangers := []string{
		"sleep,account=me,kind=stages deep_min=1i 1600000000000000000",
		"hydration,account=me water_ml=1 1600000000000000000", // of which the vault has no answer
		"weight,account=me weight_kg=1 1600000000000000000",
		"sleep,account=you deep_min=1i 1600000000000000000",
		"mine,account=me f=1 1600000000000000000",
	}
	d.server.Write(d.name, strangers...)
	e := v.to("d", d)
	var err error
	e.Types, err = catalog.Select([]string{"sleep", "hydration"})
	must(t, err)
	e.Rebuild = true
	res := v.export(e)
	if res.Deleted != 2 || res.Points != 2 {
		t.Errorf("result %+v", res)
	}
	same(t, "rebuilt in part", d.dump(), normal(t, strings.Join(append(v.fresh(), strangers[2:]...), "\n")))
	e = v.to("d", d)
	e.Rebuild = true
	v.export(e)
	same(t, "rebuilt", d.dump(), normal(t, strings.Join(append(v.fresh(), strangers[3:]...), "\n")))
	if again := v.export(v.to("d", d)); again.Written > 0 {
		t.Errorf("after a rebuild: %+v", again)
	}
}

// A rebuild that ends anywhere is made good by an ordinary export.
func TestRebuildCutOff(t *testing.T) {
	t.Parallel()
	v, d := newVault(t, "me"), newDatabase(t)
	march(nightOf9, nightOf10)(v)
	v.export(v.to("d", d))
	for n := 2; ; n++ {
		sleepOn("2025-03-10", []night{nightOf10, napOf10}[n%2])(v)
		e := v.to("d", failAt(&recorder{below: d}, n))
		e.Rebuild = true
		e.Types, _ = catalog.Select([]string{"sleep", "sleep_stage", "weight"})
		_, err := e.Export(t.Context())
		v.export(v.to("d", d))
		same(t, fmt.Sprintf("after a fault at request %d", n), d.dump(), v.fresh())
		if err == nil {
			return
		}
	}
}

func TestRebuildOfSomeDays(t *testing.T) {
	t.Parallel()
	v, d := newVault(t, "me"), newDatabase(t)
	march(nightOf9, nightOf10, nightOf11)(v)
	v.stage("activity_daily.steps", "2025-02-28", "2025-04-02", steps("2025-02-28", 1, 2, 3))
	v.export(v.to("d", d))
	stranger := []string{"weight,account=me weight_kg=1 1741561200000000000", "weight,account=me weight_kg=2 1741561199999999999"} // 10 March 00:00 in Berlin
	d.server.Write(d.name, stranger...)
	e := v.to("d", d)
	e.Rebuild, e.Since, e.Until = true, mustDay(t, "2025-03-10"), mustDay(t, "2025-03-10")
	res := v.export(e)
	if res.Points != 7+1+2 { // stages, the sleep of the 11th, and the month
		t.Errorf("result %+v", res)
	}
	same(t, "database", d.dump(), normal(t, strings.Join(append(v.fresh(), stranger[1]), "\n")))
	if again := v.export(v.to("d", d)); again.Written+again.Deleted > 0 {
		t.Errorf("the rest was forgotten: %+v", again)
	}
}

func TestRebuildOfSomeDaysAfterAChangeOfZone(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Asia/Tokyo", "America/New_York"} {
		v, d := newVault(t, "me"), newDatabase(t)
		march(nightOf9, nightOf10, napOf10, nightOf11)(v)
		v.export(v.to("d", d))
		v.zoneFrom("2025-03-10", zone)
		e := v.to("d", d)
		e.Rebuild, e.Since, e.Until = true, mustDay(t, "2025-03-10"), mustDay(t, "2025-03-10")
		v.export(e)
		v.export(v.to("d", d))
		same(t, zone, d.dump(), v.fresh())
	}
}

func TestDamagedMemory(t *testing.T) {
	t.Parallel()
	v, d := newVault(t, "me"), newDatabase(t)
	march(nightOf9, nightOf10)(v)
	v.export(v.to("d", d))
	sleepOn("2025-03-10")(v)
	damaged := v.held("d")["sleep 2025-03-09"]
	damaged.Keys = []byte("damaged")
	must(t, v.Remember(t.Context(), v.to("d", nil).Target.ID, []store.Exported{damaged}))
	if _, err := v.to("d", d).Export(t.Context()); err == nil || !strings.Contains(err.Error(), "--rebuild") {
		t.Errorf("error %v", err)
	}
	e := v.to("d", d)
	e.Rebuild = true
	v.export(e)
	same(t, "database", d.dump(), v.fresh())
}

func TestSinceUntil(t *testing.T) {
	v, d := newVault(t, "me"), newDatabase(t)
	march(nightOf9, nightOf10, nightOf11)(v)
	v.stage("activity_daily.steps", "2025-02-01", "2025-05-01", steps("2025-02-27", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13))
	on := func(name string, w export.Writer) export.Result {
		e := v.to(name, w)
		e.Since, e.Until = mustDay(t, "2025-03-10"), mustDay(t, "2025-03-10")
		return v.export(e)
	}
	others := func(whole bool) func(string) bool {
		return func(l string) bool {
			at, first, last := l[strings.LastIndexByte(l, ' ')+1:], "2025-03-10T00:00:00+01:00", "2025-03-11T00:00:00+01:00"
			if whole && strings.HasPrefix(l, "activity_daily") {
				first, last = "2025-03-01T00:00:00+01:00", "2025-04-01T00:00:00+02:00"
			}
			return at < mustInstant(t, first) || mustInstant(t, last) <= at
		}
	}
	on("d", d)
	same(t, "whole units", d.dump(), slices.DeleteFunc(v.fresh(), others(true)))

	var b bytes.Buffer
	w := line.New(&b)
	on("", w)
	must(t, w.Close())
	same(t, "the day in a file", normal(t, b.String()), slices.DeleteFunc(v.fresh(), others(false)))
}

func mustInstant(t testing.TB, s string) string {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	must(t, err)
	return fmt.Sprint(at.UnixNano())
}

func TestSinceLeavesTheRest(t *testing.T) {
	v, d := newVault(t, "me"), newDatabase(t)
	march(nightOf9, nightOf10, nightOf11)(v)
	v.export(v.to("d", d))
	sleepOn("2025-03-09")(v)
	e := v.to("d", d)
	e.Since = mustDay(t, "2025-03-10")
	if res := v.export(e); res.Deleted > 0 {
		t.Errorf("result %+v", res)
	}
	if n, err := v.to("d", nil).Behind(t.Context()); n != 4 || err != nil { // the 8th and the 9th, of sleep and of stages
		t.Errorf("%d behind, error %v", n, err)
	}
	v.export(v.to("d", d))
	same(t, "database", d.dump(), v.fresh())
}

func TestOldest(t *testing.T) {
	v := newVault(t, "me")
	oldest := func(since *catalog.Day) string {
		r := &recorder{}
		e := v.to("d", r)
		e.Since = since
		v.export(e)
		return r.oldest.UTC().Format(wall)
	}
	if got := oldest(nil); got != "0001-01-01T00:00:00" {
		t.Errorf("of an empty vault: %s", got)
	}
	v.stage("activity_daily.steps", "2025-03-20", "2025-04-01", steps("2025-03-20", 1))
	if got := oldest(nil); got != "2025-03-18T23:00:00" {
		t.Errorf("oldest %s, want a day before the first answer, not the start of its month", got)
	}
	v.stage("sleep", "2025-01-01", "2025-04-01", sleeps())
	if got := oldest(mustDay(t, "2025-03-25")); got != "2025-03-18T23:00:00" {
		t.Errorf("since a day: %s", got)
	}
}

func TestBehind(t *testing.T) {
	v := newVault(t, "me")
	behind := func() int {
		t.Helper()
		n, err := v.to("d", nil).Behind(t.Context())
		must(t, err)
		return n
	}
	if n := behind(); n != 0 {
		t.Errorf("an empty vault is %d units behind", n)
	}
	v.stage("weight", "2025-03-01", "2025-03-11", weights("2025-03-09 08:00:00 70"))
	v.stage("activity_daily.steps", "2025-03-02", "2025-03-11", steps("2025-03-02", 1))
	if n := behind(); n != 12+1 { // a day more at both ends
		t.Errorf("%d behind, want 13", n)
	}
	res := v.export(v.to("d", &recorder{}))
	if n := behind(); n != 0 || res.Units != 13 {
		t.Errorf("%d behind after %+v", n, res)
	}
	v.stage("weight", "2025-03-05", "2025-03-06", weights())
	if n := behind(); n != 3 {
		t.Errorf("%d behind after a new day, want it and its neighbours", n)
	}
	v.export(v.to("d", &recorder{}))
	if n := behind(); n != 0 {
		t.Errorf("%d behind", n)
	}
}

func TestProgress(t *testing.T) {
	v := newVault(t, "me")
	march(nightOf9, nightOf10, nightOf11)(v)
	e := v.to("d", &recorder{})
	e.BatchLines = 5
	var seen []export.Progress
	e.Progress = func(p export.Progress) { seen = append(seen, p) }
	res := v.export(e)
	if len(seen) < 3 {
		t.Fatalf("progress %+v", seen)
	}
	for i, p := range seen {
		if p.Total != res.Units || p.Done > p.Total || i > 0 && (p.Done < seen[i-1].Done || p.Points < seen[i-1].Points) {
			t.Errorf("progress %+v after %+v", p, seen[:i])
		}
	}
	if last := seen[len(seen)-1]; last.Done != res.Units || last.Points != res.Points || last.Measurement != "sleep_stage" {
		t.Errorf("at last %+v, result %+v", last, res)
	}
}

// A unit that a target holds something of is looked at also when no answer touches it any
// more, or when its grain was another one.
func TestForeignMemory(t *testing.T) {
	t.Parallel()
	v, d := newVault(t, "me"), newDatabase(t)
	v.stage("weight", "2025-03-01", "2025-04-01", weights("2025-03-09 08:00:00 70", "2025-03-10 08:00:00 71"))
	v.stage("activity_daily.steps", "2025-03-01", "2025-04-01", steps("2025-03-01", 1, 2, 3))
	v.export(v.to("d", d))
	other := newVault(t, "me")
	other.stage("weight", "2026-02-02", "2026-02-03", weights("2026-02-02 08:00:00 80"))
	other.export(other.to("d", d))
	away := other.held("d")["weight 2026-02-02"]

	held, target := v.held("d"), v.to("d", nil).Target.ID
	month := held["activity_daily 2025-03-01"]
	month.To = "2025-03-02"
	day := month
	day.From, day.To = "2025-03-02", "2025-03-03"
	must(t, v.Remember(t.Context(), target, []store.Exported{away, month, day}))
	v.export(v.to("d", d))
	same(t, "database", d.dump(), v.fresh())
	if n := v.points("d"); n != len(d.dump()) {
		t.Errorf("%d points are remembered", n)
	}
	if res := v.export(v.to("d", d)); res.Written+res.Deleted > 0 {
		t.Errorf("the next export did %+v", res)
	}
}

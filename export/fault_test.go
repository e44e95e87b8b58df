package export_test

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/export"
	"fitvault/store"
)

// failAt fails the operation of a number, counted from 1, and all that follow.
func failAt(r *recorder, n int) *recorder {
	r.fail = func(string) error {
		if len(r.ops) >= n {
			return errDown
		}
		return nil
	}
	return r
}

func rejects(t *testing.T, v *vault) []store.Reject {
	t.Helper()
	out, err := v.Rejects(t.Context())
	must(t, err)
	return out
}

func TestAnswerThatDoesNotRead(t *testing.T) {
	t.Parallel()
	v, d := newVault(t, "me"), newDatabase(t)
	v.stage("activity_daily.steps", "2025-03-01", "2025-05-01", steps("2025-03-01", 1, 2, 3))
	v.stage("activity_daily.floors", "2025-03-01", "2025-05-01", series("activities-floors", "2025-03-01", 4, 5, 6))
	v.export(v.to("d", d))

	v.stage("activity_daily.steps", "2025-03-01", "2025-05-01", steps("2025-03-01", 1, 20))
	v.stage("activity_daily.floors", "2025-03-01", "2025-05-01", series("activities-floors", "2025-03-01", "many"))
	for tries := 1; tries <= 3; tries++ {
		r := &recorder{below: d}
		res := v.export(v.to("d", r))
		// The window lies in three months, and is one failure.
		if len(res.Failures) != 1 || res.Failures[0].What != "activity_daily.floors" || !strings.Contains(res.Failures[0].Error(), "many") {
			t.Errorf("failures %+v", res.Failures)
		}
		if wrote := r.count("write") > 0; wrote != (tries == 1) || res.Deleted > 0 {
			t.Errorf("export %d did %q", tries, r.ops)
		}
		if left := rejects(t, v); len(left) != 1 || left[0].Stage != "read" || left[0].Type != "activity_daily.floors" || left[0].Tries != tries || left[0].Window == 0 {
			t.Errorf("rejects %+v", left)
		}
	}
	same(t, "what is held", d.dump(), normal(t, strings.Join([]string{
		"activity_daily,account=me steps=1i,floors=4i 1740783600000000000",
		"activity_daily,account=me steps=20i,floors=5i 1740870000000000000",
		"activity_daily,account=me steps=3i,floors=6i 1740956400000000000"}, "\n"))) // the third day may be gone, but who knows

	v.stage("activity_daily.floors", "2025-03-01", "2025-05-01", series("activities-floors", "2025-03-01"))
	if res := v.export(v.to("d", d)); len(res.Failures) > 0 || res.Deleted != 1 {
		t.Errorf("after a good answer: %+v", res)
	}
	same(t, "database", d.dump(), v.fresh())
	if left := rejects(t, v); len(left) > 0 {
		t.Errorf("rejects after a good answer: %+v", left)
	}
}

// What could be read is as it was, so nothing is written; what could not has gone for good.
func TestLeftPartVanishes(t *testing.T) {
	v, d := newVault(t, "me"), newDatabase(t)
	v.stage("weight", "2025-03-01", "2025-03-02", weights("2025-03-01 08:00:00 70"))
	v.export(v.to("d", d))
	v.stage("weight", "2025-03-01", "2025-03-02", `{"weight":3}`)
	v.export(v.to("d", d))
	v.stage("weight", "2025-03-01", "2025-03-02", weights())
	v.export(v.to("d", d))
	same(t, "database", d.dump(), nil)
}

// A reject is resolved by an export that looked and did not meet it.
func TestRejectOutlivesAnExportInPart(t *testing.T) {
	v := newVault(t, "me")
	v.stage("weight", "2025-03-01", "2025-03-02", `{"weight":3}`)
	v.export(v.to("d", &recorder{}))
	time.Sleep(2 * time.Millisecond) // the vault's clock ticks in milliseconds
	in := func(e *export.Exporter) export.Result { return v.export(e) }
	other := v.to("d", &recorder{})
	other.Types = other.Types[:5]
	later := v.to("d", &recorder{})
	later.Since = mustDay(t, "2025-06-01")
	for _, e := range []*export.Exporter{other, later, v.to("another", &recorder{}), v.to("", discard())} {
		in(e)
	}
	left := rejects(t, v)
	if len(left) != 2 { // of the two targets
		t.Errorf("rejects %+v", left)
	}
	v.stage("weight", "2025-03-01", "2025-03-02", weights())
	in(v.to("d", &recorder{}))
	if left := rejects(t, v); len(left) != 1 {
		t.Errorf("rejects after one target was mended: %+v", left)
	}
}

func TestRefusedLines(t *testing.T) {
	t.Parallel()
	v, d := newVault(t, "me"), newDatabase(t)
	days := make([]any, 61)
	for i := range days {
		days[i] = 1000 + i
	}
	v.stage("activity_daily.steps", "2025-03-01", "2025-05-01", steps("2025-03-01", days...))
	v.stage("weight", "2025-03-01", "2025-05-01", weights("2025-03-09 08:00:00 70", "2025-03-10 08:00:00 71"))
	want := v.fresh()
	bad := func(l string) bool { return strings.Contains(l, "steps=1007i") || strings.Contains(l, "weight_kg=71") }
	for tries := 1; tries <= 2; tries++ {
		r := &recorder{below: d, refuse: bad}
		res := v.export(v.to("d", r))
		same(t, "database", d.dump(), slices.DeleteFunc(slices.Clone(want), bad))
		if len(res.Failures) != 2 || res.Points != []int{0, 61, 30}[tries] {
			t.Errorf("export %d: %+v", tries, res)
		}
		if n, most := r.count("write"), 1+2*2*bits.Len(63); n > most {
			t.Errorf("%d writes for two lines of 63", n)
		}
		left := rejects(t, v)
		if len(left) != 2 || left[0].Stage != "write" || left[0].Tries != tries || !strings.Contains(left[0].Error, "field type conflict") {
			t.Errorf("rejects %+v", left)
		}
	}
	if n, err := v.to("d", nil).Behind(t.Context()); n != 2 || err != nil {
		t.Errorf("%d units behind, error %v; want the two with a refused line", n, err)
	}
	time.Sleep(2 * time.Millisecond)
	if res := v.export(v.to("d", d)); len(res.Failures) > 0 || res.Written != 2 {
		t.Errorf("when nothing is refused: %+v", res)
	}
	same(t, "database", d.dump(), want)
	if left := rejects(t, v); len(left) > 0 {
		t.Errorf("rejects %+v", left)
	}
}

// A target fails at each request in turn, before or after it did what it was asked to. What
// is remembered as held is held, and the next export ends as one without a fault.
func TestTargetFailsAtEachRequest(t *testing.T) {
	for _, lost := range []bool{false, true} {
		t.Run(fmt.Sprintf("after the deed %t", lost), func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				v, d := newVault(t, "me"), newDatabase(t)
				march(nightOf9, nightOf10, napOf10, nightOf11)(v)
				v.export(v.to("d", d))
				sleepOn("2025-03-09")(v)
				sleepOn("2025-03-10", napOf10)(v)
				sleepOn("2025-03-13", night{"2025-03-13", "2025-03-12T23:00:00", 13, "stages", 7, false})(v)
				before := v.held("d")
				r := failAt(&recorder{below: d, lost: lost}, n)
				e := v.to("d", r)
				e.BatchLines = 4
				_, err := e.Export(t.Context())
				if err == nil {
					if n < 7 {
						t.Errorf("the export took %d requests only: %q", n-1, r.ops)
					}
					return
				}
				if !errors.Is(err, errDown) {
					t.Fatal(err)
				}
				onlyAcknowledged(t, v, before, r)
				v.export(v.to("d", d))
				same(t, fmt.Sprintf("after a fault at request %d", n), d.dump(), v.fresh())
			}
		})
	}
}

// onlyAcknowledged requires that the points of units that are held anew were written.
func onlyAcknowledged(t *testing.T, v *vault, before map[string]store.Exported, r *recorder) {
	t.Helper()
	points := 0
	for unit, e := range v.held("d") {
		if string(e.Digest) != string(before[unit].Digest) {
			points += e.Points
		}
	}
	written := len(r.lines)
	if r.lost && strings.HasPrefix(r.ops[len(r.ops)-1], "write") {
		var n int
		fmt.Sscanf(r.ops[len(r.ops)-1], "write %d", &n)
		written -= n
	}
	if points > written {
		t.Errorf("%d points are held, %d were acknowledged", points, written)
	}
}

// A write whose answer is lost, of a unit that nothing was known of, and then its log is
// deleted at the source.
func TestLostAnswerThenDeletion(t *testing.T) {
	v, d := newVault(t, "me"), newDatabase(t)
	march(nightOf9, nightOf10)(v)
	_, err := v.to("d", failAt(&recorder{below: d, lost: true}, 2)).Export(t.Context())
	if !errors.Is(err, errDown) || len(d.dump()) == 0 {
		t.Fatalf("error %v, %d points", err, len(d.dump()))
	}
	if held := v.held("d"); len(held) > 0 {
		t.Errorf("held without an answer: %v", held)
	}
	sleepOn("2025-03-10")(v)
	v.export(v.to("d", d))
	same(t, "database", d.dump(), v.fresh())
}

// A delete that was done, a write that was not, and then the vault is as it was before.
func TestLostWriteThenChangeBack(t *testing.T) {
	v, d := newVault(t, "me"), newDatabase(t)
	march(nightOf9, nightOf10)(v)
	v.export(v.to("d", d))
	v.zoneFrom("2025-03-01", "Asia/Tokyo")
	_, err := v.to("d", failAt(&recorder{below: d}, 3)).Export(t.Context())
	if !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	v.zoneFrom("2025-03-01", "Europe/Berlin")
	v.export(v.to("d", d))
	same(t, "database", d.dump(), v.fresh())
}

func TestPrepareFails(t *testing.T) {
	t.Parallel()
	v, d := newVault(t, "me"), newDatabase(t)
	march(nightOf9)(v)
	r := failAt(&recorder{below: d}, 1)
	if _, err := v.to("d", r).Export(t.Context()); !errors.Is(err, errDown) || len(r.ops) != 1 || len(v.held("d")) > 0 {
		t.Errorf("error %v after %q", err, r.ops)
	}
	targets, err := v.Targets(t.Context())
	must(t, err)
	if len(targets) != 1 || !targets[0].LastExport.IsZero() || targets[0].Units != 0 {
		t.Errorf("targets %+v", targets)
	}
	v.export(v.to("d", d))

	// A target that was made, and failed then, is new all the same.
	d.server.Query("", fmt.Sprintf("DROP DATABASE %q", d.name))
	r = failAt(&recorder{isNew: true}, 1)
	if _, err := v.to("d", r).Export(t.Context()); !errors.Is(err, errDown) {
		t.Error(err)
	}
	d.server.Query("", fmt.Sprintf("CREATE DATABASE %q", d.name))
	const another = "sleep,account=you deep_min=1i 1600000000000000000" // for an empty one counts as new
	d.server.Write(d.name, another)
	v.export(v.to("d", d))
	same(t, "database", d.dump(), normal(t, strings.Join(append(v.fresh(), another), "\n")))
}

func TestCancel(t *testing.T) {
	v, d := newVault(t, "me"), newDatabase(t)
	march(nightOf9, nightOf10, nightOf11)(v)
	ctx, cancel := context.WithCancel(t.Context())
	r := &recorder{below: d}
	r.fail = func(op string) error {
		if strings.HasPrefix(op, "write") && r.count("write") == 2 {
			cancel()
			return ctx.Err()
		}
		return nil
	}
	e := v.to("d", r)
	e.BatchLines = 5
	res, err := e.Export(ctx)
	if !errors.Is(err, context.Canceled) || res.Points == 0 || res.Points != len(d.dump()) {
		t.Errorf("error %v, result %+v, %d points in the database", err, res, len(d.dump()))
	}
	points := 0
	for _, e := range v.held("d") {
		points += e.Points
	}
	if points != res.Points {
		t.Errorf("%d points are remembered, %d were acknowledged", points, res.Points)
	}
	v.export(v.to("d", d))
	same(t, "database", d.dump(), v.fresh())

	v.stage("weight", "2025-03-01", "2025-04-01", weights("2025-03-09 08:00:00 70"))
	cancel()
	r = &recorder{below: d}
	if _, err := v.to("d", r).Export(ctx); !errors.Is(err, context.Canceled) || len(r.ops) > 0 {
		t.Errorf("error %v after %q", err, r.ops)
	}
}

package takeout

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"fitvault/store/catalog"
)

// TestPartsOfNoName: parts that were renamed, or unpacked, lose nothing to each other, in any
// order, where two files of them tell of one day; and are known when they come again.
func TestPartsOfNoName(t *testing.T) {
	t.Parallel()
	first := []file{profileOf("Europe/Berlin"), data("sleep-2024-05-01.json", `["2024-05-01","2024-05-31"]`),
		data("heart_rate-2024-06-01.json", `["2024-06-01"]`)}
	second := []file{data("sleep-2024-05-31.json", `["2024-05-31","2024-06-30"]`)}
	want := []string{`heart_rate.json 2024-06-01..2024-06-02 ["2024-06-01"]`,
		`sleep.json 2024-05-01..2024-05-02 ["2024-05-01","2024-05-31"]`,
		`sleep.json 2024-05-31..2024-06-01 ["2024-05-01","2024-05-31"] ["2024-05-31","2024-06-30"]`,
		`sleep.json 2024-06-30..2024-07-01 ["2024-05-31","2024-06-30"]`}
	berlin, err := time.LoadLocation("Europe/Berlin")
	check(t, err)
	for name, end := range map[string]string{"Takeout 2.zip": "2024-06-30", "takeout-20240720T101500Z-002.zip": "2024-07-20"} {
		last, err := catalog.ParseDay(end)
		check(t, err)
		wantSettled := (last - catalog.Day(testFamilies["sleep"].Settle())).String()
		one := func(b *bench) Set { return b.archive("Takeout.zip", first...) }
		two := func(b *bench) Set { return b.archive(name, second...) }
		for _, order := range [][]func(*bench) Set{{one, two}, {two, one}} {
			b := newBench(t)
			b.Zone = berlin
			for _, archive := range order {
				b.imports(archive(b))
			}
			if diff := gocmp.Diff(want, b.truth()); diff != "" {
				t.Errorf("%q: in force (-want +got):\n%s", name, diff)
			}
			if got := b.settled("sleep.json"); got != wantSettled {
				t.Errorf("%q: settled until %s, want %s", name, got, wantSettled)
			}
			before := b.counts()
			for _, archive := range order {
				b.imports(archive(b))
			}
			if diff := gocmp.Diff(before, b.counts()); diff != "" {
				t.Errorf("%q again: rows (-before +after):\n%s", name, diff)
			}
		}
	}
}

// settled returns until when what is in force of a family is settled, by the window of its
// last day.
func (b *bench) settled(family string) (until string) {
	b.Helper()
	coverage, err := b.Store.Coverage(b.Context(), "takeout")
	check(b, err)
	for _, c := range coverage[family] {
		until = c.Window.SettledTo
	}
	return until
}

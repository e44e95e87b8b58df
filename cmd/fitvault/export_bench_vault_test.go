//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"fitvault/store"
	"fitvault/store/catalog"
)

// benchVault is a vault of a person in Berlin whose watch tells the pulse every second.
type benchVault struct {
	path   string
	staged int64 // bytes of the answers
	size   int64 // bytes of the file
}

// benchUntil is the day after the last one of every such vault, after which nothing of the
// legacy Web API is answered.
const benchUntil = "2026-11-01"

// newBenchVault stages so many days as a fetch leaves them, the newest first: a window a day of
// what a source holds within the day, and of the daily series windows as long as may be asked
// for. All of it is settled.
func newBenchVault(b *testing.B, days int) benchVault {
	b.Helper()
	source, bodies := catalog.Fitbit, fitbitBodies()
	if os.Getenv("FITVAULT_BENCH_SOURCE") == string(catalog.Google) {
		source, bodies = catalog.Google, googleBodies()
	}
	until, err := catalog.ParseDay(benchUntil)
	if err != nil {
		b.Fatal(err)
	}
	v := benchVault{path: filepath.Join(b.TempDir(), "vault.db")}
	s := newStager(b, v.path)
	first := until - catalog.Day(days)
	for day := until - 1; day >= first; day-- {
		for typ, pages := range bodies {
			s.stage(source, typ, day, day+1, func() [][]byte { return pages(day) })
		}
	}
	for _, t := range catalog.Asked(catalog.Fitbit) {
		if !strings.HasPrefix(t.Name, "activity_") && t.Name != "heart_rate_daily" {
			continue
		}
		ask := t.Fitbit.Ask
		for to := until; to > first; to -= catalog.Day(ask.Days) {
			from := max(to-catalog.Day(ask.Days), first)
			s.stage(catalog.Fitbit, t.Name, from, to, func() [][]byte { return [][]byte{seriesBody(ask.Root, from, to)} })
		}
	}
	v.staged = s.close(b)
	v.size = sizeOf(b, v.path)
	return v
}

// stager stages windows, some side by side, for packing the bodies is most of the work.
type stager struct {
	st    *store.Store
	run   int64
	group *errgroup.Group
	ctx   context.Context
	bytes atomic.Int64
}

func newStager(b *testing.B, path string) *stager {
	b.Helper()
	s := &stager{}
	var err error
	if s.st, err = store.Open(b.Context(), path, store.Options{Create: true}); err != nil {
		b.Fatal(err)
	}
	if s.run, err = s.st.BeginRun(b.Context(), "fetch", "benchmark"); err != nil {
		b.Fatal(err)
	}
	if err := s.st.NoteZone(b.Context(), store.ZoneEntry{From: "2000-01-01", How: store.ByProfile, Zone: benchZone.String()}); err != nil {
		b.Fatal(err)
	}
	s.group, s.ctx = errgroup.WithContext(b.Context())
	s.group.SetLimit(runtime.GOMAXPROCS(0))
	return s
}

// stage stages the window of some days, which is given its pages when its turn comes.
func (s *stager) stage(source catalog.Source, typ string, from, to catalog.Day, pages func() [][]byte) {
	s.group.Go(func() error {
		fetched := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
		w := store.Window{Source: string(source), Type: typ, From: from.String(), To: to.String(), State: store.Partial,
			Elements: int(to - from), Asked: fetched, Synced: fetched, SettledTo: to.String()}
		texts := pages()
		for i, text := range texts {
			if i == len(texts)-1 {
				w.State = store.Complete
			}
			s.bytes.Add(int64(len(text)))
			var err error
			w.ID, err = s.st.Stage(s.ctx, store.Page{Window: w, Run: s.run, Number: i, Method: "GET", Path: "/" + typ, Status: 200,
				Fetched: fetched, Zone: benchZone.String(), Body: text})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// close waits for the last window and returns how many bytes were staged.
func (s *stager) close(b *testing.B) int64 {
	b.Helper()
	if err := errors.Join(s.group.Wait(), s.st.Close()); err != nil {
		b.Fatal(err)
	}
	return s.bytes.Load()
}

// benchZone is where the person of the vault lives.
var benchZone = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err) // zone data is compiled in
	}
	return zone
}()

// benchVariants is how many different days there are; they take turns.
const benchVariants = 30

// fitbitBodies returns what makes the answers of a day, by type. The values of all days are
// made once, for they are the same with another date.
var fitbitBodies = sync.OnceValue(func() map[string]func(catalog.Day) [][]byte {
	var heart, steps, calories [benchVariants][]byte
	for i := range benchVariants {
		r := rand.New(rand.NewPCG(5, uint64(i)))
		heart[i] = heartSeconds(r)
		steps[i], calories[i] = minutes(r)
	}
	answer := func(root, value, every string, of *[benchVariants][]byte) func(catalog.Day) [][]byte {
		return func(d catalog.Day) [][]byte {
			head := fmt.Sprintf(`{"%s":[{"dateTime":"%v","value":%s}],"%[1]s-intraday":{"dataset":`, root, d, value)
			tail := fmt.Sprintf(`,"datasetInterval":1,"datasetType":"%s"}}`, every)
			return [][]byte{bytes.Join([][]byte{[]byte(head), of[int(d)%benchVariants], []byte(tail)}, nil)}
		}
	}
	return map[string]func(catalog.Day) [][]byte{
		"heart_rate": answer("activities-heart", heartZones, "second", &heart),
		"steps":      answer("activities-steps", `"8804"`, "minute", &steps),
		"calories":   answer("activities-calories", `"2431"`, "minute", &calories),
	}
})

const heartZones = `{"customHeartRateZones":[],"heartRateZones":[` +
	`{"caloriesOut":1803.2,"max":112,"min":30,"minutes":1335,"name":"Out of Range"},` +
	`{"caloriesOut":371.6,"max":137,"min":112,"minutes":58,"name":"Fat Burn"},` +
	`{"caloriesOut":41.9,"max":168,"min":137,"minutes":5,"name":"Cardio"},` +
	`{"caloriesOut":0,"max":220,"min":168,"minutes":0,"name":"Peak"}],"restingHeartRate":58}`

// heartSeconds is a day of the pulse, second by second: it walks towards what the hour and the
// effort of the moment ask of it and stays on a value for some seconds. Now and then a second
// is missing, and twice the watch is off for up to an hour.
func heartSeconds(r *rand.Rand) []byte {
	off := [2]int{r.IntN(86400), r.IntN(86400)}
	length := [2]int{r.IntN(3600), r.IntN(3600)}
	list := []byte{'['}
	bpm, aim := 55, 55
	for s := range 86400 {
		if s%600 == 0 {
			aim = effort(r, s/3600)
		}
		if r.IntN(3) == 0 {
			bpm += r.IntN(3) - 1
			if r.IntN(8) == 0 {
				bpm += min(3, max(-3, aim-bpm))
			}
		}
		if r.IntN(200) == 0 || s-off[0] >= 0 && s-off[0] < length[0] || s-off[1] >= 0 && s-off[1] < length[1] {
			continue
		}
		list = fmt.Appendf(list, `{"time":"%02d:%02d:%02d","value":%d},`, s/3600, s/60%60, s%60, max(38, bpm))
	}
	return closed(list)
}

// effort is the pulse that the next minutes ask for, in an hour of the day.
func effort(r *rand.Rand, hour int) int {
	switch {
	case hour < 7 || hour > 22:
		return 50 + r.IntN(12)
	case r.IntN(20) == 0:
		return 120 + r.IntN(45)
	}
	return 64 + r.IntN(30)
}

// minutes is a day of steps and of calories, minute by minute: some walks, and else nothing.
func minutes(r *rand.Rand) (steps, calories []byte) {
	steps, calories = []byte{'['}, []byte{'['}
	walk := 0
	for m := range 1440 {
		if m > 420 && m < 1350 && r.IntN(40) == 0 {
			walk = 2 + r.IntN(12)
		}
		count, level, mets := 0, 0, 10
		if walk > 0 {
			walk--
			count, level, mets = 30+r.IntN(90), 1, 25+r.IntN(30)
		}
		steps = fmt.Appendf(steps, `{"time":"%02d:%02d:00","value":%d},`, m/60, m%60, count)
		kcal := strconv.FormatFloat(float64(mets)*1.1264/10, 'f', -1, 64)
		calories = fmt.Appendf(calories, `{"level":%d,"mets":%d,"time":"%02d:%02d:00","value":%s},`, level, mets, m/60, m%60, kcal)
	}
	return closed(steps), closed(calories)
}

// closed ends a list whose elements all have a comma behind them.
func closed(list []byte) []byte {
	list[len(list)-1] = ']'
	return list
}

// seriesBody is the answer of a daily series.
func seriesBody(root string, from, to catalog.Day) []byte {
	list := fmt.Appendf(nil, `{"%s":[`, root)
	for d := from; d < to; d++ {
		value := fmt.Sprintf(`"%d"`, int(d)*7919%20011)
		if root == "activities-heart" {
			value = heartZones
		}
		list = fmt.Appendf(list, `{"dateTime":"%v","value":%s},`, d, value)
	}
	return append(closed(list), '}')
}

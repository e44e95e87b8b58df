package export_test

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export"
	"fitvault/store"
	"fitvault/store/catalog"
)

// Whatever happened to a vault and between it and a target, an export that runs to its end
// leaves the target as a full export into an empty one would. FITVAULT_REPLAY=7 runs the
// history of that seed only, FITVAULT_REPLAY=100-300 many others.
func TestReplayEquivalence(t *testing.T) {
	first, last := 1, histories
	if s := os.Getenv("FITVAULT_REPLAY"); s != "" {
		if n, _ := fmt.Sscanf(s, "%d-%d", &first, &last); n == 0 {
			t.Fatalf("FITVAULT_REPLAY=%q is neither a seed nor a range of them", s)
		} else if n == 1 {
			last = first
		}
	}
	one, two := newDatabase(t), newDatabase(t)
	const lanes = 2
	for lane := range lanes {
		t.Run(fmt.Sprintf("lane %d", lane), func(t *testing.T) {
			t.Parallel()
			for seed := first + lane; seed <= last; seed += lanes {
				if replay(t, one, two, seed, historyLength, nil) != "" {
					shrink(t, one, two, seed)
				}
			}
		})
	}
}

const historyLength = 28

// shrink cuts a history that fails down: after its failure, and then step by step.
func shrink(t *testing.T, one, two *database, seed int) {
	t.Helper()
	n := 1
	for n < historyLength && replay(t, one, two, seed, n, nil) == "" {
		n++
	}
	skip := map[int]bool{}
	for i := range n {
		if skip[i] = true; replay(t, one, two, seed, n, skip) == "" {
			delete(skip, i)
		}
	}
	t.Errorf("FITVAULT_REPLAY=%d, shrunk:\n%s", seed, replay(t, one, two, seed, n, skip))
}

// history is a vault, the sources that it is filled from, and what happened.
type history struct {
	*vault
	one   *database
	rnd   *rand.Rand
	src   map[catalog.Source]*source
	trace []string
	diff  string
}

var replays = make(chan int, 1<<20)

// replay plays the first n steps of a history but those to be skipped, mends what is left
// broken, and returns how the target differs from what it should hold.
func replay(t *testing.T, one, two *database, seed, n int, skip map[int]bool) string {
	t.Helper()
	replays <- seed
	h := &history{vault: newVault(t, fmt.Sprintf("p%d_%d", seed, len(replays))), one: one, src: map[catalog.Source]*source{}}
	defer h.Close()
	h.rnd = rand.New(rand.NewPCG(uint64(seed), 1<<32))
	h.clock = time.Date(2025, 3, 12, 12, 0, 0, 0, time.UTC)
	for _, s := range catalog.APIs() {
		h.src[s] = &source{name: s}
		h.src[s].fill(h.rnd)
	}
	for i := range n {
		if skip[i] || h.diff != "" {
			continue
		}
		h.rnd = rand.New(rand.NewPCG(uint64(seed), uint64(i)))
		h.step()
	}
	for _, s := range catalog.APIs() {
		for _, typ := range replayTypes {
			h.answer(s, typ, 0, replayDays, time.Time{})
		}
	}
	h.note("the end")
	h.complete()
	h.clock = h.clock.AddDate(0, 0, 1+h.rnd.IntN(replayDays))
	h.choose()
	h.note("it is %v, and no answer is new", h.clock)
	if h.diff == "" {
		h.complete()
	}
	if h.diff == "" {
		h.vault.export(h.to("two", two))
		h.compare(two.of(t, h.Account()))
	}
	if h.diff == "" {
		return ""
	}
	return strings.Join(h.trace, "\n") + "\n" + h.diff
}

func (h *history) note(format string, args ...any) {
	h.trace = append(h.trace, fmt.Sprintf(format, args...))
}

const (
	replayFirst = "2025-03-10" // clocks go forward on the 30th
	replayDays  = 28
)

var replayTypes = []string{"activity_daily.steps", "activity_daily.floors", "heart_rate_daily", "sleep", "weight", "device"}

var replayZones = []string{"Europe/Berlin", "Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Paris"}

func (h *history) day() int { return h.rnd.IntN(replayDays) }

func (h *history) step() {
	s := catalog.APIs()[h.rnd.IntN(len(catalog.APIs()))]
	switch n := h.rnd.IntN(23); {
	case n < 5:
		h.note("%s: %s", s, h.src[s].change(h.rnd))
	case n < 12:
		from := h.day()
		to := from + 1 + h.rnd.IntN([]int{1, 3, replayDays}[h.rnd.IntN(3)])
		synced := time.Time{}
		if h.rnd.IntN(3) == 0 {
			synced = time.Date(2025, 3, 10+h.day(), h.rnd.IntN(24), 0, 0, 0, time.UTC)
		}
		h.answer(s, replayTypes[h.rnd.IntN(len(replayTypes))], from, min(to, replayDays), synced)
	case n == 12:
		typ, from := replayTypes[h.rnd.IntN(len(replayTypes)-1)], h.day()
		h.note("unreadable %s of %s on day %d", typ, s, from)
		h.stageWindow(h.window(s, typ, from, from+1), `{"activities-steps":7,"activities-floors":7,"activities-heart":7,"sleep":7,"weight":7,"dataPoints":7,"rollupDataPoints":7}`)
	case n == 13:
		date, zone := dayAfter(replayFirst, h.day()), replayZones[h.rnd.IntN(len(replayZones))]
		h.note("zone %s from %s", zone, date)
		h.zoneFrom(date, zone)
	case n == 14:
		h.choose()
	case n == 15:
		h.clock = h.clock.Add(time.Duration(1+h.rnd.IntN(144)) * time.Hour)
		h.note("it is %v", h.clock)
	case n < 19:
		h.disturbed()
	default:
		h.complete()
	}
}

// choose changes which source is preferred, or not.
func (h *history) choose() {
	h.prefer = [][]catalog.Source{nil, {catalog.Google}, {catalog.Fitbit}}[h.rnd.IntN(3)]
	h.note("prefer %v", h.prefer)
}

// answer stages what a source says of some days.
func (h *history) answer(s catalog.Source, typ string, from, to int, synced time.Time) {
	w := h.window(s, typ, from, to)
	w.Synced = synced
	h.note("%s: answer %s of days %d to %d, synced %v, settled to %s", s, typ, from, to-1, synced, w.SettledTo)
	h.stageWindow(w, h.src[s].answer(typ, from, to))
}

// window is one of a source over some days, of which the first may be settled.
func (h *history) window(s catalog.Source, typ string, from, to int) store.Window {
	return store.Window{Source: string(s), Type: typ, From: dayAfter(replayFirst, from), To: dayAfter(replayFirst, to),
		SettledTo: dayAfter(replayFirst, from+h.rnd.IntN(to-from+1))}
}

// complete exports to the end and compares, unless something was left.
func (h *history) complete() {
	e := h.to("one", h.one)
	e.BatchLines = 1 + h.rnd.IntN(60)
	e.Rebuild = h.rnd.IntN(20) == 0
	res := h.vault.export(e)
	h.note("export by %d lines, rebuild %t: %+v", e.BatchLines, e.Rebuild, res)
	if len(res.Failures) == 0 {
		got := h.one.of(h.t, h.Account())
		if h.compare(got); h.diff == "" && h.points("one") != len(got) {
			h.diff = fmt.Sprintf("%d points are remembered, %d are held", h.points("one"), len(got))
		}
	}
}

func (h *history) compare(got []string) {
	h.diff = cmp.Diff(asRows(h.t, h.fresh()), got)
}

// disturbed exports to a target that fails at some request, before or after it did what it
// was asked to, refuses some lines, or is asked for a part only.
func (h *history) disturbed() {
	r := &recorder{below: h.one}
	e := h.to("one", r)
	e.BatchLines = 1 + h.rnd.IntN(60)
	how := "fails"
	switch last := h.rnd.IntN(8); h.rnd.IntN(4) {
	case 0:
		how = "refuses"
		r.refuse = func(line string) bool { return hash(line)%16 == uint32(last) }
	case 1:
		how = "in part"
		since, err := catalog.ParseDay(dayAfter(replayFirst, h.day()))
		must(h.t, err)
		until := since + catalog.Day(last)
		e.Since, e.Until, e.Rebuild = &since, &until, last == 0
		e.Types, err = catalog.Select([]string{"sleep", "sleep_stage", "activity_daily", "weight"}[:1+last%4])
		must(h.t, err)
	default:
		r.lost = h.rnd.IntN(2) == 0
		e.Rebuild = h.rnd.IntN(10) == 0
		r.fail = func(string) error {
			if len(r.ops) > last {
				return errDown
			}
			return nil
		}
	}
	res, err := e.Export(h.t.Context())
	if err != nil && !errors.Is(err, errDown) {
		h.t.Fatal(err)
	}
	h.note("export that %s, lost %t, by %d lines: %q: %+v, %v", how, r.lost, e.BatchLines, r.ops, res, err)
}

func hash(s string) uint32 {
	h := fnv.New32()
	h.Write([]byte(s))
	return h.Sum32()
}

var _ export.Writer = (*recorder)(nil)

package export_test

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export"
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

// history is a vault, the source that it is filled from, and what happened.
type history struct {
	*vault
	one   *database
	rnd   *rand.Rand
	src   source
	trace []string
	diff  string
}

var replays = make(chan int, 1<<20)

// replay plays the first n steps of a history but those to be skipped, mends what is left
// broken, and returns how the target differs from what it should hold.
func replay(t *testing.T, one, two *database, seed, n int, skip map[int]bool) string {
	t.Helper()
	replays <- seed
	h := &history{vault: newVault(t, fmt.Sprintf("p%d_%d", seed, len(replays))), one: one}
	defer h.Close()
	h.rnd = rand.New(rand.NewPCG(uint64(seed), 1<<32))
	h.src.fill(h.rnd)
	for i := range n {
		if skip[i] || h.diff != "" {
			continue
		}
		h.rnd = rand.New(rand.NewPCG(uint64(seed), uint64(i)))
		h.step()
	}
	for _, typ := range replayTypes {
		h.answer(typ, 0, replayDays, time.Time{})
	}
	h.note("the end")
	h.complete()
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
	switch n := h.rnd.IntN(20); {
	case n < 5:
		h.note("%s", h.src.change(h.rnd))
	case n < 12:
		from := h.day()
		to := from + 1 + h.rnd.IntN([]int{1, 3, replayDays}[h.rnd.IntN(3)])
		synced := time.Time{}
		if h.rnd.IntN(3) == 0 {
			synced = time.Date(2025, 3, 10+h.day(), h.rnd.IntN(24), 0, 0, 0, time.UTC)
		}
		h.answer(replayTypes[h.rnd.IntN(len(replayTypes))], from, min(to, replayDays), synced)
	case n == 12:
		typ, from := replayTypes[h.rnd.IntN(len(replayTypes)-1)], h.day()
		h.note("unreadable %s on day %d", typ, from)
		h.stage(typ, dayAfter(replayFirst, from), dayAfter(replayFirst, from+1), `{"activities-steps":7,"activities-floors":7,"activities-heart":7,"sleep":7,"weight":7}`)
	case n == 13:
		date, zone := dayAfter(replayFirst, h.day()), replayZones[h.rnd.IntN(len(replayZones))]
		h.note("zone %s from %s", zone, date)
		h.zoneFrom(date, zone)
	case n < 17:
		h.disturbed()
	default:
		h.complete()
	}
}

// answer stages what the source says of some days.
func (h *history) answer(typ string, from, to int, synced time.Time) {
	h.note("answer %s of days %d to %d, synced %v", typ, from, to-1, synced)
	h.stageSynced(typ, dayAfter(replayFirst, from), dayAfter(replayFirst, to), h.src.answer(typ, from, to), synced)
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

// source is what the source would answer now.
type source struct {
	steps, floors [replayDays]int // floors -1: none
	resting       [replayDays]int
	nights        []night
	weights       []string
	synced        [replayDays]string
}

func (s *source) fill(rnd *rand.Rand) {
	for d := range replayDays {
		date := dayAfter(replayFirst, d)
		s.steps[d], s.floors[d], s.resting[d] = rnd.IntN(9000), rnd.IntN(20)-2, 50+rnd.IntN(9)
		s.nights = append(s.nights, night{date, fmt.Sprintf("%sT2%d:%02d:00", dayAfter(date, -1), 1+rnd.IntN(3), rnd.IntN(60)), 1000 + d, "stages", 5 + rnd.IntN(4), false})
		s.weights = append(s.weights, fmt.Sprintf("%s %02d:15:00 %d", date, rnd.IntN(24), 70+rnd.IntN(9)))
		s.synced[d] = fmt.Sprintf("%sT%02d:00:00", dayAfter(date, -rnd.IntN(9)), rnd.IntN(24))
	}
}

// change edits what the source holds, and says how.
func (s *source) change(rnd *rand.Rand) string {
	d, i := rnd.IntN(replayDays), 0
	date := dayAfter(replayFirst, d)
	if len(s.nights) > 0 {
		i = rnd.IntN(len(s.nights))
	}
	switch n := rnd.IntN(9); {
	case n == 0:
		s.steps[d], s.floors[d] = rnd.IntN(9000), rnd.IntN(3)-1
		return "change the activity of " + date
	case n == 1:
		s.resting[d] = 0
		return "drop the resting heart rate of " + date
	case n == 2 && len(s.nights) > 0:
		was := s.nights[i]
		s.nights = slices.Delete(s.nights, i, i+1)
		return "drop the sleep of " + was.day
	case n == 3 && len(s.nights) > 0:
		s.nights[i].kind, s.nights[i].id = []string{"classic", "stages"}[rnd.IntN(2)], rnd.IntN(1000)
		return "edit the sleep of " + s.nights[i].day
	case n == 4 && len(s.nights) > 0:
		was := s.nights[i].day
		s.nights[i].day, s.nights[i].start = dayAfter(was, 1), was+"T23:30:00"
		return "move the sleep of " + was
	case n == 5:
		s.nights = append(s.nights, night{date, fmt.Sprintf("%sT%02d:10:00", date, 12+rnd.IntN(6)), 2000 + rnd.IntN(1000), "classic", 1 + rnd.IntN(2), true})
		return "add a nap on " + date
	case n == 6 && len(s.weights) > 0:
		w := rnd.IntN(len(s.weights))
		was := s.weights[w]
		s.weights = slices.Delete(s.weights, w, w+1)
		return "drop the weight of " + was
	case n == 7:
		s.weights = append(s.weights, fmt.Sprintf("%s %02d:45:00 %d", date, rnd.IntN(24), 70+rnd.IntN(9)))
		return "weigh on " + date
	}
	s.synced[d] = fmt.Sprintf("%sT%02d:30:00", date, rnd.IntN(24))
	return "sync on " + date
}

// answer is the source's answer for the days [from, to).
func (s *source) answer(typ string, from, to int) string {
	in := func(date string) bool { return dayAfter(replayFirst, from) <= date && date < dayAfter(replayFirst, to) }
	switch typ {
	case "activity_daily.steps":
		return steps(dayAfter(replayFirst, from), anys(s.steps[from:to])...)
	case "activity_daily.floors":
		var all []string
		for d := from; d < to; d++ {
			if s.floors[d] >= 0 {
				all = append(all, fmt.Sprintf(`{"dateTime":%q,"value":"%d"}`, dayAfter(replayFirst, d), s.floors[d]))
			}
		}
		return `{"activities-floors":[` + strings.Join(all, ",") + `]}`
	case "heart_rate_daily":
		return hearts(dayAfter(replayFirst, from), s.resting[from:to]...)
	case "sleep":
		return sleeps(slices.DeleteFunc(slices.Clone(s.nights), func(n night) bool { return !in(n.day) })...)
	case "weight":
		return weights(slices.DeleteFunc(slices.Clone(s.weights), func(w string) bool { return !in(strings.Fields(w)[0]) })...)
	}
	return devices(s.synced[from], from)
}

func anys(ns []int) []any {
	out := make([]any, len(ns))
	for i, n := range ns {
		out[i] = n
	}
	return out
}

package export_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export"
	"fitvault/export/influx/influxtest"
	"fitvault/export/schema"
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
	server := influxtest.Start(t, influxtest.WithIndexOnDisk())
	one, two := openDatabase(t, server, "one"), openDatabase(t, server, "two")
	seeds := make(chan int)
	var workers sync.WaitGroup
	for i := range lanes {
		l := &lane{one, two, openDatabase(t, server, fmt.Sprintf("alone%d", i))}
		workers.Go(func() {
			t.Run(fmt.Sprintf("lane %d", i), func(t *testing.T) {
				for seed := range seeds {
					if l.replay(t, seed, historyLength, nil) != "" {
						l.shrink(t, seed)
					}
				}
			})
		})
	}
	for seed := first; seed <= last; seed++ {
		seeds <- seed
	}
	close(seeds)
	workers.Wait()
}

// lanes is how many histories are replayed at once: a database takes its time over a delete.
const lanes = 4

// historyLength is how much happens in a history.
const historyLength = 9

// lane is where histories are replayed one after another.
type lane struct {
	one, two *database // of all accounts: exported into again and again, and once in the end
	alone    *database // of the person of one history, in a schema without accounts
}

// shrink cuts a history that fails down: after its failure, and then step by step.
func (l *lane) shrink(t *testing.T, seed int) {
	t.Helper()
	n := 1
	for n < historyLength && l.replay(t, seed, n, nil) == "" {
		n++
	}
	skip := map[int]bool{}
	for i := range n {
		if skip[i] = true; l.replay(t, seed, n, skip) == "" {
			delete(skip, i)
		}
	}
	t.Errorf("FITVAULT_REPLAY=%d, shrunk:\n%s", seed, l.replay(t, seed, n, skip))
}

// history is a vault, the sources that it is filled from, and what happened.
type history struct {
	*vault
	one      *database
	account  string // in the database; "": it is this history's alone
	rnd      *rand.Rand
	src      map[catalog.Source]*source
	versions int
	trace    []string
	diff     string
}

var replays atomic.Int64

// begin makes the vault and the sources of a history.
func (l *lane) begin(t *testing.T, seed int) *history {
	t.Helper()
	account := fmt.Sprintf("p%d_%d", seed, replays.Add(1))
	h := &history{vault: newVault(t, account), one: l.one, account: account, src: map[catalog.Source]*source{}}
	h.rnd = rand.New(rand.NewPCG(uint64(seed), 1<<32))
	h.clock = time.Date(2025, 3, 12, 12, 0, 0, 0, time.UTC)
	if h.schema = schema.All()[[]int{0, 0, 0, 1, 2}[seed%5]]; !h.schema.Account {
		h.one, h.account = l.alone, ""
		l.alone.server.Query("", fmt.Sprintf("DROP DATABASE %q", l.alone.name))
	}
	h.note("schema %s", h.schema.Name)
	for _, s := range catalog.APIs() {
		h.src[s] = &source{name: s}
		h.src[s].fill(h.rnd)
	}
	h.answer(catalog.Fitbit, "device", 0, 1, time.Time{}) // some schemas name the tracker
	return h
}

// replay plays the first n steps of a history but those to be skipped, mends what is left
// broken, and returns how the target differs from what it should hold.
func (l *lane) replay(t *testing.T, seed, n int, skip map[int]bool) string {
	t.Helper()
	h := l.begin(t, seed)
	defer h.Close()
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
	if h.diff == "" && h.account != "" && seed%4 == 0 { // the same again, by way of a database
		h.vault.export(h.to("two", l.two))
		h.compare(l.two.of(t, h.account))
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

// rereadTypes are those whose readers change.
var rereadTypes = []string{"activity_daily.steps", "heart_rate_daily", "heart_rate_zone_daily", "sleep", "sleep_stage", "weight", "heart_rate", "steps"}

var replayZones = []string{"Europe/Berlin", "Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Paris"}

func (h *history) day() int { return h.rnd.IntN(replayDays) }

func (h *history) step() {
	s := catalog.APIs()[h.rnd.IntN(len(catalog.APIs()))]
	switch n := h.rnd.IntN(26); {
	case n < 4:
		h.note("%s: %s", s, h.src[s].change(h.rnd))
	case n < 10:
		from := h.day()
		to := from + 1 + h.rnd.IntN([]int{1, 3, replayDays}[h.rnd.IntN(3)])
		synced := time.Time{}
		if h.rnd.IntN(3) == 0 {
			synced = time.Date(2025, 3, 10+h.day(), h.rnd.IntN(24), 0, 0, 0, time.UTC)
		}
		h.answer(s, replayTypes[h.rnd.IntN(len(replayTypes))], from, min(to, replayDays), synced)
	case n == 10:
		typ, from := replayTypes[h.rnd.IntN(len(replayTypes)-1)], h.day()
		h.note("unreadable %s of %s on day %d", typ, s, from)
		h.stageWindow(h.window(s, typ, from, from+1), `{"activities-steps":7,"activities-floors":7,"activities-heart":7,"sleep":7,"weight":7,"dataPoints":7,"rollupDataPoints":7}`)
	case n == 11:
		date, zone := dayAfter(replayFirst, h.day()), replayZones[h.rnd.IntN(len(replayZones))]
		h.note("zone %s from %s", zone, date)
		h.zoneFrom(date, zone)
	case n == 12:
		h.choose()
	case n == 13:
		h.clock = h.clock.Add(time.Duration(1+h.rnd.IntN(144)) * time.Hour)
		h.note("it is %v", h.clock)
	case n < 16:
		h.imported()
	case n == 16:
		h.upgrade()
	case n < 19:
		h.disturbed()
	case n < 22:
		h.killed()
	default:
		h.complete()
	}
}

// choose changes which source is preferred, or not, and which tracker is named by hand.
func (h *history) choose() {
	h.prefer = [][]catalog.Source{nil, {catalog.Google}, {catalog.Fitbit}, {catalog.Takeout, catalog.Google}}[h.rnd.IntN(4)]
	h.device = []string{"", "", "Luxe"}[h.rnd.IntN(3)]
	h.note("prefer %v, the tracker is %q", h.prefer, h.device)
}

// upgrade is a new version of the program, which reads a type otherwise.
func (h *history) upgrade() {
	if h.types == nil {
		h.types = catalog.Types()
	}
	name := rereadTypes[h.rnd.IntN(len(rereadTypes))]
	h.versions++
	h.types = reread(h.types, name, h.versions)
	h.note("version %d reads %s", h.versions, name)
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

// exporter returns one into the target, in batches of some lines.
func (h *history) exporter(w export.Writer) *export.Exporter {
	e := h.to("one", w)
	e.BatchLines, e.Writes = 1+h.rnd.IntN(60), 1+h.rnd.IntN(2)
	return e
}

// complete exports to the end and compares, unless something was left.
func (h *history) complete() {
	e := h.exporter(h.one)
	e.Rebuild = h.rnd.IntN(20) == 0
	res := h.vault.export(e)
	h.note("export by %d lines, %d at once, rebuild %t: %+v", e.BatchLines, e.Writes, e.Rebuild, res)
	if len(res.Failures) == 0 {
		got := h.one.of(h.t, h.account)
		if h.compare(got); h.diff == "" && h.points("one") != len(got) {
			h.diff = fmt.Sprintf("%d points are remembered, %d are held", h.points("one"), len(got))
		}
	}
}

func (h *history) compare(got []string) {
	h.diff = cmp.Diff(asRows(h.t, h.fresh()), got)
}

package export_test

import (
	"context"
	"errors"
	"hash/fnv"
	"sync"
	"time"

	"fitvault/export"
	"fitvault/export/line"
	"fitvault/export/schema"
	"fitvault/store/catalog"
)

// disturbed exports to a target that fails at some request, before or after it did what it
// was asked to, refuses some lines, or is asked for a part only.
func (h *history) disturbed() {
	r := &recorder{below: h.one}
	e := h.exporter(r)
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

// killed ends an export at some request. What comes after it never happens: neither another
// request nor a note in the vault.
func (h *history) killed() {
	ctx, kill := context.WithCancel(h.t.Context())
	defer kill()
	m := &mortal{below: h.one, left: h.rnd.IntN(9), when: []string{"before", "after", "acknowledged"}[h.rnd.IntN(3)], kill: kill}
	e := h.exporter(m)
	e.Rebuild = h.rnd.IntN(10) == 0
	at := m.left
	res, err := e.Export(ctx)
	if err != nil && !errors.Is(err, context.Canceled) {
		h.t.Fatal(err)
	}
	h.note("export by %d lines, %d at once, rebuild %t, killed at request %d, %s: %+v, %v", e.BatchLines, e.Writes, e.Rebuild, at, m.when, res, err)
}

// mortal is a target before which an export is killed: at a request before it arrives, after
// it was done, or with its answer in hand.
type mortal struct {
	mu    sync.Mutex
	below export.Writer
	left  int // requests that are met before
	when  string
	kill  context.CancelFunc
}

func (m *mortal) do(below func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left--
	switch {
	case m.left >= 0:
		return below()
	case m.left < -1:
		return context.Canceled
	}
	defer m.kill()
	var err error
	if m.when != "before" {
		err = below()
	}
	if m.when != "acknowledged" && err == nil {
		err = context.Canceled
	}
	return err
}

func (m *mortal) Prepare(ctx context.Context, want []*schema.Measurement, oldest time.Time) (held schema.Held, err error) {
	err = m.do(func() error {
		held, err = m.below.Prepare(ctx, want, oldest)
		return err
	})
	return held, err
}

func (m *mortal) Write(ctx context.Context, b line.Batch) error {
	return m.do(func() error { return m.below.Write(ctx, b) })
}

func (m *mortal) Delete(ctx context.Context, measurement, account string, from, to time.Time) error {
	return m.do(func() error { return m.below.Delete(ctx, measurement, account, from, to) })
}

func (m *mortal) Close() error { return nil }

func hash(s string) uint32 {
	h := fnv.New32()
	h.Write([]byte(s))
	return h.Sum32()
}

var (
	_ export.Writer = (*recorder)(nil)
	_ export.Writer = (*mortal)(nil)
)

package export

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"fitvault/export/line"
	"fitvault/store"
)

// flush remembers what the target may hold from now on, deletes, writes, and only then
// remembers that the target does hold it.
func (j *job) flush(ctx context.Context) error {
	b := &j.batch
	defer b.reset()
	if err := j.doubt(ctx, b.units); err != nil {
		return err
	}
	if err := j.delete(ctx, b); err != nil {
		return err
	}
	refused, err := j.deliver(ctx, b)
	if err != nil {
		return err
	}
	left := map[int]bool{}
	for _, r := range refused {
		i := b.unitOf(r.line)
		u := b.units[i].unit
		left[i] = true
		err := j.reject(ctx, store.Reject{Stage: "write", Type: u.series.Measurement, Error: fmt.Sprintf("%s in %v: %v", u.series.Measurement, u.span, r.err)})
		if err != nil {
			return err
		}
		j.result.Points--
		j.result.of(u.series.Measurement).Points--
	}
	return j.remember(ctx, b.units, left)
}

// reset empties the batch and keeps its memory.
func (b *batch) reset() {
	clear(b.units)
	b.units, b.first, b.gone, b.owner = b.units[:0], b.first[:0], nil, unit{}
	b.lines.Reset()
}

// doubt notes that units are about to change. Whatever becomes of the request, they are
// computed again until it is acknowledged, and every key that may be held is known.
func (j *job) doubt(ctx context.Context, units []written) error {
	var doubts []store.Exported
	for _, w := range units {
		if w.changes() {
			doubts = append(doubts, w.doubt)
		}
	}
	if !j.remembers() || len(doubts) == 0 {
		return nil
	}
	return j.Store.Remember(ctx, j.Target.ID, doubts)
}

// delete deletes the batch's period. Where the target cannot, its points stay, and so do
// their keys.
func (j *job) delete(ctx context.Context, b *batch) error {
	if b.gone == nil {
		return nil
	}
	change := j.result.of(b.owner.series.Measurement)
	if !j.DryRun {
		err := j.Writer.Delete(ctx, b.owner.series.Measurement, j.account, b.gone.from, b.gone.to)
		if errors.Is(err, errors.ErrUnsupported) {
			j.result.Stale++
			for i := range b.units {
				if w := &b.units[i]; w.gone != nil {
					w.memory.Keys = w.doubt.Keys
				}
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
	j.result.Deleted++
	change.Deleted++
	return nil
}

// refusal is a line that the target will never take.
type refusal struct {
	line int
	err  error
}

// deliver writes the lines of a batch, some requests at a time, and returns those that are
// refused, in their order.
func (j *job) deliver(ctx context.Context, b *batch) ([]refusal, error) {
	if j.DryRun {
		return nil, nil
	}
	var mu sync.Mutex
	var refused []refusal
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(j.writes)
	for first := 0; first < b.lines.Len() && ctx.Err() == nil; first += j.lines {
		part := b.lines.Part(first, min(first+j.lines, b.lines.Len()))
		g.Go(func() error {
			if ctx.Err() != nil { // another one failed while this one waited
				return ctx.Err()
			}
			of, err := j.send(ctx, part, first)
			mu.Lock()
			defer mu.Unlock()
			refused = append(refused, of...)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(refused, func(a, b refusal) int { return cmp.Compare(a.line, b.line) })
	return refused, nil
}

// send writes lines, and where the target refuses them, their halves, until each refused
// line stands alone. first is the number of the first line.
func (j *job) send(ctx context.Context, b line.Batch, first int) ([]refusal, error) {
	err := j.Writer.Write(ctx, b)
	var final interface{ Refused() bool }
	switch {
	case err == nil:
		return nil, nil
	case !errors.As(err, &final) || !final.Refused():
		return nil, err
	case b.Len() == 1:
		return []refusal{{first, err}}, nil
	}
	one, two := b.Halves()
	refused, err := j.send(ctx, one, first)
	if err != nil {
		return nil, err
	}
	more, err := j.send(ctx, two, first+one.Len())
	return append(refused, more...), err
}

// remember notes what the target holds now; units of which a line was left are tried again
// next time.
func (j *job) remember(ctx context.Context, units []written, left map[int]bool) error {
	var done []store.Exported
	for i, w := range units {
		if w.changes() {
			change := j.result.of(w.unit.series.Measurement)
			change.Units++
			change.Points += w.send
		}
		if w.send > 0 {
			j.result.Written++
			j.result.Points += w.send
		}
		if left[i] {
			w.memory = doubted(w.memory)
		}
		done = append(done, w.memory)
	}
	if j.remembers() && len(done) > 0 {
		if err := j.Store.Remember(ctx, j.Target.ID, done); err != nil {
			return err
		}
	}
	if j.Progress != nil && len(units) > 0 {
		j.Progress(Progress{j.result.Units, len(j.units), units[len(units)-1].unit.series.Measurement, j.result.Points})
	}
	return nil
}

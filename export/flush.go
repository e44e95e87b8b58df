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

// flush remembers what the target may hold from the batch on, deletes, writes, and only then
// remembers that the target does hold it. Writing goes on beside the next batch, unless
// something is deleted: no delete meets a write.
func (j *job) flush(ctx context.Context, g *errgroup.Group) error {
	b := j.batch
	if len(b.units) == 0 {
		return nil
	}
	if err := j.doubt(ctx, b.units); err != nil {
		return err
	}
	if b.gone != nil || j.writes == 1 {
		if j.flights.Wait(); ctx.Err() != nil {
			return ctx.Err()
		}
		defer b.reset()
		if err := j.delete(ctx, b); err != nil {
			return err
		}
		return j.settle(ctx, b)
	}
	j.flights.Add(1)
	g.Go(func() error {
		defer j.flights.Done()
		err := j.settle(ctx, b)
		b.reset()
		j.spare <- b
		return err
	})
	select {
	case j.batch = <-j.spare:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle writes a batch, and remembers what the target holds then.
func (j *job) settle(ctx context.Context, b *batch) error {
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
	}
	if err := j.remember(ctx, b.units, left); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range refused {
		j.result.Points--
		j.result.of(b.units[b.unitOf(r.line)].unit.series.Measurement).Points--
	}
	j.told(b.units)
	return nil
}

// told tells how far the export is.
func (j *job) told(units []written) {
	last := units[len(units)-1]
	j.done = max(j.done, last.at)
	if j.Progress != nil {
		j.Progress(Progress{j.done, len(j.units), last.unit.series.Measurement, j.result.Points})
	}
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
	j.result.of(b.owner.series.Measurement).Deleted++
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
	for first := 0; first < b.lines.Len(); first += j.lines {
		select {
		case j.slots <- struct{}{}:
		case <-ctx.Done(): // another one failed
			return nil, cmp.Or(g.Wait(), ctx.Err())
		}
		part := b.lines.Part(first, min(first+j.lines, b.lines.Len()))
		g.Go(func() error {
			defer func() { <-j.slots }()
			if ctx.Err() != nil {
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
		if left[i] {
			w.memory = doubted(w.memory)
		}
		done = append(done, w.memory)
	}
	if j.remembers() {
		if err := j.Store.Remember(ctx, j.Target.ID, done); err != nil {
			return err
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, w := range units {
		j.result.count(w)
	}
	return nil
}

// count adds a unit that was written.
func (r *Result) count(w written) {
	if !w.changes() {
		return
	}
	change := r.of(w.unit.series.Measurement)
	change.Units++
	change.Points += w.send
	if w.send > 0 {
		r.Written++
		r.Points += w.send
	}
}

package export

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"fitvault/export/schema"
	"fitvault/store"
	"fitvault/store/catalog"
)

// job is one run of an Exporter. Units are computed and encoded on all cores, some ahead, and
// taken in their order by one goroutine, which alone talks to the target and to the vault's
// memory of it.
type job struct {
	*Exporter
	account string    // the tag of every point; "": the schema has none
	began   time.Time // the target comes to hold what may be exported at this instant
	lines   int       // in one write
	writes  int       // in flight
	vault   *vault
	units   []unit
	held    memory
	kinds   schema.Kinds
	batch   *batch            // being gathered
	left    map[cacheKey]bool // what did not read

	slots   chan struct{}  // held by the requests in flight
	spare   chan *batch    // to gather in while others are written
	flights sync.WaitGroup // the batches being written

	mu     sync.Mutex // of what follows
	done   int        // units looked at, as far as was told
	result Result
}

// batches is how many are written at once at most: while the last requests of one are answered
// and its units remembered, the next one goes on.
const batches = 2

// remembers reports whether the vault keeps what the target holds.
func (j *job) remembers() bool { return j.Target.ID != 0 && !j.DryRun }

func (j *job) run(ctx context.Context) error {
	var err error
	if j.vault, err = load(ctx, j.Exporter); err != nil {
		return err
	}
	if j.vault.schema.Account {
		j.account = j.Store.Account()
	}
	j.units = j.vault.units(j.span())
	if err := j.prepare(ctx); err != nil {
		return err
	}
	err = j.pipe(ctx)
	if err == nil {
		j.result.Units = len(j.units)
	}
	return err
}

// task is a unit that is to be looked at.
type task struct {
	unit unit
	at   int          // in the units
	done chan written // of a unit to be computed; nil: the target holds it
}

// pipe computes the units that the target does not hold, and takes them in order.
func (j *job) pipe(ctx context.Context) error {
	cores := runtime.GOMAXPROCS(0)
	j.slots, j.spare = make(chan struct{}, j.writes), make(chan *batch, batches)
	for range batches - 1 { // beside the one to gather in
		j.spare <- &batch{}
	}
	g, ctx := errgroup.WithContext(ctx)
	todo, order := make(chan task), make(chan task, cores)
	g.Go(func() error {
		defer close(todo)
		defer close(order)
		return j.feed(ctx, todo, order)
	})
	for range cores {
		g.Go(func() error {
			for t := range todo {
				w, err := j.compute(ctx, t.unit)
				if err != nil {
					return err
				}
				t.done <- w
			}
			return nil
		})
	}
	g.Go(func() error { return j.collect(ctx, g, order) })
	return g.Wait()
}

// feed hands out the units in order.
func (j *job) feed(ctx context.Context, todo, order chan<- task) error {
	for i, u := range j.units {
		t := task{unit: u, at: i}
		if !j.held.holds(u) {
			t.done = make(chan written, 1)
		}
		select {
		case order <- t:
		case <-ctx.Done():
			return ctx.Err()
		}
		if t.done == nil {
			continue
		}
		select {
		case todo <- t:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// collect takes units in order and puts those that differ from what the target holds into
// batches, the last of which it sends.
func (j *job) collect(ctx context.Context, g *errgroup.Group, order <-chan task) error {
	for t := range order {
		if err := ctx.Err(); err != nil {
			return err
		}
		j.result.Units = t.at + 1
		if t.done == nil {
			j.result.Unchanged++
			continue
		}
		select {
		case w := <-t.done:
			w.at = t.at + 1
			if err := j.take(ctx, g, w); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if ctx.Err() != nil { // and that is why there is no more
		return ctx.Err()
	}
	return j.flush(ctx, g)
}

// compute computes a unit, and what of it is to be sent.
func (j *job) compute(ctx context.Context, u unit) (written, error) {
	c, err := j.vault.compute(ctx, u, j.began)
	if err != nil {
		return written{}, err
	}
	if j.Target.ID == 0 && (j.Since != nil || j.Until != nil) {
		c.points, c.column = within(c.all(), j.vault.clock, j.span()), nil
	}
	w, err := j.write(u, c)
	if err != nil {
		return w, err
	}
	old := j.held.of(u)
	keys, err := j.keys(ctx, old)
	if err != nil {
		return w, err
	}
	if err := w.compare(old, keys, len(c.rejects) > 0); err != nil {
		return w, err
	}
	if c.held {
		w.memory.Inputs = nil // looked at again until none is
	}
	return w, nil
}

// take puts a unit into the batch.
func (j *job) take(ctx context.Context, g *errgroup.Group, w written) error {
	for _, r := range w.rejects {
		if key := (cacheKey{r.Window, r.Type, r.Error}); !j.left[key] {
			j.left[key] = true
			if err := j.reject(ctx, r); err != nil {
				return err
			}
		}
	}
	if !w.changes() {
		j.result.Unchanged++
	}
	if !j.batch.takes(w, j.lines, j.writes*j.writes) {
		if err := j.flush(ctx, g); err != nil {
			return err
		}
	}
	j.batch.add(w)
	return nil
}

// within keeps the points of some days, by a clock.
func within(points iter.Seq[catalog.Point], z catalog.Zones, span catalog.Span) []catalog.Point {
	var out []catalog.Point
	for p := range points {
		if span.Holds(z.Today(p.Time)) {
			p.Fields = slices.Clone(p.Fields)
			out = append(out, p)
		}
	}
	return out
}

// reject reports what is left, and records it for a target that will be given it again.
func (j *job) reject(ctx context.Context, r store.Reject) error {
	j.Log.Warn("left", "type", r.Type, "err", r.Error)
	j.mu.Lock()
	j.result.Failures = append(j.result.Failures, Failure{r.Type, errors.New(r.Error)})
	j.mu.Unlock()
	if !j.remembers() {
		return nil
	}
	r.Target = j.Target.ID
	return j.Store.Reject(ctx, r)
}

// Package export replays a vault into a target: it resolves which staged answer is the
// truth for each day, reads it to points, and writes, unit by unit, what the target does
// not hold yet. It makes no call to any source.
//
// Its invariant: after it, the target holds what a full export into an empty target would
// hold. A unit counts as held only when the target has acknowledged it, and no point is
// sent whose key is not remembered before, so that it is found when it has to go.
package export

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"fitvault/export/line"
	"fitvault/export/schema"
	"fitvault/store"
	"fitvault/store/catalog"
)

// Writer is where an export goes.
type Writer interface {
	// Prepare makes the target ready before the first point: it is reachable and
	// authorised, its database is there, its field kinds agree with want, and it keeps
	// points from oldest on. What it holds counts beside an error too.
	Prepare(ctx context.Context, want []*schema.Measurement, oldest time.Time) (schema.Held, error)

	// Write stores a batch; nil means that the target acknowledged all of it. Writing a
	// batch twice is the same as once. An error with a method Refused that reports true
	// means that the target will never take the batch as it is.
	Write(ctx context.Context, b line.Batch) error

	// Delete removes the points of a measurement between two instants, both included; where
	// account is not empty, only those with this tag. An errors.ErrUnsupported says that the
	// target cannot take back points of such a range.
	Delete(ctx context.Context, measurement, account string, from, to time.Time) error

	Close() error
}

// Exporter replays one vault into one target.
type Exporter struct {
	Store        *store.Store
	Writer       Writer
	Target       store.Target // ID 0: a target without memory, which is given everything
	Log          *slog.Logger
	Types        []catalog.Type   // their measurements are exported, whole
	Prefer       []catalog.Source // of the sources that may speak for a day, these first; the others as in catalog.Sources
	Since, Until *catalog.Day     // both included; nil: all. A target with memory gets whole units
	Rebuild      bool             // delete what the target holds of them, and write all again
	BatchLines   int              // lines in one write; 0: 10 000
	Progress     func(Progress)   // called after each write; may be nil

	now func() time.Time // nil: time.Now
}

// Progress says how far an export is.
type Progress struct {
	Done, Total int // units looked at
	Measurement string
	Points      int // written
}

// Result is what an export did.
type Result struct {
	Units     int // that were looked at
	Written   int // units of which points were sent
	Points    int // sent
	Deleted   int // ranges deleted
	Unchanged int // units that the target held already
	Failures  []Failure
}

// Failure is what an export had to leave: an answer that does not read, or a line that
// the target refuses.
type Failure struct {
	What string
	Err  error
}

func (f Failure) Error() string { return f.What + ": " + f.Err.Error() }

const batchLines = 10_000

// Export brings the target up to date. What it had to leave is in Result.Failures; the
// error is what stopped it, and the Result holds in either case.
func (e *Exporter) Export(ctx context.Context) (Result, error) {
	began := time.Now()
	j := &job{Exporter: e, account: e.Store.Account(), began: began, left: map[cacheKey]bool{}}
	if e.now != nil {
		j.began = e.now()
	}
	if j.BatchLines <= 0 {
		j.BatchLines = batchLines
	}
	err := j.run(ctx)
	if err != nil || e.Target.ID == 0 {
		return j.result, err
	}
	if e.all() {
		if err := e.Store.ResolveRejects(ctx, e.Target.ID, began); err != nil {
			return j.result, err
		}
	}
	return j.result, e.Store.FinishExport(ctx, e.Target.ID, time.Now())
}

// all reports whether every unit is looked at. If not, a reject that was not met again is
// not mended therefore.
func (e *Exporter) all() bool {
	unwanted := func(s *catalog.Series) bool {
		return !slices.ContainsFunc(e.Types, func(t catalog.Type) bool { return t.Series == s })
	}
	return e.Since == nil && e.Until == nil && !slices.ContainsFunc(catalog.AllSeries(), unwanted)
}

// Behind counts the units that an export to the target would compute.
func (e *Exporter) Behind(ctx context.Context) (int, error) {
	v, err := load(ctx, e.Store, e.Types, e.Prefer)
	if err != nil {
		return 0, err
	}
	held, err := e.Store.Exported(ctx, e.Target.ID)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, u := range v.leftovers(v.units(e.span()), held, e.span()) {
		if !memory(held).holds(u) {
			n++
		}
	}
	return n, nil
}

// span returns the days asked for.
func (e *Exporter) span() catalog.Span {
	s := catalog.Span{From: -1 << 30, To: 1 << 30}
	if e.Since != nil {
		s.From = *e.Since
	}
	if e.Until != nil {
		s.To = *e.Until + 1
	}
	return s
}

// job is one run of an Exporter.
type job struct {
	*Exporter
	account string
	began   time.Time // the target comes to hold what may be exported at this instant
	vault   *vault
	units   []unit
	held    memory
	batch   batch
	left    map[cacheKey]bool // what did not read
	result  Result
}

func (j *job) run(ctx context.Context) error {
	var err error
	if j.vault, err = load(ctx, j.Store, j.Types, j.Prefer); err != nil {
		return err
	}
	j.units = j.vault.units(j.span())
	if err := j.prepare(ctx); err != nil {
		return err
	}
	for _, u := range j.units {
		if err := ctx.Err(); err != nil {
			return err
		}
		j.result.Units++
		if j.held.holds(u) {
			j.result.Unchanged++
			continue
		}
		if err := j.export(ctx, u); err != nil {
			return err
		}
	}
	return j.flush(ctx)
}

// export computes a unit and, where it differs from what the target holds, puts it into
// the batch.
func (j *job) export(ctx context.Context, u unit) error {
	c, err := j.vault.compute(ctx, u, j.began)
	if err != nil {
		return err
	}
	for _, r := range c.rejects {
		if key := (cacheKey{r.Window, r.Type, r.Error}); !j.left[key] {
			j.left[key] = true
			if err := j.reject(ctx, r); err != nil {
				return err
			}
		}
	}
	if j.Target.ID == 0 {
		c.points = within(c.points, j.vault.zones, j.span())
	}
	w, err := write(u, c.points, j.account)
	if err != nil {
		return err
	}
	w.memory.NewestResponse = c.newest
	if err := w.compare(j.held.of(u), len(c.rejects) > 0); err != nil {
		return err
	}
	if c.held {
		w.memory.Inputs = nil // looked at again until none is
	}
	if !w.changes() {
		j.result.Unchanged++
	}
	if !j.batch.takes(w, j.BatchLines) {
		if err := j.flush(ctx); err != nil {
			return err
		}
	}
	j.batch.add(w)
	return nil
}

// within keeps the points of some days, by the clock of the person.
func within(points []catalog.Point, z catalog.Zones, span catalog.Span) []catalog.Point {
	var out []catalog.Point
	for _, p := range points {
		if span.Holds(z.Today(p.Time)) {
			out = append(out, p)
		}
	}
	return out
}

// reject reports what is left, and records it for a target that will be given it again.
func (j *job) reject(ctx context.Context, r store.Reject) error {
	j.Log.Warn("left", "type", r.Type, "err", r.Error)
	j.result.Failures = append(j.result.Failures, Failure{r.Type, errors.New(r.Error)})
	if j.Target.ID == 0 {
		return nil
	}
	r.Target = j.Target.ID
	return j.Store.Reject(ctx, r)
}

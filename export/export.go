// Package export replays a vault into a target: it resolves which staged answer is the
// truth for each day, reads it to points, and writes, unit by unit, what the target does
// not hold yet. It makes no call to any source.
//
// Its invariant: after it, the target holds what a full export into an empty target would
// hold. A unit counts as held only when the target has acknowledged it, and no point is
// sent whose key is not remembered before, so that it is found when it has to go.
package export

import (
	"cmp"
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
	Target       store.Target   // ID 0: a target without memory, which is given everything
	Schema       *schema.Schema // nil: the vault's own series
	Device       string         // the tracker, where the schema names it; "": the newest one
	Log          *slog.Logger
	Types        []catalog.Type   // their measurements are exported, whole
	Prefer       []catalog.Source // of the sources that may speak for a day, these first; the others as in catalog.Sources
	Since, Until *catalog.Day     // both included; nil: all. A target with memory gets whole units
	Rebuild      bool             // delete what the target holds of them, and write all again
	DryRun       bool             // find out what would change, and neither write nor remember anything
	BatchLines   int              // lines in one write; 0: 10 000
	Writes       int              // in flight at once; 0: 2
	Progress     func(Progress)   // called after each batch; may be nil

	now   func() time.Time // nil: time.Now
	types []catalog.Type   // how answers are read; nil: catalog.Types()
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
	Stale     int // ranges that hold points which are no more, in a target that cannot delete them
	Unchanged int // units that the target held already
	Failures  []Failure
	Changes   []Change // by measurement, those that changed
}

// Change is what an export did of a measurement.
type Change struct {
	Measurement            string
	Units, Points, Deleted int
}

// of returns the change of a measurement.
func (r *Result) of(measurement string) *Change {
	i := slices.IndexFunc(r.Changes, func(c Change) bool { return c.Measurement == measurement })
	if i < 0 {
		i = len(r.Changes)
		r.Changes = append(r.Changes, Change{Measurement: measurement})
	}
	return &r.Changes[i]
}

// Failure is what an export had to leave: an answer that does not read, or a line that
// the target refuses.
type Failure struct {
	What string
	Err  error
}

func (f Failure) Error() string { return f.What + ": " + f.Err.Error() }

const (
	batchLines = 10_000
	writes     = 2
)

// Export brings the target up to date. What it had to leave is in Result.Failures; the
// error is what stopped it, and the Result holds in either case.
func (e *Exporter) Export(ctx context.Context) (Result, error) {
	began := time.Now()
	j := &job{Exporter: e, began: began, lines: cmp.Or(max(0, e.BatchLines), batchLines), writes: cmp.Or(max(0, e.Writes), writes), left: map[cacheKey]bool{}, batch: &batch{}}
	if e.now != nil {
		j.began = e.now()
	}
	err := j.run(ctx)
	if err != nil || !j.remembers() {
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
	v, err := load(ctx, e)
	if _, unnamed := errors.AsType[*DeviceError](err); err != nil && !unnamed { // then all units would be written
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

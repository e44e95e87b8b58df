// Package export replays a vault into a target: it resolves which staged answer is the
// truth for each day, reads it to points, and writes, unit by unit, what the target does
// not hold yet. It makes no call to any source.
//
// Its invariant: after it, the target holds what a full export into an empty target would
// hold, and no unit is remembered that the target did not acknowledge.
package export

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"time"

	"fitvault/export/line"
	"fitvault/store"
	"fitvault/store/catalog"
)

// Writer is where an export goes.
type Writer interface {
	// Prepare makes the target ready before the first point: it is reachable and
	// authorised, its database is there, its field kinds agree with want, and it keeps
	// points from oldest on. fresh reports that the target did not exist before.
	Prepare(ctx context.Context, want []*catalog.Series, oldest time.Time) (fresh bool, err error)

	// Write stores a batch; nil means that the target acknowledged all of it. Writing a
	// batch twice is the same as once. An error with a method Refused that reports true
	// means that the target will never take the batch as it is.
	Write(ctx context.Context, b line.Batch) error

	// Delete removes the points of a measurement and an account between two instants,
	// both included.
	Delete(ctx context.Context, measurement, account string, from, to time.Time) error

	Close() error
}

// Exporter replays one vault into one target.
type Exporter struct {
	Store        *store.Store
	Writer       Writer
	Target       store.Target // ID 0: a target without memory, which is given everything
	Log          *slog.Logger
	Types        []catalog.Type // their measurements are exported, whole
	Since, Until *catalog.Day   // both included; nil: all
	Rebuild      bool           // delete what the target holds of them, and write all again
	BatchLines   int            // lines in one write; 0: 10 000
	Progress     func(Progress) // called after each write; may be nil
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
	j := &job{Exporter: e, account: e.Store.Account()}
	if j.BatchLines <= 0 {
		j.BatchLines = batchLines
	}
	err := j.run(ctx)
	if err != nil || e.Target.ID == 0 {
		return j.result, err
	}
	if err := e.Store.ResolveRejects(ctx, e.Target.ID, began); err != nil {
		return j.result, err
	}
	return j.result, e.Store.FinishExport(ctx, e.Target.ID, time.Now())
}

// Behind counts the units that an export to the target would compute.
func (e *Exporter) Behind(ctx context.Context) (int, error) {
	v, err := load(ctx, e.Store, e.Types)
	if err != nil {
		return 0, err
	}
	held, err := e.Store.Exported(ctx, e.Target.ID)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, u := range v.units(e.span()) {
		if string(held[u.series.Measurement][u.span.From.String()].Inputs) != string(v.inputs(u)) {
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
	vault   *vault
	units   []unit
	batch   batch
	result  Result
}

func (j *job) run(ctx context.Context) error {
	var err error
	if j.vault, err = load(ctx, j.Store, j.Types); err != nil {
		return err
	}
	j.units = j.vault.units(j.span())
	held, err := j.prepare(ctx)
	if err != nil {
		return err
	}
	for _, u := range j.units {
		if err := ctx.Err(); err != nil {
			return err
		}
		j.result.Units++
		inputs := j.vault.inputs(u)
		old, known := held[u.series.Measurement][u.span.From.String()]
		if known && string(old.Inputs) == string(inputs) {
			j.result.Unchanged++
			continue
		}
		if err := j.export(ctx, u, inputs, old); err != nil {
			return err
		}
	}
	return j.flush(ctx)
}

// prepare readies the target and returns what it holds. A target that was made just now
// holds nothing, whatever the vault remembers.
func (j *job) prepare(ctx context.Context) (map[string]map[string]store.Exported, error) {
	var want []*catalog.Series
	var oldest time.Time
	for _, u := range j.units {
		if len(want) == 0 || want[len(want)-1] != u.series {
			want = append(want, u.series)
		}
		if start := j.vault.zones.Start(u.span.From); oldest.IsZero() || start.Before(oldest) {
			oldest = start
		}
	}
	fresh, err := j.Writer.Prepare(ctx, want, oldest)
	if err != nil || j.Target.ID == 0 {
		return nil, err
	}
	if fresh {
		if err := j.Store.Forget(ctx, j.Target.ID); err != nil {
			return nil, err
		}
	} else if j.Rebuild {
		if err := j.clear(ctx); err != nil {
			return nil, err
		}
	}
	return j.Store.Exported(ctx, j.Target.ID)
}

// clear forgets and deletes what the target holds of this account. It forgets first, so
// that nothing is believed to be held which is gone.
func (j *job) clear(ctx context.Context) error {
	for _, s := range j.vault.order {
		if err := j.Store.Forget(ctx, j.Target.ID, s.Measurement); err != nil {
			return err
		}
		if err := j.Writer.Delete(ctx, s.Measurement, j.account, time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64)); err != nil {
			return err
		}
		j.result.Deleted++
	}
	return nil
}

// export computes a unit and, where it differs from what the target holds, puts it into
// the batch.
func (j *job) export(ctx context.Context, u unit, inputs []byte, old store.Exported) error {
	points, newest, rejects, err := j.vault.points(ctx, u)
	if err != nil {
		return err
	}
	for _, r := range rejects {
		if err := j.reject(ctx, r); err != nil {
			return err
		}
	}
	if j.Target.ID == 0 {
		points = within(points, j.vault.zones, j.span())
	}
	w, err := write(u, points, j.account)
	if err != nil {
		return err
	}
	w.memory.Inputs, w.memory.NewestResponse, w.memory.MappingVersion = inputs, newest, u.version()
	if len(rejects) > 0 {
		w.memory.Inputs = []byte{} // computed again next time; what did not read may still be held
		w.memory.Keys = joinKeys(old.Keys, w.memory.Keys)
	} else if gone, err := vanished(old.Keys, w.memory.Keys); err != nil {
		return err
	} else {
		w.gone = gone
	}
	if string(w.memory.Digest) == string(old.Digest) {
		j.result.Unchanged++
		w.lines, w.gone = nil, nil
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

func (j *job) reject(ctx context.Context, r store.Reject) error {
	r.Target = j.Target.ID
	j.Log.Warn("left", "type", r.Type, "err", r.Error)
	j.result.Failures = append(j.result.Failures, Failure{r.Type, fmt.Errorf("%s", r.Error)})
	return j.Store.Reject(ctx, r)
}

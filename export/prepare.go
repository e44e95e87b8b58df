package export

import (
	"context"
	"errors"
	"math"
	"time"

	"fitvault/export/schema"
	"fitvault/store"
	"fitvault/store/catalog"
)

// prepare readies the target and reads what it holds. What is remembered of a target that
// was found empty is forgotten.
func (j *job) prepare(ctx context.Context) error {
	found, err := j.Writer.Prepare(ctx, j.want(), j.oldest())
	if found.Fresh && j.remembers() {
		if err := j.Store.Forget(context.WithoutCancel(ctx), j.Target.ID); err != nil {
			return err
		}
	}
	if err != nil || j.Target.ID == 0 {
		return err
	}
	j.kinds = found.Kinds
	if j.held = (memory{}); !found.Fresh {
		if j.held, err = j.Store.Exported(ctx, j.Target.ID); err != nil {
			return err
		}
	}
	if j.Rebuild && !found.Fresh {
		if err := j.clear(ctx); err != nil {
			return err
		}
	}
	if err := j.rehome(ctx); err != nil {
		return err
	}
	j.units = j.vault.leftovers(j.units, j.held, j.span())
	return nil
}

// want returns the measurements of the units.
func (j *job) want() []*schema.Measurement {
	var want []*schema.Measurement
	for _, u := range j.units {
		if len(want) == 0 || want[len(want)-1] != u.series {
			want = append(want, u.series)
		}
	}
	return want
}

// oldest returns the earliest instant at which there may be a point; zero: none.
func (j *job) oldest() time.Time {
	var oldest time.Time
	for _, u := range j.units {
		for _, f := range u.feeds {
			for _, p := range f.over(u.span) {
				start := j.vault.start(max(u.span.From, p.touches().From))
				if oldest.IsZero() || start.Before(oldest) {
					oldest = start
				}
			}
		}
	}
	return oldest
}

// clear deletes what the target holds, remembered or not. Until it is gone its keys are kept,
// for a kill must neither lose a point nor leave one. What a target cannot take back stays,
// and is written over.
func (j *job) clear(ctx context.Context) error {
	if j.Since != nil || j.Until != nil { // or else a unit may hold keys that are not cleared with it
		if err := j.rehome(ctx); err != nil {
			return err
		}
	}
	for _, m := range j.vault.order {
		doubts, gone, err := j.toClear(m)
		if err != nil {
			return err
		}
		if err := j.believe(ctx, doubts); err != nil {
			return err
		}
		err = j.clearMeasurement(ctx, m)
		if errors.Is(err, errors.ErrUnsupported) {
			j.result.Stale++
			continue
		}
		if err != nil {
			return err
		}
		j.result.Deleted++
		j.result.of(m.Measurement).Deleted++
		if err := j.believe(ctx, gone); err != nil {
			return err
		}
	}
	return nil
}

// believe notes what a target holds of units.
func (j *job) believe(ctx context.Context, units []store.Exported) error {
	for _, e := range units {
		j.held.put(e)
	}
	if len(units) == 0 || !j.remembers() {
		return nil
	}
	return j.Store.Remember(ctx, j.Target.ID, units)
}

// clearMeasurement deletes all of a measurement that is asked for. In a database that may hold
// what others wrote, for no tag tells it apart, that is the time of the vault's own days.
func (j *job) clearMeasurement(ctx context.Context, m *schema.Measurement) error {
	from, to := time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64)
	if j.account == "" {
		days := j.known(m)
		if days.Empty() {
			return nil
		}
		from, to = j.vault.start(days.From), j.vault.start(days.To).Add(-1)
	}
	if j.Since != nil {
		from = j.vault.start(m.Grain.Unit(*j.Since).From)
	}
	if j.Until != nil {
		to = j.vault.start(m.Grain.Unit(*j.Until).To).Add(-1)
	}
	if j.DryRun || to.Before(from) {
		return nil
	}
	return j.Writer.Delete(ctx, m.Measurement, j.account, from, to)
}

// known returns the days from the first to the last that the vault or the target is known to
// hold a measurement of.
func (j *job) known(m *schema.Measurement) (days catalog.Span) {
	add := func(s catalog.Span) {
		if days.Empty() {
			days = s
		}
		days = catalog.Span{From: min(days.From, s.From), To: max(days.To, s.To)}
	}
	for _, u := range j.units {
		if u.series == m {
			add(u.span)
		}
	}
	for _, e := range j.held[m.Measurement] {
		if s, err := catalog.ParseSpan(e.From, e.To); err == nil {
			add(s)
		}
	}
	return days
}

// toClear returns what is remembered of a measurement's units that are asked for: doubted,
// and as empty.
func (j *job) toClear(m *schema.Measurement) (doubts, gone []store.Exported, _ error) {
	for _, e := range j.held[m.Measurement] {
		span, err := catalog.ParseSpan(e.From, e.To)
		if err != nil {
			return nil, nil, err
		}
		if span.Cut(j.span()).Empty() {
			continue
		}
		e = doubted(e)
		doubts = append(doubts, e)
		setKeys(&e, []byte{})
		e.Points = 0
		gone = append(gone, e)
	}
	return doubts, gone, nil
}

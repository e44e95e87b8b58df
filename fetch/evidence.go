package fetch

import (
	"context"
	"slices"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// evidenceDays is how many of the last days are read for the newest trace of a tracker.
const evidenceDays = 2

// infer takes the newest sync that was seen in the data, where no device tells one. Each
// window of a type that is Evidence keeps the newest that was known when it was staged.
func (s *State) infer() {
	t, ok := evidenceType(s.Source)
	if !ok || !s.Synced.IsZero() && !s.Inferred {
		return
	}
	for _, c := range s.Coverage[t.Name] {
		if c.Synced.After(s.Synced) {
			s.Synced, s.Inferred = c.Synced, true
		}
	}
}

// syncKnown returns the newest sync that is known when an answer is staged: what it holds
// itself is known too. The data of an instant was not synced later than it was read.
func (s State) syncKnown(t catalog.Type, c Contents, read time.Time) time.Time {
	if !t.Origin(s.Source).Evidence || !s.Synced.IsZero() && !s.Inferred {
		return s.Synced
	}
	newest := c.Newest
	if newest.After(read) {
		newest = read
	}
	if newest.After(s.Synced) {
		return newest
	}
	return s.Synced
}

// settledBy returns the instant by which the days of an answer are judged: the sync that is
// known, where it concerns the type, and otherwise that of the asking.
func (s State) settledBy(t catalog.Type, w store.Window) time.Time {
	if s.follows(t) {
		return w.Synced
	}
	return w.Asked
}

// evidence looks for a sync in the data of the last two days, where no device tells one and
// anything wanted depends on it: one call. The answer is staged as any other. A person who
// carries a phone that counts steps seems to sync all the time; that costs calls, no data.
func (r *Runner) evidence(ctx context.Context, s *State) error {
	s.infer()
	t, ok := evidenceType(s.Source)
	today := s.Zones.Today(s.Now)
	span := catalog.Span{From: today - evidenceDays + 1, To: today + 1}.Cut(s.Range)
	switch {
	case !ok || span.Empty() || !s.Synced.IsZero() && !s.Inferred:
		return nil
	case !slices.ContainsFunc(s.Types, State{Source: s.Source, Synced: s.Now, Inferred: true}.follows):
		return nil
	}
	given, err := r.given(ctx, t)
	if err != nil || !given {
		return err
	}
	w := Window{Type: t, Ask: t.Origin(s.Source).Ask, Span: span, Fresh: true}
	_, err = r.window(ctx, *s, w)
	if err := r.settle(ctx, *s, w, err); err != nil {
		return err
	}
	err = s.stock(ctx, r.Store)
	s.infer()
	return err
}

// evidenceType returns the type whose newest point tells of a sync; false when a source
// has none.
func evidenceType(source catalog.Source) (catalog.Type, bool) {
	all := typesOf(source, func(o *catalog.Origin) bool { return o.Evidence })
	if len(all) == 0 {
		return catalog.Type{}, false
	}
	return all[0], true
}

// typesOf returns the types that a source is asked for and that have a property.
func typesOf(source catalog.Source, has func(*catalog.Origin) bool) []catalog.Type {
	return slices.DeleteFunc(catalog.Asked(source), func(t catalog.Type) bool { return !has(t.Origin(source)) })
}

package fetch

import (
	"cmp"
	"context"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// Left counts, by type, the windows that a fetch from a source would ask now as far as the
// vault knows, without a call, types that must be named excepted. Before the first fetch it
// knows nothing. Where nobody tells when the person joined, it is the first day staged that
// counts.
func Left(ctx context.Context, st *store.Store, source catalog.Source) (map[string]int, error) {
	s := State{Source: source, Now: time.Now(), Scarce: source.Scarce()}
	told, err := whatIsTold(ctx, st, source)
	if err != nil || len(told) == 0 {
		return nil, err
	}
	if s.Zones, err = Zones(ctx, st); err != nil {
		return nil, err
	}
	if s.Synced, err = lastSync(ctx, st, s); err != nil {
		return nil, err
	}
	off, err := st.Unavailable(ctx, string(source))
	if err != nil {
		return nil, err
	}
	types, err := catalog.Select(nil)
	if err != nil {
		return nil, err
	}
	for _, t := range wanted(source, types) {
		if !notGiven(off, source, t) {
			s.add(t)
		}
	}
	if err := s.stock(ctx, st); err != nil {
		return nil, err
	}
	s.infer()
	s.MemberSince = merge(told).MemberSince
	s.Range = catalog.Span{From: cmp.Or(s.MemberSince, s.firstStaged()), To: s.Zones.Today(s.Now) + 1}
	windows, err := s.plan(ctx, st)
	left := map[string]int{}
	for _, w := range windows {
		left[w.Type.Name]++
	}
	return left, err
}

// firstStaged returns the first day that is staged of anything; the day after today when
// nothing is.
func (s State) firstStaged() catalog.Day {
	first := s.Zones.Today(s.Now) + 1
	for _, t := range s.Types {
		for _, c := range s.Coverage[t.Name] {
			first = min(first, c.From)
		}
	}
	return first
}

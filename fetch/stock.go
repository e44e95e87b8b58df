package fetch

import (
	"context"
	"slices"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// choose sets the types to ask for: those that feed what is wanted and that are given.
func (r *Runner) choose(ctx context.Context, s *State) error {
	for _, t := range wanted(s.Source, r.Types) {
		given, err := r.given(ctx, t)
		if err != nil {
			return err
		}
		if given {
			s.add(t)
		}
	}
	return nil
}

// wanted returns the types that have to be asked for to get some, without those that tell
// of the person and the devices, which are read in any case.
func wanted(source catalog.Source, types []catalog.Type) []catalog.Type {
	staged := map[string]bool{}
	for _, t := range types {
		staged[t.Staged(source)] = true
		if asked, ok := catalog.Lookup(t.Staged(source)); ok {
			o := asked.Origin(source)
			staged[o.Each], staged[o.Guide] = true, true // what tells of it
		}
	}
	return slices.DeleteFunc(catalog.Asked(source), func(t catalog.Type) bool {
		o := t.Origin(source)
		return !staged[t.Name] || o.Profile != nil || o.Synced != nil
	})
}

// add takes a type among those to be asked for.
func (s *State) add(t catalog.Type) {
	if t.Origin(s.Source).Each != "" {
		s.Each = append(s.Each, t)
	} else {
		s.Types = append(s.Types, t)
	}
}

// stock reads what is staged and doubted.
func (s *State) stock(ctx context.Context, st *store.Store) error {
	coverage, err := st.Coverage(ctx, string(s.Source))
	if err != nil {
		return err
	}
	s.Coverage, s.Doubtful = map[string][]Covered{}, map[string][]Covered{}
	for name, rows := range coverage {
		for _, row := range rows {
			c, err := coveredOf(row.From, row.To, row.Window)
			if err != nil {
				return err
			}
			s.Coverage[name] = append(s.Coverage[name], c)
		}
	}
	doubtful, err := st.Windows(ctx, string(s.Source), store.Doubtful)
	if err != nil {
		return err
	}
	for _, w := range doubtful {
		c, err := coveredOf(w.From, w.To, w)
		if err != nil {
			return err
		}
		s.Doubtful[w.Type] = append(s.Doubtful[w.Type], stillDoubtful(s.Coverage[w.Type], c)...)
	}
	return s.guides(ctx, st)
}

// stillDoubtful returns the days of a doubtful window for which no complete answer came
// after it.
func stillDoubtful(coverage []Covered, doubt Covered) (out []Covered) {
	open := make([]bool, doubt.Days())
	for i := range open {
		open[i] = true
	}
	for _, c := range coverage {
		if c.Answered.After(doubt.Answered) {
			span := c.Cut(doubt.Span)
			for d := span.From; d < span.To; d++ {
				open[d-doubt.From] = false
			}
		}
	}
	for _, span := range runs(open, doubt.From) {
		c := doubt
		c.Span = span
		out = append(out, c)
	}
	return out
}

func coveredOf(from, to string, w store.Window) (Covered, error) {
	span, err := catalog.ParseSpan(from, to)
	if err != nil {
		return Covered{}, err
	}
	settled, err := catalog.ParseDay(w.SettledTo)
	return Covered{span, w.Answered, w.Synced, settled, w.Elements}, err
}

// notGiven reports whether a type is known not to be given and not due to be tried again.
func notGiven(all map[string]store.Unavailable, source catalog.Source, t catalog.Type) bool {
	u, ok := all[t.Name]
	switch {
	case !ok:
		return false
	case u.Kind == store.NotServed:
		return u.AskVersion == t.Origin(source).Ask.Version
	}
	return time.Now().Before(u.Retry)
}

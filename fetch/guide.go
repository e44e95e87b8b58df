package fetch

import (
	"context"
	"slices"

	"fitvault/store"
	"fitvault/store/catalog"
)

// Guide is what the answers in force of a type tell of the days of another one, which costs a
// call a day.
type Guide struct {
	Days map[catalog.Day]bool // on which there is something
	Read []Covered            // the answers that tell it
}

// follow takes from the days needed those of which the guide tells that there is nothing. It
// adds those where it tells, since the day was read, of the contrary of what was found: that
// there is something where there was nothing, or that what there was is gone.
func (s State) follow(g Guide, t catalog.Type, need []bool) {
	for i := range need {
		d := s.Range.From + catalog.Day(i)
		contrary := slices.ContainsFunc(s.Coverage[t.Name], func(c Covered) bool {
			return c.Holds(d) && c.Elements > 0 != g.Days[d] && slices.ContainsFunc(g.Read, func(r Covered) bool {
				return r.Holds(d) && r.Answered.After(c.Answered)
			})
		})
		need[i] = contrary || need[i] && g.Days[d]
	}
}

// guides reads what guides the types that have one.
func (s *State) guides(ctx context.Context, st *store.Store) error {
	s.Guides = map[string]Guide{}
	for _, t := range s.Types {
		guide, ok := catalog.Lookup(t.Origin(s.Source).Guide)
		if !ok {
			continue
		}
		g, err := s.guide(ctx, st, guide)
		if err != nil {
			return err
		}
		s.Guides[t.Name] = g
	}
	return nil
}

func (s *State) guide(ctx context.Context, st *store.Store, t catalog.Type) (Guide, error) {
	g := Guide{Days: map[catalog.Day]bool{}}
	coverage, err := st.CoverageOf(ctx, string(s.Source), t.Name)
	if err != nil {
		return g, err
	}
	for _, row := range coverage {
		c, err := coveredOf(row.From, row.To, row.Window)
		if err != nil {
			return g, err
		}
		bodies, err := st.Bodies(ctx, row.Window.ID)
		if err != nil {
			return g, err
		}
		whole := true
		for _, b := range bodies {
			days, err := catalog.Guided(s.Source, t, catalog.Body{JSON: b.Data, Path: b.Path, Zones: s.Zones})
			if err != nil { // the export tells of what does not read, and nothing else stops for it
				whole = false
			}
			for _, d := range days {
				if c.Holds(d) {
					g.Days[d] = true
				}
			}
		}
		if whole {
			g.Read = append(g.Read, c)
		}
	}
	return g, nil
}

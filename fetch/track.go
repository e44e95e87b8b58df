package fetch

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// tracks returns a window for each day with an element whose track is not staged, newest
// first. A track does not change (google-health-api.md section 5.10), so that one is asked
// for once; but the newest window speaks for its whole day, so that it holds them all. A day
// on which one was refused rests for a week.
func tracks(ctx context.Context, st *store.Store, s State) ([]Window, error) {
	var out []Window
	today := s.Zones.Today(s.Now)
	for _, t := range s.Each {
		wanted, err := elements(ctx, st, s, t)
		if err != nil {
			return nil, err
		}
		have, err := staged(ctx, st, s, t)
		if err != nil {
			return nil, err
		}
		resting, err := refused(ctx, st, s, t)
		if err != nil {
			return nil, err
		}
		ask := t.Origin(s.Source).Ask
		for day, ids := range wanted {
			lacking := slices.ContainsFunc(ids, func(id string) bool { return !have[day][pathOf(ask, id)] })
			if !lacking || resting[day] || !s.Range.Holds(day) {
				continue
			}
			slices.Sort(ids)
			out = append(out, Window{Type: t, Ask: ask, Span: catalog.Span{From: day, To: day + 1},
				Fresh: day > today-freshDays, IDs: slices.Compact(ids)})
		}
	}
	slices.SortFunc(out, func(a, b Window) int {
		return cmp.Or(cmp.Compare(b.From, a.From), strings.Compare(a.Type.Name, b.Type.Name))
	})
	return out, nil
}

// newTracks returns the windows of tracks that were not yet planned in this round.
func (r *Runner) newTracks(ctx context.Context, s State, planned []Window) ([]Window, error) {
	all, err := tracks(ctx, r.Store, s)
	return slices.DeleteFunc(all, func(w Window) bool {
		return slices.ContainsFunc(planned, func(p Window) bool {
			return p.Type.Name == w.Type.Name && p.Span == w.Span && slices.Equal(p.IDs, w.IDs)
		})
	}), err
}

// pathOf is the path of the question for one element.
func pathOf(a catalog.Ask, id string) string {
	return strings.ReplaceAll(a.Path, "{id}", url.PathEscape(id))
}

// elements returns the ids of the elements that a type is asked for, by day, from what is
// in force of the type that they stand in.
func elements(ctx context.Context, st *store.Store, s State, t catalog.Type) (map[catalog.Day][]string, error) {
	out := map[catalog.Day][]string{}
	coverage, err := st.Coverage(ctx, string(s.Source))
	if err != nil {
		return nil, err
	}
	for _, c := range coverage[t.Origin(s.Source).Each] {
		span, err := catalog.ParseSpan(c.From, c.To)
		if err != nil {
			return nil, err
		}
		if c.Window.Elements == 0 || span.Cut(s.Range).Empty() {
			continue
		}
		bodies, err := st.Bodies(ctx, c.Window.ID)
		if err != nil {
			return nil, err
		}
		for _, b := range bodies {
			found, err := catalog.Tracks(s.Source, catalog.Body{JSON: b.Data, Path: b.Path, Zones: s.Zones})
			if err != nil { // the export tells of what does not read, and nothing else stops for it
				continue
			}
			for _, f := range found {
				if span.Holds(f.Day) {
					out[f.Day] = append(out[f.Day], f.ID)
				}
			}
		}
	}
	return out, nil
}

// staged returns the paths that the windows in force answer, by day.
func staged(ctx context.Context, st *store.Store, s State, t catalog.Type) (map[catalog.Day]map[string]bool, error) {
	responses, err := st.Responses(ctx, store.Filter{Source: string(s.Source), Types: []string{t.Name}})
	if err != nil {
		return nil, err
	}
	out := map[catalog.Day]map[string]bool{}
	for _, r := range responses {
		day, err := catalog.ParseDay(r.From)
		if err != nil {
			return nil, err
		}
		if !r.InForce {
			continue
		}
		if out[day] == nil {
			out[day] = map[string]bool{}
		}
		path, _, _ := strings.Cut(r.Path, "?")
		out[day][path] = true
	}
	return out, nil
}

// refused returns the days of which a question was refused within a week.
func refused(ctx context.Context, st *store.Store, s State, t catalog.Type) (map[catalog.Day]bool, error) {
	windows, err := st.Windows(ctx, string(s.Source), store.Refused)
	if err != nil {
		return nil, err
	}
	out := map[catalog.Day]bool{}
	for _, w := range windows {
		if w.Type != t.Name || w.AskVersion != t.Origin(s.Source).Ask.Version || s.Now.Sub(w.Answered) >= 7*24*time.Hour {
			continue
		}
		day, err := catalog.ParseDay(w.From)
		if err != nil {
			return nil, err
		}
		out[day] = true
	}
	return out, nil
}

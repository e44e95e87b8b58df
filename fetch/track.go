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

// tracks returns a window for each day with an element whose track is not staged, or with a
// track whose element is gone since, newest first. A track does not change
// (google-health-api.md section 5.10), so that one is asked for once; but the newest window
// speaks for its whole day, so that it holds them all. A day on which one was refused rests
// for a week.
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
		for day := range wanted.days(have) {
			ids := wanted.lacking(ask, day, have[day])
			if len(ids) == 0 || resting[day] || !s.Range.Holds(day) {
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

// pathOf is the path of the question for one element, without a query.
func pathOf(a catalog.Ask, id string) string {
	return strings.ReplaceAll(withoutQuery(a.Path), "{id}", url.PathEscape(id))
}

func withoutQuery(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path
}

// listing is what is in force of the type whose elements have tracks.
type listing struct {
	ids  map[catalog.Day][]string
	read []Covered // where all of it could be read
}

// held are the answers in force for the tracks of a day: by path, when a track came; the
// zero time where there was none.
type held map[string]time.Time

// days returns every day with an element or a track.
func (l listing) days(have map[catalog.Day]held) map[catalog.Day]bool {
	out := map[catalog.Day]bool{}
	for d := range l.ids {
		out[d] = true
	}
	for d := range have {
		out[d] = true
	}
	return out
}

// lacking returns what to ask for on a day, nothing when all is staged. Where an element was
// deleted, the others are asked for again, so that the answer speaks for the day without it.
// Where it was the only one it is asked for itself: the source knows it no longer.
func (l listing) lacking(a catalog.Ask, day catalog.Day, have held) []string {
	paths := map[string]bool{}
	lacks := false
	for _, id := range l.ids[day] {
		paths[pathOf(a, id)] = true
		if _, ok := have[pathOf(a, id)]; !ok {
			lacks = true
		}
	}
	var gone []string
	for path, came := range have {
		if id := idOf(a, path); !paths[path] && l.readSince(day, came) {
			gone = append(gone, id)
		}
	}
	switch {
	case lacks || len(gone) > 0 && len(paths) > 0:
		return l.ids[day]
	}
	return gone
}

// readSince reports whether the elements of a day were read, whole, after a track came.
func (l listing) readSince(day catalog.Day, came time.Time) bool {
	return !came.IsZero() && slices.ContainsFunc(l.read, func(c Covered) bool { return c.Holds(day) && c.Answered.After(came) })
}

// idOf is the id in the path, without a query, of a question for one element.
func idOf(a catalog.Ask, path string) string {
	before, after, _ := strings.Cut(withoutQuery(a.Path), "{id}")
	id, err := url.PathUnescape(strings.TrimSuffix(strings.TrimPrefix(path, before), after))
	if err != nil {
		return "" // no path of ours
	}
	return id
}

// elements returns the ids of the elements that a type is asked for, by day, from what is
// in force of the type that they stand in.
func elements(ctx context.Context, st *store.Store, s State, t catalog.Type) (listing, error) {
	out := listing{ids: map[catalog.Day][]string{}}
	coverage, err := st.CoverageOf(ctx, string(s.Source), t.Origin(s.Source).Each)
	if err != nil {
		return out, err
	}
	for _, row := range coverage {
		c, err := coveredOf(row.From, row.To, row.Window)
		if err != nil {
			return out, err
		}
		if c.Cut(s.Range).Empty() {
			continue
		}
		bodies, err := st.Bodies(ctx, row.Window.ID)
		if err != nil {
			return out, err
		}
		whole := true
		for _, b := range bodies {
			found, err := catalog.Tracks(s.Source, catalog.Body{JSON: b.Data, Path: b.Path, Zones: s.Zones})
			if err != nil { // the export tells of what does not read, and nothing else stops for it
				whole = false
			}
			for _, f := range found {
				if c.Holds(f.Day) {
					out.ids[f.Day] = append(out.ids[f.Day], f.ID)
				}
			}
		}
		if whole {
			out.read = append(out.read, c)
		}
	}
	return out, nil
}

// staged returns what the windows in force answer, by day.
func staged(ctx context.Context, st *store.Store, s State, t catalog.Type) (map[catalog.Day]held, error) {
	responses, err := st.Responses(ctx, store.Filter{Source: string(s.Source), Types: []string{t.Name}})
	if err != nil {
		return nil, err
	}
	out := map[catalog.Day]held{}
	for _, r := range responses {
		day, err := catalog.ParseDay(r.From)
		if err != nil {
			return nil, err
		}
		if !r.InForce {
			continue
		}
		if out[day] == nil {
			out[day] = held{}
		}
		path := withoutQuery(r.Path)
		if out[day][path] = (time.Time{}); r.Bytes > 0 {
			out[day][path] = r.Fetched
		}
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

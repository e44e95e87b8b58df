package export

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// set is the window of an archive: the members of a family, of which only those are read
// that hold the days asked for.
type set struct {
	catalog.Archive
	members []member
}

// member is a page of a set and the days that it holds.
type member struct {
	response int64
	held     catalog.Span
}

// sets loads the windows of all archives, without any body.
func sets(ctx context.Context, st *store.Store) (map[int64]*set, error) {
	archives, err := st.ArchiveOf(ctx)
	if err != nil || len(archives) == 0 {
		return nil, err
	}
	members, err := st.Members(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]*set, len(members))
	for window, all := range members {
		a := archives[window]
		home, err := time.LoadLocation(a.Zone)
		if err != nil {
			return nil, fmt.Errorf("archive %s: %w", a.Name, err)
		}
		s := &set{Archive: catalog.Archive{Home: home, Taken: a.Taken, Height: a.Height}}
		for _, m := range all {
			if len(m.Days) == 0 {
				continue
			}
			span, err := catalog.ParseSpan(m.Days[0][0], m.Days[len(m.Days)-1][1])
			if err != nil {
				return nil, fmt.Errorf("archive %s: %w", a.Name, err)
			}
			s.members = append(s.members, member{m.Response, span})
		}
		out[window] = s
	}
	return out, nil
}

// over returns the members that may hold points of some days.
func (s *set) over(days catalog.Span) []member {
	var out []member
	for _, m := range s.members {
		if !m.held.Cut(days).Empty() {
			out = append(out, m)
		}
	}
	return out
}

// readSet returns the points that an archive files under some days. A member that does not
// read is left out.
func (v *vault) readSet(ctx context.Context, t catalog.Type, p piece, s *set, days catalog.Span, turn int) *reading {
	out := &reading{}
	members := s.members
	if !p.origin.Whole {
		members = s.over(days)
	}
	for group := range groups(p.origin, members) {
		var names []string
		for _, m := range group {
			names = append(names, strconv.FormatInt(m.response, 10))
		}
		r := v.cache.get(cacheKey{p.window, t.Name, strings.Join(names, " ")}, turn, func() ([]catalog.Point, int64, error) {
			return v.readMembers(ctx, t, p.origin, s, group)
		})
		out.errs = append(out.errs, r.errs...)
		out.newest = max(out.newest, r.newest)
		for _, point := range r.all() {
			if days.Holds(point.Day) {
				if p.origin.Gather != nil { // it may change them
					point.Fields = slices.Clone(point.Fields)
				}
				out.points = append(out.points, point)
			}
		}
	}
	points, err := t.Gather(p.origin, out.points, s.Archive, v.zones)
	if err != nil {
		out.errs = append(out.errs, err)
	}
	out.points = points
	return out
}

// groups yields the members that are read together: all of them, where they tell only
// together what they hold, or else each by itself.
func groups(o *catalog.Origin, members []member) func(func([]member) bool) {
	size := 1
	if o.Join != nil {
		size = max(1, len(members))
	}
	return slices.Chunk(members, size)
}

func (v *vault) readMembers(ctx context.Context, t catalog.Type, o *catalog.Origin, s *set, members []member) (points []catalog.Point, newest int64, err error) {
	var pages []catalog.Body
	for _, m := range members {
		b, err := v.store.Body(ctx, m.response)
		if err != nil {
			return nil, 0, err
		}
		pages = append(pages, catalog.Body{JSON: b.Data, Path: b.Path, Zones: v.zones, Archive: s.Archive})
		newest = max(newest, m.response)
	}
	points, err = t.ReadPages(o, pages...)
	if err != nil {
		err = fmt.Errorf("%s: %w", pages[0].Path, err)
	}
	return points, newest, err
}

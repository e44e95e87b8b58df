package export

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"fitvault/store"
	"fitvault/store/catalog"
)

// points computes a unit: what its answers say of its time, merged where several types
// give fields to one point, in order of time. newest is the newest response that was
// read. An answer that does not read is left out and returned as a reject.
func (v *vault) points(ctx context.Context, u unit) (_ []catalog.Point, newest int64, rejects []store.Reject, _ error) {
	var out []catalog.Point
	from, to := v.start(u.span.From), v.start(u.span.To)
	for _, f := range u.feeds {
		pieces := f.over(u.span)
		// Where two answers say something of one point, the newer one is believed.
		slices.SortFunc(pieces, func(a, b piece) int { return cmp.Compare(b.window, a.window) })
		for _, p := range pieces {
			read, err := v.read(ctx, f.typ, p)
			if ctx.Err() != nil {
				return nil, 0, nil, ctx.Err()
			}
			if err != nil {
				rejects = append(rejects, store.Reject{Stage: "read", Source: string(p.source), Type: f.typ.Name, Window: p.window, Error: err.Error()})
				continue
			}
			newest = max(newest, p.newest)
			for _, point := range read {
				if !point.Time.Before(from) && point.Time.Before(to) && v.counts(u, f.typ, p, point) {
					out = append(out, point)
				}
			}
		}
	}
	slices.SortStableFunc(out, compare)
	return merge(out), newest, rejects, nil
}

// counts reports whether a point is what its piece stands for: it is filed under a day
// that no newer answer covers, and under one that began before the tracker last synced,
// as days after it are padding.
func (v *vault) counts(u unit, t catalog.Type, p piece, point catalog.Point) bool {
	if p.snapshot {
		return true
	}
	if !p.Holds(point.Day) || !u.near().Holds(point.Day) {
		return false
	}
	return !t.Worn || p.synced.IsZero() || v.zones.Start(point.Day).Before(p.synced)
}

// reading is what a window holds of a type, or why it does not read.
type reading struct {
	points []catalog.Point
	err    error
}

// maxKept bounds how many points of read windows are kept: units are computed in order of
// time, and neighbours read the same windows.
const maxKept = 1 << 18

func (v *vault) read(ctx context.Context, t catalog.Type, p piece) ([]catalog.Point, error) {
	key := cacheKey{p.window, t.Name}
	if r, ok := v.cache[key]; ok {
		return r.points, r.err
	}
	var r reading
	r.points, r.err = v.readBodies(ctx, t, p)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if v.kept += len(r.points); v.kept > maxKept {
		clear(v.cache)
		v.kept = len(r.points)
	}
	v.cache[key] = r
	return r.points, r.err
}

func (v *vault) readBodies(ctx context.Context, t catalog.Type, p piece) ([]catalog.Point, error) {
	bodies, err := v.store.Bodies(ctx, p.window)
	if err != nil {
		return nil, err
	}
	var points []catalog.Point
	for _, b := range bodies {
		more, err := t.Read(p.source, catalog.Body{JSON: b.Data, Path: b.Path, Zones: v.zones})
		if err != nil {
			return nil, err
		}
		points = append(points, more...)
	}
	return points, nil
}

// compare orders points by time and tags.
func compare(a, b catalog.Point) int {
	if c := a.Time.Compare(b.Time); c != 0 {
		return c
	}
	return slices.CompareFunc(a.Tags, b.Tags, func(x, y catalog.Tag) int {
		if c := strings.Compare(x.Key, y.Key); c != 0 {
			return c
		}
		return strings.Compare(x.Value, y.Value)
	})
}

// merge joins neighbours of equal time and tags into one point with the fields of all, in
// order of their keys. Of two values of one field the first stands.
func merge(points []catalog.Point) []catalog.Point {
	var out []catalog.Point
	for _, p := range points {
		if n := len(out); n > 0 && compare(out[n-1], p) == 0 {
			out[n-1].Fields = join(out[n-1].Fields, p.Fields)
			continue
		}
		p.Fields = join(nil, p.Fields)
		out = append(out, p)
	}
	return out
}

func join(a, b []catalog.Field) []catalog.Field {
	out := append(slices.Clip(a), b...)
	slices.SortStableFunc(out, func(x, y catalog.Field) int { return strings.Compare(x.Key, y.Key) })
	return slices.CompactFunc(out, func(x, y catalog.Field) bool { return x.Key == y.Key })
}

package export

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// computed is what the answers say of a unit's time.
type computed struct {
	points  []catalog.Point // in order of time
	newest  int64           // the newest response that was read
	rejects []store.Reject  // the answers that do not read
	held    bool            // points are held back that may be exported later
}

// compute computes a unit as it is at an instant: what its answers say of its time, merged
// where several types give fields to one point. An answer that does not read is left out,
// and so is a point that is held back.
func (v *vault) compute(ctx context.Context, u unit, now time.Time) (c computed, _ error) {
	v.turn++
	from, to := v.start(u.span.From), v.start(u.span.To)
	for _, f := range u.feeds {
		pieces := f.over(u.span)
		// Where two answers say something of one point, the newer one is believed.
		slices.SortFunc(pieces, func(a, b piece) int { return cmp.Compare(b.window, a.window) })
		for _, p := range pieces {
			read := v.read(ctx, f.typ, p, u.near())
			if ctx.Err() != nil {
				return c, ctx.Err()
			}
			for _, err := range read.errs {
				c.rejects = append(c.rejects, store.Reject{Stage: "read", Source: string(p.source), Type: f.typ.Name, Window: p.window, Error: err.Error()})
			}
			c.newest = max(c.newest, read.newest)
			for _, point := range read.points {
				switch {
				case point.Time.Before(from) || !point.Time.Before(to) || !u.counts(p, point):
				case point.HoldUntil.After(now):
					c.held = true
				default:
					c.points = append(c.points, point)
				}
			}
		}
	}
	slices.SortStableFunc(c.points, compare)
	c.points = merge(c.points)
	return c, nil
}

// counts reports whether a point is what its piece stands for: it is filed under a day
// that no other answer speaks for.
func (u unit) counts(p piece, point catalog.Point) bool {
	return p.snapshot || p.Holds(point.Day) && u.near().Holds(point.Day)
}

// reading is what pages hold of a type, or why they do not read.
type reading struct {
	points []catalog.Point
	errs   []error
	newest int64 // of the responses that were read
	turn   int   // of the unit that used it last
}

// maxKept is how many points of read windows are kept, beside those that a unit and the
// one before it use: units are computed in order of time, and neighbours read the same
// windows.
const maxKept = 1 << 16

// read returns what a piece holds of a type: all of it, or of an archive what is filed under
// some days.
func (v *vault) read(ctx context.Context, t catalog.Type, p piece, days catalog.Span) *reading {
	if set := v.sets[p.window]; set != nil {
		return v.readSet(ctx, t, p, set, days)
	}
	return v.cached(cacheKey{p.window, t.Name, ""}, func() ([]catalog.Point, int64, error) {
		points, err := v.readWindow(ctx, t, p)
		return points, p.newest, err
	})
}

// cached returns a reading that was made before, or makes it.
func (v *vault) cached(key cacheKey, read func() ([]catalog.Point, int64, error)) *reading {
	if r := v.cache[key]; r != nil {
		r.turn = v.turn
		return r
	}
	r := &reading{turn: v.turn}
	points, newest, err := read()
	if err != nil {
		r.errs = []error{err}
	} else {
		r.points, r.newest = points, newest
	}
	v.cache[key] = r
	if v.kept += len(r.points); v.kept > maxKept {
		v.forget()
	}
	return r
}

// forget drops the readings that neither the present unit nor the one before it used.
func (v *vault) forget() {
	for key, r := range v.cache {
		if r.turn < v.turn-1 {
			v.kept -= len(r.points)
			delete(v.cache, key)
		}
	}
}

func (v *vault) readWindow(ctx context.Context, t catalog.Type, p piece) ([]catalog.Point, error) {
	bodies, err := v.store.Bodies(ctx, p.window)
	if err != nil {
		return nil, err
	}
	var pages []catalog.Body
	for _, b := range bodies {
		if len(b.Data) > 0 { // none of an element that was gone when its turn came
			pages = append(pages, catalog.Body{JSON: b.Data, Path: b.Path, Day: p.From, Zones: v.zones})
		}
	}
	return t.Read(p.origin, pages...)
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

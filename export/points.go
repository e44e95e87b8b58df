package export

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"fitvault/export/schema"
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

// compute computes a unit as it is at an instant: what its answers say of its time, as the
// schema has it, merged where several types give fields to one point. An answer that does not
// read is left out, and so is a point that is held back.
func (v *vault) compute(ctx context.Context, u unit, now time.Time) (c computed, _ error) {
	turn := v.cache.begin()
	defer v.cache.end(turn)
	mapped := u.series.Map != nil
	var native []schema.Native
	keep := u.within(v)
	for _, f := range u.feeds {
		pieces := f.over(u.span)
		// Where two answers say something of one point, the newer one is believed.
		slices.SortFunc(pieces, func(a, b piece) int { return cmp.Compare(b.window, a.window) })
		for _, p := range pieces {
			read := v.read(ctx, f.typ, p, u.near(), turn)
			if ctx.Err() != nil {
				return c, ctx.Err()
			}
			for _, err := range read.errs {
				c.rejects = append(c.rejects, store.Reject{Stage: "read", Source: string(p.source), Type: f.typ.Name, Window: p.window, Error: err.Error()})
			}
			c.newest = max(c.newest, read.newest)
			for _, point := range read.points {
				switch {
				case !u.counts(p, point) || !mapped && !keep(point.Time):
				case point.HoldUntil.After(now):
					c.held = true
				case mapped:
					native = append(native, schema.Native{Point: point, Source: p.source})
				default:
					c.points = append(c.points, point)
				}
			}
		}
	}
	if mapped {
		points := u.series.Map(native, schema.Person{Zones: v.zones, Device: v.device})
		c.points = slices.DeleteFunc(points, func(p catalog.Point) bool { return !keep(p.Time) })
	}
	if !slices.IsSortedFunc(c.points, compare) {
		slices.SortStableFunc(c.points, compare)
	}
	c.points = merge(c.points)
	return c, nil
}

// within returns the test whether an instant lies in the unit's time.
func (u unit) within(v *vault) func(time.Time) bool {
	from, to := v.start(u.span.From), v.start(u.span.To)
	return func(at time.Time) bool { return !at.Before(from) && at.Before(to) }
}

// counts reports whether a point is what its piece stands for: it is filed under a day
// that no other answer speaks for.
func (u unit) counts(p piece, point catalog.Point) bool {
	return p.snapshot || p.Holds(point.Day) && u.near().Holds(point.Day)
}

// read returns what a piece holds of a type: all of it, or of an archive what is filed under
// some days.
func (v *vault) read(ctx context.Context, t catalog.Type, p piece, days catalog.Span, turn int) *reading {
	if set := v.sets[p.window]; set != nil {
		return v.readSet(ctx, t, p, set, days, turn)
	}
	return v.cache.get(cacheKey{p.window, t.Name, ""}, turn, func() ([]catalog.Point, int64, error) {
		points, err := v.readWindow(ctx, t, p)
		return points, p.newest, err
	})
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
	out := points[:0]
	for _, p := range points {
		if n := len(out); n > 0 && compare(out[n-1], p) == 0 {
			out[n-1].Fields = join(out[n-1].Fields, p.Fields)
			continue
		}
		if len(p.Fields) > 1 {
			p.Fields = join(nil, p.Fields)
		}
		out = append(out, p)
	}
	return out
}

func join(a, b []catalog.Field) []catalog.Field {
	out := append(slices.Clip(a), b...)
	slices.SortStableFunc(out, func(x, y catalog.Field) int { return strings.Compare(x.Key, y.Key) })
	return slices.CompactFunc(out, func(x, y catalog.Field) bool { return x.Key == y.Key })
}

package export

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"fitvault/export/schema"
	"fitvault/store"
	"fitvault/store/catalog"
)

// computed is what the answers say of a unit's time.
type computed struct {
	points  []catalog.Point // in order of time; they may be those of a reading, and are not changed
	column  *column         // the points, where they make a column; else nil
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
	var columns []column
	from, to := v.start(u.span.From), v.start(u.span.To)
	keep := func(at time.Time) bool { return !at.Before(from) && at.Before(to) }
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
			points := read.points
			if read.column != nil && mapped {
				points = read.column.points()
			} else if read.column != nil {
				columns = append(columns, read.column.part(from.UnixNano(), to.UnixNano(), func(d catalog.Day) bool { return u.counts(p, d) })...)
				continue
			}
			counts := func(point *catalog.Point) bool {
				switch {
				case !u.counts(p, point.Day) || !mapped && !keep(point.Time):
					return false
				case point.HoldUntil.After(now):
					c.held = true
					return false
				}
				return true
			}
			for part := range runs(points, counts) {
				if !mapped {
					c.points, columns = join(joinColumns(c.points, columns), part), nil
					continue
				}
				for _, point := range part {
					native = append(native, schema.Native{Point: point, Source: p.source})
				}
			}
		}
	}
	if mapped {
		points := u.series.Map(native, schema.Person{Zones: v.zones, Device: v.device})
		c.points = slices.DeleteFunc(points, func(p catalog.Point) bool { return !keep(p.Time) })
	}
	if len(columns) == 1 && len(c.points) == 0 {
		c.column = &columns[0]
		return c, nil
	}
	c.points = ordered(joinColumns(c.points, columns))
	return c, nil
}

// runs yields the stretches of points that count.
func runs(points []catalog.Point, counts func(*catalog.Point) bool) iter.Seq[[]catalog.Point] {
	return func(yield func([]catalog.Point) bool) {
		first := 0
		for i := range points {
			if counts(&points[i]) {
				continue
			}
			if i > first && !yield(points[first:i]) {
				return
			}
			first = i + 1
		}
		if first < len(points) {
			yield(points[first:])
		}
	}
}

// join returns both, a copy unless the first is empty: a day that one reading holds is not
// copied.
func join(a, b []catalog.Point) []catalog.Point {
	if len(a) == 0 {
		return slices.Clip(b)
	}
	return append(a, b...)
}

// joinColumns returns points and those of columns behind them.
func joinColumns(points []catalog.Point, columns []column) []catalog.Point {
	for _, column := range columns {
		points = append(points, column.points()...)
	}
	return points
}

// all yields the points in order. Each is valid until the next one.
func (c *computed) all() iter.Seq[catalog.Point] {
	if c.column == nil {
		return slices.Values(c.points)
	}
	return c.column.all()
}

// keys returns the keys of the points as they are tagged.
func (c *computed) keys(tags *tagger) keys {
	if c.column == nil {
		return keysOf(c.points, tags)
	}
	return keys{kindOf(tags.of(nil), []catalog.Field{{Key: c.column.field}}): c.column.times}
}

// counts reports whether a point of a day is what its piece stands for: it is filed under a day
// that no other answer speaks for.
func (u unit) counts(p piece, day catalog.Day) bool {
	return p.snapshot || p.Holds(day) && u.near().Holds(day)
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
func compare(a, b *catalog.Point) int {
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

// ordered returns points in order of time and tags, and of their fields' keys. Those of equal
// time and tags become one with the fields of all; of two values of one field the first stands.
func ordered(points []catalog.Point) []catalog.Point {
	ready := func(i int) bool {
		return byKey(points[i].Fields) && (i == 0 || compare(&points[i-1], &points[i]) < 0)
	}
	i := 0
	for i < len(points) && ready(i) {
		i++
	}
	if i == len(points) {
		return points
	}
	points = slices.Clone(points)
	slices.SortStableFunc(points, func(a, b catalog.Point) int { return compare(&a, &b) })
	out := points[:0]
	for _, p := range points {
		if n := len(out); n > 0 && compare(&out[n-1], &p) == 0 {
			out[n-1].Fields = merge(out[n-1].Fields, p.Fields)
			continue
		}
		p.Fields = merge(nil, p.Fields)
		out = append(out, p)
	}
	return out
}

// byKey reports whether fields are in order, each key once.
func byKey(fields []catalog.Field) bool {
	for i := 1; i < len(fields); i++ {
		if fields[i-1].Key >= fields[i].Key {
			return false
		}
	}
	return true
}

// merge returns the fields of both in order of their keys.
func merge(a, b []catalog.Field) []catalog.Field {
	out := append(slices.Clip(a), b...)
	slices.SortStableFunc(out, func(x, y catalog.Field) int { return strings.Compare(x.Key, y.Key) })
	return slices.CompactFunc(out, func(x, y catalog.Field) bool { return x.Key == y.Key })
}

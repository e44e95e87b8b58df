package export

import (
	"cmp"
	"slices"

	"fitvault/store"
	"fitvault/store/catalog"
)

// piece is a range of days and the window that is the truth for it.
type piece struct {
	catalog.Span
	source   catalog.Source
	origin   *catalog.Origin // how its answers are read
	snapshot bool            // a state at a moment, and a reading of its own
	window   int64
	newest   int64 // response
}

// claim is what a source offers for a range of days. Its days before settled can no longer
// change. Those from unsynced on began after the tracker's last sync.
type claim struct {
	piece
	settled, unsynced catalog.Day
}

// newClaim returns what a covered range offers.
func newClaim(r store.Covered, source catalog.Source, o *catalog.Origin, snapshot bool, z catalog.Zones) (claim, error) {
	span, err := catalog.ParseSpan(r.From, r.To)
	if err != nil {
		return claim{}, err
	}
	c := claim{piece{span, source, o, snapshot, r.Window.ID, r.Newest}, 0, span.To}
	if !r.Window.Synced.IsZero() {
		c.unsynced = z.Today(r.Window.Synced.Add(-1)) + 1 // a sync at midnight says nothing of the day
	}
	c.settled, err = catalog.ParseDay(r.Window.SettledTo)
	return c, err
}

// standing says how much a claim is worth on one of its days. A source has nothing to say
// of a day that began after the last sync; where it pads, what it then gives of a tracker is
// no data at all.
func (c claim) standing(d catalog.Day, worn bool) int {
	const none, unheard, open, settled = 0, 1, 2, 3
	switch {
	case worn && c.source.Pads() && d >= c.unsynced:
		return none
	case d < c.settled:
		return settled
	case d < c.unsynced:
		return open
	}
	return unheard
}

// resolve chooses one claim for each day: a settled one before one that may still change,
// that before one whose source has not heard of the day yet, and among equals the source
// that comes first. Each source's claims are disjoint and in order of time, and so are the
// pieces returned; neighbours of one window are one.
func resolve(worn bool, sources [][]claim) []piece {
	var bounds []catalog.Day
	for _, claims := range sources {
		for _, c := range claims {
			bounds = append(bounds, c.From, c.To, c.settled, c.unsynced)
		}
	}
	slices.Sort(bounds)
	bounds = slices.Compact(bounds)
	rest := slices.Clone(sources)
	var out []piece
	for i := 1; i < len(bounds); i++ {
		span := catalog.Span{From: bounds[i-1], To: bounds[i]}
		if p, ok := best(worn, rest, span.From); ok {
			p.Span = span
			out = extend(out, p)
		}
	}
	return out
}

// best returns the piece of the best claim to a day, if there is one. It takes what ends
// before that day out of the claims.
func best(worn bool, sources [][]claim, d catalog.Day) (p piece, ok bool) {
	top := 0
	for i, claims := range sources {
		for len(claims) > 0 && claims[0].To <= d {
			claims = claims[1:]
		}
		sources[i] = claims
		if len(claims) == 0 || claims[0].From > d {
			continue
		}
		if s := claims[0].standing(d, worn); s > top {
			p, top = claims[0].piece, s
		}
	}
	return p, top > 0
}

// extend adds a piece, or lengthens the last one when it goes on.
func extend(out []piece, p piece) []piece {
	if n := len(out); n > 0 && out[n-1].window == p.window && out[n-1].To == p.From {
		out[n-1].To = p.To
		return out
	}
	return append(out, p)
}

// ranked returns every source: those preferred, then the others in their own order.
func ranked(prefer, all []catalog.Source) []catalog.Source {
	out := slices.Clone(prefer)
	for _, s := range all {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// feed is a type that gives points to a measurement, with the answers that are the truth
// for its days.
type feed struct {
	typ    catalog.Type
	pieces []piece // in order of time; disjoint unless they are snapshots
}

// newFeed resolves what the sources hold of a type, those first that are preferred, and
// the better copy before the others of a source. Of snapshots all count.
func newFeed(t catalog.Type, sources [][]claim) feed {
	f := feed{typ: t}
	ranges := make([][]claim, len(sources))
	for i, claims := range sources {
		for _, c := range claims {
			if c.snapshot {
				f.pieces = append(f.pieces, c.piece)
			} else {
				ranges[i] = append(ranges[i], c)
			}
		}
	}
	f.pieces = append(f.pieces, resolve(t.Worn, ranges)...)
	slices.SortStableFunc(f.pieces, func(a, b piece) int { return cmp.Compare(a.To, b.To) })
	return f
}

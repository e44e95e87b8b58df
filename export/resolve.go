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

// claim is what a source offers for a range of days. Its days before begins hold nothing. Those
// before settled can no longer change. Those from unsynced on began after the tracker's last
// sync.
type claim struct {
	piece
	begins, settled, unsynced catalog.Day
	elements                  int // in the whole answer
}

// newClaim returns what a covered range offers.
func newClaim(r store.Covered, source catalog.Source, o *catalog.Origin, snapshot bool, z catalog.Zones) (claim, error) {
	span, err := catalog.ParseSpan(r.From, r.To)
	if err != nil {
		return claim{}, err
	}
	c := claim{piece: piece{span, source, o, snapshot, r.Window.ID, r.Newest}, begins: span.From, unsynced: span.To, elements: r.Window.Elements}
	if !r.Window.Synced.IsZero() {
		c.unsynced = z.Today(r.Window.Synced.Add(-1)) + 1 // a sync at midnight says nothing of the day
	}
	c.settled, err = catalog.ParseDay(r.Window.SettledTo)
	return c, err
}

// Standing says how much an answer is worth on a day, the least first.
type Standing uint8

// The standings.
const (
	Unstaged Standing = iota // the source was not asked, or did not answer
	Empty                    // the source's records of the type begin later
	Padded                   // after the tracker's last sync, where the source gives zeros that are no data
	Unheard                  // after the tracker's last sync
	Open                     // it may still change
	Settled                  // it can no longer change
)

// standing says how much a claim is worth on one of its days. A source has nothing to say
// of a day that began after the last sync; where it pads, what it then gives of a tracker is
// no data at all.
func (c claim) standing(d catalog.Day, worn bool) Standing {
	switch {
	case d < c.begins:
		return Empty
	case worn && c.source.Pads() && d >= c.unsynced:
		return Padded
	case d < c.settled:
		return Settled
	case d < c.unsynced:
		return Open
	}
	return Unheard
}

// resolve chooses one claim for each day: a settled one before one that may still change,
// that before one whose source has not heard of the day yet, and among equals the source
// that comes first. Each source's claims are disjoint and in order of time, and so are the
// pieces returned; neighbours of one window are one.
func resolve(worn bool, sources [][]claim) []piece {
	var out []piece
	stretches(sources, func(span catalog.Span, at []*claim) {
		if i := best(worn, at, span.From); i >= 0 {
			p := at[i].piece
			p.Span = span
			out = extend(out, p)
		}
	})
	return out
}

// stretches gives out ranges of days, in order, over each of which every claim stands alike:
// for each source the claim to them, or nil.
func stretches(sources [][]claim, give func(catalog.Span, []*claim)) {
	var bounds []catalog.Day
	for _, claims := range sources {
		for _, c := range claims {
			bounds = append(bounds, c.From, c.To, c.begins, c.settled, c.unsynced)
		}
	}
	slices.Sort(bounds)
	bounds = slices.Compact(bounds)
	rest, at := slices.Clone(sources), make([]*claim, len(sources))
	for i := 1; i < len(bounds); i++ {
		for s, claims := range rest {
			for len(claims) > 0 && claims[0].To <= bounds[i-1] {
				claims = claims[1:]
			}
			if rest[s], at[s] = claims, nil; len(claims) > 0 && claims[0].From <= bounds[i-1] {
				at[s] = &claims[0]
			}
		}
		give(catalog.Span{From: bounds[i-1], To: bounds[i]}, at)
	}
}

// best returns which claim to a day is the best; -1 when there is none that counts.
func best(worn bool, at []*claim, d catalog.Day) int {
	best, top := -1, Padded
	for i, c := range at {
		if c == nil {
			continue
		}
		if s := c.standing(d, worn); s > top {
			best, top = i, s
		}
	}
	return best
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

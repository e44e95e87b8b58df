package export

import (
	"context"

	"fitvault/store/catalog"
)

// begin finds, where several sources hold a type, on which day the records of each API begin.
// An API that no longer holds old years, or never did, answers them with nothing all the same,
// and that is no word against another source that holds them. From its first record on, what it
// does not hold is believed to be gone. An archive claims only what it holds.
func (v *vault) begin(ctx context.Context, t catalog.Type, sources [][]claim) error {
	n := 0
	for _, claims := range sources {
		if len(claims) > 0 && !claims[0].snapshot {
			n++
		}
	}
	if n < 2 {
		return nil
	}
	for _, claims := range sources {
		for i := range claims {
			c := &claims[i]
			if v.sets[c.window] != nil {
				break
			}
			c.begins = v.firstRecord(ctx, t, *c)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if c.begins < c.To {
				break
			}
		}
	}
	return nil
}

// firstRecord returns the day of the first record of a claim's days, or the end of the claim.
// Only an answer over several days has to be read for that. One that does not read may hold any.
func (v *vault) firstRecord(ctx context.Context, t catalog.Type, c claim) catalog.Day {
	switch {
	case c.elements == 0:
		return c.To
	case c.Days() == 1:
		return c.From
	}
	read := v.read(ctx, t, c.piece, c.Span, 0)
	if len(read.errs) > 0 {
		return c.From
	}
	first := c.To
	for _, p := range read.all() {
		if c.Holds(p.Day) {
			first = min(first, p.Day)
		}
	}
	return first
}

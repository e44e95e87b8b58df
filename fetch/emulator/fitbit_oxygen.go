package emulator

import "time"

// oxygenSummary is an element of H3, in per cent. Its min and max are what an
// archive calls the bounds (archive sheet 7).
type oxygenSummary struct {
	DateTime string       `json:"dateTime"`
	Value    *oxygenValue `json:"value,omitempty"`
}

type oxygenValue struct {
	Mean number `json:"avg"`
	Low  number `json:"min"`
	High number `json:"max"`
}

// oxygen is H3: a bare array.
func (c *call) oxygen() (any, *refusal) {
	if n := c.modes.OxygenRange; n > 0 && int(c.to-c.from) >= n {
		return nil, badRequest("date", "The date range must not be longer than %d days", n)
	}
	return bareList(c, c.oxygenSummaries()), nil
}

// oxygenDay is H3': a bare object.
func (c *call) oxygenDay() (any, *refusal) { return bareObject(c, c.oxygenSummaries()), nil }

// oxygenSummaries leave out days without data, or their value only, by mode.
func (c *call) oxygenSummaries() []oxygenSummary {
	var all []oxygenSummary
	for d := range c.known() {
		n, ok := c.night(d)
		if !ok {
			if c.modes.NoValue {
				all = append(all, oxygenSummary{DateTime: d.String()})
			}
			continue
		}
		all = append(all, oxygenSummary{d.String(), &oxygenValue{number(n.Oxygen), number(n.OxygenLow), number(n.OxygenHigh)}})
	}
	return all
}

type oxygenMinute struct {
	Value  number `json:"value"`
	Minute string `json:"minute"` // wall clock without offset
}

// oxygenDetail is H4: a bare array.
func (c *call) oxygenDetail() (any, *refusal) { return bareList(c, c.oxygenMinutes()), nil }

// oxygenDetailDay is H4 of one day: a bare object, like H3'.
func (c *call) oxygenDetailDay() (any, *refusal) { return bareObject(c, c.oxygenMinutes()), nil }

func (c *call) oxygenMinutes() []nightDetail[oxygenMinute] {
	var all []nightDetail[oxygenMinute]
	for d, n := range c.nights() {
		night := nightDetail[oxygenMinute]{DateTime: d.String()}
		for _, r := range c.person.OxygenMinutes(n) {
			night.Minutes = append(night.Minutes, oxygenMinute{number(r.Value), c.person.Wall(r.At).Format(secondForm)})
		}
		all = append(all, night)
	}
	return all
}

// OxygenMinutes returns the oxygen saturation in per cent about once a minute,
// as a moving average: the readings and, between two of them, what lies on the
// way from one to the next.
func (p *Person) OxygenMinutes(n Night) []Reading {
	readings := p.Oxygen(n)
	all := make([]Reading, 0, 5*len(readings))
	for i, r := range readings {
		all = append(all, r)
		if i == len(readings)-1 {
			break
		}
		next := readings[i+1]
		gap := next.At.Sub(r.At)
		for at := time.Minute; gap-at > 30*time.Second; at += time.Minute {
			value := r.Value + (next.Value-r.Value)*float64(at)/float64(gap)
			all = append(all, Reading{At: r.At.Add(at), Value: round(value, 1)})
		}
	}
	return all
}

// bareList is an answer without a root key. Without data it is [] or what the
// mode says.
func bareList[E any](c *call, all []E) any {
	if len(all) == 0 {
		return c.emptyBare([]E{})
	}
	return all
}

// bareObject is the only element of a list. Without data it is {} or what the
// mode says.
func bareObject[E any](c *call, all []E) any {
	if len(all) == 0 {
		return c.emptyBare(struct{}{})
	}
	return all[0]
}

func (c *call) emptyBare(usual any) any {
	switch c.modes.Empty {
	case EmptyObject:
		return struct{}{}
	case BareArray:
		return []struct{}{}
	}
	return usual
}

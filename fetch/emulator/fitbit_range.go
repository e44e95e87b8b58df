package emulator

import "strings"

// period is a range given by its length up to a date (sheet 5.1). Periods of
// months reach back to the day after the same day of the month then.
type period struct{ days, months int }

var periods = map[string]period{
	"1d": {1, 0}, "7d": {7, 0}, "30d": {30, 0}, "1w": {7, 0},
	"1m": {30, 1}, "3m": {90, 3}, "6m": {180, 6}, "1y": {365, 12},
}

func (p period) before(end Date) Date {
	if p.months > 0 {
		return end.AddMonths(-p.months) + 1
	}
	return end - Date(p.days) + 1
}

// setRange reads the dates of a path and holds them to the rules.
func (c *call) setRange(rt *route, got map[string]string, longest int, path string) *refusal {
	if day, ok := got["{d}"]; ok {
		d, refused := c.date(day)
		c.from, c.to = d, d
		return refused
	}
	start, refused := c.date(got["{s}"])
	if refused != nil {
		return refused
	}
	if p, ok := periods[got["{e}"]]; ok && p.days <= min(rt.period, longest) {
		c.from, c.to = p.before(start), start
		c.cut(longest, path)
		return nil
	}
	end, refused := c.date(got["{e}"])
	if refused != nil {
		return refused
	}
	if start > end {
		return badRequest("date", "Start date must not be after end date: %s, %s", start, end)
	}
	c.from, c.to = start, end
	days := int(end-start) + 1
	if c.modes.LenientRange {
		days--
	}
	if days > longest && !c.modes.TruncateRange {
		return badRequest("date", "The date range must not be longer than %d days", longest)
	}
	c.cut(longest, path)
	return nil
}

// cut shortens a range as the modes say.
func (c *call) cut(longest int, path string) {
	keep := int(c.to-c.from) + 1
	if c.modes.TruncateRange {
		keep = min(keep, longest)
	}
	if n := c.modes.TruncateTo; n > 0 && strings.Contains(path, c.modes.TruncatePath) {
		keep = min(keep, n)
	}
	if c.modes.TruncateOldest {
		c.to = c.from + Date(keep) - 1
		return
	}
	c.from = c.to - Date(keep) + 1
}

func (c *call) date(text string) (Date, *refusal) {
	if text == "today" {
		return c.today, nil
	}
	d, err := ParseDate(text)
	if err != nil {
		return 0, badRequest("date", "Invalid date or period: %s", text)
	}
	return d, nil
}

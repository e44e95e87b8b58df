package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"fitvault/store"
	"fitvault/store/catalog"
)

func (a *app) zones() *cli.Command {
	return &cli.Command{
		Name:  "zone",
		Usage: "the zones you lived in: where your days begin",
		Commands: []*cli.Command{
			{
				Name: "list", Usage: "list the zones in force, from which date on, and how each is known",
				Description: "Before the first date its zone holds too. The offset is that from UTC when the date began.",
				Action:      a.onVault(false, a.listZones),
			},
			{
				Name: "set", Usage: "say that you were in a zone from a date on", ArgsUsage: "DATE ZONE",
				Description: "What you set wins over all that the data and your profile tell, until the date of the next zone that\n" +
					"you set. A journey therefore needs two: one for the day on which you woke up there, and one for the\n" +
					"first day back home. The next export moves the days concerned, and no others; nothing is fetched for it,\n" +
					"but the next fetch may ask for the days on which you travelled again.",
				Action: a.setZone,
			},
			{
				Name: "unset", Usage: "take back what you set for a date", ArgsUsage: "DATE",
				Action: a.unsetZone,
			},
		},
		Action: func(_ context.Context, c *cli.Command) error {
			if c.Args().Present() {
				return unknown("command", "zone "+c.Args().First(), []string{"zone list", "zone set", "zone unset"})
			}
			return &usageError{"zone needs a command: list, set or unset"}
		},
	}
}

// zoneStatus is a zone in force. Members are only ever added.
type zoneStatus struct {
	From   *string `json:"from"` // date; null: since ever
	Zone   string  `json:"zone"`
	How    string  `json:"how"`    // hand, data, profile, archive or setting
	Offset string  `json:"offset"` // from UTC, when that date began; of null when the last one did
}

func (a *app) listZones(ctx context.Context, c *cli.Command, st *store.Store) error {
	entries, err := st.Zones(ctx)
	if err != nil {
		return err
	}
	zones, err := catalog.ParseZones(entries, store.ZoneEntry.Names)
	if err != nil {
		return err
	}
	all := []zoneStatus{}
	for i, e := range entries {
		z := zoneStatus{&e.From, e.Zone, e.How, ""}
		date := e.From
		if e.From == store.Always { // there were no offsets then
			z.From, date = nil, entries[i+1].From
		}
		at, err := catalog.ParseDay(date)
		if err != nil {
			return err
		}
		if z.From == nil {
			at--
		}
		z.Offset = zones.Start(at).In(zones.On(at)).Format("-07:00")
		all = append(all, z)
	}
	if c.Bool("json") {
		return a.printJSON(all)
	}
	var rows [][]string
	for i, z := range all {
		from, how := "before", z.How
		switch {
		case z.From != nil && i == 0:
			from = *z.From + " and before"
		case z.From != nil:
			from = *z.From
		}
		if how == store.ByHand {
			how = "by hand"
		}
		rows = append(rows, []string{from, z.Zone, how, z.Offset})
	}
	return a.printTable([]string{"FROM", "ZONE", "KNOWN", "OFFSET"}, rows)
}

func (a *app) setZone(ctx context.Context, c *cli.Command) error {
	if c.Args().Len() != 2 {
		return &usageError{"zone set needs a date and a zone, as in: fitvault zone set 2025-03-01 Asia/Tokyo"}
	}
	date, err := dayWord(c.Args().First())
	if err != nil {
		return err
	}
	loc, err := zoneNamed(c.Args().Get(1))
	if err != nil {
		return &usageError{err.Error()}
	}
	return a.onVault(false, func(ctx context.Context, c *cli.Command, st *store.Store) error {
		return a.changeZone(ctx, c, st, "zone set", date, func() error { return st.SetZone(ctx, date.String(), loc.String()) })
	})(ctx, c)
}

func (a *app) unsetZone(ctx context.Context, c *cli.Command) error {
	if c.Args().Len() != 1 {
		return &usageError{"zone unset needs the date of a zone that you set (fitvault zone list)"}
	}
	date, err := dayWord(c.Args().First())
	if err != nil {
		return err
	}
	return a.onVault(false, func(ctx context.Context, c *cli.Command, st *store.Store) error {
		all, err := st.ZonesByHand(ctx)
		if err != nil {
			return err
		}
		var dates []string
		for _, e := range all {
			dates = append(dates, e.From)
		}
		if !slices.Contains(dates, date.String()) {
			set := "no zone was set by hand"
			if len(dates) > 0 {
				set = "those set by hand are of " + strings.Join(dates, ", ")
			}
			return fmt.Errorf("there is no zone to take back of %v: %s (fitvault zone list)", date, set)
		}
		return a.changeZone(ctx, c, st, "zone unset", date, func() error { return st.UnsetZone(ctx, date.String()) })
	})(ctx, c)
}

// zoneChange is a range of dates on which another zone is in force than before.
type zoneChange struct {
	From *string `json:"from"` // first date; null: since ever
	To   *string `json:"to"`   // last date; null: for ever
	Was  string  `json:"was"`  // "" where nothing was known
	Is   string  `json:"is"`
}

// changeZone changes the zone history and tells which dates that concerns.
func (a *app) changeZone(ctx context.Context, c *cli.Command, st *store.Store, command string, date catalog.Day, change func() error) error {
	before, err := st.Zones(ctx)
	if err != nil {
		return err
	}
	err = a.audited(ctx, st, command, func(int64) (store.Tally, error) { return store.Tally{}, change() })
	if err != nil {
		return err
	}
	after, err := st.Zones(ctx)
	if err != nil {
		return err
	}
	changes, err := zoneChanges(before, after)
	switch {
	case err != nil:
		return err
	case c.Bool("json"):
		return a.printJSON(map[string]any{"date": date.String(), "changed": changes})
	case c.Bool("quiet"):
		return nil
	}
	for _, z := range changes {
		fmt.Fprintln(a.err, z)
	}
	if len(changes) == 0 {
		fmt.Fprintln(a.err, "no date is in another zone than before")
	} else {
		fmt.Fprintln(a.err, "  the next export moves what lies on these days, and no others")
	}
	if command == "zone set" {
		return a.tellEnd(ctx, st, date)
	}
	return nil
}

// tellEnd says how long a zone set by hand holds.
func (a *app) tellEnd(ctx context.Context, st *store.Store, date catalog.Day) error {
	all, err := st.ZonesByHand(ctx)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.From > date.String() {
			fmt.Fprintf(a.err, "  it holds until %s, for which %s is set\n", e.From, e.Zone)
			return nil
		}
	}
	fmt.Fprintln(a.err, "  it holds from there on, whatever your profile says: set the next one for the day on which you were back, or went on")
	return nil
}

// String tells a change to people.
func (z zoneChange) String() string {
	text := z.Is
	if z.Was != "" {
		text += " instead of " + z.Was
	}
	switch {
	case z.From == nil && z.To == nil:
		return "on all days: " + text
	case z.From == nil:
		return "up to " + *z.To + ": " + text
	case z.To == nil:
		return "from " + *z.From + " on: " + text
	case *z.From == *z.To:
		return "on " + *z.From + ": " + text
	}
	return "from " + *z.From + " to " + *z.To + ": " + text
}

// zoneChanges returns the dates on which two histories have different zones, oldest first.
func zoneChanges(before, after []store.ZoneEntry) ([]zoneChange, error) {
	was, err := catalog.ParseZones(before, store.ZoneEntry.Names)
	if err != nil {
		return nil, err
	}
	is, err := catalog.ParseZones(after, store.ZoneEntry.Names)
	if err != nil {
		return nil, err
	}
	name := func(z catalog.Zones, d catalog.Day) string {
		if !z.Known() {
			return ""
		}
		return z.On(d).String()
	}
	bounds := []catalog.Day{dawn}
	for _, e := range slices.Concat(before, after) {
		if d, err := catalog.ParseDay(e.From); err == nil && e.From != store.Always {
			bounds = append(bounds, d)
		}
	}
	slices.Sort(bounds)
	out := []zoneChange{}
	last := zoneChange{}
	for _, d := range slices.Compact(bounds) {
		z := zoneChange{Was: name(was, d), Is: name(is, d)}
		if z.Was == last.Was && z.Is == last.Is {
			continue
		}
		if n := len(out); n > 0 && last.Was != last.Is {
			out[n-1].To = new((d - 1).String())
		}
		if last = z; z.Was == z.Is {
			continue
		}
		if d > dawn {
			z.From = new(d.String())
		}
		out = append(out, z)
	}
	return out, nil
}

// dawn is a date before all that a history tells.
const dawn catalog.Day = -719_163 // 0000-12-31

// dayWord reads an argument that is a date.
func dayWord(s string) (catalog.Day, error) {
	d, err := catalog.ParseDay(s)
	if err != nil {
		return 0, &usageError{fmt.Sprintf("%v%s", err, nearestDay(s))}
	}
	return d, nil
}

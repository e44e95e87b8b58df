package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"fitvault/export"
	"fitvault/export/schema"
	"fitvault/store"
	"fitvault/store/catalog"
)

func (a *app) targets() *cli.Command {
	return &cli.Command{
		Name:  "targets",
		Usage: "where this vault was exported to, and what it remembers of that",
		Commands: []*cli.Command{
			{
				Name: "list", Usage: "list the servers that were exported to, and how far each is",
				Flags:  []cli.Flag{preferFlag(), deviceFlag()},
				Action: a.onVault(false, a.listTargets),
			},
			{
				Name: "forget", Usage: "forget what a target was given; nothing is deleted there", ArgsUsage: "ID | ADDRESS DATABASE [SCHEMA]",
				Description: "For a database that is no more, or that somebody emptied or wrote to. A later export to it writes\n" +
					"everything again; what the vault no longer has stays there, unless that export is one with --rebuild.",
				Action: a.onVault(false, a.forgetTarget),
			},
		},
		Action: func(_ context.Context, c *cli.Command) error {
			if c.Args().Present() {
				return unknown("command", "targets "+c.Args().First(), []string{"targets list", "targets forget"})
			}
			return &usageError{"targets needs a command: list or forget"}
		},
	}
}

// targetStatus is how far a target is. Members are only ever added.
type targetStatus struct {
	Target     string     `json:"target"` // address and database
	ID         int64      `json:"id"`
	Address    string     `json:"address"`
	Database   string     `json:"database"`
	Schema     string     `json:"schema"`
	LastExport *time.Time `json:"last_export"`
	Units      int        `json:"units"`
	Points     int        `json:"points"`
	Behind     int        `json:"behind"` // units that an export would look at
}

func reportTargets(ctx context.Context, st *store.Store, prefer []catalog.Source, device string) ([]targetStatus, error) {
	out := []targetStatus{}
	all, err := st.Targets(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		e := export.Exporter{Store: st, Target: t, Types: catalog.Types(), Prefer: prefer, Device: device}
		e.Schema, _ = schema.Lookup(t.Schema)
		behind, err := e.Behind(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, targetStatus{t.Address + " " + t.Database, t.ID, t.Address, t.Database, t.Schema, known(t.LastExport), t.Units, t.Points, behind})
	}
	return out, nil
}

func (a *app) listTargets(ctx context.Context, c *cli.Command, st *store.Store) error {
	order, err := prefer(c)
	if err != nil {
		return err
	}
	all, err := reportTargets(ctx, st, order, c.String("device"))
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return a.printJSON(all)
	}
	var rows [][]string
	for _, t := range all {
		last := "never finished"
		if t.LastExport != nil {
			last = t.LastExport.Local().Format(time.DateTime)
		}
		rows = append(rows, []string{strconv.FormatInt(t.ID, 10), t.Address, t.Database, t.Schema, last,
			strconv.Itoa(t.Units), strconv.Itoa(t.Points), strconv.Itoa(t.Behind)})
	}
	return a.printTable([]string{"ID", "ADDRESS", "DATABASE", "SCHEMA", "LAST EXPORT", "UNITS", "POINTS", "BEHIND"}, rows)
}

// forgetTarget drops a target while no export to it runs.
func (a *app) forgetTarget(ctx context.Context, c *cli.Command, st *store.Store) error {
	all, err := st.Targets(ctx)
	if err != nil {
		return err
	}
	t, err := pickTarget(all, c.Args().Slice())
	if err != nil {
		return err
	}
	release, err := st.LockExport(ctx, t.ID)
	if err != nil {
		return err
	}
	defer release()
	err = a.audited(ctx, st, "targets forget", func(int64) (store.Tally, error) { return store.Tally{}, st.DropTarget(ctx, t.ID) })
	if err != nil || c.Bool("quiet") {
		return err
	}
	fmt.Fprintf(a.err, "forgot %s (%s), which was given %d points in %d units; nothing was deleted there\n"+
		"  a later export to it writes everything again; what the vault no longer has stays there, unless that export is one with --rebuild\n",
		place{t.Address, t.Database}, t.Schema, t.Points, t.Units)
	return nil
}

// pickTarget finds the target that words name: an id, or an address, a database and, where it
// holds several schemas, one of them.
func pickTarget(all []store.Target, words []string) (store.Target, error) {
	var named func(t store.Target) bool
	switch len(words) {
	case 1:
		id, err := strconv.ParseInt(words[0], 10, 64)
		if err != nil {
			return store.Target{}, &usageError{fmt.Sprintf("%q is not the id of a target, which is a number (fitvault targets list)", words[0])}
		}
		named = func(t store.Target) bool { return t.ID == id }
	case 2, 3:
		named = func(t store.Target) bool {
			return t.Address == withoutUser(words[0]) && t.Database == words[1] && (len(words) == 2 || t.Schema == words[2])
		}
	default:
		return store.Target{}, &usageError{"targets forget needs one target: its id, or its address, database and schema (fitvault targets list)"}
	}
	found := slices.DeleteFunc(slices.Clone(all), func(t store.Target) bool { return !named(t) })
	switch len(found) {
	case 0:
		return store.Target{}, fmt.Errorf("this vault was not exported to such a target, so there is nothing to forget (fitvault targets list)")
	case 1:
		return found[0], nil
	}
	return store.Target{}, &usageError{fmt.Sprintf("the vault has %d schemas there: name one, or give the id (fitvault targets list)", len(found))}
}

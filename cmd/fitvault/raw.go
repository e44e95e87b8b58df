package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"fitvault/store"
	"fitvault/store/catalog"
)

func (a *app) raw() *cli.Command {
	return &cli.Command{
		Name:  "raw",
		Usage: "look at the staged answers",
		Commands: []*cli.Command{
			{
				Name:  "list",
				Usage: "list staged answers, newest first",
				Flags: slices.Concat([]cli.Flag{
					&cli.StringFlag{Name: "source", Usage: "only this source", Sources: env("source"), DefaultText: "all"}, typeFlag(), preferFlag(),
					&cli.StringFlag{Name: "day", Usage: "only answers that tell of this day, YYYY-MM-DD, and what each of them is for", Sources: env("day")},
					&cli.IntFlag{Name: "limit", Usage: "how many at most; 0: all", Value: 50, Sources: env("limit")},
				}, rangeFlags()),
				Action: a.onVault(false, a.rawList),
			},
			{
				Name: "show", Usage: "print one body, byte for byte", ArgsUsage: "ID",
				Action: a.rawShow,
			},
		},
		Action: func(_ context.Context, c *cli.Command) error {
			if c.Args().Present() {
				return unknown("command", "raw "+c.Args().First(), []string{"raw list", "raw show"})
			}
			return &usageError{"raw needs a command: list or show"}
		},
	}
}

func (a *app) rawList(ctx context.Context, c *cli.Command, st *store.Store) error {
	d, err := day(c, "day")
	switch {
	case err != nil:
		return err
	case d != nil:
		return a.rawDay(ctx, c, st, *d)
	}
	f, err := rawFilter(c)
	if err != nil {
		return err
	}
	list, err := st.Responses(ctx, f)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		out := []store.Response{} // never null
		for _, r := range list {
			out = append(out, toLastDay(r))
		}
		return a.printJSON(out)
	}
	var rows [][]string
	for _, r := range list {
		row, err := rawRow(r)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return a.printTable(rawHeading, rows)
}

var rawHeading = []string{"ID", "SOURCE", "TYPE", "DAYS", "STATE", "STATUS", "ELEMENTS", "BYTES", "FETCHED"}

// rawRow is an answer as a row of the list.
func rawRow(r store.Response) ([]string, error) {
	span, err := catalog.ParseSpan(r.From, r.To)
	state := string(r.State)
	if r.State == store.Complete && !r.InForce {
		state = "superseded"
	}
	return []string{strconv.FormatInt(r.ID, 10), r.Source, r.Type, span.String(), state,
		strconv.Itoa(r.Status), strconv.Itoa(r.Elements), strconv.Itoa(r.Bytes), r.Fetched.Local().Format(time.DateTime)}, err
}

// toLastDay is an answer as --json tells of it: to its last day, as people count.
func toLastDay(r store.Response) store.Response {
	if span, err := catalog.ParseSpan(r.From, r.To); err == nil {
		r.To = (span.To - 1).String()
	}
	return r
}

// rawFilter reads which answers are meant. A type stands for the type that its answers are
// staged under.
func rawFilter(c *cli.Command) (store.Filter, error) {
	f := store.Filter{Source: c.String("source"), Limit: c.Int("limit")}
	picked, err := types(c)
	if err != nil {
		return f, err
	}
	if len(words(c, "type")) > 0 {
		f.Types = []string{""} // words may stand for no type at all, which is not all of them
		for _, t := range picked {
			for _, s := range catalog.Sources() {
				for _, o := range t.Origins(s) {
					if name := t.StagedAs(o); !slices.Contains(f.Types, name) {
						f.Types = append(f.Types, name)
					}
				}
			}
		}
	}
	since, until, err := days(c)
	if since != nil {
		f.From = since.String()
	}
	if until != nil {
		f.To = (*until + 1).String()
	}
	return f, err
}

func (a *app) rawShow(ctx context.Context, c *cli.Command) error {
	if c.Args().Len() != 1 {
		return &usageError{"raw show needs the id of one answer (fitvault raw list)"}
	}
	id, err := strconv.ParseInt(c.Args().First(), 10, 64)
	if err != nil {
		return &usageError{fmt.Sprintf("%q is not the id of an answer, which is a number (fitvault raw list)", c.Args().First())}
	}
	return a.onVault(false, func(ctx context.Context, c *cli.Command, st *store.Store) error {
		return a.printBody(ctx, c, st, id)
	})(ctx, c)
}

func (a *app) printBody(ctx context.Context, c *cli.Command, st *store.Store, id int64) error {
	page, err := st.Body(ctx, id)
	if errors.Is(err, store.ErrNoResponse) {
		return fmt.Errorf("%w in %s (fitvault raw list)", err, st.Path())
	}
	if err != nil {
		return err
	}
	if c.Bool("json") {
		list, err := st.Responses(ctx, store.Filter{ID: id})
		if err != nil {
			return err
		}
		return a.printJSON(map[string]any{"response": toLastDay(list[0]), "body": string(page.Data)})
	}
	_, err = a.out.Write(page.Data)
	return err
}

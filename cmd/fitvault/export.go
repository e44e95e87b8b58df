package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"fitvault/export"
	"fitvault/export/influx"
	"fitvault/export/line"
	"fitvault/export/schema"
	"fitvault/store"
	"fitvault/store/catalog"
)

// schemaFlags say what the points look like.
func schemaFlags() []cli.Flag { return []cli.Flag{schemaFlag(), deviceFlag()} }

func schemaFlag() cli.Flag {
	known := schemaNames()
	return &cli.StringFlag{Name: "schema", Usage: "whose dashboards are to read it: " + strings.Join(known, ", "), Value: known[0], Sources: env("schema")}
}

func schemaNames() []string {
	var out []string
	for _, s := range schema.All() {
		out = append(out, s.Name)
	}
	return out
}

func deviceFlag() cli.Flag {
	return &cli.StringFlag{Name: "device", Usage: "the tracker's name, for a schema that has it in every point", Sources: env("device", "DEVICENAME"),
		DefaultText: "the tracker that synced last"}
}

func preferFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "prefer", Usage: "the sources in the order in which they are believed, where several hold a day equally well",
		Sources: env("prefer"), DefaultText: strings.Join(sourceNames(catalog.Sources()), ",")}
}

// prefer reads --prefer. Sources that it leaves out come after those that it names.
func prefer(c *cli.Command) ([]catalog.Source, error) {
	var out []catalog.Source
	for _, name := range words(c, "prefer") {
		s := catalog.Source(name)
		if !slices.Contains(catalog.Sources(), s) {
			return nil, &usageError{fmt.Sprintf("--prefer: there is no source %q, only %s", name, strings.Join(sourceNames(catalog.Sources()), ", "))}
		}
		if slices.Contains(out, s) {
			return nil, &usageError{fmt.Sprintf("--prefer: %s stands twice: name each of %s once at most", name, strings.Join(sourceNames(catalog.Sources()), ", "))}
		}
		out = append(out, s)
	}
	return out, nil
}

func (a *app) export() *cli.Command {
	return &cli.Command{
		Name:  "export",
		Usage: "replay the vault into InfluxDB, VictoriaMetrics or a line-protocol file",
		Description: "Writes what the target does not hold yet and deletes what is no more. It makes no call to a source, and\n" +
			"works unit by unit (a measurement's local day or month), which --since and --until widen to.",
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "a line-protocol file instead of InfluxDB (.gz packs it), or - for stdout", Sources: env("output")},
			&cli.BoolFlag{Name: "dry-run", Usage: "say what would change, and change neither the target nor the vault", Sources: env("dry-run")},
			&cli.BoolFlag{Name: "rebuild", Usage: "delete what the target holds of this account and write all of it again", Sources: env("rebuild")},
			preferFlag(), typeFlag()}, rangeFlags(), schemaFlags(), influxFlags()),
		Action: a.onVault(false, func(ctx context.Context, c *cli.Command, st *store.Store) error {
			log, err := a.logger(c)
			if err != nil {
				return err
			}
			if output := c.String("output"); c.IsSet("output") {
				if output == "" {
					return &usageError{"--output: no file is named, nor - for stdout"}
				}
				if (given(c, "output") || given(c, "o")) && given(c, "rebuild") {
					return &usageError{"--rebuild: a file is always written anew: leave it out with --output"}
				}
				if (given(c, "output") || given(c, "o")) && given(c, "influx-url") {
					return &usageError{"--output and --influx-url name two targets: export to one, then to the other"}
				}
				return a.exportTo(ctx, c, st, log, output)
			}
			return a.exportInflux(ctx, c, st, log, "export")
		}),
	}
}

// exporter wires one export, but for its writer and target.
func (a *app) exporter(c *cli.Command, st *store.Store, log *slog.Logger) (*export.Exporter, error) {
	e := &export.Exporter{Store: st, Log: log, Rebuild: c.Bool("rebuild"), DryRun: c.Bool("dry-run"), BatchLines: c.Int("batch"),
		Device: c.String("device")}
	e.Schema, _ = schema.Lookup(c.String("schema")) // one that is unknown was found before
	var err error
	if e.Types, err = types(c); err != nil {
		return nil, err
	}
	if e.Prefer, err = prefer(c); err != nil {
		return nil, err
	}
	e.Since, e.Until, err = days(c)
	return e, err
}

// exportInflux brings an InfluxDB up to date, in a row of the audit log.
func (a *app) exportInflux(ctx context.Context, c *cli.Command, st *store.Store, log *slog.Logger, command string) error {
	e, err := a.exporter(c, st, log)
	if err != nil {
		return err
	}
	o, err := influxOptions(c)
	if err != nil {
		return err
	}
	o.Log = log
	client, err := influx.New(o)
	if err != nil {
		return &usageError{err.Error()}
	}
	defer client.Close()
	e.Writer = client
	p := placeOf(o)
	if err := p.oneSchema(ctx, st, e.Schema.Name); err != nil {
		return err
	}
	if e.DryRun {
		return a.foresee(ctx, c, e, p, client)
	}
	if e.Target, err = st.UseTarget(ctx, p.address, p.database, e.Schema.Name); err != nil {
		return err
	}
	release, err := st.LockExport(ctx, e.Target.ID)
	if err != nil {
		return err
	}
	defer release()
	return a.audited(ctx, st, command, func(int64) (store.Tally, error) {
		res, err := a.replay(ctx, c, e, place{e.Target.Address, e.Target.Database}.String())
		return store.Tally{Points: res.Points}, err
	})
}

// exportTo writes the whole vault as line protocol to a file, which appears when it is
// complete, or to stdout when it is "-".
func (a *app) exportTo(ctx context.Context, c *cli.Command, st *store.Store, log *slog.Logger, output string) error {
	e, err := a.exporter(c, st, log)
	if err != nil {
		return err
	}
	e.Writes = 1 // one after another, so that two exports of a vault are equal files
	w := line.New(a.out)
	if e.DryRun {
		e.Writer = w // which is given nothing
		_, err = a.replay(ctx, c, e, output)
		return err
	}
	if output != "-" {
		if w, err = line.Create(output); err != nil {
			return err
		}
	}
	e.Writer = w
	_, err = a.replay(ctx, c, e, output)
	var part *partError
	if err != nil && !errors.As(err, &part) {
		return errors.Join(err, w.Abort())
	}
	return errors.Join(w.Close(), err)
}

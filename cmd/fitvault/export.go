package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"fitvault/export"
	"fitvault/export/influx"
	"fitvault/export/line"
	"fitvault/export/schema"
	"fitvault/store"
	"fitvault/store/catalog"
)

// influxFlags say where points go.
func influxFlags() []cli.Flag {
	return append([]cli.Flag{&cli.StringFlag{Name: "influx-url", Usage: "InfluxDB; DB_HOST and DB_PORT make one too",
		Value: "http://localhost:8086", Sources: env("influx-url", "INFLUX_URL")}}, databaseFlags()...)
}

// databaseFlags say what is done with that InfluxDB.
func databaseFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "influx-database", Usage: "its database, made when it is missing", Value: "fitbit",
			Sources: env("influx-database", "INFLUX_DATABASE", "DB_NAME")},
		&cli.StringFlag{Name: "influx-username", Usage: "its user; the password comes from the environment",
			Sources: env("influx-username", "INFLUX_USERNAME", "DB_USER")},
		&cli.DurationFlag{Name: "retry-for", Usage: "how long to retry a write that fails", Value: 30 * time.Second, Sources: env("retry-for")},
		&cli.IntFlag{Name: "batch", Usage: "lines in one write", Value: 10_000, Sources: env("batch")},
	}
}

// schemaFlags say what the points look like.
func schemaFlags() []cli.Flag {
	var known []string
	for _, s := range schema.All() {
		known = append(known, s.Name)
	}
	return []cli.Flag{
		&cli.StringFlag{Name: "schema", Usage: "whose dashboards are to read it: " + strings.Join(known, ", "), Value: known[0], Sources: env("schema")},
		deviceFlag(),
	}
}

func deviceFlag() cli.Flag {
	return &cli.StringFlag{Name: "device", Usage: "the tracker's name, for a schema that has it in every point", Sources: env("device", "DEVICENAME"),
		DefaultText: "the tracker that synced last"}
}

// readSchema reads --schema and --device into an export.
func readSchema(c *cli.Command, e *export.Exporter) error {
	s, ok := schema.Lookup(c.String("schema"))
	if !ok {
		var known []string
		for _, s := range schema.All() {
			known = append(known, s.Name)
		}
		return unknown("schema", c.String("schema"), known)
	}
	e.Schema, e.Device = s, c.String("device")
	if e.Device != "" {
		if err := catalog.CheckTagValue(e.Device); err != nil {
			return &usageError{"--device: " + err.Error()}
		}
	}
	return nil
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
		Usage: "replay the vault into InfluxDB or a line-protocol file",
		Description: "Writes what the target does not hold yet and deletes what is no more. It makes no call to a source, and\n" +
			"works unit by unit (a measurement's local day or month), which --since and --until widen to.",
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "a line-protocol file instead of InfluxDB (.gz packs it), or - for stdout", Sources: env("output")},
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
	e := &export.Exporter{Store: st, Log: log, Rebuild: c.Bool("rebuild"), BatchLines: c.Int("batch")}
	var err error
	if e.Types, err = types(c); err != nil {
		return nil, err
	}
	if e.Prefer, err = prefer(c); err != nil {
		return nil, err
	}
	if err = readSchema(c, e); err != nil {
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
	address, err := influxAddress(c)
	if err != nil {
		return err
	}
	password, err := influxSecret()
	if err != nil {
		return err
	}
	client, err := influx.New(influx.Options{URL: address, Database: c.String("influx-database"),
		Username: c.String("influx-username"), Password: password, RetryFor: retryFor(c), Log: log,
		Version: buildVersion()})
	if err != nil {
		return &usageError{err.Error()}
	}
	defer client.Close()
	e.Writer = client
	if err := oneSchema(ctx, st, withoutUser(address), c.String("influx-database"), e.Schema.Name); err != nil {
		return err
	}
	if e.Target, err = st.UseTarget(ctx, withoutUser(address), c.String("influx-database"), e.Schema.Name); err != nil {
		return err
	}
	release, err := st.LockExport(ctx, e.Target.ID)
	if err != nil {
		return err
	}
	defer release()
	return a.audited(ctx, st, command, func(int64) (store.Tally, error) {
		res, err := a.replay(ctx, c, e, fmt.Sprintf("%s, database %s", e.Target.Address, e.Target.Database))
		return store.Tally{Points: res.Points}, err
	})
}

// oneSchema is an error when the vault has put points of another schema into a database: their
// measurements may have one name and different fields.
func oneSchema(ctx context.Context, st *store.Store, address, database, name string) error {
	targets, err := st.Targets(ctx)
	for _, t := range targets {
		if t.Address == address && t.Database == database && t.Schema != name && t.Units > 0 {
			return &usageError{fmt.Sprintf("database %s at %s holds points of the schema %s: export %s into a database of its own (--influx-database), "+
				"or, when that one was emptied, forget it first (fitvault targets)", database, address, t.Schema, name)}
		}
	}
	return err
}

// retryFor reads --retry-for. 0 means a single attempt, for which the client wants less.
func retryFor(c *cli.Command) time.Duration {
	if d := c.Duration("retry-for"); d > 0 {
		return d
	}
	return -1
}

// exportTo writes the whole vault as line protocol to a file, which appears when it is
// complete, or to stdout when it is "-".
func (a *app) exportTo(ctx context.Context, c *cli.Command, st *store.Store, log *slog.Logger, output string) error {
	e, err := a.exporter(c, st, log)
	if err != nil {
		return err
	}
	w := line.New(a.out)
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

// replay runs an export under a progress display and prints its summary.
func (a *app) replay(ctx context.Context, c *cli.Command, e *export.Exporter, to string) (export.Result, error) {
	bar := newProgress(a.progressStream(c), e.Log, "exporting")
	e.Progress = func(p export.Progress) { bar.set(p.Done, p.Total, p.Measurement, time.Time{}) }
	res, err := e.Export(ctx)
	bar.finish()
	if c.Bool("json") && to != "-" {
		if perr := a.printJSON(map[string]any{"target": to, "units": res.Units, "written": res.Written, "unchanged": res.Unchanged,
			"points": res.Points, "deleted": res.Deleted, "failures": failures(res.Failures)}); perr != nil {
			return res, perr
		}
	} else if !c.Bool("quiet") && (err == nil || res.Points > 0) {
		fmt.Fprintf(a.err, "exported to %s: %d points in %d units, of %d looked at; %d ranges deleted\n",
			to, res.Points, res.Written, res.Units, res.Deleted)
	}
	return res, errors.Join(err, partly(err, "not everything could be exported", failures(res.Failures)))
}

// influxAddress returns the address of InfluxDB: the flag or its variables, else what the
// original exporter's DB_HOST and DB_PORT make.
func influxAddress(c *cli.Command) (string, error) {
	host, port := os.Getenv("DB_HOST"), os.Getenv("DB_PORT")
	if c.IsSet("influx-url") || host == "" && port == "" {
		return c.String("influx-url"), nil
	}
	if host == "" {
		host = "localhost"
	}
	if port == "" {
		port = "8086"
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return "", &usageError{fmt.Sprintf("DB_PORT: %q is no port, as 8086 is", port)}
	}
	if strings.Contains(host, "/") {
		return "", &usageError{fmt.Sprintf("DB_HOST: %q is no host name: give an address with --influx-url or INFLUX_URL", host)}
	}
	return "http://" + net.JoinHostPort(strings.Trim(host, "[]"), port), nil
}

func influxSecret() (string, error) {
	password, err := influxPassword.value()
	if password != "" || err != nil {
		return password, err
	}
	return dbPassword.value()
}

// withoutUser returns an address as it is remembered: without user and trailing slash.
func withoutUser(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.User = nil
	return strings.TrimSuffix(u.String(), "/")
}

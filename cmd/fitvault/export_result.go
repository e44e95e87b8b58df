package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"fitvault/export"
	"fitvault/export/influx"
)

// exportReport is what an export did, or of a dry run would do. Members are only ever added.
type exportReport struct {
	Target    string         `json:"target"`
	DryRun    bool           `json:"dry_run"`
	Units     int            `json:"units"`     // looked at
	Written   int            `json:"written"`   // units of which points were sent
	Unchanged int            `json:"unchanged"` // units
	Points    int            `json:"points"`    // sent
	Deleted   int            `json:"deleted"`   // ranges
	Stale     int            `json:"stale"`     // ranges whose points are no more and could not be deleted
	Changes   []exportChange `json:"changes"`
	Failures  []string       `json:"failures"`
}

type exportChange struct {
	Measurement string `json:"measurement"`
	Units       int    `json:"units"`
	Points      int    `json:"points"`
	Deleted     int    `json:"deleted"`
}

// exportHeap is the size that the heap of an export is kept to where that costs little: what is
// in use of it is about half. The program and SQLite take the rest of what is resident.
const exportHeap = 64 << 20

// frugal keeps the heap small until the function that it returns is called. A GOMEMLIMIT of the
// environment wins.
func frugal() (end func()) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	old := debug.SetMemoryLimit(exportHeap)
	return func() { debug.SetMemoryLimit(old) }
}

// replay runs an export under a progress display and prints what it did.
func (a *app) replay(ctx context.Context, c *cli.Command, e *export.Exporter, to string) (export.Result, error) {
	bar := newProgress(a.progressStream(c), e.Log, "exporting")
	e.Progress = func(p export.Progress) { bar.set(p.Done, p.Total, p.Measurement, time.Time{}) }
	defer frugal()()
	res, err := e.Export(ctx)
	bar.finish()
	if e.DryRun {
		expectStale(e, &res)
	}
	if perr := a.printExport(c, e, res, to, err); perr != nil {
		return res, perr
	}
	return res, errors.Join(err, partly(err, "not everything could be exported", failures(res.Failures)))
}

// printExport prints the result of an export that ended with an error or without.
func (a *app) printExport(c *cli.Command, e *export.Exporter, res export.Result, to string, ended error) error {
	if res.Stale > 0 && !c.Bool("quiet") {
		fmt.Fprintf(a.err, "%s: %d ranges hold points that are no more; %s\n", to, res.Stale, staleRemedy(e))
	}
	if c.Bool("json") && (to != "-" || e.DryRun) {
		return a.printJSON(reportExport(e, res, to))
	}
	if e.DryRun && ended == nil {
		if err := a.printChanges(res); err != nil {
			return err
		}
	}
	if c.Bool("quiet") || ended != nil && res.Points == 0 {
		return nil
	}
	says := "exported to %s: %s in %s, of %d looked at; %s deleted\n"
	if e.DryRun {
		says = "an export to %s would send %s in %s, of %d looked at, and delete %s; nothing was changed\n"
	}
	_, err := fmt.Fprintf(a.err, says, to, count(res.Points, "point"), count(res.Written, "unit"), res.Units, count(res.Deleted, "range"))
	return err
}

func reportExport(e *export.Exporter, res export.Result, to string) exportReport {
	r := exportReport{to, e.DryRun, res.Units, res.Written, res.Unchanged, res.Points, res.Deleted, res.Stale, []exportChange{}, failures(res.Failures)}
	for _, ch := range res.Changes {
		r.Changes = append(r.Changes, exportChange(ch))
	}
	return r
}

func (a *app) printChanges(res export.Result) error {
	var rows [][]string
	for _, ch := range res.Changes {
		rows = append(rows, []string{ch.Measurement, strconv.Itoa(ch.Units), strconv.Itoa(ch.Points), strconv.Itoa(ch.Deleted)})
	}
	return a.printTable([]string{"MEASUREMENT", "UNITS", "POINTS", "RANGES DELETED"}, rows)
}

// takesBack reports whether a rebuild takes back what the target holds: InfluxDB 3.x and
// VictoriaMetrics can do so with a whole measurement, whose points a tag must tell apart.
func takesBack(e *export.Exporter) bool {
	client, server := clientOf(e.Writer)
	return server && (client.DeletesRanges() || e.Schema.Account && e.Since == nil && e.Until == nil)
}

// staleRemedy says what to do about points that could not be deleted.
func staleRemedy(e *export.Exporter) string {
	whole := *e
	whole.Since, whole.Until = nil, nil
	if takesBack(&whole) && !(e.Rebuild && takesBack(e)) {
		return "this target cannot delete them: fitvault export --rebuild"
	}
	return "this target cannot delete them, nor can --rebuild: export into a new database (--influx-database)"
}

// expectStale counts what a dry run found to delete as stale where the target cannot.
func expectStale(e *export.Exporter, res *export.Result) {
	client, server := clientOf(e.Writer)
	if !server || client.DeletesRanges() || e.Rebuild && takesBack(e) {
		return
	}
	res.Stale, res.Deleted = res.Deleted, 0
	for i := range res.Changes {
		res.Changes[i].Deleted = 0
	}
}

// clientOf returns the server that an export writes to, if it does not write to a file.
func clientOf(w export.Writer) (*influx.Client, bool) {
	switch w := w.(type) {
	case *influx.Client:
		return w, true
	case watcher:
		return w.Client, true
	}
	return nil, false
}

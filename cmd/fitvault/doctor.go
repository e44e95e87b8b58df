package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"fitvault/store"
)

// verdict is how a check ended.
type verdict string

// The verdicts, of which only a fault changes the exit code.
const (
	allRight verdict = "ok"
	warning  verdict = "warn"
	faulty   verdict = "fault"
	noted    verdict = "note" // what a probe found, neither good nor bad
)

// finding is what one check found. Members are only ever added.
type finding struct {
	Check   string  `json:"check"`
	Verdict verdict `json:"verdict"`
	Found   string  `json:"found"`
	Remedy  string  `json:"remedy"`         // "" when nothing has to be done
	Fact    string  `json:"fact,omitempty"` // of a probe: what came
	code    int     // the exit code of a fault; 0: 1
}

// checkup is one run of doctor.
type checkup struct {
	*app
	c        *cli.Command
	log      *slog.Logger
	st       *store.Store // nil when there is no vault, or none that opens
	findings []finding
	time     *drift // of the first that told its time
}

func (a *app) doctor() *cli.Command {
	return &cli.Command{
		Name:  "doctor",
		Usage: "settings, vault, disk, sign-in, clock, target: what is wrong, and a remedy for each fault",
		Description: "Changes nothing, except that an access token which has to be renewed is. The target is looked at when one is\n" +
			"configured. With --source google and a sign-in that works it also asks, by about 30 calls, what the documents\n" +
			"of the Google Health API leave open.",
		Flags: slices.Concat([]cli.Flag{sourceFlag(), preferFlag(), typeFlag()}, rangeFlags(),
			[]cli.Flag{zoneFlag(), googleRateFlag(), clientFileFlag()}, endpointFlags(), []cli.Flag{schemaFlag()}, influxFlags()),
		Action: func(ctx context.Context, c *cli.Command) (err error) {
			d := &checkup{app: a, c: c, log: slog.New(slog.DiscardHandler)}
			envs := d.settings()
			d.vault(ctx)
			if d.st != nil {
				defer func() { err = errors.Join(err, d.st.Close()) }()
			}
			d.sources(ctx, envs)
			d.target(ctx)
			d.clock()
			if err := ctx.Err(); err != nil {
				return err
			}
			return d.end()
		},
	}
}

// add takes a finding in and, unless JSON was asked for, prints it at once.
func (d *checkup) add(f finding) {
	f.Found, f.Remedy = oneLine(f.Found), oneLine(f.Remedy)
	d.findings = append(d.findings, f)
	if d.c.Bool("json") || d.c.Bool("quiet") && f.Verdict != faulty {
		return
	}
	fmt.Fprintf(d.out, "%-5s  %-15s  %s\n", f.Verdict, f.Check, f.Found)
	if f.Fact != "" {
		fmt.Fprintf(d.out, "%24s%s\n", "", f.Fact)
	}
	if f.Remedy != "" {
		fmt.Fprintf(d.out, "%24sremedy: %s\n", "", f.Remedy)
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// end prints the list when JSON was asked for. Its error tells of the faults by the exit
// code of the gravest.
func (d *checkup) end() error {
	if d.c.Bool("json") {
		if err := d.printJSON(d.findings); err != nil {
			return err
		}
	}
	e := &faultsError{code: exitDone}
	for _, f := range d.findings {
		if f.Verdict != faulty {
			continue
		}
		e.count++
		if code := max(f.code, exitFailed); slices.Index(gravest, code) < slices.Index(gravest, e.code) {
			e.code = code
		}
	}
	if e.count == 0 {
		return nil
	}
	return e
}

// faultsError says how many faults doctor found, each of which it told with its remedy.
type faultsError struct{ count, code int }

func (e *faultsError) Error() string {
	if e.count == 1 {
		return "there is a fault"
	}
	return fmt.Sprintf("there are %d faults", e.count)
}

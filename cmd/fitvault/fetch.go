package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

func (a *app) fetch() *cli.Command {
	return &cli.Command{
		Name:  "fetch",
		Usage: "bring the vault up to date, then stop",
		Description: "Asks the source for everything that the vault lacks or that can have changed, newest first, and stages\n" +
			"each answer. Stop it at any time: the next run continues.",
		Flags: slices.Concat([]cli.Flag{sourceFlag(), typeFlag()}, rangeFlags(), []cli.Flag{
			zoneFlag(),
			&cli.BoolFlag{Name: "no-wait", Usage: "exit with code 5 rather than wait for the budget of calls", Sources: env("no-wait")},
		}, endpointFlags()),
		Action: func(ctx context.Context, c *cli.Command) error {
			log, err := a.logger(c)
			if err != nil {
				return err
			}
			warnIgnored(log)
			create, err := a.checkFetch(c, log)
			if err != nil {
				return err
			}
			return signInFirst(a.onVault(create, func(ctx context.Context, c *cli.Command, st *store.Store) error {
				return a.fetchOnce(ctx, c, st, log, "fetch", nil)
			})(ctx, c))
		},
	}
}

// checkFetch finds the faults of a command line that fetches, before a vault is made, and
// tells whether one may be made: without a sign-in it would stay empty.
func (a *app) checkFetch(c *cli.Command, log *slog.Logger) (create bool, err error) {
	e, err := environmentFor(c)
	if err != nil {
		return false, err
	}
	_, err = a.runner(c, nil, e, log, 0)
	return e.signsIn(), err
}

// environmentFor is the environment's sign-in as this command may use it.
func environmentFor(c *cli.Command) (environment, error) {
	e, err := readEnvironment()
	if paths, perr := vaultPaths(c); perr == nil && len(paths) > 1 {
		e.seed = store.Token{} // of one person; nobody can say which vault is theirs
	}
	return e, err
}

// signInFirst turns the error of a vault that was not made for want of a sign-in into
// what has to be done.
func signInFirst(err error) error {
	if errors.Is(err, store.ErrNoVault) {
		return &fetch.SignInError{Source: string(catalog.Fitbit), Reason: "not signed in"}
	}
	return err
}

// fetchOnce brings a vault up to date from its source, in a row of the audit log, and
// prints what it did. adjust changes the runner before it runs; it may be nil.
func (a *app) fetchOnce(ctx context.Context, c *cli.Command, st *store.Store, log *slog.Logger, command string, adjust func(*fetch.Runner)) error {
	e, err := environmentFor(c)
	if err != nil {
		return err
	}
	if err := signedIn(ctx, st, e); err != nil {
		return err
	}
	release, err := st.LockFetch(ctx)
	if err != nil {
		return err
	}
	defer release()
	return a.audited(ctx, st, command, func(run int64) (store.Tally, error) {
		r, err := a.runner(c, st, e, log, run)
		if err != nil {
			return store.Tally{}, err
		}
		if adjust != nil {
			adjust(r)
		}
		return a.bring(ctx, c, r)
	})
}

// bring runs a fetch under a progress display and prints its summary.
func (a *app) bring(ctx context.Context, c *cli.Command, r *fetch.Runner) (store.Tally, error) {
	bar := newProgress(a.progressStream(c), r.Log, "fetching")
	r.Progress = func(p fetch.Progress) {
		bar.set(p.Done, p.Total, fmt.Sprintf("%s %v", p.Type, p.Span), p.DoneBy)
		if !p.Until.IsZero() {
			bar.note(fmt.Sprintf("waiting for the budget of calls until %s", p.Until.Local().Format("15:04:05")))
		}
	}
	res, err := r.Fetch(ctx)
	bar.finish()
	if perr := a.printFetched(c, string(r.Provider.Source()), res); perr != nil {
		return res.Tally, perr
	}
	return res.Tally, errors.Join(err, partly(err, "not everything could be fetched", failures(res.Failures)))
}

// partly is the error of a round that is done but for some parts. A round that was
// stopped has its own error.
func partly(stopped error, what string, failed []string) error {
	if stopped != nil || len(failed) == 0 {
		return nil
	}
	const shown = 10
	more := ""
	if len(failed) > shown {
		more = fmt.Sprintf("\n  and %d more (fitvault status)", len(failed)-shown)
		failed = failed[:shown]
	}
	return &partError{fmt.Sprintf("%s; the rest is saved:\n  %s%s", what, strings.Join(failed, "\n  "), more)}
}

func failures[F error](fs []F) []string {
	out := []string{}
	for _, f := range fs {
		out = append(out, f.Error())
	}
	return out
}

func (a *app) printFetched(c *cli.Command, source string, res fetch.Result) error {
	if c.Bool("json") {
		return a.printJSON(map[string]any{"source": source, "requests": res.Requests, "pages": res.Pages, "bytes": res.Bytes,
			"planned": res.Planned, "staged": res.Windows, "failures": failures(res.Failures)})
	}
	if !c.Bool("quiet") {
		fmt.Fprintf(a.err, "fetched from %s: %d calls, %d answers staged, %s\n", source, res.Requests, res.Pages, bytesText(res.Bytes))
	}
	return nil
}

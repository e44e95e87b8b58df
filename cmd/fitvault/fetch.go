package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

func (a *app) fetch() *cli.Command {
	return &cli.Command{
		Name:  "fetch",
		Usage: "bring the vault up to date, then stop",
		Description: "Asks each source for everything that the vault lacks or that can have changed, newest first, and stages\n" +
			"each answer. Stop it at any time: the next run continues.",
		Flags: slices.Concat([]cli.Flag{sourceFlag(), typeFlag()}, rangeFlags(), []cli.Flag{
			zoneFlag(),
			&cli.BoolFlag{Name: "dry-run", Usage: "only tell what would be asked: calls by type, and when they would be made; reads what that depends on", Sources: env("dry-run")},
			eagerFlag(),
			&cli.BoolFlag{Name: "no-wait", Usage: "exit with code 5 rather than wait for the budget of calls", Sources: env("no-wait")},
			googleRateFlag(), clientFileFlag(),
		}, endpointFlags()),
		Action: func(ctx context.Context, c *cli.Command) error {
			log, err := a.logger(c)
			if err != nil {
				return err
			}
			warnIgnored(log)
			create, err := seeded(ctx, c)
			if err != nil {
				return err
			}
			return signInFirst(ctx, c, a.onVault(create, func(ctx context.Context, c *cli.Command, st *store.Store) error {
				_, err := a.fetchOnce(ctx, c, st, log, "fetch", nil)
				return err
			})(ctx, c))
		},
	}
}

// seeded reports whether the environment holds a sign-in that a vault may be made for:
// without any it would stay empty.
func seeded(ctx context.Context, c *cli.Command) (bool, error) {
	ready, _, err := served(ctx, c, nil)
	return len(ready) > 0, err
}

// signInFirst turns the error of a vault that was not made for want of a sign-in into
// what has to be done.
func signInFirst(ctx context.Context, c *cli.Command, err error) error {
	if !errors.Is(err, store.ErrNoVault) {
		return err
	}
	_, unready, err := served(ctx, c, nil)
	return errors.Join(append(unready, err)...)
}

// fetchOnce brings a vault up to date from each of its sources in turn, in one row of the
// audit log, and prints what it did. What ends one source keeps no other from its turn:
// ends tells how each of them ended, and err joins them. adjust changes a runner before it
// runs; it may be nil.
func (a *app) fetchOnce(ctx context.Context, c *cli.Command, st *store.Store, log *slog.Logger, command string, adjust func(*fetch.Runner)) (ends []error, err error) {
	ready, ends, err := served(ctx, c, st)
	if err != nil {
		return nil, err
	}
	if len(ready) == 0 {
		return ends, errors.Join(ends...)
	}
	release, err := st.LockFetch(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	err = a.audited(ctx, st, command, func(run int64) (sum store.Tally, err error) {
		for _, e := range ready {
			tally, err := a.fetchFrom(ctx, c, st, e, log, run, adjust)
			ends = append(ends, err)
			sum.Requests, sum.Pages, sum.Bytes = sum.Requests+tally.Requests, sum.Pages+tally.Pages, sum.Bytes+tally.Bytes
			if ctx.Err() != nil {
				break
			}
		}
		return sum, errors.Join(ends...)
	})
	return ends, err
}

// served returns the sources that the vault or the environment has a sign-in for. Of the
// others only those are errors that --source names, or, when there is no sign-in at all,
// those that the environment has an app for, else the one that everybody can sign in to.
// Without a vault (nil) there is the environment's.
func served(ctx context.Context, c *cli.Command, st *store.Store) (ready []environment, unready []error, err error) {
	all, err := environments(c)
	if err != nil {
		return nil, nil, err
	}
	named := len(words(c, "source")) > 0
	for _, e := range all {
		has, err := hasToken(ctx, st, e.source)
		if err != nil {
			return nil, nil, err
		}
		if !has && !e.signsIn() && !named {
			continue
		}
		if err := e.ready(has); err != nil {
			unready = append(unready, err)
			continue
		}
		ready = append(ready, e)
	}
	if len(ready)+len(unready) > 0 {
		return ready, unready, nil
	}
	for _, e := range all {
		if e.id != "" {
			unready = append(unready, notSignedIn(e.source))
		}
	}
	if len(unready) == 0 {
		unready = append(unready, notSignedIn(catalog.Google))
	}
	return ready, unready, nil
}

// fetchFrom brings a vault up to date from one source.
func (a *app) fetchFrom(ctx context.Context, c *cli.Command, st *store.Store, e environment, log *slog.Logger, run int64, adjust func(*fetch.Runner)) (store.Tally, error) {
	r, err := a.runner(c, st, e, log, run)
	if err != nil {
		return store.Tally{}, err
	}
	if adjust != nil {
		adjust(r)
	}
	if err := warnOfEnd(ctx, st, e.source, log); err != nil {
		return store.Tally{}, err
	}
	bring := a.bring
	if c.Bool("dry-run") {
		bring = a.forecast
	}
	tally, err := bring(ctx, c, r)
	return tally, seedRefused(ctx, st, e, err)
}

// warnOfEnd warns of a sign-in that will soon be dead however it is used.
func warnOfEnd(ctx context.Context, st *store.Store, s catalog.Source, log *slog.Logger) error {
	t, ok, err := st.Token(ctx, string(s))
	if errors.Is(err, store.ErrSealed) {
		return nil // the fetch itself says so
	}
	if ok && !t.Dead && fetch.EndsSoon(t, time.Now()) {
		log.Warn("the sign-in ends soon: "+publish, "source", s, "ends", t.RefreshExpires.Local().Format(clock))
	}
	return err
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
	if perr := a.printFetched(c, string(r.Provider.Source()), res, err); perr != nil {
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

// printFetched prints the summary of a fetch; stopped is what ended it early, if anything.
func (a *app) printFetched(c *cli.Command, source string, res fetch.Result, stopped error) error {
	if c.Bool("json") {
		var failed any // null
		if stopped != nil {
			failed = message(stopped)
		}
		return a.printJSON(map[string]any{"source": source, "requests": res.Requests, "pages": res.Pages, "bytes": res.Bytes,
			"planned": res.Planned, "staged": res.Windows, "failures": failures(res.Failures), "error": failed})
	}
	if !c.Bool("quiet") {
		fmt.Fprintf(a.err, "fetched from %s: %s, %s staged, %s\n", source, count(res.Requests, "call"), count(res.Pages, "answer"), bytesText(res.Bytes))
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v3"

	"fitvault/export/schema"
	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

// reserve is the part of an hour's budget that a daemon's backfill leaves to what keeps
// recent days fresh.
const reserve = 30

func listenFlag() cli.Flag {
	return &cli.StringFlag{Name: "listen", Usage: "where the daemon answers /healthz", Value: "127.0.0.1:8080", Sources: env("listen")}
}

func (a *app) run() *cli.Command {
	return &cli.Command{
		Name:  "run",
		Usage: "fetch and export, again and again",
		Description: "Each round fetches what is new, exports it, and sleeps. While a backfill is limited by the budget of\n" +
			"calls, a round ends with the budget and the next begins when there is a new one.",
		Flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Name: "once", Usage: "one round, waiting for the budget where needed, then stop", Sources: env("once")},
			&cli.DurationFlag{Name: "interval", Usage: "sleep between rounds", Value: 4 * time.Hour, Sources: env("interval")},
			&cli.DurationFlag{Name: "keep-superseded", Usage: "drop bodies that a newer answer replaced once they are this old; their hashes stay",
				Value: 30 * 24 * time.Hour, Sources: env("keep-superseded")},
			listenFlag(), sourceFlag(), preferFlag(), typeFlag(), eagerFlag()}, rangeFlags(), []cli.Flag{zoneFlag(), googleRateFlag(), clientFileFlag(),
			&cli.BoolFlag{Name: "no-wait", Usage: "with --once: exit with code 5 rather than wait for the budget of calls", Sources: env("no-wait")},
		}, endpointFlags(), schemaFlags(), influxFlags()),
		Action: func(ctx context.Context, c *cli.Command) (err error) {
			log, err := a.logger(c)
			if err != nil {
				return err
			}
			warnIgnored(log)
			create, err := seeded(ctx, c)
			if err != nil {
				return err
			}
			paths, err := vaultPaths(c)
			if err != nil {
				return err
			}
			d := &daemon{app: a, c: c, log: log}
			for _, path := range paths {
				st, err := a.openVault(ctx, c, path, create)
				if err != nil {
					return signInFirst(ctx, c, err)
				}
				defer st.Close()
				d.vaults = append(d.vaults, st)
			}
			if err := d.distinct(); err != nil {
				return err
			}
			if c.Bool("once") {
				return d.round(ctx)
			}
			return d.loop(ctx)
		},
	}
}

// daemon is the state of run.
type daemon struct {
	*app
	c      *cli.Command
	log    *slog.Logger
	vaults []*store.Store
	faults atomic.Int64 // rounds in a row in which a fetch or an export failed as a whole
	stuck  bool         // every source of every vault waits for what only a person can mend
}

// distinct is an error when two vaults carry one label, or the schema none: in a database their
// points would be one person's, and overwrite each other.
func (d *daemon) distinct() error {
	if s, ok := schema.Lookup(d.c.String("schema")); ok && !s.Account && len(d.vaults) > 1 {
		return &usageError{fmt.Sprintf("the schema %s has no tag that tells people apart, so that each vault needs a database and a run of its own", s.Name)}
	}
	seen := map[string]string{}
	for _, st := range d.vaults {
		if other, ok := seen[st.Account()]; ok {
			return &usageError{fmt.Sprintf("the vaults %s and %s are both labelled %q: give each its own --account when it is made",
				other, st.Path(), st.Account())}
		}
		seen[st.Account()] = st.Path()
	}
	return nil
}

// loop runs rounds until it is told to stop. What a round could not do is tried again in
// the next; only what a person must mend ends it.
func (d *daemon) loop(ctx context.Context) error {
	stop, err := d.serve(ctx)
	if err != nil {
		return err
	}
	defer stop()
	for {
		err := d.round(ctx)
		next := time.Now().Add(d.c.Duration("interval"))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case d.stuck:
			return err
		case ended(ctx, err, exitFailed):
			d.faults.Add(1)
		default:
			d.faults.Store(0)
		}
		if err != nil {
			d.log.Warn("the round is incomplete", "err", err)
		}
		for _, one := range parts(err) {
			var quota *fetch.QuotaError
			if errors.As(one, &quota) && quota.Until.Before(next) {
				next = quota.Until
			}
		}
		d.log.Info("sleeping", "until", next.Format(time.DateTime))
		if err := wait(ctx, time.Until(next)); err != nil {
			return err
		}
	}
}

// ended reports whether one of the errors joined to err means this exit code.
func ended(ctx context.Context, err error, code int) bool {
	return err != nil && slices.ContainsFunc(parts(err), func(one error) bool { return codeOf(ctx, one) == code })
}

// round fetches and exports every vault. A fetch that fails does not keep what is staged
// from being exported, nor one vault another.
func (d *daemon) round(ctx context.Context) error {
	var all []error
	stuck := 0
	for _, st := range d.vaults {
		log := d.log
		if len(d.vaults) > 1 {
			log = log.With("vault", st.Path())
		}
		ends, err := d.fetchRound(ctx, st, log)
		all = append(all, d.of(st, err))
		if ctx.Err() != nil {
			break
		}
		if len(ends) > 0 && !slices.ContainsFunc(ends, func(end error) bool { return !waits(ctx, end) }) {
			stuck++
		}
		all = append(all, d.of(st, d.exportInflux(ctx, d.c, st, log, "run")), d.of(st, d.tidy(ctx, st)))
	}
	d.stuck = stuck == len(d.vaults)
	return errors.Join(all...)
}

// waits reports whether what ended the fetch from a source waits for a person. A fault of
// the account does too, but is mended at the source, so that it is tried again.
func waits(ctx context.Context, end error) bool {
	var account *fetch.AccountError
	code := exitCode(ctx, end)
	return !errors.As(end, &account) && (code == exitUsage || code == exitSignIn || code == exitRetired)
}

// of names the vault in each part of an error, where there are several.
func (d *daemon) of(st *store.Store, err error) error {
	if err == nil || len(d.vaults) == 1 {
		return err
	}
	var all []error
	for _, one := range parts(err) {
		all = append(all, fmt.Errorf("%s: %w", st.Path(), one))
	}
	return errors.Join(all...)
}

// tidy drops what newer answers replaced long ago.
func (d *daemon) tidy(ctx context.Context, st *store.Store) error {
	n, err := st.DropSuperseded(ctx, time.Now().Add(-d.c.Duration("keep-superseded")), snapshots())
	if n > 0 {
		d.log.Info("dropped superseded bodies", "bodies", n)
	}
	return err
}

// snapshots names the types whose answers are readings of their own and never replaced.
func snapshots() []string {
	var out []string
	for _, s := range catalog.APIs() {
		for _, t := range catalog.Asked(s) {
			if t.Origin(s).Ask.Snapshot() {
				out = append(out, t.Name)
			}
		}
	}
	return out
}

// fetchRound is a fetch that, in a daemon, ends with the budget instead of waiting.
func (d *daemon) fetchRound(ctx context.Context, st *store.Store, log *slog.Logger) (ends []error, err error) {
	if d.c.Bool("once") {
		return d.fetchOnce(ctx, d.c, st, log, "run", nil)
	}
	return d.fetchOnce(ctx, d.c, st, log, "run", func(r *fetch.Runner) { r.EndWithBudget, r.Reserve = true, reserve })
}

// serve answers /healthz until stop is called, which waits for the server's goroutine.
func (d *daemon) serve(ctx context.Context) (stop func(), err error) {
	address := d.c.String("listen")
	if address == "" {
		return func() {}, nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w (choose another with --listen, or none with --listen '')", address, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", d.health)
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: readHeaderTimeout}
	done := make(chan struct{})
	go func() { defer close(done); srv.Serve(l) }()
	return func() { srv.Close(); <-done }, nil
}

// sick is how many rounds in a row may fail before the daemon calls itself unhealthy.
const sick = 3

func (d *daemon) health(w http.ResponseWriter, _ *http.Request) {
	if n := d.faults.Load(); n >= sick {
		http.Error(w, fmt.Sprintf("%d rounds in a row failed", n), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// wait sleeps, or returns early with the context's error.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

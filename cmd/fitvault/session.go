package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/urfave/cli/v3"

	"fitvault/fetch"
	"fitvault/store"
)

// onVault is the action of a command that works on one vault: it opens it, making it when
// create says so, and closes it.
func (a *app) onVault(create bool, do func(context.Context, *cli.Command, *store.Store) error) cli.ActionFunc {
	return func(ctx context.Context, c *cli.Command) (err error) {
		path, err := vaultPath(c)
		if err != nil {
			return err
		}
		st, err := a.openVault(ctx, c, path, create)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, st.Close()) }()
		return do(ctx, c, st)
	}
}

func (a *app) openVault(ctx context.Context, c *cli.Command, path string, create bool) (*store.Store, error) {
	key, err := vaultKey.value()
	if err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, path, store.Options{Create: create, Account: c.String("account"), Key: []byte(key)})
	if err == nil && c.IsSet("account") && st.Account() != c.String("account") && !c.Bool("quiet") {
		fmt.Fprintf(a.err, "the vault %s is labelled %q since it was made; --account %q has no effect\n", path, st.Account(), c.String("account"))
	}
	return st, err
}

// runner wires one fetch from one source.
func (a *app) runner(c *cli.Command, st *store.Store, e environment, log *slog.Logger, run int64) (r *fetch.Runner, err error) {
	p := newProvider(c, e)
	r = &fetch.Runner{Store: st, Provider: p, Log: log, Run: run, NoWait: c.Bool("no-wait"), Eager: c.Bool("eager"),
		Tokens: &fetch.Tokens{Store: st, Provider: p, Seed: e.seed, Log: log}}
	if r.Types, err = types(c); err != nil {
		return nil, err
	}
	if r.Since, r.Until, err = days(c); err != nil {
		return nil, err
	}
	r.Zone, err = zone(c)
	return r, err
}

// audited runs fn as one row of the vault's audit log. fn reports what it did.
func (a *app) audited(ctx context.Context, st *store.Store, command string, fn func(run int64) (store.Tally, error)) error {
	run, err := st.BeginRun(ctx, command, buildVersion())
	if err != nil {
		return err
	}
	a.kept = true
	tally, err := fn(run)
	outcome := "done"
	if err != nil {
		outcome = fetch.Redact(err.Error())
	}
	return errors.Join(err, st.EndRun(ctx, run, outcome, tally))
}

// progressStream returns where progress is shown: stderr, or nowhere when quiet.
func (a *app) progressStream(c *cli.Command) *os.File {
	f, ok := a.err.(*os.File)
	if !ok || c.Bool("quiet") {
		return nil
	}
	return f
}

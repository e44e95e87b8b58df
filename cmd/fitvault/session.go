package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"

	"github.com/urfave/cli/v3"

	"fitvault/fetch"
	"fitvault/fetch/fitbit"
	"fitvault/store"
	"fitvault/store/catalog"
)

// endpointFlags say where the sources are, for emulators and proxies.
func endpointFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "fitbit-api-url", Usage: "legacy Web API; its token endpoint is /oauth2/token below it",
			Value: "https://api.fitbit.com", Sources: env("fitbit-api-url", "FITBIT_API_URL")},
		&cli.StringFlag{Name: "fitbit-auth-url", Usage: "consent page of the legacy Web API; /oauth2/authorize below it",
			Value: "https://www.fitbit.com", Sources: env("fitbit-auth-url", "FITBIT_AUTH_URL")},
		&cli.StringFlag{Name: "callback-url", Usage: "redirect of the sign-in, as registered for the app",
			Value: "http://localhost:8080/", Sources: env("callback-url", "CALLBACK_URL")},
	}
}

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

// provider builds the legacy Web API's provider from flags and environment.
func provider(c *cli.Command, e environment) (*fitbit.Provider, error) {
	for _, flag := range []string{"fitbit-api-url", "fitbit-auth-url", "callback-url"} {
		if u, err := url.Parse(c.String(flag)); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, &usageError{fmt.Sprintf("--%s: %q is not an address such as http://localhost:8080/", flag, c.String(flag))}
		}
	}
	return fitbit.New(fitbit.Options{
		APIURL: c.String("fitbit-api-url"), AuthURL: c.String("fitbit-auth-url"), RedirectURL: c.String("callback-url"),
		ClientID: e.id, ClientSecret: e.secret, UserAgent: "fitvault/" + buildVersion(),
	}), nil
}

// signedIn is an error when neither the vault nor the environment has a sign-in.
func signedIn(ctx context.Context, st *store.Store, e environment) error {
	_, ok, err := st.Token(ctx, string(catalog.Fitbit))
	if err != nil && !errors.Is(err, store.ErrSealed) {
		return err
	}
	if !ok && err == nil && !e.signsIn() {
		return &fetch.SignInError{Source: string(catalog.Fitbit), Reason: "not signed in"}
	}
	return nil
}

// runner wires one fetch from one source.
func (a *app) runner(c *cli.Command, st *store.Store, e environment, log *slog.Logger, run int64) (*fetch.Runner, error) {
	p, err := provider(c, e)
	if err != nil {
		return nil, err
	}
	r := &fetch.Runner{Store: st, Provider: p, Log: log, Run: run, NoWait: c.Bool("no-wait"),
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

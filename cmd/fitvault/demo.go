package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/fetch/fitbit"
	"fitvault/fetch/google"
	"fitvault/store"
	"fitvault/store/catalog"
)

const readHeaderTimeout = 10 * time.Second

func (a *app) demo() *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "see the whole path on an emulated person: no account, nothing to install",
		Description: "Starts the emulator in this process, fills a temporary vault (or --vault) from it, and exports that to a\n" +
			"line-protocol file beside it, or to InfluxDB when --influx-url is given.",
		Flags: slices.Concat(personFlags(), []cli.Flag{
			&cli.StringFlag{Name: "source", Usage: "the source that is emulated: " + strings.Join(sourceNames(catalog.APIs()), ", "), Value: string(catalog.Fitbit)},
			&cli.StringFlag{Name: "influx-url", Usage: "InfluxDB instead of a line-protocol file; the environment's is a real person's and not taken"},
		}, schemaFlags(), databaseFlags()),
		Action: func(ctx context.Context, c *cli.Command) (err error) {
			o, err := person(c)
			if err != nil {
				return err
			}
			path, err := demoVault(c)
			if err != nil {
				return err
			}
			st, err := a.openVault(ctx, c, path, true)
			if err != nil {
				return err
			}
			defer func() {
				err = errors.Join(err, st.Close())
				if err != nil && !given(c, "vault") { // nobody would find it again
					a.kept = false
					err = errors.Join(err, os.RemoveAll(filepath.Dir(path)))
				}
			}()
			if err := a.demoFetch(ctx, c, st, o); err != nil {
				return err
			}
			return a.demoExport(ctx, c, st)
		},
	}
}

// demoVault returns the vault that the flag names, or one in a new temporary folder that
// stays. The environment's vault is a real person's.
func demoVault(c *cli.Command) (string, error) {
	if given(c, "vault") {
		return vaultPath(c)
	}
	dir, err := os.MkdirTemp("", "fitvault-demo-")
	return filepath.Join(dir, "demo.db"), err
}

// demoFetch fills a vault from an emulator in this process, whose budget of calls is
// large enough never to wait.
func (a *app) demoFetch(ctx context.Context, c *cli.Command, st *store.Store, o emulator.Options) error {
	log, err := a.logger(c)
	if err != nil {
		return err
	}
	o.Limit, o.GoogleLimit = unlimited, unlimited
	o.GoogleBeatSeconds = 60 // a person of few beats, for the whole of it to take a moment
	srv, err := emulator.New(o)
	if err != nil {
		return &usageError{err.Error()}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start the emulator: %w", err)
	}
	h := &http.Server{Handler: srv, ReadHeaderTimeout: readHeaderTimeout}
	done := make(chan struct{})
	go func() { defer close(done); h.Serve(l) }()
	defer func() { h.Close(); <-done }()

	url := "http://" + l.Addr().String()
	if !c.Bool("quiet") {
		fmt.Fprintf(a.err, "an emulated person, %d days, is served at %s\n", o.Days, url)
	}
	release, err := st.LockFetch(ctx)
	if err != nil {
		return err
	}
	defer release()
	p, seed, person := demoSource(catalog.Source(c.String("source")), srv, url)
	source := string(p.Source())
	types, err := catalog.Select(nil)
	if err != nil {
		return err
	}
	return a.audited(ctx, st, "demo", func(run int64) (store.Tally, error) {
		if err := st.Claim(ctx, source, person); err != nil { // no real person's
			return store.Tally{}, err
		}
		if _, err := st.DeleteToken(ctx, source); err != nil { // of an emulator that is gone
			return store.Tally{}, err
		}
		return a.bring(ctx, c, &fetch.Runner{Store: st, Provider: p, Log: log, Run: run, Types: types,
			Tokens: &fetch.Tokens{Store: st, Provider: p, Seed: seed, Log: log}})
	})
}

// unlimited is a budget of calls, by the minute or the hour, that a demo never uses up.
const unlimited = 1_000_000

// demoSource returns a source as the emulator at url serves it, with a sign-in and the id
// by which the source knows the person.
func demoSource(s catalog.Source, srv *emulator.Server, url string) (p fetch.Provider, seed store.Token, person string) {
	agent := "fitvault/" + buildVersion()
	if s == catalog.Google {
		id, secret := srv.GoogleClient()
		return google.New(google.Options{APIURL: url, TokenURL: url + "/token", ClientID: id, ClientSecret: secret,
			UserAgent: agent, Rate: unlimited}), store.Token{Refresh: srv.GoogleSeedToken()}, srv.GoogleUserID()
	}
	id, secret := srv.Client()
	_, refresh, _ := srv.SeedTokens()
	return fitbit.New(fitbit.Options{APIURL: url, AuthURL: url, ClientID: id, ClientSecret: secret, UserAgent: agent}),
		store.Token{Refresh: refresh}, srv.Person().ID()
}

// demoExport replays the vault and says what to try next.
func (a *app) demoExport(ctx context.Context, c *cli.Command, st *store.Store) error {
	log, err := a.logger(c)
	if err != nil {
		return err
	}
	file, to, database := "", "http://localhost:8086", "demo"
	if c.IsSet("influx-url") {
		to, database = withoutUser(c.String("influx-url")), c.String("influx-database")
		err = a.exportInflux(ctx, c, st, log, "demo")
	} else {
		file = filepath.Join(filepath.Dir(st.Path()), "demo.lp")
		err = a.exportTo(ctx, c, st, log, file)
	}
	if err != nil || c.Bool("quiet") || c.Bool("json") {
		return err
	}
	fmt.Fprintf(a.err, "\nThe vault is %s.\n", st.Path())
	if file != "" {
		fmt.Fprintf(a.err, "Its line protocol is %s.\n", file)
	}
	fmt.Fprintf(a.err, `
Try next:
  %[1]s status --vault %[2]s
  %[1]s raw list --vault %[2]s --type sleep
  %[1]s verify --vault %[2]s
  %[1]s export --vault %[2]s --influx-url %[3]s --influx-database %[4]s
  %[1]s login                       (your own data, from Google)
  %[1]s login --source fitbit       (the same, from the legacy Web API)
`, self(), st.Path(), to, database)
	return nil
}

// self returns how this program was called, as something to type.
func self() string {
	if path, err := os.Executable(); err == nil && strings.Contains(path, "go-build") {
		return "go run ./cmd/fitvault"
	}
	return "fitvault"
}

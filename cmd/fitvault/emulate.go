package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

func personFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "days", Usage: "length of the person's history, ending today; at most 3653", Value: 90, Sources: env("days")},
		&cli.Uint64Flag{Name: "seed", Usage: "which person", Value: 1, Sources: env("seed")},
		&cli.StringFlag{Name: "person-zone", Usage: "IANA zone the person lives in", Value: "Europe/Berlin", Sources: env("person-zone")},
	}
}

func (a *app) emulate() *cli.Command {
	return &cli.Command{
		Name:  "emulate",
		Usage: "serve an emulated person's data as the sources would, for development",
		Description: "The apps it knows are CLIENT_ID and CLIENT_SECRET, and GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET, of type\n" +
			"Desktop app; REFRESH_TOKEN is good once, GOOGLE_REFRESH_TOKEN always. Where the environment does not set them they\n" +
			"are fixed ones, printed at the start.\n\n" +
			"With --takeout it serves nothing: it writes the archive that the person would get by ordering a Takeout now, and ends.\n" +
			"What the watch has not synced by now is not in it, whatever stamp the file's name bears. A file that is there already\n" +
			"is replaced once the new one is complete.",
		Flags: slices.Concat(personFlags(), takeoutFlags(), []cli.Flag{
			&cli.StringFlag{Name: "listen", Usage: "where to serve", Value: "127.0.0.1:8089", Sources: env("emulate-listen")},
			&cli.IntFlag{Name: "limit", Usage: "calls an hour to the legacy Web API", Value: 150, Sources: env("emulate-limit")},
			&cli.StringFlag{Name: "callback-url", Usage: "redirect that the app has registered", Value: "http://localhost:8080/",
				Sources: env("callback-url", "CALLBACK_URL")},
		}),
		Action: func(ctx context.Context, c *cli.Command) error {
			o, err := person(c)
			if err != nil {
				return err
			}
			if err := setApps(c, &o); err != nil {
				return err
			}
			o.Limit, o.RedirectURIs = c.Int("limit"), []string{c.String("callback-url")}
			srv, err := emulator.New(o)
			if err != nil {
				return &usageError{err.Error()}
			}
			if path := c.String("takeout"); path != "" {
				return a.writeTakeout(ctx, path, c.String("takeout-layout"), srv)
			}
			return a.serveEmulator(ctx, c.String("listen"), srv, o)
		},
	}
}

// The fixed credentials of the emulator. They open nothing else.
const (
	devSecret  = "emulator-secret-0123456789abcdef"
	devRefresh = "e000000000000000000000000000000000000000000000000000000000000001"

	devGoogleID      = "100000000001-emulator.apps.googleusercontent.com"
	devGoogleSecret  = "GOCSPX-emulator-secret-0123456"
	devGoogleRefresh = "1//0e-emulator-refresh-0123456789abcdef"
)

// setApps tells the emulator of the apps and the sign-ins that the environment holds, or
// else of the fixed ones.
func setApps(c *cli.Command, o *emulator.Options) error {
	f, err := readEnvironment(c, catalog.Fitbit)
	if err != nil {
		return err
	}
	g, err := readEnvironment(c, catalog.Google)
	if err != nil {
		return err
	}
	o.ClientID, o.ClientSecret, o.RefreshToken = orElse(f.id, "23EMUL"), orElse(f.secret, devSecret), orElse(f.seed.Refresh, devRefresh)
	o.GoogleClientID, o.GoogleClientSecret = orElse(g.id, devGoogleID), orElse(g.secret, devGoogleSecret)
	o.GoogleRefreshToken = orElse(g.seed.Refresh, devGoogleRefresh)
	return nil
}

func person(c *cli.Command) (emulator.Options, error) {
	o := emulator.Options{Seed: c.Uint64("seed"), Days: c.Int("days"), Zone: c.String("person-zone")}
	if o.Days < 1 || o.Days > 3653 {
		return o, &usageError{fmt.Sprintf("--days: %d is not between 1 and 3653", o.Days)}
	}
	if _, err := time.LoadLocation(o.Zone); err != nil || o.Zone == "Local" {
		return o, &usageError{fmt.Sprintf("--person-zone: %q is no IANA zone, as Europe/Berlin is", o.Zone)}
	}
	return o, nil
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// serveEmulator serves until the context ends, and prints the settings that fetch needs,
// as lines that a shell can read.
func (a *app) serveEmulator(ctx context.Context, address string, srv *emulator.Server, o emulator.Options) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w (choose another with --listen)", address, err)
	}
	url := "http://" + l.Addr().String()
	fmt.Fprintf(a.out, "export FITBIT_API_URL=%s FITBIT_AUTH_URL=%s\nexport CLIENT_ID=%s CLIENT_SECRET=%s REFRESH_TOKEN=%s CALLBACK_URL=%s\n",
		url, url, o.ClientID, o.ClientSecret, o.RefreshToken, o.RedirectURIs[0])
	fmt.Fprintf(a.out, "export GOOGLE_HEALTH_API_URL=%s GOOGLE_AUTH_URL=%s/o/oauth2/v2/auth GOOGLE_TOKEN_URL=%s/token\n"+
		"export GOOGLE_CLIENT_ID=%s GOOGLE_CLIENT_SECRET=%s GOOGLE_REFRESH_TOKEN=%s\n",
		url, url, url, o.GoogleClientID, o.GoogleClientSecret, o.GoogleRefreshToken)
	h := &http.Server{Handler: srv, ReadHeaderTimeout: readHeaderTimeout}
	defer context.AfterFunc(ctx, func() { h.Close() })()
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return ctx.Err()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"fitvault/fetch"
	"fitvault/fetch/fitbit"
	"fitvault/store"
	"fitvault/store/catalog"
)

func oneSourceFlag() cli.Flag {
	return &cli.StringFlag{Name: "source", Usage: "the source: " + strings.Join(sourceNames(), ", "), Value: string(catalog.Fitbit), Sources: env("source")}
}

func (a *app) login() *cli.Command {
	return &cli.Command{
		Name:  "login",
		Usage: "sign in to a source",
		Description: "Opens the consent page in a browser and waits for its answer on the callback address. With --no-browser\n" +
			"it prints the address of the page and reads the one that you are sent to from stdin, on any machine.\n" +
			"The app's CLIENT_ID and CLIENT_SECRET come from the environment.",
		Flags: slices.Concat([]cli.Flag{oneSourceFlag(),
			&cli.BoolFlag{Name: "no-browser", Usage: "print the address, and read the redirect from stdin", Sources: env("no-browser")},
		}, endpointFlags()),
		Action: func(ctx context.Context, c *cli.Command) error {
			p, e, err := consenting(c)
			if err != nil {
				return err
			}
			if e.id == "" {
				return &fetch.SignInError{Source: string(p.Source()), Reason: "CLIENT_ID is not set: it is the id of your own registered app"}
			}
			// A vault that cannot be used is found out before the person is asked, and one is
			// made only when they consented.
			unused := a.onVault(false, func(context.Context, *cli.Command, *store.Store) error { return nil })
			if err := unused(ctx, c); err != nil && !errors.Is(err, store.ErrNoVault) {
				return err
			}
			t, user, err := a.signIn(ctx, c, p)
			if err != nil {
				return err
			}
			return a.onVault(true, func(ctx context.Context, _ *cli.Command, st *store.Store) error {
				return a.keep(ctx, st, p.Source(), t, user)
			})(ctx, c)
		},
	}
}

// consenting builds the provider that --source names.
func consenting(c *cli.Command) (*fitbit.Provider, environment, error) {
	e, err := readEnvironment()
	if err != nil {
		return nil, e, err
	}
	p, err := provider(c, e)
	return p, e, err
}

// signIn asks the person for consent and trades it for a sign-in.
func (a *app) signIn(ctx context.Context, c *cli.Command, p *fitbit.Provider) (t store.Token, user string, err error) {
	source := string(p.Source())
	consent := fetch.NewConsent(source, c.String("callback-url"), p.AuthCodeURL)
	code, err := a.consent(ctx, c, consent)
	if err != nil {
		return t, "", err
	}
	t, user, err = p.Exchange(ctx, code, consent.Verifier())
	var api *fetch.APIError
	if errors.As(err, &api) && (api.Refused() || api.Unauthorized()) {
		err = &fetch.SignInError{Source: source, Reason: "the code was not accepted", Err: err}
	}
	return t, user, err
}

// keep saves a sign-in in the vault, for the person that it belongs to.
func (a *app) keep(ctx context.Context, st *store.Store, s catalog.Source, t store.Token, user string) error {
	source := string(s)
	if user != "" {
		if err := st.Claim(ctx, source, user); err != nil {
			return err
		}
	}
	if err := st.SaveLogin(ctx, source, t); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "signed in to %s; the vault is %s\ngranted: %s\n", source, st.Path(), t.Scopes)
	if missing := missingScopes(s, t.Scopes); len(missing) > 0 && t.Scopes != "" {
		fmt.Fprintf(a.err, "not granted, so their types stay empty: %s\n", strings.Join(missing, " "))
	}
	return nil
}

func (a *app) consent(ctx context.Context, c *cli.Command, consent *fetch.Consent) (string, error) {
	if c.Bool("no-browser") {
		fmt.Fprintf(a.err, "Open this address in any browser, consent, and paste the address that you are sent to\n(the page there may well fail to load):\n\n%s\n\n> ", consent.URL())
		return consent.Pasted(ctx, a.in)
	}
	return consent.Wait(ctx, func() error {
		fmt.Fprintf(a.err, "Waiting for your consent in the browser. If none opens, open:\n\n%s\n\n", consent.URL())
		if err := openBrowser(ctx, consent.URL()); err != nil {
			fmt.Fprintf(a.err, "(no browser could be opened: %v; on another machine use --no-browser)\n", err)
		}
		return nil
	})
}

// openBrowser shows an address in the person's browser: $BROWSER, or what the system has.
func openBrowser(ctx context.Context, address string) error {
	words := strings.Fields(os.Getenv("BROWSER"))
	switch {
	case len(words) > 0:
	case runtime.GOOS == "darwin":
		words = []string{"open"}
	case runtime.GOOS == "windows":
		words = []string{"rundll32", "url.dll,FileProtocolHandler"}
	default:
		words = []string{"xdg-open"}
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), words[0], append(words[1:], address)...)
	if err := cmd.Start(); err != nil {
		return err
	}
	go cmd.Wait() // the browser may outlive us; its exit is of no interest
	return nil
}

// missingScopes returns what the catalogue needs of a source and the person did not grant.
func missingScopes(s catalog.Source, granted string) []string {
	var out []string
	for _, t := range catalog.Asked(s) {
		scope := t.Origin(s).Ask.Scope
		if !slices.Contains(strings.Fields(granted), scope) && !slices.Contains(out, scope) {
			out = append(out, scope)
		}
	}
	return out
}

func (a *app) logout() *cli.Command {
	return &cli.Command{
		Name:        "logout",
		Usage:       "end the sign-in to a source; what is staged stays",
		Description: "Revokes the tokens at the source, where it can be reached, and forgets them.",
		Flags:       slices.Concat([]cli.Flag{oneSourceFlag()}, endpointFlags()),
		Action: func(ctx context.Context, c *cli.Command) error {
			p, _, err := consenting(c)
			if err != nil {
				return err
			}
			return a.onVault(false, func(ctx context.Context, _ *cli.Command, st *store.Store) error {
				return a.signOut(ctx, st, p)
			})(ctx, c)
		},
	}
}

// signOut revokes the tokens and forgets them, the latter in any case.
func (a *app) signOut(ctx context.Context, st *store.Store, p *fitbit.Provider) error {
	source := string(p.Source())
	t, ok, err := st.Token(ctx, source)
	if err == nil && ok && !t.Dead {
		err = p.Revoke(ctx, orElse(t.Refresh, t.Access))
	}
	if err != nil {
		fmt.Fprintf(a.err, "the source could not be told (%v); the tokens are forgotten here only\n", err)
	}
	had, err := st.DeleteToken(ctx, source)
	if err != nil {
		return err
	}
	if !had {
		fmt.Fprintf(a.err, "there was no sign-in to %s\n", source)
		return nil
	}
	fmt.Fprintf(a.err, "signed out of %s\n", source)
	return nil
}

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
	"fitvault/store"
	"fitvault/store/catalog"
)

func oneSourceFlag(usage string, s catalog.Source, text string) cli.Flag {
	return &cli.StringFlag{Name: "source", Usage: usage + ": " + strings.Join(sourceNames(catalog.APIs()), ", "), Value: string(s), DefaultText: text, Sources: env("source")}
}

func (a *app) login() *cli.Command {
	return &cli.Command{
		Name:  "login",
		Usage: "sign in to a source",
		Description: "Opens the consent page in a browser and waits for its answer on the callback address. With --no-browser\n" +
			"it prints the address of the page and reads the one that you are sent to from stdin, on any machine.\n" +
			"Google's app is your own OAuth client: --client-file, or GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET. That of the\n" +
			"legacy Web API is CLIENT_ID and CLIENT_SECRET.",
		Flags: slices.Concat([]cli.Flag{oneSourceFlag("the source to sign in to", catalog.Google, ""),
			&cli.BoolFlag{Name: "no-browser", Usage: "print the address, and read the redirect from stdin", Sources: env("no-browser")},
			clientFileFlag(),
		}, endpointFlags()),
		Action: func(ctx context.Context, c *cli.Command) error {
			e, err := consenting(c)
			if err != nil {
				return err
			}
			// A vault that cannot be used is found out before the person is asked, and one is
			// made only when they consented.
			unused := a.onVault(false, func(context.Context, *cli.Command, *store.Store) error { return nil })
			if err := unused(ctx, c); err != nil && !errors.Is(err, store.ErrNoVault) {
				return err
			}
			t, user, err := a.signIn(ctx, c, e)
			if codeOf(ctx, err) == exitSignIn {
				return &remedyError{err, "nothing is saved: run the same command again, for a new consent page, and allow there what it asks for"}
			}
			if err != nil {
				return err
			}
			return a.onVault(true, func(ctx context.Context, _ *cli.Command, st *store.Store) error {
				return a.keep(ctx, st, e.source, t, user)
			})(ctx, c)
		},
	}
}

// consenting returns the environment of the source that --source names, which has an app
// and a redirect to sign in with.
func consenting(c *cli.Command) (environment, error) {
	e, err := readEnvironment(c, catalog.Source(c.String("source")))
	if err == nil {
		err = e.registered()
	}
	if err == nil {
		err = e.callback(c)
	}
	return e, err
}

// signIn asks the person for consent and trades it for a sign-in.
func (a *app) signIn(ctx context.Context, c *cli.Command, e environment) (t store.Token, user string, err error) {
	p, source := newProvider(c, e), string(e.source)
	consent := fetch.NewConsent(source, e.redirect, p.AuthCodeURL)
	code, err := a.consent(ctx, c, consent)
	if err != nil {
		return t, "", err
	}
	t, user, err = p.Exchange(ctx, code, consent.Verifier())
	var account *fetch.AccountError
	var api *fetch.APIError
	switch {
	case errors.As(err, &account) && !account.SignIn:
		err = errors.New(account.Error()) // nothing is saved, so that it is no part that failed
	case errors.As(err, &account):
	case errors.As(err, &api) && (api.Refused() || api.Unauthorized()):
		reason := "the code was not accepted"
		if clientRefused(err) {
			reason = "the id or the secret of the app was refused"
		} else if foreign(err) {
			reason = "there is no token endpoint"
		}
		err = &fetch.SignInError{Source: source, Reason: reason, Err: err}
	}
	return t, user, err
}

// keep saves a sign-in in the vault, for the person that it belongs to, and tells what it
// is good for.
func (a *app) keep(ctx context.Context, st *store.Store, s catalog.Source, t store.Token, user string) error {
	source := string(s)
	if user != "" {
		if err := st.Claim(ctx, source, user); err != nil {
			return err
		}
	}
	t.Checked = user != ""
	if err := st.SaveLogin(ctx, source, t); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "signed in to %s; the vault is %s\n", source, st.Path())
	if t.Scopes != "" {
		if err := a.tellScopes(ctx, st, s, t.Scopes); err != nil {
			return err
		}
	}
	if !t.RefreshExpires.IsZero() {
		fmt.Fprintf(a.err, "this sign-in ends on %s, however it is used: the app's consent screen is in Testing\n  %s\n",
			t.RefreshExpires.Local().Format(clock), publish)
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

func (a *app) logout() *cli.Command {
	return &cli.Command{
		Name:        "logout",
		Usage:       "end the sign-in to a source; what is staged stays",
		Description: "Revokes the tokens at the source, where it can be reached, and forgets them.",
		Flags:       slices.Concat([]cli.Flag{oneSourceFlag("the source to sign out of", "", "the one that is signed in")}, endpointFlags()),
		Action: a.onVault(false, func(ctx context.Context, c *cli.Command, st *store.Store) error {
			s, err := signedIn(ctx, c, st)
			if err != nil {
				return err
			}
			if s == "" {
				fmt.Fprintln(a.err, "there was no sign-in to any source")
				return nil
			}
			e, err := readEnvironment(c, s)
			if err != nil {
				return err
			}
			return a.signOut(ctx, st, e, newProvider(c, e))
		}),
	}
}

// signedIn returns the source that --source names, or else the one that the vault has a
// sign-in to, "" where there is none.
func signedIn(ctx context.Context, c *cli.Command, st *store.Store) (catalog.Source, error) {
	if name := c.String("source"); name != "" {
		return catalog.Source(name), nil
	}
	var found []string
	for _, s := range catalog.APIs() {
		has, err := hasToken(ctx, st, s)
		if err != nil {
			return "", err
		}
		if has {
			found = append(found, string(s))
		}
	}
	if len(found) > 1 {
		return "", &usageError{fmt.Sprintf("the vault is signed in to %s: name one with --source", strings.Join(found, " and "))}
	}
	return catalog.Source(strings.Join(found, "")), nil
}

// signOut revokes the tokens and forgets them, the latter in any case. Google asks for no
// app there (google-health-api.md section 2.1), the legacy API does.
func (a *app) signOut(ctx context.Context, st *store.Store, e environment, p provider) error {
	source := string(e.source)
	t, ok, err := st.Token(ctx, source)
	if err == nil && ok && !t.Dead {
		if e.source == catalog.Fitbit {
			err = e.registered()
		}
		if err == nil {
			err = p.Revoke(ctx, orElse(t.Refresh, t.Access))
		}
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

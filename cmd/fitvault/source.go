package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"fitvault/fetch"
	"fitvault/fetch/fitbit"
	"fitvault/fetch/google"
	"fitvault/store"
	"fitvault/store/catalog"
)

// endpointFlags say where the sources are, for emulators and proxies.
func endpointFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "google-health-api-url", Usage: "Google Health API",
			Value: "https://health.googleapis.com", Sources: env("google-health-api-url", "GOOGLE_HEALTH_API_URL")},
		&cli.StringFlag{Name: "google-auth-url", Usage: "consent page of Google",
			Value: "https://accounts.google.com/o/oauth2/v2/auth", Sources: env("google-auth-url", "GOOGLE_AUTH_URL")},
		&cli.StringFlag{Name: "google-token-url", Usage: "token endpoint of Google; a sign-in is revoked beside it, at revoke",
			Value: "https://oauth2.googleapis.com/token", Sources: env("google-token-url", "GOOGLE_TOKEN_URL")},
		&cli.StringFlag{Name: "fitbit-api-url", Usage: "legacy Web API; its token endpoint is /oauth2/token below it",
			Value: "https://api.fitbit.com", Sources: env("fitbit-api-url", "FITBIT_API_URL")},
		&cli.StringFlag{Name: "fitbit-auth-url", Usage: "consent page of the legacy Web API; /oauth2/authorize below it",
			Value: "https://www.fitbit.com", Sources: env("fitbit-auth-url", "FITBIT_AUTH_URL")},
		&cli.StringFlag{Name: "callback-url", Usage: "redirect of the sign-in, as registered for the app",
			Value: "http://localhost:8080/", Sources: env("callback-url", "CALLBACK_URL")},
	}
}

func clientFileFlag() cli.Flag {
	return &cli.StringFlag{Name: "client-file", Usage: "your own Google OAuth client: the JSON file that the console offers where one is made",
		TakesFile: true, Sources: env("client-file", "GOOGLE_CLIENT_FILE")}
}

// mostGoogleRate is what Google lets any app ask of one person's data, in calls a second
// (google-health-api.md section 3.1).
const mostGoogleRate = 5

func googleRateFlag() cli.Flag {
	return &cli.FloatFlag{Name: "google-rate", Usage: "calls a second to Google; at most 5, and an unverified app has 2.5",
		Value: 2.5, Sources: env("google-rate")}
}

// provider is a source as the commands need it: to fetch from, and to sign in to.
type provider interface {
	fetch.Provider
	AuthCodeURL(state, verifier string) string
	Exchange(ctx context.Context, code, verifier string) (t store.Token, user string, err error)
	Revoke(ctx context.Context, token string) error
}

// environment is what the environment holds for one source: the registered app, and the
// sign-in that seeds an empty vault.
type environment struct {
	source     catalog.Source
	id, secret string
	file       google.Client // the client file that id stands in; zero when it stands in none
	redirect   string        // of a sign-in
	seed       store.Token
}

// readEnvironment reads what the environment holds for a source.
func readEnvironment(c *cli.Command, s catalog.Source) (environment, error) {
	e := environment{source: s, redirect: c.String("callback-url")}
	var expires string
	type setting struct {
		secret secret
		to     *string
	}
	settings := []setting{{clientID, &e.id}, {clientSecret, &e.secret}, {accessToken, &e.seed.Access}, {refreshToken, &e.seed.Refresh}, {expiresAt, &expires}}
	if s == catalog.Google {
		settings = []setting{{googleClientID, &e.id}, {googleClientSecret, &e.secret}, {googleRefreshToken, &e.seed.Refresh}}
	}
	var err error
	for _, v := range settings {
		if *v.to, err = v.secret.value(); err != nil {
			return e, err
		}
	}
	if e.seed.Expires, err = readExpiry(expires); err == nil && s == catalog.Google {
		err = e.readClientFile(c.String("client-file"))
	}
	return e, err
}

// readClientFile fills in what the environment does not name from the console's file. A
// file of another client than the one named is not looked at.
func (e *environment) readClientFile(path string) error {
	if path == "" {
		return nil
	}
	body, err := os.ReadFile(path)
	if err != nil {
		return &usageError{fmt.Sprintf("--client-file: %v", err)}
	}
	f, err := google.ReadClientFile(body)
	if err != nil {
		return &usageError{fmt.Sprintf("--client-file %s: %v", path, err)}
	}
	if e.id == "" || e.id == f.ID {
		e.file, e.id, e.secret = f, f.ID, orElse(e.secret, f.Secret)
	}
	return nil
}

// environmentFor is the environment of a source as this command may use it.
func environmentFor(c *cli.Command, s catalog.Source) (environment, error) {
	e, err := readEnvironment(c, s)
	if paths, perr := vaultPaths(c); perr == nil && len(paths) > 1 {
		e.seed = store.Token{} // of one person; nobody can say which vault is theirs
	}
	return e, err
}

// environments returns those of the sources that --source names, or of all, in the order
// of their turns: a source with a budget of calls, for which a fetch may have to wait for
// hours, lets the others go first.
func environments(c *cli.Command) (out []environment, err error) {
	only := words(c, "source")
	for _, s := range catalog.APIs() {
		if len(only) > 0 && !slices.Contains(only, string(s)) {
			continue
		}
		e, err := environmentFor(c, s)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(a, b environment) int {
		return newProvider(c, a).Pace().Hourly - newProvider(c, b).Pace().Hourly
	})
	return out, nil
}

// newProvider builds a source's provider from flags and environment.
func newProvider(c *cli.Command, e environment) provider {
	agent := "fitvault/" + buildVersion()
	if e.source == catalog.Google {
		return google.New(google.Options{APIURL: c.String("google-health-api-url"), AuthURL: c.String("google-auth-url"),
			TokenURL: c.String("google-token-url"), ClientID: e.id, ClientSecret: e.secret, RedirectURL: e.redirect,
			UserAgent: agent, Rate: c.Float("google-rate")})
	}
	return fitbit.New(fitbit.Options{APIURL: c.String("fitbit-api-url"), AuthURL: c.String("fitbit-auth-url"),
		ClientID: e.id, ClientSecret: e.secret, RedirectURL: e.redirect, UserAgent: agent})
}

// signsIn reports whether the environment holds a sign-in.
func (e environment) signsIn() bool { return e.seed.Refresh != "" || e.seed.Access != "" }

// registered is an error when there is no app to sign in with.
func (e environment) registered() error {
	const file = " too, or name the client's JSON file with --client-file or GOOGLE_CLIENT_FILE"
	reason, remedy := "", register[e.source]
	switch {
	case e.source == catalog.Fitbit && e.id == "":
		reason = "CLIENT_ID is not set: it is the id of your own registered app"
	case e.source == catalog.Fitbit:
	case e.id == "" && e.secret == "":
		reason = "there is no OAuth client"
	case e.id == "":
		reason = "there is no OAuth client: GOOGLE_CLIENT_SECRET is set, and GOOGLE_CLIENT_ID is not"
		remedy = "set GOOGLE_CLIENT_ID" + file
	case e.secret == "":
		reason = "the OAuth client has no secret: GOOGLE_CLIENT_ID is set, and GOOGLE_CLIENT_SECRET is not"
		remedy = "set GOOGLE_CLIENT_SECRET" + file
	}
	if reason == "" {
		return nil
	}
	return &remedyError{&fetch.SignInError{Source: string(e.source), Reason: reason}, remedy}
}

// ready is an error when a source cannot be fetched from before a person acts: neither the
// vault (has) nor the environment holds a sign-in, or there is no app to renew it with.
func (e environment) ready(has bool) error {
	switch {
	case !has && !e.signsIn():
		return notSignedIn(e.source)
	case e.source == catalog.Google:
		return e.registered()
	}
	return nil
}

// hasToken reports whether the vault, if there is one, has a sign-in to a source, be it
// sealed or dead.
func hasToken(ctx context.Context, st *store.Store, s catalog.Source) (bool, error) {
	if st == nil {
		return false, nil
	}
	_, ok, err := st.Token(ctx, string(s))
	if errors.Is(err, store.ErrSealed) {
		return true, nil
	}
	return ok, err
}

func notSignedIn(s catalog.Source) error {
	return &fetch.SignInError{Source: string(s), Reason: "not signed in"}
}

// callback sets the redirect of a sign-in. Google sends a client of type Desktop app back
// to any loopback address, and one of type Web application only to an address that it has
// registered to the letter (google-health-api.md section 2.5).
func (e *environment) callback(c *cli.Command) error {
	if e.file.ID == "" || slices.Contains(e.file.RedirectURIs, e.redirect) {
		return nil
	}
	if e.file.Desktop {
		if !isLoopback(e.redirect) {
			return &usageError{fmt.Sprintf("--callback-url: Google sends a client of type Desktop app only to this machine, "+
				"as to http://localhost:8080/, not to %s", e.redirect)}
		}
		return nil
	}
	local := slices.DeleteFunc(slices.Clone(e.file.RedirectURIs), func(uri string) bool { return !isLoopback(uri) })
	if !c.IsSet("callback-url") && len(local) == 1 {
		e.redirect = local[0]
		return nil
	}
	return &usageError{fmt.Sprintf("--callback-url: %s is not a redirect of the client in %s, which has %s: name one of these, "+
		"or add it in the Google Cloud console (Google Auth Platform, Clients) and download the file again",
		e.redirect, c.String("client-file"), orElse(strings.Join(e.file.RedirectURIs, " "), "none"))}
}

// isLoopback reports whether an address is one of this machine that nothing else reaches.
func isLoopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

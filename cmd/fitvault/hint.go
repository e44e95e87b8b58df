package main

import (
	"context"
	"errors"
	"strings"

	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

// remedyError is an error whose remedy is known where it arose.
type remedyError struct {
	error
	remedy string
}

func (e *remedyError) Unwrap() error { return e.error }

// hint says what to do about an error.
func hint(code int, err error) string {
	var remedy *remedyError
	var signIn *fetch.SignInError
	var account *fetch.AccountError
	var api *fetch.APIError
	var faults *faultsError
	var busy *store.BusyError
	switch {
	case errors.As(err, &faults): // each was told with its remedy
	case clientRefused(err):
		return refusedClient[answerer(err)]
	case foreign(err):
		return "what answers there is not the source: check the address (" + addressFlags[answerer(err)] + ")"
	case errors.As(err, &remedy):
		return remedy.remedy
	case errors.As(err, &busy):
		return "wait until it has ended, or stop it (the daemon, fitvault run, fetches and exports by itself)"
	case errors.Is(err, store.ErrNoVault):
		return "make one: fitvault demo (no account needed), fitvault login, or fitvault fetch; or name it with --vault"
	case store.Full(err):
		return "there is no room left on the vault's disk: make some, and run it again; it continues where it stopped"
	case errors.Is(err, store.ErrSealed):
		return "set FITVAULT_KEY, or sign in again: fitvault login"
	case errors.As(err, &signIn):
		return signInHint(catalog.Source(signIn.Source))
	case errors.As(err, &account) && account.SignIn:
		return signInHint(catalog.Source(account.Source))
	case code == exitRetired:
		return "the legacy Fitbit Web API has been switched off: sign in to its successor with fitvault login, and get what it lacks from a " +
			"Google Takeout archive; what the vault holds stays, fitvault export goes on replaying it, and after " +
			"fitvault logout --source fitbit it is not asked again"
	case code == exitQuota:
		return "run fitvault fetch again then; it continues where it stopped"
	case code == exitUsage:
		return "see fitvault --help"
	case code == exitFailed && errors.As(err, &api) && api.Status == 0:
		return "check the network and the address (" + addressFlags[answerer(err)] + "), and try again"
	}
	return ""
}

// signInHint says how to sign in to a source.
func signInHint(s catalog.Source) string {
	if s == catalog.Google {
		return "sign in: fitvault login (or set GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and GOOGLE_REFRESH_TOKEN)"
	}
	return "sign in: fitvault login --source " + string(s) + " (or set CLIENT_ID, CLIENT_SECRET and REFRESH_TOKEN)"
}

// refusedClient says what to do about an app that a source does not know.
var refusedClient = map[catalog.Source]string{
	catalog.Fitbit: "compare CLIENT_ID and CLIENT_SECRET with what the app's page at dev.fitbit.com says",
	catalog.Google: "compare GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET, or the file of --client-file, with the client in the Google Cloud " +
		"console (Google Auth Platform, Clients); where it was deleted make a new one, and sign in with that",
}

// answerer is the source that an answer came from, or did not come from.
func answerer(err error) catalog.Source {
	var api *fetch.APIError
	if errors.As(err, &api) {
		return catalog.Source(api.Source)
	}
	return ""
}

// clientRefused reports whether a token endpoint refused the app itself: invalid_client,
// unauthorized_client (RFC 6749 section 5.2) and Google's words for deleted and disabled ones.
func clientRefused(err error) bool {
	var api *fetch.APIError
	return errors.As(err, &api) && strings.HasSuffix(api.Code, "_client")
}

// foreign reports whether another server answered than the source, or at another path.
func foreign(err error) bool {
	var api *fetch.APIError
	var account *fetch.AccountError
	return errors.As(err, &api) && !errors.As(err, &account) && api.Foreign()
}

// seedRefused gives the error of a sign-in its remedy when the sign-in is that of the
// environment, which the source refuses.
func seedRefused(ctx context.Context, st *store.Store, e environment, err error) error {
	var signIn *fetch.SignInError
	if !errors.As(err, &signIn) || !e.signsIn() {
		return err
	}
	t, ok, terr := st.Token(ctx, string(e.source))
	if terr != nil || !ok || !t.Dead || string(t.Seed) != string(store.SeedOf(e.seed.Refresh+e.seed.Access)) {
		return err
	}
	name, login := refreshToken.name, "fitvault login --source "+string(e.source)
	if e.source == catalog.Google {
		name, login = googleRefreshToken.name, "fitvault login"
	} else if e.seed.Refresh == "" {
		name = accessToken.name
	}
	return &remedyError{err, name + " of the environment is refused: set another one, or sign in: " + login}
}

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

// publish is what to do about a sign-in that Google ends after seven days
// (google-health-api.md section 2.4).
const publish = "publish the app (Google Cloud console, Google Auth Platform, Audience, Publish app), then sign in once more " +
	"with fitvault login: a sign-in made in Testing keeps its end"

// clock is how an instant is told to a person.
const clock = "2006-01-02 15:04"

// tellScopes prints what a person granted and what they did not, with the types that this
// costs. Google's answer is the whole truth about its scopes (google-health-api.md section
// 2.2), so that these types are noted as unavailable, and not asked for.
func (a *app) tellScopes(ctx context.Context, st *store.Store, s catalog.Source, granted string) error {
	var words []string
	for _, scope := range strings.Fields(granted) {
		words = append(words, scopeWords(scope))
	}
	fmt.Fprintf(a.err, "granted: %s\n", strings.Join(words, ", "))
	lost := lostTypes(s, granted)
	for _, l := range lost {
		fmt.Fprintf(a.err, "not granted, so their types stay empty: %s (%s)\n", scopeWords(l.scope), strings.Join(l.types, ", "))
	}
	if len(lost) > 0 {
		fmt.Fprintf(a.err, "  to add them, sign in again and leave every box ticked: fitvault login --source %s\n", s)
	}
	off, err := st.Unavailable(ctx, string(s))
	if err != nil {
		return err
	}
	now := time.Now()
	for _, t := range catalog.Asked(s) {
		ask := t.Origin(s).Ask
		lacks := fetch.MissingScope(granted, ask.Scope)
		if lacks == nil && fetch.NotGranted(off[t.Name]) {
			if err := st.SetAvailable(ctx, string(s), t.Name); err != nil {
				return err
			}
		}
		if lacks == nil || s != catalog.Google {
			continue
		}
		lacks.Scope = scopeWords(lacks.Scope)
		if err := st.SetUnavailable(ctx, store.Unavailable{Source: string(s), Type: t.Name, Kind: store.Denied,
			Reason: lacks.Error(), AskVersion: ask.Version, Since: now, Retry: now.Add(fetch.RetryDenied)}); err != nil {
			return err
		}
	}
	return nil
}

// lost is a scope that was not granted, and the types that are not given for want of it.
type lost struct {
	scope string
	types []string
}

// lostTypes returns what the catalogue needs of a source and the person did not grant.
func lostTypes(s catalog.Source, granted string) []lost {
	var out []lost
	for _, t := range catalog.Types() {
		staged, ok := catalog.Lookup(t.Staged(s))
		if !ok {
			continue
		}
		lacks := fetch.MissingScope(granted, staged.Origin(s).Ask.Scope)
		if lacks == nil {
			continue
		}
		i := slices.IndexFunc(out, func(l lost) bool { return l.scope == lacks.Scope })
		if i < 0 {
			i, out = len(out), append(out, lost{scope: lacks.Scope})
		}
		out[i].types = append(out[i].types, t.Name)
	}
	return out
}

// scopeWords says a scope in plain words: Google's are addresses.
func scopeWords(scope string) string {
	_, name, ok := strings.Cut(scope, "/auth/googlehealth.")
	if !ok {
		return scope
	}
	switch name = strings.TrimSuffix(name, ".readonly"); name {
	case "ecg":
		return "ECG"
	case "irn":
		return "irregular rhythm alerts"
	case "location":
		return "location (GPS tracks)"
	case "settings":
		return "settings and devices"
	}
	return strings.ReplaceAll(name, "_", " ")
}

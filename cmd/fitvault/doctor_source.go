package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

// sources looks at each source that the vault or the environment has a sign-in for, or
// that --source names.
func (d *checkup) sources(ctx context.Context, envs []environment) {
	before := len(d.findings)
	for _, e := range envs {
		if err := d.source(ctx, e); err != nil && ctx.Err() == nil {
			d.add(d.judge(ctx, string(e.source)+" sign-in", e.source, err))
		}
	}
	if len(d.findings) == before && len(envs) == len(catalog.APIs()) {
		d.add(finding{Check: "sign-in", Verdict: warning, Found: "there is none: neither the vault nor the environment has a sign-in to any source",
			Remedy: firstSignIn(envs)})
	}
}

// firstSignIn says how to sign in for the first time: with a client, which has to be made
// where the environment names none.
func firstSignIn(envs []environment) string {
	for _, e := range envs {
		if err := e.registered(); e.source == catalog.Google && err != nil {
			return hint(exitSignIn, err) + "; then " + signInHint(e.source)
		}
	}
	return signInHint(catalog.Google)
}

// source looks at one source, as far as it gets. The error is what kept it from an access
// token.
func (d *checkup) source(ctx context.Context, e environment) error {
	has := false
	if d.st != nil {
		var err error
		if has, err = hasToken(ctx, d.st, e.source); err != nil {
			return err
		}
	}
	named := len(words(d.c, "source")) > 0
	if !has && !e.signsIn() && !named {
		return nil
	}
	d.client(e)
	switch {
	case !has && !e.signsIn():
		return notSignedIn(e.source)
	case d.st == nil:
		d.add(finding{Check: string(e.source) + " sign-in", Verdict: allRight,
			Found: "the environment holds one, for the first fetch to take; it is not tried, for there is no vault to keep a renewed one in"})
		return nil
	}
	p := newProvider(d.c, e)
	tokens := &fetch.Tokens{Store: d.st, Provider: p, Seed: e.seed, Log: d.log}
	access, err := tokens.Access(ctx)
	if err != nil {
		return seedRefused(ctx, d.st, e, err)
	}
	answer, access, err := d.answers(ctx, p, tokens, access)
	if err != nil {
		return seedRefused(ctx, d.st, e, err)
	}
	t, _, err := d.st.Token(ctx, string(e.source))
	if err != nil {
		return err
	}
	d.signedIn(e.source, t)
	d.add(answer)
	if answer.Verdict == allRight && named && e.source == catalog.Google {
		d.probe(ctx, p, access, t)
	}
	return nil
}

// signedIn tells of a sign-in that works: until when, and what it leaves out.
func (d *checkup) signedIn(s catalog.Source, t store.Token) {
	found := "signed in"
	if !t.Expires.IsZero() {
		found += "; the access token is good until " + t.Expires.Local().Format(clock)
	}
	if t.Refresh != "" {
		found += ", and can be renewed"
	}
	d.add(finding{Check: string(s) + " sign-in", Verdict: allRight, Found: found})
	if t.Refresh == "" {
		d.add(finding{Check: string(s) + " sign-in", Verdict: warning, Found: "there is no refresh token: when the access token ends, so does the sign-in",
			Remedy: signInHint(s)})
	}
	if !t.RefreshExpires.IsZero() {
		found := "the app is in Testing, so that this sign-in ends on " + t.RefreshExpires.Local().Format(clock) + ", however it is used"
		if fetch.EndsSoon(t, time.Now()) {
			found += ": that is soon"
		}
		d.add(finding{Check: string(s) + " testing", Verdict: warning, Found: found, Remedy: publish})
	}
	if t.Scopes == "" { // not told at the sign-in
		return
	}
	f := finding{Check: string(s) + " scopes", Verdict: allRight, Found: "all that are needed were granted"}
	if missing := lostTypes(s, t.Scopes); len(missing) > 0 {
		var texts []string
		for _, l := range missing {
			texts = append(texts, fmt.Sprintf("%s (%s)", scopeWords(l.scope), strings.Join(l.types, ", ")))
		}
		f.Verdict, f.Found = warning, "not granted, so their types stay empty: "+strings.Join(texts, "; ")
		f.Remedy = "sign in again and leave every box ticked: fitvault login --source " + string(s)
	}
	d.add(f)
}

// answers makes one cheap call, and tells how the source answered, and with which access
// token. The error is one of the sign-in.
func (d *checkup) answers(ctx context.Context, p provider, tokens *fetch.Tokens, access string) (finding, string, error) {
	s := p.Source()
	q := question(s)
	a, err := p.Get(ctx, access, q)
	var api *fetch.APIError
	if errors.As(err, &api) && api.Unauthorized() {
		if access, err = tokens.Renew(ctx, access); err != nil {
			return finding{}, "", err
		}
		a, err = p.Get(ctx, access, q)
	}
	if ctx.Err() != nil {
		return finding{}, "", ctx.Err()
	}
	if at, err := http.ParseTime(a.Header["Date"]); err == nil && d.time == nil {
		d.time = &drift{string(s), a.Fetched, at}
	}
	f := finding{Check: string(s) + " API", Verdict: allRight}
	switch {
	case err == nil:
		f.Found = a.Method + " " + a.Path + " is answered"
	case errors.As(err, &api) && api.Denied():
		f.Found = "it answers, though not what needs a scope that was not granted"
	default:
		f = d.judge(ctx, f.Check, s, err)
	}
	return f, access, nil
}

// question is the cheapest that a source can be asked.
func question(s catalog.Source) fetch.Question {
	if s == catalog.Google {
		return fetch.Question{Ask: catalog.Ask{Path: "/v4/users/me/identity"}}
	}
	device, _ := catalog.Lookup("device")
	return fetch.Question{Ask: device.Origin(s).Ask}
}

// judge tells what an error of a source means, and what to do.
func (d *checkup) judge(ctx context.Context, check string, s catalog.Source, err error) finding {
	f := finding{Check: check, Verdict: faulty, Found: err.Error(), Remedy: hint(codeOf(ctx, err), err), code: codeOf(ctx, err)}
	var account *fetch.AccountError
	var signIn *fetch.SignInError
	var api *fetch.APIError
	isAPI := errors.As(err, &api)
	switch {
	case errors.As(err, &account):
		f.Found, f.Remedy = account.Source+": "+account.Reason, account.Remedy
		if isAPI {
			f.Found += " (" + api.Error() + ")"
		}
		if isAPI && api.Status == http.StatusNotFound {
			f.code = exitUsage
		}
	case errors.Is(err, store.ErrSealed), errors.As(err, &signIn), isAPI && api.Gone():
	case !isAPI:
		f.Remedy = damaged
	case api.Limited():
		f.Verdict, f.Remedy = warning, "wait: the budget of calls is used up for now, and a fetch waits for the next by itself"
	case api.Unauthorized():
		f.Remedy, f.code = signInHint(s), exitSignIn
	case api.Status == http.StatusNotFound:
		f.Remedy, f.code = "check the address: "+addressFlags[s], exitUsage
	default:
		f.Remedy = "check the network and the address (" + addressFlags[s] + "), and try again in some minutes"
	}
	if f.code == exitPartly { // an account that is not ready: nothing was saved here
		f.code = exitFailed
	}
	return f
}

// addressFlags say where a source is.
var addressFlags = map[catalog.Source]string{
	catalog.Fitbit: "--fitbit-api-url",
	catalog.Google: "--google-health-api-url, --google-token-url",
}

// drift is two clocks at one moment.
type drift struct {
	who          string
	ours, theirs time.Time // theirs is cut to the second
}

// How far two clocks may be apart.
const (
	drifted   = 30 * time.Second
	misplaced = 5 * time.Minute
)

// clock compares this machine's clock with that of the first who told its own.
func (d *checkup) clock() {
	if d.time == nil {
		d.add(finding{Check: "clock", Verdict: noted, Found: "not compared: no source and no target told its time"})
		return
	}
	d.add(d.time.judge())
}

func (t drift) judge() finding {
	apart := t.ours.Sub(t.theirs).Truncate(time.Second)
	f := finding{Check: "clock", Verdict: allRight, Found: "agrees with that of " + t.who + " to " + max(apart.Abs(), time.Second).String()}
	if apart.Abs() <= drifted {
		return f
	}
	way := "ahead of"
	if apart < 0 {
		way = "behind"
	}
	f.Verdict, f.Found = warning, fmt.Sprintf("is %v %s that of %s", apart.Abs(), way, t.who)
	f.Remedy = "set this machine's clock, and have it kept by NTP: days and the ends of tokens are told by it"
	if apart.Abs() > misplaced {
		f.Verdict = faulty
	}
	return f
}

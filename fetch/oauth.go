package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"fitvault/store"
	"fitvault/store/catalog"
)

// OAuth is a source's authorization server and our app there.
type OAuth struct {
	Source                           catalog.Source
	AuthURL, TokenURL, RevokeURL     string
	ClientID, ClientSecret, Redirect string
	Scopes                           []string
	Basic                            bool // the app proves itself by HTTP Basic, not in the form
	Agent                            string
	Client                           *http.Client

	// Failed tells what an error of the server means, without the secrets that were sent.
	Failed func(op string, status int, h http.Header, body []byte, sent ...string) *APIError
}

// AuthCodeURL returns the address of the consent page, with what the source wants beside
// state and PKCE.
func (o *OAuth) AuthCodeURL(state, verifier string, beside map[string]string) string {
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	for k, v := range beside {
		options = append(options, oauth2.SetAuthURLParam(k, v))
	}
	return o.config().AuthCodeURL(state, options...)
}

// Exchange trades the code of the consent page for a sign-in. The person's id is "" when
// the server does not tell it.
func (o *OAuth) Exchange(ctx context.Context, code, verifier string) (t store.Token, user string, err error) {
	pair, err := o.config().Exchange(o.with(ctx), code, oauth2.VerifierOption(verifier))
	if t, err = o.token(ctx, "exchange the code", pair, err, code, verifier); err != nil {
		return t, "", err
	}
	user, _ = pair.Extra("user_id").(string)
	return t, user, nil
}

// Refresh trades a refresh token for a new pair.
func (o *OAuth) Refresh(ctx context.Context, refresh string) (store.Token, error) {
	pair, err := o.config().TokenSource(o.with(ctx), &oauth2.Token{RefreshToken: refresh}).Token()
	return o.token(ctx, "refresh the access token", pair, err, refresh)
}

// Revoke ends what the form's token stands for.
func (o *OAuth) Revoke(ctx context.Context, form url.Values) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.RevokeURL, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", o.Agent)
	if o.Basic {
		req.SetBasicAuth(url.QueryEscape(o.ClientID), url.QueryEscape(o.ClientSecret))
	}
	sent := []string{form.Get("token"), o.ClientSecret}
	res, err := o.Client.Do(req)
	if err != nil {
		return o.unanswered(ctx, "revoke the sign-in at "+o.RevokeURL, err, sent)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<16))
	if err != nil || res.StatusCode != http.StatusOK {
		return o.Failed("revoke the sign-in", res.StatusCode, res.Header, body, sent...)
	}
	return nil
}

func (o *OAuth) config() *oauth2.Config {
	style := oauth2.AuthStyleInParams
	if o.Basic {
		style = oauth2.AuthStyleInHeader
	}
	return &oauth2.Config{ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURL: o.Redirect, Scopes: o.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: o.AuthURL, TokenURL: o.TokenURL, AuthStyle: style}}
}

// with makes x/oauth2 use our HTTP client.
func (o *OAuth) with(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, o.Client)
}

// token turns x/oauth2's answer into ours. An error of the endpoint keeps its status and
// its words without the secrets that it echoes.
func (o *OAuth) token(ctx context.Context, op string, t *oauth2.Token, err error, sent ...string) (store.Token, error) {
	sent = append(sent, o.ClientSecret)
	var failed *oauth2.RetrieveError
	switch {
	case ctx.Err() != nil:
		return store.Token{}, ctx.Err()
	case errors.As(err, &failed) && failed.Response.StatusCode != http.StatusOK:
		return store.Token{}, o.Failed(op, failed.Response.StatusCode, failed.Response.Header, failed.Body, sent...)
	case err != nil:
		return store.Token{}, o.unanswered(ctx, op+" at "+o.TokenURL, err, sent)
	}
	scopes, _ := t.Extra("scope").(string)
	return store.Token{Access: t.AccessToken, Refresh: t.RefreshToken, Scopes: scopes,
		Expires: t.Expiry.Truncate(time.Millisecond), RefreshExpires: refreshExpires(t)}, nil
}

// refreshExpires returns when the refresh token ends; zero when the server does not say.
func refreshExpires(t *oauth2.Token) time.Time {
	const most = 100 * 365 * 24 * 3600
	seconds, err := strconv.ParseFloat(fmt.Sprint(t.Extra("refresh_token_expires_in")), 64)
	if err != nil || !(seconds > 0 && seconds < most) {
		return time.Time{}
	}
	return time.Now().Add(time.Duration(seconds) * time.Second).Truncate(time.Millisecond)
}

// unanswered is the error of a request that got no whole answer.
func (o *OAuth) unanswered(ctx context.Context, op string, err error, sent []string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &APIError{Source: string(o.Source), Op: op, Err: &redactedError{withoutAddress(err), sent}}
}

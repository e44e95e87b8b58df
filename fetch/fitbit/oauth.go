package fitbit

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

// Refresh trades a refresh token, which works once, for a new pair (section 1.5).
func (p *Provider) Refresh(ctx context.Context, refresh string) (store.Token, error) {
	t, err := p.oauth.TokenSource(p.client(ctx), &oauth2.Token{RefreshToken: refresh}).Token()
	return p.token(ctx, "refresh the access token", t, err, refresh)
}

// AuthCodeURL returns the address of the consent page (section 1.3).
func (p *Provider) AuthCodeURL(state, verifier string) string {
	return p.oauth.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier))
}

// Exchange trades the code of the consent page for a pair and the person's id (section 1.4).
func (p *Provider) Exchange(ctx context.Context, code, verifier string) (t store.Token, user string, err error) {
	pair, err := p.oauth.Exchange(p.client(ctx), code, oauth2.VerifierOption(verifier))
	if t, err = p.token(ctx, "exchange the code", pair, err, code, verifier); err != nil {
		return t, "", err
	}
	user, _ = pair.Extra("user_id").(string)
	return t, user, nil
}

// client makes x/oauth2 use this provider's HTTP client.
func (p *Provider) client(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, p.http)
}

// token turns x/oauth2's answer into ours. An error of the endpoint keeps its status and
// its words without the secrets that it echoes (section 1.6).
func (p *Provider) token(ctx context.Context, op string, t *oauth2.Token, err error, sent ...string) (store.Token, error) {
	sent = append(sent, p.oauth.ClientSecret)
	var failed *oauth2.RetrieveError
	switch {
	case ctx.Err() != nil:
		return store.Token{}, ctx.Err()
	case errors.As(err, &failed) && failed.Response.StatusCode != http.StatusOK:
		return store.Token{}, apiError(op, failed.Response.StatusCode, failed.Response.Header, failed.Body, sent...)
	case err != nil:
		return store.Token{}, &fetch.APIError{Source: string(catalog.Fitbit), Op: op + " at " + p.oauth.Endpoint.TokenURL,
			Err: errors.New(fetch.Redact(err.Error(), sent...))}
	}
	scopes, _ := t.Extra("scope").(string)
	return store.Token{Access: t.AccessToken, Refresh: t.RefreshToken, Scopes: scopes, Expires: t.Expiry.Truncate(time.Millisecond)}, nil
}

// Revoke ends all tokens of the person and this app (section 1.6).
func (p *Provider) Revoke(ctx context.Context, refresh string) error {
	form := url.Values{"token": {refresh}, "client_id": {p.oauth.ClientID}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.api+"/oauth2/revoke", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", p.agent)
	if p.oauth.ClientSecret != "" {
		req.SetBasicAuth(url.QueryEscape(p.oauth.ClientID), url.QueryEscape(p.oauth.ClientSecret))
	}
	res, err := p.http.Do(req)
	if err != nil {
		return p.unanswered(ctx, "/oauth2/revoke", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<16))
	if err != nil || res.StatusCode != http.StatusOK {
		return apiError("revoke the sign-in", res.StatusCode, res.Header, body, refresh, p.oauth.ClientSecret)
	}
	return nil
}

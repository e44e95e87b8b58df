package fitbit

import (
	"context"
	"net/url"

	"fitvault/store"
)

// Refresh trades a refresh token, which works once, for a new pair (section 1.5).
func (p *Provider) Refresh(ctx context.Context, refresh string) (store.Token, error) {
	return p.oauth.Refresh(ctx, refresh)
}

// AuthCodeURL returns the address of the consent page (section 1.3).
func (p *Provider) AuthCodeURL(state, verifier string) string {
	return p.oauth.AuthCodeURL(state, verifier, nil)
}

// Exchange trades the code of the consent page for a pair and the person's id (section 1.4).
func (p *Provider) Exchange(ctx context.Context, code, verifier string) (t store.Token, user string, err error) {
	return p.oauth.Exchange(ctx, code, verifier)
}

// Revoke ends all tokens of the person and this app (section 1.6).
func (p *Provider) Revoke(ctx context.Context, refresh string) error {
	return p.oauth.Revoke(ctx, url.Values{"token": {refresh}, "client_id": {p.oauth.ClientID}})
}

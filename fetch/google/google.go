// Package google speaks the dialect of the Google Health API v4 (google-health-api.md).
// Its invariant: a page size always goes with list and reconcile, and never with a rollup.
package google

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

// maxBody bounds an answer: the largest real one, a page of 10,000 samples, has about 3 MB.
const maxBody = 64 << 20

// Options say where the service is and which app asks.
type Options struct {
	APIURL, AuthURL, TokenURL string // revoking happens beside TokenURL, at "revoke"
	ClientID, ClientSecret    string
	RedirectURL               string
	UserAgent                 string
	Rate                      float64 // requests a second; 0: 2.5, what an unverified app may (section 3.1)
	HTTP                      *http.Client
}

// Provider is the Google Health API. It implements fetch.Provider.
type Provider struct {
	api   fetch.Service
	oauth fetch.OAuth
	pace  fetch.Pace
}

// New returns a provider.
func New(o Options) *Provider {
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: 2 * time.Minute}
	}
	if o.Rate == 0 {
		o.Rate = 2.5
	}
	return &Provider{
		api: fetch.Service{Source: catalog.Google, Base: strings.TrimSuffix(o.APIURL, "/"), Agent: o.UserAgent, Client: o.HTTP,
			MaxBody: maxBody, Keeps: keeps, HoldsData: holdsData, Failed: failure},
		oauth: fetch.OAuth{Source: catalog.Google, Agent: o.UserAgent, Client: o.HTTP, Failed: tokenError,
			AuthURL: o.AuthURL, TokenURL: o.TokenURL, RevokeURL: beside(o.TokenURL, "revoke"),
			ClientID: o.ClientID, ClientSecret: o.ClientSecret, Redirect: o.RedirectURL, Scopes: scopes()},
		pace: fetch.Pace{Rate: o.Rate, Burst: 5, InFlight: 4},
	}
}

// beside replaces the last segment of an address.
func beside(address, name string) string {
	address = strings.TrimSuffix(address, "/")
	return address[:strings.LastIndexByte(address, '/')+1] + name
}

// Source returns google.
func (p *Provider) Source() catalog.Source { return catalog.Google }

// Pace returns the steady rate: there is no budget that an answer would tell (section 3.1).
func (p *Provider) Pace() fetch.Pace { return p.pace }

// Get asks one question (section 5). Its error is an *fetch.AccountError, around the
// *fetch.APIError, when the account or the app is refused as a whole.
func (p *Provider) Get(ctx context.Context, access string, q fetch.Question) (fetch.Answer, error) {
	r, err := request(q)
	if err != nil {
		return fetch.Answer{Budget: fetch.Budget{Remaining: -1}}, err
	}
	a, _, err := p.api.Do(ctx, access, r)
	return a, err
}

// keeps chooses the headers that are kept with an answer.
func keeps(name string) bool {
	return name == "Date" || name == "Retry-After" || name == "Content-Type"
}

// holdsData reports whether a body is data, even of a wrong shape: a track, or JSON that is
// no error.
func holdsData(body []byte) bool {
	if isTrack(body) {
		return true
	}
	if !json.Valid(body) {
		return false
	}
	page, _ := cut(body)
	return page[0] == '{' && absent(member(page, "error"))
}

// scopes returns what a sign-in asks for: all that the catalogue needs, read-only.
func scopes() []string {
	var out []string
	for _, t := range catalog.Asked(catalog.Google) {
		out = append(out, strings.Fields(t.Google.Ask.Scope)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// AuthCodeURL returns the address of the consent page. Without access_type and prompt
// there would be no refresh token after the first consent (section 2.1).
func (p *Provider) AuthCodeURL(state, verifier string) string {
	return p.oauth.AuthCodeURL(state, verifier, map[string]string{"access_type": "offline", "prompt": "consent"})
}

// Exchange trades the code of the consent page for a sign-in, and asks whose it is: a wrong
// account shows here first, as an *fetch.AccountError (section 2.5, step 9).
func (p *Provider) Exchange(ctx context.Context, code, verifier string) (t store.Token, user string, err error) {
	if t, _, err = p.oauth.Exchange(ctx, code, verifier); err != nil {
		return t, "", err
	}
	a, err := p.Get(ctx, t.Access, fetch.Question{Ask: catalog.Ask{Path: "/v4/users/me/identity"}})
	if err != nil {
		return t, "", err
	}
	var identity struct {
		ID string `json:"healthUserId"`
	}
	if err := json.Unmarshal(a.Body, &identity); err != nil || identity.ID == "" {
		return t, "", &fetch.APIError{Source: string(catalog.Google), Op: a.Method + " " + a.Path, Status: a.Status, Garbled: true,
			Err: errors.New("it does not tell the person's id")}
	}
	return t, identity.ID, nil
}

// Refresh trades a refresh token, which stays good, for a new access token (section 2.3).
func (p *Provider) Refresh(ctx context.Context, refresh string) (store.Token, error) {
	return p.oauth.Refresh(ctx, refresh)
}

// Revoke ends all tokens of the person and this app. What ended already is no error.
func (p *Provider) Revoke(ctx context.Context, refresh string) error {
	err := p.oauth.Revoke(ctx, map[string][]string{"token": {refresh}})
	var api *fetch.APIError
	if errors.As(err, &api) && api.Code == "invalid_token" {
		return nil
	}
	return err
}

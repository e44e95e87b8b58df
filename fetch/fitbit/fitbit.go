// Package fitbit speaks the dialect of the legacy Fitbit Web API
// (fitbit-web-api.md). Its invariant: units are always metric, whatever the account says.
package fitbit

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// maxBody bounds an answer: the largest real one, a day of 1-second heart rate, has about
// 1 MB (section 5.4).
const maxBody = 64 << 20

// Options say where the API is and which app asks. Empty URLs are the real service's.
type Options struct {
	APIURL, AuthURL        string
	ClientID, ClientSecret string // an empty secret is an app of type Client (section 1.2)
	RedirectURL            string
	UserAgent              string
	HTTP                   *http.Client
}

// Provider is the legacy Web API. It implements fetch.Provider.
type Provider struct {
	api   fetch.Service
	oauth fetch.OAuth
}

// New returns a provider.
func New(o Options) *Provider {
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: 2 * time.Minute}
	}
	api := strings.TrimSuffix(o.APIURL, "/")
	return &Provider{
		api: fetch.Service{Source: catalog.Fitbit, Base: api, Agent: o.UserAgent, Client: o.HTTP, MaxBody: maxBody,
			Keeps: keeps, HoldsData: holdsData,
			Failed: func(op string, status int, h http.Header, body []byte, sent ...string) error {
				return apiError(op, status, h, body, sent...)
			}},
		oauth: fetch.OAuth{Source: catalog.Fitbit, Agent: o.UserAgent, Client: o.HTTP, Failed: apiError,
			AuthURL:  strings.TrimSuffix(o.AuthURL, "/") + "/oauth2/authorize",
			TokenURL: api + "/oauth2/token", RevokeURL: api + "/oauth2/revoke",
			ClientID: o.ClientID, ClientSecret: o.ClientSecret, Redirect: o.RedirectURL, Scopes: scopes(),
			Basic: o.ClientSecret != ""},
	}
}

// Source returns fitbit.
func (p *Provider) Source() catalog.Source { return catalog.Fitbit }

// Pace returns the documented budget: 150 calls an hour (section 2). Within it every call
// counts, so that one waits for the other.
func (p *Provider) Pace() fetch.Pace { return fetch.Pace{Hourly: 150, InFlight: 1} }

// Get asks one question (section 5). Both unit headers are always sent: without them an
// account's locale would choose pounds or stones (section 4.1).
func (p *Provider) Get(ctx context.Context, access string, q fetch.Question) (fetch.Answer, error) {
	a, h, err := p.api.Do(ctx, access, fetch.Request{Method: http.MethodGet, Path: path(q),
		Header: map[string]string{"Accept-Language": "metric", "Accept-Locale": "en_US"}})
	a.Budget = budget(h)
	return a, err
}

// keeps chooses the headers that are kept with an answer.
func keeps(name string) bool { return name == "Date" || strings.HasPrefix(name, "Fitbit-Rate-Limit-") }

// path fills in the days of a question, both ends included, or the id of an element. A list
// has its days in a query, and so has what is to be told by the clock of UTC (section 4.2).
func path(q fetch.Question) string {
	if q.Ask.Op == catalog.Cursor {
		return q.Ask.Path + "?" + pageQuery(q)
	}
	from := q.Span.From.String()
	if q.UTC {
		from = cmp.Or(q.ID, from)
	}
	p := strings.NewReplacer("{from}", from, "{to}", (q.Span.To - 1).String(), "{id}", url.PathEscape(q.ID)).Replace(q.Ask.Path)
	switch {
	case !q.UTC:
		return p
	case strings.Contains(p, "?"):
		return p + "&timezone=UTC"
	}
	return p + "?timezone=UTC"
}

// budget reads the quota headers (section 2). They may lag, be missing or not be numbers;
// a reset that is not positive is unknown.
func budget(h http.Header) fetch.Budget {
	b := fetch.Budget{Remaining: -1}
	if n, ok := number(h, "Fitbit-Rate-Limit-Limit"); ok && n > 0 {
		b.Limit = n
	}
	if n, ok := number(h, "Fitbit-Rate-Limit-Remaining"); ok && n >= 0 {
		b.Remaining = n
	}
	if n, ok := number(h, "Fitbit-Rate-Limit-Reset"); ok && n > 0 && n <= 24*3600 {
		b.Reset = time.Duration(n) * time.Second
	}
	return b
}

// number reads a header whose name may come in any case, even one that Go's canonical
// form would not find.
func number(h http.Header, name string) (int, bool) {
	for k, values := range h {
		if strings.EqualFold(k, name) && len(values) > 0 {
			n, err := strconv.Atoi(strings.TrimSpace(values[0]))
			return n, err == nil
		}
	}
	return 0, false
}

// scopes returns what a sign-in asks for: all that the catalogue needs.
func scopes() []string {
	var out []string
	for _, t := range catalog.Asked(catalog.Fitbit) {
		out = append(out, strings.Fields(t.Fitbit.Ask.Scope)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Package fitbit speaks the dialect of the legacy Fitbit Web API
// (fitbit-web-api.md). Its invariant: units are always metric, whatever the account says.
package fitbit

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

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
	api   string
	agent string
	http  *http.Client
	oauth oauth2.Config
}

// New returns a provider.
func New(o Options) *Provider {
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: 2 * time.Minute}
	}
	api := strings.TrimSuffix(o.APIURL, "/")
	style := oauth2.AuthStyleInHeader
	if o.ClientSecret == "" {
		style = oauth2.AuthStyleInParams
	}
	return &Provider{api: api, agent: o.UserAgent, http: o.HTTP, oauth: oauth2.Config{
		ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURL: o.RedirectURL, Scopes: scopes(),
		Endpoint: oauth2.Endpoint{
			AuthURL:   strings.TrimSuffix(o.AuthURL, "/") + "/oauth2/authorize",
			TokenURL:  api + "/oauth2/token",
			AuthStyle: style,
		},
	}}
}

// Source returns fitbit.
func (p *Provider) Source() catalog.Source { return catalog.Fitbit }

// Pace returns the documented budget: 150 calls an hour (section 2). Within it every call
// counts, so that one waits for the other.
func (p *Provider) Pace() fetch.Pace { return fetch.Pace{Hourly: 150, InFlight: 1} }

// Get asks one question (section 5). Both unit headers are always sent: without them an
// account's locale would choose pounds or stones (section 4.1).
func (p *Provider) Get(ctx context.Context, access string, q fetch.Question) (fetch.Answer, error) {
	a := fetch.Answer{Method: http.MethodGet, Path: path(q), Header: map[string]string{}, Budget: fetch.Budget{Remaining: -1}}
	req, err := http.NewRequestWithContext(ctx, a.Method, p.api+a.Path, nil)
	if err != nil {
		return a, err
	}
	req.Header.Set("Authorization", "Bearer "+access)
	req.Header.Set("User-Agent", p.agent)
	for k, v := range map[string]string{"Accept-Language": "metric", "Accept-Locale": "en_US"} {
		req.Header.Set(k, v)
		a.Header[k] = v
	}
	res, err := p.http.Do(req)
	a.Fetched = time.Now()
	if err != nil {
		return a, p.unanswered(ctx, a.Path, err)
	}
	defer res.Body.Close()
	a.Status, a.Budget = res.StatusCode, budget(res.Header)
	for k, values := range res.Header {
		if k := textproto.CanonicalMIMEHeaderKey(k); k == "Date" || strings.HasPrefix(k, "Fitbit-Rate-Limit-") {
			a.Header[k] = strings.Join(values, ", ")
		}
	}
	a.Body, err = io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil && a.Status == http.StatusOK {
		return a, p.unanswered(ctx, a.Path, fmt.Errorf("the answer broke off: %w", err))
	}
	if a.Status != http.StatusOK {
		err = apiError("GET "+a.Path, a.Status, res.Header, a.Body, access)
		a.Body = []byte(fetch.Redact(string(a.Body), access))
		return a, err
	}
	if !holdsData(a.Body) {
		a.Body = []byte(fetch.Redact(string(a.Body), access))
	}
	return a, nil
}

// unanswered is the error of a request that got no whole answer. A cancelled run is the
// caller's own doing and keeps its own error.
func (p *Provider) unanswered(ctx context.Context, path string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &fetch.APIError{Source: string(catalog.Fitbit), Op: "GET " + p.api + path, Err: err}
}

// path fills in the days of a question, both ends included.
func path(q fetch.Question) string {
	return strings.NewReplacer("{from}", q.Span.From.String(), "{to}", (q.Span.To - 1).String()).Replace(q.Ask.Path)
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
	seen := map[string]bool{}
	for _, t := range catalog.Asked(catalog.Fitbit) {
		if s := t.Fitbit.Ask.Scope; !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

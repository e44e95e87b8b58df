package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// resource asks for a resource and returns its members; nil, with a finding, when it was
// refused.
func (p *prober) resource(ctx context.Context, name string) (map[string]json.RawMessage, error) {
	r, err := p.get(ctx, fetch.Question{Ask: catalog.Ask{Path: "/v4/users/me/" + name}})
	if err != nil {
		return nil, err
	}
	var account *fetch.AccountError
	if name == "identity" && errors.As(r.err, &account) {
		return nil, r.err
	}
	var members map[string]json.RawMessage
	switch {
	case r.err != nil:
		p.tell(Finding{1, name, "refused", r.fact()})
	case json.Unmarshal(r.Body, &members) != nil:
		p.tell(Finding{1, name, "the answer is no JSON object", fmt.Sprintf("%d bytes", len(r.Body))})
	}
	return members, nil
}

// members finds out which members a resource has, and what it means that one is there or
// is not.
func (p *prober) members(ctx context.Context, resource, wanted, there, missing string) error {
	got, err := p.resource(ctx, resource)
	if err != nil || got == nil {
		return err
	}
	found := missing
	if _, ok := got[wanted]; ok {
		found = there
	}
	p.tell(Finding{1, resource, found, "members: " + names(got)})
	return nil
}

func names(members map[string]json.RawMessage) string {
	return strings.Join(slices.Sorted(maps.Keys(members)), ", ")
}

func (p *prober) identity(ctx context.Context) error {
	return p.members(ctx, "identity", "healthUserId", "it tells the person's id", "it does not tell the person's id: a wrong account would go unnoticed")
}

func (p *prober) settings(ctx context.Context) error {
	return p.members(ctx, "settings", "timeZone", "they tell the time zone", "they do not tell the time zone: a fetch needs --zone")
}

func (p *prober) profile(ctx context.Context) error {
	return p.members(ctx, "profile", "membershipStartDate", "it tells the day the person joined",
		"it does not tell the day the person joined: a first fetch needs --since")
}

// devices finds out which members the devices have, and whether they tell when they synced.
func (p *prober) devices(ctx context.Context) error {
	got, err := p.resource(ctx, "pairedDevices?pageSize=100")
	if err != nil || got == nil {
		return err
	}
	var list []map[string]json.RawMessage
	if raw, ok := got["pairedDevices"]; ok && json.Unmarshal(raw, &list) != nil {
		p.tell(Finding{1, "pairedDevices", "the member pairedDevices is no list of objects", "members: " + names(got)})
		return nil
	}
	count := map[string]int{}
	for _, d := range list {
		for name := range d {
			count[name]++
		}
	}
	found := fmt.Sprintf("%d devices, of which %d tell when they synced", len(list), count["lastSyncTime"])
	if count["lastSyncTime"] == 0 {
		found += ": each round reads the last days again"
	}
	var fact []string
	for _, name := range slices.Sorted(maps.Keys(count)) {
		fact = append(fact, fmt.Sprintf("%s (%d)", name, count[name]))
	}
	p.tell(Finding{1, "pairedDevices", found, "members, and how many devices have them: " + strings.Join(fact, ", ")})
	return nil
}

// scopes tells what was granted. That there is a sign-in at all shows that the project got
// through consent.
func (p *prober) scopes(context.Context) error {
	var short []string
	for _, s := range strings.Fields(p.Scopes) {
		short = append(short, strings.TrimPrefix(s, "https://www.googleapis.com/auth/googlehealth."))
	}
	slices.Sort(short)
	found := "the project got through consent, and nutrition.readonly was granted"
	switch {
	case len(short) == 0:
		found = "the project got through consent; the token endpoint did not tell the scopes"
	case !slices.Contains(short, "nutrition.readonly"):
		found = "the project got through consent, but nutrition.readonly was not granted"
	}
	p.tell(Finding{2, "scopes", found, fmt.Sprintf("%d granted: %s", len(short), strings.Join(short, ", "))})
	return nil
}

// badFilter asks for what no interval type allows, to see the shape of an error.
func (p *prober) badFilter(ctx context.Context) error {
	r, err := p.get(ctx, dataType(catalog.List, "steps", "steps.interval.end_time", 1, p.Today-1, p.Today))
	if err != nil {
		return err
	}
	const asked = "list of steps with a filter on the end"
	if r.err == nil {
		p.tell(Finding{9, asked, "not refused, against the documents", "HTTP 200"})
		return nil
	}
	p.tell(Finding{9, asked, "refused, as it should be", r.fact()})
	return nil
}

// burst makes a few calls without a pause, to see a 429, unless one came already.
func (p *prober) burst(ctx context.Context) error {
	const asked = "a burst of calls"
	if p.limited != "" {
		p.tell(Finding{9, asked, "left out: a 429 came without it", p.limited})
		return nil
	}
	for n := 1; n <= maxBurst; n++ {
		r, err := p.ask(ctx, fetch.Question{Ask: catalog.Ask{Path: "/v4/users/me/identity"}})
		switch {
		case err != nil:
			return err
		case p.limited != "":
			p.tell(Finding{9, asked, fmt.Sprintf("call %d of the burst met a 429", n), p.limited})
			return nil
		case r.err != nil:
			p.tell(Finding{9, asked, fmt.Sprintf("call %d of the burst was refused: %s", n, r.refusal()), r.fact()})
			return nil
		}
	}
	p.tell(Finding{9, asked, fmt.Sprintf("%d calls without a pause, and no 429", maxBurst), "HTTP 200 each time"})
	return nil
}

// legacy asks the legacy Web API for anything, without a token: it is another service.
func (p *prober) legacy(ctx context.Context) error {
	const asked = "the legacy Web API"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(p.Legacy, "/")+"/1/user/-/profile.json", nil)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", p.api.Agent)
	client := *p.api.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		p.tell(Finding{10, asked, "no answer", fetch.Redact(err.Error())})
		return nil
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxFact)) // as much as comes: it is only shown
	found := "it answers neither data nor that it is gone"
	switch res.StatusCode {
	case http.StatusGone:
		found = "it is switched off"
	case http.StatusUnauthorized:
		found = "it still answers, and wants a sign-in"
	}
	fact := fmt.Sprintf("HTTP %d", res.StatusCode)
	if len(body) > 0 {
		fact += ": " + excerpt(body)
	}
	p.tell(Finding{10, asked, found, fact})
	return nil
}

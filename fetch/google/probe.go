package google

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// Finding is what one probe found. It holds no value of health data and no secret.
type Finding struct {
	Probe int    // its number in section 12
	Asked string // in a few words
	Found string // in plain words
	Fact  string // what came: counts, names, and the body of an error
}

// Probing says what the probes need to know.
type Probing struct {
	Scopes string      // that were granted, with blanks between; "": not known
	Today  catalog.Day // where the person is
	Legacy string      // address of the legacy Web API; it is asked without a token
}

// Probe finds out, in the order of section 12, what the documents of the API leave open, by
// about 30 calls: at the provider's rate but for one burst, which ends with the first 429.
// It tells each finding when it has it. What a probe is refused is a finding; the error is
// what would refuse them all: an access token that is not taken, or an account that is not.
func (p *Provider) Probe(ctx context.Context, access string, o Probing, tell func(Finding)) error {
	pr := &prober{Provider: p, Probing: o, access: access, tell: tell}
	for _, probe := range []func(context.Context) error{
		pr.identity, pr.settings, pr.profile, pr.devices, pr.scopes, pr.endOfRange, pr.personalRange, pr.heartRatePages,
		pr.defaultPage, pr.sleepBounds, pr.moods, pr.badFilter, pr.burst, pr.legacy,
	} {
		if err := probe(ctx); err != nil {
			return err
		}
	}
	return nil
}

// prober is the state of one Probe.
type prober struct {
	*Provider
	Probing
	access  string
	tell    func(Finding)
	next    time.Time // before which no call is made
	limited string    // what came with a 429; "": none did
}

const (
	maxWalk  = 30   // pages of one walk
	maxBurst = 12   // calls
	maxFact  = 2000 // bytes of a body that are shown
)

// reply is an answer to a probe.
type reply struct {
	fetch.Answer
	err error // that it was refused
}

// get asks at the provider's rate. The error is one that would refuse every probe.
func (p *prober) get(ctx context.Context, q fetch.Question) (reply, error) {
	if err := sleep(ctx, time.Until(p.next)); err != nil {
		return reply{}, err
	}
	p.next = time.Now().Add(time.Duration(float64(time.Second) / p.pace.Rate))
	return p.ask(ctx, q)
}

// ask asks at once.
func (p *prober) ask(ctx context.Context, q fetch.Question) (reply, error) {
	r, err := request(q)
	if err != nil {
		return reply{}, err
	}
	a, h, err := p.api.Do(ctx, p.access, r)
	var api *fetch.APIError
	switch {
	case ctx.Err() != nil:
		return reply{}, ctx.Err()
	case errors.As(err, &api) && api.Unauthorized():
		return reply{}, err
	case errors.As(err, &api) && api.Limited() && p.limited == "":
		p.limited = headers(h) + "; body: " + excerpt(a.Body)
	}
	return reply{a, err}, nil
}

// sleep waits, or returns early with the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// refusal says in a few words how a probe was refused; "" when it was not.
func (r reply) refusal() string {
	var api *fetch.APIError
	switch {
	case r.err == nil:
		return ""
	case !errors.As(r.err, &api) || api.Status == 0:
		return "no answer: " + r.err.Error()
	case api.Code == "":
		return fmt.Sprintf("HTTP %d", api.Status)
	}
	return fmt.Sprintf("HTTP %d %s", api.Status, api.Code)
}

// fact is the body of a refusal.
func (r reply) fact() string {
	if len(r.Body) == 0 {
		return r.refusal()
	}
	return r.refusal() + ": " + excerpt(r.Body)
}

// excerpt is the body of an error on one line.
func excerpt(body []byte) string {
	s := strings.Join(strings.Fields(string(body)), " ")
	if len(s) > maxFact {
		s = strings.ToValidUTF8(s[:maxFact], "") + "…"
	}
	return fetch.Redact(s)
}

// headers lists the headers of an answer but for cookies.
func headers(h http.Header) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if name != "Set-Cookie" {
			out = append(out, name+": "+strings.Join(h[name], ", "))
		}
	}
	return fetch.Redact(strings.Join(out, "; "))
}

package emulator_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// gbench is a bench signed in at the Google side.
type gbench struct{ *bench }

func startGoogle(t *testing.T, change ...func(*emulator.Options)) *gbench {
	t.Helper()
	limit := func(o *emulator.Options) { o.GoogleLimit = 1_000_000 }
	g := &gbench{start(t, append([]func(*emulator.Options){limit}, change...)...)}
	g.signIn()
	return g
}

// tokenReply is an answer of the token endpoint.
type tokenReply struct {
	Access      string `json:"access_token"`
	Refresh     string `json:"refresh_token"`
	Scope       string `json:"scope"`
	Type        string `json:"token_type"`
	Expires     int    `json:"expires_in"`
	RefreshLife int    `json:"refresh_token_expires_in"`
	Error       string `json:"error"`
}

func (g *gbench) refreshForm(token string) url.Values {
	id, secret := g.GoogleClient()
	return url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {id}, "client_secret": {secret},
	}
}

func (g *gbench) tokens(form url.Values) (tokenReply, int) {
	g.t.Helper()
	r := g.post("/token", "", "", form)
	var got tokenReply
	if err := json.Unmarshal([]byte(r.body), &got); err != nil {
		g.t.Fatalf("%v in %.200s", err, r.body)
	}
	return got, r.status
}

// signIn gets an access token by the seed refresh token.
func (g *gbench) signIn() {
	g.t.Helper()
	got, status := g.tokens(g.refreshForm(g.GoogleSeedToken()))
	if status != 200 {
		g.t.Fatalf("refresh: %d %+v", status, got)
	}
	g.token = got.Access
}

// at moves the clock and signs in anew.
func (g *gbench) at(to time.Time) {
	g.t.Helper()
	g.clock.Set(to)
	g.signIn()
}

func dataPath(kind, verb string, query ...string) string {
	q := url.Values{}
	for i := 0; i < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	path := "/v4/users/me/dataTypes/" + kind + "/dataPoints"
	if verb != "list" {
		path += ":" + verb
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

// postJSON sends a rollup.
func (g *gbench) postJSON(path, body string) reply {
	g.t.Helper()
	r, err := http.NewRequest("POST", g.web.URL+path, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+g.token)
	got, err := g.send(r)
	if err != nil {
		g.t.Fatalf("%s: %v", path, err)
	}
	return got
}

// roll is a rollup that must succeed.
func (g *gbench) roll(kind, verb, body string) string {
	g.t.Helper()
	r := g.postJSON(dataPath(kind, verb), body)
	if r.status != 200 {
		g.t.Fatalf("%s %s: %d %s", kind, verb, r.status, r.body)
	}
	return r.body
}

// points is a page of data points.
type points struct {
	DataPoints []map[string]json.RawMessage
	Next       *string `json:"nextPageToken"`
}

func pageOf(t *testing.T, body string) points {
	t.Helper()
	var p points
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatalf("%v in %.200s", err, body)
	}
	return p
}

// walk follows the pages to the end.
func (g *gbench) walk(kind, verb string, query ...string) []map[string]json.RawMessage {
	g.t.Helper()
	var all []map[string]json.RawMessage
	for token := ""; ; {
		q := query
		if token != "" {
			q = append(append([]string{}, query...), "pageToken", token)
		}
		p := pageOf(g.t, g.ok(dataPath(kind, verb, q...)))
		all = append(all, p.DataPoints...)
		if p.Next == nil || *p.Next == "" {
			return all
		}
		token = *p.Next
	}
}

// into decodes the value member of a point.
func into(t *testing.T, point map[string]json.RawMessage, member string, v any) {
	t.Helper()
	raw, ok := point[member]
	if !ok {
		t.Fatalf("no %q in %v", member, point)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		t.Fatalf("%v in %.300s", err, raw)
	}
}

// refused checks an error of the API: status, canonical name and reason, the
// detailed one if there is one.
func (r reply) refused(t *testing.T, what string, status int, name, reason string) {
	t.Helper()
	var e struct {
		Error struct {
			Code    int
			Status  string
			Details []struct {
				Reason   string
				Metadata map[string]string
			}
		}
	}
	if err := json.Unmarshal([]byte(r.body), &e); err != nil {
		t.Errorf("%s: %d, no JSON: %.200s", what, r.status, r.body)
		return
	}
	got := ""
	if len(e.Error.Details) > 0 {
		got = e.Error.Details[0].Reason
		if detail := e.Error.Details[0].Metadata["detailedReasons"]; detail != "" {
			got = detail
		}
	}
	if r.status != status || e.Error.Code != status || e.Error.Status != name || got != reason {
		t.Errorf("%s: got %d %s %q (%.200s), want %d %s %q", what, r.status, e.Error.Status, got, r.body, status, name, reason)
	}
}

func stemOf(kind string) string { return strings.ReplaceAll(kind, "-", "_") }

// memberOf is the camel-case key of a type.
func memberOf(kind string) string {
	parts := strings.Split(kind, "-")
	for i, p := range parts[1:] {
		parts[i+1] = strings.ToUpper(p[:1]) + p[1:]
	}
	return strings.Join(parts, "")
}

func civilFilter(member string, from, to emulator.Date) string {
	return member + ` >= "` + from.String() + `" AND ` + member + ` < "` + to.String() + `"`
}

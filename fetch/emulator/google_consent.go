package emulator

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// googleConsent is a checked request of the consent page (Google sheet 2.1).
type googleConsent struct {
	ClientID, Redirect, State, Challenge string
	Offline, Again                       bool // access_type=offline, prompt=consent
	Scopes                               []string
	Params                               map[string]string
}

var googleCarried = []string{
	"client_id", "redirect_uri", "response_type", "state", "access_type", "prompt", "code_challenge",
	"code_challenge_method", "include_granted_scopes", "login_hint", "requested",
}

var googleConsentPage = template.Must(template.New("google consent").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in - Google Accounts (emulator)</title></head>
<body><main><h1>{{.ClientID}} wants access to your Google Account</h1>
<form method="post" action="/o/oauth2/v2/auth">
{{range $name, $value := .Params}}<input type="hidden" name="{{$name}}" value="{{$value}}">
{{end}}<fieldset><legend>Select what it can access</legend>
{{range .Scopes}}<p><label><input type="checkbox" name="scope" value="{{.}}" checked> {{.}}</label></p>
{{end}}</fieldset>
<p><button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button></p>
</form></main></body></html>
`))

var googleRefusalPage = template.Must(template.New("google refusal").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Error</title></head>
<body><main><h1>Access blocked: authorization error</h1><p class="error">Error 400: {{.}}</p></main></body></html>
`))

// GoogleConsent answers an authorization address as a person in front of the
// page would: it ticks the given scopes, presses Allow or Deny, and returns the
// address to which the browser is sent. The error is what the page says instead.
func (s *Server) GoogleConsent(address string, allow bool, scopes ...string) (redirect string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	form := u.Query()
	form.Set("requested", form.Get("scope"))
	form["scope"] = scopes
	form.Set("decision", map[bool]string{true: "allow", false: "deny"}[allow])
	s.mu.Lock()
	defer s.mu.Unlock()
	c, mistake := s.checkGoogleConsent(form)
	if mistake != "" {
		return "", fmt.Errorf("emulator: google consent page: %s", mistake)
	}
	a := s.decideGoogle(c, form)
	if a.status != http.StatusFound {
		return "", fmt.Errorf("emulator: google consent page: status %d", a.status)
	}
	return a.header.Get("Location"), nil
}

// googleAuthorize shows the page and takes the decision. Mistakes are shown to
// the person and never sent to the redirect URI.
func (s *Server) googleAuthorize(r *http.Request, form url.Values, problem *refusal) answer {
	if r.Method == http.MethodGet {
		form = r.URL.Query()
		form.Set("requested", form.Get("scope"))
	} else if r.Method != http.MethodPost || problem != nil {
		return googleNotFound()
	}
	c, mistake := s.checkGoogleConsent(form)
	if mistake != "" {
		return page(http.StatusBadRequest, googleRefusalPage, mistake)
	}
	if r.Method == http.MethodGet {
		return page(http.StatusOK, googleConsentPage, c)
	}
	return s.decideGoogle(c, form)
}

// checkGoogleConsent returns the first mistake as the page words it.
func (s *Server) checkGoogleConsent(q url.Values) (c googleConsent, mistake string) {
	c = googleConsent{
		ClientID: q.Get("client_id"), Redirect: q.Get("redirect_uri"), State: q.Get("state"),
		Challenge: q.Get("code_challenge"), Offline: q.Get("access_type") == "offline",
		Again:  slices.Contains(strings.Fields(q.Get("prompt")), "consent"),
		Scopes: strings.Fields(q.Get("requested")), Params: map[string]string{},
	}
	for _, name := range googleCarried {
		if value := q.Get(name); value != "" {
			c.Params[name] = value
		}
	}
	switch {
	case c.ClientID != s.options.GoogleClientID:
		return c, "invalid_client: The OAuth client was not found."
	case !s.googleRedirect(c.Redirect):
		return c, "redirect_uri_mismatch: " + c.Redirect
	case q.Get("response_type") != "code":
		return c, "invalid_request: Required parameter is missing: response_type"
	case len(c.Scopes) == 0:
		return c, "invalid_request: Missing required parameter: scope"
	case !slices.Contains([]string{"", "online", "offline"}, q.Get("access_type")):
		return c, "invalid_request: Invalid access_type: " + q.Get("access_type")
	}
	for _, scope := range c.Scopes {
		if !slices.Contains(AllGoogleScopes, scope) && !slices.Contains(idleScopes, scope) {
			return c, "invalid_scope: " + scope
		}
	}
	if method := q.Get("code_challenge_method"); c.Challenge != "" || method != "" {
		raw, err := base64.RawURLEncoding.DecodeString(c.Challenge)
		if method != "S256" || err != nil || len(raw) != 32 {
			return c, "invalid_request: Invalid code_challenge"
		}
	}
	return c, ""
}

// googleRedirect is exact for web clients; desktop clients may use any port of
// the loopback (Google sheet 2.5).
func (s *Server) googleRedirect(redirect string) bool {
	if s.options.GoogleClientType == GoogleWeb {
		return slices.Contains(s.options.GoogleRedirectURIs, redirect)
	}
	u, err := url.Parse(redirect)
	return err == nil && u.Scheme == "http" && u.User == nil && u.Fragment == "" &&
		slices.Contains([]string{"127.0.0.1", "localhost", "::1"}, u.Hostname())
}

func (s *Server) decideGoogle(c googleConsent, form url.Values) answer {
	back := url.Values{}
	if c.State != "" {
		back.Set("state", c.State)
	}
	switch form.Get("decision") {
	case "deny":
		back.Set("error", "access_denied")
	case "allow":
		var ticked []string
		for _, scope := range c.Scopes {
			if slices.Contains(form["scope"], scope) && !slices.Contains(ticked, scope) {
				ticked = append(ticked, scope)
			}
		}
		if len(ticked) == 0 {
			back.Set("error", "access_denied")
			break
		}
		g := &s.google
		g.issued++
		issued := "4/0A" + s.googleSecret("google code", g.issued)
		g.codes[issued] = googleCode{
			redirect: c.Redirect, challenge: c.Challenge, scopes: ticked,
			offline: c.Offline && (c.Again || !g.consented), expires: s.Now().Add(googleCodeLife),
		}
		g.consented = true
		s.keepSecret(issued)
		back.Set("code", issued)
		back.Set("scope", joinScopes(ticked))
	default:
		return page(http.StatusBadRequest, googleRefusalPage, "invalid_request: Allow or deny?")
	}
	a := newAnswer(http.StatusFound, "text/html; charset=utf-8", nil)
	a.header.Set("Location", joinQuery(c.Redirect, back, false))
	return a
}

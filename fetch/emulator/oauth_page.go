package emulator

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// consent is a checked authorize request (sheet 1.3).
type consent struct {
	ClientID, Redirect, State, Challenge string
	given                                string // redirect_uri as given, maybe empty
	Scopes                               []string
	Params                               map[string]string // carried through the form
	Ticked                               map[string]bool
}

var carried = []string{
	"client_id", "response_type", "redirect_uri", "state", "code_challenge",
	"code_challenge_method", "prompt", "requested",
}

var consentPage = template.Must(template.New("consent").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Authorize Application</title></head>
<body><main><h1>Application {{.ClientID}} would like access to your data</h1>
<form method="post" action="/oauth2/authorize">
{{range $name, $value := .Params}}<input type="hidden" name="{{$name}}" value="{{$value}}">
{{end}}<fieldset><legend>Data</legend>
{{range .Scopes}}<p><label><input type="checkbox" name="scope" value="{{.}}"{{if index $.Ticked .}} checked{{end}}> {{.}}</label></p>
{{end}}</fieldset>
<p><button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button></p>
</form></main></body></html>
`))

var refusalPage = template.Must(template.New("refusal").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Developer information</title></head>
<body><main><h1>Developer information</h1><p class="error">{{.}}</p></main></body></html>
`))

// Consent answers an authorize address as a person in front of the page would:
// it ticks the given scopes, presses Allow or Deny, and returns the address to
// which the browser is sent. The error is what the page says instead.
func (s *Server) Consent(address string, allow bool, scopes ...string) (redirect string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	form := u.Query()
	form.Set("requested", form.Get("scope"))
	form["scope"] = scopes
	form.Set("decision", "deny")
	if allow {
		form.Set("decision", "allow")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, mistake := s.checkConsent(form)
	if mistake != "" {
		return "", fmt.Errorf("emulator: authorize page: %s", mistake)
	}
	a := s.decide(c, form, s.Now())
	if a.status != http.StatusFound {
		return "", fmt.Errorf("emulator: authorize page: status %d", a.status)
	}
	return a.header.Get("Location"), nil
}

// authorize shows the consent page and takes its decision. Mistakes in the
// parameters are shown to the person and never sent to the redirect URI.
func (s *Server) authorize(r *http.Request, form url.Values, problem *refusal, now time.Time) answer {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		s.violate("%s %s: the method is GET", r.Method, r.URL.Path)
		return failure(http.StatusMethodNotAllowed, "request", "n/a", "Method not allowed")
	case problem != nil:
		return page(http.StatusBadRequest, refusalPage, problem.message)
	case r.Method == http.MethodGet:
		query := r.URL.Query()
		query.Set("requested", query.Get("scope"))
		c, mistake := s.checkConsent(query)
		if mistake != "" {
			return page(http.StatusBadRequest, refusalPage, mistake)
		}
		return page(http.StatusOK, consentPage, c)
	}
	c, mistake := s.checkConsent(form)
	if mistake != "" {
		return page(http.StatusBadRequest, refusalPage, mistake)
	}
	return s.decide(c, form, now)
}

func (s *Server) decide(c consent, form url.Values, now time.Time) answer {
	back := url.Values{}
	if c.State != "" {
		back.Set("state", c.State)
	}
	switch form.Get("decision") {
	case "deny":
		back.Set("error", "access_denied")
		back.Set("error_description", "The user denied the request.")
	case "allow":
		var ticked []string
		for _, scope := range form["scope"] {
			if slices.Contains(c.Scopes, scope) && !slices.Contains(ticked, scope) {
				ticked = append(ticked, scope)
			}
		}
		if len(ticked) == 0 {
			return page(http.StatusBadRequest, refusalPage, "Choose at least one kind of data.")
		}
		s.oauth.issued++
		issued := hex.EncodeToString(s.secretBytes("code", s.oauth.issued)[:20])
		s.oauth.codes[issued] = code{c.given, c.Challenge, ticked, now.Add(codeLife)}
		s.keepSecret(issued)
		back.Set("code", issued)
	default:
		return page(http.StatusBadRequest, refusalPage, "Allow or deny?")
	}
	a := newAnswer(http.StatusFound, "text/html; charset=utf-8", nil)
	a.header.Set("Location", joinQuery(c.Redirect, back, s.modes.RedirectHash))
	return a
}

func joinQuery(redirect string, query url.Values, hash bool) string {
	sep := "?"
	if strings.Contains(redirect, "?") {
		sep = "&"
	}
	redirect += sep + query.Encode()
	if hash {
		redirect += "#_=_"
	}
	return redirect
}

// checkConsent returns the first mistake as the page words it.
func (s *Server) checkConsent(q url.Values) (c consent, mistake string) {
	o := s.options
	c = consent{
		ClientID: q.Get("client_id"), Redirect: q.Get("redirect_uri"), given: q.Get("redirect_uri"),
		State: q.Get("state"), Challenge: q.Get("code_challenge"), Scopes: strings.Fields(q.Get("requested")),
		Params: map[string]string{}, Ticked: map[string]bool{},
	}
	for _, name := range carried {
		if value := q.Get(name); value != "" {
			c.Params[name] = value
		}
	}
	for _, scope := range c.Scopes {
		c.Ticked[scope] = slices.Contains(o.Scopes, scope)
	}
	switch {
	case c.ClientID != o.ClientID:
		return c, "unauthorized_client: Invalid client_id: " + c.ClientID
	case q.Get("response_type") != "code":
		return c, "unsupported_response_type: Invalid response_type: " + q.Get("response_type")
	case len(c.Scopes) == 0:
		return c, "invalid_request: Missing parameter: scope"
	case !slices.Contains([]string{"", "none", "consent", "login", "login consent"}, q.Get("prompt")):
		return c, "invalid_request: Invalid prompt: " + q.Get("prompt")
	}
	for _, scope := range c.Scopes {
		if !slices.Contains(AllScopes, scope) {
			return c, "invalid_scope: Invalid scope: " + scope
		}
	}
	if c.Redirect == "" && len(o.RedirectURIs) == 1 {
		c.Redirect = o.RedirectURIs[0]
	}
	if !slices.Contains(o.RedirectURIs, c.Redirect) {
		return c, "invalid_request: Invalid redirect_uri: " + c.Redirect
	}
	return c, s.checkChallenge(c.Challenge, q.Get("code_challenge_method"))
}

func (s *Server) checkChallenge(challenge, method string) (mistake string) {
	switch {
	case challenge == "" && s.modes.App == ClientApp:
		return "invalid_request: Missing parameter: code_challenge"
	case challenge == "" && method == "":
		return ""
	case method != "S256":
		return fmt.Sprintf("invalid_request: Invalid code_challenge_method: %q", method)
	}
	if raw, err := base64.RawURLEncoding.DecodeString(challenge); err != nil || len(raw) != 32 {
		return "invalid_request: Invalid code_challenge"
	}
	return ""
}

func page(status int, t *template.Template, data any) answer {
	var buf bytes.Buffer
	if err := t.Execute(&buf, data); err != nil {
		return newAnswer(http.StatusInternalServerError, "text/plain; charset=utf-8", []byte(err.Error()))
	}
	return newAnswer(status, "text/html; charset=utf-8", buf.Bytes())
}

package emulator

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// readForm reads the form that a POST carries in its body; nothing from the
// query counts.
func readForm(r *http.Request) (url.Values, *refusal) {
	if r.Method != http.MethodPost {
		return nil, nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, invalidRequest("Content-Type must be application/x-www-form-urlencoded")
	}
	if r.Body == nil {
		return url.Values{}, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxForm))
	if err != nil {
		return nil, invalidRequest("Unreadable body")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, invalidRequest("Malformed form")
	}
	return form, nil
}

func invalidRequest(message string) *refusal {
	return &refusal{http.StatusBadRequest, "invalid_request", "", message}
}

func invalidGrant(message string) *refusal {
	return &refusal{http.StatusBadRequest, "invalid_grant", "", message}
}

// respondOther answers everything that is not counted: OAuth and unknown paths.
func (s *Server) respondOther(kind string, r *http.Request, form url.Values, problem *refusal) answer {
	now := s.Now()
	if s.retired(now) {
		return gone()
	}
	for _, name := range []string{"client_secret", "refresh_token", "code_verifier", "token", "code"} {
		if value := r.URL.Query().Get(name); value != "" {
			s.keepPresented(value)
			s.violate("%s in the URL of %s", name, r.URL.Path)
		}
		s.keepPresented(form.Get(name))
	}
	if kind == KindAuthorize {
		return s.authorize(r, form, problem, now)
	}
	if kind == KindOther {
		return notFound().answer()
	}
	if r.Method != http.MethodPost {
		s.violate("%s %s: the method is POST", r.Method, r.URL.Path)
		return failure(http.StatusMethodNotAllowed, "request", "n/a", "Method not allowed")
	}
	fault, hit := s.takeFault(0, r)
	if hit && fault.early() {
		return s.applyFault(fault, answer{}, now)
	}
	if problem != nil {
		return problem.answer()
	}
	a := s.respondForm(kind, r, form, now)
	if hit {
		a = s.applyFault(fault, a, now)
	}
	return a
}

func (s *Server) respondForm(kind string, r *http.Request, form url.Values, now time.Time) answer {
	switch kind {
	case KindToken:
		return s.token(r, form, now)
	case KindRevoke:
		return s.revoke(r, form)
	}
	return s.introspect(r, form, now)
}

func (s *Server) token(r *http.Request, form url.Values, now time.Time) answer {
	if status := s.modes.TokenStatus; status != 0 {
		if s.modes.TokenStatusLeft > 0 {
			if s.modes.TokenStatusLeft--; s.modes.TokenStatusLeft == 0 {
				s.modes.TokenStatus = 0
			}
		}
		if status == http.StatusGone {
			return gone()
		}
		return failure(status, "system", "n/a", http.StatusText(status))
	}
	if refused := s.checkClient(r, form); refused != nil {
		return refused.answer()
	}
	if life := form.Get("expires_in"); life != "" && life != "28800" {
		return invalidRequest("Invalid expires_in: " + life).answer()
	}
	switch form.Get("grant_type") {
	case "refresh_token":
		return s.refresh(r, form, now)
	case "authorization_code":
		return s.exchange(form, now)
	case "":
		return invalidRequest("Missing parameters: grant_type").answer()
	}
	return invalidRequest("Invalid grant_type: " + form.Get("grant_type")).answer()
}

// checkClient authenticates the app in the style of its type (sheet 1.2).
func (s *Server) checkClient(r *http.Request, form url.Values) *refusal {
	wrong := &refusal{http.StatusUnauthorized, "invalid_client", "", "Client id or secret rejected"}
	o := s.options
	header := r.Header.Get("Authorization")
	if header != "" {
		id, secret, ok := r.BasicAuth()
		s.keepPresented(secret)
		if !ok || s.modes.App == ClientApp || id != o.ClientID || secret != o.ClientSecret {
			return wrong
		}
		if given := form.Get("client_id"); given != "" && given != o.ClientID {
			return wrong
		}
		return nil
	}
	if s.modes.App == ServerApp {
		return &refusal{http.StatusUnauthorized, "invalid_request", "", "Authorization header required."}
	}
	if form.Get("client_id") == "" {
		if s.modes.App == ClientApp {
			return invalidRequest("Missing parameters: client_id")
		}
		return &refusal{http.StatusUnauthorized, "invalid_request", "", "Authorization header required."}
	}
	if secret := form.Get("client_secret"); form.Get("client_id") != o.ClientID || secret != "" && secret != o.ClientSecret {
		return wrong
	}
	return nil
}

func (s *Server) refresh(r *http.Request, form url.Values, now time.Time) answer {
	token := form.Get("refresh_token")
	if token == "" {
		return invalidRequest("Missing parameters: refresh_token").answer()
	}
	key := r.Header.Get("Authorization") + "\n" + form.Encode()
	if again, ok := s.oauth.replays[key]; ok && now.Sub(again.at) <= replayGrace {
		return newAnswer(http.StatusOK, jsonType, again.body)
	}
	if token != s.oauth.refresh {
		return invalidGrant("Refresh token invalid: " + token).answer()
	}
	a := jsonAnswer(s.issue(s.oauth.granted, now))
	s.oauth.replays[key] = replay{now, a.body}
	if s.modes.DropRotated > 0 {
		s.modes.DropRotated--
		a.drop = dropBeforeStatus
	}
	return a
}

func (s *Server) exchange(form url.Values, now time.Time) answer {
	given := form.Get("code")
	if given == "" {
		return invalidRequest("Missing parameters: code").answer()
	}
	c, ok := s.oauth.codes[given]
	delete(s.oauth.codes, given)
	if !ok || now.After(c.expires) {
		return invalidGrant("Authorization code invalid: " + given).answer()
	}
	redirect := form.Get("redirect_uri")
	if redirect != c.redirect && (c.redirect != "" || redirect != s.options.RedirectURIs[0]) {
		return invalidGrant("Redirect_uri mismatch: " + redirect).answer()
	}
	if refused := checkVerifier(c.challenge, form.Get("code_verifier")); refused != nil {
		return refused.answer()
	}
	return jsonAnswer(s.issue(c.scopes, now))
}

// checkVerifier is PKCE with S256 (sheet 1.3).
func checkVerifier(challenge, verifier string) *refusal {
	if challenge == "" {
		if verifier != "" {
			return invalidGrant("Code verifier without a challenge")
		}
		return nil
	}
	if verifier == "" {
		return invalidRequest("Missing parameters: code_verifier")
	}
	sum := sha256.Sum256([]byte(verifier))
	if len(verifier) < 43 || len(verifier) > 128 || base64.RawURLEncoding.EncodeToString(sum[:]) != challenge {
		return invalidGrant("Code verifier mismatch")
	}
	return nil
}

func (s *Server) revoke(r *http.Request, form url.Values) answer {
	if refused := s.checkClient(r, form); refused != nil {
		return refused.answer()
	}
	token := form.Get("token")
	if token == "" {
		return invalidRequest("Missing parameters: token").answer()
	}
	if _, ok := s.oauth.access[token]; ok || token == s.oauth.refresh {
		s.oauth.revoke()
	}
	return newAnswer(http.StatusOK, jsonType, []byte("{}"))
}

// introspect answers version 1.1; the un-versioned path gives active as 1 or 0
// (sheet 1.1, 1.6).
func (s *Server) introspect(r *http.Request, form url.Values, now time.Time) answer {
	if _, refused := s.authenticate(r, now); refused != nil {
		return refused.answer()
	}
	if form.Get("token") == "" {
		return invalidRequest("Missing parameters: token").answer()
	}
	var yes, no any = true, false
	if r.URL.Path == "/oauth2/introspect" {
		yes, no = 1, 0
	}
	g, ok := s.oauth.access[form.Get("token")]
	if !ok || !now.Before(g.expires) {
		return jsonAnswer(struct {
			Active any `json:"active"`
		}{no})
	}
	read := make([]string, len(g.scopes))
	for i, scope := range g.scopes {
		read[i] = strings.ToUpper(scope) + "=READ"
	}
	return jsonAnswer(struct {
		Active    any    `json:"active"`
		Scope     string `json:"scope"`
		ClientID  string `json:"client_id"`
		UserID    string `json:"user_id"`
		TokenType string `json:"token_type"`
		Exp       int64  `json:"exp"`
		Iat       int64  `json:"iat"`
	}{
		yes, "{" + strings.Join(read, ", ") + "}", s.options.ClientID, s.person.id, "access_token",
		g.expires.UnixMilli(), g.issued.UnixMilli(),
	})
}

// authenticate checks the bearer token of an API request (sheet 1.6).
func (s *Server) authenticate(r *http.Request, now time.Time) (grant, *refusal) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return grant{}, &refusal{http.StatusUnauthorized, "invalid_request", "", "Authorization header required."}
	}
	g, ok := s.oauth.access[token]
	if !ok {
		s.keepPresented(token)
		return grant{}, &refusal{http.StatusUnauthorized, "invalid_token", "", "Access token invalid: " + token}
	}
	if !now.Before(g.expires) {
		return grant{}, &refusal{http.StatusUnauthorized, "expired_token", "", "Access token expired: " + token}
	}
	return g, nil
}

func (g grant) may(scopes string) *refusal {
	for _, scope := range strings.Fields(scopes) {
		if !slices.Contains(g.scopes, scope) {
			return &refusal{
				http.StatusForbidden, "insufficient_scope", "",
				fmt.Sprintf("This application does not have permission to access %s data.", scope),
			}
		}
	}
	return nil
}

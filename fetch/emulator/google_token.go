package emulator

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

func joinScopes(scopes []string) string { return strings.Join(scopes, " ") }

// oauthRefusal is the error shape of the token endpoint, which is not that of
// the API (Google sheet 2.3).
type oauthRefusal struct {
	status            int
	kind, description string
}

func (r *oauthRefusal) answer() answer {
	var w jsonWriter
	w.open("")
	w.str("error", r.kind)
	w.str("error_description", r.description)
	w.close()
	return newAnswer(r.status, googleJSON, w.buf)
}

func badToken(kind, description string) *oauthRefusal {
	return &oauthRefusal{http.StatusBadRequest, kind, description}
}

// respondGoogleOAuth answers the consent page, the token endpoint and the
// revocation.
func (s *Server) respondGoogleOAuth(kind string, r *http.Request, form url.Values, problem *refusal) answer {
	now := s.Now()
	for _, name := range []string{"client_secret", "refresh_token", "code_verifier", "token", "code"} {
		if value := r.URL.Query().Get(name); value != "" {
			s.keepPresented(value)
			s.violate("%s in the URL of %s", name, r.URL.Path)
		}
		s.keepPresented(form.Get(name))
	}
	if kind == KindGoogleAuthorize {
		return s.googleAuthorize(r, form, problem)
	}
	if r.Method != http.MethodPost {
		return googleNotFound()
	}
	fault, hit := s.takeFault(0, r)
	if hit && fault.Kind == FaultError {
		status := fault.Status
		fill(&status, http.StatusInternalServerError)
		return (&oauthRefusal{status, "internal_failure", http.StatusText(status)}).answer()
	}
	if hit && fault.early() {
		return s.applyGoogleFault(fault, answer{}, now)
	}
	a, refused := s.googleForm(kind, r, form, problem, now)
	if refused != nil {
		a = refused.answer()
	}
	if hit {
		a = s.applyGoogleFault(fault, a, now)
	}
	return a
}

func (s *Server) googleForm(kind string, r *http.Request, form url.Values, problem *refusal, now time.Time) (answer, *oauthRefusal) {
	if problem != nil {
		return answer{}, badToken("invalid_request", problem.message)
	}
	if kind == KindGoogleRevoke {
		return s.googleRevoke(form)
	}
	if status := s.modes.GoogleTokenStatus; status != 0 {
		return answer{}, &oauthRefusal{status, "internal_failure", http.StatusText(status)}
	}
	if refused := s.checkGoogleClient(r, form); refused != nil {
		return answer{}, refused
	}
	switch form.Get("grant_type") {
	case "refresh_token":
		return s.googleRefresh(form, now)
	case "authorization_code":
		return s.googleExchange(form, now)
	}
	return answer{}, badToken("unsupported_grant_type", "Invalid grant_type: "+form.Get("grant_type"))
}

// checkGoogleClient wants id and secret, of desktop clients too; in the form or
// by HTTP Basic.
func (s *Server) checkGoogleClient(r *http.Request, form url.Values) *oauthRefusal {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		id, secret = user, password
		s.keepPresented(secret)
	}
	switch {
	case id == "":
		return badToken("invalid_request", "Could not determine client ID from request.")
	case id != s.options.GoogleClientID:
		return &oauthRefusal{http.StatusUnauthorized, "invalid_client", "The OAuth client was not found."}
	case secret == "":
		return badToken("invalid_request", "client_secret is missing.")
	case secret != s.options.GoogleClientSecret:
		return &oauthRefusal{http.StatusUnauthorized, "invalid_client", "Unauthorized"}
	}
	return nil
}

// googleRefresh gives no new refresh token and never another scope (rule 3).
func (s *Server) googleRefresh(form url.Values, now time.Time) (answer, *oauthRefusal) {
	token := form.Get("refresh_token")
	if token == "" {
		return answer{}, badToken("invalid_request", "Missing required parameter: refresh_token")
	}
	l := s.google.alive(token, now)
	if l == nil {
		return answer{}, badToken("invalid_grant", "Token has been expired or revoked.")
	}
	for _, scope := range strings.Fields(form.Get("scope")) {
		if !slices.Contains(l.scopes, scope) {
			return answer{}, badToken("invalid_scope", "Some requested scopes were not granted.")
		}
	}
	l.used = now
	return s.googleTokenAnswer(l.scopes, l, false, now), nil
}

// googleExchange takes a code once, with the redirect and the verifier it
// belongs to (rule 4).
func (s *Server) googleExchange(form url.Values, now time.Time) (answer, *oauthRefusal) {
	given := form.Get("code")
	if given == "" {
		return answer{}, badToken("invalid_request", "Missing required parameter: code")
	}
	c, ok := s.google.codes[given]
	delete(s.google.codes, given)
	switch verifier := form.Get("code_verifier"); {
	case !ok || now.After(c.expires):
		return answer{}, badToken("invalid_grant", "Malformed auth code.")
	case form.Get("redirect_uri") != c.redirect:
		return answer{}, badToken("redirect_uri_mismatch", "Bad Request")
	case c.challenge != "" && verifier == "":
		return answer{}, badToken("invalid_grant", "Missing code verifier.")
	case c.challenge != "" && !verifies(verifier, c.challenge), c.challenge == "" && verifier != "":
		return answer{}, badToken("invalid_grant", "Invalid code verifier.")
	}
	var l *lasting
	if c.offline {
		s.google.issued++
		l = s.google.keep("1//0e"+s.googleSecret("google refresh", s.google.issued), c.scopes, now)
		s.keepSecret(l.token)
	}
	return s.googleTokenAnswer(c.scopes, l, true, now), nil
}

// verifies is PKCE with S256.
func verifies(verifier, challenge string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return len(verifier) >= 43 && len(verifier) <= 128 && base64.RawURLEncoding.EncodeToString(sum[:]) == challenge
}

// googleRevoke kills the whole grant of a live token.
func (s *Server) googleRevoke(form url.Values) (answer, *oauthRefusal) {
	token := form.Get("token")
	_, ok := s.google.access[token]
	if !ok && s.google.alive(token, s.Now()) == nil {
		return answer{}, badToken("invalid_token", "Token expired or revoked")
	}
	s.google.revoke()
	return googleData([]byte("{}")), nil
}

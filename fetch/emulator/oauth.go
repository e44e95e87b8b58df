package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	tokenLife   = 8 * time.Hour // 28800 s (sheet 1.4)
	codeLife    = 10 * time.Minute
	replayGrace = 120 * time.Second // an identical refresh is answered alike (sheet 1.5)
)

// oauth is what the authorization server knows of its one app and one user.
type oauth struct {
	access  map[string]grant
	refresh string // the one that is alive; empty: none
	granted []string
	codes   map[string]code
	replays map[string]replay // by refresh request
	issued  uint64
}

// grant is an access token. A revoked one is forgotten.
type grant struct {
	scopes  []string
	issued  time.Time
	expires time.Time
}

// code is an authorization code; it works once.
type code struct {
	redirect  string // as given to the authorize page; empty: not given
	challenge string // S256; empty: none
	scopes    []string
	expires   time.Time
}

// replay is a refresh that may be repeated for a while.
type replay struct {
	at   time.Time
	body []byte
}

// newOAuth starts with the seed pair of the options.
func (s *Server) newOAuth() oauth {
	o := &s.options
	fill(&o.RefreshToken, hex.EncodeToString(s.secretBytes("refresh", 0)))
	now := o.Now()
	fill(&o.AccessToken, s.jwt(o.Scopes, now, 0))
	s.keepSecret(o.ClientSecret, o.RefreshToken, o.AccessToken)
	return oauth{
		access:  map[string]grant{o.AccessToken: {o.Scopes, now, now.Add(tokenLife)}},
		refresh: o.RefreshToken,
		granted: o.Scopes,
		codes:   map[string]code{},
		replays: map[string]replay{},
	}
}

// SeedTokens returns the pair that was valid at the start, and when its access
// token expires.
func (s *Server) SeedTokens() (access, refresh string, expires time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.options
	return o.AccessToken, o.RefreshToken, s.oauth.access[o.AccessToken].expires
}

// Client returns the registered app.
func (s *Server) Client() (id, secret string) {
	return s.options.ClientID, s.options.ClientSecret
}

// ExpireAccess makes every access token as old as its life, as eight hours
// would.
func (s *Server) ExpireAccess() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for token, g := range s.oauth.access {
		g.expires = s.Now()
		s.oauth.access[token] = g
	}
}

// Revoke kills every token of the user and app, as a person does who removes
// the app from the account.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.oauth.revoke()
}

func (o *oauth) revoke() {
	clear(o.access)
	clear(o.replays)
	o.refresh = ""
}

// tokenAnswer is the body of a granted token request (sheet 1.4).
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token"`
	Scope        string `json:"scope"`
	TokenType    string `json:"token_type"`
	UserID       string `json:"user_id"`
}

// issue makes a new pair. The refresh token before it dies; access tokens
// live on.
func (s *Server) issue(scopes []string, now time.Time) tokenAnswer {
	o := &s.oauth
	o.issued++
	scopes = slices.Sorted(slices.Values(scopes))
	access := s.jwt(scopes, now, o.issued)
	o.access[access] = grant{scopes, now, now.Add(tokenLife)}
	o.refresh = hex.EncodeToString(s.secretBytes("refresh", o.issued))
	o.granted = scopes
	s.keepSecret(access, o.refresh)
	return tokenAnswer{
		AccessToken: access, ExpiresIn: int(tokenLife / time.Second), RefreshToken: o.refresh,
		Scope: strings.Join(scopes, " "), TokenType: "Bearer", UserID: s.person.id,
	}
}

// secretBytes are 32 bytes fixed by the seed, a topic and a number.
func (s *Server) secretBytes(topic string, n uint64) []byte {
	mac := hmac.New(sha256.New, binary.BigEndian.AppendUint64(nil, s.options.Seed))
	fmt.Fprintf(mac, "%s/%d", topic, n)
	return mac.Sum(nil)
}

var shortScopes = map[string]string{
	"activity": "act", "heartrate": "hr", "location": "loc", "sleep": "sle", "weight": "wei",
	"oxygen_saturation": "oxy", "respiratory_rate": "res", "temperature": "tem",
	"cardio_fitness": "cf", "nutrition": "nut", "profile": "pro", "settings": "set",
	"social": "soc", "electrocardiogram": "ecg", "irregular_rhythm_notifications": "irn",
}

// jwt looks like the real access tokens; clients are to take it as opaque.
func (s *Server) jwt(scopes []string, now time.Time, n uint64) string {
	short := make([]string, len(scopes))
	for i, scope := range scopes {
		short[i] = "r" + shortScopes[scope]
	}
	payload := struct {
		Aud    string `json:"aud"`
		Sub    string `json:"sub"`
		Iss    string `json:"iss"`
		Typ    string `json:"typ"`
		Scopes string `json:"scopes"`
		Exp    int64  `json:"exp"`
		Iat    int64  `json:"iat"`
		Jti    uint64 `json:"jti"`
	}{
		s.options.ClientID, s.person.id, "Fitbit", "access_token", strings.Join(short, " "),
		now.Add(tokenLife).Unix(), now.Unix(), n,
	}
	raw := base64.RawURLEncoding
	body, _ := json.Marshal(payload) // strings and numbers only: cannot fail
	return raw.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + raw.EncodeToString(body) +
		"." + raw.EncodeToString(s.secretBytes("access", n))
}

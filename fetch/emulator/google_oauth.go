package emulator

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"time"
)

// GoogleClientType is the type of the registered client (Google sheet 2.5).
type GoogleClientType int

// Client types. A desktop client may be sent back to any loopback port, a web
// client only to an address registered to the letter.
const (
	GoogleDesktop GoogleClientType = iota
	GoogleWeb
)

// Lives of tokens (Google sheet 2.3, 2.4).
const (
	googleAccessLife  = 3599 * time.Second
	googleCodeLife    = 10 * time.Minute
	googleTestingLife = 604799 * time.Second
	googleIdleLife    = 180 * 24 * time.Hour
	googleMostTokens  = 100
)

// googleOAuth is what Google's authorization server knows of its one client and
// one account.
type googleOAuth struct {
	access    map[string]grant
	refresh   []*lasting // oldest first
	codes     map[string]googleCode
	consented bool // a consent is in force
	testing   bool
	issued    uint64
}

// lasting is a refresh token. It does not rotate.
type lasting struct {
	token   string
	scopes  []string
	used    time.Time
	expires time.Time // zero: not limited
}

// googleCode is an authorization code; it works once.
type googleCode struct {
	redirect, challenge string
	scopes              []string
	offline             bool // worth a refresh token
	expires             time.Time
}

// newGoogleOAuth starts with the refresh token of the options, as after a
// consent.
func (s *Server) newGoogleOAuth() googleOAuth {
	o := &s.options
	fill(&o.GoogleRefreshToken, "1//0e"+s.googleSecret("google refresh", 0))
	s.keepSecret(o.GoogleClientSecret, o.GoogleRefreshToken)
	g := googleOAuth{
		access: map[string]grant{}, codes: map[string]googleCode{}, consented: true, testing: o.GoogleTesting,
	}
	g.keep(o.GoogleRefreshToken, o.GoogleScopes, o.Now())
	return g
}

func (s *Server) googleSecret(topic string, n uint64) string {
	return base64.RawURLEncoding.EncodeToString(s.secretBytes(topic, n))
}

// keep remembers a new refresh token; the oldest of too many dies.
func (g *googleOAuth) keep(token string, scopes []string, now time.Time) *lasting {
	l := &lasting{token: token, scopes: scopes, used: now}
	if g.testing {
		l.expires = now.Add(googleTestingLife)
	}
	g.refresh = append(g.refresh, l)
	if n := len(g.refresh) - googleMostTokens; n > 0 {
		g.refresh = g.refresh[n:]
	}
	return l
}

// alive finds a refresh token that has neither expired nor been unused for six
// months.
func (g *googleOAuth) alive(token string, now time.Time) *lasting {
	for _, l := range g.refresh {
		if l.token == token && (l.expires.IsZero() || now.Before(l.expires)) && now.Before(l.used.Add(googleIdleLife)) {
			return l
		}
	}
	return nil
}

func (g *googleOAuth) revoke() {
	clear(g.access)
	clear(g.codes)
	g.refresh = nil
	g.consented = false
}

// GoogleClient returns the registered client.
func (s *Server) GoogleClient() (id, secret string) {
	return s.options.GoogleClientID, s.options.GoogleClientSecret
}

// GoogleSeedToken returns the refresh token that was valid at the start.
func (s *Server) GoogleSeedToken() string { return s.options.GoogleRefreshToken }

// GoogleUserID returns the number by which Google knows the person.
func (s *Server) GoogleUserID() string { return s.healthUserID() }

// GoogleExpireAccess makes every access token as old as its life.
func (s *Server) GoogleExpireAccess() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for token, g := range s.google.access {
		g.expires = s.Now()
		s.google.access[token] = g
	}
}

// GoogleRevoke kills every token, as a person does who removes the app from the
// account. The next consent is a first one.
func (s *Server) GoogleRevoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.google.revoke()
}

// GooglePublish takes the consent screen out of Testing. Tokens minted before
// keep their end.
func (s *Server) GooglePublish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.google.testing = false
}

// googleTokenAnswer writes a granted token request (Google sheet 2.3).
func (s *Server) googleTokenAnswer(scopes []string, l *lasting, tell bool, now time.Time) answer {
	g := &s.google
	g.issued++
	access := "ya29.a0" + s.googleSecret("google access", g.issued) + hex.EncodeToString(s.secretBytes("google tail", g.issued))
	scopes = slices.Clone(scopes)
	g.access[access] = grant{scopes, now, now.Add(googleAccessLife)}
	s.keepSecret(access)
	var w jsonWriter
	w.open("")
	w.str("access_token", access)
	w.i32("expires_in", int(googleAccessLife/time.Second))
	if l != nil && tell {
		w.str("refresh_token", l.token)
	}
	w.str("scope", joinScopes(scopes))
	w.str("token_type", "Bearer")
	if l != nil && !l.expires.IsZero() {
		w.i32("refresh_token_expires_in", int(l.expires.Sub(now)/time.Second))
	}
	w.close()
	a := googleData(w.buf)
	a.header.Set("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
	return a
}

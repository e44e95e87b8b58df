package fetch

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// secretLike matches what the sources use as tokens: JSON web tokens, 64 hex digits, and
// what begins with Google's prefixes of access and refresh tokens, codes and client secrets.
var secretLike = regexp.MustCompile(`[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}|[0-9A-Fa-f]{32,}|` +
	`ya29\.[A-Za-z0-9_.-]+|1//[A-Za-z0-9_-]+|\b4/0[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]+`)

// member matches a path of members as filters have it, steps.interval.civil_start_time. A
// JSON web token has capitals.
var member = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+){2}$`)

const (
	redacted    = "<redacted>"
	minRedacted = 4 // bytes: a shorter secret would tear ordinary words apart
)

// Redact replaces the secrets that were sent, and whatever else looks like a token. Error
// bodies echo the token that they complain about (fitbit-web-api.md section 1.6).
func Redact(s string, secrets ...string) string {
	var forms []string
	for _, secret := range secrets {
		if len(secret) >= minRedacted {
			quoted, _ := json.Marshal(secret) // a string always has a form
			inner := string(quoted[1 : len(quoted)-1])
			forms = append(forms, secret, url.QueryEscape(secret), inner, strings.ReplaceAll(inner, "/", `\/`))
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // one may be part of another
	for _, f := range forms {
		s = strings.ReplaceAll(s, f, redacted)
	}
	return secretLike.ReplaceAllStringFunc(s, func(found string) string {
		if member.MatchString(found) && strings.Contains(found, "_") {
			return found
		}
		return redacted
	})
}

package fetch

import "regexp"

// secretLike matches what the sources use as tokens: JSON web tokens, 64 hex digits, and
// Google's prefixes.
var secretLike = regexp.MustCompile(`[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}|[0-9A-Fa-f]{32,}|ya29\.[A-Za-z0-9_.-]+|1//[A-Za-z0-9_-]+`)

// Redact replaces whatever looks like a token. Error bodies echo the token that they
// complain about (fitbit-web-api.md section 1.6).
func Redact(s string) string { return secretLike.ReplaceAllString(s, "<redacted>") }

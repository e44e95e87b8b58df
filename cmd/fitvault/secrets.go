package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// secret is a setting that no flag takes, because flags are seen by every process of the
// machine. Each may also stand in the file that NAME_FILE names.
type secret struct {
	name  string
	usage string
}

// The secrets. The names are those of the original exporter where it had one.
var (
	clientID     = secret{"CLIENT_ID", "id of your registered Fitbit app"}
	clientSecret = secret{"CLIENT_SECRET", "secret of that app; empty for an app of type Client"}
	accessToken  = secret{"ACCESS_TOKEN", "seeds a vault that has no sign-in"}
	refreshToken = secret{"REFRESH_TOKEN", "seeds a vault that has no sign-in, or whose sign-in is dead"}
	expiresAt    = secret{"EXPIRES_AT", "when ACCESS_TOKEN ends: a Unix time; a duration, as the original sets, is taken and says nothing"}

	googleClientID     = secret{"GOOGLE_CLIENT_ID", "id of your own Google OAuth client; goes before --client-file"}
	googleClientSecret = secret{"GOOGLE_CLIENT_SECRET", "secret of that client, which one of type Desktop app has too"}
	googleRefreshToken = secret{"GOOGLE_REFRESH_TOKEN", "seeds a vault that has no sign-in to google, or whose sign-in is dead"}

	influxPassword = secret{"INFLUX_PASSWORD", "password of --influx-username; DB_PASSWORD works too"}
	dbPassword     = secret{"DB_PASSWORD", "the original exporter's name for INFLUX_PASSWORD"}
	influxToken    = secret{"INFLUX_TOKEN", "token for InfluxDB 2.x and 3.x, or for a proxy before VictoriaMetrics; goes before user and password"}
	vaultKey       = secret{"FITVAULT_KEY", "encrypts the tokens in the vault"}
)

// secrets lists them for the settings table of the README.
func secrets() []secret {
	return []secret{clientID, clientSecret, accessToken, refreshToken, expiresAt, googleClientID, googleClientSecret, googleRefreshToken,
		influxPassword, dbPassword, influxToken, vaultKey}
}

// value returns the secret, or "" when it is not set.
func (s secret) value() (string, error) {
	if v := os.Getenv(s.name); v != "" {
		return v, nil
	}
	path := os.Getenv(s.name + "_FILE")
	if path == "" {
		return s.saved()
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", &usageError{fmt.Sprintf("%s_FILE: %v", s.name, err)}
	}
	return strings.TrimSpace(string(b)), nil
}

// saved returns the secret from the original exporter's state folder, CONFIG_PATH: a file
// for each value, named in lower case. Only its sign-in is looked for there.
func (s secret) saved() (string, error) {
	folder := os.Getenv("CONFIG_PATH")
	switch s {
	case clientID, clientSecret, accessToken, refreshToken, expiresAt:
	default:
		return "", nil
	}
	if folder == "" {
		return "", nil
	}
	b, err := os.ReadFile(filepath.Join(folder, strings.ToLower(s.name)))
	if os.IsNotExist(err) {
		return "", nil
	}
	if err != nil {
		return "", &usageError{fmt.Sprintf("CONFIG_PATH: %v", err)}
	}
	return strings.TrimSpace(string(b)), nil
}

// readExpiry reads EXPIRES_AT. The original's compose file sets a duration in spite of
// the name; its state files hold a Unix time, with a fraction at times.
func readExpiry(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < 0 || n > 1e11 {
		return time.Time{}, &usageError{fmt.Sprintf("EXPIRES_AT: %q is neither a Unix time nor a number of seconds", s)}
	}
	if n < 1e9 {
		// Counted from a moment nobody noted: of no use, the first 401 will tell.
		return time.Time{}, nil
	}
	return time.Unix(int64(n), 0), nil
}

// warnIgnored says once what is accepted for the original's sake and has no effect.
func warnIgnored(log *slog.Logger) {
	if u := os.Getenv("UNITS"); u != "" {
		log.Warn("UNITS is ignored: the vault is always metric", "UNITS", u)
	}
}

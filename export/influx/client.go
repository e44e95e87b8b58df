// Package influx writes points to a server that takes line protocol at /write: InfluxDB 1.x,
// 2.x and 3.x, and VictoriaMetrics. It makes the database ready, writes batches, deletes
// ranges where the server can, and says of each error what it means for the caller.
//
// Everything it does may be repeated: the same lines overwrite themselves, and a range
// deleted twice is as gone as after the first time. So whatever ended without an answer is
// simply sent again.
package influx

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
)

const (
	defaultRetryFor = 30 * time.Second
	defaultTimeout  = 30 * time.Second
)

// Options say which database is written to, and as whom.
type Options struct {
	// URL is the server's address: http or https, perhaps with a path that a proxy
	// wants. A user name and password inside it count when Username is empty; they
	// never show up in an error.
	URL string

	// Database is the database of InfluxDB 1.x and 3.x; of 2.x the bucket of this name, or
	// the one that a DBRP mapping gives the name; of VictoriaMetrics the label db.
	Database string
	Username string
	Password string

	// Token is what InfluxDB 2.x and 3.x, or a proxy before VictoriaMetrics, asks for. It
	// counts before Username, and never shows up in an error.
	Token string

	// Org is the name of the organization that owns the bucket of InfluxDB 2.x. It may be
	// empty when the token sees one bucket of this name only. Other servers ignore it.
	Org string

	// Retention is the retention policy of InfluxDB 1.x to write to; empty means the
	// database's default. A policy that is missing is made, without end. Other servers have
	// none, and Prepare says so.
	Retention string

	// Flavor is InfluxDB1, InfluxDB2, InfluxDB3 or VictoriaMetrics. It is for servers
	// behind a proxy that hides what they are; empty means that the server is asked.
	Flavor string

	// RetryFor is how long a request is repeated after answers and faults that may
	// pass; zero means 30 s, a negative value means one attempt only.
	RetryFor time.Duration

	// Timeout is the longest time for one attempt; zero means 30 s.
	Timeout time.Duration

	Log     *slog.Logger // told about each repeated request; may be nil
	Version string       // of the program, for the User-Agent
}

// Client is a connection to one database. It is safe for use by several goroutines.
type Client struct {
	base      *url.URL // without userinfo
	database  string
	username  string
	password  string
	token     string
	org       string
	retention string
	known     atomic.Pointer[dialect]   // nil before the server was asked
	rested    atomic.Pointer[snapshots] // of InfluxDB 1.x, the last time that none was under way
	noStats   atomic.Bool               // the user may not ask InfluxDB 1.x about snapshots
	retryFor  time.Duration
	firstWait time.Duration
	timeout   time.Duration
	userAgent string
	gzip      bool
	log       *slog.Logger
	transport http.RoundTripper
}

// New returns a client and sends nothing. It fails when the address is not an http or
// https URL, the database, policy or token has no usable text, or the flavor is unknown.
func New(o Options) (*Client, error) {
	base, err := parseAddress(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Database == "" || strings.ContainsFunc(o.Database, unicode.IsControl) {
		return nil, fmt.Errorf("the InfluxDB database %q is not a usable name: it must not be empty or hold control characters", o.Database)
	}
	if strings.ContainsFunc(o.Retention, unicode.IsControl) {
		return nil, fmt.Errorf("the InfluxDB retention policy %q is not a usable name: it holds control characters", o.Retention)
	}
	if strings.ContainsFunc(o.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the InfluxDB token is not usable: it must be one word of ASCII characters, without line breaks")
	}
	if o.Username == "" && base.User != nil {
		o.Username = base.User.Username()
		o.Password, _ = base.User.Password()
	}
	base.User = nil
	c := &Client{
		base:      base,
		database:  o.Database,
		username:  o.Username,
		password:  o.Password,
		token:     o.Token,
		org:       o.Org,
		retention: o.Retention,
		retryFor:  o.RetryFor,
		firstWait: 250 * time.Millisecond,
		timeout:   o.Timeout,
		userAgent: "fitvault/" + orDefault(o.Version, "dev"),
		gzip:      !isLoopback(base.Hostname()),
		log:       o.Log,
		transport: http.DefaultTransport.(*http.Transport).Clone(),
	}
	c.retryFor = orDefault(c.retryFor, defaultRetryFor)
	c.timeout = orDefault(c.timeout, defaultTimeout)
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if o.Flavor != "" {
		d, ok := c.speak(o.Flavor, "")
		if !ok {
			return nil, fmt.Errorf("the InfluxDB flavor %q is unknown: it is one of %s, %s, %s, %s",
				o.Flavor, InfluxDB1, InfluxDB2, InfluxDB3, VictoriaMetrics)
		}
		c.known.Store(&d)
	}
	return c, nil
}

// Close lets go of idle connections. It does not end requests that are under way.
func (c *Client) Close() error {
	(&http.Client{Transport: c.transport}).CloseIdleConnections()
	return nil
}

// parseAddress returns errors that show the address only as far as it can hold no secret.
func parseAddress(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the InfluxDB address does not parse as a URL; it should look like http://localhost:8086")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("the InfluxDB address must start with http:// or https://, as in http://localhost:8086")
	case u.Host == "":
		return nil, errors.New("the InfluxDB address names no host; it should look like http://localhost:8086")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the InfluxDB address %s://%s has a query or fragment; give only scheme, host, port and path", u.Scheme, u.Host)
	}
	return u, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

func orDefault[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// drain reads what is left of an answer, within reason, so that the connection can serve
// the next request.
func drain(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, 256<<10)
	_ = body.Close()
}

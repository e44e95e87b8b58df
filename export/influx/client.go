// Package influx writes points to an InfluxDB 1.x server: it makes the database ready,
// writes batches, deletes ranges, and says of each error what it means for the caller.
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
	URL      string
	Database string
	Username string
	Password string

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
	retryFor  time.Duration
	firstWait time.Duration
	timeout   time.Duration
	userAgent string
	gzip      bool
	log       *slog.Logger
	transport http.RoundTripper
}

// New returns a client and sends nothing. It fails when the address is not an http or
// https URL or the database has no usable name.
func New(o Options) (*Client, error) {
	base, err := parseAddress(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Database == "" || strings.ContainsFunc(o.Database, unicode.IsControl) {
		return nil, fmt.Errorf("the InfluxDB database %q is not a usable name: it must not be empty or hold control characters", o.Database)
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

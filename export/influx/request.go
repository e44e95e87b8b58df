package influx

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// request is one HTTP request, to be sent as often as needed.
type request struct {
	op       string
	method   string // empty: POST
	path     string // below the server's address
	params   url.Values
	body     []byte
	kind     string // Content-Type
	encoding string // Content-Encoding
	once     bool   // is not repeated
	any      bool   // read is given answers of every status

	// read turns an answer into success. An error means that the answer is not one that
	// the server gives, a non-empty refusal is its own error inside an answer of 200.
	read func(*http.Response) (refusal string, err error)
}

// do sends r until it is answered for good, the time for repeats is used up, or ctx ends.
// The error is an *Error.
func (c *Client) do(ctx context.Context, r request) error {
	if ctx.Err() != nil {
		return c.stopped(ctx, r)
	}
	wait := &pause{BackOff: &backoff.ExponentialBackOff{
		InitialInterval: c.firstWait, RandomizationFactor: 0.3, Multiplier: 2, MaxInterval: 5 * time.Second,
	}}
	opts := []backoff.RetryOption{
		backoff.WithBackOff(wait), backoff.WithMaxElapsedTime(c.retryFor),
		backoff.WithNotify(func(err error, d time.Duration) { c.log.Warn(c.Name()+": trying again", "wait", d, "err", err) }),
	}
	if c.retryFor < 0 || r.once {
		opts = append(opts, backoff.WithMaxTries(1))
	}
	tries := 0
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		tries++
		e := c.attempt(ctx, r)
		switch {
		case e == nil:
			return struct{}{}, nil
		case !e.Temporary():
			e.tries = tries
			return struct{}{}, backoff.Permanent(e)
		}
		e.tries, wait.atLeast = tries, e.retryAfter
		return struct{}{}, e
	}, opts...)
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return c.stopped(ctx, r)
}

// pause lets the server's Retry-After lengthen the wait, never shorten it.
type pause struct {
	backoff.BackOff
	atLeast time.Duration
}

func (p *pause) NextBackOff() time.Duration { return max(p.BackOff.NextBackOff(), p.atLeast) }

// attempt sends r once. It returns only when nothing reads r.body any more, so that the
// caller may use those bytes again.
func (c *Client) attempt(ctx context.Context, r request) *Error {
	once, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var readers sync.WaitGroup
	defer readers.Wait()
	defer cancel()

	req, err := c.build(once, r, &readers)
	if err != nil {
		return c.failure(r.op, err)
	}
	// Not through an http.Client: it would follow a redirect, and so deliver a write as a
	// GET without its lines.
	resp, err := c.transport.RoundTrip(req)
	if err == nil {
		defer drain(resp.Body)
		var refusal string
		if (resp.StatusCode < 200 || resp.StatusCode > 299) && !r.any {
			return c.refusal(r.op, resp)
		}
		if refusal, err = r.read(resp); refusal != "" {
			e := c.failure(r.op, nil)
			e.Status, e.Message = resp.StatusCode, c.clean(refusal)
			return e
		}
	}
	if err != nil && ctx.Err() != nil {
		return c.stopped(ctx, r)
	}
	if err != nil {
		return c.failure(r.op, err)
	}
	return nil
}

func (c *Client) build(ctx context.Context, r request, readers *sync.WaitGroup) (*http.Request, error) {
	u := c.base.JoinPath(r.path)
	u.RawQuery = r.params.Encode()
	req, err := http.NewRequestWithContext(ctx, orDefault(r.method, http.MethodPost), u.String(), nil)
	if err != nil {
		return nil, err
	}
	if r.body != nil {
		req.GetBody = func() (io.ReadCloser, error) {
			readers.Add(1)
			return &body{Reader: bytes.NewReader(r.body), done: sync.OnceFunc(readers.Done)}, nil
		}
		req.Body, _ = req.GetBody()
		req.ContentLength = int64(len(r.body))
		req.Header.Set("Content-Type", r.kind)
	}
	req.Header.Set("User-Agent", c.userAgent)
	if r.encoding != "" {
		req.Header.Set("Content-Encoding", r.encoding)
	}
	switch {
	case c.token != "":
		req.Header.Set("Authorization", c.scheme()+" "+c.token)
	case c.username != "":
		req.SetBasicAuth(c.username, c.password)
	}
	return req, nil
}

// scheme of the Authorization header: InfluxDB 2.x and 3.x both know Token; what stands
// before VictoriaMetrics knows Bearer.
func (c *Client) scheme() string {
	if c.dialect().flavor() == VictoriaMetrics {
		return "Bearer"
	}
	return "Token"
}

// body tells when the transport has let go of it, which may be after the answer is there.
type body struct {
	*bytes.Reader
	done func()
}

func (b *body) Close() error {
	b.done()
	return nil
}

// refusal reads an answer that is no success.
func (c *Client) refusal(op string, resp *http.Response) *Error {
	e := c.failure(op, nil)
	e.Status = resp.StatusCode
	e.retryAfter = retryAfter(resp.Header.Get("Retry-After"), time.Now())
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	e.html = media == "text/html"
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	switch message := complaint(raw); {
	case message != "":
		e.Message = c.clean(message)
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		if to, err := resp.Location(); err == nil {
			e.Message = fmt.Sprintf("redirects to %s://%s%s", to.Scheme, to.Host, to.Path)
		}
	case !e.html:
		e.Message = c.clean(string(raw))
	}
	return e
}

// complaint reads the JSON that comes with an error: {"error"} of InfluxDB 1.x and
// VictoriaMetrics, {"code", "message"} of 2.x, and {"error", "data"} of 3.x, whose data names
// the lines that it did not store.
func complaint(raw []byte) string {
	var answer struct {
		Error, Message string
		Data           json.RawMessage
	}
	if json.Unmarshal(raw, &answer) != nil {
		return ""
	}
	message := orDefault(answer.Error, answer.Message)
	var lines []struct {
		Number int    `json:"line_number"`
		Why    string `json:"error_message"`
	}
	if json.Unmarshal(answer.Data, &lines) == nil && len(lines) > 0 {
		message += fmt.Sprintf(": line %d: %s", lines[0].Number, lines[0].Why)
	}
	return message
}

func (c *Client) failure(op string, err error) *Error {
	e := &Error{Op: op, Server: c.Name(), URL: c.base.String(), Database: c.database, Err: err,
		flavor: unknown, user: c.username, token: c.token != ""}
	if d := c.known.Load(); d != nil {
		e.flavor = (*d).flavor()
	}
	return e
}

func (c *Client) stopped(ctx context.Context, r request) *Error {
	e := c.failure(r.op, context.Cause(ctx))
	e.stopped = true
	return e
}

// clean shortens a server's message to what a person reads and takes out credentials,
// should a proxy echo them.
func (c *Client) clean(message string) string {
	if len(c.token) > 3 {
		message = strings.ReplaceAll(message, c.token, "…")
	}
	if len(c.password) > 3 {
		message = strings.ReplaceAll(message, c.password, "…")
		message = strings.ReplaceAll(message, base64.StdEncoding.EncodeToString([]byte(c.username+":"+c.password)), "…")
	}
	message = strings.Join(strings.Fields(message), " ")
	if len(message) > 500 {
		message = strings.ToValidUTF8(message[:500], "") + "…"
	}
	return message
}

// retryAfter reads a Retry-After header, seconds or a date; 0 when there is none.
func retryAfter(header string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(header); err == nil && n > 0 {
		return time.Duration(min(n, 24*3600)) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil && at.After(now) {
		return at.Sub(now).Round(time.Second)
	}
	return 0
}

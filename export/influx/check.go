package influx

import (
	"context"
	"net/http"
	"time"

	"fitvault/store/catalog"
)

// Check is Prepare without making anything: there reports that the database is there, and
// only then retention and kinds are looked at.
func (c *Client) Check(ctx context.Context, want []*catalog.Series, oldest time.Time) (there bool, err error) {
	if there, err = c.exists(ctx); err != nil || !there {
		return there, err
	}
	if err := c.checkRetention(ctx, oldest, time.Now()); err != nil {
		return true, err
	}
	return true, c.checkKinds(ctx, want)
}

// Remedy says what to do about the error; "" when there is no telling.
func (e *Error) Remedy() string { return e.advice() }

// Clock returns what the server says the time is, to the second, by the header that every
// answer has. It needs no right; the error is an *Error.
func (c *Client) Clock(ctx context.Context) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	const op = "ask for its time"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.JoinPath("ping").String(), nil)
	if err != nil {
		return time.Time{}, c.failure(op, err)
	}
	req.Header.Set("User-Agent", c.userAgent)
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return time.Time{}, c.failure(op, err)
	}
	defer drain(resp.Body)
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return time.Time{}, c.failure(op, err)
	}
	return at, nil
}

package influx

import (
	"context"
	"net/http"
	"time"

	"fitvault/export/schema"
)

// Check is Prepare without making anything: there reports that the database is there.
func (c *Client) Check(ctx context.Context, want []*schema.Measurement, oldest time.Time) (held schema.Held, there bool, err error) {
	if there, err = c.exists(ctx); err != nil || !there {
		return schema.Held{Fresh: err == nil}, false, err
	}
	held, err = c.look(ctx, want, oldest)
	return held, true, err
}

// look reads what a database that is there keeps and holds.
func (c *Client) look(ctx context.Context, want []*schema.Measurement, oldest time.Time) (held schema.Held, err error) {
	if err := c.checkRetention(ctx, oldest, time.Now()); err != nil {
		return held, err
	}
	rows, err := c.query(ctx, "list the measurements", "SHOW MEASUREMENTS ON "+ident(c.database)+" LIMIT 1")
	if err != nil || len(rows) == 0 {
		return schema.Held{Fresh: err == nil}, err
	}
	held.Kinds, err = c.checkKinds(ctx, want)
	return held, err
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

package influx

import (
	"context"
	"net/http"
	"time"

	"fitvault/export/schema"
)

// Prepare makes the database ready before the first point. It finds out which server
// answers, creates the database, and of InfluxDB 1.x the retention policy, when it is
// missing, and returns an error when the server would drop points as old as oldest
// (*RetentionError; a zero oldest checks nothing) or a field that want declares has another
// kind there (*KindError). Failures of the server are an *Error.
//
// What it holds is fresh when the database, or the retention policy of Options, has no
// measurement at all: it was missing, or somebody emptied it, so nothing that was written
// before is there. It counts beside an error too. Running Prepare again is safe, and fresh
// stays true until something is written: a run that ended right after creating the database
// hides nothing from the next one.
func (c *Client) Prepare(ctx context.Context, want []*schema.Measurement, oldest time.Time) (held schema.Held, err error) {
	d, err := c.recognize(ctx)
	if err != nil {
		return held, err
	}
	there, err := d.find(ctx)
	if err != nil {
		return held, err
	}
	if !there {
		if err := d.create(ctx); err != nil {
			return held, err
		}
	}
	held, err = d.look(ctx, want, oldest)
	held.Fresh = held.Fresh || !there
	return held, err
}

// Check is Prepare without making anything: there reports that the database is there.
func (c *Client) Check(ctx context.Context, want []*schema.Measurement, oldest time.Time) (held schema.Held, there bool, err error) {
	d, err := c.recognize(ctx)
	if err != nil {
		return held, false, err
	}
	if there, err = d.find(ctx); err != nil || !there {
		return schema.Held{Fresh: err == nil}, false, err
	}
	held, err = d.look(ctx, want, oldest)
	return held, true, err
}

// Clock returns what the server says the time is, to the second, by the header that every
// answer has, one that asks for a password too. It asks once; the error is an *Error.
func (c *Client) Clock(ctx context.Context) (at time.Time, err error) {
	err = c.do(ctx, request{op: "ask for its time", method: http.MethodGet, path: "ping", once: true, any: true,
		read: func(resp *http.Response) (string, error) {
			at, err = http.ParseTime(resp.Header.Get("Date"))
			return "", err
		}})
	return at, err
}

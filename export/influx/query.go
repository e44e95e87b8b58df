package influx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"time"

	"github.com/influxdata/influxdb1-client/models"
	client "github.com/influxdata/influxdb1-client/v2"
)

// The first and the last instant that InfluxDB can hold, in nanoseconds since 1970.
const (
	lowest  = math.MinInt64 + 2
	highest = math.MaxInt64 - 1
)

// nanos clamps to the instants that InfluxDB can hold.
func nanos(t time.Time) int64 {
	switch {
	case t.Before(time.Unix(0, lowest)):
		return lowest
	case t.After(time.Unix(0, highest)):
		return highest
	}
	return t.UnixNano()
}

// always reports whether a range is of all time.
func always(from, to time.Time) bool { return nanos(from) == lowest && nanos(to) == highest }

// query runs one InfluxQL statement and returns its rows. An error inside the answer is an
// *Error with status 200.
func (c *Client) query(ctx context.Context, op, q string) ([]models.Row, error) {
	r := request{
		op:     op,
		path:   "query",
		params: url.Values{"db": {c.database}, "epoch": {"ns"}},
		body:   []byte(url.Values{"q": {q}}.Encode()),
		kind:   "application/x-www-form-urlencoded",
	}
	if f := c.dialect().flavor(); f == InfluxDB2 || f == InfluxDB3 {
		r.body, r.kind = []byte(q), "application/vnd.influxql"
	}
	var rows []models.Row
	r.read = func(resp *http.Response) (string, error) {
		var answer client.Response
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
			return "", fmt.Errorf("the answer is not InfluxDB's: %w", err)
		}
		if err := answer.Error(); err != nil {
			return err.Error(), nil
		}
		if len(answer.Results) != 1 {
			return "", errors.New("the answer is not InfluxDB's: it has no result")
		}
		rows = answer.Results[0].Series
		return "", nil
	}
	return rows, c.do(ctx, r)
}

// get reads an answer of JSON.
func (c *Client) get(ctx context.Context, op, path string, params url.Values, into any) error {
	return c.do(ctx, request{op: op, method: http.MethodGet, path: path, params: params, read: func(resp *http.Response) (string, error) {
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
			return "", fmt.Errorf("the answer does not read: %w", err)
		}
		return "", nil
	}})
}

// done accepts every answer of success.
func done(*http.Response) (string, error) { return "", nil }

// noPolicy returns an error when a retention policy is asked for that the server cannot have.
func (c *Client) noPolicy(instead string) error {
	if c.retention == "" {
		return nil
	}
	return fmt.Errorf("%s at %s, database %q: it has no retention policies, and so none called %q; leave the policy out: %s",
		c.Name(), c.base, c.database, c.retention, instead)
}

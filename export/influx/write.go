package influx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/influxdata/influxdb1-client/models"
	client "github.com/influxdata/influxdb1-client/v2"
	"github.com/klauspost/compress/gzip"

	"fitvault/export/line"
)

// Write sends the lines and returns nil once the server has acknowledged all of them. It
// reads the batch only until it returns. Any error is an *Error: when it says Refused,
// other lines of the batch may be stored, and after any other error too; writing the same
// lines again changes nothing.
func (c *Client) Write(ctx context.Context, b line.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	r := request{
		op:     fmt.Sprintf("write a batch of %d", b.Len()),
		path:   "write",
		params: url.Values{"db": {c.database}, "precision": {"ns"}},
		body:   b.Bytes(),
		kind:   "text/plain; charset=utf-8",
		read:   acknowledged,
	}
	if c.gzip {
		packed := packers.Get().(*packer)
		defer packers.Put(packed)
		body, err := packed.pack(r.body)
		if err != nil {
			return c.failure(r.op, err)
		}
		r.body, r.encoding = body, "gzip"
	}
	return c.do(ctx, r)
}

// acknowledged accepts 204 alone: a login page with status 200 has stored nothing.
func acknowledged(status int, _ io.Reader) (string, error) {
	if status != http.StatusNoContent {
		return "", fmt.Errorf("the answer to a write is %d, InfluxDB sends 204: something else may answer at this address", status)
	}
	return "", nil
}

// Delete removes all points of the measurement from the first instant to the last, both
// included; where account is not empty, only those whose tag account has this value.
// A measurement that is not there is no error. Deleting again changes nothing.
func (c *Client) Delete(ctx context.Context, measurement, account string, from, to time.Time) error {
	if to.Before(from) {
		return nil
	}
	whose := ""
	if account != "" {
		whose = `"account" = ` + text(account) + " AND "
	}
	q := fmt.Sprintf("DELETE FROM %s WHERE %stime >= %d AND time <= %d", ident(measurement), whose, nanos(from), nanos(to))
	_, err := c.query(ctx, "delete from "+measurement, q)
	return err
}

// nanos clamps to the instants that InfluxDB can hold.
func nanos(t time.Time) int64 {
	lowest, highest := int64(math.MinInt64+2), int64(math.MaxInt64-1)
	switch {
	case t.Before(time.Unix(0, lowest)):
		return lowest
	case t.After(time.Unix(0, highest)):
		return highest
	}
	return t.UnixNano()
}

// query runs one InfluxQL statement and returns its rows. An error inside the answer is an
// *Error with status 200.
func (c *Client) query(ctx context.Context, op, q string) ([]models.Row, error) {
	var rows []models.Row
	err := c.do(ctx, request{
		op:     op,
		path:   "query",
		params: url.Values{"db": {c.database}, "epoch": {"ns"}},
		body:   []byte(url.Values{"q": {q}}.Encode()),
		kind:   "application/x-www-form-urlencoded",
		read: func(_ int, body io.Reader) (string, error) {
			var answer client.Response
			if err := json.NewDecoder(body).Decode(&answer); err != nil {
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
		},
	})
	return rows, err
}

// packer compresses one body at a time; fast rather than small, for a home network.
type packer struct {
	buf bytes.Buffer
	gz  *gzip.Writer
}

var packers = sync.Pool{New: func() any {
	gz, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // fails for an unknown level only
	return &packer{gz: gz}
}}

// pack returns p compressed; valid until the next call.
func (k *packer) pack(p []byte) ([]byte, error) {
	k.buf.Reset()
	k.gz.Reset(&k.buf)
	if _, err := k.gz.Write(p); err != nil {
		return nil, err
	}
	if err := k.gz.Close(); err != nil {
		return nil, err
	}
	return k.buf.Bytes(), nil
}

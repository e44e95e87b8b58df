package influx

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

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
		kind:   "text/plain; charset=utf-8",
		read:   acknowledged,
	}
	if c.retention != "" {
		r.params.Set("rp", c.retention)
	}
	var err error
	if r.body, err = c.dialect().lines(b.Bytes()); err != nil || len(r.body) == 0 {
		return err
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
func acknowledged(resp *http.Response) (string, error) {
	if resp.StatusCode != http.StatusNoContent {
		return "", fmt.Errorf("the answer to a write is %d, InfluxDB sends 204: something else may answer at this address", resp.StatusCode)
	}
	return "", nil
}

// Delete removes all points of the measurement from the first instant to the last, both
// included; where account is not empty, only those whose tag account has this value.
// A measurement that is not there is no error. Deleting again changes nothing. What the
// server cannot delete without other points is an error that wraps errors.ErrUnsupported, and
// deletes nothing: InfluxDB 3.x and VictoriaMetrics can only delete a measurement of all time.
func (c *Client) Delete(ctx context.Context, measurement, account string, from, to time.Time) error {
	if to.Before(from) {
		return nil
	}
	return c.dialect().remove(ctx, measurement, account, from, to)
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

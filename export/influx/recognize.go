package influx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

const whichServer = "ask which server it is"

// recognize finds out which server answers, once: by what /ping says, or, where that says
// nothing, by the page at the root. A server that hides what it is counts as InfluxDB 1.x.
func (c *Client) recognize(ctx context.Context) (dialect, error) {
	if d := c.known.Load(); d != nil {
		return *d, nil
	}
	flavor, version, err := c.ping(ctx)
	if err == nil && flavor == "" {
		flavor, err = c.rootPage(ctx)
	}
	if err != nil {
		return nil, err
	}
	d, _ := c.speak(flavor, version)
	c.known.Store(&d)
	return d, nil
}

func (c *Client) ping(ctx context.Context) (flavor, version string, err error) {
	err = c.do(ctx, request{op: whichServer, method: http.MethodGet, path: "ping", read: func(resp *http.Response) (_ string, err error) {
		flavor, version, err = introduced(resp)
		return "", err
	}})
	return flavor, version, unlessHidden(err)
}

// unlessHidden forgets the error of a page that is not there: a proxy may let through what
// is written and asked, and nothing else.
func unlessHidden(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && e.answered() && !e.Unauthorized() && !e.Temporary() {
		return nil
	}
	return err
}

var version = regexp.MustCompile(`^v?((\d+)(?:\.\d+)*)`)

// introduced reads who answers a ping. All InfluxDB versions but the first releases of 3.x
// send a header; of those the body tells. VictoriaMetrics has no such header at this path;
// where a proxy or a later release adds one, it is the version that it imitates.
func introduced(resp *http.Response) (flavor, told string, err error) {
	told = resp.Header.Get("X-Influxdb-Version")
	if told == "" && resp.StatusCode == http.StatusOK {
		var body struct{ Version string }
		if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&body); err != nil {
			return "", "", fmt.Errorf("the answer is not InfluxDB's: %w", err)
		}
		told = body.Version
	}
	parts := version.FindStringSubmatch(told)
	switch {
	case resp.Header.Get("X-Server-Hostname") != "": // VictoriaMetrics sends it with every page
		return "", "", nil
	case parts != nil && parts[2] == InfluxDB2, parts != nil && parts[2] == InfluxDB3:
		return parts[2], parts[1], nil
	case parts != nil:
		return InfluxDB1, parts[1], nil
	case strings.Contains(strings.ToLower(resp.Header.Get("X-Influxdb-Build")), "cloud"):
		return InfluxDB2, "Cloud", nil
	}
	return "", "", nil
}

// rootPage tells VictoriaMetrics by its own name.
func (c *Client) rootPage(ctx context.Context) (flavor string, err error) {
	flavor = InfluxDB1
	err = c.do(ctx, request{op: whichServer, method: http.MethodGet, read: func(resp *http.Response) (string, error) {
		page, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
		if strings.Contains(string(page), "VictoriaMetrics") {
			flavor = VictoriaMetrics
		}
		return "", err
	}})
	return flavor, unlessHidden(err)
}

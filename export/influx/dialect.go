package influx

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"fitvault/export/schema"
)

// The servers that a Client can speak to, as Options.Flavor names them.
const (
	InfluxDB1       = "1"
	InfluxDB2       = "2"
	InfluxDB3       = "3"
	VictoriaMetrics = "victoriametrics"
)

// dialect is what one kind of server does in its own way. The write of lines is the same
// for all but for what a server cannot store.
type dialect interface {
	// name is what people call the server, with its version where it told one.
	name() string

	flavor() string

	// find reports whether what is written to is there. It makes nothing.
	find(ctx context.Context) (there bool, err error)

	// create makes what find did not find.
	create(ctx context.Context) error

	// look reads what a database that is there keeps and holds.
	look(ctx context.Context, want []*schema.Measurement, oldest time.Time) (schema.Held, error)

	// lines returns what the server can store of some lines.
	lines(body []byte) ([]byte, error)

	// remove takes back points; see Client.Delete.
	remove(ctx context.Context, measurement, account string, from, to time.Time) error
}

// speak returns the dialect of a flavor; version is what the server said of itself, if it did.
func (c *Client) speak(flavor, version string) (dialect, bool) {
	switch flavor {
	case InfluxDB1:
		return influx1{c, version}, true
	case InfluxDB2:
		return &influx2{Client: c, version: version}, true
	case InfluxDB3:
		return influx3{c, version}, true
	case VictoriaMetrics:
		return victoria{c}, true
	}
	return nil, false
}

// dialect is that of the server as far as it is known; InfluxDB 1.x before it was asked.
func (c *Client) dialect() dialect {
	if d := c.known.Load(); d != nil {
		return *d
	}
	return influx1{c, ""}
}

// Name says what the server is, such as InfluxDB 1.6.7 or VictoriaMetrics. Prepare and Check
// find it out; before them it is the flavor that New was given, or InfluxDB.
func (c *Client) Name() string {
	if d := c.known.Load(); d != nil {
		return (*d).name()
	}
	return "InfluxDB"
}

// DeletesRanges reports whether the server takes back points of a stretch of time, as far as it
// is known. InfluxDB 3.x and VictoriaMetrics take back no less than all of a measurement.
func (c *Client) DeletesRanges() bool {
	flavor := c.dialect().flavor()
	return flavor != InfluxDB3 && flavor != VictoriaMetrics
}

// versioned names an InfluxDB whose version is told or, with a flavor that was given, known
// as far as its first number.
func versioned(flavor, version string) string {
	if version == "" {
		version = flavor + ".x"
	}
	return "InfluxDB " + version
}

// recognize finds out which server answers, once: by what /ping says, or, where that says
// nothing, by the page at the root. A server that hides what it is counts as InfluxDB 1.x.
func (c *Client) recognize(ctx context.Context) (dialect, error) {
	if d := c.known.Load(); d != nil {
		return *d, nil
	}
	var flavor, version string
	err := c.do(ctx, request{op: "ask which server it is", method: http.MethodGet, path: "ping", read: func(resp *http.Response) (string, error) {
		var err error
		flavor, version, err = introduced(resp)
		return "", err
	}})
	if e, ok := err.(*Error); ok && (!e.answered() || e.Unauthorized() || e.Temporary()) {
		return nil, err
	}
	if flavor == "" {
		if flavor, err = c.byRootPage(ctx); err != nil {
			return nil, err
		}
	}
	d, _ := c.speak(flavor, version)
	c.known.Store(&d)
	return d, nil
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
	if parts == nil || resp.Header.Get("X-Server-Hostname") != "" {
		if strings.Contains(strings.ToLower(resp.Header.Get("X-Influxdb-Build")), "cloud") {
			return InfluxDB2, "Cloud", nil
		}
		return "", "", nil
	}
	switch parts[2] {
	case "2":
		return InfluxDB2, parts[1], nil
	case "3":
		return InfluxDB3, parts[1], nil
	}
	return InfluxDB1, parts[1], nil
}

// byRootPage tells VictoriaMetrics by its own name.
func (c *Client) byRootPage(ctx context.Context) (string, error) {
	flavor := InfluxDB1
	err := c.do(ctx, request{op: "ask which server it is", method: http.MethodGet, read: func(resp *http.Response) (string, error) {
		page, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
		if strings.Contains(string(page), "VictoriaMetrics") {
			flavor = VictoriaMetrics
		}
		return "", err
	}})
	if e, ok := err.(*Error); ok && (!e.answered() || e.Unauthorized() || e.Temporary()) {
		return "", err
	}
	return flavor, nil
}

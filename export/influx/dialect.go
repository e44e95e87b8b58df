package influx

import (
	"context"
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

// versioned names an InfluxDB whose version is told or, with a flavor that was given, known
// as far as its first number.
func versioned(flavor, version string) string {
	if version == "" {
		version = flavor + ".x"
	}
	return "InfluxDB " + version
}

// DeletesRanges reports whether the server takes back points of a stretch of time, as far as it
// is known. InfluxDB 3.x and VictoriaMetrics take back no less than all of a measurement.
func (c *Client) DeletesRanges() bool {
	flavor := c.dialect().flavor()
	return flavor != InfluxDB3 && flavor != VictoriaMetrics
}

package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"fitvault/export/influx"
	"fitvault/store"
)

// influxFlags say where points go.
func influxFlags() []cli.Flag {
	return append([]cli.Flag{&cli.StringFlag{Name: "influx-url", Usage: "InfluxDB or VictoriaMetrics; DB_HOST and DB_PORT make one too",
		Value: "http://localhost:8086", Sources: env("influx-url", "INFLUX_URL")}}, databaseFlags()...)
}

// databaseFlags say what is done with that server.
func databaseFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "influx-database", Usage: "its database, made when it is missing; of InfluxDB 2.x the bucket, which must be there", Value: "fitbit",
			Sources: env("influx-database", "INFLUX_DATABASE", "DB_NAME")},
		&cli.StringFlag{Name: "influx-username", Usage: "its user; the password comes from the environment, and so does a token",
			Sources: env("influx-username", "INFLUX_USERNAME", "DB_USER")},
		&cli.StringFlag{Name: "influx-org", Usage: "the organization of the bucket of InfluxDB 2.x, where the token sees several of its name",
			Sources: env("influx-org", "INFLUX_ORG")},
		&cli.StringFlag{Name: "influx-retention", Usage: "the retention policy of InfluxDB 1.x to write to, made without end when it is missing",
			Sources: env("influx-retention"), DefaultText: "the database's default"},
		&cli.StringFlag{Name: "influx-flavor", Usage: "what it is, where a proxy hides that: " + strings.Join(flavors, ", "),
			Sources: env("influx-flavor"), DefaultText: "it is asked"},
		&cli.DurationFlag{Name: "retry-for", Usage: "how long to retry a write that fails", Value: 30 * time.Second, Sources: env("retry-for")},
		&cli.IntFlag{Name: "batch", Usage: "lines in one write", Value: 10_000, Sources: env("batch")},
	}
}

var flavors = []string{influx.InfluxDB1, influx.InfluxDB2, influx.InfluxDB3, influx.VictoriaMetrics}

// influxOptions reads which database is meant and as whom, from flags and environment.
func influxOptions(c *cli.Command) (influx.Options, error) {
	o := influx.Options{Database: c.String("influx-database"), Username: c.String("influx-username"), Org: c.String("influx-org"),
		Retention: c.String("influx-retention"), Flavor: c.String("influx-flavor"), RetryFor: retryFor(c), Version: buildVersion()}
	var err error
	if o.URL, err = influxAddress(c); err != nil {
		return o, err
	}
	if o.Password, err = influxSecret(); err != nil {
		return o, err
	}
	o.Token, err = influxToken.value()
	return o, err
}

// influxAddress returns the address of InfluxDB: the flag or its variables, else what the
// original exporter's DB_HOST and DB_PORT make.
func influxAddress(c *cli.Command) (string, error) {
	host, port := os.Getenv("DB_HOST"), os.Getenv("DB_PORT")
	if c.IsSet("influx-url") || host == "" && port == "" {
		return c.String("influx-url"), nil
	}
	if host == "" {
		host = "localhost"
	}
	if port == "" {
		port = "8086"
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return "", &usageError{fmt.Sprintf("DB_PORT: %q is no port, as 8086 is", port)}
	}
	if strings.Contains(host, "/") {
		return "", &usageError{fmt.Sprintf("DB_HOST: %q is no host name: give an address with --influx-url or INFLUX_URL", host)}
	}
	return "http://" + net.JoinHostPort(strings.Trim(host, "[]"), port), nil
}

func influxSecret() (string, error) {
	password, err := influxPassword.value()
	if password != "" || err != nil {
		return password, err
	}
	return dbPassword.value()
}

// retryFor reads --retry-for. 0 means a single attempt, for which the client wants less.
func retryFor(c *cli.Command) time.Duration {
	if d := c.Duration("retry-for"); d > 0 {
		return d
	}
	return -1
}

// place is where points lie, as the vault remembers it.
type place struct {
	address  string // without user and trailing slash
	database string // followed by / and the retention policy, where one is named
}

func placeOf(o influx.Options) place {
	p := place{withoutUser(o.URL), o.Database}
	if o.Retention != "" {
		p.database += "/" + o.Retention
	}
	return p
}

func (p place) String() string { return p.address + ", database " + p.database }

// oneSchema is an error when the vault has put points of another schema there: their
// measurements may have one name and different fields.
func (p place) oneSchema(ctx context.Context, st *store.Store, name string) error {
	targets, err := st.Targets(ctx)
	for _, t := range targets {
		if store.SameAddress(t.Address, p.address) && t.Database == p.database && t.Schema != name && t.Units > 0 {
			return &usageError{fmt.Sprintf("database %s at %s holds points of the schema %s: export %s into a database of its own (--influx-database), "+
				"or, when that one was emptied, forget it first: fitvault targets forget %d", t.Database, t.Address, t.Schema, name, t.ID)}
		}
	}
	return err
}

// withoutUser returns an address as it is remembered: without user and trailing slash.
func withoutUser(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.User = nil
	return strings.TrimSuffix(u.String(), "/")
}

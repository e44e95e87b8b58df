package influx

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"fitvault/export/schema"
)

// influx3 speaks to InfluxDB 3 Core and Enterprise: the paths of 1.x for lines and InfluxQL,
// and /api/v3/configure for databases and tables
// (https://docs.influxdata.com/influxdb3/core/write-data/http-api/compatibility-apis/ and
// .../core/api/v3/).
type influx3 struct {
	*Client
	version string
}

func (s influx3) name() string   { return versioned(InfluxDB3, s.version) }
func (s influx3) flavor() string { return InfluxDB3 }

func (s influx3) lines(body []byte) ([]byte, error) { return body, nil }

// find asks for the database's retention: SHOW DATABASES is not among the statements that
// every release knows.
func (s influx3) find(ctx context.Context) (bool, error) {
	if err := s.noPolicy("the database itself has a retention period"); err != nil {
		return false, err
	}
	_, err := s.policies(ctx)
	if e, ok := errors.AsType[*Error](err); ok && e.NotFound() {
		return false, nil
	}
	return err == nil, err
}

func (s influx3) policies(ctx context.Context) ([]policy, error) {
	const op = "read the retention"
	rows, err := s.query(ctx, op, "SHOW RETENTION POLICIES")
	if err != nil {
		return nil, err
	}
	all, err := policies(rows)
	if err != nil {
		return nil, s.failure(op, err)
	}
	return all, nil
}

func (s influx3) create(ctx context.Context) error {
	body, err := json.Marshal(map[string]string{"db": s.database})
	if err != nil {
		return err
	}
	err = s.do(ctx, request{op: "create the database", path: "api/v3/configure/database",
		body: body, kind: "application/json", read: done})
	e, ok := errors.AsType[*Error](err)
	switch {
	case ok && e.Status == http.StatusConflict: // made by somebody since, or by a request whose answer was lost
		return nil
	case ok && e.Unauthorized():
		e.remedy = "an admin of the server must run: influxdb3 create database " + strconv.Quote(s.database)
	}
	return err
}

// period reads how long points are kept from the table of databases, which takes a token for
// all of them; 0 where it does not tell. SHOW RETENTION POLICIES tells it to every token, but
// of older releases a placeholder.
func (s influx3) period(ctx context.Context) (time.Duration, error) {
	var found []struct {
		Name    string        `json:"database_name"`
		Keeps   time.Duration `json:"retention_period_ns"`
		Deleted bool          `json:"deleted"`
	}
	const q = "SELECT database_name, retention_period_ns, deleted FROM system.databases"
	err := s.get(ctx, "read the retention", "api/v3/query_sql", url.Values{"db": {"_internal"}, "q": {q}, "format": {"json"}}, &found)
	if e, ok := errors.AsType[*Error](err); ok && e.answered() && !e.Temporary() {
		s.log.Debug("InfluxDB 3: the table of databases is not for this token", "err", err)
		return 0, nil
	}
	for _, d := range found {
		if d.Name == s.database && !d.Deleted {
			return d.Keeps, err
		}
	}
	return 0, err
}

func (s influx3) look(ctx context.Context, want []*schema.Measurement, oldest time.Time) (held schema.Held, err error) {
	all, err := s.policies(ctx)
	if err != nil {
		return held, err
	}
	keeps, err := s.period(ctx)
	if err != nil {
		return held, err
	}
	for _, p := range all {
		keeps = cmp.Or(keeps, p.keeps)
	}
	command := fmt.Sprintf("influxdb3 update database --database %q --retention-period none (of Core, which cannot, "+
		"with another database)", s.database)
	if err := s.retains(keeps, oldest, "the database", command); err != nil {
		return held, err
	}
	rows, err := s.query(ctx, "list the measurements", "SHOW MEASUREMENTS LIMIT 1")
	if err != nil || len(rows) == 0 {
		return schema.Held{Fresh: err == nil}, err
	}
	held.Kinds, err = s.kinds(ctx, want, "", ident, func(m string) string {
		return fmt.Sprintf("influxdb3 delete table --database %q %q", s.database, m)
	})
	return held, err
}

// remove can take back a whole table only, and does so where nobody else's points are in it.
// A table of the same name may be written at once.
func (s influx3) remove(ctx context.Context, measurement, account string, from, to time.Time) error {
	if !always(from, to) {
		return s.unsupported(measurement, "this server deletes whole tables only; an export with --rebuild writes all again")
	}
	if account != "" {
		q := fmt.Sprintf(`SELECT * FROM %s GROUP BY "account" LIMIT 1`, ident(measurement))
		rows, err := s.query(ctx, "look for other accounts in "+measurement, q)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if other := row.Tags["account"]; other != account {
				return s.unsupported(measurement, fmt.Sprintf("this server deletes whole tables only, and points of the account %q "+
					"are in this one: export into a database of its own", other))
			}
		}
	}
	err := s.do(ctx, request{op: "delete the table " + measurement, method: http.MethodDelete, path: "api/v3/configure/table",
		params: url.Values{"db": {s.database}, "table": {measurement}}, read: done})
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusNotFound && !e.html {
		return nil
	}
	return err
}

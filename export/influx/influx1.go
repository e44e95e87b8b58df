package influx

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fitvault/export/schema"
)

// influx1 speaks to InfluxDB 1.x: https://docs.influxdata.com/influxdb/v1/tools/api/ and
// .../v1/query_language/. Its tests run the real one.
type influx1 struct {
	*Client
	version string
}

func (s influx1) name() string   { return versioned(InfluxDB1, s.version) }
func (s influx1) flavor() string { return InfluxDB1 }

func (s influx1) lines(body []byte) ([]byte, error) { return body, nil }

func (s influx1) find(ctx context.Context) (bool, error) {
	there, err := s.exists(ctx)
	if err != nil || !there || s.retention == "" {
		return there, err
	}
	all, err := s.policies(ctx)
	return slices.ContainsFunc(all, func(p policy) bool { return p.name == s.retention }), err
}

// exists lists what the user may see: a database that is hidden from the user counts as
// missing, and creating it then fails for want of the right.
func (s influx1) exists(ctx context.Context) (bool, error) {
	rows, err := s.query(ctx, "list the databases", "SHOW DATABASES")
	if err != nil {
		return false, err
	}
	for _, row := range rows {
		for _, v := range row.Values {
			if len(v) == 1 && v[0] == s.database {
				return true, nil
			}
		}
	}
	return false, nil
}

func (s influx1) create(ctx context.Context) error {
	database, policy := "CREATE DATABASE "+ident(s.database), s.createPolicy()
	there, err := s.exists(ctx)
	if err != nil {
		return err
	}
	if !there {
		commands := database
		if s.retention != "" {
			commands += "; " + policy
		}
		if s.username != "" {
			commands += "; GRANT ALL ON " + ident(s.database) + " TO " + ident(s.username)
		}
		if _, err := s.query(ctx, "create the database", database); err != nil {
			return explainCreate(err, "the database is missing, or hidden from this user", commands)
		}
	}
	if s.retention == "" {
		return nil
	}
	_, err = s.query(ctx, "create the retention policy", policy)
	return explainCreate(err, "the retention policy is missing", policy)
}

func (s influx1) createPolicy() string {
	return fmt.Sprintf("CREATE RETENTION POLICY %s ON %s DURATION INF REPLICATION 1", ident(s.retention), ident(s.database))
}

// explainCreate says what an admin has to do when the user may not create what is missing.
func explainCreate(err error, missing, commands string) error {
	if e, ok := errors.AsType[*Error](err); ok && e.Unauthorized() {
		e.remedy = missing + ": an admin of the server must run: " + commands
	}
	return err
}

func (s influx1) policies(ctx context.Context) ([]policy, error) {
	const op = "read the retention policies"
	rows, err := s.query(ctx, op, "SHOW RETENTION POLICIES ON "+ident(s.database))
	if err != nil {
		return nil, err
	}
	all, err := policies(rows)
	if err != nil {
		return nil, s.failure(op, err)
	}
	return all, nil
}

func (s influx1) look(ctx context.Context, want []*schema.Measurement, oldest time.Time) (held schema.Held, err error) {
	if err := s.checkRetention(ctx, oldest); err != nil {
		return held, err
	}
	q := "SHOW MEASUREMENTS ON " + ident(s.database) + " LIMIT 1"
	if s.retention != "" { // or else measurements of all policies are listed
		q = fmt.Sprintf("SHOW FIELD KEYS ON %s FROM %s./.*/", ident(s.database), ident(s.retention))
	}
	rows, err := s.query(ctx, "list the measurements", q)
	if err != nil || len(rows) == 0 {
		return schema.Held{Fresh: err == nil}, err
	}
	held.Kinds, err = s.kinds(ctx, want, " ON "+ident(s.database), s.source, dropMeasurement)
	return held, err
}

func dropMeasurement(measurement string) string { return "DROP MEASUREMENT " + ident(measurement) }

// source names a measurement in the policy that is written to. Without a policy, InfluxDB
// looks into the default one alone.
func (s influx1) source(measurement string) string {
	if s.retention == "" {
		return ident(measurement)
	}
	return ident(s.retention) + "." + ident(measurement)
}

// checkRetention reads the policy that is written to.
func (s influx1) checkRetention(ctx context.Context, oldest time.Time) error {
	all, err := s.policies(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, s.written)
	if i < 0 {
		e := s.failure("read the retention policies", nil)
		e.Message = "the database has no default retention policy"
		e.remedy = fmt.Sprintf("an admin of the server must run: CREATE RETENTION POLICY \"autogen\" ON %s DURATION INF REPLICATION 1 DEFAULT",
			ident(s.database))
		return e
	}
	setting := fmt.Sprintf("the retention policy %q", all[i].name)
	if s.retention == "" {
		setting = fmt.Sprintf("the default retention policy %q", all[i].name)
	}
	return s.retains(all[i].keeps, oldest, setting,
		fmt.Sprintf("ALTER RETENTION POLICY %s ON %s DURATION INF", ident(all[i].name), ident(s.database)))
}

// written reports whether a policy is that which is written to.
func (s influx1) written(p policy) bool {
	if s.retention == "" {
		return p.isDefault
	}
	return p.name == s.retention
}

// remove sends a DELETE. InfluxDB takes no retention policy in it: it deletes in all of them.
// So where another policy of the database holds such points, which are not the export's to
// take, nothing is deleted.
func (s influx1) remove(ctx context.Context, measurement, account string, from, to time.Time) error {
	all, err := s.policies(ctx)
	if err != nil {
		return err
	}
	var in policy
	where := within(account, from, to)
	for _, p := range all {
		if s.written(p) {
			in = p
			continue
		}
		q := fmt.Sprintf("SELECT * FROM %s.%s.%s WHERE %s LIMIT 1", ident(s.database), ident(p.name), ident(measurement), where)
		rows, err := s.query(ctx, "look into the retention policy "+p.name, q)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			return s.unsupported(measurement, fmt.Sprintf("the retention policy %q has such points too, and a DELETE "+
				"would take those as well: export into a database of its own", p.name))
		}
	}
	return s.removeAll(ctx, measurement, in, account, from, to)
}

// within is the condition of a DELETE.
func within(account string, from, to time.Time) string {
	where := fmt.Sprintf("time >= %d AND time <= %d", nanos(from), nanos(to))
	if account != "" {
		where = `"account" = ` + text(account) + " AND " + where
	}
	return where
}

// unsupported says why points cannot be taken back.
func (c *Client) unsupported(measurement, why string) error {
	return fmt.Errorf("%s at %s, database %q: points of %s cannot be taken back: %s: %w",
		c.Name(), c.base, c.database, measurement, why, errors.ErrUnsupported)
}

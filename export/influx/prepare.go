package influx

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/influxdata/influxdb1-client/models"

	"fitvault/export/schema"
	"fitvault/store/catalog"
)

// Prepare makes the database ready before the first point. It creates the database when it
// is missing, and returns an error when the default retention policy would drop points as
// old as oldest (*RetentionError; a zero oldest checks nothing) or a field that want
// declares has another kind there (*KindError). Failures of the server are an *Error.
//
// What it holds is fresh when the database has no measurement at all: it was missing, or
// somebody emptied it, so nothing that was written before is there. It counts beside an error
// too. Running Prepare again is safe, and fresh stays true until something is written: a run
// that ended right after creating the database hides nothing from the next one.
func (c *Client) Prepare(ctx context.Context, want []*schema.Measurement, oldest time.Time) (held schema.Held, err error) {
	there, err := c.exists(ctx)
	if err != nil {
		return held, err
	}
	if !there {
		if _, err := c.query(ctx, "create the database", "CREATE DATABASE "+ident(c.database)); err != nil {
			return held, c.explainCreate(err)
		}
	}
	if there {
		return c.look(ctx, want, oldest)
	}
	return schema.Held{Fresh: true}, c.checkRetention(ctx, oldest, time.Now())
}

// exists lists what the user may see: a database that is hidden from the user counts as
// missing, and creating it then fails for want of the right.
func (c *Client) exists(ctx context.Context) (bool, error) {
	rows, err := c.query(ctx, "list the databases", "SHOW DATABASES")
	if err != nil {
		return false, err
	}
	for _, row := range rows {
		for _, v := range row.Values {
			if len(v) == 1 && v[0] == c.database {
				return true, nil
			}
		}
	}
	return false, nil
}

// explainCreate says what an admin has to do when the user may not create the database.
func (c *Client) explainCreate(err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.Unauthorized() {
		return err
	}
	e.remedy = "the database is missing, or hidden from this user: an admin of the server must run: CREATE DATABASE " + ident(c.database)
	if c.username != "" {
		e.remedy += "; GRANT ALL ON " + ident(c.database) + " TO " + ident(c.username)
	}
	return e
}

// KindError is a field that the database already holds with another kind than the export
// writes, so that the server would refuse the points.
type KindError struct {
	URL, Database      string
	Measurement, Field string
	Have               string // integer, float, string, boolean, unsigned
	Want               catalog.Kind
}

func (e *KindError) Error() string {
	return fmt.Sprintf("InfluxDB at %s, database %q: field %q of measurement %q holds %s values there, the export writes %v; "+
		"export into another database, or remove what is there with: DROP MEASUREMENT %s",
		e.URL, e.Database, e.Field, e.Measurement, e.Have, e.Want, ident(e.Measurement))
}

// checkKinds compares the kinds of the fields that are there with those in want.
//
// InfluxDB keeps kinds per shard (a stretch of time, a week by default), so one field may
// be listed with several. It does not say in which shard, and an export may write any day:
// late edits, an earlier --since, a replay. So a wrong kind is a conflict also beside the
// right one. Shards of other retention policies than the default one are not listed, and
// neither are kinds of which every point was deleted, though the shard goes on refusing
// other ones until DROP MEASUREMENT: that conflict shows in Write, as Refused.
//
// Of a loose measurement the kind of a number is that which is there, and returned; where
// integers and floats are both there, no kind fits every shard, and that is a conflict too.
func (c *Client) checkKinds(ctx context.Context, want []*schema.Measurement) (schema.Kinds, error) {
	if len(want) == 0 {
		return nil, nil
	}
	names := make([]string, len(want))
	for i, s := range want {
		names[i] = ident(s.Measurement)
	}
	slices.Sort(names)
	const op = "read the field kinds"
	rows, err := c.query(ctx, op, fmt.Sprintf("SHOW FIELD KEYS ON %s FROM %s", ident(c.database), strings.Join(slices.Compact(names), ", ")))
	if err != nil {
		return nil, err
	}
	have := make(map[[2]string][]string)
	for _, row := range rows {
		for _, v := range row.Values {
			if len(v) != 2 {
				return nil, c.failure(op, fmt.Errorf("the answer has %d columns, expected field and kind", len(v)))
			}
			key := [2]string{row.Name, fmt.Sprint(v[0])}
			have[key] = append(have[key], fmt.Sprint(v[1]))
		}
	}
	found := schema.Kinds{}
	for _, m := range want {
		for _, f := range m.Fields {
			kinds := have[[2]string{m.Measurement, f.Key}]
			if m.Loose && len(kinds) == 1 && f.Kind.Number() {
				if kind, ok := catalog.ParseKind(kinds[0]); ok && kind.Number() {
					found.Put(m.Measurement, f.Key, kind)
					continue
				}
			}
			for _, kind := range kinds {
				if kind != f.Kind.String() {
					return nil, &KindError{c.base.String(), c.database, m.Measurement, f.Key, kind, f.Kind}
				}
			}
		}
	}
	return found, nil
}

// RetentionError is a retention policy that would drop points on arrival or soon after.
type RetentionError struct {
	URL, Database string
	Policy        string
	Keeps         time.Duration
	Oldest        time.Time // the first point that the export would write
}

func (e *RetentionError) Error() string {
	return fmt.Sprintf("InfluxDB at %s, database %q: the default retention policy %q keeps points for %s only and would silently drop "+
		"those before it, the oldest is from %s; keep them with: ALTER RETENTION POLICY %s ON %s DURATION INF, or leave older days out with --since",
		e.URL, e.Database, e.Policy, e.Keeps, e.Oldest.UTC().Format(time.DateOnly), ident(e.Policy), ident(e.Database))
}

// checkRetention reads the default policy: the one that a write without a policy goes to.
func (c *Client) checkRetention(ctx context.Context, oldest, now time.Time) error {
	const op = "read the retention policies"
	rows, err := c.query(ctx, op, "SHOW RETENTION POLICIES ON "+ident(c.database))
	if err != nil {
		return err
	}
	name, keeps, err := defaultPolicy(rows)
	switch {
	case err != nil:
		return c.failure(op, err)
	case name == "":
		e := c.failure(op, nil)
		e.Message = "the database has no default retention policy"
		e.remedy = "an admin of the server must run: CREATE RETENTION POLICY \"autogen\" ON " + ident(c.database) + " DURATION INF REPLICATION 1 DEFAULT"
		return e
	case keeps > 0 && !oldest.IsZero() && oldest.Before(now.Add(-keeps)):
		return &RetentionError{c.base.String(), c.database, name, keeps, oldest}
	}
	return nil
}

// defaultPolicy returns the default policy's name and duration, 0 for without end; an
// empty name when there is no default.
func defaultPolicy(rows []models.Row) (name string, keeps time.Duration, err error) {
	for _, row := range rows {
		at := make(map[string]int)
		for _, key := range []string{"name", "duration", "default"} {
			if at[key] = slices.Index(row.Columns, key); at[key] < 0 {
				return "", 0, fmt.Errorf("the answer has no column %q", key)
			}
		}
		for _, v := range row.Values {
			if v[at["default"]] != true {
				continue
			}
			keeps, err = time.ParseDuration(fmt.Sprint(v[at["duration"]]))
			return fmt.Sprint(v[at["name"]]), keeps, err
		}
	}
	return "", 0, nil
}

package influx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"fitvault/export/schema"
)

// influx2 speaks to InfluxDB 2.x: the paths of 1.x for lines and InfluxQL, which a DBRP
// mapping leads to a bucket, and /api/v2 for what InfluxQL does not tell or do there
// (https://docs.influxdata.com/influxdb/v2/api-guide/influxdb-1x/ and .../v2/api/).
type influx2 struct {
	*Client
	version string
	bucket  bucket // what the database is mapped to; zero before find
}

// bucket is what /api/v2/buckets tells of one.
type bucket struct {
	ID, OrgID, Name string
	RetentionRules  []struct {
		Type         string
		EverySeconds int64
	}
}

func (s *influx2) name() string   { return versioned(InfluxDB2, s.version) }
func (s *influx2) flavor() string { return InfluxDB2 }

func (s *influx2) lines(body []byte) ([]byte, error) { return body, nil }

// find looks for the bucket. One that is missing is an error, for what is made there has an
// owner and a retention that are the admin's to choose.
func (s *influx2) find(ctx context.Context) (bool, error) {
	if err := s.noPolicy("name the bucket of the policy as the database"); err != nil {
		return false, err
	}
	b, err := s.mapped(ctx)
	if err != nil {
		return false, err
	}
	s.bucket = b
	return true, nil
}

func (s *influx2) create(context.Context) error { return s.missing() }

func (s *influx2) missing() error {
	e := s.failure("find the bucket", nil)
	e.Status = http.StatusNotFound
	e.Message = "no bucket has this name and no DBRP mapping leads from it to one, as far as the token may see"
	return e
}

// mapped returns the bucket that a write to the database goes to. Every bucket has a virtual
// mapping from its own name; a mapping that somebody made wins over it.
func (s *influx2) mapped(ctx context.Context) (bucket, error) {
	named, err := s.named(ctx)
	if err != nil {
		return bucket{}, err
	}
	org := named.OrgID
	if org == "" {
		if org, err = s.organization(ctx); err != nil {
			return bucket{}, err
		}
	}
	if org == "" {
		return bucket{}, s.missing()
	}
	var mappings struct {
		Content []struct {
			BucketID, Database string
			Default            bool
		}
	}
	params := url.Values{"orgID": {org}, "db": {s.database}}
	if err := s.get(ctx, "read the DBRP mappings", "api/v2/dbrps", params, &mappings); err != nil {
		return bucket{}, err
	}
	for _, m := range mappings.Content {
		if !m.Default || m.Database != s.database || m.BucketID == named.ID {
			continue
		}
		err := s.get(ctx, "read the bucket", "api/v2/buckets/"+m.BucketID, nil, &named)
		return named, err
	}
	if named.ID == "" {
		return bucket{}, s.missing()
	}
	return named, nil
}

// named returns the bucket of the database's name; zero when there is none.
func (s *influx2) named(ctx context.Context) (bucket, error) {
	var found struct{ Buckets []bucket }
	params := url.Values{"name": {s.database}}
	if s.org != "" {
		params.Set("org", s.org)
	}
	err := s.get(ctx, "find the bucket", "api/v2/buckets", params, &found)
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusNotFound {
		return bucket{}, nil
	}
	if err != nil {
		return bucket{}, err
	}
	all := slices.DeleteFunc(found.Buckets, func(b bucket) bool { return b.Name != s.database })
	switch len(all) {
	case 0:
		return bucket{}, nil
	case 1:
		return all[0], nil
	}
	e := s.failure("find the bucket", nil)
	e.Message = fmt.Sprintf("%d organizations have a bucket of this name", len(all))
	e.remedy = "name the organization"
	return bucket{}, e
}

// organization returns the ID of that which Options name, or of the only one that the token
// sees; empty when there is no telling.
func (s *influx2) organization(ctx context.Context) (string, error) {
	var found struct{ Orgs []struct{ ID string } }
	params := url.Values{}
	if s.org != "" {
		params.Set("org", s.org)
	}
	err := s.get(ctx, "find the organization", "api/v2/orgs", params, &found)
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusNotFound {
		e.remedy = fmt.Sprintf("check the name of the organization, %q", s.org)
	}
	if err != nil || len(found.Orgs) != 1 {
		return "", err
	}
	return found.Orgs[0].ID, nil
}

// look reads the retention from the bucket: SHOW RETENTION POLICIES says 0s of every one.
func (s *influx2) look(ctx context.Context, want []*schema.Measurement, oldest time.Time) (held schema.Held, err error) {
	for _, r := range s.bucket.RetentionRules {
		err := s.retains(time.Duration(r.EverySeconds)*time.Second, oldest, fmt.Sprintf("the bucket %q", s.bucket.Name),
			fmt.Sprintf("influx bucket update --id %s --retention 0", s.bucket.ID))
		if err != nil {
			return held, err
		}
	}
	rows, err := s.query(ctx, "list the measurements", "SHOW MEASUREMENTS ON "+ident(s.database)+" LIMIT 1")
	if err != nil || len(rows) == 0 {
		return schema.Held{Fresh: err == nil}, err
	}
	held.Kinds, err = s.kinds(ctx, want, " ON "+ident(s.database), ident, dropMeasurement)
	return held, err
}

// remove uses the delete API, whose start and stop are both included and whose predicate
// knows = and AND, with values in double quotes
// (https://docs.influxdata.com/influxdb/v2/reference/syntax/delete-predicate/).
func (s *influx2) remove(ctx context.Context, measurement, account string, from, to time.Time) error {
	if s.bucket.ID == "" {
		if _, err := s.find(ctx); err != nil {
			return err
		}
	}
	predicate := "_measurement=" + ident(measurement)
	if account != "" {
		predicate += " AND account=" + ident(account)
	}
	body, err := json.Marshal(map[string]string{"start": rfc3339(from), "stop": rfc3339(to), "predicate": predicate})
	if err != nil {
		return err
	}
	return s.do(ctx, request{op: "delete from " + measurement, path: "api/v2/delete", body: body, kind: "application/json", read: done,
		params: url.Values{"orgID": {s.bucket.OrgID}, "bucketID": {s.bucket.ID}}})
}

// rfc3339 writes an instant to the nanosecond, clamped to those that InfluxDB can hold.
func rfc3339(t time.Time) string { return time.Unix(0, nanos(t)).UTC().Format(time.RFC3339Nano) }

// makeBucket says what makes the database's bucket, or a mapping to another one.
func makeBucket(database string) string {
	name := strconv.Quote(database)
	return fmt.Sprintf("make a bucket with: influx bucket create --name %s --retention 0, or map one to the name with: "+
		"influx v1 dbrp create --db %s --rp autogen --default --bucket-id ID", name, name)
}

package influx

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/influxdata/influxdb1-client/models"
)

// fake2 answers as InfluxDB OSS 2.7 is documented to, and fails the test on any request that
// is not documented. It was written from:
//
//   - https://docs.influxdata.com/influxdb/v2/api-guide/influxdb-1x/ (and write, query, dbrp
//     below it): paths, authentication, precisions, mappings, and that of InfluxQL's database
//     management only DELETE and DROP MEASUREMENT are there;
//   - https://docs.influxdata.com/influxdb/v2/api/ (the OpenAPI of /api/v2/buckets, dbrps,
//     orgs, delete, and of /write): parameters, answers, {"code", "message"};
//   - https://docs.influxdata.com/influxdb/v2/reference/syntax/delete-predicate/;
//   - what a server of branch main-2.x says word by word: which statements it implements, that
//     SHOW RETENTION POLICIES gives 0s, that a field conflict is a 422 and stores the rest.
type fake2 struct {
	*fakeStore
	t        *testing.T
	url      string
	maxBytes int // of a body
	orgs     map[string]string
	buckets  []fakeBucket
	mappings []fakeMapping // those that somebody made
}

type fakeBucket struct {
	ID, OrgID, Name string
	Seconds         int64 // of retention
}

type fakeMapping struct {
	Database, BucketID, OrgID string
	Second                    bool // is not the default
}

// newFake2 starts a server with a bucket of an organization.
func newFake2(t *testing.T, name string) *fake2 {
	f := &fake2{fakeStore: newFakeStore(), t: t, maxBytes: 25e6, orgs: map[string]string{"home": "0rg1"},
		buckets: []fakeBucket{{"b0cke7", "0rg1", name, 0}}}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	f.url = srv.URL
	return f
}

func (f *fake2) options(database string) Options {
	return Options{URL: f.url, Database: database, Token: fakeToken, RetryFor: -1}
}

func (f *fake2) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Influxdb-Version", "v2.7.11")
	w.Header().Set("X-Influxdb-Build", "OSS")
	route := r.Method + " " + r.URL.Path
	if route == "GET /ping" || route == "HEAD /ping" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if r.Header.Get("Authorization") != "Token "+fakeToken {
		refuse2(w, 401, "unauthorized", "unauthorized access")
		return
	}
	if id, ok := strings.CutPrefix(route, "GET /api/v2/buckets/"); ok {
		f.getBucket(w, id)
		return
	}
	handler := map[string]func(http.ResponseWriter, *http.Request){
		"POST /write": f.write, "POST /query": f.query, "GET /api/v2/buckets": f.listBuckets,
		"GET /api/v2/orgs": f.listOrgs, "GET /api/v2/dbrps": f.listMappings, "POST /api/v2/delete": f.delete,
	}[route]
	if handler == nil {
		f.t.Errorf("InfluxDB 2.x documents no %s", route)
		refuse2(w, 404, "not found", "path not found")
		return
	}
	handler(w, r)
}

func refuse2(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"code": code, "message": message})
}

// mapped returns the bucket that a database leads to: by a mapping, or by its own name.
func (f *fake2) mapped(database string) *fakeBucket {
	is := func(b fakeBucket) bool { return b.Name == database }
	for _, m := range f.mappings {
		if m.Database == database && !m.Second {
			is = func(b fakeBucket) bool { return b.ID == m.BucketID }
		}
	}
	if i := slices.IndexFunc(f.buckets, is); i >= 0 {
		return &f.buckets[i]
	}
	return nil
}

func (f *fake2) write(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for key := range q {
		if !slices.Contains([]string{"db", "rp", "precision", "u", "p"}, key) {
			f.t.Errorf("/write of InfluxDB 2.x documents no parameter %q", key)
		}
	}
	body, err := plainBody(r)
	switch {
	case q.Get("db") == "":
		refuse2(w, 400, "invalid", "missing db")
		return
	case !slices.Contains([]string{"", "ns", "u", "µ", "ms", "s", "m", "h"}, q.Get("precision")):
		refuse2(w, 400, "invalid", fmt.Sprintf("invalid precision %q", q.Get("precision")))
		return
	case f.mapped(q.Get("db")) == nil || q.Get("rp") != "" && q.Get("rp") != "autogen":
		refuse2(w, 404, "not found", "no dbrp mapping found")
		return
	case err != nil:
		refuse2(w, 400, "invalid", "unable to read data: "+err.Error())
		return
	case len(body) > f.maxBytes:
		refuse2(w, 413, "request too large", "unable to read data: points batch is too large")
		return
	}
	points, err := models.ParsePointsWithPrecision([]byte(body), time.Now(), orDefault(q.Get("precision"), "ns"))
	if err != nil { // of such a batch nothing is stored
		refuse2(w, 400, "invalid", err.Error())
		return
	}
	dropped, fault := 0, ""
	for _, p := range points {
		if field, got, have := f.put(p); got != "" {
			dropped++
			fault = fmt.Sprintf("input field %q on measurement %q is type %s, already exists as type %s", field, p.Name(), got, have)
		}
	}
	if dropped > 0 {
		refuse2(w, 422, "unprocessable entity",
			fmt.Sprintf("failure writing points to database: partial write: field type conflict: %s dropped=%d", fault, dropped))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (f *fake2) query(w http.ResponseWriter, r *http.Request) {
	text, err := plainBody(r)
	if r.Header.Get("Content-Type") != "application/vnd.influxql" || err != nil {
		f.t.Errorf("a query of InfluxDB 2.x is a body of application/vnd.influxql, not %s (%v)", r.Header.Get("Content-Type"), err)
	}
	on := " ON " + ident(r.URL.Query().Get("db"))
	names, ok := quotedList(strings.TrimPrefix(text, "SHOW FIELD KEYS"+on+" FROM "))
	switch {
	case text == "SHOW MEASUREMENTS"+on+" LIMIT 1":
		statement(w, f.measurements(1), "")
	case ok:
		statement(w, f.fieldKeys(names), "")
	default:
		f.t.Errorf("InfluxDB 2.x does not implement: %s", text)
		statement(w, nil, "not implemented: "+text)
	}
}

func (f *fake2) listBuckets(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	org, known := f.orgs[q.Get("org")]
	if q.Get("org") != "" && !known {
		refuse2(w, 404, "not found", fmt.Sprintf("organization name %q not found", q.Get("org")))
		return
	}
	found := []any{}
	for _, b := range f.buckets {
		if b.Name == q.Get("name") && (org == "" || b.OrgID == org) {
			found = append(found, b.json())
		}
	}
	if len(found) == 0 && org != "" { // a look-up of one bucket then, and not a list
		refuse2(w, 404, "not found", fmt.Sprintf("bucket %q not found", q.Get("name")))
		return
	}
	reply200(w, map[string]any{"buckets": found})
}

func (f *fake2) getBucket(w http.ResponseWriter, id string) {
	i := slices.IndexFunc(f.buckets, func(b fakeBucket) bool { return b.ID == id })
	if i < 0 {
		refuse2(w, 404, "not found", "bucket not found")
		return
	}
	reply200(w, f.buckets[i].json())
}

func (b fakeBucket) json() any {
	rules := []any{}
	if b.Seconds > 0 {
		rules = append(rules, map[string]any{"type": "expire", "everySeconds": b.Seconds, "shardGroupDurationSeconds": 3600})
	}
	return map[string]any{"id": b.ID, "orgID": b.OrgID, "type": "user", "name": b.Name, "retentionRules": rules}
}

func (f *fake2) listOrgs(w http.ResponseWriter, r *http.Request) {
	found := []any{}
	for name, id := range f.orgs {
		if org := r.URL.Query().Get("org"); org == "" || org == name {
			found = append(found, map[string]any{"id": id, "name": name})
		}
	}
	if len(found) == 0 {
		refuse2(w, 404, "not found", fmt.Sprintf("organization name %q not found", r.URL.Query().Get("org")))
		return
	}
	reply200(w, map[string]any{"orgs": found})
}

func (f *fake2) listMappings(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("orgID") == "" && q.Get("org") == "" {
		refuse2(w, 400, "invalid", "either 'org' or 'orgID' must be provided")
		return
	}
	found, made := []any{}, false
	mapping := func(database, bucket string, isDefault, virtual bool) any {
		return map[string]any{"id": "d" + bucket, "database": database, "retention_policy": "autogen", "default": isDefault,
			"virtual": virtual, "orgID": q.Get("orgID"), "bucketID": bucket}
	}
	for _, m := range f.mappings {
		if m.OrgID == q.Get("orgID") && m.Database == q.Get("db") {
			found = append(found, mapping(m.Database, m.BucketID, !m.Second, false))
			made = made || !m.Second
		}
	}
	for _, b := range f.buckets {
		if b.OrgID == q.Get("orgID") && b.Name == q.Get("db") {
			found = append(found, mapping(b.Name, b.ID, !made, true))
		}
	}
	reply200(w, map[string]any{"content": found})
}

func (f *fake2) delete(w http.ResponseWriter, r *http.Request) {
	var body struct{ Start, Stop, Predicate string }
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil || r.Header.Get("Content-Type") != "application/json" {
		f.t.Errorf("a delete is JSON of start, stop and predicate: %v", err)
	}
	start, err := time.Parse(time.RFC3339Nano, body.Start)
	stop, err2 := time.Parse(time.RFC3339Nano, body.Stop)
	if err != nil || err2 != nil {
		refuse2(w, 400, "invalid", "error decoding json body: invalid RFC3339Nano for field start, please format your time with RFC3339Nano format, "+
			"example: 2009-01-02T23:00:00Z")
		return
	}
	wants, ok := predicate(body.Predicate)
	if !ok {
		refuse2(w, 400, "invalid", "error decoding json body: bad logical expression, at position 0")
		return
	}
	i := slices.IndexFunc(f.buckets, func(b fakeBucket) bool { return b.ID == r.URL.Query().Get("bucketID") })
	if i < 0 || f.buckets[i].OrgID != r.URL.Query().Get("orgID") {
		refuse2(w, 404, "not found", "bucket not found")
		return
	}
	f.remove(func(p models.Point) bool {
		for key, value := range wants {
			if key == "_measurement" && string(p.Name()) != value || key != "_measurement" && p.Tags().GetString(key) != value {
				return false
			}
		}
		return !p.Time().Before(start) && !p.Time().After(stop)
	})
	w.WriteHeader(http.StatusNoContent)
}

// predicate reads key="value" AND key="value".
func predicate(s string) (map[string]string, bool) {
	wants := map[string]string{}
	for {
		key, rest, ok := strings.Cut(s, "=")
		value, rest, ok2 := quoted(rest)
		if !ok || !ok2 || strings.ContainsAny(key, ` "'`) {
			return nil, false
		}
		wants[key] = value
		if rest == "" {
			return wants, true
		}
		if s, ok = strings.CutPrefix(rest, " AND "); !ok {
			return nil, false
		}
	}
}

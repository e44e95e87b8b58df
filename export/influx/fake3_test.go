package influx

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/influxdata/influxdb1-client/models"
)

// fake3 answers as InfluxDB 3 Core is documented to, and fails the test on any request that
// is not documented. It was written from:
//
//   - https://docs.influxdata.com/influxdb3/core/write-data/http-api/compatibility-apis/:
//     authentication, parameters and precisions of /write;
//   - https://docs.influxdata.com/influxdb3/core/api/v3/ (the OpenAPI of /ping, /write, /query,
//     /api/v3/configure/database and table): answers, {"error", "data"}, partial writes;
//   - https://docs.influxdata.com/influxdb3/core/reference/influxql/feature-support/: which SHOW
//     statements there are;
//   - https://docs.influxdata.com/influxdb3/core/reference/influxql/show/: that the retention in
//     SHOW RETENTION POLICIES is a placeholder, which it is no longer in branch main;
//   - https://docs.influxdata.com/influxdb3/core/admin/tables/delete/ and databases/list/ (the
//     table system.databases);
//   - what a server of branch main says word by word, and the columns of its tables.
type fake3 struct {
	t         *testing.T
	url       string
	maxBytes  int // of a body
	keeps     time.Duration
	private   bool                  // the table of databases is not for the token
	truthful  bool                  // SHOW RETENTION POLICIES tells what is kept
	headless  bool                  // as the first releases, whose ping has no header
	databases map[string]*fakeStore // by name
}

func newFake3(t *testing.T) *fake3 {
	f := &fake3{t: t, maxBytes: 10e6, databases: map[string]*fakeStore{}}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	f.url = srv.URL
	return f
}

func (f *fake3) options(database string) Options {
	return Options{URL: f.url, Database: database, Token: fakeToken, RetryFor: -1}
}

// store returns a database, which a write makes.
func (f *fake3) store(name string) *fakeStore {
	if f.databases[name] == nil {
		f.databases[name] = newFakeStore()
	}
	return f.databases[name]
}

func (f *fake3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if token != fakeToken || scheme != "Bearer" && scheme != "Token" {
		refuse3(w, 401, "the request was not authenticated", nil)
		return
	}
	handler := map[string]func(http.ResponseWriter, *http.Request){
		"GET /ping": f.ping, "POST /write": f.write, "POST /query": f.query, "GET /api/v3/query_sql": f.sql,
		"POST /api/v3/configure/database": f.createDatabase, "DELETE /api/v3/configure/table": f.deleteTable,
	}[r.Method+" "+r.URL.Path]
	if handler == nil {
		f.t.Errorf("InfluxDB 3 documents no %s %s", r.Method, r.URL.Path)
		http.Error(w, "Not found", 404)
		return
	}
	handler(w, r)
}

func refuse3(w http.ResponseWriter, status int, fault string, data any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	answer := map[string]any{"error": fault}
	if data != nil {
		answer["data"] = data
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (f *fake3) ping(w http.ResponseWriter, _ *http.Request) {
	if !f.headless {
		w.Header().Set("X-Influxdb-Version", "3.8.0")
		w.Header().Set("X-Influxdb-Build", "Core")
	}
	reply200(w, map[string]string{"version": "3.8.0", "revision": "83b589b883", "process_id": "b756d9e0-cecd-4f72-b6d0-19e2d4f8cbb7"})
}

func (f *fake3) write(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	body, err := plainBody(r)
	switch {
	case q.Get("db") == "" || !slices.Contains([]string{"", "ns", "us", "u", "ms", "s"}, q.Get("precision")):
		refuse3(w, 400, "failed to deserialize db/rp/precision in request", nil)
		return
	case err != nil:
		refuse3(w, 400, err.Error(), nil)
		return
	case len(body) > f.maxBytes:
		refuse3(w, 413, "request body is too large", nil)
		return
	}
	db := f.store(q.Get("db"))
	type rejected struct {
		Line   string `json:"original_line"`
		Number int    `json:"line_number"`
		Why    string `json:"error_message"`
	}
	var bad []rejected
	stored := 0
	for i, text := range strings.Split(strings.TrimSuffix(body, "\n"), "\n") {
		points, err := models.ParsePointsWithPrecision([]byte(text), time.Now(), orDefault(q.Get("precision"), "ns"))
		if err != nil {
			bad = append(bad, rejected{text, i + 1, err.Error()})
			continue
		}
		if field, got, have := db.put(points[0]); got != "" {
			bad = append(bad, rejected{text, i + 1, fmt.Sprintf(
				"invalid column type for column '%s', expected iox::column_type::field::%s, got iox::column_type::field::%s", field, have, got)})
			continue
		}
		stored++
	}
	switch {
	case len(bad) > 0 && stored > 0:
		refuse3(w, 400, "partial write of line protocol occurred", bad)
	case len(bad) > 0:
		refuse3(w, 400, "write of line protocol failed", bad)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (f *fake3) query(w http.ResponseWriter, r *http.Request) {
	text, err := plainBody(r)
	if r.Header.Get("Content-Type") != "application/vnd.influxql" || err != nil {
		f.t.Errorf("a query of InfluxDB 3 is a body of application/vnd.influxql, not %s (%v)", r.Header.Get("Content-Type"), err)
	}
	name := r.URL.Query().Get("db")
	db := f.databases[name]
	names, isKeys := quotedList(strings.TrimPrefix(text, "SHOW FIELD KEYS FROM "))
	table, isSelect := strings.CutPrefix(text, "SELECT * FROM ")
	table, isGroup := strings.CutSuffix(table, ` GROUP BY "account" LIMIT 1`)
	switch {
	case db == nil:
		refuse3(w, 404, fmt.Sprintf("Database %s not found", name), nil)
	case text == "SHOW RETENTION POLICIES":
		keeps := time.Duration(0)
		if f.truthful {
			keeps = f.keeps
		}
		statement(w, []models.Row{{Name: "retention_policies", Columns: []string{"name", "duration", "default"},
			Values: [][]any{{name, keeps.String(), true}}}}, "")
	case text == "SHOW MEASUREMENTS LIMIT 1":
		statement(w, db.measurements(1), "")
	case isKeys:
		statement(w, db.fieldKeys(names), "")
	case isSelect && isGroup:
		statement(w, byAccount(db, table), "")
	default:
		f.t.Errorf("InfluxDB 3 does not know: %s", text)
		statement(w, nil, "error in InfluxQL statement: "+text)
	}
}

func (f *fake3) sql(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("db") != "_internal" || q.Get("format") != "json" || q.Get("q") != "SELECT database_name, retention_period_ns, deleted FROM system.databases" {
		f.t.Errorf("InfluxDB 3 does not know the query %v", q)
	}
	if f.private {
		refuse3(w, 403, "access denied", nil)
		return
	}
	var rows []any
	for name := range f.databases {
		rows = append(rows, map[string]any{"database_name": name, "retention_period_ns": 1, "deleted": true})
		row := map[string]any{"database_name": name, "deleted": false} // a null is left out
		if f.keeps > 0 {
			row["retention_period_ns"] = int64(f.keeps)
		}
		rows = append(rows, row)
	}
	reply200(w, rows)
}

// byAccount answers SELECT * FROM table GROUP BY "account" LIMIT 1.
func byAccount(db *fakeStore, table string) []models.Row {
	rows := map[string]models.Row{}
	for _, p := range db.all() {
		if ident(string(p.Name())) == table {
			account := p.Tags().GetString("account")
			rows[account] = models.Row{Name: string(p.Name()), Tags: map[string]string{"account": account}, Columns: []string{"time"},
				Values: [][]any{{p.UnixNano()}}}
		}
	}
	return slices.Collect(maps.Values(rows))
}

func (f *fake3) createDatabase(w http.ResponseWriter, r *http.Request) {
	var body struct{ DB string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.DB == "" {
		refuse3(w, 400, "serde json error", nil)
		return
	}
	if f.databases[body.DB] != nil {
		refuse3(w, 409, "attempted to create a resource that already exists", nil)
		return
	}
	f.store(body.DB)
}

func (f *fake3) deleteTable(w http.ResponseWriter, r *http.Request) {
	db, table := f.databases[r.URL.Query().Get("db")], r.URL.Query().Get("table")
	is := func(p models.Point) bool { return string(p.Name()) == table }
	if db == nil || !slices.ContainsFunc(db.all(), is) {
		refuse3(w, 404, "Table not found", nil)
		return
	}
	db.remove(is)
}

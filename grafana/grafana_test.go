// Package grafana_test checks the dashboards and the files that bring them into a running
// Grafana: each query of each panel is run against a real InfluxDB.
package grafana_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/export/influx/influxtest"
	"fitvault/store/catalog"
)

func TestMain(m *testing.M) { os.Exit(influxtest.Main(m)) }

type dashboard struct {
	UID        string  `json:"uid"`
	Title      string  `json:"title"`
	Panels     []panel `json:"panels"`
	Time       span    `json:"time"`
	Templating struct {
		List []variable `json:"list"`
	} `json:"templating"`
}

type span struct{ From, To string }

type variable struct {
	Name       string
	Type       string
	Query      string
	Datasource *source
}

type source struct{ Type, UID string }

type panel struct {
	ID          int
	Type        string
	Title       string
	Description string
	Datasource  *source
	GridPos     struct{ H, W, X, Y int }
	TimeFrom    string
	Targets     []target
	FieldConfig struct {
		Defaults  struct{ Unit string }
		Overrides []struct {
			Matcher struct{ ID, Options string }
		}
	}
}

type target struct {
	RefID        string
	Datasource   *source
	Query        string
	RawQuery     bool
	ResultFormat string
	Alias        string
}

var sourceVariable = source{"influxdb", "${datasource}"}

func dashboards(t *testing.T) map[string]dashboard {
	t.Helper()
	files, err := filepath.Glob("dashboards/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("dashboards: %v %v", files, err)
	}
	all := make(map[string]dashboard)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d dashboard
		if err := json.Unmarshal(data, &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[filepath.Base(file)] = d
	}
	return all
}

func TestLayout(t *testing.T) {
	for file, d := range dashboards(t) {
		if d.UID == "" || d.Title == "" || d.Time != (span{"now-90d", "now"}) {
			t.Errorf("%s: uid %q, title %q, time %v", file, d.UID, d.Title, d.Time)
		}
		ids := make(map[int]bool)
		cells := make(map[[2]int]string)
		for _, p := range d.Panels {
			if ids[p.ID] {
				t.Errorf("%s: %q has the id of another panel", file, p.Title)
			}
			ids[p.ID] = true
			g := p.GridPos
			if g.W < 1 || g.H < 1 || g.X < 0 || g.X+g.W > 24 {
				t.Errorf("%s: %q does not fit the grid: %+v", file, p.Title, g)
			}
			for x := g.X; x < g.X+g.W; x++ {
				for y := g.Y; y < g.Y+g.H; y++ {
					if other, ok := cells[[2]int{x, y}]; ok {
						t.Fatalf("%s: %q lies over %q", file, p.Title, other)
					}
					cells[[2]int{x, y}] = p.Title
				}
			}
			if p.Title == "" {
				t.Errorf("%s: panel %d has no title", file, p.ID)
			}
			if p.Type == "row" {
				continue
			}
			if !slices.Contains([]string{"timeseries", "stat"}, p.Type) {
				t.Errorf("%s: %q is a %q, which may be a plugin", file, p.Title, p.Type)
			}
			if p.Description == "" || p.FieldConfig.Defaults.Unit == "" || len(p.Targets) == 0 {
				t.Errorf("%s: %q lacks a description, a unit or a query", file, p.Title)
			}
			if p.Datasource == nil || *p.Datasource != sourceVariable {
				t.Errorf("%s: %q does not read from the chosen data source", file, p.Title)
			}
		}
	}
}

// A daily point is already the day's: grouping by time would cut days at midnight UTC.
func TestQueryShape(t *testing.T) {
	for file, d := range dashboards(t) {
		for _, p := range d.Panels {
			refs := make(map[string]bool)
			for _, q := range p.Targets {
				name := fmt.Sprintf("%s: %q %s", file, p.Title, q.RefID)
				if refs[q.RefID] {
					t.Errorf("%s: is there twice", name)
				}
				refs[q.RefID] = true
				if !q.RawQuery || q.ResultFormat != "time_series" {
					t.Errorf("%s: is not a raw time series", name)
				}
				if q.Datasource == nil || *q.Datasource != sourceVariable {
					t.Errorf("%s: does not read from the chosen data source", name)
				}
				if !strings.Contains(q.Query, "$timeFilter") || strings.Contains(q.Query, "time(") {
					t.Errorf("%s: does not take the days of the range as they are: %s", name, q.Query)
				}
				tag, grouped := strings.CutPrefix(q.Alias, "$tag_")
				if !grouped && q.Alias != "$col" || grouped != strings.Contains(q.Query, ` GROUP BY "`+tag+`"`) {
					t.Errorf("%s: alias %q does not name its series", name, q.Alias)
				}
			}
		}
	}
}

func TestVariables(t *testing.T) {
	for file, d := range dashboards(t) {
		var names []string
		for _, v := range d.Templating.List {
			names = append(names, v.Name+" "+v.Type)
			if v.Type == "query" && (v.Datasource == nil || *v.Datasource != sourceVariable) {
				t.Errorf("%s: variable %s does not read from the chosen data source", file, v.Name)
			}
		}
		if want := []string{"datasource datasource", "account query"}; !slices.Equal(names, want) {
			t.Errorf("%s: variables %q, want %q", file, names, want)
		}
	}
}

var (
	renamed    = regexp.MustCompile(`\s+AS\s+"[^"]*"`)
	measured   = regexp.MustCompile(`\bFROM\s+"([^"]+)"`)
	identifier = regexp.MustCompile(`"([^"]+)"`)
)

func TestQueriesReadDeclaredSeries(t *testing.T) {
	declared := make(map[string][]string)
	for _, s := range catalog.AllSeries() {
		keys := append([]string{"account"}, s.Tags...)
		for _, f := range s.Fields {
			keys = append(keys, f.Key)
		}
		declared[s.Measurement] = keys
	}
	for file, d := range dashboards(t) {
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				m := measured.FindStringSubmatch(q.Query)
				if m == nil {
					t.Errorf("%s: %q %s: no measurement: %s", file, p.Title, q.RefID, q.Query)
					continue
				}
				keys, ok := declared[m[1]]
				if !ok {
					t.Errorf("%s: %q %s: no series %q", file, p.Title, q.RefID, m[1])
					continue
				}
				bare := measured.ReplaceAllString(renamed.ReplaceAllString(q.Query, ""), "")
				for _, id := range identifier.FindAllStringSubmatch(bare, -1) {
					if !slices.Contains(keys, id[1]) {
						t.Errorf("%s: %q %s: %s has no field or tag %q", file, p.Title, q.RefID, m[1], id[1])
					}
				}
			}
		}
	}
}

// TestPanels runs every query as Grafana sends it when somebody opens the dashboard.
func TestPanels(t *testing.T) {
	server := influxtest.Start(t)
	demo(t, server.URL())
	const database = "fitbit"
	checkPanels(t, server, database, time.Now())
}

// demo fills the database fitbit with a year of an emulated person, by the program itself.
func demo(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	// go test keeps a result as long as the files are unchanged that the test looked at.
	for _, dir := range []string{"cmd", "export", "fetch", "migrations", "store"} {
		if !hasGo(t, filepath.Join(root, dir)) {
			t.Fatalf("no program in %s", dir)
		}
	}
	program := filepath.Join(t.TempDir(), "fitvault")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "fitvault/cmd/fitvault").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	cmd := exec.CommandContext(ctx, program, "demo", "--days", "365", "--influx-url", url)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"HOME=" + cmd.Dir, "TMPDIR=" + cmd.Dir, "PATH=" + os.Getenv("PATH")}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("demo: %v\n%s", err, out.Bytes())
	}
}

func checkPanels(t *testing.T, server *influxtest.Server, database string, now time.Time) {
	for file, d := range dashboards(t) {
		values := map[string]string{"datasource": "fitvault"}
		for _, v := range d.Templating.List {
			if v.Type != "query" {
				continue
			}
			for _, row := range server.Query(database, interpolate(t, v.Query, values, span{}, now)) {
				for _, value := range row.Values {
					values[v.Name] = value[len(value)-1].(string)
				}
			}
			if values[v.Name] == "" {
				t.Fatalf("%s: variable %s has no value", file, v.Name)
			}
		}
		for _, p := range d.Panels {
			if p.Type == "row" {
				continue
			}
			t.Run(d.Title+"/"+p.Title, func(t *testing.T) {
				shown, opened := make(map[string]bool), 0
				for _, q := range p.Targets {
					for _, name := range checkTarget(t, server, database, q, values, span{"now-365d", "now"}, now) {
						shown[name] = true
					}
					opened += len(server.Query(database, interpolate(t, q.Query, values, p.span(d.Time), now)))
					other := map[string]string{"account": "nobody"}
					if rows := server.Query(database, interpolate(t, q.Query, other, d.Time, now)); len(rows) > 0 {
						t.Errorf("%s shows the data of all accounts: %s", q.RefID, q.Query)
					}
				}
				if opened == 0 {
					t.Error("the panel is empty when the dashboard is opened")
				}
				for _, o := range p.FieldConfig.Overrides {
					if o.Matcher.ID != "byName" || !shown[o.Matcher.Options] {
						t.Errorf("an override is for %q, which the panel does not show", o.Matcher.Options)
					}
				}
			})
		}
	}
}

// span is the panel's range: its own, where it has one, as long as the dashboard's is
// relative to now.
func (p panel) span(of span) span {
	if p.TimeFrom != "" {
		return span{"now-" + p.TimeFrom, "now"}
	}
	return of
}

// checkTarget returns the names of the series that a query gives, and fails when it gives
// none, a point outside the range, or a series without any value.
func checkTarget(t *testing.T, server *influxtest.Server, database string, q target, values map[string]string, r span, now time.Time) []string {
	t.Helper()
	text := interpolate(t, q.Query, values, r, now)
	rows := server.Query(database, text)
	if len(rows) == 0 {
		t.Errorf("%s gives nothing from %s on: %s", q.RefID, r.From, text)
	}
	var names []string
	for _, row := range rows {
		for i, column := range row.Columns {
			name := column
			if tag, ok := strings.CutPrefix(q.Alias, "$tag_"); ok {
				name = row.Tags[tag]
			}
			n := 0
			for _, v := range row.Values {
				if v[i] != nil {
					n++
				}
			}
			switch {
			case column == "time":
			case n == 0:
				t.Errorf("%s has no value of %q in %d points from %s on: %s", q.RefID, name, len(row.Values), r.From, text)
			case name == "":
				t.Errorf("%s gives a series without a name: %s", q.RefID, text)
			default:
				names = append(names, name)
			}
		}
		first, last := row.Values[0][0], row.Values[len(row.Values)-1][0]
		if at(t, first).Before(ago(t, r.From, now)) || at(t, last).After(now) {
			t.Errorf("%s gives points from %v to %v: %s", q.RefID, first, last, text)
		}
	}
	return names
}

// interpolate does what Grafana does to a query before it sends it.
func interpolate(t *testing.T, query string, values map[string]string, r span, now time.Time) string {
	t.Helper()
	if r != (span{}) {
		from, to := ago(t, r.From, now), ago(t, r.To, now)
		query = strings.NewReplacer(
			"$timeFilter", fmt.Sprintf("time >= %dms and time <= %dms", from.UnixMilli(), to.UnixMilli()),
			"$__interval_ms", "7200000",
			"$__interval", "2h",
		).Replace(query)
	}
	for name, value := range values {
		escaped := regexp.QuoteMeta(value)
		query = regexp.MustCompile(`\$\{`+name+`:regex\}`).ReplaceAllLiteralString(query, escaped)
		query = regexp.MustCompile(`\$\{`+name+`\}|\$`+name+`\b`).ReplaceAllLiteralString(query, value)
	}
	if left := regexp.MustCompile(`\$[\w{]`).FindString(query); left != "" {
		t.Fatalf("a variable is left in %s", query)
	}
	return query
}

// ago reads now and now-90d.
func ago(t *testing.T, s string, now time.Time) time.Time {
	t.Helper()
	if s == "now" {
		return now
	}
	var days int
	if _, err := fmt.Sscanf(s, "now-%dd", &days); err != nil {
		t.Fatalf("time %q: %v", s, err)
	}
	return now.AddDate(0, 0, -days)
}

func at(t *testing.T, ns any) time.Time {
	t.Helper()
	n, err := ns.(json.Number).Int64()
	if err != nil {
		t.Fatal(err)
	}
	return time.Unix(0, n)
}

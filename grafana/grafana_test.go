// Package grafana_test checks the dashboards and the files that bring them into a running
// Grafana: each query of each panel is run against a real InfluxDB.
package grafana_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

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
	Interval    string
	Targets     []target
	FieldConfig struct {
		Defaults struct {
			Unit   string
			Custom struct{ Stacking struct{ Mode string } }
		}
		Overrides []override
	}
}

type override struct {
	Matcher    struct{ ID, Options string }
	Properties []struct {
		ID    string
		Value any
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
			if !slices.Contains([]string{"timeseries", "stat", "table"}, p.Type) {
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

// TestQueryShape holds queries to what the series are: samples of a day may be gathered, but
// a daily point is already the day's: grouping by time would cut days at midnight UTC.
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
				if q.Datasource == nil || *q.Datasource != sourceVariable {
					t.Errorf("%s: does not read from the chosen data source", name)
				}
				if !q.RawQuery || !strings.Contains(q.Query, "$timeFilter") {
					t.Errorf("%s: does not read the chosen range: %s", name, q.Query)
				}
				if by := gathered.FindStringSubmatch(q.Query); by != nil && !slices.Contains(samples, by[1]) {
					t.Errorf("%s: does not take the points of %s as they are: %s", name, by[1], q.Query)
				}
				if strings.Contains(q.Query, "$__interval") && p.Interval == "" {
					t.Errorf("%s: nothing keeps its interval from being shorter than that of the samples", name)
				}
				checkFormat(t, name, p, q)
			}
		}
	}
}

// gathered finds the measurement of a query whose points are gathered by time, and samples
// are the measurements that may be.
var (
	gathered = regexp.MustCompile(`\bFROM\s+"([^"]+)".*\btime\(`)
	samples  = []string{"heart_rate", "steps"}
)

// checkFormat holds the names of what a query shows to what it asks for.
func checkFormat(t *testing.T, name string, p panel, q target) {
	t.Helper()
	if p.Type == "table" {
		if q.ResultFormat != "table" || q.Alias != "" || !strings.HasSuffix(q.Query, " ORDER BY time DESC") {
			t.Errorf("%s: is no table that begins with the newest", name)
		}
		return
	}
	tag, tagged := strings.CutPrefix(q.Alias, "$tag_")
	if !tagged && q.Alias != "$col" || tagged != strings.Contains(q.Query, ` GROUP BY "`+tag+`"`) {
		t.Errorf("%s: alias %q does not name its series", name, q.Alias)
	}
	if q.ResultFormat != "time_series" {
		t.Errorf("%s: is no time series", name)
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
	renamed    = regexp.MustCompile(`\s+AS\s+"([^"]*)"`)
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

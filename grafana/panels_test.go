package grafana_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/export/influx/influxtest"
	"fitvault/store/catalog"
)

// absent lists the fields that a source does not tell, or that are not read from it, with
// which a query gives nothing. All else that a panel asks for must be there.
var absent = map[catalog.Source][]string{
	catalog.Fitbit: {
		"activity_daily.active_energy_kcal", "spo2_daily.lower_pct",
	},
	catalog.Google: {
		"activity_daily.calories_bmr_kcal", "body_daily.bmi", "body_daily.fat_pct", "body_daily.weight_kg",
		"cardio_fitness_daily.low", "sleep.efficiency_pct", "spo2_daily.min_pct",
	},
}

// lacks reports whether a query asks a source for a field that it does not tell.
func lacks(s catalog.Source, q target) bool {
	m := measured.FindStringSubmatch(q.Query)[1]
	return slices.ContainsFunc(identifier.FindAllStringSubmatch(q.Query, -1), func(id []string) bool {
		return slices.Contains(absent[s], m+"."+id[1])
	})
}

// TestPanels runs every query as Grafana sends it when somebody opens the dashboard, with
// what each of the sources tells.
func TestPanels(t *testing.T) {
	server := influxtest.Start(t)
	demo(t, server.URL())
	legacy := view{server, "fitbit", catalog.Fitbit, time.Now()}
	modern := view{server, "google", catalog.Google, thirtyDays(t, server, "google")}
	for file, d := range dashboards(t) {
		shown := make(map[int]map[string]bool) // by panel
		for _, v := range []view{legacy, modern} {
			t.Run(string(v.source), func(t *testing.T) { v.check(t, file, d, shown) })
		}
		for _, p := range d.Panels {
			checkOverrides(t, p, shown[p.ID])
		}
	}
}

// view is a database as a dashboard shows it at an instant.
type view struct {
	server   *influxtest.Server
	database string
	source   catalog.Source
	now      time.Time
}

// check runs the queries of a dashboard and adds the names of the series that each panel
// can show to shown.
func (v view) check(t *testing.T, file string, d dashboard, shown map[int]map[string]bool) {
	values := map[string]string{"datasource": "fitvault"}
	for _, o := range d.Templating.List {
		if o.Type != "query" {
			continue
		}
		for _, row := range v.server.Query(v.database, interpolate(t, o.Query, values, span{}, v.now)) {
			for _, value := range row.Values {
				values[o.Name] = value[len(value)-1].(string)
			}
		}
		if values[o.Name] == "" {
			t.Fatalf("%s: variable %s has no value", file, o.Name)
		}
	}
	for _, p := range d.Panels {
		if p.Type == "row" {
			continue
		}
		if shown[p.ID] == nil {
			shown[p.ID] = make(map[string]bool)
		}
		t.Run(d.Title+"/"+p.Title, func(t *testing.T) { v.panel(t, d, p, values, shown[p.ID]) })
	}
}

func (v view) panel(t *testing.T, d dashboard, p panel, values map[string]string, shown map[string]bool) {
	told, opened := 0, 0
	for _, q := range p.Targets {
		for _, name := range renamed.FindAllStringSubmatch(q.Query, -1) {
			if !strings.HasPrefix(q.Alias, "$tag_") {
				shown[name[1]] = true
			}
		}
		if lacks(v.source, q) {
			if text := interpolate(t, q.Query, values, span{"now-365d", "now"}, v.now); len(v.server.Query(v.database, text)) > 0 {
				t.Errorf("%s gives what is listed as absent from %s: %s", q.RefID, v.source, text)
			}
			continue
		}
		told++
		for _, name := range v.target(t, q, values, span{"now-365d", "now"}) {
			shown[name] = true
		}
		opened += len(v.server.Query(v.database, interpolate(t, q.Query, values, p.span(d.Time), v.now)))
		other := map[string]string{"account": "nobody"}
		if rows := v.server.Query(v.database, interpolate(t, q.Query, other, d.Time, v.now)); len(rows) > 0 {
			t.Errorf("%s shows the data of all accounts: %s", q.RefID, q.Query)
		}
	}
	if told > 0 && opened == 0 {
		t.Error("the panel is empty when the dashboard is opened")
	}
}

// checkOverrides holds the names in a panel's settings to those of the series that it
// shows, and wants a colour chosen for each series of a stack.
func checkOverrides(t *testing.T, p panel, shown map[string]bool) {
	t.Helper()
	named := make(map[string]bool)
	for _, o := range p.FieldConfig.Overrides {
		named[o.Matcher.Options] = true
		start := p.Type == "table" && o.Matcher.ID == "byType" && o.Matcher.Options == "time"
		if !start && (o.Matcher.ID != "byName" || !shown[o.Matcher.Options]) {
			t.Errorf("%s: an override is for %q, which the panel does not show", p.Title, o.Matcher.Options)
		}
		for _, set := range o.Properties {
			if set.ID == "custom.fillBelowTo" && !shown[fmt.Sprint(set.Value)] {
				t.Errorf("%s: a band ends at %v, which the panel does not show", p.Title, set.Value)
			}
		}
	}
	for name := range shown {
		if p.FieldConfig.Defaults.Custom.Stacking.Mode == "normal" && !named[name] {
			t.Errorf("%s: nobody has chosen that %q is in the stack", p.Title, name)
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

// target returns the names of the series that a query gives, and fails when it gives none,
// a point outside the range, or a series without any value.
func (v view) target(t *testing.T, q target, values map[string]string, r span) []string {
	t.Helper()
	text := interpolate(t, q.Query, values, r, v.now)
	rows := v.server.Query(v.database, text)
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
			for _, value := range row.Values {
				if value[i] != nil {
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
		from := ago(t, r.From, v.now)
		if gathered.MatchString(q.Query) {
			from = from.Add(-interval) // the range begins within one
		}
		for _, value := range row.Values {
			if when := at(t, value[0]); when.Before(from) || when.After(v.now) {
				t.Errorf("%s gives a point at %v: %s", q.RefID, when, text)
				break
			}
		}
	}
	return names
}

// interval is the distance of points that Grafana chooses for some months on a screen.
const interval = 2 * time.Hour

// interpolate does what Grafana does to a query before it sends it.
func interpolate(t *testing.T, query string, values map[string]string, r span, now time.Time) string {
	t.Helper()
	if r != (span{}) {
		from, to := ago(t, r.From, now), ago(t, r.To, now)
		query = strings.NewReplacer(
			"$timeFilter", fmt.Sprintf("time >= %dms and time <= %dms", from.UnixMilli(), to.UnixMilli()),
			"$__interval_ms", fmt.Sprint(interval.Milliseconds()),
			"$__interval", fmt.Sprintf("%dms", interval.Milliseconds()),
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

package influxtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/influxdata/influxdb1-client/models"
	client "github.com/influxdata/influxdb1-client/v2"
)

// Query runs InfluxQL statements and returns the rows of all of them, with times as
// nanoseconds and numbers as json.Number. Any error ends the test.
func (s *Server) Query(database, q string) []models.Row {
	s.tb.Helper()
	c := s.client()
	defer c.Close()
	resp, err := c.Query(client.Query{Command: q, Database: database, Precision: "ns", Chunked: true})
	if err == nil {
		err = resp.Error()
	}
	if err != nil {
		s.tb.Fatalf("influxd: %s: %v", q, err)
	}
	var rows []models.Row
	for _, r := range resp.Results {
		rows = append(rows, r.Series...)
	}
	return rows
}

// Write stores lines of line protocol with nanosecond times, past all code under test.
func (s *Server) Write(database string, lines ...string) {
	s.tb.Helper()
	to := s.URL() + "/write?precision=ns&db=" + url.QueryEscape(database)
	req, err := http.NewRequest(http.MethodPost, to, strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		s.tb.Fatal(err)
	}
	req.SetBasicAuth(s.proc.set.user, s.proc.set.password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.tb.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		text, _ := io.ReadAll(resp.Body)
		s.tb.Fatalf("influxd: write: %s: %s", resp.Status, text)
	}
}

// Dump returns every point of the default retention policy as a line of line protocol,
// sorted, so that equal databases give equal slices: tags and fields ordered by key, kinds
// as stored. A database without points gives none.
func (s *Server) Dump(database string) []string {
	s.tb.Helper()
	kinds := make(map[string]map[string]string)
	for _, row := range s.Query(database, "SHOW FIELD KEYS") {
		kinds[row.Name] = make(map[string]string)
		for _, v := range row.Values {
			key := v[0].(string)
			if kinds[row.Name][key] != "" {
				s.tb.Fatalf("influxd: field %s of %s has several kinds: SELECT hides some of its points", key, row.Name)
			}
			kinds[row.Name][key] = v[1].(string)
		}
	}
	var lines []string
	for _, name := range measurements(s.Query(database, "SHOW MEASUREMENTS")) {
		q := `SELECT * FROM "` + strings.NewReplacer("\n", `\n`, `\`, `\\`, `"`, `\"`).Replace(name) + `" GROUP BY *`
		for _, row := range s.Query(database, q) {
			for _, v := range row.Values {
				l, err := pointLine(row, v, kinds[name])
				if err != nil {
					s.tb.Fatalf("influxd: dump of %s: %v", name, err)
				}
				lines = append(lines, l)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

func measurements(rows []models.Row) []string {
	var names []string
	for _, row := range rows {
		for _, v := range row.Values {
			names = append(names, v[0].(string))
		}
	}
	return names
}

func pointLine(row models.Row, values []any, kinds map[string]string) (string, error) {
	var at int64
	fields := make(models.Fields)
	for i, column := range row.Columns {
		n, number := values[i].(json.Number)
		var err error
		switch {
		case values[i] == nil:
		case column == "time":
			at, err = n.Int64()
		case number && kinds[column] == "integer":
			fields[column], err = n.Int64()
		case number:
			fields[column], err = n.Float64()
		default:
			fields[column] = values[i]
		}
		if err != nil {
			return "", fmt.Errorf("column %s: %w", column, err)
		}
	}
	p, err := models.NewPoint(row.Name, models.NewTags(row.Tags), fields, time.Unix(0, at))
	if err != nil {
		return "", err
	}
	return p.String(), nil
}

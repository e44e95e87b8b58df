package influx

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/influxdata/influxdb1-client/models"
)

// fakeToken is what the fakes of 2.x and 3.x ask for.
const fakeToken = "t0ken-of/the==owner"

// fakeStore keeps points as the fakes of InfluxDB do: one for each measurement, tags and
// time, each field of one kind for ever. It reads lines with InfluxDB's own parser.
type fakeStore struct {
	mu     sync.Mutex
	points map[string]models.Point // by series and time
	kinds  map[string]string       // by measurement and field
}

func newFakeStore() *fakeStore {
	return &fakeStore{points: map[string]models.Point{}, kinds: map[string]string{}}
}

func slot(measurement, field string) string { return measurement + "\x00" + field }

// put stores a point, or says why its kinds do not fit: the field and the kind there.
func (s *fakeStore) put(p models.Point) (field, got, have string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fields, err := p.Fields()
	if err != nil {
		return "", err.Error(), ""
	}
	m := string(p.Name())
	for k, v := range fields {
		if have := s.kinds[slot(m, k)]; have != "" && have != kindName(v) {
			return k, kindName(v), have
		}
	}
	for k, v := range fields {
		s.kinds[slot(m, k)] = kindName(v)
	}
	key := fmt.Sprintf("%s %d", p.Key(), p.UnixNano())
	if old := s.points[key]; old != nil {
		all, _ := old.Fields()
		maps.Copy(all, fields)
		fields = all
	}
	s.points[key], err = models.NewPoint(m, p.Tags(), fields, p.Time())
	if err != nil {
		return "", err.Error(), ""
	}
	return "", "", ""
}

func kindName(v any) string {
	switch v.(type) {
	case int64:
		return "integer"
	case float64:
		return "float"
	case bool:
		return "boolean"
	}
	return "string"
}

// parse reads lines whose times are nanoseconds.
func parse(t testing.TB, lines ...string) []models.Point {
	t.Helper()
	points, err := models.ParsePointsWithPrecision([]byte(strings.Join(lines, "\n")), time.Time{}, "ns")
	if err != nil {
		t.Fatal(err)
	}
	return points
}

func (s *fakeStore) seed(t testing.TB, lines ...string) {
	t.Helper()
	for _, p := range parse(t, lines...) {
		if field, got, have := s.put(p); got != "" {
			t.Fatalf("%s: %s is %s, not %s", p, field, have, got)
		}
	}
}

func (s *fakeStore) all() []models.Point {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.points))
}

func (s *fakeStore) lines() []string {
	var lines []string
	for _, p := range s.all() {
		lines = append(lines, p.String())
	}
	slices.Sort(lines)
	return lines
}

func (s *fakeStore) remove(matches func(models.Point) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.points, func(_ string, p models.Point) bool { return matches(p) })
	for k := range s.kinds { // what holds no point any more is listed no more
		m, _, _ := strings.Cut(k, "\x00")
		if !slices.ContainsFunc(slices.Collect(maps.Values(s.points)), func(p models.Point) bool { return string(p.Name()) == m }) {
			delete(s.kinds, k)
		}
	}
}

// measurements answers SHOW MEASUREMENTS, fieldKeys SHOW FIELD KEYS.
func (s *fakeStore) measurements(limit int) []models.Row {
	names := map[string]bool{}
	for _, p := range s.all() {
		names[string(p.Name())] = true
	}
	var values [][]any
	for _, name := range slices.Sorted(maps.Keys(names)) {
		values = append(values, []any{name})
	}
	if len(values) == 0 {
		return nil
	}
	return []models.Row{{Name: "measurements", Columns: []string{"name"}, Values: values[:min(limit, len(values))]}}
}

func (s *fakeStore) fieldKeys(measurements []string) []models.Row {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []models.Row
	for _, m := range measurements {
		row := models.Row{Name: m, Columns: []string{"fieldKey", "fieldType"}}
		for _, k := range slices.Sorted(maps.Keys(s.kinds)) {
			if of, field, _ := strings.Cut(k, "\x00"); of == m {
				row.Values = append(row.Values, []any{field, s.kinds[k]})
			}
		}
		if len(row.Values) > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// statement answers a statement of InfluxQL with rows, or with an error of the statement.
func statement(w http.ResponseWriter, rows []models.Row, fault string) {
	result := map[string]any{"statement_id": 0}
	if len(rows) > 0 {
		result["series"] = rows
	}
	if fault != "" {
		result["error"] = fault
	}
	reply200(w, map[string]any{"results": []any{result}})
}

func reply200(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// plainBody returns the body of a request, unpacked.
func plainBody(r *http.Request) (string, error) {
	var in io.Reader = r.Body
	switch encoding := r.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
	case "gzip":
		gz, err := gzip.NewReader(r.Body)
		if err != nil {
			return "", err
		}
		in = gz
	default:
		return "", fmt.Errorf("unknown encoding %q", encoding)
	}
	text, err := io.ReadAll(in)
	return string(text), err
}

// quoted takes a name in double quotes from the start of s and returns it and what follows.
func quoted(s string) (name, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		return "", s, false
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], true
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == 'n':
			i++
			b.WriteByte('\n')
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return "", s, false
}

// quotedList takes names in double quotes, between commas, that fill s.
func quotedList(s string) (names []string, ok bool) {
	for {
		name, rest, ok := quoted(s)
		if !ok {
			return nil, false
		}
		names = append(names, name)
		if rest == "" {
			return names, true
		}
		if s, ok = strings.CutPrefix(rest, ", "); !ok {
			return nil, false
		}
	}
}

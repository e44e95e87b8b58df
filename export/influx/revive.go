package influx

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/influxdata/influxdb1-client/models"
)

// revival is what brings the series of a DELETE back into the index: a point of each.
type revival struct {
	in       policy
	keys     []string // of the series, as line protocol has them
	field    string
	value    any
	from, to time.Time
}

// revival reads the series before they are deleted.
func (s influx1) revival(ctx context.Context, measurement, account string, in policy, from, to time.Time) (revival, error) {
	r := revival{in: in, from: from, to: to}
	q := fmt.Sprintf("SHOW SERIES ON %s FROM %s", ident(s.database), ident(measurement))
	if account != "" {
		q += ` WHERE "account" = ` + text(account)
	}
	rows, err := s.query(ctx, "list the series of "+measurement, q)
	if err != nil {
		return r, err
	}
	for _, row := range rows {
		for _, v := range row.Values {
			r.keys = append(r.keys, column(row, v, "key"))
		}
	}
	q = fmt.Sprintf("SHOW FIELD KEYS ON %s FROM %s.%s", ident(s.database), ident(in.name), ident(measurement))
	if rows, err = s.query(ctx, "list the fields of "+measurement, q); err != nil {
		return r, err
	}
	zero := map[string]any{"float": 0.0, "integer": int64(0), "boolean": false, "string": ""}
	for _, row := range rows {
		for _, v := range row.Values {
			if value, ok := zero[column(row, v, "fieldType")]; ok {
				r.field, r.value = column(row, v, "fieldKey"), value
			}
		}
	}
	return r, nil
}

// revive writes a point of each series into those of the shards that hold a part of the range,
// for the next DELETE to take with what the last one missed. It reports whether there are such.
func (s influx1) revive(ctx context.Context, r revival, shards []string) (bool, error) {
	if len(shards) == 0 || len(r.keys) == 0 || r.value == nil {
		return false, nil
	}
	const op = "list the shards"
	rows, err := s.query(ctx, op, "SHOW SHARDS")
	if err != nil {
		return false, err
	}
	var lines []string
	for _, row := range rows {
		for _, v := range row.Values {
			here := row.Name == s.database && column(row, v, "retention_policy") == r.in.name
			if !here || !slices.Contains(shards, column(row, v, "id")) {
				continue
			}
			from, err1 := time.Parse(time.RFC3339, column(row, v, "start_time"))
			until, err2 := time.Parse(time.RFC3339, column(row, v, "end_time"))
			more, err3 := r.lines(from, until)
			if err := errors.Join(err1, err2, err3); err != nil {
				return false, s.failure(op, err)
			}
			lines = append(lines, more...)
		}
	}
	if len(lines) == 0 {
		return false, nil
	}
	return true, s.do(ctx, request{
		op:     "write what the next DELETE takes",
		path:   "write",
		params: url.Values{"db": {s.database}, "rp": {r.in.name}, "precision": {"ns"}},
		body:   []byte(strings.Join(lines, "\n")),
		kind:   "text/plain; charset=utf-8",
		read:   acknowledged,
	})
}

// lines are the points for a shard that holds the times from the first instant until before
// the second: at the last one inside the range, which is kept the longest.
func (r revival) lines(from, until time.Time) ([]string, error) {
	at := min(nanos(until)-1, nanos(r.to))
	if at < max(nanos(from), nanos(r.from)) {
		return nil, nil
	}
	var lines []string
	for _, key := range r.keys {
		name, tags := models.ParseKey([]byte(key))
		p, err := models.NewPoint(name, tags, models.Fields{r.field: r.value}, time.Unix(0, at))
		if err != nil {
			return nil, err
		}
		lines = append(lines, p.String())
	}
	return lines, nil
}

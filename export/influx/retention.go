package influx

import (
	"fmt"
	"slices"
	"time"

	"github.com/influxdata/influxdb1-client/models"
)

// RetentionError is a target that would drop points on arrival or soon after.
type RetentionError struct {
	Server, URL, Database string
	Setting               string // what says how long points are kept
	Keeps                 time.Duration
	Oldest                time.Time // the first point that the export would write
	Remedy                string    // a command
}

func (e *RetentionError) Error() string {
	return fmt.Sprintf("%s at %s, database %q: %s keeps points for %s only and would silently drop "+
		"those before it, the oldest is from %s; keep them with: %s, or leave older days out with --since",
		e.Server, e.URL, e.Database, e.Setting, e.Keeps, e.Oldest.UTC().Format(time.DateOnly), e.Remedy)
}

// retains returns a *RetentionError when points as old as oldest are not kept; keeps is 0
// when they are kept for ever.
func (c *Client) retains(keeps time.Duration, oldest time.Time, setting, remedy string) error {
	if keeps <= 0 || oldest.IsZero() || !oldest.Before(time.Now().Add(-keeps)) {
		return nil
	}
	return &RetentionError{c.Name(), c.base.String(), c.database, setting, keeps, oldest, remedy}
}

// policy is a row of SHOW RETENTION POLICIES.
type policy struct {
	name      string
	keeps     time.Duration // 0: without end
	isDefault bool
}

// policies reads the answer to SHOW RETENTION POLICIES.
func policies(rows []models.Row) ([]policy, error) {
	var all []policy
	for _, row := range rows {
		at := make(map[string]int)
		for _, key := range []string{"name", "duration", "default"} {
			if at[key] = slices.Index(row.Columns, key); at[key] < 0 {
				return nil, fmt.Errorf("the answer has no column %q", key)
			}
		}
		for _, v := range row.Values {
			if len(v) != len(row.Columns) {
				return nil, fmt.Errorf("the answer has a row of %d values in %d columns", len(v), len(row.Columns))
			}
			keeps, err := time.ParseDuration(fmt.Sprint(v[at["duration"]]))
			if err != nil {
				return nil, err
			}
			all = append(all, policy{fmt.Sprint(v[at["name"]]), keeps, v[at["default"]] == true})
		}
	}
	return all, nil
}

package catalog

import (
	"cmp"
	"slices"
)

// googleLogs serves a type of readings, each with an id of its own.
func googleLogs(o *Origin) *Origin {
	o.Gather = byLogID
	return o
}

// byLogID keeps readings of one instant apart in the order of their ids, for the order of an
// answer is not documented (google-health-api.md section 4), and pages may be cut anywhere.
func byLogID(points []Point, _ Archive, _ Zones) []Point {
	slices.SortStableFunc(points, func(x, y Point) int {
		p, q := logID(x), logID(y)
		return cmp.Or(x.Time.Compare(y.Time), cmp.Compare(len(p), len(q)), cmp.Compare(p, q))
	})
	return apart(points)
}

func logID(p Point) string {
	for _, f := range p.Fields {
		if f.Key == "log_id" {
			return f.Value.Str()
		}
	}
	return ""
}

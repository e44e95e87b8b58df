package influx

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fitvault/export/schema"
	"fitvault/store/catalog"
)

// KindError is a field that the database already holds with another kind than the export
// writes, so that the server would refuse the points.
type KindError struct {
	Server, URL, Database string
	Measurement, Field    string
	Have                  string // integer, float, string, boolean, unsigned
	Want                  catalog.Kind
	Drop                  string // the command that removes what is there
}

func (e *KindError) Error() string {
	return fmt.Sprintf("%s at %s, database %q: field %q of measurement %q holds %s values there, the export writes %v; "+
		"export into another database, or remove what is there with: %s, and export with --rebuild",
		e.Server, e.URL, e.Database, e.Field, e.Measurement, e.Have, e.Want, e.Drop)
}

// kinds compares the kinds of the fields that are there with those in want. from turns a
// measurement into a source of SHOW FIELD KEYS, drop into the command that removes it.
//
// InfluxDB 1.x and 2.x keep kinds per shard (a stretch of time, a week by default), so one
// field may be listed with several. It does not say in which shard, and an export may write
// any day: late edits, an earlier --since, a replay. So a wrong kind is a conflict also
// beside the right one. Kinds of which every point was deleted are not listed, though the
// shard goes on refusing other ones until DROP MEASUREMENT: that conflict shows in Write, as
// Refused.
//
// Of a loose measurement the kind of a number is that which is there, and returned; where
// integers and floats are both there, no kind fits every shard, and that is a conflict too.
func (c *Client) kinds(ctx context.Context, want []*schema.Measurement, on string,
	from, drop func(string) string) (schema.Kinds, error) {
	if len(want) == 0 {
		return nil, nil
	}
	names := make([]string, len(want))
	for i, s := range want {
		names[i] = from(s.Measurement)
	}
	slices.Sort(names)
	const op = "read the field kinds"
	rows, err := c.query(ctx, op, fmt.Sprintf("SHOW FIELD KEYS%s FROM %s", on, strings.Join(slices.Compact(names), ", ")))
	if err != nil {
		return nil, err
	}
	have := make(map[[2]string][]string)
	for _, row := range rows {
		for _, v := range row.Values {
			if len(v) != 2 {
				return nil, c.failure(op, fmt.Errorf("the answer has %d columns, expected field and kind", len(v)))
			}
			key := [2]string{row.Name, fmt.Sprint(v[0])}
			have[key] = append(have[key], fmt.Sprint(v[1]))
		}
	}
	found := schema.Kinds{}
	for _, m := range want {
		for _, f := range m.Fields {
			kinds := have[[2]string{m.Measurement, f.Key}]
			if kind, ok := loose(m, f, kinds); ok {
				found.Put(m.Measurement, f.Key, kind)
				continue
			}
			if i := slices.IndexFunc(kinds, func(k string) bool { return k != f.Kind.String() }); i >= 0 {
				return nil, &KindError{c.Name(), c.base.String(), c.database, m.Measurement, f.Key, kinds[i], f.Kind,
					drop(m.Measurement)}
			}
		}
	}
	return found, nil
}

// loose returns the one kind of number that is there and that a loose measurement takes on.
func loose(m *schema.Measurement, f catalog.FieldDef, kinds []string) (catalog.Kind, bool) {
	if !m.Loose || len(kinds) != 1 || !f.Kind.Number() {
		return 0, false
	}
	kind, ok := catalog.ParseKind(kinds[0])
	return kind, ok && kind.Number()
}

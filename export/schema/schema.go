// Package schema says which points a target gets for the native points of a vault: tables
// and pure functions, no clock, no I/O.
package schema

import (
	"slices"

	"fitvault/store/catalog"
)

// Schema is a set of measurements that dashboards read. Its name is what --schema takes.
type Schema struct {
	Name string

	// Account says that each point gets the tag account, so that several vaults may share a
	// database. Without it a database is one person's.
	Account bool

	// Wall says that wall-clock readings of the person are written as if they were UTC, so
	// that the days of its measurements begin at midnight UTC.
	Wall bool

	// Device says that points name the tracker.
	Device bool

	Measurements []*Measurement
	Version      int // raise it when the same native points give others: export then replays everything
}

// Measurement is one measurement of a schema.
type Measurement struct {
	// Series is the shape as it is written, tags in order but for account. Fields whose names
	// come from data, such as a person's own heart-rate zones, are not declared.
	*catalog.Series

	From []string // the native measurements whose points it is made of

	// Map turns native points into those of the measurement; nil: they are taken as they are.
	// It is given the points of a stretch of days, in no order of time, and those that are
	// believed more before those that are believed less; points of one native measurement and
	// time may come apart, each with some of the fields. It gives points in any order: of two
	// that give one field of one instant and tags, the earlier stands. A point may depend on
	// native points of its own local day and of the days beside it only. Map is pure, and
	// changes none of what it is given.
	Map func([]Native, Person) []catalog.Point

	// Loose says that a number is written as the integer or float that the database already
	// holds, which another exporter may have begun; the declared kind is that of a new one.
	Loose bool
}

// Native is a native point and the source that its day was resolved to.
type Native struct {
	catalog.Point
	Source catalog.Source
}

// Person is what a mapping knows beside the points.
type Person struct {
	Zones  catalog.Zones // of the wall clock
	Device string        // the tracker's name, for schemas that name it
}

// Held is what a target was found to hold before an export.
type Held struct {
	Fresh bool  // nothing at all, whatever it was given before
	Kinds Kinds // of the numbers of loose measurements
}

// Kinds are the kinds of fields, by measurement and field.
type Kinds map[string]map[string]catalog.Kind

// Put notes the kind of a field.
func (k Kinds) Put(measurement, field string, kind catalog.Kind) {
	if k[measurement] == nil {
		k[measurement] = map[string]catalog.Kind{}
	}
	k[measurement][field] = kind
}

// All lists every schema; the first is the default.
func All() []*Schema { return []*Schema{own(), grafana(), origin()} }

// Lookup finds a schema by its name.
func Lookup(name string) (*Schema, bool) {
	all := All()
	i := slices.IndexFunc(all, func(s *Schema) bool { return s.Name == name })
	if i < 0 {
		return nil, false
	}
	return all[i], true
}

// own is the schema of the vault's own series: every native point as it is.
func own() *Schema {
	s := &Schema{Name: "native", Account: true}
	for _, series := range catalog.AllSeries() {
		s.Measurements = append(s.Measurements, &Measurement{Series: series, From: []string{series.Measurement}})
	}
	return s
}

// each makes a Map of a function that looks at one native point at a time.
func each(f func(Native, Person) []catalog.Point) func([]Native, Person) []catalog.Point {
	return func(points []Native, p Person) []catalog.Point {
		var out []catalog.Point
		for _, n := range points {
			out = append(out, f(n, p)...)
		}
		return out
	}
}

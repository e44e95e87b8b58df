package schema

import (
	"slices"
	"time"

	"fitvault/store/catalog"
)

// origin is the schema of the Fitbit API exporter of 2019 and of its loader of archives
// (compat-schemas.md sections 2.1 and 2.2), of which fitvault is the successor: numbers only,
// a day at midnight UTC, and a tag that tells which of the two programs had written it. What an
// API told is written as the one wrote it, what an archive told as the other did; the loader
// took no steps, no sleep, no exercises and no minutes in zones.
//
// A number that an element lacks is 0, as there: the efficiency of a night, the fat of a
// weighing, the energy of a zone, the resting heart rate of a day whose zones are known. A
// day, a night or a minute of which the native series hold nothing stays absent, and so does a
// total that the source of a day does not have: there each was an element of its own.
//
// Left out are sleep_levels, sleep_data and sleep_shortData, which no version of the exporter
// ever wrote, and estimated_oxygen_variation, which its loader never found and which no native
// series holds.
func origin() *Schema {
	s := &Schema{Name: "fitbit-api-exporter", Wall: true, Version: 1}
	for _, m := range originAnswers {
		s.Measurements = append(s.Measurements, m.measurement(originAPI))
	}
	for _, m := range originRecords {
		s.Measurements = append(s.Measurements, m.measurement(originArchive))
	}
	return s
}

// originProgram is one of the two, by the value of the tag imported_from.
type originProgram string

const (
	originAPI     originProgram = "API"
	originArchive originProgram = "data_dump"
)

// wrote reports whether the program wrote what a source tells.
func (p originProgram) wrote(s catalog.Source) bool {
	return (s == catalog.Takeout) == (p == originArchive)
}

// originMeasurement is a row of the tables of section 2.
type originMeasurement struct {
	name  string
	grain catalog.Grain
	at    func(Native, Person) time.Time
	parts []originPart

	// over says that elements may lie at one time. The exporter wrote one over the other, in
	// order of time, so that the last one stood.
	over bool
}

// originPart is what a measurement has of one native measurement.
type originPart struct {
	from   string
	fields []originField
	zone   bool     // the names of the fields begin with hrz and the point's zone
	whole  bool     // it is one element: those of its fields that it lacks are 0
	beside []string // fields of the same element that another part has, 0 likewise

	// split says that several types make the element, of which each may come from a source of
	// its own: what the other program wrote of it is not missing.
	split bool
}

// measurement declares the row.
func (m originMeasurement) measurement(by originProgram) *Measurement {
	series := &catalog.Series{Measurement: m.name, Tags: []string{"imported_from"}, Grain: m.grain}
	out := &Measurement{Series: series, Map: func(points []Native, p Person) []catalog.Point {
		return m.points(points, p, by)
	}}
	for _, part := range m.parts {
		out.From = append(out.From, part.from)
		series.Fields = append(series.Fields, part.declared()...)
	}
	return out
}

// points makes the points of what a program wrote. The zeros for what is missing stand behind
// all values, so that they hide none.
func (m originMeasurement) points(points []Native, p Person, by originProgram) []catalog.Point {
	if m.over {
		points = slices.Clone(points)
		slices.SortStableFunc(points, func(x, y Native) int { return y.Time.Compare(x.Time) })
	}
	tags := []catalog.Tag{{Key: "imported_from", Value: string(by)}}
	out := make([]catalog.Point, 0, len(points))
	var zeros []catalog.Point
	elsewhere := map[originKey]bool{}
	for _, n := range points {
		i := slices.IndexFunc(m.parts, func(part originPart) bool { return part.from == n.Measurement })
		if i < 0 || !by.wrote(n.Source) && !m.parts[i].split {
			continue
		}
		at := m.at(n, p)
		told, missing := m.parts[i].read(n.Point)
		if !by.wrote(n.Source) {
			for _, f := range told {
				elsewhere[originKey{at, f.Key}] = true
			}
			continue
		}
		if len(told) > 0 {
			out = append(out, catalog.Point{Measurement: m.name, Tags: tags, Fields: told, Time: at})
		}
		if len(told) > 0 && len(missing) > 0 {
			zeros = append(zeros, catalog.Point{Measurement: m.name, Tags: tags, Fields: missing, Time: at})
		}
	}
	for _, z := range zeros {
		z.Fields = slices.DeleteFunc(z.Fields, func(f catalog.Field) bool { return elsewhere[originKey{z.Time, f.Key}] })
		if len(z.Fields) > 0 {
			out = append(out, z)
		}
	}
	return out
}

// originKey is a field at a time.
type originKey struct {
	at  time.Time
	key string
}

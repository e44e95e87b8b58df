package schema

import (
	"math"

	"fitvault/store/catalog"
)

// grafana is what dashboards 23088 and 23090 read, those of fitbit-grafana
// (compat-schemas.md sections 2.3 and 2.4). A database holds one person: no panel asks whose
// a point is. Where that exporter wrote another kind or unit for each of its two providers, a
// measurement has the legacy one on all days, so that a change of source breaks no series and
// no panel; distance alone has not (see grafanaDistance). HRV, RestingHR, Total Steps and
// Skin Temperature Variation have the legacy fields and no more, for panels read all that
// there are.
func grafana() *Schema {
	s := &Schema{Name: "fitbit-grafana", Device: true, Version: 1}
	for _, t := range grafanaPlain {
		s.Measurements = append(s.Measurements, t.measurement())
	}
	s.Measurements = append(s.Measurements,
		grafanaDaily("Total Steps", "steps", 1),
		grafanaDaily("calories", "calories_kcal", 1),
		grafanaDistance(),
		grafanaActivityMinutes(),
		grafanaZones(),
		grafanaSkin(),
		grafanaSleepSummary(),
		grafanaSleepLevels(),
		grafanaWeight(),
		grafanaBattery(),
		grafanaActivities(),
		grafanaGPS(),
	)
	return s
}

// grafanaField is a field and the native ones it is made of: the first that a point has.
type grafanaField struct {
	key    string
	kind   catalog.Kind
	native []string
}

// grafanaTable says of a measurement whose points are native ones by other names where each
// field comes from.
type grafanaTable struct {
	name   string
	grain  catalog.Grain
	from   string
	fields []grafanaField
}

// The least and the greatest oxygen are Google's bounds where those are all that is known, as
// in the Google mode of fitbit-grafana.
var grafanaPlain = []grafanaTable{
	{"HeartRate_Intraday", catalog.ByDay, "heart_rate", []grafanaField{{"value", catalog.Int, []string{"bpm"}}}},
	{"Steps_Intraday", catalog.ByDay, "steps", []grafanaField{{"value", catalog.Int, []string{"count"}}}},
	{"RestingHR", catalog.ByMonth, "heart_rate_daily", []grafanaField{{"value", catalog.Int, []string{"resting_bpm"}}}},
	{"HRV", catalog.ByMonth, "hrv_daily", []grafanaField{
		{"dailyRmssd", catalog.Float, []string{"rmssd_ms"}},
		{"deepRmssd", catalog.Float, []string{"deep_rmssd_ms"}}}},
	{"BreathingRate", catalog.ByMonth, "breathing_rate_daily", []grafanaField{{"value", catalog.Float, []string{"per_min"}}}},
	{"SPO2", catalog.ByMonth, "spo2_daily", []grafanaField{
		{"avg", catalog.Float, []string{"avg_pct"}},
		{"max", catalog.Float, []string{"max_pct", "upper_pct"}},
		{"min", catalog.Float, []string{"min_pct", "lower_pct"}}}},
	{"SPO2_Intraday", catalog.ByDay, "spo2", []grafanaField{{"value", catalog.Float, []string{"pct"}}}},
	{"bmi", catalog.ByDay, "weight", []grafanaField{{"value", catalog.Float, []string{"bmi"}}}},
}

func (t grafanaTable) measurement() *Measurement {
	defs := make([]catalog.FieldDef, len(t.fields))
	for i, f := range t.fields {
		defs[i] = catalog.FieldDef{Key: f.key, Kind: f.kind}
	}
	return grafanaMeasurement(t.name, t.grain, []string{"Device"}, defs, t.points, t.from)
}

// points makes a point of each native one. All share their tags, and fields lie side by side:
// there are a day's samples of the heart rate.
func (t grafanaTable) points(points []Native, p Person) []catalog.Point {
	out := make([]catalog.Point, 0, len(points))
	fields := make([]catalog.Field, 0, len(points)*len(t.fields))
	tags := grafanaTags(p)
	for _, n := range points {
		r := grafanaRow{n, fields[len(fields):]}
		for _, f := range t.fields {
			r.add(f.kind, f.key, 1, f.native...)
		}
		fields = fields[:len(fields)+len(r.fields)]
		out = append(out, r.point(t.name, tags)...)
	}
	return out
}

// grafanaMeasurement is a measurement whose numbers follow the kind that the database holds:
// the two providers of fitbit-grafana wrote different ones (section 2.3, break 1).
func grafanaMeasurement(name string, grain catalog.Grain, tags []string, fields []catalog.FieldDef,
	m func([]Native, Person) []catalog.Point, from ...string) *Measurement {
	series := &catalog.Series{Measurement: name, Tags: tags, Fields: fields, Grain: grain}
	return &Measurement{Series: series, From: from, Map: m, Loose: true}
}

// grafanaDefs declares fields of one kind.
func grafanaDefs(kind catalog.Kind, keys ...string) []catalog.FieldDef {
	defs := make([]catalog.FieldDef, len(keys))
	for i, key := range keys {
		defs[i] = catalog.FieldDef{Key: key, Kind: kind}
	}
	return defs
}

// grafanaTags names the tracker, and what else is given.
func grafanaTags(p Person, more ...catalog.Tag) []catalog.Tag {
	if p.Device == "" {
		return more
	}
	return append([]catalog.Tag{{Key: "Device", Value: p.Device}}, more...)
}

// grafanaRow makes a point at the time of a native one, field by field.
type grafanaRow struct {
	Native
	fields []catalog.Field
}

// add adds a field of the first of the native ones that the point has, which are numbers, in
// a unit of which by make one of theirs. Without any it adds nothing.
func (r *grafanaRow) add(kind catalog.Kind, key string, by float64, native ...string) {
	for _, from := range native {
		x, ok := number(r.Point, from)
		if !ok {
			continue
		}
		if by != 1 {
			x = grafanaRound(x*by, 6)
		}
		r.put(kind, key, x)
		return
	}
}

// put adds a field; of a number that is to be an integer the nearest one.
func (r *grafanaRow) put(kind catalog.Kind, key string, x float64) {
	v := catalog.FloatValue(x)
	if kind == catalog.Int {
		v = catalog.IntValue(int64(math.Round(x)))
	}
	r.fields = append(r.fields, catalog.Field{Key: key, Value: v})
}

// point returns the point, or none where there is no field.
func (r *grafanaRow) point(measurement string, tags []catalog.Tag) []catalog.Point {
	if len(r.fields) == 0 {
		return nil
	}
	p := r.Point
	p.Measurement, p.Tags, p.Fields = measurement, tags, r.fields[:len(r.fields):len(r.fields)]
	return []catalog.Point{p}
}

// grafanaRound rounds to decimal places.
func grafanaRound(x float64, places int) float64 {
	scale := math.Pow10(places)
	return math.Round(x*scale) / scale
}

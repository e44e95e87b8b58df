package catalog

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind is the type of a field in the database. A field keeps its kind for ever: a
// database refuses a float where it holds integers.
type Kind uint8

// The kinds of InfluxDB.
const (
	Int Kind = iota + 1
	Float
	String
	Bool
)

// String returns the kind's name as InfluxDB's SHOW FIELD KEYS prints it.
func (k Kind) String() string {
	return [...]string{"none", "integer", "float", "string", "boolean"}[k]
}

// Number reports whether values of the kind are numbers.
func (k Kind) Number() bool { return k == Int || k == Float }

// ParseKind reads a kind's name as String writes it.
func ParseKind(name string) (Kind, bool) {
	for _, k := range []Kind{Int, Float, String, Bool} {
		if k.String() == name {
			return k, true
		}
	}
	return 0, false
}

// Value is the value of a field: one kind, never absent. The zero Value has no kind and
// is not valid.
type Value struct {
	kind Kind
	num  uint64
	str  string
}

// IntValue is an integer field.
func IntValue(v int64) Value { return Value{kind: Int, num: uint64(v)} }

// FloatValue is a float field. NaN and the infinities are refused by Series.Check.
func FloatValue(v float64) Value { return Value{kind: Float, num: math.Float64bits(v)} }

// StringValue is a string field.
func StringValue(v string) Value { return Value{kind: String, str: v} }

// BoolValue is a boolean field.
func BoolValue(v bool) Value {
	if v {
		return Value{kind: Bool, num: 1}
	}
	return Value{kind: Bool}
}

// Kind returns the value's kind.
func (v Value) Kind() Kind { return v.kind }

// Int returns an integer's value.
func (v Value) Int() int64 { return int64(v.num) }

// Float returns a float's value.
func (v Value) Float() float64 { return math.Float64frombits(v.num) }

// Str returns a string's value.
func (v Value) Str() string { return v.str }

// Bool returns a boolean's value.
func (v Value) Bool() bool { return v.num == 1 }

// zero reports whether a number is zero, which a float is with either sign.
func (v Value) zero() bool { return v.num == 0 || v.kind == Float && v.Float() == 0 }

// Tag is a tag of a point.
type Tag struct{ Key, Value string }

// Field is a field of a point.
type Field struct {
	Key   string
	Value Value
}

// Point is one native point. The tag account is not part of it: export adds it.
type Point struct {
	Measurement string
	Tags        []Tag // ordered by key
	Fields      []Field
	Time        time.Time

	// Day is the date under which the source files the element that the point was read
	// from. It may differ from the date of Time: a night belongs to the day it ended.
	// When a newer answer covers a part of an older one, Day decides which of the older
	// one's points still count.
	Day Day

	// Recorder is who measured it, where several did side by side and one is to be chosen for
	// each day; "" where that is no question.
	Recorder string

	// HoldUntil is the instant from which on the point is exported although the source has
	// not worked it out to the end; zero: from the start.
	HoldUntil time.Time
}

// Grain is the width of the unit in which a measurement is exported.
type Grain uint8

// The grains: a local day, or a local month for measurements with a point a day.
const (
	ByDay Grain = iota
	ByMonth
)

// Unit returns the span of days of the unit that d lies in.
func (g Grain) Unit(d Day) Span {
	if g == ByMonth {
		return Span{d.Month(), d.NextMonth()}
	}
	return Span{d, d + 1}
}

// FieldDef declares a field of a series.
type FieldDef struct {
	Key  string
	Kind Kind
}

// Series is the declared shape of a measurement: all tag keys and field keys that its
// points may have. It is a promise to every dashboard; extend it, rename nothing.
type Series struct {
	Measurement string
	Tags        []string // beside account, in order
	Fields      []FieldDef
	Grain       Grain
}

// Check returns an error when p is not a point of the series: another measurement, a tag
// or field that is not declared, a wrong kind, a number that is not finite, no field, no
// time or one that nanoseconds cannot hold, tags out of order, or a tag value that line
// protocol cannot hold.
func (s *Series) Check(p Point) error { return s.check(&p) }

func (s *Series) check(p *Point) error {
	if p.Measurement != s.Measurement {
		return fmt.Errorf("point of %s in series %s", p.Measurement, s.Measurement)
	}
	if p.Time.IsZero() || len(p.Fields) == 0 {
		return fmt.Errorf("%s: point without time or field", s.Measurement)
	}
	if last := math.MaxInt64 / int64(time.Second); p.Time.Unix() <= -last || p.Time.Unix() >= last {
		return fmt.Errorf("%s: time %v is not one that a database holds", s.Measurement, p.Time)
	}
	for i, t := range p.Tags {
		if !slices.Contains(s.Tags, t.Key) || i > 0 && p.Tags[i-1].Key >= t.Key {
			return fmt.Errorf("%s: tag %q is unknown or out of order", s.Measurement, t.Key)
		}
		if err := CheckTagValue(t.Value); err != nil {
			return fmt.Errorf("%s: tag %s: %w", s.Measurement, t.Key, err)
		}
	}
	for i := range p.Fields {
		f := &p.Fields[i]
		switch kind := s.kind(f.Key); {
		case kind == 0:
			return fmt.Errorf("%s: field %q is not declared", s.Measurement, f.Key)
		case kind != f.Value.kind:
			return fmt.Errorf("%s: field %q is %v, declared %v", s.Measurement, f.Key, f.Value.kind, kind)
		case f.Value.kind == Float && (math.IsNaN(f.Value.Float()) || math.IsInf(f.Value.Float(), 0)):
			return fmt.Errorf("%s: field %q is not a finite number", s.Measurement, f.Key)
		}
	}
	return nil
}

// CheckTagValue returns an error, in words for the person who gave it, when line protocol
// cannot hold s as the value of a tag and give it back.
func CheckTagValue(s string) error {
	control := func(r rune) bool { return r < ' ' || r == 0x7f }
	switch {
	case s == "":
		return fmt.Errorf("%q is empty", s)
	case !utf8.ValidString(s):
		return fmt.Errorf("%q is not UTF-8 text", s)
	case strings.ContainsFunc(s, control):
		return fmt.Errorf("%q holds a line break or another control character", s)
	case s[len(s)-1] == '\\':
		return fmt.Errorf("%q ends in a backslash", s)
	}
	return nil
}

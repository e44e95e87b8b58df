package schema

import (
	"math"

	"fitvault/store/catalog"
)

// field returns a field of a point.
func field(p catalog.Point, key string) (catalog.Value, bool) {
	for _, f := range p.Fields {
		if f.Key == key {
			return f.Value, true
		}
	}
	return catalog.Value{}, false
}

// number returns a field that is an integer or a float.
func number(p catalog.Point, key string) (float64, bool) {
	v, ok := field(p, key)
	switch {
	case !ok:
		return 0, false
	case v.Kind() == catalog.Int:
		return float64(v.Int()), true
	case v.Kind() == catalog.Float:
		return v.Float(), true
	}
	return 0, false
}

// text returns a field that is a string, or "".
func text(p catalog.Point, key string) string {
	v, _ := field(p, key)
	return v.Str()
}

// tag returns the value of a tag, or "".
func tag(p catalog.Point, key string) string {
	for _, t := range p.Tags {
		if t.Key == key {
			return t.Value
		}
	}
	return ""
}

// numberOf is a number as a value of a kind; an integer is the nearest one.
func numberOf(kind catalog.Kind, x float64) catalog.Value {
	if kind == catalog.Int {
		return catalog.IntValue(int64(math.Round(x)))
	}
	return catalog.FloatValue(x)
}

// decimals rounds to a number of decimal places.
func decimals(x float64, places int) float64 {
	scale := math.Pow10(places)
	return math.Round(x*scale) / scale
}

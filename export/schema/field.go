package schema

import (
	"time"

	"fitvault/store/catalog"
)

// value returns a field of a point.
func value(p catalog.Point, key string) (catalog.Value, bool) {
	for _, f := range p.Fields {
		if f.Key == key {
			return f.Value, true
		}
	}
	return catalog.Value{}, false
}

// number returns a field of a point that is a number, whole or not.
func number(p catalog.Point, key string) (float64, bool) {
	switch v, _ := value(p, key); v.Kind() {
	case catalog.Int:
		return float64(v.Int()), true
	case catalog.Float:
		return v.Float(), true
	}
	return 0, false
}

// text returns a field of a point that is a string; "" where there is none.
func text(p catalog.Point, key string) string {
	v, _ := value(p, key)
	return v.Str()
}

// tag returns a tag of a point; "" where there is none.
func tag(p catalog.Point, key string) string {
	for _, t := range p.Tags {
		if t.Key == key {
			return t.Value
		}
	}
	return ""
}

// midnight returns midnight UTC of the date that the person's clock shows at an instant.
func (p Person) midnight(t time.Time) time.Time {
	return time.Unix(int64(p.Zones.Today(t))*86400, 0).UTC()
}

// wall returns what the person's clock shows at an instant, as if it were UTC.
func (p Person) wall(t time.Time) time.Time {
	_, offset := t.In(p.Zones.On(p.Zones.Today(t))).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

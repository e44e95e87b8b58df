package schema

import (
	"math"

	"fitvault/store/catalog"
)

// originField is a field, what it is made of, and the kind that it is written as.
type originField struct {
	key  string
	of   func(catalog.Point) (float64, bool)
	kind catalog.Kind
}

// originFloat is a float field made of a native one; unit is how many of the native unit make
// one of its own.
func originFloat(key, native string, unit float64) originField {
	return originField{key, originNumber(native, unit), catalog.Float}
}

// originInt is the same for an integer field, rounded.
func originInt(key, native string, unit float64) originField {
	return originField{key, originNumber(native, unit), catalog.Int}
}

// originNumber reads a native field in another unit, to the sixth decimal: a quotient would show
// the noise of its last bits.
func originNumber(native string, unit float64) func(catalog.Point) (float64, bool) {
	return func(p catalog.Point) (float64, bool) {
		x, ok := number(p, native)
		if unit == 1 {
			return x, ok
		}
		return math.Round(x/unit*1e6) / 1e6, ok
	}
}

func (f originField) value(x float64) catalog.Value {
	if f.kind == catalog.Int {
		return catalog.IntValue(int64(math.Round(x)))
	}
	return catalog.FloatValue(x)
}

// originZones are the zones that every person has. Those of a person's own, and the zone light
// of the Google Health API, have fields of the same form, under their names: light is not
// out_of_range, for it has a lower limit.
var originZones = []string{"out_of_range", "fat_burn", "cardio", "peak"}

// declared returns the fields whose names are known.
func (p originPart) declared() []catalog.FieldDef {
	prefixes := []string{""}
	if p.zone {
		prefixes = nil
		for _, zone := range originZones {
			prefixes = append(prefixes, originZonePrefix(zone))
		}
	}
	var defs []catalog.FieldDef
	for _, prefix := range prefixes {
		for _, f := range p.fields {
			defs = append(defs, catalog.FieldDef{Key: prefix + f.key, Kind: f.kind})
		}
	}
	return defs
}

func originZonePrefix(zone string) string { return "hrz_" + zone + "_" }

// read returns the fields that a native point tells, and zeros for those that it lacks.
func (p originPart) read(n catalog.Point) (told, missing []catalog.Field) {
	prefix := ""
	if p.zone {
		prefix = originZonePrefix(tag(n, "zone"))
	}
	told = make([]catalog.Field, 0, len(p.fields))
	for _, f := range p.fields {
		x, ok := f.of(n)
		switch {
		case ok:
			told = append(told, catalog.Field{Key: prefix + f.key, Value: f.value(x)})
		case p.whole:
			missing = append(missing, catalog.Field{Key: prefix + f.key, Value: f.value(0)})
		}
	}
	for _, key := range p.beside {
		missing = append(missing, catalog.Field{Key: key, Value: catalog.FloatValue(0)})
	}
	return told, missing
}

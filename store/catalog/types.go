package catalog

import "slices"

// types is the catalogue: a row for each type of data, in the order in which users see
// them. References in brackets are rows of the fact sheet on the legacy Web API.
var types = slices.Concat(accountTypes, activityTypes, heartTypes, nightTypes, bodyTypes, foodTypes,
	exerciseTypes, medicalTypes)

func ints(keys ...string) []FieldDef   { return fields(Int, keys) }
func floats(keys ...string) []FieldDef { return fields(Float, keys) }
func texts(keys ...string) []FieldDef  { return fields(String, keys) }
func bools(keys ...string) []FieldDef  { return fields(Bool, keys) }

func fields(k Kind, keys []string) []FieldDef {
	defs := make([]FieldDef, len(keys))
	for i, key := range keys {
		defs[i] = FieldDef{key, k}
	}
	return defs
}

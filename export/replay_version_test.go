package export_test

import (
	"slices"

	"fitvault/store/catalog"
)

// reread returns the types of a catalogue in which the readers of one have a newer version:
// from the same answers they leave other points out, and make other numbers.
func reread(types []catalog.Type, name string, version int) []catalog.Type {
	out := slices.Clone(types)
	i := slices.IndexFunc(out, func(t catalog.Type) bool { return t.Name == name })
	newer := func(o *catalog.Origin) *catalog.Origin {
		if o == nil {
			return nil
		}
		made := *o
		made.Version += version
		made.Gather = func(points []catalog.Point, a catalog.Archive, z catalog.Zones) []catalog.Point {
			if o.Gather != nil {
				points = o.Gather(points, a, z)
			}
			return readOtherwise(points, version)
		}
		return &made
	}
	t := &out[i]
	t.Fitbit, t.Google, t.Takeout = newer(t.Fitbit), newer(t.Google), slices.Clone(t.Takeout)
	for j, o := range t.Takeout {
		t.Takeout[j] = newer(o)
	}
	return out
}

// readOtherwise drops some points, by their minute, and adds the version to whole numbers.
func readOtherwise(points []catalog.Point, version int) []catalog.Point {
	var out []catalog.Point
	for _, p := range points {
		if (int(p.Time.Unix()/60)+version)%5 == 0 {
			continue
		}
		p.Fields = slices.Clone(p.Fields)
		for i, f := range p.Fields {
			if f.Value.Kind() == catalog.Int {
				p.Fields[i].Value = catalog.IntValue(f.Value.Int() + int64(version))
			}
		}
		out = append(out, p)
	}
	return out
}

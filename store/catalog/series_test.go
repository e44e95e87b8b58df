package catalog_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"fitvault/store/catalog"
)

func TestCheck(t *testing.T) {
	series := &catalog.Series{
		Measurement: "m", Tags: []string{"a", "b"},
		Fields: []catalog.FieldDef{{Key: "i", Kind: catalog.Int}, {Key: "f", Kind: catalog.Float}},
	}
	good := func() catalog.Point {
		return catalog.Point{
			Measurement: "m", Tags: []catalog.Tag{{Key: "a", Value: "x"}, {Key: "b", Value: "y"}},
			Fields: []catalog.Field{{Key: "f", Value: catalog.FloatValue(1)}}, Time: time.Unix(0, 0),
		}
	}
	if err := series.Check(good()); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		spoil func(*catalog.Point)
		word  string
	}{
		{func(p *catalog.Point) { p.Measurement = "n" }, "point of n"},
		{func(p *catalog.Point) { p.Time = time.Time{} }, "without time"},
		{func(p *catalog.Point) { p.Time = time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC) }, "1600"},
		{func(p *catalog.Point) { p.Time = time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC) }, "2300"},
		{func(p *catalog.Point) { p.Fields = nil }, "field"},
		{func(p *catalog.Point) { p.Fields[0].Key = "g" }, `"g"`},
		{func(p *catalog.Point) { p.Fields[0].Key = "i" }, "declared integer"},
		{func(p *catalog.Point) { p.Fields[0].Value = catalog.Value{} }, "none"},
		{func(p *catalog.Point) { p.Fields[0].Value = catalog.FloatValue(math.NaN()) }, "finite"},
		{func(p *catalog.Point) { p.Fields[0].Value = catalog.FloatValue(math.Inf(-1)) }, "finite"},
		{func(p *catalog.Point) { p.Tags[0].Key = "c" }, `"c"`},
		{func(p *catalog.Point) { p.Tags[0], p.Tags[1] = p.Tags[1], p.Tags[0] }, "order"},
		{func(p *catalog.Point) { p.Tags[1] = p.Tags[0] }, "order"},
		{func(p *catalog.Point) { p.Tags[0].Value = "" }, `""`},
		{func(p *catalog.Point) { p.Tags[0].Value = `x\` }, `m: tag a: "x\\" ends`},
		{func(p *catalog.Point) { p.Tags[0].Value = "x\ny" }, "tag a"},
		{func(p *catalog.Point) { p.Tags[0].Value = "\xff" }, "tag a"},
	} {
		p := good()
		c.spoil(&p)
		if err := series.Check(p); err == nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%+v: error %v, want one with %q", p, err, c.word)
		}
	}
}

func TestCheckTagValue(t *testing.T) {
	for _, s := range []string{"me", "Zoë", "a b", `a\b`, "a,b=c", "東京", " "} {
		if err := catalog.CheckTagValue(s); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, c := range []struct{ value, want string }{
		{"", `"" is empty`},
		{`me\`, `"me\\" ends in a backslash`},
		{"a\nb", `"a\nb" holds a line break or another control character`},
		{"a\x7f", `"a\x7f" holds a line break or another control character`},
		{"a\xff", `"a\xff" is not UTF-8 text`},
	} {
		if err := catalog.CheckTagValue(c.value); err == nil || err.Error() != c.want {
			t.Errorf("%q: error %v, want %s", c.value, err, c.want)
		}
	}
}

func TestValues(t *testing.T) {
	if v := catalog.IntValue(math.MinInt64); v.Kind() != catalog.Int || v.Int() != math.MinInt64 {
		t.Errorf("integer %v", v)
	}
	if v := catalog.FloatValue(-0.25); v.Kind() != catalog.Float || v.Float() != -0.25 {
		t.Errorf("float %v", v)
	}
	if v := catalog.StringValue("s"); v.Kind() != catalog.String || v.Str() != "s" {
		t.Errorf("string %v", v)
	}
	if v := catalog.BoolValue(true); v.Kind() != catalog.Bool || !v.Bool() || catalog.BoolValue(false).Bool() {
		t.Errorf("boolean %v", v)
	}
}

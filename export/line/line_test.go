package line_test

import (
	"math"
	"testing"
	"time"

	"github.com/influxdata/line-protocol/v2/lineprotocol"

	"fitvault/export/line"
	"fitvault/store/catalog"
)

func point(fields ...catalog.Field) catalog.Point {
	return catalog.Point{Measurement: "m", Fields: fields, Time: time.Unix(1, 2)}
}

func number(v float64) catalog.Field { return catalog.Field{Key: "f", Value: catalog.FloatValue(v)} }

func text(v string) catalog.Field { return catalog.Field{Key: "s", Value: catalog.StringValue(v)} }

func whole(v int64) catalog.Field { return catalog.Field{Key: "i", Value: catalog.IntValue(v)} }

func TestAppend(t *testing.T) {
	tagged := point(number(1))
	tagged.Measurement = "a measurement, with blanks"
	tagged.Tags = []catalog.Tag{{Key: "device", Value: "Charge 6, black=dark"}, {Key: "main", Value: "true"}}
	for _, c := range []struct {
		point catalog.Point
		want  string
	}{
		{point(whole(-7)), "m i=-7i 1000000002"},
		{point(whole(math.MaxInt64)), "m i=9223372036854775807i 1000000002"},
		{point(number(0)), "m f=0 1000000002"},
		{point(number(6.4281999999999995)), "m f=6.4281999999999995 1000000002"},
		{point(number(1e21)), "m f=1e+21 1000000002"},
		{point(text("")), `m s="" 1000000002`},
		{point(text(`say "hi", a\b = c`)), `m s="say \"hi\", a\\b = c" 1000000002`},
		{point(catalog.Field{Key: "b", Value: catalog.BoolValue(true)}), "m b=true 1000000002"},
		{point(catalog.Field{Key: "b", Value: catalog.BoolValue(false)}), "m b=false 1000000002"},
		{point(number(2), whole(1), text("x")), `m f=2,i=1i,s="x" 1000000002`}, // in the point's order
		{tagged, `a\ measurement\,\ with\ blanks,device=Charge\ 6\,\ black\=dark,main=true f=1 1000000002`},
	} {
		got, err := line.Append([]byte("before\n"), c.point)
		if err != nil || string(got) != "before\n"+c.want+"\n" {
			t.Errorf("got %q, error %v; want %q", got, err, c.want)
		}
	}
}

// TestAppendDecodes reads lines back, one after another, with the library's own decoder.
func TestAppendDecodes(t *testing.T) {
	const n = 3
	var lines []byte
	for i := range n {
		p := point(text("a\nb \"c\" \\"), whole(int64(i)))
		p.Tags = []catalog.Tag{{Key: "zone", Value: "läufe zone"}}
		p.Time = time.Unix(0, -int64(i))
		var err error
		if lines, err = line.Append(lines, p); err != nil {
			t.Fatal(err)
		}
	}
	d := lineprotocol.NewDecoderWithBytes(lines)
	for i := range n {
		if !d.Next() {
			t.Fatalf("only %d lines", i)
		}
		if m, err := d.Measurement(); err != nil || string(m) != "m" {
			t.Errorf("measurement %q, error %v", m, err)
		}
		if k, v, err := d.NextTag(); err != nil || string(k) != "zone" || string(v) != "läufe zone" {
			t.Errorf("tag %q=%q, error %v", k, v, err)
		}
		if k, v, err := d.NextTag(); err != nil || k != nil {
			t.Errorf("another tag %q=%q, error %v", k, v, err)
		}
		if _, v, err := d.NextField(); err != nil || v.StringV() != "a\nb \"c\" \\" {
			t.Errorf("string %q, error %v", v.StringV(), err)
		}
		if _, v, err := d.NextField(); err != nil || v.IntV() != int64(i) {
			t.Errorf("integer %v, error %v", v, err)
		}
		if at, err := d.Time(lineprotocol.Nanosecond, time.Time{}); err != nil || at.UnixNano() != -int64(i) {
			t.Errorf("time %v, error %v", at, err)
		}
	}
	if d.Next() {
		t.Error("more lines than points")
	}
}

func TestAppendRefuses(t *testing.T) {
	untimed := point(number(1))
	untimed.Time = time.Time{}
	early := point(number(1))
	early.Time = time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC)
	badTag := point(number(1))
	badTag.Tags = []catalog.Tag{{Key: "device", Value: `Charge\`}}
	emptyTag := point(number(1))
	emptyTag.Tags = []catalog.Tag{{Key: "device", Value: ""}}
	disorder := point(number(1))
	disorder.Tags = []catalog.Tag{{Key: "b", Value: "1"}, {Key: "a", Value: "1"}}
	for name, p := range map[string]catalog.Point{
		"zero time": untimed, "year 1600": early, "no field": point(), "no kind": point(catalog.Field{Key: "f"}),
		"NaN": point(number(math.NaN())), "infinity": point(whole(1), number(math.Inf(1))),
		"invalid UTF-8": point(text("\xff")), "backslash at a tag's end": badTag, "empty tag": emptyTag, "tags out of order": disorder,
	} {
		got, err := line.Append([]byte("before\n"), p)
		if err == nil || string(got) != "before\n" {
			t.Errorf("%s: got %q, error %v", name, got, err)
		}
	}
}

package export

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"fitvault/store/catalog"
)

func keyPoint(at int64, tag string, fields ...string) catalog.Point {
	p := catalog.Point{Measurement: "m", Tags: []catalog.Tag{{Key: "account", Value: "me"}, {Key: "device", Value: tag}}, Time: time.Unix(0, at)}
	for _, f := range fields {
		p.Fields = append(p.Fields, catalog.Field{Key: f, Value: catalog.IntValue(1)})
	}
	return p
}

func TestKeysRoundTrip(t *testing.T) {
	for _, k := range []keys{
		{},
		{"": {0}},
		{"a": {1, 2, 3}, "b": {math.MinInt64, -1, 0, math.MaxInt64}, "c\x00\n\"": {}},
		keysOf([]catalog.Point{keyPoint(1, "Charge 6", "a", "b"), keyPoint(2, "Charge 6", "a"), keyPoint(2, "x\n\"", "a")}, &tagger{}),
	} {
		got, err := unpackKeys(k.pack())
		if err != nil || !cmp.Equal(got, k) && len(k) > 0 {
			t.Errorf("%v became %v, error %v", k, got, err)
		}
	}
}

func FuzzKeys(f *testing.F) {
	f.Add("a", "b", int64(1), int64(-5), byte(3))
	f.Add("", "\n", int64(math.MinInt64), int64(math.MaxInt64), byte(255))
	f.Fuzz(func(t *testing.T, one, two string, at, step int64, n byte) {
		k := keys{one: {}, two: {}}
		for range n {
			k[one] = append(k[one], at)
			at += step
			k[two] = append(k[two], at)
		}
		got, err := unpackKeys(k.pack())
		if err != nil || !cmp.Equal(got, k) {
			t.Errorf("%v became %v, error %v", k, got, err)
		}
	})
}

func FuzzUnpackKeys(f *testing.F) {
	f.Add(keys{"a": {1, 2, 3}}.pack())
	f.Add([]byte("damaged"))
	f.Add(packer.EncodeAll([]byte{200, 1, 'a'}, nil))
	f.Add(packer.EncodeAll([]byte{1, 'a', 255, 255, 255, 255, 255, 1}, nil))
	f.Fuzz(func(t *testing.T, packed []byte) {
		k, err := unpackKeys(packed)
		if err != nil && !errors.Is(err, errKeys) {
			t.Fatal(err)
		}
		if again, err := unpackKeys(k.pack()); err != nil || !cmp.Equal(again, k) && len(k) > 0 {
			t.Errorf("%v became %v, error %v", k, again, err)
		}
	})
}

func TestDamagedKeys(t *testing.T) {
	good := keys{"kind\n\"f\"": {1, 2, 3}}.pack()
	plain, err := unpacker.DecodeAll(good, nil)
	if err != nil {
		t.Fatal(err)
	}
	cut := map[string][]byte{"no zstd": []byte("damaged"), "cut off": good[:len(good)-1]}
	for n := 1; n < len(plain); n++ {
		cut["cut off inside after "+string(rune('0'+n%10))] = packer.EncodeAll(plain[:n], nil)
	}
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	cut["too many times"] = enc.EncodeAll([]byte{1, 'k', 255, 255, 255, 255, 15, 2}, nil)
	for name, packed := range cut {
		for _, err := range []error{second(unpackKeys(packed)), second(vanished(packed, good)), second(vanished(good, packed)), second(joinKeys(packed, good)), second(joinKeys(good, packed))} {
			if !errors.Is(err, errKeys) || !strings.Contains(err.Error(), "--rebuild") {
				t.Errorf("%s: error %v", name, err)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestVanished(t *testing.T) {
	for _, c := range []struct {
		name     string
		was, is  []catalog.Point
		from, to int64 // 0, 0: nothing
	}{
		{"nothing held", nil, []catalog.Point{keyPoint(1, "x", "a")}, 0, 0},
		{"same", []catalog.Point{keyPoint(1, "x", "a")}, []catalog.Point{keyPoint(1, "x", "a")}, 0, 0},
		{"gone", []catalog.Point{keyPoint(5, "x", "a")}, nil, 5, 5},
		{"first and last gone", []catalog.Point{keyPoint(1, "x", "a"), keyPoint(2, "x", "a"), keyPoint(3, "y", "a")}, []catalog.Point{keyPoint(2, "x", "a")}, 1, 3},
		{"other time", []catalog.Point{keyPoint(1, "x", "a")}, []catalog.Point{keyPoint(2, "x", "a")}, 1, 1},
		{"other tag", []catalog.Point{keyPoint(1, "x", "a")}, []catalog.Point{keyPoint(1, "y", "a")}, 1, 1},
		{"field gained", []catalog.Point{keyPoint(1, "x", "a", "c")}, []catalog.Point{keyPoint(1, "x", "a", "b", "c")}, 0, 0},
		{"field lost", []catalog.Point{keyPoint(1, "x", "a", "b")}, []catalog.Point{keyPoint(1, "x", "a")}, 1, 1},
		{"field changed", []catalog.Point{keyPoint(1, "x", "a", "b")}, []catalog.Point{keyPoint(1, "x", "a", "c")}, 1, 1},
		{"one of two tags at a time", []catalog.Point{keyPoint(1, "x", "a"), keyPoint(1, "y", "a")}, []catalog.Point{keyPoint(1, "x", "a")}, 1, 1},
		{"names with blanks", []catalog.Point{keyPoint(1, "Charge HR", "a")}, []catalog.Point{keyPoint(1, "Charge 2 HR", "a")}, 1, 1},
		{"names with line breaks", []catalog.Point{keyPoint(1, "x", "a")}, []catalog.Point{keyPoint(1, "x\n\"a\"", "b")}, 1, 1},
		{"field names that begin alike", []catalog.Point{keyPoint(1, "x", "calories")}, []catalog.Point{keyPoint(1, "x", "calories_kcal")}, 1, 1},
	} {
		got, err := vanished(keysOf(c.was, &tagger{}).pack(), keysOf(c.is, &tagger{}).pack())
		switch {
		case err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.from == 0 && got != nil:
			t.Errorf("%s: %v", c.name, got)
		case c.from != 0 && (got == nil || got.from.UnixNano() != c.from || got.to.UnixNano() != c.to):
			t.Errorf("%s: %v, want %d to %d", c.name, got, c.from, c.to)
		}
	}
}

func TestJoinKeys(t *testing.T) {
	a, b := keys{"x": {1, 3}, "y": {2}}, keys{"x": {2, 3}, "z": {9}}
	joined, err := joinKeys(a.pack(), b.pack())
	if err != nil {
		t.Fatal(err)
	}
	got, err := unpackKeys(joined)
	if want := (keys{"x": {1, 2, 3}, "y": {2}, "z": {9}}); err != nil || !cmp.Equal(got, want) {
		t.Errorf("joined %v, error %v", got, err)
	}
	for _, k := range []keys{a, b} {
		if gone, err := vanished(k.pack(), joined); gone != nil || err != nil {
			t.Errorf("%v is not in what it was joined to: %v, %v", k, gone, err)
		}
	}
	if same, err := joinKeys(nil, a.pack()); err != nil || !slices.Equal(same, a.pack()) {
		t.Errorf("joined to nothing: %v, %v", same, err)
	}
	if !slices.Equal(slices.Sorted(maps.Keys(got)), []string{"x", "y", "z"}) {
		t.Errorf("kinds of %v", got)
	}
}

// The units of a day and its neighbours share no instant and leave none out, also where a
// day begins before the one ahead of it.
func TestUnitsPartitionTime(t *testing.T) {
	zone := func(name string) *time.Location {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return loc
	}
	const day catalog.Day = 20_000
	for _, c := range [][2]string{
		{"Europe/Berlin", "Asia/Tokyo"}, {"Pacific/Pago_Pago", "Pacific/Kiritimati"}, {"Pacific/Kiritimati", "Pacific/Pago_Pago"}, {"Pacific/Apia", "Pacific/Pago_Pago"},
	} {
		v := &vault{clock: catalog.NewZones(catalog.ZoneSpan{From: 0, Zone: zone(c[0])}, catalog.ZoneSpan{From: day, Zone: zone(c[1])})}
		for at := v.start(day - 3); at.Before(v.start(day + 3)); at = at.Add(17 * time.Minute) {
			var in []catalog.Day
			for d := day - 5; d < day+5; d++ {
				if !at.Before(v.start(d)) && at.Before(v.start(d+1)) {
					in = append(in, d)
				}
			}
			if today := v.clock.Today(at); !slices.Equal(in, []catalog.Day{today}) {
				t.Errorf("%v: %v lies in the units of %v, today is %v", c, at, in, today)
			}
		}
	}
}

package line

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/store/catalog"
)

func stepsPoint(n int) catalog.Point {
	return catalog.Point{
		Measurement: "steps",
		Fields:      []catalog.Field{{Key: "count", Value: catalog.IntValue(int64(n))}},
		Time:        time.Unix(int64(n), 0),
	}
}

func filledBatch(t *testing.T, n int) Batch {
	t.Helper()
	var b Batch
	for i := range n {
		if err := b.Append(stepsPoint(i)); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func linesOf(b Batch) []string {
	var all []string
	for i := range b.Len() {
		all = append(all, string(b.Line(i)))
	}
	return all
}

func TestBatchLines(t *testing.T) {
	b := filledBatch(t, 3)
	if got, want := string(b.Bytes()), "steps count=0i 0\nsteps count=1i 1000000000\nsteps count=2i 2000000000\n"; got != want {
		t.Errorf("Bytes = %q, want %q", got, want)
	}
	if got, want := string(b.Line(1)), "steps count=1i 1000000000"; got != want {
		t.Errorf("Line(1) = %q, want %q", got, want)
	}
	if b.Len() != 3 || b.Size() != len(b.Bytes()) {
		t.Errorf("Len, Size = %d, %d; want 3, %d", b.Len(), b.Size(), len(b.Bytes()))
	}
	b.Reset()
	if b.Len() != 0 || b.Size() != 0 {
		t.Errorf("after Reset: %d lines, %d bytes", b.Len(), b.Size())
	}
}

func TestBatchAppendErrorChangesNothing(t *testing.T) {
	b := filledBatch(t, 2)
	before := bytes.Clone(b.Bytes())
	bad := stepsPoint(3)
	bad.Fields = append(bad.Fields, catalog.Field{Key: "f", Value: catalog.FloatValue(math.NaN())})
	if err := b.Append(bad); err == nil {
		t.Fatal("NaN was encoded")
	}
	if b.Len() != 2 || !bytes.Equal(b.Bytes(), before) {
		t.Errorf("batch after a failed Append: %d lines, %q", b.Len(), b.Bytes())
	}
}

// Halving to the end must reach every line exactly once, in order, whatever the number.
func TestHalvesReachEveryLine(t *testing.T) {
	var split func(Batch) []string
	split = func(b Batch) []string {
		if b.Len() < 2 {
			return linesOf(b)
		}
		first, second := b.Halves()
		if first.Len() == 0 || second.Len() == 0 || first.Size()+second.Size() != b.Size() {
			t.Errorf("halves of %d lines: %d and %d", b.Len(), first.Len(), second.Len())
		}
		return append(split(first), split(second)...)
	}
	for n := range 20 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			b := filledBatch(t, n)
			got := split(b)
			if !slices.Equal(got, linesOf(b)) {
				t.Errorf("reached %q", got)
			}
			if n > 0 && strings.Join(got, "\n")+"\n" != string(b.Bytes()) {
				t.Errorf("lines %q are not the bytes %q", got, b.Bytes())
			}
		})
	}
}

func TestAppendToHalfLeavesTheOther(t *testing.T) {
	b := filledBatch(t, 4)
	want := linesOf(b)
	first, second := b.Halves()
	if err := first.Append(stepsPoint(9)); err != nil {
		t.Fatal(err)
	}
	if err := second.Append(stepsPoint(8)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(linesOf(b), want) {
		t.Errorf("the whole became %q", linesOf(b))
	}
	if got := linesOf(first); !slices.Equal(got, append(want[:2:2], "steps count=9i 9000000000")) {
		t.Errorf("first half is %q", got)
	}
	if got := linesOf(second); !slices.Equal(got, append(want[2:4:4], "steps count=8i 8000000000")) {
		t.Errorf("second half is %q", got)
	}
}

// Lines are the same whether the ones before them were like them or not.
func TestBatchIsAsEachLineAlone(t *testing.T) {
	field := func(key string, v catalog.Value) []catalog.Field { return []catalog.Field{{Key: key, Value: v}} }
	tags := []catalog.Tag{{Key: "account", Value: "a b"}}
	var points []catalog.Point
	for i, fields := range [][]catalog.Field{
		field("bpm", catalog.IntValue(61)), field("bpm", catalog.IntValue(-161)), field("bpm", catalog.FloatValue(1.5)),
		field("bpm", catalog.FloatValue(math.NaN())), field("bpm", catalog.StringValue("a \"b\"")), field("b m", catalog.IntValue(1)),
		append(field("bpm", catalog.IntValue(1)), field("x", catalog.BoolValue(true))...), field("bpm", catalog.IntValue(2)), nil,
	} {
		for _, at := range []time.Time{time.Unix(1700000000, int64(i)), time.Unix(-5, 0), {}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
			for _, of := range [][]catalog.Tag{tags, nil, {{Key: "account", Value: "a b"}}, {{Key: "z", Value: "y"}}} {
				for _, m := range []string{"heart_rate", "steps"} {
					points = append(points, catalog.Point{Measurement: m, Tags: of, Fields: fields, Time: at})
				}
			}
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	var b Batch
	var want []byte
	for range 5000 {
		p := points[rnd.IntN(len(points))]
		for range 1 + rnd.IntN(3) {
			alone, wrong := Append(nil, p)
			if err := b.Append(p); (err == nil) != (wrong == nil) {
				t.Fatalf("%v: %v, alone %v", p, err, wrong)
			}
			want = append(want, alone...)
		}
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Error("the lines differ")
	}
}

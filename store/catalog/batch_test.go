package catalog

import "testing"

// TestBatch holds the fields of points apart, though they lie side by side, whatever a gatherer
// adds to one of them.
func TestBatch(t *testing.T) {
	var b batch
	for i := range int64(1000) {
		f := b.fields()
		for range i%12 + 1 {
			f.fields = append(f.fields, Field{"f", IntValue(i)})
		}
		b.add(steps).Day = Day(i)
	}
	for i := range b.points {
		b.points[i].Fields = append(b.points[i].Fields, Field{"more", IntValue(-1)})
	}
	for i, p := range b.points {
		if len(p.Fields) != i%12+2 || p.Day != Day(i) || p.Measurement != "steps" {
			t.Fatalf("point %d is %+v", i, p)
		}
		for _, f := range p.Fields[:i%12+1] {
			if f.Key != "f" || f.Value.Int() != int64(i) {
				t.Fatalf("point %d has field %+v", i, f)
			}
		}
	}
}

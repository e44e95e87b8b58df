package catalog

import (
	"reflect"
	"testing"
)

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

// What is read into recycled memory is what is read into new memory.
func TestRecycle(t *testing.T) {
	heart, _ := Lookup("heart_rate")
	read := func(value string) []Point {
		t.Helper()
		body := `{"activities-heart":[{"dateTime":"2025-05-01","value":{}}],"activities-heart-intraday":{"dataset":[` +
			`{"time":"00:00:05","value":` + value + `},{"time":"00:00:06","value":62},{"time":"00:00:07","value":63}],"datasetInterval":1,"datasetType":"second"}}`
		points, err := heart.Read(heart.Fitbit, Body{JSON: []byte(body)})
		if err != nil {
			t.Fatal(err)
		}
		return points
	}
	want := read("61")
	for range 20 {
		other := read("99")
		for i := range other {
			other[i].HoldUntil, other[i].Recorder, other[i].Tags = other[i].Time, "x", []Tag{{"a", "b"}}
		}
		Recycle(other)
		if got := read("61"); !reflect.DeepEqual(got, want) {
			t.Fatalf("read %v, want %v", got, want)
		}
	}
}

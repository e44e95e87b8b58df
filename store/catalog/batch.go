package catalog

import (
	"bytes"
	"slices"
	"strings"
	"sync"
)

// batch gathers the points of a body. Their fields are cut from blocks, for an allocation of
// each point's own would take as long as reading it.
type batch struct {
	points []Point
	spare  []Field // of the block, what is not cut off yet; none of it is in use
	next   fieldList
}

// fields returns an empty list for the fields of the next point.
func (b *batch) fields() *fieldList {
	if cap(b.spare) < fieldsOfPoint {
		b.spare = make([]Field, 0, min(max(fieldsOfPoint, len(b.points)), 512))
	}
	b.next = fieldList{fields: b.spare[:0]}
	return &b.next
}

// fieldsOfPoint is how many fields have to have room. A point may have more.
const fieldsOfPoint = 8

// add adds a point with the fields that were gathered, and returns it for the rest of it.
func (b *batch) add(s *Series) *Point {
	n := len(b.next.fields)
	if len(b.points) == cap(b.points) {
		b.points = slices.Grow(b.points, 1)
	}
	b.points = b.points[:len(b.points)+1] // it is zero: nothing is ever taken away
	p := &b.points[len(b.points)-1]
	p.Measurement, p.Fields = s.Measurement, b.next.fields[:n:n]
	b.spare = b.spare[min(n, cap(b.spare)):cap(b.spare)][:0]
	return p
}

// expect makes room for the points of a body whose first element is known.
func (b *batch) expect(body []byte, first jsonText) {
	objects := max(1, strings.Count(string(first), "{"))
	n := bytes.Count(body, []byte("{"))/objects + 1
	if old, ok := spent.Get().(*[]Point); ok && n <= cap(*old) {
		b.points = *old
		return
	}
	b.points = make([]Point, 0, n)
}

// spent holds the memory of points that were recycled.
var spent sync.Pool

// Recycle takes back the memory of points that nobody looks at any more, for those of a body
// that is read later: a day of samples takes 12 MB. Their fields and tags are left alone.
func Recycle(points []Point) {
	points = points[:cap(points)]
	clear(points)
	points = points[:0]
	spent.Put(&points)
}

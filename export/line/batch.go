package line

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/influxdata/line-protocol/v2/lineprotocol"

	"fitvault/store/catalog"
)

// Batch holds points as lines, one after another, and knows where each line ends, so that a
// part of it may be sent.
// The zero Batch is empty and ready to use; it is not safe for use by several goroutines
// at once.
type Batch struct {
	buf  []byte
	ends []int // of each line, counted from base
	base int   // where buf starts in the bytes that ends were counted in
	enc  lineprotocol.Encoder
	last head
}

// head is what a line has in common with those like it: all before the value of its only
// field. A day of samples is 86 400 lines with one head; where it is encoded once, a line
// costs 47 instead of 199 ns (BenchmarkAppend).
type head struct {
	measurement, key string
	tags             []catalog.Tag
	size             int // of the line's part that is the head; 0: none may be like it
}

// fits reports whether a point's line has the head, and a time that a line can hold.
func (h *head) fits(p *catalog.Point) bool {
	const last = math.MaxInt64 / int64(time.Second)
	return h.size > 0 && -last < p.Time.Unix() && p.Time.Unix() < last && len(p.Fields) == 1 && p.Fields[0].Key == h.key && p.Measurement == h.measurement && slices.Equal(p.Tags, h.tags)
}

// headOf returns the head of a point's line.
func headOf(p *catalog.Point, line []byte) head {
	if len(p.Fields) != 1 || p.Fields[0].Value.Kind() == catalog.String { // which may hold a =
		return head{}
	}
	return head{p.Measurement, p.Fields[0].Key, p.Tags, bytes.LastIndexByte(line, '=') + 1}
}

// Append encodes a point and adds it as the last line. On an error the batch is as it was.
func (b *Batch) Append(p catalog.Point) error {
	if b.last.fits(&p) {
		if v, ok := value(p.Fields[0].Value); ok {
			start := b.start(len(b.ends) - 1)
			b.buf = append(b.buf, b.buf[start:start+b.last.size]...)
			b.buf = append(v.AppendBytes(b.buf), ' ')
			b.buf = append(strconv.AppendInt(b.buf, p.Time.UnixNano(), 10), '\n')
			b.ends = append(b.ends, b.base+len(b.buf))
			return nil
		}
	}
	buf, err := encode(&b.enc, b.buf, &p)
	if err != nil {
		return err
	}
	b.last = headOf(&p, buf[len(b.buf):])
	b.buf = buf
	b.ends = append(b.ends, b.base+len(buf))
	return nil
}

// Len returns the number of lines.
func (b *Batch) Len() int { return len(b.ends) }

// Size returns the number of bytes.
func (b *Batch) Size() int { return len(b.buf) }

// Bytes returns all lines, each ended by a newline. They are valid until the next Append
// or Reset, and must not be changed.
func (b *Batch) Bytes() []byte { return b.buf }

// Line returns line i, counted from 0, without its newline. It is valid as long as Bytes.
func (b *Batch) Line(i int) []byte {
	start, end := b.start(i), b.ends[i]-b.base
	return b.buf[start : end-1 : end-1]
}

// Reset empties the batch and keeps its memory. Views that Part gave out are invalid
// afterwards.
func (b *Batch) Reset() {
	b.buf, b.ends, b.base, b.last = b.buf[:0], b.ends[:0], 0, head{}
}

// Part returns the lines [from, to) as a view on the same bytes: valid until the next Append
// to, or Reset of, this batch. Append to a view copies it first.
func (b *Batch) Part(from, to int) Batch {
	first, last := b.start(from), b.start(to)
	return Batch{buf: b.buf[first:last:last], ends: b.ends[from:to:to], base: b.base + first}
}

// Halves splits the batch between two lines, in order; the first half has the odd line and the
// second is empty when there is only one. Both are views, as of Part.
func (b *Batch) Halves() (Batch, Batch) {
	n := (len(b.ends) + 1) / 2
	return b.Part(0, n), b.Part(n, len(b.ends))
}

// Add appends the lines of another batch.
func (b *Batch) Add(o *Batch) {
	b.last = head{}
	shift := b.base + len(b.buf) - o.base
	b.buf = append(b.buf, o.buf...)
	for _, end := range o.ends {
		b.ends = append(b.ends, end+shift)
	}
}

// start returns the offset in buf at which line i begins; for i == Len, where buf ends.
func (b *Batch) start(i int) int {
	if i == 0 {
		return 0
	}
	return b.ends[i-1] - b.base
}

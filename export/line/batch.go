package line

import "fitvault/store/catalog"

// Batch holds points as lines, one after another, and knows where each line ends. A
// server that refuses a batch is given its halves until the refused line stands alone.
// The zero Batch is empty and ready to use; it is not safe for use by several goroutines
// at once.
type Batch struct {
	buf  []byte
	ends []int // of each line, counted from base
	base int   // where buf starts in the bytes that ends were counted in
}

// Append encodes a point and adds it as the last line. On an error the batch is as it was.
func (b *Batch) Append(p catalog.Point) error {
	buf, err := Append(b.buf, p)
	if err != nil {
		return err
	}
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

// Reset empties the batch and keeps its memory. Views that Halves gave out are invalid
// afterwards.
func (b *Batch) Reset() {
	b.buf, b.ends, b.base = b.buf[:0], b.ends[:0], 0
}

// Halves splits the batch between two lines, in order; the first half has the odd line
// and the second is empty when there is only one. Both are views on the same bytes: valid
// until the next Append to, or Reset of, this batch. Append to a view copies it first.
func (b *Batch) Halves() (Batch, Batch) {
	n := (len(b.ends) + 1) / 2
	cut := b.start(n)
	first := Batch{buf: b.buf[:cut:cut], ends: b.ends[:n:n], base: b.base}
	second := Batch{
		buf:  b.buf[cut:len(b.buf):len(b.buf)],
		ends: b.ends[n:len(b.ends):len(b.ends)],
		base: b.base + cut,
	}
	return first, second
}

// start returns the offset in buf at which line i begins; for i == Len, where buf ends.
func (b *Batch) start(i int) int {
	if i == 0 {
		return 0
	}
	return b.ends[i-1] - b.base
}

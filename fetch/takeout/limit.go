package takeout

import (
	"errors"
	"fmt"
	"io"
)

// Limits against archives that are made to fill memory or to take for ever. Pretty-printed
// JSON shrinks by 15 to 20 times, repetitive CSV by 60, and no family that is read has larger
// files than a few MiB (takeout-archive.md section 8).
const (
	maxMember = 64 << 20 // bytes of one member
	maxRatio  = 200      // unpacked to packed bytes
	freeRatio = 1 << 20  // bytes of a member that may have any ratio

	// A sequential archive is unpacked through what nobody wants, so that a bomb in it can be
	// passed over: up to here.
	freeTotal = 1 << 30
)

const bombs = "the limit against zip bombs: refused"

var (
	errTooLarge = fmt.Errorf("is larger than the limit of %d MiB for one member: refused", maxMember>>20)
	errRatio    = fmt.Errorf("unpacks to more than %d times its packed size, %s", maxRatio, bombs)
	errTotal    = fmt.Errorf("the whole archive unpacks to more than %d times its size, %s", maxRatio, bombs)
)

// beyond reports whether so many bytes came out of so few.
func beyond(unpacked, packed, free int64) bool {
	return unpacked > free && unpacked/maxRatio > packed
}

// fill appends all that r gives to buf: exactly size bytes, or it is an error. It takes no
// more memory than bytes really come. packed tells how many bytes were read of the archive
// for it so far; nil: nothing is unpacked.
func fill(buf []byte, r io.Reader, size int64, packed func() int64) ([]byte, error) {
	if size > maxMember {
		return buf, errTooLarge
	}
	for {
		if len(buf) == cap(buf) {
			buf = grow(buf, size)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch got := int64(len(buf)); {
		case got > size:
			return buf, errLonger
		case packed != nil && beyond(got, packed(), freeRatio):
			return buf, errRatio
		case errors.Is(err, io.EOF) && got < size:
			return buf, errShorter
		case errors.Is(err, io.EOF):
			return buf, nil
		case err != nil:
			return buf, err
		}
	}
}

// firstGrow is how many bytes a member gets before any came: most files are no larger.
const firstGrow = 1 << 20

// grow makes room: for all of a small member at once, else twice as much as before. One
// byte beyond the size lets the end be seen without another growth.
func grow(buf []byte, size int64) []byte {
	room := min(size+1, max(firstGrow, 2*int64(cap(buf))))
	out := make([]byte, len(buf), room)
	copy(out, buf)
	return out
}

// counter counts the bytes that a reader of a container takes.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

package export

import (
	"slices"
	"sync"

	"fitvault/store/catalog"
)

// cacheKey names a reading.
type cacheKey struct {
	window  int64
	typ     string
	members string // which of an archive's; "": all pages
}

// reading is what pages hold of a type, or why they do not read.
type reading struct {
	column *column // all of them, or nil
	points []catalog.Point
	errs   []error
	newest int64 // of the responses that were read

	once sync.Once
	turn int // of the last unit that used it
}

// len returns how many points there are.
func (r *reading) len() int {
	if r.column != nil {
		return len(r.column.times)
	}
	return len(r.points)
}

// all returns the points.
func (r *reading) all() []catalog.Point {
	if r.column != nil {
		return r.column.points()
	}
	return r.points
}

// cache holds readings for as long as units use them: units are computed nearly in order of
// time, and neighbours read the same windows. It is safe for use by several goroutines, and
// each reading is made once.
type cache struct {
	mu       sync.Mutex
	readings map[cacheKey]*reading
	kept     int // points
	turn     int // of the last unit that was begun
	running  map[int]bool
}

// maxKept is how many points of read windows are kept, beside those that the units being
// computed and the ones before them use.
const maxKept = 1 << 16

// begin returns the turn of a unit that is computed until end. Units begin in their order.
func (c *cache) begin() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running == nil {
		c.running = map[int]bool{}
	}
	c.turn++
	c.running[c.turn] = true
	return c.turn
}

func (c *cache) end(turn int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.running, turn)
}

// get returns a reading that was made before, or makes it.
func (c *cache) get(key cacheKey, turn int, read func() ([]catalog.Point, int64, error)) *reading {
	c.mu.Lock()
	r := c.readings[key]
	if r == nil {
		if c.readings == nil {
			c.readings = map[cacheKey]*reading{}
		}
		r = &reading{}
		c.readings[key] = r
	}
	r.turn = max(r.turn, turn)
	c.mu.Unlock()
	r.once.Do(func() {
		points, newest, err := read()
		if err != nil {
			r.errs = []error{err}
			return
		}
		r.newest = newest
		if r.column = columnOf(points); r.column == nil && 2*len(points) > cap(points) {
			r.points = points
		} else {
			if r.column == nil { // a sparse answer, read into memory for a dense one
				r.points = slices.Clone(points)
			}
			catalog.Recycle(points)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.kept += r.len(); c.kept > maxKept {
			c.forget()
		}
	})
	return r
}

// forget drops the readings that neither a unit being computed nor the one before it used.
func (c *cache) forget() {
	oldest := c.turn
	for turn := range c.running {
		oldest = min(oldest, turn)
	}
	for key, r := range c.readings {
		if r.turn < oldest-1 {
			c.kept -= r.len()
			delete(c.readings, key)
		}
	}
}

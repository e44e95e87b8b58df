package emulator

// noise is an endless stream of numbers fixed by a seed, a topic and an index,
// so that what happens on one day never depends on which other days were asked
// for before.
type noise struct{ state uint64 }

func newNoise(seed uint64, topic string, index int) *noise {
	h := uint64(14695981039346656037)
	for i := range len(topic) {
		h = (h ^ uint64(topic[i])) * 1099511628211
	}
	return &noise{scramble(seed ^ scramble(h^scramble(uint64(int64(index)))))}
}

// scramble is the finalizer of splitmix64.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (n *noise) next() uint64 {
	n.state += 0x9e3779b97f4a7c15
	return scramble(n.state)
}

// float returns a number in [0, 1).
func (n *noise) float() float64 { return float64(n.next()>>11) / (1 << 53) }

// between returns a whole number in [lo, hi].
func (n *noise) between(lo, hi int) int { return lo + int(n.next()%uint64(hi-lo+1)) }

// chance is true with probability p.
func (n *noise) chance(p float64) bool { return n.float() < p }

// spread returns a bell-shaped number around 0 whose standard deviation is sd
// and which never exceeds 3.5 sd.
func (n *noise) spread(sd float64) float64 {
	sum := n.float() + n.float() + n.float() + n.float() - 2
	return sum * sd * 1.732
}

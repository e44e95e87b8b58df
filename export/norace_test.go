//go:build !race

package export_test

// histories is how many histories are replayed.
const histories = 200

//go:build race

package export_test

// histories is how many histories are replayed: SQLite in Go is slow under the race
// detector.
const histories = 6

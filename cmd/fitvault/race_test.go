//go:build race

package main

// yearDays is how long the year of TestGoogleYear is: SQLite in Go is slow under the race
// detector.
const yearDays = 12

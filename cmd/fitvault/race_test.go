//go:build race

package main

// yearDays is how long the year of TestGoogleYear is: SQLite in Go is slow under the race
// detector.
const yearDays = 12

// killStep is how many calls lie between two at which TestGoogleFetchStopsAtEveryRequest
// ends a fetch, with less to do under the race detector.
const killStep = 12

// raced says that the tests are built with the race detector.
const raced = true

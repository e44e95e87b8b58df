//go:build !race

package main

// yearDays is how long the year of TestGoogleYear is.
const yearDays = 365

// killStep is how many calls lie between two at which TestGoogleFetchStopsAtEveryRequest
// ends a fetch.
const killStep = 1

// raced says that the tests are built with the race detector.
const raced = false

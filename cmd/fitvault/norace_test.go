//go:build !race

package main

// yearDays is how long the year of TestGoogleYear is.
const yearDays = 365

//go:build race

package emulator_test

// raced says that the tests are built with the race detector.
const raced = true

package emulator

import "iter"

const exportFolder = "Global Export Data/"

// jsonFiles are the members of Global Export Data (archive sheet 5.1).
func (t *takeout) jsonFiles() iter.Seq[takeoutFile] {
	return func(func(takeoutFile) bool) {}
}

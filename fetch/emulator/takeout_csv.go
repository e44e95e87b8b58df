package emulator

import "iter"

// csvFiles are the members of an archive that are CSV.
func (t *takeout) csvFiles() iter.Seq[takeoutFile] {
	return func(func(takeoutFile) bool) {}
}

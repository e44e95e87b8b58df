package emulator

import (
	"fmt"
	"iter"
)

// rootFiles are the members beside the product folder.
func (t *takeout) rootFiles() iter.Seq[takeoutFile] {
	return func(yield func(takeoutFile) bool) {
		page := fmt.Sprintf("<!doctype html><title>Google Data Export Archive Contents</title>\n<p>%s</p>\n", t.now.Format("2006-01-02"))
		yield(takeoutFile{"/archive_browser.html", []byte(page)})
	}
}

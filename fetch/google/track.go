package google

import (
	"bytes"
	"encoding/json"
	"fmt"

	"fitvault/fetch"
)

// track looks at the export of an exercise: XML, or the same as a string in JSON (section
// 5.10). A track that was cut off lacks its end.
func track(body []byte) (fetch.Contents, error) {
	if json.Valid(body) {
		page, _ := cut(body)
		if err := embedded(page); err != nil {
			return fetch.Contents{}, err
		}
		var wrapped struct {
			Data string `json:"tcxData"`
		}
		if err := json.Unmarshal(body, &wrapped); err != nil || !isTrack([]byte(wrapped.Data)) {
			return fetch.Contents{}, shape("not a track: %.60q", fetch.Redact(string(body)))
		}
	} else if !isTrack(body) {
		return fetch.Contents{}, &fetch.ShapeError{Garbled: true, Err: fmt.Errorf("not a whole track: %.60q", fetch.Redact(string(body)))}
	}
	return fetch.Contents{Count: 1}, nil
}

// isTrack reports whether a text is a whole TCX document.
func isTrack(text []byte) bool {
	text = bytes.TrimSpace(text)
	return bytes.HasPrefix(text, []byte("<")) && bytes.Contains(text[:min(len(text), 1000)], []byte("<TrainingCenterDatabase")) &&
		bytes.HasSuffix(text, []byte("</TrainingCenterDatabase>"))
}

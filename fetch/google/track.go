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
	text := bytes.TrimSpace(body)
	if json.Valid(body) {
		var wrapped struct {
			Data  string          `json:"tcxData"`
			Error json.RawMessage `json:"error"`
		}
		if err := json.Unmarshal(body, &wrapped); err != nil {
			return fetch.Contents{}, shape("not a track: %.60q", fetch.Redact(string(body)))
		}
		if err := embedded(wrapped.Error); err != nil {
			return fetch.Contents{}, &fetch.ShapeError{Err: err}
		}
		text = bytes.TrimSpace([]byte(wrapped.Data))
		if !isTrack(text) {
			return fetch.Contents{}, shape("tcxData is not a track: %.60q", fetch.Redact(wrapped.Data))
		}
	}
	if !isTrack(text) {
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

package fitbit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// isTrack reports whether an ask is for the track of an activity, which is XML (section 5.5, D4).
func isTrack(ask catalog.Ask) bool {
	path, _, _ := strings.Cut(ask.Path, "?")
	return strings.HasSuffix(path, ".tcx")
}

// track looks at the track of an activity. One without a point, or no document at all, is an
// activity without a track.
func track(body []byte) (fetch.Contents, error) {
	var members map[string]json.RawMessage
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return fetch.Contents{}, nil
	case json.Unmarshal(body, &members) == nil && failed(members):
		return fetch.Contents{}, &fetch.ShapeError{Err: apiError("an error instead of data", http.StatusOK, nil, body)}
	case !wholeTrack(body):
		return fetch.Contents{}, &fetch.ShapeError{Garbled: true, Err: fmt.Errorf("not a whole track: %.60q", fetch.Redact(string(body)))}
	case !bytes.Contains(body, []byte("<Trackpoint")):
		return fetch.Contents{}, nil
	}
	return fetch.Contents{Count: 1}, nil
}

const trackRoot = "TrainingCenterDatabase"

// wholeTrack reports whether a text is a TCX document that was not cut off.
func wholeTrack(text []byte) bool {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	if !bytes.HasPrefix(text, []byte("<")) {
		return false
	}
	_, root, ok := bytes.Cut(text, []byte("<"+trackRoot))
	if !ok || len(text)-len(root) > 1000 { // behind a declaration at most
		return false
	}
	if head, rest, ok := bytes.Cut(root, []byte(">")); ok && len(rest) == 0 {
		return bytes.HasSuffix(head, []byte("/"))
	}
	return bytes.HasSuffix(root, []byte("</"+trackRoot+">"))
}

package fitbit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// Inspect tells how many elements a body holds and of which days, or that it is pending
// (section 5.3). All the empty variants hold no element: {}, [], a missing or null list
// (sections 5.2, 10.25).
func (p *Provider) Inspect(ask catalog.Ask, body []byte) (fetch.Contents, error) {
	if !json.Valid(body) {
		return fetch.Contents{}, &fetch.ShapeError{Garbled: true, Err: fmt.Errorf("not JSON: %.60q", fetch.Redact(string(body)))}
	}
	list := json.RawMessage(body)
	if first := bytes.TrimSpace(body)[0]; first == '{' {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(body, &members); err != nil {
			return fetch.Contents{}, &fetch.ShapeError{Err: err}
		}
		if wait, ok := pending(members["meta"]); ok {
			return fetch.Contents{Pending: wait}, nil
		}
		if _, ok := members["errors"]; ok {
			return fetch.Contents{}, &fetch.ShapeError{Err: fmt.Errorf("an error with status 200: %s", apiError("", 200, nil, body))}
		}
		if ask.Snapshot() && ask.Root != "" {
			return object(ask, members)
		}
		list = members[ask.Root]
	}
	return elements(ask, list)
}

// object is a snapshot that is one object under the root.
func object(ask catalog.Ask, members map[string]json.RawMessage) (fetch.Contents, error) {
	if raw := bytes.TrimSpace(members[ask.Root]); len(raw) == 0 || raw[0] != '{' {
		return fetch.Contents{}, &fetch.ShapeError{Err: fmt.Errorf("member %q is missing or not an object", ask.Root)}
	}
	return fetch.Contents{Count: 1}, nil
}

func elements(ask catalog.Ask, list json.RawMessage) (fetch.Contents, error) {
	var c fetch.Contents
	var items []map[string]json.RawMessage
	if len(list) > 0 {
		if err := json.Unmarshal(list, &items); err != nil {
			return c, &fetch.ShapeError{Err: fmt.Errorf("member %q is not a list of objects: %w", ask.Root, err)}
		}
	}
	for i, item := range items {
		if item == nil {
			return c, &fetch.ShapeError{Err: fmt.Errorf("element %d of %q is null", i, ask.Root)}
		}
		if ask.DateKey == "" {
			continue
		}
		var date string
		if err := json.Unmarshal(item[ask.DateKey], &date); err != nil || len(date) < 10 {
			return c, &fetch.ShapeError{Err: fmt.Errorf("element %d of %q has no date in %q", i, ask.Root, ask.DateKey)}
		}
		day, err := catalog.ParseDay(date[:10])
		if err != nil {
			return c, &fetch.ShapeError{Err: fmt.Errorf("element %d of %q: %w", i, ask.Root, err)}
		}
		c.Days = append(c.Days, day)
	}
	slices.Sort(c.Days)
	c.Days = slices.Compact(c.Days)
	c.Count = len(items)
	return c, nil
}

// pending reads the answer that a sleep is still being worked out; retryDuration is in
// milliseconds.
func pending(meta json.RawMessage) (time.Duration, bool) {
	var m struct {
		State string `json:"state"`
		Retry int    `json:"retryDuration"`
	}
	if len(meta) == 0 || json.Unmarshal(meta, &m) != nil || m.State != "pending" {
		return 0, false
	}
	return time.Duration(max(m.Retry, 1)) * time.Millisecond, true
}

package google

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// Inspect tells how many elements a page holds, of which days and offsets, and the token of
// the next one. A missing list is empty, and an empty page need not be the last (section
// 3.2). Every element must have the member of its type's value: a wrong name would look
// like no data (section 8, item 4).
func (p *Provider) Inspect(q fetch.Question, body []byte) (fetch.Contents, error) {
	if asksTrack(q.Ask) {
		return track(body)
	}
	if !json.Valid(body) {
		return fetch.Contents{}, &fetch.ShapeError{Garbled: true, Err: fmt.Errorf("not JSON: %.60q", fetch.Redact(string(body)))}
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		return fetch.Contents{}, shape("not an object: %.60q", fetch.Redact(string(body)))
	}
	if err := embedded(members["error"]); err != nil {
		return fetch.Contents{}, &fetch.ShapeError{Err: err}
	}
	if q.Ask.Root == "" {
		return fetch.Contents{Count: min(1, len(members))}, nil
	}
	var c fetch.Contents
	if next, ok := members["nextPageToken"]; ok {
		if err := json.Unmarshal(next, &c.Next); err != nil {
			return fetch.Contents{}, shape("nextPageToken is not a string")
		}
	}
	list, ok := members[q.Ask.Root]
	if !ok {
		delete(members, "nextPageToken")
		if len(members) > 0 {
			return fetch.Contents{}, shape("there is no member %q", q.Ask.Root)
		}
		return c, nil
	}
	var items []json.RawMessage
	if err := json.Unmarshal(list, &items); err != nil {
		return fetch.Contents{}, shape("member %q is not a list", q.Ask.Root)
	}
	c.Count = len(items)
	if err := read(q, items, &c); err != nil {
		return fetch.Contents{}, err
	}
	return c, nil
}

func shape(format string, args ...any) error {
	return &fetch.ShapeError{Err: fmt.Errorf(format, args...)}
}

// read gathers the days, the offsets and the newest instant of elements.
func read(q fetch.Question, items []json.RawMessage, c *fetch.Contents) error {
	seen := map[catalog.Day]bool{}
	for i, item := range items {
		value, err := valueOf(q.Ask, item)
		if err != nil {
			return shape("element %d of %q %w", i, q.Ask.Root, err)
		}
		if q.Ask.DateKey == "" {
			continue
		}
		when, err := whenOf(q.Ask, item, value)
		if err != nil {
			return shape("element %d of %q: %w", i, q.Ask.Root, err)
		}
		seen[when.day(q.Zones)] = true
		if when.told {
			c.Offsets = append(c.Offsets, fetch.Offset{At: when.at, Offset: when.offset})
		}
		if when.until.After(c.Newest) {
			c.Newest = when.until
		}
	}
	for d := range seen {
		c.Days = append(c.Days, d)
	}
	slices.Sort(c.Days)
	slices.SortStableFunc(c.Offsets, func(a, b fetch.Offset) int { return a.At.Compare(b.At) })
	c.Offsets = slices.CompactFunc(c.Offsets, func(a, b fetch.Offset) bool { return a.Offset == b.Offset && a.Day() == b.Day() })
	return nil
}

// valueOf returns an element's value, an object.
func valueOf(ask catalog.Ask, item json.RawMessage) (json.RawMessage, error) {
	if ask.Value == "" {
		if bytes.TrimSpace(item)[0] != '{' {
			return nil, fmt.Errorf("is not an object")
		}
		return item, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(item, &members); err != nil {
		return nil, fmt.Errorf("is not an object")
	}
	value, ok := members[ask.Value]
	if !ok || value[0] != '{' {
		return nil, fmt.Errorf("has no object %q", ask.Value)
	}
	return value, nil
}

package google

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

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
	page, _ := cut(body)
	if page[0] != '{' {
		return fetch.Contents{}, shape("not an object: %.60q", fetch.Redact(string(body)))
	}
	if err := embedded(page); err != nil {
		return fetch.Contents{}, err
	}
	if q.Ask.Root == "" {
		for range members(page) {
			return fetch.Contents{Count: 1}, nil
		}
		return fetch.Contents{}, nil
	}
	c, err := read(q, page)
	if err != nil {
		return fetch.Contents{}, err
	}
	return c, nil
}

func shape(format string, args ...any) error {
	return &fetch.ShapeError{Err: fmt.Errorf(format, args...)}
}

// embedded is the error that an object is instead of data, with status 200.
func embedded(page []byte) error {
	raw := member(page, "error")
	if absent(raw) {
		return nil
	}
	var e envelope
	if err := json.Unmarshal(page, &e); err != nil {
		return shape("an error instead of data: %.200s", fetch.Redact(string(raw)))
	}
	return shape("an error instead of data: %s (%s)", fetch.Redact(code(e)), fetch.Redact(e.Error.Message))
}

// read gathers what a page holds. A page without its list may hold a token, and nothing
// else that would be a list by another name.
func read(q fetch.Question, page []byte) (c fetch.Contents, err error) {
	next, list := member(page, "nextPageToken"), member(page, q.Ask.Root)
	if !absent(next) && json.Unmarshal(next, &c.Next) != nil { // it may have escapes, as \u003d
		return c, shape("nextPageToken is not a string")
	}
	if list == nil {
		for name := range members(page) {
			if string(name) != "nextPageToken" {
				return c, shape("there is %q and no member %q", name, q.Ask.Root)
			}
		}
	} else if !absent(list) && list[0] != '[' {
		return c, shape("member %q is not a list", q.Ask.Root)
	}
	days := map[catalog.Day]bool{}
	var last []byte // the element with the newest time
	for item := range elements(list) {
		w, err := element(q.Ask, item)
		if err != nil {
			return c, shape("element %d of %q %w", c.Count, q.Ask.Root, err)
		}
		c.Count++
		if q.Ask.DateKey != "" {
			days[w.day(q.Zones)] = true
		}
		if w.at.After(c.Newest) {
			c.Newest, last = w.at, item
		}
		if w.told {
			c.Offsets = append(c.Offsets, fetch.Offset{At: w.at, Offset: w.offset})
		}
	}
	if end := endOf(q.Ask, last); end.After(c.Newest) {
		c.Newest = end
	}
	for d := range days {
		c.Days = append(c.Days, d)
	}
	slices.Sort(c.Days)
	slices.SortStableFunc(c.Offsets, func(a, b fetch.Offset) int { return a.At.Compare(b.At) })
	c.Offsets = slices.CompactFunc(c.Offsets, func(a, b fetch.Offset) bool { return a.Offset == b.Offset && a.Day() == b.Day() })
	return c, nil
}

// endOf returns the end of an element's interval; the zero time when it has none.
func endOf(ask catalog.Ask, item []byte) time.Time {
	end, _ := time.Parse(time.RFC3339, text(member(member(item, ask.Value), "interval.endTime")))
	return end
}

// element checks that an element has its value, an object, and reads its time.
func element(ask catalog.Ask, item []byte) (when, error) {
	value := item
	if ask.Value != "" {
		value = member(item, ask.Value)
	}
	switch {
	case value == nil || value[0] != '{':
		return when{}, fmt.Errorf("has no object %q", ask.Value)
	case ask.DateKey == "":
		return when{}, nil
	}
	w, err := whenOf(ask.DateKey, item, value)
	if err != nil {
		return w, fmt.Errorf("in %q: %w", ask.Value, err)
	}
	return w, nil
}

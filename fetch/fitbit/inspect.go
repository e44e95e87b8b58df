package fitbit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// Inspect tells how many elements a body holds and of which days, or that it is pending
// (section 5.3). All the empty variants hold no element: {}, [], a missing or null list
// (sections 5.2, 10.25).
func (p *Provider) Inspect(q fetch.Question, body []byte) (fetch.Contents, error) {
	ask := q.Ask
	if isTrack(ask) {
		return track(body)
	}
	var members map[string]json.RawMessage
	var syntax *json.SyntaxError
	if err := json.Unmarshal(body, &members); errors.As(err, &syntax) {
		return fetch.Contents{}, &fetch.ShapeError{Garbled: true, Err: fmt.Errorf("not JSON: %.60q", fetch.Redact(string(body)))}
	}
	list := json.RawMessage(bytes.TrimSpace(body))
	switch list[0] {
	case '[':
	case '{':
		if wait, ok := pending(members["meta"]); ok {
			return fetch.Contents{Pending: wait}, nil
		}
		if failed(members) {
			return fetch.Contents{}, &fetch.ShapeError{Err: apiError("an error instead of data", http.StatusOK, nil, body)}
		}
		switch {
		case ask.Op == catalog.Samples:
			return samples(q, members)
		case ask.Snapshot():
			return object(ask, members)
		}
		var ok bool
		if list, ok = members[ask.Root]; !ok && !bare(members) {
			return fetch.Contents{}, &fetch.ShapeError{Err: fmt.Errorf("there is no member %q", ask.Root)}
		}
	default:
		return fetch.Contents{}, &fetch.ShapeError{Err: fmt.Errorf("neither an object nor a list: %.60q", fetch.Redact(string(body)))}
	}
	c, err := elements(q, list)
	switch {
	case err == nil && ask.Op == catalog.Cursor:
		return p.page(q, c, members["pagination"])
	case err == nil && ask.Op == catalog.Samples && c.Count > 0:
		return fetch.Contents{}, &fetch.ShapeError{Err: errors.New("a list instead of a day of samples")}
	}
	return c, err
}

// holdsData reports whether a body is what holds data, even of a wrong shape: not an error,
// a text or garbled, all of which may echo the token.
func holdsData(body []byte) bool {
	switch text := bytes.TrimSpace(body); {
	case len(text) == 0:
		return false
	case text[0] == '[':
		return json.Valid(text)
	case text[0] == '{':
		var members map[string]json.RawMessage
		return json.Unmarshal(text, &members) == nil && !failed(members)
	}
	return wholeTrack(body)
}

// failed reports whether an object is an error of either envelope (section 3).
func failed(members map[string]json.RawMessage) bool {
	_, a := members["errors"]
	_, b := members["error"]
	return a || b || string(members["success"]) == "false"
}

// bare reports whether an object holds nothing but what may surround a list, so that a
// missing list means that it is empty.
func bare(members map[string]json.RawMessage) bool {
	for name := range members {
		if !slices.Contains([]string{"success", "pagination", "meta", "summary", "goals"}, name) {
			return false
		}
	}
	return true
}

// object is a snapshot that is one object, under the root if it has one.
func object(ask catalog.Ask, members map[string]json.RawMessage) (fetch.Contents, error) {
	if ask.Root != "" {
		if raw := bytes.TrimSpace(members[ask.Root]); len(raw) == 0 || raw[0] != '{' {
			return fetch.Contents{}, &fetch.ShapeError{Err: fmt.Errorf("member %q is missing or not an object", ask.Root)}
		}
	}
	return fetch.Contents{Count: min(1, len(members))}, nil
}

// elements counts a list and tells the days of its elements. What an answer of one day holds need
// not tell it, and may be one object.
func elements(q fetch.Question, list json.RawMessage) (fetch.Contents, error) {
	ask := q.Ask
	var c fetch.Contents
	untold := ask.Days == 1 && ask.DateKey == ""
	if untold && len(list) > 0 && list[0] == '{' {
		return fetch.Contents{Count: 1, Days: []catalog.Day{q.Span.From}}, nil
	}
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
		if ask.Op == catalog.Cursor {
			c.IDs = append(c.IDs, cmp.Or(string(item["logId"]), date))
			c.Offsets = append(c.Offsets, offset(date)...)
		}
	}
	if c.Count = len(items); c.Count > 0 && untold {
		c.Days = []catalog.Day{q.Span.From}
	}
	slices.Sort(c.Days)
	c.Days = slices.Compact(c.Days)
	return c, nil
}

// offset returns the offset from UTC that a time tells: that of an exercise has one (section
// 4.2). A Z may stand for a time that was converted, and says nothing of where the person was.
func offset(stamp string) []fetch.Offset {
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil || strings.HasSuffix(stamp, "Z") {
		return nil
	}
	_, east := at.Zone()
	return []fetch.Offset{{At: at.UTC(), Offset: time.Duration(east) * time.Second}}
}

// pending reads the answer that a sleep is still being worked out; retryDuration is in
// milliseconds.
func pending(meta json.RawMessage) (time.Duration, bool) {
	var m struct {
		State string          `json:"state"`
		Retry json.RawMessage `json:"retryDuration"`
	}
	if len(meta) == 0 || json.Unmarshal(meta, &m) != nil || m.State != "pending" {
		return 0, false
	}
	ms, err := strconv.ParseFloat(strings.Trim(string(m.Retry), `"`), 64)
	if err != nil || !(ms >= 1) {
		ms = 3000 // what it usually is
	}
	return time.Duration(min(ms, 3_600_000) * float64(time.Millisecond)), true
}

package fitbit

import (
	"encoding/json"
	"fmt"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// samples looks at a day of intraday samples, which stand beside the total of the day (section
// 5.4). They come as a list under "dataset", or, as active zone minutes may, in a list of days.
// Where they are missing the app has no right to them; {} is no data, as elsewhere.
func samples(q fetch.Question, members map[string]json.RawMessage) (fetch.Contents, error) {
	name := q.Ask.Root + "-intraday"
	raw, ok := members[name]
	_, total := members[q.Ask.Root]
	switch {
	case len(members) == 0:
		return fetch.Contents{}, nil
	case !ok && !total && !bare(members):
		return fetch.Contents{}, &fetch.ShapeError{Err: fmt.Errorf("there is neither %q nor %q", q.Ask.Root, name)}
	case !ok || string(raw) == "null":
		return fetch.Contents{}, noRight(q, name)
	}
	if err := ofDay(q, members[q.Ask.Root]); err != nil {
		return fetch.Contents{}, err
	}
	count, err := countSamples(q, raw)
	if err != nil {
		return fetch.Contents{}, &fetch.ShapeError{Err: fmt.Errorf("member %q: %w", name, err)}
	}
	if count == 0 {
		return fetch.Contents{}, nil
	}
	return fetch.Contents{Count: count, Days: []catalog.Day{q.Span.From}}, nil
}

// countSamples counts samples by their braces, for there are 20 000 in a day of heart rate. Only
// where there seem to be none they are decoded, so that no other shape passes for no data.
func countSamples(q fetch.Question, raw json.RawMessage) (int, error) {
	var one struct {
		Dataset []struct{} `json:"dataset"`
	}
	var days []struct {
		Minutes []struct{} `json:"minutes"`
	}
	if raw[0] != '[' {
		if n := objectsAt(2, raw); n > 0 {
			return n, nil
		}
		return 0, json.Unmarshal(raw, &one)
	}
	if err := ofDay(q, raw); err != nil {
		return 0, err
	}
	return objectsAt(3, raw), json.Unmarshal(raw, &days)
}

// objectsAt counts the objects of valid JSON that lie in so many others, lists included.
func objectsAt(depth int, b []byte) (n int) {
	for i, in := 0, 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			for i++; b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			if b[i] == '{' && in == depth {
				n++
			}
			in++
		case '}', ']':
			in--
		}
	}
	return n
}

// ofDay reports elements of another day than the one that was asked for. There may be none.
func ofDay(q fetch.Question, list json.RawMessage) error {
	asked := q.Span.From
	if q.UTC && q.ID != "" {
		var err error
		if asked, err = catalog.ParseDay(q.ID); err != nil {
			return err
		}
	}
	c, err := elements(q, list)
	if err != nil {
		return err
	}
	for _, d := range c.Days {
		if d != asked {
			return &fetch.ShapeError{Err: fmt.Errorf("asked for %v, the answer is of %v", asked, d)}
		}
	}
	return nil
}

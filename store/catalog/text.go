package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"
)

// jsonText is a JSON value as it was written, without blanks around it; "" stands for an
// absent value. It is a part of an answer that parse found valid, so that its methods walk it
// without checks and without copies: a year of a person is half a gigabyte, and encoding/json
// would have to read each element once for its shape, its value and its time.
type jsonText string

// parse checks an answer, and is the only place where its bytes are copied.
func parse(body []byte) (jsonText, error) {
	if !json.Valid(body) {
		var v json.RawMessage
		return "", json.Unmarshal(body, &v)
	}
	return jsonText(bytes.TrimSpace(body)), nil
}

// object returns an object whose members can be walked; null and an absent one become "",
// which has none.
func (t jsonText) object() (jsonText, error) {
	if t == "" || t == "null" {
		return "", nil
	}
	return t, t.mustBe('{')
}

// list returns the elements of a list; null and an absent one have none.
func (t jsonText) list() (elements []jsonText, err error) {
	if t == "" || t == "null" {
		return nil, nil
	}
	if err := t.mustBe('['); err != nil {
		return nil, err
	}
	for i := t.word(1); t[i] != ']'; {
		end := t.end(i)
		elements = append(elements, t[i:end])
		i = t.next(end)
	}
	return elements, nil
}

// members yields the name and the value of each member of an object, in their order; none of
// what is no object. Of equal names the last counts.
func (t jsonText) members() iter.Seq2[string, jsonText] {
	return func(yield func(string, jsonText) bool) {
		if t == "" || t[0] != '{' {
			return
		}
		for i := t.word(1); t[i] != '}'; {
			colon := t.end(i)
			name := t[i:colon].text()
			i = t.word(t.word(colon) + 1)
			end := t.end(i)
			if !yield(name, t[i:end]) {
				return
			}
			i = t.next(end)
		}
	}
}

// member returns the value of a member of an object; "" when it is absent or null.
func (t jsonText) member(name string) jsonText {
	var value jsonText
	for n, v := range t.members() {
		if n == name {
			value = v
		}
	}
	if value == "null" {
		return ""
	}
	return value
}

// empty reports whether an object has no member.
func (t jsonText) empty() bool {
	for range t.members() {
		return false
	}
	return true
}

// textMember says where the text in a member of an object goes.
type textMember struct {
	name string
	into *string
}

// texts reads those members of an object that are texts; an absent one stays as it is. path
// is where the object stands, for an error.
func (t jsonText) texts(path string, members ...textMember) error {
	object, err := t.object()
	if err != nil {
		return fmt.Errorf("member %s: %w", path, err)
	}
	for name, v := range object.members() {
		for _, m := range members {
			if m.name != name || v == "null" {
				continue
			}
			if err := v.mustBe('"'); err != nil {
				return fmt.Errorf("member %s.%s: %w", path, name, err)
			}
			*m.into = v.text()
		}
	}
	return nil
}

// text returns what a string says.
func (t jsonText) text() string {
	inner := string(t[1 : len(t)-1])
	if strings.IndexByte(inner, '\\') < 0 && utf8.ValidString(inner) {
		return inner
	}
	var s string
	_ = json.Unmarshal([]byte(t), &s) // valid, see jsonText
	return s
}

// word returns where the text goes on from i, behind blanks.
func (t jsonText) word(i int) int {
	for t[i] == ' ' || t[i] == '\n' || t[i] == '\t' || t[i] == '\r' {
		i++
	}
	return i
}

// next returns where, in a list or an object, what follows the value that ended at i begins.
func (t jsonText) next(i int) int {
	if i = t.word(i); t[i] == ',' {
		i = t.word(i + 1)
	}
	return i
}

// end returns where the value ends that begins at i. Most of the time that a reader takes
// goes by in it and in json.Valid.
func (t jsonText) end(i int) int {
	s, depth := t[i:], 0
	for n := 0; n < len(s); n++ {
		switch s[n] {
		case '"':
			for n++; n < len(s) && s[n] != '"'; n++ {
				if s[n] == '\\' {
					n++
				}
			}
			if depth == 0 {
				return i + n + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + n + 1
			}
			if depth < 0 {
				return i + n
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 { // behind a number, a boolean or null
				return i + n
			}
		}
	}
	return len(t)
}

// mustBe returns an error unless the value begins with a character, which tells its kind.
func (t jsonText) mustBe(first byte) error {
	if t[0] == first {
		return nil
	}
	kind := "number"
	switch t[0] {
	case '{':
		kind = "object"
	case '[':
		kind = "array"
	case '"':
		kind = "string"
	case 't', 'f':
		kind = "bool"
	case 'n':
		kind = "null"
	}
	return fmt.Errorf("unexpected JSON %s", kind)
}

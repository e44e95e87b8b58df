package catalog

import (
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"
)

// jsonText is a JSON value as it was written, without blanks around it; "" stands for an
// absent value. It is a part of an answer that a scan found valid, so that its methods walk it
// without copies: a year of a person is half a gigabyte, and encoding/json would have to read
// each element once for its shape, its value and its time.
type jsonText string

// parse checks an answer. Its bytes are copied here and nowhere else.
func parse(body []byte) (jsonText, error) {
	found, err := scanBody(body, &look{end: 1}, nil)
	if err != nil {
		return "", err
	}
	return found.at(0), nil
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
		end := t.valueAt(i)
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
			colon := t.valueAt(i)
			name := t[i:colon].text()
			i = t.word(t.word(colon) + 1)
			end := t.valueAt(i)
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

// emptyList reports whether the value is a list without elements.
func (t jsonText) emptyList() bool { return t[0] == '[' && t[t.word(1)] == ']' }

// textOf returns what a member that is a text says, and "" when it is absent.
func (t jsonText) textOf(member string) (string, error) {
	if t == "" {
		return "", nil
	}
	if err := t.mustBe('"'); err != nil {
		return "", fmt.Errorf("%s: %w", member, err)
	}
	return t.text(), nil
}

// text returns what a string says.
func (t jsonText) text() string {
	inner := string(t[1 : len(t)-1])
	if ascii(inner) || strings.IndexByte(inner, '\\') < 0 && utf8.ValidString(inner) {
		return inner
	}
	var s string
	_ = json.Unmarshal([]byte(t), &s) // valid, see jsonText
	return s
}

// ascii reports whether a string says what it is written as, and is short to look through.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] == '\\' {
			return false
		}
	}
	return true
}

// next returns where, in a list or an object, what follows the value that ended at i begins.
func (t jsonText) next(i int) int {
	if i = t.word(i); t[i] == ',' {
		i = t.word(i + 1)
	}
	return i
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

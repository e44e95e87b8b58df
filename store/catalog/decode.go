package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// decodeList decodes the list under an answer's root member, or the answer itself when
// root is empty. No root member, null, {} and [] are an empty list. dateKey is the member
// that an error quotes to say which element it means.
func decodeList[E any](body []byte, root, dateKey string) ([]E, error) {
	raws, err := rawList(body, root)
	if err != nil {
		return nil, err
	}
	elements := make([]E, len(raws))
	for i, raw := range raws {
		if err := json.Unmarshal([]byte(raw), &elements[i]); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", nameOf(root), dateIn(raw, dateKey), plain(err))
		}
	}
	return elements, nil
}

// rawList returns the elements of the list that decodeList decodes.
func rawList(body []byte, root string) (elements []jsonText, err error) {
	l := listIn(root)
	err = scanList(body, root, l, func(found finds, _ int) error {
		elements = append(elements, found.at(l.end-1))
		return nil
	})
	return elements, err
}

// scanList scans an answer by a look that listIn made for its root member, and reads each
// element of the list. No root member, null, {} and [] are an empty list.
func scanList(body []byte, root string, l *look, read func(found finds, n int) error) error {
	found, err := scanBody(body, l, read)
	switch {
	case found.spans == nil:
		return fmt.Errorf("%s: %w", nameOf(root), err)
	case err != nil:
		return err
	}
	list := found.at(0)
	switch object, err := list.object(); {
	case err == nil && root != "":
		list = found.at(1)
	case err == nil && object.empty():
		list = ""
	case root != "" && list[0] == '[' && !list.emptyList():
		return fmt.Errorf("the answer is a list and has no %s", root)
	}
	if list == "" {
		return nil
	}
	if err := list.mustBe('['); err != nil {
		return fmt.Errorf("%s: %w", nameOf(root), err)
	}
	return nil
}

// decodeObject decodes an answer that is one object. null, {} and [] are an empty one.
func decodeObject[E any](body []byte) (object E, _ error) {
	if err := json.Unmarshal(body, &object); err != nil {
		var none E
		if raws, e := rawList(body, ""); e == nil && len(raws) == 0 {
			return none, nil
		}
		return none, fmt.Errorf("the answer: %w", plain(err))
	}
	return object, nil
}

func nameOf(root string) string {
	if root == "" {
		return "the answer"
	}
	return root
}

// dateIn quotes an element's date for an error.
func dateIn(element jsonText, dateKey string) string {
	object, err := element.object()
	if err != nil || object.member(dateKey) == "" {
		return "an unknown date"
	}
	return strings.Trim(string(object.member(dateKey)), `"`)
}

// plain words a type error of encoding/json for a reader of the answer.
func plain(err error) error {
	var t *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &t):
		return err
	case t.Field == "":
		return fmt.Errorf("unexpected JSON %s", t.Value)
	}
	return fmt.Errorf("member %s: unexpected JSON %s", t.Field, t.Value)
}

// number is a JSON number or a string that holds one, as it was written; "" when the
// member is absent or null.
type number string

// UnmarshalJSON keeps the text; whether it is a number is found out when it is read.
func (n *number) UnmarshalJSON(b []byte) error {
	*n = number(b)
	if *n == "null" {
		*n = ""
	}
	return nil
}

// text returns the number as written, without the quotes of a string.
func (n number) text() (string, error) {
	switch c := n[0]; {
	case c == '-' || '0' <= c && c <= '9':
		return string(n), nil
	case c == '"' && n != `""`:
		return jsonText(n).text(), nil
	}
	return "", fmt.Errorf("%s is not a number", n)
}

func (n number) float() (float64, error) {
	s, err := n.text()
	if err != nil {
		return 0, err
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || strings.Trim(s, "0123456789+-.eE") != "" {
		return 0, fmt.Errorf("%s is not a number", n)
	}
	return f, nil
}

// int accepts 8804 and 8804.0, and no fraction.
func (n number) int() (int64, error) {
	s, err := n.text()
	if err != nil {
		return 0, err
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return i, nil
	}
	f, err := n.float()
	if err != nil {
		return 0, err
	}
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, fmt.Errorf("%s is not a whole number", n)
	}
	return int64(f), nil
}

// fieldList gathers a point's fields. An absent number adds none; the first number that
// does not read is kept in err.
type fieldList struct {
	fields []Field
	err    error
}

func (l *fieldList) int(key, member string, n number) {
	if n == "" || l.err != nil {
		return
	}
	v, err := n.int()
	l.add(key, member, IntValue(v), err)
}

// float adds a number; conv, unless nil, converts it or drops it.
func (l *fieldList) float(key, member string, n number, conv func(float64) (float64, bool)) {
	if n == "" || l.err != nil {
		return
	}
	v, err := n.float()
	if err == nil && conv != nil {
		var keep bool
		if v, keep = conv(v); !keep {
			return
		}
	}
	if err == nil && math.IsInf(v, 0) {
		err = fmt.Errorf("%s is too large", n)
	}
	l.add(key, member, FloatValue(v), err)
}

// id adds an identifier as a string, digit for digit.
func (l *fieldList) id(key, member string, n number) {
	if n == "" || l.err != nil {
		return
	}
	v, err := n.text()
	l.add(key, member, StringValue(v), err)
}

// str adds a string that is not empty.
func (l *fieldList) str(key, s string) {
	if s != "" {
		l.fields = append(l.fields, Field{key, StringValue(s)})
	}
}

func (l *fieldList) add(key, member string, v Value, err error) {
	if err != nil {
		l.err = fmt.Errorf("member %s: %w", member, err)
		return
	}
	l.fields = append(l.fields, Field{key, v})
}

// The dates whose instants a nanosecond timestamp holds in any zone.
const (
	firstDay Day = -106_650 // 1678-01-01
	lastDay  Day = 106_650  // 2261-12-31
)

// readDay reads the date in an element's member.
func readDay(member, s string) (Day, error) {
	d, err := ParseDay(s)
	if err == nil {
		err = inRange(d)
	}
	if err != nil {
		return 0, fmt.Errorf("member %s: %w", member, err)
	}
	return d, nil
}

// readWall reads the wall-clock time in an element's member.
func readWall(member, s string) (Wall, error) {
	w, err := ParseWall(s)
	if err != nil {
		return Wall{}, fmt.Errorf("member %s: time %q is not of the form YYYY-MM-DDTHH:MM:SS", member, s)
	}
	if err := inRange(w.Day()); err != nil {
		return Wall{}, fmt.Errorf("member %s: %w", member, err)
	}
	return w, nil
}

func inRange(d Day) error {
	if d < firstDay || d > lastDay {
		return fmt.Errorf("date %s is not one that a database holds", d)
	}
	return nil
}

// tagValue makes a text fit to be a tag's value: no control characters, and neither blanks
// nor backslashes at its end. What is left may be empty; then the tag is left out.
func tagValue(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	return strings.TrimRight(strings.TrimSpace(s), "\\ ")
}

// snakeCase writes a name with lower-case words joined by underscores.
func snakeCase(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.Join(words, "_")
}

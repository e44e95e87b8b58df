package catalog

import "fmt"

// googleMembers is an object as it was written; each member is looked at when it is read.
type googleMembers jsonText

// get returns a member; "" when it is absent or null.
func (m googleMembers) get(name string) number { return number(jsonText(m).member(name)) }

// googleNumber adds a field that a member tells. An absent member adds none.
type googleNumber func(f *fieldList, field, member string, n number)

// googleInt reads whole numbers, which arrive as strings.
func googleInt(f *fieldList, field, member string, n number) { f.int(field, member, n) }

// googleFloat reads decimal numbers; "NaN" adds nothing.
func googleFloat(f *fieldList, field, member string, n number) { f.double(field, member, n, nil) }

// googleMillimetres reads millimetres as metres.
func googleMillimetres(f *fieldList, field, member string, n number) {
	f.double(field, member, n, thousandth)
}

// googleMinutes reads seconds, as in "36000s", as whole minutes.
func googleMinutes(f *fieldList, field, member string, n number) {
	s, err := n.word()
	if err != nil {
		f.add(field, member, Value{}, err)
		return
	}
	f.minutes(field, member, s)
}

// orZero reads an absent member as zero. Of altitude, distance, floors and steps, a record
// without its number was measured and is zero; of all other types it is unknown
// (google-health-api.md section 8, item 18).
func orZero(read googleNumber) googleNumber {
	return func(f *fieldList, field, member string, n number) {
		if n == "" {
			n = "0"
		}
		read(f, field, member, n)
	}
}

// unlessZero drops zeros, which a series of minutes leaves out whichever way the source
// tells them.
func unlessZero(read googleNumber) googleNumber {
	return func(f *fieldList, field, member string, n number) {
		before := len(f.fields)
		read(f, field, member, n)
		if len(f.fields) > before && f.fields[before].Value.zero() {
			f.fields = f.fields[:before]
		}
	}
}

// word returns a member that is a text, such as the name of a zone; "" when it is absent.
func (n number) word() (string, error) {
	if n == "" {
		return "", nil
	}
	if n[0] != '"' {
		return "", fmt.Errorf("%s is not a text", n)
	}
	return jsonText(n).text(), nil
}

// name adds the name in a member, in snake case. One that stands for no value adds nothing.
func (l *fieldList) name(key, member string, m googleMembers) {
	word, err := m.get(member).word()
	if err != nil {
		l.add(key, member, Value{}, err)
		return
	}
	l.str(key, enumName(word))
}

// flag adds a boolean; one that is absent is false (google-health-api.md section 4).
func (l *fieldList) flag(key, member string, m googleMembers) {
	var err error
	n := m.get(member)
	if n != "" && n != "true" && n != "false" {
		err = fmt.Errorf("%s is neither true nor false", n)
	}
	l.add(key, member, BoolValue(n == "true"), err)
}

// googleEntry is an element of a list inside a value, which has a name: a zone, a level.
type googleEntry struct {
	name    string // in snake case; "unknown" when it has none
	members googleMembers
}

// entries returns the elements of the list in a member, by the member that names them.
func (m googleMembers) entries(list, name string) ([]googleEntry, error) {
	elements, err := jsonText(m.get(list)).list()
	if err != nil {
		return nil, fmt.Errorf("member %s: %w", list, err)
	}
	out := make([]googleEntry, len(elements))
	for i, element := range elements {
		object, err := element.object()
		if err != nil {
			return nil, fmt.Errorf("member %s: %w", list, err)
		}
		word, err := googleMembers(object).get(name).word()
		if err != nil {
			return nil, fmt.Errorf("member %s.%s: %w", list, name, err)
		}
		if word = enumName(word); word == "" {
			word = "unknown"
		}
		out[i] = googleEntry{word, googleMembers(object)}
	}
	return out, nil
}

// withZeros adds to a list that has elements those of the names that it leaves out. Google
// leaves out what was zero, where the legacy Web API says so. A list without elements stays
// as it is: nothing is known.
func withZeros(entries []googleEntry, names ...string) []googleEntry {
	if len(entries) == 0 {
		return nil
	}
	told := map[string]bool{}
	for _, e := range entries {
		told[e.name] = true
	}
	for _, name := range names {
		if !told[name] {
			entries = append(entries, googleEntry{name: name})
		}
	}
	return entries
}

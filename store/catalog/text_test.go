package catalog

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// FuzzText compares the walk of JSON with what encoding/json makes of it.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		` {"a" : [1,-2.5e3,"x\"]}\\",{"b":null}] , "c":{"d":{}, "e" : [ ] }}`, ` [ {} , [[]] ,true,null, "\\" ] `, `[]`, "{\n}", `17 `, `"a"`, `null`,
		`{"":"","\u0061\/":"\ud83d\ude00","é":1}`, `{"a":1,"a":2,"b":1,"b":null}`, `{"a"`, `[1,]`, "{\"\xff\":\"\xff\"}", ``,
		`[-0,0.5,1e5,1E-05,12e+1]`, `01`, `-`, `1.`, `.5`, `1e`, `+1`, `"\u12"`, `"\u12g4"`, `"\x"`, "\"\t\"", `"\`, `tru`, `nullx`, `{"a":1,}`, `{a:1}`,
		`{"a" 1}`, `[1 2]`, `[]]`, "\v[]", "\u00a0[]", ` `,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		text, err := parse(b)
		if (err == nil) != json.Valid(b) {
			t.Fatalf("%q: error %v", b, err)
		}
		if err != nil {
			return
		}
		var list []json.RawMessage
		want := json.Unmarshal(b, &list)
		elements, err := text.list()
		if (err == nil) != (want == nil) || !slices.EqualFunc(elements, list, func(e jsonText, r json.RawMessage) bool { return string(e) == string(r) }) {
			t.Errorf("elements of %q: %q, error %v; want %q, error %v", b, elements, err, list, want)
		}
		var members map[string]number
		want = json.Unmarshal(b, &members)
		object, err := text.object()
		if (err == nil) != (want == nil) || err == nil && object.empty() != (len(members) == 0) {
			t.Errorf("object %q: error %v, want %v", b, err, want)
		}
		for name := range text.members() {
			if _, ok := members[name]; !ok {
				t.Errorf("%q has no member %q", b, name)
			}
		}
		for name, value := range members {
			if got := number(object.member(name)); got != value {
				t.Errorf("member %q of %q: %s, want %s", name, b, got, value)
			}
		}
		var s string
		if json.Unmarshal(b, &s) == nil && text != "null" && text.text() != s {
			t.Errorf("text of %q: %q, want %q", b, text.text(), s)
		}
	})
}

// TestDepth holds how deep values may lie in each other to what encoding/json allows.
func TestDepth(t *testing.T) {
	for _, c := range []struct{ open, shut string }{{`[`, `]`}, {`{"a":`, `}`}, {`[{"a":`, `}]`}} {
		for _, n := range []int{2500, 5000, 5001, 10_000, 10_001, 1_000_000} {
			for _, inner := range []string{`[]`, `{}`, `1`} {
				b := []byte(strings.Repeat(c.open, n) + inner + strings.Repeat(c.shut, n))
				if _, err := parse(b); (err == nil) != json.Valid(b) {
					t.Errorf("%d times %s around %s: error %v", n, c.open, inner, err)
				}
			}
		}
	}
}

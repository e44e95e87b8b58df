package google

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzScan compares the walk with the standard library's, on whatever is valid JSON.
func FuzzScan(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e3,"x\"]}\\",{"b":null}],"c":{"d":{}, "e" : [ ] }}`, `[]`, ` [ {} , [[]] ,true] `, `"a"`, `17 `, `{"":""}`, "[\n]", `{"a":"\u0041\\"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if !json.Valid(b) {
			return
		}
		if v, rest := cut(b); !bytes.Equal(v, bytes.TrimSpace(b)) || len(bytes.TrimSpace(rest)) > 0 {
			t.Errorf("%q cut to %q and %q", b, v, rest)
		}
		var list []json.RawMessage
		if json.Unmarshal(b, &list) == nil {
			i := 0
			for v := range elements(b) {
				if i >= len(list) || !bytes.Equal(v, list[i]) {
					t.Fatalf("element %d of %q is %q", i, b, v)
				}
				i++
			}
			if i != len(list) {
				t.Errorf("%d elements of %q", i, b)
			}
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(b, &object) != nil {
			return
		}
		last := map[string][]byte{}
		for name, v := range members(b) {
			var s string
			if err := json.Unmarshal([]byte(`"`+string(name)+`"`), &s); err != nil {
				t.Fatalf("name %q of %q", name, b)
			}
			last[s] = v
		}
		if len(last) != len(object) {
			t.Errorf("%d members of %q, want %d", len(last), b, len(object))
		}
		for name, v := range object {
			if !bytes.Equal(last[name], v) {
				t.Errorf("member %q of %q is %q", name, b, last[name])
			}
		}
	})
}

func TestMember(t *testing.T) {
	object := []byte(` {"a": {"b" : {"c":"x,}"} , "d":null}, "e":[{"b":1}] } `)
	for path, want := range map[string]string{"a.b.c": `"x,}"`, "a.d": "null", "a": `{"b" : {"c":"x,}"} , "d":null}`, "e.b": "", "b": "", "a.b.c.d": "", "": ""} {
		if got := string(member(object, path)); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if text([]byte(`"a b"`)) != "a b" || text([]byte(`7`)) != "" || text(nil) != "" || text([]byte(`{"a"}`)) != "" {
		t.Error("text")
	}
}

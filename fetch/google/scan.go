package google

import (
	"bytes"
	"iter"
	"strings"
)

// The functions of this file walk JSON that is known to be valid, without decoding or
// copying it: a page has up to 10,000 elements, of which only the times matter here.
// Names and instants with escapes are not recognised; the API sends none.

// cut returns the value that b begins with, and what follows it.
func cut(b []byte) (value, rest []byte) {
	b = bytes.TrimLeft(b, " \t\r\n")
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = quoteEnd(b, i)
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		default:
			if depth == 0 {
				if n := bytes.IndexAny(b, ",]} \t\r\n"); n >= 0 {
					return b[:n], b[n:]
				}
				return b, nil
			}
			continue
		}
		if depth == 0 {
			return b[:i+1], b[i+1:]
		}
	}
	return b, nil
}

// quoteEnd returns where the string ends that begins at i.
func quoteEnd(b []byte, i int) int {
	for i++; i < len(b) && b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return min(i, len(b)-1)
}

// elements are the values of a list; none of what is no list.
func elements(list []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		inside(list, '[', func(b []byte) (rest []byte, more bool) {
			v, rest := cut(b)
			return rest, yield(v)
		})
	}
}

// members are the names, without quotes, and the values of an object; none of what is no
// object.
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		inside(object, '{', func(b []byte) (rest []byte, more bool) {
			name, rest := cut(b)
			rest = bytes.TrimLeft(rest, " \t\r\n")
			v, rest := cut(rest[1:]) // behind the colon
			return rest, yield(name[1:len(name)-1], v)
		})
	}
}

// inside calls take at each item of a list or an object, until it wants no more.
func inside(b []byte, begin byte, take func([]byte) (rest []byte, more bool)) {
	b = bytes.TrimSpace(b)
	if len(b) < 2 || b[0] != begin {
		return
	}
	b = b[1 : len(b)-1]
	for more := true; more; {
		if b = bytes.TrimLeft(b, ", \t\r\n"); len(b) == 0 {
			return
		}
		b, more = take(b)
	}
}

// member returns the value of a member, by names with dots between; nil when it is not
// there.
func member(object []byte, path string) []byte {
	for name := range strings.SplitSeq(path, ".") {
		var found []byte
		for n, v := range members(object) {
			if string(n) == name {
				found = v
				break
			}
		}
		if object = found; object == nil {
			return nil
		}
	}
	return object
}

// text is a string's content; "" of what is no string.
func text(v []byte) string {
	if len(v) < 2 || v[0] != '"' {
		return ""
	}
	return string(v[1 : len(v)-1])
}

// absent reports whether a member is missing or null.
func absent(v []byte) bool { return v == nil || string(v) == "null" }

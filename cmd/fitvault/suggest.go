package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/urfave/cli/v3"
)

// unknown is the error for a word that is none of the known ones: it names the nearest, or
// all of a few when none is near.
func unknown(what, word string, known []string) error {
	const few = 4
	near, ok := nearest(word, known)
	switch {
	case ok:
		return &usageError{fmt.Sprintf("unknown %s %q: did you mean %q?", what, word, near)}
	case len(known) <= few:
		return &usageError{fmt.Sprintf("unknown %s %q: it is one of %s", what, word, strings.Join(known, ", "))}
	}
	return &usageError{fmt.Sprintf("unknown %s %q", what, word)}
}

// nearest returns the known word that was probably meant: the shortest one that word is a
// part of, else the one with the fewest edits from it; and whether it is close enough to be
// named: at most every second letter differs.
func nearest(word string, known []string) (best string, ok bool) {
	word = strings.ToLower(word)
	least := 1 << 30
	for _, k := range known {
		d := edits(word, k) * 1000
		if len(word) > 2 && strings.Contains(k, word) {
			d = min(d, 1000+len(k))
		}
		if d < least {
			best, least = k, d
		}
	}
	return best, least/1000 <= max(1, len(word)/2)
}

// edits counts the bytes to insert, drop or change, and the neighbours to swap, that make
// b of a.
func edits(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			cost := last[j]
			if a[i] != b[j] {
				cost = 1 + min(last[j], last[j+1], row[j])
			}
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				cost = min(cost, 1+before[j-1])
			}
			row[j+1] = cost
		}
	}
	return row[len(b)]
}

func names(commands []*cli.Command) []string {
	var out []string
	for _, c := range commands {
		out = append(out, c.Name)
	}
	return out
}

// flagNames lists the flags that a command takes, its own and the common ones.
func flagNames(c *cli.Command) []string {
	var out []string
	for _, one := range c.Lineage() {
		for _, f := range one.Flags {
			out = append(out, "--"+f.Names()[0])
		}
	}
	return out
}

// misread matches what the package cli says of a value that does not read as its flag's
// kind: the value, what it came from if not the command line, the flag, and the cause.
var misread = regexp.MustCompile(`^(?:invalid value|could not parse) "(.*)" (?:as \S+ value from (.+) )?for flag -?(\S+): (.*)$`)

// plain says the same without the words of Go's parsers.
func plain(message string) string {
	m := misread.FindStringSubmatch(message)
	if m == nil {
		return message
	}
	value, from, flag, cause := m[1], m[2], m[3], m[4]
	if from != "" {
		flag += " (" + from + ")"
	}
	for _, c := range []struct{ part, says string }{
		{"missing unit", fmt.Sprintf(`lacks its unit: did you mean "%[1]ss", "%[1]sm" or "%[1]sh"?`, value)},
		{"time: ", "is no duration, as 30s and 4h are"},
		{"out of range", "is too large or too small"},
		{"ParseFloat", "is no number, as 2.5 is"},
		{"ParseInt", "is no whole number, as 10 is"},
		{"ParseUint", "is no whole number from 0 on, as 10 is"},
		{"parse error", "is neither true nor false"},
	} {
		if strings.Contains(cause, c.part) {
			return fmt.Sprintf(`--%s: "%s" %s`, flag, value, c.says)
		}
	}
	return message
}

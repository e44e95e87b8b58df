package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"
)

// unknown is the error for a word that is none of the known ones.
func unknown(what, word string, known []string) error {
	return &usageError{fmt.Sprintf("unknown %s %q: did you mean %q?", what, word, nearest(word, known))}
}

// nearest returns the known word that was probably meant: the shortest one that word is a
// part of, else the one with the fewest edits from it.
func nearest(word string, known []string) string {
	word = strings.ToLower(word)
	best, least := "", 1<<30
	for _, k := range known {
		d := edits(word, k) * 1000
		if len(word) > 2 && strings.Contains(k, word) {
			d = min(d, 1000+len(k))
		}
		if d < least {
			best, least = k, d
		}
	}
	return best
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

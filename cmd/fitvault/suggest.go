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

// nearest returns the known word with the fewest edits from word.
func nearest(word string, known []string) string {
	best, least := "", 1<<30
	for _, k := range known {
		if d := edits(strings.ToLower(word), k); d < least {
			best, least = k, d
		}
	}
	return best
}

// edits is the Levenshtein distance of two words, in bytes.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost = 1 + min(last, row[j], row[j+1])
			}
			last, row[j+1] = row[j+1], cost
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

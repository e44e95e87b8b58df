// Package migrations carries the SQL that shapes a vault, oldest first. A shipped file
// is never edited: a change of the schema is a new file.
package migrations

import "embed"

// FS holds NNNNN_verb_noun.sql, each with an Up and a Down part.
//
//go:embed *.sql
var FS embed.FS

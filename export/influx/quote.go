package influx

import "strings"

// InfluxQL knows the escapes \n, \\, \" and \' inside quotes and refuses every other one.
var (
	inIdent  = strings.NewReplacer("\n", `\n`, `\`, `\\`, `"`, `\"`)
	inString = strings.NewReplacer("\n", `\n`, `\`, `\\`, `'`, `\'`)
)

// ident quotes a name for use as an InfluxQL identifier.
func ident(name string) string { return `"` + inIdent.Replace(name) + `"` }

// text quotes a value for use as an InfluxQL string.
func text(value string) string { return `'` + inString.Replace(value) + `'` }

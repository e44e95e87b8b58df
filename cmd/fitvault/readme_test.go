package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v3"

	"fitvault/store/catalog"
)

const readme = "../../README.md"

var update = flag.Bool("update", false, "rewrite the generated tables of the README")

// TestReadmeTables holds the tables of the README to the code that they describe.
func TestReadmeTables(t *testing.T) {
	readmeTable(t, "settings", settingsTable())
	readmeTable(t, "secrets", secretsTable())
	readmeTable(t, "types", typesTable())
}

// readmeTable holds a table of the README to what it should be, or rewrites it under
// -update.
func readmeTable(t *testing.T, name, table string) {
	t.Helper()
	body, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
	head, rest, ok := strings.Cut(string(body), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	switch {
	case !ok || !ok2:
		t.Fatalf("the README has no place for the table of %s", name)
	case old == table:
	case !*update:
		t.Errorf("the table of %s is out of date: run go test ./cmd/fitvault -run '%s' -update", name, t.Name())
	default:
		if err := os.WriteFile(readme, []byte(head+begin+table+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// settingsTable lists every flag once, with its environment names and the commands that
// take it.
func settingsTable() string {
	type row struct {
		names, envs, value, usage string
		commands                  []string
	}
	var order []string
	rows := map[string]*row{}
	var walk func(c *cli.Command, path string)
	walk = func(c *cli.Command, path string) {
		for _, f := range c.Flags {
			doc, ok := f.(cli.DocGenerationFlag)
			if !ok || f.Names()[0] == "help" {
				continue
			}
			key := f.Names()[0] + doc.GetUsage()
			if rows[key] == nil {
				order = append(order, key)
				rows[key] = &row{names: "`--" + f.Names()[0] + "`", envs: envNames(doc), value: defaultText(doc), usage: doc.GetUsage()}
			}
			rows[key].commands = append(rows[key].commands, path)
		}
		for _, sub := range c.Commands {
			walk(sub, strings.TrimSpace(path+" "+sub.Name))
		}
	}
	walk((&app{}).command(), "")
	var b strings.Builder
	b.WriteString("| flag | environment | default | meaning | commands |\n|---|---|---|---|---|\n")
	for _, key := range order {
		r := rows[key]
		commands := strings.Join(r.commands, ", ")
		if slices.Contains(r.commands, "") {
			commands = "all"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.names, r.envs, r.value, r.usage, commands)
	}
	return b.String()
}

func envNames(f cli.DocGenerationFlag) string {
	var out []string
	for _, v := range f.GetEnvVars() {
		out = append(out, "`"+v+"`")
	}
	return strings.Join(out, " ")
}

func defaultText(f cli.DocGenerationFlag) string {
	if d := f.GetDefaultText(); d != "" && d != `""` {
		return strings.Trim(d, `"`)
	}
	return strings.Trim(f.GetValue(), `"`)
}

func secretsTable() string {
	var b strings.Builder
	b.WriteString("| environment | meaning |\n|---|---|\n")
	for _, s := range secrets() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", s.name, s.usage)
	}
	return b.String()
}

// typesTable lists every type with what it feeds and how each source is asked.
func typesTable() string {
	var b strings.Builder
	b.WriteString("| type | group | measurement | tags | fields | fitbit | google | takeout |\n|---|---|---|---|---|---|---|---|\n")
	for _, t := range catalog.Types() {
		measurement, tags, fields := "(staged only)", "", ""
		if s := t.Series; s != nil {
			measurement, tags = "`"+s.Measurement+"`", strings.Join(s.Tags, ", ")
			_, one, single := strings.Cut(t.Name, ".")
			for _, f := range s.Fields {
				if !single || f.Key == one {
					fields += fmt.Sprintf("%s %s, ", f.Key, f.Kind.String()[:1])
				}
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s | %s |\n", t.Name, t.Group, measurement, tags, strings.TrimSuffix(fields, ", "),
			asked(t, catalog.Fitbit), asked(t, catalog.Google), archived(t))
	}
	return b.String()
}

// archived names the kinds of files of an archive that a type is read from, the best first.
func archived(t catalog.Type) string {
	var files []string
	for _, o := range t.Takeout {
		files = append(files, o.From)
	}
	return cmp.Or(strings.Join(files, ", "), "–")
}

// asked tells how a source is asked for a type: the operation, the days of one question and
// the scopes.
func asked(t catalog.Type, s catalog.Source) string {
	o := t.Origin(s)
	switch {
	case o == nil:
		return "–"
	case o.From != "":
		return "with `" + o.From + "`"
	case o.Ask.Path == "":
		return "–" // it is read, and not asked for
	}
	var scopes []string
	for _, scope := range strings.Fields(o.Ask.Scope) {
		scopes = append(scopes, strings.TrimSuffix(strings.TrimPrefix(scope, "https://www.googleapis.com/auth/googlehealth."), ".readonly"))
	}
	how := "now"
	switch {
	case o.Each != "":
		how = "once for each of `" + o.Each + "`"
	case o.Guide != "":
		how = "1d, where `" + o.Guide + "` holds something"
	case o.Ask.Op == catalog.Cursor:
		how = fmt.Sprintf("all, in pages of %d", o.Ask.PageSize)
	case !o.Ask.Snapshot():
		how = strings.TrimSpace(fmt.Sprintf("%s %dd", o.Ask.Op, o.Ask.Days))
	}
	if t.Named {
		how += ", where it is named"
	}
	return strings.TrimSuffix(how+", "+strings.Join(scopes, " "), ", ")
}

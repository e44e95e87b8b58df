package takeout

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// The archives of these tests have families of their own: what a member holds are the dates
// that stand in it, and what is BROKEN does not read.
var (
	isoDate      = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)
	testFamilies = map[string]catalog.Family{
		"steps":      {Name: "steps.json", Ext: ".json", Cover: 30, Held: writtenDates},
		"heart_rate": {Name: "heart_rate.json", Ext: ".json", Cover: 1, Held: writtenDates},
		"sleep":      {Name: "sleep.json", Ext: ".json", Cover: 30, Held: writtenDates},
		"exercise":   {Name: "exercise.json", Ext: ".json", Held: writtenDates},
		"badge":      {Name: "badge.csv", Ext: ".csv", Cover: catalog.CoverMonth},
		"Profile":    {Name: "profile.csv", Ext: ".csv", Closed: true},
		"Private":    {Name: "private.csv", Ext: ".csv", Closed: true},
	}
	dates = regexp.MustCompile(`[-_][0-9-]+$`)
)

func writtenDates(b catalog.Body) (out []catalog.Day, err error) {
	if strings.Contains(string(b.JSON), "BROKEN") {
		return nil, fmt.Errorf("%s: record 1 has no date", path.Base(b.Path))
	}
	for _, text := range isoDate.FindAllString(string(b.JSON), -1) {
		day, err := catalog.ParseDay(text)
		if err != nil {
			return nil, err
		}
		out = append(out, day)
	}
	return out, nil
}

func classifyTest(name string) (catalog.Use, catalog.Family) {
	base := path.Base(name)
	stem := dates.ReplaceAllString(strings.TrimSuffix(base, path.Ext(base)), "")
	f, ok := testFamilies[stem]
	ok = ok && f.Ext == path.Ext(base)
	switch {
	case strings.HasPrefix(name, "Takeout/Fit/"):
		return catalog.Foreign, catalog.Family{}
	case path.Ext(base) == ".html":
		return catalog.Note, catalog.Family{}
	case ok && f.Closed:
		return catalog.Closed, f
	case ok:
		return catalog.Read, f
	}
	return catalog.Unknown, catalog.Family{}
}

const profileName = "Takeout/Fitbit/Your Profile/Profile.csv"

func profileOf(zone string) file {
	return file{profileName, "id,timezone,height,height_unit\nX," + zone + ",178.0,METRIC\n"}
}

// data names a member of a family.
func data(name, text string) file { return file{"Takeout/Fitbit/Global Export Data/" + name, text} }

// bench is a vault and the imports into it.
type bench struct {
	*testing.T
	*Importer
	path string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, path: filepath.Join(t.TempDir(), "vault.db")}
	st, err := store.Open(t.Context(), b.path, store.Options{Create: true})
	check(t, err)
	t.Cleanup(func() { check(t, st.Close()) })
	run, err := st.BeginRun(t.Context(), "import", "test")
	check(t, err)
	b.Importer = &Importer{Store: st, Run: run, classify: classifyTest,
		Now: func() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }}
	return b
}

// archive saves a zip and finds it.
func (b *bench) archive(name string, files ...file) Set {
	b.Helper()
	return find(b, save(b, b.TempDir(), name, zipOf(b, files...)))
}

// imports imports an archive as a whole.
func (b *bench) imports(set Set) Report {
	b.Helper()
	r, err := b.Import(b.Context(), set)
	check(b, err)
	b.sound()
	return r
}

// sound demands a vault without a problem.
func (b *bench) sound() {
	b.Helper()
	c, err := b.Store.Verify(b.Context())
	check(b, err)
	if len(c.Problems) > 0 {
		b.Errorf("verify: %q", c.Problems)
	}
}

// truth tells which members are in force, and over which dates.
func (b *bench) truth() (out []string) {
	b.Helper()
	coverage, err := b.Store.Coverage(b.Context(), "takeout")
	check(b, err)
	members, err := b.Store.Members(b.Context())
	check(b, err)
	for family, rows := range coverage {
		for _, c := range rows {
			line := family + " " + c.From + ".." + c.To
			var bodies []string
			for _, m := range members[c.Window.ID] {
				if m.From < c.To && m.To > c.From {
					page, err := b.Store.Body(b.Context(), m.Response)
					check(b, err)
					bodies = append(bodies, string(page.Data))
				}
			}
			slices.Sort(bodies)
			out = append(out, line+" "+strings.Join(bodies, " "))
		}
	}
	slices.Sort(out)
	return out
}

// staged returns what is in the vault: path and text of each member, sorted.
func (b *bench) staged() (out []file) {
	b.Helper()
	list, err := b.Store.Responses(b.Context(), store.Filter{Source: "takeout"})
	check(b, err)
	for _, r := range list {
		page, err := b.Store.Body(b.Context(), r.ID)
		check(b, err)
		out = append(out, file{r.Path, string(page.Data)})
	}
	slices.SortFunc(out, func(a, b file) int { return cmp.Compare(a.name, b.name) })
	return out
}

// counts returns how many rows each table has; the audit log left out.
func (b *bench) counts() map[string]int {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+b.path)
	check(b, err)
	defer db.Close()
	rows, err := db.Query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('runs', 'sqlite_sequence')")
	check(b, err)
	var tables []string
	for rows.Next() {
		var name string
		check(b, rows.Scan(&name))
		tables = append(tables, name)
	}
	check(b, rows.Err())
	out := map[string]int{}
	for _, name := range tables {
		var n int
		check(b, db.QueryRow("SELECT count(*) FROM "+name).Scan(&n))
		out[name] = n
	}
	return out
}

// cancelAt ends a context once so many members were met.
func (b *bench) cancelAt(n int) context.Context {
	ctx, cancel := context.WithCancel(b.Context())
	b.Cleanup(cancel)
	b.Progress = func(p Progress) {
		if p.Files >= n {
			cancel()
		}
	}
	return ctx
}

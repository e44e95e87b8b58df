package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// importRules say which packages may depend on which. A name ends in /... for a package
// and all below it; std is the standard library.
var importRules = []struct {
	why    string
	who    []string // the packages that the rule is about
	not    []string // what they must not depend on, directly or not
	only   []string // or: all that they may depend on beside the standard library
	exempt []string // packages among who that the rule spares
}{
	{why: "fetching knows nothing of targets", who: []string{"fitvault/fetch/..."}, not: []string{"fitvault/export/..."}},
	{why: "exporting knows nothing of sources", who: []string{"fitvault/export/..."}, not: []string{"fitvault/fetch/..."}},
	{why: "the catalogue cannot do anything", who: []string{"fitvault/store/catalog"}, only: []string{}},
	{why: "archives are no API", who: []string{"fitvault/fetch/takeout"},
		not: []string{"fitvault/fetch", "fitvault/fetch/emulator", "fitvault/fetch/fitbit", "fitvault/fetch/google"}},
	{why: "the emulator is an independent witness", who: []string{"fitvault/fetch/emulator"}, only: []string{}},
	{why: "the vault does not know what its rows mean", who: []string{"fitvault/store"},
		not: []string{"fitvault/store/catalog", "fitvault/fetch/...", "fitvault/export/..."}},
	{why: "migrations are files", who: []string{"fitvault/migrations"}, only: []string{}},
	{why: "nothing depends on the command line", who: []string{"fitvault/..."}, not: []string{"fitvault/cmd/..."}, exempt: []string{"fitvault/cmd/..."}},
}

// directRules say where a library may be imported.
var directRules = []struct {
	library string
	where   []string
}{
	{"github.com/influxdata/influxdb1-client/v2", []string{"fitvault/export/influx/..."}},
	{"github.com/influxdata/line-protocol/v2/lineprotocol", []string{"fitvault/export/line", "fitvault/export/influx"}},
	{"github.com/pressly/goose/v3", []string{"fitvault/store"}},
	{"modernc.org/sqlite", []string{"fitvault/store"}},
	{"golang.org/x/oauth2", []string{"fitvault/fetch"}},
	{"github.com/urfave/cli/v3", []string{"fitvault/cmd/..."}},
}

type goPackage struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
}

func TestImportRules(t *testing.T) {
	packages := listPackages(t)
	standard := map[string]bool{}
	for _, p := range packages {
		standard[p.ImportPath] = p.Standard
	}
	for _, r := range importRules {
		for _, pattern := range slices.Concat(r.who, r.not, r.exempt) {
			mustExist(t, packages, pattern)
		}
		for _, p := range packages {
			if !matchAny(r.who, p.ImportPath) || matchAny(r.exempt, p.ImportPath) {
				continue
			}
			for _, dep := range p.Deps {
				if matchAny(r.not, dep) || r.only != nil && !standard[dep] && !matchAny(r.only, dep) {
					t.Errorf("%s: %s depends on %s", r.why, p.ImportPath, dep)
				}
			}
		}
	}
	for _, r := range directRules {
		mustExist(t, packages, r.library)
		used := false
		for _, p := range packages {
			if !strings.HasPrefix(p.ImportPath, "fitvault/") || !slices.Contains(p.Imports, r.library) {
				continue
			}
			used = true
			if !matchAny(r.where, p.ImportPath) {
				t.Errorf("%s is imported by %s, allowed in %v", r.library, p.ImportPath, r.where)
			}
		}
		if !used {
			t.Errorf("a rule names %s, which nothing imports", r.library)
		}
	}
}

func TestEnvironmentIsReadHereOnly(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.HasPrefix(rel, "cmd/") || strings.HasPrefix(rel, "export/influx/influxtest/") {
			return err
		}
		body, err := os.ReadFile(path)
		for _, word := range []string{"os.Getenv", "os.LookupEnv", "os.Environ", "flag.", "slog.Default", "http.DefaultClient"} {
			if bytes.Contains(body, []byte(word)) {
				t.Errorf("%s uses %s: settings are read in cmd/fitvault and passed on", rel, word)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Imports,Deps", "./...")
	cmd.Dir = filepath.Join("..", "..")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var packages []goPackage
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func matchAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		under, tree := strings.CutSuffix(p, "/...")
		return path == under || tree && strings.HasPrefix(path, under+"/")
	})
}

// mustExist fails on a rule that names what is no longer there.
func mustExist(t *testing.T, packages []goPackage, pattern string) {
	t.Helper()
	if !slices.ContainsFunc(packages, func(p goPackage) bool { return matchAny([]string{pattern}, p.ImportPath) }) {
		t.Errorf("a rule names %s, which does not exist", pattern)
	}
}

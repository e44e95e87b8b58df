package catalog_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/store/catalog"
)

// takeoutData holds members of archives, <family>[~variant[-what]]/<path of the member>. The points
// that a type has from them are testdata/<type>/takeout_<family>[~variant].lp.
var takeoutData = filepath.Join("testdata", "takeout")

// takeoutVariants are the archives of the variants that are not of Los Angeles in June 2024.
func takeoutVariants(t testing.TB) map[string]catalog.Body {
	in := func(zone, taken string) catalog.Body {
		home, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, taken)
		if err != nil {
			t.Fatal(err)
		}
		return catalog.Body{Zones: zones(t, "2000-01-01", zone), Archive: catalog.Archive{Home: home, Taken: at}}
	}
	return map[string]catalog.Body{
		"":       in("America/Los_Angeles", "2024-06-20T10:15:00Z"),
		"2026":   in("America/Los_Angeles", "2026-10-06T13:00:00Z"),
		"berlin": in("Europe/Berlin", "2024-11-20T10:00:00Z"),
		"sydney": in("Australia/Sydney", "2023-02-10T10:00:00Z"),
		"flat":   in("America/New_York", "2019-02-01T10:00:00Z"),
	}
}

// archived is a fixture: members of one family, of one archive.
type archived struct {
	family, name string // name: family[~variant]
	bodies       []catalog.Body
}

func takeoutFixtures(t testing.TB) []archived {
	t.Helper()
	dirs, err := os.ReadDir(takeoutData)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	variants := takeoutVariants(t)
	var out []archived
	for _, dir := range dirs {
		family, variant, _ := strings.Cut(dir.Name(), "~")
		where, _, _ := strings.Cut(variant, "-")
		about, ok := variants[where]
		if !ok {
			t.Fatalf("%s: there is no archive %q", dir.Name(), where)
		}
		a := archived{family: family, name: dir.Name()}
		root := filepath.Join(takeoutData, dir.Name())
		err := filepath.WalkDir(root, func(file string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b := about
			b.JSON, b.Path = readFile(t, file), strings.TrimPrefix(filepath.ToSlash(file), filepath.ToSlash(root)+"/")
			a.bodies = append(a.bodies, b)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

// takeoutFiles notes the goldens that the fixtures have.
func takeoutFiles(t testing.TB, known map[string]bool) {
	for _, f := range takeoutFixtures(t) {
		for _, typ := range catalog.Types() {
			for _, o := range typ.Takeout {
				if o.From == f.family {
					known[filepath.Join("testdata", typ.Name, "takeout_"+f.name+".lp")] = true
				}
			}
		}
	}
}

func TestTakeoutGoldens(t *testing.T) {
	for _, f := range takeoutFixtures(t) {
		for _, typ := range catalog.Types() {
			for _, o := range typ.Takeout {
				if o.From != f.family {
					continue
				}
				t.Run(typ.Name+"/"+f.name, func(t *testing.T) {
					points, err := typ.Read(o, f.bodies...)
					if err != nil {
						t.Fatal(err)
					}
					again, err := typ.Read(o, f.bodies...)
					if err != nil || !reflect.DeepEqual(points, again) {
						t.Errorf("reading twice differs (error %v)", err)
					}
					holds(t, f, points)
					compare(t, filepath.Join("testdata", typ.Name, "takeout_"+f.name+".lp"), lines(t, points))
				})
			}
		}
	}
}

// holds checks that what the import finds a member to hold are the days of its points: a
// point on another day would never be exported.
func holds(t *testing.T, f archived, points []catalog.Point) {
	t.Helper()
	family, _ := catalog.FamilyOf(f.bodies[0].Path)
	var days []catalog.Day
	for _, b := range f.bodies {
		held, err := family.Held(b)
		if err != nil {
			t.Fatal(err)
		}
		days = append(days, held...)
	}
	for _, p := range points {
		if !slices.Contains(days, p.Day) {
			t.Errorf("a point of %v is filed under %v, which the family does not hold", p.Time, p.Day)
		}
	}
}

var familyName = regexp.MustCompile(`^[a-z0-9_]+\.[a-z]+$`)

func TestFamilies(t *testing.T) {
	fixtures := takeoutFixtures(t)
	seen := map[string]bool{}
	for _, f := range catalog.Families() {
		if seen[f.Name] || !familyName.MatchString(f.Name) || !strings.HasSuffix(f.Name, f.Ext) {
			t.Errorf("family %q: the name is not unique, or not lower case with the extension", f.Name)
		}
		seen[f.Name] = true
		if f.Closed && (f.Held != nil || f.Settle() > 0) {
			t.Errorf("%s is closed, and read", f.Name)
		}
		if read := f.Settle() > 0; read != (f.Held != nil) {
			t.Errorf("%s: it is read (%v) without its days being found, or the reverse", f.Name, read)
		}
		if has := func(a archived) bool { return a.family == f.Name }; f.Held != nil && !slices.ContainsFunc(fixtures, has) {
			t.Errorf("%s has no fixture", f.Name)
		}
	}
	for _, typ := range catalog.Types() {
		for _, o := range typ.Takeout {
			if !seen[o.From] || o.Ask != (catalog.Ask{}) || (o.Read == nil) == (o.Join == nil) {
				t.Errorf("%s: the origin %q is no family, or is asked for, or has not one reader", typ.Name, o.From)
			}
		}
	}
	for _, a := range fixtures {
		for _, b := range a.bodies {
			if f, ok := catalog.FamilyOf(b.Path); !ok || f.Name != a.family {
				t.Errorf("%s: %s is of the family %q", a.name, b.Path, f.Name)
			}
		}
	}
}

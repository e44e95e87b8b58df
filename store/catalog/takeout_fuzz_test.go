package catalog_test

import (
	"testing"

	"fitvault/store/catalog"
)

// FuzzTakeout gives a body to every reader of archives, as each kind of member that its
// families have. Whatever it holds, nothing panics, and each point is one of its series, filed
// under a day that the import finds the member to hold: another would never be exported.
func FuzzTakeout(f *testing.F) {
	for _, a := range takeoutFixtures(f) {
		for _, b := range a.bodies {
			if len(b.JSON) < 1<<14 { // the days with all their minutes make a run slow
				f.Add(string(b.JSON))
			}
		}
	}
	about := takeoutVariants(f)["berlin"]
	about.Zones = zones(f, "2000-01-01", "Europe/Berlin", "2018-01-01", "America/Sao_Paulo", "2024-01-01", "America/Los_Angeles")
	f.Fuzz(func(t *testing.T, body string) {
		for _, family := range catalog.Families() {
			if family.Held == nil {
				continue
			}
			for _, name := range memberNames(family) {
				b := about
				b.JSON, b.Path = []byte(body), name
				days, err := family.Held(b)
				if err != nil {
					continue // such a member is refused
				}
				checkMember(t, family, b, days)
			}
		}
	})
}

// memberNames are paths of members of a family, one for each of its stems.
func memberNames(f catalog.Family) []string {
	var out []string
	for _, stem := range f.Stems {
		out = append(out, stem+"-2024-05-12"+f.Ext)
	}
	if len(f.Stems) == 0 {
		out = append(out, "60000000003"+f.Ext)
	}
	return out
}

func checkMember(t *testing.T, family catalog.Family, b catalog.Body, days []catalog.Day) {
	t.Helper()
	held := map[catalog.Day]bool{}
	for _, d := range days {
		held[d] = true
	}
	for _, typ := range catalog.Types() {
		for _, o := range typ.Takeout {
			if o.From != family.Name {
				continue
			}
			points, err := typ.Read(o, b)
			if err != nil {
				continue // a reject of the export
			}
			checkPoints(t, typ, points)
			for _, p := range points {
				if !held[p.Day] {
					t.Fatalf("%s: a point of %s is filed under %v, which the member does not hold", b.Path, typ.Name, p.Day)
				}
			}
		}
	}
}

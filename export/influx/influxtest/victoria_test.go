package influxtest

import (
	"slices"
	"strings"
	"testing"
)

func TestVictoriaDumpShowsEverySample(t *testing.T) {
	v := StartVictoria(t, "-retentionPeriod=100y")
	if got := v.Dump("x"); len(got) != 0 {
		t.Errorf("an empty database gives %q", got)
	}
	v.Write("x", `m,account=me f=1.5,g=2i 1700000000000000000`, `m,zone=peak,account=me f=2 1700000000001999999`)
	v.Write("y", `m f=9 1700000000000000000`)
	want := []string{
		`m_f{account="me",zone="peak"} 2 1700000000001`,
		`m_f{account="me"} 1.5 1700000000000`,
		`m_g{account="me"} 2 1700000000000`,
	}
	if got := v.Dump("x"); !slices.Equal(got, want) {
		t.Errorf("Dump:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

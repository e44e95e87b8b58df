package catalog_test

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkTakeout reads a day of an archive's JSON.
func BenchmarkTakeout(b *testing.B) {
	for _, c := range []struct {
		typ, value string
		every      time.Duration
	}{
		{"heart_rate", `{"bpm":71,"confidence":3}`, 5 * time.Second},
		{"steps", `"57"`, time.Minute},
		{"calories", `"1.13"`, time.Minute},
	} {
		b.Run(c.typ, func(b *testing.B) {
			elements := benchDay(c.every, func(at time.Time) string {
				return `{"dateTime":` + strconv.Quote(at.Format("01/02/06 15:04:05")) + `,"value":` + c.value + `}`
			})
			typ := mustLookup(b, c.typ)
			benchRead(b, typ, typ.Takeout[0], "["+strings.Join(elements, ",")+"]", len(elements))
		})
	}
}

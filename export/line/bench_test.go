package line

import (
	"fmt"
	"testing"
	"time"

	"fitvault/store/catalog"
)

// BenchmarkAppend is of samples: all alike, and of two measurements in turn, no line of which
// has the head of the one before.
func BenchmarkAppend(b *testing.B) {
	for _, measurements := range [][]string{{"heart_rate"}, {"heart_rate", "heart_beat"}} {
		b.Run(fmt.Sprint(measurements), func(b *testing.B) {
			p := catalog.Point{Tags: []catalog.Tag{{Key: "account", Value: "me"}}, Fields: []catalog.Field{{Key: "bpm", Value: catalog.IntValue(61)}}}
			var batch Batch
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%10_000 == 0 {
					batch.Reset()
				}
				p.Measurement, p.Time = measurements[i%len(measurements)], time.Unix(1_700_000_000+int64(i), 0)
				if err := batch.Append(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

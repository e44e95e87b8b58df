package takeout

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// BenchmarkRead reads a month of heart rate, a member of about a megabyte a day.
func BenchmarkRead(b *testing.B) {
	var files []file
	var size int64
	r := rand.New(rand.NewPCG(1, 2))
	for day := range 30 {
		var text strings.Builder
		for s := 0; s < 86400; s += 2 + r.IntN(13) {
			fmt.Fprintf(&text, "{\n  \"dateTime\" : \"05/%02d/24 %02d:%02d:%02d\",\n  \"value\" : {\n    \"bpm\" : %d,\n    \"confidence\" : %d\n  }\n},",
				day+1, s/3600, s/60%60, s%60, 60+r.IntN(30), r.IntN(4))
		}
		files = append(files, file{fmt.Sprintf("Takeout/Fitbit/Global Export Data/heart_rate-2024-05-%02d.json", day+1), text.String()})
		size += int64(text.Len())
	}
	for _, p := range packed {
		s := find(b, save(b, b.TempDir(), "x"+p.ext, p.pack(b, files...)))
		b.Run(p.ext[1:], func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				check(b, s.Read(b.Context(), anything, func(_ Member, _ []byte, err error) error { return err }))
			}
		})
	}
}

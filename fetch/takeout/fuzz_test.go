package takeout

import (
	"bytes"
	"context"
	"path"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzRead reads whatever bytes as an archive: it neither panics nor gives more than the
// limits allow, or a name that leads anywhere.
func FuzzRead(f *testing.F) {
	files := []file{{"Takeout/Fitbit/a.json", strings.Repeat("[1]", 100)}, {`b\c`, ""}, {"../d", "d"}, {"z", strings.Repeat("z", 3000)}}
	for _, p := range packed {
		b := p.pack(f, files...)
		f.Add(b)
		f.Add(b[:len(b)/2])
		broken := bytes.Clone(b)
		broken[len(b)/3] ^= 0x10
		f.Add(broken)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		sets, err := Find([]string{save(t, t.TempDir(), "x", content)})
		if err != nil {
			return
		}
		before := runtime.NumGoroutine()
		err = sets[0].Read(context.Background(), anything, func(m Member, data []byte, err error) error {
			switch {
			case err == nil && (int64(len(data)) != m.Size || len(data) > maxMember):
				t.Errorf("%s: %d bytes of %d", m.Name, len(data), m.Size)
			case err == nil && (m.Name != path.Clean(m.Name) || strings.HasPrefix(m.Name, "../") || path.IsAbs(m.Name)):
				t.Errorf("unsafe name %q", m.Name)
			case !utf8.ValidString(m.Name) || err != nil && !utf8.ValidString(err.Error()):
				t.Errorf("%q: %q is not UTF-8", m.Name, err)
			}
			if len(data) > freeRatio && len(data)/maxRatio > len(content) {
				t.Errorf("%s: %d bytes of an archive of %d", m.Name, len(data), len(content))
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if _, _, _, err := sets[0].First(context.Background(), func(Member) bool { return false }); err != nil {
			t.Error(err)
		}
		if n := runtime.NumGoroutine(); n > before+1 {
			t.Errorf("%d goroutines are left", n-before)
		}
	})
}

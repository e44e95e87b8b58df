package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"fitvault/store"
)

func TestQuickCheck(t *testing.T) {
	t.Parallel()
	sample := mustSample(t)
	for name, tt := range map[string]struct {
		damage string
		whole  bool
	}{
		"whole":                        {"", true},
		"a page that two tables claim": {"PRAGMA writable_schema = on; UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'rejects_open') WHERE name = 'windows_by_type'", false},
		"a changed body":               {"UPDATE bodies SET data = x'01' WHERE size = 5", true}, // for Verify to find
	} {
		path := filepath.Join(t.TempDir(), "vault.db")
		if err := os.WriteFile(path, sample, 0o600); err != nil {
			t.Fatal(err)
		}
		MustExec(t, path, tt.damage)
		problems, err := MustOpenPath(t, path, store.Options{}).QuickCheck(t.Context())
		if err != nil || (len(problems) == 0) != tt.whole {
			t.Errorf("%s: %q, %v", name, problems, err)
		}
	}
}

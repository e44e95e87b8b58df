package store_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"fitvault/store"
)

// TestKill kills a process at random instants while it stages. Each time the vault opens,
// verifies, and holds every page whose Stage returned.
func TestKill(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "vault.db")
	pages := map[string]string{}
	for range 8 {
		c := MustSpawn(t, "stage", path, fmt.Sprint(rnd.Uint64()))
		c.release()
		c.expect("account")
		said := []string{}
		for range rnd.IntN(30) {
			said = append(said, "staged "+c.expect("staged"))
		}
		time.Sleep(time.Duration(rnd.IntN(3000)) * time.Microsecond)
		if err := c.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for _, line := range append(said, c.rest()...) {
			var window, page, sum string
			if n, _ := fmt.Sscanf(line, "staged %s %s %s", &window, &page, &sum); n == 3 && len(sum) == 64 {
				pages[window+" "+page] = sum
			}
		}
		c.cmd.Wait()
		MustHold(t, path, pages)
	}
	if len(pages) < 10 {
		t.Errorf("only %d pages were staged", len(pages))
	}
}

// MustHold demands that a vault verifies and holds pages, by window and number.
func MustHold(t *testing.T, path string, pages map[string]string) {
	t.Helper()
	s, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	MustVerify(t, s)
	all, err := s.Responses(t.Context(), store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range all {
		got[fmt.Sprint(r.Window, r.Page)] = r.SHA256
	}
	for page, sum := range pages {
		if got[page] != sum {
			t.Errorf("page %s is %s, want %s", page, got[page], sum)
		}
	}
}

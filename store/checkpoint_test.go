package store_test

import (
	"database/sql"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"fitvault/store"
)

// TestACheckpointIsCutOff: a process that dies while the WAL is written back leaves a file
// that is shorter than its first page says. With the WAL beside it nothing is lost.
func TestACheckpointIsCutOff(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "vault.db")
	s := MustOpenPath(t, path, store.Options{Create: true})
	MustExec(t, path, "PRAGMA wal_checkpoint(TRUNCATE)")
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=wal_autocheckpoint(0)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const large = "INSERT INTO bodies (sha256, size, encoding, data) VALUES (zeroblob(32), 0, 'identity', zeroblob(100000))"
	if _, err := db.Exec(large); err != nil {
		t.Fatal(err)
	}

	died := filepath.Join(dir, "died.db")
	main, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wal, err := os.ReadFile(path + "-wal")
	if err != nil || len(wal) < 100_000 {
		t.Fatalf("the WAL has %d bytes, %v", len(wal), err)
	}
	pages := main[28:32] // of the file format, section 1.3
	binary.BigEndian.PutUint32(pages, binary.BigEndian.Uint32(pages)+25)
	for name, content := range map[string][]byte{died: main, died + "-wal": wal} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again, err := store.Open(t.Context(), died, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if n, err := again.Archives(t.Context()); err != nil || len(n) > 0 {
		t.Errorf("archives %v, %v", n, err)
	}
	if again.Account() != s.Account() {
		t.Errorf("account %q", again.Account())
	}
}

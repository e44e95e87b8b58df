package store

import (
	"database/sql"
	"path/filepath"
	"testing"
)

// TestEveryConnection: a pragma that is sent with Exec reaches one pooled connection, so
// all are asked.
func TestEveryConnection(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "vault.db"), Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	want := map[string]string{"foreign_keys": "1", "busy_timeout": "180000", "journal_mode": "wal", "synchronous": "2", "secure_delete": "2"}
	for _, pool := range []struct {
		db       *sql.DB
		readOnly string
		n        int
	}{{s.w, "0", 1}, {s.r, "1", 4}} {
		for range pool.n {
			conn, err := pool.db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			want["query_only"] = pool.readOnly
			for pragma, want := range want {
				var got string
				if err := conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
					t.Errorf("%s = %s, %v, want %s", pragma, got, err, want)
				}
			}
		}
	}
}

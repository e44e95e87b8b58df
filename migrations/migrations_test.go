package migrations_test

import (
	"database/sql"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite"

	"fitvault/migrations"
)

// schema returns what was made, by name.
func schema(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	rows, err := db.Query("SELECT type || ' ' || name || ' on ' || tbl_name, ifnull(sql, '') FROM sqlite_master")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		out[name] = text
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestUpDownUp goes down over rows of every kind, and demands that nothing is left.
func TestUpDownUp(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "vault.db")+"?_pragma=foreign_keys(1)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, migrations.FS, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.GetVersions(t.Context()); err != nil { // makes goose's own table
		t.Fatal(err)
	}
	empty := schema(t, db)
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	up := schema(t, db)
	if len(up) < len(empty)+10 {
		t.Fatalf("schema = %v", up)
	}
	if _, err := db.Exec(rowsOfEveryKind); err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(empty, schema(t, db)); diff != "" {
		t.Errorf("down leaves (-want +got):\n%s", diff)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(up, schema(t, db)); diff != "" {
		t.Errorf("up again (-want +got):\n%s", diff)
	}
}

const rowsOfEveryKind = `
INSERT INTO vault VALUES (1, 'me', x'00', 0);
INSERT INTO owners VALUES ('fitbit', 'AAA');
INSERT INTO runs (id, command, version, host, pid, started_at) VALUES (1, 'fetch', 'v1', 'host', 1, 0);
INSERT INTO holders VALUES ('fetch', 'host', 1, 0);
INSERT INTO bodies VALUES (1, zeroblob(32), 0, 'identity', x'');
INSERT INTO archives VALUES (1, 'takeout', 0, 'Europe/Berlin', 1.7, 0, 1, 0, 1);
INSERT INTO windows VALUES (1, 'fitbit', 'steps', '2024-01-01', '2024-01-02', 'complete', 1, 0, 0, 0, NULL, '2024-01-01', 1, NULL);
INSERT INTO windows VALUES (2, 'takeout', 'steps.json', '2024-01-01', '2024-01-02', 'complete', 1, 0, 0, 0, NULL, '2024-01-01', 1, 1);
INSERT INTO responses VALUES (1, 1, 0, 'GET', '/', 200, '{}', 0, '', zeroblob(32), 1);
INSERT INTO members VALUES (2, 1, '2024-01-01', '2024-01-02', '[]');
INSERT INTO coverage VALUES ('fitbit', 'steps', '2024-01-01', '2024-01-02', 1);
INSERT INTO unavailable VALUES ('fitbit', 'ecg', 'denied', '', 1, 0, 0);
INSERT INTO targets VALUES (1, 'a', 'b', 'native', 0, NULL);
INSERT INTO rejects VALUES (1, 'write', 'fitbit', 'steps', 1, 1, 'odd', 1, 0, 0, NULL);
INSERT INTO tokens VALUES ('fitbit', x'', x'', 0, '', 0, 0, x'', 0, 0, 0);
INSERT INTO quota VALUES ('fitbit', 150, 1, 0, 0, 0);
INSERT INTO zones VALUES ('2024-01-01', 'hand', 'Europe/Berlin', 0);
INSERT INTO exported VALUES (1, 'steps', '2024-01-01', '2024-01-02', x'', x'', x'', 0, 1, 1, 0);
`

// TestEveryTableIsStrict: SQLite stores a time.Time as text wherever it may.
func TestEveryTableIsStrict(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "vault.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectSQLite3, db, migrations.FS, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	var lax sql.NullString
	err = db.QueryRow("SELECT group_concat(name) FROM pragma_table_list WHERE strict = 0 AND type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'").Scan(&lax)
	if err != nil || lax.Valid {
		t.Errorf("tables that are not STRICT: %s, %v", lax.String, err)
	}
}

func TestNames(t *testing.T) {
	files, err := migrations.FS.ReadDir(".")
	if err != nil || len(files) == 0 {
		t.Fatalf("files = %v, %v", files, err)
	}
	for _, f := range files {
		if !regexp.MustCompile(`^\d{5}_[a-z]+_[a-z_]+\.sql$`).MatchString(f.Name()) {
			t.Errorf("%s is not NNNNN_verb_noun.sql", f.Name())
		}
	}
}

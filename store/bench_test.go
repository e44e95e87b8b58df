package store_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"fitvault/store"
)

// mustBig is a vault of 20 000 windows of 40 types, half of them superseded, and 70 000
// units that a target holds: five years.
func mustBig(b *testing.B) *store.Store {
	b.Helper()
	path := filepath.Join(b.TempDir(), "vault.db")
	s := MustOpenPath(b, path, store.Options{Create: true})
	MustRun(b, s)
	if _, err := s.UseTarget(b.Context(), "http://localhost:8086", "fitbit", "native"); err != nil {
		b.Fatal(err)
	}
	const n = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO %s"
	window := "id, 'fitbit', 'type_' || (id % 40), date('2020-01-01', (id / 80 * 7) || ' days'), date('2020-01-01', (id / 80 * 7 + 7) || ' days')"
	MustExec(b, path, "PRAGMA synchronous = off; BEGIN",
		fmt.Sprintf(n, 19999, "bodies SELECT i + 1, randomblob(32), 9000, 'zstd', randomblob(1500 + 700 * (i % 9)) FROM n"),
		fmt.Sprintf(n, 19999, "windows SELECT i + 1"+window[2:]+", 'complete', 1, 7, 0, 0, NULL, '2020-01-01', 1 FROM (SELECT i, i AS id FROM n)"),
		"INSERT INTO responses SELECT id, id, 0, 'GET', '/1/user/-/activities/steps/date/2020-01-01/2020-01-07.json', 200, '{\"Date\":\"x\"}', 0, 'Europe/Berlin', sha256, 1 FROM bodies",
		"INSERT INTO coverage SELECT source, type, from_date, to_date, max(id) FROM windows GROUP BY 1, 2, 3, 4",
		fmt.Sprintf(n, 69999, "exported SELECT 1, 'measurement_' || (i % 40), date('2020-01-01', (i / 40) || ' days'), date('2020-01-01', (i / 40 + 1) || ' days'), randomblob(32), randomblob(32), randomblob(40), 1440, i, 1, 0 FROM n"),
		"COMMIT", "PRAGMA wal_checkpoint(truncate)")
	return s
}

// BenchmarkRead reads what status, raw list and an export with nothing new read.
func BenchmarkRead(b *testing.B) {
	s := mustBig(b)
	for name, read := range map[string]func() (int, error){
		"Coverage": func() (int, error) {
			all, err := s.Coverage(b.Context(), "fitbit")
			return len(all), err
		},
		"Exported": func() (int, error) {
			all, err := s.Exported(b.Context(), 1)
			return len(all), err
		},
		"Stats": func() (int, error) {
			all, err := s.Stats(b.Context())
			return len(all), err
		},
		"Responses": func() (int, error) {
			all, err := s.Responses(b.Context(), store.Filter{})
			return len(all) / 500, err
		},
		"Responses of a type": func() (int, error) {
			all, err := s.Responses(b.Context(), store.Filter{Source: "fitbit", Types: []string{"type_7"}, From: "2021-01-01", To: "2022-01-01"})
			return min(40, len(all)), err
		},
		"Targets": func() (int, error) {
			all, err := s.Targets(b.Context())
			return 40 * len(all), err
		},
		"NewestResponse": func() (int, error) {
			id, err := s.NewestResponse(b.Context())
			return int(id) / 500, err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if got, err := read(); err != nil || got != 40 {
					b.Fatalf("%d, %v, want 40", got, err)
				}
			}
		})
	}
}

// BenchmarkStage stages pages of a day each, over and over.
func BenchmarkStage(b *testing.B) {
	s := MustOpen(b)
	run := MustRun(b, s)
	n := 0
	for b.Loop() {
		MustStage(b, s, newPage(run, "steps", day(n%2000), day(n%2000+1), fmt.Sprintf(`{"activities-steps":[{"dateTime":"%s","value":"%d"}]}`, day(n), n)))
		n++
	}
}

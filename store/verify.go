package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
)

// Check is the outcome of Verify.
type Check struct {
	Bodies   int      `json:"bodies"`
	Bytes    int64    `json:"bytes"`
	Dropped  int      `json:"dropped"` // superseded bodies of which only the hash is left
	Windows  int      `json:"windows"`
	Problems []string `json:"problems"`
}

// Verify reads the whole vault and compares: SQLite's own integrity and foreign keys,
// every body with its hash and size, coverage with the windows that claim it.
func (s *Store) Verify(ctx context.Context) (Check, error) {
	var c Check
	for _, step := range []func(context.Context, *Check) error{s.verifyFile, s.verifyBodies, s.verifyCoverage} {
		if err := step(ctx, &c); err != nil {
			return c, fmt.Errorf("verify: %w", err)
		}
	}
	return c, nil
}

func (s *Store) verifyFile(ctx context.Context, c *Check) error {
	text := func(rows *sql.Rows) (t string, err error) { err = rows.Scan(&t); return t, err }
	lines, err := list(ctx, s.r, "check the file", text, "PRAGMA integrity_check")
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l != "ok" {
			c.Problems = append(c.Problems, "SQLite: "+l)
		}
	}
	lines, err = list(ctx, s.r, "check foreign keys", text, `SELECT "table" || ' row ' || ifnull(rowid, '?') || ' names a missing ' || parent FROM pragma_foreign_key_check`)
	for _, l := range lines {
		c.Problems = append(c.Problems, "foreign key: "+l)
	}
	return err
}

func (s *Store) verifyBodies(ctx context.Context, c *Check) error {
	rows, err := s.r.QueryContext(ctx, "SELECT "+bodyColumns+" FROM bodies b ORDER BY b.id")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		p, dropped, err := scanBody(rows)
		if err != nil {
			return err
		}
		c.Bodies++
		c.Bytes += int64(p.size)
		if dropped {
			c.Dropped++
			continue
		}
		body, err := p.unpack()
		if err != nil {
			c.Problems = append(c.Problems, fmt.Sprintf("body %x: %v", p.sum, err))
		} else if got := sha256.Sum256(body); !bytes.Equal(got[:], p.sum) || len(body) != p.size {
			c.Problems = append(c.Problems, fmt.Sprintf("body %x: its content of %d bytes hashes to %x", p.sum, len(body), got))
		}
	}
	return rows.Err()
}

// verifyCoverage demands that coverage is disjoint, that only complete windows claim it,
// each within its own range, and that all their pages can be read.
func (s *Store) verifyCoverage(ctx context.Context, c *Check) error {
	if err := s.r.QueryRowContext(ctx, "SELECT count(*) FROM windows").Scan(&c.Windows); err != nil {
		return err
	}
	for _, rule := range []struct{ problem, query string }{
		{"overlaps the next range", `SELECT a.type, a.from_date, a.to_date FROM coverage a JOIN coverage b
			ON a.source = b.source AND a.type = b.type AND a.from_date < b.from_date AND a.to_date > b.from_date`},
		{"is not within a complete window of its type", `SELECT c.type, c.from_date, c.to_date FROM coverage c JOIN windows w ON w.id = c.window_id
			WHERE w.state <> 'complete' OR w.source <> c.source OR w.type <> c.type OR c.from_date < w.from_date OR c.to_date > w.to_date`},
		{"has no response", `SELECT c.type, c.from_date, c.to_date FROM coverage c
			WHERE NOT EXISTS (SELECT 1 FROM responses r WHERE r.window_id = c.window_id)
			AND NOT EXISTS (SELECT 1 FROM members m WHERE m.window_id = c.window_id)`},
		{"lacks a page", `SELECT DISTINCT c.type, c.from_date, c.to_date FROM coverage c
			JOIN responses r USING (window_id) GROUP BY c.source, c.type, c.from_date HAVING count(*) <> max(r.page) + 1`},
		{"needs a body that was dropped", `SELECT DISTINCT c.type, c.from_date, c.to_date FROM coverage c
			JOIN responses r USING (window_id) JOIN bodies b USING (sha256) WHERE b.data IS NULL`},
		{"needs a member of an archive that was dropped", `SELECT DISTINCT c.type, c.from_date, c.to_date FROM coverage c
			JOIN members m USING (window_id) JOIN responses r ON r.id = m.response_id JOIN bodies b USING (sha256) WHERE b.data IS NULL`},
	} {
		lines, err := list(ctx, s.r, "check coverage", func(rows *sql.Rows) (string, error) {
			var typ, from, to string
			err := rows.Scan(&typ, &from, &to)
			return fmt.Sprintf("coverage of %s %s..%s %s", typ, from, to, rule.problem), err
		}, rule.query)
		if err != nil {
			return err
		}
		c.Problems = append(c.Problems, lines...)
	}
	return nil
}

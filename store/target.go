package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
)

// Target is where exports go, and what the vault remembers of it.
type Target struct {
	ID         int64
	Address    string
	Database   string
	Schema     string
	LastExport time.Time // zero: none was finished
	Units      int
	Points     int
	Newest     int64 // newest response that a remembered unit came from
}

// Exported is what a target holds of a unit: a measurement over a range of dates.
type Exported struct {
	Measurement    string
	From, To       string
	Inputs         []byte // digest of what it was computed from; empty: compute it again
	Digest         []byte // digest of the points
	Keyed          bool   // there are keys
	Keys           []byte // what tells the points apart, in the exporter's own form; nil: left where they are
	Points         int
	NewestResponse int64
	MappingVersion int
}

// UseTarget returns the memory of a target, making it when it is new.
func (s *Store) UseTarget(ctx context.Context, address, database, schema string) (t Target, err error) {
	err = s.tx(ctx, func(tx *sql.Tx) (err error) {
		var found bool
		if t, found, err = findTarget(ctx, tx, address, database, schema); found || err != nil {
			return err
		}
		t = Target{Address: address, Database: database, Schema: schema}
		return tx.QueryRowContext(ctx, "INSERT INTO targets (address, database, schema, created_at) VALUES (?, ?, ?, ?) RETURNING id",
			address, database, schema, time.Now().UnixMilli()).Scan(&t.ID)
	})
	if err != nil {
		return Target{}, fmt.Errorf("use target %s %s: %w", address, database, err)
	}
	return t, nil
}

// FindTarget returns the memory of a target, if there is one.
func (s *Store) FindTarget(ctx context.Context, address, database, schema string) (Target, bool, error) {
	t, found, err := findTarget(ctx, s.r, address, database, schema)
	if err != nil {
		return Target{}, false, fmt.Errorf("find target %s %s: %w", address, database, err)
	}
	return t, found, nil
}

// findTarget finds a target by any name of its address, that of the name given first. A target
// keeps the name that it was made with.
func findTarget(ctx context.Context, db querier, address, database, schema string) (t Target, found bool, err error) {
	all, err := list(ctx, db, "list targets", func(rows *sql.Rows) (t Target, err error) {
		var last sql.NullInt64
		err = rows.Scan(&t.ID, &t.Address, &t.Database, &t.Schema, &last)
		t.LastExport = instant(last)
		return t, err
	}, "SELECT id, address, database, schema, last_export_at FROM targets WHERE database = ? AND schema = ? ORDER BY address <> ?, id",
		database, schema, address)
	for _, t := range all {
		if SameAddress(t.Address, address) {
			return t, true, err
		}
	}
	return Target{}, false, err
}

// SameAddress reports whether two URLs are certain to lead to one server: they differ at most in
// the name of this machine, which is localhost, 127.0.0.1 or [::1].
func SameAddress(a, b string) bool { return a == b || loopback(a) == loopback(b) }

// loopback gives this machine one name.
func loopback(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	if name := u.Hostname(); name == "localhost" || name == "127.0.0.1" || name == "::1" {
		u.Host = net.JoinHostPort("localhost", u.Port())
	}
	return u.String()
}

// Targets returns every target, with how much it was given.
func (s *Store) Targets(ctx context.Context) ([]Target, error) {
	return list(ctx, s.r, "list targets", func(rows *sql.Rows) (t Target, err error) {
		var last sql.NullInt64
		err = rows.Scan(&t.ID, &t.Address, &t.Database, &t.Schema, &last, &t.Units, &t.Points, &t.Newest)
		t.LastExport = instant(last)
		return t, err
	}, `SELECT t.id, t.address, t.database, t.schema, t.last_export_at, count(e.points), ifnull(sum(e.points), 0), ifnull(max(e.newest_response), 0)
		FROM targets t LEFT JOIN exported e ON e.target_id = t.id GROUP BY t.id ORDER BY t.id`)
}

// Exported returns what a target holds, by measurement and first date, without the keys.
func (s *Store) Exported(ctx context.Context, target int64) (map[string]map[string]Exported, error) {
	rows, err := list(ctx, s.r, "read export memory", func(rows *sql.Rows) (e Exported, err error) {
		err = rows.Scan(&e.Measurement, &e.From, &e.To, &e.Inputs, &e.Digest, &e.Keyed, &e.Points, &e.NewestResponse, &e.MappingVersion)
		return e, err
	}, `SELECT measurement, from_date, to_date, inputs, digest, length(keys) > 0, points, newest_response, mapping_version
		FROM exported WHERE target_id = ?`, target)
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]Exported{}
	for _, e := range rows {
		if out[e.Measurement] == nil {
			out[e.Measurement] = map[string]Exported{}
		}
		out[e.Measurement][e.From] = e
	}
	return out, nil
}

// ExportedKeys returns the keys of what a target holds of a unit; none when it holds nothing.
func (s *Store) ExportedKeys(ctx context.Context, target int64, measurement, from string) ([]byte, error) {
	keys := []byte{}
	err := s.r.QueryRowContext(ctx, "SELECT keys FROM exported WHERE target_id = ? AND measurement = ? AND from_date = ?",
		target, measurement, from).Scan(&keys)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read export memory of %s from %s: %w", measurement, from, err)
	}
	return keys, nil
}

// Remember notes, in one transaction, what a target holds of units now: call it after
// the target acknowledged their points.
func (s *Store) Remember(ctx context.Context, target int64, units []Exported) error {
	now := time.Now().UnixMilli()
	err := s.tx(ctx, func(tx *sql.Tx) error {
		for _, u := range units {
			_, err := tx.ExecContext(ctx, `INSERT INTO exported VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
				ON CONFLICT DO UPDATE SET to_date = ?4, inputs = ?5, digest = ?6, keys = iif(?12, keys, ?7), points = ?8,
					newest_response = ?9, mapping_version = ?10, exported_at = ?11`,
				target, u.Measurement, u.From, u.To, blob(u.Inputs), blob(u.Digest), blob(u.Keys), u.Points, u.NewestResponse, u.MappingVersion, now,
				u.Keyed && u.Keys == nil)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remember exported units: %w", err)
	}
	return nil
}

// blob makes an absent value an empty one, which the schema tells from NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Forget drops the memory of what a target holds, which was found empty.
func (s *Store) Forget(ctx context.Context, target int64) error {
	return s.exec(ctx, "forget target", "DELETE FROM exported WHERE target_id = ?", target)
}

// DropTarget drops a target with all memory of it. What it refused counts no longer.
func (s *Store) DropTarget(ctx context.Context, target int64) error {
	err := s.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE rejects SET target_id = NULL, resolved_at = ifnull(resolved_at, ?) WHERE target_id = ?",
			time.Now().UnixMilli(), target)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM targets WHERE id = ?", target) // and with it all that it was given
		return err
	})
	if err != nil {
		return fmt.Errorf("drop target %d: %w", target, err)
	}
	return nil
}

// FinishExport notes that an export to a target ran to its end.
func (s *Store) FinishExport(ctx context.Context, target int64, at time.Time) error {
	return s.exec(ctx, "finish export", "UPDATE targets SET last_export_at = ? WHERE id = ?", at.UnixMilli(), target)
}

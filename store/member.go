package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

// takeout is the source under which archives are staged.
const takeout = "takeout"

// Member is a file of an archive, to be staged.
type Member struct {
	Family string
	Path   string            // of the part that holds it and within that
	Header map[string]string // what is known of it beside
	Body   Packed
	Held   Held   // without Response
	Error  string // why it is kept and does not read; "": it does
}

// Packed is a body that is ready to be kept.
type Packed struct{ packed }

// Pack hashes and compresses a body, quickly: what archives hold gets no smaller by more
// effort. It needs no vault, so that several may be packed at once.
func Pack(body []byte) (Packed, error) {
	p, err := packBy(quick, body)
	return Packed{p}, err
}

// Sum returns the SHA-256 of the body.
func (p Packed) Sum() [32]byte { return [32]byte(p.sum) }

// Len returns how many bytes the body takes in the vault.
func (p Packed) Len() int { return len(p.data) }

// StageMembers writes members of an archive that was begun, in one transaction, and returns
// the ids of their responses. They count from FinishArchive on. One that does not read is
// kept as a window of its own, and is a reject.
func (s *Store) StageMembers(ctx context.Context, run int64, a Archive, members []Member) ([]int64, error) {
	ids := make([]int64, len(members))
	err := s.tx(ctx, func(tx *sql.Tx) (err error) {
		f := finish{tx: tx, run: run, archive: a}
		for i, m := range members {
			if ids[i], err = f.stage(ctx, m); err != nil {
				return fmt.Errorf("stage %s: %w", m.Path, err)
			}
		}
		return nil
	})
	return ids, err
}

func (f *finish) stage(ctx context.Context, m Member) (int64, error) {
	window, err := f.openWindow(ctx, m)
	if err != nil {
		return 0, err
	}
	if err := saveBody(ctx, f.tx, m.Body.packed); err != nil {
		return 0, err
	}
	header, err := json.Marshal(m.Header)
	if err != nil {
		return 0, err
	}
	var id int64
	err = f.tx.QueryRowContext(ctx, `INSERT INTO responses (window_id, page, method, path, status, headers, fetched_at, zone, sha256, run_id)
		VALUES (?1, (SELECT ifnull(max(page), -1) + 1 FROM responses WHERE window_id = ?1), 'IMPORT', ?, 0, ?, ?, ?, ?, ?) RETURNING id`,
		window, m.Path, string(header), f.archive.Imported.UnixMilli(), f.archive.Zone, m.Body.sum, f.run).Scan(&id)
	if err != nil {
		return 0, err
	}
	if m.Error != "" {
		return id, reject(ctx, f.tx, Reject{Stage: "fetch", Source: takeout, Type: m.Family, Window: window, Error: m.Error}, f.archive.Imported)
	}
	m.Held.Response = id
	return id, f.link(ctx, window, []Held{m.Held})
}

// openWindow returns the window that a member is staged in: the unfinished one of its family,
// or for what does not read a new one. Its dates are not known before all members are.
func (f *finish) openWindow(ctx context.Context, m Member) (id int64, err error) {
	if m.Error != "" {
		return f.newWindow(ctx, m.Family, Unread)
	}
	err = f.tx.QueryRowContext(ctx, "SELECT id FROM windows WHERE archive_id = ? AND type = ? AND state = 'partial'",
		f.archive.ID, m.Family).Scan(&id)
	if err == sql.ErrNoRows {
		return f.newWindow(ctx, m.Family, Partial)
	}
	return id, err
}

func (f *finish) newWindow(ctx context.Context, family string, state State) (id int64, err error) {
	at := cmp.Or(millis(f.archive.Stamp), millis(f.archive.Imported))
	day := f.archive.Taken.UTC()
	err = f.tx.QueryRowContext(ctx, `INSERT INTO windows (source, type, from_date, to_date, state, ask_version, elements, asked_at,
		answered_at, settled_to, run_id, archive_id) VALUES (?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?) RETURNING id`,
		takeout, family, day.Format(dateLayout), day.AddDate(0, 0, 1).Format(dateLayout), state, at,
		f.archive.Imported.UnixMilli(), day.Format(dateLayout), f.run, f.archive.ID).Scan(&id)
	return id, err
}

const dateLayout = "2006-01-02"

// link writes down that a window has members.
func (f *finish) link(ctx context.Context, window int64, members []Held) error {
	for _, m := range members {
		days, err := json.Marshal(m.Days)
		if err != nil {
			return err
		}
		if _, err := f.tx.ExecContext(ctx, `INSERT INTO members VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
			from_date = excluded.from_date, to_date = excluded.to_date, held = excluded.held`,
			window, m.Response, m.From, m.To, string(days)); err != nil {
			return err
		}
	}
	return nil
}

// heldBy returns what the members of a window hold.
func heldBy(ctx context.Context, db querier, window int64) ([]Held, error) {
	return list(ctx, db, "list members", func(rows *sql.Rows) (h Held, err error) {
		_, err = scanHeld(rows, &h)
		return h, err
	}, "SELECT window_id, response_id, from_date, to_date, held FROM members WHERE window_id = ? ORDER BY response_id", window)
}

func scanHeld(rows *sql.Rows, h *Held, more ...any) (window int64, err error) {
	var days []byte
	if err := rows.Scan(append([]any{&window, &h.Response, &h.From, &h.To, &days}, more...)...); err != nil {
		return 0, err
	}
	return window, json.Unmarshal(days, &h.Days)
}

// Staged is a member that is in the vault already.
type Staged struct {
	Family string
	Path   string
	Header map[string]string
	Sum    [32]byte
	Zone   string // by whose midnights its days were found
	Unread bool   // it is a reject
	Held   Held
}

// Staged returns every member of any archive that is in the vault.
func (s *Store) Staged(ctx context.Context) ([]Staged, error) {
	return list(ctx, s.r, "list members", func(rows *sql.Rows) (m Staged, err error) {
		var header, sum, days []byte
		err = rows.Scan(&m.Family, &m.Path, &header, &sum, &m.Zone, &m.Unread, &m.Held.Response, &m.Held.From, &m.Held.To, &days)
		if err == nil {
			m.Sum = [32]byte(sum)
			err = cmp.Or(json.Unmarshal(header, &m.Header), json.Unmarshal(days, &m.Held.Days))
		}
		return m, err
	}, `SELECT w.type, r.path, r.headers, r.sha256, r.zone, w.state = 'unread', r.id, ifnull(m.from_date, ''), ifnull(m.to_date, ''), ifnull(m.held, '[]')
		FROM responses r JOIN windows w ON w.id = r.window_id LEFT JOIN members m ON m.response_id = r.id AND m.window_id = w.id
		WHERE w.source = 'takeout' ORDER BY r.id`)
}

// Members returns what the members of every finished window of archives hold, by window, in
// the order of their dates.
func (s *Store) Members(ctx context.Context) (map[int64][]Held, error) {
	out := map[int64][]Held{}
	_, err := list(ctx, s.r, "list members", func(rows *sql.Rows) (h Held, err error) {
		window, err := scanHeld(rows, &h)
		out[window] = append(out[window], h)
		return h, err
	}, `SELECT m.window_id, m.response_id, m.from_date, m.to_date, m.held FROM members m JOIN windows w ON w.id = m.window_id
		WHERE w.state = 'complete' ORDER BY m.from_date, m.response_id`)
	return out, err
}

// ArchiveOf returns the archives that windows belong to, by window.
func (s *Store) ArchiveOf(ctx context.Context) (map[int64]Archive, error) {
	all, err := s.Archives(ctx)
	if err != nil {
		return nil, err
	}
	out := map[int64]Archive{}
	_, err = list(ctx, s.r, "list windows of archives", func(rows *sql.Rows) (a int64, err error) {
		var window int64
		err = rows.Scan(&window, &a)
		for _, archive := range all {
			if archive.ID == a {
				out[window] = archive
			}
		}
		return a, err
	}, "SELECT id, archive_id FROM windows WHERE archive_id IS NOT NULL")
	return out, err
}

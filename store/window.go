package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// State is what became of a window.
type State string

// The states; the migration says what each means.
const (
	Partial  State = "partial"
	Complete State = "complete"
	Doubtful State = "doubtful"
	Refused  State = "refused"
	Unread   State = "unread"
)

// Window is one question and what is known of its answer.
type Window struct {
	ID         int64
	Source     string
	Type       string
	From, To   string // dates, half-open
	State      State
	AskVersion int
	Elements   int       // in all its pages
	Asked      time.Time // when its first page was asked for
	Answered   time.Time // when its last page came
	Synced     time.Time // newest tracker sync known when it was answered; zero: none known
	SettledTo  string    // its days before this date can no longer change
}

// Page is one answer, to be staged.
type Page struct {
	Window  Window // ID 0: a new one; otherwise the id that Stage returned for an earlier page
	Run     int64
	Number  int // from 0
	Method  string
	Path    string // with query, without secrets
	Status  int
	Header  map[string]string // date and quota headers
	Fetched time.Time
	Zone    string
	Body    []byte
	Error   string // for Unread: why

	// CoverFrom and CoverTo are the dates that a complete window claims; empty for those
	// of the window. An answer that was cut short claims what it holds.
	CoverFrom, CoverTo string
}

// Stage writes an answer, its window in the state given, and for a complete one the
// coverage that it claims, in one transaction. It returns the window's id.
func (s *Store) Stage(ctx context.Context, p Page) (int64, error) {
	var id int64
	body, err := pack(p.Body) // before the write lock is taken
	if err == nil {
		err = s.tx(ctx, func(tx *sql.Tx) (err error) {
			id, err = stage(ctx, tx, p, body)
			return err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("stage %s %s..%s page %d: %w", p.Window.Type, p.Window.From, p.Window.To, p.Number, err)
	}
	return id, nil
}

func stage(ctx context.Context, tx *sql.Tx, p Page, body packed) (int64, error) {
	id, err := saveWindow(ctx, tx, p)
	if err != nil {
		return 0, err
	}
	if err := saveBody(ctx, tx, body); err != nil {
		return 0, err
	}
	if err := saveResponse(ctx, tx, id, p, body.sum); err != nil {
		return 0, err
	}
	switch p.Window.State {
	case Complete:
		err = cover(ctx, tx, id, p)
	case Unread:
		err = reject(ctx, tx, Reject{Stage: "fetch", Source: p.Window.Source, Type: p.Window.Type, Window: id, Error: p.Error}, p.Fetched)
	}
	return id, err
}

func saveWindow(ctx context.Context, tx *sql.Tx, p Page) (id int64, err error) {
	w := p.Window
	if w.ID == 0 {
		err = tx.QueryRowContext(ctx, `INSERT INTO windows (source, type, from_date, to_date, state, ask_version,
			elements, asked_at, answered_at, synced_at, settled_to, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
			w.Source, w.Type, w.From, w.To, w.State, w.AskVersion, w.Elements, w.Asked.UnixMilli(),
			p.Fetched.UnixMilli(), millis(w.Synced), w.SettledTo, p.Run).Scan(&id)
		return id, err
	}
	res, err := tx.ExecContext(ctx, `UPDATE windows SET state = ?, elements = elements + ?, answered_at = ?, synced_at = ?, settled_to = ?
		WHERE id = ? AND state = 'partial' AND source = ? AND type = ? AND from_date = ? AND to_date = ?`,
		w.State, w.Elements, p.Fetched.UnixMilli(), millis(w.Synced), w.SettledTo, w.ID, w.Source, w.Type, w.From, w.To)
	if err != nil {
		return 0, err
	}
	if n, err := res.RowsAffected(); n == 0 || err != nil {
		return 0, cmp.Or(err, fmt.Errorf("window %d is another one, or lacks no page", w.ID))
	}
	return w.ID, nil
}

func saveResponse(ctx context.Context, tx *sql.Tx, window int64, p Page, sum []byte) error {
	header, err := json.Marshal(p.Header)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO responses (window_id, page, method, path, status, headers, fetched_at, zone, sha256, run_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		window, p.Number, p.Method, p.Path, p.Status, string(header), p.Fetched.UnixMilli(), p.Zone, sum, p.Run)
	return err
}

// cover makes a window the truth for the dates it claims: what older windows held of
// them is cut away. It also closes the rejects that the window mends.
func cover(ctx context.Context, tx *sql.Tx, id int64, p Page) error {
	from, to := cmp.Or(p.CoverFrom, p.Window.From), cmp.Or(p.CoverTo, p.Window.To)
	if from < p.Window.From || to > p.Window.To {
		return fmt.Errorf("claims %s..%s, which it was not asked for", from, to)
	}
	c := covering{p.Window.Source, p.Window.Type, from, to}
	if err := c.cut(ctx, tx); err != nil {
		return err
	}
	if err := c.claim(ctx, tx, id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE rejects SET resolved_at = ? WHERE stage = 'fetch' AND resolved_at IS NULL
		AND source = ? AND type = ?
		AND EXISTS (SELECT 1 FROM windows w WHERE w.id = rejects.window_id AND w.from_date >= ? AND w.to_date <= ?)`,
		p.Fetched.UnixMilli(), c.source, c.typ, from, to)
	return err
}

// covering is a range of dates of what is covered.
type covering struct{ source, typ, from, to string }

// cut takes the range away from every window that claims it.
func (c covering) cut(ctx context.Context, tx *sql.Tx) error {
	for _, step := range []struct {
		query string
		args  []any
	}{
		// An older range that reaches beyond both ends keeps its tail as a row of its own.
		{`INSERT INTO coverage SELECT source, type, ?, to_date, window_id FROM coverage
			WHERE source = ? AND type = ? AND from_date < ? AND to_date > ?`, []any{c.to, c.source, c.typ, c.to, c.to}},
		{`DELETE FROM coverage WHERE source = ? AND type = ? AND from_date >= ? AND from_date < ?`,
			[]any{c.source, c.typ, c.from, c.to}},
		{`UPDATE coverage SET to_date = ? WHERE source = ? AND type = ? AND from_date < ? AND to_date > ?`,
			[]any{c.from, c.source, c.typ, c.from, c.from}},
	} {
		if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// claim gives the range, which nobody claims, to a window.
func (c covering) claim(ctx context.Context, tx *sql.Tx, window int64) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO coverage VALUES (?, ?, ?, ?, ?)", c.source, c.typ, c.from, c.to, window)
	return err
}

// Covered is a range of dates and the window that is the truth for it.
type Covered struct {
	From, To string
	Window   Window
	Newest   int64 // id of the window's newest response
}

const windowColumns = "w.id, w.source, w.type, w.from_date, w.to_date, w.state, w.ask_version, w.elements, w.asked_at, w.answered_at, w.synced_at, w.settled_to"

func scanWindow(rows *sql.Rows, more ...any) (Window, error) {
	var w Window
	var asked, answered, synced sql.NullInt64
	dest := append([]any{&w.ID, &w.Source, &w.Type, &w.From, &w.To, &w.State, &w.AskVersion, &w.Elements,
		&asked, &answered, &synced, &w.SettledTo}, more...)
	err := rows.Scan(dest...)
	w.Asked, w.Answered, w.Synced = instant(asked), instant(answered), instant(synced)
	return w, err
}

// Coverage returns all that is staged of every type of a source, oldest first within a
// type.
func (s *Store) Coverage(ctx context.Context, source string) (map[string][]Covered, error) {
	rows, err := s.coverage(ctx, "c.source = ?", source)
	if err != nil {
		return nil, err
	}
	out := map[string][]Covered{}
	for _, c := range rows {
		out[c.Window.Type] = append(out[c.Window.Type], c)
	}
	return out, nil
}

// CoverageOf returns the coverage of one type, oldest first.
func (s *Store) CoverageOf(ctx context.Context, source, typ string) ([]Covered, error) {
	return s.coverage(ctx, "c.source = ? AND c.type = ?", source, typ)
}

// CoverageWithin returns what of the coverage of one type holds any of the dates [from, to),
// oldest first.
func (s *Store) CoverageWithin(ctx context.Context, source, typ, from, to string) ([]Covered, error) {
	return s.coverage(ctx, "c.source = ? AND c.type = ? AND c.from_date < ? AND c.to_date > ?", source, typ, to, from)
}

func (s *Store) coverage(ctx context.Context, where string, args ...any) ([]Covered, error) {
	return list(ctx, s.r, "read coverage", func(rows *sql.Rows) (c Covered, err error) {
		c.Window, err = scanWindow(rows, &c.From, &c.To, &c.Newest)
		return c, err
	}, "SELECT "+windowColumns+`, c.from_date, c.to_date, (SELECT ifnull(max(id), 0) FROM responses r WHERE r.window_id = w.id)
		FROM coverage c JOIN windows w ON w.id = c.window_id WHERE `+where+" ORDER BY c.type, c.from_date", args...)
}

// Windows returns the windows of a source in one state, oldest answer first.
func (s *Store) Windows(ctx context.Context, source string, state State) ([]Window, error) {
	what := fmt.Sprintf("list %s windows of %s", state, source)
	return list(ctx, s.r, what, func(rows *sql.Rows) (Window, error) { return scanWindow(rows) },
		"SELECT "+windowColumns+" FROM windows w WHERE w.source = ? AND w.state = ? ORDER BY w.id", source, state)
}

// Snapshots returns every complete window of a type, as coverage rows, oldest first: a
// snapshot does not supersede the one before it.
func (s *Store) Snapshots(ctx context.Context, source, typ string) ([]Covered, error) {
	return list(ctx, s.r, "list snapshots of "+typ, func(rows *sql.Rows) (c Covered, err error) {
		c.Window, err = scanWindow(rows, &c.From, &c.To, &c.Newest)
		return c, err
	}, "SELECT "+windowColumns+`, w.from_date, w.to_date, (SELECT ifnull(max(id), 0) FROM responses r WHERE r.window_id = w.id)
		FROM windows w WHERE w.source = ? AND w.type = ? AND w.state = 'complete' ORDER BY w.id`, source, typ)
}

// Body is the body of one page and the path of the request that it answers.
type Body struct {
	Path string // with query, without secrets
	Data []byte // byte for byte
}

// Bodies returns the pages of a window, in order. A dropped one is ErrDropped.
func (s *Store) Bodies(ctx context.Context, window int64) ([]Body, error) {
	return s.bodies(ctx, fmt.Sprintf("read window %d", window), "r.window_id = ? ORDER BY r.page", window)
}

// Body returns the page that a response is. A dropped one is ErrDropped.
func (s *Store) Body(ctx context.Context, response int64) (Body, error) {
	pages, err := s.bodies(ctx, fmt.Sprintf("read response %d", response), "r.id = ?", response)
	if err == nil && len(pages) == 0 {
		err = fmt.Errorf("response %d: %w", response, ErrNoResponse)
	}
	if err != nil {
		return Body{}, err
	}
	return pages[0], nil
}

func (s *Store) bodies(ctx context.Context, what, where string, arg int64) ([]Body, error) {
	type page struct {
		path string
		packed
	}
	rows, err := list(ctx, s.r, what, func(rows *sql.Rows) (p page, err error) {
		var dropped bool
		p.packed, dropped, err = scanBody(rows, &p.path)
		if err == nil && dropped {
			err = ErrDropped
		}
		return p, err
	}, "SELECT "+bodyColumns+", r.path FROM responses r JOIN bodies b USING (sha256) WHERE "+where, arg)
	if err != nil {
		return nil, err
	}
	out := make([]Body, len(rows))
	for i, p := range rows {
		out[i].Path = p.path
		if out[i].Data, err = p.unpack(); err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
	}
	return out, nil
}

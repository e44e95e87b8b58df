package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Response is a staged answer, without its body.
type Response struct {
	ID       int64             `json:"id"`
	Source   string            `json:"source"`
	Type     string            `json:"type"`
	From     string            `json:"from"` // date
	To       string            `json:"to"`   // date, not included
	Page     int               `json:"page"`
	Window   int64             `json:"window"`
	State    State             `json:"state"`    // of the window
	InForce  bool              `json:"in_force"` // it is the truth for some of its dates
	Method   string            `json:"method"`
	Path     string            `json:"path"`
	Status   int               `json:"status"`
	Headers  map[string]string `json:"headers"`
	Fetched  time.Time         `json:"fetched_at"`
	Zone     string            `json:"zone"`
	SHA256   string            `json:"sha256"`
	Bytes    int               `json:"bytes"`
	Elements int               `json:"elements"` // in all pages of the window
	Run      int64             `json:"run"`
}

// Filter picks responses. Zero members pick all.
type Filter struct {
	ID       int64
	Source   string
	Types    []string
	From, To string // dates that the window touches, half-open
	Path     string // a part of the request's
	Limit    int    // newest first; 0: all
}

// Responses lists staged answers, newest first.
func (s *Store) Responses(ctx context.Context, f Filter) ([]Response, error) {
	types, err := json.Marshal(f.Types)
	if err != nil {
		return nil, err
	}
	limit := f.Limit
	if limit == 0 {
		limit = -1
	}
	return list(ctx, s.r, "list responses", scanResponse, `SELECT r.id, w.source, w.type, w.from_date, w.to_date, r.page, w.id, w.state,
		EXISTS (SELECT 1 FROM coverage c WHERE c.window_id = w.id
			OR c.window_id IN (SELECT m.window_id FROM members m WHERE m.response_id = r.id)), r.method, r.path, r.status, r.headers, r.fetched_at,
		r.zone, r.sha256, b.size, w.elements, r.run_id
		FROM responses r JOIN windows w ON w.id = r.window_id JOIN bodies b USING (sha256)
		WHERE (?1 = 0 OR r.id = ?1) AND (?2 = '' OR w.source = ?2)
		AND (?3 IN ('null', '[]') OR w.type IN (SELECT value FROM json_each(?3)))
		AND (?4 = '' OR w.to_date > ?4) AND (?5 = '' OR w.from_date < ?5)
		AND (?7 = '' OR instr(r.path, ?7)) ORDER BY r.id DESC LIMIT ?6`, f.ID, f.Source, string(types), f.From, f.To, limit, f.Path)
}

func scanResponse(rows *sql.Rows) (r Response, err error) {
	var headers string
	var fetched sql.NullInt64
	var sum []byte
	err = rows.Scan(&r.ID, &r.Source, &r.Type, &r.From, &r.To, &r.Page, &r.Window, &r.State, &r.InForce, &r.Method,
		&r.Path, &r.Status, &headers, &fetched, &r.Zone, &sum, &r.Bytes, &r.Elements, &r.Run)
	if err != nil {
		return r, err
	}
	r.Fetched, r.SHA256 = instant(fetched), hex.EncodeToString(sum)
	return r, json.Unmarshal([]byte(headers), &r.Headers)
}

// ErrNoResponse says that there is no response of an id.
var ErrNoResponse = errors.New("no such response")

// TypeStats sums up what is staged of a type.
type TypeStats struct {
	Source, Type string
	Windows      int // complete ones
	Responses    int
	Bytes        int64 // of the bodies as they came, equal ones once
}

// Stats sums up what is staged, by source and type.
func (s *Store) Stats(ctx context.Context) ([]TypeStats, error) {
	return list(ctx, s.r, "sum up responses", func(rows *sql.Rows) (t TypeStats, err error) {
		err = rows.Scan(&t.Source, &t.Type, &t.Windows, &t.Responses, &t.Bytes)
		return t, err
	}, `SELECT source, type,
			(SELECT count(*) FROM windows w WHERE w.source = s.source AND w.type = s.type AND w.state = 'complete'), sum(n), sum(size) FROM (
			SELECT w.source, w.type, count(*) AS n, b.size FROM responses r
			JOIN windows w ON w.id = r.window_id JOIN bodies b USING (sha256)
			GROUP BY w.source, w.type, b.id) s
		GROUP BY source, type ORDER BY source, type`)
}

// NewestResponse returns the id of the newest response of a complete window; 0: none.
func (s *Store) NewestResponse(ctx context.Context) (id int64, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT r.id FROM responses r JOIN windows w ON w.id = r.window_id
		WHERE w.state = 'complete' ORDER BY r.id DESC LIMIT 1`).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("find the newest response: %w", err)
	}
	return id, nil
}

package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"
)

// maxBody is the most that is kept, and unpacked, as one body: a damaged one must not
// claim all memory.
const maxBody = 1 << 30

// The coders hold no state between calls and are safe for concurrent use.
var (
	encoder, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	quick, _   = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	decoder, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxBody))
)

// ErrDropped says that a body was superseded and dropped; its hash is still known.
var ErrDropped = errors.New("body was superseded and dropped")

// packed is a body in the smaller of two forms.
type packed struct {
	sum      []byte
	size     int
	encoding string
	data     []byte
}

func pack(body []byte) (packed, error) { return packBy(encoder, body) }

func packBy(encoder *zstd.Encoder, body []byte) (packed, error) {
	if len(body) > maxBody {
		return packed{}, fmt.Errorf("body of %d bytes is too large", len(body))
	}
	sum := sha256.Sum256(body)
	p := packed{sum[:], len(body), "zstd", encoder.EncodeAll(body, nil)}
	if len(p.data) >= len(body) {
		p.encoding, p.data = "identity", append([]byte{}, body...)
	}
	return p, nil
}

// saveBody keeps a body under its hash, once.
func saveBody(ctx context.Context, tx *sql.Tx, p packed) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO bodies (sha256, size, encoding, data) VALUES (?, ?, ?, ?)
		ON CONFLICT (sha256) DO UPDATE SET data = excluded.data, encoding = excluded.encoding WHERE data IS NULL`,
		p.sum, p.size, p.encoding, p.data)
	return err
}

// bodyColumns are what scanBody reads first. The driver reads an empty blob as it reads NULL.
const bodyColumns = "b.sha256, b.size, b.encoding, b.data, b.data IS NULL"

type scanner interface{ Scan(dest ...any) error }

func scanBody(row scanner, more ...any) (p packed, dropped bool, err error) {
	dest := append([]any{&p.sum, &p.size, &p.encoding, &p.data, &dropped}, more...)
	err = row.Scan(dest...)
	return p, dropped, err
}

// unpack returns a stored body as it came.
func (p packed) unpack() ([]byte, error) {
	if p.encoding == "identity" {
		return p.data, nil
	}
	body, err := decoder.DecodeAll(p.data, nil)
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	return body, nil
}

// DropSuperseded drops the bodies that only complete windows hold which are in force
// nowhere any more, and that were last fetched before the given instant. Snapshots are
// readings of their own and never superseded; keep names their types. Neither are archives:
// they are the person's own copy, and equal members are kept once. Responses and hashes
// stay. It returns how many bodies it dropped.
func (s *Store) DropSuperseded(ctx context.Context, before time.Time, keep []string) (int64, error) {
	kept, args := "''", []any{}
	for _, t := range keep {
		kept += ", ?"
		args = append(args, t)
	}
	var n int64
	err := s.tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE bodies SET data = NULL WHERE data IS NOT NULL AND sha256 NOT IN (
			SELECT r.sha256 FROM responses r JOIN windows w ON w.id = r.window_id
			WHERE r.fetched_at >= ? OR w.state <> 'complete' OR w.source = 'takeout' OR w.type IN (`+kept+`)
			   OR w.id IN (SELECT window_id FROM coverage))`, append([]any{before.UnixMilli()}, args...)...)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("drop superseded bodies: %w", err)
	}
	return n, nil
}

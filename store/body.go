package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// The coders hold no state between calls and are safe for concurrent use.
var (
	encoder, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	decoder, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0))
)

// ErrDropped says that a body was superseded and dropped; its hash is still known.
var ErrDropped = errors.New("body was superseded and dropped")

// saveBody keeps a body under its hash, once, in the smaller of two forms.
func saveBody(ctx context.Context, tx *sql.Tx, body []byte) ([]byte, error) {
	sum := sha256.Sum256(body)
	encoding, data := "zstd", encoder.EncodeAll(body, nil)
	if len(data) >= len(body) {
		encoding, data = "identity", append([]byte{}, body...)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO bodies (sha256, size, encoding, data) VALUES (?, ?, ?, ?)
		ON CONFLICT (sha256) DO UPDATE SET data = excluded.data, encoding = excluded.encoding WHERE data IS NULL`,
		sum[:], len(body), encoding, data)
	return sum[:], err
}

// unpack returns a stored body as it came.
func unpack(encoding string, data []byte) ([]byte, error) {
	switch {
	case data == nil:
		return nil, ErrDropped
	case encoding == "identity":
		return data, nil
	}
	body, err := decoder.DecodeAll(data, nil)
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	return body, nil
}

// DropSuperseded drops the bodies that no complete or doubtful window needs any more and
// that were last fetched before the given instant (Unix milliseconds). Snapshots are
// readings of their own and never superseded; keep names their types. Responses and
// hashes stay. It returns how many bodies it dropped.
func (s *Store) DropSuperseded(ctx context.Context, before int64, keep []string) (int64, error) {
	kept, args := "''", []any{}
	for _, t := range keep {
		kept += ", ?"
		args = append(args, t)
	}
	var n int64
	err := s.tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE bodies SET data = NULL WHERE data IS NOT NULL AND sha256 NOT IN (
			SELECT r.sha256 FROM responses r JOIN windows w ON w.id = r.window_id
			WHERE r.fetched_at >= ? OR w.state <> 'complete' OR w.type IN (`+kept+`)
			   OR w.id IN (SELECT window_id FROM coverage))`, append([]any{before}, args...)...)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}

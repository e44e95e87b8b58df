package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Token is a sign-in to a source.
type Token struct {
	Access  string    `json:"-"`
	Refresh string    `json:"-"`
	Scopes  string    // space-delimited; "" when not known
	Expires time.Time // of Access; zero when not known

	// RefreshExpires is when Refresh ends, however it is used; zero: it has no end that is
	// known.
	RefreshExpires time.Time

	Dead    bool   // the source refused Refresh for good
	Checked bool   // it is known to be the sign-in of the vault's person
	Seed    []byte `json:"-"` // SeedOf the environment's token that it came from; empty after a login
}

// LogValue keeps tokens out of logs.
func (t Token) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("expires", t.Expires), slog.Time("refresh expires", t.RefreshExpires),
		slog.Bool("dead", t.Dead), slog.String("scopes", t.Scopes))
}

// String keeps tokens out of messages.
func (t Token) String() string { return "token " + t.LogValue().String() }

// GoString keeps tokens out of %#v.
func (t Token) GoString() string { return t.String() }

// SeedOf tells one token of the environment from another without keeping either.
func SeedOf(refresh string) []byte {
	sum := sha256.Sum256([]byte("fitvault seed " + refresh))
	return sum[:]
}

// Token returns the sign-in of a source; false when there is none.
func (s *Store) Token(ctx context.Context, source string) (Token, bool, error) {
	return s.token(ctx, s.r, source)
}

func (s *Store) token(ctx context.Context, db querier, source string) (t Token, ok bool, err error) {
	var access, refresh []byte
	var sealed bool
	var expires, ends sql.NullInt64
	err = db.QueryRowContext(ctx, `SELECT access, refresh, sealed, scopes, expires_at, refresh_expires_at, dead, checked, seed
		FROM tokens WHERE source = ?`, source).
		Scan(&access, &refresh, &sealed, &t.Scopes, &expires, &ends, &t.Dead, &t.Checked, &t.Seed)
	if errors.Is(err, sql.ErrNoRows) {
		return Token{}, false, nil
	}
	if err != nil {
		return Token{}, false, fmt.Errorf("read token of %s: %w", source, err)
	}
	if expires.Int64 > 0 {
		t.Expires = instant(expires)
	}
	if ends.Int64 > 0 {
		t.RefreshExpires = instant(ends)
	}
	c, err := s.sealer()
	if err != nil {
		return Token{}, false, err
	}
	if t.Access, err = unseal(c, sealed, access); err != nil {
		return Token{}, false, err
	}
	if t.Refresh, err = unseal(c, sealed, refresh); err != nil {
		return Token{}, false, err
	}
	return t, true, nil
}

// ReplaceToken holds the vault's write lock while next makes a new sign-in out of the
// present one (ok is false when there is none), and commits it before it returns, so
// that two processes never use one single-use refresh token; next must not write to the
// vault. What next made is kept even when ctx has ended meanwhile. When next fails
// nothing changes, unless its error is a *DeadError: then the sign-in that it returns
// beside is kept, marked dead. A sign-in that cannot be unsealed is ErrSealed. With one of
// another Seed what was denied to the present one is due to be tried again.
func (s *Store) ReplaceToken(ctx context.Context, source string, next func(now Token, ok bool) (Token, error)) (t Token, err error) {
	var nextErr error
	err = s.tx(ctx, func(tx *sql.Tx) error {
		now, ok, err := s.token(ctx, tx, source)
		if err != nil {
			return err
		}
		var dead *DeadError
		if t, nextErr = next(now, ok); errors.As(nextErr, &dead) {
			t.Dead = true
		} else if nextErr != nil {
			return nextErr
		}
		held := context.WithoutCancel(ctx)
		if err := s.saveToken(held, tx, source, t); err != nil || ok && bytes.Equal(now.Seed, t.Seed) {
			return err
		}
		return retryDenied(held, tx, source)
	})
	if err = cmp.Or(err, nextErr); err != nil {
		return Token{}, err
	}
	return t, nil
}

// DeadError says that a source refused the refresh token for good.
type DeadError struct{ Err error }

func (e *DeadError) Error() string { return e.Err.Error() }

func (e *DeadError) Unwrap() error { return e.Err }

func (s *Store) saveToken(ctx context.Context, tx *sql.Tx, source string, t Token) error {
	c, err := s.sealer()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO tokens
		(source, access, refresh, sealed, scopes, expires_at, refresh_expires_at, dead, checked, seed, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, source, seal(c, t.Access), seal(c, t.Refresh), c != nil, t.Scopes,
		milliseconds(t.Expires), milliseconds(t.RefreshExpires), t.Dead, t.Checked, blob(t.Seed), time.Now().UnixMilli())
	if err != nil {
		return fmt.Errorf("save token of %s: %w", source, err)
	}
	return nil
}

// milliseconds is an instant as it is kept: 0 when it is not known.
func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// SaveLogin keeps the sign-in that a person just made, with which what was denied to the one
// before it is due to be tried again.
func (s *Store) SaveLogin(ctx context.Context, source string, t Token) error {
	err := s.tx(ctx, func(tx *sql.Tx) error {
		if err := s.saveToken(ctx, tx, source, t); err != nil {
			return err
		}
		return retryDenied(ctx, tx, source)
	})
	if err != nil {
		return fmt.Errorf("save login to %s: %w", source, err)
	}
	return nil
}

// DeleteToken forgets the sign-in of a source; false when there was none.
func (s *Store) DeleteToken(ctx context.Context, source string) (bool, error) {
	var n int64
	err := s.tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM tokens WHERE source = ?", source)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n > 0, err
}

// OwnerError says that a sign-in belongs to another person than the vault.
type OwnerError struct{ Source, Owner, User string }

func (e *OwnerError) Error() string {
	return fmt.Sprintf("this vault holds the %s data of user %s, and the sign-in is user %s's: use another vault (--vault) for another person",
		e.Source, e.Owner, e.User)
}

// Claim says whose data a source gives: the first caller's answer stands, another one is
// an *OwnerError.
func (s *Store) Claim(ctx context.Context, source, user string) error {
	var owner string
	err := s.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO owners VALUES (?, ?) ON CONFLICT DO NOTHING", source, user); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT user_id FROM owners WHERE source = ?", source).Scan(&owner)
	})
	if err != nil {
		return fmt.Errorf("claim vault for %s: %w", source, err)
	}
	if owner != user {
		return &OwnerError{source, owner, user}
	}
	return nil
}

// CheckToken notes that the sign-in to a source is that of the vault's person.
func (s *Store) CheckToken(ctx context.Context, source string) error {
	return s.exec(ctx, "note whose sign-in it is", "UPDATE tokens SET checked = 1 WHERE source = ? AND checked = 0", source)
}

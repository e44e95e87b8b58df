package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Archive is an export of a person's data that was imported: all parts of a set together.
type Archive struct {
	ID       int64
	Name     string    // of the set, without part numbers
	Stamp    time.Time // when it was ordered; zero: its name does not tell
	Zone     string    // IANA name, of its profile
	Height   float64   // of the person, metres; 0: not known
	Taken    time.Time // its data ends here
	Imported time.Time
	Whole    bool // false: the import was cut off
}

// later reports whether a is the later one of two archives: that with the later stamp, else
// the one that was imported later.
func (a Archive) later(b Archive) bool {
	if !a.Stamp.IsZero() && !b.Stamp.IsZero() && !a.Stamp.Equal(b.Stamp) {
		return a.Stamp.After(b.Stamp)
	}
	return a.ID > b.ID
}

// same reports whether two archives are parts of one set.
func (a Archive) same(b Archive) bool {
	return a.Name == b.Name && !a.Stamp.IsZero() && a.Stamp.Equal(b.Stamp)
}

// Archives returns every archive, in the order of import.
func (s *Store) Archives(ctx context.Context) ([]Archive, error) { return archives(ctx, s.r, "") }

func archives(ctx context.Context, db querier, where string, args ...any) ([]Archive, error) {
	return list(ctx, db, "list archives", func(rows *sql.Rows) (a Archive, err error) {
		var stamp, taken, imported sql.NullInt64
		err = rows.Scan(&a.ID, &a.Name, &stamp, &a.Zone, &a.Height, &taken, &a.Whole, &imported)
		a.Stamp, a.Taken, a.Imported = instant(stamp), instant(taken), instant(imported)
		return a, err
	}, "SELECT id, name, stamp, zone, height_m, taken_at, whole, imported_at FROM archives "+where+" ORDER BY id", args...)
}

// BeginArchive notes an archive whose members are going to be staged, and returns its id.
// One whose import was cut off before is gone on with, if it is of the same name, stamp and
// zone.
func (s *Store) BeginArchive(ctx context.Context, run int64, a Archive) (id int64, err error) {
	err = s.tx(ctx, func(tx *sql.Tx) error {
		begun, err := archives(ctx, tx, "WHERE whole = 0 AND name = ? AND stamp IS ? AND zone = ?", a.Name, millis(a.Stamp), a.Zone)
		if err != nil || len(begun) > 0 {
			if len(begun) > 0 {
				id = begun[len(begun)-1].ID
			}
			return err
		}
		id, err = noteArchive(ctx, tx, run, a)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("begin archive %s: %w", a.Name, err)
	}
	return id, nil
}

func noteArchive(ctx context.Context, tx *sql.Tx, run int64, a Archive) (id int64, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO archives (name, stamp, zone, height_m, taken_at, whole, imported_at, run_id)
		VALUES (?, ?, ?, ?, ?, 0, ?, ?) RETURNING id`, a.Name, millis(a.Stamp), a.Zone, a.Height, a.Taken.UnixMilli(),
		a.Imported.UnixMilli(), run).Scan(&id)
	return id, err
}

// FinishArchive makes the staged members of an archive, and those that it has in common with
// earlier ones, the truth for the days that they cover, in one transaction. Where a later
// archive covers a day, that one stays the truth. families hold all members that the archive
// has. Where they say nothing that is not known already, nothing changes.
func (s *Store) FinishArchive(ctx context.Context, run int64, a Archive, families []ArchiveFamily) (changed bool, err error) {
	err = s.tx(ctx, func(tx *sql.Tx) error {
		all, err := archives(ctx, tx, "")
		if err != nil {
			return err
		}
		f := finish{tx: tx, run: run, archive: a, archives: all}
		if f.parts, err = f.partsOf(ctx, families); err != nil {
			return err
		}
		for _, family := range families {
			if err := f.family(ctx, family); err != nil {
				return fmt.Errorf("%s: %w", family.Name, err)
			}
		}
		changed = f.archive.ID != 0
		if !changed {
			return nil
		}
		_, err = tx.ExecContext(ctx, "UPDATE archives SET whole = 1, taken_at = ?, height_m = ? WHERE id = ?",
			a.Taken.UnixMilli(), a.Height, f.archive.ID)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("finish archive %s: %w", a.Name, err)
	}
	return changed, nil
}

// ArchiveFamily is what an archive has of one family.
type ArchiveFamily struct {
	Name    string
	Settled string // date: the days before it can no longer change; "": none is settled
	Members []Held
}

// Held is a member as it was staged and what it says of which days.
type Held struct {
	Response int64
	From, To string  // the dates that it is the truth for
	Days     []Dates // those of them that it has records of
}

// Dates is a half-open range of dates. It is kept as a JSON array of two.
type Dates [2]string

// finish is the transaction that ends an import.
type finish struct {
	tx       *sql.Tx
	run      int64
	archive  Archive // ID 0: nothing of it was staged so far
	archives []Archive
	parts    map[int64]bool // those of them that are parts of the same set
}

// others returns the complete windows of a family that other archives have.
func (f *finish) others(ctx context.Context, family string) ([]archived, error) {
	rows, err := list(ctx, f.tx, "list windows", func(rows *sql.Rows) (w archived, err error) {
		err = rows.Scan(&w.window, &w.archive.ID, &w.settled)
		return w, err
	}, `SELECT id, archive_id, settled_to FROM windows WHERE source = 'takeout' AND type = ? AND state = 'complete' ORDER BY id`, family)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		for _, a := range f.archives {
			if a.ID == rows[i].archive.ID {
				rows[i].archive = a
			}
		}
		if rows[i].members, err = heldBy(ctx, f.tx, rows[i].window); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// archived is a complete window of a family.
type archived struct {
	window  int64
	archive Archive
	settled string
	members []Held
}

func (f *finish) family(ctx context.Context, family ArchiveFamily) error {
	others, err := f.others(ctx, family.Name)
	if err != nil {
		return err
	}
	if f.known(family.Members, others) {
		return nil
	}
	for _, o := range others { // a part of the set that was imported before
		if f.parts[o.archive.ID] {
			family.Members = append(family.Members, missing(o.members, family.Members)...)
			if len(union(o.members, Held.said)) > 0 {
				family.Settled = max(family.Settled, o.settled)
			}
		}
	}
	if len(family.Members) == 0 {
		return nil
	}
	window, err := f.window(ctx, family)
	if err != nil {
		return err
	}
	if err := f.link(ctx, window, family.Members); err != nil {
		return err
	}
	return f.cover(ctx, window, family, others)
}

// known reports whether the archive adds nothing: another one has all of these members, and
// none that came between the two says otherwise.
func (f *finish) known(members []Held, others []archived) bool {
	self := f.archive
	self.ID = cmp.Or(self.ID, 1<<62) // it is the last one
	for _, o := range others {
		if len(missing(members, o.members)) > 0 {
			continue
		}
		between := false
		for _, p := range others {
			between = between || p.archive.later(o.archive) && !p.archive.later(self)
		}
		if !between {
			return true
		}
	}
	return false
}

// missing returns those of some members that are not among others.
func missing(of, among []Held) (out []Held) {
	have := make(map[int64]bool, len(among))
	for _, m := range among {
		have[m.Response] = true
	}
	for _, m := range of {
		if !have[m.Response] {
			out = append(out, m)
		}
	}
	return out
}
